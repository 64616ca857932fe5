//! The enti of this installation, chosen by host name.

use domain::ente::{CodiceEnte, CodiceUfficio};
use domain::termini::{CalendarioUfficio, Festivi, Regola};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// An office (unità organizzativa).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ufficio {
    /// Code, such as `lavori-pubblici`.
    pub codice: CodiceUfficio,
    /// Name for citizens.
    pub nome: String,
    /// E-mail.
    pub email: String,
    /// Telephone.
    pub telefono: String,
}

/// A municipality.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ente {
    /// IPA code; names its log.
    pub codice: CodiceEnte,
    /// Such as `Comune di Montelume`.
    pub denominazione: String,
    /// Name of the place alone, such as `Montelume`.
    pub nome: String,
    /// One line under the name.
    pub motto: String,
    /// Region, shown in the slim header.
    pub regione: String,
    /// IPA code of the AOO that owns the register.
    pub aoo: String,
    /// Host names under which this ente answers, without port; `*` takes what no other ente takes.
    pub host: Vec<String>,
    /// Address of the pages in messages, without a slash at the end.
    pub base_url: String,
    /// Sender of messages.
    pub email: String,
    /// Certified e-mail.
    pub pec: String,
    /// Telephone.
    pub telefono: String,
    /// Postal address.
    pub indirizzo: String,
    /// Where the map opens: latitude and longitude, WGS 84 degrees written as decimal text.
    pub centro: (String, String),
    /// GeoJSON file with streets and boundary, drawn on maps that have no tiles: lines with `nome` and `tipo` (`strada`,
    /// `confine`), points with `nome`.
    #[serde(default)]
    pub strade: Option<PathBuf>,
    /// The patron saint's day: the offices are closed, terms run on (Cass. 17079/2007). `{ tipo = "fissa", mese = 8, giorno = 7 }`.
    #[serde(default)]
    pub patrono: Option<Regola>,
    /// Its offices.
    pub uffici: Vec<Ufficio>,
}

impl Ente {
    /// The days on which its offices are closed.
    pub fn calendario(&self) -> CalendarioUfficio {
        CalendarioUfficio::new(Festivi::default(), false, self.patrono)
    }

    /// An office by code.
    pub fn ufficio(&self, codice: &CodiceUfficio) -> Option<&Ufficio> {
        self.uffici.iter().find(|ufficio| ufficio.codice == *codice)
    }

    /// Name of an office; its code when the ente does not list it.
    pub fn nome_ufficio<'a>(&'a self, codice: &'a CodiceUfficio) -> &'a str {
        self.ufficio(codice).map_or(codice.as_str(), |ufficio| ufficio.nome.as_str())
    }
}

/// Configured enti that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntiError {
    /// Nothing to serve.
    #[error("no ente is configured: add an [[ente]] section")]
    None,
    /// Two enti with one code.
    #[error("the ente {0} is configured twice")]
    Code(String),
    /// Two enti with one host.
    #[error("the host {0} belongs to two enti")]
    Host(String),
    /// Offices that the services need.
    #[error("the ente {ente} has no office {ufficio}, to which services and reports are routed")]
    Office {
        /// The ente.
        ente: String,
        /// The missing office.
        ufficio: String,
    },
}

/// All enti, by host and by code.
#[derive(Debug, Clone)]
pub struct Enti {
    all: Vec<Arc<Ente>>,
    by_host: HashMap<String, Arc<Ente>>,
}

impl Enti {
    /// Checks that codes and hosts are unique and that every routed office exists.
    ///
    /// # Errors
    /// [`EntiError`].
    pub fn new(enti: Vec<Ente>) -> Result<Self, EntiError> {
        if enti.is_empty() {
            return Err(EntiError::None);
        }
        let mut codes = HashSet::new();
        let mut by_host = HashMap::new();
        let mut all = Vec::new();
        for ente in enti {
            if !codes.insert(ente.codice.clone()) {
                return Err(EntiError::Code(ente.codice.to_string()));
            }
            let routed = domain::segnalazione::CATEGORIE.iter().map(|c| c.ufficio).chain(["segreteria-sindaco"]);
            for ufficio in routed {
                if ente.ufficio(&CodiceUfficio::new(ufficio)).is_none() {
                    return Err(EntiError::Office { ente: ente.codice.to_string(), ufficio: ufficio.into() });
                }
            }
            let ente = Arc::new(ente);
            for host in &ente.host {
                if by_host.insert(host.to_ascii_lowercase(), ente.clone()).is_some() {
                    return Err(EntiError::Host(host.clone()));
                }
            }
            all.push(ente);
        }
        Ok(Self { all, by_host })
    }

    /// The ente that answers under a host name (with or without port).
    pub fn by_host(&self, host: &str) -> Option<&Arc<Ente>> {
        let name = match host.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or(v6),
            None => host.split(':').next().unwrap_or(host),
        };
        self.by_host.get(&name.to_ascii_lowercase()).or_else(|| self.by_host.get("*"))
    }

    /// All enti.
    pub fn all(&self) -> &[Arc<Ente>] {
        &self.all
    }
}
