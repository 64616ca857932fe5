//! Writes the sample cases: through the same commands as everybody, with the clock set back.

use super::clock::DemoClock;
use super::dati::{Atto, CASI, CASI_SECONDO, CITTADINI, Fino};
use crate::Failure;
use app::notifiche::Notifiche;
use app::ports::VerifiedIdentity;
use app::{App, AppError, Canale, Contesto, Ente, Esito, InviaSegnalazione, PresentaIstanza, ScriviAlSindaco, Utente};
use domain::codice_fiscale::CodiceFiscale;
use domain::persona::{LivelloIdentita, Ruolo};
use domain::termini;
use eventstore::Clock as _;
use eventstore_sql::Engine;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;

/// Everything needed to write the cases.
pub(super) struct Semina<'a> {
    pub app: &'a App,
    pub clock: &'a DemoClock,
    pub notifiche: &'a Notifiche,
    pub store: &'a dyn Engine,
}

/// A step of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passo {
    Presenta,
    Prendi,
    Avvia(&'static str),
    Concludi(&'static str),
}

/// One command of the past: when, in which town, of which of its cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mossa {
    at: Timestamp,
    ente: usize,
    numero: usize,
    passo: Passo,
}

/// All commands of the past in the order in which they happened: the register gives its numbers in that order, and no entry
/// is older than the one before it.
fn mosse(now: Timestamp) -> Vec<Mossa> {
    let oggi = termini::data_locale(now);
    let latest = now - SignedDuration::from_mins(1);
    let mut all = Vec::new();
    for (ente, casi) in [&CASI[..], &CASI_SECONDO[..]].into_iter().enumerate() {
        for (numero, caso) in casi.iter().enumerate() {
            let ora = |giorni: i64, ora: usize| {
                let giorno = oggi.saturating_sub(jiff::Span::new().days(caso.giorni_fa - giorni));
                let ore = SignedDuration::from_hours(i64::try_from(ora).unwrap_or(12));
                (termini::inizio_giornata(giorno) + ore).min(latest)
            };
            let mut push = |at, passo| all.push(Mossa { at, ente, numero, passo });
            // Citizens write between 8 and 19 o'clock, differently each day; offices answer in the morning.
            push(ora(0, 8 + numero * 5 % 12), Passo::Presenta);
            let (avvio, risposta) = match caso.fino {
                Fino::Inviata | Fino::Presa => (None, None),
                Fino::Avviata(avvio) => (Some(avvio), None),
                Fino::Conclusa(avvio, risposta) => (Some(avvio), Some(risposta)),
            };
            if caso.fino >= Fino::Presa {
                push(ora(1, 9 + numero % 4), Passo::Prendi);
            }
            if let Some(testo) = avvio {
                push(ora(2, 9 + numero % 3), Passo::Avvia(testo));
            }
            if let Some(testo) = risposta {
                push(ora(6, 10 + numero % 3), Passo::Concludi(testo));
            }
        }
    }
    // A stable sort: the steps of a case that fall together keep their order.
    all.sort_by_key(|mossa| mossa.at);
    all
}

