//! The waiting list at work: what is free before somebody's appointment is held for them and offered, first come, first
//! offered. Accepting moves the appointment; no answer in time leaves everything as it is, and the next is asked.
//!
//! Whatever made a seat free (a move, a cancellation, a day opened again, a new rule) it is found where everybody finds it,
//! among the free slots. Until the look that holds it, it is anybody's.

use super::cambia::chiamata;
use super::comando::{Mossa, Passo};
use super::disponibilita::Bisogni;
use super::iscrizioni::spostabile;
use super::limits;
use super::processo::{Giro, ProcessoAppuntamenti};
use super::segue::Interesse;
use super::voluto::{Voluto, attesa};
use crate::app::App;
use crate::commands::DecideInsieme;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::BoxFuture;
use domain::appuntamento::Dettaglio;
use domain::attesa::{self as lista, CausaUscita, Command, Iscrizione, scadenza_offerta};
use domain::ids::{BloccoId, IscrizioneId};
use domain::notifica::Motivo;
use domain::pratica::Pratica;
use domain::prenotabile::SlotId;
use domain::termini::data_locale;
use domain::{Ctx, Evento, Refusal, agenda};
use jiff::ToSpan as _;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The name of the notice of an offer in the queue.
pub(crate) fn dedupe_offerta(iscrizione: IscrizioneId, blocco: BloccoId) -> String {
    format!("offerta:{}:{}", iscrizione.0, blocco.0)
}

impl ProcessoAppuntamenti {
    /// Looks after the waiting lists that are meant, as far as somebody waits in them; says whether somebody does.
    pub(super) async fn offri(
        &self,
        ctx: &Contesto,
        quali: &Interesse,
        giro: &mut Giro,
        stop: &CancellationToken,
    ) -> Result<bool, AppError> {
        let mut services = self.app.prenotabili(ctx);
        services.retain(|service| quali.riguarda(&service.codice, |ufficio| self.app.orario(ctx, ufficio)));
        if services.is_empty() {
            return Ok(false);
        }
        let mut waits = false;
        self.app.attendi_testa(ctx.codice_ente()).await;
        for service in services {
            if self.app.parts.reads.attese(ctx.codice_ente(), &service.codice).await?.is_empty() {
                continue;
            }
            waits = true;
            if !self.tocca_a_noi(stop).await? {
                return Ok(waits);
            }
            self.scadono(ctx, &service.codice, giro).await?;
            if quali.servizi.contains(&service.codice) {
                self.ultimo(ctx, &service.codice, giro).await?;
            }
            if service.lista_attesa {
                self.offri_posti(ctx, &service.codice, giro, stop).await?;
            }
            self.avvisa_offerte(ctx, &service.codice).await?;
        }
        Ok(waits)
    }

    /// Who came last may have come while the booking was changed on another node: then neither saw the other.
    async fn ultimo(&self, ctx: &Contesto, servizio: &str, giro: &mut Giro) -> Result<(), AppError> {
        let (lista, _) = self.app.lista(ctx.codice_ente(), servizio).await?;
        let Some(last) = lista.iscrizioni.last() else { return Ok(()) };
        if !self.attende_ancora(ctx, last).await? {
            giro.usciti += u64::from(self.esce(ctx, last, CausaUscita::Superata).await?);
        }
        Ok(())
    }

    /// Ends offers that nobody answered, and places whose last day is over.
    async fn scadono(&self, ctx: &Contesto, servizio: &str, giro: &mut Giro) -> Result<(), AppError> {
        let adesso = self.app.parts.clock.now();
        let (lista, _) = self.app.lista(ctx.codice_ente(), servizio).await?;
        for place in lista.scadute(adesso) {
            let command = Command::Scadi { iscrizione: place.iscrizione };
            giro.scadute += u64::from(self.in_lista(ctx, place, "scadi", command).await?);
        }
        let over = |place: &&Iscrizione| place.entro < data_locale(adesso) || place.prima_di <= adesso;
        for place in lista.iscrizioni.iter().filter(over) {
            giro.usciti += u64::from(self.esce(ctx, place, CausaUscita::Decorsa).await?);
        }
        Ok(())
    }

    async fn esce(&self, ctx: &Contesto, place: &Iscrizione, causa: CausaUscita) -> Result<bool, AppError> {
        let command = Command::Lascia { iscrizione: place.iscrizione, causa };
        self.in_lista(ctx, place, "esce", command).await
    }

