//! Given events, when a command, then events or refusals; and the persons and numbers that tests use.

use crate::allegato::{Allegato, Impronta};
use crate::ids::{AllegatoId, PersonaId, PraticaId};
use crate::persona::{Anagrafica, Attore, LivelloIdentita, Operatore, Ruolo};
use crate::pratica::{Base, Lavora, PresentaIntegrazione, RichiediIntegrazione};
use crate::registro::{CODICE_REGISTRO, ModificaRegistrazione, Protocollo, Registrazione};
use crate::segnalazione::LuogoInput;
use crate::{Ctx, DecodeError, Evento, Refusal, Refused, Sample, istanza, lettera, registro, segnalazione};
use serde_json::{Value, json};
use std::fmt::Debug;
use std::sync::Arc;
use uuid::Uuid;

/// A context as the harness sees it.
pub(crate) trait Decider {
    type State: Clone + Debug + PartialEq;
    type Command: Clone + Debug;
    type Event: Clone + Debug + PartialEq + Into<Evento>;
    fn initial() -> Self::State;
    fn decide(state: &Self::State, command: Self::Command, ctx: &Ctx) -> Result<Vec<Self::Event>, Refused>;
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State;
    fn decode(kind: &str, payload: Value) -> Result<Self::Event, DecodeError>;
}

/// A kind of case: a filing, then the steps that all kinds share.
pub(crate) trait Case: Decider {
    /// Whether its answer is entered in the register.
    const USCITA: bool;
    /// Names of its events, in the order of a whole life.
    const LIFE: [&str; 6];
    /// A filing that is in order.
    fn filing() -> Self::Command;
    /// The same filing with other files.
    fn filing_with(allegati: Vec<Allegato>, nomi: Vec<String>) -> Self::Command;
    fn lavora(step: Lavora) -> Self::Command;
    fn base(state: &Self::State) -> Option<&Base>;
}

/// History of a stream.
pub(crate) struct Given<D: Decider> {
    state: D::State,
}

/// What a command came to.
pub(crate) struct Outcome<D: Decider> {
    result: Result<Vec<D::Event>, Refused>,
}

pub(crate) fn fold<'a, D: Decider>(events: impl IntoIterator<Item = &'a D::Event>) -> D::State
where
    D::Event: 'a,
{
    events.into_iter().fold(D::initial(), D::evolve)
}

pub(crate) fn given<D: Decider>(events: &[D::Event]) -> Given<D> {
    Given { state: fold::<D>(events) }
}

impl<D: Decider> Given<D> {
    pub(crate) fn when(self, command: D::Command, ctx: &Ctx) -> Outcome<D> {
        Outcome { result: D::decide(&self.state, command, ctx) }
    }
}

impl<D: Decider> Outcome<D> {
    /// Exactly these events.
    #[track_caller]
    pub(crate) fn then(self, expected: &[D::Event]) {
        assert_eq!(self.events(), expected);
    }

    /// Exactly these refusals as (field, code), in this order; the field is empty where the whole command is meant.
    #[track_caller]
    pub(crate) fn then_refused(self, expected: &[(&str, &str)]) {
        let refusals = self.refusals();
        let found: Vec<_> = refusals.iter().map(|r| (r.field.as_deref().unwrap_or(""), r.code.as_str())).collect();
        assert_eq!(found, expected);
    }

    /// The events of an accepted command.
    #[track_caller]
    pub(crate) fn events(self) -> Vec<D::Event> {
        self.result.unwrap_or_else(|refused| panic!("refused: {refused:?}"))
    }

    /// The refusals of a refused command.
    #[track_caller]
    pub(crate) fn refusals(self) -> Vec<Refusal> {
        match self.result {
            Ok(events) => panic!("accepted: {events:?}"),
            Err(Refused(refusals)) => refusals,
        }
    }
}

