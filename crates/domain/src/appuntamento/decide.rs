//! Decisions of an appointment. That its seat is free was decided by the agenda, in the same commit.

use super::events::{
    AppuntamentoAnnullato, AppuntamentoConcluso, AppuntamentoConfermato, AppuntamentoPrenotato, AppuntamentoSpostato,
    CittadinoChiamato, CittadinoPresentato, DocumentoAppuntamento, Event, MancataPresentazione, Motivazione, Parte,
    PostoPreso, PraticaCollegata,
};
use crate::ids::{PersonaId, PraticaId};
use crate::persona::{Anagrafica, Operatore, Ruolo, richiede_livello};
use crate::pratica::{Base, Chiusura, Deposito, Lavora, MAX_MESSAGGIO, Messaggio, Pratica, RicevutaEmessa};
use crate::pratica::{StatoPratica, TipoPratica};
use crate::prenotabile::{Canale, Conferma, Prenotabile};
use crate::refusal::{Findings, Refusal, Refused};
use crate::testo::{riga, testo, testo_facoltativo};
use crate::{Ctx, Personale};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// Limits of what is written, in characters.
pub mod limiti {
    /// Details (Modello Comuni: 200).
    pub const DETTAGLI: usize = 200;
    /// Telephone.
    pub const TELEFONO: usize = 30;
    /// Address of a mailbox (RFC 5321).
    pub const EMAIL: usize = 254;
    /// Why a booking is moved or cancelled.
    pub const MOTIVO: usize = 500;
}

/// Times the citizen may move one booking: a seat that wanders is a seat that others cannot take.
pub const MAX_SPOSTAMENTI: u32 = 10;

/// What is booked.
#[derive(Debug, Clone, PartialEq)]
pub struct Prenota {
    /// Id drawn beforehand.
    pub id: PraticaId,
    /// Whose it is; an officer books for others.
    pub titolare: PersonaId,
    /// Who comes.
    pub autore: Anagrafica,
    /// Where notices go.
    pub email: Option<String>,
    /// Telephone.
    pub telefono: Option<String>,
    /// The service, in the version that is booked.
    pub prenotabile: Arc<Prenotabile>,
    /// The seat that the agenda gave.
    pub posto: PostoPreso,
    /// Through which channel.
    pub canale: Canale,
    /// Case it is about.
    pub collegata: Option<PraticaId>,
    /// One of the choices of the service.
    pub motivo: String,
    /// In more words; may be empty.
    pub dettagli: String,
}

/// What can be asked of an appointment.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Book it.
    Prenota(Box<Prenota>),
    /// Confirm it, where the service wants that.
    Conferma,
    /// Move it to another seat.
    Sposta {
        /// The seat that the agenda gave.
        a: Box<PostoPreso>,
        /// Who wants it.
        chi: Parte,
        /// Why; required of the office.
        motivo: Option<String>,
    },
    /// Cancel it.
    Annulla {
        /// Who wants it.
        chi: Parte,
        /// Why; required of the office.
        motivo: Option<String>,
    },
    /// It is about this case.
    Collega {
        /// The case.
        pratica: PraticaId,
    },
    /// The citizen arrived.
    Presenta {
        /// Number that the agenda gave.
        turno: u16,
    },
    /// The citizen is called to a desk.
    Chiama {
        /// Code of the desk.
        sportello: String,
    },
    /// It took place.
    Concludi {
        /// What the office tells the citizen.
        messaggio: Option<String>,
    },
    /// The citizen did not come.
    Assente,
    /// A step of the other kinds of case: always refused.
    Lavora(Lavora),
}

/// A booking that was cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annullamento {
    /// Who wanted it.
    pub chi: Parte,
    /// When.
    pub il: Timestamp,
    /// Why.
    pub motivo: Personale<Motivazione>,
}

/// What an appointment adds to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dettaglio {
    /// Code of the bookable service.
    pub servizio: String,
    /// Its version.
    pub versione: u32,
    /// Its name.
    pub nome_servizio: String,
    /// Where and when, as it stands now.
    pub posto: PostoPreso,
    /// Through which channel it was booked.
    pub canale: Canale,
    /// Case it is about.
    pub collegata: Option<PraticaId>,
    /// Hours before its start from which the citizen can no longer move or cancel it.
    pub disdetta_ore: u16,
    /// Minutes after its end from which who did not come counts as absent.
    pub tolleranza_minuti: u16,
    /// Whether the office has still to confirm it.
    pub da_confermare: bool,
    /// Changes so far (RFC 5545, SEQUENCE).
    pub sequenza: u32,
    /// Times it was moved by the citizen.
    pub spostamenti: u32,
    /// Number taken on arrival, and when.
    pub presentato: Option<(u16, Timestamp)>,
    /// Desk to which the citizen was called, and when.
    pub chiamato: Option<(String, Timestamp)>,
    /// How it was cancelled.
    pub annullamento: Option<Annullamento>,
    /// The booking as made.
    pub documento: Personale<DocumentoAppuntamento>,
}

