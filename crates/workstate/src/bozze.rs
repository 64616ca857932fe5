//! Drafts and profiles: sealed bytes, whose they are, and until when.

use crate::{SqlWorkState, answered, instant, limits, micros, signed, strange, unavailable};
use app::ports::{BoxFuture, BozzaChiusa, Bozze, ProfiloChiuso, WorkError};
use domain::ids::{AllegatoId, PersonaId};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};
use uuid::Uuid;

/// Columns of a draft, in no statement's conditions.
const COLUMNS: &str = "id, ente, proprietario, dati, creata, aggiornata, scade";

impl Bozze for SqlWorkState {
    fn add_draft(
        &self,
        draft: BozzaChiusa,
        files: Vec<AllegatoId>,
        max: u64,
    ) -> BoxFuture<'_, Result<bool, WorkError>> {
        answered(add(&self.pool, draft, files, max))
    }

    fn drafts<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<BozzaChiusa>, WorkError>> {
        answered(of_person(&self.pool, ente, persona, now))
    }

    fn draft<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<BozzaChiusa>, WorkError>> {
        answered(get(&self.pool, ente, persona, id, now))
    }

    fn save_draft(
        &self,
        draft: BozzaChiusa,
        files: Vec<AllegatoId>,
        seen: Timestamp,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<bool, WorkError>> {
        answered(save(&self.pool, draft, files, seen, now))
    }

    fn delete_draft<'a>(&'a self, ente: &'a str, id: Uuid) -> BoxFuture<'a, Result<bool, WorkError>> {
        answered(delete(&self.pool, ente, id))
    }

    fn expired_drafts<'a>(
        &'a self,
        ente: &'a str,
        now: Timestamp,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<Uuid>, WorkError>> {
        answered(expired(&self.pool, ente, now, limit))
    }

    fn expiring_drafts<'a>(
        &'a self,
        ente: &'a str,
        after: (Timestamp, Uuid),
        until: Timestamp,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<BozzaChiusa>, WorkError>> {
        answered(expiring(&self.pool, ente, after, until, limit))
    }

    fn note_warned<'a>(
        &'a self,
        ente: &'a str,
        id: Uuid,
        scade: Timestamp,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        answered(note_warned(&self.pool, ente, id, scade, at))
    }

    fn profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
    ) -> BoxFuture<'a, Result<Option<ProfiloChiuso>, WorkError>> {
        answered(profile(&self.pool, ente, persona))
    }

    fn save_profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        profile: ProfiloChiuso,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        answered(save_profile(&self.pool, ente, persona, profile, at))
    }

    fn delete_profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        soggetto: Uuid,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        answered(delete_profile(&self.pool, ente, persona, soggetto))
    }
}

fn check(dati: &[u8], files: &[AllegatoId]) -> Result<(), WorkError> {
    if dati.len() > limits::SEALED_BYTES {
        return Err(WorkError(format!("{} sealed bytes, at most {}", dati.len(), limits::SEALED_BYTES)));
    }
    if files.len() > limits::DRAFT_FILES {
        return Err(WorkError(format!("a draft names {} files, at most {}", files.len(), limits::DRAFT_FILES)));
    }
    Ok(())
}

async fn add(pool: &AnyPool, draft: BozzaChiusa, files: Vec<AllegatoId>, max: u64) -> Result<bool, WorkError> {
    check(&draft.dati, &files)?;
    let mut transaction = pool.begin().await.map_err(unavailable)?;
    let done = sqlx::query(
        "INSERT INTO bozza (id, ente, proprietario, dati, creata, aggiornata, scade)
         SELECT $1, $2, $3, $4, $5, $6, $7
         WHERE (SELECT COUNT(*) FROM bozza b WHERE b.ente = $2 AND b.proprietario = $3 AND b.scade > $5) < $8",
    )
    .bind(draft.id.to_string())
    .bind(draft.ente.clone())
    .bind(draft.proprietario.to_string())
    .bind(draft.dati)
    .bind(micros(draft.creata))
    .bind(micros(draft.aggiornata))
    .bind(micros(draft.scade))
    .bind(signed("max", max)?)
    .execute(&mut *transaction)
    .await
    .map_err(unavailable)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    name_files(&mut transaction, &draft.ente, draft.id, &files).await?;
    transaction.commit().await.map(|()| true).map_err(unavailable)
}

