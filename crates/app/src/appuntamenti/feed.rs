//! The agenda of an office as a calendar that its officers subscribe to. Programs of calendars do not sign in: the address
//! holds the name of a subscription, sealed by the installation's key, and is good while that one is in force.

use super::calendario::{calendario, istante, testo_di, uid};
use super::limits;
use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::persone::SIGILLO;
use crate::testi::{ITALIANO, testo};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ente::CodiceUfficio;
use domain::ids::SottoscrizioneId;
use domain::pratica::StatoPratica;
use domain::termini::data_locale;
use icalendar::{Component as _, Event, EventStatus, Property};
use jiff::ToSpan as _;
use projections::AppuntamentoRow;
use uuid::Uuid;

/// What the seal is for.
const SCOPO: &str = "agenda";
/// Bytes of the name of a subscription.
const NOME: usize = 16;

/// What an address of an agenda leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feed {
    /// The calendar, as text.
    Calendario(String),
    /// It was good once: revoked, or over by itself.
    Cessato,
}

fn sealed(ufficio: &str, id: SottoscrizioneId) -> String {
    format!("{ufficio}~{id}")
}

impl App {
    /// The token of a subscription: the seal, the name of the subscription, that of the office.
    pub(super) fn token_agenda(&self, ente: &str, ufficio: &CodiceUfficio, id: SottoscrizioneId) -> String {
        let seal = self.parts.persone.sigillo(ente, SCOPO, &sealed(ufficio.as_str(), id));
        URL_SAFE_NO_PAD.encode([&seal, id.0.as_bytes().as_slice(), ufficio.as_str().as_bytes()].concat())
    }

    /// The calendar of an office: bookings of the last and the next weeks, with who comes, save in restricted services.
    /// Nobody need have signed in.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for a token that was never ours.
    pub async fn feed_agenda(&self, ctx: &Contesto, token: &str) -> Result<Feed, AppError> {
        let ente = ctx.codice_ente();
        let (ufficio, id) = self.leggi_token_agenda(ente, token).ok_or(AppError::NonTrovato)?;
        let oggi = data_locale(self.parts.clock.now());
        let (sottoscrizioni, _) = self.calendari(ente, &ufficio).await?;
        if sottoscrizioni.viva(id, oggi).is_none() {
            return Ok(Feed::Cessato);
        }
        // An office that receives nobody any more has nothing to show.
        let Some(orario) = self.orario(ctx, &ufficio) else { return Ok(Feed::Cessato) };
        let dal = oggi.saturating_sub(limits::GIORNI_FEED_PRIMA.days());
        let al = oggi.saturating_add(limits::GIORNI_FEED_DOPO.days());
        let rows = self.parts.reads.appuntamenti_di_ufficio(ente, &ufficio, dal, al).await?;
        let mut calendar = calendario("PUBLISH");
        calendar.name(&testo(ITALIANO, "calendario-agenda", &[("ufficio", orario.luogo.nome.clone())]));
        for row in &rows {
            calendar.push(voce(ctx, row));
        }
        Ok(Feed::Calendario(testo_di(&calendar)))
    }

    fn leggi_token_agenda(&self, ente: &str, token: &str) -> Option<(CodiceUfficio, SottoscrizioneId)> {
        if token.len() > limits::CARATTERI_FEED {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (seal, said) = bytes.split_first_chunk::<SIGILLO>()?;
        let (id, ufficio) = said.split_first_chunk::<NOME>()?;
        let (id, ufficio) = (SottoscrizioneId(Uuid::from_bytes(*id)), std::str::from_utf8(ufficio).ok()?);
        let ours = self.parts.persone.sigillato(ente, SCOPO, &sealed(ufficio, id), seal);
        ours.then(|| (CodiceUfficio::new(ufficio), id))
    }
}

fn voce(ctx: &Contesto, row: &AppuntamentoRow) -> Event {
    let name = row.richiedente.as_deref().filter(|_| !row.riservato);
    let summary = name.map_or_else(|| row.nome_servizio.clone(), |name| format!("{} - {name}", row.nome_servizio));
    let status = if row.da_confermare { EventStatus::Tentative } else { EventStatus::Confirmed };
    let mut lines = vec![testo(ITALIANO, "calendario-codice", &[("codice", row.codice.clone())])];
    lines.push(testo(ITALIANO, "calendario-sportello", &[("sportello", row.sportello.clone())]));
    if row.stato != StatoPratica::Prenotata {
        lines.push(crate::testi::it(&format!("stato-{}", row.stato.as_str())));
    }
    let mut event = Event::new();
    event
        .add_property("UID", uid(&ctx.ente, row.id))
        .add_property("DTSTAMP", istante(row.aggiornato_il))
        .add_property("DTSTART", istante(row.inizio))
        .add_property("DTEND", istante(row.fine))
        .add_property("SEQUENCE", row.sequenza.to_string())
        .add_property("SUMMARY", summary)
        .add_property("LOCATION", format!("{}, {}", row.sede.nome, row.sede.indirizzo))
        .add_property("DESCRIPTION", lines.join("\n"))
        .append_property(Property::new("CLASS", "CONFIDENTIAL"));
    event.status(status);
    event
}
