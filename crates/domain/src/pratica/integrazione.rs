//! Missing documents: the office asks once, with a list and a date, and the term waits (L. 241/1990 art. 2 c. 7 and
//! art. 6 c. 1 b); the applicant adds them, late ones too.

use super::{Base, MAX_MESSAGGIO, StatoPratica, TermineCalcolato, allegati, misure};
use crate::allegato::{Allegato, MAX_ALLEGATI, MAX_BYTES};
use crate::ids::PraticaId;
use crate::persona::{LivelloIdentita, Operatore, richiede_livello};
use crate::refusal::{Findings, Refusal, Refused};
use crate::registro::Protocollo;
use crate::termini::{
    Causa, Festivi, MASSIMO_INTEGRAZIONE, Sospensione, TermineError, data_locale, giorno_in_parole,
    ripresa_integrazione_entro,
};
use crate::testo::{riga, testo_facoltativo};
use crate::{Ctx, Personale, Sample};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Documents that one request asks for, at most.
pub const MAX_VOCI: usize = 20;
/// Characters that name one of them, at least.
pub const MIN_VOCE: usize = 3;
/// Characters that name one of them, at most.
pub const MAX_VOCE: usize = 300;

/// What the office asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RichiediIntegrazione {
    /// What is missing, one document or piece of information each.
    pub voci: Vec<String>,
    /// Last day to send it: from 1 to [`MASSIMO_INTEGRAZIONE`] days from the day of the request.
    pub entro: Date,
    /// Words for the citizen.
    pub messaggio: Option<String>,
}

/// What the applicant adds: files, words, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresentaIntegrazione {
    /// Words for the office.
    pub testo: Option<String>,
    /// Files, checked and stored beforehand.
    pub allegati: Vec<Allegato>,
    /// Their names, in the same order.
    pub nomi_allegati: Vec<String>,
}

/// The request for documents; its canonical bytes are what the register's impronta is computed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentoRichiesta {
    /// What is missing.
    pub voci: Vec<String>,
    /// Words for the citizen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaggio: Option<String>,
}

/// What was added; its canonical bytes are what the register's impronta is computed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentoIntegrazione {
    /// Words for the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub testo: Option<String>,
    /// Names of the files as given, in the order of `allegati`.
    pub nomi_allegati: Vec<String>,
    /// Hashes of the files, in the same order.
    pub impronte_allegati: Vec<String>,
}

/// The office asked for what is missing, with an outgoing document of its own number. Where the term was still running, the
/// `TermineCalcolato` of the same commit says until when it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntegrazioneRichiesta {
    /// The case.
    pub pratica: PraticaId,
    /// Who asks.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
    /// Entry of the request in the register, direction `U`.
    pub protocollo: Protocollo,
    /// Last day to answer it.
    pub entro: Date,
    /// What is missing.
    pub personale: Personale<DocumentoRichiesta>,
}

impl Sample for IntegrazioneRichiesta {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            operatore: Operatore::sample(),
            il: super::sample_instant(),
            protocollo: Protocollo::sample(),
            entro: jiff::civil::date(2026, 3, 30),
            personale: DocumentoRichiesta {
                voci: vec!["Planimetria dell'area, firmata".into(), "Ricevuta del versamento".into()],
                messaggio: Some("La planimetria allegata non si legge.".into()),
            }
            .into(),
        }
    }
}

/// The applicant added what was asked for. The term runs again from the day of the entry, as the `TermineCalcolato` of the
/// same commit says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntegrazionePresentata {
    /// The case.
    pub pratica: PraticaId,
    /// When; equals the date of protocol.
    pub il: Timestamp,
    /// Its entry in the register, direction `E`.
    pub protocollo: Protocollo,
    /// Files.
    pub allegati: Vec<Allegato>,
    /// Words, and names of the files.
    pub personale: Personale<DocumentoIntegrazione>,
}

impl Sample for IntegrazionePresentata {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            il: super::sample_instant(),
            protocollo: Protocollo::sample(),
            allegati: vec![Allegato::sample()],
            personale: DocumentoIntegrazione {
                testo: Some("Ecco la planimetria firmata.".into()),
                nomi_allegati: vec!["planimetria-firmata.jpg".into()],
                impronte_allegati: vec!["ab".repeat(32)],
            }
            .into(),
        }
    }
}

/// A request for documents and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integrazione {
    /// Who asked.
    pub operatore: Operatore,
    /// When.
    pub richiesta_il: Timestamp,
    /// Entry of the request.
    pub protocollo: Protocollo,
    /// Last day to answer it.
    pub entro: Date,
    /// What is missing.
    pub richiesta: Personale<DocumentoRichiesta>,
    /// What was added, once it was.
    pub risposta: Option<RispostaIntegrazione>,
}

/// What was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RispostaIntegrazione {
    /// When.
    pub il: Timestamp,
    /// Its entry in the register.
    pub protocollo: Protocollo,
    /// Words, and names of the files.
    pub documento: Personale<DocumentoIntegrazione>,
    /// Place of its first file among those of the case.
    pub primo_allegato: usize,
    /// Files it brought.
    pub allegati: usize,
}

