//! Entries of the protocol register.

use super::common::{Allegato, Protocollo, Ufficio};
use super::enums::{Flusso, TipoPratica};
use super::parts;
use crate::errors::of_app;
use crate::scalars::{Date, DateTime, Posizione};
use app::DettaglioRegistrazione;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::ente::CodiceUfficio;
use domain::registro::{Event, Modifica};
use domain::titolario::Classifica as Classe;
use domain::{Evento, registro};
use jiff::Timestamp;
use projections::{ModificaRow, RegistrazioneRow};

/// Sender or addressee of a registered document (DPR 445/2000 art. 53 c. 1 c).
#[derive(Debug, Clone, SimpleObject)]
pub struct Corrispondente {
    /// Full name.
    nome: String,
    /// Codice fiscale, where it is known: an officer may have booked for someone who did not have it at hand.
    codice_fiscale: Option<String>,
}

/// A class of the titolario, the municipality's filing plan (DPR 445/2000 art. 50 c. 4).
#[derive(Debug, Clone, SimpleObject)]
pub struct Classifica {
    /// Code, such as `VI.8`.
    codice: String,
    /// What belongs there.
    descrizione: Option<String>,
}

impl Classifica {
    fn of(codice: &str) -> Self {
        let descrizione = Classe::parse(codice).ok().and_then(|c| c.descrizione().map(str::to_owned));
        Self { codice: codice.to_owned(), descrizione }
    }
}

/// A change of one of the two data of an entry that may change; what stood there stays visible (Linee guida AgID 3.1.5).
#[derive(Debug, Clone, SimpleObject)]
pub struct ModificaDiRegistrazione {
    /// `assegnazione` or `classifica`.
    campo: String,
    /// What stood there.
    precedente: String,
    /// What stands there since.
    nuova: String,
    /// Why.
    motivo: String,
    /// Name of the official who changed it.
    operatore: String,
    /// When.
    quando: DateTime,
    /// Place in the log.
    posizione: Posizione,
}

impl From<ModificaRow> for ModificaDiRegistrazione {
    fn from(row: ModificaRow) -> Self {
        Self {
            campo: row.campo,
            precedente: row.precedente,
            nuova: row.nuova,
            motivo: row.motivo,
            operatore: row.operatore,
            quando: DateTime(row.quando),
            posizione: Posizione(row.posizione),
        }
    }
}

/// An entry of the protocol register.
pub struct Registrazione {
    protocollo: registro::Protocollo,
    flusso: registro::Flusso,
    oggetto: String,
    corrispondente: Option<Corrispondente>,
    classifica: String,
    assegnazione: CodiceUfficio,
    riservato: bool,
    pratica: domain::ids::PraticaId,
    tipo: Option<domain::pratica::TipoPratica>,
    allegati: Vec<Allegato>,
    primario: Option<registro::Protocollo>,
    posizione: u64,
    modificata: bool,
    /// Known when the entry was read from the log.
    modifiche: Option<Vec<ModificaDiRegistrazione>>,
}

fn allegati(files: &[domain::allegato::Allegato], nomi: &[String]) -> Vec<Allegato> {
    files.iter().enumerate().map(|(index, file)| Allegato::of(file, nomi.get(index), None)).collect()
}

impl From<RegistrazioneRow> for Registrazione {
    fn from(row: RegistrazioneRow) -> Self {
        Self {
            allegati: allegati(&row.allegati, &row.nomi_allegati),
            protocollo: row.protocollo,
            flusso: row.flusso,
            oggetto: row.oggetto,
            corrispondente: row.corrispondente.map(|nome| Corrispondente { nome, codice_fiscale: row.codice_fiscale }),
            classifica: row.classifica,
            assegnazione: CodiceUfficio::new(row.assegnazione),
            riservato: row.riservato,
            pratica: row.pratica,
            tipo: Some(row.tipo_pratica),
            primario: row.primario,
            posizione: row.posizione,
            modificata: row.modificata,
            modifiche: None,
        }
    }
}

fn modifica<T: ToString>(campo: &str, e: &Modifica<T>, quando: Timestamp, posizione: u64) -> ModificaDiRegistrazione {
    ModificaDiRegistrazione {
        campo: campo.to_owned(),
        precedente: e.precedente.to_string(),
        nuova: e.nuova.to_string(),
        motivo: e.motivo.clone(),
        operatore: e.operatore.nome.clone(),
        quando: DateTime(quando),
        posizione: Posizione(posizione),
    }
}

