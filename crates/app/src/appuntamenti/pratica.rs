//! The case that an appointment is about: found by what stands on its receipt, or opened at the desk.

use super::cambia::chiamata;
use super::comando::{Mossa, Passo};
use super::voluto::attesa;
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::commands::{DecideInsieme, Esito, Files, entrata};
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::BoxFuture;
use domain::appuntamento::{self, Command, Dettaglio};
use domain::ids::{CodicePratica, PraticaId};
use domain::persona::{Anagrafica, Attore, Ruolo};
use domain::pratica::{Pratica, TipoPratica};
use domain::registro::CODICE_REGISTRO;
use domain::servizio::Servizio;
use domain::{Caso, Ctx, Evento, Refusal, istanza};
use eventstore::Expected;
use projections::{FiltroPratiche, Pagina};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

/// The service under which a case is opened at the desk: what has a form of its own is filed with that form.
const SERVIZIO: &str = "richiesta-generica";
/// Characters of a reference that are looked at.
pub(super) const MAX_RIFERIMENTO: usize = 60;
/// Cases whose words hold a number and that are looked at for the one that has it.
const OMONIME: u32 = 20;

/// A case that is opened at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApriPratica {
    /// The appointment.
    pub appuntamento: PraticaId,
    /// Subject.
    pub oggetto: String,
    /// What is asked for, as the person says it.
    pub richiesta: String,
}

/// Number and year of a protocol number as people write it: `0000012/2026`, `12/2026`, `prot. n. 12 / 2026`.
fn protocollo(text: &str) -> Option<(u64, i16)> {
    let (numero, anno) = text.rsplit_once('/')?;
    let numero = numero.rsplit(|c: char| !c.is_ascii_digit() && c != ' ').next().unwrap_or_default();
    let (numero, anno) = (numero.trim().parse().ok()?, anno.trim());
    let year = anno.len() == 4 && anno.bytes().all(|b| b.is_ascii_digit());
    Some((numero, anno.parse().ok().filter(|_| year)?))
}

impl App {
    /// Says which case an appointment is about, by its protocol number, its code or its id.
    ///
    /// # Errors
    /// `pratica-sconosciuta`, `pratica-di-altri` about `riferimento`, and those of [`App::collega_appuntamento`].
    pub async fn collega_per_riferimento(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        riferimento: &str,
    ) -> Result<Esito, AppError> {
        let refusal = |code: &str| AppError::rifiuto(Refusal::field("riferimento", code));
        let (appuntamento, _) = self.appuntamento(ctx.codice_ente(), id).await?.ok_or(AppError::NonTrovato)?;
        self.autorizza(ctx, Azione::LavoraPratica, &appuntamento.base).await?;
        if riferimento.trim().is_empty() {
            return Err(refusal("obbligatorio"));
        }
        let pratica = self.per_riferimento(ctx, riferimento).await?.ok_or_else(|| refusal("pratica-sconosciuta"))?;
        let found = self.caso(ctx, pratica).await?;
        let (caso, _) = found.ok_or_else(|| refusal("pratica-sconosciuta"))?;
        // Whose a case is may know who may read it; to others it is not there.
        let readable = self.autorizza(ctx, Azione::LeggiPratica, caso.base()).await;
        readable.map_err(|_| refusal("pratica-sconosciuta"))?;
        if caso.base().tipo == TipoPratica::Appuntamento {
            return Err(refusal("pratica-sconosciuta"));
        }
        if caso.base().titolare != appuntamento.base.titolare {
            return Err(refusal("pratica-di-altri"));
        }
        self.collega_appuntamento(ctx, chiave, id, pratica).await
    }

    /// The case of a reference among those of the offices of who asks.
    async fn per_riferimento(&self, ctx: &Contesto, text: &str) -> Result<Option<PraticaId>, AppError> {
        let text = text.trim();
        if text.chars().count() > MAX_RIFERIMENTO {
            return Ok(None);
        }
        if let Ok(id) = text.parse::<PraticaId>() {
            return Ok(Some(id));
        }
        self.attendi_testa(ctx.codice_ente()).await;
        if let Some(codice) = CodicePratica::parse(text) {
            let row = self.parts.reads.pratica_per_codice(ctx.codice_ente(), codice.as_str()).await?;
            return Ok(row.map(|row| row.id));
        }
        let Some((numero, anno)) = protocollo(text) else { return Ok(None) };
        let filtro = FiltroPratiche { testo: Some(format!("{numero:07}/{anno}")), ..FiltroPratiche::default() };
        let rows = self.scrivania(ctx, filtro, Pagina::prima(OMONIME)).await?.righe;
        let found = rows.iter().find(|row| {
            let number = row.protocollo.as_ref().filter(|_| row.tipo != TipoPratica::Appuntamento);
            number.is_some_and(|p| (p.numero, p.anno) == (numero, anno))
        });
        Ok(found.map(|row| row.id))
    }

