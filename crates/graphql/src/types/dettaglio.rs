//! The parts of a case that its log holds.

use super::common::Protocollo;
use super::ente::Categoria;
use crate::scalars::{Date, DateTime};
use app::DettaglioPratica;
use async_graphql::{Object, Result, SimpleObject};
use domain::Caso;
use domain::pratica::Base;
use serde_json::Value;
use std::sync::Arc;

/// Where it is (WGS 84).
#[derive(Debug, Clone, SimpleObject)]
pub struct Luogo {
    /// Street and number, or a description.
    indirizzo: String,
    /// Degrees, -90 to 90.
    latitudine: Option<f64>,
    /// Degrees, -180 to 180.
    longitudine: Option<f64>,
}

/// What a report adds to a case.
#[derive(Debug, Clone, SimpleObject)]
pub struct Segnalazione {
    /// Category.
    categoria: Option<Categoria>,
    /// In a few words; personal data.
    titolo: Option<String>,
    /// In more words; personal data.
    dettagli: Option<String>,
    /// Where; personal data.
    luogo: Option<Luogo>,
}

/// What a letter to the mayor adds to a case.
#[derive(Debug, Clone, SimpleObject)]
pub struct Lettera {
    /// Subject in the citizen's words; personal data.
    oggetto: Option<String>,
    /// The letter; personal data.
    testo: Option<String>,
}

/// Service and version with which a request was filed; kept for ever.
#[derive(Debug, Clone, SimpleObject)]
pub struct RiferimentoServizio {
    /// Code of the service.
    codice: String,
    /// Version in force at filing.
    versione: u32,
}

/// What a request adds to a case.
#[derive(Debug, Clone, SimpleObject)]
pub struct Istanza {
    /// Service.
    servizio: RiferimentoServizio,
    /// The form, filled in; personal data.
    modulo: Option<Value>,
}

/// The latest day for the answer and what it was computed from (L. 241/1990 art. 2).
#[derive(Debug, Clone, SimpleObject)]
pub struct Termine {
    /// Calendar days.
    giorni: u16,
    /// Day of the protocol entry; it does not count (c.c. art. 2963).
    dal: Date,
    /// Last day; never a holiday.
    scadenza: Date,
}

/// Who took charge and when.
#[derive(Debug, Clone, SimpleObject)]
pub struct PresaInCarico {
    /// Name of the official (L. 241/1990 art. 8).
    operatore: String,
    /// When.
    quando: DateTime,
}

/// How a case ended.
#[derive(Debug, Clone, SimpleObject)]
pub struct Risposta {
    /// The answer; personal data.
    messaggio: Option<String>,
    /// When.
    quando: DateTime,
    /// Name of the official who signed.
    operatore: String,
    /// Its own entry in the register, where the answer is an outgoing act (letters, requests).
    protocollo: Option<Protocollo>,
}

/// The document as filed: exactly the bytes whose hash stands in the register.
#[derive(Debug, Clone, SimpleObject)]
pub struct Documento {
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub(crate) impronta: String,
    /// Path on this host from which the person who asks may download it.
    pub(crate) url: String,
}

/// Who filed; personal data.
pub struct Richiedente {
    pub(crate) nome_completo: String,
    pub(crate) source: super::pratica::Source,
}

/// Who filed; personal data.
#[Object]
impl Richiedente {
    /// Given name.
    #[graphql(complexity = "crate::limits::DETAIL_COST")]
    async fn nome(&self, ctx: &async_graphql::Context<'_>) -> Result<Option<String>> {
        let dettaglio = self.source.dettaglio(ctx).await?;
        Ok(dettaglio.caso.base().richiedente.get().map(|r| r.nome.clone()))
    }

