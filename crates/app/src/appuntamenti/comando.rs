//! How every command about days is carried out: once, whoever else writes to the same days.

use super::disponibilita::canale;
use super::limits;
use crate::app::App;
use crate::commands::{Attesa, DecideInsieme, Entry, Esito, Filing, StoreError, meta};
use crate::contesto::Contesto;
use crate::error::{AppError, ErroreCampo};
use crate::ports::BoxFuture;
use domain::ids::PersonaId;
use domain::persona::Attore;
use domain::prenotabile::{Canale, SlotId};
use domain::registro::Protocollo;
use domain::{Caso, Ctx, Evento};
use eventstore::{AppendError, Idempotency};
use std::time::Duration;

/// A command, with what does not change while it is tried.
pub(super) struct Chiamata<'a> {
    pub ctx: &'a Contesto,
    pub attore: Attore,
    pub key: Idempotency,
    pub chiave: &'a str,
}

/// What a command would store, as of what was read for it.
pub(super) struct Passo {
    /// The streams; where it is about a case, that of the case comes first.
    pub streams: Vec<Attesa>,
    /// The decision.
    pub decide: DecideInsieme,
    /// The case before.
    pub before: Option<Caso>,
    /// Whose data it is.
    pub titolare: PersonaId,
    /// Code of the register and the entry, where it takes a number.
    pub registro: Option<(&'static str, Entry)>,
}

/// A command about days.
pub(super) trait Mossa: Send + Sync {
    /// Streams of the days it writes to, as far as they are known beforehand. Commands about one day take turns.
    fn giorni(&self) -> Vec<String>;

    /// Reads what it needs and says what it would store.
    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>>;

    /// The slot that is wanted, for a refusal that says what is free instead.
    fn slot(&self) -> Option<&SlotId> {
        None
    }
}

/// What a command did.
pub(super) enum Fatto {
    /// Stored now, under a number.
    Registrato(Esito),
    /// Stored now.
    Nuovo {
        /// Events of each stream.
        events: Vec<Vec<Evento>>,
        /// The case before.
        before: Option<Caso>,
        /// Position of the last event.
        posizione: u64,
    },
    /// Stored when it was first sent, from one position to another.
    Ripetuto(u64, u64),
}

impl App {
    /// Carries a command out once. Refusals do not wait for anybody: what is taken stays taken, and a thousand who want the
    /// same seat are told so at once, whoever writes meanwhile.
    pub(super) async fn compi(&self, chiamata: &Chiamata<'_>, mossa: &dyn Mossa) -> Result<Fatto, AppError> {
        let ente = chiamata.ctx.codice_ente();
        // Asked first: the state after a command would refuse its repeat.
        if let Some((first, last)) = self.parts.store.applied(ente, &chiamata.key).await? {
            return Ok(Fatto::Ripetuto(first, last));
        }
        match Box::pin(self.compi_in_turno(chiamata, mossa)).await {
            Err(AppError::Rifiutato(errori)) => {
                // The same request may have been carried out in between, perhaps on another node.
                if let Some((first, last)) = self.parts.store.applied(ente, &chiamata.key).await? {
                    return Ok(Fatto::Ripetuto(first, last));
                }
                let errori = match mossa.slot() {
                    Some(slot) => self.con_alternative(chiamata.ctx, slot, errori).await,
                    None => errori,
                };
                Err(AppError::Rifiutato(errori))
            }
            outcome => outcome,
        }
    }

    async fn compi_in_turno(&self, chiamata: &Chiamata<'_>, mossa: &dyn Mossa) -> Result<Fatto, AppError> {
        let (ente, giorni) = (chiamata.ctx.codice_ente(), mossa.giorni());
        let _diritto = if let Some(diritto) = self.giornate.subito(ente, &giorni) {
            diritto
        } else {
            self.prova(chiamata, &mossa.prepara(self).await?)?;
            self.giornate.in_turno(ente, &giorni).await?
        };
        for _ in 0..limits::TENTATIVI {
            match self.scrivi(chiamata, mossa.prepara(self).await?).await {
                Err(AppError::Conflitto) => tokio::time::sleep(self.pausa()).await,
                outcome => return outcome,
            }
        }
        Err(AppError::non_disponibile("other nodes wrote to the same day each time"))
    }

    /// A pause that no two nodes share.
    fn pausa(&self) -> Duration {
        let draw = self.parts.ids.secret();
        let part = u32::from(u16::from_be_bytes([draw[0], draw[1]]));
        limits::PAUSA * part / u32::from(u16::MAX)
    }

    fn context(&self, chiamata: &Chiamata<'_>, registro: Option<&str>) -> Ctx {
        let at = self.parts.clock.now();
        let protocollo = registro.map(|registro| Protocollo {
            registro: registro.to_owned(),
            anno: domain::termini::anno_di_registrazione(at),
            numero: 1,
            data: at,
            impronta: domain::allegato::Impronta::from_bytes([0; 32]),
        });
        Ctx { at, attore: chiamata.attore.clone(), protocollo }
    }

