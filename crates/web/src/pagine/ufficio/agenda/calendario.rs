//! The agenda of an office as a calendar that programs subscribe to: they do not sign in, the address holds a token. Its page
//! shows the addresses that are in force; each is opened for a device and revoked by itself.

use super::{INIZIO, Luogo, chiave, oggi};
use crate::errore::{Errore, Pagina, pagina_con};
use crate::formato;
use crate::layout::{ErroreCampo, Layout};
use crate::richiesta::{DiUfficio, Richiesta};
use crate::{sessione, t, ta};
use app::AppError;
use app::appuntamenti::{Feed, Sottoscrizione};
use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::calendario::VALIDITA;
use domain::ente::CodiceUfficio;
use domain::ids::SottoscrizioneId;
use serde::Deserialize;

/// The end of the address.
const FINE: &str = ".ics";

/// The address of a token, for who copies it.
pub fn indirizzo(base_url: &str, token: &str) -> String {
    format!("{}/calendari/{token}{FINE}", base_url.trim_end_matches('/'))
}

/// The token of an address.
pub fn token(file: &str) -> Option<&str> {
    file.strip_suffix(FINE).filter(|token| !token.is_empty())
}

/// Path of the page of the addresses of an office.
pub fn pagina_di(ufficio: &CodiceUfficio) -> String {
    format!("{INIZIO}/{ufficio}/calendario")
}

/// `GET /calendari/{token}.ics`.
pub async fn leggi(r: Richiesta, Path(file): Path<String>) -> Result<Response, Errore> {
    let token = token(&file).ok_or(Errore::NonTrovato)?;
    let private = (header::CACHE_CONTROL, "private, no-store");
    match r.web.app.feed_agenda(&r.ctx, token).await? {
        Feed::Calendario(text) => {
            let format = (header::CONTENT_TYPE, "text/calendar; charset=utf-8");
            let name = (header::CONTENT_DISPOSITION, "inline; filename=\"agenda.ics\"");
            Ok(([format, private, name], text).into_response())
        }
        // Programs show what they get as it stands: a page would be no help.
        Feed::Cessato => {
            let format = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
            Ok((StatusCode::GONE, [format, private], t("calendari-cessato")).into_response())
        }
    }
}

/// An address, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaCalendario {
    pub id: String,
    /// The device.
    pub nome: String,
    /// Who opened it, when, and until when it is good.
    pub chi: String,
    /// The address, for who opened it; empty for others.
    pub indirizzo: String,
    /// What is revoked, for who does not see the box around the button.
    pub cosa: String,
}

impl VistaCalendario {
    /// A subscription in words.
    pub fn new(one: &Sottoscrizione, base_url: &str) -> Self {
        let nome = one.dispositivo.clone().unwrap_or_else(|| t("calendari-senza-nome"));
        let (il, fino) = (formato::giorno(one.il), formato::data(one.fino_al));
        Self {
            id: one.id.to_string(),
            chi: ta("calendari-chi", &[("chi", &one.chi), ("il", &il), ("fino", &fino)]),
            indirizzo: one.token.as_deref().map(|token| indirizzo(base_url, token)).unwrap_or_default(),
            cosa: ta("calendari-revoca-cosa", &[("nome", &nome), ("chi", &one.chi)]),
            nome,
        }
    }
}

/// The page of the addresses.
#[derive(Template)]
#[template(path = "ufficio/agenda/calendario.html")]
pub struct PaginaCalendario {
    pub layout: Layout,
    /// Name of the office.
    pub ufficio: String,
    /// Where its forms go.
    pub base: String,
    pub chiave: String,
    pub calendari: Vec<VistaCalendario>,
    /// Name of the device, as written.
    pub dispositivo: String,
    /// Days for which an address is good.
    pub giorni: String,
    pub errori: Vec<ErroreCampo>,
    /// Path of the day.
    pub torna: String,
}

/// The form of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    chiave: String,
    dispositivo: String,
    sottoscrizione: String,
}

async fn pagina(r: &Richiesta, ufficio: &CodiceUfficio) -> Result<PaginaCalendario, Errore> {
    let aperti = r.web.app.calendari_aperti(&r.ctx, ufficio).await?;
    let luogo = Luogo { ufficio: ufficio.clone(), giorno: oggi(r) };
    let titolo = t("calendari-titolo");
    let layout = r.layout(titolo.clone()).con_percorso([
        ("/ufficio", t("ufficio-titolo").as_str()),
        (INIZIO, t("agenda-titolo").as_str()),
        (r.path.as_str(), titolo.as_str()),
    ]);
    Ok(PaginaCalendario {
        layout,
        ufficio: r.ctx.ente.nome_ufficio(ufficio).to_owned(),
        base: pagina_di(ufficio),
        chiave: chiave(r),
        calendari: aperti.iter().map(|one| VistaCalendario::new(one, &r.ctx.ente.base_url)).collect(),
        dispositivo: String::new(),
        giorni: VALIDITA.to_string(),
        errori: Vec::new(),
        torna: luogo.href(),
    })
}

/// `GET /ufficio/agenda/{ufficio}/calendario`.
pub async fn mostra(DiUfficio(r): DiUfficio, Path(ufficio): Path<String>) -> Result<Response, Errore> {
    Ok(Pagina(pagina(&r, &CodiceUfficio::new(ufficio)).await?).into_response())
}