impl Dettaglio {
    /// Last instant at which the citizen may move or cancel it.
    pub fn disdetta_entro(&self) -> Timestamp {
        prima(self.posto.inizio, SignedDuration::from_hours(self.disdetta_ore.into()))
    }

    /// First instant at which who has not come counts as absent.
    pub fn assente_dal(&self) -> Timestamp {
        let grace = SignedDuration::from_mins(self.tolleranza_minuti.into());
        self.posto.fine.checked_add(grace).unwrap_or(Timestamp::MAX)
    }
}

fn prima(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.checked_sub(duration).unwrap_or(Timestamp::MIN)
}

/// An appointment; none before it is booked.
pub type State = Option<Pratica<Dettaglio>>;

/// Decides a command.
///
/// # Errors
/// All reasons found.
pub fn decide(state: &State, command: Command, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    let state = match (command, state) {
        (Command::Prenota(command), None) => return prenota(*command, ctx),
        (Command::Prenota(_), Some(_)) => return Err(Refusal::whole("gia-prenotato").into()),
        (_, None) => return Err(Refusal::whole("pratica-inesistente").into()),
        (command, Some(state)) => (command, state),
    };
    let (command, Pratica { base, dettaglio }) = state;
    let (pratica, il) = (base.id, ctx.at);
    let operatore = || Operatore::from(&ctx.attore);
    Ok(vec![match command {
        Command::Prenota(_) => return Err(Refusal::whole("gia-prenotato").into()),
        Command::Lavora(_) => return Err(Refusal::whole("passo-non-previsto").into()),
        Command::Conferma => {
            in_stato(base, &[StatoPratica::Prenotata])?;
            if !dettaglio.da_confermare {
                return Err(Refusal::whole("gia-confermato").into());
            }
            AppuntamentoConfermato { pratica, operatore: operatore(), il }.into()
        }
        Command::Sposta { a, chi, motivo } => sposta(base, dettaglio, *a, (chi, motivo), ctx)?.into(),
        Command::Annulla { chi, motivo } => {
            let personale = cambia(base, dettaglio, (chi, motivo), ctx)?;
            let (operatore, sequenza) = (per_ufficio(chi, ctx), dettaglio.sequenza + 1);
            let posto = Some(dettaglio.posto.clone());
            AppuntamentoAnnullato { pratica, posto, chi, operatore, sequenza, il, personale }.into()
        }
        Command::Collega { pratica: collegata } => {
            if dettaglio.collegata.is_some() || collegata == pratica {
                return Err(Refusal::field("pratica", "gia-collegata").into());
            }
            PraticaCollegata { pratica, collegata, operatore: operatore(), il }.into()
        }
        Command::Presenta { turno } => {
            in_stato(base, &[StatoPratica::Prenotata])?;
            CittadinoPresentato { pratica, turno, il }.into()
        }
        Command::Chiama { sportello } => {
            in_stato(base, &[StatoPratica::PresaInCarico])?;
            CittadinoChiamato { pratica, sportello, operatore: operatore(), il }.into()
        }
        Command::Concludi { messaggio } => {
            // A small office serves people without calling numbers.
            in_stato(base, &[StatoPratica::Prenotata, StatoPratica::PresaInCarico])?;
            if il < dettaglio.posto.inizio && dettaglio.presentato.is_none() {
                return Err(Refusal::whole("appuntamento-futuro").into());
            }
            let messaggio = testo_facoltativo("messaggio", messaggio.as_deref(), MAX_MESSAGGIO)?;
            let personale = Personale(Some(Messaggio { messaggio }));
            AppuntamentoConcluso { pratica, operatore: operatore(), il, personale }.into()
        }
        Command::Assente => {
            // Who took a number and does not answer the call has gone again; that nobody answered is the agenda's.
            if dettaglio.chiamato.is_none() || base.stato != StatoPratica::PresaInCarico {
                in_stato(base, &[StatoPratica::Prenotata])?;
            }
            if il < dettaglio.assente_dal() {
                return Err(Refusal::whole("ancora-atteso").into());
            }
            MancataPresentazione { pratica, il }.into()
        }
    }])
}

