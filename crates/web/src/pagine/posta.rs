//! The mail that the demonstration would have sent, to be read. Outside the demonstration these pages do not exist.

use crate::errore::{Errore, Pagina};
use crate::formato;
use crate::layout::{Layout, Riga};
use crate::pagine::area_personale::disposizione;
use crate::pagine::elenco::risultati;
use crate::richiesta::Richiesta;
use crate::state::Web;
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders as _};
use std::io;
use std::path::PathBuf;

/// Messages of the list, at most.
const MASSIMO: usize = 100;
/// Bytes of a message that are read, at most: a receipt is a few hundred thousand.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Bytes that are read of a message of the list, at most: what is shown of it stands before its text.
const MAX_TESTATA: u64 = 32 * 1024;
/// Characters of a file name, at most.
const MAX_NOME: usize = 200;

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/posta", get(elenco))
        .route("/posta/{nome}", get(leggi))
        .route("/posta/{nome}/{n}", get(allegato))
}

/// One message of the list.
struct Voce {
    href: String,
    oggetto: String,
    destinatario: String,
    data: String,
}

#[derive(Template)]
#[template(path = "posta/elenco.html")]
struct PaginaElenco {
    layout: Layout,
    risultati: String,
    righe: Vec<Voce>,
    altre: bool,
}

#[derive(Template)]
#[template(path = "posta/messaggio.html")]
struct PaginaMessaggio {
    layout: Layout,
    testata: Vec<Riga>,
    testo: String,
    allegati: Vec<Accluso>,
}

/// A file that came with a message.
struct Accluso {
    href: String,
    nome: String,
    dimensione: String,
}

/// A name as the mailer gives it, and nothing that leads elsewhere.
fn nome_valido(nome: &str) -> bool {
    nome.len() <= MAX_NOME
        && nome.strip_suffix(".eml").is_some()
        && !nome.starts_with('.')
        && nome.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// Folder of the ente's mail; there is none outside the demonstration.
fn cartella(r: &Richiesta) -> Result<PathBuf, Errore> {
    let folder = r.web.posta.as_ref().filter(|_| r.web.demo).ok_or(Errore::NonTrovato)?;
    Ok(folder.join(r.ctx.codice_ente()))
}

async fn elenco(r: Richiesta) -> Result<Response, Errore> {
    let folder = cartella(&r)?;
    let (righe, total) = off_thread(move || lista(&folder)).await?;
    let titolo = crate::t("posta-titolo");
    let page = PaginaElenco {
        layout: r.layout(titolo.clone()).con_percorso([("/posta", titolo.as_str())]),
        risultati: risultati(total as u64),
        altre: total > righe.len(),
        righe,
    };
    Ok(Pagina(page).into_response())
}

async fn leggi(r: Richiesta, Path(nome): Path<String>) -> Result<Response, Errore> {
    let folder = cartella(&r)?;
    let bytes = messaggio(folder, &nome).await?;
    let message = MessageParser::default().parse(&bytes).ok_or(Errore::NonTrovato)?;
    let titolo = message.subject().map_or_else(|| crate::t("posta-senza-oggetto"), str::to_owned);
    let elenco = crate::t("posta-titolo");
    let page = PaginaMessaggio {
        layout: r.layout(titolo.clone()).con_percorso([("/posta", elenco.as_str()), ("", titolo.as_str())]),
        testata: testata(&message),
        testo: message.body_text(0).map(|text| text.trim().to_owned()).unwrap_or_default(),
        allegati: allegati(&nome, &message),
    };
    Ok(Pagina(page).into_response())
}

/// A file of a message, counted from 1; always a download.
async fn allegato(r: Richiesta, Path((nome, n)): Path<(String, u32)>) -> Result<Response, Errore> {
    let bytes = messaggio(cartella(&r)?, &nome).await?;
    let message = MessageParser::default().parse(&bytes).ok_or(Errore::NonTrovato)?;
    let part = n.checked_sub(1).and_then(|n| message.attachment(n)).ok_or(Errore::NonTrovato)?;
    let disposizione = HeaderValue::from_str(&disposizione(&nome_allegato(part)))
        .map_err(|error| Errore::Interno(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_DISPOSITION, disposizione),
    ];
    Ok((headers, part.contents().to_vec()).into_response())
}

fn allegati(nome: &str, message: &Message<'_>) -> Vec<Accluso> {
    let of = |(index, part): (usize, &MessagePart<'_>)| Accluso {
        href: format!("/posta/{nome}/{}", index + 1),
        nome: nome_allegato(part),
        dimensione: formato::dimensione(part.contents().len() as u64),
    };
    message.attachments().enumerate().map(of).collect()
}

fn nome_allegato(part: &MessagePart<'_>) -> String {
    part.attachment_name().map_or_else(|| crate::t("posta-allegato-senza-nome"), str::to_owned)
}

/// The bytes of a message.
async fn messaggio(folder: PathBuf, nome: &str) -> Result<Vec<u8>, Errore> {
    if !nome_valido(nome) {
        return Err(Errore::NonTrovato);
    }
    let path = folder.join(nome);
    off_thread(move || read(&path, MAX_BYTES)).await
}

/// Runs blocking file work off the asynchronous threads; a missing file is a missing page.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Errore> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|e| Errore::Interno(e.to_string()))?;
    done.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Errore::NonTrovato,
        _ => Errore::Interno(format!("the mail folder: {error}")),
    })
}

