//! The bare floor of availability: axum, one hand-written SQL statement, the database makes the JSON.
//!
//! It reads the rows from which free slots are worked out, and leaves the working out to whoever asks.

use super::area::{Pool, connect, listen, table};
use crate::Failure;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use eventstore_sql::Database;
use jiff::civil::Date;
use sqlx::query::QueryScalar;
use std::sync::Arc;

/// `sportello-bench floor-disponibilita`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Database of the town.
    #[arg(long)]
    database: Database,
    /// First day.
    #[arg(long)]
    dal: Date,
    /// Last day.
    #[arg(long)]
    al: Date,
    /// Codes of the offices.
    #[arg(long, value_delimiter = ',', required = true)]
    uffici: Vec<String>,
}

/// What the program's own question reads of a seat.
const COLUMNS: &str = "ufficio, giorno, sportello, inizio, fine, libero_dal, servizio, canale, scade";

struct Floor {
    pool: Pool,
    sql: String,
    values: Vec<String>,
}

/// Serves until it is killed.
pub async fn serve(args: &Args) -> Result<(), Failure> {
    let pool = connect(&args.database).await?;
    let table = table(&pool, "appuntamenti", "occupato").await?;
    let places: Vec<String> = (4..4 + args.uffici.len()).map(|n| format!("${n}")).collect();
    let filter = format!("WHERE ente = $1 AND giorno >= $2 AND giorno <= $3 AND ufficio IN ({})", places.join(", "));
    let sql = match &pool {
        Pool::Sqlite(_) => {
            format!("SELECT json_object('data', json_group_array(json_array({COLUMNS}))) FROM {table} {filter}")
        }
        Pool::Postgres(_) => format!(
            "SELECT json_build_object('data', json_agg(json_build_array({COLUMNS})))::text FROM letture.{table} {filter}"
        ),
    };
    let mut values = vec![crate::ENTE.to_owned(), args.dal.to_string(), args.al.to_string()];
    values.extend(args.uffici.iter().cloned());
    let floor = Arc::new(Floor { pool, sql, values });
    listen(Router::new().route("/graphql", post(answer)).with_state(floor)).await
}

async fn answer(State(floor): State<Arc<Floor>>, _body: axum::body::Bytes) -> Response {
    match floor.rows().await {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

impl Floor {
    async fn rows(&self) -> Result<String, sqlx::Error> {
        let sql = sqlx::AssertSqlSafe(self.sql.clone());
        match &self.pool {
            Pool::Sqlite(pool) => {
                let bound = self.values.iter().fold(sqlx::query_scalar(sql), QueryScalar::bind);
                bound.fetch_one(pool).await
            }
            Pool::Postgres(pool) => {
                let bound = self.values.iter().fold(sqlx::query_scalar(sql), QueryScalar::bind);
                bound.fetch_one(pool).await
            }
        }
    }
}
