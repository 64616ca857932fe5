//! A generated town whose offices receive by appointment, and the program that serves it.

use super::{Bench, Engine, Own};
use crate::Failure;
use crate::generate::{self, UFFICI, agende::AHEAD, sedi};
use crate::server::Server;
use domain::termini::data_locale;
use eventstore::{Clock as _, SystemClock};
use indicatif::ProgressBar;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Offices.
const SEDI: u64 = 30;
/// Time for the program to build its read models of a large town.
const BUILD: Duration = Duration::from_hours(1);
/// Days after which the month ahead of a town that was kept lies too far behind.
const FRESH: i32 = 7;

/// The town.
pub struct Agende {
    /// Bookings of the past.
    pub appuntamenti: u64,
    /// Offices that receive.
    pub uffici: u64,
    /// First day of the month that is half full.
    pub dal: Date,
    /// Last day of it.
    pub al: Date,
    folder: PathBuf,
    url: Option<String>,
    /// What goes away with it.
    _own: Option<Own>,
}

impl Agende {
    /// Generates one, or finds the one that was kept.
    pub async fn make(bench: &Bench<'_>) -> Result<Self, Failure> {
        let (appuntamenti, oggi) = (bench.args.appuntamenti, data_locale(SystemClock.now()));
        let of = |oggi: Date, folder: PathBuf, url, own| Self {
            appuntamenti,
            uffici: SEDI,
            dal: oggi.saturating_add(1.days()),
            al: oggi.saturating_add(AHEAD.days()),
            folder,
            url,
            _own: own,
        };
        let Some(kept) = &bench.args.keep else {
            let own = bench.own().await?;
            let town = of(oggi, own.folder().to_owned(), own.url().map(str::to_owned), Some(own));
            town.generate(oggi).await?;
            return Ok(town);
        };
        if bench.args.engine == Engine::Postgres {
            return Err("--keep keeps towns on SQLite: a cluster's databases go with the run".into());
        }
        let folder = kept.join(format!("agende-{appuntamenti}"));
        let complete = folder.join("complete");
        if let Ok(made) = std::fs::read_to_string(&complete) {
            let made: Date = made.trim().parse()?;
            if (oggi - made).get_days() > FRESH {
                return Err(format!("{} was made on {made}: the month ahead of it is over", folder.display()).into());
            }
            return Ok(of(made, folder, None, None));
        }
        let town = of(oggi, folder, None, None);
        town.generate(oggi).await?;
        std::fs::write(complete, oggi.to_string())?;
        Ok(town)
    }

    fn address(&self) -> String {
        self.url.clone().unwrap_or_else(|| format!("sqlite:{}", self.folder.display()))
    }

    async fn generate(&self, oggi: Date) -> Result<(), Failure> {
        eprintln!("generating a town of {} bookings at {} offices", self.appuntamenti, self.uffici);
        let args = generate::Args {
            database: self.address().parse()?,
            master_key: Some(self.folder.join("master.key")),
            pratiche: 0,
            appuntamenti: self.appuntamenti,
            uffici: self.uffici,
            oggi: Some(oggi),
            seed: 1,
            ente: crate::ENTE.into(),
            persone: None,
            from: generate::FROM.parse()?,
            to: generate::TO.parse()?,
        };
        let made = generate::generate(&args, &ProgressBar::hidden()).await?;
        eprintln!("  {} bookings, {} events in {:.0} s", made.cases, made.events, made.took.as_secs_f64());
        Ok(())
    }

    /// The program on it, its read models built.
    pub async fn server(&self, program: &Path) -> Result<Server, Failure> {
        let listen = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let config = self.folder.join("sportello.toml");
        std::fs::write(&config, self.config(&listen))?;
        let mut command = Command::new(program);
        command.args(["--log", "error", "serve", "--config"]).arg(&config);
        let server = Server::silent(command, &format!("http://{listen}"), BUILD).await?;
        server.settle(BUILD).await?;
        Ok(server)
    }

    /// What the program is told: an ente with all those offices. Texts in JSON are texts in TOML.
    fn config(&self, listen: &str) -> String {
        let office = |codice: &str, nome: &str| {
            let (codice, nome) = (json!(codice), json!(nome));
            format!(
                "  {{ codice = {codice}, nome = {nome}, email = \"ufficio@comune.example.org\", telefono = \"000\" }},\n"
            )
        };
        let routed = UFFICI.map(|codice| office(codice, codice));
        let receiving = (0..self.uffici).map(|number| office(sedi::ufficio(number).as_str(), &sedi::nome(number)));
        let offices: String = routed.into_iter().chain(receiving).collect();
        let (listen, data, address) = (json!(listen), json!(self.folder), json!(self.address()));
        let (key, ente) = (json!(self.folder.join("master.key")), json!(crate::ENTE));
        format!(
            "listen = {listen}\ndata = {data}\ndatabase = {address}\nmaster_key = {key}\ntls = false\n\n[[ente]]\n\
             codice = {ente}\ndenominazione = \"Comune di Montelume\"\nnome = \"Montelume\"\nmotto = \"\"\n\
             regione = \"Regione Immaginaria\"\naoo = \"AMONLUM\"\nhost = [\"*\"]\nbase_url = \"http://127.0.0.1\"\n\
             email = \"sportello@comune.example.org\"\npec = \"protocollo@pec.comune.example.org\"\n\
             telefono = \"000\"\nindirizzo = \"Piazza della Fonte 1\"\ncentro = [\"44.181000\", \"8.264000\"]\n\
             uffici = [\n{offices}]\n"
        )
    }

    /// The bare floor of the same question.
    pub fn floor(&self) -> Result<Server, Failure> {
        let offices: Vec<String> = (0..self.uffici).map(|number| sedi::ufficio(number).to_string()).collect();
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["floor-disponibilita", "--database", &self.address(), "--uffici", &offices.join(",")]);
        command.args(["--dal", &self.dal.to_string(), "--al", &self.al.to_string()]);
        Ok(Server::spawn(command)?.0)
    }
}
