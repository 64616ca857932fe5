//! The demo's provider: one chooses who to be.

use crate::PersonaDemo;
use app::ports::{BoxFuture, IdentityProvider, Persona, ProviderError, SignInStart, VerifiedIdentity};
use std::collections::BTreeMap;

/// Lets anyone sign in as any of its persons. Never for real data: the binary offers it in the demo alone.
#[derive(Debug, Clone)]
pub struct DemoProvider {
    personas: Vec<PersonaDemo>,
}

impl DemoProvider {
    /// A provider of these persons, shown in this order.
    pub fn new(personas: Vec<PersonaDemo>) -> Self {
        Self { personas }
    }
}

impl IdentityProvider for DemoProvider {
    fn start<'a>(&'a self, _ente: &'a str, _stato: &'a str) -> BoxFuture<'a, Result<SignInStart, ProviderError>> {
        let choices = self.personas.iter().map(|persona| Persona {
            chiave: persona.chiave.clone(),
            nome: format!("{} {}", persona.identita.nome, persona.identita.cognome),
            descrizione: persona.descrizione.clone(),
            ruolo: persona.identita.ruolo,
        });
        let choices = choices.collect();
        Box::pin(async move { Ok(SignInStart::Choose(choices)) })
    }

    fn finish<'a>(
        &'a self,
        _ente: &'a str,
        parametri: BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<VerifiedIdentity, ProviderError>> {
        let chosen = parametri.get("persona").and_then(|key| self.personas.iter().find(|p| p.chiave == *key));
        let answer = chosen.map(|persona| persona.identita.clone()).ok_or(ProviderError::Refused);
        Box::pin(async move { answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personas;

    async fn sign_in(provider: &DemoProvider, key: &str, value: &str) -> Result<VerifiedIdentity, ProviderError> {
        provider.finish("c_x000", BTreeMap::from([(key.to_owned(), value.to_owned())])).await
    }

    #[tokio::test]
    async fn one_signs_in_as_the_person_one_chooses() {
        let provider = DemoProvider::new(personas());
        let SignInStart::Choose(choices) = provider.start("c_x000", "stato").await.unwrap() else {
            panic!("the demo lets one choose");
        };
        assert_eq!(choices.len(), personas().len());
        for choice in choices {
            let identity = sign_in(&provider, "persona", &choice.chiave).await.unwrap();
            assert_eq!(format!("{} {}", identity.nome, identity.cognome), choice.nome);
            assert_eq!(identity.ruolo, choice.ruolo);
        }
    }

    #[tokio::test]
    async fn an_unknown_choice_or_none_is_refused() {
        let provider = DemoProvider::new(personas());
        assert_eq!(sign_in(&provider, "persona", "sconosciuto").await, Err(ProviderError::Refused));
        assert_eq!(sign_in(&provider, "persona", "").await, Err(ProviderError::Refused));
        assert_eq!(sign_in(&provider, "altro", "cittadino").await, Err(ProviderError::Refused));
    }
}
