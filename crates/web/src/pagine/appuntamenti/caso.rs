//! The page of a booking, and the one after it was made.

use super::porta::Porta;
use super::vista::{PaginaCaso, PaginaFatto, VistaAppuntamento, dalle_alle, di_sede};
use super::{INIZIO, attesa, domanda};
use crate::errore::{Errore, pagina_con};
use crate::layout::{Layout, Riga, Voce};
use crate::pagine::area_personale::dettaglio::Passato;
use crate::pagine::area_personale::vista::VistaPratica;
use crate::richiesta::{Firmata, Richiesta};
use crate::{t, ta};
use app::appuntamenti::parole;
use app::{App, Contesto, DettaglioPratica};
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::appuntamento::Dettaglio;
use domain::pratica::{Pratica, StatoPratica};
use domain::prenotabile::Prenotabile;
use jiff::Timestamp;
use std::sync::Arc;

/// A booking in words; `base` is the path of its page, `mio` whether the reader may change it.
pub fn vista(
    pratica: &Pratica<Dettaglio>,
    prenotabile: Option<&Prenotabile>,
    (base, mio): (&str, bool),
    adesso: Timestamp,
) -> VistaAppuntamento {
    let (d, posto) = (&pratica.dettaglio, &pratica.dettaglio.posto);
    let attivo = pratica.base.stato == StatoPratica::Prenotata;
    let entro = d.disdetta_entro();
    let in_tempo = adesso <= entro;
    let quando = dalle_alle(posto.inizio, posto.fine);
    let cambia = |path: &str| if attivo && in_tempo && mio { format!("{base}/{path}") } else { String::new() };
    let (avviso, tono) = avviso(pratica);
    let disdetta = match (attivo, in_tempo) {
        (false, _) => String::new(),
        (true, true) => ta("prenota-disdetta", &[("entro", &parole::quando(entro))]),
        (true, false) => ta("prenota-disdetta-scaduta", &[("entro", &parole::quando(entro))]),
    };
    VistaAppuntamento {
        cosa: d.nome_servizio.clone(),
        codice: pratica.base.codice.to_string(),
        righe: righe(pratica, &quando),
        quando,
        sede: di_sede(&posto.sede),
        porta: prenotabile.filter(|_| attivo).map(|p| p.cosa_serve.clone()).unwrap_or_default(),
        disdetta,
        avviso,
        tono,
        attivo,
        collegata: d.collegata.map(|id| Voce::new(format!("/pratiche/{id}"), t("prenota-vai-alla-pratica"))),
        sposta: cambia("sposta"),
        annulla: cambia("annulla"),
        calendario: if attivo && mio { format!("{base}/appuntamento.ics") } else { String::new() },
        ancora: domanda::inizio(&d.servizio, posto.ufficio.as_str(), d.collegata),
    }
}

fn avviso(pratica: &Pratica<Dettaglio>) -> (String, &'static str) {
    match pratica.base.stato {
        StatoPratica::Prenotata if pratica.dettaglio.da_confermare => (t("prenota-da-confermare"), "warning"),
        StatoPratica::Annullata => (t("prenota-annullato"), "warning"),
        StatoPratica::NonPresentata => (t("prenota-non-presentato"), "warning"),
        _ => (String::new(), "note"),
    }
}

fn righe(pratica: &Pratica<Dettaglio>, quando: &str) -> Vec<Riga> {
    let (d, sede) = (&pratica.dettaglio, &pratica.dettaglio.posto.sede);
    let dove = [Some(&sede.nome), Some(&sede.indirizzo), sede.indicazioni.as_ref()];
    let dove: Vec<&str> = dove.into_iter().flatten().map(String::as_str).collect();
    let mut righe = vec![
        Riga::new(t("appuntamento-servizio"), d.nome_servizio.clone()),
        Riga::new(t("appuntamento-quando"), quando),
        Riga::new(t("appuntamento-dove"), dove.join("\n")),
        Riga::new(t("area-codice"), pratica.base.codice.to_string()),
    ];
    if let Some(protocollo) = &pratica.base.protocollo {
        let args = [("numero", protocollo.segnatura().to_string()), ("registro", protocollo.registro.clone())];
        let args: Vec<(&str, &str)> = args.iter().map(|(nome, valore)| (*nome, valore.as_str())).collect();
        righe.push(Riga::new(t("prenota-numero"), ta("prenota-numero-registro", &args)));
    }
    if let Some((turno, _)) = &d.presentato {
        righe.push(Riga::new(t("prenota-turno"), turno.to_string()));
    }
    righe
}

