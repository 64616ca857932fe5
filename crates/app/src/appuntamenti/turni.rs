//! Arrivals, numbers, calls and ends: what happens at the desks.

use super::cambia::{Cosa, chiamata};
use super::comando::{Chiamata, Mossa, Passo};
use super::disponibilita::di_ufficio;
use super::voluto::attesa;
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::commands::{DecideInsieme, Esito};
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::persone::CODICE_SISTEMA;
use crate::ports::BoxFuture;
use domain::agenda::{self, EsitoTurno as Com};
use domain::appuntamento::{self, Command};
use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, PraticaId};
use domain::pratica::{StatoPratica, TipoPratica};
use domain::termini::data_locale;
use domain::{Caso, Evento, Refusal};
use jiff::civil::Date;
use std::sync::Arc;

/// What a step with a number did.
#[derive(Debug, Clone)]
pub struct EsitoTurno {
    /// The number.
    pub turno: u16,
    /// The booking after it; none for who came without one.
    pub caso: Option<Caso>,
    /// Wait for this position to read your writes.
    pub posizione: u64,
}

impl App {
    /// The citizen arrived: they get a number of the day, which stands in [`domain::appuntamento::Dettaglio::presentato`].
    ///
    /// # Errors
    /// `stato-non-ammesso`, `altro-giorno`; [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn registra_arrivo(&self, ctx: &Contesto, chiave: &str, id: PraticaId) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("registraArrivo", chiave), &id)?;
        self.cambia(&chiamata, id, Cosa::Presenta).await
    }

    /// Someone came without a booking: they get a number of today.
    ///
    /// # Errors
    /// `servizio-sconosciuto`; [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn accogli_senza_prenotazione(
        &self,
        ctx: &Contesto,
        chiave: &str,
        ufficio: &CodiceUfficio,
        servizio: &str,
    ) -> Result<EsitoTurno, AppError> {
        let chiamata = chiamata(self, ctx, ("accogliSenzaPrenotazione", chiave), &(ufficio, servizio))?;
        let orario = self.dell_ufficio(ctx, ufficio)?;
        if !orario.offre(servizio) {
            return Err(AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto")));
        }
        let giorno = data_locale(self.parts.clock.now());
        let command = agenda::Command::AssegnaTurno { giorno, appuntamento: None, servizio: servizio.to_owned() };
        self.turno(&chiamata, (ufficio, giorno), Numero { command, turno: None, caso: None }).await
    }

    /// Calls a number to a desk.
    ///
    /// # Errors
    /// `turno-inesistente`, `sportello-sconosciuto` and those of the agenda; [`AppError::NonTrovato`] for others.
    pub async fn chiama_turno(
        &self,
        ctx: &Contesto,
        chiave: &str,
        (ufficio, giorno): (&CodiceUfficio, Date),
        turno: u16,
        sportello: &str,
    ) -> Result<EsitoTurno, AppError> {
        let chiamata = chiamata(self, ctx, ("chiamaTurno", chiave), &(ufficio, giorno, turno, sportello))?;
        let orario = self.dell_ufficio(ctx, ufficio)?;
        if orario.sportello(sportello).is_none() {
            return Err(AppError::rifiuto(Refusal::field("sportello", "sportello-sconosciuto")));
        }
        let command = agenda::Command::ChiamaTurno { turno, sportello: sportello.to_owned() };
        let caso = Some(Command::Chiama { sportello: sportello.to_owned() });
        self.turno(&chiamata, (ufficio, giorno), Numero { command, turno: Some(turno), caso }).await
    }

    /// A number is done with. `servito: false`: nobody came when it was called; the desk is free, the number can be called
    /// again, and the booking stays as it is until [`App::segna_assente`]. Otherwise the booking, if there is one, is
    /// concluded with the message.
    ///
    /// # Errors
    /// As [`App::chiama_turno`].
    pub async fn concludi_turno(
        &self,
        ctx: &Contesto,
        chiave: &str,
        (ufficio, giorno): (&CodiceUfficio, Date),
        turno: u16,
        (servito, messaggio): (bool, Option<String>),
    ) -> Result<EsitoTurno, AppError> {
        let content = (ufficio, giorno, turno, servito, &messaggio);
        let chiamata = chiamata(self, ctx, ("concludiTurno", chiave), &content)?;
        self.dell_ufficio(ctx, ufficio)?;
        let esito = if servito { Com::Servito } else { Com::Assente };
        let command = agenda::Command::ConcludiTurno { turno, esito };
        let caso = servito.then_some(Command::Concludi { messaggio });
        self.turno(&chiamata, (ufficio, giorno), Numero { command, turno: Some(turno), caso }).await
    }

    /// Concludes a booking in an office that calls no numbers.
    ///
    /// # Errors
    /// `appuntamento-futuro`, `stato-non-ammesso`; [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn concludi_appuntamento(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        messaggio: Option<String>,
    ) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("concludiAppuntamento", chiave), &(id, &messaggio))?;
        self.cambia(&chiamata, id, Cosa::Solo(Command::Concludi { messaggio })).await
    }

    /// The citizen did not come, or took a number and did not answer its call; from the end of the appointment and its
    /// tolerance on. By an officer, or by the system.
    ///
    /// # Errors
    /// `ancora-atteso`, `ancora-in-sala`, `stato-non-ammesso`; [`AppError::NonTrovato`] for others than officers of the
    /// office.
    pub async fn segna_assente(&self, ctx: &Contesto, chiave: &str, id: PraticaId) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("segnaAssente", chiave), &id)?;
        let fatto = self.compi(&chiamata, &Assenza { ctx, id }).await?;
        self.esito(ctx.codice_ente(), fatto).await
    }

    /// The office of who asks: others have nothing to do with its day.
    pub(super) fn dell_ufficio(
        &self,
        ctx: &Contesto,
        ufficio: &CodiceUfficio,
    ) -> Result<Arc<domain::prenotabile::Orario>, AppError> {
        if ctx.utente.is_none() {
            return Err(AppError::AccessoRichiesto);
        }
        self.orario(ctx, ufficio).filter(|_| di_ufficio(ctx, ufficio)).ok_or(AppError::NonTrovato)
    }

    async fn turno(
        &self,
        chiamata: &Chiamata<'_>,
        (ufficio, giorno): (&CodiceUfficio, Date),
        numero: Numero,
    ) -> Result<EsitoTurno, AppError> {
        let ente = chiamata.ctx.codice_ente();
        let mossa = Passaggio { ente, ufficio, giorno, numero };
        let fatto = self.compi(chiamata, &mossa).await?;
        let (events, posizione) = self.eventi(ente, fatto).await?;
        let turno = events.iter().find_map(|evento| match evento {
            Evento::Agenda(agenda::Event::TurnoAssegnato(e)) => Some(e.turno),
            Evento::Agenda(agenda::Event::TurnoChiamato(e)) => Some(e.turno),
            Evento::Agenda(agenda::Event::TurnoConcluso(e)) => Some(e.turno),
            _ => None,
        });
        let turno = turno.ok_or_else(|| AppError::Interno("a number without its event".into()))?;
        let (giornata, _) = self.giornata(ente, ufficio, giorno).await?;
        let caso = match giornata.turno(turno).and_then(|turno| turno.appuntamento) {
            Some(id) => self.appuntamento(ente, id).await?.map(|(pratica, _)| Caso::Appuntamento(pratica)),
            None => None,
        };
        Ok(EsitoTurno { turno, caso, posizione })
    }
}

