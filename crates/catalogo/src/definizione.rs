//! The kinds of definitions that are files, and the one way in which all of them are read.

use crate::errore::Errore;
use crate::lettore::{Lettore, Sconosciute};
use crate::nodo::{self, Nodo};
use domain::modulo::{Campo, Problema};
use domain::prenotabile::{Eccezione, Orario, Prenotabile, Sportello};
use domain::servizio::Servizio;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Mistakes reported about one file, at most.
pub const MASSIMO_ERRORI: usize = 100;

/// What stands in a file of its own, checked whole before it is used.
pub trait Forma: DeserializeOwned + Serialize {
    /// The key whose value is also the name of the file.
    const CHIAVE: &'static str;

    /// The value of that key.
    fn nome_del_file(&self) -> &str;

    /// Everything that is wrong with it, taken alone.
    fn problemi(&self) -> Vec<Problema>;

    /// Its one form as bytes: what the impronta of a version is computed over.
    fn canonico(&self) -> Vec<u8>;

    /// Lists whose items are read one by one too where the whole is not of its form, so that a file with mistakes in
    /// several places is mended in one go.
    #[doc(hidden)]
    fn a_pezzi(_: &mut Pezzi<'_>) {}
}

impl Forma for Servizio {
    const CHIAVE: &'static str = "codice";

    fn nome_del_file(&self) -> &str {
        &self.codice
    }

    fn problemi(&self) -> Vec<Problema> {
        self.controlla()
    }

    fn canonico(&self) -> Vec<u8> {
        Self::canonico(self)
    }

    fn a_pezzi(pezzi: &mut Pezzi<'_>) {
        pezzi.leggi::<Campo>("modulo.passi[].campi[]");
    }
}

impl Forma for Prenotabile {
    const CHIAVE: &'static str = "codice";

    fn nome_del_file(&self) -> &str {
        &self.codice
    }

    fn problemi(&self) -> Vec<Problema> {
        self.controlla()
    }

    fn canonico(&self) -> Vec<u8> {
        Self::canonico(self)
    }
}

impl Forma for Orario {
    const CHIAVE: &'static str = "ufficio";

    fn nome_del_file(&self) -> &str {
        self.ufficio.as_str()
    }

    fn problemi(&self) -> Vec<Problema> {
        self.controlla()
    }

    fn canonico(&self) -> Vec<u8> {
        Self::canonico(self)
    }

    fn a_pezzi(pezzi: &mut Pezzi<'_>) {
        pezzi.leggi::<Sportello>("sportelli[]");
        pezzi.leggi::<Eccezione>("eccezioni[]");
    }
}

/// Items of lists, read one by one.
#[derive(Debug)]
pub struct Pezzi<'a> {
    nodo: &'a Nodo,
    sconosciute: &'a Sconosciute,
    errori: Vec<Errore>,
}

impl Pezzi<'_> {
    /// Reads each item that stands at a path such as `modulo.passi[].campi[]`.
    fn leggi<T: DeserializeOwned>(&mut self, percorso: &str) {
        for (percorso, nodo) in self.nodo.voci(percorso) {
            let esito = T::deserialize(Lettore::at(nodo, percorso.clone(), self.sconosciute));
            self.errori.extend(esito.err().map(|errore| errore.at(&percorso).0));
        }
    }
}

/// Reads a definition and checks it whole. `file` is its name: without folder and extension it must be the value of
/// [`Forma::CHIAVE`]; empty when there is none (an upload).
pub(crate) fn leggi<T: Forma>(text: &str, file: &str) -> Result<T, Vec<Errore>> {
    let nodo = nodo::leggi(text).map_err(|errore| vec![errore])?;
    leggi_nodo(&nodo, file)
}

/// As [`leggi`], where the tree is there already.
pub(crate) fn leggi_nodo<T: Forma>(nodo: &Nodo, file: &str) -> Result<T, Vec<Errore>> {
    let definizione: T = forma(nodo)?;
    let mut errori: Vec<Errore> =
        definizione.problemi().into_iter().map(|p| nodo.errore(&p.percorso, p.codice, p.messaggio)).collect();
    let (nome, stem) = (definizione.nome_del_file(), stem(file));
    if !stem.is_empty() && stem != nome {
        errori.push(nodo.errore(
            T::CHIAVE,
            "nome-del-file",
            format!("Alla chiave «{}» c'è «{nome}», ma il file si chiama «{stem}»: devono essere uguali.", T::CHIAVE),
        ));
    }
    if errori.is_empty() { Ok(definizione) } else { Err(in_ordine(errori)) }
}

/// The name of a file without folder and extension.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.split('.').next().unwrap_or(name)
}

/// The typed form of a tree.
fn forma<T: Forma>(nodo: &Nodo) -> Result<T, Vec<Errore>> {
    let sconosciute = Sconosciute::default();
    let esito = T::deserialize(Lettore::new(nodo, &sconosciute));
    let mut errori = Vec::new();
    match esito {
        Ok(definizione) if sconosciute.nessuna() => return Ok(definizione),
        Ok(_) => {}
        Err(errore) => {
            let mut pezzi = Pezzi { nodo, sconosciute: &sconosciute, errori: vec![errore.0] };
            T::a_pezzi(&mut pezzi);
            errori = pezzi.errori;
        }
    }
    errori.extend(sconosciute.tutte());
    Err(in_ordine(errori.into_iter().map(|errore| nodo.posto(errore)).collect()))
}

pub(crate) fn in_ordine(mut errori: Vec<Errore>) -> Vec<Errore> {
    errori.sort();
    errori.dedup();
    errori.truncate(MASSIMO_ERRORI);
    errori
}