    /// Something about a place; false when it was decided otherwise meanwhile.
    async fn in_lista(
        &self,
        ctx: &Contesto,
        place: &Iscrizione,
        cosa: &str,
        command: Command,
    ) -> Result<bool, AppError> {
        let Some((pratica, _)) = self.app.appuntamento(ctx.codice_ente(), place.appuntamento).await? else {
            return Ok(false);
        };
        // One place ends once, and each of its offers once.
        let chiave = format!("{cosa}:{}:{}", place.iscrizione.0, place.offerti.len());
        let chiamata = chiamata(&self.app, ctx, ("listaAttesa", &chiave), &chiave)?;
        match self.app.in_lista(&chiamata, &pratica, command, place.offerta.clone()).await {
            Ok(_) => Ok(true),
            Err(AppError::Rifiutato(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Offers what is free, the earliest first, each to the first for whom it would do.
    async fn offri_posti(
        &self,
        ctx: &Contesto,
        servizio: &str,
        giro: &mut Giro,
        stop: &CancellationToken,
    ) -> Result<(), AppError> {
        let oggi = data_locale(self.app.parts.clock.now());
        let (mut lista, _) = self.app.lista(ctx.codice_ente(), servizio).await?;
        let waiting = || lista.iscrizioni.iter().filter(|place| place.offerta.is_none());
        let (Some(dal), Some(al)) = (waiting().map(|p| p.dal).min(), waiting().map(|p| p.entro).max()) else {
            return Ok(());
        };
        let dal = dal.max(oggi);
        let al = al.min(dal.saturating_add((limits::GIORNI_DISPONIBILITA - 1).days()));
        if al < dal {
            return Ok(());
        }
        let free = self.app.disponibilita(ctx, servizio, None, dal, al).await?;
        let mut slots: Vec<(SlotId, u16)> =
            free.into_iter().flat_map(|office| office.slot).map(|slot| (slot.id, slot.liberi)).collect();
        slots.sort_by(|(a, _), (b, _)| (a.inizio, &a.ufficio).cmp(&(b.inizio, &b.ufficio)));
        let mut made = 0;
        for (slot, seats) in slots {
            let mut seats = seats;
            while seats > 0 {
                let Some(first) = lista.primo(&slot).cloned() else { break };
                if made == limits::OFFERTE || !self.tocca_a_noi(stop).await? {
                    return Ok(());
                }
                made += 1;
                if self.attende_ancora(ctx, &first).await? {
                    if !self.offri_a(ctx, &first, &slot).await? {
                        // Somebody took it, or it is too near: it is nobody's offer.
                        break;
                    }
                    seats -= 1;
                    giro.offerte += 1;
                } else if self.esce(ctx, &first, CausaUscita::Superata).await? {
                    giro.usciti += 1;
                } else {
                    break;
                }
                lista = self.app.lista(ctx.codice_ente(), servizio).await?.0;
            }
        }
        Ok(())
    }

    /// Whether the appointment of a place still stands as it did when the person began to wait, and may be moved by them
    /// until an offer made now would end: nothing is offered that could not be accepted.
    async fn attende_ancora(&self, ctx: &Contesto, place: &Iscrizione) -> Result<bool, AppError> {
        let found: Option<(Pratica<Dettaglio>, u64)> =
            self.app.appuntamento(ctx.codice_ente(), place.appuntamento).await?;
        let at = self.app.parts.clock.now() + lista::TEMPO_PER_ACCETTARE;
        let then = Ctx { at, attore: ctx.attore(), protocollo: None };
        Ok(found.is_some_and(|(pratica, _)| {
            pratica.dettaglio.posto.inizio == place.prima_di && spostabile(&pratica, &then).is_ok()
        }))
    }

    async fn offri_a(&self, ctx: &Contesto, place: &Iscrizione, slot: &SlotId) -> Result<bool, AppError> {
        let voluto = self.app.voluto(ctx, slot.clone())?;
        let chiave = format!("offri:{}:{}", place.iscrizione.0, place.offerti.len());
        let chiamata = chiamata(&self.app, ctx, ("offriPosto", &chiave), &(place.iscrizione, slot))?;
        let offerta = Offerta { ente: ctx.codice_ente(), voluto, place };
        match self.app.compi(&chiamata, &offerta).await {
            Ok(_) => Ok(true),
            Err(AppError::Rifiutato(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Tells of the open offers; who was told is not told again.
    async fn avvisa_offerte(&self, ctx: &Contesto, servizio: &str) -> Result<(), AppError> {
        if !self.avvisa {
            return Ok(());
        }
        let ente = ctx.codice_ente();
        let (lista, _) = self.app.lista(ente, servizio).await?;
        let open = lista.iscrizioni.iter().filter_map(|place| Some((place, place.offerta.as_ref()?)));
        let notices = open.map(|(place, offer)| {
            let dedupe = dedupe_offerta(place.iscrizione, offer.blocco);
            self.avviso(ente, place.appuntamento, Motivo::Offerta, dedupe)
        });
        self.accoda(ente, notices.collect()).await
    }
}

/// A slot is held and offered to the one who was looked at, if they are still the first, in one commit.
struct Offerta<'a> {
    ente: &'a str,
    voluto: Voluto,
    place: &'a Iscrizione,
}

impl Mossa for Offerta<'_> {
    fn giorni(&self) -> Vec<String> {
        vec![lista::stream(&self.voluto.slot.servizio), self.voluto.stream()]
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let slot = self.voluto.slot.clone();
            let (lista, at_list) = app.lista(self.ente, &slot.servizio).await?;
            let (giornata, at_day) = app.giornata(self.ente, &slot.ufficio, slot.giorno()).await?;
            let streams =
                vec![(lista::stream(&slot.servizio), attesa(at_list)), (self.voluto.stream(), attesa(at_day))];
            let (titolare, iscrizione) = (self.place.persona, self.place.iscrizione);
            let richiesta = Box::new(self.voluto.richiesta(titolare, &Bisogni::default()));
            let blocco = BloccoId(app.parts.ids.uuid(app.parts.clock.now()));
            let decide: DecideInsieme = Arc::new(move |ctx| {
                if lista.primo(&slot).is_none_or(|first| first.iscrizione != iscrizione) {
                    return Err(Refusal::whole("nessuno-in-attesa").into());
                }
                let offer = lista::decide(&lista, Command::Offri { slot: slot.clone(), blocco }, ctx)?;
                let until = scadenza_offerta(&slot, ctx.at);
                let hold = agenda::Command::Blocca { blocco, richiesta: richiesta.clone(), offerta: until };
                let hold = agenda::decide(&giornata, hold, ctx)?;
                let offer = offer.into_iter().map(Evento::Attesa).collect();
                Ok(vec![offer, hold.into_iter().map(Evento::Agenda).collect()])
            });
            Ok(Passo { streams, decide, before: None, titolare, registro: None })
        })
    }
}
