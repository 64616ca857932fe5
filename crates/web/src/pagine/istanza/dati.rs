//! Who asks, and how they want to be reached about this request. The identity is read, never written.

use super::flusso::{Esito, piu_tardi};
use super::giro::{Giro, verso};
use super::leggi::{Azione, Inviato};
use super::passi::{Tappa, dopo, prima};
use super::vista::PaginaDati;
use crate::errore::pagina_con;
use crate::layout::{ErroreCampo, Riga};
use crate::{sessione, t, ta};
use app::{Contatti, ErroreCampo as Errato};
use axum::http::StatusCode;
use axum::response::Response;
use domain::modulo::{GruppoProfilo, Profilo};

/// Name of the box that keeps the contacts for other requests.
const SALVA: &str = "salva-contatti";
/// Characters of a contact that are kept as written; what is right is far shorter.
const MAX_SCRITTO: usize = 300;

/// Name and codice fiscale, as the sign-in gave them.
pub fn identita(giro: &Giro) -> Vec<Riga> {
    let chi = giro.richiesta.utente().map(|utente| &utente.anagrafica);
    chi.map(crate::pagine::profilo::identita).unwrap_or_default()
}

/// The contacts of the request as they stand.
pub fn contatti(giro: &Giro) -> Contatti {
    let known = || {
        let chi = giro.richiesta.utente().map(|utente| &utente.anagrafica);
        chi.map(|chi| Contatti::noti(chi, &Profilo::default())).unwrap_or_default()
    };
    giro.bozza.contatti.clone().unwrap_or_else(known)
}

/// What is wrong with contacts, by the names of the page.
fn errori(contatti: &Contatti) -> Vec<ErroreCampo> {
    let name = |errore: Errato| {
        let path = errore.campo.unwrap_or_default();
        ErroreCampo::new(path.strip_prefix("contatti.").unwrap_or_default(), errore.messaggio)
    };
    contatti.controlla().err().unwrap_or_default().into_iter().map(name).collect()
}

/// The page.
pub async fn pagina(giro: &Giro, controlla: bool) -> Response {
    let r = &giro.richiesta;
    let mut righe = identita(giro);
    // What the person left in their profile; without it the page says as much as it knows.
    if let Ok(Some(casa)) = r.web.app.profilo(&r.ctx).await.map(|profilo| profilo.residenza) {
        righe.push(Riga::new(t("richiesta-residenza"), crate::pagine::profilo::indirizzo(&casa)));
    }
    let contatti = contatti(giro);
    let errori = if controlla { errori(&contatti) } else { Vec::new() };
    let giorni = giro.servizio.termine_giorni.to_string();
    let ufficio = r.ctx.ente.nome_ufficio(&giro.servizio.ufficio);
    let page = PaginaDati {
        layout: giro.layout(Tappa::Dati),
        c: giro.cornice(Tappa::Dati, errori),
        chi: righe,
        email: contatti.email.unwrap_or_default(),
        telefono: contatti.telefono.unwrap_or_default(),
        tempi: ta("richiesta-ufficio-tempi", &[("ufficio", ufficio), ("giorni", &giorni)]),
    };
    pagina_con(StatusCode::OK, page)
}

/// The step as it was posted: keeps the contacts, in the profile too when the box says so, and goes where the button says.
pub async fn ricevi(mut giro: Giro, inviato: &Inviato, azione: &Azione) -> Esito {
    let scritto = |nome: &str| {
        let text = inviato.get(nome)?.trim();
        (!text.is_empty()).then(|| text.chars().take(MAX_SCRITTO).collect::<String>())
    };
    if inviato.get("email").is_some() || inviato.get("telefono").is_some() {
        let nuovi = Contatti { email: scritto("email"), telefono: scritto("telefono") };
        let (servizio, vecchi) = (giro.servizio.clone(), contatti(&giro));
        giro.salva(|bozza| {
            nuovi.riporta(&vecchi, &servizio.modulo, &mut bozza.valori);
            bozza.contatti = Some(nuovi.clone());
            "dati".clone_into(&mut bozza.passo);
        })
        .await?;
    }
    let tappe = giro.tappe();
    match azione {
        Azione::Dopo => piu_tardi(&giro).await,
        Azione::Indietro => Ok(verso(&giro.href(prima(&tappe, Tappa::Dati)))),
        _ => {
            let Ok(puliti) = contatti(&giro).controlla() else {
                return Ok(verso(&format!("{}?controlla=si", giro.href(Tappa::Dati))));
            };
            if inviato.get(SALVA) == Some("si") {
                nel_profilo(&giro, puliti).await?;
            }
            Ok(verso(&giro.href(dopo(&tappe, Tappa::Dati))))
        }
    }
}

/// Keeps the contacts for other requests; one that was left empty takes nothing away.
async fn nel_profilo(giro: &Giro, contatti: Contatti) -> Result<(), super::giro::Fuori> {
    let r = &giro.richiesta;
    let nuovi = Profilo { email: contatti.email, telefono: contatti.telefono, ..Profilo::default() };
    r.web.app.cambia_profilo(&r.ctx, |profilo| profilo.unisci(GruppoProfilo::Contatti, &nuovi)).await?;
    Ok(sessione::avvisa(&r.session, t("richiesta-contatti-salvati")).await?)
}
