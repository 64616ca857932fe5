//! Notices about appointments: whether one is still true when it leaves, and what goes with it.

use super::Notifiche;
use super::messaggio::appuntamento::{Detto, PostoOfferto, componi};
use crate::app::App;
use crate::appuntamenti::{self, Corredo};
use crate::contesto::{Canale, Contesto};
use crate::enti::Ente;
use crate::error::AppError;
use crate::ports::{Accluso, Consegna, Messaggio};
use domain::Evento;
use domain::appuntamento::{Dettaglio, Event, Parte};
use domain::notifica::Motivo;
use domain::pratica::{Pratica, StatoPratica};
use jiff::Timestamp;
use std::sync::Arc;

/// Media types of a calendar file that programs of mail act on (RFC 6047, 2.4).
pub(super) const RICHIESTA: &str = "text/calendar; method=REQUEST; charset=utf-8";
const ANNULLAMENTO: &str = "text/calendar; method=CANCEL; charset=utf-8";

impl Notifiche {
    /// The message of a notice about an appointment, by what the log says now; none when it is no longer true, or there is
    /// nobody to write to. A reminder or a booking that waited too long for its mail server ends here.
    pub(super) async fn di_appuntamento(
        &self,
        ente: &Arc<Ente>,
        pratica: &Pratica<Dettaglio>,
        causa: Option<&Evento>,
        consegna: &Consegna,
    ) -> Result<Option<Messaggio>, AppError> {
        let adesso = self.clock.now();
        if !attuale(pratica, consegna, adesso) {
            return Ok(None);
        }
        let mut detto = Detto {
            perche: causa.and_then(perche),
            pagina: format!("{}{}{}", ente.base_url, self.config.percorso_pratica, pratica.base.id),
            adesso,
            ..Detto::default()
        };
        if let Some(app) = &self.app {
            let ctx =
                Contesto { ente: ente.clone(), utente: None, canale: Canale::Sistema, correlazione: consegna.causa };
            detto.corredo = app.corredo(&ctx, pratica);
            if consegna.motivo == Motivo::Offerta {
                detto.offerta = offerta(app, &ctx, pratica, consegna, adesso).await?;
            }
        }
        if consegna.motivo == Motivo::Offerta && detto.offerta.is_none() {
            return Ok(None);
        }
        let Some(mut message) = componi(ente, pratica, consegna, &detto) else { return Ok(None) };
        if !matches!(consegna.motivo, Motivo::Promemoria | Motivo::Offerta) {
            message.acclusi.push(calendario(ente, pratica, &detto.corredo, adesso));
        }
        Ok(Some(message))
    }
}

/// Whether there is still something to tell.
fn attuale(pratica: &Pratica<Dettaglio>, consegna: &Consegna, adesso: Timestamp) -> bool {
    let Pratica { base, dettaglio } = pratica;
    let to_come = base.stato == StatoPratica::Prenotata && adesso < dettaglio.posto.inizio;
    match consegna.motivo {
        Motivo::Annullamento => base.stato == StatoPratica::Annullata,
        Motivo::Promemoria => {
            to_come && appuntamenti::sequenza_promemoria(&consegna.dedupe) == Some(dettaglio.sequenza)
        }
        _ => to_come,
    }
}

fn perche(causa: &Evento) -> Option<(Parte, Option<String>)> {
    let Evento::Appuntamento(event) = causa else { return None };
    let (chi, personale) = match event {
        Event::AppuntamentoSpostato(e) => (e.chi, &e.personale),
        Event::AppuntamentoAnnullato(e) => (e.chi, &e.personale),
        _ => return None,
    };
    Some((chi, personale.get().and_then(|words| words.motivo.clone())))
}

/// The open offer that a notice is about.
async fn offerta(
    app: &App,
    ctx: &Contesto,
    pratica: &Pratica<Dettaglio>,
    consegna: &Consegna,
    adesso: Timestamp,
) -> Result<Option<PostoOfferto>, AppError> {
    let (lista, _) = app.lista(ctx.codice_ente(), &pratica.dettaglio.servizio).await?;
    let Some(place) = lista.di(pratica.base.id) else { return Ok(None) };
    let open = place.offerta.as_ref().filter(|open| adesso < open.scade);
    let told = open.filter(|open| appuntamenti::dedupe_offerta(place.iscrizione, open.blocco) == consegna.dedupe);
    let Some(open) = told else { return Ok(None) };
    let orario = app.orario(ctx, &open.slot.ufficio);
    Ok(orario.map(|orario| PostoOfferto { slot: open.slot.clone(), sede: orario.luogo.clone(), scade: open.scade }))
}

fn calendario(ente: &Ente, pratica: &Pratica<Dettaglio>, corredo: &Corredo, adesso: Timestamp) -> Accluso {
    let formato = if appuntamenti::metodo(pratica) == "CANCEL" { ANNULLAMENTO } else { RICHIESTA };
    let text = appuntamenti::file(ente, pratica, corredo, adesso);
    Accluso { nome: "appuntamento.ics".into(), formato, bytes: text.into() }
}
