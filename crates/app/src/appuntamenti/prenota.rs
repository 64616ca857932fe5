//! Holding a slot, and booking it.

use super::comando::{Chiamata, Mossa, Passo};
use super::disponibilita::{Bisogni, canale, di_ufficio};
use super::voluto::{Chi, Voluto, attesa};
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::commands::{DecideInsieme, Esito, Files, entrata, idempotency};
use crate::contesto::{Contesto, Utente};
use crate::error::AppError;
use crate::ports::BoxFuture;
use domain::agenda;
use domain::appuntamento::{self, PostoPreso};
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::CodiceUfficio;
use domain::ids::{BloccoId, PersonaId, PraticaId};
use domain::impegni::{self, Impegni};
use domain::persona::{Anagrafica, Ruolo};
use domain::pratica::TipoPratica;
use domain::prenotabile::{Canale, SlotId};
use domain::testo::riga;
use domain::{Evento, Refusal};
use eventstore::Expected;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

/// Characters of a name.
const MAX_NOME: usize = 100;

/// A slot that is held for someone while the booking is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocco {
    /// The hold.
    pub id: BloccoId,
    /// The slot.
    pub slot: SlotId,
    /// End of the appointment that may be booked.
    pub fine: Timestamp,
    /// When the hold ends by itself.
    pub scade: Timestamp,
    /// Wait for this position to read your writes.
    pub posizione: u64,
}

/// Who comes. Of a citizen who signed in the name is the attested one, whatever stands here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Richiedente {
    /// Given name.
    pub nome: String,
    /// Family name.
    pub cognome: String,
    /// Where notices go; as the sign-in says without it.
    pub email: Option<String>,
    /// Telephone.
    pub telefono: Option<String>,
    /// Known to an officer who books for someone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codice_fiscale: Option<CodiceFiscale>,
}

/// A booking as a door hands it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrenotaAppuntamento {
    /// The slot: held by the person, or free.
    pub slot: SlotId,
    /// Code of what is booked; the one that the slot names.
    pub servizio: String,
    /// One of the choices of the service.
    pub motivo: String,
    /// In more words, at most 200 characters; may be empty.
    pub dettagli: String,
    /// Who comes.
    pub richiedente: Richiedente,
    /// Case it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collegata: Option<PraticaId>,
    /// How an officer was asked: at the counter (without it) or on the telephone. Citizens book on the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canale: Option<Canale>,
}

impl App {
    /// Holds a slot for who asks, for ten minutes; another hold of the same person on that day may end by it.
    ///
    /// # Errors
    /// `slot-non-disponibile` (with what is free instead), `slot-passato`, `preavviso`, `oltre-orizzonte`,
    /// `giornata-chiusa`, `quota-esaurita`; [`AppError::NonDisponibile`] when too many want the same day at once.
    pub async fn blocca_slot(&self, ctx: &Contesto, chiave: &str, slot: SlotId) -> Result<Blocco, AppError> {
        self.blocca_slot_per(ctx, chiave, slot, Bisogni::default()).await
    }

    /// The same, at a desk that meets a need; the booking that follows keeps the desk.
    ///
    /// # Errors
    /// As [`App::blocca_slot`].
    pub async fn blocca_slot_per(
        &self,
        ctx: &Contesto,
        chiave: &str,
        slot: SlotId,
        bisogni: Bisogni,
    ) -> Result<Blocco, AppError> {
        let utente = chi_prenota(ctx, &slot.ufficio)?;
        let voluto = self.voluto(ctx, slot)?;
        let key = idempotency(&self.parts.persone, &utente.attore(), "bloccaSlot", chiave, &(&voluto.slot, &bisogni))?;
        let chiamata = Chiamata { ctx, attore: utente.attore(), key, chiave };
        let blocco = BloccoId(self.parts.ids.uuid(self.parts.clock.now()));
        let ente = ctx.codice_ente();
        let mossa = Blocca { ente, persona: utente.id, blocco, voluto, bisogni };
        let fatto = self.compi(&chiamata, &mossa).await?;
        let (events, posizione) = self.eventi(ente, fatto).await?;
        let held = events.into_iter().find_map(|evento| match evento {
            Evento::Agenda(agenda::Event::SlotBloccato(e)) => {
                let slot = SlotId { ufficio: e.ufficio, servizio: e.servizio, inizio: e.inizio };
                Some(Blocco { id: e.blocco, slot, fine: e.fine, scade: e.scade, posizione })
            }
            _ => None,
        });
        held.ok_or_else(|| AppError::Interno("a hold without its event".into()))
    }

