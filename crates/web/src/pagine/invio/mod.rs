//! What the three filings share: the steps, how a form goes from one to the next, and what happens when it is sent.
//!
//! Nothing is kept on the server between the steps but files: the form itself carries what was written, so that going back,
//! a lost session and a server that restarts lose nothing.

mod modulo;
#[cfg(test)]
pub mod tests;
mod vista;

pub use modulo::{MAX_LETTI, Modulo, dichiarata, leggi, misura_dichiarata, non_letta, sorvegliata};
pub use vista::{ACCETTA, Cornice, FileCaricato, Nota, Sezione, anagrafica, errori_campi, guasto, non_cittadino};

use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Layout, Passo};
use crate::richiesta::{Firmata, Richiesta};
use crate::state::Web;
use crate::t;
use app::{AppError, Esito, Utente};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::allegato::{Allegato, Impronta};
use domain::ids::{AllegatoId, PraticaId};
use domain::persona::Ruolo;
use domain::registro::{CODICE_REGISTRO, Protocollo};
use domain::{Ctx, Refused, termini};
use jiff::Timestamp;
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;
use vista::{PaginaPrivacy, PaginaRiepilogo, PaginaSessione};

/// The office that receives about what no office of its own receives for.
pub const RICEVE: &str = "urp";

/// A step of a filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tappa {
    Privacy,
    Dati,
    Riepilogo,
}

/// What a form is checked against before it is shown for confirmation: the rules of the filing itself, without a number.
pub struct Prova {
    /// Who files.
    pub utente: Arc<Utente>,
    /// An id that will not be used.
    pub id: PraticaId,
    /// Context of the decision.
    pub ctx: Ctx,
    /// Files.
    pub allegati: Vec<Allegato>,
    /// Their names.
    pub nomi: Vec<String>,
}

/// What one kind of filing adds to the steps.
pub trait Flusso: Sized + Send + Sync + 'static {
    /// Names of its fields.
    const CAMPI: &'static [&'static str];

    /// The filing that a path stands for.
    fn di(path: &str) -> Result<Self, Errore>;

    /// Path of its first step; sending is `<base>/invia`.
    fn base(&self) -> String;

    /// Name of the keys of its words: `<testi>-titolo`, `-sommario`, `-passo-dati`, `-finalita`, `-dopo`, `-invia`.
    fn testi(&self) -> &'static str;

    /// Breadcrumb above the page.
    fn percorso(&self, layout: Layout) -> Layout;

    /// Checks the form as the filing would.
    fn prova(&self, modulo: &Modulo, prova: Prova) -> Result<(), Refused>;

    /// The step with its fields.
    fn dati(&self, stato: StatusCode, layout: Layout, c: Cornice, modulo: &Modulo, richiesta: &Richiesta) -> Response;

    /// What was written, for the summary.
    fn sezione(&self, modulo: &Modulo) -> Sezione;

    /// A notice that stands above the steps after the first.
    fn nota(&self, modulo: &Modulo, richiesta: &Richiesta) -> Option<Nota>;

    /// Files it.
    fn invia(&self, modulo: &Modulo, richiesta: &Richiesta) -> impl Future<Output = Result<Esito, AppError>> + Send;
}

/// The routes of a filing under the path of its first step.
pub fn routes<F: Flusso>(base: &str) -> Router<Web> {
    Router::new().route(base, get(inizio::<F>)).route(&format!("{base}/invia"), post(invia::<F>).get(da_capo::<F>))
}

/// The routes that take files: the reader sets their limits, in bytes and in time, so that the person always gets an answer.
pub fn routes_file<F: Flusso>(base: &str) -> Router<Web> {
    // A step is the answer to a POST: the browser's own way back shows it only if the browser may keep it. Signing out
    // empties what it kept.
    let kept = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Router::new()
        .route(base, post(passo::<F>))
        .layer(kept)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(modulo::misura_dichiarata))
}

/// All routes that take files. They stand outside the deadline of the pages.
pub fn caricamenti() -> Router<Web> {
    Router::new()
        .merge(super::segnalazione::routes_file())
        .merge(super::lettera::routes_file())
        .merge(super::istanza::routes_file())
        .merge(super::area_personale::routes_file())
}

