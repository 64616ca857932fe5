//! Decisions of a request.

use super::events::{DocumentoIstanza, Event, IstanzaPresentata};
use super::modulo::ModuloRichiesta;
use crate::allegato::Allegato;
use crate::ids::PraticaId;
use crate::persona::{Anagrafica, richiede_livello};
use crate::pratica::{Base, Instradamento, Lavora, Passo, Pratica, TipoPratica, allegati, deposita, lavora};
use crate::refusal::{Findings, Refusal, Refused};
use crate::servizio::{self, RiferimentoServizio};
use crate::{Ctx, Personale};
use serde_json::Value;

/// What a citizen files.
#[derive(Debug, Clone, PartialEq)]
pub struct Presenta {
    /// Id drawn beforehand.
    pub id: PraticaId,
    /// Identity of who asks.
    pub autore: Anagrafica,
    /// Code of the service.
    pub servizio: String,
    /// Version of the service whose form was filled in.
    pub versione: u32,
    /// The form, as filled in.
    pub modulo: Value,
    /// Files, checked and stored beforehand.
    pub allegati: Vec<Allegato>,
    /// Their names, in the same order.
    pub nomi_allegati: Vec<String>,
}

/// What can be asked of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// File it.
    Presenta(Box<Presenta>),
    /// Carry it on.
    Lavora(Lavora),
}

/// What a request adds to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dettaglio {
    /// Service and version.
    pub servizio: RiferimentoServizio,
    /// The request as filed.
    pub documento: Personale<DocumentoIstanza>,
}

/// A request; none before it is sent.
pub type State = Option<Pratica<Dettaglio>>;

/// Decides a command.
///
/// # Errors
/// All reasons found.
pub fn decide(state: &State, command: Command, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    match (command, state) {
        (Command::Presenta(command), None) => presenta(*command, ctx),
        (Command::Presenta(_), Some(_)) => Err(Refusal::whole("gia-inviata").into()),
        (Command::Lavora(_), None) => Err(Refusal::whole("pratica-inesistente").into()),
        (Command::Lavora(command), Some(state)) => Ok(vec![match lavora(&state.base, command, true, ctx)? {
            Passo::PresaInCarico(event) => Event::IstanzaPresaInCarico(event),
            Passo::LavorazioneAvviata(event) => Event::LavorazioneAvviata(event),
            Passo::Conclusione(event) => Event::IstanzaConclusa(event),
        }]),
    }
}

fn presenta(command: Presenta, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    let servizio = servizio::trova(&command.servizio, command.versione)
        .ok_or_else(|| Refusal::field("servizio", "servizio-sconosciuto"))?;
    richiede_livello(&ctx.attore, servizio.livello_identita)?;
    let mut findings = Findings::default();
    let modulo = ModuloRichiesta::valida(&command.modulo)
        .map_err(|refused| refused.0.into_iter().for_each(|r| findings.push(r)));
    findings.take(allegati(&command.allegati, &command.nomi_allegati));
    findings.done()?;
    let Ok(modulo) = modulo else {
        return Err(Refusal::whole("modulo-incompleto").into());
    };
    let via = Instradamento {
        tipo: TipoPratica::Istanza,
        // Made from the service: the citizen's words may hold special data (GDPR art. 9).
        oggetto: &format!("Istanza: {}", servizio.nome),
        ufficio: servizio.ufficio.as_str(),
        classifica: &servizio.classifica,
        riservato: servizio.riservato,
        giorni: servizio.termine_giorni,
    };
    let documento = DocumentoIstanza {
        autore: command.autore,
        servizio: servizio.nome.clone(),
        modulo,
        nomi_allegati: command.nomi_allegati,
        impronte_allegati: command.allegati.iter().map(|a| a.impronta.as_str().to_owned()).collect(),
    };
    let (deposito, ricevuta, termine) = deposita(command.id, command.allegati, via, ctx)?;
    let servizio = RiferimentoServizio { codice: servizio.codice.clone(), versione: servizio.versione };
    let presentata = IstanzaPresentata { deposito, servizio, personale: documento.into() };
    Ok(vec![presentata.into(), ricevuta.into(), termine.into()])
}

/// Folds one event.
pub fn evolve(state: State, event: &Event) -> State {
    match (state, event) {
        (None, Event::IstanzaPresentata(e)) => {
            let documento = e.personale.get();
            let base = Base::inviata(
                TipoPratica::Istanza,
                &e.deposito,
                documento.map(|d| d.autore.clone()),
                documento.map(|d| d.nomi_allegati.clone()),
            );
            Some(Pratica {
                base,
                dettaglio: Dettaglio { servizio: e.servizio.clone(), documento: e.personale.clone() },
            })
        }
        (Some(mut state), event) => {
            match event {
                Event::IstanzaPresentata(_) => {}
                Event::RicevutaEmessa(e) => state.base.ricevuta(e),
                Event::TermineCalcolato(e) => state.base.termine(e),
                Event::IstanzaPresaInCarico(e) => state.base.presa_in_carico(e),
                Event::LavorazioneAvviata(e) => state.base.lavorazione(e),
                Event::IstanzaConclusa(e) => state.base.conclusa(e),
            }
            Some(state)
        }
        (None, _) => None,
    }
}
