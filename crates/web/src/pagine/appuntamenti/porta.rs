//! The door through which a booking is reached: the personal area of who booked, or the signed link of a message.

use crate::errore::Errore;
use crate::layout::Layout;
use crate::richiesta::{Firmata, Richiesta};
use crate::t;
use app::{Contesto, DettaglioPratica};
use domain::Caso;
use domain::appuntamento::Dettaglio;
use domain::ids::PraticaId;
use domain::pratica::Pratica;

/// A door that is open to one booking.
pub struct Porta {
    /// The request of the page.
    pub r: Richiesta,
    /// In whose name the booking is read and changed.
    pub ctx: Contesto,
    /// The booking.
    pub id: PraticaId,
    /// Path of its page.
    pub base: String,
    /// Whether it is the signed link: nobody need have signed in, and only this booking is there.
    pub collegamento: bool,
}

/// A booking with its history.
pub struct Trovato {
    /// As for every case.
    pub caso: DettaglioPratica,
    /// As a booking.
    pub pratica: Pratica<Dettaglio>,
}

impl Porta {
    /// The door of the personal area.
    pub fn area(Firmata(r): Firmata, id: &str) -> Result<Self, Errore> {
        let id = id.parse().map_err(|_| Errore::NonTrovato)?;
        Ok(Self { ctx: r.ctx.clone(), r, id, base: format!("/pratiche/{id}"), collegamento: false })
    }

    /// The door of a signed link, with what the link leads to.
    pub fn collegamento(r: Richiesta, token: &str, (ctx, id): (Contesto, PraticaId)) -> Self {
        Self { ctx, id, base: format!("/a/{token}"), collegamento: true, r }
    }

    /// The booking, once the log has reached `dopo`.
    pub async fn trova(&self, dopo: Option<u64>) -> Result<Trovato, Errore> {
        let caso = self.r.web.app.pratica(&self.ctx, self.id, None, dopo).await?.ok_or(Errore::NonTrovato)?;
        match &caso.caso {
            Caso::Appuntamento(pratica) => Ok(Trovato { pratica: pratica.clone(), caso }),
            _ => Err(Errore::NonTrovato),
        }
    }

    /// The same, for who may move and cancel it; others do not learn that it is there.
    pub async fn mio(&self) -> Result<Trovato, Errore> {
        Some(self.trova(None).await?).filter(|found| found.caso.disponibile).ok_or(Errore::NonTrovato)
    }

    /// A path below that of the booking.
    pub fn href(&self, resto: &str) -> String {
        format!("{}/{resto}", self.base)
    }

    /// The frame of a page about the booking.
    pub fn layout(&self, titolo: &str, cosa: &str) -> Layout {
        let layout = self.r.layout(titolo);
        if self.collegamento {
            return layout.con_percorso([(self.base.as_str(), cosa), (self.r.path.as_str(), titolo)]);
        }
        layout.con_percorso([
            ("/area-personale", t("area-titolo").as_str()),
            (self.base.as_str(), cosa),
            (self.r.path.as_str(), titolo),
        ])
    }

    /// Draws a key for a form.
    pub fn chiave(&self) -> String {
        self.r.web.app.ids().uuid(self.r.web.app.clock().now()).to_string()
    }
}
