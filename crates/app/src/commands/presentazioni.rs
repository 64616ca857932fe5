//! The three filings of a citizen.

use super::filing::{Decide, Entry, Filing, sola};
use super::{Esito, idempotency};
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::contatti::Contatti;
use crate::contesto::{Contesto, Utente};
use crate::error::AppError;
use crate::ports::Upload;
use domain::allegato::{Allegato, MAX_ALLEGATI};
use domain::ids::{AllegatoId, PraticaId};
use domain::persona::{Anagrafica, Ruolo};
use domain::pratica::{Deposito, Pratica, TipoPratica};
use domain::registro::{CODICE_REGISTRO, Corrispondente, Flusso, Registra};
use domain::segnalazione::LuogoInput;
use domain::servizio::{RiferimentoServizio, Servizio};
use domain::{Caso, Evento, Refusal, appuntamento, istanza, lettera, segnalazione};
use eventstore::Expected;
use serde::Serialize;
use std::sync::Arc;

/// A report as a door hands it in.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct InviaSegnalazione {
    /// Code or name of the category.
    pub categoria: String,
    /// In a few words.
    pub titolo: String,
    /// In more words.
    pub dettagli: String,
    /// Address.
    pub indirizzo: String,
    /// Degrees, WGS 84.
    pub latitudine: Option<f64>,
    /// Degrees, WGS 84.
    pub longitudine: Option<f64>,
    /// Ids of uploads.
    pub allegati: Vec<AllegatoId>,
}

/// A letter as a door hands it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ScriviAlSindaco {
    /// Subject.
    pub oggetto: String,
    /// The letter.
    pub testo: String,
    /// Ids of uploads.
    pub allegati: Vec<AllegatoId>,
}

/// A request as a door hands it in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PresentaIstanza {
    /// Code of the service.
    pub servizio: String,
    /// Version whose form was filled in.
    pub versione: u32,
    /// The form.
    pub modulo: serde_json::Value,
    /// Ids of uploads.
    pub allegati: Vec<AllegatoId>,
    /// The earlier case of the same person that it was written from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub da_pratica: Option<PraticaId>,
    /// How the person wants to be reached; as the sign-in says without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contatti: Option<Contatti>,
}

/// Uploads as the domain takes them.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub allegati: Vec<Allegato>,
    pub nomi: Vec<String>,
}

/// One filing, whatever its kind.
struct Filed {
    utente: Arc<Utente>,
    tipo: TipoPratica,
    id: PraticaId,
    files: Files,
    decide: Decide,
}

impl App {
    /// Files a report (DPR 445/2000 art. 53; L. 241/1990 art. 18-bis).
    pub async fn invia_segnalazione(
        &self,
        ctx: &Contesto,
        chiave: &str,
        input: InviaSegnalazione,
    ) -> Result<Esito, AppError> {
        let (utente, id) = self.filer(ctx)?;
        let files = self.files(ctx, &utente, &input.allegati, MAX_ALLEGATI).await?;
        let command = segnalazione::Invia {
            id,
            autore: utente.anagrafica.clone(),
            categoria: input.categoria.clone(),
            titolo: input.titolo.clone(),
            dettagli: input.dettagli.clone(),
            luogo: LuogoInput {
                indirizzo: input.indirizzo.clone(),
                latitudine: input.latitudine,
                longitudine: input.longitudine,
            },
            allegati: files.allegati.clone(),
            nomi_allegati: files.nomi.clone(),
        };
        let decide: Decide = Arc::new(move |ctx| {
            let command = segnalazione::Command::Invia(Box::new(command.clone()));
            Ok(segnalazione::decide(&None, command, ctx)?.into_iter().map(Evento::from).collect())
        });
        let filed = Filed { utente, tipo: TipoPratica::Segnalazione, id, files, decide };
        self.deposit(ctx, chiave, ("inviaSegnalazione", &input), filed).await
    }

    /// Files a letter to the mayor.
    pub async fn scrivi_al_sindaco(
        &self,
        ctx: &Contesto,
        chiave: &str,
        input: ScriviAlSindaco,
    ) -> Result<Esito, AppError> {
        let (utente, id) = self.filer(ctx)?;
        let files = self.files(ctx, &utente, &input.allegati, MAX_ALLEGATI).await?;
        let command = lettera::Invia {
            id,
            autore: utente.anagrafica.clone(),
            oggetto: input.oggetto.clone(),
            testo: input.testo.clone(),
            allegati: files.allegati.clone(),
            nomi_allegati: files.nomi.clone(),
        };
        let decide: Decide = Arc::new(move |ctx| {
            let command = lettera::Command::Invia(Box::new(command.clone()));
            Ok(lettera::decide(&None, command, ctx)?.into_iter().map(Evento::from).collect())
        });
        let filed = Filed { utente, tipo: TipoPratica::Lettera, id, files, decide };
        self.deposit(ctx, chiave, ("scriviAlSindaco", &input), filed).await
    }

