//! `pratiche`: every case of every kind in one list, one row a case. Feeds the personal area, the office's desk, search.

mod appuntamento;
mod in_json;
mod query;
#[cfg(test)]
mod tests;

pub use query::{Corredo, FiltroPratiche, PraticaConStoria};

use crate::pagina::Cursore;
use crate::projection::{ApplyError, Projection, Tx};
use crate::sql::{Riga, Valore};
use crate::upsert::Tabella;
use domain::allegato::Impronta;
use domain::evento::pratica_di;
use domain::ids::{PersonaId, PraticaId};
use domain::pratica::{
    Conclusione, Deposito, IstanzaRinunciata, PraticaRiassegnata, PresaInCarico, RicevutaEmessa, StatoPratica,
    TermineCalcolato, TipoPratica,
};
use domain::registro::Protocollo;
use domain::{Evento, istanza, lettera, segnalazione};
use eventstore::Record;
use futures_core::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The read model.
pub struct Pratiche;

/// A case as lists and headers show it. What a destroyed key sealed is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct PraticaRow {
    /// The case.
    pub id: PraticaId,
    /// The code a citizen reads and dictates.
    pub codice: String,
    /// Its kind.
    pub tipo: TipoPratica,
    /// Where it stands.
    pub stato: StatoPratica,
    /// Whose it is.
    pub titolare: PersonaId,
    /// Full name of who filed it.
    pub richiedente: Option<String>,
    /// What it is about, in the citizen's own words.
    pub titolo: Option<String>,
    /// Subject in the register.
    pub oggetto: String,
    /// Code of the office that works it.
    pub ufficio: String,
    /// Restricted to that office and the protocol office.
    pub riservato: bool,
    /// Code of the service, of an istanza.
    pub servizio: Option<String>,
    /// Code of the category, of a segnalazione.
    pub categoria: Option<String>,
    /// The earlier case of the same person that it was written from; lists leave it out.
    pub da_pratica: Option<PraticaId>,
    /// Its entry in the register.
    pub protocollo: Option<Protocollo>,
    /// When it was filed.
    pub inviata_il: Timestamp,
    /// Instant of the last commit that changed it.
    pub aggiornata_il: Timestamp,
    /// Latest day for the answer.
    pub scadenza: Option<Date>,
    /// Name of the official who took charge.
    pub operatore: Option<String>,
    /// When it ended.
    pub conclusa_il: Option<Timestamp>,
    /// Degrees, WGS 84; lists leave it out.
    pub latitudine: Option<f64>,
    /// Degrees, WGS 84; lists leave it out.
    pub longitudine: Option<f64>,
    /// Where it stood before documents were asked for, while they are awaited; lists leave it out.
    pub prima: Option<StatoPratica>,
    /// Position of its first event: the order of lists, and their cursor.
    pub posizione: u64,
    /// Position of its last event.
    pub ultima: u64,
}

impl Cursore for PraticaRow {
    fn cursore(&self) -> u64 {
        self.posizione
    }
}

const TABLE: &str = "pratica";

const TABELLA: Tabella = Tabella {
    columns: &[
        "ente",
        "id",
        "codice",
        "tipo",
        "stato",
        "titolare",
        "richiedente",
        "titolo",
        "oggetto",
        "ufficio",
        "riservato",
        "servizio",
        "categoria",
        "da_pratica",
        "registro",
        "anno",
        "numero",
        "protocollata_il",
        "impronta",
        "inviata_il",
        "aggiornata_il",
        "scadenza",
        "operatore",
        "conclusa_il",
        "latitudine",
        "longitudine",
        "prima",
        "posizione",
        "ultima",
        "cerca",
    ],
    key: &["ente", "id"],
};

