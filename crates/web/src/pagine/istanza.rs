//! Routes.

use crate::state::Web;
use axum::Router;

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
}
