//! Decisions of a report (states of the Modello Comuni; receipt by L. 241/1990 art. 18-bis).

use super::categoria::Categoria;
use super::events::{DocumentoSegnalazione, Event, Luogo, SegnalazioneInviata};
use crate::Ctx;
use crate::allegato::{Allegato, MAX_ALLEGATI, MAX_BYTES};
use crate::ids::PraticaId;
use crate::persona::{Anagrafica, LivelloIdentita, richiede_livello};
use crate::pratica::{Base, Instradamento, Lavora, Passo, Pratica, TipoPratica, allegati, deposita, lavora, misure};
use crate::refusal::{Findings, Refusal, Refused};
use crate::testo::{riga, testo};
use crate::titolario::Classifica;

/// Limits of the form, in characters.
pub mod limiti {
    /// Title.
    pub const TITOLO: usize = 100;
    /// Details (Modello Comuni: 200).
    pub const DETTAGLI: usize = 200;
    /// Address.
    pub const INDIRIZZO: usize = 200;
    /// Days for an answer where the carta dei servizi sets none.
    pub const GIORNI: u16 = 30;
}

/// Where, as the citizen wrote it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LuogoInput {
    /// Street and number, or a description.
    pub indirizzo: String,
    /// Degrees.
    pub latitudine: Option<f64>,
    /// Degrees.
    pub longitudine: Option<f64>,
}

/// What a citizen sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Invia {
    /// Id drawn beforehand.
    pub id: PraticaId,
    /// Identity of the sender.
    pub autore: Anagrafica,
    /// Code or name of the category.
    pub categoria: String,
    /// In a few words.
    pub titolo: String,
    /// In more words.
    pub dettagli: String,
    /// Where.
    pub luogo: LuogoInput,
    /// Files, checked and stored beforehand.
    pub allegati: Vec<Allegato>,
    /// Their names, in the same order.
    pub nomi_allegati: Vec<String>,
}

/// What can be asked of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Send it.
    Invia(Box<Invia>),
    /// Carry it on.
    Lavora(Lavora),
}

/// What a report adds to a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Dettaglio {
    /// Code of the category.
    pub categoria: String,
    /// The document as filed.
    pub documento: crate::Personale<DocumentoSegnalazione>,
}

/// A report; none before it is sent.
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
        (Command::Lavora(command), Some(state)) => Ok(vec![match lavora(&state.base, command, false, ctx)? {
            Passo::PresaInCarico(event) => Event::SegnalazionePresaInCarico(event),
            Passo::LavorazioneAvviata(event) => Event::LavorazioneAvviata(event),
            Passo::Conclusione(event) => Event::SegnalazioneRisolta(event),
        }]),
    }
}

fn invia(command: Invia, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    richiede_livello(&ctx.attore, LivelloIdentita::L2)?;
    let mut findings = Findings::default();
    let categoria = findings
        .take(Categoria::trova(&command.categoria).ok_or_else(|| Refusal::field("categoria", "categoria-sconosciuta")));
    let titolo = findings.take(riga("titolo", &command.titolo, 3, limiti::TITOLO));
    let dettagli = findings.take(testo("dettagli", &command.dettagli, 3, limiti::DETTAGLI));
    let luogo = luogo(&command.luogo, &mut findings);
    findings.take(allegati(&command.allegati, &command.nomi_allegati, MAX_ALLEGATI));
    findings.take(misure(&command.allegati, MAX_BYTES));
    findings.done()?;
    let (Some(categoria), Some(titolo), Some(dettagli), Some(luogo)) = (categoria, titolo, dettagli, luogo) else {
        return Err(Refusal::whole("modulo-incompleto").into());
    };
    let classifica = Classifica::parse(categoria.classifica).map_err(|_| Refusal::whole("modulo-incompleto"))?;
    let via = Instradamento {
        tipo: TipoPratica::Segnalazione,
        oggetto: &format!("Segnalazione: {}", categoria.nome),
        ufficio: categoria.ufficio,
        classifica: &classifica,
        riservato: false,
        giorni: limiti::GIORNI,
    };
    let documento = DocumentoSegnalazione {
        autore: command.autore,
        categoria: categoria.nome.to_owned(),
        titolo,
        dettagli,
        luogo,
        nomi_allegati: command.nomi_allegati,
        impronte_allegati: command.allegati.iter().map(|a| a.impronta.as_str().to_owned()).collect(),
    };
    let (deposito, ricevuta, termine) = deposita(command.id, command.allegati, via, ctx)?;
    let inviata = SegnalazioneInviata { deposito, categoria: categoria.codice.to_owned(), personale: documento.into() };
    Ok(vec![inviata.into(), ricevuta.into(), termine.into()])
}

fn luogo(input: &LuogoInput, findings: &mut Findings) -> Option<Luogo> {
    let indirizzo = findings.take(riga("luogo.indirizzo", &input.indirizzo, 3, limiti::INDIRIZZO));
    let latitudine = findings.take(grado("luogo.latitudine", input.latitudine, 90.0, input.longitudine.is_some()));
    let longitudine = findings.take(grado("luogo.longitudine", input.longitudine, 180.0, input.latitudine.is_some()));
    Some(Luogo { indirizzo: indirizzo?, latitudine: latitudine?, longitudine: longitudine? })
}

/// One coordinate, to 6 decimals (about 10 cm). Half a point is no point: with the other one given it is required.
fn grado(field: &str, value: Option<f64>, limit: f64, required: bool) -> Result<Option<f64>, Refusal> {
    match value {
        // Adding zero turns -0 into 0: the document must have one form only.
        Some(value) if value.is_finite() && value.abs() <= limit => Ok(Some((value * 1e6).round() / 1e6 + 0.0)),
        None if !required => Ok(None),
        _ => Err(Refusal::field(field, "coordinata-non-valida")),
    }
}

/// Folds one event.
pub fn evolve(state: State, event: &Event) -> State {
    match (state, event) {
        (None, Event::SegnalazioneInviata(e)) => {
            let documento = e.personale.get();
            let base = Base::inviata(
                TipoPratica::Segnalazione,
                &e.deposito,
                documento.map(|d| d.autore.clone()),
                documento.map(|d| d.nomi_allegati.clone()),
            );
            let dettaglio = Dettaglio { categoria: e.categoria.clone(), documento: e.personale.clone() };
            Some(Pratica { base, dettaglio })
        }
        (Some(mut state), event) => {
            match event {
                Event::SegnalazioneInviata(_) => {}
                Event::RicevutaEmessa(e) => state.base.ricevuta(e),
                Event::RicevutaFormata(e) => state.base.ricevuta_formata(e),
                Event::TermineCalcolato(e) => state.base.termine(e),
                Event::SegnalazionePresaInCarico(e) => state.base.presa_in_carico(e),
                Event::LavorazioneAvviata(e) => state.base.lavorazione(e),
                Event::PraticaRiassegnata(e) => state.base.riassegnata(e),
                Event::SegnalazioneRisolta(e) => state.base.conclusa(e),
            }
            Some(state)
        }
        (None, _) => None,
    }
}
