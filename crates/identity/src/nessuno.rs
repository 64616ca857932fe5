//! No provider: nobody can sign in.

use app::ports::{BoxFuture, IdentityProvider, ProviderError, SignInStart, VerifiedIdentity};
use std::collections::BTreeMap;

/// What stands there while no provider is configured.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProvider;

impl IdentityProvider for NoProvider {
    fn start<'a>(&'a self, _ente: &'a str, _stato: &'a str) -> BoxFuture<'a, Result<SignInStart, ProviderError>> {
        Box::pin(async { Ok(SignInStart::Unavailable) })
    }

    fn finish<'a>(
        &'a self,
        _ente: &'a str,
        _parametri: BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<VerifiedIdentity, ProviderError>> {
        // Nothing was begun, so nothing can come back.
        Box::pin(async { Err(ProviderError::Refused) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_signs_in() {
        assert_eq!(NoProvider.start("c_x000", "s").await, Ok(SignInStart::Unavailable));
        let parametri = BTreeMap::from([("persona".to_owned(), "cittadino".to_owned())]);
        assert_eq!(NoProvider.finish("c_x000", parametri).await, Err(ProviderError::Refused));
    }
}
