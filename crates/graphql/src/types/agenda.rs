//! What can be booked, what is free, and the day of an office.

use super::StatoPratica;
use super::appuntamento::{ArrivoAppuntamento, CanalePrenotazione, ChiamataTurno, Sede};
use super::common::Ufficio;
use crate::at_hand::{Asked, AtHand};
use crate::scalars::{Date, DateTime};
use app::Contesto;
use app::appuntamenti::{AgendaGiorno, AppuntamentoAgenda, ChiusuraAgenda, TurnoAgenda};
use async_graphql::parser::types::Field;
use async_graphql::{ID, Object, ScalarType, SimpleObject, Value};
use domain::ente::CodiceUfficio;
use domain::prenotabile::{self, Intervallo, Orario};
use std::sync::Arc;

/// A slot that somebody may take.
#[derive(Debug, Clone, SimpleObject)]
pub struct Slot {
    /// Its name, for holds and bookings.
    id: ID,
    /// Start.
    inizio: DateTime,
    /// End.
    fine: DateTime,
    /// Desks that are free then; at least one.
    liberi: u16,
}

impl From<app::appuntamenti::SlotOfferto> for Slot {
    fn from(slot: app::appuntamenti::SlotOfferto) -> Self {
        let (inizio, fine) = (DateTime(slot.inizio), DateTime(slot.fine));
        Self { id: ID(slot.id.to_string()), inizio, fine, liberi: slot.liberi }
    }
}

impl AtHand for Slot {
    const TYPE: &'static str = "Slot";

    fn field(&self, _: &Asked<'_>, field: &Field) -> Option<Value> {
        Some(match field.name.node.as_str() {
            "id" => Value::from(self.id.as_str()),
            "inizio" => self.inizio.to_value(),
            "fine" => self.fine.to_value(),
            "liberi" => Value::from(self.liberi),
            _ => return None,
        })
    }
}

/// What is free at an office.
#[derive(Debug, Clone, SimpleObject)]
pub struct Disponibilita {
    /// The office.
    ufficio: Ufficio,
    /// Its place.
    sede: Sede,
    /// In order of time; empty when nothing is free.
    slot: Vec<Slot>,
    #[graphql(skip)]
    codice: CodiceUfficio,
}

impl Disponibilita {
    pub(crate) fn of(contesto: &Contesto, found: app::appuntamenti::Disponibilita) -> Self {
        Self {
            ufficio: Ufficio::of(contesto, &found.orario.ufficio),
            sede: Sede::from(&found.orario.luogo),
            slot: found.slot.into_iter().map(Slot::from).collect(),
            codice: found.orario.ufficio.clone(),
        }
    }
}

impl AtHand for Disponibilita {
    const TYPE: &'static str = "Disponibilita";

    fn field(&self, asked: &Asked<'_>, field: &Field) -> Option<Value> {
        match field.name.node.as_str() {
            "ufficio" => asked.object(field, &self.codice),
            "slot" => asked.list(field, &self.slot),
            _ => None,
        }
    }
}

/// A service that can be booked at a desk.
pub struct Prenotabile {
    pub(crate) definizione: Arc<prenotabile::Prenotabile>,
    pub(crate) uffici: Vec<CodiceUfficio>,
}

/// A service that can be booked at a desk (Modello Comuni: Prenotazione appuntamenti).
#[Object]
impl Prenotabile {
    /// Code, such as `cie-rilascio`: what a booking gives as `servizio`.
    async fn codice(&self) -> &str {
        &self.definizione.codice
    }

    /// Version in force.
    async fn versione(&self) -> u32 {
        self.definizione.versione
    }

    /// Name for citizens.
    async fn nome(&self) -> &str {
        &self.definizione.nome
    }

    /// One or two sentences: what it is for.
    async fn descrizione(&self) -> &str {
        &self.definizione.descrizione
    }

    /// Minutes at the desk.
    async fn durata_minuti(&self) -> u16 {
        self.definizione.durata_minuti
    }

    /// Hours before its start from which a slot can no longer be booked online.
    async fn preavviso_ore(&self) -> u16 {
        self.definizione.preavviso_ore
    }

