//! Waiting for an earlier slot.

use super::cambia::{Cosa, Sposta, chiamata};
use super::comando::{Chiamata, Mossa, Passo};
use super::voluto::attesa;
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::commands::{DecideInsieme, Esito};
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::BoxFuture;
use domain::agenda;
use domain::appuntamento::{self, Dettaglio, Parte};
use domain::attesa::{self as lista, AttesaIscritta, CausaUscita, Offerta};
use domain::ente::CodiceUfficio;
use domain::ids::{IscrizioneId, PraticaId};
use domain::pratica::Pratica;
use domain::prenotabile::SlotId;
use domain::termini::data_locale;
use domain::{Ctx, Evento, Refusal, Refused};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

/// A wish for an earlier slot, as a door hands it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IscriviAttesa {
    /// The booking to bring forward.
    pub appuntamento: PraticaId,
    /// Offices that would do; empty: any that offers it.
    pub uffici: Vec<CodiceUfficio>,
    /// First day that would do.
    pub dal: Date,
    /// Last day that would do; only slots before the booking are offered.
    pub entro: Date,
}

/// A place in a waiting list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iscrizione {
    /// The place.
    pub id: IscrizioneId,
    /// Code of what is waited for.
    pub servizio: String,
    /// The booking to bring forward.
    pub appuntamento: PraticaId,
    /// Places before it, whose persons are offered a slot first.
    pub davanti: usize,
    /// Offices that would do; empty: any.
    pub uffici: Vec<CodiceUfficio>,
    /// First day that would do.
    pub dal: Date,
    /// Last day that would do.
    pub entro: Date,
    /// A slot that is offered, and until when.
    pub offerta: Option<(SlotId, Timestamp)>,
}

impl App {
    /// Begins to wait for an earlier slot: one place a booking. The place, and the position to wait for.
    ///
    /// # Errors
    /// `attesa-non-prevista`, `ufficio-sconosciuto`, `giorni-non-validi`, `gia-in-attesa`, and those of a move: who may not
    /// move the booking could accept nothing. [`AppError::NonTrovato`] for others than the holder.
    pub async fn iscrivi_attesa(
        &self,
        ctx: &Contesto,
        chiave: &str,
        input: IscriviAttesa,
    ) -> Result<(Iscrizione, u64), AppError> {
        let chiamata = chiamata(self, ctx, ("iscriviAttesa", chiave), &input)?;
        let pratica = self.mio(ctx, input.appuntamento).await?;
        let servizio = pratica.dettaglio.servizio.clone();
        if !self.prenotabile(ctx, &servizio).is_some_and(|prenotabile| prenotabile.lista_attesa) {
            return Err(AppError::rifiuto(Refusal::whole("attesa-non-prevista")));
        }
        let offered = self.uffici_che_offrono(ctx, &servizio);
        if input.uffici.iter().any(|ufficio| !offered.iter().any(|orario| orario.ufficio == *ufficio)) {
            return Err(AppError::rifiuto(Refusal::field("uffici", "ufficio-sconosciuto")));
        }
        let il = self.parts.clock.now();
        let iscritta = AttesaIscritta {
            iscrizione: IscrizioneId(self.parts.ids.uuid(il)),
            persona: pratica.base.titolare,
            appuntamento: input.appuntamento,
            prima_di: pratica.dettaglio.posto.inizio,
            uffici: input.uffici,
            dal: input.dal,
            entro: input.entro,
            il,
        };
        let command = lista::Command::Iscrivi(Box::new(iscritta));
        let posizione = self.in_lista(&chiamata, &pratica, command, None).await?;
        match self.attesa_di(ctx, input.appuntamento).await? {
            Some(place) => Ok((place, posizione)),
            // A repeat of what was asked before, of a place that was left since.
            None => Err(AppError::rifiuto(Refusal::whole("non-in-attesa"))),
        }
    }

