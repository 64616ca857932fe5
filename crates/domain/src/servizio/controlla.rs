//! Checks a whole definition of a service.

use super::{Scheda, Servizio, argomenti, categorie};
use crate::modulo::{Controllo, Decimale, Problema, controlla_testo as testo};
use crate::persona::LivelloIdentita;

/// Limits of a sheet, in characters unless said otherwise.
pub mod limiti {
    /// Name of a service.
    pub const NOME: usize = 80;
    /// Short description (C.SI.1.3).
    pub const DESCRIZIONE: usize = 255;
    /// A section of the sheet.
    pub const SEZIONE: usize = 4_000;
    /// An item of a list.
    pub const VOCE: usize = 300;
    /// Items of *Cosa serve*.
    pub const VOCI: usize = 12;
    /// Steps of the timeline.
    pub const FASI: usize = 10;
    /// Legal sources.
    pub const NORME: usize = 6;
    /// Topics.
    pub const ARGOMENTI: usize = 4;
    /// Days for the answer (L. 241/1990 art. 2 c. 4).
    pub const GIORNI: u16 = 180;
    /// Files with one filing.
    pub const ALLEGATI: u32 = 20;
    /// Bytes of the canonical form of a definition.
    pub const BYTE: usize = 256 * 1024;
}

impl Servizio {
    /// Everything that is wrong with a definition; empty when it can be published.
    pub fn controlla(&self) -> Vec<Problema> {
        let mut c = Controllo::default();
        self.identita(&mut c);
        scheda(&self.scheda, &mut c);
        self.regole_di_insieme(&mut c);
        self.modulo.controlla_in("modulo", &mut c);
        self.file(&mut c);
        if self.canonico().len() > limiti::BYTE {
            c.trova("codice", "troppo-grande", "La definizione è troppo grande: il massimo è 256 KiB.");
        }
        c.problemi()
    }

    fn identita(&self, c: &mut Controllo) {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(3..=60).contains(&self.codice.len()) || !self.codice.bytes().all(good) {
            c.trova("codice", "codice", "Il codice ha da 3 a 60 lettere minuscole senza accenti, cifre o trattini.");
        }
        if self.versione == 0 {
            c.trova("versione", "versione", "La prima versione è la 1.");
        }
        testo(c, "nome", &self.nome, limiti::NOME);
        if self.nome.contains('\n') {
            c.trova("nome", "una-riga", "Il nome sta su una riga: diventa l'oggetto della registrazione.");
        }
        if !categorie().contains(&self.categoria.as_str()) {
            c.trova(
                "categoria",
                "categoria",
                format!("«{}» non è una delle 15 categorie: {}.", self.categoria, categorie().join("; ")),
            );
        }
        if self.argomenti.is_empty() || self.argomenti.len() > limiti::ARGOMENTI {
            c.trova("argomenti", "quanti", "Gli argomenti sono da 1 a 4.");
        }
        for (index, argomento) in self.argomenti.iter().enumerate() {
            if !argomenti().contains(&argomento.as_str()) {
                let vicino = argomenti().iter().find(|a| a.to_lowercase() == argomento.to_lowercase());
                let aiuto = vicino.map_or(String::new(), |a| format!(" Forse «{a}»?"));
                c.trova(
                    format!("argomenti[{index}]"),
                    "argomento",
                    format!("«{argomento}» non è uno dei 64 argomenti del modello dei siti comunali.{aiuto}"),
                );
            }
            if self.argomenti[..index].contains(argomento) {
                c.trova(format!("argomenti[{index}]"), "ripetuto", format!("«{argomento}» c'è già."));
            }
        }
    }