impl Projection for Pratiche {
    fn name(&self) -> &'static str {
        "pratiche"
    }

    fn version(&self) -> u32 {
        2
    }

    fn tables(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx<'_>, page: &'a [(Record, Evento)]) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let (mut begun, mut touched) = (BTreeSet::new(), BTreeSet::new());
            for (record, _) in page {
                let Some((_, id)) = pratica_di(&record.stream) else { continue };
                // A case that begins in this page has no row yet: under load that is nearly every one.
                if record.version == 1 {
                    begun.insert(id);
                } else if !begun.contains(&id) {
                    touched.insert(id);
                }
            }
            if begun.is_empty() && touched.is_empty() {
                return Ok(());
            }
            let known = tx.load(TABLE, "id", touched.iter().map(ToString::to_string), read).await?;
            let mut rows: BTreeMap<PraticaId, PraticaRow> = known.into_iter().map(|row| (row.id, row)).collect();
            for (record, evento) in page {
                fold(&mut rows, record, evento)?;
            }
            let rows = rows.values().map(|row| values(tx.ente(), row)).collect();
            Ok(tx.upsert(TABLE, TABELLA, rows).await?)
        })
    }
}

/// What an event says of the case of its stream.
enum Fatto<'a> {
    Deposito(Box<PraticaRow>),
    Ricevuta(&'a RicevutaEmessa),
    Termine(&'a TermineCalcolato),
    PresaInCarico(&'a PresaInCarico),
    Lavorazione,
    Riassegnata(&'a PraticaRiassegnata),
    IntegrazioneRichiesta,
    IntegrazionePresentata,
    Conclusione(&'a Conclusione),
    Rinuncia(&'a IstanzaRinunciata),
    Appuntamento(&'a domain::appuntamento::Event),
}

fn fatto<'a>(record: &Record, evento: &'a Evento) -> Option<Fatto<'a>> {
    use domain::appuntamento::Event as A;
    use {istanza::Event as I, lettera::Event as L, segnalazione::Event as S};
    Some(match evento {
        Evento::Segnalazione(S::SegnalazioneInviata(e)) => {
            let documento = e.personale.get();
            let mut row = deposito(record, TipoPratica::Segnalazione, &e.deposito);
            row.categoria = Some(e.categoria.clone());
            row.richiedente = documento.map(|d| d.autore.nome_completo());
            row.titolo = documento.map(|d| d.titolo.clone());
            row.latitudine = documento.and_then(|d| d.luogo.latitudine);
            row.longitudine = documento.and_then(|d| d.luogo.longitudine);
            Fatto::Deposito(row)
        }
        Evento::Lettera(L::LetteraInviata(e)) => {
            let mut row = deposito(record, TipoPratica::Lettera, &e.deposito);
            row.richiedente = e.personale.get().map(|d| d.autore.nome_completo());
            row.titolo = e.personale.get().map(|d| d.oggetto.clone());
            Fatto::Deposito(row)
        }
        Evento::Istanza(I::IstanzaPresentata(e)) => {
            let mut row = deposito(record, TipoPratica::Istanza, &e.deposito);
            row.servizio = Some(e.servizio.codice.clone());
            row.da_pratica = e.da_pratica;
            row.richiedente = e.personale.get().map(|d| d.autore.nome_completo());
            row.titolo = e.personale.get().map(|d| d.titolo().to_owned());
            Fatto::Deposito(row)
        }
        Evento::Segnalazione(S::RicevutaEmessa(e))
        | Evento::Lettera(L::RicevutaEmessa(e))
        | Evento::Istanza(I::RicevutaEmessa(e)) => Fatto::Ricevuta(e),
        Evento::Segnalazione(S::TermineCalcolato(e))
        | Evento::Lettera(L::TermineCalcolato(e))
        | Evento::Istanza(I::TermineCalcolato(e)) => Fatto::Termine(e),
        Evento::Segnalazione(S::SegnalazionePresaInCarico(e))
        | Evento::Lettera(L::LetteraPresaInCarico(e))
        | Evento::Istanza(I::IstanzaPresaInCarico(e)) => Fatto::PresaInCarico(e),
        Evento::Segnalazione(S::LavorazioneAvviata(_))
        | Evento::Lettera(L::LavorazioneAvviata(_))
        | Evento::Istanza(I::LavorazioneAvviata(_)) => Fatto::Lavorazione,
        Evento::Segnalazione(S::PraticaRiassegnata(e))
        | Evento::Lettera(L::PraticaRiassegnata(e))
        | Evento::Istanza(I::PraticaRiassegnata(e)) => Fatto::Riassegnata(e),
        Evento::Istanza(I::IntegrazioneRichiesta(_)) => Fatto::IntegrazioneRichiesta,
        Evento::Istanza(I::IntegrazionePresentata(_)) => Fatto::IntegrazionePresentata,
        Evento::Istanza(I::IstanzaRinunciata(e)) => Fatto::Rinuncia(e),
        Evento::Segnalazione(S::SegnalazioneRisolta(e))
        | Evento::Lettera(L::RispostaInviata(e))
        | Evento::Istanza(I::IstanzaConclusa(e)) => Fatto::Conclusione(e),
        Evento::Appuntamento(A::AppuntamentoPrenotato(e)) => Fatto::Deposito(appuntamento::prenotato(record, e)),
        // A document was made of what the case already says: the case did not change.
        Evento::Segnalazione(S::RicevutaFormata(_))
        | Evento::Lettera(L::RicevutaFormata(_))
        | Evento::Istanza(I::RicevutaFormata(_))
        | Evento::Appuntamento(A::RicevutaFormata(_))
        | Evento::Registro(_)
        | Evento::Notifica(_)
        | Evento::Accesso(_)
        | Evento::Catalogo(_)
        | Evento::Agenda(_)
        | Evento::Impegni(_)
        | Evento::Attesa(_)
        | Evento::Calendario(_)
        | Evento::Orario(_) => return None,
        Evento::Appuntamento(e) => Fatto::Appuntamento(e),
    })
}

fn deposito(record: &Record, tipo: TipoPratica, deposito: &Deposito) -> Box<PraticaRow> {
    Box::new(PraticaRow {
        id: deposito.pratica,
        codice: deposito.codice.to_string(),
        tipo,
        stato: StatoPratica::Inviata,
        titolare: deposito.titolare,
        richiedente: None,
        titolo: None,
        oggetto: deposito.oggetto.clone(),
        ufficio: deposito.ufficio.to_string(),
        riservato: deposito.riservato,
        servizio: None,
        categoria: None,
        da_pratica: None,
        protocollo: None,
        inviata_il: deposito.inviata_il,
        aggiornata_il: record.recorded_at,
        scadenza: None,
        operatore: None,
        conclusa_il: None,
        latitudine: None,
        longitudine: None,
        prima: None,
        posizione: record.position,
        ultima: record.position,
    })
}

fn fold(rows: &mut BTreeMap<PraticaId, PraticaRow>, record: &Record, evento: &Evento) -> Result<(), ApplyError> {
    let Some(fatto) = fatto(record, evento) else { return Ok(()) };
    let fatto = match fatto {
        Fatto::Deposito(row) => {
            rows.insert(row.id, *row);
            return Ok(());
        }
        fatto => fatto,
    };
    let row = pratica_di(&record.stream).and_then(|(_, id)| rows.get_mut(&id));
    let row = row.ok_or_else(|| ApplyError::orphan(record))?;
    match fatto {
        Fatto::Deposito(_) => {}
        Fatto::Appuntamento(e) => appuntamento::passo(row, e),
        Fatto::Ricevuta(e) => {
            row.stato = StatoPratica::Protocollata;
            row.protocollo = Some(e.protocollo.clone());
        }
        Fatto::Termine(e) => row.scadenza = Some(e.termine.scadenza),
        Fatto::PresaInCarico(e) => {
            row.stato = StatoPratica::PresaInCarico;
            row.operatore = Some(e.operatore.nome.clone());
        }
        Fatto::Lavorazione => {
            row.stato = StatoPratica::InLavorazione;
            row.prima = None;
        }
        Fatto::Riassegnata(e) => row.ufficio = e.nuovo.to_string(),
        Fatto::IntegrazioneRichiesta => {
            row.prima = Some(row.stato);
            row.stato = StatoPratica::InIntegrazione;
        }
        // Late ones come to a case that has gone on: it stays where it is.
        Fatto::IntegrazionePresentata => row.stato = row.prima.take().unwrap_or(row.stato),
        Fatto::Rinuncia(e) => {
            row.stato = StatoPratica::Rinunciata;
            row.conclusa_il = Some(e.il);
            row.prima = None;
        }
        Fatto::Conclusione(e) => {
            row.stato = StatoPratica::Conclusa;
            row.conclusa_il = Some(e.il);
            row.prima = None;
        }
    }
    row.aggiornata_il = record.recorded_at;
    row.ultima = record.position;
    Ok(())
}

/// What a search looks through.
fn cerca(row: &PraticaRow) -> String {
    let segnatura = row.protocollo.as_ref().map(|p| p.segnatura().to_string());
    let parts =
        [Some(row.codice.clone()), segnatura, row.titolo.clone(), row.richiedente.clone(), Some(row.oggetto.clone())];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase()
}

fn values(ente: &str, row: &PraticaRow) -> Vec<Valore> {
    let protocollo = row.protocollo.as_ref();
    vec![
        ente.into(),
        row.id.to_string().into(),
        (&row.codice).into(),
        row.tipo.as_str().into(),
        row.stato.as_str().into(),
        row.titolare.to_string().into(),
        (&row.richiedente).into(),
        (&row.titolo).into(),
        (&row.oggetto).into(),
        (&row.ufficio).into(),
        row.riservato.into(),
        (&row.servizio).into(),
        (&row.categoria).into(),
        row.da_pratica.map(|id| id.to_string()).into(),
        protocollo.map(|p| p.registro.clone()).into(),
        protocollo.map(|p| i64::from(p.anno)).into(),
        protocollo.map(|p| p.numero as i64).into(),
        protocollo.map(|p| p.data).into(),
        protocollo.map(|p| p.impronta.to_string()).into(),
        row.inviata_il.into(),
        row.aggiornata_il.into(),
        row.scadenza.into(),
        (&row.operatore).into(),
        row.conclusa_il.into(),
        row.latitudine.into(),
        row.longitudine.into(),
        row.prima.map(|stato| stato.as_str().to_owned()).into(),
        row.posizione.into(),
        row.ultima.into(),
        cerca(row).into(),
    ]
}

fn read(row: &Riga<'_>) -> Result<PraticaRow, sqlx::Error> {
    let protocollo = match row.opt_text("registro")? {
        None => None,
        Some(registro) => Some(Protocollo {
            registro,
            anno: row.int("anno")?,
            numero: row.int("numero")?,
            data: row.instant("protocollata_il")?,
            impronta: row.known("impronta", Impronta::parse)?,
        }),
    };
    Ok(PraticaRow {
        id: row.parse("id")?,
        codice: row.text("codice")?,
        tipo: row.known("tipo", TipoPratica::parse)?,
        stato: row.known("stato", StatoPratica::parse)?,
        titolare: row.parse("titolare")?,
        richiedente: row.opt_text("richiedente")?,
        titolo: row.opt_text("titolo")?,
        oggetto: row.text("oggetto")?,
        ufficio: row.text("ufficio")?,
        riservato: row.truth("riservato")?,
        servizio: row.opt_text("servizio")?,
        categoria: row.opt_text("categoria")?,
        da_pratica: row.opt_parse("da_pratica")?,
        protocollo,
        inviata_il: row.instant("inviata_il")?,
        aggiornata_il: row.instant("aggiornata_il")?,
        scadenza: row.opt_parse("scadenza")?,
        operatore: row.opt_text("operatore")?,
        conclusa_il: row.opt_instant("conclusa_il")?,
        latitudine: row.real("latitudine")?,
        longitudine: row.real("longitudine")?,
        prima: row.opt_text("prima")?.and_then(|name| StatoPratica::parse(&name)),
        posizione: row.int("posizione")?,
        ultima: row.int("ultima")?,
    })
}
