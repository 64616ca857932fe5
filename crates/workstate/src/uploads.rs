//! Files that a person sent and may file.

use crate::{instant, limits, micros, processi, signed, strange, unavailable, unsigned};
use app::ports::{Quota, Upload, UsoUpload, WorkError};
use domain::allegato::Impronta;
use domain::ids::{AllegatoId, PersonaId};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Row};

/// Rows of one statement.
const ROWS: usize = 500;

/// Uploads of a person that nobody filed yet, as a condition on `upload u`.
const NOT_FILED: &str = "NOT EXISTS (SELECT 1 FROM allegato_depositato d WHERE d.ente = u.ente AND d.id = u.id)";
/// Uploads that no draft names, as a condition on `upload u`.
const IN_NO_DRAFT: &str = "NOT EXISTS (SELECT 1 FROM bozza_allegato b WHERE b.ente = u.ente AND b.allegato = u.id)";

pub(crate) async fn put(pool: &AnyPool, upload: Upload, quota: Quota) -> Result<bool, WorkError> {
    let sql = format!(
        "INSERT INTO upload (ente, id, proprietario, nome, formato, dimensione, impronta, caricato_il)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8
         WHERE (SELECT COUNT(*) FROM upload u WHERE u.ente = $1 AND u.proprietario = $3 AND u.caricato_il >= $9) < $10
           AND (SELECT CAST(COALESCE(SUM(u.dimensione), 0) AS BIGINT) FROM upload u
                WHERE u.ente = $1 AND u.proprietario = $3 AND {NOT_FILED}) + $6 <= $11
         ON CONFLICT (ente, id) DO NOTHING"
    );
    let id = upload.id;
    let ente = upload.ente.clone();
    let done = sqlx::query(AssertSqlSafe(sql))
        .bind(upload.ente)
        .bind(upload.id.to_string())
        .bind(upload.proprietario.to_string())
        .bind(upload.nome)
        .bind(upload.formato)
        .bind(signed("dimensione", upload.dimensione)?)
        .bind(upload.impronta.as_str().to_owned())
        .bind(micros(upload.caricato_il))
        .bind(micros(quota.dal))
        .bind(signed("quota", quota.numero)?)
        .bind(signed("quota", quota.byte)?)
        .execute(pool)
        .await
        .map_err(unavailable)?;
    // The id is drawn by the caller: a repeat is the same upload, and it is kept already.
    Ok(done.rows_affected() > 0 || !get(pool, &ente, &[id]).await?.is_empty())
}

pub(crate) async fn used(
    pool: &AnyPool,
    ente: &str,
    persona: PersonaId,
    dal: Timestamp,
) -> Result<UsoUpload, WorkError> {
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM upload u
                 WHERE u.ente = $1 AND u.proprietario = $2 AND u.caricato_il >= $3) AS numero,
                (SELECT CAST(COALESCE(SUM(u.dimensione), 0) AS BIGINT) FROM upload u
                 WHERE u.ente = $1 AND u.proprietario = $2 AND {NOT_FILED}) AS byte"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(ente.to_owned())
        .bind(persona.to_string())
        .bind(micros(dal))
        .fetch_one(pool)
        .await
        .map_err(unavailable)?;
    let number = |column: &str| row.try_get::<i64, _>(column).map_err(unavailable);
    Ok(UsoUpload { numero: unsigned("numero", number("numero")?)?, byte: unsigned("byte", number("byte")?)? })
}

pub(crate) async fn note_filed(
    pool: &AnyPool,
    process: &str,
    ente: &str,
    position: u64,
    ids: Vec<AllegatoId>,
) -> Result<(), WorkError> {
    if ids.len() > limits::FILED {
        return Err(WorkError(format!("{} filed files noted at once, at most {}", ids.len(), limits::FILED)));
    }
    let mut transaction = pool.begin().await.map_err(unavailable)?;
    processi::advance(&mut transaction, process, ente, position).await?;
    for ids in ids.chunks(ROWS) {
        let places: Vec<String> = (0..ids.len()).map(|row| format!("($1, ${})", row + 2)).collect();
        let places = places.join(", ");
        let sql = format!("INSERT INTO allegato_depositato (ente, id) VALUES {places} ON CONFLICT DO NOTHING");
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(ente.to_owned());
        for id in ids {
            query = query.bind(id.to_string());
        }
        query.execute(&mut *transaction).await.map_err(unavailable)?;
    }
    transaction.commit().await.map_err(unavailable)
}

pub(crate) async fn forget(pool: &AnyPool, ente: &str, before: Timestamp) -> Result<u64, WorkError> {
    let sql = format!(
        "DELETE FROM upload WHERE ente = $1 AND id IN
           (SELECT u.id FROM upload u WHERE u.ente = $1 AND u.caricato_il < $2 AND {NOT_FILED} AND {IN_NO_DRAFT}
            LIMIT $3)"
    );
    let done = sqlx::query(AssertSqlSafe(sql))
        .bind(ente.to_owned())
        .bind(micros(before))
        .bind(limits::FORGET)
        .execute(pool)
        .await
        .map_err(unavailable)?;
    Ok(done.rows_affected())
}

pub(crate) async fn known(pool: &AnyPool, ente: &str, ids: &[AllegatoId]) -> Result<Vec<AllegatoId>, WorkError> {
    if ids.len() > limits::UPLOADS {
        return Err(WorkError(format!("{} files asked for at once, at most {}", ids.len(), limits::UPLOADS)));
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places = (0..ids.len()).map(|n| format!("${}", n + 2)).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT id FROM upload WHERE ente = $1 AND id IN ({places})
         UNION SELECT id FROM allegato_depositato WHERE ente = $1 AND id IN ({places})"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(ente.to_owned());
    for id in ids {
        query = query.bind(id.to_string());
    }
    let rows = query.fetch_all(pool).await.map_err(unavailable)?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("id").map_err(unavailable)?;
            id.parse::<AllegatoId>().map_err(|_| strange("id", &id))
        })
        .collect()
}

pub(crate) async fn get(pool: &AnyPool, ente: &str, ids: &[AllegatoId]) -> Result<Vec<Upload>, WorkError> {
    if ids.len() > limits::UPLOADS {
        return Err(WorkError(format!("{} uploads asked for at once, at most {}", ids.len(), limits::UPLOADS)));
    }
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let row = sqlx::query(
            "SELECT ente, id, proprietario, nome, formato, dimensione, impronta, caricato_il
             FROM upload WHERE ente = $1 AND id = $2",
        )
        .bind(ente.to_owned())
        .bind(id.to_string())
        .fetch_optional(pool)
        .await
        .map_err(unavailable)?;
        if let Some(row) = row {
            found.push(upload(&row)?);
        }
    }
    Ok(found)
}

fn upload(row: &AnyRow) -> Result<Upload, WorkError> {
    let text = |column: &str| row.try_get::<String, _>(column).map_err(unavailable);
    let number = |column: &str| row.try_get::<i64, _>(column).map_err(unavailable);
    let (id, owner, hash) = (text("id")?, text("proprietario")?, text("impronta")?);
    Ok(Upload {
        id: id.parse::<AllegatoId>().map_err(|_| strange("id", &id))?,
        ente: text("ente")?,
        proprietario: owner.parse::<PersonaId>().map_err(|_| strange("proprietario", &owner))?,
        nome: text("nome")?,
        formato: text("formato")?,
        dimensione: unsigned("dimensione", number("dimensione")?)?,
        impronta: Impronta::parse(&hash).ok_or_else(|| strange("impronta", &hash))?,
        caricato_il: instant("caricato_il", number("caricato_il")?)?,
    })
}
