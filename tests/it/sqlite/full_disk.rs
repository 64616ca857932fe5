//! A full disk: filings are refused in words, nothing is half written, and work goes on once there is room.

use crate::support::log::{PRIMO, assert_dense, numeri};
use crate::support::pages::{Browser, Form};
use crate::support::{Api, Data, SEGNALA, Server, eventually, foto, program, segnalazione};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::process::Command;
use tempfile::TempDir;

/// Filings after which the space must be gone.
const ENOUGH: usize = 2_000;

/// A place with little room.
enum Disk {
    /// A file system of a few megabytes.
    Mounted(TempDir),
    /// A limit on the size of each file, for machines where nothing may be mounted.
    Limited(TempDir),
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

impl Disk {
    /// A small file system where that is allowed, else small files.
    fn small() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if succeeds(Command::new("mount").args(["-t", "tmpfs", "-o", "size=10m", "tmpfs"]).arg(folder.path())) {
            return Self::Mounted(folder);
        }
        Self::limited()
    }

    fn limited() -> Self {
        let able = succeeds(Command::new("bash").args(["-c", "ulimit -S -f 64 && prlimit --version"]));
        assert!(able, "this test needs the right to mount a file system, or bash and prlimit: none works here");
        Self::Limited(tempfile::tempdir().expect("a folder"))
    }

    fn data(&self) -> Data {
        let (Self::Mounted(folder) | Self::Limited(folder)) = self;
        Data::folder(&folder.path().join("data"))
    }

    /// A server on it.
    fn server(&self) -> Server {
        match self {
            Self::Mounted(_) => Server::start(&self.data()),
            Self::Limited(_) => {
                // Files end at 4 MB; the limit can be raised again while it runs.
                let mut command = Command::new("bash");
                command.args(["-c", "trap '' XFSZ; ulimit -S -f 4096; exec \"$@\"", "bash"]);
                command
                    .arg(program())
                    .args(["demo", "--listen", "127.0.0.1:0", "--json", "--empty"])
                    .args(self.data().args());
                Server::spawn(command)
            }
        }
    }

    /// Takes the room that is left.
    fn fill(&self) {
        if let Self::Mounted(folder) = self {
            let mut ballast = File::create(folder.path().join("ballast")).expect("a file");
            for size in [64 << 10, 4 << 10, 1] {
                while ballast.write_all(&vec![0x5a; size]).is_ok() {}
            }
        }
    }