    /// Gives a hold up; one that ended already is given up too. The position to wait for.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for the hold of somebody else.
    pub async fn libera_slot(&self, ctx: &Contesto, slot: &SlotId, blocco: BloccoId) -> Result<u64, AppError> {
        let utente = chi_prenota(ctx, &slot.ufficio)?;
        let ente = ctx.codice_ente();
        let (giornata, _) = self.giornata(ente, &slot.ufficio, slot.giorno()).await?;
        let Some(held) = giornata.blocchi.iter().find(|held| held.blocco == blocco) else {
            return Ok(self.parts.store.head(ente).await?.position);
        };
        if held.preso.persona != utente.id {
            return Err(AppError::NonTrovato);
        }
        let chiave = format!("libera:{blocco}");
        let key = idempotency(&self.parts.persone, &utente.attore(), "liberaSlot", &chiave, &blocco)?;
        let chiamata = Chiamata { ctx, attore: utente.attore(), key, chiave: &chiave };
        let mossa = Libera { ente, slot, persona: utente.id, blocco };
        let fatto = match self.compi(&chiamata, &mossa).await {
            // It ended meanwhile.
            Err(AppError::Rifiutato(_)) => return Ok(self.parts.store.head(ente).await?.position),
            outcome => outcome?,
        };
        Ok(self.eventi(ente, fatto).await?.1)
    }

    /// Books an appointment: the seat, the case and, where the service wants it, the number of a register, in one commit.
    ///
    /// # Errors
    /// As [`App::blocca_slot`]; `prenotazione-gia-attiva`, `motivo-sconosciuto`, and those of the contacts.
    pub async fn prenota_appuntamento(
        &self,
        ctx: &Contesto,
        chiave: &str,
        input: PrenotaAppuntamento,
    ) -> Result<Esito, AppError> {
        if matches!(ctx.canale, crate::Canale::Collegamento(_)) {
            return Err(AppError::AccessoRichiesto);
        }
        let utente = chi_prenota(ctx, &input.slot.ufficio)?;
        let key = idempotency(&self.parts.persone, &utente.attore(), "prenotaAppuntamento", chiave, &input)?;
        let ente = ctx.codice_ente();
        // Asked before anything else: what was booked then may no longer be on offer.
        if let Some((first, last)) = self.parts.store.applied(ente, &key).await? {
            return self.repeated(ente, first, last).await;
        }
        if input.servizio != input.slot.servizio {
            return Err(AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto")));
        }
        let mut voluto = self.voluto(ctx, input.slot.clone())?;
        if voluto.canale != Canale::Portale {
            voluto.canale = input.canale.filter(|canale| *canale == Canale::Telefono).unwrap_or(Canale::Sportello);
        }
        let id = PraticaId(self.parts.ids.uuid(self.parts.clock.now()));
        let (titolare, autore) = self.titolare(ente, &utente, &input.richiedente, id)?;
        if let Some(collegata) = input.collegata {
            self.collegabile(ctx, collegata, titolare).await?;
        }
        let prenota = appuntamento::Prenota {
            id,
            titolare,
            email: autore.email.clone(),
            telefono: autore.telefono.clone(),
            autore,
            prenotabile: voluto.prenotabile.clone(),
            posto: segnaposto(&voluto),
            canale: voluto.canale,
            collegata: input.collegata,
            motivo: input.motivo,
            dettagli: input.dettagli,
        };
        let chiamata = Chiamata { ctx, attore: utente.attore(), key, chiave };
        let mossa = Prenotazione { ente, chi: utente.id, voluto, prenota };
        let fatto = self.compi(&chiamata, &mossa).await?;
        self.esito(ente, fatto).await
    }

    /// A slot with its office and service.
    pub(super) fn voluto(&self, ctx: &Contesto, slot: SlotId) -> Result<Voluto, AppError> {
        let unknown = |code| AppError::rifiuto(Refusal::field("slotId", code));
        let prenotabile = self.prenotabile(ctx, &slot.servizio).ok_or_else(|| unknown("servizio-sconosciuto"))?;
        let orario = self.orario(ctx, &slot.ufficio).filter(|orario| orario.offre(&slot.servizio));
        let orario = orario.ok_or_else(|| unknown("ufficio-sconosciuto"))?;
        let canale = canale(ctx, &slot.ufficio);
        Ok(Voluto { slot, orario, prenotabile, calendario: Arc::new(ctx.ente.calendario()), canale })
    }

    /// Whose the booking is, and who comes: of a citizen what the sign-in attests, with the contacts that were given.
    fn titolare(
        &self,
        ente: &str,
        utente: &Utente,
        chi: &Richiedente,
        id: PraticaId,
    ) -> Result<(PersonaId, Anagrafica), AppError> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
        let (email, telefono) = (given(&chi.email), given(&chi.telefono));
        if utente.ruolo == Ruolo::Cittadino {
            let known = &utente.anagrafica;
            let (email, telefono) = (email.or(known.email.clone()), telefono.or(known.telefono.clone()));
            return Ok((utente.id, Anagrafica { email, telefono, ..known.clone() }));
        }
        let name = |field: &str, value: &str| riga(field, value, 1, MAX_NOME).map_err(AppError::rifiuto);
        let nome = name("richiedente.nome", &chi.nome)?;
        let cognome = name("richiedente.cognome", &chi.cognome)?;
        // Somebody whose codice fiscale is not known is a person of this booking alone.
        let codice = chi.codice_fiscale.as_ref();
        let titolare = codice.map_or(PersonaId(id.0), |codice| self.parts.persone.id(ente, codice));
        let autore = Anagrafica { nome, cognome, codice_fiscale: codice.cloned(), email, telefono };
        Ok((titolare, autore))
    }

