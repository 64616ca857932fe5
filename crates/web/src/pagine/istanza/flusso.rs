//! The pages of the flow, one handler each.

use super::campi::{CampoVista, Forma, paragrafi};
use super::corpo::{self, Arrivato, Letto};
use super::giro::{Errori, Fuori, Giro, NUOVA, inizio_di, percorso, solo_cittadini, verso};
use super::leggi::{Azione, Inviato, file_di, ids, metti_ids, raccogli, raccogli_parte};
use super::passi::{Tappa, dopo, prima, segmento};
use super::vista::{PaginaPasso, PaginaPrivacy, PaginaRiprendi, PaginaSessione};
use super::{bozze, dati, riepilogo};
use crate::errore::{Errore, pagina_con};
use crate::layout::ErroreCampo;
use crate::pagine::invio::{dichiarata, non_letta};
use crate::richiesta::{Firmata, Richiesta};
use crate::{formato, sessione, t, ta};
use app::AppError;
use axum::extract::{Path, Query, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use domain::modulo::TipoCampo;
use domain::persona::richiede_livello;
use domain::servizio::Servizio;
use domain::termini;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// What a handler answers.
pub(super) type Esito = Result<Response, Fuori>;

/// Whether mistakes are shown: not before a person went on from a step.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Domanda {
    controlla: Option<String>,
}

fn trova(r: &Richiesta, codice: &str) -> Result<Arc<Servizio>, Errore> {
    r.web.app.servizio(&r.ctx, codice).ok_or(Errore::NonTrovato)
}

/// Whether this person may ask for this service today; a closed one leads to its sheet, which says why.
fn ammesso(r: &Richiesta, servizio: &Servizio) -> Result<(), Fuori> {
    solo_cittadini(r, &servizio.nome)?;
    if !servizio.aperto(termini::data_locale(r.web.app.clock().now())) {
        return Err(Fuori::Altrove(Box::new(verso(&format!("/servizi/{}", servizio.codice)))));
    }
    let utente = r.utente().ok_or(AppError::AccessoRichiesto)?;
    Ok(richiede_livello(&utente.attore(), servizio.livello_identita).map_err(AppError::rifiuto)?)
}

/// `GET /servizi/{codice}/richiedi`: offers the drafts of this service, or begins.
pub async fn inizio(Firmata(r): Firmata, Path(codice): Path<String>) -> Esito {
    let servizio = trova(&r, &codice)?;
    ammesso(&r, &servizio)?;
    let mut bozze = bozze::schede(&r).await?;
    bozze.retain(|bozza| bozza.codice == codice);
    if bozze.is_empty() {
        // Nothing is kept of who only looks: the draft begins with the first step that is sent.
        return Ok(pagina_privacy(&Giro::nuovo(r, &codice)?, StatusCode::OK, Vec::new()));
    }
    let page = PaginaRiprendi {
        layout: percorso(r.layout(servizio.nome.clone()), &servizio),
        servizio: servizio.nome.clone(),
        azione: inizio_di(&codice),
        bozze,
    };
    Ok(pagina_con(StatusCode::OK, page))
}

/// The draft that gives way to a new one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Vecchia {
    bozza: String,
}

/// `POST /servizi/{codice}/richiedi`: begins again, without the draft of before.
pub async fn ricomincia(Firmata(r): Firmata, Path(codice): Path<String>, Form(vecchia): Form<Vecchia>) -> Esito {
    let servizio = trova(&r, &codice)?;
    ammesso(&r, &servizio)?;
    if let Ok(id) = vecchia.bozza.parse::<Uuid>() {
        r.web.app.elimina_bozza(&r.ctx, id).await?;
    }
    let bozza = r.web.app.apri_bozza(&r.ctx, &codice).await?;
    Ok(verso(&format!("{}/{}", inizio_di(&codice), bozza.id)))
}

/// `GET /servizi/{codice}/richiedi/{bozza}`: the privacy notice.
pub async fn privacy(Firmata(r): Firmata, Path((codice, id)): Path<(String, String)>) -> Esito {
    if id == NUOVA {
        return Ok(verso(&inizio_di(&codice)));
    }
    let giro = Giro::apri(r, &codice, &id).await?;
    Ok(pagina_privacy(&giro, StatusCode::OK, Vec::new()))
}

