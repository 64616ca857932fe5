//! Few seats, many who want them, and servers that are killed under them: nobody sits in somebody else's chair, nobody who
//! was promised a seat loses it, and whoever lost the answer gets the same one.

use crate::support::log::{PRIMO, stream};
use crate::support::nodes::Nodes;
use crate::support::reads::caught_up;
use crate::support::{Api, Data};
use domain::agenda::{self, Giornata};
use domain::ente::CodiceUfficio;
use domain::prenotabile::SlotId;
use eventstore::{Clock as _, SystemClock};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Attempts to book.
const TENTATIVI: usize = 2_500;
/// Clients at once.
const CLIENTI: usize = 32;
/// Power cuts of one node.
const UCCISIONI: usize = 6;
/// Days that are fought over.
const GIORNI: usize = 2;
/// How long a client asks again for one answer.
const PAZIENZA: Duration = Duration::from_mins(1);
/// Where everybody goes.
const UFFICIO: &str = "anagrafe";
/// What for.
const SERVIZIO: &str = "cie-rilascio";
/// Why an officer changes a booking.
const MOTIVO: &str = "Chiesto dal cittadino al telefono";

/// What is done to a booking, with what it answers.
fn mutation(name: &str, answer: &str) -> String {
    let kind = name[..1].to_uppercase() + &name[1..];
    format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {answer} errori {{ codice alternative }} }} }}")
}

/// The nodes as clients find them, the attempts that are left, and what came of them.
struct Contesa {
    apis: Mutex<Vec<Api>>,
    slots: Vec<SlotId>,
    next: AtomicUsize,
    done: AtomicUsize,
    /// Requests without an answer.
    lost: AtomicUsize,
    /// Refusals of a taken slot.
    refused: AtomicUsize,
}

/// What one client was told: the booking of each key, and the bookings that it still has.
#[derive(Default)]
struct Detto {
    booked: Vec<(String, SlotId, String)>,
    seats: Vec<(String, SlotId)>,
}

