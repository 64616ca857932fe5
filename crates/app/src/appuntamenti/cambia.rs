//! Moving, cancelling and confirming a booking.

use super::comando::{Chiamata, Mossa, Passo};
use super::liste::InAttesa;
use super::voluto::{Chi, Voluto, attesa};
use crate::app::App;
use crate::autorizzazione::{Azione, permesso};
use crate::commands::{Attesa, DecideInsieme, Esito, idempotency};
use crate::contesto::{Canale, Contesto};
use crate::error::AppError;
use crate::ports::BoxFuture;
use domain::agenda::{self, CausaLascito, Giornata};
use domain::appuntamento::{self, Command, Dettaglio, Parte};
use domain::attesa::{self as lista, Lista};
use domain::ids::{BloccoId, IscrizioneId, PraticaId};
use domain::impegni::{self, Impegni};
use domain::persona::Attore;
use domain::pratica::{Base, Pratica, TipoPratica};
use domain::prenotabile::SlotId;
use domain::{Caso, Ctx, Evento, Refusal, Refused};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

impl App {
    /// Moves a booking to another slot, of another office too: the old seat is left and the new one taken in one commit.
    /// By who booked until the cut-off; by the office always, with a reason.
    ///
    /// # Errors
    /// As [`App::blocca_slot`]; `disdetta-scaduta`, `troppi-spostamenti`, `stato-non-ammesso`, `stesso-orario`,
    /// `obbligatorio` about `motivo`; [`AppError::NonTrovato`] for others.
    pub async fn sposta_appuntamento(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        slot: SlotId,
        motivo: Option<String>,
    ) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("spostaAppuntamento", chiave), &(id, &slot, &motivo))?;
        if let Some(esito) = self.gia_fatto(&chiamata).await? {
            return Ok(esito);
        }
        let voluto = self.voluto(ctx, slot)?;
        let sposta = Sposta { voluto, motivo, accettata: None };
        self.cambia(&chiamata, id, Cosa::Sposta(Box::new(sposta))).await
    }

    /// Cancels a booking. By who booked until the cut-off; by the office always, with a reason.
    ///
    /// # Errors
    /// As [`App::sposta_appuntamento`].
    pub async fn annulla_appuntamento(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        motivo: Option<String>,
    ) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("annullaAppuntamento", chiave), &(id, &motivo))?;
        self.cambia(&chiamata, id, Cosa::Annulla { motivo }).await
    }

    /// The office confirms a booking, where the service wants that.
    ///
    /// # Errors
    /// `gia-confermato`, `stato-non-ammesso`; [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn conferma_appuntamento(&self, ctx: &Contesto, chiave: &str, id: PraticaId) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("confermaAppuntamento", chiave), &id)?;
        self.cambia(&chiamata, id, Cosa::Solo(Command::Conferma)).await
    }

    /// The office says which case an appointment is about: one that was opened from it, for instance.
    ///
    /// # Errors
    /// `gia-collegata`, `pratica-sconosciuta`; [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn collega_appuntamento(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        pratica: PraticaId,
    ) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("collegaAppuntamento", chiave), &(id, pratica))?;
        if let Some(esito) = self.gia_fatto(&chiamata).await? {
            return Ok(esito);
        }
        let (appuntamento, _) = self.appuntamento(ctx.codice_ente(), id).await?.ok_or(AppError::NonTrovato)?;
        self.autorizza(ctx, Azione::LavoraPratica, &appuntamento.base).await?;
        self.collegabile(ctx, pratica, appuntamento.base.titolare).await?;
        self.cambia(&chiamata, id, Cosa::Solo(Command::Collega { pratica })).await
    }

    /// What the same request did before, if it did.
    pub(super) async fn gia_fatto(&self, chiamata: &Chiamata<'_>) -> Result<Option<Esito>, AppError> {
        let ente = chiamata.ctx.codice_ente();
        match self.parts.store.applied(ente, &chiamata.key).await? {
            Some((first, last)) => self.repeated(ente, first, last).await.map(Some),
            None => Ok(None),
        }
    }

    /// A booking and the version of its stream.
    pub(super) async fn appuntamento(
        &self,
        ente: &str,
        id: PraticaId,
    ) -> Result<Option<(Pratica<Dettaglio>, u64)>, AppError> {
        let events = self.stream(ente, &TipoPratica::Appuntamento.stream(id)).await?;
        let version = events.last().map_or(0, |(record, _)| record.version);
        let state = events.iter().fold(None, |state, (_, evento)| match evento {
            Evento::Appuntamento(event) => appuntamento::evolve(state, event),
            _ => state,
        });
        Ok(state.map(|pratica| (pratica, version)))
    }

    /// Carries out what is asked of a booking.
    pub(super) async fn cambia(&self, chiamata: &Chiamata<'_>, id: PraticaId, cosa: Cosa) -> Result<Esito, AppError> {
        let ente = chiamata.ctx.codice_ente();
        // Looked at once before its turn: which day it is about.
        let (pratica, _) = self.appuntamento(ente, id).await?.ok_or(AppError::NonTrovato)?;
        let posto = &pratica.dettaglio.posto;
        let giorno = domain::termini::data_locale(posto.inizio);
        let giorni = match &cosa {
            Cosa::Solo(_) => Vec::new(),
            Cosa::Annulla { .. } | Cosa::Presenta => vec![agenda::stream(&posto.ufficio, giorno)],
            Cosa::Sposta(sposta) => vec![agenda::stream(&posto.ufficio, giorno), sposta.voluto.stream()],
        };
        let mossa = Cambio { ctx: chiamata.ctx, attore: &chiamata.attore, id, giorni, cosa };
        let fatto = self.compi(chiamata, &mossa).await?;
        self.esito(ente, fatto).await
    }

    /// Who wants a change: who booked, or the office; nobody else may.
    async fn parte(&self, ctx: &Contesto, cosa: &Cosa, base: &Base) -> Result<Parte, AppError> {
        if ctx.utente.is_none() && ctx.canale == Canale::Sistema {
            return Ok(Parte::Ufficio);
        }
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        let reached = ctx.raggiunge(base.id) && permesso(utente, Azione::DisponiPratica, base);
        if cosa.anche_del_cittadino() && reached {
            return Ok(Parte::Cittadino);
        }
        self.autorizza(ctx, Azione::LavoraPratica, base).await?;
        Ok(Parte::Ufficio)
    }
}

