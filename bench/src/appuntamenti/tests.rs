use super::check::{Told, double, same};
use super::clients::drawn;
use super::nodes::moment;
use super::outcome::Outcome;
use super::requests::{Answer, prenota};
use domain::Sample as _;
use domain::agenda::{Event, Giornata, PostoPrenotato, evolve};
use domain::ids::PraticaId;
use domain::prenotabile::SlotId;
use serde_json::{Value, json};
use uuid::Uuid;

fn slot(text: &str) -> SlotId {
    text.parse().unwrap()
}

fn answer(payload: &Value) -> Answer {
    Answer::read(json!({ "data": { "prenotaAppuntamento": payload } }).to_string().as_bytes()).unwrap()
}

#[test]
fn answers_are_done_refused_or_for_later() {
    let done = json!({ "pratica": { "id": "ab" }, "errori": [] });
    assert_eq!(answer(&done), Answer::Done("ab".into()));
    let held = json!({ "blocco": { "id": "cd" }, "errori": [] });
    assert_eq!(answer(&held), Answer::Done("cd".into()));
    let refused =
        json!({ "pratica": null, "errori": [{ "codice": "slot-non-disponibile", "alternative": ["urp~tari~60"] }] });
    assert_eq!(answer(&refused), Answer::Refused("slot-non-disponibile".into(), vec![slot("urp~tari~60")]));
    let error = |code: &str| {
        Answer::read(json!({ "data": null, "errors": [{ "extensions": { "code": code } }] }).to_string().as_bytes())
    };
    assert_eq!(error("UNAVAILABLE").unwrap(), Answer::Busy);
    assert!(error("INTERNAL").is_err());
    assert!(Answer::read(b"<html>").is_err());
    let strange = json!({ "errori": [{ "codice": "slot-non-disponibile", "alternative": ["domani"] }] });
    let strange = json!({ "data": { "prenotaAppuntamento": strange } }).to_string();
    assert!(Answer::read(strange.as_bytes()).is_err(), "what is offered is a slot");
}

#[test]
fn a_refusal_names_another_slot_of_the_service() {
    let wanted = slot("urp~tari~60");
    let told = |code: &str, free: &[SlotId]| {
        let mut outcome = Outcome::default();
        outcome.refusal(&wanted, code.into(), free);
        (outcome.refused, outcome.mute, outcome.wrong().len())
    };
    assert_eq!(told("slot-non-disponibile", &[slot("urp~tari~120")]), (1, 0, 0));
    assert_eq!(told("slot-non-disponibile", &[]), (1, 1, 1));
    assert_eq!(told("slot-non-disponibile", std::slice::from_ref(&wanted)), (1, 0, 1));
    assert_eq!(told("slot-non-disponibile", &[slot("urp~imu~120")]), (1, 0, 1));
    assert_eq!(told("prenotazione-gia-attiva", &[]), (0, 0, 0));
}

#[test]
fn kills_lie_each_in_its_part_of_the_run() {
    for number in 0..20 {
        for random in [0, 1, 7_777, u64::MAX] {
            let at = moment(number, 20, 1_000, random);
            assert!((u64::from(number) * 50..u64::from(number + 1) * 50).contains(&at), "{number}: {at}");
        }
    }
    assert_eq!(moment(3, 20, 5, 9), 0, "more kills than attempts come at once");
}

#[test]
fn two_at_one_desk_are_found() {
    let seat = |id: u128, desk: &str, minutes: i64| {
        let sample = PostoPrenotato::sample();
        let later = |at: jiff::Timestamp| at + jiff::SignedDuration::from_mins(minutes);
        Event::from(PostoPrenotato {
            appuntamento: PraticaId(Uuid::from_u128(id)),
            sportello: desk.into(),
            inizio: later(sample.inizio),
            fine: later(sample.fine),
            libero_dal: later(sample.libero_dal),
            ..sample
        })
    };
    let length = PostoPrenotato::sample().libero_dal.duration_since(PostoPrenotato::sample().inizio).as_mins();
    let day = |seats: &[Event]| seats.iter().fold(Giornata::default(), evolve);
    assert_eq!(double(&day(&[seat(1, "s1", 0), seat(2, "s2", 0), seat(3, "s1", length)])), None);
    assert!(double(&day(&[seat(1, "s1", 0), seat(3, "s1", length - 1)])).is_some());
}

#[test]
fn what_was_promised_is_there_and_nothing_else() {
    let told = Told {
        seats: 2,
        booked: vec!["a".into(), "b".into(), "c".into()],
        held: vec![("a".into(), slot("urp~tari~60")), ("b".into(), slot("urp~tari~120"))],
    };
    let wrong = |seats: &[(&str, i64)]| {
        let second = |at: i64| jiff::Timestamp::from_second(at).unwrap();
        let shown = seats.iter().map(|(id, at)| ((*id).to_owned(), second(*at))).collect();
        let mut wrong = Vec::new();
        same("the log", &told, &shown, &mut wrong);
        wrong
    };
    assert!(wrong(&[("a", 60), ("b", 120)]).is_empty());
    assert_eq!(wrong(&[("a", 60)]).len(), 2, "a seat is empty, and somebody lost it");
    assert_eq!(wrong(&[("a", 60), ("b", 60)]).len(), 1, "somebody was moved");
    assert_eq!(wrong(&[("a", 60), ("b", 120), ("d", 180)]).len(), 2, "somebody sits there whom nobody knows");
}

#[test]
fn an_id_carries_its_moment() {
    assert_eq!(drawn("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").unwrap(), 1_645_557_742_000);
    assert!(drawn("7f1c1b2e-0000-4000-8000-000000000000").is_err(), "a random one has none");
}

#[test]
fn a_booking_carries_its_key_and_its_slot() {
    let body: Value = serde_json::from_slice(&prenota("chiave-1", &slot("urp~tari~60"), "Altro")).unwrap();
    assert!(body["query"].as_str().unwrap().contains("$input: PrenotaAppuntamentoInput!"));
    let input = &body["variables"]["input"];
    assert_eq!((&input["chiaveIdempotenza"], &input["slotId"]), (&json!("chiave-1"), &json!("urp~tari~60")));
    assert_eq!((&input["servizio"], &input["motivo"]), (&json!("tari"), &json!("Altro")));
}