macro_rules! case {
    ($name:ident, $context:ident, $uscita:literal, $command:ident, $file:expr,
     [$filed:literal, $charge:literal, $end:literal]) => {
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Decider for $name {
            type State = $context::State;
            type Command = $context::Command;
            type Event = $context::Event;
            fn initial() -> Self::State {
                None
            }
            fn decide(state: &Self::State, command: Self::Command, ctx: &Ctx) -> Result<Vec<Self::Event>, Refused> {
                $context::decide(state, command, ctx)
            }
            fn evolve(state: Self::State, event: &Self::Event) -> Self::State {
                $context::evolve(state, event)
            }
            fn decode(kind: &str, payload: Value) -> Result<Self::Event, DecodeError> {
                $context::Event::decode(kind, payload)
            }
        }

        impl Case for $name {
            const USCITA: bool = $uscita;
            const LIFE: [&str; 6] = [$filed, "RicevutaEmessa", "TermineCalcolato", $charge, "LavorazioneAvviata", $end];
            fn filing() -> Self::Command {
                $context::Command::$command(Box::new($file))
            }
            fn filing_with(allegati: Vec<Allegato>, nomi_allegati: Vec<String>) -> Self::Command {
                $context::Command::$command(Box::new($context::$command { allegati, nomi_allegati, ..$file }))
            }
            fn lavora(step: Lavora) -> Self::Command {
                $context::Command::Lavora(step)
            }
            fn base(state: &Self::State) -> Option<&Base> {
                state.as_ref().map(|pratica| &pratica.base)
            }
        }
    };
}

case!(
    Segnalazione,
    segnalazione,
    false,
    Invia,
    segnala(),
    ["SegnalazioneInviata", "SegnalazionePresaInCarico", "SegnalazioneRisolta"]
);
case!(Lettera, lettera, true, Invia, scrivi(), ["LetteraInviata", "LetteraPresaInCarico", "RispostaInviata"]);
case!(Istanza, istanza, true, Presenta, presenta(), ["IstanzaPresentata", "IstanzaPresaInCarico", "IstanzaConclusa"]);

/// One entry of the register and its later history.
#[derive(Debug)]
pub(crate) struct Registro;

impl Decider for Registro {
    type State = Option<Registrazione>;
    type Command = ModificaRegistrazione;
    type Event = registro::Event;
    fn initial() -> Self::State {
        None
    }
    fn decide(state: &Self::State, command: Self::Command, ctx: &Ctx) -> Result<Vec<Self::Event>, Refused> {
        registro::decide_modifica(state.as_ref().expect("given an entry"), command, ctx)
    }
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State {
        registro::evolve(state, event)
    }
    fn decode(kind: &str, payload: Value) -> Result<Self::Event, DecodeError> {
        registro::Event::decode(kind, payload)
    }
}

/// A report that is in order.
pub(crate) fn segnala() -> segnalazione::Invia {
    segnalazione::Invia {
        id: PraticaId::sample(),
        autore: Anagrafica::sample(),
        categoria: "illuminazione".into(),
        titolo: "Lampione spento".into(),
        dettagli: "È spento da tre giorni.".into(),
        luogo: LuogoInput {
            indirizzo: "Via dei Tigli 12".into(),
            latitudine: Some(44.123_456),
            longitudine: Some(8.25),
        },
        allegati: vec![Allegato::sample()],
        nomi_allegati: vec!["lampione.jpg".into()],
    }
}

/// A letter that is in order.
pub(crate) fn scrivi() -> lettera::Invia {
    lettera::Invia {
        id: PraticaId::sample(),
        autore: Anagrafica::sample(),
        oggetto: "Il parco di via dei Tigli".into(),
        testo: "Gentile Sindaca,\nvorrei un'area giochi.".into(),
        allegati: Vec::new(),
        nomi_allegati: Vec::new(),
    }
}

/// A request that is in order.
pub(crate) fn presenta() -> istanza::Presenta {
    istanza::Presenta {
        id: PraticaId::sample(),
        autore: Anagrafica::sample(),
        servizio: Arc::new(crate::servizio::Servizio::sample()),
        modulo: json!({"oggetto": "Panchina in piazza", "richiesta": "Chiedo una panchina all'ombra."}),
        allegati: Vec::new(),
        nomi_allegati: Vec::new(),
        da_pratica: None,
    }
}

/// The office asks for documents.
pub(crate) fn ask(voci: &[&str], entro: jiff::civil::Date) -> istanza::Command {
    let voci = voci.iter().map(|voce| (*voce).to_owned()).collect();
    istanza::Command::RichiediIntegrazione(RichiediIntegrazione { voci, entro, messaggio: None })
}