impl Integrazione {
    /// Whether its last day has passed at an instant: from 24:00 in Italy on, the office may go on without the answer.
    pub fn scaduta(&self, at: Timestamp) -> bool {
        data_locale(at) > self.entro
    }
}

/// Where a case stands once nothing is waited for any more.
fn prima(base: &Base) -> StatoPratica {
    if base.lavorazione_dal.is_some() { StatoPratica::InLavorazione } else { StatoPratica::PresaInCarico }
}

/// Where a case stands for a step that wants it in `from`: while documents are awaited it stands still, until their day
/// has passed.
///
/// # Errors
/// `integrazione-attesa` with the day.
pub(super) fn stato_per(base: &Base, from: StatoPratica, at: Timestamp) -> Result<StatoPratica, Refusal> {
    match &base.integrazione {
        Some(integrazione) if base.stato == StatoPratica::InIntegrazione && prima(base) == from => {
            if base.stato_di_lavoro(at) == from {
                return Ok(from);
            }
            let entro = giorno_in_parole(integrazione.entro);
            Err(Refusal::whole("integrazione-attesa").with("entro", entro))
        }
        _ => Ok(base.stato),
    }
}

/// First and last day that an office may set on a day.
pub fn giorni_ammessi(oggi: Date) -> (Date, Date) {
    let after = |days: u16| oggi.saturating_add(Span::new().days(i32::from(days)));
    (after(1), after(MASSIMO_INTEGRAZIONE))
}

/// Decides a request for documents.
///
/// A term that has already expired cannot be suspended: the request is sent, the date stays.
///
/// # Errors
/// `integrazione-gia-richiesta`, `stato-non-ammesso`; all that is wrong about `voci`, `entro`, `messaggio`;
/// `protocollo-mancante`, `termine-non-calcolabile`.
pub fn richiedi(
    base: &Base,
    command: RichiediIntegrazione,
    ctx: &Ctx,
) -> Result<(IntegrazioneRichiesta, Option<TermineCalcolato>), Refused> {
    if base.integrazione.is_some() {
        return Err(Refusal::whole("integrazione-gia-richiesta").into());
    }
    if !matches!(base.stato, StatoPratica::PresaInCarico | StatoPratica::InLavorazione) {
        return Err(base.fuori_stato().into());
    }
    let protocollo = ctx.protocollo.clone().ok_or_else(|| Refusal::whole("protocollo-mancante"))?;
    let dal = protocollo.data_locale();
    let mut findings = Findings::default();
    let voci = findings.take(voci(&command.voci));
    let (first, last) = giorni_ammessi(dal);
    if !(first..=last).contains(&command.entro) {
        let refusal = Refusal::field("entro", "data-non-ammessa");
        findings.push(refusal.with("dal", giorno_in_parole(first)).with("al", giorno_in_parole(last)));
    }
    let messaggio =
        findings.take(testo_facoltativo("messaggio", command.messaggio.as_deref(), MAX_MESSAGGIO)).flatten();
    findings.done()?;
    let event = IntegrazioneRichiesta {
        pratica: base.id,
        operatore: (&ctx.attore).into(),
        il: protocollo.data,
        protocollo,
        entro: command.entro,
        personale: DocumentoRichiesta { voci: voci.unwrap_or_default(), messaggio }.into(),
    };
    Ok((event, sospeso(base, dal, command.entro)?))
}

/// What is missing, item by item; empty ones do not count.
fn voci(voci: &[String]) -> Result<Vec<String>, Refusal> {
    let voci: Vec<&String> = voci.iter().filter(|voce| !voce.trim().is_empty()).collect();
    if voci.is_empty() {
        return Err(Refusal::field("voci", "obbligatorio"));
    }
    if voci.len() > MAX_VOCI {
        return Err(Refusal::field("voci", "troppi-documenti").with("max", MAX_VOCI).with("attuale", voci.len()));
    }
    let clean = voci.iter().zip(1..).map(|(voce, n)| {
        let wrong = |_| Refusal::field("voci", "voce-non-valida").with("voce", n);
        riga("voci", voce, MIN_VOCE, MAX_VOCE).map_err(wrong)
    });
    clean.map(|voce| voce.map_err(|refusal| refusal.with("min", MIN_VOCE).with("max", MAX_VOCE))).collect()
}

/// The term, waiting for the answer until its latest day; none where nothing is left to suspend.
fn sospeso(base: &Base, dal: Date, entro: Date) -> Result<Option<TermineCalcolato>, Refusal> {
    let unknown = |_| Refusal::whole("termine-non-calcolabile");
    let termine = base.termine.as_ref().ok_or_else(|| Refusal::whole("termine-non-calcolabile"))?;
    let giorni = u16::try_from((entro - dal).get_days()).map_err(|_| Refusal::whole("termine-non-calcolabile"))?;
    let ripresa = ripresa_integrazione_entro(dal, giorni, None).map_err(unknown)?;
    match termine.sospeso(Sospensione { causa: Causa::Integrazione, dal, ripresa }, &Festivi::default()) {
        Ok(termine) => Ok(Some(TermineCalcolato { pratica: base.id, termine })),
        Err(TermineError::TermineScaduto { .. }) => Ok(None),
        Err(error) => Err(unknown(error)),
    }
}

