//! What clients send: documents and bodies made once, a key put in each time.

use crate::Failure;
use bytes::Bytes;
use jiff::civil::Date;
use serde_json::{Value, json};

/// Digits of a key inside a body that is sent many times with another key each time.
const KEY: &str = "chiave-00000000-00000000-000000000000";

/// What an answer to a filing is read for: the receipt that a page would show.
const PAYLOAD: &str = "pratica { id codice stato } protocollo { numero segnatura data } posizione
    errori { campo codice messaggio }";

/// What the page of one case asks.
const CASE: &str = "query Pratica($id: ID!) { pratica(id: $id) { codice tipo stato oggetto titolo descrizione
    ufficio { nome } protocollo { segnatura data } termine { scadenza } inviataIl aggiornataIl
    storia { evento quando titolo descrizione attore messaggio segnatura scadenza }
    allegati { nome } risposta { messaggio quando operatore } } }";

/// What a program asks that waits for an answer.
const POLL: &str = "query Stato($id: ID!) { pratica(id: $id) { stato aggiornataIl posizione } }";

/// The list once it holds a position.
const VISIBLE: &str = "query Elenco($dopo: Posizione) { areaPersonale(dopo: $dopo) {
    pratiche(first: 1) { nodes { id posizione } } } }";

/// The twenty newest cases of a person with their last steps: the document that is measured against one SQL statement.
pub const AREA: &str = include_str!("../area_personale.graphql");

/// What is free, office by office.
const AVAILABILITY: &str = "query Libero($servizio: String!, $dal: Date!, $al: Date!) {
    disponibilita(servizio: $servizio, dal: $dal, al: $al) { ufficio { id nome } slot { id inizio fine liberi } } }";

/// The three kinds of filing.
pub const KINDS: [&str; 3] = ["inviaSegnalazione", "scriviAlSindaco", "presentaIstanza"];

/// Bodies of filings, one of each kind, with a place for the key.
pub struct Filings {
    bodies: [(Vec<u8>, usize); 3],
    run: u32,
}

impl Filings {
    /// `run` tells the keys of this run from those of others.
    pub fn new(run: u32) -> Result<Self, Failure> {
        let body = |kind: &str, input: &str, variables: Value| -> Result<(Vec<u8>, usize), Failure> {
            let query = format!("mutation($input: {input}!) {{ {kind}(input: $input) {{ {PAYLOAD} }} }}");
            let text = json!({ "query": query, "variables": { "input": variables } }).to_string();
            let at = text.find(KEY).ok_or("the body has no place for the key")?;
            Ok((text.into_bytes(), at + "chiave-".len()))
        };
        Ok(Self {
            bodies: [
                body(KINDS[0], "InviaSegnalazioneInput", segnalazione())?,
                body(KINDS[1], "ScriviAlSindacoInput", lettera())?,
                body(KINDS[2], "PresentaIstanzaInput", istanza())?,
            ],
            run,
        })
    }

    /// The body of a filing with a key of its own.
    pub fn body(&mut self, kind: usize, client: u32, number: u64) -> Bytes {
        let key = format!("{:08x}-{client:08x}-{number:012x}", self.run);
        let (body, at) = &mut self.bodies[kind % KINDS.len()];
        body[*at..*at + key.len()].copy_from_slice(key.as_bytes());
        Bytes::copy_from_slice(body)
    }
}

fn segnalazione() -> Value {
    json!({
        "chiaveIdempotenza": KEY, "categoria": "illuminazione", "titolo": "Lampione spento in via dei Tigli",
        "dettagli": "Il lampione davanti al civico 12 è spento da tre giorni. La sera il marciapiede resta al buio e \
            davanti alla fermata non si vede chi attraversa. Chiedo se sia possibile un intervento.",
        "luogo": { "indirizzo": "Via dei Tigli 12", "latitudine": 44.1815, "longitudine": 8.2632 }, "allegati": [],
    })
}

