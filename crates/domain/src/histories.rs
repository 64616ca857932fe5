//! Random histories: whatever is asked in whatever order, the same promises hold.

use crate::ids::PraticaId;
use crate::persona::{LivelloIdentita, Ruolo};
use crate::pratica::{Base, Lavora, StatoPratica};
use crate::registro::{ModificaRegistrazione, ProtocolloRegistrato};
use crate::segnalazione::LuogoInput;
use crate::spec::{
    Case, Decider, Istanza, Lettera, Registro, Segnalazione, acting, add, ask, files, fold, number, presenta, scrivi,
    segnala, steps,
};
use crate::titolario::Classifica;
use crate::{Caso, Ctx, Evento, Sample, istanza, lettera, segnalazione};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;
use uuid::Uuid;

/// Texts that forms meet: good, too short, too long, blank, with signs of all scripts, with control characters.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zà-ù ]{3,40}", 2 => "\\PC{0,30}", 1 => ".{0,12}", 1 => "[ \t\r\n]{0,4}", 1 => "x{190,240}", 1 => "è{3990,4010}"]
}

fn any_ctx() -> impl Strategy<Value = Ctx> {
    let role = select(vec![
        Ruolo::Cittadino,
        Ruolo::Operatore,
        Ruolo::Protocollo,
        Ruolo::SegreteriaSindaco,
        Ruolo::Sviluppatore,
        Ruolo::Sistema,
    ]);
    let level = select(vec![LivelloIdentita::L1, LivelloIdentita::L2, LivelloIdentita::L2, LivelloIdentita::L3]);
    // From 2001 to 2099, the years for which the table of holidays is complete.
    (role, level, 978_400_000i64..4_070_000_000, proptest::option::weighted(0.8, 1u64..20_000_000)).prop_map(
        |(role, livello, second, numero)| {
            let at = Timestamp::from_second(second).expect("an instant");
            let mut ctx = Ctx { at, protocollo: numero.map(|n| number(n, &at.to_string())), ..acting(role) };
            ctx.attore.livello = livello;
            ctx
        },
    )
}

fn any_degree() -> impl Strategy<Value = Option<f64>> {
    proptest::option::of(prop_oneof![4 => -90.0f64..90.0, 2 => any::<f64>(), 1 => Just(-0.0)])
}

fn any_step() -> impl Strategy<Value = Lavora> {
    prop_oneof![
        Just(Lavora::PrendiInCarico),
        proptest::option::of(any_text()).prop_map(|messaggio| Lavora::AvviaLavorazione { messaggio }),
        any_text().prop_map(|messaggio| Lavora::Concludi { messaggio }),
    ]
}

/// A kind of case whose filings can be drawn at random.
trait Drawn: Case {
    fn any_filing() -> BoxedStrategy<Self::Command>;
    /// What only this kind can be asked, if anything: a request for documents due so many days later, its answer, a
    /// withdrawal.
    fn own(_what: Own, _ctx: &Ctx) -> Option<Self::Command> {
        None
    }
    /// States that this kind never comes to.
    const NEVER: &[StatoPratica] = &[StatoPratica::InIntegrazione, StatoPratica::Rinunciata];
}

/// States of appointments only.
const APPUNTAMENTO: [StatoPratica; 3] = [StatoPratica::Prenotata, StatoPratica::Annullata, StatoPratica::NonPresentata];

/// What only requests can be asked.
#[derive(Debug, Clone, Copy)]
enum Own {
    Ask(i32),
    Add(u8),
    Withdraw,
}

fn any_own() -> impl Strategy<Value = Own> {
    prop_oneof![4 => (-1i32..32).prop_map(Own::Ask), 2 => (0u8..7).prop_map(Own::Add), 2 => Just(Own::Withdraw)]
}

impl Drawn for Segnalazione {
    fn any_filing() -> BoxedStrategy<Self::Command> {
        let category = prop_oneof![
            6 => select(segnalazione::CATEGORIE.to_vec()).prop_map(|c| c.nome.to_uppercase()),
            1 => any_text()
        ];
        (any::<u128>(), category, any_text(), any_text(), any_text(), any_degree(), any_degree(), 0u8..7)
            .prop_map(|(id, categoria, titolo, dettagli, indirizzo, latitudine, longitudine, count)| {
                let (allegati, nomi_allegati) = files(count);
                segnalazione::Command::Invia(Box::new(segnalazione::Invia {
                    id: PraticaId(Uuid::from_u128(id)),
                    categoria,
                    titolo,
                    dettagli,
                    luogo: LuogoInput { indirizzo, latitudine, longitudine },
                    allegati,
                    nomi_allegati,
                    ..segnala()
                }))
            })
            .boxed()
    }
}

