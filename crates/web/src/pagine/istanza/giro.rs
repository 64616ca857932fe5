//! One request within the flow: the draft, its service, what is right and wrong in it.

use super::campi::{CampoVista, Quadro, nome_html};
use super::leggi::ids;
use super::passi::{Tappa, prima, tappe};
use super::vista::Cornice;
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Layout, Passo, Voce};
use crate::pagine::invio::{FileCaricato, non_cittadino};
use crate::richiesta::Richiesta;
use crate::{t, ta};
use app::{AppError, Bozza};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::modulo::{Campo, ContestoModulo, Esame, TipoCampo};
use domain::persona::Ruolo;
use domain::servizio::Servizio;
use domain::{Refusal, termini};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Tries to save a draft that another request of the same person saves too, such as the script of the page.
const TENTATIVI: usize = 4;
/// Member of the session that knows what became of drafts that were sent.
const INVIATE: &str = "inviate";
/// In an address: the draft that is not kept yet.
pub const NUOVA: &str = "00000000-0000-0000-0000-000000000000";
/// Sent drafts remembered in a session.
const MAX_INVIATE: usize = 20;

/// Why there is no step to show: a failure, or another page to go to.
pub enum Fuori {
    /// A failure.
    Errore(Errore),
    /// Another page.
    Altrove(Box<Response>),
}

impl<E: Into<Errore>> From<E> for Fuori {
    fn from(error: E) -> Self {
        Self::Errore(error.into())
    }
}

impl IntoResponse for Fuori {
    fn into_response(self) -> Response {
        match self {
            Self::Errore(error) => error.into_response(),
            Self::Altrove(response) => *response,
        }
    }
}

