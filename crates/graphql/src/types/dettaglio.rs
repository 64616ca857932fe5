//! The parts of a case that its log holds.

use super::common::Protocollo;
use super::ente::Categoria;
use super::enums::EffettoSilenzio;
use crate::errors::of_app;
use crate::scalars::{Date, DateTime};
use app::DettaglioPratica;
use async_graphql::{ID, Object, Result, SimpleObject};
use domain::Caso;
use domain::ids::PraticaId;
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

/// A service in one version: the one a request was filed with, kept for ever, or the one a draft is filled in with.
#[derive(Debug, Clone, SimpleObject)]
pub struct RiferimentoServizio {
    /// Code of the service.
    codice: String,
    /// Version of the service.
    versione: u32,
}

impl From<&domain::servizio::RiferimentoServizio> for RiferimentoServizio {
    fn from(servizio: &domain::servizio::RiferimentoServizio) -> Self {
        Self { codice: servizio.codice.clone(), versione: servizio.versione }
    }
}

/// What a request adds to a case.
#[derive(Debug, Clone, SimpleObject)]
pub struct Istanza {
    /// Service.
    servizio: RiferimentoServizio,
    /// The form, filled in: each value in its one form; personal data.
    #[graphql(complexity = "crate::limits::FORM_COST")]
    modulo: Option<Value>,
    /// The same in words, as the filed document has it, question by question; personal data.
    #[graphql(complexity = "crate::limits::FORM_COST + child_complexity")]
    sezioni: Option<Vec<Sezione>>,
    /// What silence means for this request (L. 241/1990 artt. 2, 20, 25).
    effetto_silenzio: EffettoSilenzio,
    /// The earlier case of the same person that it was written from; personal data.
    da_pratica: Option<ID>,
    /// Documents that the office asked for (L. 241/1990 art. 6 c. 1 b), and what came of it.
    integrazione: Option<Integrazione>,
    /// Its withdrawal by who filed it.
    rinuncia: Option<Rinuncia>,
}

/// A request for documents: one in the life of an istanza, for the term waits once only (L. 241/1990 art. 2 c. 7).
#[derive(Debug, Clone, SimpleObject)]
pub struct Integrazione {
    /// What is missing, one document or piece of information each; personal data.
    voci: Option<Vec<String>>,
    /// What the office tells the citizen with it; personal data.
    messaggio: Option<String>,
    /// Last day to send it. Later ones are taken too, but the term does not wait for them.
    entro: Date,
    /// Name of the official who asked.
    operatore: String,
    /// When.
    quando: DateTime,
    /// Its entry in the register, outgoing.
    protocollo: Protocollo,
    /// What was added; null while it is awaited.
    presentata: Option<IntegrazionePresentata>,
}

/// What was added to an istanza. Its files stand among those of the case.
#[derive(Debug, Clone, SimpleObject)]
pub struct IntegrazionePresentata {
    /// Words for the office; personal data.
    testo: Option<String>,
    /// Files that came with it.
    allegati: usize,
    /// When.
    quando: DateTime,
    /// Its entry in the register, incoming.
    protocollo: Protocollo,
}

/// The withdrawal of an istanza.
#[derive(Debug, Clone, SimpleObject)]
pub struct Rinuncia {
    /// Why, if the citizen said so; personal data.
    motivo: Option<String>,
    /// When.
    quando: DateTime,
    /// Its entry in the register, incoming.
    protocollo: Protocollo,
}

/// A step of a form, filled in.
#[derive(Debug, Clone, SimpleObject)]
pub struct Sezione {
    /// Title of the step.
    titolo: String,
    /// Its questions that have an answer, in the order of the form.
    righe: Vec<RigaSezione>,
}

/// A question and its answer.
#[derive(Debug, Clone, SimpleObject)]
pub struct RigaSezione {
    /// The question.
    etichetta: String,
    /// The answer in Italian words: days, amounts and choices as people write them.
    testo: String,
}

