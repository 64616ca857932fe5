//! The queue of notices.

use crate::database::Dialect;
use crate::{instant, limits, micros, processi, strange, unavailable, unsigned};
use app::ports::{Consegna, StatoConsegna, WorkError};
use domain::ids::PraticaId;
use domain::notifica::Motivo;
use domain::pratica::TipoPratica;
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};
use uuid::Uuid;

/// Rows of one insert: SQLite looks numbered places up one by one, so long statements lose again.
const ROWS: usize = 32;
/// Columns of a notice.
const COLUMNS: usize = 12;

/// The enti with something in the queue, each found by one look at the index, however long their queues are.
const ENTI: &str = "WITH RECURSIVE con_coda(ente) AS (
       SELECT MIN(ente) FROM consegna WHERE stato = 'in-coda'
       UNION ALL
       SELECT (SELECT MIN(c.ente) FROM consegna c WHERE c.stato = 'in-coda' AND c.ente > con_coda.ente)
       FROM con_coda WHERE con_coda.ente IS NOT NULL)
     SELECT ente FROM con_coda WHERE ente IS NOT NULL";
/// The head of one ente's queue.
const TESTA: &str = "SELECT dedupe, prossimo FROM consegna
     WHERE stato = 'in-coda' AND ente = $1 AND prossimo <= $2 AND lease_fino <= $2
     ORDER BY prossimo, dedupe LIMIT $3";

pub(crate) async fn enqueue(
    pool: &AnyPool,
    process: &str,
    ente: &str,
    position: u64,
    consegne: Vec<Consegna>,
) -> Result<(), WorkError> {
    if consegne.len() > limits::ENQUEUE {
        return Err(WorkError(format!("{} notices queued at once, at most {}", consegne.len(), limits::ENQUEUE)));
    }
    let mut transaction = pool.begin().await.map_err(unavailable)?;
    // On PostgreSQL nodes wait for each other at this row, and do not meet among the notices.
    processi::advance(&mut transaction, process, ente, position).await?;
    if let Some(foreign) = consegne.iter().find(|consegna| consegna.ente != ente) {
        return Err(WorkError(format!("a notice of {} queued for {ente}", foreign.ente)));
    }
    for chunk in consegne.chunks(ROWS) {
        insert(&mut transaction, chunk).await?;
    }
    transaction.commit().await.map_err(unavailable)
}