impl Drawn for Lettera {
    fn any_filing() -> BoxedStrategy<Self::Command> {
        (any::<u128>(), any_text(), any_text(), 0u8..7)
            .prop_map(|(id, oggetto, testo, count)| {
                let (allegati, nomi_allegati) = files(count);
                let id = PraticaId(Uuid::from_u128(id));
                lettera::Command::Invia(Box::new(lettera::Invia {
                    id,
                    oggetto,
                    testo,
                    allegati,
                    nomi_allegati,
                    ..scrivi()
                }))
            })
            .boxed()
    }
}

/// A value of a form: mostly text, sometimes something else.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => any_text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => Just(Value::Array(vec![Value::Null])),
        1 => Just(Value::from("RSSMRA80A01H501U")),
        1 => "[0-9 +]{5,20}".prop_map(Value::from),
    ]
}

impl Drawn for Istanza {
    fn any_filing() -> BoxedStrategy<Self::Command> {
        let names = || {
            prop_oneof![
                8 => select(vec!["oggetto", "richiesta", "codiceFiscaleInteressato", "telefono"])
                    .prop_map(str::to_owned),
                1 => "[a-z]{1,8}"
            ]
        };
        let form = prop_oneof![
            1 => any_value(),
            8 => proptest::collection::vec((names(), any_value()), 0..5).prop_map(|fields| {
                let mut form = presenta().modulo;
                for (name, value) in fields {
                    form[name] = value;
                }
                form
            })
        ];
        (any::<u128>(), form, 0u8..7)
            .prop_map(|(id, modulo, count)| {
                let (allegati, nomi_allegati) = files(count);
                let id = PraticaId(Uuid::from_u128(id));
                istanza::Command::Presenta(Box::new(istanza::Presenta {
                    id,
                    modulo,
                    allegati,
                    nomi_allegati,
                    ..presenta()
                }))
            })
            .boxed()
    }

    fn own(what: Own, ctx: &Ctx) -> Option<Self::Command> {
        Some(match what {
            Own::Ask(days) => {
                let oggi = crate::termini::data_locale(ctx.at);
                ask(&["Planimetria"], oggi.saturating_add(jiff::Span::new().days(days)))
            }
            Own::Add(count) => {
                // Other files than those of a drawn filing.
                let (mut allegati, nomi) = files(count);
                for file in &mut allegati {
                    file.id.0 = Uuid::from_u128(file.id.0.as_u128() + 100);
                }
                add(Some("Eccola."), (allegati, nomi))
            }
            Own::Withdraw => istanza::Command::Rinuncia { motivo: None },
        })
    }

    const NEVER: &[StatoPratica] = &[];
}

/// What is tried next.
#[derive(Debug, Clone)]
enum Try<C> {
    /// What fits the state, so that histories get somewhere.
    Fitting,
    /// What only requests can be asked; what fits, for the others.
    Own(Own),
    /// Anything.
    Any(C),
}

fn tries<D: Drawn>() -> impl Strategy<Value = Vec<(Try<D::Command>, Ctx)>> {
    let attempt = prop_oneof![
        3 => Just(Try::Fitting),
        2 => any_own().prop_map(Try::Own),
        2 => D::any_filing().prop_map(Try::Any),
        2 => any_step().prop_map(|step| Try::Any(D::lavora(step))),
    ];
    proptest::collection::vec((attempt, any_ctx()), 1..24)
}

fn fitting<D: Drawn>(state: &D::State, ctx: &Ctx) -> D::Command {
    let [charge, begin, end] = steps();
    match D::base(state).map(|base| base.stato) {
        None => D::filing(),
        Some(StatoPratica::Inviata | StatoPratica::Protocollata) => D::lavora(charge),
        Some(StatoPratica::PresaInCarico) => D::lavora(begin),
        Some(StatoPratica::InIntegrazione) => D::own(Own::Add(1), ctx).expect("only requests await documents"),
        // Where work goes on, or nothing more is to be done; appointments are drawn elsewhere.
        Some(_) => D::lavora(end),
    }
}

