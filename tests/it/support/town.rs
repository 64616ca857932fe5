//! The application in this process, on its real engines, with a clock that the test moves.

use super::data::Data;
use app::allegati::ChiaviDiPersone;
use app::persone::Persone;
use app::ports::{SystemIds, VerifiedIdentity};
use app::{App, AppError, Canale, Contesto, Ente, Enti, Esito, InviaSegnalazione, Parts, Utente};
use documents::Documenti;
use domain::Sample as _;
use domain::codice_fiscale::CodiceFiscale;
use domain::ids::PersonaId;
use domain::persona::{Anagrafica, LivelloIdentita, Ruolo};
use eventstore::{ManualClock, system_random};
use eventstore_sql::{Sizes, load_master_key};
use jiff::Timestamp;
use projections::{Opener, ReadModels};
use std::sync::Arc;
use uuid::Uuid;
use workstate::SqlWorkState;

/// One town.
pub struct Town {
    /// The application.
    pub app: App,
    /// Its parts.
    pub parts: Parts,
    /// The clock.
    pub clock: Arc<ManualClock>,
    /// The town as configured.
    pub ente: Arc<Ente>,
    data: Data,
}

/// An instant, written as RFC 3339.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The town of the shipped configuration.
fn ente() -> Ente {
    let text = include_str!("../../../deploy/sportello.toml");
    let file: toml::Table = toml::from_str(text).expect("the shipped configuration is TOML");
    let enti: Vec<Ente> = file["ente"].clone().try_into().expect("its enti are enti");
    enti.into_iter().next().expect("it has one")
}

/// A node on some data.
async fn parts(data: &Data, clock: Arc<ManualClock>) -> Parts {
    let path = |name: &str| data.path().join(name);
    let random = system_random();
    let master = load_master_key(&path("master.key"), &random).expect("a key is made");
    let persone = Persone::new(master.derive("persone"));
    let store: Arc<dyn eventstore::EventStore> =
        data.database().open_log(clock.clone(), Sizes::default()).await.expect("the log opens");
    let keys: Arc<dyn eventstore::KeyStore> = data.database().open_keys(master, random).await.expect("the keys open");
    let opener = Arc::new(Opener::new(keys.clone()));
    let enti = Arc::new(Enti::new(vec![ente()]).expect("the shipped town is whole"));
    let file = |name: &str| path(name).to_str().expect("a path of text").to_owned();
    let (reads, work) = match data.url() {
        Some(url) => (url.to_owned(), url.to_owned()),
        None => (file("letture.db"), format!("sqlite://{}", file("lavoro.db"))),
    };
    let codes = vec![enti.all()[0].codice.to_string()];
    let reads = ReadModels::open(&reads, store.clone(), opener.clone(), codes).await.expect("the read models open");
    let work = SqlWorkState::open(&work).await.expect("the working data opens");
    let documents = Documenti::in_folder(path("documenti"), Arc::new(ChiaviDiPersone::new(keys.clone())))
        .expect("the documents open");
    Parts {
        store,
        keys,
        opener,
        reads,
        work: Arc::new(work),
        documents: Arc::new(documents),
        clock,
        ids: Arc::new(SystemIds),
        enti,
        persone,
    }
}

impl Town {
    /// The n-th of many citizens.
    pub fn un_cittadino(&self, n: usize) -> Contesto {
        let utente = Utente {
            id: PersonaId(Uuid::from_u128((0xa99 << 64) | n as u128)),
            ente: self.ente.codice.to_string(),
            anagrafica: Anagrafica::sample(),
            ruolo: Ruolo::Cittadino,
            livello: LivelloIdentita::L2,
            uffici: Vec::new(),
            ambiti: Vec::new(),
        };
        let correlazione = Uuid::from_u128(n as u128);
        Contesto { ente: self.ente.clone(), utente: Some(Arc::new(utente)), canale: Canale::Portale, correlazione }
    }

    /// An empty town at an instant.
    pub async fn open(now: Timestamp) -> Self {
        let data = Data::new().await;
        let clock = Arc::new(ManualClock::new(now));
        let parts = parts(&data, clock.clone()).await;
        let ente = parts.enti.all()[0].clone();
        Self { app: App::new(parts.clone()), parts, clock, ente, data }
    }

    /// Another node of the same installation, where the engine knows several; otherwise the same one.
    pub async fn node(&self) -> App {
        match self.data.url() {
            Some(_) => App::new(parts(&self.data, self.clock.clone()).await),
            None => self.app.clone(),
        }
    }

    fn identity(nome: &str, cognome: &str, codice_fiscale: &str, email: &str) -> VerifiedIdentity {
        VerifiedIdentity {
            fornitore: "prova".into(),
            codice_fiscale: CodiceFiscale::parse(codice_fiscale).expect("a codice fiscale"),
            nome: nome.into(),
            cognome: cognome.into(),
            email: Some(email.into()),
            livello: LivelloIdentita::L2,
            ruolo: Ruolo::Cittadino,
            uffici: Vec::new(),
            ambiti: Vec::new(),
        }
    }

    fn ctx(&self, identity: VerifiedIdentity) -> Contesto {
        let utente: Utente = self.app.persone().utente(self.ente.codice.as_str(), identity);
        let correlazione = self.app.ids().uuid(self.app.clock().now());
        Contesto { ente: self.ente.clone(), utente: Some(Arc::new(utente)), canale: Canale::Graphql, correlazione }
    }

    /// A citizen asks.
    pub fn cittadino(&self) -> Contesto {
        self.ctx(Self::identity("Mario", "Rossi", "RSSMRA80A01H501U", "mario.rossi@example.org"))
    }

    /// The protocol office asks.
    pub fn protocollo(&self) -> Contesto {
        let identity = Self::identity("Paolo", "Verdi", "VRDPLA72E10H501Z", "paolo.verdi@example.org");
        self.ctx(VerifiedIdentity { ruolo: Ruolo::Protocollo, ..identity })
    }

    /// An official of an office asks.
    pub fn operatore(&self, ufficio: &str) -> Contesto {
        let identity = Self::identity("Giulia", "Bianchi", "BNCGLI79D52H501V", "giulia.bianchi@example.org");
        let uffici = vec![domain::ente::CodiceUfficio::new(ufficio)];
        self.ctx(VerifiedIdentity { ruolo: Ruolo::Operatore, uffici, ..identity })
    }

    /// The citizen reports a lamp; it is taken.
    pub async fn segnala(&self, chiave: &str) -> Esito {
        self.try_segnala(chiave).await.expect("it is filed")
    }

    /// The citizen reports a lamp.
    pub async fn try_segnala(&self, chiave: &str) -> Result<Esito, AppError> {
        let input = InviaSegnalazione {
            categoria: "illuminazione".into(),
            titolo: "Lampione spento".into(),
            dettagli: "Il lampione davanti al civico 12 è spento.".into(),
            indirizzo: "Via dei Tigli 12".into(),
            ..InviaSegnalazione::default()
        };
        self.app.invia_segnalazione(&self.cittadino(), chiave, input).await
    }
}