/// A step with a number, and what it means for the booking that has it.
#[derive(Clone)]
struct Numero {
    command: agenda::Command,
    turno: Option<u16>,
    caso: Option<Command>,
}

struct Passaggio<'a> {
    ente: &'a str,
    ufficio: &'a CodiceUfficio,
    giorno: Date,
    numero: Numero,
}

impl Passaggio<'_> {
    fn booking(&self, giornata: &agenda::Giornata) -> Option<(PraticaId, Command)> {
        let id = giornata.turno(self.numero.turno?)?.appuntamento?;
        Some((id, self.numero.caso.clone()?))
    }
}

impl Mossa for Passaggio<'_> {
    fn giorni(&self) -> Vec<String> {
        vec![agenda::stream(self.ufficio, self.giorno)]
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let (giornata, version) = app.giornata(self.ente, self.ufficio, self.giorno).await?;
            let day = (agenda::stream(self.ufficio, self.giorno), attesa(version));
            let command = self.numero.command.clone();
            let Some((id, step)) = self.booking(&giornata) else {
                let decide: DecideInsieme = Arc::new(move |ctx| {
                    let events = agenda::decide(&giornata, command.clone(), ctx)?;
                    Ok(vec![events.into_iter().map(Evento::Agenda).collect()])
                });
                let titolare = PersonaId(CODICE_SISTEMA);
                return Ok(Passo { streams: vec![day], decide, before: None, titolare, registro: None });
            };
            let (pratica, version) = app.appuntamento(self.ente, id).await?.ok_or(AppError::NonTrovato)?;
            let (titolare, before) = (pratica.base.titolare, Some(Caso::Appuntamento(pratica.clone())));
            let state = Some(pratica);
            let decide: DecideInsieme = Arc::new(move |ctx| {
                let events = agenda::decide(&giornata, command.clone(), ctx)?;
                let case = appuntamento::decide(&state, step.clone(), ctx)?;
                let case = case.into_iter().map(Evento::Appuntamento).collect();
                Ok(vec![case, events.into_iter().map(Evento::Agenda).collect()])
            });
            let streams = vec![(TipoPratica::Appuntamento.stream(id), attesa(version)), day];
            Ok(Passo { streams, decide, before, titolare, registro: None })
        })
    }
}

/// That a booking's citizen is not there.
struct Assenza<'a> {
    ctx: &'a Contesto,
    id: PraticaId,
}

impl Mossa for Assenza<'_> {
    fn giorni(&self) -> Vec<String> {
        Vec::new()
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let ente = self.ctx.codice_ente();
            let (pratica, version) = app.appuntamento(ente, self.id).await?.ok_or(AppError::NonTrovato)?;
            if self.ctx.utente.is_some() {
                app.autorizza(self.ctx, Azione::LavoraPratica, &pratica.base).await?;
            }
            // Read after the case: a call writes to both, so one that comes in between makes this decision be taken again.
            let posto = &pratica.dettaglio.posto;
            let (giornata, _) = app.giornata(ente, &posto.ufficio, data_locale(posto.inizio)).await?;
            let here = pratica.base.stato == StatoPratica::PresaInCarico && !giornata.senza_risposta(self.id);
            let place = app.in_attesa(self.ctx, &pratica).await?;
            let (titolare, before) = (pratica.base.titolare, Some(Caso::Appuntamento(pratica.clone())));
            let state = Some(pratica);
            let decide: DecideInsieme = Arc::new(move |ctx| {
                if here {
                    return Err(Refusal::whole("ancora-in-sala").into());
                }
                let events = appuntamento::decide(&state, Command::Assente, ctx)?;
                Ok(vec![events.into_iter().map(Evento::Appuntamento).collect()])
            });
            let streams = vec![(TipoPratica::Appuntamento.stream(self.id), attesa(version))];
            let (streams, decide) = app.e_lascia_la_lista(ente, place, (streams, decide)).await?;
            Ok(Passo { streams, decide, before, titolare, registro: None })
        })
    }
}
