//! The pages of the flow, one handler each.

use super::bozze;
use super::campi::{CampoVista, Forma, paragrafi};
use super::corpo::{self, Arrivato};
use super::giro::{Errori, Fuori, Giro, NUOVA, inizio_di, percorso, solo_cittadini, verso};
use super::leggi::{Azione, Inviato, file_di, ids, metti_ids, raccogli};
use super::passi::{Tappa, da_correggere, dopo, prima, segmento};
use super::vista::{PaginaDati, PaginaPasso, PaginaPrivacy, PaginaRiepilogo, PaginaRiprendi, PaginaSessione, Sezione};
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Riga, Voce};
use crate::pagine::invio::{Nota, anagrafica, guasto};
use crate::richiesta::{Firmata, Richiesta};
use crate::{formato, sessione, t, ta};
use app::{AppError, PresentaIstanza};
use axum::extract::{Path, Query, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use domain::modulo::TipoCampo;
use domain::persona::richiede_livello;
use domain::servizio::{Quando, Servizio};
use domain::termini;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

type Esito = Result<Response, Fuori>;

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
        Tappa::Dati => Ok(pagina_dati(&giro).await),
        // Nothing to ask any more: the answers that it depends on changed.
        _ if !tappe.contains(&tappa) => Ok(verso(&giro.href(dopo(&tappe, tappa)))),
        Tappa::Modulo(index) => {
            let errori = if domanda.controlla.is_some() { giro.errori(index) } else { Errori::default() };
            Ok(pagina_passo(&giro, index, StatusCode::OK, errori))
        }
        Tappa::Riepilogo => match da_correggere(&giro.esame, &giro.servizio.modulo) {
            Some(index) => Ok(verso(&format!("{}?controlla=si", giro.href(Tappa::Modulo(index))))),
            None => Ok(pagina_riepilogo(&giro, StatusCode::OK, Vec::new())),
        },
    }
}

