//! From a request to an answer: what is known of its document, the limits, the library.

use crate::documents::{Documents, Known};
use crate::errors::or_code;
use crate::guard::{Fits, Guard, refused};
use crate::loaders::LazyLoader;
use crate::measure::{self, Excess};
use crate::{Mutation, Query, codes, limits};
use app::App;
use async_graphql::{EmptySubscription, Request, Response, SchemaBuilder, ServerError, ValidationMode};
use std::sync::Arc;

type Library = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// The schema. Cheap to clone; one for all enti. Execute a request with an [`app::Contesto`] as its data:
/// `schema.execute(request.data(contesto))`. Requests come one by one: a door accepts no batches and no body above
/// [`limits::MAX_BODY`].
#[derive(Clone)]
pub struct Schema {
    /// Looks at everything.
    strict: Library,
    /// For what the other one found to fit: no rule is checked again, and no extension stands between the fields.
    known: Library,
    documents: Arc<Documents>,
}

/// The schema over an application, with all limits.
pub fn schema(app: App) -> Schema {
    Schema {
        strict: builder().extension(Guard).data(app.clone()).finish(),
        known: builder().validation_mode(ValidationMode::Fast).data(app).finish(),
        documents: Arc::new(Documents::new()),
    }
}

pub(crate) fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    // Depth and complexity are checked before, and told apart from mistakes by code.
    async_graphql::Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .limit_recursive_depth(limits::MAX_RECURSION)
        .limit_directives(limits::MAX_DIRECTIVES)
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

impl Schema {
    /// Runs one operation.
    pub async fn execute(&self, request: Request) -> Response {
        self.run(request.data(LazyLoader::default()))
            .await
            .map_or_else(|error| Response::from_errors(vec![error]), coded)
    }

    async fn run(&self, mut request: Request) -> Result<Response, ServerError> {
        let found = self.documents.find(&request.query);
        // The text is needed once more when it is new.
        let text = found.is_none().then(|| request.query.clone());
        let known = found.map_or_else(|| look(&mut request), Ok)?;
        request.set_parsed_query(known.document.clone());
        let case = known.case(&request);
        if case.as_ref().is_some_and(|case| known.fits(case)) {
            return Ok(self.known.execute(request).await);
        }
        let fits = Fits::default();
        let response = self.strict.execute(request.data(fits.clone())).await;
        if fits.known() {
            if let Some(case) = case {
                known.remember(case);
            }
            if let Some(text) = text {
                self.documents.keep(&text, known);
            }
        }
        Ok(response)
    }
}

/// Parses and measures a document.
fn look(request: &mut Request) -> Result<Arc<Known>, ServerError> {
    if measure::brackets(&request.query) > limits::MAX_BRACKETS {
        return Err(Excess::Deep.into());
    }
    let length = request.query.len();
    let document = request.parsed_query().map_err(|error| or_code(error, codes::PARSE_FAILED))?;
    let fields = measure::check(document)?;
    Ok(Arc::new(Known::new(document.clone(), length, fields)))
}

/// Gives a code to the errors left without one: values of variables that do not fit (they have a path, or a place in the
/// document) and the choice of the operation (neither).
fn coded(mut response: Response) -> Response {
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