    /// A case that a booking of a person may be about.
    pub(super) async fn collegabile(&self, ctx: &Contesto, id: PraticaId, titolare: PersonaId) -> Result<(), AppError> {
        let unknown = || AppError::rifiuto(Refusal::field("collegata", "pratica-sconosciuta"));
        let (caso, _) = self.caso(ctx, id).await?.ok_or_else(unknown)?;
        self.autorizza(ctx, Azione::LeggiPratica, caso.base()).await.map_err(|_| unknown())?;
        let own = caso.base().titolare == titolare;
        if !own || caso.base().tipo == TipoPratica::Appuntamento { Err(unknown()) } else { Ok(()) }
    }

    /// A person's day and the version of its stream.
    pub(super) async fn impegni(
        &self,
        ente: &str,
        persona: PersonaId,
        giorno: Date,
    ) -> Result<(Impegni, u64), AppError> {
        let events = self.stream(ente, &impegni::stream(persona, giorno)).await?;
        let version = events.last().map_or(0, |(record, _)| record.version);
        let state = events.iter().fold(Impegni::default(), |state, (_, evento)| match evento {
            Evento::Impegni(event) => impegni::evolve(state, event),
            _ => state,
        });
        Ok((state, version))
    }
}

/// Who may hold and book at an office: citizens, and its officers for others.
fn chi_prenota(ctx: &Contesto, ufficio: &CodiceUfficio) -> Result<Arc<Utente>, AppError> {
    let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
    if utente.ruolo == Ruolo::Cittadino || di_ufficio(ctx, ufficio) {
        return Ok(utente);
    }
    Err(AppError::rifiuto(Refusal::whole("non-autorizzato")))
}

/// Stands for the seat until the agenda gives one.
fn segnaposto(voluto: &Voluto) -> PostoPreso {
    PostoPreso {
        ufficio: voluto.slot.ufficio.clone(),
        sede: voluto.orario.luogo.clone(),
        sportello: String::new(),
        inizio: voluto.slot.inizio,
        fine: voluto.slot.inizio,
    }
}

struct Blocca<'a> {
    ente: &'a str,
    persona: PersonaId,
    blocco: BloccoId,
    voluto: Voluto,
    bisogni: Bisogni,
}

