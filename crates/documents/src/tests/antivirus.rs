//! The real clamd, with a signature for the test file of EICAR and no other.

use super::Banco;
use super::campioni::pdf;
use crate::{Antivirus, Clamd};
use app::ports::DocumentError;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Debian's package `clamav-daemon`.
const PROGRAM: &str = "/usr/sbin/clamd";

/// A clamd of our own, ended with the value.
struct Demone {
    child: Child,
    dir: TempDir,
}

impl Demone {
    /// None where the program is not installed: then only a developer's own machine may go on.
    fn start() -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "{PROGRAM} is missing: install Debian's clamav-daemon");
            eprintln!("NOT TESTED: {PROGRAM} is missing (Debian: clamav-daemon)");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("db")).unwrap();
        // Name : any kind of file : any place : the bytes, in hexadecimal digits.
        let signature: String = eicar().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        std::fs::write(at("db/locale.ndb"), format!("Prova.Eicar:0:*:{signature}\n")).unwrap();
        let mut conf = std::fs::File::create(at("clamd.conf")).unwrap();
        let (db, socket, tmp) = (at("db"), at("clamd.ctl"), dir.path());
        writeln!(conf, "DatabaseDirectory {}\nLocalSocket {}", db.display(), socket.display()).unwrap();
        writeln!(conf, "TemporaryDirectory {}\nForeground yes\nLogSyslog no", tmp.display()).unwrap();
        drop(conf);
        let child = Command::new(PROGRAM)
            .arg("--config-file")
            .arg(at("clamd.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut demone = Self { child, dir };
        let deadline = Instant::now() + Duration::from_mins(1);
        while std::os::unix::net::UnixStream::connect(demone.socket()).is_err() {
            assert!(demone.child.try_wait().unwrap().is_none(), "clamd ended by itself");
            assert!(Instant::now() < deadline, "clamd does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(demone)
    }

    fn socket(&self) -> std::path::PathBuf {
        self.dir.path().join("clamd.ctl")
    }
}

impl Drop for Demone {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The test file of EICAR, put together here so that no antivirus stops at this source.
fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-", "TEST-FILE!$H+H*"].concat().into_bytes()
}

fn antivirus(socket: &Path, obbligatorio: bool) -> Antivirus {
    Antivirus { clamd: Clamd::Socket(socket.to_owned()), timeout: Duration::from_secs(20), obbligatorio }
}

#[tokio::test]
async fn an_infected_file_is_refused_by_name_and_others_are_kept() {
    let Some(demone) = Demone::start() else { return };
    let banco = Banco::with(Some(antivirus(&demone.socket(), true)));
    let refused = banco.put("nota.txt", "", &eicar()).await;
    let known = matches!(&refused, Err(DocumentError::Infected { firma }) if firma.contains("Prova.Eicar"));
    assert!(known, "{refused:?}");
    assert!(banco.files().is_empty());
    let mut hidden = pdf(3_000_000);
    hidden.extend(eicar());
    assert!(matches!(banco.put("a.pdf", "", &hidden).await, Err(DocumentError::Infected { .. })));
    assert!(banco.files().is_empty());
    let (id, stored) = banco.put("a.pdf", "", &pdf(3_000_000)).await.unwrap();
    assert_eq!(banco.read(id, &stored.impronta).await, pdf(3_000_000));
}

#[tokio::test]
async fn without_an_answer_nothing_is_kept_unless_it_may() {
    let nowhere = Path::new("/nonexistent/clamd.ctl");
    let banco = Banco::with(Some(antivirus(nowhere, true)));
    assert!(matches!(banco.put("a.pdf", "", &pdf(500)).await, Err(DocumentError::NotScanned(_))));
    assert!(banco.files().is_empty());
    let banco = Banco::with(Some(antivirus(nowhere, false)));
    banco.put("a.pdf", "", &pdf(500)).await.unwrap();
}

#[tokio::test]
async fn an_antivirus_that_listens_and_says_nothing_is_waited_for_no_longer_than_told() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("muto.ctl");
    let _listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let slow = Antivirus { timeout: Duration::from_millis(200), ..antivirus(&socket, true) };
    let banco = Banco::with(Some(slow));
    let began = Instant::now();
    assert!(matches!(banco.put("a.pdf", "", &pdf(500)).await, Err(DocumentError::NotScanned(_))));
    assert!(began.elapsed() < Duration::from_secs(5));
}