async fn pagina_dati(giro: &Giro) -> Response {
    let r = &giro.richiesta;
    let chi = r.utente().map(|utente| &utente.anagrafica);
    let mut righe = chi.map(anagrafica).unwrap_or_default();
    // What the person left in their profile; without it the page says as much as it knows.
    if let Ok(profilo) = r.web.app.profilo(&r.ctx).await {
        if let Some(casa) = profilo.residenza {
            let place = format!("{} {}, {} {} ({})", casa.via, casa.civico, casa.cap, casa.comune, casa.provincia);
            righe.push(Riga::new(t("richiesta-residenza"), place));
        }
        if let Some(telefono) = profilo.telefono {
            righe.push(Riga::new(t("richiesta-telefono"), telefono));
        }
    }
    let email = chi.and_then(|chi| chi.email.as_deref());
    let giorni = giro.servizio.termine_giorni.to_string();
    let ufficio = r.ctx.ente.nome_ufficio(&giro.servizio.ufficio);
    let page = PaginaDati {
        layout: giro.layout(Tappa::Dati),
        c: giro.cornice(Tappa::Dati, Vec::new()),
        chi: righe,
        comunicazioni: match email {
            Some(email) => ta("richiesta-dati-email", &[("email", email)]),
            None => t("richiesta-dati-senza-email"),
        },
        tempi: ta("richiesta-ufficio-tempi", &[("ufficio", ufficio), ("giorni", &giorni)]),
    };
    pagina_con(StatusCode::OK, page)
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
        let (inviato, _) = corpo::leggi(&r, request, None, servizio.allegati).await?;
        return Ok(sessione_finita(&r, inviato));
    }
    let mut giro = Giro::apri(r, &codice, &id).await?;
    let servizio = giro.servizio.clone();
    let tappa = Tappa::trova(&servizio.modulo, &nome).ok_or(Errore::NonTrovato)?;
    let passo = match tappa {
        Tappa::Modulo(index) => servizio.modulo.passi.get(index),
        _ => None,
    };
    let (inviato, arrivati) = corpo::leggi(&giro.richiesta, request, passo, servizio.allegati).await?;
    let azione = Azione::parse(inviato.azione());
    let mut fuoco = None;
    if let Some(passo) = passo {
        giro.salva(|bozza| {
            raccogli(passo, &inviato, &mut bozza.valori);
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
async fn piu_tardi(giro: &Giro) -> Esito {
    let scade = formato::giorno(giro.bozza.scade);
    sessione::avvisa(&giro.richiesta.session, ta("richiesta-dopo-salvata", &[("scade", &scade)])).await?;
    Ok(verso("/area-personale#bozze"))
}

/// For whoever wrote longer than the session lasts: the words stay in the page and are sent again.
fn sessione_finita(r: &Richiesta, inviato: Inviato) -> Response {
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

fn pagina_riepilogo(giro: &Giro, stato: StatusCode, errori: Vec<ErroreCampo>) -> Response {
    let tappa = Tappa::Riepilogo;
    let page = PaginaRiepilogo {
        layout: giro.layout(tappa),
        sezioni: sezioni(giro),
        // What is declared has legal value (DPR 445/2000 artt. 46, 47, 75, 76).
        nota: Nota {
            tipo: "warning",
            titolo: t("istanza-dichiarazione-titolo"),
            testo: t("istanza-dichiarazione-testo"),
            voci: Vec::new(),
        },
        pagamenti: pagamenti(&giro.servizio),
        dopo: t("istanza-dopo"),
        c: giro.cornice(tappa, errori),
    };
    pagina_con(stato, page)
}

fn pagamenti(servizio: &Servizio) -> Vec<String> {
    let bollo = servizio.bollo.as_ref().map(|bollo| {
        let due = ta("richiesta-bollo", &[("importo", &bollo.importo.italiano(2))]);
        bollo.nota.as_ref().map_or(due.clone(), |nota| format!("{due} {nota}"))
    });
    let pagamento = servizio.pagamento.as_ref().map(|pagamento| match pagamento.quando {
        Quando::Dopo => pagamento.nota.clone().unwrap_or_else(|| t("richiesta-pagamento-dopo")),
        Quando::AllaPresentazione => {
            let causale = match pagamento.importo {
                Some(importo) => {
                    ta("servizi-importo", &[("causale", &pagamento.causale), ("importo", &importo.italiano(2))])
                }
                None => pagamento.causale.clone(),
            };
            pagamento.nota.as_ref().map_or(causale.clone(), |nota| format!("{causale}. {nota}"))
        }
    });
    bollo.into_iter().chain(pagamento).collect()
}

/// Everything that will be filed, step by step.
fn sezioni(giro: &Giro) -> Vec<Sezione> {
    let chi = giro.richiesta.utente().map(|utente| anagrafica(&utente.anagrafica)).unwrap_or_default();
    let mut all = vec![Sezione { titolo: t("richiesta-passo-dati"), righe: chi, modifica: String::new() }];
    let nomi: BTreeMap<String, String> = giro.file.iter().map(|(id, file)| (id.clone(), file.nome.clone())).collect();
    let modulo = &giro.servizio.modulo;
    for sezione in modulo.prospetto(&giro.esame.valori, &nomi) {
        let at = modulo.passi.iter().position(|passo| passo.titolo == sezione.titolo);
        all.push(Sezione {
            righe: sezione.righe.into_iter().map(|(voce, valore)| Riga::new(voce, valore)).collect(),
            modifica: at.map(|index| giro.href(Tappa::Modulo(index))).unwrap_or_default(),
            titolo: sezione.titolo,
        });
    }
    all
}

/// `GET /servizi/{codice}/richiedi/{bozza}/invia`, as after a reload: back to the summary.
pub async fn da_capo(Path((codice, id)): Path<(String, String)>) -> Response {
    verso(&format!("{}/{id}/riepilogo", inizio_di(&codice)))
}

/// `POST /servizi/{codice}/richiedi/{bozza}/invia`: files the request. The draft names it: sent twice, it is filed once.
pub async fn invia(r: Richiesta, Path((codice, id)): Path<(String, String)>) -> Esito {
    if r.utente().is_none() {
        return Ok(sessione_finita(&r, Inviato::default()));
    }
    let giro = Giro::apri(r, &codice, &id).await?;
    if !giro.bozza.privacy {
        return Ok(verso(&giro.base()));
    }
    if da_correggere(&giro.esame, &giro.servizio.modulo).is_some() || !giro.bozza.cambiamenti.is_empty() {
        return Ok(verso(&giro.href(Tappa::Riepilogo)));
    }
    let input = PresentaIstanza {
        servizio: codice,
        versione: giro.servizio.versione,
        modulo: Value::Object(giro.esame.valori.clone()),
        allegati: Vec::new(),
    };
    let (app, ctx) = (&giro.richiesta.web.app, &giro.richiesta.ctx);
    match app.presenta_istanza(ctx, &format!("bozza-{}", giro.bozza.id), input).await {
        Ok(esito) => {
            let path = format!("/pratiche/{}/fatto?dopo={}", esito.caso.base().id, esito.posizione);
            giro.inviata(&path).await?;
            // It is filed: that its draft could not be taken away now must not hide it.
            if let Err(error) = app.elimina_bozza(ctx, giro.bozza.id).await {
                tracing::warn!(%error, "the draft of a filed request stays for now");
            }
            Ok(verso(&path))
        }
        Err(AppError::Rifiutato(errori)) if errori.iter().any(|e| e.codice == "chiave-riusata") => {
            sessione::avvisa(&giro.richiesta.session, t("richiesta-gia-inviata")).await?;
            Ok(verso("/area-personale"))
        }
        Err(AppError::Rifiutato(errori)) => Ok(rifiutata(&giro, errori)),
        Err(error) => {
            let (errore, riprova_tra) = guasto(error)?;
            let mut page = pagina_riepilogo(&giro, StatusCode::SERVICE_UNAVAILABLE, vec![errore]);
            page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(riprova_tra.as_secs().max(1)));
            Ok(page)
        }
    }
}

/// The summary with what the filing found wrong, each with a way to the step where it is mended.
fn rifiutata(giro: &Giro, errori: Vec<app::ErroreCampo>) -> Response {
    let modulo = &giro.servizio.modulo;
    let (mut qui, mut altrove) = (Vec::new(), Vec::new());
    for errore in errori {
        let path = errore.campo.as_deref().and_then(|campo| campo.strip_prefix("modulo."));
        match path.and_then(|path| modulo.passo_di(path.split('[').next().unwrap_or(path))) {
            Some(index) => {
                let passo = modulo.passi.get(index).map(|passo| passo.titolo.as_str()).unwrap_or_default();
                let words = ta("richiesta-altri-errori", &[("passo", passo), ("testo", &errore.messaggio)]);
                altrove.push(Voce::new(format!("{}?controlla=si", giro.href(Tappa::Modulo(index))), words));
            }
            None => qui.push(ErroreCampo::new("", errore.messaggio)),
        }
    }
    let tappa = Tappa::Riepilogo;
    let mut c = giro.cornice(tappa, qui);
    c.altrove = altrove;
    let page = PaginaRiepilogo {
        layout: giro.layout(tappa),
        sezioni: sezioni(giro),
        nota: Nota::default(),
        pagamenti: pagamenti(&giro.servizio),
        dopo: t("istanza-dopo"),
        c,
    };
    pagina_con(StatusCode::UNPROCESSABLE_ENTITY, page)
}
