//! `sportello servizi`: the catalogue from the terminal.

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
    /// Check definitions of services: every mistake as `file:line:column: message`.
    #[command(after_help = "Examples:
  sportello servizi check schemas/servizi/*.yaml
  sportello servizi check permesso-ztl.yaml && echo ready to upload")]
    Check {
        /// Files, YAML or JSON.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
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
pub(crate) fn run(args: &ServiziArgs) -> Result<(), Failure> {
    match &args.command {
        ServiziCommand::Check { files } => check(files),
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
    let mut wrong = Vec::new();
    for file in files {
        if let Err(errori) = catalogo::leggi(&read(file)?, &file.to_string_lossy()) {
            wrong.extend(errori.into_iter().map(|errore| format!("{}:{errore}\n", file.display())));
        }
    }
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
    fn what_is_not_json_is_no_form() {
        let error = import_formio(&repository("deploy/sportello.toml")).unwrap_err();
        assert!(error.to_string().contains("not JSON"), "{error}");
    }
}