fn in_stato(base: &Base, allowed: &[StatoPratica]) -> Result<(), Refusal> {
    if allowed.contains(&base.stato) {
        return Ok(());
    }
    Err(Refusal::whole("stato-non-ammesso").with("stato", base.stato.as_str()))
}

fn per_ufficio(chi: Parte, ctx: &Ctx) -> Option<Operatore> {
    (chi == Parte::Ufficio).then(|| Operatore::from(&ctx.attore))
}

/// Whether a booking may still be changed, and why it is.
fn cambia(
    base: &Base,
    dettaglio: &Dettaglio,
    (chi, motivo): (Parte, Option<String>),
    ctx: &Ctx,
) -> Result<Personale<Motivazione>, Refused> {
    in_stato(base, &[StatoPratica::Prenotata])?;
    let motivo = match chi {
        Parte::Cittadino => {
            if ctx.at > dettaglio.disdetta_entro() {
                return Err(Refusal::whole("disdetta-scaduta").with("ore", dettaglio.disdetta_ore).into());
            }
            testo_facoltativo("motivo", motivo.as_deref(), limiti::MOTIVO)?
        }
        Parte::Ufficio => {
            if ctx.attore.ruolo == Ruolo::Cittadino {
                return Err(Refusal::whole("non-autorizzato").into());
            }
            Some(testo("motivo", motivo.as_deref().unwrap_or_default(), 3, limiti::MOTIVO)?)
        }
    };
    Ok(Motivazione { motivo }.into())
}

fn sposta(
    base: &Base,
    dettaglio: &Dettaglio,
    a: PostoPreso,
    (chi, motivo): (Parte, Option<String>),
    ctx: &Ctx,
) -> Result<AppuntamentoSpostato, Refused> {
    let personale = cambia(base, dettaglio, (chi, motivo), ctx)?;
    if chi == Parte::Cittadino && dettaglio.spostamenti >= MAX_SPOSTAMENTI {
        return Err(Refusal::whole("troppi-spostamenti").with("max", MAX_SPOSTAMENTI).into());
    }
    Ok(AppuntamentoSpostato {
        pratica: base.id,
        da: dettaglio.posto.clone(),
        a,
        chi,
        operatore: per_ufficio(chi, ctx),
        sequenza: dettaglio.sequenza + 1,
        il: ctx.at,
        personale,
    })
}

fn prenota(command: Prenota, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    let prenotabile = command.prenotabile;
    richiede_livello(&ctx.attore, prenotabile.livello_identita)?;
    if command.canale != Canale::Portale && ctx.attore.ruolo == Ruolo::Cittadino {
        return Err(Refusal::whole("non-autorizzato").into());
    }
    let mut findings = Findings::default();
    if !prenotabile.motivi.contains(&command.motivo) {
        findings.push(Refusal::field("motivo", "motivo-sconosciuto"));
    }
    let dettagli = findings.take(testo("dettagli", &command.dettagli, 0, limiti::DETTAGLI)).unwrap_or_default();
    let email = findings.take(casella(command.email.as_deref())).flatten();
    let telefono = findings.take(telefono(command.telefono.as_deref())).flatten();
    findings.done()?;
    let protocollo = match prenotabile.protocolla.registro() {
        Some(_) => Some(ctx.protocollo.clone().ok_or_else(|| Refusal::whole("protocollo-mancante"))?),
        None => None,
    };
    let posto = command.posto;
    let deposito = Deposito {
        pratica: command.id,
        codice: TipoPratica::Appuntamento.codice(command.id),
        titolare: command.titolare,
        // Made from the service: the citizen's words may hold special data (GDPR art. 9).
        oggetto: format!("Appuntamento: {}", prenotabile.nome),
        ufficio: posto.ufficio.clone(),
        classifica: prenotabile.classifica,
        riservato: prenotabile.riservato,
        inviata_il: protocollo.as_ref().map_or(ctx.at, |protocollo| protocollo.data),
        allegati: Vec::new(),
    };
    let ricevuta = protocollo.map(|protocollo| RicevutaEmessa {
        pratica: command.id,
        codice: deposito.codice.clone(),
        protocollo,
        oggetto: deposito.oggetto.clone(),
        ufficio: posto.ufficio.to_string(),
    });
    let documento = DocumentoAppuntamento {
        autore: command.autore,
        email,
        telefono,
        servizio: prenotabile.nome.clone(),
        luogo: format!("{}, {}", posto.sede.nome, posto.sede.indirizzo),
        inizio: posto.inizio,
        motivo: command.motivo,
        dettagli,
    };
    let prenotato = AppuntamentoPrenotato {
        deposito,
        servizio: prenotabile.codice.clone(),
        versione: prenotabile.versione,
        nome_servizio: prenotabile.nome.clone(),
        posto,
        canale: command.canale,
        collegata: command.collegata,
        disdetta_ore: prenotabile.disdetta_ore,
        tolleranza_minuti: prenotabile.tolleranza_minuti,
        // An officer who books has confirmed it.
        da_confermare: prenotabile.conferma == Conferma::Ufficio && command.canale == Canale::Portale,
        personale: documento.into(),
    };
    Ok(std::iter::once(prenotato.into()).chain(ricevuta.map(Event::from)).collect())
}

