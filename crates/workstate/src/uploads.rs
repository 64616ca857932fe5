//! Files that a person sent and may file.

use crate::{instant, limits, micros, signed, strange, unavailable, unsigned};
use app::ports::{Upload, WorkError};
use domain::allegato::Impronta;
use domain::ids::{AllegatoId, PersonaId};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

pub(crate) async fn put(pool: &AnyPool, upload: Upload) -> Result<(), WorkError> {
    // The id is drawn by the caller: a repeat is the same upload.
    sqlx::query(
        "INSERT INTO upload (ente, id, proprietario, nome, formato, dimensione, impronta, caricato_il)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (ente, id) DO NOTHING",
    )
    .bind(upload.ente)
    .bind(upload.id.to_string())
    .bind(upload.proprietario.to_string())
    .bind(upload.nome)
    .bind(upload.formato)
    .bind(signed("dimensione", upload.dimensione)?)
    .bind(upload.impronta.as_str().to_owned())
    .bind(micros(upload.caricato_il))
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(())
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
