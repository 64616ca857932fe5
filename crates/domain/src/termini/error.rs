//! Why a term cannot be computed.

use jiff::civil::Date;

/// Why a term cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermineError {
    /// A duration of zero, or beyond the maximum.
    #[error("a term lasts from 1 to {massimo} units")]
    DurataNonValida {
        /// Largest duration accepted, in the unit of the term (days or months).
        massimo: u16,
    },
    /// A suspension that begins before another has ended.
    #[error("the suspension from {dal} begins while another is open")]
    SospensioneSovrapposta {
        /// First day of the later one.
        dal: Date,
    },
    /// A request for missing documents suspends once only (L. 241/1990 art. 2 c.7): others may be made, without effect.
    #[error("a second request for integrazione does not suspend the term")]
    SecondaIntegrazione,
    /// Longer than the law allows for its cause.
    #[error("the suspension from {dal} may last {massimo} days at most")]
    SospensioneTroppoLunga {
        /// First day.
        dal: Date,
        /// Days allowed.
        massimo: u16,
    },
    /// The term would resume before it was suspended.
    #[error("the suspension from {dal} ends before it begins")]
    RipresaAnteriore {
        /// First day.
        dal: Date,
    },
    /// The suspension begins before the term does.
    #[error("the suspension from {dal} begins before the term")]
    SospensioneAnteriore {
        /// First day.
        dal: Date,
    },
    /// What has expired cannot be suspended: the communication may be sent, the date stays.
    #[error("the term had already expired on {scadenza}")]
    TermineScaduto {
        /// Last day of the term, as it stood.
        scadenza: Date,
    },
    /// There is nothing to resume.
    #[error("the term has no suspension")]
    NessunaSospensione,
    /// A date beyond what calendars can say.
    #[error("the date is outside the calendar")]
    FuoriCalendario,
}

impl TermineError {
    /// Stable code, for message catalogues.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DurataNonValida { .. } => "termine-durata-non-valida",
            Self::SospensioneSovrapposta { .. } => "termine-sospensione-sovrapposta",
            Self::SecondaIntegrazione => "termine-seconda-integrazione",
            Self::SospensioneTroppoLunga { .. } => "termine-sospensione-troppo-lunga",
            Self::RipresaAnteriore { .. } => "termine-ripresa-anteriore",
            Self::SospensioneAnteriore { .. } => "termine-sospensione-anteriore",
            Self::TermineScaduto { .. } => "termine-scaduto",
            Self::NessunaSospensione => "termine-nessuna-sospensione",
            Self::FuoriCalendario => "termine-fuori-calendario",
        }
    }
}

/// Calendar days later.
pub(super) fn dopo(data: Date, giorni: i32) -> Result<Date, TermineError> {
    data.checked_add(jiff::Span::new().days(giorni)).map_err(|_| TermineError::FuoriCalendario)
}