    /// The place in the waiting list of a booking; none when it does not wait.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for others than the holder and officers of the office.
    pub async fn attesa_di(&self, ctx: &Contesto, appuntamento: PraticaId) -> Result<Option<Iscrizione>, AppError> {
        let ente = ctx.codice_ente();
        let (pratica, _) = self.appuntamento(ente, appuntamento).await?.ok_or(AppError::NonTrovato)?;
        self.autorizza(ctx, Azione::LeggiPratica, &pratica.base).await?;
        let servizio = pratica.dettaglio.servizio;
        let (lista, _) = self.lista(ente, &servizio).await?;
        let place = lista.iscrizioni.iter().enumerate().find(|(_, place)| place.appuntamento == appuntamento);
        let adesso = self.parts.clock.now();
        Ok(place.map(|(davanti, place)| Iscrizione {
            id: place.iscrizione,
            servizio,
            appuntamento,
            davanti,
            uffici: place.uffici.clone(),
            dal: place.dal,
            entro: place.entro,
            offerta: place.offerta.as_ref().filter(|offer| adesso < offer.scade).map(|o| (o.slot.clone(), o.scade)),
        }))
    }

    /// Leaves the waiting list. The position to wait for.
    ///
    /// # Errors
    /// `non-in-attesa`; [`AppError::NonTrovato`] for others than the holder.
    pub async fn lascia_attesa(&self, ctx: &Contesto, chiave: &str, appuntamento: PraticaId) -> Result<u64, AppError> {
        let chiamata = chiamata(self, ctx, ("lasciaAttesa", chiave), &appuntamento)?;
        let pratica = self.mio(ctx, appuntamento).await?;
        if let Some((_, last)) = self.parts.store.applied(ctx.codice_ente(), &chiamata.key).await? {
            return Ok(last);
        }
        let (lista, _) = self.lista(ctx.codice_ente(), &pratica.dettaglio.servizio).await?;
        let place = lista.di(appuntamento).ok_or_else(|| AppError::rifiuto(Refusal::whole("non-in-attesa")))?;
        let command = lista::Command::Lascia { iscrizione: place.iscrizione, causa: CausaUscita::Rinuncia };
        self.in_lista(&chiamata, &pratica, command, place.offerta.clone()).await
    }

    /// Accepts the slot that is offered: the booking is moved there.
    ///
    /// # Errors
    /// `offerta-inesistente`, `offerta-scaduta`, and those of a move; [`AppError::NonTrovato`] for others than the holder.
    pub async fn accetta_offerta(
        &self,
        ctx: &Contesto,
        chiave: &str,
        appuntamento: PraticaId,
    ) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("accettaOfferta", chiave), &appuntamento)?;
        if let Some(esito) = self.gia_fatto(&chiamata).await? {
            return Ok(esito);
        }
        let (iscrizione, offerta) = self.offerta(ctx, &self.mio(ctx, appuntamento).await?).await?;
        let voluto = self.voluto(ctx, offerta.slot)?;
        let sposta = Sposta { voluto, motivo: None, accettata: Some((iscrizione, offerta.blocco)) };
        self.cambia(&chiamata, appuntamento, Cosa::Sposta(Box::new(sposta))).await
    }

    /// Declines the slot that is offered; the place in the list stays. The position to wait for.
    ///
    /// # Errors
    /// `offerta-inesistente`; [`AppError::NonTrovato`] for others than the holder.
    pub async fn rifiuta_offerta(
        &self,
        ctx: &Contesto,
        chiave: &str,
        appuntamento: PraticaId,
    ) -> Result<u64, AppError> {
        let chiamata = chiamata(self, ctx, ("rifiutaOfferta", chiave), &appuntamento)?;
        let pratica = self.mio(ctx, appuntamento).await?;
        if let Some((_, last)) = self.parts.store.applied(ctx.codice_ente(), &chiamata.key).await? {
            return Ok(last);
        }
        let (iscrizione, offerta) = self.offerta(ctx, &pratica).await?;
        self.in_lista(&chiamata, &pratica, lista::Command::Rifiuta { iscrizione }, Some(offerta)).await
    }

    /// A booking of who asks.
    async fn mio(&self, ctx: &Contesto, id: PraticaId) -> Result<Pratica<Dettaglio>, AppError> {
        let (pratica, _) = self.appuntamento(ctx.codice_ente(), id).await?.ok_or(AppError::NonTrovato)?;
        self.autorizza(ctx, Azione::DisponiPratica, &pratica.base).await?;
        Ok(pratica)
    }

    async fn offerta(&self, ctx: &Contesto, pratica: &Pratica<Dettaglio>) -> Result<(IscrizioneId, Offerta), AppError> {
        let (lista, _) = self.lista(ctx.codice_ente(), &pratica.dettaglio.servizio).await?;
        let place = lista.di(pratica.base.id).and_then(|place| Some((place.iscrizione, place.offerta.clone()?)));
        place.ok_or_else(|| AppError::rifiuto(Refusal::whole("offerta-inesistente")))
    }

    /// Something about the list, and the end of the hold of an offer with it.
    pub(super) async fn in_lista(
        &self,
        chiamata: &Chiamata<'_>,
        pratica: &Pratica<Dettaglio>,
        command: lista::Command,
        offerta: Option<Offerta>,
    ) -> Result<u64, AppError> {
        let ente = chiamata.ctx.codice_ente();
        let fatto = self.compi(chiamata, &InLista { ente, pratica, command, offerta }).await?;
        Ok(self.eventi(ente, fatto).await?.1)
    }
}

