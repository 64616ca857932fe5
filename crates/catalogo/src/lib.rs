//! Definitions of services as files: read with the place of every mistake, shipped inside the binary, imported from
//! Form.io, each version named by its impronta.

mod errore;
pub mod esempi;
pub mod formio;
mod lettore;
mod nodo;
mod scrivi;
mod spediti;

#[cfg(test)]
mod tests;

pub use errore::Errore;
pub use nodo::{MASSIMO_BYTE, MASSIMO_NODI, MASSIMO_PROFONDITA};
pub use scrivi::yaml;
pub use spediti::spediti;

use domain::allegato::Impronta;
use domain::modulo::Campo;
use domain::servizio::Servizio;
use nodo::Nodo;
use serde::Deserialize as _;
use sha2::{Digest as _, Sha256};

/// Mistakes reported about one file, at most.
pub const MASSIMO_ERRORI: usize = 100;

/// Reads a definition and checks it whole. `file` is its name: without folder and extension it must be the service's
/// code; empty when there is none (an upload).
///
/// # Errors
/// Everything found, each with its place, in the order of the file. When the shape itself is wrong (a key that does not
/// exist, one that is missing), only that is told.
pub fn leggi(text: &str, file: &str) -> Result<Servizio, Vec<Errore>> {
    let nodo = nodo::leggi(text).map_err(|errore| vec![errore])?;
    let servizio = forma(&nodo)?;
    let mut errori: Vec<Errore> =
        servizio.controlla().into_iter().map(|p| nodo.errore(&p.percorso, p.codice, p.messaggio)).collect();
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.split('.').next().unwrap_or(name);
    if !stem.is_empty() && stem != servizio.codice {
        errori.push(nodo.errore(
            "codice",
            "nome-del-file",
            format!("Il codice è «{}», ma il file si chiama «{name}»: devono essere uguali.", servizio.codice),
        ));
    }
    if errori.is_empty() { Ok(servizio) } else { Err(in_ordine(errori)) }
}

/// The typed form of a tree. Where it is not one, the fields are read one by one too, so that a file with mistakes in
/// several fields is mended in one go.
fn forma(nodo: &Nodo) -> Result<Servizio, Vec<Errore>> {
    let sconosciute = lettore::Sconosciute::default();
    let esito = Servizio::deserialize(lettore::Lettore::new(nodo, &sconosciute));
    let mut errori = Vec::new();
    match esito {
        Ok(servizio) if sconosciute.nessuna() => return Ok(servizio),
        Ok(_) => {}
        Err(errore) => {
            errori.push(errore.0);
            for (percorso, campo) in nodo.campi_del_modulo() {
                let esito = Campo::deserialize(lettore::Lettore::at(campo, percorso.clone(), &sconosciute));
                errori.extend(esito.err().map(|errore| errore.at(&percorso).0));
            }
        }
    }
    errori.extend(sconosciute.tutte());
    Err(in_ordine(errori.into_iter().map(|errore| nodo.posto(errore)).collect()))
}

fn in_ordine(mut errori: Vec<Errore>) -> Vec<Errore> {
    errori.sort();
    errori.dedup();
    errori.truncate(MASSIMO_ERRORI);
    errori
}

/// SHA-256 of the canonical form: what names a version of a definition for ever.
pub fn impronta(servizio: &Servizio) -> Impronta {
    Impronta::from_bytes(Sha256::digest(servizio.canonico()).into())
}
