//! `sportello servizi`: the catalogue from the terminal.

mod example;
mod publish;

use crate::Failure;
use clap::{Args, Subcommand};
use domain::servizio::Servizio;
use std::io::Write as _;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct ServiziArgs {
    #[command(subcommand)]
    command: ServiziCommand,
}

#[derive(Debug, Subcommand)]
enum ServiziCommand {
    /// Check definitions of services, of what can be booked and of opening hours, each alone and all together: every
    /// mistake as `file:line:column: message`.
    #[command(after_help = "Examples:
  sportello servizi check schemas/servizi/*.yaml
  sportello servizi check schemas/prenotabili/*.yaml schemas/agende/*.yaml
  sportello servizi check permesso-ztl.yaml && echo ready to upload")]
    Check {
        /// Files, YAML or JSON.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Check a definition and put it where a running server publishes it from, or say what is wrong with it, line by line.
    #[command(after_help = "A version that is published stays as it is: a changed form needs a higher `versione`.

Examples:
  sportello servizi publish orto-urbano.yaml --config /etc/sportello.toml
  sportello servizi publish orto-urbano.yaml --data ./sportello-demo --ente c_x901")]
    Publish(publish::PublishArgs),
    /// Print answers that a form accepts, as JSON for `presentaIstanza`: about nobody, for trying a service.
    #[command(
        after_help = "Besides the answers (`modulo`): the files that they name and that must be uploaded first (`file`), the latest
day for the answer to a filing of that day (`scadenza`), and an answer that the form refuses (`sbaglio`; null: none).

Examples:
  sportello servizi example permesso-ztl
  sportello servizi example orto-urbano.yaml --all --day 2026-03-06
  sportello servizi example --json | jq .servizio"
    )]
    Example(example::ExampleArgs),
    /// List the services that come with the program: code, version, office, days, name.
    #[command(after_help = "Examples:
  sportello servizi list
  sportello servizi list --json")]
    List {
        /// One JSON object a line, with the impronta of each definition.
        #[arg(long)]
        json: bool,
    },
    /// Make a draft of a service from a form of Form.io; what could not be carried over is told on standard error.
    #[command(after_help = "Examples:
  sportello servizi import-formio modulo.json > iscrizione-corso.yaml
  sportello servizi check iscrizione-corso.yaml")]
    ImportFormio {
        /// The form as exported: JSON.
        file: PathBuf,
    },
}

/// Runs one of the commands.
pub(crate) async fn run(args: &ServiziArgs) -> Result<(), Failure> {
    match &args.command {
        ServiziCommand::Check { files } => check(files),
        ServiziCommand::Publish(args) => publish::run(args).await,
        ServiziCommand::Example(args) => example::run(args),
        ServiziCommand::List { json } => {
            let lines: String = catalogo::spediti().iter().map(|servizio| line(servizio, *json)).collect();
            print(&lines)
        }
        ServiziCommand::ImportFormio { file } => import_formio(file),
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let size = std::fs::metadata(file).map_err(|error| format!("{}: {error}", file.display()))?.len();
    if size > MAX_BYTES {
        return Err(format!("{}: larger than 4 MiB, this is no form", file.display()).into());
    }
    Ok(std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?)
}

/// Bytes of a file that is read, at most; the reader of definitions has a stricter limit of its own.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

fn check(files: &[PathBuf]) -> Result<(), Failure> {
    let texts =
        files.iter().map(|file| Ok((file.to_string_lossy(), read(file)?))).collect::<Result<Vec<_>, Failure>>()?;
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_ref(), text.as_str())).collect();
    let errori = catalogo::esamina(&texts).err().unwrap_or_default();
    let wrong: Vec<String> = errori.iter().map(|(file, errore)| format!("{}:{errore}\n", texts[*file].0)).collect();
    sbagli(wrong)
}

/// Tells what is wrong, one a line, and fails if anything is.
fn sbagli(wrong: Vec<String>) -> Result<(), Failure> {
    print(&wrong.concat())?;
    match wrong.len() {
        0 => Ok(()),
        1 => Err("1 problem found".into()),
        n => Err(format!("{n} problems found").into()),
    }
}

/// Writes to standard output; whoever closes it early (`| head`) has read enough.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn line(servizio: &Servizio, json: bool) -> String {
    let Servizio { codice, versione, nome, ufficio, termine_giorni, .. } = servizio;
    if json {
        let line = serde_json::json!({
            "codice": codice, "versione": versione, "nome": nome, "ufficio": ufficio, "termineGiorni": termine_giorni,
            "impronta": catalogo::impronta(servizio),
        });
        format!("{line}\n")
    } else {
        format!("{codice:40} v{versione:<3} {:22} {termine_giorni:>3}  {nome}\n", ufficio.as_str())
    }
}

fn import_formio(file: &Path) -> Result<(), Failure> {
    let form: serde_json::Value =
        serde_json::from_str(&read(file)?).map_err(|error| format!("{}: not JSON: {error}", file.display()))?;
    let (servizio, non_mappati) = catalogo::formio::importa(&form);
    print(&catalogo::yaml(&servizio))?;
    for rest in &non_mappati {
        eprintln!("{rest}");
    }
    for problema in servizio.controlla() {
        eprintln!("{}: {}", problema.percorso, problema.messaggio);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
    }

    #[test]
    fn check_counts_the_mistakes() {
        let good = repository("schemas/servizi/permesso-ztl.yaml");
        assert!(check(std::slice::from_ref(&good)).is_ok());
        let wrong = repository("deploy/sportello.toml");
        assert!(check(&[good, wrong]).unwrap_err().to_string().contains("problem"));
        assert!(check(&[repository("nothing.yaml")]).is_err());
    }

    #[test]
    fn check_understands_bookable_services_and_opening_hours() {
        let bookable = repository("schemas/prenotabili/nascita.yaml");
        let (civil, school) =
            (repository("schemas/agende/stato-civile.yaml"), repository("schemas/agende/istruzione.yaml"));
        assert!(check(std::slice::from_ref(&bookable)).is_ok());
        assert!(check(&[bookable.clone(), civil]).is_ok());
        assert_eq!(check(&[bookable, school]).unwrap_err().to_string(), "1 problem found", "no desk for births");
    }

    #[test]
    fn what_is_not_json_is_no_form() {
        let error = import_formio(&repository("deploy/sportello.toml")).unwrap_err();
        assert!(error.to_string().contains("not JSON"), "{error}");
    }
}