fn casella(value: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(value) = value.filter(|value| !value.trim().is_empty()) else { return Ok(None) };
    let email = riga("email", value, 3, limiti::EMAIL)?;
    let plausible = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !plausible || email.contains(char::is_whitespace) {
        return Err(Refusal::field("email", "email-non-valida"));
    }
    Ok(Some(email))
}

fn telefono(value: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(value) = value.filter(|value| !value.trim().is_empty()) else { return Ok(None) };
    let telefono = riga("telefono", value, 5, limiti::TELEFONO)?;
    if !telefono.chars().all(|c| c.is_ascii_digit() || "+ -./()".contains(c)) {
        return Err(Refusal::field("telefono", "telefono-non-valido"));
    }
    Ok(Some(telefono))
}

/// Folds one event.
pub fn evolve(state: State, event: &Event) -> State {
    match (state, event) {
        (None, Event::AppuntamentoPrenotato(e)) => Some(prenotato(e)),
        (Some(mut state), event) => {
            passo(&mut state, event);
            Some(state)
        }
        (None, _) => None,
    }
}

fn prenotato(e: &AppuntamentoPrenotato) -> Pratica<Dettaglio> {
    let autore = e.personale.get().map(|d| d.autore.clone());
    let mut base = Base::inviata(TipoPratica::Appuntamento, &e.deposito, autore, None);
    base.stato = StatoPratica::Prenotata;
    let dettaglio = Dettaglio {
        servizio: e.servizio.clone(),
        versione: e.versione,
        nome_servizio: e.nome_servizio.clone(),
        posto: e.posto.clone(),
        canale: e.canale,
        collegata: e.collegata,
        disdetta_ore: e.disdetta_ore,
        tolleranza_minuti: e.tolleranza_minuti,
        da_confermare: e.da_confermare,
        sequenza: 0,
        spostamenti: 0,
        presentato: None,
        chiamato: None,
        annullamento: None,
        documento: e.personale.clone(),
    };
    Pratica { base, dettaglio }
}

fn passo(Pratica { base, dettaglio }: &mut Pratica<Dettaglio>, event: &Event) {
    match event {
        Event::AppuntamentoPrenotato(_) => {}
        Event::RicevutaEmessa(e) => base.protocollo = Some(e.protocollo.clone()),
        Event::RicevutaFormata(e) => base.ricevuta_formata(e),
        Event::AppuntamentoConfermato(_) => dettaglio.da_confermare = false,
        Event::AppuntamentoSpostato(e) => {
            base.ufficio = e.a.ufficio.clone();
            dettaglio.posto = e.a.clone();
            dettaglio.sequenza = e.sequenza;
            dettaglio.spostamenti += u32::from(e.chi == Parte::Cittadino);
        }
        Event::AppuntamentoAnnullato(e) => {
            base.stato = StatoPratica::Annullata;
            dettaglio.sequenza = e.sequenza;
            dettaglio.annullamento = Some(Annullamento { chi: e.chi, il: e.il, motivo: e.personale.clone() });
        }
        Event::PraticaCollegata(e) => dettaglio.collegata = Some(e.collegata),
        Event::CittadinoPresentato(e) => {
            base.stato = StatoPratica::PresaInCarico;
            dettaglio.presentato = Some((e.turno, e.il));
        }
        Event::CittadinoChiamato(e) => {
            base.presa_in_carico = Some((e.operatore.clone(), e.il));
            dettaglio.chiamato = Some((e.sportello.clone(), e.il));
        }
        Event::AppuntamentoConcluso(e) => {
            base.stato = StatoPratica::Conclusa;
            let (operatore, messaggio) = (e.operatore.clone(), e.personale.clone());
            base.chiusura = Some(Chiusura { operatore, il: e.il, messaggio, protocollo: None });
        }
        Event::MancataPresentazione(_) => base.stato = StatoPratica::NonPresentata,
    }
}
