//! Messages as they arrived.

use mail_parser::{Message, MessageParser};
use std::path::Path;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Address of the recipient.
    pub to: String,
    /// Decoded subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// Id, without angle brackets.
    pub id: String,
    /// As it travelled.
    pub raw: String,
}

fn read(bytes: &[u8]) -> Mail {
    let message: Message<'_> = MessageParser::default().parse(bytes).expect("it is a message");
    let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).expect("it has a recipient");
    Mail {
        to: to.to_owned(),
        subject: message.subject().expect("it has a subject").to_owned(),
        text: message.body_text(0).expect("it has a text").into_owned(),
        html: message.body_html(0).expect("it has a page").into_owned(),
        id: message.message_id().expect("it has an id").to_owned(),
        raw: String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The messages of a folder, the oldest first; none when there is no folder yet.
pub fn messages(folder: &Path) -> Vec<Mail> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "eml"))
        .collect();
    files.sort();
    files.iter().map(|path| read(&std::fs::read(path).expect("the message is there"))).collect()
}