/// Whether the citizen may still move a booking at the instant of `ctx`: only then an offer is of use to them.
pub(super) fn spostabile(pratica: &Pratica<Dettaglio>, ctx: &Ctx) -> Result<(), Refused> {
    let a = Box::new(pratica.dettaglio.posto.clone());
    let moved = appuntamento::Command::Sposta { a, chi: Parte::Cittadino, motivo: None };
    appuntamento::decide(&Some(pratica.clone()), moved, ctx).map(drop)
}

struct InLista<'a> {
    ente: &'a str,
    /// The booking as it was looked at.
    pratica: &'a Pratica<Dettaglio>,
    command: lista::Command,
    /// The offer whose hold ends with it.
    offerta: Option<Offerta>,
}

impl InLista<'_> {
    fn servizio(&self) -> &str {
        &self.pratica.dettaglio.servizio
    }

    /// Who begins to wait does so for the booking as it stands now. A change of it takes turns with this, so that of the two
    /// the second sees the first.
    async fn come_sta(&self, app: &App) -> Result<Option<Pratica<Dettaglio>>, AppError> {
        if !matches!(self.command, lista::Command::Iscrivi(_)) {
            return Ok(None);
        }
        let (now, _) = app.appuntamento(self.ente, self.pratica.base.id).await?.ok_or(AppError::NonTrovato)?;
        Ok(Some(now))
    }
}

impl Mossa for InLista<'_> {
    fn giorni(&self) -> Vec<String> {
        let held = self.offerta.iter().map(|offerta| agenda::stream(&offerta.slot.ufficio, offerta.slot.giorno()));
        let mut streams: Vec<String> = std::iter::once(lista::stream(self.servizio())).chain(held).collect();
        if matches!(self.command, lista::Command::Iscrivi(_)) {
            let posto = &self.pratica.dettaglio.posto;
            streams.push(agenda::stream(&posto.ufficio, data_locale(posto.inizio)));
        }
        streams
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let booking = self.come_sta(app).await?;
            let (lista, version) = app.lista(self.ente, self.servizio()).await?;
            let mut streams = vec![(lista::stream(self.servizio()), attesa(version))];
            let mut held = None;
            if let Some(offerta) = &self.offerta {
                let slot = &offerta.slot;
                let (giornata, version) = app.giornata(self.ente, &slot.ufficio, slot.giorno()).await?;
                // It may have ended by itself.
                if giornata.blocchi.iter().any(|blocco| blocco.blocco == offerta.blocco) {
                    streams.push((agenda::stream(&slot.ufficio, slot.giorno()), attesa(version)));
                    held = Some((giornata, offerta.blocco));
                }
            }
            let mut command = self.command.clone();
            if let (lista::Command::Iscrivi(iscritta), Some(booking)) = (&mut command, &booking) {
                iscritta.prima_di = booking.dettaglio.posto.inizio;
            }
            let decide: DecideInsieme = Arc::new(move |ctx| {
                if let Some(booking) = &booking {
                    spostabile(booking, ctx)?;
                }
                let events = lista::decide(&lista, command.clone(), ctx)?;
                let mut all = vec![events.into_iter().map(Evento::Attesa).collect()];
                if let Some((giornata, blocco)) = &held {
                    let live = giornata.blocchi.iter().any(|held| held.blocco == *blocco && held.vivo(ctx.at));
                    let freed = if live {
                        agenda::decide(giornata, agenda::Command::Libera { blocco: *blocco }, ctx)?
                    } else {
                        Vec::new()
                    };
                    all.push(freed.into_iter().map(Evento::Agenda).collect());
                }
                Ok(all)
            });
            let titolare = self.pratica.base.titolare;
            Ok(Passo { streams, decide, before: None, titolare, registro: None })
        })
    }
}