/// Carries the tries out and gives the events back; checks each decision and each event on the way.
fn play<D: Drawn>(tries: Vec<(Try<D::Command>, Ctx)>) -> Result<Vec<D::Event>, TestCaseError> {
    let mut history: Vec<D::Event> = Vec::new();
    let mut state = D::initial();
    for (attempt, ctx) in tries {
        let command = match attempt {
            Try::Fitting => fitting::<D>(&state, &ctx),
            Try::Own(what) => D::own(what, &ctx).unwrap_or_else(|| fitting::<D>(&state, &ctx)),
            Try::Any(command) => command,
        };
        let decision = D::decide(&state, command.clone(), &ctx);
        prop_assert_eq!(&D::decide(&fold::<D>(&history), command, &ctx), &decision, "same input, same output");
        match decision {
            Ok(events) => {
                prop_assert!(!events.is_empty());
                prop_assert!(D::base(&state).is_none_or(|base| base.stato.aperta()), "it had ended");
                for event in events {
                    state = take::<D>(state, &event)?;
                    history.push(event);
                }
            }
            Err(refused) => {
                prop_assert!(!refused.0.is_empty());
                let dashed = |code: &str| !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
                prop_assert!(refused.0.iter().all(|refusal| dashed(&refusal.code)), "{:?}", refused);
            }
        }
    }
    prop_assert_eq!(&fold::<D>(&history), &state, "folding at once is folding step by step");
    Ok(history)
}

/// Folds one accepted event, after a round trip through its stored form.
fn take<D: Case>(state: D::State, event: &D::Event) -> Result<D::State, TestCaseError> {
    let generic: Evento = event.clone().into();
    let payload = generic.payload();
    let stored: Value = serde_json::from_str(&payload.to_string()).expect("JSON");
    prop_assert_eq!(&stored, &payload);
    prop_assert_eq!(&D::decode(generic.kind(), stored).expect("an event"), event);
    let before = D::base(&state).map(|base| base.stato);
    let state = D::evolve(state, event);
    let base = D::base(&state).expect("a case");
    prop_assert!(before.is_none_or(|before| follows(before, base.stato)), "{:?} -> {:?}", before, base.stato);
    prop_assert_eq!(base.protocollo.is_some(), base.stato != StatoPratica::Inviata);
    prop_assert_eq!(base.chiusura.is_some(), base.stato == StatoPratica::Conclusa);
    prop_assert_eq!(base.rinuncia.is_some(), base.stato == StatoPratica::Rinunciata);
    prop_assert!(base.integrazione.is_some() || base.stato != StatoPratica::InIntegrazione);
    let early = [StatoPratica::Inviata, StatoPratica::Protocollata].contains(&base.stato);
    prop_assert!(base.stato == StatoPratica::Rinunciata || base.presa_in_carico.is_some() != early);
    // One suspension for missing documents, 30 days at most.
    let suspended = base.termine.as_ref().map_or(0, crate::termini::Termine::giorni_sospesi);
    prop_assert!((0..=30).contains(&suspended) && (suspended == 0 || base.integrazione.is_some()));
    Ok(state)
}

/// Where a case may go from where it stands.
fn follows(before: StatoPratica, after: StatoPratica) -> bool {
    use StatoPratica::{Conclusa, InIntegrazione, InLavorazione, Inviata, PresaInCarico, Protocollata, Rinunciata};
    before == after
        || match before {
            Inviata => after == Protocollata,
            Protocollata => matches!(after, PresaInCarico | Rinunciata),
            PresaInCarico => matches!(after, InLavorazione | InIntegrazione | Rinunciata),
            InLavorazione => matches!(after, Conclusa | InIntegrazione | Rinunciata),
            InIntegrazione => matches!(after, PresaInCarico | InLavorazione | Conclusa | Rinunciata),
            // Nothing follows an end; the states of appointments are none of these kinds'.
            _ => false,
        }
}

/// The same events once their keys are destroyed.
fn forgotten<D: Decider>(history: &[D::Event]) -> Vec<D::Event> {
    let forget = |event: &D::Event| {
        let event: Evento = event.clone().into();
        let mut payload = event.payload();
        if let Some(personal) = payload.get_mut("personale") {
            *personal = Value::Null;
        }
        D::decode(event.kind(), payload).expect("an event is read without its personal data")
    };
    history.iter().map(forget).collect()
}

fn without_persons(mut base: Base) -> Base {
    base.richiedente.0 = None;
    base.nomi_allegati.clear();
    if let Some(end) = &mut base.chiusura {
        end.messaggio.0 = None;
    }
    if let Some(asked) = &mut base.integrazione {
        asked.richiesta.0 = None;
        if let Some(added) = &mut asked.risposta {
            added.documento.0 = None;
        }
    }
    if let Some(withdrawal) = &mut base.rinuncia {
        withdrawal.documento.0 = None;
    }
    base
}

