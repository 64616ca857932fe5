//! An application for drafts: log, keys and working data in memory.

use crate::bozze::memoria::BozzeInMemoria;
use crate::bozze::{Bozza, ScadenzaBozze};
use crate::persone::Persone;
use crate::ports::{
    Arrivo, BoxFuture, Bozze, ByteStream, Consegna, DocumentError, DocumentStore, MailError, Mailer, Messaggio, Quota,
    Stored, SystemIds, Upload, UsoUpload, VerifiedIdentity, WorkError, WorkState,
};
use crate::{App, Canale, Contesto, Ente, Enti, Parts, Ufficio, Utente};
use domain::Sample as _;
use domain::allegato::Impronta;
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::{CodiceEnte, CodiceUfficio};
use domain::ids::{AllegatoId, PersonaId};
use domain::persona::{LivelloIdentita, Ruolo};
use domain::servizio::Servizio;
use eventstore::{KeyStore, ManualClock, MemoryKeyStore, MemoryStore, system_random};
use jiff::{SignedDuration, Timestamp};
use projections::{Opener, ReadModels};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const ENTE: &str = "c_x000";
pub const SERVIZIO: &str = "prova-bozza";

/// Drafts and uploads; the rest is not asked for.
#[derive(Default)]
pub struct Lavoro {
    pub bozze: BozzeInMemoria,
    pub uploads: Mutex<Vec<Upload>>,
    /// Notices that were queued, each once.
    pub coda: Mutex<Vec<Consegna>>,
    /// Sizes of what was queued at once.
    pub accodati: Mutex<Vec<usize>>,
    /// The turn belongs to another node.
    pub altrui: Mutex<bool>,
    /// Whose turn it is at each process, and until when.
    pub turni: Mutex<HashMap<String, (String, Timestamp)>>,
    /// How often a turn was given back.
    pub restituiti: AtomicUsize,
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, Result<T, WorkError>> {
    Box::pin(std::future::ready(Ok(value)))
}

/// Methods that drafts have no use for.
macro_rules! non_serve {
    ($(fn $name:ident($($arg:ty),*) -> $ret:ty;)*) => {
        $(fn $name<'a>(&'a self, $(_: $arg),*) -> BoxFuture<'a, Result<$ret, WorkError>> {
            unreachable!("not for drafts")
        })*
    };
}

