//! Reading a posted step: words, and files which are stored while they arrive.

use super::leggi::{Inviato, file_di};
use crate::errore::Errore;
use crate::pagine::invio::{MAX_LETTI, sorvegliata};
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
use domain::allegato::{MAX_BYTES, MEGABYTE, TETTO_BYTES};
use domain::modulo::{Campo, FormatoFile, Passo, PosizioneFoto, TipoCampo};
use domain::servizio::LimitiAllegati;
use futures_util::{StreamExt, TryStreamExt};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Parts of a step, at most: 15 fields, one a group of 20 items of 15 fields, each an address.
pub const MAX_PARTI: usize = 2_000;

/// A step as far as it arrived.
#[derive(Debug)]
pub struct Letto {
    /// The words.
    pub inviato: Inviato,
    /// The files.
    pub arrivati: Vec<Arrivato>,
    /// Whether it arrived to its end; of what stood behind the break nothing is known.
    pub intero: bool,
}

/// A file that came along.
#[derive(Debug)]
pub struct Arrivato {
    /// Name of its field in the form.
    pub campo: String,
    /// Where it was stored, or why not in words.
    pub esito: Result<Upload, String>,
}

/// Bytes of a step that are read, at most: all the files that its questions take, and never less than of any form.
pub fn massimo(passo: Option<&Passo>, limiti: LimitiAllegati) -> u64 {
    let files = passo.into_iter().flat_map(file_di).map(|(campo, _)| match campo.tipo {
        TipoCampo::Allegato { massimo, .. } => u64::from(massimo) * byte_di(campo, limiti),
        _ => 0,
    });
    (files.sum::<u64>() + MAX_FORM as u64).max(MAX_LETTI)
}

/// Bytes of one file of a question, at most.
fn byte_di(campo: &Campo, limiti: LimitiAllegati) -> u64 {
    let TipoCampo::Allegato { megabyte, .. } = campo.tipo else { return MAX_BYTES };
    (u64::from(megabyte.unwrap_or(limiti.megabyte)) * MEGABYTE).min(TETTO_BYTES)
}

/// Why a body that claims to be longer is not read.
pub fn troppo_lungo(passo: Option<&Passo>, limiti: LimitiAllegati) -> Refusal {
    let bytes = passo.into_iter().flat_map(file_di).map(|(campo, _)| byte_di(campo, limiti)).max();
    Refusal::whole("file-troppo-grande").with("max", bytes.unwrap_or(MAX_BYTES) / MEGABYTE)
}

/// Reads a step; files of people who are not signed in, or of fields that the step does not have, are not stored.
pub async fn leggi(
    richiesta: &Richiesta,
    request: Request,
    passo: Option<&Passo>,
    limiti: LimitiAllegati,
) -> Result<Letto, Errore> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        parti(richiesta, request, passo, limiti).await
    } else {
        Ok(Letto { inviato: semplice(request).await?, arrivati: Vec::new(), intero: true })
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
) -> Result<Letto, Errore> {
    let oltre = Arc::new(AtomicBool::new(false));
    let request = sorvegliata(request, massimo(passo, limiti), oltre.clone());
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| illeggibile())?;
    let mut letto = Letto { inviato: Inviato::default(), arrivati: Vec::new(), intero: true };
    let (mut read, mut parts) = (0, 0);
    loop {
        let field = match multipart.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return Ok(letto),
            Err(_) => return interrotto(letto, passo, limiti, &oltre),
        };
        parts += 1;
        if parts > MAX_PARTI {
            return Err(illeggibile());
        }
        let nome = field.name().unwrap_or_default().to_owned();
        let takes = passo.into_iter().flat_map(file_di).find(|(_, html)| *html == nome);
        match takes {
            Some((campo, _)) if field.file_name().is_some() => {
                letto.arrivati.extend(file(richiesta, campo, limiti, field).await);
            }
            _ if field.file_name().is_some() => {}
            _ => {
                let Some(valore) = testo(field, &mut read).await? else {
                    return interrotto(letto, passo, limiti, &oltre);
                };
                letto.inviato.0.push((nome, valore));
            }
        }
    }
}

/// A step that broke off: what arrived is kept, and the reason stands at the question whose file was under way.
fn interrotto(
    mut letto: Letto,
    passo: Option<&Passo>,
    limiti: LimitiAllegati,
    oltre: &AtomicBool,
) -> Result<Letto, Errore> {
    let Some((primo, _)) = passo.into_iter().flat_map(file_di).next() else { return Err(illeggibile()) };
    letto.intero = false;
    if letto.arrivati.iter().all(|arrivato| arrivato.esito.is_ok()) {
        let refusal = if oltre.load(Ordering::Relaxed) {
            troppo_lungo(passo, limiti)
        } else {
            Refusal::whole("caricamento-interrotto")
        };
        let campo = letto.arrivati.last().map_or(&primo.nome, |arrivato| &arrivato.campo).clone();
        letto.arrivati.push(Arrivato { campo, esito: Err(app::ErroreCampo::from(refusal).messaggio) });
    }
    Ok(letto)
}

/// One text; none when the sender broke off.
async fn testo(mut field: Field<'_>, read: &mut usize) -> Result<Option<String>, Errore> {
    let mut bytes = Vec::new();
    loop {
        let Ok(chunk) = field.chunk().await else { return Ok(None) };
        let Some(chunk) = chunk else { return String::from_utf8(bytes).map(Some).map_err(|_| illeggibile()) };
        *read += chunk.len();
        if *read > MAX_FORM {
            return Err(illeggibile());
        }
        bytes.extend_from_slice(&chunk);
    }
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
    let limite = byte_di(campo, limiti);
    let esito = match richiesta.web.app.carica(&richiesta.ctx, declared, posizione(campo), limite, bytes).await {
        Ok(caricato) => match adatto(campo, &caricato.upload) {
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

/// What becomes of the place where a photograph was taken: the form says whether the office needs it.
fn posizione(campo: &Campo) -> Posizione {
    match campo.tipo {
        TipoCampo::Allegato { posizione: PosizioneFoto::Mantieni, .. } => Posizione::Mantieni,
        _ => Posizione::Togli,
    }
}

/// Why a file does not fit its question; its size was looked at while it arrived.
pub fn adatto(campo: &Campo, upload: &Upload) -> Option<Refusal> {
    let TipoCampo::Allegato { formati, .. } = &campo.tipo else { return None };
    let formati = if formati.is_empty() { &FormatoFile::ORDINARI[..] } else { formati };
    if formati.iter().any(|formato| formato.media_type() == upload.formato) {
        return None;
    }
    let names: Vec<&str> = formati.iter().map(|formato| formato.nome()).collect();
    Some(Refusal::whole("formato-non-richiesto").with("formati", names.join(", ")))
}
