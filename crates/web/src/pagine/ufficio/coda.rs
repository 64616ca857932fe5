//! The queue: how many cases stand where, and which they are.

use super::termine::avviso;
use crate::errore::{Errore, Pagina};
use crate::formato;
use crate::layout::{Layout, Opzione, Paginazione, Stato};
use crate::pagine::elenco::{Dove, giorno_breve, indirizzo, migliaia, risultati};
use crate::richiesta::{DiUfficio, Richiesta};
use app::AppError;
use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use domain::pratica::{StatoPratica, TipoPratica};
use domain::termini;
use jiff::civil::Date;
use projections::{FiltroPratiche, PraticaRow};
use serde::Deserialize;

/// Rows of a page.
const RIGHE: u32 = 20;
/// Characters of a search, at most.
const MAX_TESTO: usize = 100;
/// States in which a case is found; `Inviata` passes within one commit.
const STATI: [StatoPratica; 6] = [
    StatoPratica::Protocollata,
    StatoPratica::PresaInCarico,
    StatoPratica::InLavorazione,
    StatoPratica::InIntegrazione,
    StatoPratica::Conclusa,
    StatoPratica::Rinunciata,
];

/// What is looked for, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domanda {
    tipo: String,
    stato: String,
    testo: String,
    /// `tutte`, or only those not concluded yet.
    mostra: String,
    da: String,
}

impl Domanda {
    fn filtro(&self) -> FiltroPratiche {
        let stato = StatoPratica::parse(&self.stato);
        let testo: String = self.testo.trim().chars().take(MAX_TESTO).collect();
        FiltroPratiche {
            tipo: TipoPratica::parse(&self.tipo),
            stato,
            aperte: (stato.is_none() && self.mostra != "tutte").then_some(true),
            testo: (!testo.is_empty()).then_some(testo),
            ..FiltroPratiche::default()
        }
    }

    fn parametri(&self) -> [(&str, &str); 4] {
        [("tipo", &self.tipo), ("stato", &self.stato), ("testo", &self.testo), ("mostra", &self.mostra)]
    }
}

/// How many cases stand in one state.
struct Conteggio {
    nome: String,
    href: String,
    /// One number a kind, in the order of `TipoPratica::ALL`.
    tipi: Vec<String>,
    totale: String,
    /// Width of the bar, 0 to 100.
    barra: u64,
}

/// One case of the list.
struct Riga {
    href: String,
    titolo: String,
    codice: String,
    tipo: String,
    protocollo: String,
    presentata: String,
    scadenza: String,
    avviso: Option<Stato>,
    stato: Stato,
    richiedente: String,
}

#[derive(Template)]
#[template(path = "ufficio/coda.html")]
struct Coda {
    layout: Layout,
    uffici: String,
    tipi: Vec<String>,
    conteggi: Vec<Conteggio>,
    domanda: Domanda,
    opzioni_tipo: Vec<Opzione>,
    opzioni_stato: Vec<Opzione>,
    opzioni_mostra: Vec<Opzione>,
    risultati: String,
    righe: Vec<Riga>,
    pagine: Paginazione,
}

/// `GET /ufficio`.
pub async fn mostra(DiUfficio(r): DiUfficio, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let dove = Dove::parse(&domanda.da);
    let elenco = r.web.app.scrivania(&r.ctx, domanda.filtro(), dove.pagina(RIGHE)).await?;
    let numeri = r.web.app.conteggi(&r.ctx).await?;
    let oggi = termini::data_locale(r.web.app.clock().now());
    let page = Coda {
        layout: r.layout(crate::t("ufficio-titolo")).con_percorso([("/ufficio", crate::t("ufficio-titolo").as_str())]),
        uffici: uffici(&r)?,
        tipi: TipoPratica::ALL.into_iter().map(|t| crate::t(&format!("ufficio-tipi-{}", t.as_str()))).collect(),
        conteggi: conteggi(&numeri),
        opzioni_tipo: TipoPratica::ALL.into_iter().map(|t| Opzione::new(t.as_str(), formato::tipo(t))).collect(),
        opzioni_stato: STATI.into_iter().map(|s| Opzione::new(s.as_str(), formato::stato(s).testo)).collect(),
        opzioni_mostra: vec![Opzione::new("tutte", crate::t("ufficio-mostra-tutte"))],
        risultati: risultati(elenco.totale),
        righe: elenco.righe.iter().map(|row| riga(row, oggi)).collect(),
        pagine: dove.pulsanti("/ufficio", &domanda.parametri(), &elenco, RIGHE),
        domanda,
    };
    Ok(Pagina(page).into_response())
}

fn uffici(r: &Richiesta) -> Result<String, Errore> {
    let utente = r.utente().ok_or(AppError::AccessoRichiesto)?;
    let names: Vec<&str> = utente.uffici.iter().map(|codice| r.ctx.ente.nome_ufficio(codice)).collect();
    Ok(names.join(", "))
}