    /// Decides without storing anything.
    fn prova(&self, chiamata: &Chiamata<'_>, passo: &Passo) -> Result<(), AppError> {
        let registro = passo.registro.as_ref().map(|(registro, _)| *registro);
        (passo.decide)(&self.context(chiamata, registro))?;
        Ok(())
    }

    async fn scrivi(&self, chiamata: &Chiamata<'_>, passo: Passo) -> Result<Fatto, AppError> {
        let Passo { streams, decide, before, titolare, registro } = passo;
        let Chiamata { ctx, attore, key, chiave } = chiamata;
        if let Some((registro, entry)) = registro {
            let filing = Filing { registro, streams, before, titolare, entry, decide };
            return Box::pin(self.file(ctx, attore.clone(), key.clone(), chiave, filing)).await.map(Fatto::Registrato);
        }
        let events = decide(&self.context(chiamata, None))?;
        let request = (Some(key.clone()), meta(ctx, attore, Some(chiave)));
        match self.store(ctx.codice_ente(), titolare, &streams, &events, request).await {
            Ok(appended) => Ok(Fatto::Nuovo { events, before, posizione: appended.last }),
            Err(StoreError::Append(AppendError::AlreadyApplied { first, last })) => Ok(Fatto::Ripetuto(first, last)),
            Err(error) => Err(error.into()),
        }
    }

    /// The outcome of a command about a case.
    pub(super) async fn esito(&self, ente: &str, fatto: Fatto) -> Result<Esito, AppError> {
        match fatto {
            Fatto::Registrato(esito) => Ok(esito),
            Fatto::Ripetuto(first, last) => self.repeated(ente, first, last).await,
            Fatto::Nuovo { events, before, posizione } => {
                let case = events.first().map_or(&[][..], Vec::as_slice);
                let caso = case.iter().fold(before, Caso::evolve);
                let caso = caso.ok_or_else(|| AppError::Interno("the decision does not make a case".into()))?;
                let protocollo = caso.base().protocollo.clone();
                Ok(Esito { caso, protocollo, posizione })
            }
        }
    }

    /// What a command recorded, whenever that was, and the position of the last event.
    pub(super) async fn eventi(&self, ente: &str, fatto: Fatto) -> Result<(Vec<Evento>, u64), AppError> {
        match fatto {
            Fatto::Nuovo { events, posizione, .. } => Ok((events.into_iter().flatten().collect(), posizione)),
            Fatto::Registrato(esito) => Ok((Vec::new(), esito.posizione)),
            Fatto::Ripetuto(first, last) => {
                let limit = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
                let records = self.parts.store.read_all(ente, first - 1, limit).await?;
                let events = records.iter().map(|record| self.parts.opener.open(record));
                Ok((events.collect::<Result<_, _>>()?, last))
            }
        }
    }

    /// Refusals of a slot, each with what is free instead: of the same day as the agenda said, otherwise the first free one
    /// anywhere. Where that cannot be known now, the refusal stands without it.
    async fn con_alternative(&self, ctx: &Contesto, slot: &SlotId, errori: Vec<ErroreCampo>) -> Vec<ErroreCampo> {
        let mut said = Vec::with_capacity(errori.len());
        for mut errore in errori {
            let same_day = errore.alternative();
            let free = match errore.codice.as_str() {
                _ if !same_day.is_empty() => Some(same_day),
                "preavviso" | "slot-passato" => self.primo_altrove(ctx, slot, false).await,
                "slot-non-disponibile" | "giornata-chiusa" | "quota-esaurita" | "blocco-scaduto" => {
                    self.primo_altrove(ctx, slot, true).await
                }
                _ => None,
            };
            if let Some(free) = free {
                let luogo = |slot: &SlotId| self.orario(ctx, &slot.ufficio).map(|orario| orario.luogo.nome.clone());
                errore.offri(&free, slot, &luogo);
            }
            said.push(errore);
        }
        said
    }

    /// The first free slot anywhere, as of a moment ago; none when that cannot be known now. The day of the slot is left
    /// out when its agenda has just said that nothing is free there: the read models may not know yet.
    async fn primo_altrove(&self, ctx: &Contesto, slot: &SlotId, altro_giorno: bool) -> Option<Vec<SlotId>> {
        let officer = canale(ctx, &slot.ufficio) != Canale::Portale;
        let escluso = altro_giorno.then(|| (slot.ufficio.clone(), slot.giorno()));
        let key = (ctx.codice_ente().to_owned(), slot.servizio.clone(), officer, escluso.clone());
        if let Some(known) = self.giornate.primo(&key) {
            return Some(known);
        }
        let found = self.primo_libero(ctx, &slot.servizio, None, escluso.as_ref()).await.ok()?;
        let found: Vec<SlotId> = found.into_iter().map(|(_, slot)| slot.id).collect();
        self.giornate.tieni_primo(key, found.clone());
        Some(found)
    }
}