/// Decides what the applicant adds. After its day it is still taken, as long as the case is open; the term does not wait
/// for it any longer than it would have.
///
/// # Errors
/// `non-autorizzato`, `livello-identita`, `integrazione-non-richiesta`, `integrazione-gia-presentata`, `stato-non-ammesso`;
/// all that is wrong about `testo` and `allegati`; `protocollo-mancante`, `termine-non-calcolabile`.
pub fn presenta(
    base: &Base,
    command: PresentaIntegrazione,
    ctx: &Ctx,
) -> Result<(IntegrazionePresentata, Option<TermineCalcolato>), Refused> {
    base.richiede_titolare(ctx)?;
    richiede_livello(&ctx.attore, LivelloIdentita::L2)?;
    if !base.stato.aperta() {
        return Err(base.fuori_stato().into());
    }
    let asked = base.integrazione.as_ref().ok_or_else(|| Refusal::whole("integrazione-non-richiesta"))?;
    if asked.risposta.is_some() {
        return Err(Refusal::whole("integrazione-gia-presentata").into());
    }
    let mut findings = Findings::default();
    let testo = findings.take(testo_facoltativo("testo", command.testo.as_deref(), MAX_MESSAGGIO)).flatten();
    findings.take(allegati(&command.allegati, &command.nomi_allegati, MAX_ALLEGATI));
    findings.take(misure(&command.allegati, MAX_BYTES));
    if command.allegati.iter().any(|new| base.allegati.iter().any(|old| old.id == new.id)) {
        findings.push(Refusal::field("allegati", "allegato-ripetuto"));
    }
    findings.done()?;
    if testo.is_none() && command.allegati.is_empty() {
        return Err(Refusal::field("testo", "integrazione-vuota").into());
    }
    let protocollo = ctx.protocollo.clone().ok_or_else(|| Refusal::whole("protocollo-mancante"))?;
    let termine = ripreso(base, asked, protocollo.data_locale())?;
    let event = IntegrazionePresentata {
        pratica: base.id,
        il: protocollo.data,
        protocollo,
        personale: DocumentoIntegrazione {
            testo,
            nomi_allegati: command.nomi_allegati,
            impronte_allegati: command.allegati.iter().map(|a| a.impronta.as_str().to_owned()).collect(),
        }
        .into(),
        allegati: command.allegati,
    };
    Ok((event, termine))
}

/// The term, running again from the day on which the answer came, or from the day set for it when that was earlier.
fn ripreso(base: &Base, asked: &Integrazione, il: Date) -> Result<Option<TermineCalcolato>, Refusal> {
    let termine = base.termine.as_ref().filter(|termine| termine.integrazione_usata());
    let Some(termine) = termine else { return Ok(None) };
    let termine = termine.ripreso(il.min(asked.entro), &Festivi::default());
    let termine = termine.map_err(|_| Refusal::whole("termine-non-calcolabile"))?;
    Ok(Some(TermineCalcolato { pratica: base.id, termine }))
}

impl Base {
    /// Where the case stands for the office at an instant: once the last day for documents has passed without an answer,
    /// where it stood before they were asked for.
    pub fn stato_di_lavoro(&self, at: Timestamp) -> StatoPratica {
        let waited = self.integrazione.as_ref().is_some_and(|integrazione| integrazione.scaduta(at));
        if self.stato == StatoPratica::InIntegrazione && waited { prima(self) } else { self.stato }
    }

    /// Folds a request for documents.
    pub fn integrazione_richiesta(&mut self, event: &IntegrazioneRichiesta) {
        self.stato = StatoPratica::InIntegrazione;
        self.integrazione = Some(Integrazione {
            operatore: event.operatore.clone(),
            richiesta_il: event.il,
            protocollo: event.protocollo.clone(),
            entro: event.entro,
            richiesta: event.personale.clone(),
            risposta: None,
        });
    }

    /// Folds what was added: the files join those of the case, after the ones it had.
    pub fn integrazione_presentata(&mut self, event: &IntegrazionePresentata) {
        if self.stato == StatoPratica::InIntegrazione {
            self.stato = prima(self);
        }
        let primo_allegato = self.allegati.len();
        if let Some(integrazione) = &mut self.integrazione {
            integrazione.risposta = Some(RispostaIntegrazione {
                il: event.il,
                protocollo: event.protocollo.clone(),
                documento: event.personale.clone(),
                primo_allegato,
                allegati: event.allegati.len(),
            });
        }
        self.allegati.extend(event.allegati.iter().cloned());
        if let Some(documento) = event.personale.get() {
            // Names stand in the places of their files, whatever became of the earlier ones.
            self.nomi_allegati.resize(primo_allegato, String::new());
            self.nomi_allegati.extend(documento.nomi_allegati.iter().cloned());
        }
    }
}
