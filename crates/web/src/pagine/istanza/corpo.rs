//! Reading a posted step: words, and files which are stored while they arrive.

use super::leggi::{Inviato, file_di};
use crate::errore::Errore;
use crate::richiesta::Richiesta;
use crate::router::MAX_FORM;
use crate::t;
use app::AppError;
use app::ports::{Declared, Posizione, Upload};
use axum::Form;
use axum::body::{Body, to_bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use domain::Refusal;
use domain::modulo::{Campo, FormatoFile, Passo, TipoCampo};
use domain::servizio::LimitiAllegati;
use futures_util::{StreamExt, TryStreamExt};
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Parts of a step, at most: 15 fields, one a group of 20 items of 15 fields, each an address.
pub const MAX_PARTI: usize = 2_000;

/// A file that came along.
#[derive(Debug)]
pub struct Arrivato {
    /// Name of its field in the form.
    pub campo: String,
    /// Where it was stored, or why not in words.
    pub esito: Result<Upload, String>,
}

/// Reads a step; files of people who are not signed in, or of fields that the step does not have, are not stored.
pub async fn leggi(
    richiesta: &Richiesta,
    request: Request,
    passo: Option<&Passo>,
    limiti: LimitiAllegati,
) -> Result<(Inviato, Vec<Arrivato>), Errore> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        parti(richiesta, request, passo, limiti).await
    } else {
        Ok((semplice(request).await?, Vec::new()))
    }
}

fn illeggibile() -> Errore {
    Errore::Richiesta(t("invio-modulo-illeggibile"))
}

async fn semplice(request: Request) -> Result<Inviato, Errore> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_FORM).await.map_err(|_| illeggibile())?;
    let request = Request::from_parts(head, Body::from(bytes));
    let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(|_| illeggibile())?;
    if fields.len() > MAX_PARTI { Err(illeggibile()) } else { Ok(Inviato(fields)) }
}

async fn parti(
    richiesta: &Richiesta,
    request: Request,
    passo: Option<&Passo>,
    limiti: LimitiAllegati,
) -> Result<(Inviato, Vec<Arrivato>), Errore> {
    let request = crate::pagine::invio::sorvegliata(request, Arc::new(AtomicBool::new(false)));
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| illeggibile())?;
    let (mut inviato, mut files) = (Inviato::default(), Vec::new());
    let (mut read, mut parts) = (0, 0);
    loop {
        let field = match multipart.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return Ok((inviato, files)),
            Err(_) => return Err(illeggibile()),
        };
        parts += 1;
        if parts > MAX_PARTI {
            return Err(illeggibile());
        }
        let nome = field.name().unwrap_or_default().to_owned();
        let takes = passo.into_iter().flat_map(file_di).find(|(_, html)| *html == nome);
        match takes {
            Some((campo, _)) if field.file_name().is_some() => {
                files.extend(file(richiesta, campo, limiti, field).await);
            }
            _ if field.file_name().is_some() => {}
            _ => {
                let valore = testo(field, &mut read).await?;
                inviato.0.push((nome, valore));
            }
        }
    }
}

async fn testo(mut field: Field<'_>, read: &mut usize) -> Result<String, Errore> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| illeggibile())? {
        *read += chunk.len();
        if *read > MAX_FORM {
            return Err(illeggibile());
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| illeggibile())
}

/// One file; none when the field was left empty.
async fn file(richiesta: &Richiesta, campo: &Campo, limiti: LimitiAllegati, field: Field<'_>) -> Option<Arrivato> {
    let nome = field.file_name().unwrap_or_default().to_owned();
    if nome.is_empty() || richiesta.utente().is_none() {
        return None;
    }
    let nome = app::allegati::nome_pulito(&nome);
    let declared = Declared { nome: nome.clone(), formato: field.content_type().map(str::to_owned) };
    let bytes = field.map_err(io::Error::other).boxed();
    let esito = match richiesta.web.app.carica(&richiesta.ctx, declared, Posizione::Togli, bytes).await {
        Ok(caricato) => match adatto(campo, limiti, &caricato.upload) {
            None => Ok(caricato.upload),
            Some(refusal) => Err(app::ErroreCampo::from(refusal).messaggio),
        },
        Err(AppError::Rifiutato(errori)) => Err(errori.into_iter().map(|e| e.messaggio).collect::<Vec<_>>().join(" ")),
        Err(error) => {
            tracing::warn!(error = %error, "an upload was not stored");
            Err(t("invio-file-non-salvato"))
        }
    };
    Some(Arrivato { campo: campo.nome.clone(), esito: esito.map_err(|words| format!("{nome}: {words}")) })
}

/// Why a file does not fit its question.
pub fn adatto(campo: &Campo, limiti: LimitiAllegati, upload: &Upload) -> Option<Refusal> {
    let TipoCampo::Allegato { formati, megabyte, .. } = &campo.tipo else { return None };
    let formati = if formati.is_empty() { &FormatoFile::ORDINARI[..] } else { formati };
    if !formati.iter().any(|formato| formato.media_type() == upload.formato) {
        let names: Vec<&str> = formati.iter().map(|formato| formato.nome()).collect();
        return Some(Refusal::whole("formato-non-richiesto").with("formati", names.join(", ")));
    }
    let max = megabyte.unwrap_or(limiti.megabyte);
    (upload.dimensione > u64::from(max) * 1024 * 1024).then(|| Refusal::whole("file-troppo-grande").with("max", max))
}