impl Mossa for Blocca<'_> {
    fn giorni(&self) -> Vec<String> {
        vec![self.voluto.stream()]
    }

    fn slot(&self) -> Option<&SlotId> {
        Some(&self.voluto.slot)
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let (giornata, version) = app.giornata(self.ente, &self.voluto.slot.ufficio, self.voluto.giorno()).await?;
            let (blocco, richiesta) = (self.blocco, Box::new(self.voluto.richiesta(self.persona, &self.bisogni)));
            let decide: DecideInsieme = Arc::new(move |ctx| {
                let command = agenda::Command::Blocca { blocco, richiesta: richiesta.clone(), offerta: None };
                Ok(vec![agenda::decide(&giornata, command, ctx)?.into_iter().map(Evento::Agenda).collect()])
            });
            let streams = vec![(self.voluto.stream(), attesa(version))];
            Ok(Passo { streams, decide, before: None, titolare: self.persona, registro: None })
        })
    }
}

struct Libera<'a> {
    ente: &'a str,
    slot: &'a SlotId,
    persona: PersonaId,
    blocco: BloccoId,
}

impl Mossa for Libera<'_> {
    fn giorni(&self) -> Vec<String> {
        vec![agenda::stream(&self.slot.ufficio, self.slot.giorno())]
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let (giornata, version) = app.giornata(self.ente, &self.slot.ufficio, self.slot.giorno()).await?;
            let blocco = self.blocco;
            let decide: DecideInsieme = Arc::new(move |ctx| {
                let events = agenda::decide(&giornata, agenda::Command::Libera { blocco }, ctx)?;
                Ok(vec![events.into_iter().map(Evento::Agenda).collect()])
            });
            let streams = self.giorni().into_iter().map(|stream| (stream, attesa(version))).collect();
            Ok(Passo { streams, decide, before: None, titolare: self.persona, registro: None })
        })
    }
}

struct Prenotazione<'a> {
    ente: &'a str,
    chi: PersonaId,
    voluto: Voluto,
    prenota: appuntamento::Prenota,
}

impl Mossa for Prenotazione<'_> {
    fn giorni(&self) -> Vec<String> {
        vec![self.voluto.stream()]
    }

    fn slot(&self) -> Option<&SlotId> {
        Some(&self.voluto.slot)
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let (giorno, titolare, id) = (self.voluto.giorno(), self.prenota.titolare, self.prenota.id);
            let (day, own) = tokio::try_join!(
                app.giornata(self.ente, &self.voluto.slot.ufficio, giorno),
                app.impegni(self.ente, titolare, giorno)
            )?;
            let streams = vec![
                (TipoPratica::Appuntamento.stream(id), Expected::NoStream),
                (self.voluto.stream(), attesa(day.1)),
                (impegni::stream(titolare, giorno), attesa(own.1)),
            ];
            let (chi, voluto, prenota) = (self.chi, self.voluto.clone(), self.prenota.clone());
            let decide: DecideInsieme = Arc::new(move |ctx| {
                // Who has a booking learns that first: that a seat is free is no help to them.
                let taken = impegni::decide(&own.0, voluto.impegno(titolare, id), ctx)?;
                let book = |richiesta, blocco| agenda::Command::Prenota { appuntamento: id, richiesta, blocco };
                let seat = voluto.siedi(&day.0, Chi { titolare, attore: chi, offerta: None }, book, ctx)?;
                let command = appuntamento::Prenota { posto: voluto.posto(&seat)?, ..prenota.clone() };
                let command = appuntamento::Command::Prenota(Box::new(command));
                let case = appuntamento::decide(&None, command, ctx)?;
                Ok(vec![
                    case.into_iter().map(Evento::Appuntamento).collect(),
                    seat,
                    taken.into_iter().map(Evento::Impegni).collect(),
                ])
            });
            let autore = self.prenota.autore.clone();
            let entry = entrata((TipoPratica::Appuntamento, id), autore, Files::default());
            let registro = self.voluto.prenotabile.protocolla.registro().map(|codice| (codice, entry));
            Ok(Passo { streams, decide, before: None, titolare, registro })
        })
    }
}