fn check_history<D: Drawn>(tries: Vec<(Try<D::Command>, Ctx)>, order: &[Index]) -> Result<(), TestCaseError> {
    let history = play::<D>(tries)?;
    let whole = fold::<D>(&history);

    let folded = fold::<D>(&forgotten::<D>(&history));
    prop_assert_eq!(D::base(&folded).cloned(), D::base(&whole).cloned().map(without_persons));

    let generic: Vec<Evento> = history.iter().cloned().map(Into::into).collect();
    let case = Caso::fold(&generic);
    prop_assert_eq!(case.as_ref().map(Caso::base), D::base(&whole));
    prop_assert!(
        Caso::fold(&forgotten::<D>(&history).into_iter().map(Into::into).collect::<Vec<_>>())
            .is_none_or(|case| case.titolo().is_none())
    );

    // A damaged log: events lost, repeated, out of order. Folding reports what it finds and never panics.
    if !history.is_empty() {
        let damaged: Vec<_> = order.iter().map(|index| index.get(&history).clone()).collect();
        let state = fold::<D>(&damaged);
        let filed = damaged.iter().any(|event| Into::<Evento>::into(event.clone()).kind() == D::LIFE[0]);
        prop_assert_eq!(D::base(&state).is_some(), filed);
    }
    Ok(())
}

fn any_change() -> impl Strategy<Value = ModificaRegistrazione> {
    let office = proptest::option::of(select(vec!["urp", "ambiente", "lavori-pubblici"]));
    let class = proptest::option::of(select(crate::titolario::tutte().collect::<Vec<Classifica>>()));
    (office, class, any_text()).prop_map(|(office, classifica, motivo)| ModificaRegistrazione {
        assegnazione: office.map(crate::ente::CodiceUfficio::new),
        classifica,
        motivo,
    })
}

proptest! {
    #[test]
    fn reports(tries in tries::<Segnalazione>(), order in proptest::collection::vec(any::<Index>(), 0..12)) {
        check_history::<Segnalazione>(tries, &order)?;
    }

    #[test]
    fn letters(tries in tries::<Lettera>(), order in proptest::collection::vec(any::<Index>(), 0..12)) {
        check_history::<Lettera>(tries, &order)?;
    }

    #[test]
    fn requests(tries in tries::<Istanza>(), order in proptest::collection::vec(any::<Index>(), 0..12)) {
        check_history::<Istanza>(tries, &order)?;
    }

    #[test]
    fn entries_of_the_register(changes in proptest::collection::vec((any_change(), any_ctx()), 0..20)) {
        let entry = ProtocolloRegistrato::sample();
        let mut state = Registro::evolve(None, &entry.clone().into());
        for (command, ctx) in changes {
            let before = state.clone().expect("an entry");
            let decision = Registro::decide(&state, command.clone(), &ctx);
            prop_assert_eq!(&Registro::decide(&state, command.clone(), &ctx), &decision);
            let Ok(events) = decision else { continue };
            prop_assert_eq!(ctx.attore.ruolo, Ruolo::Protocollo);
            for event in &events {
                let generic: Evento = event.clone().into();
                prop_assert_eq!(&Registro::decode(generic.kind(), generic.payload()).expect("an event"), event);
                state = Registro::evolve(state, event);
            }
            let after = state.clone().expect("an entry");
            prop_assert_eq!(&after.entrata, &entry);
            prop_assert_eq!(&after.assegnazione, &command.assegnazione.unwrap_or(before.assegnazione));
            prop_assert_eq!(after.classifica, command.classifica.unwrap_or(before.classifica));
        }
    }
}

/// The drawing is worth something only if it reaches every state and both outcomes.
#[test]
fn random_histories_get_somewhere() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    fn check<D: Drawn>() {
        let mut runner = TestRunner::deterministic();
        let mut reached = std::collections::HashMap::<StatoPratica, u32>::new();
        let mut drawn_filings = 0;
        for _ in 0..200 {
            let tries = tries::<D>().new_tree(&mut runner).expect("a value").current();
            let history = play::<D>(tries).expect("a history");
            if let Some(base) = D::base(&fold::<D>(&history)) {
                *reached.entry(base.stato).or_default() += 1;
                drawn_filings += u32::from(base.id != PraticaId::sample());
            }
        }
        for state in
            StatoPratica::ALL[1..].iter().filter(|state| !D::NEVER.contains(state) && !APPUNTAMENTO.contains(state))
        {
            assert!(reached.get(state).is_some_and(|n| *n >= 5), "{reached:?}");
        }
        assert!(drawn_filings >= 5, "only {drawn_filings} drawn filings were accepted");
    }
    check::<Segnalazione>();
    check::<Lettera>();
    check::<Istanza>();
}