/// To another page, by GET.
pub fn verso(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Address of the flow of a service.
pub fn inizio_di(codice: &str) -> String {
    format!("/servizi/{codice}/richiedi")
}

/// A request within the flow.
pub struct Giro {
    /// The request of the page.
    pub richiesta: Richiesta,
    /// The service.
    pub servizio: Arc<Servizio>,
    /// The draft.
    pub bozza: Bozza,
    /// What is right and wrong in it.
    pub esame: Esame,
    /// Its files by id.
    pub file: BTreeMap<String, FileCaricato>,
    /// Today in Rome.
    pub oggi: Date,
}

/// The notes of a step: beside the fields, and in the summary on top.
#[derive(Debug, Default, Clone)]
pub struct Errori {
    /// By the names of the page, as the field says it.
    pub campi: Vec<ErroreCampo>,
    /// The same with the label.
    pub sommario: Vec<ErroreCampo>,
}

/// Answers the signed-in person who is no citizen.
pub fn solo_cittadini(richiesta: &Richiesta, titolo: &str) -> Result<(), Fuori> {
    let utente = richiesta.utente().ok_or(AppError::AccessoRichiesto)?;
    if utente.ruolo == Ruolo::Cittadino {
        return Ok(());
    }
    Err(Fuori::Altrove(Box::new(pagina_con(StatusCode::FORBIDDEN, non_cittadino(richiesta, titolo.to_owned())))))
}

impl Giro {
    /// Opens the draft of an address. One that was sent leads to what became of it.
    pub async fn apri(richiesta: Richiesta, codice: &str, id: &str) -> Result<Self, Fuori> {
        let servizio = richiesta.web.app.servizio(&richiesta.ctx, codice).ok_or(Errore::NonTrovato)?;
        solo_cittadini(&richiesta, &servizio.nome)?;
        let id: Uuid = id.parse().map_err(|_| Errore::NonTrovato)?;
        let found = richiesta.web.app.bozza(&richiesta.ctx, id).await?;
        let Some(bozza) = found.filter(|bozza| bozza.servizio.codice == codice) else {
            let sent: BTreeMap<Uuid, String> = richiesta.session.get(INVIATE).await?.unwrap_or_default();
            return Err(match sent.get(&id) {
                Some(path) => Fuori::Altrove(Box::new(verso(path))),
                None => Errore::NonTrovato.into(),
            });
        };
        let oggi = termini::data_locale(richiesta.web.app.clock().now());
        let mut giro = Self { richiesta, servizio, bozza, esame: Esame::default(), file: BTreeMap::new(), oggi };
        giro.guarda().await?;
        Ok(giro)
    }

    /// The first step of a draft that is not kept yet.
    pub fn nuovo(richiesta: Richiesta, codice: &str) -> Result<Self, Fuori> {
        let servizio = richiesta.web.app.servizio(&richiesta.ctx, codice).ok_or(Errore::NonTrovato)?;
        solo_cittadini(&richiesta, &servizio.nome)?;
        let now = richiesta.web.app.clock().now();
        let bozza = Bozza {
            id: Uuid::nil(),
            servizio: servizio.riferimento(),
            valori: serde_json::Map::new(),
            allegati: Vec::new(),
            da_pratica: None,
            contatti: None,
            privacy: false,
            passo: String::new(),
            creata: now,
            aggiornata: now,
            scade: now,
            cambiamenti: Vec::new(),
        };
        let (esame, file, oggi) = (Esame::default(), BTreeMap::new(), termini::data_locale(now));
        Ok(Self { richiesta, servizio, bozza, esame, file, oggi })
    }

    /// Looks at the answers and the files again.
    async fn guarda(&mut self) -> Result<(), AppError> {
        let allegati = self.allegati();
        self.file = if allegati.is_empty() {
            BTreeMap::new()
        } else {
            let uploads = self.richiesta.web.app.caricati(&self.richiesta.ctx, &allegati).await?;
            uploads.iter().map(|upload| (upload.id.to_string(), FileCaricato::from(upload))).collect()
        };
        self.esame = esamina(&self.servizio, &self.bozza, self.oggi);
        for (passo, campo) in
            self.servizio.modulo.passi.iter().enumerate().flat_map(|(i, p)| p.campi.iter().map(move |c| (i, c)))
        {
            if !matches!(campo.tipo, TipoCampo::Allegato { .. }) {
                continue;
            }
            // A file that expired meanwhile must be sent again.
            let gone =
                ids(self.esame.valori.get(&campo.nome)).iter().any(|id| !self.file.contains_key(&id.to_string()));
            if gone {
                let refusal = Refusal::field(format!("modulo.{}", campo.nome), "allegato-sconosciuto");
                self.esame.rifiuti.push((passo, refusal));
            }
        }
        Ok(())
    }

    fn allegati(&self) -> Vec<domain::ids::AllegatoId> {
        allegati(&self.servizio, &self.bozza)
    }

    /// Changes the draft and saves it. When another request saved it meanwhile, the change is made to what that one left.
    pub async fn salva(&mut self, mut cambia: impl FnMut(&mut Bozza)) -> Result<(), AppError> {
        let app = self.richiesta.web.app.clone();
        for tentativo in 1..=TENTATIVI {
            let mut bozza = self.bozza.clone();
            cambia(&mut bozza);
            bozza.allegati = allegati(&self.servizio, &bozza);
            match app.salva_bozza(&self.richiesta.ctx, bozza).await {
                Ok(saved) => {
                    let cambiamenti = std::mem::take(&mut self.bozza.cambiamenti);
                    self.bozza = saved;
                    self.bozza.cambiamenti = cambiamenti;
                    return self.guarda().await;
                }
                Err(AppError::Rifiutato(errori))
                    if tentativo < TENTATIVI && errori.iter().any(|e| e.codice == "bozza-cambiata") =>
                {
                    let found = app.bozza(&self.richiesta.ctx, self.bozza.id).await?;
                    self.bozza = found.ok_or(AppError::NonTrovato)?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(AppError::Conflitto)
    }

    /// What the widgets are made from.
    pub fn quadro<'a>(&'a self, errori: &'a [ErroreCampo]) -> Quadro<'a> {
        Quadro {
            modulo: &self.servizio.modulo,
            limiti: self.servizio.allegati,
            valori: &self.bozza.valori,
            esame: &self.esame,
            file: &self.file,
            errori,
            oggi: self.oggi,
        }
    }

    /// The widgets of a step.
    pub fn campi(&self, passo: usize, errori: &[ErroreCampo]) -> Vec<CampoVista> {
        self.quadro(errori).passo(passo)
    }

    /// The steps of this person.
    pub fn tappe(&self) -> Vec<Tappa> {
        tappe(&self.quadro(&[]))
    }

    /// First address of the draft.
    pub fn base(&self) -> String {
        format!("{}/{}", inizio_di(&self.servizio.codice), self.bozza.id)
    }

    /// Address of a step.
    pub fn href(&self, tappa: Tappa) -> String {
        format!("{}{}", self.base(), tappa.coda(&self.servizio.modulo))
    }

    /// What is wrong in a step, in the order of its fields.
    pub fn errori(&self, passo: usize) -> Errori {
        let Some(campi) = self.servizio.modulo.passi.get(passo).map(|passo| &passo.campi) else {
            return Errori::default();
        };
        let theirs = self.esame.rifiuti.iter().filter(|(at, _)| *at == passo);
        errori_di(campi, theirs.map(|(_, refusal)| app::ErroreCampo::from(refusal.clone())).collect())
    }

    /// The frame of a step.
    pub fn cornice(&self, tappa: Tappa, errori: Vec<ErroreCampo>) -> Cornice {
        let tappe = self.tappe();
        let modulo = &self.servizio.modulo;
        let name = |tappa: Tappa| match tappa {
            Tappa::Privacy => t("richiesta-passo-privacy"),
            Tappa::Dati => t("richiesta-passo-dati"),
            Tappa::Modulo(index) => modulo.passi.get(index).map(|passo| passo.titolo.clone()).unwrap_or_default(),
            Tappa::Riepilogo => t("richiesta-passo-riepilogo"),
        };
        let ultima = tappa == Tappa::Riepilogo;
        Cornice {
            titolo: self.servizio.nome.clone(),
            passi: tappe.iter().map(|tappa| Passo::new(name(*tappa), self.href(*tappa))).collect(),
            corrente: tappe.iter().position(|other| *other == tappa).unwrap_or(0) + 1,
            azione: if ultima { format!("{}/invia", self.base()) } else { self.href(tappa) },
            indietro: if tappa == Tappa::Privacy { String::new() } else { self.href(prima(&tappe, tappa)) },
            avanti: if ultima { t("richiesta-invia") } else { t("richiesta-avanti") },
            errori,
            altrove: Vec::new(),
            cambiamenti: self.bozza.cambiamenti.clone(),
            copiata: self.bozza.da_pratica.is_some(),
            salva: if matches!(tappa, Tappa::Modulo(_)) { format!("{}/salva", self.base()) } else { String::new() },
            aiuto: aiuto(&self.richiesta, &self.servizio),
            scheda: format!("/servizi/{}", self.servizio.codice),
        }
    }

    /// The page around a step.
    pub fn layout(&self, tappa: Tappa) -> Layout {
        let tappe = self.tappe();
        let numero = (tappe.iter().position(|other| *other == tappa).unwrap_or(0) + 1).to_string();
        let quanti = tappe.len().to_string();
        let nome = self.servizio.nome.as_str();
        let args = [("servizio", nome), ("passo", numero.as_str()), ("passi", quanti.as_str())];
        percorso(self.richiesta.layout(ta("richiesta-titolo-passo", &args)), &self.servizio)
    }

    /// Remembers what became of a draft, for whoever sends it again.
    pub async fn inviata(&self, path: &str) -> Result<(), Errore> {
        let session = &self.richiesta.session;
        let mut sent: BTreeMap<Uuid, String> = session.get(INVIATE).await?.unwrap_or_default();
        sent.insert(self.bozza.id, path.to_owned());
        // Ids of drafts grow with time: the first are the oldest.
        while sent.len() > MAX_INVIATE {
            sent.pop_first();
        }
        Ok(session.insert(INVIATE, sent).await?)
    }
}

/// What is wrong with some fields, in their order.
pub fn errori_di(campi: &[Campo], mut found: Vec<app::ErroreCampo>) -> Errori {
    let place = |errore: &app::ErroreCampo| {
        let path = errore.campo.as_deref().unwrap_or_default();
        let nome = path.strip_prefix("modulo.").unwrap_or(path).split(['.', '[']).next().unwrap_or_default();
        campi.iter().position(|campo| campo.nome == nome).unwrap_or(campi.len())
    };
    found.sort_by_key(place);
    let mut errori = Errori::default();
    for mut errore in found {
        let path = errore.campo.unwrap_or_default();
        if errore.codice == "obbligatorio"
            && let Some(words) = campo_di(campi, &path).and_then(manca)
        {
            errore.messaggio = words;
        }
        let nome = nome_html(&path);
        let testo = match etichetta(campi, &path) {
            Some(label) => format!("{label}: {}", errore.messaggio),
            None => errore.messaggio.clone(),
        };
        errori.sommario.push(ErroreCampo::new(nome.clone(), testo));
        errori.campi.push(ErroreCampo::new(nome, errore.messaggio));
    }
    errori
}

/// The field of a path, also inside a group.
fn campo_di<'a>(campi: &'a [Campo], path: &str) -> Option<&'a Campo> {
    let mut parts = path.strip_prefix("modulo.")?.split(['.', '[']);
    let nome = parts.next()?;
    let campo = campi.iter().find(|campo| campo.nome == nome)?;
    match parts.next_back() {
        Some(interno) if path.contains(']') => campo.campi().iter().find(|campo| campo.nome == interno),
        _ => Some(campo),
    }
}

/// What is said of an empty answer that nobody writes.
fn manca(campo: &Campo) -> Option<String> {
    match campo.tipo {
        TipoCampo::Scelta { .. } => Some(t("modulo-manca-scelta")),
        TipoCampo::Scelte { .. } => Some(t("modulo-manca-scelte")),
        TipoCampo::Allegato { .. } => Some(t("modulo-manca-file")),
        _ => None,
    }
}

/// Breadcrumb of the flow of a service.
pub fn percorso(layout: Layout, servizio: &Servizio) -> Layout {
    let scheda = format!("/servizi/{}", servizio.codice);
    let layout = layout.con_percorso([
        ("/servizi", &t("servizi-titolo")),
        (&scheda, &servizio.nome),
        (&inizio_di(&servizio.codice), &t("servizi-richiedi")),
    ]);
    Layout { prenota_href: prenota(servizio), ..layout }
}

/// Whom to ask for help.
fn aiuto(richiesta: &Richiesta, servizio: &Servizio) -> Vec<Voce> {
    let mut voci = Vec::new();
    let ufficio = richiesta.ctx.ente.ufficio(&servizio.ufficio).filter(|ufficio| !ufficio.telefono.is_empty());
    if let Some(ufficio) = ufficio {
        let href = format!("tel:{}", ufficio.telefono.replace(' ', ""));
        let args = [("ufficio", ufficio.nome.as_str()), ("telefono", ufficio.telefono.as_str())];
        voci.push(Voce::new(href, ta("richiesta-aiuto-chiama", &args)));
    }
    voci.push(Voce::new(prenota(servizio), t("richiesta-aiuto-prenota")));
    voci.push(Voce::new("/assistenza", t("richiesta-aiuto-contatta")));
    voci
}

/// Where an appointment about a service is booked.
fn prenota(servizio: &Servizio) -> String {
    crate::pagine::appuntamenti::inizio(&servizio.codice, servizio.ufficio.as_str(), None)
}

/// Looks at the answers of a draft; fields that are hidden count for nothing.
fn esamina(servizio: &Servizio, bozza: &Bozza, oggi: Date) -> Esame {
    servizio.modulo.esamina(&Value::Object(bozza.valori.clone()), &ContestoModulo { oggi })
}

/// All files that answers of a draft name, also of fields that are hidden for now.
fn allegati(servizio: &Servizio, bozza: &Bozza) -> Vec<domain::ids::AllegatoId> {
    servizio.modulo.allegati(&bozza.valori).iter().filter_map(|allegato| allegato.id.parse().ok()).collect()
}

/// What people call the field of a path: `modulo.figli[1].nome` is `Figlio 2, Nome`.
fn etichetta(campi: &[Campo], path: &str) -> Option<String> {
    let path = path.strip_prefix("modulo.")?;
    let (nome, rest) = path.find(['.', '[']).map_or((path, ""), |at| path.split_at(at));
    let campo = campi.iter().find(|campo| campo.nome == nome)?;
    let TipoCampo::Gruppo { voce, campi, .. } = &campo.tipo else {
        let part = rest.strip_prefix('.').map(|part| t(&format!("modulo-{part}")));
        return Some(breve(
            &part.map_or_else(|| campo.etichetta.clone(), |part| format!("{}, {part}", campo.etichetta)),
        ));
    };
    let Some((index, inner)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Some(campo.etichetta.clone());
    };
    let numero = index.parse::<usize>().ok()? + 1;
    let inner = inner.trim_start_matches('.').split('.').next().unwrap_or_default();
    let inner = campi.iter().find(|campo| campo.nome == inner).map(|campo| campo.etichetta.as_str());
    Some(breve(&format!("{voce} {numero}{}{}", if inner.is_some() { ", " } else { "" }, inner.unwrap_or_default())))
}

/// A statement of many words, as a summary calls it.
fn breve(label: &str) -> String {
    const PAROLE: usize = 10;
    let words: Vec<&str> = label.split_whitespace().collect();
    if words.len() <= PAROLE { label.to_owned() } else { format!("{}…", words[..PAROLE].join(" ")) }
}