/// `GET <base>`: the first step, with a fresh key.
async fn inizio<F: Flusso>(Firmata(richiesta): Firmata) -> Result<Response, Errore> {
    let giro = Giro::nuovo(F::di(&richiesta.path)?, richiesta, Modulo::default()).await?;
    if let Some(no) = giro.non_cittadino() {
        return Ok(no);
    }
    Ok(giro.mostra(StatusCode::OK, Tappa::Privacy, Vec::new()))
}

/// `GET <base>/invia`, as after a reload: nothing was sent, the flow begins again.
async fn da_capo<F: Flusso>(richiesta: Richiesta) -> Result<Redirect, Errore> {
    Ok(Redirect::to(&F::di(&richiesta.path)?.base()))
}

/// `POST <base>`: from one step to another.
async fn passo<F: Flusso>(richiesta: Richiesta, request: Request) -> Result<Response, Errore> {
    let flusso = F::di(&richiesta.path)?;
    let modulo = modulo::leggi(&richiesta, request).await?;
    let mut giro = Giro::nuovo(flusso, richiesta, modulo).await?;
    if let Some(page) = giro.sessione_finita().or_else(|| giro.non_cittadino()) {
        return Ok(page);
    }
    let azione = giro.modulo.get("azione").to_owned();
    let errori = std::mem::take(&mut giro.modulo.errori);
    if !errori.is_empty() {
        return Ok(giro.mostra(StatusCode::UNPROCESSABLE_ENTITY, Tappa::Dati, errori));
    }
    let da = Tappa::parse(giro.modulo.get("passo"));
    let verso = match azione.as_str() {
        "privacy" => Tappa::Privacy,
        "dati" | "carica" => Tappa::Dati,
        "indietro" => da.prima(),
        other => match other.strip_prefix("togli-") {
            Some(id) => {
                giro.togli(id);
                Tappa::Dati
            }
            None => return Ok(giro.avanti(da)),
        },
    };
    Ok(giro.mostra(StatusCode::OK, verso, Vec::new()))
}

/// `POST <base>/invia`: files it, then leads to the page of what was done.
async fn invia<F: Flusso>(richiesta: Richiesta, request: Request) -> Result<Response, Errore> {
    let flusso = F::di(&richiesta.path)?;
    let modulo = modulo::leggi(&richiesta, request).await?;
    let mut giro = Giro::nuovo(flusso, richiesta, modulo).await?;
    if let Some(page) = giro.sessione_finita().or_else(|| giro.non_cittadino()) {
        return Ok(page);
    }
    if let Some(page) = giro.senza_privacy() {
        return Ok(page);
    }
    // Nobody files what they did not see: without the files that were confirmed, or in another person's name.
    if giro.mancanti {
        let errore = ErroreCampo::new(modulo::FILE, t("rifiuto-allegato-sconosciuto"));
        return Ok(giro.mostra(StatusCode::UNPROCESSABLE_ENTITY, Tappa::Dati, vec![errore]));
    }
    if giro.di_altri {
        let errore = ErroreCampo::new("", t("invio-altra-persona"));
        return Ok(giro.mostra(StatusCode::CONFLICT, Tappa::Riepilogo, vec![errore]));
    }
    match giro.flusso.invia(&giro.modulo, &giro.richiesta).await {
        Ok(esito) => {
            let to = format!("/pratiche/{}/fatto?dopo={}", esito.caso.base().id, esito.posizione);
            Ok(Redirect::to(&to).into_response())
        }
        Err(AppError::Rifiutato(errori)) if errori.iter().any(|e| e.codice == "chiave-riusata") => {
            // The same page was sent before with other words: what is sent next is a filing of its own.
            giro.chiave_nuova();
            let errori = vec![ErroreCampo::new("", t("invio-gia-inviato"))];
            Ok(giro.mostra(StatusCode::CONFLICT, Tappa::Riepilogo, errori))
        }
        Err(AppError::Rifiutato(errori)) => {
            Ok(giro.mostra(StatusCode::UNPROCESSABLE_ENTITY, Tappa::Dati, vista::errori_campi(&errori, F::CAMPI)))
        }
        Err(error) => {
            let (errore, riprova_tra) = vista::guasto(error)?;
            let mut page = giro.mostra(StatusCode::SERVICE_UNAVAILABLE, Tappa::Riepilogo, vec![errore]);
            page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(riprova_tra.as_secs().max(1)));
            Ok(page)
        }
    }
}

