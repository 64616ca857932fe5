//! Waiting for an earlier slot.

use super::*;
use app::appuntamenti::{Memoria, ProcessoAppuntamenti};
use tokio_util::sync::CancellationToken;

const PLACE: &str = "attesa { davanti uffici dal entro offerta { slotId inizio scade } } posizione
  errori { campo codice messaggio }";
const MOVED: &str = "pratica { appuntamento { inizio attesa { davanti } } } errori { campo codice }";
const CASE: &str = "query($id: ID!) { pratica(id: $id) { appuntamento { attesa {
  davanti uffici dal entro offerta { slotId inizio scade } } } } }";

impl World {
    /// A round of the process that offers what is free.
    async fn round(&self) {
        let process = ProcessoAppuntamenti { app: self.app.clone(), avvisa: false, nodo: "uno".into() };
        self.catch_up().await;
        process.giro(&mut Memoria::default(), &CancellationToken::new()).await;
    }

    async fn waits(&self, who: &Utente, id: &Value) -> Value {
        self.ask(who, CASE, json!({ "id": id })).await["pratica"]["appuntamento"]["attesa"].clone()
    }
}

/// A booking on Tuesday, and the free slots of Monday.
async fn booked(world: &World, who: &Utente) -> (Value, Vec<Value>) {
    let tuesday = world.free(None, "2026-03-10").await;
    let id = world.book(who, "p", &tuesday[0]["id"]).await["pratica"]["id"].clone();
    (id, world.free(None, "2026-03-09").await)
}

fn wish(key: &str, id: &Value) -> Value {
    json!({ "chiaveIdempotenza": key, "praticaId": id, "uffici": ["urp"], "dal": "2026-03-09", "entro": "2026-03-09" })
}

fn step(key: &str, id: &Value) -> Value {
    json!({ "chiaveIdempotenza": key, "praticaId": id })
}

#[tokio::test]
async fn who_waits_is_offered_a_slot_and_accepts_it() {
    let world = World::office().await;
    let (mario, maria) = (world.mario(), world.maria());
    let (id, monday) = booked(&world, &mario).await;
    let (other, _) = booked(&world, &maria).await;
    assert_eq!(world.waits(&mario, &id).await, Value::Null);
    let joined = world.act_for(&mario, "iscriviAttesa", PLACE, wish("i", &id)).await;
    assert_eq!(joined["errori"], json!([]));
    let place = json!({ "davanti": 0, "uffici": ["urp"], "dal": "2026-03-09", "entro": "2026-03-09", "offerta": null });
    assert_eq!(joined["attesa"], place);
    assert_eq!(
        world.act_for(&mario, "iscriviAttesa", PLACE, wish("i", &id)).await,
        joined,
        "a repeat answers the same"
    );
    let again = world.act_for(&mario, "iscriviAttesa", PLACE, wish("j", &id)).await;
    assert_eq!((&again["attesa"], &again["errori"][0]["codice"]), (&Value::Null, &json!("gia-in-attesa")));
    let second = world.act_for(&maria, "iscriviAttesa", PLACE, wish("i", &other)).await;
    assert_eq!(second["attesa"]["davanti"], 1);
    let none = world.act_for(&mario, "accettaOfferta", MOVED, step("k", &id)).await;
    assert_eq!(none["errori"][0]["codice"], "offerta-inesistente");
    world.round().await;
    let waits = world.waits(&mario, &id).await;
    assert_eq!((&waits["offerta"]["slotId"], &waits["offerta"]["inizio"]), (&monday[0]["id"], &monday[0]["inizio"]));
    assert_eq!(waits["offerta"]["scade"], "2026-03-06T11:30:00Z");
    let accepted = world.act_for(&mario, "accettaOfferta", MOVED, step("a", &id)).await;
    assert_eq!(accepted["errori"], json!([]));
    assert_eq!(accepted["pratica"]["appuntamento"], json!({ "inizio": monday[0]["inizio"], "attesa": null }));
    assert_eq!(world.act_for(&mario, "accettaOfferta", MOVED, step("a", &id)).await, accepted);
    assert_eq!(world.waits(&maria, &other).await["davanti"], 0);
}

#[tokio::test]
async fn an_offer_is_declined_and_the_list_left() {
    let world = World::office().await;
    let mario = world.mario();
    let (id, monday) = booked(&world, &mario).await;
    world.act_for(&mario, "iscriviAttesa", PLACE, wish("i", &id)).await;
    world.round().await;
    let declined = world.act_for(&mario, "rifiutaOfferta", PLACE, step("r", &id)).await;
    assert_eq!(declined["errori"], json!([]));
    assert_eq!((&declined["attesa"]["davanti"], &declined["attesa"]["offerta"]), (&json!(0), &Value::Null));
    assert_eq!(world.free(None, "2026-03-09").await, monday, "it is free again");
    let left = world.act_for(&mario, "lasciaAttesa", PLACE, step("l", &id)).await;
    assert_eq!((&left["attesa"], &left["errori"]), (&Value::Null, &json!([])));
    assert_eq!(world.act_for(&mario, "lasciaAttesa", PLACE, step("l", &id)).await, left);
    let gone = world.act_for(&mario, "lasciaAttesa", PLACE, step("m", &id)).await;
    assert_eq!(gone["errori"][0]["codice"], "non-in-attesa");
}

#[tokio::test]
async fn a_place_is_nobody_elses() {
    let world = World::office().await;
    let (mario, maria) = (world.mario(), world.maria());
    let (id, _) = booked(&world, &mario).await;
    world.act_for(&mario, "iscriviAttesa", PLACE, wish("i", &id)).await;
    for (name, input, answer) in [
        ("iscriviAttesa", wish("x", &id), PLACE),
        ("lasciaAttesa", step("x", &id), PLACE),
        ("rifiutaOfferta", step("x", &id), PLACE),
        ("accettaOfferta", step("x", &id), MOVED),
    ] {
        let refused = world.act_for(&maria, name, answer, input).await;
        let error = &refused["errori"][0];
        assert_eq!((&error["codice"], &error["campo"]), (&json!("non-trovato"), &json!("praticaId")), "{name}");
    }
    // An officer of the office sees the appointment, and not that its holder would rather come earlier.
    let officer = world.person("MRTMTT91D08F205J", "Giulia", Ruolo::Operatore, &["urp"], &[]);
    let seen = world.ask(&officer, CASE, json!({ "id": id })).await;
    assert_eq!(seen["pratica"]["appuntamento"], json!({ "attesa": null }));
}
