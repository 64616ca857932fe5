//! The bare floor of the personal area: axum, one hand-written SQL statement, the database makes the JSON.
//!
//! It reads the tables of the program's own read models and gives the columns that `area_personale.graphql` asks for.

use crate::Failure;
use app::persone::Persone;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use eventstore::system_random;
use eventstore_sql::{Database, load_master_key};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// `sportello-bench floor-area`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Database of the town.
    #[arg(long)]
    database: Database,
    /// Its master key, from which the id of the citizen follows.
    #[arg(long)]
    master_key: PathBuf,
}

/// Columns of a case and of a step, as the document names them.
const CASE: [(&str, &str); 12] = [
    ("id", "p.id"),
    ("codice", "p.codice"),
    ("tipo", "p.tipo"),
    ("stato", "p.stato"),
    ("oggetto", "p.oggetto"),
    ("titolo", "p.titolo"),
    ("inviataIl", "p.inviata_il"),
    ("scadenza", "p.scadenza"),
    ("numero", "p.numero"),
    ("anno", "p.anno"),
    ("protocollataIl", "p.protocollata_il"),
    ("ufficio", "p.ufficio"),
];
const STEP: [(&str, &str); 8] = [
    ("evento", "s.evento"),
    ("quando", "s.quando"),
    ("attore", "s.attore"),
    ("messaggio", "s.messaggio"),
    ("segnatura", "s.segnatura"),
    ("scadenza", "s.scadenza"),
    ("posizione", "s.posizione"),
    ("parametri", "s.parametri"),
];

/// The read models of a town.
pub(super) enum Pool {
    /// In a file.
    Sqlite(SqlitePool),
    /// In a cluster.
    Postgres(PgPool),
}

struct Floor {
    pool: Pool,
    sql: String,
    titolare: String,
}

/// Serves until it is killed.
pub async fn serve(args: &Args) -> Result<(), Failure> {
    let master = load_master_key(&args.master_key, &system_random())?;
    let personas = identity::personas();
    let cittadino = personas.iter().find(|persona| persona.chiave == "cittadino").ok_or("there is no persona")?;
    let titolare = Persone::new(master.derive("persone")).id(crate::ENTE, &cittadino.identita.codice_fiscale);
    let pool = connect(&args.database).await?;
    let sql = statement(&pool).await?;
    let floor = Arc::new(Floor { pool, sql, titolare: titolare.to_string() });
    listen(Router::new().route("/graphql", post(answer)).with_state(floor)).await
}

/// Says where it is, and serves.
pub(super) async fn listen(router: Router) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", serde_json::json!({ "ready": format!("http://{}", listener.local_addr()?) }));
    Ok(axum::serve(listener, router).await?)
}

/// Pools as large as those of the program.
pub(super) async fn connect(database: &Database) -> Result<Pool, Failure> {
    Ok(match database {
        Database::Sqlite(folder) => {
            let options = SqliteConnectOptions::new().filename(folder.join("letture.db")).read_only(true);
            let options = options.pragma("mmap_size", "268435456").pragma("temp_store", "MEMORY");
            Pool::Sqlite(SqlitePoolOptions::new().max_connections(4).connect_with(options).await?)
        }
        Database::Postgres(url) => Pool::Postgres(PgPoolOptions::new().max_connections(8).connect(url).await?),
    })
}

/// The statement over the tables that are in service.
async fn statement(pool: &Pool) -> Result<String, Failure> {
    let (cases, steps) = (table(pool, "pratiche", "pratica").await?, table(pool, "storia", "storia").await?);
    Ok(match pool {
        Pool::Sqlite(_) => sqlite(&cases, &steps),
        Pool::Postgres(_) => postgres(&cases, &steps),
    })
}

/// The name of a read model's table that is in service.
pub(super) async fn table(pool: &Pool, projection: &str, base: &str) -> Result<String, Failure> {
    let live = "SELECT version, generation FROM projection_live WHERE projection = $1";
    let row: Option<(i64, i64)> = match pool {
        Pool::Sqlite(pool) => sqlx::query_as(live).bind(projection).fetch_optional(pool).await?,
        Pool::Postgres(pool) => {
            let live = live.replace("projection_live", "letture.projection_live");
            sqlx::query_as(sqlx::AssertSqlSafe(live)).bind(projection).fetch_optional(pool).await?
        }
    };
    let (version, generation) = row.ok_or("the read models of the town are not built")?;
    Ok(format!("{base}_v{version}_g{generation}"))
}

fn members(columns: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (index, (name, column)) in columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}'{name}', {column}");
    }
    text
}

fn sqlite(cases: &str, steps: &str) -> String {
    format!(
        "SELECT json_object('data', json_object('totalCount', count(*), 'nodes', json_group_array(json_object({case}, 'storia',
            (SELECT json_group_array(json_object({step})) FROM (SELECT * FROM {steps} WHERE ente = ?1 AND pratica = p.id
                ORDER BY posizione DESC LIMIT 5) AS s)))))
         FROM (SELECT * FROM {cases} WHERE ente = ?1 AND titolare = ?2 ORDER BY posizione DESC LIMIT 20) AS p",
        case = members(&CASE),
        step = members(&STEP),
    )
}

fn postgres(cases: &str, steps: &str) -> String {
    format!(
        "SELECT json_build_object('data', json_build_object('totalCount', count(*), 'nodes', json_agg(json_build_object({case},
            'storia', (SELECT json_agg(json_build_object({step})) FROM (SELECT * FROM letture.{steps} WHERE ente = $1
                AND pratica = p.id ORDER BY posizione DESC LIMIT 5) AS s)))))::text
         FROM (SELECT * FROM letture.{cases} WHERE ente = $1 AND titolare = $2 ORDER BY posizione DESC LIMIT 20) AS p",
        case = members(&CASE),
        step = members(&STEP),
    )
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
            Pool::Sqlite(pool) => sqlx::query_scalar(sql).bind(crate::ENTE).bind(&self.titolare).fetch_one(pool).await,
            Pool::Postgres(pool) => {
                sqlx::query_scalar(sql).bind(crate::ENTE).bind(&self.titolare).fetch_one(pool).await
            }
        }
    }
}
