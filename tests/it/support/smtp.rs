//! A real mail server in a process of its own (`tests/smtp/smtp.mjs`).

use super::mailbox::{Mail, messages};
use super::town::Town;
use app::notifiche::{Config, Notifiche, SicurezzaSmtp, SmtpConfig, SmtpMailer};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// The server. Ends when dropped.
pub struct Smtp {
    child: Child,
    folder: TempDir,
    /// Port on 127.0.0.1.
    pub port: u16,
}

impl Smtp {
    /// The process that sends the notices of a town, at this server.
    pub fn notifiche(&self, town: &Town) -> Notifiche {
        let config = SmtpConfig {
            host: "127.0.0.1".into(),
            port: self.port,
            tls: SicurezzaSmtp::None,
            user: None,
            password: None,
            timeout: Duration::from_secs(10),
        };
        Notifiche {
            store: town.parts.store.clone(),
            opener: town.parts.opener.clone(),
            work: town.parts.work.clone(),
            mailer: Arc::new(SmtpMailer::new(config, town.clock.clone()).expect("a mailer")),
            ricevute: None,
            app: None,
            clock: town.clock.clone(),
            ids: town.parts.ids.clone(),
            enti: vec![town.ente.clone()],
            config: Config { al_secondo: 1_000, ..Config::default() },
            nodo: "unico".into(),
        }
    }

    /// Starts one; `args` such as `--later 2` and `--refuse <address>` say whom it disappoints.
    pub fn start(args: &[&str]) -> Self {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("smtp");
        let packages = home.join("node_modules/smtp-server");
        assert!(
            packages.exists(),
            "{} is missing: run `npm ci` in tests/smtp, or `cargo xtask test`",
            packages.display()
        );
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new("node")
            .arg(home.join("smtp.mjs"))
            .arg("--dir")
            .arg(folder.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it prints a line");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no port but {line:?}"));
        let port = ready["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        Self { child, folder, port }
    }

    /// What it took so far.
    pub fn messages(&self) -> Vec<Mail> {
        messages(self.folder.path())
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
