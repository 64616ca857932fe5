//! The statements of the key store.

use super::worker::{Made, Wish};
use eventstore::KeyStoreError;
use eventstore::transfer::WrappedKey;
use sqlx::{Connection as _, PgConnection};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Newest layout this program knows.
pub(super) const LAYOUT: i64 = 1;
/// Lock of those who make the schema at the same moment.
const SCHEMA_LOCK: i64 = 0x5370_6f4b;
/// Looks for keys that another node was making at the same moment; the first finds nearly all, the second the rest.
const ROUNDS: usize = 3;

/// A subject of an ente.
pub(super) type Subject = (String, Uuid);

/// Makes the schema if it is not there, and stores a proof of the master key if there is none. The layout and the proof
/// that stand.
pub(super) async fn prepare(conn: &mut PgConnection, proof: &[u8]) -> sqlx::Result<(i64, Vec<u8>)> {
    let mut transaction = conn.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(SCHEMA_LOCK).execute(&mut *transaction).await?;
    let exists: bool =
        sqlx::query_scalar("SELECT to_regclass('chiavi.layout') IS NOT NULL").fetch_one(&mut *transaction).await?;
    if !exists {
        sqlx::raw_sql(include_str!("../sql/keys_schema.sql")).execute(&mut *transaction).await?;
    }
    let version: i64 = sqlx::query_scalar("SELECT version FROM chiavi.layout").fetch_one(&mut *transaction).await?;
    if version > LAYOUT {
        return Ok((version, Vec::new()));
    }
    sqlx::query("INSERT INTO chiavi.prova (wrapped) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(proof)
        .execute(&mut *transaction)
        .await?;
    let stands = sqlx::query_scalar("SELECT wrapped FROM chiavi.prova").fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok((version, stands))
}

/// For each wish the key that stands: one that was there, or one that is durable now. One commit.
pub(super) async fn make(conn: &mut PgConnection, wishes: Vec<Wish>) -> sqlx::Result<HashMap<Subject, Made>> {
    // In one order on every node: two that want the same keys wait for each other one way only.
    let mut missing: BTreeMap<Subject, Made> =
        wishes.into_iter().map(|wish| ((wish.ente, wish.subject), wish.made)).collect();
    let mut found = HashMap::with_capacity(missing.len());
    for _ in 0..ROUNDS {
        if missing.is_empty() {
            break;
        }
        let (mut enti, mut subjects, mut ids, mut wrapped) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((ente, subject), made) in &missing {
            enti.push(ente.as_str());
            subjects.push(*subject);
            ids.push(made.id);
            wrapped.push(made.wrapped.as_deref());
        }
        let rows: Vec<(String, Uuid, Uuid, Option<Vec<u8>>)> = sqlx::query_as(include_str!("../sql/make_keys.sql"))
            .bind(enti)
            .bind(subjects)
            .bind(ids)
            .bind(wrapped)
            .fetch_all(&mut *conn)
            .await?;
        for (ente, subject, id, wrapped) in rows {
            let subject = (ente, subject);
            missing.remove(&subject);
            found.insert(subject, Made { id, wrapped });
        }
    }
    Ok(found)
}

/// Those of the keys that are here.
pub(super) async fn find(conn: &mut PgConnection, ente: &str, ids: &[Uuid]) -> sqlx::Result<Vec<Made>> {
    let rows: Vec<(Uuid, Option<Vec<u8>>)> =
        sqlx::query_as("SELECT id, wrapped FROM chiavi.chiave WHERE ente = $1 AND id = ANY($2)")
            .bind(ente)
            .bind(ids)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(id, wrapped)| Made { id, wrapped }).collect())
}

/// Overwrites the key of a subject and tells every node. A subject without a key gets a destroyed one with the id given, so
/// that none is made later. The id that stands.
pub(super) async fn destroy(conn: &mut PgConnection, ente: &str, subject: Uuid, id: Uuid) -> sqlx::Result<Uuid> {
    let statement = sqlx::query_scalar(include_str!("../sql/destroy_key.sql"));
    statement.bind(ente).bind(subject).bind(id).fetch_one(conn).await
}

/// Clears the versions of rows that were overwritten.
pub(super) async fn vacuum(conn: &mut PgConnection) -> sqlx::Result<()> {
    // Giving pages back to the file system would lock readers out.
    sqlx::raw_sql("VACUUM (TRUNCATE FALSE) chiavi.chiave").execute(conn).await.map(drop)
}

/// Keys of an ente in order of subject.
pub(super) async fn list(
    conn: &mut PgConnection,
    ente: &str,
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<WrappedKey>> {
    let rows: Vec<(Uuid, Uuid, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT subject, id, wrapped FROM chiavi.chiave
         WHERE ente = $1 AND ($2 IS NULL OR subject > $2) ORDER BY subject LIMIT $3",
    )
    .bind(ente)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(subject, id, wrapped)| WrappedKey { subject, id, wrapped }).collect())
}

/// Stores keys in one commit, all or none. The inner error is a subject that has another key.
pub(super) async fn put(
    conn: &mut PgConnection,
    ente: &str,
    keys: &[WrappedKey],
) -> sqlx::Result<Result<(), KeyStoreError>> {
    let mut keys: Vec<&WrappedKey> = keys.iter().collect();
    keys.sort_unstable_by_key(|key| key.subject);
    let subjects: Vec<Uuid> = keys.iter().map(|key| key.subject).collect();
    let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
    let wrapped: Vec<Option<&[u8]>> = keys.iter().map(|key| key.wrapped.as_deref()).collect();
    let mut transaction = conn.begin().await?;
    sqlx::query(include_str!("../sql/put_keys.sql"))
        .bind(ente)
        .bind(&subjects)
        .bind(&ids)
        .bind(wrapped)
        .execute(&mut *transaction)
        .await?;
    // Only now: the insertion waited for those who were making a key of the same subject.
    let other: Option<Uuid> = sqlx::query_scalar(
        "SELECT n.subject FROM unnest($2::UUID[], $3::UUID[]) AS n (subject, id)
         JOIN chiavi.chiave c ON c.ente = $1 AND c.subject = n.subject WHERE c.id <> n.id LIMIT 1",
    )
    .bind(ente)
    .bind(subjects)
    .bind(ids)
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(subject) = other {
        return Ok(Err(crate::key_cache::another_key(subject)));
    }
    transaction.commit().await?;
    Ok(Ok(()))
}
