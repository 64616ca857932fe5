//! The steps of a day, a button each.

use super::giorno::{Chiudi, conflitto};
use super::{Luogo, motivi};
use crate::errore::Errore;
use crate::layout::ErroreCampo;
use crate::richiesta::{DiUfficio, Richiesta};
use crate::{sessione, t, ta};
use app::AppError;
use app::appuntamenti::ChiudiGiornata;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Caso;
use domain::ids::PraticaId;
use serde::Deserialize;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Azione {
    Conferma,
    Arrivo,
    Accogli,
    Chiama,
    Concludi,
    NonRisponde,
    ConcludiSenzaNumero,
    Assente,
    Chiudi,
    Riapri,
}

impl Azione {
    /// All steps.
    pub const ALL: [Self; 10] = [
        Self::Conferma,
        Self::Arrivo,
        Self::Accogli,
        Self::Chiama,
        Self::Concludi,
        Self::NonRisponde,
        Self::ConcludiSenzaNumero,
        Self::Assente,
        Self::Chiudi,
        Self::Riapri,
    ];

    /// Its name in addresses and in the catalogue.
    pub fn nome(self) -> &'static str {
        match self {
            Self::Conferma => "conferma",
            Self::Arrivo => "arrivo",
            Self::Accogli => "accogli",
            Self::Chiama => "chiama",
            Self::Concludi => "concludi",
            Self::NonRisponde => "non-risponde",
            Self::ConcludiSenzaNumero => "concludi-senza-numero",
            Self::Assente => "assente",
            Self::Chiudi => "chiudi",
            Self::Riapri => "riapri",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|azione| azione.nome() == text)
    }
}

/// The form of a step, as filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    chiave: String,
    pratica: String,
    turno: String,
    sportello: String,
    servizio: String,
    messaggio: String,
    motivo: String,
    annulla: String,
    sportelli: String,
}

impl Modulo {
    /// The forms of a page share one key: each step about each subject has its own from it.
    fn chiave(&self, azione: Azione) -> String {
        let subject = if self.pratica.is_empty() { &self.turno } else { &self.pratica };
        format!("{}:{}:{subject}:{}", self.chiave, azione.nome(), self.sportello)
    }

    fn pratica(&self) -> Result<PraticaId, AppError> {
        self.pratica.parse().map_err(|_| AppError::NonTrovato)
    }

    fn turno(&self) -> Result<u16, AppError> {
        self.turno.parse().map_err(|_| AppError::NonTrovato)
    }

    fn messaggio(&self) -> Option<String> {
        Some(self.messaggio.clone()).filter(|words| !words.trim().is_empty())
    }

    fn sportelli(&self) -> Vec<String> {
        self.sportelli.split(',').map(str::trim).filter(|codice| !codice.is_empty()).map(str::to_owned).collect()
    }
}

