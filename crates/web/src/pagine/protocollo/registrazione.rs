//! One entry: its data (DPR 445/2000 art. 53), its changes with old and new side by side, and the form of a change.

use super::audit::{self, riga as riga_audit};
use super::{flusso, indirizzo_di};
use crate::errore::{Errore, Pagina, pagina_con};
use crate::formato;
use crate::layout::{ErroreCampo, Layout, Opzione, Riga};
use crate::richiesta::{DiProtocollo, Richiesta};
use crate::sessione;
use app::{AppError, DettaglioRegistrazione, Ente, ModificaRegistrazione};
use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Evento;
use domain::ente::CodiceUfficio;
use domain::registro::{self, CODICE_REGISTRO, Modifica, Registrazione};
use domain::titolario::{self, Classifica};
use projections::{FiltroAudit, MAX_PAGINA};
use serde::Deserialize;

/// A file of the entry.
struct File {
    nome: String,
    formato: String,
    dimensione: String,
    impronta: String,
}

/// A record about the entry: its making, or a change.
struct Passo {
    quando: String,
    titolo: String,
    /// What stood there and what stands there now; both empty for the making.
    prima: String,
    dopo: String,
    chi: String,
    motivo: String,
    posizione: u64,
    hash: String,
}

/// The form of a change, as filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    assegnazione: String,
    classifica: String,
    motivo: String,
    chiave: String,
    /// What the page showed: only what differs from it was changed by this person.
    assegnazione_prima: String,
    classifica_prima: String,
}

#[derive(Template)]
#[template(path = "protocollo/registrazione.html")]
struct PaginaRegistrazione {
    layout: Layout,
    azione: String,
    dati: Vec<Riga>,
    pratica: Vec<Riga>,
    file: Vec<File>,
    passi: Vec<Passo>,
    audit: Vec<audit::Riga>,
    uffici: Vec<Opzione>,
    classi: Vec<Opzione>,
    modulo: Modulo,
    errori: Vec<ErroreCampo>,
    /// What happened instead of the change; may be empty.
    conflitto: String,
}

/// Year and number of an address; anything else is no entry.
fn numero((anno, numero): (String, String)) -> Result<(i16, u64), Errore> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(&anno) || !digits(&numero) {
        return Err(Errore::NonTrovato);
    }
    anno.parse().ok().zip(numero.parse().ok()).ok_or(Errore::NonTrovato)
}

/// `GET /protocollo/{anno}/{numero}`.
pub async fn mostra(DiProtocollo(r): DiProtocollo, Path(path): Path<(String, String)>) -> Result<Response, Errore> {
    let page = pagina(&r, numero(path)?, None, Vec::new()).await?;
    Ok(Pagina(page).into_response())
}

