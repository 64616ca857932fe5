//! The summary of a request, and its filing.

use super::dati;
use super::flusso::{Esito, sessione_finita};
use super::giro::{Giro, inizio_di, verso};
use super::leggi::Inviato;
use super::passi::{Tappa, da_correggere};
use super::vista::{PaginaRiepilogo, Sezione};
use crate::errore::pagina_con;
use crate::layout::{ErroreCampo, Riga, Voce};
use crate::pagine::invio::{Nota, guasto};
use crate::richiesta::Richiesta;
use crate::{sessione, t, ta};
use app::{AppError, PresentaIstanza};
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::servizio::{Quando, Servizio};
use serde_json::Value;
use std::collections::BTreeMap;

/// The first step with something wrong.
pub fn manca(giro: &Giro) -> Option<Tappa> {
    if dati::contatti(giro).controlla().is_err() {
        return Some(Tappa::Dati);
    }
    da_correggere(&giro.esame, &giro.servizio.modulo).map(Tappa::Modulo)
}

/// The page.
pub fn pagina(giro: &Giro, stato: StatusCode, errori: Vec<ErroreCampo>) -> Response {
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
    let mut chi = dati::identita(giro);
    let contatti = dati::contatti(giro);
    chi.push(Riga::new(t("campo-email"), contatti.email.unwrap_or_default()));
    chi.push(Riga::new(t("campo-telefono"), contatti.telefono.unwrap_or_default()));
    let mut all = vec![Sezione { titolo: t("richiesta-passo-dati"), righe: chi, modifica: giro.href(Tappa::Dati) }];
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
    if manca(&giro).is_some() || !giro.bozza.cambiamenti.is_empty() {
        return Ok(verso(&giro.href(Tappa::Riepilogo)));
    }
    let input = PresentaIstanza {
        servizio: codice,
        versione: giro.servizio.versione,
        modulo: Value::Object(giro.esame.valori.clone()),
        allegati: Vec::new(),
        da_pratica: giro.bozza.da_pratica,
        contatti: Some(dati::contatti(&giro)),
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
            let mut page = pagina(&giro, StatusCode::SERVICE_UNAVAILABLE, vec![errore]);
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
