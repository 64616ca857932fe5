//! One case on the desk, and its next step.

use super::appuntamento::{self, VistaAppuntamento};
use super::integrazione::{self, RichiestaDiDocumenti};
use super::termine::avviso;
use crate::errore::{Errore, Pagina, pagina_con};
use crate::layout::{ErroreCampo, Layout, Stato};
use crate::pagine::area_personale::vista::{VistaPratica, nate};
use crate::richiesta::{DiUfficio, Richiesta};
use crate::sessione;
use app::{AppError, DettaglioPratica, Esito};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::PraticaId;
use domain::pratica::{MAX_MESSAGGIO, StatoPratica, TipoPratica};
use domain::termini;
use serde::Deserialize;

/// A step of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passo {
    PrendiInCarico,
    Avvia,
    Concludi,
}

impl Passo {
    /// The step that a state allows.
    fn dopo(stato: StatoPratica) -> Option<Self> {
        match stato {
            StatoPratica::Protocollata => Some(Self::PrendiInCarico),
            StatoPratica::PresaInCarico => Some(Self::Avvia),
            StatoPratica::InLavorazione => Some(Self::Concludi),
            StatoPratica::Inviata
            | StatoPratica::InIntegrazione
            | StatoPratica::Conclusa
            | StatoPratica::Rinunciata
            | StatoPratica::Prenotata
            | StatoPratica::Annullata
            | StatoPratica::NonPresentata => None,
        }
    }

    /// Its name in addresses and in the catalogue.
    fn nome(self) -> &'static str {
        match self {
            Self::PrendiInCarico => "prendi-in-carico",
            Self::Avvia => "avvia",
            Self::Concludi => "concludi",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::PrendiInCarico, Self::Avvia, Self::Concludi].into_iter().find(|passo| passo.nome() == text)
    }
}

/// The form of a step, as the page draws it.
struct Azione {
    /// Name of the step.
    nome: &'static str,
    href: String,
    /// Whether it takes a message, and whether it must.
    messaggio: bool,
    obbligatorio: bool,
    /// What the step does, in words.
    effetto: String,
}

fn azione(id: PraticaId, tipo: TipoPratica, stato: StatoPratica) -> Option<Azione> {
    // An appointment has steps of its own.
    let passo = Passo::dopo(stato).filter(|_| tipo != TipoPratica::Appuntamento)?;
    let nome = passo.nome();
    // The answer to a letter or a request is an outgoing act with a number of its own.
    let effetto = match (passo, tipo) {
        (Passo::Concludi, TipoPratica::Segnalazione) => crate::t("ufficio-concludi-effetto-segnalazione"),
        _ => crate::t(&format!("ufficio-{nome}-effetto")),
    };
    Some(Azione {
        nome,
        href: format!("/ufficio/pratiche/{id}/{nome}"),
        messaggio: passo != Passo::PrendiInCarico,
        obbligatorio: passo == Passo::Concludi,
        effetto,
    })
}

#[derive(Template)]
#[template(path = "ufficio/pratica.html")]
pub struct PaginaPratica {
    layout: Layout,
    v: VistaPratica,
    centro: String,
    avviso: Option<Stato>,
    azione: Option<Azione>,
    /// The form that asks for documents.
    pub integrazione: Option<RichiestaDiDocumenti>,
    /// What an appointment adds.
    pub appuntamento: Option<VistaAppuntamento>,
    /// Until when the office waits for documents; empty when it does not.
    attesa: String,
    chiave: String,
    messaggio: String,
    massimo: usize,
    errori: Vec<ErroreCampo>,
    /// What happened instead of the step; may be empty.
    conflitto: String,
}

/// The form of a step, as filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    chiave: String,
    messaggio: String,
}

/// Which write must be seen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Domanda {
    dopo: Option<u64>,
}

pub fn id(text: &str) -> Result<PraticaId, Errore> {
    text.parse().map_err(|_| Errore::NonTrovato)
}

/// `GET /ufficio/pratiche/{id}`.
pub async fn mostra(
    DiUfficio(r): DiUfficio,
    Path(path): Path<String>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    let found = r.web.app.pratica(&r.ctx, id(&path)?, None, domanda.dopo).await?.ok_or(Errore::NonTrovato)?;
    Ok(Pagina(pagina(&r, &found).await?).into_response())
}