impl WorkState for Lavoro {
    fn bozze(&self) -> &dyn Bozze {
        &self.bozze
    }
    fn uploads<'a>(&'a self, ente: &'a str, ids: &'a [AllegatoId]) -> BoxFuture<'a, Result<Vec<Upload>, WorkError>> {
        let all = self.uploads.lock().unwrap();
        let find = |id: &AllegatoId| all.iter().find(|upload| upload.ente == ente && upload.id == *id).cloned();
        ready(ids.iter().filter_map(find).collect())
    }
    fn hold<'a>(
        &'a self,
        process: &'a str,
        node: &'a str,
        now: Timestamp,
        until: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        let mut turni = self.turni.lock().unwrap();
        let free = turni.get(process).is_none_or(|(holder, over)| holder == node || *over <= now);
        let ours = free && !*self.altrui.lock().unwrap();
        if ours {
            turni.insert(process.to_owned(), (node.to_owned(), until));
        }
        ready(ours)
    }
    fn release<'a>(&'a self, process: &'a str, node: &'a str) -> BoxFuture<'a, Result<(), WorkError>> {
        self.restituiti.fetch_add(1, Ordering::SeqCst);
        let mut turni = self.turni.lock().unwrap();
        if turni.get(process).is_some_and(|(holder, _)| holder == node) {
            turni.remove(process);
        }
        ready(())
    }
    fn enqueue<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: u64,
        consegne: Vec<Consegna>,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        self.accodati.lock().unwrap().push(consegne.len());
        let mut coda = self.coda.lock().unwrap();
        for consegna in consegne {
            if !coda.iter().any(|known| known.dedupe == consegna.dedupe) {
                coda.push(consegna);
            }
        }
        ready(())
    }
    non_serve! {
        fn put_upload(Upload, Quota) -> bool;
        fn upload_use(&'a str, PersonaId, Timestamp) -> UsoUpload;
        fn note_filed(&'a str, &'a str, u64, Vec<AllegatoId>) -> ();
        fn forget_uploads(&'a str, Timestamp) -> u64;
        fn known_files(&'a str, &'a [AllegatoId]) -> Vec<AllegatoId>;
        fn renew_session(&'a str, Vec<u8>, Timestamp, Timestamp) -> bool;
        fn session(&'a str, Timestamp) -> Option<Vec<u8>>;
        fn delete_session(&'a str) -> ();
        fn process_position(&'a str, &'a str) -> u64;
        fn rewind(&'a str, &'a str, u64) -> ();
        fn note_attempt(&'a Consegna, Timestamp) -> bool;
        fn note_handed_over(&'a Consegna, Timestamp) -> ();
        fn dead_letters(&'a str) -> (Vec<Consegna>, u64);
        fn retry(&'a str, &'a str, Timestamp) -> bool;
        fn save_session(String, Vec<u8>, Timestamp) -> ();
        fn purge_sessions(Timestamp) -> u64;
        fn lease_due(Timestamp, Timestamp, u32) -> Vec<Consegna>;
        fn settle(Consegna, Timestamp) -> ();
    }
}

/// Messages handed over, and what goes wrong first.
#[derive(Default)]
pub struct Postino {
    pub messaggi: Mutex<Vec<Messaggio>>,
    pub errori: Mutex<Vec<MailError>>,
}

impl Mailer for Postino {
    fn send<'a>(&'a self, message: &'a Messaggio) -> BoxFuture<'a, Result<(), MailError>> {
        let error = self.errori.lock().unwrap().pop();
        if error.is_none() {
            self.messaggi.lock().unwrap().push(message.clone());
        }
        Box::pin(std::future::ready(error.map_or(Ok(()), Err)))
    }
}

struct SenzaFile;

impl DocumentStore for SenzaFile {
    fn put<'a>(&'a self, _: Arrivo<'a>, _: ByteStream<'a>) -> BoxFuture<'a, Result<Stored, DocumentError>> {
        unreachable!("not for drafts")
    }
    fn get<'a>(
        &'a self,
        _: &'a str,
        _: AllegatoId,
        _: &'a Impronta,
    ) -> BoxFuture<'a, Result<ByteStream<'static>, DocumentError>> {
        unreachable!("not for drafts")
    }
    fn remove<'a>(&'a self, _: &'a str, _: AllegatoId) -> BoxFuture<'a, Result<(), DocumentError>> {
        unreachable!("not for drafts")
    }
    fn list(&self, _: &str) -> futures_util::stream::BoxStream<'static, Result<AllegatoId, DocumentError>> {
        unreachable!("not for drafts")
    }
    fn tidy(&self, _: Timestamp) -> BoxFuture<'_, Result<u64, DocumentError>> {
        unreachable!("not for drafts")
    }
}

fn ente() -> Ente {
    let uffici = domain::segnalazione::CATEGORIE.iter().map(|c| c.ufficio).chain(["segreteria-sindaco", "urp"]);
    let ufficio = |codice: &str| Ufficio {
        codice: CodiceUfficio::new(codice),
        nome: codice.into(),
        email: format!("{codice}@comune.example"),
        telefono: "0187 555 0100".into(),
    };
    Ente {
        codice: CodiceEnte::parse(ENTE).unwrap(),
        denominazione: "Comune di Montelume".into(),
        nome: "Montelume".into(),
        motto: "Il Comune vicino".into(),
        regione: "Liguria".into(),
        aoo: "AX000".into(),
        host: vec!["montelume.example".into()],
        base_url: "https://montelume.example".into(),
        email: "sportello@montelume.example".into(),
        pec: "pec@montelume.example".into(),
        telefono: "0187 555 0100".into(),
        indirizzo: "Piazza della Fonte 1".into(),
        centro: ("44.1".into(), "8.2".into()),
        strade: None,
        patrono: None,
        uffici: uffici.map(ufficio).collect(),
    }
}

/// Version 1 of the service of these tests.
pub fn servizio() -> Servizio {
    let modulo = json!({ "passi": [{ "nome": "dati", "titolo": "Dati", "campi": [
        { "nome": "email", "tipo": "email", "etichetta": "E-mail", "precompila": "profilo.email" },
        { "nome": "casa", "tipo": "indirizzo", "etichetta": "Casa", "precompila": "profilo.residenza" },
        { "nome": "motivo", "tipo": "testo", "etichetta": "Motivo" },
        { "nome": "documenti", "tipo": "allegato", "etichetta": "Documenti", "massimo": 3 },
        { "nome": "figli", "tipo": "gruppo", "etichetta": "Figli", "voce": "Figlio", "minimo": 0, "massimo": 2,
          "campi": [{ "nome": "nome", "tipo": "testo", "etichetta": "Nome" }] },
        { "nome": "avviso", "tipo": "nota", "etichetta": "Una nota." },
    ] }] });
    Servizio {
        codice: SERVIZIO.into(),
        nome: "Prova <delle> bozze".into(),
        modulo: serde_json::from_value(modulo).unwrap(),
        ..Servizio::sample()
    }
}

pub struct Mondo {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub keys: Arc<MemoryKeyStore>,
    pub lavoro: Arc<Lavoro>,
    pub postino: Arc<Postino>,
    _folder: TempDir,
}

pub fn ora() -> Timestamp {
    "2026-03-06T09:30:00Z".parse().unwrap()
}

impl Mondo {
    pub async fn nuovo() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(ora()));
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let keys = Arc::new(MemoryKeyStore::new(system_random()));
        let opener = Arc::new(Opener::new(keys.clone()));
        let path = folder.path().join("reads.db");
        let codes = vec![ENTE.to_owned()];
        let reads = ReadModels::open(path.to_str().unwrap(), store.clone(), opener.clone(), codes).await.unwrap();
        let lavoro = Arc::new(Lavoro::default());
        let app = App::new(Parts {
            store,
            keys: keys.clone(),
            opener,
            reads,
            work: lavoro.clone(),
            documents: Arc::new(SenzaFile),
            clock: clock.clone(),
            ids: Arc::new(SystemIds),
            enti: Arc::new(Enti::new(vec![ente()]).unwrap()),
            persone: Persone::new([7; 32]),
        });
        app.pubblica_servizio(ENTE, &servizio()).await.unwrap();
        Self { app, clock, keys, lavoro, postino: Arc::default(), _folder: folder }
    }

    fn utente(&self, codice_fiscale: &str, ruolo: Ruolo, email: Option<&str>) -> Utente {
        let identity = VerifiedIdentity {
            fornitore: "prova".into(),
            codice_fiscale: CodiceFiscale::parse(codice_fiscale).unwrap(),
            nome: "Mario".into(),
            cognome: "Rossi".into(),
            email: email.map(str::to_owned),
            livello: LivelloIdentita::L2,
            ruolo,
            uffici: Vec::new(),
            ambiti: Vec::new(),
        };
        self.app.persone().utente(ENTE, identity)
    }

    fn come(&self, utente: Option<Utente>) -> Contesto {
        Contesto {
            ente: self.app.enti().all()[0].clone(),
            utente: utente.map(Arc::new),
            canale: Canale::Portale,
            correlazione: Uuid::from_u128(1),
        }
    }

    pub fn nessuno(&self) -> Contesto {
        self.come(None)
    }

    pub fn mario(&self) -> Contesto {
        self.come(Some(self.utente("RSSMRA80A01H501U", Ruolo::Cittadino, Some("mario.rossi@example.org"))))
    }

    pub fn maria(&self) -> Contesto {
        self.come(Some(self.utente("RSSMRA80A41H501Y", Ruolo::Cittadino, None)))
    }

    pub fn operatore(&self) -> Contesto {
        self.come(Some(self.utente("MRTMTT91D08F205J", Ruolo::Operatore, None)))
    }

    /// Time passes.
    pub fn dopo(&self, from: Timestamp, passed: SignedDuration) {
        self.clock.set(from + passed);
    }

    /// A file of the person in `ctx`.
    pub fn carica(&self, ctx: &Contesto, n: u128) -> AllegatoId {
        let upload = Upload {
            id: AllegatoId(Uuid::from_u128(n)),
            ente: ENTE.into(),
            proprietario: ctx.utente.as_ref().unwrap().id,
            nome: "foto.jpg".into(),
            formato: "image/jpeg".into(),
            dimensione: 10,
            impronta: Impronta::from_bytes([1; 32]),
            caricato_il: ora(),
        };
        self.lavoro.uploads.lock().unwrap().push(upload.clone());
        upload.id
    }

    /// Whether the key of a draft is gone for good.
    pub fn chiave_distrutta(&self, id: Uuid) -> bool {
        self.keys.key_of(ENTE, id).is_err()
    }

    pub async fn giro(&self) -> (u64, u64) {
        let process = ScadenzaBozze { app: self.app.clone(), mailer: Some(self.postino.clone()), nodo: "uno".into() };
        let giro = process.giro(&CancellationToken::new()).await.unwrap();
        (giro.eliminate, giro.avvisate)
    }
}

/// A draft with other answers.
pub fn con(bozza: &Bozza, valori: Value) -> Bozza {
    let valori: Map<String, Value> = serde_json::from_value(valori).unwrap();
    Bozza { valori, ..bozza.clone() }
}
