//! `sportello servizi example`: answers with which a service can be asked for.

use super::{print, read};
use crate::Failure;
use catalogo::esempi::{self, Quanto};
use clap::Args;
use domain::servizio::Servizio;
use domain::termini::{Festivi, Termine, data_locale};
use eventstore::{Clock as _, SystemClock};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Debug, Args)]
pub(crate) struct ExampleArgs {
    /// Codes of services that come with the program, or files; all services of the program without any.
    pub which: Vec<String>,
    /// Fill in everything, not only what is asked for.
    #[arg(long)]
    pub all: bool,
    /// Answers for a filing on this day, such as 2026-03-06; today without it.
    #[arg(long, value_name = "DAY")]
    pub day: Option<Date>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Prints answers that the form accepts, and one that it does not.
pub(crate) fn run(args: &ExampleArgs) -> Result<(), Failure> {
    let oggi = args.day.unwrap_or_else(|| data_locale(SystemClock.now()));
    let quanto = if args.all { Quanto::Tutto } else { Quanto::Necessario };
    let mut servizi: Vec<Cow<'_, Servizio>> = Vec::new();
    for which in &args.which {
        servizi.push(trova(which)?);
    }
    if args.which.is_empty() {
        servizi.extend(catalogo::spediti().iter().map(Cow::Borrowed));
    }
    let mut out = String::new();
    for servizio in servizi {
        let example = esempio(&servizio, oggi, quanto)?;
        if args.json {
            writeln!(out, "{example}")?;
        } else {
            writeln!(out, "{example:#}")?;
        }
    }
    print(&out)
}

/// A shipped service by its code, or the one of a file.
fn trova(which: &str) -> Result<Cow<'static, Servizio>, Failure> {
    if let Some(servizio) = catalogo::spediti().iter().find(|servizio| servizio.codice == which) {
        return Ok(Cow::Borrowed(servizio));
    }
    if !which.contains(['.', '/']) {
        return Err(
            format!("no service {which} comes with the program: `sportello servizi list` tells which do").into()
        );
    }
    let servizio = catalogo::leggi(&read(Path::new(which))?, which);
    servizio.map(Cow::Owned).map_err(|_| format!("{which} is not right: `sportello servizi check` says where").into())
}

/// The input of `presentaIstanza`, the files it names, when it would be answered, and a mistake to try.
fn esempio(servizio: &Servizio, oggi: Date, quanto: Quanto) -> Result<Value, Failure> {
    let Servizio { codice, versione, nome, termine_giorni, .. } = servizio;
    let esempio = esempi::risposte(servizio, oggi, quanto)
        .map_err(|refused| format!("{codice}: nobody can fill in this form: {:?}", refused.0))?;
    let termine = Termine::calcola(oggi, *termine_giorni, &[], &Festivi::default())?;
    let file: Vec<Value> = esempio.file.iter().map(|f| json!({ "id": f.id, "formato": f.formato })).collect();
    let sbaglio = esempi::sbaglio(servizio, oggi, &esempio);
    Ok(json!({
        "servizio": codice,
        "versione": versione,
        "nome": nome,
        "aperto": servizio.aperto(oggi),
        "scadenza": termine.scadenza,
        "modulo": esempio.valori,
        "file": file,
        "sbaglio": sbaglio.map(|sbaglio| json!({ "campo": sbaglio.campo, "valore": sbaglio.valore })),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_code_a_file_or_what_is_wrong() {
        assert_eq!(trova("permesso-ztl").unwrap().codice, "permesso-ztl");
        assert!(trova("permesso-ufo").unwrap_err().to_string().contains("servizi list"));
        let here = |path: &str| format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(trova(&here("schemas/servizi/sepoltura.yaml")).unwrap().codice, "sepoltura");
        assert!(trova(&here("deploy/sportello.toml")).unwrap_err().to_string().contains("servizi check"));
    }

    #[test]
    fn an_example_says_when_it_would_be_answered() {
        let found = esempio(&trova("richiesta-generica").unwrap(), date(2026, 3, 6), Quanto::Necessario).unwrap();
        // 30 days from a Friday end on Easter Sunday; Monday is a holiday too.
        assert_eq!(found["scadenza"], "2026-04-07");
        assert_eq!(found["aperto"], true);
        assert!(found["modulo"]["oggetto"].is_string() && found["sbaglio"]["campo"].is_string(), "{found:#}");
    }
}
