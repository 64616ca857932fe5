//! Decisions of a request.

use super::events::{DocumentoIstanza, Event, IstanzaPresentata};
use crate::allegato::{Allegato, MEGABYTE};
use crate::ids::PraticaId;
use crate::modulo::{ContestoModulo, ModuloValido};
use crate::persona::{Anagrafica, richiede_livello};
use crate::pratica::{
    Base, Instradamento, Lavora, Passo, Pratica, PresentaIntegrazione, RichiediIntegrazione, TipoPratica, allegati,
    deposita, lavora, misure, presenta_integrazione, richiedi_integrazione, rinuncia,
};
use crate::refusal::{Findings, Refusal, Refused};
use crate::servizio::{EffettoSilenzio, RiferimentoServizio, Servizio};
use crate::termini::giorno_in_parole;
use crate::{Ctx, Personale, termini};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a citizen files.
#[derive(Debug, Clone, PartialEq)]
pub struct Presenta {
    /// Id drawn beforehand.
    pub id: PraticaId,
    /// Identity of who asks.
    pub autore: Anagrafica,
    /// The service, in the version whose form was filled in.
    pub servizio: Arc<Servizio>,
    /// The form, as filled in.
    pub modulo: Value,
    /// Files, checked and stored beforehand.
    pub allegati: Vec<Allegato>,
    /// Their names, in the same order.
    pub nomi_allegati: Vec<String>,
    /// The earlier case of the same person that it was written from; that it is theirs is checked outside.
    pub da_pratica: Option<PraticaId>,
}

/// What can be asked of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// File it.
    Presenta(Box<Presenta>),
    /// Carry it on.
    Lavora(Lavora),
    /// Ask for what is missing.
    RichiediIntegrazione(RichiediIntegrazione),
    /// Add what was asked for.
    PresentaIntegrazione(Box<PresentaIntegrazione>),
    /// Take it back.
    Rinuncia {
        /// Why, if the applicant says so.
        motivo: Option<String>,
    },
}

/// What a request adds to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dettaglio {
    /// Service and version.
    pub servizio: RiferimentoServizio,
    /// What silence means.
    pub effetto_silenzio: EffettoSilenzio,
    /// The earlier case it was written from.
    pub da_pratica: Option<PraticaId>,
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
        (_, None) => Err(Refusal::whole("pratica-inesistente").into()),
        (Command::Lavora(command), Some(state)) => Ok(vec![match lavora(&state.base, command, true, ctx)? {
            Passo::PresaInCarico(event) => Event::IstanzaPresaInCarico(event),
            Passo::LavorazioneAvviata(event) => Event::LavorazioneAvviata(event),
            Passo::Conclusione(event) => Event::IstanzaConclusa(event),
        }]),
        (Command::RichiediIntegrazione(command), Some(state)) => {
            let (asked, term) = richiedi_integrazione(&state.base, command, ctx)?;
            Ok(std::iter::once(asked.into()).chain(term.map(Event::from)).collect())
        }
        (Command::PresentaIntegrazione(command), Some(state)) => {
            let (added, term) = presenta_integrazione(&state.base, *command, ctx)?;
            Ok(std::iter::once(added.into()).chain(term.map(Event::from)).collect())
        }
        (Command::Rinuncia { motivo }, Some(state)) => Ok(vec![rinuncia(&state.base, motivo.as_deref(), ctx)?.into()]),
    }
}

