//! The day of an office on one page.

use super::vista::{Giorni, VistaGiorno};
use super::{INIZIO, Luogo, calendario, chiave, oggi};
use crate::errore::{Errore, Pagina, pagina_con};
use crate::formato;
use crate::layout::{ErroreCampo, Layout, Opzione, Voce};
use crate::pagine::elenco::{indirizzo, migliaia};
use crate::richiesta::{DiUfficio, Richiesta};
use crate::t;
use app::appuntamenti::limits::POSTI_AGENDA;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::agenda::limiti;
use domain::ente::CodiceUfficio;
use domain::pratica::MAX_MESSAGGIO;
use jiff::civil::Date;
use serde::Deserialize;

/// What was written in the form that closes the day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chiudi {
    pub motivo: String,
    pub sportelli: String,
    pub annulla: String,
}

#[derive(Template)]
#[template(path = "ufficio/agenda/giorno.html")]
pub struct PaginaGiorno {
    pub layout: Layout,
    pub luogo: String,
    pub base: String,
    pub giorni: Giorni,
    pub e_oggi: bool,
    pub v: VistaGiorno,
    pub chiave: String,
    pub servizi: Vec<Opzione>,
    pub sportelli: Vec<Opzione>,
    pub chiudi: Chiudi,
    pub scelte_annulla: Vec<Opzione>,
    pub monitor: String,
    /// Where the form that chooses a day goes.
    pub vai: String,
    /// Page of the addresses under which programs of calendars read the agenda.
    pub calendario: String,
    pub massimo: usize,
    /// How many bookings are shown at most.
    pub mostrati: String,
    pub massimo_motivo: usize,
    pub errori: Vec<ErroreCampo>,
    /// What kept a step from being done; may be empty.
    pub conflitto: String,
}

#[derive(Template)]
#[template(path = "ufficio/agenda/uffici.html")]
struct PaginaUffici {
    layout: Layout,
    uffici: Vec<Voce>,
}

/// `GET /ufficio/agenda`: the offices of who asks that receive by appointment; the day itself when there is one.
pub async fn uffici(DiUfficio(r): DiUfficio) -> Result<Response, Errore> {
    let today = oggi(&r);
    let own = r.utente().map(|utente| utente.uffici.clone()).unwrap_or_default();
    let uffici: Vec<Voce> = own
        .iter()
        .filter_map(|ufficio| r.web.app.orario(&r.ctx, ufficio))
        .map(|orario| Voce::new(format!("{INIZIO}/{}/{today}", orario.ufficio), orario.luogo.nome.clone()))
        .collect();
    if let [one] = uffici.as_slice() {
        return Ok(Redirect::to(&one.href).into_response());
    }
    let layout = r
        .layout(t("agenda-titolo"))
        .con_percorso([("/ufficio", t("ufficio-titolo").as_str()), (INIZIO, t("agenda-titolo").as_str())]);
    Ok(Pagina(PaginaUffici { layout, uffici }).into_response())
}

/// The day that is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Domanda {
    giorno: String,
}

/// `GET /ufficio/agenda/{ufficio}`: to a day, today without one.
pub async fn scegli(DiUfficio(r): DiUfficio, Path(ufficio): Path<String>, Query(domanda): Query<Domanda>) -> Redirect {
    let giorno = domanda.giorno.trim().parse::<Date>().unwrap_or_else(|_| oggi(&r));
    Redirect::to(&Luogo { ufficio: CodiceUfficio::new(ufficio), giorno }.href())
}

/// `GET /ufficio/agenda/{ufficio}/{giorno}`.
pub async fn mostra(
    DiUfficio(r): DiUfficio,
    Path((ufficio, giorno)): Path<(String, String)>,
) -> Result<Response, Errore> {
    let luogo = Luogo::leggi(&ufficio, &giorno)?;
    Ok(Pagina(pagina(&r, &luogo).await?).into_response())
}

/// The page again, with what kept a step from being done.
pub async fn conflitto(
    r: &Richiesta,
    luogo: &Luogo,
    (status, conflitto): (StatusCode, String),
    (chiudi, errori): (Chiudi, Vec<ErroreCampo>),
) -> Result<Response, Errore> {
    let page = PaginaGiorno { chiudi, errori, conflitto, ..pagina(r, luogo).await? };
    Ok(pagina_con(status, page))
}

/// The layout of a page below a day.
pub fn layout(r: &Richiesta, luogo: &Luogo, titolo: &str, ultimo: Option<&str>) -> Layout {
    let giorno = formato::data(luogo.giorno);
    let layout = r.layout(titolo).con_percorso([
        ("/ufficio", t("ufficio-titolo").as_str()),
        (INIZIO, t("agenda-titolo").as_str()),
        (luogo.href().as_str(), giorno.as_str()),
    ]);
    match ultimo {
        Some(ultimo) => layout.con_percorso([(r.path.as_str(), ultimo)]),
        None => layout,
    }
}

async fn pagina(r: &Richiesta, luogo: &Luogo) -> Result<PaginaGiorno, Errore> {
    let giorno = r.web.app.agenda_del_giorno(&r.ctx, &luogo.ufficio, luogo.giorno).await?;
    let (today, adesso) = (oggi(r), r.web.app.clock().now());
    let nome = |codice: &str| {
        r.web.app.prenotabile(&r.ctx, codice).map_or_else(|| codice.to_owned(), |found| found.nome.clone())
    };
    let e_oggi = luogo.giorno == today;
    let mut codici: Vec<&str> =
        giorno.orario.sportelli.iter().flat_map(|desk| desk.servizi.iter().map(String::as_str)).collect();
    codici.sort_unstable();
    codici.dedup();
    let sede = &giorno.orario.luogo;
    Ok(PaginaGiorno {
        layout: layout(r, luogo, &formato::data_con_giorno(luogo.giorno), None),
        luogo: format!("{}, {}", sede.nome, sede.indirizzo),
        base: luogo.href(),
        // By way of the agenda's own address: who follows all links does not walk through all days.
        giorni: Giorni::intorno(luogo, today, &|day| indirizzo(&luogo.agenda(), &[("giorno", &day.to_string())])),
        e_oggi,
        v: VistaGiorno::new(&giorno, e_oggi, adesso, &nome),
        chiave: chiave(r),
        servizi: codici.into_iter().map(|codice| Opzione::new(codice, nome(codice))).collect(),
        sportelli: giorno.orario.sportelli.iter().map(|desk| Opzione::new(&desk.codice, &desk.nome)).collect(),
        chiudi: Chiudi { annulla: "no".into(), ..Chiudi::default() },
        scelte_annulla: vec![
            Opzione::new("no", t("agenda-chiudi-lascia")),
            Opzione::new("si", t("agenda-chiudi-annulla")),
        ],
        monitor: format!("/monitor/{}", luogo.ufficio),
        vai: luogo.agenda(),
        calendario: calendario::pagina_di(&luogo.ufficio),
        massimo: MAX_MESSAGGIO,
        mostrati: migliaia(POSTI_AGENDA as u64),
        massimo_motivo: limiti::MOTIVO,
        errori: Vec::new(),
        conflitto: String::new(),
    })
}
