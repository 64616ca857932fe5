//! The bare group-committing writer on PostgreSQL: one connection, one statement a group, which is its own transaction.

use super::rows::{Filing, Samples};
use super::{Writer, now};
use crate::Failure;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Filings in one statement at most, as the program has it.
const GROUP: usize = 256;

type Waiting = (Filing, oneshot::Sender<u64>);

/// Its clients' end.
pub struct Group(mpsc::UnboundedSender<Waiting>);

impl Group {
    /// Starts the writer on a log whose tables are there.
    ///
    /// # Errors
    /// When it does not connect.
    pub async fn start(url: &str, samples: &Samples) -> Result<Self, Failure> {
        let conn = PgConnection::connect(url).await?;
        let (sender, queue) = mpsc::unbounded_channel();
        let samples = samples.clone();
        tokio::spawn(async move {
            if let Err(error) = serve(conn, &samples, queue).await {
                // Clients learn it from the answers that do not come.
                eprintln!("the bare writer ended: {error}");
            }
        });
        Ok(Self(sender))
    }
}

impl Writer for Group {
    async fn file(&self, filing: Filing) -> Result<u64, Failure> {
        let (answer, answered) = oneshot::channel();
        self.0.send((filing, answer)).map_err(|_| "the bare writer is gone")?;
        Ok(answered.await?)
    }
}

/// Everything of a group, column by column.
#[derive(Default)]
struct Columns<'a> {
    position: Vec<i64>,
    stream: Vec<&'a str>,
    version: Vec<i64>,
    event_id: Vec<Uuid>,
    kind: Vec<&'a str>,
    schema_version: Vec<i64>,
    payload: Vec<&'a str>,
    meta: Vec<&'a str>,
    prev_hash: Vec<&'a [u8]>,
    hash: Vec<&'a [u8]>,
    numero: Vec<i64>,
    first: Vec<i64>,
    last: Vec<i64>,
    key: Vec<&'a str>,
    fingerprint: Vec<&'a [u8]>,
    head_stream: Vec<&'a str>,
    head_version: Vec<i64>,
}

/// Where the log ends.
struct End {
    position: i64,
    numero: i64,
    hash: [u8; 32],
}

async fn serve(
    mut conn: PgConnection,
    samples: &Samples,
    mut queue: mpsc::UnboundedReceiver<Waiting>,
) -> Result<(), Failure> {
    let register = samples.register_stream();
    let mut end = End { position: 0, numero: 0, hash: [0; 32] };
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let before = end.numero;
        let columns = columns(&group, &register, &mut end);
        write(&mut conn, samples, &columns, &end).await?;
        for ((_, answer), numero) in group.drain(..).zip(before + 1..) {
            // A client whose time is over does not wait for its answer.
            let _ = answer.send(numero as u64);
        }
    }
    conn.close().await?;
    Ok(())
}

fn columns<'a>(group: &'a [Waiting], register: &'a str, end: &mut End) -> Columns<'a> {
    let mut all = Columns::default();
    let mut prev: &'a [u8] = &ZERO;
    for (filing, _) in group {
        end.numero += 1;
        all.numero.push(end.numero);
        all.first.push(end.position + 1);
        let mut version = 0;
        for row in &filing.rows {
            end.position += 1;
            all.position.push(end.position);
            if row.entry {
                all.stream.push(register);
                all.version.push(end.numero);
            } else {
                version += 1;
                all.stream.push(&filing.stream);
                all.version.push(version);
            }
            all.event_id.push(row.event_id);
            all.kind.push(&row.kind);
            all.schema_version.push(row.schema_version);
            all.payload.push(&row.payload);
            all.meta.push(&row.meta);
            all.prev_hash.push(prev);
            all.hash.push(&filing.fingerprint);
            prev = &filing.fingerprint;
        }
        all.last.push(end.position);
        all.key.push(&filing.key);
        all.fingerprint.push(&filing.fingerprint);
        all.head_stream.push(&filing.stream);
        all.head_version.push(version);
        end.hash = filing.fingerprint;
    }
    all.head_stream.push(register);
    all.head_version.push(end.numero);
    all
}

/// Stands for the hash before a group: as long as one.
static ZERO: [u8; 32] = [0; 32];

const WRITE: &str = "WITH
    heads AS (INSERT INTO registro.stream_head (ente, stream, version)
        SELECT $1, s, v FROM unnest($2::text[], $3::bigint[]) AS t(s, v)
        ON CONFLICT (ente, stream) DO UPDATE SET version = excluded.version),
    numeri AS (INSERT INTO registro.registro_numero (ente, registro, anno, numero, position)
        SELECT $1, 'PROT', $4, n, p FROM unnest($5::bigint[], $6::bigint[]) AS t(n, p)),
    chiavi AS (INSERT INTO registro.idempotency (ente, key, fingerprint, first, last)
        SELECT $1, k, f, p, q FROM unnest($7::text[], $8::bytea[], $6::bigint[], $9::bigint[]) AS t(k, f, p, q)),
    contatore AS (INSERT INTO registro.registro_head (ente, registro, anno, numero) VALUES ($1, 'PROT', $4, $10)
        ON CONFLICT (ente, registro, anno) DO UPDATE SET numero = excluded.numero),
    fine AS (INSERT INTO registro.ente_head (ente, position, hash, recorded_at) VALUES ($1, $11, $12, $13)
        ON CONFLICT (ente) DO UPDATE
        SET position = excluded.position, hash = excluded.hash, recorded_at = excluded.recorded_at)
    INSERT INTO registro.event (ente, position, stream, version, event_id, kind, schema_version, payload, meta,
        recorded_at, prev_hash, hash)
    SELECT $1, p, s, v, e, k, z, y, m, $13, a, b
    FROM unnest($14::bigint[], $15::text[], $16::bigint[], $17::uuid[], $18::text[], $19::bigint[], $20::text[], $21::text[],
        $22::bytea[], $23::bytea[]) AS t(p, s, v, e, k, z, y, m, a, b)";

async fn write(conn: &mut PgConnection, samples: &Samples, all: &Columns<'_>, end: &End) -> Result<(), Failure> {
    let statement = sqlx::query(WRITE).bind(&samples.ente).bind(&all.head_stream).bind(&all.head_version);
    let statement = statement.bind(samples.anno).bind(&all.numero).bind(&all.first);
    let statement = statement.bind(&all.key).bind(&all.fingerprint).bind(&all.last).bind(end.numero);
    let statement = statement.bind(end.position).bind(&end.hash[..]).bind(now());
    let statement = statement.bind(&all.position).bind(&all.stream).bind(&all.version).bind(&all.event_id);
    let statement = statement.bind(&all.kind).bind(&all.schema_version).bind(&all.payload).bind(&all.meta);
    statement.bind(&all.prev_hash).bind(&all.hash).execute(conn).await?;
    Ok(())
}

/// Whether the floor did the work.
pub async fn check(url: &str) -> Result<(), Failure> {
    let mut conn = PgConnection::connect(url).await?;
    let numbers = "SELECT count(*), coalesce(max(numero), 0) FROM registro.registro_numero";
    let events = "SELECT count(*), coalesce(max(position), 0) FROM registro.event";
    let (numbers, highest): (i64, i64) = sqlx::query_as(numbers).fetch_one(&mut conn).await?;
    let (events, positions): (i64, i64) = sqlx::query_as(events).fetch_one(&mut conn).await?;
    conn.close().await?;
    super::check(numbers, highest, events, positions)
}