impl Semina<'_> {
    /// Writes all cases of both towns. Each command has a key of its own, so that a start that was broken off is gone on with.
    pub async fn run(&self) -> Result<(), Failure> {
        let enti: Vec<Arc<Ente>> = self.app.enti().all().to_vec();
        let mut pratiche = HashMap::new();
        // What an earlier start has written stays before what is written now.
        let mut reached = Timestamp::MIN;
        for ente in &enti {
            reached = reached.max(self.last_instant(ente.codice.as_str()).await?);
        }
        for mut mossa in mosse(self.clock.now()) {
            mossa.at = mossa.at.max(reached);
            let Some(ente) = enti.get(mossa.ente) else { continue };
            let caso = if mossa.ente == 0 { &CASI[mossa.numero] } else { &CASI_SECONDO[mossa.numero] };
            let quale = (mossa.ente, mossa.numero);
            if mossa.passo == Passo::Presenta {
                let chi = self.cittadino(ente, caso.chi)?;
                let esito = self.at(mossa.at, self.presenta(ente, chi, mossa.numero, &caso.atto)).await?;
                pratiche.insert(quale, esito.caso.base().id);
            } else {
                let id = *pratiche.get(&quale).ok_or("a sample case is worked on before it was filed")?;
                let ctx = self.ctx(ente, self.operatore(ente, &caso.atto)?);
                let key = |passo: &str| format!("demo-{}-{passo}", mossa.numero);
                match mossa.passo {
                    Passo::Presenta | Passo::Prendi => {
                        self.at(mossa.at, self.app.prendi_in_carico(&ctx, &key("presa"), id)).await?
                    }
                    Passo::Avvia(testo) => {
                        self.at(mossa.at, self.app.avvia_lavorazione(&ctx, &key("avvio"), id, Some(testo.into())))
                            .await?
                    }
                    Passo::Concludi(testo) => {
                        self.at(mossa.at, self.app.concludi(&ctx, &key("fine"), id, testo.into())).await?
                    }
                };
            }
        }
        Ok(())
    }

    /// The instant of the last record of an ente; the least one when it has none.
    async fn last_instant(&self, ente: &str) -> Result<Timestamp, Failure> {
        let head = self.store.head(ente).await?;
        let last = self.store.read_all(ente, head.position.saturating_sub(1), 1).await?;
        Ok(last.first().map_or(Timestamp::MIN, |record| record.recorded_at))
    }

    /// Runs a command at an instant, and sends the notices that follow from it.
    async fn at<F>(&self, at: Timestamp, command: F) -> Result<Esito, Failure>
    where
        F: Future<Output = Result<Esito, AppError>>,
    {
        self.clock.set(Some(at));
        let esito = command.await.map_err(|error| match error {
            AppError::Rifiutato(errori) => format!("a sample case was refused: {errori:?}"),
            error => error.to_string(),
        })?;
        self.notifiche.run_until_idle().await?;
        Ok(esito)
    }

    async fn presenta(&self, ente: &Arc<Ente>, chi: Utente, numero: usize, atto: &Atto) -> Result<Esito, AppError> {
        let ctx = self.ctx(ente, chi);
        let chiave = format!("demo-{numero}");
        match atto {
            Atto::Segnalazione(categoria, titolo, dettagli, indirizzo, punto) => {
                let input = InviaSegnalazione {
                    categoria: (*categoria).into(),
                    titolo: (*titolo).into(),
                    dettagli: (*dettagli).into(),
                    indirizzo: (*indirizzo).into(),
                    latitudine: punto.map(|p| p.0),
                    longitudine: punto.map(|p| p.1),
                    allegati: Vec::new(),
                };
                self.app.invia_segnalazione(&ctx, &chiave, input).await
            }
            Atto::Lettera(oggetto, testo) => {
                let input =
                    ScriviAlSindaco { oggetto: (*oggetto).into(), testo: (*testo).into(), allegati: Vec::new() };
                self.app.scrivi_al_sindaco(&ctx, &chiave, input).await
            }
            Atto::Richiesta(oggetto, richiesta) => {
                let input = PresentaIstanza {
                    servizio: "richiesta-generica".into(),
                    versione: 1,
                    modulo: serde_json::json!({ "oggetto": oggetto, "richiesta": richiesta }),
                    allegati: Vec::new(),
                    da_pratica: None,
                    contatti: None,
                };
                self.app.presenta_istanza(&ctx, &chiave, input).await
            }
        }
    }

    fn ctx(&self, ente: &Arc<Ente>, utente: Utente) -> Contesto {
        let correlazione = self.app.ids().uuid(self.clock.now());
        Contesto { ente: ente.clone(), utente: Some(Arc::new(utente)), canale: Canale::Portale, correlazione }
    }

    fn cittadino(&self, ente: &Ente, chi: usize) -> Result<Utente, Failure> {
        if let Some(persona) = ["cittadino", "cittadino2"].get(chi) {
            return super::utente(self.app, ente, persona);
        }
        let (nome, cognome, cf) = CITTADINI[chi - 2];
        let identity = VerifiedIdentity {
            fornitore: "demo".into(),
            codice_fiscale: CodiceFiscale::parse(cf)?,
            nome: nome.into(),
            cognome: cognome.into(),
            email: Some(format!("{}.{}@example.org", nome.to_lowercase(), cognome.to_lowercase())),
            livello: LivelloIdentita::L2,
            ruolo: Ruolo::Cittadino,
            uffici: Vec::new(),
            ambiti: Vec::new(),
        };
        Ok(self.app.persone().utente(ente.codice.as_str(), identity))
    }

    fn operatore(&self, ente: &Ente, atto: &Atto) -> Result<Utente, Failure> {
        super::utente(self.app, ente, if matches!(atto, Atto::Lettera(..)) { "sindaco" } else { "operatore" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_written_in_the_order_in_which_it_happened() {
        for now in ["2026-11-21T23:57:12Z", "2027-01-01T00:30:00Z", "2026-03-30T11:00:00Z"] {
            let now: Timestamp = now.parse().unwrap();
            let all = mosse(now);
            assert!(all.is_sorted_by_key(|mossa| mossa.at));
            assert!(all.iter().all(|mossa| mossa.at < now));
            for (ente, casi) in [&CASI[..], &CASI_SECONDO[..]].into_iter().enumerate() {
                for numero in 0..casi.len() {
                    let own = all.iter().filter(|m| (m.ente, m.numero) == (ente, numero));
                    let steps: Vec<u8> = own
                        .map(|m| match m.passo {
                            Passo::Presenta => 0,
                            Passo::Prendi => 1,
                            Passo::Avvia(_) => 2,
                            Passo::Concludi(_) => 3,
                        })
                        .collect();
                    assert!(
                        steps.iter().enumerate().all(|(i, step)| usize::from(*step) == i),
                        "{now} {numero} {steps:?}"
                    );
                }
            }
        }
    }
}
