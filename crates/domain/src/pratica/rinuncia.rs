//! Withdrawal: the applicant takes the request back while it is open.

use super::Base;
use crate::ids::PraticaId;
use crate::persona::{LivelloIdentita, richiede_livello};
use crate::refusal::{Findings, Refusal, Refused};
use crate::registro::Protocollo;
use crate::testo::testo_facoltativo;
use crate::{Ctx, Personale, Sample};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Characters of a reason, at most.
pub const MAX_MOTIVO: usize = 500;

/// The withdrawal; its canonical bytes are what the register's impronta is computed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentoRinuncia {
    /// Why, if the applicant says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motivo: Option<String>,
}

/// The applicant withdrew the request: the proceeding ends here, without a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IstanzaRinunciata {
    /// The case.
    pub pratica: PraticaId,
    /// When; equals the date of protocol.
    pub il: Timestamp,
    /// Its entry in the register, direction `E`.
    pub protocollo: Protocollo,
    /// The reason.
    pub personale: Personale<DocumentoRinuncia>,
}

impl Sample for IstanzaRinunciata {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            il: super::sample_instant(),
            protocollo: Protocollo::sample(),
            personale: DocumentoRinuncia { motivo: Some("Non mi serve più.".into()) }.into(),
        }
    }
}

/// A withdrawal, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rinuncia {
    /// When.
    pub il: Timestamp,
    /// Its entry in the register.
    pub protocollo: Protocollo,
    /// The reason.
    pub documento: Personale<DocumentoRinuncia>,
}

/// Decides a withdrawal.
///
/// # Errors
/// `non-autorizzato`, `livello-identita`, `stato-non-ammesso`; refusals about `motivo`; `protocollo-mancante`.
pub fn rinuncia(base: &Base, motivo: Option<&str>, ctx: &Ctx) -> Result<IstanzaRinunciata, Refused> {
    base.richiede_titolare(ctx)?;
    richiede_livello(&ctx.attore, LivelloIdentita::L2)?;
    if !base.stato.aperta() || base.protocollo.is_none() {
        return Err(base.fuori_stato().into());
    }
    let mut findings = Findings::default();
    let motivo = findings.take(testo_facoltativo("motivo", motivo, MAX_MOTIVO)).flatten();
    findings.done()?;
    let protocollo = ctx.protocollo.clone().ok_or_else(|| Refusal::whole("protocollo-mancante"))?;
    let personale = DocumentoRinuncia { motivo }.into();
    Ok(IstanzaRinunciata { pratica: base.id, il: protocollo.data, protocollo, personale })
}

impl Base {
    /// Folds a withdrawal.
    pub fn rinunciata(&mut self, event: &IstanzaRinunciata) {
        self.stato = super::StatoPratica::Rinunciata;
        self.rinuncia =
            Some(Rinuncia { il: event.il, protocollo: event.protocollo.clone(), documento: event.personale.clone() });
    }

    /// Only who filed the case may add to it or withdraw it.
    pub(super) fn richiede_titolare(&self, ctx: &Ctx) -> Result<(), Refusal> {
        if ctx.attore.id == self.titolare { Ok(()) } else { Err(Refusal::whole("non-autorizzato")) }
    }

    /// The refusal of a step that does not follow where the case stands.
    pub(super) fn fuori_stato(&self) -> Refusal {
        Refusal::whole("stato-non-ammesso").with("stato", self.stato.as_str())
    }
}
