//! One row a booking, as its own stream tells it.

use crate::pagina::Cursore;
use crate::projection::{ApplyError, Tx};
use crate::sql::{Riga, Valore};
use crate::upsert::Tabella;
use domain::Evento;
use domain::appuntamento::{AppuntamentoPrenotato, Event, PostoPreso};
use domain::ente::CodiceUfficio;
use domain::evento::pratica_di;
use domain::ids::{PersonaId, PraticaId};
use domain::pratica::StatoPratica;
use domain::prenotabile::{Canale, Sede};
use domain::termini::data_locale;
use eventstore::Record;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A booking. What a destroyed key sealed is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppuntamentoRow {
    /// The case.
    pub id: PraticaId,
    /// The code a citizen reads and dictates.
    pub codice: String,
    /// Whose it is.
    pub titolare: PersonaId,
    /// Full name of who comes.
    pub richiedente: Option<String>,
    /// Where notices go, if the person gave an address.
    pub email: Option<String>,
    /// Telephone, if the person gave one.
    pub telefono: Option<String>,
    /// What it is about: one of the choices of the service.
    pub motivo: Option<String>,
    /// Code of the bookable service.
    pub servizio: String,
    /// Its version.
    pub versione: u32,
    /// Its name.
    pub nome_servizio: String,
    /// Office, as it stands now.
    pub ufficio: CodiceUfficio,
    /// Its place.
    pub sede: Sede,
    /// Code of the desk.
    pub sportello: String,
    /// Day in Italy.
    pub giorno: Date,
    /// Start.
    pub inizio: Timestamp,
    /// End.
    pub fine: Timestamp,
    /// Where it stands.
    pub stato: StatoPratica,
    /// Whether the office has still to confirm it.
    pub da_confermare: bool,
    /// Through which channel it was booked.
    pub canale: Canale,
    /// Case it is about.
    pub collegata: Option<PraticaId>,
    /// Restricted to the office.
    pub riservato: bool,
    /// Hours before its start from which the citizen can no longer move or cancel it.
    pub disdetta_ore: u16,
    /// Minutes after its end from which who did not come counts as absent.
    pub tolleranza_minuti: u16,
    /// First instant at which who has not come counts as absent.
    pub assente_dal: Timestamp,
    /// Changes so far (RFC 5545, SEQUENCE).
    pub sequenza: u32,
    /// Number taken on arrival.
    pub turno: Option<u16>,
    /// When the citizen arrived.
    pub presentato_il: Option<Timestamp>,
    /// When the citizen was called.
    pub chiamato_il: Option<Timestamp>,
    /// When it ended: served, cancelled or missed.
    pub concluso_il: Option<Timestamp>,
    /// Name of the official who called or served.
    pub operatore: Option<String>,
    /// When it was booked.
    pub prenotato_il: Timestamp,
    /// Instant of the last commit that changed it.
    pub aggiornato_il: Timestamp,
    /// Position of its first event: the order of a person's list, and its cursor.
    pub posizione: u64,
    /// Position of its last event.
    pub ultima: u64,
}

impl Cursore for AppuntamentoRow {
    fn cursore(&self) -> u64 {
        self.posizione
    }
}

impl AppuntamentoRow {
    /// Last instant at which the citizen may move or cancel it.
    pub fn disdetta_entro(&self) -> Timestamp {
        let before = SignedDuration::from_hours(self.disdetta_ore.into());
        self.inizio.checked_sub(before).unwrap_or(Timestamp::MIN)
    }