fn read(path: &std::path::Path, max: u64) -> io::Result<Vec<u8>> {
    use io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(max).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The newest messages, and how many there are. Names begin with the instant, so they sort by time.
fn lista(folder: &std::path::Path) -> io::Result<(Vec<Voce>, usize)> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        // The folder is made with the first message.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(error),
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| nome_valido(name))
        .collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    let row = |name: &String| voce(name, &read(&folder.join(name), MAX_TESTATA).ok()?);
    let rows = names.iter().take(MASSIMO).filter_map(row).collect();
    Ok((rows, names.len()))
}

fn voce(name: &str, bytes: &[u8]) -> Option<Voce> {
    let message = MessageParser::default().parse(bytes)?;
    Some(Voce {
        href: format!("/posta/{name}"),
        oggetto: message.subject().map_or_else(|| crate::t("posta-senza-oggetto"), str::to_owned),
        destinatario: indirizzi(message.to()),
        data: data(&message),
    })
}

fn testata(message: &Message<'_>) -> Vec<Riga> {
    vec![
        Riga::new(crate::t("posta-da"), indirizzi(message.from())),
        Riga::new(crate::t("posta-a"), indirizzi(message.to())),
        Riga::new(crate::t("posta-data"), data(message)),
    ]
}

fn data(message: &Message<'_>) -> String {
    let at = message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
    at.map(formato::istante).unwrap_or_default()
}

fn indirizzi(address: Option<&Address<'_>>) -> String {
    let one = |a: &mail_parser::Addr<'_>| match (a.name(), a.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    };
    address.map(|all| all.iter().map(one).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] =
        b"From: \"Comune di Prova\" <sportello@comune.prova.example>\r\nTo: Mario Rossi <mario@example.org>\r\n\
        Subject: =?utf-8?Q?La_tua_segnalazione_=C3=A8_registrata?=\r\nDate: Fri, 6 Mar 2026 09:30:00 +0000\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
        --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCiao <Mario>.\r\n--x\r\nContent-Type: text/html\r\n\r\n\
        <script>alert(1)</script>\r\n--x--\r\n";

    #[test]
    fn names_lead_nowhere_else() {
        assert!(nome_valido("20260306T093000.000123Z-00000000-x.eml"));
        for bad in ["../x.eml", "a/b.eml", ".x.eml", "x.eml.txt", "x\\y.eml", "%2e%2e.eml", "è.eml", ""] {
            assert!(!nome_valido(bad), "{bad}");
        }
        assert!(!nome_valido(&format!("{}.eml", "a".repeat(MAX_NOME))));
    }

    #[test]
    fn a_message_is_shown_as_text() {
        let message = MessageParser::default().parse(MAIL).unwrap();
        let page = PaginaMessaggio {
            layout: Layout::new("Comune di Prova", message.subject().unwrap(), "/posta/x.eml"),
            testata: testata(&message),
            testo: message.body_text(0).unwrap().into_owned(),
            allegati: allegati("x.eml", &message),
        };
        let html = page.render().unwrap();
        assert!(html.contains("La tua segnalazione è registrata") && html.contains("Ciao &#60;Mario&#62;."));
        assert!(html.contains("6 marzo 2026, ore 10:30") && html.contains("mario@example.org"));
        assert!(!html.contains("alert(1)"));
    }

    #[test]
    fn the_files_of_a_message_are_linked_and_come_as_they_were() {
        let text = String::from_utf8(MAIL.to_vec()).unwrap().replace("multipart/alternative", "multipart/mixed");
        let pdf = "--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
            Content-Disposition: attachment; filename=\"ricevuta-<1>.pdf\"\r\n\r\nJVBERi0xLjcK\r\n--x--";
        let mail = text.replacen("--x\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--x--", pdf, 1);
        assert_ne!(mail, text);
        let message = MessageParser::default().parse(mail.as_bytes()).unwrap();
        let page = PaginaMessaggio {
            layout: Layout::new("Comune di Prova", "Ricevuta", "/posta/x.eml"),
            testata: testata(&message),
            testo: message.body_text(0).unwrap().into_owned(),
            allegati: allegati("x.eml", &message),
        };
        let html = page.render().unwrap();
        assert!(html.contains("href=\"/posta/x.eml/1\"") && html.contains("ricevuta-&#60;1&#62;.pdf"), "{html}");
        assert!(html.contains("9 byte") && !html.contains("/posta/x.eml/2"));
        assert_eq!(message.attachment(0).unwrap().contents(), b"%PDF-1.7\n");
    }

    #[test]
    fn the_list_links_each_message() {
        let page = |righe: Vec<Voce>| PaginaElenco {
            layout: Layout::new("Comune di Prova", "Posta", "/posta"),
            risultati: risultati(righe.len() as u64),
            altre: false,
            righe,
        };
        let row = voce("20260306T093000.000123Z-x.eml", MAIL).unwrap();
        assert!(page(vec![row]).render().unwrap().contains("href=\"/posta/20260306T093000.000123Z-x.eml\""));
        assert!(page(Vec::new()).render().unwrap().contains(&crate::t("posta-vuota")));
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_empty() {
        let (rows, total) = lista(std::path::Path::new("/no/such/folder")).unwrap();
        assert_eq!((rows.len(), total), (0, 0));
    }
}
