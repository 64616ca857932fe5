use super::*;
use crate::Caso;
use crate::Evento;
use crate::Sample as _;
use crate::allegato::{MAX_ALLEGATI, MAX_BYTES, MAX_NOME};
use crate::spec::{
    Case, Istanza, Lettera, Segnalazione, acting, answering, citizen, files, fold, given, life, number, steps,
};

/// Runs a generic check for each kind of case.
macro_rules! each_kind {
    ($($test:ident => $check:ident),+ $(,)?) => {
        $(#[test]
        fn $test() {
            $check::<Segnalazione>();
            $check::<Lettera>();
            $check::<Istanza>();
        })+
    };
}

each_kind!(
    a_whole_life_has_its_events_in_order => whole_life,
    each_step_is_refused_everywhere_but_in_its_place => state_by_command,
    what_is_not_filed_cannot_be_worked_nor_filed_twice => filed_once,
    outside_a_registration_nothing_is_filed => needs_number,
    limits_of_the_files => attachments,
    limits_of_the_messages => messages,
    the_steps_say_who_and_when => who_and_when,
    a_receipt_is_formed_once_in_any_state_from_the_number_on => receipt,
);

fn whole_life<D: Case>() {
    let events: Vec<Evento> = life::<D>(3).into_iter().map(Into::into).collect();
    assert_eq!(events.iter().map(Evento::kind).collect::<Vec<_>>(), D::LIFE);
    let states: Vec<_> = (1..=events.len()).map(|n| Caso::fold(&events[..n]).expect("a case").base().stato).collect();
    assert_eq!(
        states,
        [
            StatoPratica::Inviata,
            StatoPratica::Protocollata,
            StatoPratica::Protocollata,
            StatoPratica::PresaInCarico,
            StatoPratica::InLavorazione,
            StatoPratica::Conclusa,
        ]
    );
}

/// Every pair of state and step: only (protocollata, take charge), (presa in carico, begin), (in lavorazione, end) pass.
fn state_by_command<D: Case>() {
    let whole = life::<D>(3);
    // How many events lead to each state, and which step may follow there.
    let table = [
        (StatoPratica::Inviata, 1, None),
        (StatoPratica::Protocollata, 3, Some(0)),
        (StatoPratica::PresaInCarico, 4, Some(1)),
        (StatoPratica::InLavorazione, 5, Some(2)),
        (StatoPratica::Conclusa, 6, None),
    ];
    // Requests and appointments have states of their own: see their tests.
    let own = [
        StatoPratica::InIntegrazione,
        StatoPratica::Rinunciata,
        StatoPratica::Prenotata,
        StatoPratica::Annullata,
        StatoPratica::NonPresentata,
    ];
    let shared: Vec<_> = StatoPratica::ALL.into_iter().filter(|state| !own.contains(state)).collect();
    assert_eq!(table.map(|(state, ..)| state).as_slice(), shared);
    for (state, events, next) in table {
        let history = &whole[..events];
        assert_eq!(D::base(&fold::<D>(history)).expect("a case").stato, state);
        for (index, step) in steps().into_iter().enumerate() {
            let outcome = given::<D>(history).when(D::lavora(step.clone()), &answering());
            if next == Some(index) {
                let expected: Evento = whole[events].clone().into();
                let found: Vec<Evento> = outcome.events().into_iter().map(Into::into).collect();
                assert_eq!(found, [expected]);
            } else {
                let refusals = outcome.refusals();
                let expected = crate::Refusal::whole("stato-non-ammesso").with("stato", state.as_str());
                assert_eq!(refusals, [expected], "{state:?} x {step:?}");
            }
        }
        given::<D>(history).when(D::filing(), &citizen()).then_refused(&[("", "gia-inviata")]);
    }
}

fn filed_once<D: Case>() {
    for step in steps() {
        given::<D>(&[]).when(D::lavora(step), &answering()).then_refused(&[("", "pratica-inesistente")]);
    }
    given::<D>(&life::<D>(0)).when(D::filing(), &citizen()).then_refused(&[("", "gia-inviata")]);
}

fn needs_number<D: Case>() {
    let ctx = acting(crate::persona::Ruolo::Cittadino);
    given::<D>(&[]).when(D::filing(), &ctx).then_refused(&[("", "protocollo-mancante")]);
    let end = given::<D>(&life::<D>(2))
        .when(D::lavora(Lavora::Concludi { messaggio: "Fatto.".into() }), &acting(crate::persona::Ruolo::Operatore));
    if D::USCITA {
        end.then_refused(&[("", "protocollo-mancante")]);
    } else {
        assert_eq!(end.events().len(), 1);
    }
}

fn attachments<D: Case>() {
    let filing = |(allegati, nomi): (Vec<_>, Vec<_>)| given::<D>(&[]).when(D::filing_with(allegati, nomi), &citizen());
    for count in 0..=MAX_ALLEGATI {
        assert_eq!(filing(files(count as u8)).events().len(), 3, "{count} files");
    }
    filing(files(MAX_ALLEGATI as u8 + 1)).then_refused(&[("allegati", "troppi-allegati")]);
    let large = |bytes: u64| {
        let (mut one, name) = files(1);
        one[0].dimensione = bytes;
        filing((one, name))
    };
    assert_eq!(large(MAX_BYTES).events().len(), 3);
    large(MAX_BYTES + 1).then_refused(&[("allegati", "file-troppo-grande")]);
    let (two, names) = files(2);
    filing((two.clone(), names[..1].to_vec())).then_refused(&[("allegati", "troppi-allegati")]);
    filing((two[..1].to_vec(), names.clone())).then_refused(&[("allegati", "troppi-allegati")]);
    filing((vec![two[0].clone(), two[1].clone(), two[0].clone()], files(3).1))
        .then_refused(&[("allegati", "allegato-ripetuto")]);
    for (name, code) in [
        (String::new(), "obbligatorio"),
        ("è".repeat(MAX_NOME + 1), "testo-lungo"),
        ("foto\nX-Header: 1.jpg".into(), "caratteri-non-ammessi"),
    ] {
        filing((two.clone(), vec![names[0].clone(), name])).then_refused(&[("allegati", code)]);
    }
    assert_eq!(filing((two, vec![names[0].clone(), "è".repeat(MAX_NOME)])).events().len(), 3);
}

