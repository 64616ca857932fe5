//! The guard before the schema: limits, codes of errors, one loader a request.

use crate::errors::or_code;
use crate::loaders::Reader;
use crate::measure::{self, Excess};
use crate::{codes, limits};
use app::{App, Contesto, testi};
use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextPrepareRequest, NextRequest, NextValidation,
};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, ServerError, ServerResult, ValidationResult, Variables};
use std::any::TypeId;
use std::sync::Arc;

/// Stands before every request.
pub(crate) struct Guard;

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

fn refused(code: &str, key: &str, max: usize) -> ServerError {
    or_code(ServerError::new(testi::testo(testi::ITALIANO, key, &[("max", max.to_string())]), None), code)
}

impl From<Excess> for ServerError {
    fn from(excess: Excess) -> Self {
        match excess {
            Excess::Deep => refused(codes::TOO_DEEP, "api-troppo-profonda", limits::MAX_DEPTH),
            Excess::Wide => refused(codes::TOO_COMPLEX, "api-troppi-campi", limits::MAX_FIELDS),
            Excess::Cycle => refused(codes::VALIDATION_FAILED, "api-frammento-ciclico", 0),
        }
    }
}

#[async_trait]
impl Extension for Guard {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        // What is left without a code: values of variables that do not fit (they have a path, or a place in the
        // document) and the choice of the operation (neither).
        for error in &mut response.errors {
            let code = if error.path.is_empty() && error.locations.is_empty() {
                codes::VALIDATION_FAILED
            } else {
                codes::BAD_USER_INPUT
            };
            *error = or_code(std::mem::replace(error, ServerError::new("", None)), code);
        }
        response
    }

    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let mut request = next.run(ctx, request).await?;
        if measure::brackets(&request.query) > limits::MAX_BRACKETS {
            return Err(Excess::Deep.into());
        }
        let document = request.parsed_query().map_err(|error| or_code(error, codes::PARSE_FAILED))?;
        measure::check(document)?;
        let contesto = request.data.get(&TypeId::of::<Contesto>()).and_then(|data| data.downcast_ref::<Contesto>());
        if let (Some(contesto), Some(app)) = (contesto, ctx.data_opt::<App>()) {
            let loader = Reader::loader(app.clone(), contesto.clone());
            request.data.insert(loader);
        }
        Ok(request)
    }

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
            Ok(result) => Ok(result),
            Err(errors) => Err(errors.into_iter().map(|e| or_code(e, codes::VALIDATION_FAILED)).collect()),
        }
    }
}
