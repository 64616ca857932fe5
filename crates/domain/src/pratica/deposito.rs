//! What every filing does: names itself, checks its files, issues the receipt, computes the term.

use super::{RicevutaEmessa, TermineCalcolato, TipoPratica};
use crate::allegato::{Allegato, MAX_NOME, MEGABYTE};
use crate::ente::CodiceUfficio;
use crate::ids::{CodicePratica, PersonaId, PraticaId};
use crate::refusal::{Refusal, Refused};
use crate::termini::{Festivi, Termine};
use crate::testo::riga;
use crate::titolario::Classifica;
use crate::{Ctx, Sample};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What every filing states in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deposito {
    /// The case.
    pub pratica: PraticaId,
    /// Its code.
    pub codice: CodicePratica,
    /// Whose it is.
    pub titolare: PersonaId,
    /// Subject for the register, free of special categories of data.
    pub oggetto: String,
    /// Office to which it goes.
    pub ufficio: CodiceUfficio,
    /// Class of the titolario.
    pub classifica: Classifica,
    /// Restricted to the office and the protocol office.
    pub riservato: bool,
    /// When; equals the date of protocol (L. 241/1990 art. 18-bis).
    pub inviata_il: Timestamp,
    /// Files.
    pub allegati: Vec<Allegato>,
}

/// Where a filing goes and under which subject.
#[derive(Debug, Clone, Copy)]
pub struct Instradamento<'a> {
    /// Kind of case.
    pub tipo: TipoPratica,
    /// Subject for the register.
    pub oggetto: &'a str,
    /// Office.
    pub ufficio: &'a str,
    /// Class of the titolario.
    pub classifica: &'a Classifica,
    /// Restricted.
    pub riservato: bool,
    /// Days for the answer.
    pub giorni: u16,
}

/// The three parts of a filing that do not depend on its kind, from the number that is being assigned.
///
/// The instant of the filing and the first day of the term are those of the protocol entry itself, so that the dates
/// cannot differ (L. 241/1990 art. 18-bis).
///
/// # Errors
/// `protocollo-mancante` outside a registration.
pub fn deposita(
    id: PraticaId,
    allegati: Vec<Allegato>,
    via: Instradamento<'_>,
    ctx: &Ctx,
) -> Result<(Deposito, RicevutaEmessa, TermineCalcolato), Refused> {
    let protocollo = ctx.protocollo.clone().ok_or_else(|| Refusal::whole("protocollo-mancante"))?;
    let termine = Termine::calcola(protocollo.data_locale(), via.giorni, &[], &Festivi::default())
        .map_err(|_| Refusal::whole("termine-non-calcolabile"))?;
    let codice = via.tipo.codice(id);
    let inviata_il = protocollo.data;
    let ricevuta = RicevutaEmessa {
        pratica: id,
        codice: codice.clone(),
        protocollo,
        oggetto: via.oggetto.to_owned(),
        ufficio: via.ufficio.to_owned(),
    };
    let deposito = Deposito {
        pratica: id,
        codice,
        titolare: ctx.attore.id,
        oggetto: via.oggetto.to_owned(),
        ufficio: CodiceUfficio::new(via.ufficio),
        classifica: *via.classifica,
        riservato: via.riservato,
        inviata_il,
        allegati,
    };
    Ok((deposito, ricevuta, TermineCalcolato { pratica: id, termine }))
}

impl Deposito {
    pub(crate) fn sample_of(tipo: TipoPratica, oggetto: &str, ufficio: &str, classifica: &str) -> Self {
        let pratica = PraticaId::sample();
        Self {
            pratica,
            codice: tipo.codice(pratica),
            titolare: PersonaId::sample(),
            oggetto: oggetto.into(),
            ufficio: CodiceUfficio::new(ufficio),
            classifica: Classifica::parse(classifica).expect("a class of the titolario"),
            riservato: tipo == TipoPratica::Lettera,
            inviata_il: super::sample_instant(),
            allegati: vec![Allegato::sample()],
        }
    }
}

/// No file larger than it may be: an upload may have been taken for another service.
///
/// # Errors
/// `file-troppo-grande` about `allegati`.
pub fn misure<'a>(allegati: impl IntoIterator<Item = &'a Allegato>, massimo: u64) -> Result<(), Refusal> {
    if allegati.into_iter().all(|allegato| allegato.dimensione <= massimo) {
        return Ok(());
    }
    Err(Refusal::field("allegati", "file-troppo-grande").with("max", massimo / MEGABYTE))
}

/// Not too many files, each with its name, none twice.
///
/// # Errors
/// `troppi-allegati`, `allegato-ripetuto`, or as [`riga`] for a name, all about `allegati`.
pub fn allegati(allegati: &[Allegato], nomi: &[String], massimo: usize) -> Result<(), Refusal> {
    if allegati.len() > massimo || nomi.len() != allegati.len() {
        return Err(Refusal::field("allegati", "troppi-allegati").with("max", massimo));
    }
    if allegati.iter().enumerate().any(|(i, a)| allegati[..i].iter().any(|b| b.id == a.id)) {
        return Err(Refusal::field("allegati", "allegato-ripetuto"));
    }
    nomi.iter().try_for_each(|nome| riga("allegati", nome, 1, MAX_NOME).map(|_| ()))
}