/// Writes down the files that a draft names, in place of those it named before.
async fn name_files(
    transaction: &mut AnyConnection,
    ente: &str,
    id: Uuid,
    files: &[AllegatoId],
) -> Result<(), WorkError> {
    sqlx::query("DELETE FROM bozza_allegato WHERE ente = $1 AND bozza = $2")
        .bind(ente.to_owned())
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
    if files.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = (0..files.len()).map(|row| format!("($1, $2, ${})", row + 3)).collect();
    let places = places.join(", ");
    let sql = format!("INSERT INTO bozza_allegato (ente, bozza, allegato) VALUES {places} ON CONFLICT DO NOTHING");
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(ente.to_owned()).bind(id.to_string());
    for file in files {
        query = query.bind(file.to_string());
    }
    query.execute(transaction).await.map(|_| ()).map_err(unavailable)
}

async fn of_person(
    pool: &AnyPool,
    ente: &str,
    persona: PersonaId,
    now: Timestamp,
) -> Result<Vec<BozzaChiusa>, WorkError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bozza WHERE ente = $1 AND proprietario = $2 AND scade > $3
         ORDER BY aggiornata DESC, id DESC LIMIT $4"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(ente.to_owned())
        .bind(persona.to_string())
        .bind(micros(now))
        .bind(i64::from(limits::DRAFTS))
        .fetch_all(pool)
        .await
        .map_err(unavailable)?;
    rows.iter().map(draft).collect()
}

async fn get(
    pool: &AnyPool,
    ente: &str,
    persona: PersonaId,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<BozzaChiusa>, WorkError> {
    let sql = format!("SELECT {COLUMNS} FROM bozza WHERE ente = $1 AND id = $2 AND proprietario = $3 AND scade > $4");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(ente.to_owned())
        .bind(id.to_string())
        .bind(persona.to_string())
        .bind(micros(now))
        .fetch_optional(pool)
        .await
        .map_err(unavailable)?;
    row.as_ref().map(draft).transpose()
}

async fn save(
    pool: &AnyPool,
    draft: BozzaChiusa,
    files: Vec<AllegatoId>,
    seen: Timestamp,
    now: Timestamp,
) -> Result<bool, WorkError> {
    check(&draft.dati, &files)?;
    let mut transaction = pool.begin().await.map_err(unavailable)?;
    // Of two devices that save at once one finds the row changed. `scade` on the right is the old one.
    let done = sqlx::query(
        "UPDATE bozza SET dati = $1, aggiornata = $2, scade = $3,
                avvisata = CASE WHEN scade = $3 THEN avvisata ELSE NULL END
         WHERE ente = $4 AND id = $5 AND proprietario = $6 AND aggiornata = $7 AND scade > $8",
    )
    .bind(draft.dati)
    .bind(micros(draft.aggiornata))
    .bind(micros(draft.scade))
    .bind(draft.ente.clone())
    .bind(draft.id.to_string())
    .bind(draft.proprietario.to_string())
    .bind(micros(seen))
    .bind(micros(now))
    .execute(&mut *transaction)
    .await
    .map_err(unavailable)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    name_files(&mut transaction, &draft.ente, draft.id, &files).await?;
    transaction.commit().await.map(|()| true).map_err(unavailable)
}

async fn delete(pool: &AnyPool, ente: &str, id: Uuid) -> Result<bool, WorkError> {
    let mut transaction = pool.begin().await.map_err(unavailable)?;
    let done = sqlx::query("DELETE FROM bozza WHERE ente = $1 AND id = $2")
        .bind(ente.to_owned())
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
    name_files(&mut transaction, ente, id, &[]).await?;
    transaction.commit().await.map_err(unavailable)?;
    Ok(done.rows_affected() > 0)
}

async fn expired(pool: &AnyPool, ente: &str, now: Timestamp, limit: u32) -> Result<Vec<Uuid>, WorkError> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT id FROM bozza WHERE ente = $1 AND scade <= $2 ORDER BY scade, id LIMIT $3")
            .bind(ente.to_owned())
            .bind(micros(now))
            .bind(i64::from(limit.min(limits::DRAFTS)))
            .fetch_all(pool)
            .await
            .map_err(unavailable)?;
    rows.iter().map(|id| uuid("id", id)).collect()
}