    /// Opens a case for who has an appointment, in one commit with the link of the two. It is filed in the person's name, at
    /// the office of the appointment; the log says which officer did it.
    ///
    /// # Errors
    /// Those of the form of the generic request; `gia-collegata`, `appuntamento-chiuso`, `dati-cancellati`;
    /// [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn apri_pratica(&self, ctx: &Contesto, chiave: &str, input: ApriPratica) -> Result<Esito, AppError> {
        let chiamata = chiamata(self, ctx, ("apriPratica", chiave), &input)?;
        let unknown = || AppError::rifiuto(Refusal::whole("servizio-sconosciuto"));
        let servizio = self.servizio(ctx, SERVIZIO).ok_or_else(unknown)?;
        let id = PraticaId(self.parts.ids.uuid(self.parts.clock.now()));
        let fatto = self.compi(&chiamata, &Apertura { ctx, id, input, servizio }).await?;
        self.esito(ctx.codice_ente(), fatto).await
    }
}

/// The opening of a case.
struct Apertura<'a> {
    ctx: &'a Contesto,
    id: PraticaId,
    input: ApriPratica,
    servizio: Arc<Servizio>,
}

impl Apertura<'_> {
    fn presenta(&self, pratica: &Pratica<Dettaglio>, autore: Anagrafica) -> istanza::Presenta {
        istanza::Presenta {
            id: self.id,
            autore,
            // Whoever opens it works on it.
            servizio: Arc::new(Servizio { ufficio: pratica.base.ufficio.clone(), ..Servizio::clone(&self.servizio) }),
            modulo: json!({ "oggetto": self.input.oggetto, "richiesta": self.input.richiesta }),
            allegati: Vec::new(),
            nomi_allegati: Vec::new(),
            da_pratica: None,
        }
    }
}

