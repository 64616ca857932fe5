//! The handlers of the profile, one for each page.

use super::vista::{PaginaElimina, PaginaGruppo, PaginaProfilo, Scheda};
use super::{PATH, gruppi, identita};
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Layout};
use crate::pagine::istanza::campi::{Quadro, paragrafi};
use crate::pagine::istanza::giro::{Errori, Fuori, errori_di, solo_cittadini, verso};
use crate::pagine::istanza::leggi::{Azione, Inviato, raccogli};
use crate::richiesta::{Firmata, Richiesta};
use crate::{sessione, t};
use app::AppError;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::modulo::{ContestoModulo, Esame, GruppoProfilo, Profilo};
use domain::persona::Anagrafica;
use domain::servizio::LimitiAllegati;
use domain::termini;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

type Esito = Result<Response, Fuori>;

/// Value of the button that empties a group.
const SVUOTA: &str = "svuota";

/// Who is here as a citizen.
fn chi(r: &Richiesta) -> Result<Anagrafica, Fuori> {
    solo_cittadini(r, &t("profilo-titolo"))?;
    Ok(r.utente().ok_or(AppError::AccessoRichiesto)?.anagrafica.clone())
}

fn oggi(r: &Richiesta) -> Date {
    termini::data_locale(r.web.app.clock().now())
}

fn trova(gruppo: &str) -> Result<GruppoProfilo, Errore> {
    GruppoProfilo::parse(gruppo).ok_or(Errore::NonTrovato)
}

fn percorso(layout: Layout) -> Layout {
    layout.con_percorso([("/area-personale", &t("area-titolo")), (PATH, &t("profilo-titolo"))])
}

/// `GET /profilo`.
pub async fn mostra(Firmata(r): Firmata) -> Esito {
    let chi = chi(&r)?;
    let (profilo, oggi) = (r.web.app.profilo(&r.ctx).await?, oggi(&r));
    let scheda = |gruppo: GruppoProfilo| Scheda {
        gruppo: gruppo.as_str(),
        titolo: gruppi::passo(gruppo).titolo.clone(),
        righe: gruppi::righe(gruppo, &profilo, &chi, oggi),
    };
    let page = PaginaProfilo {
        layout: percorso(r.layout(t("profilo-titolo"))),
        chi: identita(&chi),
        schede: GruppoProfilo::ALL.map(scheda).into(),
        qualcosa: profilo != Profilo::default(),
    };
    Ok(pagina_con(StatusCode::OK, page))
}

/// What a page of a group shows.
struct Stato<'a> {
    gruppo: GruppoProfilo,
    valori: &'a Map<String, Value>,
    esame: &'a Esame,
    errori: Errori,
    /// Something is kept in the group.
    qualcosa: bool,
}

fn pagina(r: &Richiesta, codice: StatusCode, stato: Stato<'_>) -> Response {
    let passo = gruppi::passo(stato.gruppo);
    let quadro = Quadro {
        modulo: gruppi::modulo(stato.gruppo),
        limiti: LimitiAllegati::default(),
        valori: stato.valori,
        esame: stato.esame,
        file: &BTreeMap::new(),
        errori: &stato.errori.campi,
        oggi: oggi(r),
    };
    let href = format!("{PATH}/{}", stato.gruppo.as_str());
    let page = PaginaGruppo {
        layout: percorso(r.layout(passo.titolo.clone())).con_percorso([(&href, &passo.titolo)]),
        gruppo: stato.gruppo.as_str(),
        titolo: passo.titolo.clone(),
        testo: paragrafi(passo.testo.as_deref().unwrap_or_default()).map(str::to_owned).collect(),
        campi: quadro.passo(0),
        errori: stato.errori.sommario,
        qualcosa: stato.qualcosa,
    };
    pagina_con(codice, page)
}

fn esamina(r: &Richiesta, gruppo: GruppoProfilo, valori: &Map<String, Value>) -> Esame {
    gruppi::modulo(gruppo).esamina(&Value::Object(valori.clone()), &ContestoModulo { oggi: oggi(r) })
}

