//! Decisions of a letter.

use super::events::{DocumentoLettera, Event, LetteraInviata};
use crate::allegato::{Allegato, MAX_ALLEGATI, MAX_BYTES};
use crate::ids::PraticaId;
use crate::persona::{Anagrafica, LivelloIdentita, richiede_livello};
use crate::pratica::{Base, Instradamento, Lavora, Passo, Pratica, TipoPratica, allegati, deposita, lavora, misure};
use crate::refusal::{Findings, Refusal, Refused};
use crate::testo::{riga, testo};
use crate::titolario::Classifica;
use crate::{Ctx, Personale};

/// Limits of the form.
pub mod limiti {
    /// Subject, characters.
    pub const OGGETTO: usize = 150;
    /// Letter, characters.
    pub const TESTO: usize = 5_000;
    /// Days for an answer where the statuto sets none.
    pub const GIORNI: u16 = 30;
}

/// Office of the mayor's secretary.
pub const UFFICIO: &str = "segreteria-sindaco";

/// What a citizen sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invia {
    /// Id drawn beforehand.
    pub id: PraticaId,
    /// Identity of the sender.
    pub autore: Anagrafica,
    /// Subject.
    pub oggetto: String,
    /// The letter.
    pub testo: String,
    /// Files, checked and stored beforehand.
    pub allegati: Vec<Allegato>,
    /// Their names, in the same order.
    pub nomi_allegati: Vec<String>,
}

/// What can be asked of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Send it.
    Invia(Box<Invia>),
    /// Carry it on.
    Lavora(Lavora),
}

/// What a letter adds to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dettaglio {
    /// The letter as written.
    pub documento: Personale<DocumentoLettera>,
}

/// A letter; none before it is sent.
pub type State = Option<Pratica<Dettaglio>>;

/// Decides a command.
///
/// # Errors
/// All reasons found.
pub fn decide(state: &State, command: Command, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    match (command, state) {
        (Command::Invia(command), None) => invia(*command, ctx),
        (Command::Invia(_), Some(_)) => Err(Refusal::whole("gia-inviata").into()),
        (Command::Lavora(_), None) => Err(Refusal::whole("pratica-inesistente").into()),
        (Command::Lavora(command), Some(state)) => Ok(vec![match lavora(&state.base, command, true, ctx)? {
            Passo::PresaInCarico(event) => Event::LetteraPresaInCarico(event),
            Passo::LavorazioneAvviata(event) => Event::LavorazioneAvviata(event),
            Passo::Conclusione(event) => Event::RispostaInviata(event),
        }]),
    }
}

fn invia(command: Invia, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    richiede_livello(&ctx.attore, LivelloIdentita::L2)?;
    let mut findings = Findings::default();
    let oggetto = findings.take(riga("oggetto", &command.oggetto, 3, limiti::OGGETTO));
    let testo = findings.take(testo("testo", &command.testo, 3, limiti::TESTO));
    findings.take(allegati(&command.allegati, &command.nomi_allegati, MAX_ALLEGATI));
    findings.take(misure(&command.allegati, MAX_BYTES));
    findings.done()?;
    let (Some(oggetto), Some(testo)) = (oggetto, testo) else {
        return Err(Refusal::whole("modulo-incompleto").into());
    };
    let classifica = Classifica::parse("II.1").map_err(|_| Refusal::whole("modulo-incompleto"))?;
    let via = Instradamento {
        tipo: TipoPratica::Lettera,
        // The citizen's own subject may hold anything, so the register's does not repeat it (GDPR art. 9).
        oggetto: "Lettera al Sindaco",
        ufficio: UFFICIO,
        classifica: &classifica,
        riservato: true,
        giorni: limiti::GIORNI,
    };
    let documento = DocumentoLettera {
        autore: command.autore,
        oggetto,
        testo,
        nomi_allegati: command.nomi_allegati,
        impronte_allegati: command.allegati.iter().map(|a| a.impronta.as_str().to_owned()).collect(),
    };
    let (deposito, ricevuta, termine) = deposita(command.id, command.allegati, via, ctx)?;
    let inviata = LetteraInviata { deposito, personale: documento.into() };
    Ok(vec![inviata.into(), ricevuta.into(), termine.into()])
}

/// Folds one event.
pub fn evolve(state: State, event: &Event) -> State {
    match (state, event) {
        (None, Event::LetteraInviata(e)) => {
            let documento = e.personale.get();
            let base = Base::inviata(
                TipoPratica::Lettera,
                &e.deposito,
                documento.map(|d| d.autore.clone()),
                documento.map(|d| d.nomi_allegati.clone()),
            );
            Some(Pratica { base, dettaglio: Dettaglio { documento: e.personale.clone() } })
        }
        (Some(mut state), event) => {
            match event {
                Event::LetteraInviata(_) => {}
                Event::RicevutaEmessa(e) => state.base.ricevuta(e),
                Event::RicevutaFormata(e) => state.base.ricevuta_formata(e),
                Event::TermineCalcolato(e) => state.base.termine(e),
                Event::LetteraPresaInCarico(e) => state.base.presa_in_carico(e),
                Event::LavorazioneAvviata(e) => state.base.lavorazione(e),
                Event::PraticaRiassegnata(e) => state.base.riassegnata(e),
                Event::RispostaInviata(e) => state.base.conclusa(e),
            }
            Some(state)
        }
        (None, _) => None,
    }
}