impl From<DettaglioRegistrazione> for Registrazione {
    fn from(dettaglio: DettaglioRegistrazione) -> Self {
        let entry = dettaglio.registrazione.entrata;
        let person = entry.personale.get();
        let changes = dettaglio.modifiche.iter().filter_map(|(record, evento)| match evento {
            Evento::Registro(Event::AssegnazioneModificata(e)) => {
                Some(modifica("assegnazione", e, record.recorded_at, record.position))
            }
            Evento::Registro(Event::ClassificazioneModificata(e)) => {
                Some(modifica("classifica", e, record.recorded_at, record.position))
            }
            _ => None,
        });
        let changes: Vec<_> = changes.collect();
        Self {
            corrispondente: person.map(|p| Corrispondente {
                nome: format!("{} {}", p.nome, p.cognome),
                codice_fiscale: p.codice_fiscale.as_ref().map(ToString::to_string),
            }),
            allegati: allegati(&entry.allegati, person.map_or(&[], |p| &p.nomi_allegati)),
            protocollo: entry.protocollo,
            flusso: entry.flusso,
            oggetto: entry.oggetto,
            classifica: dettaglio.registrazione.classifica.to_string(),
            assegnazione: dettaglio.registrazione.assegnazione,
            riservato: entry.riservato,
            pratica: entry.pratica,
            // The register keeps the kind as text; every kind it was ever given is known.
            tipo: domain::pratica::TipoPratica::parse(&entry.tipo_pratica),
            primario: entry.primario,
            posizione: dettaglio.record.position,
            modificata: !changes.is_empty(),
            modifiche: Some(changes),
        }
    }
}

/// An entry of the protocol register, for the protocol office (DPR 445/2000 artt. 53-57). Number, date, correspondent,
/// subject and hash never change; assignment and class may, and what stood there stays visible.
#[Object]
impl Registrazione {
    /// Number, instant and hash.
    async fn protocollo(&self) -> Protocollo {
        Protocollo::from(&self.protocollo)
    }

    /// Day of the entry in Italy.
    async fn giorno(&self) -> Date {
        Date(self.protocollo.data_locale())
    }

    /// Direction.
    async fn flusso(&self) -> Flusso {
        self.flusso.into()
    }

    /// Subject, free of special categories of data (GDPR art. 9).
    async fn oggetto(&self) -> &str {
        &self.oggetto
    }

    /// Sender of a received, addressee of a sent document.
    async fn corrispondente(&self) -> Option<&Corrispondente> {
        self.corrispondente.as_ref()
    }

    /// Present class of the titolario.
    async fn classifica(&self) -> Classifica {
        Classifica::of(&self.classifica)
    }

    /// Office to which it is assigned at present.
    async fn assegnazione(&self, ctx: &Context<'_>) -> Result<Ufficio> {
        Ok(Ufficio::of(parts(ctx)?.1, &self.assegnazione))
    }

    /// Seen only by the assigned office and the protocol office.
    async fn riservato(&self) -> bool {
        self.riservato
    }

    /// Case to which the document belongs.
    async fn pratica_id(&self) -> ID {
        ID(self.pratica.to_string())
    }

    /// Kind of that case.
    async fn tipo_pratica(&self) -> Option<TipoPratica> {
        self.tipo.map(TipoPratica::from)
    }

    /// Files registered with the document.
    async fn allegati(&self) -> &[Allegato] {
        &self.allegati
    }

    /// First entry of the same case, when this one follows it (IdIdentificativoDocumentoPrimario).
    async fn primario(&self) -> Option<Protocollo> {
        self.primario.as_ref().map(Protocollo::from)
    }

    /// Whether assignment or class were ever changed.
    async fn modificata(&self) -> bool {
        self.modificata
    }

    /// Changes of assignment and class, the oldest first.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn modifiche(&self, ctx: &Context<'_>) -> Result<Vec<ModificaDiRegistrazione>> {
        if let Some(known) = &self.modifiche {
            return Ok(known.clone());
        }
        // Changes are rare: only the entries that have any are asked for.
        if !self.modificata {
            return Ok(Vec::new());
        }
        let (app, contesto) = parts(ctx)?;
        let registro::Protocollo { anno, numero, .. } = self.protocollo;
        let rows = app.reads().modifiche(contesto.codice_ente(), anno, numero).await.map_err(|e| of_app(e.into()))?;
        Ok(rows.into_iter().map(ModificaDiRegistrazione::from).collect())
    }

    /// Place in the log.
    async fn posizione(&self) -> Posizione {
        Posizione(self.posizione)
    }
}
