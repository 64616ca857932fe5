//! The term itself.

use super::{
    error::{TermineError, dopo},
    festivi::Festivi,
    ora::{data_locale, fine_giornata},
    sospensione::{Causa, Sospensione},
};
use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Days of a proceeding for which no other term is set (L. 241/1990 art. 2 c.2).
pub const GIORNI_ORDINARI: u16 = 30;

/// Longest term in days: two years, well beyond the 180 days of L. 241/1990 art. 2 c.4. More is a slip in the service.
pub const MASSIMO_GIORNI: u16 = 730;

/// Longest term in months: ten years, the ordinary limitation period (c.c. art. 2946).
pub const MASSIMO_MESI: u16 = 120;

/// A term as it was computed. Stored whole, so that a later calendar never changes what was told to the citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Termine {
    /// Protocol date of the submission; it does not count.
    pub t0: Date,
    /// Calendar days, from the version of the service in force at `t0`.
    pub giorni: u16,
    /// In order of date.
    pub sospensioni: Vec<Sospensione>,
    /// Last day for the office to conclude. Never festivo.
    pub scadenza: Date,
    /// The table of holidays it was computed with.
    pub calendario_versione: String,
}

/// Computes a term of so many days from `t0`. Suspensions may come in any order; each must begin while the term runs.
pub fn calcola(t0: Date, giorni: u16, sospensioni: &[Sospensione], festivi: &Festivi) -> Result<Termine, TermineError> {
    if giorni == 0 || giorni > MASSIMO_GIORNI {
        return Err(TermineError::DurataNonValida { massimo: MASSIMO_GIORNI });
    }
    let mut sospensioni = sospensioni.to_vec();
    sospensioni.sort_by_key(|sospensione| (sospensione.dal, sospensione.ripresa));
    let mut nominale = dopo(t0, i32::from(giorni))?;
    let mut integrata = false;
    let mut libero_dal: Option<Date> = None;
    for sospensione in &sospensioni {
        let dal = sospensione.dal;
        sospensione.verifica()?;
        if dal < t0 {
            return Err(TermineError::SospensioneAnteriore { dal });
        }
        if libero_dal.is_some_and(|libero| dal < libero) {
            return Err(TermineError::SospensioneSovrapposta { dal });
        }
        if sospensione.causa == Causa::Integrazione && std::mem::replace(&mut integrata, true) {
            return Err(TermineError::SecondaIntegrazione);
        }
        let scadenza = festivi.shift_if_festivo(nominale)?;
        if dal > scadenza {
            return Err(TermineError::TermineScaduto { scadenza });
        }
        nominale = dopo(nominale, sospensione.giorni())?;
        libero_dal = Some(sospensione.ripresa);
    }
    let scadenza = festivi.shift_if_festivo(nominale)?;
    Ok(Termine { t0, giorni, sospensioni, scadenza, calendario_versione: festivi.versione().to_owned() })
}

impl Termine {
    /// As [`calcola`].
    pub fn calcola(
        t0: Date,
        giorni: u16,
        sospensioni: &[Sospensione],
        festivi: &Festivi,
    ) -> Result<Self, TermineError> {
        calcola(t0, giorni, sospensioni, festivi)
    }

    /// The term with one suspension more.
    pub fn sospeso(&self, sospensione: Sospensione, festivi: &Festivi) -> Result<Self, TermineError> {
        let mut sospensioni = self.sospensioni.clone();
        sospensioni.push(sospensione);
        calcola(self.t0, self.giorni, &sospensioni, festivi)
    }

    /// The term with the day of resumption of its last suspension settled: documents or observations have come.
    pub fn ripreso(&self, ripresa: Date, festivi: &Festivi) -> Result<Self, TermineError> {
        let mut sospensioni = self.sospensioni.clone();
        sospensioni.last_mut().ok_or(TermineError::NessunaSospensione)?.ripresa = ripresa;
        calcola(self.t0, self.giorni, &sospensioni, festivi)
    }

    /// The suspension in which a day falls.
    pub fn sospensione_al(&self, data: Date) -> Option<&Sospensione> {
        self.sospensioni.iter().find(|sospensione| sospensione.comprende(data))
    }

    /// Whether the one suspension for missing documents has been used (L. 241/1990 art. 2 c.7).
    pub fn integrazione_usata(&self) -> bool {
        self.sospensioni.iter().any(|sospensione| sospensione.causa == Causa::Integrazione)
    }

    /// Days that did not count.
    pub fn giorni_sospesi(&self) -> i32 {
        self.sospensioni.iter().map(Sospensione::giorni).sum()
    }

    /// The instant from which it has expired: 24:00 in Italy of the last day.
    pub fn fine(&self) -> Timestamp {
        fine_giornata(self.scadenza)
    }

    /// Whether it has expired at an instant.
    pub fn scaduto(&self, ts: Timestamp) -> bool {
        ts >= self.fine()
    }

    /// Days left at an instant: 0 on the last day, negative once expired.
    pub fn giorni_rimanenti(&self, ts: Timestamp) -> i32 {
        (self.scadenza - data_locale(ts)).get_days()
    }
}

/// The same day number some months later, or the last day of that month when it has no such day (c.c. art. 2963 c.4-5).
pub fn aggiungi_mesi(data: Date, mesi: u16) -> Result<Date, TermineError> {
    data.checked_add(jiff::Span::new().months(i32::from(mesi))).map_err(|_| TermineError::FuoriCalendario)
}

/// Last day of a term in months from `t0`, moved if festivo.
pub fn scadenza_in_mesi(t0: Date, mesi: u16, festivi: &Festivi) -> Result<Date, TermineError> {
    if mesi == 0 || mesi > MASSIMO_MESI {
        return Err(TermineError::DurataNonValida { massimo: MASSIMO_MESI });
    }
    festivi.shift_if_festivo(aggiungi_mesi(t0, mesi)?)
}
