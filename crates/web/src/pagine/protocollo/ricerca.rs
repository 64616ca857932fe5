//! Search in the register.

use super::{flusso, indirizzo_di};
use crate::errore::{Errore, Pagina};
use crate::layout::{ErroreCampo, Layout, Opzione, Paginazione};
use crate::pagine::elenco::{Dove, indirizzo, istante_breve, risultati};
use crate::richiesta::DiProtocollo;
use app::Ente;
use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use domain::ente::CodiceUfficio;
use domain::registro::Flusso;
use jiff::civil::Date;
use projections::{FiltroRegistro, RegistrazioneRow};
use serde::Deserialize;

/// Rows of a page.
const RIGHE: u32 = 20;
/// Characters of a search, at most.
const MAX_TESTO: usize = 100;

/// What is looked for, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domanda {
    anno: String,
    dal: String,
    al: String,
    testo: String,
    flusso: String,
    da: String,
}

impl Domanda {
    /// The filter, and what of the question could not be understood.
    pub(super) fn filtro(&self) -> (FiltroRegistro, Vec<ErroreCampo>) {
        let mut errori = Vec::new();
        let mut day = |campo: &str, text: &str| -> Option<Date> {
            let parsed = text.trim().parse();
            if parsed.is_err() && !text.trim().is_empty() {
                errori.push(ErroreCampo::new(campo, crate::t("protocollo-data-errata")));
            }
            parsed.ok()
        };
        let (dal, al) = (day("dal", &self.dal), day("al", &self.al));
        if dal.zip(al).is_some_and(|(dal, al)| dal > al) {
            errori.push(ErroreCampo::new("al", crate::t("protocollo-periodo-errato")));
        }
        let anno = self.anno.trim().parse().ok().filter(|anno| (1000..=9999).contains(anno));
        if anno.is_none() && !self.anno.trim().is_empty() {
            errori.push(ErroreCampo::new("anno", crate::t("protocollo-anno-errato")));
        }
        let testo: String = self.testo.trim().chars().take(MAX_TESTO).collect();
        let filtro = FiltroRegistro {
            anno,
            dal,
            al,
            testo: (!testo.is_empty()).then_some(testo),
            flusso: [Flusso::E, Flusso::U].into_iter().find(|f| f.as_str() == self.flusso),
            // The protocol office sees the whole register.
            riservate: true,
        };
        (filtro, errori)
    }

    pub(super) fn parametri(&self) -> [(&str, &str); 5] {
        [("anno", &self.anno), ("dal", &self.dal), ("al", &self.al), ("testo", &self.testo), ("flusso", &self.flusso)]
    }
}

/// One entry of the list.
struct Riga {
    href: String,
    numero: String,
    data: String,
    flusso: String,
    oggetto: String,
    corrispondente: String,
    ufficio: String,
    classifica: String,
    riservato: bool,
    modificata: bool,
}

#[derive(Template)]
#[template(path = "protocollo/registro.html")]
struct Registro {
    layout: Layout,
    domanda: Domanda,
    errori: Vec<ErroreCampo>,
    opzioni_flusso: Vec<Opzione>,
    risultati: String,
    righe: Vec<Riga>,
    csv: String,
    pagine: Paginazione,
}

/// `GET /protocollo`.
pub async fn mostra(DiProtocollo(r): DiProtocollo, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let (filtro, errori) = domanda.filtro();
    let dove = Dove::parse(&domanda.da);
    let elenco = r.web.app.registro(&r.ctx, &filtro, dove.pagina(RIGHE)).await?;
    let titolo = crate::t("protocollo-titolo");
    let page = Registro {
        layout: r.layout(titolo.clone()).con_percorso([("/protocollo", titolo.as_str())]),
        errori,
        opzioni_flusso: [Flusso::E, Flusso::U].into_iter().map(|f| Opzione::new(f.as_str(), flusso(f))).collect(),
        risultati: risultati(elenco.totale),
        righe: elenco.righe.iter().map(|row| riga(row, &r.ctx.ente)).collect(),
        csv: indirizzo("/protocollo/registro.csv", &domanda.parametri()),
        pagine: dove.pulsanti("/protocollo", &domanda.parametri(), &elenco, RIGHE),
        domanda,
    };
    Ok(Pagina(page).into_response())
}

fn riga(row: &RegistrazioneRow, ente: &Ente) -> Riga {
    let office = CodiceUfficio::new(row.assegnazione.clone());
    Riga {
        href: indirizzo_di(row.protocollo.anno, row.protocollo.numero),
        numero: row.protocollo.segnatura().to_string(),
        data: istante_breve(row.protocollo.data),
        flusso: flusso(row.flusso),
        oggetto: row.oggetto.clone(),
        corrispondente: row.corrispondente.clone().unwrap_or_default(),
        ufficio: ente.nome_ufficio(&office).to_owned(),
        classifica: row.classifica.clone(),
        riservato: row.riservato,
        modificata: row.modificata,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_question_that_is_not_understood_says_which_field() {
        let domanda = Domanda {
            anno: "26".into(),
            dal: "2026-03-10".into(),
            al: "2026-03-01".into(),
            flusso: "U".into(),
            testo: " rossi ".into(),
            da: String::new(),
        };
        let (filtro, errori) = domanda.filtro();
        assert_eq!(filtro.dal, Some(date(2026, 3, 10)));
        assert_eq!((filtro.flusso, filtro.testo.as_deref(), filtro.anno), (Some(Flusso::U), Some("rossi"), None));
        assert!(filtro.riservate);
        assert_eq!(errori.iter().map(|e| e.campo.as_str()).collect::<Vec<_>>(), ["al", "anno"]);
        let (_, errori) = Domanda { dal: "ieri".into(), ..Domanda::default() }.filtro();
        assert_eq!(errori[0].campo, "dal");
        assert!(Domanda::default().filtro().1.is_empty());
    }

    fn page(righe: Vec<Riga>) -> String {
        let page = Registro {
            layout: Layout::new("Comune di Prova", "Registro", "/protocollo"),
            domanda: Domanda { anno: "2026".into(), ..Domanda::default() },
            errori: vec![ErroreCampo::new("dal", "Scrivi la data.")],
            opzioni_flusso: vec![Opzione::new("E", "In entrata")],
            risultati: risultati(righe.len() as u64),
            righe,
            csv: "/protocollo/registro.csv?anno=2026".into(),
            pagine: Paginazione::default(),
        };
        page.render().unwrap()
    }

    #[test]
    fn the_page_lists_entries_or_says_there_are_none() {
        let row = Riga {
            href: indirizzo_di(2026, 12),
            numero: "0000012/2026".into(),
            data: "6 marzo 2026, ore 10:30".into(),
            flusso: flusso(Flusso::E),
            oggetto: "Segnalazione: Verde".into(),
            corrispondente: "Mario Rossi".into(),
            ufficio: "Ambiente".into(),
            classifica: "VI.9".into(),
            riservato: true,
            modificata: true,
        };
        let html = page(vec![row]);
        assert!(html.contains("/protocollo/2026/12") && html.contains(&crate::t("protocollo-riservato")));
        assert!(html.contains("registro.csv?anno=2026"));
        assert!(page(Vec::new()).contains(&crate::t("protocollo-vuoto")));
    }
}
