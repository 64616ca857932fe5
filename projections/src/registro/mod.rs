//! `registro`: the protocol register as it is consulted: entries with their present assignment and class, and the
//! history of those two (DPR 445/2000 artt. 53, 54; Linee guida AgID 3.1.5).

mod query;
mod rows;
#[cfg(test)]
mod tests;

pub use query::FiltroRegistro;

use crate::pagina::Cursore;
use crate::projection::{ApplyError, Projection, Tx};
use domain::Evento;
use domain::allegato::Allegato;
use domain::ids::PraticaId;
use domain::pratica::TipoPratica;
use domain::registro::{Event, Flusso, Modifica, Protocollo, ProtocolloRegistrato};
use eventstore::Record;
use futures_core::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The read model.
pub struct Registro;

/// An entry of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrazioneRow {
    /// Number, instant and impronta.
    pub protocollo: Protocollo,
    /// Date of the entry in Rome.
    pub data_locale: Date,
    /// Direction.
    pub flusso: Flusso,
    /// Subject.
    pub oggetto: String,
    /// Full name of the sender or addressee.
    pub corrispondente: Option<String>,
    /// Codice fiscale of the sender or addressee.
    pub codice_fiscale: Option<String>,
    /// Present class of the titolario.
    pub classifica: String,
    /// Present office.
    pub assegnazione: String,
    /// Seen only by the assigned office and the protocol office.
    pub riservato: bool,
    /// Case to which the document belongs.
    pub pratica: PraticaId,
    /// Kind of that case.
    pub tipo_pratica: TipoPratica,
    /// Files.
    pub allegati: Vec<Allegato>,
    /// Names of the files as given, in the same order.
    pub nomi_allegati: Vec<String>,
    /// First entry of the same case, when this one follows it.
    pub primario: Option<Protocollo>,
    /// Whether assignment or class were changed.
    pub modificata: bool,
    /// Position of the entry: the order of lists, and their cursor.
    pub posizione: u64,
}

impl Cursore for RegistrazioneRow {
    fn cursore(&self) -> u64 {
        self.posizione
    }
}

/// A change of assignment or class of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModificaRow {
    /// When it was recorded.
    pub quando: Timestamp,
    /// `assegnazione` or `classifica`.
    pub campo: String,
    /// What stood there.
    pub precedente: String,
    /// What stands there since.
    pub nuova: String,
    /// Why.
    pub motivo: String,
    /// Name of who changed it.
    pub operatore: String,
    /// Position of the event.
    pub posizione: u64,
}

/// Register, year, number.
type Key = (String, i16, u64);

const ENTRIES: &str = "registrazione";
const CHANGES: &str = "modifica";

impl Projection for Registro {
    fn name(&self) -> &'static str {
        "registro"
    }

    fn version(&self) -> u32 {
        1
    }

    fn tables(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx<'_>, page: &'a [(Record, Evento)]) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let mut entries = known(tx, page).await?;
            let mut changes = Vec::new();
            for (record, evento) in page {
                let Evento::Registro(event) = evento else { continue };
                match event {
                    Event::ProtocolloRegistrato(e) => {
                        let entry = entry(record, e)?;
                        entries.insert(key(&entry.protocollo), entry);
                    }
                    Event::AssegnazioneModificata(e) => {
                        change(&mut entries, record, e)?.assegnazione = e.nuova.to_string();
                        changes.push(rows::change_values(tx.ente(), record, "assegnazione", e));
                    }
                    Event::ClassificazioneModificata(e) => {
                        change(&mut entries, record, e)?.classifica = e.nuova.to_string();
                        changes.push(rows::change_values(tx.ente(), record, "classifica", e));
                    }
                }
            }
            let entries = entries.values().map(|row| rows::values(tx.ente(), row)).collect();
            tx.upsert(ENTRIES, rows::ENTRY, entries).await?;
            Ok(tx.insert(CHANGES, rows::CHANGE, changes).await?)
        })
    }
}

/// The entries that the changes of a page are about and that are already in the table.
async fn known(tx: &mut Tx<'_>, page: &[(Record, Evento)]) -> Result<BTreeMap<Key, RegistrazioneRow>, ApplyError> {
    let changed: BTreeSet<Key> = page
        .iter()
        .filter_map(|(_, evento)| match evento {
            Evento::Registro(Event::AssegnazioneModificata(e)) => Some(of(e)),
            Evento::Registro(Event::ClassificazioneModificata(e)) => Some(of(e)),
            _ => None,
        })
        .collect();
    if changed.is_empty() {
        return Ok(BTreeMap::new());
    }
    // By number alone: the same number of other years comes along, a few rows, and is left out again.
    let numbers: BTreeSet<u64> = changed.iter().map(|(_, _, numero)| *numero).collect();
    let found = tx.load(ENTRIES, "numero", numbers, rows::read).await?;
    Ok(found.into_iter().map(|row| (key(&row.protocollo), row)).filter(|(key, _)| changed.contains(key)).collect())
}

fn key(protocollo: &Protocollo) -> Key {
    (protocollo.registro.clone(), protocollo.anno, protocollo.numero)
}

fn of<T>(change: &Modifica<T>) -> Key {
    (change.registro.clone(), change.anno, change.numero)
}

fn change<'a, T>(
    entries: &'a mut BTreeMap<Key, RegistrazioneRow>,
    record: &Record,
    change: &Modifica<T>,
) -> Result<&'a mut RegistrazioneRow, ApplyError> {
    let entry = entries.get_mut(&of(change)).ok_or_else(|| ApplyError::orphan(record))?;
    entry.modificata = true;
    Ok(entry)
}

fn entry(record: &Record, e: &ProtocolloRegistrato) -> Result<RegistrazioneRow, ApplyError> {
    let person = e.personale.get();
    let tipo_pratica = TipoPratica::parse(&e.tipo_pratica).ok_or_else(|| ApplyError::Corrupt {
        position: record.position,
        reason: format!("unknown kind of case {}", e.tipo_pratica),
    })?;
    Ok(RegistrazioneRow {
        protocollo: e.protocollo.clone(),
        data_locale: e.protocollo.data_locale(),
        flusso: e.flusso,
        oggetto: e.oggetto.clone(),
        corrispondente: person.map(|p| format!("{} {}", p.nome, p.cognome)),
        codice_fiscale: person.and_then(|p| Some(p.codice_fiscale.as_ref()?.as_str().to_owned())),
        classifica: e.classifica.to_string(),
        assegnazione: e.assegnazione.to_string(),
        riservato: e.riservato,
        pratica: e.pratica,
        tipo_pratica,
        allegati: e.allegati.clone(),
        nomi_allegati: person.map(|p| p.nomi_allegati.clone()).unwrap_or_default(),
        primario: e.primario.clone(),
        modificata: false,
        posizione: record.position,
    })
}
