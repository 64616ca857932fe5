//! Appointments: availability, holds, bookings, and the office's day.

use super::*;
use domain::Sample as _;
use domain::prenotabile::{Orario, Prenotabile};

const CASE: &str =
    "pratica { id codice tipo stato appuntamento { servizio ufficio { id } sportello inizio fine canale sequenza
  motivo arrivo { turno } chiamata { sportello } annullamento { chi motivo } } } protocollo { registro numero }
  posizione errori { campo codice messaggio alternative }";

fn mutation(name: &str, answer: &str) -> String {
    let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {answer} }} }}")
}

impl World {
    /// With one office that receives: two desks, Monday from nine o'clock.
    pub(super) async fn office() -> Self {
        let world = Self::new().await;
        let orario = Orario { ufficio: CodiceUfficio::new("urp"), versione: 90, ..Orario::sample() };
        world.app.pubblica_prenotabile(ENTE, &Prenotabile::sample()).await.unwrap();
        world.app.pubblica_orario(ENTE, &orario).await.unwrap();
        world
    }

    fn officer(&self) -> Utente {
        self.person("MRTMTT91D08F205J", "Giulia", Ruolo::Operatore, &["urp"], &[])
    }

    pub(super) async fn free(&self, who: Option<&Utente>, giorno: &str) -> Vec<Value> {
        let query = "query($giorno: Date!) { disponibilita(servizio: \"carta-identita\", dal: $giorno, al: $giorno) {
          ufficio { id nome } slot { id inizio fine liberi } } }";
        self.catch_up().await;
        let answer = self.ask_with(who, query, json!({ "giorno": giorno })).await;
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        let office = &answer["data"]["disponibilita"][0];
        assert_eq!(office["ufficio"]["id"], "urp");
        office["slot"].as_array().unwrap().clone()
    }

    pub(super) async fn act(&self, who: &Utente, name: &str, input: Value) -> Value {
        self.act_for(who, name, CASE, input).await
    }

    pub(super) async fn act_for(&self, who: &Utente, name: &str, answer: &str, input: Value) -> Value {
        self.ask(who, &mutation(name, answer), json!({ "input": input })).await[name].clone()
    }

    pub(super) async fn book(&self, who: &Utente, key: &str, slot: &Value) -> Value {
        self.act(who, "prenotaAppuntamento", booking(key, slot)).await
    }
}

fn booking(key: &str, slot: &Value) -> Value {
    json!({
        "chiaveIdempotenza": key,
        "slotId": slot,
        "servizio": "carta-identita",
        "motivo": "Rinnovo",
        "dettagli": "La carta è scaduta.",
        "richiedente": { "nome": "Mario", "cognome": "Rossi", "email": "mario@example.org" },
    })
}

const MONDAY: &str = "2026-03-09";

#[tokio::test]
async fn what_is_free_is_for_everybody_and_a_hold_takes_it() {
    let world = World::office().await;
    let free = world.free(None, MONDAY).await;
    assert_eq!((free.len(), &free[0]["liberi"]), (6, &json!(2)));
    assert_eq!(free[0]["inizio"], "2026-03-09T08:00:00Z");
    let answer = "blocco { id slotId inizio fine scade } posizione errori { codice }";
    let input = json!({ "slotId": free[0]["id"] });
    let held = world.act_for(&world.mario(), "bloccaSlot", answer, input).await;
    assert_eq!(held["errori"], json!([]));
    assert_eq!(held["blocco"]["slotId"], free[0]["id"]);
    assert_eq!(held["blocco"]["scade"], "2026-03-06T09:40:00Z");
    assert_eq!(world.free(None, MONDAY).await[0]["liberi"], 1);
    let (maria, input) = (world.maria(), json!({ "slotId": free[0]["id"], "bloccoId": held["blocco"]["id"] }));
    let refused = world.act_for(&maria, "liberaSlot", "errori { codice campo }", input.clone()).await;
    assert_eq!(refused["errori"], json!([{ "codice": "non-trovato", "campo": "bloccoId" }]), "another's hold");
    let freed = world.act_for(&world.mario(), "liberaSlot", "posizione errori { codice }", input).await;
    assert_eq!(freed["errori"], json!([]));
    assert_eq!(world.free(None, MONDAY).await[0]["liberi"], 2);
    let first = "{ primoSlotLibero(servizio: \"carta-identita\") { sede { nome } slot { id } } }";
    let first = world.ask_with(None, first, json!({})).await;
    assert_eq!(first["data"]["primoSlotLibero"]["slot"].as_array().unwrap().len(), 1, "{first}");
    let bookable = "{ prenotabili { codice nome motivi cosaServe uffici { id nome } livelloIdentita } }";
    let bookable = world.ask_with(None, bookable, json!({})).await;
    let all = bookable["data"]["prenotabili"].as_array().unwrap();
    let found = all.iter().find(|one| one["codice"] == "carta-identita").unwrap();
    assert_eq!(found["uffici"][0]["id"], "urp");
}