/// A request with its key.
pub(super) fn chiamata<'a, T: Serialize>(
    app: &App,
    ctx: &'a Contesto,
    (name, chiave): (&str, &'a str),
    content: &T,
) -> Result<Chiamata<'a>, AppError> {
    if ctx.utente.is_none() && ctx.canale != Canale::Sistema {
        return Err(AppError::AccessoRichiesto);
    }
    let attore = ctx.attore();
    let key = idempotency(&app.parts.persone, &attore, name, chiave, content)?;
    Ok(Chiamata { ctx, attore, key, chiave })
}

/// What is asked of a booking.
pub(super) enum Cosa {
    /// Something that is about the case alone.
    Solo(Command),
    /// To cancel it.
    Annulla {
        /// Why.
        motivo: Option<String>,
    },
    /// To move it.
    Sposta(Box<Sposta>),
    /// The citizen arrived.
    Presenta,
}

impl Cosa {
    fn anche_del_cittadino(&self) -> bool {
        matches!(self, Self::Annulla { .. } | Self::Sposta(_))
    }

    /// Whether waiting for an earlier slot has no point any more after it.
    fn lascia_la_lista(&self) -> bool {
        match self {
            Self::Solo(command) => matches!(command, Command::Concludi { .. } | Command::Assente),
            Self::Annulla { .. } | Self::Sposta(_) | Self::Presenta => true,
        }
    }
}

/// A move.
pub(super) struct Sposta {
    /// Where to.
    pub voluto: Voluto,
    /// Why.
    pub motivo: Option<String>,
    /// The offer of a waiting list that is accepted by it: the place, and the hold.
    pub accettata: Option<(IscrizioneId, BloccoId)>,
}