    fn regole_di_insieme(&self, c: &mut Controllo) {
        if !(1..=limiti::GIORNI).contains(&self.termine_giorni) {
            c.trova("termineGiorni", "limite", "Il termine va da 1 a 180 giorni (legge 241/1990, articolo 2).");
        }
        let ufficio = self.ufficio.as_str();
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(2..=40).contains(&ufficio.len()) || !ufficio.bytes().all(good) {
            c.trova(
                "ufficio",
                "ufficio",
                "Il codice di un ufficio ha lettere minuscole, cifre o trattini, come tributi.",
            );
        }
        if self.classifica.valida().is_err() {
            c.trova("classifica", "classifica", format!("La classe {} non c'è nel titolario.", self.classifica));
        }
        if self.livello_identita < LivelloIdentita::L2 {
            c.trova("livelloIdentita", "livello", "Per presentare serve almeno il livello 2 (CAD, articolo 65).");
        }
        testo(c, "conservazione", &self.conservazione, limiti::VOCE);
        if self.norme.len() > limiti::NORME {
            c.trova("norme", "quanti", "Le norme sono al massimo 6.");
        }
        for (index, norma) in self.norme.iter().enumerate() {
            testo(c, &format!("norme[{index}]"), norma, limiti::VOCE);
        }
        if (self.bollo.is_some() || self.pagamento.is_some()) && self.scheda.costi.is_none() {
            c.trova("scheda.costi", "obbligatorio", "C'è un bollo o un pagamento: spiegare i costi nella scheda.");
        }
        if let Some(bollo) = &self.bollo {
            importo("bollo.importo", bollo.importo, c);
            if let Some(nota) = &bollo.nota {
                testo(c, "bollo.nota", nota, limiti::SEZIONE);
            }
        }
        if let Some(pagamento) = &self.pagamento {
            testo(c, "pagamento.causale", &pagamento.causale, limiti::VOCE);
            if let Some(i) = &pagamento.importo {
                importo("pagamento.importo", *i, c);
            }
            if let Some(nota) = &pagamento.nota {
                testo(c, "pagamento.nota", nota, limiti::SEZIONE);
            }
        }
        if self.finestra.is_some_and(|finestra| finestra.al < finestra.dal) {
            c.trova("finestra.al", "ordine", "L'ultimo giorno non può venire prima del primo.");
        }
    }

    fn file(&self, c: &mut Controllo) {
        let limits = self.allegati;
        if limits.massimo > limiti::ALLEGATI {
            c.trova("allegati.massimo", "limite", "I file di una domanda sono al massimo 20.");
        }
        if !(1..=crate::modulo::limiti::MEGABYTE).contains(&limits.megabyte) {
            c.trova("allegati.megabyte", "limite", "Un file ha da 1 a 50 MB.");
        }
        let needed = self.modulo.file_obbligatori();
        if needed > limits.massimo {
            c.trova(
                "allegati.massimo",
                "limite",
                format!(
                    "Il modulo chiede fino a {needed} file obbligatori, ma se ne possono allegare {}.",
                    limits.massimo
                ),
            );
        }
    }
}

fn importo(path: &str, importo: Decimale, c: &mut Controllo) {
    if importo <= Decimale::ZERO || importo.decimali() > 2 {
        c.trova(path, "importo", "Un importo è maggiore di zero e ha al massimo due decimali, come 16.00.");
    }
}

fn scheda(scheda: &Scheda, c: &mut Controllo) {
    testo(c, "scheda.descrizione", &scheda.descrizione, limiti::DESCRIZIONE);
    for (name, text) in [
        ("destinatari", Some(&scheda.destinatari)),
        ("comeFare", Some(&scheda.come_fare)),
        ("cosaServe.introduzione", Some(&scheda.cosa_serve.introduzione)),
        ("cosaSiOttiene", Some(&scheda.cosa_si_ottiene)),
        ("tempi", Some(&scheda.tempi)),
        ("costi", scheda.costi.as_ref()),
        ("vincoli", scheda.vincoli.as_ref()),
        ("casiParticolari", scheda.casi_particolari.as_ref()),
        ("condizioni", Some(&scheda.condizioni)),
    ] {
        if let Some(text) = text {
            testo(c, &format!("scheda.{name}"), text, limiti::SEZIONE);
        }
    }
    let elenco = &scheda.cosa_serve.elenco;
    if elenco.is_empty() || elenco.len() > limiti::VOCI {
        c.trova("scheda.cosaServe.elenco", "quanti", "Le voci di «Cosa serve» sono da 1 a 12.");
    }
    for (index, voce) in elenco.iter().enumerate() {
        testo(c, &format!("scheda.cosaServe.elenco[{index}]"), voce, limiti::VOCE);
    }
    if scheda.fasi.len() > limiti::FASI {
        c.trova("scheda.fasi", "quanti", "Le fasi sono al massimo 10.");
    }
    for (index, fase) in scheda.fasi.iter().enumerate() {
        testo(c, &format!("scheda.fasi[{index}].nome"), &fase.nome, limiti::NOME);
        if let Some(d) = &fase.descrizione {
            testo(c, &format!("scheda.fasi[{index}].descrizione"), d, limiti::SEZIONE);
        }
    }
}
