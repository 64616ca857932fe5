//! The kinds of definitions, and what tells them apart.

use super::Definizioni;
use crate::app::App;
use catalogo::{Errore, Forma};
use domain::Evento;
use domain::allegato::Impronta;
use domain::ente::CodiceUfficio;
use domain::prenotabile::{self, Orario, OrarioPubblicato, Prenotabile, PrenotabilePubblicato};
use domain::servizio::{self, Servizio, ServizioPubblicato};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// A kind of definition that an ente publishes in versions.
pub(crate) trait Definizione: Forma + Clone + Send + Sync + 'static {
    /// Stream of its publications.
    const STREAM: &'static str;
    /// Folder within the data folder in which an ente puts its own.
    const CARTELLA: &'static str;

    /// Those of this kind.
    fn di(app: &App) -> &Definizioni<Self>;

    /// Those that come with the program.
    fn spedite() -> &'static [Self];

    /// Version, from 1.
    fn versione(&self) -> u32;

    /// The office without which it means nothing in an ente.
    fn ufficio(&self) -> Option<&CodiceUfficio>;

    /// Reads a file.
    fn leggi(text: &str, file: &str) -> Result<Self, Vec<Errore>>;

    /// The fact that it holds.
    fn pubblicata(&self, impronta: Impronta, il: Timestamp) -> Evento;

    /// The definition that an event publishes, when it is one of this kind.
    fn da(evento: Evento) -> Option<Map<String, Value>>;
}

impl Definizione for Servizio {
    const STREAM: &'static str = servizio::STREAM;
    const CARTELLA: &'static str = "servizi";

    fn di(app: &App) -> &Definizioni<Self> {
        &app.definizioni.servizi
    }

    fn spedite() -> &'static [Self] {
        catalogo::spediti()
    }

    fn versione(&self) -> u32 {
        self.versione
    }

    fn ufficio(&self) -> Option<&CodiceUfficio> {
        Some(&self.ufficio)
    }

    fn leggi(text: &str, file: &str) -> Result<Self, Vec<Errore>> {
        catalogo::leggi(text, file)
    }

    fn pubblicata(&self, impronta: Impronta, il: Timestamp) -> Evento {
        let (codice, versione) = (self.codice.clone(), self.versione);
        let definizione = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        Evento::Catalogo(ServizioPubblicato { codice, versione, impronta, definizione, il }.into())
    }

    fn da(evento: Evento) -> Option<Map<String, Value>> {
        match evento {
            Evento::Catalogo(servizio::Event::ServizioPubblicato(event)) => Some(event.definizione),
            _ => None,
        }
    }
}

impl Definizione for Prenotabile {
    const STREAM: &'static str = prenotabile::STREAM;
    const CARTELLA: &'static str = "prenotabili";

    fn di(app: &App) -> &Definizioni<Self> {
        &app.definizioni.prenotabili
    }

    fn spedite() -> &'static [Self] {
        catalogo::prenotabili_spediti()
    }

    fn versione(&self) -> u32 {
        self.versione
    }

    fn ufficio(&self) -> Option<&CodiceUfficio> {
        None
    }

    fn leggi(text: &str, file: &str) -> Result<Self, Vec<Errore>> {
        catalogo::prenotabile(text, file)
    }

    fn pubblicata(&self, impronta: Impronta, il: Timestamp) -> Evento {
        Evento::Orario(PrenotabilePubblicato::di(self, impronta, il).into())
    }

    fn da(evento: Evento) -> Option<Map<String, Value>> {
        match evento {
            Evento::Orario(prenotabile::Event::PrenotabilePubblicato(event)) => Some(event.definizione),
            _ => None,
        }
    }
}

impl Definizione for Orario {
    const STREAM: &'static str = prenotabile::STREAM;
    const CARTELLA: &'static str = "agende";

    fn di(app: &App) -> &Definizioni<Self> {
        &app.definizioni.orari
    }

    fn spedite() -> &'static [Self] {
        catalogo::agende_spedite()
    }

    fn versione(&self) -> u32 {
        self.versione
    }

    fn ufficio(&self) -> Option<&CodiceUfficio> {
        Some(&self.ufficio)
    }

    fn leggi(text: &str, file: &str) -> Result<Self, Vec<Errore>> {
        catalogo::orario(text, file)
    }

    fn pubblicata(&self, impronta: Impronta, il: Timestamp) -> Evento {
        Evento::Orario(OrarioPubblicato::di(self, impronta, il).into())
    }

    fn da(evento: Evento) -> Option<Map<String, Value>> {
        match evento {
            Evento::Orario(prenotabile::Event::OrarioPubblicato(event)) => Some(event.definizione),
            _ => None,
        }
    }
}