/// The page of a case as it stands now.
pub async fn pagina(r: &Richiesta, found: &DettaglioPratica) -> Result<PaginaPratica, Errore> {
    let now = r.web.app.clock().now();
    let base = found.caso.base();
    let mut v = VistaPratica::new(found, &r.ctx.ente, now);
    if found.personale && base.tipo == TipoPratica::Istanza {
        v.nate = nate(&r.web.app.nate_da(&r.ctx, base).await?, "/ufficio/pratiche");
    }
    v.appuntamenti = appuntamento::della_pratica(r, found).await?;
    if let Some(da) = v.nata_da.as_mut() {
        da.href = format!("/ufficio{}", da.href);
    }
    let waits = v.integrazione.as_ref().filter(|_| base.stato_di_lavoro(now) == StatoPratica::InIntegrazione);
    let attesa = waits.map(|asked| asked.entro.clone()).unwrap_or_default();
    let (lat, lon) = v.punto.as_ref().unwrap_or(&r.ctx.ente.centro);
    let scadenza = base.termine.as_ref().map(|termine| termine.scadenza);
    let key = || r.web.app.ids().uuid(now).to_string();
    Ok(PaginaPratica {
        layout: r
            .layout(v.titolo.clone())
            .con_percorso([("/ufficio", crate::t("ufficio-titolo").as_str()), (r.path.as_str(), v.codice.as_str())]),
        centro: format!("{lat},{lon}"),
        avviso: avviso(scadenza, base.stato, termini::data_locale(now)),
        azione: azione(base.id, base.tipo, base.stato_di_lavoro(now)).filter(|_| found.lavorabile),
        integrazione: integrazione::modulo(found, key(), now),
        appuntamento: appuntamento::vista(r, found, key()).await?,
        attesa,
        chiave: key(),
        messaggio: String::new(),
        massimo: MAX_MESSAGGIO,
        errori: Vec::new(),
        conflitto: String::new(),
        v,
    })
}

/// The same page with what was written in the form of the step.
async fn pagina_scritta(r: &Richiesta, found: &DettaglioPratica, modulo: Modulo) -> Result<PaginaPratica, Errore> {
    let page = pagina(r, found).await?;
    let chiave = if modulo.chiave.is_empty() { page.chiave.clone() } else { modulo.chiave };
    Ok(PaginaPratica { chiave, messaggio: modulo.messaggio, ..page })
}

/// The case as it stands now, with what kept a step from being done.
pub async fn conflitto(r: &Richiesta, id: PraticaId, conflitto: String) -> Result<Response, Errore> {
    let found = r.web.app.pratica(&r.ctx, id, None, None).await?.ok_or(Errore::NonTrovato)?;
    Ok(pagina_con(StatusCode::CONFLICT, PaginaPratica { conflitto, ..pagina(r, &found).await? }))
}

