//! Who waits for an earlier slot, and what was offered.

use crate::projection::{ApplyError, Tx};
use crate::sql::{Riga, Valore};
use crate::upsert::Tabella;
use domain::Evento;
use domain::attesa::{AttesaIscritta, CausaUscita, Event};
use domain::ente::CodiceUfficio;
use domain::ids::{BloccoId, IscrizioneId, PersonaId, PraticaId};
use domain::prenotabile::SlotId;
use eventstore::Record;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A place in the waiting list of a bookable service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttesaRow {
    /// The place.
    pub iscrizione: IscrizioneId,
    /// Code of the bookable service.
    pub servizio: String,
    /// Who waits.
    pub persona: PersonaId,
    /// The booking to bring forward.
    pub appuntamento: PraticaId,
    /// When that booking starts: only earlier slots are offered.
    pub prima_di: Timestamp,
    /// Offices that would do; empty: any.
    pub uffici: Vec<CodiceUfficio>,
    /// First day that would do.
    pub dal: Date,
    /// Last day that would do.
    pub entro: Date,
    /// When the person joined.
    pub iscritta_il: Timestamp,
    /// Offers made so far.
    pub offerte: u32,
    /// The offer that is open, if one is.
    pub offerta: Option<OffertaRow>,
    /// How and when the place was left.
    pub uscita: Option<(Uscita, Timestamp)>,
    /// Position of its first event: the order of the list.
    pub posizione: u64,
}

/// A slot that is held for who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffertaRow {
    /// The slot.
    pub slot: SlotId,
    /// The hold.
    pub blocco: BloccoId,
    /// Until when it can be accepted.
    pub scade: Timestamp,
}

/// How a place in the list was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uscita {
    /// An offer was accepted.
    Accettata,
    /// The person does not wait any more.
    Rinuncia,
    /// The booking was moved otherwise, or cancelled.
    Superata,
    /// The last day that would have done is over.
    Decorsa,
}

impl Uscita {
    const ALL: [Self; 4] = [Self::Accettata, Self::Rinuncia, Self::Superata, Self::Decorsa];

    /// Name in tables and catalogues.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accettata => "accettata",
            Self::Rinuncia => "rinuncia",
            Self::Superata => "superata",
            Self::Decorsa => "decorsa",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|uscita| uscita.as_str() == text)
    }
}

impl From<CausaUscita> for Uscita {
    fn from(causa: CausaUscita) -> Self {
        match causa {
            CausaUscita::Rinuncia => Self::Rinuncia,
            CausaUscita::Superata => Self::Superata,
            CausaUscita::Decorsa => Self::Decorsa,
        }
    }
}

pub(super) const TABLE: &str = "attesa";

const TABELLA: Tabella = Tabella {
    columns: &[
        "ente",
        "iscrizione",
        "servizio",
        "persona",
        "appuntamento",
        "prima_di",
        "uffici",
        "dal",
        "entro",
        "iscritta_il",
        "offerte",
        "slot",
        "blocco",
        "scade",
        "uscita",
        "uscita_il",
        "posizione",
    ],
    key: &["ente", "iscrizione"],
};

pub(super) async fn apply(tx: &mut Tx<'_>, page: &[(Record, Evento)]) -> Result<(), ApplyError> {
    let mut rows = BTreeMap::new();
    let mut touched = BTreeSet::new();
    for (_, evento) in page {
        let Evento::Attesa(event) = evento else { continue };
        touched.insert(iscrizione(event));
    }
    if touched.is_empty() {
        return Ok(());
    }
    for row in tx.load(TABLE, "iscrizione", touched.iter().map(ToString::to_string), read).await? {
        rows.insert(row.iscrizione, row);
    }
    for (record, evento) in page {
        let Evento::Attesa(event) = evento else { continue };
        if let Event::AttesaIscritta(e) = event {
            rows.insert(e.iscrizione, iscritta(record, e));
            continue;
        }
        let row = rows.get_mut(&iscrizione(event)).ok_or_else(|| ApplyError::orphan(record))?;
        row.passo(event);
    }
    let rows = rows.values().map(|row| values(tx.ente(), row)).collect();
    Ok(tx.upsert(TABLE, TABELLA, rows).await?)
}

