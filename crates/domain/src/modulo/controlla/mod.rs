//! Checks a definition before anybody fills it in: names, order, limits, and that conditions and formulas make sense.

mod campi;
mod riferimenti;
pub(super) use riferimenti::senza_gruppo;

use super::limiti;
use super::lingua::{Campo, Modulo, Passo, TipoCampo};
use serde::Serialize;
use std::collections::BTreeSet;

/// Something wrong with a definition, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problema {
    /// Where, such as `modulo.passi[1].campi[0].se`.
    pub percorso: String,
    /// Stable code.
    pub codice: &'static str,
    /// In Italian, for who writes the definition.
    pub messaggio: String,
}

/// Gathers what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Controllo(Vec<Problema>);

impl Controllo {
    /// Notes one more.
    pub fn trova(&mut self, percorso: impl Into<String>, codice: &'static str, messaggio: impl Into<String>) {
        self.0.push(Problema { percorso: percorso.into(), codice, messaggio: messaggio.into() });
    }

    /// Everything found.
    pub fn problemi(self) -> Vec<Problema> {
        self.0
    }
}

/// Checks words that people read: there, not too long, without control characters.
pub(crate) fn testo(c: &mut Controllo, percorso: &str, text: &str, massimo: usize) {
    let length = text.chars().count();
    if text.trim().is_empty() {
        c.trova(percorso, "obbligatorio", "Manca il testo.");
    } else if length > massimo {
        c.trova(percorso, "testo-lungo", format!("Il testo ha {length} caratteri: il massimo è {massimo}."));
    }
    if text.chars().any(|ch| ch.is_control() && ch != '\n') {
        c.trova(percorso, "caratteri", "Il testo contiene caratteri di controllo: toglierli.");
    }
}

/// Checks a name of a field or a step.
fn nome(c: &mut Controllo, percorso: &str, nome: &str) {
    let mut bytes = nome.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
    if !first || !bytes.all(|b| b.is_ascii_alphanumeric()) || !(2..=limiti::NOME).contains(&nome.len()) {
        c.trova(
            percorso,
            "nome",
            format!("«{nome}» non può essere un nome: da 2 a 40 lettere senza accenti o cifre, la prima minuscola."),
        );
    }
}

impl Modulo {
    /// Everything that is wrong with the definition of a form; empty when it can be used.
    pub fn controlla(&self) -> Vec<Problema> {
        let mut c = Controllo::default();
        self.controlla_in("modulo", &mut c);
        c.problemi()
    }

    /// As [`Modulo::controlla`], within a larger definition.
    pub(crate) fn controlla_in(&self, percorso: &str, c: &mut Controllo) {
        if self.passi.is_empty() || self.passi.len() > limiti::PASSI {
            c.trova(format!("{percorso}.passi"), "quanti", "I passi sono da 1 a 6.");
        }
        let mut passi = BTreeSet::new();
        let mut campi = BTreeSet::new();
        for (index, passo) in self.passi.iter().enumerate() {
            let dove = format!("{percorso}.passi[{index}]");
            intestazione(&dove, passo, c);
            if !passi.insert(&passo.nome) {
                c.trova(format!("{dove}.nome"), "ripetuto", format!("C'è già un passo «{}».", passo.nome));
            }
            for (index, campo) in passo.campi.iter().enumerate() {
                let dove = format!("{dove}.campi[{index}]");
                if !campo.nome.is_empty() && !campi.insert(&campo.nome) {
                    c.trova(format!("{dove}.nome"), "ripetuto", format!("C'è già un campo «{}».", campo.nome));
                }
                campi::controlla(&dove, campo, None, c);
            }
        }
        riferimenti::controlla(percorso, self, c);
        self.controlla_regole(percorso, c);
    }

    fn controlla_regole(&self, percorso: &str, c: &mut Controllo) {
        if self.regole.len() > limiti::REGOLE {
            c.trova(format!("{percorso}.regole"), "quanti", "Le regole sono al massimo 20.");
        }
        for (index, regola) in self.regole.iter().enumerate() {
            let dove = format!("{percorso}.regole[{index}]");
            testo(c, &format!("{dove}.errore"), &regola.errore, limiti::TESTO_DEFINIZIONE);
            riferimenti::regola(&dove, self, regola, c);
        }
    }

    /// How many files must be attached at least, if every condition holds.
    pub(crate) fn file_obbligatori(&self) -> u32 {
        let needed = |campo: &&Campo| !campo.facoltativo && matches!(campo.tipo, TipoCampo::Allegato { .. });
        // Fields with a condition are often alternatives: they are not counted.
        self.campi().filter(needed).filter(|campo| campo.se.is_none()).count() as u32
    }
}

/// Name, title and size of a step.
fn intestazione(dove: &str, passo: &Passo, c: &mut Controllo) {
    nome(c, &format!("{dove}.nome"), &passo.nome);
    testo(c, &format!("{dove}.titolo"), &passo.titolo, limiti::ETICHETTA);
    if let Some(text) = &passo.testo {
        testo(c, &format!("{dove}.testo"), text, limiti::INTRODUZIONE);
    }
    if passo.campi.is_empty() || passo.campi.len() > limiti::CAMPI {
        c.trova(format!("{dove}.campi"), "quanti", "I campi di un passo sono da 1 a 15.");
    }
}
