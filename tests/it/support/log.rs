//! The stored log, looked at from outside with a connection of our own.

use super::data::Data;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

/// Code of the first town.
pub const PRIMO: &str = "c_x901";
/// Code of the second town.
pub const SECONDO: &str = "c_x902";

/// A connection to the log, and what stands before the names of its tables.
async fn open(data: &Data) -> (AnyConnection, &'static str) {
    sqlx::any::install_default_drivers();
    let (url, schema) = match data.url() {
        Some(url) => (url.to_owned(), "registro."),
        None => (format!("sqlite://{}/registro.db?mode=rw", data.path().display()), ""),
    };
    (AnyConnection::connect(&url).await.expect("the log opens"), schema)
}

/// Numbers given out to a town, over all years, in order.
pub async fn numeri(data: &Data, ente: &str) -> Vec<u64> {
    let (mut conn, schema) = open(data).await;
    let sql = format!("SELECT numero FROM {schema}registro_numero WHERE ente = $1 ORDER BY anno, numero");
    let numbers: Vec<i64> =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(ente.to_owned()).fetch_all(&mut conn).await.expect("it is read");
    numbers.into_iter().map(|number| number.try_into().expect("not negative")).collect()
}

/// Facts of a town without the audit of sign-ins and denials, and without what mail does on its own time.
pub async fn fatti(data: &Data, ente: &str) -> u64 {
    let (mut conn, schema) = open(data).await;
    let sql = format!(
        "SELECT count(*) FROM {schema}event
         WHERE ente = $1 AND stream NOT LIKE 'accesso%' AND kind NOT LIKE 'Notifica%'
         AND kind <> 'RicevutaFormata'"
    );
    let count: i64 =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(ente.to_owned()).fetch_one(&mut conn).await.expect("it is counted");
    count.try_into().expect("not negative")
}

/// What the events of a kind of a town say, in order.
pub async fn payloads(data: &Data, ente: &str, kind: &str) -> Vec<serde_json::Value> {
    let (mut conn, schema) = open(data).await;
    let sql = format!("SELECT payload FROM {schema}event WHERE ente = $1 AND kind = $2 ORDER BY position");
    let texts: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(ente.to_owned())
        .bind(kind.to_owned())
        .fetch_all(&mut conn)
        .await
        .expect("they are read");
    texts.iter().map(|text| serde_json::from_str(text).expect("a payload is JSON")).collect()
}

/// The streams of a town with an event of a kind, one name for each such event.
pub async fn streams(data: &Data, ente: &str, kind: &str) -> Vec<String> {
    let (mut conn, schema) = open(data).await;
    let sql = format!("SELECT stream FROM {schema}event WHERE ente = $1 AND kind = $2 ORDER BY position");
    let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(ente.to_owned()).bind(kind.to_owned());
    query.fetch_all(&mut conn).await.expect("they are read")
}

/// The events of a stream, in order: kind and payload.
pub async fn stream(data: &Data, ente: &str, stream: &str) -> Vec<(String, serde_json::Value)> {
    let (mut conn, schema) = open(data).await;
    let sql = format!("SELECT kind, payload FROM {schema}event WHERE ente = $1 AND stream = $2 ORDER BY version");
    let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(ente.to_owned())
        .bind(stream.to_owned())
        .fetch_all(&mut conn)
        .await
        .expect("they are read");
    rows.into_iter().map(|(kind, text)| (kind, serde_json::from_str(&text).expect("a payload is JSON"))).collect()
}

/// The numbers of a town are 1 to n.
pub async fn assert_dense(data: &Data, ente: &str, n: u64) {
    assert_eq!(numeri(data, ente).await, (1..=n).collect::<Vec<_>>());
}
