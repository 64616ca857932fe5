//! The municipality, its catalogues, and who asks.

use super::common::Ufficio;
use super::enums::Ruolo;
use app::Contesto;
use async_graphql::{ID, SimpleObject};
use domain::ente::CodiceUfficio;

/// The municipality of this host name.
#[derive(Debug, Clone, SimpleObject)]
pub struct Ente {
    /// Code in the index of administrations (IPA; CAD art. 6-ter).
    codice: ID,
    /// Name of the place alone.
    nome: String,
    /// Full name, such as `Comune di Montelume`.
    denominazione: String,
    /// Its offices.
    uffici: Vec<Ufficio>,
}

impl From<&app::Ente> for Ente {
    fn from(ente: &app::Ente) -> Self {
        Self {
            codice: ID(ente.codice.to_string()),
            nome: ente.nome.clone(),
            denominazione: ente.denominazione.clone(),
            uffici: ente.uffici.iter().map(Ufficio::from).collect(),
        }
    }
}

/// A category of reports (Modello Comuni).
#[derive(Debug, Clone, SimpleObject)]
pub struct Categoria {
    /// Stable code, such as `illuminazione`: what a filing gives as `categoria`.
    codice: String,
    /// Name for citizens.
    nome: String,
    /// Danger to people is likely: show the emergency numbers (112) before the form.
    pericolo: bool,
    /// Office to which it is routed.
    ufficio: Ufficio,
}

impl Categoria {
    pub(crate) fn of(contesto: &Contesto, categoria: &domain::segnalazione::Categoria) -> Self {
        Self {
            codice: categoria.codice.to_owned(),
            nome: categoria.nome.to_owned(),
            pericolo: categoria.pericolo,
            ufficio: Ufficio::of(contesto, &CodiceUfficio::new(categoria.ufficio)),
        }
    }

    pub(crate) fn by_code(contesto: &Contesto, codice: &str) -> Option<Self> {
        domain::segnalazione::Categoria::trova(codice).map(|categoria| Self::of(contesto, categoria))
    }
}

/// The person who signed in, or for whom a token was issued.
#[derive(Debug, Clone, SimpleObject)]
pub struct Utente {
    /// Given name.
    nome: String,
    /// Family name.
    cognome: String,
    /// Role.
    ruolo: Ruolo,
    /// Identity level of the session, 1 to 3.
    livello: u8,
    /// Offices of an official.
    uffici: Vec<Ufficio>,
    /// Scopes of a developer's token.
    ambiti: Vec<String>,
}

impl Utente {
    pub(crate) fn of(contesto: &Contesto, utente: &app::Utente) -> Self {
        Self {
            nome: utente.anagrafica.nome.clone(),
            cognome: utente.anagrafica.cognome.clone(),
            ruolo: utente.ruolo.into(),
            livello: utente.livello.into(),
            uffici: utente.uffici.iter().map(|codice| Ufficio::of(contesto, codice)).collect(),
            ambiti: utente.ambiti.clone(),
        }
    }
}