impl Contesa {
    /// Asks one node after the other under the same key until one answers. The id, or the refusal.
    async fn ask(&self, node: usize, name: &str, answer: &str, input: &Value) -> Result<String, Value> {
        let (query, begun) = (mutation(name, answer), Instant::now());
        for attempt in 0.. {
            assert!(begun.elapsed() < PAZIENZA, "{name} got no answer: {input}");
            let api = {
                let apis = self.apis.lock().expect("no client panics with the list in hand");
                apis[(node + attempt) % apis.len()].clone()
            };
            if let Ok(said) = api.try_send(&query, json!({ "input": input })).await {
                if said["errors"][0]["extensions"]["code"] != "UNAVAILABLE" {
                    assert!(said.get("errors").is_none(), "{name} {input}: {said}");
                    let payload = &said["data"][name];
                    let id = payload["pratica"]["id"].as_str().or(payload["blocco"]["id"].as_str());
                    return match payload["errori"].get(0) {
                        None => Ok(id.unwrap_or_default().to_owned()),
                        Some(refused) => Err(refused.clone()),
                    };
                }
            } else {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        unreachable!("it was answered or gave up")
    }

    /// A slot that is taken comes with one that is free instead.
    fn refused(&self, wanted: &SlotId, refused: &Value) {
        assert_eq!(refused["codice"], "slot-non-disponibile", "{refused}");
        let free = refused["alternative"].as_array().expect("a list");
        assert!(!free.is_empty() && free.iter().all(|slot| *slot != wanted.to_string()), "{wanted}: {refused}");
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    async fn book(&self, node: usize, chiave: &str, slot: &SlotId) -> Result<String, Value> {
        let input = json!({
            "chiaveIdempotenza": chiave, "slotId": slot.to_string(), "servizio": SERVIZIO,
            "motivo": "Carta scaduta o in scadenza",
            "richiedente": { "nome": "Ada", "cognome": "Prova", "telefono": "0187 555 0100" },
        });
        self.ask(node, "prenotaAppuntamento", "pratica { id }", &input).await
    }

    /// One client: books for one person after the other, holds some slots first, moves and cancels what it booked.
    async fn client(self: Arc<Self>, client: usize) -> Detto {
        let mut told = Detto::default();
        loop {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            if n >= TENTATIVI {
                return told;
            }
            let slot = &self.slots[n * 7 % self.slots.len()];
            let mut held = None;
            if n.is_multiple_of(10) {
                let input = json!({ "chiaveIdempotenza": format!("b-{n}"), "slotId": slot.to_string() });
                held = self.ask(client, "bloccaSlot", "blocco { id }", &input).await.ok();
            }
            let chiave = format!("p-{n}");
            match self.book(client, &chiave, slot).await {
                Ok(id) => {
                    told.booked.push((chiave, slot.clone(), id.clone()));
                    told.seats.push((id, slot.clone()));
                }
                Err(refused) => self.refused(slot, &refused),
            }
            if let Some(blocco) = held {
                let input = json!({ "slotId": slot.to_string(), "bloccoId": blocco });
                self.ask(client, "liberaSlot", "", &input).await.expect("a hold can be given up");
            }
            if n.is_multiple_of(4) && !told.seats.is_empty() {
                let (id, from) = told.seats.remove(0);
                told.seats.extend(self.change(client, n, id, from).await);
            }
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Moves or cancels a booking. Where it is then.
    async fn change(&self, client: usize, n: usize, id: String, from: SlotId) -> Option<(String, SlotId)> {
        let mut input = json!({ "chiaveIdempotenza": format!("c-{n}"), "praticaId": id, "motivo": MOTIVO });
        if !n.is_multiple_of(8) {
            let same = self.ask(client, "annullaAppuntamento", "pratica { id }", &input).await;
            assert_eq!(same.as_ref(), Ok(&id), "the office may cancel");
            return None;
        }
        let to = &self.slots[(n * 7 + 5) % self.slots.len()];
        input["slotId"] = to.to_string().into();
        match self.ask(client, "spostaAppuntamento", "pratica { id }", &input).await {
            Ok(same) => {
                assert_eq!(same, id);
                Some((id, to.clone()))
            }
            Err(refused) => {
                if refused["codice"] != "stesso-orario" {
                    self.refused(to, &refused);
                }
                Some((id, from))
            }
        }
    }
}

/// What is free on some days, and how often.
async fn liberi(api: &Api, dal: Date, al: Date) -> Vec<(SlotId, usize)> {
    let query = "query($dal: Date!, $al: Date!) {
        disponibilita(servizio: \"cie-rilascio\", ufficio: \"anagrafe\", dal: $dal, al: $al) { slot { id liberi } } }";
    let data = api.data(query, json!({ "dal": dal, "al": al })).await;
    let slots = data["disponibilita"][0]["slot"].as_array().expect("a list").clone();
    let slot = |slot: &Value| {
        let id = slot["id"].as_str().expect("an id").parse().expect("the name of a slot");
        (id, slot["liberi"].as_u64().expect("a number") as usize)
    };
    slots.iter().map(slot).collect()
}

/// The day as the log has it: at no moment two have the same desk at the same time.
async fn giornata(data: &Data, giorno: Date) -> Giornata {
    let name = agenda::stream(&CodiceUfficio::new(UFFICIO), giorno);
    let mut state = Giornata::default();
    for (kind, payload) in stream(data, PRIMO, &name).await {
        state = agenda::evolve(state, &agenda::Event::decode(&kind, payload).expect("it is an event"));
        let mut desks: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        let held = state.blocchi.iter().map(|blocco| &blocco.preso);
        for preso in state.posti.iter().map(|posto| &posto.preso).chain(held) {
            desks.entry(&preso.sportello).or_default().push(preso.occupa());
        }
        for (desk, taken) in &mut desks {
            taken.sort_unstable();
            assert!(taken.windows(2).all(|pair| !pair[0].tocca(pair[1])), "{name}, {desk}: {taken:?}");
        }
    }
    state
}

/// Kills one node after the other at moments that nobody chose, and starts each again.
async fn uccidi(nodes: &mut Nodes, contesa: &Contesa, count: usize) {
    let mut random: usize = 0x0a99_0a99;
    for cut in 0..UCCISIONI {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let part = TENTATIVI / (UCCISIONI + 1);
        let moment = cut * part + (random >> 33) % part;
        while contesa.done.load(Ordering::Relaxed) < moment {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(Duration::from_millis((random >> 40) as u64 % 30)).await;
        nodes.kill(cut % count);
        nodes.start_again(cut % count);
        contesa.apis.lock().expect("no client panics with the list in hand")[cut % count] =
            nodes.server(cut % count).api("operatore");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_many_want_are_taken_once_however_often_servers_are_killed() {
    let data = Data::new().await;
    let count = if data.url().is_some() { 3 } else { 1 };
    let mut nodes = Nodes::start(data, count);
    let office = |nodes: &Nodes| (0..count).map(|i| nodes.server(i).api("operatore")).collect::<Vec<Api>>();
    let today = domain::termini::data_locale(SystemClock.now());
    let (dal, al) = (today.saturating_add(4.days()), today.saturating_add(20.days()));
    let mut slots = liberi(&office(&nodes)[0], dal, al).await;
    let days: BTreeSet<Date> = slots.iter().map(|(slot, _)| slot.giorno()).collect();
    let days: BTreeSet<Date> = days.into_iter().take(GIORNI).collect();
    slots.retain(|(slot, _)| days.contains(&slot.giorno()));
    let seats: usize = slots.iter().map(|(_, liberi)| liberi).sum();
    let contesa = Arc::new(Contesa {
        apis: Mutex::new(office(&nodes)),
        slots: slots.into_iter().map(|(slot, _)| slot).collect(),
        next: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
        lost: AtomicUsize::new(0),
        refused: AtomicUsize::new(0),
    });
    let clients: JoinSet<Detto> = (0..CLIENTI).map(|client| contesa.clone().client(client)).collect();
    uccidi(&mut nodes, &contesa, count).await;
    let mut told = Detto::default();
    for one in clients.join_all().await {
        told.booked.extend(one.booked);
        told.seats.extend(one.seats);
    }
    let lost = contesa.lost.load(Ordering::Relaxed);
    assert!(lost >= UCCISIONI, "the cuts were hardly noticed: {lost}");
    assert!(contesa.refused.load(Ordering::Relaxed) > TENTATIVI / 3, "few wanted what others had");
    // Whoever asks again under the same key gets the same booking, whatever became of it since.
    for (chiave, slot, id) in &told.booked {
        assert_eq!(contesa.book(0, chiave, slot).await.as_ref(), Ok(id), "{chiave}");
    }
    // What is left is booked, then nothing is.
    caught_up(nodes.server(0)).await;
    let (first, last) = (*days.first().expect("a day"), *days.last().expect("a day"));
    let left = liberi(&office(&nodes)[0], first, last).await;
    for (n, slot) in left.iter().flat_map(|(slot, liberi)| vec![slot; *liberi]).enumerate() {
        let id = contesa.book(n, &format!("u-{n}"), slot).await.expect("it is free");
        told.booked.push((String::new(), slot.clone(), id.clone()));
        told.seats.push((id, slot.clone()));
    }
    caught_up(nodes.server(0)).await;
    assert_eq!(liberi(&office(&nodes)[0], first, last).await, [], "all is taken");
    assert_eq!(told.seats.len(), seats, "so many seats as there are");
    for i in 0..count {
        nodes.kill(i);
    }
    let mut found = BTreeMap::new();
    for giorno in &days {
        let giornata = giornata(&nodes.data, *giorno).await;
        assert_eq!(giornata.blocchi, [], "all holds ended");
        found.extend(giornata.posti.iter().map(|posto| (posto.appuntamento.to_string(), posto.preso.inizio)));
    }
    let held: BTreeMap<String, _> = told.seats.into_iter().map(|(id, slot)| (id, slot.inizio)).collect();
    assert_eq!(found, held, "the log holds what was promised");
    let answered: BTreeSet<String> = told.booked.iter().map(|(_, _, id)| id.clone()).collect();
    assert_eq!(answered.len(), told.booked.len(), "each key has a booking of its own");
    let stored = crate::support::log::streams(&nodes.data, PRIMO, "AppuntamentoPrenotato").await;
    assert_eq!(stored.len(), answered.len(), "no case was booked twice");
    let stored: BTreeSet<String> = stored.iter().map(|name| name.replacen("appuntamento-", "", 1)).collect();
    assert_eq!(stored, answered, "every booking of the log was answered, and the other way round");
    nodes.data.assert_clean();
}