/// One request within a flow.
struct Giro<F> {
    flusso: F,
    richiesta: Richiesta,
    modulo: Modulo,
    allegati: Vec<Allegato>,
    nomi: Vec<String>,
    file: Vec<FileCaricato>,
    adesso: Timestamp,
    /// Files that the form names are not there any more.
    mancanti: bool,
    /// The form was begun by someone else, on the same browser.
    di_altri: bool,
}

impl<F: Flusso> Giro<F> {
    /// Looks up the files that the form names; those of other people are left out.
    async fn nuovo(flusso: F, richiesta: Richiesta, mut modulo: Modulo) -> Result<Self, Errore> {
        let adesso = richiesta.web.app.clock().now();
        let mut uploads = Vec::new();
        let mut mancanti = false;
        if richiesta.utente().is_some() && !modulo.allegati.is_empty() {
            uploads = richiesta.web.app.caricati(&richiesta.ctx, &modulo.allegati).await?;
            mancanti = uploads.len() != modulo.allegati.len();
            modulo.allegati = uploads.iter().map(|upload| upload.id).collect();
        }
        let mut di_altri = false;
        if let Some(utente) = richiesta.utente() {
            let chi = utente.id.to_string();
            di_altri = !modulo.get("chi").is_empty() && modulo.get("chi") != chi;
            modulo.set("chi", chi);
        }
        let mut giro = Self {
            flusso,
            richiesta,
            modulo,
            file: uploads.iter().map(FileCaricato::from).collect(),
            nomi: uploads.iter().map(|upload| upload.nome.clone()).collect(),
            allegati: uploads
                .into_iter()
                .map(|u| Allegato { id: u.id, impronta: u.impronta, dimensione: u.dimensione, formato: u.formato })
                .collect(),
            adesso,
            mancanti,
            di_altri,
        };
        if giro.modulo.get("chiave").is_empty() || giro.di_altri {
            giro.chiave_nuova();
        }
        Ok(giro)
    }

    fn chiave_nuova(&mut self) {
        let chiave = self.richiesta.web.app.ids().uuid(self.adesso);
        self.modulo.set("chiave", chiave.to_string());
    }

    /// Takes a file out of the form.
    fn togli(&mut self, id: &str) {
        let Ok(id) = id.parse::<AllegatoId>() else { return };
        self.modulo.allegati.retain(|other| *other != id);
        self.file.retain(|file| file.id != id.to_string());
    }

    /// The next step, if this one is complete.
    fn avanti(&self, da: Tappa) -> Response {
        if let Some(page) = self.senza_privacy() {
            return page;
        }
        if da == Tappa::Privacy {
            return self.mostra(StatusCode::OK, Tappa::Dati, Vec::new());
        }
        match self.prova() {
            Ok(()) => self.mostra(StatusCode::OK, Tappa::Riepilogo, Vec::new()),
            Err(refused) => {
                let errori: Vec<_> = refused.0.into_iter().map(app::ErroreCampo::from).collect();
                self.mostra(StatusCode::UNPROCESSABLE_ENTITY, Tappa::Dati, vista::errori_campi(&errori, F::CAMPI))
            }
        }
    }

    fn prova(&self) -> Result<(), Refused> {
        let Some(utente) = self.richiesta.utente().cloned() else { return Ok(()) };
        let protocollo = Protocollo {
            registro: CODICE_REGISTRO.to_owned(),
            anno: termini::anno_di_registrazione(self.adesso),
            numero: 1,
            data: self.adesso,
            impronta: Impronta::from_bytes([0; 32]),
        };
        let ctx = Ctx { at: self.adesso, attore: utente.attore(), protocollo: Some(protocollo) };
        let id = PraticaId(self.richiesta.web.app.ids().uuid(self.adesso));
        let (allegati, nomi) = (self.allegati.clone(), self.nomi.clone());
        self.flusso.prova(&self.modulo, Prova { utente, id, ctx, allegati, nomi })
    }

    fn senza_privacy(&self) -> Option<Response> {
        (self.modulo.get("privacy") != "si").then(|| {
            let errori = vec![ErroreCampo::new("privacy", t("invio-privacy-manca"))];
            self.mostra(StatusCode::UNPROCESSABLE_ENTITY, Tappa::Privacy, errori)
        })
    }

    fn titolo(&self) -> String {
        t(&format!("{}-titolo", self.flusso.testi()))
    }

    fn non_cittadino(&self) -> Option<Response> {
        let utente = self.richiesta.utente()?;
        (utente.ruolo != Ruolo::Cittadino)
            .then(|| pagina_con(StatusCode::FORBIDDEN, vista::non_cittadino(&self.richiesta, self.titolo())))
    }