#[tokio::test]
async fn an_appointment_is_booked_moved_and_cancelled() {
    let world = World::office().await;
    let (mario, free) = (world.mario(), world.free(None, MONDAY).await);
    let booked = world.book(&mario, "k1", &free[0]["id"]).await;
    assert_eq!(booked["errori"], json!([]));
    assert_eq!(
        (&booked["pratica"]["tipo"], &booked["pratica"]["stato"]),
        (&json!("APPUNTAMENTO"), &json!("PRENOTATA"))
    );
    assert_eq!(booked["protocollo"], json!({ "registro": "APP", "numero": 1 }));
    let appuntamento = &booked["pratica"]["appuntamento"];
    assert_eq!((&appuntamento["inizio"], &appuntamento["canale"]), (&free[0]["inizio"], &json!("PORTALE")));
    assert_eq!((&appuntamento["motivo"], &appuntamento["sequenza"]), (&json!("Rinnovo"), &json!(0)));
    assert_eq!(booked, world.book(&mario, "k1", &free[0]["id"]).await, "a repeat answers the same");
    let id = &booked["pratica"]["id"];
    let input = json!({ "chiaveIdempotenza": "m", "praticaId": id, "slotId": free[1]["id"] });
    let moved = world.act(&mario, "spostaAppuntamento", input).await;
    assert_eq!(moved["errori"], json!([]));
    assert_eq!(moved["pratica"]["appuntamento"]["inizio"], free[1]["inizio"]);
    assert_eq!(moved["pratica"]["appuntamento"]["sequenza"], 1);
    let query = "query($id: ID!) { pratica(id: $id) { titolo storia { evento } appuntamento { collegata } } }";
    assert_eq!(world.ask(&world.maria(), query, json!({ "id": id })).await["pratica"], Value::Null);
    let input = json!({ "chiaveIdempotenza": "c", "praticaId": id, "motivo": "Sono via." });
    let cancelled = world.act(&mario, "annullaAppuntamento", input).await;
    assert_eq!(cancelled["pratica"]["stato"], "ANNULLATA");
    assert_eq!(
        cancelled["pratica"]["appuntamento"]["annullamento"],
        json!({ "chi": "CITTADINO", "motivo": "Sono via." })
    );
}