fn presenta(command: Presenta, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    let servizio = command.servizio;
    richiede_livello(&ctx.attore, servizio.livello_identita)?;
    let oggi = termini::data_locale(ctx.at);
    if let Some(finestra) = servizio.finestra.filter(|finestra| !finestra.aperta(oggi)) {
        let refusal = Refusal::field("servizio", "servizio-chiuso");
        return Err(refusal
            .with("dal", giorno_in_parole(finestra.dal))
            .with("al", giorno_in_parole(finestra.al))
            .into());
    }
    let mut findings = Findings::default();
    let modulo = servizio
        .modulo
        .valida(&command.modulo, &ContestoModulo { oggi })
        .map_err(|refused| refused.0.into_iter().for_each(|r| findings.push(r)));
    findings.take(allegati(&command.allegati, &command.nomi_allegati, servizio.allegati.massimo as usize));
    let Ok(modulo) = modulo else {
        findings.done()?;
        return Err(Refusal::whole("modulo-incompleto").into());
    };
    richiesti(&servizio, &modulo, &command.allegati, &mut findings);
    findings.done()?;
    let via = Instradamento {
        tipo: TipoPratica::Istanza,
        // Made from the service: the citizen's words may hold special data (GDPR art. 9).
        oggetto: &format!("Istanza: {}", servizio.nome),
        ufficio: servizio.ufficio.as_str(),
        classifica: &servizio.classifica,
        riservato: servizio.riservato,
        giorni: servizio.termine_giorni,
    };
    let ids = command.allegati.iter().map(|allegato| allegato.id.to_string());
    let nomi: BTreeMap<String, String> = ids.zip(command.nomi_allegati.iter().cloned()).collect();
    let documento = DocumentoIstanza {
        autore: command.autore,
        servizio: servizio.nome.clone(),
        sezioni: servizio.modulo.prospetto(modulo.valori(), &nomi),
        modulo,
        nomi_allegati: command.nomi_allegati,
        impronte_allegati: command.allegati.iter().map(|a| a.impronta.as_str().to_owned()).collect(),
    };
    let (deposito, ricevuta, termine) = deposita(command.id, command.allegati, via, ctx)?;
    let presentata = IstanzaPresentata {
        deposito,
        servizio: servizio.riferimento(),
        effetto_silenzio: servizio.effetto_silenzio,
        da_pratica: command.da_pratica,
        personale: documento.into(),
    };
    Ok(vec![presentata.into(), ricevuta.into(), termine.into()])
}

/// The files that answers name must have come along, in a format and of a size that their question takes.
fn richiesti(servizio: &Servizio, modulo: &ModuloValido, files: &[Allegato], findings: &mut Findings) {
    let named = servizio.modulo.allegati(modulo.valori());
    let others = files.iter().filter(|file| !named.iter().any(|wanted| file.id.to_string() == wanted.id));
    findings.take(misure(others, u64::from(servizio.allegati.megabyte) * MEGABYTE));
    for wanted in named {
        let Some(file) = files.iter().find(|file| file.id.to_string() == wanted.id) else {
            findings.push(Refusal::field(wanted.percorso, "allegato-sconosciuto"));
            continue;
        };
        if !wanted.formati.is_empty() && !wanted.formati.iter().any(|formato| formato.media_type() == file.formato) {
            let names: Vec<&str> = wanted.formati.iter().map(|formato| formato.nome()).collect();
            findings.push(Refusal::field(&*wanted.percorso, "formato-non-richiesto").with("formati", names.join(", ")));
        }
        let max = wanted.megabyte.unwrap_or(servizio.allegati.megabyte);
        if file.dimensione > u64::from(max) * MEGABYTE {
            findings.push(Refusal::field(&*wanted.percorso, "file-troppo-grande").with("max", max));
        }
    }
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
                dettaglio: Dettaglio {
                    servizio: e.servizio.clone(),
                    effetto_silenzio: e.effetto_silenzio,
                    da_pratica: e.da_pratica,
                    documento: e.personale.clone(),
                },
            })
        }
        (Some(mut state), event) => {
            match event {
                Event::IstanzaPresentata(_) => {}
                Event::RicevutaEmessa(e) => state.base.ricevuta(e),
                Event::RicevutaFormata(e) => state.base.ricevuta_formata(e),
                Event::TermineCalcolato(e) => state.base.termine(e),
                Event::IstanzaPresaInCarico(e) => state.base.presa_in_carico(e),
                Event::LavorazioneAvviata(e) => state.base.lavorazione(e),
                Event::PraticaRiassegnata(e) => state.base.riassegnata(e),
                Event::IntegrazioneRichiesta(e) => state.base.integrazione_richiesta(e),
                Event::IntegrazionePresentata(e) => state.base.integrazione_presentata(e),
                Event::IstanzaConclusa(e) => state.base.conclusa(e),
                Event::IstanzaRinunciata(e) => state.base.rinunciata(e),
            }
            Some(state)
        }
        (None, _) => None,
    }
}
