//! `sportello servizi publish`: a definition into the folder from which a running server publishes.

use super::{print, read, sbagli};
use crate::Failure;
use crate::cli::Where;
use crate::wiring::{Place, SERVIZI};
use app::{Ente, Enti};
use clap::Args;
use domain::allegato::Impronta;
use domain::servizio::{STREAM, Servizio, ServizioPubblicato};
use eventstore::{SystemClock, limits};
use eventstore_sql::{Engine, Sizes};
use std::fs::Permissions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Kind of the event that publishes a version.
const PUBBLICATO: &str = "ServizioPubblicato";
/// Endings of a definition that the server looks for.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// The definition, YAML or JSON, named `<codice>.yaml`.
    pub file: PathBuf,
    /// Which installation.
    #[command(flatten)]
    pub r#where: Where,
    /// Code of the only ente that offers it; all enti of the installation without it.
    #[arg(long)]
    pub ente: Option<String>,
}

/// Checks the definition, compares it with what is published, and puts it into its place.
pub(crate) async fn run(args: &PublishArgs) -> Result<(), Failure> {
    let name = args.file.to_string_lossy();
    let text = read(&args.file)?;
    let servizio = match catalogo::leggi(&text, &name) {
        Ok(servizio) => servizio,
        Err(errori) => return sbagli(errori.into_iter().map(|errore| format!("{name}:{errore}\n")).collect()),
    };
    let (place, enti) = args.r#where.place()?;
    let enti = scelti(&enti, args.ente.as_deref(), &servizio)?;
    let mut known = pubblicate(&place, &enti, &servizio.codice).await?;
    known.extend(spedite(&servizio.codice));
    let folder = args.ente.as_ref().map_or_else(|| place.data.join(SERVIZI), |e| place.data.join(SERVIZI).join(e));
    known.extend(in_attesa(&folder, &servizio.codice));
    let Servizio { codice, versione, .. } = &servizio;
    match confronta(&servizio, &known)? {
        Esito::Uguale => print(&format!("{codice} v{versione} is published already: nothing to do\n")),
        Esito::Nuova => {
            let path = metti(&folder, &servizio, &args.file, &text)?;
            print(&format!(
                "{codice} v{versione} is in {}: a running server offers it within seconds, others when they start\n",
                path.display()
            ))
        }
    }
}

/// The enti that are to offer it: each must have its office.
fn scelti(enti: &Enti, codice: Option<&str>, servizio: &Servizio) -> Result<Vec<Arc<Ente>>, Failure> {
    let named = |ente: &&Arc<Ente>| codice.is_none_or(|codice| ente.codice.as_str() == codice);
    let chosen: Vec<_> = enti.all().iter().filter(named).cloned().collect();
    if chosen.is_empty() {
        let all: Vec<_> = enti.all().iter().map(|ente| ente.codice.to_string()).collect();
        return Err(format!("there is no ente {}; there are: {}", codice.unwrap_or_default(), all.join(", ")).into());
    }
    let (with, without): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|ente| ente.ufficio(&servizio.ufficio).is_some());
    if with.is_empty() {
        return Err(format!("no ente has the office {}: see `ufficio` in the configuration", servizio.ufficio).into());
    }
    for ente in without {
        eprintln!("{} has no office {}: it will not offer this service", ente.codice, servizio.ufficio);
    }
    Ok(with)
}

/// Versions of a code with their impronte.
type Versioni = Vec<(u32, Impronta)>;

/// What the logs say, read beside running nodes; nothing where there is no log yet.
async fn pubblicate(place: &Place, enti: &[Arc<Ente>], codice: &str) -> Result<Versioni, Failure> {
    if !place.database.in_use().await? {
        return Ok(Versioni::new());
    }
    let store = place.database.open_log(Arc::new(SystemClock), Sizes::default()).await?;
    let found = dal_registro(&*store, enti, codice).await;
    store.close().await;
    found
}

async fn dal_registro(store: &dyn Engine, enti: &[Arc<Ente>], codice: &str) -> Result<Versioni, Failure> {
    let mut found = Versioni::new();
    for ente in enti {
        let mut after = 0;
        loop {
            let records = store.read_stream(ente.codice.as_str(), STREAM, after, limits::PAGE).await?;
            let Some(last) = records.last() else { break };
            after = last.version;
            for record in records.iter().filter(|record| record.kind == PUBBLICATO) {
                let event: ServizioPubblicato = serde_json::from_value(record.json()?)?;
                if event.codice == codice {
                    found.push((event.versione, event.impronta));
                }
            }
        }
    }
    Ok(found)
}