fn pagina_privacy(giro: &Giro, stato: StatusCode, errori: Vec<ErroreCampo>) -> Response {
    let conservazione = giro.servizio.conservazione.as_str();
    let page = PaginaPrivacy {
        layout: giro.layout(Tappa::Privacy),
        c: giro.cornice(Tappa::Privacy, errori),
        finalita: if conservazione == "permanente" {
            t("richiesta-finalita-permanente")
        } else {
            ta("richiesta-finalita", &[("conservazione", conservazione)])
        },
        riservata: giro.servizio.riservato,
        pec: giro.richiesta.ctx.ente.pec.clone(),
        spuntata: giro.bozza.privacy,
    };
    pagina_con(stato, page)
}

/// The box of the privacy notice.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Accettazione {
    privacy: String,
    azione: String,
}

/// `POST /servizi/{codice}/richiedi/{bozza}`: the notice was read.
pub async fn accetta(
    Firmata(r): Firmata,
    Path((codice, id)): Path<(String, String)>,
    Form(form): Form<Accettazione>,
) -> Esito {
    let letta = form.privacy == "si";
    let mut giro = if id == NUOVA {
        if !letta {
            let errori = vec![ErroreCampo::new("privacy", t("invio-privacy-manca"))];
            let giro = Giro::nuovo(r, &codice)?;
            return Ok(pagina_privacy(&giro, StatusCode::UNPROCESSABLE_ENTITY, errori));
        }
        let bozza = r.web.app.apri_bozza(&r.ctx, &codice).await?;
        Giro::apri(r, &codice, &bozza.id.to_string()).await?
    } else {
        Giro::apri(r, &codice, &id).await?
    };
    if letta != giro.bozza.privacy {
        giro.salva(|bozza| bozza.privacy = letta).await?;
    }
    if Azione::parse(&form.azione) == Azione::Dopo {
        return piu_tardi(&giro).await;
    }
    if !letta {
        let errori = vec![ErroreCampo::new("privacy", t("invio-privacy-manca"))];
        return Ok(pagina_privacy(&giro, StatusCode::UNPROCESSABLE_ENTITY, errori));
    }
    Ok(verso(&giro.href(Tappa::Dati)))
}

/// `GET /servizi/{codice}/richiedi/{bozza}/{passo}`: a step.
pub async fn mostra(
    Firmata(r): Firmata,
    Path((codice, id, passo)): Path<(String, String, String)>,
    Query(domanda): Query<Domanda>,
) -> Esito {
    let giro = Giro::apri(r, &codice, &id).await?;
    let tappa = Tappa::trova(&giro.servizio.modulo, &passo).ok_or(Errore::NonTrovato)?;
    if !giro.bozza.privacy {
        return Ok(verso(&giro.base()));
    }
    let tappe = giro.tappe();
    match tappa {
        Tappa::Privacy => Ok(verso(&giro.base())),
        Tappa::Dati => Ok(dati::pagina(&giro, domanda.controlla.is_some()).await),
        // Nothing to ask any more: the answers that it depends on changed.
        _ if !tappe.contains(&tappa) => Ok(verso(&giro.href(dopo(&tappe, tappa)))),
        Tappa::Modulo(index) => {
            let errori = if domanda.controlla.is_some() { giro.errori(index) } else { Errori::default() };
            Ok(pagina_passo(&giro, index, StatusCode::OK, errori))
        }
        Tappa::Riepilogo => Ok(match riepilogo::manca(&giro) {
            Some(tappa) => verso(&format!("{}?controlla=si", giro.href(tappa))),
            None => riepilogo::pagina(&giro, StatusCode::OK, Vec::new()),
        }),
    }
}

fn pagina_passo(giro: &Giro, index: usize, stato: StatusCode, errori: Errori) -> Response {
    let Some(passo) = giro.servizio.modulo.passi.get(index) else { return Errore::NonTrovato.into_response() };
    let tappa = Tappa::Modulo(index);
    let page = PaginaPasso {
        layout: giro.layout(tappa),
        titolo: passo.titolo.clone(),
        testo: paragrafi(passo.testo.as_deref().unwrap_or_default()).map(str::to_owned).collect(),
        campi: giro.campi(index, &errori.campi),
        con_file: file_di(passo).next().is_some(),
        segmento: segmento(passo),
        c: giro.cornice(tappa, errori.sommario),
    };
    pagina_con(stato, page)
}

