//! Values of `extensions.code`.

/// Nobody signed in, or the token is unknown.
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// There is no such thing, or it is not for this person: the two look the same.
pub const NOT_FOUND: &str = "NOT_FOUND";
/// An argument has a value that it cannot have.
pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
/// Someone else changed the same thing meanwhile; look at it again.
pub const CONFLICT: &str = "CONFLICT";
/// Try again after `extensions.retryAfter` seconds; a mutation with the same key, so that it is carried out once.
pub const UNAVAILABLE: &str = "UNAVAILABLE";
/// A mistake on our side; the details are in the operator's log.
pub const INTERNAL: &str = "INTERNAL";
/// The document is not GraphQL.
pub const PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
/// The document does not fit the schema.
pub const VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
/// The document asks for more than [`crate::limits::MAX_COMPLEXITY`] or [`crate::limits::MAX_FIELDS`].
pub const TOO_COMPLEX: &str = "QUERY_TOO_COMPLEX";
/// The document is nested deeper than [`crate::limits::MAX_DEPTH`].
pub const TOO_DEEP: &str = "QUERY_TOO_DEEP";
