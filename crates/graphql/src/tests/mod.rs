//! The schema over a real application, with log and keys in memory and read models on a temporary SQLite.

mod appuntamenti;
mod attesa;
mod bozze;
mod composes;
mod contract;
mod filing;
mod integrazione;
mod limits;
mod ports;
mod reading;
mod ricevuta;
mod servizi;
mod work;

use crate::{Schema, schema};
use app::ports::{SystemIds, Upload, VerifiedIdentity};
use app::{App, Canale, Contesto, Ente, Enti, Parts, Ufficio, Utente, persone::Persone};
use async_graphql::{Request, Variables};
use composes::Composes;
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::{CodiceEnte, CodiceUfficio};
use domain::ids::AllegatoId;
use domain::persona::{LivelloIdentita, Ruolo};
use eventstore::{ManualClock, MemoryKeyStore, MemoryStore, system_random};
use jiff::Timestamp;
use ports::{Documents, Work};
use projections::{Opener, ReadModels};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

const ENTE: &str = "c_x000";

struct World {
    schema: Schema,
    app: App,
    clock: Arc<ManualClock>,
    reads: Arc<ReadModels>,
    work: Arc<Work>,
    composes: Arc<Composes>,
    _folder: TempDir,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ente() -> Ente {
    let office = |codice: &str, nome: &str| Ufficio {
        codice: CodiceUfficio::new(codice),
        nome: nome.into(),
        email: format!("{codice}@comune.example"),
        telefono: "0187 555 0100".into(),
    };
    let mut uffici = vec![
        office("lavori-pubblici", "Lavori pubblici"),
        office("ambiente", "Ambiente"),
        office("polizia-locale", "Polizia locale"),
        office("urp", "Ufficio relazioni con il pubblico"),
        office("segreteria-sindaco", "Segreteria del Sindaco"),
    ];
    // A service is on offer where its office is: here all are.
    for servizio in catalogo::spediti() {
        if uffici.iter().all(|ufficio| ufficio.codice != servizio.ufficio) {
            uffici.push(office(servizio.ufficio.as_str(), servizio.ufficio.as_str()));
        }
    }
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
        uffici,
    }
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(at("2026-03-06T09:30:00Z")));
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let keys = Arc::new(MemoryKeyStore::new(system_random()));
        let opener = Arc::new(Opener::new(keys.clone()));
        let path = folder.path().join("reads.db");
        let reads =
            ReadModels::open(path.to_str().unwrap(), store.clone(), opener.clone(), vec![ENTE.into()]).await.unwrap();
        let work = Arc::new(Work::default());
        let composes = Arc::new(Composes::default());
        let app = App::new(Parts {
            store,
            keys,
            opener,
            reads: reads.clone(),
            work: work.clone(),
            documents: Arc::new(Documents::default()),
            clock: clock.clone(),
            ids: Arc::new(SystemIds),
            enti: Arc::new(Enti::new(vec![ente()]).unwrap()),
            persone: Persone::new([7; 32]),
        })
        .con_ricevute(composes.clone());
        Self { schema: schema(app.clone()), app, clock, reads, work, composes, _folder: folder }
    }

    fn person(&self, codice_fiscale: &str, nome: &str, ruolo: Ruolo, uffici: &[&str], ambiti: &[&str]) -> Utente {
        let identity = VerifiedIdentity {
            fornitore: "prova".into(),
            codice_fiscale: CodiceFiscale::parse(codice_fiscale).unwrap(),
            nome: nome.into(),
            cognome: "Rossi".into(),
            email: None,
            livello: LivelloIdentita::L2,
            ruolo,
            uffici: uffici.iter().map(|u| CodiceUfficio::new(*u)).collect(),
            ambiti: ambiti.iter().map(|a| (*a).to_owned()).collect(),
        };
        self.app.persone().utente(ENTE, identity)
    }

    fn mario(&self) -> Utente {
        self.person("RSSMRA80A01H501U", "Mario", Ruolo::Cittadino, &[], &[])
    }

    fn maria(&self) -> Utente {
        self.person("RSSMRA80A41H501Y", "Maria", Ruolo::Cittadino, &[], &[])
    }

    fn official(&self) -> Utente {
        self.person("MRTMTT91D08F205J", "Giulia", Ruolo::Operatore, &["lavori-pubblici"], &[])
    }

    fn secretary(&self) -> Utente {
        self.person("MRTMTT91D08F205J", "Sara", Ruolo::SegreteriaSindaco, &["segreteria-sindaco"], &[])
    }

    fn protocol(&self) -> Utente {
        self.person("RSSMRA79B11C566R", "Piero", Ruolo::Protocollo, &[], &[])
    }

    fn developer(&self) -> Utente {
        self.person("00743110157", "Dev", Ruolo::Sviluppatore, &[], &["pratiche:lettura"])
    }

    /// An upload of a person.
    fn upload(&self, owner: &Utente) -> String {
        let id = AllegatoId(Uuid::from_u128(0x0a11)).to_string();
        self.upload_of(owner, &id, "image/jpeg");
        id
    }

    /// An upload of a person with an id and a format.
    fn upload_of(&self, owner: &Utente, id: &str, formato: &str) {
        self.work.uploads.lock().unwrap().push(Upload {
            id: id.parse().unwrap(),
            ente: ENTE.into(),
            proprietario: owner.id,
            nome: "lampione.jpg".into(),
            formato: formato.into(),
            dimensione: 482_113,
            impronta: domain::allegato::Impronta::from_bytes([0xab; 32]),
            caricato_il: at("2026-03-06T09:00:00Z"),
        });
    }

    /// A service of the ente with a form of one step, published.
    async fn pubblica(&self, versione: u32, modulo: Value) -> domain::servizio::Servizio {
        let mut servizio = catalogo::spediti().iter().find(|s| s.codice == "richiesta-generica").unwrap().clone();
        servizio.codice = "prova".into();
        servizio.nome = "Servizio di prova".into();
        servizio.versione = versione;
        servizio.modulo = serde_json::from_value(modulo).unwrap();
        assert_eq!(servizio.modulo.controlla(), []);
        assert!(self.app.pubblica_servizio(ENTE, &servizio).await.unwrap());
        servizio
    }

    fn contesto(&self, who: Option<&Utente>) -> Contesto {
        Contesto {
            ente: self.app.enti().all()[0].clone(),
            utente: who.cloned().map(Arc::new),
            canale: Canale::Graphql,
            correlazione: Uuid::nil(),
        }
    }

    async fn ask_with(&self, who: Option<&Utente>, query: &str, variables: Value) -> Value {
        let request = Request::new(query).variables(Variables::from_json(variables)).data(self.contesto(who));
        serde_json::to_value(self.schema.execute(request).await).unwrap()
    }

    /// Asks and expects no errors; gives `data`.
    async fn ask(&self, who: &Utente, query: &str, variables: Value) -> Value {
        let answer = self.ask_with(Some(who), query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].clone()
    }

    /// Asks and expects an error; gives its code.
    async fn code(&self, who: Option<&Utente>, query: &str) -> String {
        let answer = self.ask_with(who, query, json!({})).await;
        let error = &answer["errors"][0];
        assert!(!error["message"].as_str().unwrap().is_empty());
        error["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code: {answer:#}")).to_owned()
    }

    async fn report(&self, who: &Utente, key: &str) -> Value {
        let data = self.ask(who, INVIA, json!({ "input": report(key) })).await;
        data["inviaSegnalazione"].clone()
    }

    async fn catch_up(&self) {
        self.reads.catch_up().await.unwrap();
    }
}

const INVIA: &str = "mutation($input: InviaSegnalazioneInput!) {
  inviaSegnalazione(input: $input) {
    pratica { id codice tipo stato titolo storia { evento } }
    protocollo { registro anno numero segnatura data impronta }
    posizione
    errori { campo codice messaggio }
  }
}";

fn report(key: &str) -> Value {
    json!({
        "chiaveIdempotenza": key,
        "categoria": "illuminazione",
        "titolo": "Lampione spento",
        "dettagli": "Il lampione davanti al civico 12 è spento.",
        "luogo": { "indirizzo": "Via dei Tigli 12", "latitudine": 44.1, "longitudine": 8.2 },
    })
}