/// An offer that is accepted, and the list that it stands in.
struct Accettata {
    iscrizione: IscrizioneId,
    blocco: BloccoId,
    lista: Arc<Lista>,
    version: u64,
}

struct Cambio<'a> {
    ctx: &'a Contesto,
    attore: &'a Attore,
    id: PraticaId,
    giorni: Vec<String>,
    cosa: Cosa,
}

impl Mossa for Cambio<'_> {
    fn giorni(&self) -> Vec<String> {
        self.giorni.clone()
    }

    fn slot(&self) -> Option<&SlotId> {
        match &self.cosa {
            Cosa::Sposta(sposta) => Some(&sposta.voluto.slot),
            _ => None,
        }
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let ente = self.ctx.codice_ente();
            let (pratica, version) = app.appuntamento(ente, self.id).await?.ok_or(AppError::NonTrovato)?;
            let parte = app.parte(self.ctx, &self.cosa, &pratica.base).await?;
            let titolare = pratica.base.titolare;
            let before = Some(Caso::Appuntamento(pratica.clone()));
            let case = (TipoPratica::Appuntamento.stream(self.id), attesa(version));
            let mut place = if self.cosa.lascia_la_lista() { app.in_attesa(self.ctx, &pratica).await? } else { None };
            let (streams, decide) = match &self.cosa {
                Cosa::Solo(command) => (vec![case], solo(pratica, command.clone())),
                Cosa::Presenta => self.presenta(app, case, pratica).await?,
                Cosa::Annulla { motivo } => self.annulla(app, case, pratica, (parte, motivo.clone())).await?,
                Cosa::Sposta(sposta) => {
                    let accepted = accettata(sposta, &mut place, app.parts.clock.now())?;
                    self.sposta(app, case, pratica, (parte, sposta, accepted)).await?
                }
            };
            let (streams, decide) = app.e_lascia_la_lista(ente, place, (streams, decide)).await?;
            Ok(Passo { streams, decide, before, titolare, registro: None })
        })
    }
}

/// The offer that a move accepts: the one it names, or the one of the slot it wants anyway. What is accepted is not left in
/// another way besides.
fn accettata(sposta: &Sposta, place: &mut Option<InAttesa>, adesso: Timestamp) -> Result<Option<Accettata>, AppError> {
    let open = place.as_ref().and_then(|place| place.aperta(adesso)).filter(|open| open.slot == sposta.voluto.slot);
    let wanted = open.map(|open| open.blocco);
    if sposta.accettata.is_none() && wanted.is_none() {
        return Ok(None);
    }
    let gone = || AppError::rifiuto(Refusal::whole("offerta-inesistente"));
    let InAttesa { lista, version, posto, .. } = place.take().ok_or_else(gone)?;
    let (iscrizione, blocco) = match sposta.accettata {
        Some(named) => named,
        None => (posto.iscrizione, wanted.ok_or_else(gone)?),
    };
    Ok(Some(Accettata { iscrizione, blocco, lista, version }))
}

/// Decides about the case alone.
fn solo(pratica: Pratica<Dettaglio>, command: Command) -> DecideInsieme {
    let state = Some(pratica);
    Arc::new(move |ctx| Ok(vec![sul_caso(&state, command.clone(), ctx)?]))
}

fn sul_caso(state: &appuntamento::State, command: Command, ctx: &Ctx) -> Result<Vec<Evento>, Refused> {
    Ok(appuntamento::decide(state, command, ctx)?.into_iter().map(Evento::Appuntamento).collect())
}

fn lascia_impegno(state: &Impegni, appuntamento: PraticaId, ctx: &Ctx) -> Result<Vec<impegni::Event>, Refused> {
    impegni::decide(state, impegni::Command::Lascia { appuntamento }, ctx)
}

fn nell_agenda(state: &Giornata, command: agenda::Command, ctx: &Ctx) -> Result<Vec<Evento>, Refused> {
    Ok(agenda::decide(state, command, ctx)?.into_iter().map(Evento::Agenda).collect())
}

type Insieme = (Vec<Attesa>, DecideInsieme);