    /// For whoever filled in the form longer than the session lasts: the words stay in the page.
    fn sessione_finita(&self) -> Option<Response> {
        if self.richiesta.utente().is_some() {
            return None;
        }
        let base = self.flusso.base();
        let tappa = Tappa::parse(self.modulo.get("passo"));
        let accedi = format!("/accedi?torna={}", urlencoding::encode(&base));
        let c = Cornice { indietro: false, ..self.cornice(tappa, &[], Vec::new()) };
        let layout = self.richiesta.layout(t("invio-sessione-titolo"));
        Some(pagina_con(StatusCode::FORBIDDEN, PaginaSessione { layout, c, accedi }))
    }

    fn cornice(&self, tappa: Tappa, mostrati: &[&str], errori: Vec<ErroreCampo>) -> Cornice {
        let testi = self.flusso.testi();
        let base = self.flusso.base();
        let passi = [t("invio-passo-privacy"), t(&format!("{testi}-passo-dati")), t("invio-passo-riepilogo")];
        let ultimo = tappa == Tappa::Riepilogo;
        Cornice {
            titolo: self.titolo(),
            sommario: t(&format!("{testi}-sommario")),
            passi: passi.map(|titolo| Passo::new(titolo, "")).into(),
            corrente: tappa.numero(),
            azione: if ultimo { format!("{base}/invia") } else { base.clone() },
            base,
            indietro: tappa != Tappa::Privacy,
            avanti: if ultimo { t(&format!("{testi}-invia")) } else { t("invio-avanti") },
            nascosti: vista::nascosti(&self.modulo, tappa.nome(), F::CAMPI, mostrati),
            errori,
            nota: (tappa != Tappa::Privacy).then(|| self.flusso.nota(&self.modulo, &self.richiesta)).flatten(),
            file: self.file.clone(),
        }
    }

    /// The page of a step.
    fn mostra(&self, stato: StatusCode, tappa: Tappa, errori: Vec<ErroreCampo>) -> Response {
        let testi = self.flusso.testi();
        let nome = t(&format!("{testi}-titolo"));
        let dove = [("passo", tappa.numero().to_string()), ("titolo", nome)];
        let dove: Vec<(&str, &str)> = dove.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let layout = self.flusso.percorso(self.richiesta.layout(crate::ta("invio-titolo-passo", &dove)));
        let c = |mostrati: &[&str]| self.cornice(tappa, mostrati, errori.clone());
        match tappa {
            Tappa::Privacy => {
                let page = PaginaPrivacy {
                    layout,
                    c: c(&["privacy"]),
                    finalita: t(&format!("{testi}-finalita")),
                    pec: self.richiesta.ctx.ente.pec.clone(),
                    spuntata: self.modulo.get("privacy") == "si",
                };
                pagina_con(stato, page)
            }
            Tappa::Dati => self.flusso.dati(stato, layout, c(F::CAMPI), &self.modulo, &self.richiesta),
            Tappa::Riepilogo => {
                let page =
                    PaginaRiepilogo { layout, c: c(&[]), sezioni: self.sezioni(), dopo: t(&format!("{testi}-dopo")) };
                pagina_con(stato, page)
            }
        }
    }

    fn sezioni(&self) -> Vec<Sezione> {
        let mut scritto = self.flusso.sezione(&self.modulo);
        let nomi = if self.file.is_empty() { t("invio-nessun-allegato") } else { vista::nomi(&self.file) };
        scritto.righe.push(crate::layout::Riga::new(t("invio-allegati"), nomi));
        let chi = self.richiesta.utente().map(|utente| anagrafica(&utente.anagrafica)).unwrap_or_default();
        vec![scritto, Sezione { titolo: t("invio-tuoi-dati"), righe: chi, modifica: "" }]
    }
}

impl Tappa {
    fn parse(nome: &str) -> Self {
        match nome {
            "dati" => Self::Dati,
            "riepilogo" => Self::Riepilogo,
            _ => Self::Privacy,
        }
    }

    fn nome(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Dati => "dati",
            Self::Riepilogo => "riepilogo",
        }
    }

    fn numero(self) -> usize {
        self as usize + 1
    }

    fn prima(self) -> Self {
        match self {
            Self::Riepilogo => Self::Dati,
            Self::Dati | Self::Privacy => Self::Privacy,
        }
    }
}