    fn prenotato(record: &Record, e: &AppuntamentoPrenotato) -> Self {
        let documento = e.personale.get();
        let mut row = Self {
            id: e.deposito.pratica,
            codice: e.deposito.codice.to_string(),
            titolare: e.deposito.titolare,
            richiedente: documento.map(|d| d.autore.nome_completo()),
            email: documento.and_then(|d| d.email.clone()),
            telefono: documento.and_then(|d| d.telefono.clone()),
            motivo: documento.map(|d| d.motivo.clone()),
            servizio: e.servizio.clone(),
            versione: e.versione,
            nome_servizio: e.nome_servizio.clone(),
            ufficio: e.posto.ufficio.clone(),
            sede: e.posto.sede.clone(),
            sportello: e.posto.sportello.clone(),
            giorno: Date::default(),
            inizio: e.posto.inizio,
            fine: e.posto.fine,
            stato: StatoPratica::Prenotata,
            da_confermare: e.da_confermare,
            canale: e.canale,
            collegata: e.collegata,
            riservato: e.deposito.riservato,
            disdetta_ore: e.disdetta_ore,
            tolleranza_minuti: e.tolleranza_minuti,
            assente_dal: e.posto.fine,
            sequenza: 0,
            turno: None,
            presentato_il: None,
            chiamato_il: None,
            concluso_il: None,
            operatore: None,
            prenotato_il: e.deposito.inviata_il,
            aggiornato_il: record.recorded_at,
            posizione: record.position,
            ultima: record.position,
        };
        row.siede(&e.posto);
        row
    }

    fn siede(&mut self, posto: &PostoPreso) {
        self.ufficio = posto.ufficio.clone();
        self.sede = posto.sede.clone();
        self.sportello.clone_from(&posto.sportello);
        (self.inizio, self.fine) = (posto.inizio, posto.fine);
        self.giorno = data_locale(posto.inizio);
        let grace = SignedDuration::from_mins(self.tolleranza_minuti.into());
        self.assente_dal = posto.fine.checked_add(grace).unwrap_or(Timestamp::MAX);
    }

    /// A later event of its stream.
    fn passo(&mut self, event: &Event) {
        match event {
            // The first event made the row; the register's number and the document are the case's.
            Event::AppuntamentoPrenotato(_) | Event::RicevutaEmessa(_) | Event::RicevutaFormata(_) => {}
            Event::AppuntamentoConfermato(_) => self.da_confermare = false,
            Event::AppuntamentoSpostato(e) => {
                self.siede(&e.a);
                self.sequenza = e.sequenza;
            }
            Event::AppuntamentoAnnullato(e) => {
                self.stato = StatoPratica::Annullata;
                self.sequenza = e.sequenza;
                self.concluso_il = Some(e.il);
            }
            Event::PraticaCollegata(e) => self.collegata = Some(e.collegata),
            Event::CittadinoPresentato(e) => {
                self.stato = StatoPratica::PresaInCarico;
                (self.turno, self.presentato_il) = (Some(e.turno), Some(e.il));
            }
            Event::CittadinoChiamato(e) => {
                self.chiamato_il = Some(e.il);
                self.operatore = Some(e.operatore.nome.clone());
            }
            Event::AppuntamentoConcluso(e) => {
                self.stato = StatoPratica::Conclusa;
                self.concluso_il = Some(e.il);
                self.operatore = Some(e.operatore.nome.clone());
            }
            Event::MancataPresentazione(e) => {
                self.stato = StatoPratica::NonPresentata;
                self.concluso_il = Some(e.il);
            }
        }
    }
}

pub(super) const TABLE: &str = "appuntamento";

const TABELLA: Tabella = Tabella {
    columns: &[
        "ente",
        "id",
        "codice",
        "titolare",
        "richiedente",
        "email",
        "telefono",
        "motivo",
        "servizio",
        "versione",
        "nome_servizio",
        "ufficio",
        "sede",
        "sportello",
        "giorno",
        "inizio",
        "fine",
        "stato",
        "da_confermare",
        "canale",
        "collegata",
        "riservato",
        "disdetta_ore",
        "tolleranza_minuti",
        "assente_dal",
        "sequenza",
        "turno",
        "presentato_il",
        "chiamato_il",
        "concluso_il",
        "operatore",
        "prenotato_il",
        "aggiornato_il",
        "posizione",
        "ultima",
    ],
    key: &["ente", "id"],
};