impl Cambio<'_> {
    async fn presenta(&self, app: &App, case: Attesa, pratica: Pratica<Dettaglio>) -> Result<Insieme, AppError> {
        let (id, posto) = (self.id, &pratica.dettaglio.posto);
        let giorno = domain::termini::data_locale(posto.inizio);
        let (day, version) = app.giornata(self.ctx.codice_ente(), &posto.ufficio, giorno).await?;
        let streams = vec![case, (agenda::stream(&posto.ufficio, giorno), attesa(version))];
        let servizio = pratica.dettaglio.servizio.clone();
        let state = Some(pratica);
        let decide: DecideInsieme = Arc::new(move |ctx| {
            let command = agenda::Command::AssegnaTurno { giorno, appuntamento: Some(id), servizio: servizio.clone() };
            let given = nell_agenda(&day, command, ctx)?;
            let turno = given.iter().find_map(|evento| match evento {
                Evento::Agenda(agenda::Event::TurnoAssegnato(e)) => Some(e.turno),
                _ => None,
            });
            let turno = turno.ok_or_else(|| Refusal::field("turno", "turno-inesistente"))?;
            Ok(vec![sul_caso(&state, Command::Presenta { turno }, ctx)?, given])
        });
        Ok((streams, decide))
    }

    async fn annulla(
        &self,
        app: &App,
        case: Attesa,
        pratica: Pratica<Dettaglio>,
        (chi, motivo): (Parte, Option<String>),
    ) -> Result<Insieme, AppError> {
        let (ente, id, posto) = (self.ctx.codice_ente(), self.id, &pratica.dettaglio.posto);
        let (titolare, giorno) = (pratica.base.titolare, domain::termini::data_locale(posto.inizio));
        let (day, own) =
            tokio::try_join!(app.giornata(ente, &posto.ufficio, giorno), app.impegni(ente, titolare, giorno))?;
        let streams = vec![
            case,
            (agenda::stream(&posto.ufficio, giorno), attesa(day.1)),
            (impegni::stream(titolare, giorno), attesa(own.1)),
        ];
        let state = Some(pratica);
        let decide: DecideInsieme = Arc::new(move |ctx| {
            let case = sul_caso(&state, Command::Annulla { chi, motivo: motivo.clone() }, ctx)?;
            let leave = agenda::Command::Lascia { appuntamento: id, causa: CausaLascito::Annullato };
            let left = lascia_impegno(&own.0, id, ctx)?.into_iter().map(Evento::Impegni).collect();
            Ok(vec![case, nell_agenda(&day.0, leave, ctx)?, left])
        });
        Ok((streams, decide))
    }

    async fn sposta(
        &self,
        app: &App,
        case: Attesa,
        pratica: Pratica<Dettaglio>,
        (parte, sposta, accettata): (Parte, &Sposta, Option<Accettata>),
    ) -> Result<Insieme, AppError> {
        let (ente, voluto, posto) = (self.ctx.codice_ente(), &sposta.voluto, &pratica.dettaglio.posto);
        if voluto.slot.servizio != pratica.dettaglio.servizio {
            return Err(AppError::rifiuto(Refusal::field("slotId", "servizio-sconosciuto")));
        }
        if (&voluto.slot.ufficio, voluto.slot.inizio) == (&posto.ufficio, posto.inizio) {
            return Err(AppError::rifiuto(Refusal::field("slotId", "stesso-orario")));
        }
        let titolare = pratica.base.titolare;
        let (da, a) = (domain::termini::data_locale(posto.inizio), voluto.giorno());
        let (old_day, old_own) =
            tokio::try_join!(app.giornata(ente, &posto.ufficio, da), app.impegni(ente, titolare, da))?;
        let mut streams = vec![
            case,
            (agenda::stream(&posto.ufficio, da), attesa(old_day.1)),
            (impegni::stream(titolare, da), attesa(old_own.1)),
        ];
        let same_day = voluto.slot.ufficio == posto.ufficio && da == a;
        let new_day = if same_day { None } else { Some(app.giornata(ente, &voluto.slot.ufficio, a).await?) };
        streams.extend(new_day.as_ref().map(|(_, version)| (voluto.stream(), attesa(*version))));
        let new_own = if da == a { None } else { Some(app.impegni(ente, titolare, a).await?) };
        streams.extend(new_own.as_ref().map(|(_, version)| (impegni::stream(titolare, a), attesa(*version))));
        let list = accettata.as_ref().map(|accepted| attesa(accepted.version));
        streams.extend(list.map(|expected| (lista::stream(&voluto.slot.servizio), expected)));
        let scambio = Scambio {
            id: self.id,
            chi: Chi { titolare, attore: self.attore.id, offerta: accettata.as_ref().map(|accepted| accepted.blocco) },
            pratica: Some(pratica),
            voluto: voluto.clone(),
            parte,
            motivo: sposta.motivo.clone(),
            old: (old_day.0, old_own.0),
            new: (new_day.map(|(day, _)| day), new_own.map(|(own, _)| own)),
            waiting: accettata.map(|accepted| (accepted.iscrizione, accepted.lista)),
        };
        Ok((streams, Arc::new(move |ctx| scambio.decide(ctx))))
    }
}

