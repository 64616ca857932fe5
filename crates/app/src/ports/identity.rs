//! Who is there: the sign-in port. SPID and CIE providers stand behind it as the demo's does.

use super::BoxFuture;
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::CodiceUfficio;
use domain::persona::{LivelloIdentita, Ruolo};
use std::collections::BTreeMap;

/// A person one may sign in as, where the provider lets one choose (the demo's personas).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    /// Key of the choice, such as `cittadino2`.
    pub chiave: String,
    /// Full name.
    pub nome: String,
    /// One sentence: who that is and what they see.
    pub descrizione: String,
    /// In which role.
    pub ruolo: Ruolo,
}

/// How a sign-in begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInStart {
    /// Show these choices; the form posts `persona=<chiave>` to the return address.
    Choose(Vec<Persona>),
    /// Send the browser there.
    Redirect(String),
    /// No provider is configured.
    Unavailable,
}

/// What a provider attests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedIdentity {
    /// Name of the provider.
    pub fornitore: String,
    /// Codice fiscale, without `TINIT-`.
    pub codice_fiscale: CodiceFiscale,
    /// Given name.
    pub nome: String,
    /// Family name.
    pub cognome: String,
    /// E-mail, if given.
    pub email: Option<String>,
    /// How surely identified.
    pub livello: LivelloIdentita,
    /// Role; a real provider attests citizens only, officials come from configuration.
    pub ruolo: Ruolo,
    /// Offices of an official.
    pub uffici: Vec<CodiceUfficio>,
    /// Scopes of a developer's token.
    pub ambiti: Vec<String>,
}

/// Why a sign-in did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The person broke off or the answer does not belong to a sign-in begun here.
    #[error("the sign-in was not completed")]
    Refused,
    /// The provider does not answer.
    #[error("the identity provider is unavailable: {0}")]
    Unavailable(String),
}

/// An identity provider.
pub trait IdentityProvider: Send + Sync {
    /// Begins a sign-in; `stato` comes back to [`IdentityProvider::finish`] unchanged.
    fn start<'a>(&'a self, ente: &'a str, stato: &'a str) -> BoxFuture<'a, Result<SignInStart, ProviderError>>;

    /// Ends a sign-in from the parameters that came back.
    fn finish<'a>(
        &'a self,
        ente: &'a str,
        parametri: BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<VerifiedIdentity, ProviderError>>;
}