/// The citizen adds what was asked for.
pub(crate) fn add(testo: Option<&str>, (allegati, nomi_allegati): (Vec<Allegato>, Vec<String>)) -> istanza::Command {
    let testo = testo.map(str::to_owned);
    istanza::Command::PresentaIntegrazione(Box::new(PresentaIntegrazione { testo, allegati, nomi_allegati }))
}

/// Friday 6 March 2026, half past ten in Rome; thirty days on it is Easter.
pub(crate) const FRIDAY: &str = "2026-03-06T09:30:00Z";

/// A citizen at level 2 files; the number is being assigned.
pub(crate) fn citizen() -> Ctx {
    Ctx { protocollo: Some(number(12, FRIDAY)), ..acting(Ruolo::Cittadino) }
}

/// Somebody acts on Friday, nothing is being registered.
pub(crate) fn acting(ruolo: Ruolo) -> Ctx {
    let cittadino = ruolo == Ruolo::Cittadino;
    let official = Operatore::sample();
    let attore = Attore {
        id: if cittadino { PersonaId::sample() } else { official.id },
        nome: if cittadino { "Mario Rossi".into() } else { official.nome },
        ruolo,
        livello: LivelloIdentita::L2,
        uffici: Vec::new(),
    };
    Ctx { at: FRIDAY.parse().expect("an instant"), attore, protocollo: None }
}

/// An official answers; the answer's number is being assigned.
pub(crate) fn answering() -> Ctx {
    Ctx { protocollo: Some(number(13, FRIDAY)), ..acting(Ruolo::Operatore) }
}

pub(crate) fn number(numero: u64, at: &str) -> Protocollo {
    let data = at.parse().expect("an instant");
    Protocollo {
        registro: CODICE_REGISTRO.into(),
        anno: crate::termini::anno_di_registrazione(data),
        numero,
        data,
        impronta: Impronta::from_bytes([0x5a; 32]),
    }
}

/// So many different files with their names.
pub(crate) fn files(count: u8) -> (Vec<Allegato>, Vec<String>) {
    let file = |n: u8| Allegato { id: AllegatoId(Uuid::from_u128(u128::from(n))), ..Allegato::sample() };
    ((0..count).map(file).collect(), (0..count).map(|n| format!("foto-{n}.jpg")).collect())
}

/// The steps of an office, in order.
pub(crate) fn steps() -> [Lavora; 3] {
    [
        Lavora::PrendiInCarico,
        Lavora::AvviaLavorazione { messaggio: Some("Interveniamo giovedì.".into()) },
        Lavora::Concludi { messaggio: "Fatto: grazie.".into() },
    ]
}

/// A whole life: the filing, and so many steps of the office.
pub(crate) fn life<D: Case>(steps_taken: usize) -> Vec<D::Event> {
    let mut events = given::<D>(&[]).when(D::filing(), &citizen()).events();
    for step in steps().into_iter().take(steps_taken) {
        let more = given::<D>(&events).when(D::lavora(step), &answering()).events();
        events.extend(more);
    }
    events
}

/// A text field of a form: what is too short, too long, blank or unprintable is refused; the limits themselves pass.
#[track_caller]
pub(crate) fn check_text<D: Decider>(field: &str, min: usize, max: usize, command: impl Fn(String) -> D::Command) {
    let when = |text: String| given::<D>(&[]).when(command(text), &citizen());
    assert!(!when("è".repeat(min)).events().is_empty());
    assert!(!when("🏛".repeat(max)).events().is_empty());
    assert!(!when(format!("\u{a0} {}\r\n", "è".repeat(max))).events().is_empty());
    when("è".repeat(min - 1)).then_refused(&[(field, "testo-corto")]);
    when("è".repeat(max + 1)).then_refused(&[(field, "testo-lungo")]);
    for blank in ["", "   ", "\t\r\n", "\u{3000}\u{a0}"] {
        when(blank.into()).then_refused(&[(field, "obbligatorio")]);
    }
    for control in ["abc\0", "abc\u{1b}[31md", "ab\u{7f}cd"] {
        when(control.into()).then_refused(&[(field, "caratteri-non-ammessi")]);
    }
}