/// A seat for another one.
struct Scambio {
    id: PraticaId,
    chi: Chi,
    pratica: appuntamento::State,
    voluto: Voluto,
    parte: Parte,
    motivo: Option<String>,
    /// The day of the office and that of the person which the booking leaves.
    old: (Arc<Giornata>, Impegni),
    /// Those to which it comes, where they are others.
    new: (Option<Arc<Giornata>>, Option<Impegni>),
    /// The place in the waiting list whose offer is accepted.
    waiting: Option<(IscrizioneId, Arc<Lista>)>,
}

impl Scambio {
    /// In the order of the streams: the case, the office's day, the person's day, and those of them that are new.
    fn decide(&self, ctx: &Ctx) -> Result<Vec<Vec<Evento>>, Refused> {
        let appuntamento = self.id;
        // First whether it may be moved at all: a free seat is no help to who may not.
        let posto = self.pratica.as_ref().map(|pratica| pratica.dettaglio.posto.clone());
        let posto = posto.ok_or_else(|| Refusal::whole("pratica-inesistente"))?;
        let command = |a| Command::Sposta { a: Box::new(a), chi: self.parte, motivo: self.motivo.clone() };
        appuntamento::decide(&self.pratica, command(posto), ctx)?;
        let (old_day, old_own) = &self.old;
        let (new_day, new_own) = &self.new;
        let (seat, leaves) = match new_day {
            None => {
                let book = |richiesta, blocco| agenda::Command::Sposta { appuntamento, richiesta, blocco };
                (self.voluto.siedi(old_day, self.chi, book, ctx)?, None)
            }
            Some(new_day) => {
                let leave = agenda::Command::Lascia { appuntamento, causa: CausaLascito::Spostato };
                let left = nell_agenda(old_day, leave, ctx)?;
                let book = |richiesta, blocco| agenda::Command::Prenota { appuntamento, richiesta, blocco };
                (self.voluto.siedi(new_day, self.chi, book, ctx)?, Some(left))
            }
        };
        let case = sul_caso(&self.pratica, command(self.voluto.posto(&seat)?), ctx)?;
        let mut left = lascia_impegno(old_own, appuntamento, ctx)?;
        let taken = self.voluto.impegno(self.chi.titolare, appuntamento);
        let other_day = match new_own {
            None => {
                let without = left.iter().fold(old_own.clone(), impegni::evolve);
                left.extend(impegni::decide(&without, taken, ctx)?);
                None
            }
            Some(new_own) => Some(impegni::decide(new_own, taken, ctx)?),
        };
        let own = |events: Vec<impegni::Event>| events.into_iter().map(Evento::Impegni).collect::<Vec<_>>();
        let mut all = match leaves {
            None => vec![case, seat, own(left)],
            Some(leaves) => vec![case, leaves, own(left), seat],
        };
        all.extend(other_day.map(own));
        if let Some((iscrizione, lista)) = &self.waiting {
            let events = lista::decide(lista, lista::Command::Accetta { iscrizione: *iscrizione }, ctx)?;
            all.push(events.into_iter().map(Evento::Attesa).collect());
        }
        Ok(all)
    }
}
