//! Through a mail relay.

use super::posta;
use crate::ports::{BoxFuture, MailError, Mailer, Messaggio};
use eventstore::Clock;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::Deserialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How the connection to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SicurezzaSmtp {
    /// Not at all: only for a relay on the same machine.
    None,
    /// In the clear, then TLS, which is required (usually port 587).
    #[default]
    Starttls,
    /// TLS from the first byte (usually port 465).
    Tls,
}

/// Where and how to hand messages over.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Host name of the relay.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub tls: SicurezzaSmtp,
    /// User, where the relay asks for one.
    pub user: Option<String>,
    /// Password of the user.
    pub password: Option<String>,
    /// For the whole hand-over of one message; below [`super::limits::SEND`].
    pub timeout: Duration,
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Hands messages to a relay over SMTP; a few connections are kept open.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
    clock: Arc<dyn Clock>,
}

impl SmtpMailer {
    /// A mailer of that relay; it connects when the first message leaves. To be called within the runtime.
    ///
    /// # Errors
    /// `Permanent` when the configuration cannot be right.
    pub fn new(config: SmtpConfig, clock: Arc<dyn Clock>) -> Result<Self, MailError> {
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match config.tls {
            SicurezzaSmtp::None => Ok(Transport::builder_dangerous(&config.host)),
            SicurezzaSmtp::Starttls => Transport::starttls_relay(&config.host),
            SicurezzaSmtp::Tls => Transport::relay(&config.host),
        };
        let mut builder = builder
            .map_err(|error| MailError::Permanent(format!("relay {}: {error}", config.host)))?
            .port(config.port)
            .timeout(Some(config.timeout))
            .pool_config(PoolConfig::new().max_size(super::limits::PARALLEL as u32));
        if let (Some(user), Some(password)) = (config.user, config.password) {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), timeout: config.timeout, clock })
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, message: &'a Messaggio) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let message = posta::componi(message, self.clock.now())?;
            // The transport's own timeout is for connecting: a relay that then says nothing would hold us for ever.
            match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
                Ok(sent) => sent.map(|_| ()).map_err(|error| judge(&error)),
                Err(_) => Err(MailError::Temporary("the relay does not answer".into())),
            }
        })
    }
}

/// Whether another try may help. A 5xx is the relay's last word on this message, except when it is about us: a wrong
/// password (RFC 4954) fails every message alike until someone mends it, and must not give them all up.
fn judge(error: &Error) -> MailError {
    let reason =
        std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
    let about_us = error.status().is_some_and(|code| ["530", "534", "535", "538"].contains(&code.to_string().as_str()));
    if (error.is_permanent() && !about_us) || error.is_client() {
        MailError::Permanent(reason)
    } else {
        MailError::Temporary(reason)
    }
}
