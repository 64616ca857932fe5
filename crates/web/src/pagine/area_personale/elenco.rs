//! The list.

use super::vista::nuove;
use crate::errore::{Errore, Pagina};
use crate::formato;
use crate::layout::{Layout, Opzione, Paginazione, Riga, Stato, Voce};
use crate::pagine::elenco::{Dove, risultati};
use crate::pagine::invio::anagrafica;
use crate::pagine::istanza::{SchedaBozza, schede_bozze};
use crate::richiesta::Firmata;
use crate::{t, ta};
use app::AppError;
use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use domain::pratica::{StatoPratica, TipoPratica};
use projections::PraticaRow;
use serde::Deserialize;

/// Cards of a page.
const SCHEDE: u32 = 12;
const PATH: &str = "/area-personale";

/// What is looked for, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domanda {
    pub tipo: String,
    pub stato: String,
    /// Pages passed.
    pub da: String,
    /// Position that the list must hold: the caller's own write.
    pub dopo: Option<u64>,
}

/// A case as a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheda {
    pub href: String,
    pub tipo: String,
    pub titolo: String,
    pub codice: String,
    pub protocollo: String,
    pub data: String,
    pub entro: String,
    pub stato: Stato,
}

#[derive(Template)]
#[template(path = "area/elenco.html")]
pub struct Elenco {
    pub layout: Layout,
    pub nome: String,
    pub chi: Vec<Riga>,
    pub domanda: Domanda,
    pub tipi: Vec<Opzione>,
    pub stati: Vec<Opzione>,
    pub filtrata: bool,
    /// The list does not hold the person's last write yet.
    pub in_ritardo: bool,
    pub risultati: String,
    pub schede: Vec<Scheda>,
    pub pagine: Paginazione,
    pub nuove: Vec<Voce>,
    pub bozze: Vec<SchedaBozza>,
}

/// `GET /area-personale`.
pub async fn mostra(Firmata(r): Firmata, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let in_ritardo = match domanda.dopo {
        Some(posizione) => !r.web.app.attendi(&r.ctx, posizione).await,
        None => false,
    };
    let (tipo, stato) = (TipoPratica::parse(&domanda.tipo), StatoPratica::parse(&domanda.stato));
    let dove = Dove::parse(&domanda.da);
    let elenco = r.web.app.area_personale(&r.ctx, tipo, stato, dove.pagina(SCHEDE)).await?;
    let chi = &r.utente().ok_or(AppError::AccessoRichiesto)?.anagrafica;
    let filtri = [("tipo", domanda.tipo.as_str()), ("stato", domanda.stato.as_str())];
    let page = Elenco {
        layout: r.layout(t("area-titolo")).con_percorso([(PATH, &t("area-titolo"))]),
        nome: chi.nome.clone(),
        chi: anagrafica(chi),
        tipi: tipi(),
        stati: stati(),
        filtrata: tipo.is_some() || stato.is_some(),
        in_ritardo,
        risultati: risultati(elenco.totale),
        schede: elenco.righe.iter().map(scheda).collect(),
        pagine: dove.pulsanti(PATH, &filtri, &elenco, SCHEDE),
        nuove: nuove(),
        bozze: schede_bozze(&r).await?,
        domanda,
    };
    Ok(Pagina(page).into_response())
}

pub fn tipi() -> Vec<Opzione> {
    TipoPratica::ALL.into_iter().map(|tipo| Opzione::new(tipo.as_str(), formato::tipo(tipo))).collect()
}

/// States in which a case is found; `Inviata` passes within one commit.
pub fn stati() -> Vec<Opzione> {
    let found = |stato: &StatoPratica| *stato != StatoPratica::Inviata;
    let option = |stato: StatoPratica| Opzione::new(stato.as_str(), formato::stato(stato).testo);
    StatoPratica::ALL.into_iter().filter(found).map(option).collect()
}

pub fn scheda(row: &PraticaRow) -> Scheda {
    let open = row.scadenza.filter(|_| row.stato.aperta());
    Scheda {
        href: format!("/pratiche/{}", row.id),
        tipo: formato::tipo(row.tipo),
        titolo: row.titolo.clone().unwrap_or_else(|| row.oggetto.clone()),
        codice: row.codice.clone(),
        protocollo: row.protocollo.as_ref().map(|p| p.segnatura().to_string()).unwrap_or_default(),
        data: match row.conclusa_il {
            Some(il) if row.stato == StatoPratica::Rinunciata => {
                ta("area-ritirata-il", &[("data", &formato::giorno(il))])
            }
            Some(il) => ta("area-conclusa-il", &[("data", &formato::giorno(il))]),
            None => ta("area-inviata-il", &[("data", &formato::giorno(row.inviata_il))]),
        },
        entro: open.map(|data| ta("area-entro", &[("data", &formato::data(data))])).unwrap_or_default(),
        stato: formato::stato(row.stato),
    }
}