/// Several rows a statement: each statement through the pool costs a change of thread.
async fn insert(transaction: &mut AnyConnection, consegne: &[Consegna]) -> Result<(), WorkError> {
    let places: Vec<String> = (0..consegne.len())
        .map(|row| {
            let numbers: Vec<String> = (1..=COLUMNS).map(|column| format!("${}", row * COLUMNS + column)).collect();
            format!("({})", numbers.join(", "))
        })
        .collect();
    let sql = format!(
        "INSERT INTO consegna
           (ente, dedupe, pratica, tipo, causa, motivo, tentativi, prossimo, creata, stato, errore, affidata)
         VALUES {} ON CONFLICT (ente, dedupe) DO NOTHING",
        places.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for consegna in consegne {
        query = query
            .bind(consegna.ente.clone())
            .bind(consegna.dedupe.clone())
            .bind(consegna.pratica.to_string())
            .bind(consegna.tipo.as_str().to_owned())
            .bind(consegna.causa.to_string())
            .bind(consegna.motivo.as_str().to_owned())
            .bind(i64::from(consegna.tentativi))
            .bind(micros(consegna.prossimo))
            .bind(micros(consegna.creata))
            .bind(stato_as_str(consegna.stato).to_owned())
            .bind(consegna.errore.clone())
            .bind(consegna.affidata.map(micros));
    }
    query.execute(transaction).await.map(|_| ()).map_err(unavailable)
}

pub(crate) async fn lease_due(
    pool: &AnyPool,
    dialect: Dialect,
    now: Timestamp,
    lease: Timestamp,
    limit: u32,
) -> Result<Vec<Consegna>, WorkError> {
    let limit = limit.min(limits::LEASE);
    let enti: Vec<String> = sqlx::query_scalar(ENTI).fetch_all(pool).await.map_err(unavailable)?;
    if enti.is_empty() {
        return Ok(Vec::new());
    }
    // Heads are looked up and taken in one transaction: no other worker takes them in between.
    let mut transaction = pool.begin_with(dialect.begin_alone()).await.map_err(unavailable)?;
    let due = due(&mut transaction, dialect, enti, now, limit).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let pairs: Vec<String> = (0..due.len()).map(|i| format!("(${}, ${})", 2 * i + 3, 2 * i + 4)).collect();
    let sql = format!(
        "UPDATE consegna SET lease_fino = $1
         WHERE (ente, dedupe) IN (VALUES {}) AND lease_fino <= $2
         RETURNING ente, dedupe, pratica, tipo, causa, motivo, tentativi, prossimo, creata, stato, errore, affidata",
        pairs.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(micros(lease)).bind(micros(now));
    for (ente, dedupe) in due {
        query = query.bind(ente).bind(dedupe);
    }
    let rows = query.fetch_all(&mut *transaction).await.map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)?;
    let mut leased = rows.iter().map(consegna).collect::<Result<Vec<_>, _>>()?;
    leased.sort_by(|a, b| (a.prossimo, &a.dedupe).cmp(&(b.prossimo, &b.dedupe)));
    Ok(leased)
}

/// What is due, at most `limit`: the turns of the enti alternate, so that the long queue of one never makes another wait.
/// An ente whose oldest notice is older comes first within a turn.
async fn due(
    on: &mut AnyConnection,
    dialect: Dialect,
    enti: Vec<String>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(String, String)>, WorkError> {
    let testa = format!("{TESTA} {}", dialect.skip_locked());
    let mut turns = Vec::new();
    for ente in enti {
        let head = sqlx::query_as::<_, (String, i64)>(AssertSqlSafe(testa.clone()))
            .bind(ente.clone())
            .bind(micros(now))
            .bind(i64::from(limit))
            .fetch_all(&mut *on)
            .await
            .map_err(unavailable)?;
        let places = head.into_iter().enumerate();
        turns.extend(places.map(|(turn, (dedupe, prossimo))| (turn, prossimo, ente.clone(), dedupe)));
    }
    turns.sort_unstable();
    turns.truncate(limit as usize);
    Ok(turns.into_iter().map(|(_, _, ente, dedupe)| (ente, dedupe)).collect())
}

pub(crate) async fn note_attempt(pool: &AnyPool, consegna: &Consegna, lease: Timestamp) -> Result<bool, WorkError> {
    let done = sqlx::query(
        "UPDATE consegna SET tentativi = $1
         WHERE ente = $2 AND dedupe = $3 AND lease_fino = $4 AND stato = 'in-coda' AND affidata IS NULL",
    )
    .bind(i64::from(consegna.tentativi))
    .bind(consegna.ente.clone())
    .bind(consegna.dedupe.clone())
    .bind(micros(lease))
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(done.rows_affected() > 0)
}

pub(crate) async fn note_handed_over(pool: &AnyPool, consegna: &Consegna, at: Timestamp) -> Result<(), WorkError> {
    // Not a matter of the lease: what left has left, and whoever has the notice now must know.
    sqlx::query("UPDATE consegna SET affidata = $1 WHERE ente = $2 AND dedupe = $3 AND affidata IS NULL")
        .bind(micros(at))
        .bind(consegna.ente.clone())
        .bind(consegna.dedupe.clone())
        .execute(pool)
        .await
        .map_err(unavailable)?;
    Ok(())
}

pub(crate) async fn settle(pool: &AnyPool, consegna: Consegna, lease: Timestamp) -> Result<(), WorkError> {
    // The lease is the proof: a slower worker whose lease ran out neither frees what another one is sending nor takes
    // back what that one said.
    sqlx::query(
        "UPDATE consegna SET tentativi = $1, prossimo = $2, creata = $3, stato = $4, errore = $5, lease_fino = 0
         WHERE ente = $6 AND dedupe = $7 AND lease_fino = $8 AND stato = 'in-coda'",
    )
    .bind(i64::from(consegna.tentativi))
    .bind(micros(consegna.prossimo))
    .bind(micros(consegna.creata))
    .bind(stato_as_str(consegna.stato).to_owned())
    .bind(consegna.errore)
    .bind(consegna.ente)
    .bind(consegna.dedupe)
    .bind(micros(lease))
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(())
}

pub(crate) async fn dead_letters(pool: &AnyPool, ente: &str) -> Result<(Vec<Consegna>, u64), WorkError> {
    let rows = sqlx::query(
        "SELECT ente, dedupe, pratica, tipo, causa, motivo, tentativi, prossimo, creata, stato, errore, affidata
         FROM consegna WHERE ente = $1 AND stato = 'fallita' ORDER BY creata DESC, dedupe DESC LIMIT $2",
    )
    .bind(ente.to_owned())
    .bind(limits::DEAD_LETTERS)
    .fetch_all(pool)
    .await
    .map_err(unavailable)?;
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM consegna WHERE ente = $1 AND stato = 'fallita'")
        .bind(ente.to_owned())
        .fetch_one(pool)
        .await
        .map_err(unavailable)?;
    Ok((rows.iter().map(consegna).collect::<Result<_, _>>()?, unsigned("count", count)?))
}

pub(crate) async fn retry(pool: &AnyPool, ente: &str, dedupe: &str, now: Timestamp) -> Result<bool, WorkError> {
    // Queued anew: its attempts and its days count from here. `affidata` stays: what a slow node handed over after all
    // is not sent again.
    let done = sqlx::query(
        "UPDATE consegna SET stato = 'in-coda', tentativi = 0, prossimo = $1, creata = $1, lease_fino = 0
         WHERE ente = $2 AND dedupe = $3 AND stato = 'fallita'",
    )
    .bind(micros(now))
    .bind(ente.to_owned())
    .bind(dedupe.to_owned())
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(done.rows_affected() > 0)
}

fn consegna(row: &AnyRow) -> Result<Consegna, WorkError> {
    let text = |column: &str| row.try_get::<String, _>(column).map_err(unavailable);
    let number = |column: &str| row.try_get::<i64, _>(column).map_err(unavailable);
    let (pratica, tipo, causa) = (text("pratica")?, text("tipo")?, text("causa")?);
    let (motivo, stato, tentativi) = (text("motivo")?, text("stato")?, number("tentativi")?);
    Ok(Consegna {
        dedupe: text("dedupe")?,
        ente: text("ente")?,
        pratica: pratica.parse::<PraticaId>().map_err(|_| strange("pratica", &pratica))?,
        tipo: TipoPratica::parse(&tipo).ok_or_else(|| strange("tipo", &tipo))?,
        causa: Uuid::parse_str(&causa).map_err(|_| strange("causa", &causa))?,
        motivo: parse_motivo(&motivo).ok_or_else(|| strange("motivo", &motivo))?,
        tentativi: u32::try_from(tentativi).map_err(|_| strange("tentativi", tentativi))?,
        prossimo: instant("prossimo", number("prossimo")?)?,
        creata: instant("creata", number("creata")?)?,
        stato: parse_stato(&stato).ok_or_else(|| strange("stato", &stato))?,
        errore: row.try_get("errore").map_err(unavailable)?,
        affidata: row
            .try_get::<Option<i64>, _>("affidata")
            .map_err(unavailable)?
            .map(|micros| instant("affidata", micros))
            .transpose()?,
    })
}

fn parse_motivo(text: &str) -> Option<Motivo> {
    Motivo::parse(text)
}

const STATI: [StatoConsegna; 3] = [StatoConsegna::InCoda, StatoConsegna::Consegnata, StatoConsegna::Fallita];

fn stato_as_str(stato: StatoConsegna) -> &'static str {
    match stato {
        StatoConsegna::InCoda => "in-coda",
        StatoConsegna::Consegnata => "consegnata",
        StatoConsegna::Fallita => "fallita",
    }
}

fn parse_stato(text: &str) -> Option<StatoConsegna> {
    STATI.into_iter().find(|stato| stato_as_str(*stato) == text)
}