impl From<&domain::modulo::Sezione> for Sezione {
    fn from(sezione: &domain::modulo::Sezione) -> Self {
        let riga =
            |(etichetta, testo): &(String, String)| RigaSezione { etichetta: etichetta.clone(), testo: testo.clone() };
        Self { titolo: sezione.titolo.clone(), righe: sezione.righe.iter().map(riga).collect() }
    }
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

/// The receipt of the filing (L. 241/1990 art. 18-bis) as PDF/A: once formed, the same bytes for ever.
pub struct Ricevuta {
    pub(crate) pratica: PraticaId,
}

/// The receipt of the filing (L. 241/1990 art. 18-bis) as PDF/A: once formed, the same bytes for ever.
#[Object]
impl Ricevuta {
    /// Path on this host from which the person who asks may download it.
    async fn url(&self) -> String {
        format!("/pratiche/{}/ricevuta.pdf", self.pratica)
    }

    /// SHA-256 of its bytes, 64 hexadecimal digits. The receipt is formed if nobody asked for it before, so it costs more
    /// than other fields; null where receipts are pages only.
    #[graphql(complexity = "crate::limits::RECEIPT_COST")]
    async fn impronta(&self, ctx: &async_graphql::Context<'_>) -> Result<Option<String>> {
        let (app, contesto) = super::parts(ctx)?;
        let impronta = app.impronta_ricevuta(contesto, self.pratica).await.map_err(of_app)?;
        Ok(impronta.map(|impronta| impronta.to_string()))
    }
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
        Some(Self {
            servizio: RiferimentoServizio::from(&pratica.dettaglio.servizio),
            modulo: documento.map(|d| Value::Object(d.modulo.valori().clone())),
            sezioni: documento.map(|d| d.sezioni.iter().map(Sezione::from).collect()),
            effetto_silenzio: pratica.dettaglio.effetto_silenzio.into(),
            da_pratica: seen(dettaglio, pratica.dettaglio.da_pratica).map(|id| ID(id.to_string())),
            integrazione: Integrazione::of(dettaglio, &pratica.base),
            rinuncia: Rinuncia::of(dettaglio, &pratica.base),
        })
    }
}

impl Integrazione {
    fn of(dettaglio: &DettaglioPratica, base: &Base) -> Option<Self> {
        let asked = base.integrazione.as_ref()?;
        let documento = seen(dettaglio, asked.richiesta.get());
        let presentata = asked.risposta.as_ref().map(|added| IntegrazionePresentata {
            testo: seen(dettaglio, added.documento.get()).and_then(|documento| documento.testo.clone()),
            allegati: added.allegati,
            quando: DateTime(added.il),
            protocollo: Protocollo::from(&added.protocollo),
        });
        Some(Self {
            voci: documento.map(|documento| documento.voci.clone()),
            messaggio: documento.and_then(|documento| documento.messaggio.clone()),
            entro: Date(asked.entro),
            operatore: asked.operatore.nome.clone(),
            quando: DateTime(asked.richiesta_il),
            protocollo: Protocollo::from(&asked.protocollo),
            presentata,
        })
    }
}

impl Rinuncia {
    fn of(dettaglio: &DettaglioPratica, base: &Base) -> Option<Self> {
        let rinuncia = base.rinuncia.as_ref()?;
        Some(Self {
            motivo: seen(dettaglio, rinuncia.documento.get()).and_then(|documento| documento.motivo.clone()),
            quando: DateTime(rinuncia.il),
            protocollo: Protocollo::from(&rinuncia.protocollo),
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
        Caso::Appuntamento(p) => p.dettaglio.documento.get().map(|d| &d.dettagli),
        Caso::Istanza(p) => {
            let richiesta = p.dettaglio.documento.get().and_then(|d| d.modulo.get("richiesta")?.as_str());
            return seen(dettaglio, richiesta).map(str::to_owned);
        }
    };
    seen(dettaglio, text).cloned()
}
