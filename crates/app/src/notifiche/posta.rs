//! A message as it travels.

use crate::ports::{MailError, Messaggio};
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::{Address, Message};
use std::time::SystemTime;

/// Builds the MIME message: plain text with its HTML twin, then the files.
///
/// # Errors
/// `Permanent` when the recipient's address cannot be one; `Temporary` when it is the ente's own, which is configuration
/// and will be mended.
pub(super) fn componi(message: &Messaggio, at: Timestamp) -> Result<Message, MailError> {
    let to: Address = message
        .destinatario
        .parse()
        .map_err(|_| MailError::Permanent("the recipient's address is not a valid address".into()))?;
    let from: Address = message
        .mittente
        .parse()
        .map_err(|_| MailError::Temporary("the ente's own address is not a valid address".into()))?;
    Message::builder()
        .from(Mailbox::new(Some(una_riga(&message.mittente_nome)), from))
        .to(Mailbox::new(Some(una_riga(&message.nome)), to))
        .subject(una_riga(&message.oggetto))
        .date(SystemTime::from(at))
        .message_id(Some(format!("<{}>", message.id)))
        // RFC 3834: so that "out of office" answers do not come back.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
        .multipart(corpo(message)?)
        .map_err(|error| MailError::Permanent(format!("the message cannot be built: {error}")))
}

fn corpo(message: &Messaggio) -> Result<MultiPart, MailError> {
    let testo = MultiPart::alternative_plain_html(message.testo.clone(), message.html.clone());
    if message.acclusi.is_empty() {
        return Ok(testo);
    }
    message.acclusi.iter().try_fold(MultiPart::mixed().multipart(testo), |corpo, accluso| {
        let formato = ContentType::parse(accluso.formato)
            .map_err(|_| MailError::Permanent(format!("{:?} is no media type", accluso.formato)))?;
        Ok(corpo.singlepart(Attachment::new(una_riga(&accluso.nome)).body(accluso.bytes.to_vec(), formato)))
    })
}

/// Control characters have no place in a header; a line end would begin another one.
fn una_riga(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}