fn prenotabile(app: &App, ctx: &Contesto, d: &Dettaglio) -> Option<Arc<Prenotabile>> {
    app.prenotabile_di(ctx, &d.servizio, d.versione)
}

/// The booking behind a door, in words.
pub fn di_porta(porta: &Porta, pratica: &Pratica<Dettaglio>, mio: bool) -> VistaAppuntamento {
    let app = &porta.r.web.app;
    let service = prenotabile(app, &porta.r.ctx, &pratica.dettaglio);
    vista(pratica, service.as_deref(), (&porta.base, mio), app.clock().now())
}

/// The page of a booking, now or as it was at a moment of the past.
pub async fn pagina(
    r: &Richiesta,
    dettaglio: &DettaglioPratica,
    pratica: &Pratica<Dettaglio>,
    (v, passato, layout): (VistaPratica, Passato, Layout),
) -> Result<Response, Errore> {
    let now = r.web.app.clock().now();
    let presente = passato.quando.is_empty();
    let mio = dettaglio.disponibile && presente;
    let service = prenotabile(&r.web.app, &r.ctx, &pratica.dettaglio);
    let base = format!("/pratiche/{}", pratica.base.id);
    let attesa = if mio { attesa::vista(r, (&r.ctx, &base), pratica).await? } else { None };
    let page = PaginaCaso {
        layout,
        a: vista(pratica, service.as_deref(), (&base, mio), now),
        attesa,
        v: solo_avvenute(v),
        passato: Some(passato),
    };
    Ok(pagina_con(StatusCode::OK, page))
}

/// An appointment has no answer to come.
pub fn solo_avvenute(mut v: VistaPratica) -> VistaPratica {
    v.tappe.retain(|tappa| tappa.avvenuta);
    v
}

/// The page after a booking was made.
pub fn fatto(r: &Richiesta, dettaglio: &DettaglioPratica, pratica: &Pratica<Dettaglio>, dopo: Option<u64>) -> Response {
    let service = prenotabile(&r.web.app, &r.ctx, &pratica.dettaglio);
    let base = format!("/pratiche/{}", pratica.base.id);
    let titolo = t("area-fatto-appuntamento");
    let layout = r.layout(titolo.clone()).con_percorso([(INIZIO, &t("prenota-titolo")), (&r.path, &titolo)]);
    let email = pratica.base.richiedente.get().and_then(|chi| chi.email.clone());
    let page = PaginaFatto {
        layout: Layout { feedback: true, feedback_servizio: true, ..layout },
        a: vista(pratica, service.as_deref(), (&base, dettaglio.disponibile), r.web.app.clock().now()),
        copia: email.map_or_else(|| t("area-fatto-senza-email"), |email| ta("prenota-copia", &[("email", &email)])),
        pratica: base,
        elenco: dopo.map_or_else(|| "/area-personale".to_owned(), |p| format!("/area-personale?dopo={p}")),
    };
    pagina_con(StatusCode::OK, page)
}

/// `GET /pratiche/{id}/appuntamento.ics`.
pub async fn calendario(firmata: Firmata, Path(id): Path<String>) -> Result<Response, Errore> {
    scarica(&Porta::area(firmata, &id)?).await
}

/// The calendar file of a booking.
pub async fn scarica(porta: &Porta) -> Result<Response, Errore> {
    let found = porta.r.web.app.calendario_appuntamento(&porta.ctx, porta.id).await?;
    let testo = found.ok_or(Errore::NonTrovato)?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"appuntamento.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, testo).into_response())
}
