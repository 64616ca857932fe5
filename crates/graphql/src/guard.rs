//! The guard before a document that is new: codes of errors, the limit of cost.

use crate::errors::or_code;
use crate::{codes, limits};
use app::testi;
use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextValidation};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{ServerError, ServerResult, ValidationResult, Variables};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stands before every request that must be looked at.
pub(crate) struct Guard;

/// Part of a request's data: whether its document was found to fit the schema and the limits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fits(Arc<AtomicBool>);

impl Fits {
    pub(crate) fn known(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

pub(crate) fn refused(code: &str, key: &str, max: usize) -> ServerError {
    or_code(ServerError::new(testi::testo(testi::ITALIANO, key, &[("max", max.to_string())]), None), code)
}

#[async_trait]
impl Extension for Guard {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        next.run(ctx, query, variables).await.map_err(|error| or_code(error, codes::VALIDATION_FAILED))
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        match next.run(ctx).await {
            Ok(result) if result.complexity > limits::MAX_COMPLEXITY => {
                Err(vec![refused(codes::TOO_COMPLEX, "api-troppo-complessa", limits::MAX_COMPLEXITY)])
            }
            Ok(result) => {
                if let Some(fits) = ctx.data_opt::<Fits>() {
                    fits.0.store(true, Ordering::Release);
                }
                Ok(result)
            }
            Err(errors) => Err(errors.into_iter().map(|e| or_code(e, codes::VALIDATION_FAILED)).collect()),
        }
    }
}