/// What comes with the program.
fn spedite(codice: &str) -> Option<(u32, Impronta)> {
    let shipped = catalogo::spediti().iter().find(|servizio| servizio.codice == codice)?;
    Some((shipped.versione, catalogo::impronta(shipped)))
}

/// What is in the folder and not published yet.
fn in_attesa(folder: &Path, codice: &str) -> Versioni {
    let files = ENDINGS.iter().map(|ending| folder.join(format!("{codice}.{ending}")));
    let texts = files.filter_map(|file| std::fs::read_to_string(file).ok());
    texts
        .filter_map(|text| catalogo::leggi(&text, codice).ok())
        .map(|servizio| (servizio.versione, catalogo::impronta(&servizio)))
        .collect()
}

/// How a definition stands to what is known.
#[derive(Debug, PartialEq, Eq)]
enum Esito {
    Nuova,
    Uguale,
}

fn confronta(servizio: &Servizio, known: &[(u32, Impronta)]) -> Result<Esito, Failure> {
    let Servizio { codice, versione, .. } = servizio;
    let newest = known.iter().map(|(versione, _)| *versione).max().unwrap_or_default();
    let impronta = catalogo::impronta(servizio);
    if known.iter().any(|(known, other)| known == versione && *other != impronta) {
        let next = newest.saturating_add(1);
        return Err(format!(
            "version {versione} of {codice} is published with other content: cases keep the form they were filed with, so \
             write `versione: {next}` into the file"
        )
        .into());
    }
    if *versione < newest {
        return Err(format!(
            "version {newest} of {codice} is published, {versione} is older: write `versione: {}` into the file",
            newest.saturating_add(1)
        )
        .into());
    }
    Ok(if known.iter().any(|(known, _)| known == versione) { Esito::Uguale } else { Esito::Nuova })
}

/// Writes the definition whole before it takes its name: the server never reads half of it.
fn metti(folder: &Path, servizio: &Servizio, source: &Path, text: &str) -> Result<PathBuf, Failure> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let ending = source.extension().and_then(|e| e.to_str()).filter(|e| ENDINGS.contains(e)).unwrap_or("yaml");
    let path = folder.join(format!("{}.{ending}", servizio.codice));
    // The server may run as another user than who publishes: nothing in a definition is secret.
    let mut file = tempfile::Builder::new()
        .prefix(".publish-")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    for other in ENDINGS.iter().filter(|other| **other != ending) {
        // The version before, under another ending: the newer one stands in its place.
        match std::fs::remove_file(folder.join(format!("{}.{other}", servizio.codice))) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error).into()),
            _ => {}
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Sample as _;

    fn versione(versione: u32) -> Servizio {
        Servizio { versione, ..Servizio::sample() }
    }

    fn nota(servizio: &Servizio) -> (u32, Impronta) {
        (servizio.versione, catalogo::impronta(servizio))
    }

    #[test]
    fn a_version_is_new_the_same_or_refused() {
        let known = [nota(&versione(2)), nota(&versione(3))];
        assert_eq!(confronta(&versione(1), &[]).unwrap(), Esito::Nuova);
        assert_eq!(confronta(&versione(4), &known).unwrap(), Esito::Nuova);
        assert_eq!(confronta(&versione(3), &known).unwrap(), Esito::Uguale);
        let other = Servizio { termine_giorni: 29, ..versione(3) };
        for (refused, next) in [(versione(1), "versione: 4"), (other, "versione: 4")] {
            let error = confronta(&refused, &known).unwrap_err().to_string();
            assert!(error.contains(next), "{error}");
        }
    }

    #[test]
    fn a_definition_takes_its_name_whole_and_the_place_of_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("servizi");
        let servizio = versione(1);
        let json = serde_json::to_string(&servizio).unwrap();
        let first = metti(&folder, &servizio, Path::new("altrove/richiesta-generica.json"), &json).unwrap();
        assert_eq!(first.file_name().unwrap(), "richiesta-generica.json");
        assert_eq!(first.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(in_attesa(&folder, &servizio.codice), [nota(&servizio)]);
        let second = versione(2);
        metti(&folder, &second, Path::new("richiesta-generica.yaml"), &catalogo::yaml(&second)).unwrap();
        assert_eq!(in_attesa(&folder, &servizio.codice), [nota(&second)]);
        let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["richiesta-generica.yaml"], "nothing half written stays");
    }
}