#[tokio::test]
async fn a_refusal_says_what_is_free_instead() {
    let world = World::office().await;
    let free = world.free(None, MONDAY).await;
    for (who, key) in [(world.mario(), "a"), (world.maria(), "b")] {
        assert_eq!(world.book(&who, key, &free[0]["id"]).await["errori"], json!([]));
    }
    let third = world.person("VRDLCU90A01H501I", "Luca", Ruolo::Cittadino, &[], &[]);
    let refused = world.book(&third, "c", &free[0]["id"]).await;
    let errore = &refused["errori"][0];
    assert_eq!((&errore["codice"], &errore["campo"]), (&json!("slot-non-disponibile"), &json!("slotId")));
    assert_eq!(errore["alternative"][0], free[1]["id"]);
    assert!(errore["messaggio"].as_str().unwrap().contains("Orari ancora liberi"), "{errore}");
    assert_eq!(refused["pratica"], Value::Null);
    let again = world.book(&world.mario(), "d", &free[1]["id"]).await;
    assert_eq!(again["errori"][0]["codice"], "prenotazione-gia-attiva");
    for (field, value, campo, codice) in [
        ("slotId", json!("boh"), "slotId", "slot-sconosciuto"),
        ("motivo", json!("Altro ancora"), "motivo", "motivo-sconosciuto"),
        ("collegata", json!("boh"), "collegata", "pratica-sconosciuta"),
        ("servizio", json!("boh"), "servizio", "servizio-sconosciuto"),
    ] {
        let mut input = booking(&format!("{field}-x"), &free[2]["id"]);
        input[field] = value;
        let errore = world.act(&third, "prenotaAppuntamento", input).await["errori"][0].clone();
        assert_eq!((&errore["campo"], &errore["codice"]), (&json!(campo), &json!(codice)), "{field}");
        assert!(!errore["messaggio"].as_str().unwrap().contains("rifiuto-"), "{errore}");
    }
    let text = mutation("prenotaAppuntamento", "posizione");
    let nobody = world.ask_with(None, &text, json!({ "input": booking("n", &free[2]["id"]) }));
    assert_eq!(nobody.await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_office_goes_through_its_day() {
    let world = World::office().await;
    let (mario, officer) = (world.mario(), world.officer());
    let free = world.free(None, MONDAY).await;
    let booked = world.book(&mario, "k1", &free[0]["id"]).await;
    let id = &booked["pratica"]["id"];
    // Booked on the telephone for somebody whose codice fiscale is not at hand.
    let mut input = booking("k2", &free[1]["id"]);
    input["canale"] = json!("TELEFONO");
    input["richiedente"] = json!({ "nome": "Ada", "cognome": "Neri", "telefono": "0187 555 0101" });
    let by_phone = world.act(&officer, "prenotaAppuntamento", input).await;
    assert_eq!(by_phone["pratica"]["appuntamento"]["canale"], "TELEFONO", "{by_phone}");
    world.clock.set(at("2026-03-09T07:55:00Z"));
    let step = |key: &str| json!({ "chiaveIdempotenza": key, "praticaId": id });
    let arrived = world.act(&officer, "registraArrivo", step("arrivo")).await;
    assert_eq!(arrived["pratica"]["appuntamento"]["arrivo"]["turno"], 1, "{arrived}");
    let turn = "turno pratica { stato appuntamento { chiamata { sportello } } } errori { campo codice messaggio }";
    let walk = json!({ "chiaveIdempotenza": "w", "ufficio": "urp", "servizio": "carta-identita" });
    let walk = world.act_for(&officer, "accogliSenzaPrenotazione", turn, walk).await;
    assert_eq!((&walk["turno"], &walk["pratica"]), (&json!(2), &Value::Null));
    let call = |key: &str, n: u16, desk: &Value| json!({ "chiaveIdempotenza": key, "ufficio": "urp", "giorno": MONDAY, "turno": n, "sportello": desk });
    let desk = &booked["pratica"]["appuntamento"]["sportello"];
    let called = world.act_for(&officer, "chiamaTurno", turn, call("c1", 1, desk)).await;
    assert_eq!(called["pratica"]["appuntamento"]["chiamata"]["sportello"], *desk, "{called}");
    let wrong = world.act_for(&officer, "chiamaTurno", turn, call("c9", 9, desk)).await;
    assert_eq!(wrong["errori"][0]["codice"], "turno-inesistente");
    world.clock.set(at("2026-03-09T08:15:00Z"));
    let end =
        json!({ "chiaveIdempotenza": "e1", "ufficio": "urp", "giorno": MONDAY, "turno": 1, "messaggio": "Fatto." });
    let ended = world.act_for(&officer, "concludiTurno", turn, end).await;
    assert_eq!(ended["pratica"]["stato"], "CONCLUSA", "{ended}");
    let agenda = "query($g: Date!) { agenda(ufficio: \"urp\", giorno: $g) { giorno ufficio { nome } bloccati
      sportelli { id nome orari { dalle alle } } chiusure { motivo }
      appuntamenti { praticaId richiedente motivo stato canale telefono fuoriOrario arrivo { turno } }
      turni { turno praticaId chiamata { sportello } servito } } }";
    let day = world.ask(&officer, agenda, json!({ "g": MONDAY })).await["agenda"].clone();
    let seats = day["appuntamenti"].as_array().unwrap();
    assert_eq!((&seats[0]["praticaId"], &seats[1]["richiedente"]), (id, &json!("Ada Neri")));
    assert_eq!(day["turni"][0]["servito"], true);
    assert_eq!(day["turni"][1]["praticaId"], Value::Null);
    assert_eq!(world.ask(&mario, agenda, json!({ "g": MONDAY })).await["agenda"], Value::Null);
    assert_eq!(world.ask(&world.official(), agenda, json!({ "g": MONDAY })).await["agenda"], Value::Null);
    assert_eq!(
        world.code(None, "{ agenda(ufficio: \"urp\", giorno: \"2026-03-09\") { giorno } }").await,
        "UNAUTHENTICATED"
    );
    let foreign = world.act_for(&mario, "chiamaTurno", turn, call("x", 2, desk)).await;
    assert_eq!(foreign["errori"][0]["codice"], "non-trovato");
}