/// `POST /ufficio/pratiche/{id}/{azione}`.
pub async fn lavora(
    DiUfficio(r): DiUfficio,
    Path((path, azione)): Path<(String, String)>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let id = id(&path)?;
    let passo = Passo::parse(&azione).ok_or(Errore::NonTrovato)?;
    match esegui(&r, id, passo, &modulo).await {
        Ok(esito) => {
            r.web.app.attendi(&r.ctx, esito.posizione).await;
            sessione::avvisa(&r.session, fatto(passo, &esito)).await?;
            Ok(Redirect::to(&format!("/ufficio/pratiche/{id}?dopo={}", esito.posizione)).into_response())
        }
        Err(AppError::Rifiutato(errori)) => rifiutata(&r, id, passo, modulo, errori).await,
        Err(AppError::Conflitto) => {
            let found = r.web.app.pratica(&r.ctx, id, None, None).await?.ok_or(Errore::NonTrovato)?;
            let page = pagina_scritta(&r, &found, modulo).await?;
            Ok(pagina_con(StatusCode::CONFLICT, PaginaPratica { conflitto: crate::t("ufficio-conflitto"), ..page }))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET` of a step's address, as a reader gets who opens again the page of a refusal: the case.
pub async fn torna(Path((path, _)): Path<(String, String)>) -> Result<Redirect, Errore> {
    Ok(Redirect::to(&format!("/ufficio/pratiche/{}", id(&path)?)))
}

/// The same for addresses with a form of their own.
pub async fn alla_pratica(Path(path): Path<String>) -> Result<Redirect, Errore> {
    Ok(Redirect::to(&format!("/ufficio/pratiche/{}", id(&path)?)))
}

async fn esegui(r: &Richiesta, id: PraticaId, passo: Passo, modulo: &Modulo) -> Result<Esito, AppError> {
    let (app, chiave) = (&r.web.app, modulo.chiave.as_str());
    match passo {
        Passo::PrendiInCarico => app.prendi_in_carico(&r.ctx, chiave, id).await,
        Passo::Avvia => app.avvia_lavorazione(&r.ctx, chiave, id, Some(modulo.messaggio.clone())).await,
        Passo::Concludi => app.concludi(&r.ctx, chiave, id, modulo.messaggio.clone()).await,
    }
}

/// The page again with what was written. A step that the case has left behind is a matter of another official, not of the
/// form: the page says so and shows where the case stands.
async fn rifiutata(
    r: &Richiesta,
    id: PraticaId,
    passo: Passo,
    modulo: Modulo,
    errori: Vec<app::ErroreCampo>,
) -> Result<Response, Errore> {
    let found = r.web.app.pratica(&r.ctx, id, None, None).await?.ok_or(Errore::NonTrovato)?;
    let page = pagina_scritta(r, &found, modulo).await?;
    if page.azione.as_ref().is_none_or(|azione| azione.nome != passo.nome()) {
        let reasons = errori.into_iter().map(|e| e.messaggio).collect::<Vec<_>>().join(" ");
        let conflitto = format!("{} {reasons}", crate::t("ufficio-stato-cambiato"));
        return Ok(pagina_con(StatusCode::CONFLICT, PaginaPratica { conflitto, ..page }));
    }
    let own = |campo: &String| campo == "messaggio";
    let errori =
        errori.into_iter().map(|e| ErroreCampo::new(e.campo.filter(own).unwrap_or_default(), e.messaggio)).collect();
    Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, PaginaPratica { errori, ..page }))
}

/// What was done, for the next page.
fn fatto(passo: Passo, esito: &Esito) -> String {
    let risposta = esito.caso.base().chiusura.as_ref().and_then(|chiusura| chiusura.protocollo.as_ref());
    match (passo, risposta) {
        (Passo::Concludi, Some(protocollo)) => {
            let numero = protocollo.segnatura().to_string();
            crate::ta("ufficio-conclusa-con-numero", &[("numero", numero.as_str())])
        }
        _ => crate::t(&format!("ufficio-{}-fatto", passo.nome())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Tono;
    use crate::pagine::area_personale::vista::VistaUfficio;
    use domain::Sample;

    #[test]
    fn each_state_has_its_step() {
        let id = PraticaId::sample();
        let step = |tipo, stato| azione(id, tipo, stato).map(|a| (a.nome, a.messaggio, a.obbligatorio));
        let report = TipoPratica::Segnalazione;
        assert_eq!(step(report, StatoPratica::Protocollata), Some(("prendi-in-carico", false, false)));
        assert_eq!(step(report, StatoPratica::PresaInCarico), Some(("avvia", true, false)));
        assert_eq!(step(report, StatoPratica::InLavorazione), Some(("concludi", true, true)));
        for closed in [StatoPratica::InIntegrazione, StatoPratica::Conclusa, StatoPratica::Rinunciata] {
            assert_eq!(step(TipoPratica::Istanza, closed), None);
        }
        for passo in [Passo::PrendiInCarico, Passo::Avvia, Passo::Concludi] {
            assert_eq!(Passo::parse(passo.nome()), Some(passo));
            for part in ["effetto", "titolo", "pulsante"] {
                let key = format!("ufficio-{}-{part}", passo.nome());
                assert!(app::testi::esiste(&key), "{key}");
            }
        }
        assert_eq!(Passo::parse("annulla"), None);
    }

    #[test]
    fn the_number_of_the_answer_is_announced_where_there_will_be_one() {
        let effect = |tipo| azione(PraticaId::sample(), tipo, StatoPratica::InLavorazione).unwrap().effetto;
        assert!(effect(TipoPratica::Lettera).contains("protocollo"));
        assert!(effect(TipoPratica::Istanza).contains("protocollo"));
        assert_ne!(effect(TipoPratica::Segnalazione), effect(TipoPratica::Istanza));
    }

    fn vista() -> VistaPratica {
        VistaPratica {
            id: "1".into(),
            tipo: "Segnalazione".into(),
            codice: "SG-1".into(),
            titolo: "Lampione spento".into(),
            oggetto: "Segnalazione: Illuminazione pubblica".into(),
            stato: Stato::new("In lavorazione", Tono::InCorso),
            inviata: "6 marzo 2026, ore 10:30".into(),
            protocollo: None,
            scadenza: "martedì 7 aprile 2026".into(),
            rimane: String::new(),
            ufficio: VistaUfficio::default(),
            responsabile: String::new(),
            tappe: Vec::new(),
            risposta: None,
            integrazione: None,
            rinuncia: None,
            nata_da: None,
            nate: Vec::new(),
            appuntamenti: Vec::new(),
            prenota: String::new(),
            inviato: Vec::new(),
            richiedente: Vec::new(),
            punto: None,
            allegati: Vec::new(),
            personale: true,
            cancellata: false,
            sintesi: Vec::new(),
        }
    }

    fn pagina_di_prova() -> PaginaPratica {
        PaginaPratica {
            layout: Layout::new("Comune di Prova", "Lampione spento", "/ufficio/pratiche/1"),
            v: vista(),
            centro: "44.1,9.8".into(),
            avviso: Some(Stato::new("Scade oggi", Tono::Attenzione)),
            azione: azione(PraticaId::sample(), TipoPratica::Lettera, StatoPratica::InLavorazione),
            integrazione: None,
            appuntamento: None,
            attesa: String::new(),
            chiave: "chiave-1".into(),
            messaggio: "ok".into(),
            massimo: MAX_MESSAGGIO,
            errori: vec![ErroreCampo::new("messaggio", "Il testo è troppo breve.")],
            conflitto: String::new(),
        }
    }

    #[test]
    fn an_appointment_is_linked_or_a_case_is_opened_and_a_link_that_is_there_is_shown_instead() {
        let free = VistaAppuntamento {
            giorno: "/ufficio/agenda/urp/2026-03-10".into(),
            quando: "martedì 10 marzo 2026, ore 9:00, Sportello".into(),
            collega: "/ufficio/pratiche/1/collega".into(),
            apri: "/ufficio/pratiche/1/apri".into(),
            chiave: "chiave-2".into(),
            errori_collega: vec![ErroreCampo::new("riferimento", "Questa pratica non c'è.")],
            ..VistaAppuntamento::default()
        };
        let render = |a: VistaAppuntamento| {
            let page = PaginaPratica { azione: None, errori: vec![], appuntamento: Some(a), ..pagina_di_prova() };
            scraper::Html::parse_document(&page.render().unwrap())
        };
        let count = |html: &scraper::Html, css: &str| html.select(&scraper::Selector::parse(css).unwrap()).count();
        let html = render(free.clone());
        assert_eq!((count(&html, "form[action$='/collega']"), count(&html, "form[action$='/apri']")), (1, 1));
        assert_eq!((count(&html, "#errore-riferimento"), count(&html, "details[open]")), (1, 1));
        assert_eq!(count(&html, "input[name=chiave][value=chiave-2]"), 2);
        assert_eq!(count(&html, "a[href='/ufficio/agenda/urp/2026-03-10']"), 1);
        // Cancelled: it can be linked, and no case comes of it.
        let html = render(VistaAppuntamento { apri: String::new(), ..free.clone() });
        assert_eq!((count(&html, "form[action$='/collega']"), count(&html, "form[action$='/apri']")), (1, 0));
        let case = crate::layout::Voce::new("/ufficio/pratiche/2", "Copia di un atto (0000029/2026)");
        let html =
            render(VistaAppuntamento { collegata: Some(case), collega: String::new(), apri: String::new(), ..free });
        assert_eq!(
            (count(&html, "form"), count(&html, "a[href='/ufficio/pratiche/2']")),
            (count(&html, "header form"), 1)
        );
    }

    #[test]
    fn what_was_written_is_kept_beside_its_error() {
        let page = pagina_di_prova();
        let html = scraper::Html::parse_document(&page.render().unwrap());
        let select = |css: &str| scraper::Selector::parse(css).unwrap();
        let area = html.select(&select("textarea[name=messaggio][required]")).next().unwrap();
        assert_eq!(area.text().collect::<String>(), "ok");
        assert_eq!(html.select(&select("input[name=chiave][value=chiave-1]")).count(), 1);
        assert_eq!(html.select(&select("#errore-messaggio")).count(), 1);
        assert_eq!(html.select(&select("h1")).count(), 1);
        assert_eq!(html.select(&select("form[action$='/concludi']")).count(), 1);
    }
}
