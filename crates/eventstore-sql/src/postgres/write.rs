//! Writing what was settled: one statement for a whole group.

use super::known::{Known, Stored};
use crate::group::Plan;
use eventstore::Record;
use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;

/// Bytes of one statement at most; the protocol ends at a gigabyte, memory before.
const STATEMENT_BYTES: usize = 32 * 1024 * 1024;

/// Whether a plan can be written by one statement.
pub(super) fn fits(plan: &Plan) -> bool {
    let of = |record: &Record| record.payload.len() + record.meta.len() + record.stream.len() + 256;
    plan.records.iter().map(of).sum::<usize>() <= STATEMENT_BYTES
}

/// Writes a plan for an ente whose log ended as `stored`. The keys of the tables turn any mistake into an error instead of
/// a fork.
///
/// Every write to an ente moves its head. So nothing is written, and the answer is `false`, when the plan was settled on
/// anything that is no longer so: the head was moved or fenced, or a stream or key taken for new is there.
pub(super) async fn write(
    conn: &mut PgConnection,
    plan: &Plan,
    known: &Known,
    stored: Stored,
) -> Result<bool, sqlx::Error> {
    let Some((ente, head)) = plan.heads().next() else { return Ok(false) };
    let statement = sqlx::query(include_str!("sql/write.sql"))
        .bind(ente)
        .bind(head.position as i64)
        .bind(head.hash)
        .bind(head.recorded_at)
        .bind(stored.head.position as i64)
        .bind(stored.head.hash)
        .bind(stored.fence)
        .bind(known.new_streams().collect::<Vec<_>>())
        .bind(known.new_keys().collect::<Vec<_>>());
    let statement = bind_records(statement, &plan.records);
    let done = bind_heads(statement, plan).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

pub(super) type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// Ten arrays, in the order of the columns from `position` on; the instant is left to the statement.
pub(super) fn bind_records<'q>(statement: Statement<'q>, records: &[Record]) -> Statement<'q> {
    fn each<'r, T>(records: &'r [Record], of: impl Fn(&'r Record) -> T) -> Vec<T> {
        records.iter().map(of).collect()
    }
    statement
        .bind(each(records, |record| record.position as i64))
        .bind(each(records, |record| record.stream.as_str()))
        .bind(each(records, |record| record.version as i64))
        .bind(each(records, |record| record.event_id))
        .bind(each(records, |record| record.kind.as_str()))
        .bind(each(records, |record| i64::from(record.schema_version)))
        .bind(each(records, |record| record.payload.as_str()))
        .bind(each(records, |record| record.meta.as_str()))
        .bind(each(records, |record| record.prev_hash.as_slice()))
        .bind(each(records, |record| record.hash.as_slice()))
}

fn bind_heads<'q>(statement: Statement<'q>, plan: &Plan) -> Statement<'q> {
    let numeri = || plan.numeri.iter();
    let (keys, streams, registri) = (|| plan.keys(), || plan.streams(), || plan.registri());
    statement
        .bind(numeri().map(|taken| taken.registro.codice.as_str()).collect::<Vec<_>>())
        .bind(numeri().map(|taken| i64::from(taken.registro.anno)).collect::<Vec<_>>())
        .bind(numeri().map(|taken| taken.numero as i64).collect::<Vec<_>>())
        .bind(numeri().map(|taken| taken.position as i64).collect::<Vec<_>>())
        .bind(keys().map(|(_, key, _)| key).collect::<Vec<_>>())
        .bind(keys().map(|(_, _, applied)| applied.fingerprint.as_slice()).collect::<Vec<_>>())
        .bind(keys().map(|(_, _, applied)| applied.first as i64).collect::<Vec<_>>())
        .bind(keys().map(|(_, _, applied)| applied.last as i64).collect::<Vec<_>>())
        .bind(streams().map(|(_, stream, _)| stream).collect::<Vec<_>>())
        .bind(streams().map(|(_, _, version)| version as i64).collect::<Vec<_>>())
        .bind(registri().map(|(_, registro, _)| registro.codice.as_str()).collect::<Vec<_>>())
        .bind(registri().map(|(_, registro, _)| i64::from(registro.anno)).collect::<Vec<_>>())
        .bind(registri().map(|(_, _, numero)| numero as i64).collect::<Vec<_>>())
}