fn conteggi(numeri: &[(TipoPratica, StatoPratica, u64)]) -> Vec<Conteggio> {
    let of = |stato, tipo: Option<TipoPratica>| {
        numeri.iter().filter(|(t, s, _)| *s == stato && tipo.is_none_or(|tipo| tipo == *t)).map(|(_, _, n)| n).sum()
    };
    let most: u64 = STATI.into_iter().map(|stato| of(stato, None)).max().unwrap_or(0).max(1);
    let row = |stato: StatoPratica| {
        let totale: u64 = of(stato, None);
        Conteggio {
            nome: formato::stato(stato).testo,
            href: indirizzo("/ufficio", &[("stato", stato.as_str())]),
            tipi: TipoPratica::ALL.into_iter().map(|tipo| migliaia(of(stato, Some(tipo)))).collect(),
            totale: migliaia(totale),
            barra: (totale * 100).div_ceil(most),
        }
    };
    STATI.into_iter().map(row).collect()
}

fn riga(row: &PraticaRow, oggi: Date) -> Riga {
    Riga {
        href: format!("/ufficio/pratiche/{}", row.id),
        titolo: row.titolo.clone().unwrap_or_else(|| row.oggetto.clone()),
        codice: row.codice.clone(),
        tipo: formato::tipo(row.tipo),
        protocollo: row.protocollo.as_ref().map(|p| p.segnatura().to_string()).unwrap_or_default(),
        presentata: giorno_breve(termini::data_locale(row.inviata_il)),
        scadenza: row.scadenza.map(giorno_breve).unwrap_or_default(),
        avviso: avviso(row.scadenza, row.stato, oggi),
        stato: formato::stato(row.stato),
        richiedente: row.richiedente.clone().unwrap_or_else(|| crate::t("ufficio-dati-cancellati")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_only_open_cases_are_shown() {
        assert_eq!(Domanda::default().filtro().aperte, Some(true));
        let all = Domanda { mostra: "tutte".into(), ..Domanda::default() };
        assert_eq!(all.filtro().aperte, None);
        let done = Domanda { stato: "conclusa".into(), ..Domanda::default() };
        assert_eq!((done.filtro().aperte, done.filtro().stato), (None, Some(StatoPratica::Conclusa)));
        assert_eq!(Domanda { testo: "  ".into(), ..Domanda::default() }.filtro().testo, None);
    }

    #[test]
    fn bars_are_as_long_as_the_numbers() {
        let rows = conteggi(&[
            (TipoPratica::Segnalazione, StatoPratica::Protocollata, 6),
            (TipoPratica::Lettera, StatoPratica::Protocollata, 2),
            (TipoPratica::Istanza, StatoPratica::Conclusa, 4),
        ]);
        assert_eq!(
            rows.iter().map(|r| (r.totale.as_str(), r.barra)).collect::<Vec<_>>(),
            [("8", 100), ("0", 0), ("0", 0), ("0", 0), ("4", 50), ("0", 0)]
        );
        assert_eq!(conteggi(&[]).iter().map(|r| r.barra).sum::<u64>(), 0);
    }

    #[test]
    fn the_page_has_chart_filters_and_rows() {
        let stato = formato::stato(StatoPratica::Protocollata);
        let page = Coda {
            layout: Layout::new("Comune di Prova", "Scrivania", "/ufficio"),
            uffici: "Lavori pubblici".into(),
            tipi: vec!["Segnalazioni".into(), "Lettere".into(), "Istanze".into()],
            conteggi: conteggi(&[(TipoPratica::Segnalazione, StatoPratica::Protocollata, 3)]),
            domanda: Domanda { testo: "<b>".into(), mostra: "tutte".into(), ..Domanda::default() },
            opzioni_tipo: vec![Opzione::new("segnalazione", "Segnalazione")],
            opzioni_stato: vec![Opzione::new("conclusa", "Conclusa")],
            opzioni_mostra: vec![Opzione::new("tutte", "Tutte")],
            risultati: risultati(1),
            righe: vec![Riga {
                href: "/ufficio/pratiche/1".into(),
                titolo: "Lampione <spento>".into(),
                codice: "SG-1".into(),
                tipo: "Segnalazione".into(),
                protocollo: "0000012/2026".into(),
                presentata: "6 marzo 2026".into(),
                scadenza: "7 aprile 2026".into(),
                avviso: Some(Stato::new("Scade oggi", crate::layout::Tono::Attenzione)),
                stato,
                richiedente: "Mario Rossi".into(),
            }],
            pagine: Paginazione::default(),
        };
        let text = page.render().unwrap();
        assert!(text.contains("Lampione &#60;spento&#62;"), "text is escaped");
        let html = scraper::Html::parse_document(&text);
        let count = |css: &str| html.select(&scraper::Selector::parse(css).unwrap()).count();
        assert_eq!((count("h1"), count("svg rect.barra"), count("a[href='/ufficio/pratiche/1']")), (1, 6, 1));
        assert_eq!(count("select[name=mostra] option[selected]"), 1);
    }
}
