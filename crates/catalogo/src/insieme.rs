//! Mistakes that show only when definitions are seen together, and the check of several files at once.

use crate::definizione::{in_ordine, leggi_nodo};
use crate::errore::Errore;
use crate::nodo::{self, Nodo};
use crate::{agende_spedite, prenotabili_spediti, spediti};
use domain::modulo::Problema;
use domain::prenotabile::{Orario, Prenotabile};
use domain::servizio::Servizio;

/// What a file defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definizione {
    /// A service of the catalogue.
    Servizio(Box<Servizio>),
    /// A service that can be booked.
    Prenotabile(Box<Prenotabile>),
    /// The opening hours of an office.
    Orario(Box<Orario>),
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Genere {
    Servizio,
    Prenotabile,
    Orario,
}

impl Genere {
    /// By the folder it stands in, otherwise by the keys that only one kind has.
    fn di(file: &str, nodo: &Nodo) -> Self {
        match file.rsplit(['/', '\\']).nth(1) {
            Some("servizi") => return Self::Servizio,
            Some("prenotabili") => return Self::Prenotabile,
            Some("agende") => return Self::Orario,
            _ => {}
        }
        let ha = |chiave: &str| nodo.figlio(chiave).is_some();
        if ha("modulo") || ha("scheda") {
            Self::Servizio
        } else if ha("sportelli") || ha("luogo") {
            Self::Orario
        } else if ha("durataMinuti") || ha("motivi") {
            Self::Prenotabile
        } else {
            Self::Servizio
        }
    }
}

fn leggi(nodo: &Nodo, file: &str) -> Result<Definizione, Vec<Errore>> {
    Ok(match Genere::di(file, nodo) {
        Genere::Servizio => Definizione::Servizio(Box::new(leggi_nodo(nodo, file)?)),
        Genere::Prenotabile => Definizione::Prenotabile(Box::new(leggi_nodo(nodo, file)?)),
        Genere::Orario => Definizione::Orario(Box::new(leggi_nodo(nodo, file)?)),
    })
}

/// Reads a definition of whatever kind. `file` is its name, with the folder where there is one.
///
/// # Errors
/// As [`crate::leggi`].
pub fn definizione(text: &str, file: &str) -> Result<Definizione, Vec<Errore>> {
    leggi(&nodo::leggi(text).map_err(|errore| vec![errore])?, file)
}

/// What is wrong with opening hours beside the services that can be booked: a desk that offers one which does not exist,
/// or one that takes longer than the desk is ever open. Of two with the same code the first counts.
pub fn incroci_orario(orario: &Orario, prenotabili: &[&Prenotabile]) -> Vec<Problema> {
    let mut problemi = Vec::new();
    for (s, sportello) in orario.sportelli.iter().enumerate() {
        let aperto = sportello.orari.iter().map(|fascia| fascia.dalle.duration_until(fascia.alle).as_mins()).max();
        for (index, codice) in sportello.servizi.iter().enumerate() {
            let durata = prenotabili.iter().find(|p| p.codice == *codice).map(|p| p.durata_minuti);
            let (codice, messaggio) = match durata {
                None => (
                    "sconosciuto",
                    format!("«{codice}» non è un servizio prenotabile: correggere il codice o definirlo."),
                ),
                Some(durata) if aperto.unwrap_or(0) < i64::from(durata) => (
                    "troppo-lungo",
                    format!("«{codice}» dura {durata} minuti: lo sportello non è mai aperto così a lungo."),
                ),
                Some(_) => continue,
            };
            problemi.push(Problema { percorso: format!("sportelli[{s}].servizi[{index}]"), codice, messaggio });
        }
    }
    problemi
}

/// What is wrong with a service that can be booked beside opening hours and the catalogue: no desk offers it, or it
/// belongs to a service that does not exist.
pub fn incroci_prenotabile(prenotabile: &Prenotabile, orari: &[&Orario], servizi: &[&Servizio]) -> Vec<Problema> {
    let mut problemi = Vec::new();
    if !orari.iter().any(|orario| orario.offre(&prenotabile.codice)) {
        let messaggio = format!("Nessuno sportello offre «{}»: aggiungerlo a un'agenda.", prenotabile.codice);
        problemi.push(Problema { percorso: "codice".into(), codice: "senza-sportello", messaggio });
    }
    if let Some(servizio) = &prenotabile.servizio
        && !servizi.iter().any(|s| s.codice == *servizio)
    {
        let messaggio =
            format!("«{servizio}» non è nel catalogo dei servizi: correggere il codice o togliere la chiave.");
        problemi.push(Problema { percorso: "servizio".into(), codice: "sconosciuto", messaggio });
    }
    problemi
}

/// Checks files one by one and, where all of them can be read, together: `(name, text)` of each. What a file refers to may
/// stand in another of them or come with the program. That no desk offers a service is told only when opening hours are
/// among the files: they are then those of the municipality, whole.
///
/// # Errors
/// Each mistake with the index of its file, in the order of the files.
pub fn esamina(files: &[(&str, &str)]) -> Result<Vec<Definizione>, Vec<(usize, Errore)>> {
    let mut lette = Vec::with_capacity(files.len());
    let mut errori = Vec::new();
    for (index, (name, text)) in files.iter().enumerate() {
        let esito = nodo::leggi(text).map_err(|errore| vec![errore]).and_then(|nodo| Ok((leggi(&nodo, name)?, nodo)));
        match esito {
            Ok(letta) => lette.push(letta),
            Err(trovati) => errori.extend(trovati.into_iter().map(|errore| (index, errore))),
        }
    }
    if errori.is_empty() {
        errori = incroci(&lette);
    }
    if errori.is_empty() { Ok(lette.into_iter().map(|(letta, _)| letta).collect()) } else { Err(errori) }
}

fn incroci(lette: &[(Definizione, Nodo)]) -> Vec<(usize, Errore)> {
    let (mut servizi, mut prenotabili, mut orari) = (Vec::new(), Vec::new(), Vec::new());
    for (letta, _) in lette {
        match letta {
            Definizione::Servizio(servizio) => servizi.push(&**servizio),
            Definizione::Prenotabile(prenotabile) => prenotabili.push(&**prenotabile),
            Definizione::Orario(orario) => orari.push(&**orario),
        }
    }
    let agende_date = !orari.is_empty();
    // Those of the files come first: they are what is found where a code is there twice.
    servizi.extend(spediti());
    prenotabili.extend(prenotabili_spediti());
    if !agende_date {
        orari.extend(agende_spedite());
    }
    let mut errori = Vec::new();
    for (index, (letta, nodo)) in lette.iter().enumerate() {
        let mut problemi = match letta {
            Definizione::Servizio(_) => Vec::new(),
            Definizione::Prenotabile(prenotabile) => incroci_prenotabile(prenotabile, &orari, &servizi),
            Definizione::Orario(orario) => incroci_orario(orario, &prenotabili),
        };
        if !agende_date {
            problemi.retain(|problema| problema.codice != "senza-sportello");
        }
        let del_file = problemi.into_iter().map(|p| nodo.errore(&p.percorso, p.codice, p.messaggio)).collect();
        errori.extend(in_ordine(del_file).into_iter().map(|errore| (index, errore)));
    }
    errori
}