/// `POST /servizi/{codice}/richiedi/{bozza}/{passo}`: keeps what was written, then goes where the button says.
pub async fn passo(r: Richiesta, Path((codice, id, nome)): Path<(String, String, String)>, request: Request) -> Esito {
    if r.utente().is_none() {
        let servizio = trova(&r, &codice)?;
        if dichiarata(&request).is_some_and(|bytes| bytes > corpo::massimo(None, servizio.allegati)) {
            return Ok(non_letta(corpo::troppo_lungo(None, servizio.allegati)));
        }
        let letto = corpo::leggi(&r, request, None, servizio.allegati).await?;
        return Ok(sessione_finita(&r, letto.inviato));
    }
    let mut giro = Giro::apri(r, &codice, &id).await?;
    let servizio = giro.servizio.clone();
    let tappa = Tappa::trova(&servizio.modulo, &nome).ok_or(Errore::NonTrovato)?;
    let passo = match tappa {
        Tappa::Modulo(index) => servizio.modulo.passi.get(index),
        _ => None,
    };
    if dichiarata(&request).is_some_and(|bytes| bytes > corpo::massimo(passo, servizio.allegati)) {
        return Ok(non_letta(corpo::troppo_lungo(passo, servizio.allegati)));
    }
    let Letto { inviato, arrivati, intero } = corpo::leggi(&giro.richiesta, request, passo, servizio.allegati).await?;
    let azione = Azione::parse(inviato.azione());
    if tappa == Tappa::Dati {
        return dati::ricevi(giro, &inviato, &azione).await;
    }
    let mut fuoco = None;
    if let Some(passo) = passo {
        giro.salva(|bozza| {
            let read = if intero { raccogli } else { raccogli_parte };
            read(passo, &inviato, &mut bozza.valori);
            aggiungi_file(passo, &arrivati, &mut bozza.valori);
            fuoco = azione.applica(passo, &mut bozza.valori);
            bozza.passo = segmento(passo);
        })
        .await?;
    }
    if let Tappa::Modulo(index) = tappa {
        let rifiutati = file_rifiutati(&giro, index, &arrivati);
        if !rifiutati.campi.is_empty() || !giro.bozza.cambiamenti.is_empty() {
            let errori = if rifiutati.campi.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            return Ok(pagina_passo(&giro, index, errori, rifiutati));
        }
    }
    let here = giro.href(tappa);
    let tappe = giro.tappe();
    Ok(match azione {
        Azione::Dopo => return piu_tardi(&giro).await,
        Azione::Indietro => verso(&giro.href(prima(&tappe, tappa))),
        Azione::Aggiorna(_) | Azione::Aggiungi(_) | Azione::Togli(..) | Azione::TogliFile(..) => {
            verso(&fuoco.map_or_else(|| here.clone(), |id| format!("{here}#{id}")))
        }
        Azione::Avanti => {
            let wrong = matches!(tappa, Tappa::Modulo(index) if giro.esame.rifiuti.iter().any(|(at, _)| *at == index));
            verso(&if wrong { format!("{here}?controlla=si") } else { giro.href(dopo(&tappe, tappa)) })
        }
    })
}

/// Adds the files that came along, as many as the field takes.
fn aggiungi_file(passo: &domain::modulo::Passo, arrivati: &[Arrivato], valori: &mut serde_json::Map<String, Value>) {
    for (campo, _) in file_di(passo) {
        let TipoCampo::Allegato { massimo, .. } = campo.tipo else { continue };
        let mut kept = ids(valori.get(&campo.nome));
        let good = arrivati.iter().filter(|a| a.campo == campo.nome).filter_map(|a| a.esito.as_ref().ok());
        for upload in good {
            if kept.len() < massimo as usize && !kept.contains(&upload.id) {
                kept.push(upload.id);
            }
        }
        metti_ids(campo, &kept, valori);
    }
}