/// `POST /ufficio/agenda/{ufficio}/calendario`: opens an address.
pub async fn apri(
    DiUfficio(r): DiUfficio,
    Path(ufficio): Path<String>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let ufficio = CodiceUfficio::new(ufficio);
    let dispositivo = Some(modulo.dispositivo.clone()).filter(|nome| !nome.trim().is_empty());
    let outcome = r.web.app.apri_calendario(&r.ctx, &modulo.chiave, &ufficio, dispositivo).await;
    fatto(&r, &ufficio, outcome.map(|_| "calendari-creato"), modulo.dispositivo).await
}

/// `POST /ufficio/agenda/{ufficio}/calendario/revoca`: ends one.
pub async fn revoca(
    DiUfficio(r): DiUfficio,
    Path(ufficio): Path<String>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let ufficio = CodiceUfficio::new(ufficio);
    let id: SottoscrizioneId = modulo.sottoscrizione.parse().map_err(|_| Errore::NonTrovato)?;
    // The forms of a page share one key.
    let chiave = format!("{}:{id}", modulo.chiave);
    let outcome = r.web.app.revoca_calendario(&r.ctx, &chiave, &ufficio, id).await;
    fatto(&r, &ufficio, outcome.map(|()| "calendari-revocato"), String::new()).await
}

/// `GET` of the address of a step: the page.
pub async fn torna(Path(ufficio): Path<String>) -> Redirect {
    Redirect::to(&pagina_di(&CodiceUfficio::new(ufficio)))
}

/// What became of a step: the page with a message, or once more with what is to be mended.
async fn fatto(
    r: &Richiesta,
    ufficio: &CodiceUfficio,
    outcome: Result<&str, AppError>,
    dispositivo: String,
) -> Result<Response, Errore> {
    let (status, errori) = match outcome {
        Ok(words) => {
            sessione::avvisa(&r.session, t(words)).await?;
            return Ok(Redirect::to(&pagina_di(ufficio)).into_response());
        }
        Err(AppError::Rifiutato(errori)) => {
            let errori = errori.into_iter().map(|e| ErroreCampo::new(e.campo.unwrap_or_default(), e.messaggio));
            (StatusCode::UNPROCESSABLE_ENTITY, errori.collect())
        }
        Err(AppError::Conflitto) => (StatusCode::CONFLICT, vec![ErroreCampo::new("", t("agenda-conflitto"))]),
        Err(error) => return Err(error.into()),
    };
    Ok(pagina_con(status, PaginaCalendario { dispositivo, errori, ..pagina(r, ufficio).await? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::calendario::MAX_DISPOSITIVO;
    use jiff::civil::date;
    use scraper::{Html, Selector};
    use uuid::Uuid;

    fn una(n: u128, token: Option<&str>) -> Sottoscrizione {
        Sottoscrizione {
            id: SottoscrizioneId(Uuid::from_u128(n)),
            chi: "Giulia <Bianchi>".into(),
            dispositivo: token.map(|_| "Telefono".into()),
            il: "2026-03-09T08:15:00Z".parse().unwrap(),
            fino_al: date(2026, 9, 4),
            token: token.map(str::to_owned),
        }
    }

    fn html(calendari: &[Sottoscrizione], errori: Vec<ErroreCampo>) -> Html {
        let page = PaginaCalendario {
            layout: Layout::new("Comune di Prova", t("calendari-titolo"), "/ufficio/agenda/anagrafe/calendario"),
            ufficio: "Anagrafe".into(),
            base: pagina_di(&CodiceUfficio::new("anagrafe")),
            chiave: "chiave-1".into(),
            calendari: calendari.iter().map(|one| VistaCalendario::new(one, "https://prova.example/")).collect(),
            dispositivo: "Tele\"fono".into(),
            giorni: VALIDITA.to_string(),
            errori,
            torna: "/ufficio/agenda/anagrafe/2026-03-09".into(),
        };
        Html::parse_document(&page.render().unwrap())
    }

    fn texts(html: &Html, css: &str) -> Vec<String> {
        html.select(&Selector::parse(css).unwrap()).map(|found| found.text().collect()).collect()
    }

    #[test]
    fn only_who_opened_it_sees_an_address_and_each_has_its_own_button() {
        let page = html(&[una(1, Some("abc")), una(2, None)], Vec::new());
        assert_eq!(texts(&page, "[data-valore]"), ["https://prova.example/calendari/abc.ics"]);
        let buttons = texts(&page, "form[action$='/revoca'] button");
        assert_eq!(buttons.len(), 2);
        assert!(
            buttons[0] != buttons[1] && buttons.iter().all(|text| text.contains("Giulia <Bianchi>")),
            "{buttons:?}"
        );
        let main = texts(&page, "main").concat();
        assert!(main.contains("vale fino al") || main.contains("Vale fino al 4 settembre 2026"), "{main}");
        assert!(!main.contains("Nessun indirizzo attivo"));
    }

    #[test]
    fn an_empty_list_says_so_and_the_form_keeps_what_was_written() {
        let page = html(&[], vec![ErroreCampo::new("dispositivo", "Troppo lungo")]);
        assert!(texts(&page, "main").concat().contains("Nessun indirizzo attivo"));
        let field = Selector::parse("#campo-dispositivo").unwrap();
        let field = page.select(&field).next().unwrap().value();
        assert_eq!(field.attr("value"), Some("Tele\"fono"));
        assert_eq!(field.attr("maxlength"), Some(MAX_DISPOSITIVO.to_string().as_str()));
        assert!(field.attr("aria-describedby").is_some());
    }
}