async fn expiring(
    pool: &AnyPool,
    ente: &str,
    (scade, id): (Timestamp, Uuid),
    until: Timestamp,
    limit: u32,
) -> Result<Vec<BozzaChiusa>, WorkError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bozza WHERE ente = $1 AND (scade, id) > ($2, $3) AND scade <= $4 AND avvisata IS NULL
         ORDER BY scade, id LIMIT $5"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(ente.to_owned())
        .bind(micros(scade))
        .bind(id.to_string())
        .bind(micros(until))
        .bind(i64::from(limit.min(limits::DRAFTS)))
        .fetch_all(pool)
        .await
        .map_err(unavailable)?;
    rows.iter().map(draft).collect()
}

async fn note_warned(pool: &AnyPool, ente: &str, id: Uuid, scade: Timestamp, at: Timestamp) -> Result<(), WorkError> {
    sqlx::query("UPDATE bozza SET avvisata = $1 WHERE ente = $2 AND id = $3 AND scade = $4")
        .bind(micros(at))
        .bind(ente.to_owned())
        .bind(id.to_string())
        .bind(micros(scade))
        .execute(pool)
        .await
        .map(|_| ())
        .map_err(unavailable)
}

async fn profile(pool: &AnyPool, ente: &str, persona: PersonaId) -> Result<Option<ProfiloChiuso>, WorkError> {
    let row = sqlx::query("SELECT soggetto, dati FROM profilo WHERE ente = $1 AND persona = $2")
        .bind(ente.to_owned())
        .bind(persona.to_string())
        .fetch_optional(pool)
        .await
        .map_err(unavailable)?;
    let Some(row) = row else { return Ok(None) };
    let soggetto: String = row.try_get("soggetto").map_err(unavailable)?;
    let dati = row.try_get("dati").map_err(unavailable)?;
    Ok(Some(ProfiloChiuso { soggetto: uuid("soggetto", &soggetto)?, dati }))
}

async fn save_profile(
    pool: &AnyPool,
    ente: &str,
    persona: PersonaId,
    profile: ProfiloChiuso,
    at: Timestamp,
) -> Result<bool, WorkError> {
    check(&profile.dati, &[])?;
    let done = sqlx::query(
        "INSERT INTO profilo (ente, persona, soggetto, dati, aggiornato) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (ente, persona) DO UPDATE SET dati = excluded.dati, aggiornato = excluded.aggiornato
         WHERE profilo.soggetto = excluded.soggetto",
    )
    .bind(ente.to_owned())
    .bind(persona.to_string())
    .bind(profile.soggetto.to_string())
    .bind(profile.dati)
    .bind(micros(at))
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(done.rows_affected() > 0)
}

async fn delete_profile(pool: &AnyPool, ente: &str, persona: PersonaId, soggetto: Uuid) -> Result<bool, WorkError> {
    let done = sqlx::query("DELETE FROM profilo WHERE ente = $1 AND persona = $2 AND soggetto = $3")
        .bind(ente.to_owned())
        .bind(persona.to_string())
        .bind(soggetto.to_string())
        .execute(pool)
        .await
        .map_err(unavailable)?;
    Ok(done.rows_affected() > 0)
}

fn uuid(column: &str, text: &str) -> Result<Uuid, WorkError> {
    Uuid::parse_str(text).map_err(|_| strange(column, text))
}

fn draft(row: &AnyRow) -> Result<BozzaChiusa, WorkError> {
    let text = |column: &str| row.try_get::<String, _>(column).map_err(unavailable);
    let at = |column: &str| instant(column, row.try_get::<i64, _>(column).map_err(unavailable)?);
    let owner = text("proprietario")?;
    Ok(BozzaChiusa {
        id: uuid("id", &text("id")?)?,
        ente: text("ente")?,
        proprietario: owner.parse::<PersonaId>().map_err(|_| strange("proprietario", &owner))?,
        dati: row.try_get("dati").map_err(unavailable)?,
        creata: at("creata")?,
        aggiornata: at("aggiornata")?,
        scade: at("scade")?,
    })
}