/// `GET /profilo/{gruppo}`.
pub async fn modifica(Firmata(r): Firmata, Path(gruppo): Path<String>) -> Esito {
    let (chi, gruppo) = (chi(&r)?, trova(&gruppo)?);
    let profilo = r.web.app.profilo(&r.ctx).await?;
    let valori = gruppi::valori(gruppo, &profilo, &chi, oggi(&r));
    let esame = esamina(&r, gruppo, &valori);
    let qualcosa = !profilo.vuoto(gruppo);
    let stato = Stato { gruppo, valori: &valori, esame: &esame, errori: Errori::default(), qualcosa };
    Ok(pagina(&r, StatusCode::OK, stato))
}

/// `POST /profilo/{gruppo}`: keeps the group, or shows the form again: what is wrong, or with one item more or less.
pub async fn salva(Firmata(r): Firmata, Path(gruppo): Path<String>, Form(campi): Form<Vec<(String, String)>>) -> Esito {
    chi(&r)?;
    let (gruppo, inviato) = (trova(&gruppo)?, Inviato(campi));
    if inviato.azione() == SVUOTA {
        r.web.app.cambia_profilo(&r.ctx, |profilo| profilo.metti(gruppo, &Profilo::default())).await?;
        return fatto(&r, gruppo, "profilo-tolto").await;
    }
    let passo = gruppi::passo(gruppo);
    let mut valori = Map::new();
    raccogli(passo, &inviato, &mut valori);
    let azione = Azione::parse(inviato.azione());
    azione.applica(passo, &mut valori);
    let esame = esamina(&r, gruppo, &valori);
    let qualcosa = !r.web.app.profilo(&r.ctx).await?.vuoto(gruppo);
    let mut stato = Stato { gruppo, valori: &valori, esame: &esame, errori: Errori::default(), qualcosa };
    if azione != Azione::Avanti {
        return Ok(pagina(&r, StatusCode::OK, stato));
    }
    let found: Vec<_> = esame.rifiuti.iter().map(|(_, refusal)| refusal.clone().into()).collect();
    if !found.is_empty() {
        stato.errori = errori_di(&passo.campi, found);
        return Ok(pagina(&r, StatusCode::UNPROCESSABLE_ENTITY, stato));
    }
    let nuovo = gruppi::modulo(gruppo).profilo(&esame.valori);
    match r.web.app.cambia_profilo(&r.ctx, |profilo| profilo.metti(gruppo, &nuovo)).await {
        Ok(()) => fatto(&r, gruppo, "profilo-salvato").await,
        Err(AppError::Rifiutato(errori)) => {
            stato.errori.sommario = errori.into_iter().map(|e| ErroreCampo::new("", e.messaggio)).collect();
            Ok(pagina(&r, StatusCode::UNPROCESSABLE_ENTITY, stato))
        }
        Err(error) => Err(error.into()),
    }
}

/// Back to the list, with a word of what was done.
async fn fatto(r: &Richiesta, gruppo: GruppoProfilo, avviso: &str) -> Esito {
    let titolo = gruppi::passo(gruppo).titolo.as_str();
    sessione::avvisa(&r.session, crate::ta(avviso, &[("gruppo", titolo)])).await?;
    Ok(verso(&format!("{PATH}#{}", gruppo.as_str())))
}

/// `GET /profilo/elimina`: asks first, for there is no way back.
pub async fn conferma(Firmata(r): Firmata) -> Esito {
    chi(&r)?;
    let titolo = t("profilo-elimina");
    let layout = percorso(r.layout(titolo.clone())).con_percorso([("/profilo/elimina", &titolo)]);
    Ok(pagina_con(StatusCode::OK, PaginaElimina { layout }))
}

/// `POST /profilo/elimina`. Forgotten twice is forgotten.
pub async fn elimina(Firmata(r): Firmata) -> Esito {
    chi(&r)?;
    r.web.app.elimina_profilo(&r.ctx).await?;
    sessione::avvisa(&r.session, t("profilo-eliminato")).await?;
    Ok(verso(PATH))
}
