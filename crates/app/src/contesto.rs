//! Who asks, of which ente, through which door.

use crate::enti::Ente;
use crate::persone::CODICE_SISTEMA;
use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, PraticaId};
use domain::persona::{Anagrafica, Attore, LivelloIdentita, Ruolo};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// The door through which a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canale {
    /// The pages.
    Portale,
    /// The API.
    Graphql,
    /// A process of the system itself.
    Sistema,
    /// The signed link of one appointment, without signing in: what comes through it is about that case alone.
    Collegamento(PraticaId),
}

impl Canale {
    /// Name in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Portale => "portale",
            Self::Graphql => "graphql",
            Self::Sistema => "sistema",
            Self::Collegamento(_) => "collegamento",
        }
    }
}

/// A person who signed in. Kept in sessions, so its shape changes with care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utente {
    /// Opaque id within the ente.
    pub id: PersonaId,
    /// Code of the ente for which the session holds; it is worth nothing elsewhere.
    pub ente: String,
    /// Identity as attested.
    pub anagrafica: Anagrafica,
    /// Role.
    pub ruolo: Ruolo,
    /// Identity level.
    pub livello: LivelloIdentita,
    /// Offices of an official.
    pub uffici: Vec<CodiceUfficio>,
    /// Scopes of a developer.
    pub ambiti: Vec<String>,
}

impl Utente {
    /// As the domain sees them.
    pub fn attore(&self) -> Attore {
        Attore {
            id: self.id,
            nome: self.anagrafica.nome_completo(),
            ruolo: self.ruolo,
            livello: self.livello,
            uffici: self.uffici.clone(),
        }
    }
}

/// Everything about a request that a command or a question depends on.
#[derive(Debug, Clone)]
pub struct Contesto {
    /// The ente, from the host name.
    pub ente: Arc<Ente>,
    /// Who asks; none when nobody signed in.
    pub utente: Option<Arc<Utente>>,
    /// The door.
    pub canale: Canale,
    /// Groups all that follows from the request.
    pub correlazione: Uuid,
}

impl Contesto {
    /// The code of the ente.
    pub fn codice_ente(&self) -> &str {
        self.ente.codice.as_str()
    }

    /// Whether a case is within the reach of this door: a link leads to one only.
    pub(crate) fn raggiunge(&self, pratica: PraticaId) -> bool {
        !matches!(self.canale, Canale::Collegamento(una) if una != pratica)
    }

    /// Who acts: the person, or the system.
    pub fn attore(&self) -> Attore {
        self.utente.as_ref().map_or_else(sistema, |utente| utente.attore())
    }
}

/// The system as an actor.
pub fn sistema() -> Attore {
    Attore {
        id: PersonaId(CODICE_SISTEMA),
        nome: "Sistema".into(),
        ruolo: Ruolo::Sistema,
        livello: LivelloIdentita::L3,
        uffici: Vec::new(),
    }
}