fn messages<D: Case>() {
    let begin = |messaggio: Option<String>| {
        given::<D>(&life::<D>(1)).when(D::lavora(Lavora::AvviaLavorazione { messaggio }), &answering())
    };
    let end =
        |messaggio: String| given::<D>(&life::<D>(2)).when(D::lavora(Lavora::Concludi { messaggio }), &answering());
    for none in [None, Some(String::new()), Some(" \r\n".into())] {
        let event: Evento = begin(none).events().swap_remove(0).into();
        assert_eq!(event.payload()["personale"], serde_json::json!({}));
    }
    assert_eq!(begin(Some("è".repeat(4_000))).events().len(), 1);
    assert_eq!(begin(Some("x".into())).events().len(), 1);
    begin(Some("è".repeat(4_001))).then_refused(&[("messaggio", "testo-lungo")]);
    begin(Some("abc\0".into())).then_refused(&[("messaggio", "caratteri-non-ammessi")]);
    assert_eq!(end("è".repeat(4_000)).events().len(), 1);
    for (text, code) in [
        (String::new(), "obbligatorio"),
        (" \n\t".into(), "obbligatorio"),
        ("ok".into(), "testo-corto"),
        ("è".repeat(4_001), "testo-lungo"),
        ("abc\u{1b}".into(), "caratteri-non-ammessi"),
    ] {
        end(text).then_refused(&[("messaggio", code)]);
    }
}

fn who_and_when<D: Case>() {
    let state = fold::<D>(&life::<D>(3));
    let base = D::base(&state).expect("a case");
    let (ctx, official) = (answering(), Operatore::from(&answering().attore));
    assert_eq!(base.titolare, citizen().attore.id);
    assert_eq!(base.inviata_il, ctx.at);
    assert_eq!(base.protocollo, Some(number(12, crate::spec::FRIDAY)));
    assert_eq!(base.presa_in_carico, Some((official.clone(), ctx.at)));
    assert_eq!(base.lavorazione_dal, Some(ctx.at));
    let end = base.chiusura.as_ref().expect("an end");
    assert_eq!((&end.operatore, end.il), (&official, ctx.at));
    assert_eq!(end.messaggio.get().and_then(|m| m.messaggio.as_deref()), Some("Fatto: grazie."));
    assert_eq!(end.protocollo.is_some(), D::USCITA);
}

fn receipt<D: Case>() {
    let events: Vec<Evento> = life::<D>(3).into_iter().map(Into::into).collect();
    let (file, ctx) = (RicevutaFormata::sample().file, acting(crate::persona::Ruolo::Sistema));
    let form = |history: &[Evento]| Caso::fold(history).expect("a case").forma_ricevuta(file.clone(), &ctx);
    let code = |refused: crate::Refused| refused.0.into_iter().map(|refusal| refusal.code).collect::<Vec<_>>();
    assert_eq!(form(&events[..1]).map_err(code), Err(vec!["protocollo-mancante".to_owned()]));
    for known in 2..=events.len() {
        let mut history = events[..known].to_vec();
        let before = Caso::fold(&history).expect("a case");
        history.push(form(&history).expect("it has a number"));
        let after = Caso::fold(&history).expect("a case");
        let expected = Base { ricevuta_pdf: Some(file.clone()), ..before.base().clone() };
        assert_eq!(after.base(), &expected, "and nothing else");
        assert_eq!(form(&history).map_err(code), Err(vec!["ricevuta-gia-formata".to_owned()]));
        // What follows is folded as if there were none, and leaves it.
        history.extend_from_slice(&events[known..]);
        let end = Caso::fold(&history).expect("a case");
        assert_eq!(end.base().ricevuta_pdf.as_ref(), Some(&file));
        assert_eq!(end.base().stato, Caso::fold(&events).expect("a case").base().stato);
    }
}

#[test]
fn kinds_and_states_have_names_that_are_read_back() {
    for tipo in TipoPratica::ALL {
        assert_eq!(TipoPratica::parse(tipo.as_str()), Some(tipo));
        assert_eq!(serde_json::to_value(tipo).unwrap(), tipo.as_str());
        let id = PraticaId(uuid::Uuid::from_u128(7));
        assert_eq!(crate::evento::pratica_di(&tipo.stream(id)), Some((tipo, id)));
    }
    for stato in StatoPratica::ALL {
        assert_eq!(StatoPratica::parse(stato.as_str()), Some(stato));
        assert_eq!(serde_json::to_value(stato).unwrap(), stato.as_str());
    }
    for stream in
        ["", "istanza", "istanza-", "istanza-7", "registro-PROT-2026", "altro-00000000-0000-0000-0000-000000000007"]
    {
        assert_eq!(crate::evento::pratica_di(stream), None, "{stream}");
    }
}