    /// Family name.
    #[graphql(complexity = "crate::limits::DETAIL_COST")]
    async fn cognome(&self, ctx: &async_graphql::Context<'_>) -> Result<Option<String>> {
        let dettaglio = self.source.dettaglio(ctx).await?;
        Ok(dettaglio.caso.base().richiedente.get().map(|r| r.cognome.clone()))
    }

    /// Given and family name.
    async fn nome_completo(&self) -> &str {
        &self.nome_completo
    }
}

/// Personal data, when this person may see it and its key exists.
fn seen<T>(dettaglio: &DettaglioPratica, value: Option<T>) -> Option<T> {
    value.filter(|_| dettaglio.personale)
}

impl Segnalazione {
    pub(crate) fn of(contesto: &app::Contesto, dettaglio: &DettaglioPratica) -> Option<Self> {
        let Caso::Segnalazione(pratica) = &dettaglio.caso else { return None };
        let documento = seen(dettaglio, pratica.dettaglio.documento.get());
        Some(Self {
            categoria: Categoria::by_code(contesto, &pratica.dettaglio.categoria),
            titolo: documento.map(|d| d.titolo.clone()),
            dettagli: documento.map(|d| d.dettagli.clone()),
            luogo: documento.map(|d| Luogo {
                indirizzo: d.luogo.indirizzo.clone(),
                latitudine: d.luogo.latitudine,
                longitudine: d.luogo.longitudine,
            }),
        })
    }
}

impl Lettera {
    pub(crate) fn of(dettaglio: &DettaglioPratica) -> Option<Self> {
        let Caso::Lettera(pratica) = &dettaglio.caso else { return None };
        let documento = seen(dettaglio, pratica.dettaglio.documento.get());
        Some(Self { oggetto: documento.map(|d| d.oggetto.clone()), testo: documento.map(|d| d.testo.clone()) })
    }
}

impl Istanza {
    pub(crate) fn of(dettaglio: &DettaglioPratica) -> Option<Self> {
        let Caso::Istanza(pratica) = &dettaglio.caso else { return None };
        let documento = seen(dettaglio, pratica.dettaglio.documento.get());
        let servizio = &pratica.dettaglio.servizio;
        Some(Self {
            servizio: RiferimentoServizio { codice: servizio.codice.clone(), versione: servizio.versione },
            modulo: documento.and_then(|d| serde_json::to_value(&d.modulo).ok()),
        })
    }
}

impl Termine {
    pub(crate) fn of(base: &Base) -> Option<Self> {
        let termine = base.termine.as_ref()?;
        Some(Self { giorni: termine.giorni, dal: Date(termine.t0), scadenza: Date(termine.scadenza) })
    }
}

impl PresaInCarico {
    pub(crate) fn of(base: &Base) -> Option<Self> {
        let (operatore, il) = base.presa_in_carico.as_ref()?;
        Some(Self { operatore: operatore.nome.clone(), quando: DateTime(*il) })
    }
}

impl Risposta {
    pub(crate) fn of(dettaglio: &Arc<DettaglioPratica>) -> Option<Self> {
        let chiusura = dettaglio.caso.base().chiusura.as_ref()?;
        Some(Self {
            messaggio: seen(dettaglio, chiusura.messaggio.get()).and_then(|m| m.messaggio.clone()),
            quando: DateTime(chiusura.il),
            operatore: chiusura.operatore.nome.clone(),
            protocollo: chiusura.protocollo.as_ref().map(Protocollo::from),
        })
    }
}

/// What a case is about, in the words of who filed it, at length.
pub(crate) fn descrizione(dettaglio: &DettaglioPratica) -> Option<String> {
    let text = match &dettaglio.caso {
        Caso::Segnalazione(p) => p.dettaglio.documento.get().map(|d| &d.dettagli),
        Caso::Lettera(p) => p.dettaglio.documento.get().map(|d| &d.testo),
        Caso::Istanza(p) => p.dettaglio.documento.get().map(|d| &d.modulo.richiesta),
    };
    seen(dettaglio, text).cloned()
}