pub(super) async fn apply(tx: &mut Tx<'_>, page: &[(Record, Evento)]) -> Result<(), ApplyError> {
    let mut events: Vec<(&Record, &Event, PraticaId)> = Vec::new();
    for (record, evento) in page {
        if let (Evento::Appuntamento(event), Some((_, id))) = (evento, pratica_di(&record.stream)) {
            events.push((record, event, id));
        }
    }
    if events.is_empty() {
        return Ok(());
    }
    let begun = |event: &Event| matches!(event, Event::AppuntamentoPrenotato(_));
    let new: BTreeSet<PraticaId> = events.iter().filter(|(_, event, _)| begun(event)).map(|(.., id)| *id).collect();
    let old: BTreeSet<PraticaId> = events.iter().map(|(.., id)| *id).filter(|id| !new.contains(id)).collect();
    let known = tx.load(TABLE, "id", old.iter().map(ToString::to_string), read).await?;
    let mut rows: BTreeMap<PraticaId, AppuntamentoRow> = known.into_iter().map(|row| (row.id, row)).collect();
    for (record, event, id) in events {
        if let Event::AppuntamentoPrenotato(e) = event {
            rows.insert(id, AppuntamentoRow::prenotato(record, e));
            continue;
        }
        let row = rows.get_mut(&id).ok_or_else(|| ApplyError::orphan(record))?;
        row.passo(event);
        (row.aggiornato_il, row.ultima) = (record.recorded_at, record.position);
    }
    let rows = rows.values().map(|row| values(tx.ente(), row)).collect();
    Ok(tx.upsert(TABLE, TABELLA, rows).await?)
}

fn values(ente: &str, row: &AppuntamentoRow) -> Vec<Valore> {
    vec![
        ente.into(),
        row.id.to_string().into(),
        (&row.codice).into(),
        row.titolare.to_string().into(),
        (&row.richiedente).into(),
        (&row.email).into(),
        (&row.telefono).into(),
        (&row.motivo).into(),
        (&row.servizio).into(),
        row.versione.into(),
        (&row.nome_servizio).into(),
        row.ufficio.as_str().into(),
        serde_json::json!(row.sede).to_string().into(),
        (&row.sportello).into(),
        row.giorno.into(),
        row.inizio.into(),
        row.fine.into(),
        row.stato.as_str().into(),
        row.da_confermare.into(),
        row.canale.as_str().into(),
        row.collegata.map(|id| id.to_string()).into(),
        row.riservato.into(),
        u32::from(row.disdetta_ore).into(),
        u32::from(row.tolleranza_minuti).into(),
        row.assente_dal.into(),
        row.sequenza.into(),
        row.turno.map(i64::from).into(),
        row.presentato_il.into(),
        row.chiamato_il.into(),
        row.concluso_il.into(),
        (&row.operatore).into(),
        row.prenotato_il.into(),
        row.aggiornato_il.into(),
        row.posizione.into(),
        row.ultima.into(),
    ]
}

pub(super) fn read(row: &Riga<'_>) -> Result<AppuntamentoRow, sqlx::Error> {
    Ok(AppuntamentoRow {
        id: row.parse("id")?,
        codice: row.text("codice")?,
        titolare: row.parse("titolare")?,
        richiedente: row.opt_text("richiedente")?,
        email: row.opt_text("email")?,
        telefono: row.opt_text("telefono")?,
        motivo: row.opt_text("motivo")?,
        servizio: row.text("servizio")?,
        versione: row.int("versione")?,
        nome_servizio: row.text("nome_servizio")?,
        ufficio: CodiceUfficio::new(row.text("ufficio")?),
        sede: row.json("sede")?,
        sportello: row.text("sportello")?,
        giorno: row.parse("giorno")?,
        inizio: row.instant("inizio")?,
        fine: row.instant("fine")?,
        stato: row.known("stato", StatoPratica::parse)?,
        da_confermare: row.truth("da_confermare")?,
        canale: row.known("canale", Canale::parse)?,
        collegata: row.opt_parse("collegata")?,
        riservato: row.truth("riservato")?,
        disdetta_ore: row.int("disdetta_ore")?,
        tolleranza_minuti: row.int("tolleranza_minuti")?,
        assente_dal: row.instant("assente_dal")?,
        sequenza: row.int("sequenza")?,
        turno: row.opt_int("turno")?.map(|_| row.int("turno")).transpose()?,
        presentato_il: row.opt_instant("presentato_il")?,
        chiamato_il: row.opt_instant("chiamato_il")?,
        concluso_il: row.opt_instant("concluso_il")?,
        operatore: row.opt_text("operatore")?,
        prenotato_il: row.instant("prenotato_il")?,
        aggiornato_il: row.instant("aggiornato_il")?,
        posizione: row.int("posizione")?,
        ultima: row.int("ultima")?,
    })
}