    /// Days ahead that can be booked.
    async fn orizzonte_giorni(&self) -> u16 {
        self.definizione.orizzonte_giorni
    }

    /// Hours before its start from which the citizen can no longer move or cancel a booking.
    async fn disdetta_ore(&self) -> u16 {
        self.definizione.disdetta_ore
    }

    /// Whether the office confirms each booking; otherwise it is certain as soon as it is made.
    async fn conferma_ufficio(&self) -> bool {
        self.definizione.conferma == prenotabile::Conferma::Ufficio
    }

    /// What it may be about: what a booking gives as `motivo`.
    async fn motivi(&self) -> &[String] {
        &self.definizione.motivi
    }

    /// What to bring.
    async fn cosa_serve(&self) -> &[String] {
        &self.definizione.cosa_serve
    }

    /// Code of the catalogue's service it belongs to.
    async fn servizio(&self) -> Option<&str> {
        self.definizione.servizio.as_deref()
    }

    /// Whether one can wait for an earlier slot.
    async fn lista_attesa(&self) -> bool {
        self.definizione.lista_attesa
    }

    /// Identity level needed to book online, 1 to 3.
    async fn livello_identita(&self) -> u8 {
        self.definizione.livello_identita.into()
    }

    /// Offices at which it can be booked, by name of the place.
    #[graphql(complexity = "crate::limits::OFFICES * child_complexity")]
    async fn uffici(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::Result<Vec<Ufficio>> {
        let (_, contesto) = super::parts(ctx)?;
        Ok(self.uffici.iter().map(|codice| Ufficio::of(contesto, codice)).collect())
    }
}

/// Hours of a desk on one day.
#[derive(Debug, Clone, SimpleObject)]
pub struct OrarioSportello {
    /// From.
    dalle: DateTime,
    /// To.
    alle: DateTime,
}

impl From<&Intervallo> for OrarioSportello {
    fn from(intervallo: &Intervallo) -> Self {
        Self { dalle: DateTime(intervallo.inizio), alle: DateTime(intervallo.fine) }
    }
}

/// A desk, on one day.
#[derive(Debug, Clone, SimpleObject)]
pub struct Sportello {
    /// Code within the office.
    id: ID,
    /// Name for citizens.
    nome: String,
    /// When it is open that day, in order; empty: closed.
    orari: Vec<OrarioSportello>,
}

/// A booking in the day of an office.
#[derive(Debug, Clone, SimpleObject)]
pub struct PostoAgenda {
    /// Id of the case.
    pratica_id: ID,
    /// Code of the case.
    codice: String,
    /// Code of what is booked.
    servizio: String,
    /// Name of it.
    nome_servizio: String,
    /// Code of the desk.
    sportello: ID,
    /// Start.
    inizio: DateTime,
    /// End.
    fine: DateTime,
    /// Where it stands.
    stato: StatoPratica,
    /// Whether the office has still to confirm it.
    da_confermare: bool,
    /// Through which channel it was booked.
    canale: CanalePrenotazione,
    /// Who comes; null once the person was forgotten.
    richiedente: Option<String>,
    /// Where to reach them.
    email: Option<String>,
    /// Where to reach them.
    telefono: Option<String>,
    /// What it is about.
    motivo: Option<String>,
    /// In more words.
    dettagli: Option<String>,
    /// The arrival.
    arrivo: Option<ArrivoAppuntamento>,
    /// The call to a desk.
    chiamata: Option<ChiamataTurno>,
    /// Case it is about.
    collegata: Option<ID>,
    /// The seat no longer fits the opening hours, or the day was closed after it was booked: to be moved or cancelled.
    fuori_orario: bool,
}

impl From<AppuntamentoAgenda> for PostoAgenda {
    fn from(posto: AppuntamentoAgenda) -> Self {
        Self {
            pratica_id: ID(posto.id.to_string()),
            codice: posto.codice.to_string(),
            servizio: posto.servizio,
            nome_servizio: posto.nome_servizio,
            sportello: ID(posto.sportello),
            inizio: DateTime(posto.inizio),
            fine: DateTime(posto.fine),
            stato: posto.stato.into(),
            da_confermare: posto.da_confermare,
            canale: posto.canale.into(),
            richiedente: posto.richiedente,
            email: posto.email,
            telefono: posto.telefono,
            motivo: posto.motivo,
            dettagli: posto.dettagli,
            arrivo: posto.presentato.map(ArrivoAppuntamento::of),
            chiamata: posto.chiamato.map(ChiamataTurno::of),
            collegata: posto.collegata.map(|id| ID(id.to_string())),
            fuori_orario: posto.fuori_orario,
        }
    }
}

/// A number that was taken that day.
#[derive(Debug, Clone, SimpleObject)]
#[expect(clippy::struct_field_names, reason = "the number of a turn is called turno, as everywhere in the API")]
pub struct Turno {
    /// Number, from 1.
    turno: u16,
    /// The booking; null for who came without one.
    pratica_id: Option<ID>,
    /// Code of what they came for.
    servizio: String,
    /// When it was taken.
    preso: DateTime,
    /// The call to a desk.
    chiamata: Option<ChiamataTurno>,
    /// When it was done with.
    concluso: Option<DateTime>,
    /// Whether they were there when it was called; null before it is done with.
    servito: Option<bool>,
}

impl From<TurnoAgenda> for Turno {
    fn from(turno: TurnoAgenda) -> Self {
        Self {
            turno: turno.turno,
            pratica_id: turno.appuntamento.map(|id| ID(id.to_string())),
            servizio: turno.servizio,
            preso: DateTime(turno.preso),
            chiamata: turno.chiamato.map(ChiamataTurno::of),
            concluso: turno.concluso.map(DateTime),
            servito: turno.servito,
        }
    }
}

/// A closure of that day.
#[derive(Debug, Clone, SimpleObject)]
pub struct ChiusuraGiornata {
    /// Codes of the desks; empty: all.
    sportelli: Vec<ID>,
    /// Why, for citizens.
    motivo: String,
}

impl From<ChiusuraAgenda> for ChiusuraGiornata {
    fn from(chiusura: ChiusuraAgenda) -> Self {
        Self { sportelli: chiusura.sportelli.into_iter().map(ID).collect(), motivo: chiusura.motivo }
    }
}

/// The day of an office, as its officers see it.
#[derive(Debug, Clone, SimpleObject)]
pub struct Agenda {
    /// The office.
    ufficio: Ufficio,
    /// The day.
    giorno: Date,
    /// Its desks.
    #[graphql(complexity = "crate::limits::OFFICES * child_complexity")]
    sportelli: Vec<Sportello>,
    /// Bookings by start and desk.
    #[graphql(complexity = "crate::limits::DAY_ROWS * child_complexity")]
    appuntamenti: Vec<PostoAgenda>,
    /// Numbers in order.
    #[graphql(complexity = "crate::limits::DAY_ROWS * child_complexity")]
    turni: Vec<Turno>,
    /// Closures in force.
    chiusure: Vec<ChiusuraGiornata>,
    /// Slots that are held right now.
    bloccati: usize,
}

impl Agenda {
    pub(crate) fn of(contesto: &Contesto, agenda: AgendaGiorno) -> Self {
        let orario: &Orario = &agenda.orario;
        let name = |codice: &str| orario.sportello(codice).map_or_else(|| codice.to_owned(), |s| s.nome.clone());
        let sportelli = agenda.sportelli.iter().map(|sportello| Sportello {
            id: ID(sportello.sportello.clone()),
            nome: name(&sportello.sportello),
            orari: sportello.aperture.iter().map(OrarioSportello::from).collect(),
        });
        Self {
            ufficio: Ufficio::of(contesto, &orario.ufficio),
            giorno: Date(agenda.giorno),
            sportelli: sportelli.collect(),
            appuntamenti: agenda.appuntamenti.into_iter().map(PostoAgenda::from).collect(),
            turni: agenda.turni.into_iter().map(Turno::from).collect(),
            chiusure: agenda.chiusure.into_iter().map(ChiusuraGiornata::from).collect(),
            bloccati: agenda.bloccati,
        }
    }
}
