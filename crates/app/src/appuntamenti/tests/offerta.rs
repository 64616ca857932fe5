//! What the process of the waiting list writes when a seat becomes free.

use super::sala::{ENTE, SERVIZIO, Sala};
use crate::App;
use crate::appuntamenti::comando::{Mossa, Passo};
use crate::appuntamenti::disponibilita::Bisogni;
use crate::appuntamenti::voluto::{Voluto, attesa};
use crate::contesto::Canale;
use crate::error::AppError;
use crate::ports::BoxFuture;
use domain::attesa::{Command, scadenza_offerta};
use domain::ids::{BloccoId, PersonaId};
use domain::prenotabile::SlotId;
use domain::{Evento, agenda};
use std::sync::Arc;
use uuid::Uuid;

struct Offerta {
    voluto: Voluto,
}

impl Mossa for Offerta {
    fn giorni(&self) -> Vec<String> {
        vec![self.voluto.stream()]
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let (lista, at_list) = app.lista(ENTE, SERVIZIO).await?;
            let slot = self.voluto.slot.clone();
            let (giornata, at_day) = app.giornata(ENTE, &slot.ufficio, slot.giorno()).await?;
            let persona = lista.primo(&slot).map_or(PersonaId(Uuid::nil()), |first| first.persona);
            let richiesta = Box::new(self.voluto.richiesta(persona, &Bisogni::default()));
            let blocco = BloccoId(app.parts.ids.uuid(app.parts.clock.now()));
            let streams =
                vec![(domain::attesa::stream(SERVIZIO), attesa(at_list)), (self.voluto.stream(), attesa(at_day))];
            let decide: crate::commands::DecideInsieme = Arc::new(move |ctx| {
                let until = scadenza_offerta(&slot, ctx.at);
                let offer = domain::attesa::decide(&lista, Command::Offri { slot: slot.clone(), blocco }, ctx)?;
                let hold = agenda::Command::Blocca { blocco, richiesta: richiesta.clone(), offerta: until };
                let hold = agenda::decide(&giornata, hold, ctx)?;
                Ok(vec![
                    offer.into_iter().map(Evento::Attesa).collect(),
                    hold.into_iter().map(Evento::Agenda).collect(),
                ])
            });
            Ok(Passo { streams, decide, before: None, titolare: persona, registro: None })
        })
    }
}

/// Offers a slot to the first who waits for one like it.
pub async fn offri(sala: &Sala, slot: &SlotId) {
    let ctx = crate::Contesto { utente: None, canale: Canale::Sistema, ..sala.mondo.nessuno() };
    let voluto = sala.app.voluto(&ctx, slot.clone()).unwrap();
    let key = format!("offerta:{slot}");
    let chiamata = crate::appuntamenti::cambia::chiamata(&sala.app, &ctx, ("offri", &key), slot).unwrap();
    sala.app.compi(&chiamata, &Offerta { voluto }).await.unwrap();
}