fn iscrizione(event: &Event) -> IscrizioneId {
    match event {
        Event::AttesaIscritta(e) => e.iscrizione,
        Event::PostoOfferto(e) => e.iscrizione,
        Event::OffertaAccettata(e) => e.iscrizione,
        Event::OffertaScaduta(e) => e.iscrizione,
        Event::OffertaRifiutata(e) => e.iscrizione,
        Event::AttesaLasciata(e) => e.iscrizione,
    }
}

fn iscritta(record: &Record, e: &AttesaIscritta) -> AttesaRow {
    let prefix = [Event::CATEGORY, "-"].concat();
    AttesaRow {
        iscrizione: e.iscrizione,
        servizio: record.stream.strip_prefix(&prefix).unwrap_or_default().to_owned(),
        persona: e.persona,
        appuntamento: e.appuntamento,
        prima_di: e.prima_di,
        uffici: e.uffici.clone(),
        dal: e.dal,
        entro: e.entro,
        iscritta_il: e.il,
        offerte: 0,
        offerta: None,
        uscita: None,
        posizione: record.position,
    }
}

impl AttesaRow {
    fn passo(&mut self, event: &Event) {
        match event {
            Event::AttesaIscritta(_) => {}
            Event::PostoOfferto(e) => {
                self.offerte += 1;
                self.offerta = Some(OffertaRow { slot: e.slot.clone(), blocco: e.blocco, scade: e.scade });
            }
            // Who let an offer pass keeps the place in the list.
            Event::OffertaScaduta(_) | Event::OffertaRifiutata(_) => self.offerta = None,
            Event::OffertaAccettata(e) => (self.offerta, self.uscita) = (None, Some((Uscita::Accettata, e.il))),
            Event::AttesaLasciata(e) => (self.offerta, self.uscita) = (None, Some((e.causa.into(), e.il))),
        }
    }
}

fn values(ente: &str, row: &AttesaRow) -> Vec<Valore> {
    let offerta = row.offerta.as_ref();
    vec![
        ente.into(),
        row.iscrizione.to_string().into(),
        (&row.servizio).into(),
        row.persona.to_string().into(),
        row.appuntamento.to_string().into(),
        row.prima_di.into(),
        serde_json::json!(row.uffici).to_string().into(),
        row.dal.into(),
        row.entro.into(),
        row.iscritta_il.into(),
        row.offerte.into(),
        offerta.map(|o| o.slot.to_string()).into(),
        offerta.map(|o| o.blocco.to_string()).into(),
        offerta.map(|o| o.scade).into(),
        row.uscita.map(|(uscita, _)| uscita.as_str().to_owned()).into(),
        row.uscita.map(|(_, il)| il).into(),
        row.posizione.into(),
    ]
}

pub(super) fn read(row: &Riga<'_>) -> Result<AttesaRow, sqlx::Error> {
    let offerta = match row.opt_parse("slot")? {
        None => None,
        Some(slot) => Some(OffertaRow { slot, blocco: row.parse("blocco")?, scade: row.instant("scade")? }),
    };
    let uscita = match row.map("uscita", Uscita::parse)? {
        None => None,
        Some(uscita) => Some((uscita, row.instant("uscita_il")?)),
    };
    Ok(AttesaRow {
        iscrizione: row.parse("iscrizione")?,
        servizio: row.text("servizio")?,
        persona: row.parse("persona")?,
        appuntamento: row.parse("appuntamento")?,
        prima_di: row.instant("prima_di")?,
        uffici: row.json("uffici")?,
        dal: row.parse("dal")?,
        entro: row.parse("entro")?,
        iscritta_il: row.instant("iscritta_il")?,
        offerte: row.int("offerte")?,
        offerta,
        uscita,
        posizione: row.int("posizione")?,
    })
}