    /// Files a request (L. 241/1990 art. 2; CAD art. 65).
    pub async fn presenta_istanza(
        &self,
        ctx: &Contesto,
        chiave: &str,
        input: PresentaIstanza,
    ) -> Result<Esito, AppError> {
        let (utente, id) = self.filer(ctx)?;
        let autore = match &input.contatti {
            Some(contatti) => contatti.su(&utente.anagrafica)?,
            None => utente.anagrafica.clone(),
        };
        let servizio = match self.servizio_offerto(ctx, &input.servizio, input.versione) {
            Ok(servizio) => servizio,
            // Sent again after its form changed: what was filed then is answered again, by its key.
            Err(refused) => self.gia_presentata(ctx, &utente, chiave, &input).await?.ok_or(refused)?,
        };
        if let Some(da) = input.da_pratica {
            self.propria(ctx, da).await?;
        }
        let mut ids = input.allegati.clone();
        if let serde_json::Value::Object(modulo) = &input.modulo {
            let named = servizio.modulo.allegati(modulo);
            let named = named.iter().filter_map(|allegato| allegato.id.parse::<AllegatoId>().ok());
            named.for_each(|id| {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            });
        }
        let files = self.files(ctx, &utente, &ids, servizio.allegati.massimo as usize).await?;
        let command = istanza::Presenta {
            id,
            autore,
            servizio,
            modulo: input.modulo.clone(),
            allegati: files.allegati.clone(),
            nomi_allegati: files.nomi.clone(),
            da_pratica: input.da_pratica,
        };
        let decide: Decide = Arc::new(move |ctx| {
            let command = istanza::Command::Presenta(Box::new(command.clone()));
            Ok(istanza::decide(&None, command, ctx)?.into_iter().map(Evento::from).collect())
        });
        let filed = Filed { utente, tipo: TipoPratica::Istanza, id, files, decide };
        self.deposit(ctx, chiave, ("presentaIstanza", &input), filed).await
    }

    /// The earlier request that a new one is written from: only a person's own.
    pub(crate) async fn propria(&self, ctx: &Contesto, id: PraticaId) -> Result<Pratica<istanza::Dettaglio>, AppError> {
        let unknown = || AppError::rifiuto(Refusal::field("daPratica", "pratica-inesistente"));
        let (caso, _) = self.caso(ctx, id).await?.ok_or_else(unknown)?;
        match self.autorizza(ctx, Azione::DisponiPratica, caso.base()).await {
            Err(AppError::NonTrovato) => return Err(unknown()),
            other => other?,
        }
        match caso {
            Caso::Istanza(pratica) => Ok(pratica),
            Caso::Segnalazione(_) | Caso::Lettera(_) | Caso::Appuntamento(_) => Err(unknown()),
        }
    }

    /// The service on offer under this code, if its form is still the one that was filled in.
    fn servizio_offerto(&self, ctx: &Contesto, codice: &str, versione: u32) -> Result<Arc<Servizio>, AppError> {
        let unknown = || AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto"));
        let servizio = self.servizio(ctx, codice).ok_or_else(unknown)?;
        if servizio.versione == versione {
            return Ok(servizio);
        }
        let riferimento = RiferimentoServizio { codice: codice.to_owned(), versione };
        self.servizio_di(ctx, &riferimento).ok_or_else(unknown)?;
        let refusal = Refusal::field("versione", "servizio-cambiato").with("versione", servizio.versione);
        Err(AppError::rifiuto(refusal))
    }

    /// The service in the version that was filed under this key before, if anything was.
    async fn gia_presentata(
        &self,
        ctx: &Contesto,
        utente: &Utente,
        chiave: &str,
        input: &PresentaIstanza,
    ) -> Result<Option<Arc<Servizio>>, AppError> {
        let key = idempotency(&self.parts.persone, &utente.attore(), "presentaIstanza", chiave, input)?;
        if self.parts.store.applied(ctx.codice_ente(), &key).await?.is_none() {
            return Ok(None);
        }
        let riferimento = RiferimentoServizio { codice: input.servizio.clone(), versione: input.versione };
        Ok(self.servizio_di(ctx, &riferimento))
    }

