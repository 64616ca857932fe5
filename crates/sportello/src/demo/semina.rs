//! Writes the sample cases: through the same commands as everybody, with the clock set back.

use super::clock::DemoClock;
use super::dati::{Atto, CASI, CASI_SECONDO, CITTADINI, Caso, Fino};
use crate::Failure;
use app::notifiche::Notifiche;
use app::ports::VerifiedIdentity;
use app::{App, AppError, Canale, Contesto, Ente, Esito, InviaSegnalazione, PresentaIstanza, ScriviAlSindaco, Utente};
use domain::codice_fiscale::CodiceFiscale;
use domain::persona::{LivelloIdentita, Ruolo};
use eventstore::Clock as _;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// Everything needed to write the cases.
pub(super) struct Semina<'a> {
    pub app: &'a App,
    pub clock: &'a DemoClock,
    pub notifiche: &'a Notifiche,
}

impl Semina<'_> {
    /// Writes all cases of both towns. Each command has a key of its own, so that a start that was broken off is gone on with.
    pub async fn run(&self) -> Result<(), Failure> {
        let now = self.clock.now();
        let enti: Vec<Arc<Ente>> = self.app.enti().all().to_vec();
        for (ente, casi) in enti.iter().zip([&CASI[..], &CASI_SECONDO[..]]) {
            for (numero, caso) in casi.iter().enumerate() {
                self.caso(ente, now, numero, caso).await?;
            }
            self.clock.set(None);
        }
        Ok(())
    }

    async fn caso(&self, ente: &Arc<Ente>, now: Timestamp, numero: usize, caso: &Caso) -> Result<(), Failure> {
        // Between 8 and 20 o'clock in Rome, differently each day.
        let ora = 7 + (numero * 5 % 12);
        let filed = now - SignedDuration::from_hours(24 * caso.giorni_fa);
        let at =
            filed.round(jiff::Unit::Hour)? - SignedDuration::from_hours(24) + SignedDuration::from_hours(ora as i64);
        let chi = self.cittadino(ente, caso.chi)?;
        let esito = self.at(at, self.presenta(ente, chi, numero, &caso.atto)).await?;
        let id = esito.caso.base().id;
        let chi = self.operatore(ente, &caso.atto)?;
        let ctx = self.ctx(ente, chi);
        let key = |passo: &str| format!("demo-{numero}-{passo}");
        let later = |hours: i64| (at + SignedDuration::from_hours(hours)).min(now - SignedDuration::from_mins(1));
        if caso.fino >= Fino::Presa {
            self.at(later(20), self.app.prendi_in_carico(&ctx, &key("presa"), id)).await?;
        }
        let (avvio, risposta) = match caso.fino {
            Fino::Avviata(avvio) => (Some(avvio), None),
            Fino::Conclusa(avvio, risposta) => (Some(avvio), Some(risposta)),
            Fino::Inviata | Fino::Presa => (None, None),
        };
        if let Some(avvio) = avvio {
            self.at(later(44), self.app.avvia_lavorazione(&ctx, &key("avvio"), id, Some(avvio.into()))).await?;
        }
        if let Some(risposta) = risposta {
            self.at(later(140), self.app.concludi(&ctx, &key("fine"), id, risposta.into())).await?;
        }
        Ok(())
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
