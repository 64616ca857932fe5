//! How clear a page was. Only numbers are kept: how many gave which mark to which kind of page, and which reason they
//! chose. The free text is not stored; the form says so.

use crate::errore::{Errore, Pagina};
use crate::layout::Layout;
use crate::pagine::accesso::torna_sicura;
use crate::richiesta::Richiesta;
use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// Kinds of page that are told apart; a counter's labels must not grow with what visitors send.
const PAGINE: [&str; 9] = [
    "servizi",
    "argomenti",
    "amministrazione",
    "novita",
    "vivere-il-comune",
    "uffici",
    "domande-frequenti",
    "segnalazioni",
    "pratiche",
];

/// Reasons of the form, with the short names under which they are counted.
const ASPETTI: [(&str, &str); 9] = [
    ("Le indicazioni erano chiare", "chiare"),
    ("Le indicazioni erano complete", "complete"),
    ("Capivo sempre che stavo procedendo correttamente", "procedevo-bene"),
    ("Non ho avuto problemi tecnici", "senza-problemi"),
    ("A volte le indicazioni non erano chiare", "poco-chiare"),
    ("A volte le indicazioni non erano complete", "incomplete"),
    ("A volte non capivo se stavo procedendo correttamente", "incerto"),
    ("Ho avuto problemi tecnici", "problemi-tecnici"),
    ("Altro", "altro"),
];

/// The form under a page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Modulo {
    pagina: String,
    voto: String,
    aspetto_positivo: String,
    aspetto_negativo: String,
}

impl Modulo {
    /// What is counted: kind of page, mark, reason. None without a mark from 1 to 5.
    fn conteggio(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let voto = ["1", "2", "3", "4", "5"].into_iter().find(|v| *v == self.voto)?;
        let scelto = if matches!(voto, "4" | "5") { &self.aspetto_positivo } else { &self.aspetto_negativo };
        let aspetto = ASPETTI.iter().find(|(text, _)| text == scelto).map_or("nessuno", |(_, name)| name);
        Some((tipo_pagina(&self.pagina), voto, aspetto))
    }
}

fn tipo_pagina(path: &str) -> &'static str {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.trim_start_matches('/').split('/');
    let first = parts.next().unwrap_or_default();
    let below = parts.next().is_some_and(|part| !part.is_empty());
    match first {
        "" => "home",
        "servizi" if below => "scheda-servizio",
        _ => PAGINE.into_iter().find(|name| *name == first).unwrap_or("altra"),
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Da {
    da: String,
}

/// `POST /valutazione`.
pub async fn conta(r: Richiesta, Form(modulo): Form<Modulo>) -> Result<Redirect, Errore> {
    let (pagina, voto, aspetto) =
        modulo.conteggio().ok_or_else(|| Errore::Richiesta(crate::t("valutazione-senza-voto")))?;
    let ente = r.ctx.codice_ente().to_owned();
    metrics::counter!("valutazioni_pagine_total", "ente" => ente, "pagina" => pagina, "voto" => voto, "aspetto" => aspetto)
        .increment(1);
    let da = torna_sicura(&modulo.pagina).unwrap_or("/");
    Ok(Redirect::to(&format!("/valutazione/grazie?da={}", urlencoding::encode(da))))
}

#[derive(Template)]
#[template(path = "pubbliche/grazie.html")]
struct Grazie {
    layout: Layout,
    da: String,
}

/// `GET /valutazione/grazie`.
pub async fn grazie(r: Richiesta, Query(da): Query<Da>) -> Result<Response, Errore> {
    let layout = r.layout(crate::t("valutazione-grazie"));
    let da = torna_sicura(&da.da).unwrap_or("/").to_owned();
    Ok(Pagina(Grazie { layout, da }).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modulo(pagina: &str, voto: &str, positivo: &str, negativo: &str) -> Modulo {
        Modulo {
            pagina: pagina.into(),
            voto: voto.into(),
            aspetto_positivo: positivo.into(),
            aspetto_negativo: negativo.into(),
        }
    }

    #[test]
    fn what_is_counted_comes_from_closed_lists() {
        let m = modulo("/servizi/lettera-al-sindaco", "5", "Le indicazioni erano chiare", "Ho avuto problemi tecnici");
        assert_eq!(m.conteggio(), Some(("scheda-servizio", "5", "chiare")));
        let m = modulo("/", "2", "Le indicazioni erano chiare", "Ho avuto problemi tecnici");
        assert_eq!(m.conteggio(), Some(("home", "2", "problemi-tecnici")));
        let m = modulo("/inventata/1", "3", "", "Mario Rossi, via Roma 1");
        assert_eq!(m.conteggio(), Some(("altra", "3", "nessuno")));
        for voto in ["", "0", "6", "cinque"] {
            assert_eq!(modulo("/", voto, "", "").conteggio(), None, "{voto}");
        }
        assert_eq!(tipo_pagina("/servizi"), "servizi");
        assert_eq!(tipo_pagina("/servizi?testo=x"), "servizi");
    }

    #[test]
    fn the_thanks_lead_back() {
        let layout = Layout::new("Comune di Prova", "Grazie", "/valutazione/grazie");
        assert!(Grazie { layout, da: "/servizi".into() }.render().unwrap().contains("href=\"/servizi\""));
    }
}