/// `POST /protocollo/{anno}/{numero}`: changes assignment or class.
pub async fn modifica(
    DiProtocollo(r): DiProtocollo,
    Path(path): Path<(String, String)>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let (anno, numero) = numero(path)?;
    let input = ModificaRegistrazione {
        anno,
        numero,
        assegnazione: Some(modulo.assegnazione.clone()).filter(|new| *new != modulo.assegnazione_prima),
        classifica: Some(codice_classe(&modulo.classifica)).filter(|new| *new != modulo.classifica_prima),
        motivo: modulo.motivo.clone(),
    };
    match r.web.app.modifica_registrazione(&r.ctx, &modulo.chiave, input).await {
        Ok(posizione) => {
            r.web.app.attendi(&r.ctx, posizione).await;
            sessione::avvisa(&r.session, crate::t("protocollo-modificata")).await?;
            Ok(Redirect::to(&indirizzo_di(anno, numero)).into_response())
        }
        Err(AppError::Rifiutato(errori)) => {
            let campo = |campo: Option<String>| campo.filter(|c| c != "chiaveIdempotenza").unwrap_or_default();
            let errori = errori.into_iter().map(|e| ErroreCampo::new(campo(e.campo), e.messaggio)).collect();
            let page = pagina(&r, (anno, numero), Some(modulo), errori).await?;
            Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(AppError::Conflitto) => {
            let page = pagina(&r, (anno, numero), Some(modulo), Vec::new()).await?;
            let page = PaginaRegistrazione { conflitto: crate::t("protocollo-conflitto"), ..page };
            Ok(pagina_con(StatusCode::CONFLICT, page))
        }
        Err(error) => Err(error.into()),
    }
}

/// `VI.8` of `VI.8 Opere pubbliche`, as people choose it from the list.
fn codice_classe(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_owned()
}

async fn pagina(
    r: &Richiesta,
    (anno, numero): (i16, u64),
    modulo: Option<Modulo>,
    errori: Vec<ErroreCampo>,
) -> Result<PaginaRegistrazione, Errore> {
    let found = r.web.app.registrazione(&r.ctx, anno, numero).await?.ok_or(Errore::NonTrovato)?;
    let stream = registro::stream_registrazione(CODICE_REGISTRO, anno, numero);
    let filtro = FiltroAudit { stream: Some(stream), ..FiltroAudit::default() };
    let trail = r.web.app.audit(&r.ctx, &filtro, projections::Pagina::prima(MAX_PAGINA)).await?;
    let ente = &r.ctx.ente;
    let now = &found.registrazione;
    let chiave = r.web.app.ids().uuid(r.web.app.clock().now()).to_string();
    let modulo = modulo.unwrap_or_else(|| Modulo {
        assegnazione: now.assegnazione.to_string(),
        classifica: now.classifica.to_string(),
        motivo: String::new(),
        chiave: chiave.clone(),
        assegnazione_prima: now.assegnazione.to_string(),
        classifica_prima: now.classifica.to_string(),
    });
    // After a refusal nothing was stored under the key, so that it may serve again with other content.
    let modulo = if modulo.chiave.is_empty() { Modulo { chiave, ..modulo } } else { modulo };
    let segnatura = now.entrata.protocollo.segnatura().to_string();
    let titolo = crate::ta("protocollo-registrazione-titolo", &[("numero", segnatura.as_str())]);
    let registro = crate::t("protocollo-titolo");
    Ok(PaginaRegistrazione {
        layout: r.layout(titolo).con_percorso([("/protocollo", registro.as_str()), ("", segnatura.as_str())]),
        azione: indirizzo_di(anno, numero),
        dati: dati(now, ente),
        pratica: pratica(now),
        file: file(now),
        passi: passi(&found, ente),
        audit: trail.righe.iter().map(riga_audit).collect(),
        uffici: ente.uffici.iter().map(|u| Opzione::new(u.codice.to_string(), u.nome.clone())).collect(),
        classi: titolario::tutte().map(|c| Opzione::new(c.to_string(), classe(c))).collect(),
        modulo,
        errori,
        conflitto: String::new(),
    })
}

/// A class with its name.
fn classe(classifica: Classifica) -> String {
    match classifica.descrizione() {
        Some(name) => format!("{classifica} {name}"),
        None => classifica.to_string(),
    }
}

fn dati(entry: &Registrazione, ente: &Ente) -> Vec<Riga> {
    let e = &entry.entrata;
    let si_no = |yes: bool| crate::t(if yes { "protocollo-si" } else { "protocollo-no" });
    let persona = e.personale.get();
    let voce = |name: &str| crate::t(&format!("protocollo-voce-{name}"));
    let corrispondente = if e.flusso == registro::Flusso::E { "mittente" } else { "destinatario" };
    let mut rows = vec![
        Riga::new(voce("numero"), e.protocollo.segnatura().to_string()),
        Riga::new(voce("data"), formato::istante(e.protocollo.data)),
        Riga::new(voce("flusso"), flusso(e.flusso)),
        Riga::new(voce(corrispondente), persona.map(|p| format!("{} {}", p.nome, p.cognome)).unwrap_or_default()),
        Riga::new(
            voce("codice-fiscale"),
            persona.and_then(|p| Some(p.codice_fiscale.as_ref()?.to_string())).unwrap_or_default(),
        ),
        Riga::new(voce("oggetto"), e.oggetto.clone()),
        Riga::new(voce("impronta"), format!("SHA-256 {}", e.protocollo.impronta)),
        Riga::new(voce("assegnazione"), ente.nome_ufficio(&entry.assegnazione)),
        Riga::new(voce("classifica"), classe(entry.classifica)),
        Riga::new(voce("riservato"), si_no(e.riservato)),
        Riga::new(voce("registro"), format!("{} · {}", e.protocollo.registro, e.protocollo.anno)),
        Riga::new(voce("aoo"), format!("{} · {}", ente.codice, ente.aoo)),
    ];
    if let Some(primo) = &e.primario {
        let mut row = Riga::new(voce("primario"), primo.segnatura().to_string());
        row.valore = format!("{} ({})", row.valore, formato::giorno(primo.data));
        rows.push(row);
    }
    rows
}

fn pratica(entry: &Registrazione) -> Vec<Riga> {
    let e = &entry.entrata;
    let tipo = domain::pratica::TipoPratica::parse(&e.tipo_pratica);
    vec![
        Riga::new(crate::t("protocollo-voce-tipo"), tipo.map(formato::tipo).unwrap_or_default()),
        Riga::new(
            crate::t("protocollo-voce-codice"),
            tipo.map(|tipo| tipo.codice(e.pratica).to_string()).unwrap_or_default(),
        ),
    ]
}

fn file(entry: &Registrazione) -> Vec<File> {
    let names = entry.entrata.personale.get().map(|p| p.nomi_allegati.as_slice()).unwrap_or_default();
    let file = |(i, a): (usize, &domain::allegato::Allegato)| File {
        nome: names.get(i).cloned().unwrap_or_else(|| crate::ta("protocollo-allegato", &[("n", &(i + 1).to_string())])),
        formato: a.formato.clone(),
        dimensione: formato::dimensione(a.dimensione),
        impronta: a.impronta.to_string(),
    };
    entry.entrata.allegati.iter().enumerate().map(file).collect()
}

fn passi(found: &DettaglioRegistrazione, ente: &Ente) -> Vec<Passo> {
    let entry = Passo {
        quando: formato::istante(found.registrazione.entrata.protocollo.data),
        titolo: crate::t("protocollo-registrata"),
        prima: String::new(),
        dopo: String::new(),
        chi: crate::t("protocollo-automatica"),
        motivo: String::new(),
        posizione: found.record.position,
        hash: hex::encode(found.record.hash),
    };
    let changes = found.modifiche.iter().filter_map(|(record, evento)| {
        let passo = match evento {
            Evento::Registro(registro::Event::AssegnazioneModificata(e)) => {
                let office = |codice: &CodiceUfficio| ente.nome_ufficio(codice).to_owned();
                cambio("protocollo-assegnazione-cambiata", e, office)
            }
            Evento::Registro(registro::Event::ClassificazioneModificata(e)) => {
                cambio("protocollo-classifica-cambiata", e, |c| classe(*c))
            }
            _ => return None,
        };
        let quando = formato::istante(record.recorded_at);
        Some(Passo { quando, posizione: record.position, hash: hex::encode(record.hash), ..passo })
    });
    std::iter::once(entry).chain(changes).collect()
}

fn cambio<T>(key: &str, e: &Modifica<T>, name: impl Fn(&T) -> String) -> Passo {
    Passo {
        quando: String::new(),
        titolo: crate::t(key),
        prima: name(&e.precedente),
        dopo: name(&e.nuova),
        chi: e.operatore.nome.clone(),
        motivo: e.motivo.clone(),
        posizione: 0,
        hash: String::new(),
    }
}

#[cfg(test)]
mod tests;