    /// Only a citizen who signed in files.
    fn filer(&self, ctx: &Contesto) -> Result<(Arc<Utente>, PraticaId), AppError> {
        let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
        if utente.ruolo != Ruolo::Cittadino {
            return Err(AppError::rifiuto(Refusal::whole("non-autorizzato")));
        }
        Ok((utente, PraticaId(self.parts.ids.uuid(self.parts.clock.now()))))
    }

    /// The uploads of this person, in the order asked.
    pub(super) async fn files(
        &self,
        ctx: &Contesto,
        utente: &Utente,
        ids: &[AllegatoId],
        massimo: usize,
    ) -> Result<Files, AppError> {
        if ids.is_empty() {
            return Ok(Files::default());
        }
        if ids.len() > massimo {
            let refusal = Refusal::field("allegati", "troppi-allegati").with("max", massimo);
            return Err(AppError::rifiuto(refusal));
        }
        let mut uploads: Vec<Upload> = self.parts.work.uploads(ctx.codice_ente(), ids).await?;
        uploads.retain(|upload| upload.proprietario == utente.id);
        if uploads.len() != ids.len() {
            return Err(AppError::rifiuto(Refusal::field("allegati", "allegato-sconosciuto")));
        }
        let nomi = uploads.iter().map(|upload| upload.nome.clone()).collect();
        let allegati = uploads
            .into_iter()
            .map(|u| Allegato { id: u.id, impronta: u.impronta, dimensione: u.dimensione, formato: u.formato })
            .collect();
        Ok(Files { allegati, nomi })
    }

    async fn deposit<T: Serialize + Sync>(
        &self,
        ctx: &Contesto,
        chiave: &str,
        (name, input): (&str, &T),
        filed: Filed,
    ) -> Result<Esito, AppError> {
        let Filed { utente, tipo, id, files, decide } = filed;
        let attore = utente.attore();
        let key = idempotency(&self.parts.persone, &attore, name, chiave, input)?;
        let titolare = utente.id;
        let filing = Filing {
            registro: CODICE_REGISTRO,
            streams: vec![(tipo.stream(id), Expected::NoStream)],
            before: None,
            titolare,
            entry: entrata((tipo, id), utente.anagrafica.clone(), files),
            decide: sola(decide),
        };
        Box::pin(self.file(ctx, attore, key, chiave, filing)).await
    }
}

/// Sender or addressee of a registered document (DPR 445/2000 art. 53 c. 1 c).
pub(super) fn corrispondente(anagrafica: &Anagrafica, nomi_allegati: Vec<String>) -> Corrispondente {
    Corrispondente {
        nome: anagrafica.nome.clone(),
        cognome: anagrafica.cognome.clone(),
        codice_fiscale: anagrafica.codice_fiscale.clone(),
        nomi_allegati,
    }
}

/// The entry of the register for what somebody files: what the event of the filing says of it.
pub(crate) fn entrata((tipo, id): (TipoPratica, PraticaId), autore: Anagrafica, files: Files) -> Entry {
    Box::new(move |events| {
        let deposito = deposito(events)?;
        Ok(Registra {
            flusso: Flusso::E,
            oggetto: deposito.oggetto,
            pratica: id,
            tipo_pratica: tipo.as_str(),
            classifica: deposito.classifica,
            assegnazione: deposito.ufficio,
            riservato: deposito.riservato,
            allegati: files.allegati,
            primario: None,
            corrispondente: corrispondente(&autore, files.nomi),
        })
    })
}

fn deposito(events: &[Evento]) -> Result<Deposito, AppError> {
    events
        .iter()
        .find_map(|evento| match evento {
            Evento::Segnalazione(segnalazione::Event::SegnalazioneInviata(e)) => Some(e.deposito.clone()),
            Evento::Lettera(lettera::Event::LetteraInviata(e)) => Some(e.deposito.clone()),
            Evento::Istanza(istanza::Event::IstanzaPresentata(e)) => Some(e.deposito.clone()),
            Evento::Appuntamento(appuntamento::Event::AppuntamentoPrenotato(e)) => Some(e.deposito.clone()),
            _ => None,
        })
        .ok_or_else(|| AppError::Interno("a filing without its event".into()))
}