/// What is wrong with files that were sent along: it cannot be told from the draft later.
fn file_rifiutati(giro: &Giro, index: usize, arrivati: &[Arrivato]) -> Errori {
    let mut errori = Errori::default();
    for arrivato in arrivati {
        let nome = format!("{}{}", super::leggi::PREFISSO, arrivato.campo);
        let testo = match &arrivato.esito {
            Err(words) => words.clone(),
            Ok(upload) if giro.file.contains_key(&upload.id.to_string()) => continue,
            Ok(_) => {
                let campo = giro.servizio.modulo.campo(&arrivato.campo);
                let Some(TipoCampo::Allegato { massimo, .. }) = campo.map(|campo| &campo.tipo) else { continue };
                app::ErroreCampo::from(domain::Refusal::whole("troppi-allegati").with("max", massimo)).messaggio
            }
        };
        errori.sommario.push(ErroreCampo::new(nome.clone(), testo.clone()));
        errori.campi.push(ErroreCampo::new(nome, testo));
    }
    if !errori.campi.is_empty() {
        let others = giro.errori(index);
        // A question whose file was refused is empty too: one reason is enough.
        let fresh = |e: &ErroreCampo| !errori.campi.iter().any(|known| known.campo == e.campo);
        let sommario: Vec<_> = others.sommario.into_iter().filter(fresh).collect();
        let campi: Vec<_> = others.campi.into_iter().filter(fresh).collect();
        errori.sommario.extend(sommario);
        errori.campi.extend(campi);
    }
    errori
}

/// Leaves the flow: the draft waits in the personal area.
pub(super) async fn piu_tardi(giro: &Giro) -> Esito {
    let scade = formato::giorno(giro.bozza.scade);
    sessione::avvisa(&giro.richiesta.session, ta("richiesta-dopo-salvata", &[("scade", &scade)])).await?;
    Ok(verso("/area-personale#bozze"))
}

/// For whoever wrote longer than the session lasts: the words stay in the page and are sent again.
pub(super) fn sessione_finita(r: &Richiesta, inviato: Inviato) -> Response {
    let page = PaginaSessione {
        layout: r.layout(t("invio-sessione-titolo")),
        azione: r.path.clone(),
        accedi: format!("/accedi?torna={}", urlencoding::encode(&r.path)),
        nascosti: inviato.0,
    };
    pagina_con(StatusCode::FORBIDDEN, page)
}

/// `POST /servizi/{codice}/richiedi/{bozza}/salva`, by the script of the page: keeps the answers, says what is there now.
pub async fn salva(
    r: Richiesta,
    Path((codice, id)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Esito {
    if r.utente().is_none() {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    }
    let mut giro = Giro::apri(r, &codice, &id).await?;
    let inviato = Inviato(fields);
    let servizio = giro.servizio.clone();
    let found = inviato.get("passo").and_then(|nome| Tappa::trova(&servizio.modulo, nome));
    let Some(Tappa::Modulo(index)) = found else { return Err(Errore::NonTrovato.into()) };
    let passo = servizio.modulo.passi.get(index).ok_or(Errore::NonTrovato)?;
    giro.salva(|bozza| {
        raccogli(passo, &inviato, &mut bozza.valori);
        bozza.passo = segmento(passo);
    })
    .await?;
    let (mut visibili, mut calcoli) = (BTreeMap::new(), BTreeMap::new());
    stato(&giro.campi(index, &[]), &mut visibili, &mut calcoli);
    let ora = termini::ora_locale(giro.richiesta.web.app.clock().now());
    let ora = format!("{:02}:{:02}", ora.hour(), ora.minute());
    let answer = json!({
        "messaggio": ta("richiesta-bozza-salvata", &[("ora", &ora)]),
        "visibili": visibili,
        "calcoli": calcoli,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// Which fields are there, and the computed numbers, by the names of the page.
fn stato(campi: &[CampoVista], visibili: &mut BTreeMap<String, bool>, calcoli: &mut BTreeMap<String, String>) {
    for campo in campi {
        visibili.insert(campo.nome.clone(), campo.visibile);
        match &campo.forma {
            Forma::Calcolo { valore } => drop(calcoli.insert(campo.nome.clone(), valore.clone())),
            Forma::Gruppo { voci, .. } => voci.iter().for_each(|voce| stato(&voce.campi, visibili, calcoli)),
            _ => {}
        }
    }
}