/// `POST /ufficio/agenda/{ufficio}/{giorno}/{azione}`.
pub async fn agisci(
    DiUfficio(r): DiUfficio,
    Path((ufficio, giorno, azione)): Path<(String, String, String)>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let luogo = Luogo::leggi(&ufficio, &giorno)?;
    let azione = Azione::parse(&azione).ok_or(Errore::NonTrovato)?;
    match esegui(&r, &luogo, azione, &modulo).await {
        Ok(fatto) => {
            sessione::avvisa(&r.session, fatto).await?;
            Ok(Redirect::to(&luogo.href()).into_response())
        }
        Err(AppError::Rifiutato(errori)) => rifiutata(&r, &luogo, azione, modulo, errori).await,
        Err(AppError::Conflitto) => {
            conflitto(&r, &luogo, (StatusCode::CONFLICT, t("agenda-conflitto")), Default::default()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET` of a step's address, as a reader gets who opens again the page of a refusal: the day.
pub async fn torna(Path((ufficio, giorno, _)): Path<(String, String, String)>) -> Result<Redirect, Errore> {
    Ok(Redirect::to(&Luogo::leggi(&ufficio, &giorno)?.href()))
}

/// Carries a step out and says so.
async fn esegui(r: &Richiesta, luogo: &Luogo, azione: Azione, modulo: &Modulo) -> Result<String, AppError> {
    let (app, ctx, chiave) = (&r.web.app, &r.ctx, modulo.chiave(azione));
    let giorno = (&luogo.ufficio, luogo.giorno);
    let fatto = || t(&format!("agenda-{}-fatto", azione.nome()));
    match azione {
        Azione::Conferma => app.conferma_appuntamento(ctx, &chiave, modulo.pratica()?).await.map(|_| fatto()),
        Azione::Arrivo => {
            let esito = app.registra_arrivo(ctx, &chiave, modulo.pratica()?).await?;
            Ok(match &esito.caso {
                Caso::Appuntamento(p) => numero(&fatto(), p.dettaglio.presentato.map(|(turno, _)| turno)),
                _ => fatto(),
            })
        }
        Azione::Accogli => {
            let esito = app.accogli_senza_prenotazione(ctx, &chiave, &luogo.ufficio, &modulo.servizio).await?;
            Ok(numero(&fatto(), Some(esito.turno)))
        }
        Azione::Chiama => {
            let esito = app.chiama_turno(ctx, &chiave, giorno, modulo.turno()?, &modulo.sportello).await?;
            Ok(numero(&fatto(), Some(esito.turno)))
        }
        Azione::Concludi => {
            let come = (true, modulo.messaggio());
            app.concludi_turno(ctx, &chiave, giorno, modulo.turno()?, come).await.map(|_| fatto())
        }
        Azione::NonRisponde => {
            app.concludi_turno(ctx, &chiave, giorno, modulo.turno()?, (false, None)).await.map(|_| fatto())
        }
        Azione::ConcludiSenzaNumero => {
            let messaggio = modulo.messaggio();
            app.concludi_appuntamento(ctx, &chiave, modulo.pratica()?, messaggio).await.map(|_| fatto())
        }
        Azione::Assente => app.segna_assente(ctx, &chiave, modulo.pratica()?).await.map(|_| fatto()),
        Azione::Chiudi => chiudi(r, luogo, &chiave, modulo).await,
        Azione::Riapri => {
            let posizione = app.riapri_giornata(ctx, &chiave, giorno, modulo.sportelli()).await?;
            app.attendi(ctx, posizione).await;
            Ok(fatto())
        }
    }
}

fn numero(fatto: &str, turno: Option<u16>) -> String {
    let numero = turno.map(|turno| ta("agenda-numero", &[("numero", turno.to_string().as_str())]));
    numero.map_or_else(|| fatto.to_owned(), |numero| format!("{fatto} {numero}"))
}

async fn chiudi(r: &Richiesta, luogo: &Luogo, chiave: &str, modulo: &Modulo) -> Result<String, AppError> {
    let input = ChiudiGiornata {
        ufficio: luogo.ufficio.clone(),
        giorno: luogo.giorno,
        sportelli: modulo.sportelli(),
        motivo: modulo.motivo.clone(),
        annulla_prenotati: modulo.annulla == "si",
    };
    let esito = r.web.app.chiudi_giornata(&r.ctx, chiave, input).await?;
    r.web.app.attendi(&r.ctx, esito.posizione).await;
    let (annullati, rimasti) = (esito.annullati.len().to_string(), esito.rimasti.len().to_string());
    Ok(ta("agenda-chiudi-fatto", &[("annullati", annullati.as_str()), ("rimasti", rimasti.as_str())]))
}

/// The page again. Of the form that closes the day what was written is kept; other steps have nothing to keep.
async fn rifiutata(
    r: &Richiesta,
    luogo: &Luogo,
    azione: Azione,
    modulo: Modulo,
    errori: Vec<app::ErroreCampo>,
) -> Result<Response, Errore> {
    let own = |campo: &String| campo == "motivo" || campo == "sportelli";
    if azione == Azione::Chiudi && errori.iter().any(|errore| errore.campo.as_ref().is_some_and(own)) {
        let errors = errori
            .into_iter()
            .map(|e| ErroreCampo::new(e.campo.filter(own).unwrap_or_default(), e.messaggio))
            .collect();
        let chiudi = Chiudi { motivo: modulo.motivo, sportelli: modulo.sportelli, annulla: modulo.annulla };
        let status = (StatusCode::UNPROCESSABLE_ENTITY, String::new());
        return conflitto(r, luogo, status, (chiudi, errors)).await;
    }
    conflitto(r, luogo, (StatusCode::CONFLICT, motivi(&errori)), Default::default()).await
}