#[tokio::test]
async fn a_day_is_closed_with_those_who_are_booked_and_opened_again() {
    let world = World::office().await;
    let officer = world.officer();
    let free = world.free(None, MONDAY).await;
    let booked = world.book(&world.mario(), "k1", &free[0]["id"]).await;
    let close = |key: &str, annulla: bool| json!({ "chiaveIdempotenza": key, "ufficio": "urp", "giorno": MONDAY, "motivo": "Sciopero", "annullaPrenotati": annulla });
    let answer = "annullati rimasti posizione errori { codice }";
    let closed = world.act_for(&officer, "chiudiGiornata", answer, close("x1", false)).await;
    assert_eq!((&closed["annullati"], &closed["rimasti"]), (&json!([]), &json!([booked["pratica"]["id"]])));
    assert!(world.free(None, MONDAY).await.is_empty());
    let open = json!({ "chiaveIdempotenza": "o1", "ufficio": "urp", "giorno": MONDAY });
    let opened = world.act_for(&officer, "riapriGiornata", "posizione errori { codice }", open).await;
    assert_eq!(opened["errori"], json!([]));
    assert_eq!(world.free(None, MONDAY).await.len(), 6);
    let closed = world.act_for(&officer, "chiudiGiornata", answer, close("x2", true)).await;
    assert_eq!(closed["annullati"], json!([booked["pratica"]["id"]]));
    let refused = world.act_for(&world.mario(), "chiudiGiornata", answer, close("x3", true)).await;
    assert_eq!((&refused["annullati"], &refused["errori"][0]["codice"]), (&Value::Null, &json!("non-trovato")));
}

#[tokio::test]
async fn a_month_over_all_offices_fits_one_request_and_two_do_not() {
    let world = World::office().await;
    world.catch_up().await;
    let one = |alias: &str, al: &str| {
        format!(
            "{alias}: disponibilita(servizio: \"carta-identita\", dal: \"2026-03-09\", al: \"{al}\") {{ ufficio {{ id nome }} slot {{ id inizio fine liberi }} }}"
        )
    };
    world.ask(&world.mario(), &format!("{{ {} }}", one("a", "2026-04-09")), json!({})).await;
    world.ask(&world.mario(), &format!("{{ {} }}", one("a", "2026-05-09")), json!({})).await;
    let many: String = ["a", "b", "c", "d", "e"].map(|alias| one(alias, "2026-04-09")).concat();
    assert_eq!(world.code(Some(&world.mario()), &format!("{{ {many} }}")).await, "QUERY_TOO_COMPLEX");
    assert_eq!(world.code(None, &format!("{{ {} }}", one("a", "2026-05-10"))).await, "BAD_USER_INPUT", "63 days");
    assert_eq!(world.code(None, &format!("{{ {} }}", one("a", "9999-12-31"))).await, "QUERY_TOO_COMPLEX");
    assert_eq!(world.code(None, &format!("{{ {} }}", one("a", "2026-03-08"))).await, "BAD_USER_INPUT");
    let day = "{ a: agenda(ufficio: \"urp\", giorno: \"2026-03-09\") { appuntamenti { codice } }
        b: agenda(ufficio: \"urp\", giorno: \"2026-03-10\") { turni { turno } } }";
    world.ask(&world.officer(), day, json!({})).await;
    let day = |d| {
        format!(
            "d{d}: agenda(ufficio: \"urp\", giorno: \"2026-03-{d}\") {{ appuntamenti {{ codice inizio fine stato }} }}"
        )
    };
    let days = (10..28).map(day).collect::<Vec<_>>().join(" ");
    assert_eq!(world.code(Some(&world.officer()), &format!("{{ {days} }}")).await, "QUERY_TOO_COMPLEX");
}