    /// Gives room.
    fn free(&self, server: &Server) {
        match self {
            Self::Mounted(folder) => {
                std::fs::remove_file(folder.path().join("ballast")).expect("it is removed");
                let grow = ["-o", "remount,size=64m"];
                assert!(succeeds(Command::new("mount").args(grow).arg(folder.path())), "the file system grows");
            }
            Self::Limited(_) => {
                let pid = server.pid().to_string();
                assert!(succeeds(Command::new("prlimit").args(["--fsize=unlimited", "--pid", &pid])), "the limit goes");
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Mounted(folder) = self {
            // Lazily: the server that a failed test leaves behind still has it open.
            Command::new("umount").arg("--lazy").arg(folder.path()).status().ok();
        }
    }
}

/// Number given to a key, or that there is no room. Anything else is wrong.
async fn file(api: &Api, chiave: &str) -> Result<u64, Value> {
    let answer = api.send(SEGNALA, json!({ "input": segnalazione(chiave, "Lampione spento") })).await;
    match answer["data"]["inviaSegnalazione"]["protocollo"]["numero"].as_u64() {
        Some(numero) => Ok(numero),
        None => Err(answer),
    }
}

#[track_caller]
fn assert_unavailable(answer: &Value) {
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{answer:#}");
    assert!(error["extensions"]["retryAfter"].as_u64().is_some_and(|s| s >= 1), "{answer:#}");
    assert!(answer["data"].is_null() || answer["data"]["inviaSegnalazione"].is_null(), "{answer:#}");
}

/// The last page of a report, ready to be sent.
async fn summary(browser: &mut Browser) -> Form {
    let privacy = browser.get("/segnala").await.form("privacy").with("privacy", "si").with("azione", "avanti");
    let dati = browser.send(privacy).await.form("dettagli");
    let dati = dati.with("categoria", "illuminazione").with("titolo", "Buio pesto").with("dettagli", "È spento.");
    let page = browser.send(dati.with("indirizzo", "Via dei Tigli 12").with("azione", "avanti")).await;
    page.form("chiave").with("azione", "avanti")
}

async fn story(disk: Disk) {
    let (data, server) = (disk.data(), disk.server());
    let api = server.api("cittadino");
    let mut numbers = BTreeMap::new();
    let first = api.segnala("prima", "Lampione spento").await;
    numbers.insert("prima".to_owned(), first["protocollo"]["numero"].as_u64().expect("a number"));
    let id = first["pratica"]["id"].as_str().expect("an id");
    let mut browser = Browser::sign_in(&server, "cittadino").await;
    let form = summary(&mut browser).await;
    disk.fill();

    // Files until there is no room: what fits is taken, what does not is refused in words.
    let mut refused = Vec::new();
    for i in 0..ENOUGH {
        let chiave = format!("d-{i}");
        match file(&api, &chiave).await {
            Ok(numero) => assert!(numbers.insert(chiave, numero).is_none()),
            Err(answer) => {
                assert_unavailable(&answer);
                refused.push(chiave);
            }
        }
        if refused.len() >= 10 {
            break;
        }
    }
    assert_eq!(refused.len(), 10, "the disk did not fill up in {ENOUGH} filings");
    // Many at once, a person without a key yet, and a file: the same.
    let many = (0..20).map(|i| {
        let api = api.clone();
        async move { (format!("m-{i}"), file(&api, &format!("m-{i}")).await) }
    });
    for (chiave, outcome) in futures_util::future::join_all(many).await {
        match outcome {
            Ok(numero) => assert!(numbers.insert(chiave, numero).is_none()),
            Err(answer) => {
                assert_unavailable(&answer);
                refused.push(chiave);
            }
        }
    }
    if matches!(disk, Disk::Mounted(_)) {
        assert_unavailable(&file(&server.api("cittadino2"), "nuova").await.expect_err("there is no room for a key"));
        let upload = api.carica("foto.jpg", "image/jpeg", foto(0, 2 << 20)).await;
        assert_eq!(upload.status(), 503);
        // Whoever uses the pages is told so, and what they wrote is still there.
        let page = browser.send(form.clone()).await;
        assert_eq!(page.status, 503, "{}", page.text());
        assert_eq!(page.form("chiave").get("titolo"), form.get("titolo"), "{}", page.text());
    }
    // What was filed can still be read, and the log has no half of anything.
    assert_eq!(api.pratica(id).await["codice"], first["pratica"]["codice"]);
    assert_eq!(numeri(&data, PRIMO).await.len(), numbers.len());

    // Room again: the refused ones are sent again under their keys and get the next numbers.
    disk.free(&server);
    eventually("filings work again", || async { file(&api, "di-nuovo").await.is_ok() }).await;
    numbers.insert("di-nuovo".to_owned(), file(&api, "di-nuovo").await.expect("it is filed"));
    for chiave in refused {
        let numero = file(&api, &chiave).await.unwrap_or_else(|answer| panic!("{chiave}: {answer:#}"));
        assert!(numbers.insert(chiave, numero).is_none());
    }
    let done = browser.send(form).await;
    assert!(done.status == 200 && done.path.contains("/fatto"), "{}: {}", done.path, done.text());
    let last = *numeri(&data, PRIMO).await.last().expect("numbers");
    numbers.insert("dalle-pagine".to_owned(), last);
    let mut given: Vec<u64> = numbers.values().copied().collect();
    given.sort_unstable();
    assert_eq!(given, numeri(&data, PRIMO).await);
    assert_dense(&data, PRIMO, numbers.len() as u64).await;
    // The lists catch up too.
    let area = "{ areaPersonale { pratiche { totalCount } } }";
    let caught_up = || async {
        let answer = api.send(area, json!({})).await;
        answer["data"]["areaPersonale"]["pratiche"]["totalCount"] == numbers.len()
    };
    eventually("the lists catch up", caught_up).await;
    assert!(server.stop());
    data.assert_clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_file_system_refuses_cleanly() {
    story(Disk::small()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_may_not_grow_refuse_cleanly() {
    story(Disk::limited()).await;
}