impl Mossa for Apertura<'_> {
    fn giorni(&self) -> Vec<String> {
        Vec::new()
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let (ente, appuntamento) = (self.ctx.codice_ente(), self.input.appuntamento);
            let (pratica, version) = app.appuntamento(ente, appuntamento).await?.ok_or(AppError::NonTrovato)?;
            app.autorizza(self.ctx, Azione::LavoraPratica, &pratica.base).await?;
            let autore = pratica.base.richiedente.get().cloned();
            let autore = autore.ok_or_else(|| AppError::rifiuto(Refusal::whole("dati-cancellati")))?;
            let titolare = pratica.base.titolare;
            let presenta = self.presenta(&pratica, autore.clone());
            let entry = entrata((TipoPratica::Istanza, self.id), autore.clone(), Files::default());
            let (id, state) = (self.id, Some(pratica));
            let decide: DecideInsieme = Arc::new(move |ctx| {
                let chiuso = state.as_ref().is_some_and(|pratica| {
                    use domain::pratica::StatoPratica::{Annullata, NonPresentata};
                    matches!(pratica.base.stato, Annullata | NonPresentata)
                });
                if chiuso {
                    return Err(Refusal::whole("appuntamento-chiuso").into());
                }
                // In the person's name; how sure it is who they are, the officer saw.
                let nome = autore.nome_completo();
                let attore =
                    Attore { id: titolare, nome, ruolo: Ruolo::Cittadino, uffici: vec![], ..ctx.attore.clone() };
                let behalf = Ctx { attore, ..ctx.clone() };
                let linked = appuntamento::decide(&state, Command::Collega { pratica: id }, ctx)?;
                let filed = istanza::decide(&None, istanza::Command::Presenta(Box::new(presenta.clone())), &behalf)?;
                Ok(vec![
                    filed.into_iter().map(Evento::Istanza).collect(),
                    linked.into_iter().map(Evento::Appuntamento).collect(),
                ])
            });
            let streams = vec![
                (TipoPratica::Istanza.stream(self.id), Expected::NoStream),
                (TipoPratica::Appuntamento.stream(appuntamento), attesa(version)),
            ];
            Ok(Passo { streams, decide, before: None::<Caso>, titolare, registro: Some((CODICE_REGISTRO, entry)) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appuntamenti::tests::sala::{ENTE, LUNEDI, Sala, codice, rifiuto, slot};
    use domain::pratica::StatoPratica;

    fn apri(appuntamento: PraticaId) -> ApriPratica {
        let (oggetto, richiesta) = ("Duplicato del certificato", "Chiedo un duplicato del certificato di residenza.");
        ApriPratica { appuntamento, oggetto: oggetto.into(), richiesta: richiesta.into() }
    }

    #[test]
    fn a_protocol_number_is_read_as_people_write_it() {
        for text in ["12/2026", "0000012/2026", " 12 / 2026 ", "prot. n. 12/2026", "Prot.0000012/2026"] {
            assert_eq!(protocollo(text.trim()), Some((12, 2026)), "{text}");
        }
        for text in ["", "12", "/2026", "12/26", "12/20261", "12/anno", "a/2026", "99999999999999999999999/2026"] {
            assert_eq!(protocollo(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn a_case_is_opened_from_an_appointment_in_the_name_of_who_comes() {
        let sala = Sala::nuova().await;
        let (me, officer) = (sala.cittadino(1), sala.operatore("urp"));
        let id = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
        let stranger = sala.app.apri_pratica(&sala.operatore("ambiente"), "o", apri(id)).await;
        assert!(matches!(stranger, Err(AppError::NonTrovato)));
        assert!(matches!(sala.app.apri_pratica(&me, "o", apri(id)).await, Err(AppError::NonTrovato)));
        let empty = ApriPratica { richiesta: String::new(), ..apri(id) };
        let wrong = rifiuto(sala.app.apri_pratica(&officer, "o", empty).await);
        assert!(wrong.campo.as_deref().is_some_and(|field| field.ends_with("richiesta")), "{wrong:?}");
        let opened = sala.app.apri_pratica(&officer, "o", apri(id)).await.unwrap();
        let base = opened.caso.base();
        assert_eq!((base.tipo, base.titolare), (TipoPratica::Istanza, me.utente.as_ref().unwrap().id));
        assert_eq!((base.ufficio.as_str(), base.stato), ("urp", StatoPratica::Protocollata));
        assert!(opened.protocollo.is_some());
        let again = sala.app.apri_pratica(&officer, "o", apri(id)).await.unwrap();
        assert_eq!((again.caso.base().id, again.posizione), (base.id, opened.posizione), "once");
        assert_eq!(codice(sala.app.apri_pratica(&officer, "o2", apri(id)).await), "gia-collegata");
        // Both know of each other, for who comes and for the office.
        let (case, _) = sala.app.appuntamento(ENTE, id).await.unwrap().unwrap();
        assert_eq!(case.dettaglio.collegata, Some(base.id));
        sala.letture().await;
        for reader in [&me, &officer] {
            let rows = sala.app.appuntamenti_della_pratica(reader, base.id).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
            assert!(sala.app.pratica(reader, base.id, None, None).await.unwrap().unwrap().personale);
        }
        let records = sala.app.stream(ENTE, &TipoPratica::Istanza.stream(base.id)).await.unwrap();
        let meta: serde_json::Value = serde_json::from_str(&records[0].0.meta).unwrap();
        assert_eq!(meta["actor"], officer.utente.as_ref().unwrap().id.to_string());
    }

    #[tokio::test]
    async fn an_appointment_is_linked_by_number_code_or_id_of_a_case_of_the_same_person() {
        let sala = Sala::nuova().await;
        let (me, other, officer) = (sala.cittadino(1), sala.cittadino(2), sala.operatore("urp"));
        let mine = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
        let theirs = sala.prenota(&other, "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
        let opened = sala.app.apri_pratica(&officer, "o", apri(mine)).await.unwrap();
        let (base, number) = (opened.caso.base(), opened.protocollo.clone().unwrap().segnatura().to_string());
        let third = sala.prenota(&me, "q", slot(LUNEDI, 10, 0)).await;
        // One booking a day for a service: the next is on another day.
        assert!(third.is_err());
        let link = async |id: PraticaId, text: &str| {
            sala.letture().await;
            sala.app.collega_per_riferimento(&officer, &format!("k{id}{text}"), id, text).await
        };
        for (text, refused) in [
            ("", "obbligatorio"),
            ("12345", "pratica-sconosciuta"),
            ("999/2026", "pratica-sconosciuta"),
            (&theirs.to_string(), "pratica-sconosciuta"),
            (&"9".repeat(MAX_RIFERIMENTO + 1), "pratica-sconosciuta"),
            (&number, "pratica-di-altri"),
            (base.codice.as_str(), "pratica-di-altri"),
            (&base.id.to_string(), "pratica-di-altri"),
        ] {
            let error = rifiuto(link(theirs, text).await);
            assert_eq!((error.campo.as_deref(), error.codice.as_str()), (Some("riferimento"), refused), "{text}");
        }
        for (n, text) in [number.clone(), base.codice.to_string(), base.id.to_string()].iter().enumerate() {
            let day = LUNEDI.saturating_add(jiff::Span::new().days(i64::try_from(n).unwrap() + 1));
            let id = sala.prenota(&me, &format!("r{n}"), slot(day, 9, 0)).await.unwrap().caso.base().id;
            let linked = link(id, text).await.unwrap();
            assert_eq!(super::super::tests::sala::pratica(&linked).dettaglio.collegata, Some(base.id), "{text}");
        }
        assert_eq!(codice(link(mine, &number).await), "gia-collegata");
        let stranger = sala.app.collega_per_riferimento(&sala.operatore("ambiente"), "s", mine, &number).await;
        assert!(matches!(stranger, Err(AppError::NonTrovato)));
    }
}
