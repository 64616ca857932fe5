//! Closing a day, with what is done about those who are booked.

use super::agenda::insieme;
use super::cambia::{Cosa, chiamata};
use super::comando::{Mossa, Passo};
use super::voluto::attesa;
use crate::app::App;
use crate::commands::DecideInsieme;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::persone::CODICE_SISTEMA;
use crate::ports::BoxFuture;
use domain::agenda;
use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, PraticaId};
use domain::pratica::StatoPratica;
use domain::prenotabile::Orario;
use domain::{Evento, Refusal};
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

/// A closure as a door hands it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChiudiGiornata {
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Day.
    pub giorno: Date,
    /// Codes of the desks; empty: all.
    pub sportelli: Vec<String>,
    /// Why, for citizens.
    pub motivo: String,
    /// Cancel the bookings that it hits, each with this reason; otherwise they stay and are flagged.
    pub annulla_prenotati: bool,
}

/// What a closure did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chiusura {
    /// Bookings that were cancelled by it.
    pub annullati: Vec<PraticaId>,
    /// Bookings that it hits and that still stand.
    pub rimasti: Vec<PraticaId>,
    /// Wait for this position to read your writes.
    pub posizione: u64,
}

impl App {
    /// Closes a day of an office or of some of its desks, and cancels the bookings it hits if that is asked. When it is cut
    /// off in the middle, the same request goes on where it stopped.
    ///
    /// # Errors
    /// `sportello-sconosciuto`, `gia-chiusa`, `obbligatorio` about `motivo`; [`AppError::NonTrovato`] for others than
    /// officers of the office.
    pub async fn chiudi_giornata(
        &self,
        ctx: &Contesto,
        chiave: &str,
        input: ChiudiGiornata,
    ) -> Result<Chiusura, AppError> {
        let chiamata = chiamata(self, ctx, ("chiudiGiornata", chiave), &input)?;
        let orario = self.dell_ufficio(ctx, &input.ufficio)?;
        noti(&orario, &input.sportelli)?;
        let (ente, giorno) = (ctx.codice_ente(), input.giorno);
        let ChiudiGiornata { ufficio, sportelli, motivo, annulla_prenotati, .. } = input;
        let command = agenda::Command::Chiudi { ufficio: ufficio.clone(), giorno, sportelli, motivo: motivo.clone() };
        let fatto = self.compi(&chiamata, &SulGiorno { ente, ufficio: &ufficio, giorno, command }).await?;
        let mut posizione = self.eventi(ente, fatto).await?.1;
        let (mut annullati, mut rimasti) = (Vec::new(), Vec::new());
        for id in self.colpiti(ente, &ufficio, giorno).await? {
            if !annulla_prenotati {
                rimasti.push(id);
                continue;
            }
            // A key of its own for each, so that the whole can be asked again.
            let key = format!("chiusura:{ufficio}:{giorno}:{id}");
            let one = chiamata_di(self, ctx, &key, id, &motivo)?;
            match self.cambia(&one, id, Cosa::Annulla { motivo: Some(motivo.clone()) }).await {
                Ok(esito) => {
                    posizione = posizione.max(esito.posizione);
                    annullati.push(id);
                }
                // Arrived, moved or cancelled meanwhile.
                Err(AppError::Rifiutato(_)) => rimasti.push(id),
                Err(error) => return Err(error),
            }
        }
        Ok(Chiusura { annullati, rimasti, posizione })
    }

    /// Lifts a closure; the position to wait for.
    ///
    /// # Errors
    /// `giornata-aperta`, `chiusura-intera`; [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn riapri_giornata(
        &self,
        ctx: &Contesto,
        chiave: &str,
        (ufficio, giorno): (&CodiceUfficio, Date),
        sportelli: Vec<String>,
    ) -> Result<u64, AppError> {
        let chiamata = chiamata(self, ctx, ("riapriGiornata", chiave), &(ufficio, giorno, &sportelli))?;
        self.dell_ufficio(ctx, ufficio)?;
        let ente = ctx.codice_ente();
        let command = agenda::Command::Riapri { ufficio: ufficio.clone(), giorno, sportelli };
        let fatto = self.compi(&chiamata, &SulGiorno { ente, ufficio, giorno, command }).await?;
        Ok(self.eventi(ente, fatto).await?.1)
    }

    /// Bookings of a day that a closure hits and whose citizens are still to come.
    async fn colpiti(&self, ente: &str, ufficio: &CodiceUfficio, giorno: Date) -> Result<Vec<PraticaId>, AppError> {
        let (giornata, _) = self.giornata(ente, ufficio, giorno).await?;
        let hit = giornata.posti.iter().filter(|posto| giornata.chiusura(&posto.preso.sportello).is_some());
        let seats: Vec<PraticaId> = hit.map(|posto| posto.appuntamento).collect();
        let found = insieme(seats, |id| self.appuntamento(ente, id)).await?;
        let expected = found.into_iter().flatten().filter(|(pratica, _)| pratica.base.stato == StatoPratica::Prenotata);
        Ok(expected.map(|(pratica, _)| pratica.base.id).collect())
    }
}

fn chiamata_di<'a>(
    app: &App,
    ctx: &'a Contesto,
    key: &'a str,
    id: PraticaId,
    motivo: &str,
) -> Result<super::comando::Chiamata<'a>, AppError> {
    chiamata(app, ctx, ("annullaAppuntamento", key), &(id, motivo))
}

/// Only desks that the office has.
fn noti(orario: &Orario, sportelli: &[String]) -> Result<(), AppError> {
    if sportelli.iter().all(|codice| orario.sportello(codice).is_some()) {
        return Ok(());
    }
    Err(AppError::rifiuto(Refusal::field("sportelli", "sportello-sconosciuto")))
}

/// Something about a day alone.
struct SulGiorno<'a> {
    ente: &'a str,
    ufficio: &'a CodiceUfficio,
    giorno: Date,
    command: agenda::Command,
}

impl Mossa for SulGiorno<'_> {
    fn giorni(&self) -> Vec<String> {
        vec![agenda::stream(self.ufficio, self.giorno)]
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let (giornata, version) = app.giornata(self.ente, self.ufficio, self.giorno).await?;
            let command = self.command.clone();
            let decide: DecideInsieme = Arc::new(move |ctx| {
                let events = agenda::decide(&giornata, command.clone(), ctx)?;
                Ok(vec![events.into_iter().map(Evento::Agenda).collect()])
            });
            let streams = vec![(agenda::stream(self.ufficio, self.giorno), attesa(version))];
            Ok(Passo { streams, decide, before: None, titolare: PersonaId(CODICE_SISTEMA), registro: None })
        })
    }
}