fn lettera() -> Value {
    json!({
        "chiaveIdempotenza": KEY, "oggetto": "Orario della biblioteca",
        "testo": "Gentile Sindaca, le scrivo per chiederle se la biblioteca possa restare aperta anche il sabato \
            pomeriggio. Molti di noi lavorano durante la settimana e i ragazzi non hanno un altro posto dove \
            studiare insieme. Sarebbe un servizio prezioso per tutto il quartiere. Con stima.",
        "allegati": [],
    })
}

fn istanza() -> Value {
    json!({
        "chiaveIdempotenza": KEY, "servizio": "richiesta-generica", "versione": 1,
        "modulo": {
            "oggetto": "Copia della planimetria catastale",
            "richiesta": "Chiedo copia della planimetria dell'immobile di via Roma 4, di cui sono proprietario, \
                depositata con la pratica edilizia del 1998. La copia serve per una domanda di mutuo.",
        },
        "allegati": [],
    })
}

fn question(document: &str, variables: Value) -> Bytes {
    json!({ "query": document, "variables": variables }).to_string().into()
}

/// The personal area.
pub fn area() -> Bytes {
    question(AREA, json!({}))
}

/// The page of a case.
pub fn case(id: &str) -> Bytes {
    question(CASE, json!({ "id": id }))
}

/// The state of a case.
pub fn poll(id: &str) -> Bytes {
    question(POLL, json!({ "id": id }))
}

/// The newest case of the list, once it holds a position.
pub fn visible(after: u64) -> Bytes {
    question(VISIBLE, json!({ "dopo": after }))
}

/// What is free at all offices from one day to another.
pub fn availability(servizio: &str, dal: Date, al: Date) -> Bytes {
    question(AVAILABILITY, json!({ "servizio": servizio, "dal": dal, "al": al }))
}

/// The digits after a member's name, the way the server writes JSON; reading the whole answer would cost the client more
/// than the network does.
pub fn number(answer: &[u8], member: &str) -> Option<u64> {
    let digits = after(answer, member)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

fn after<'a>(answer: &'a [u8], member: &str) -> Option<&'a [u8]> {
    let name = format!("\"{member}\":");
    let at = answer.windows(name.len()).position(|window| window == name.as_bytes())?;
    Some(&answer[at + name.len()..])
}

/// Whether a member is null.
pub fn missing(answer: &[u8], member: &str) -> bool {
    after(answer, member).is_none_or(|value| value.starts_with(b"null"))
}

/// Whether an answer holds data and no error.
pub fn answered(answer: &[u8]) -> bool {
    answer.starts_with(b"{\"data\"") && !answer.starts_with(b"{\"data\":null") && after(answer, "errors").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_body_carries_its_own_key() {
        let mut filings = Filings::new(7).unwrap();
        let bodies =
            [(0, 1, 1), (0, 1, 2), (1, 2, 1), (2, 2, 2)].map(|(kind, client, n)| filings.body(kind, client, n));
        let keys = bodies.iter().map(|body| {
            let body: Value = serde_json::from_slice(body).unwrap();
            body["variables"]["input"]["chiaveIdempotenza"].as_str().unwrap().to_owned()
        });
        let keys: std::collections::BTreeSet<String> = keys.collect();
        assert_eq!(keys.len(), 4);
        assert!(keys.contains("chiave-00000007-00000001-000000000002"), "{keys:?}");
    }

    #[test]
    fn answers_are_read_by_member() {
        let answer =
            br#"{"data":{"inviaSegnalazione":{"protocollo":{"numero":412},"posizione":77,"pratica":{"id":"ab"}}}}"#;
        assert!(answered(answer));
        assert_eq!(number(answer, "numero"), Some(412));
        assert_eq!(number(answer, "posizione"), Some(77));
        assert_eq!(number(answer, "altro"), None);
        assert!(!missing(answer, "pratica"));
        assert!(missing(br#"{"data":{"pratica":null}}"#, "pratica"));
        assert!(!answered(br#"{"data":null,"errors":[]}"#));
        assert!(!answered(br#"{"data":{"pratica":null},"errors":[{"message":"no"}]}"#));
    }
}
