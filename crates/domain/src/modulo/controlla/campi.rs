//! Checks each field by itself.

use super::{Controllo, nome, testo};
use crate::modulo::decimale::{Decimale, MASSIMO_DECIMALI};
use crate::modulo::giorno::Giorno;
use crate::modulo::limiti;
use crate::modulo::lingua::{Campo, Fonte, FormatoFile, Opzione, PosizioneFoto, Tipo, TipoCampo};
use std::collections::BTreeSet;

/// Checks a field; `gruppo` is the group it stands in.
pub(super) fn controlla(dove: &str, campo: &Campo, gruppo: Option<&Campo>, c: &mut Controllo) {
    if !campo.nome.is_empty() {
        nome(c, &format!("{dove}.nome"), &campo.nome);
    }
    let long = matches!(campo.tipo, TipoCampo::Dichiarazione { .. } | TipoCampo::Nota);
    let massimo = if long { limiti::TESTO_DEFINIZIONE } else { limiti::ETICHETTA };
    testo(c, &format!("{dove}.etichetta"), &campo.etichetta, massimo);
    if let Some(aiuto) = &campo.aiuto {
        testo(c, &format!("{dove}.aiuto"), aiuto, limiti::TESTO_DEFINIZIONE);
    }
    if campo.facoltativo
        && matches!(campo.tipo.tipo(), Tipo::Casella | Tipo::Dichiarazione | Tipo::Calcolo | Tipo::Nota)
    {
        c.trova(
            format!("{dove}.facoltativo"),
            "non-serve",
            "«facoltativo» qui non ha senso: una casella può già restare vuota, una dichiarazione no.",
        );
    }
    tipo(dove, campo, gruppo.is_some(), c);
    if let Some(fonte) = campo.precompila {
        precompila(dove, campo, fonte, gruppo.is_some(), c);
    }
}

fn tipo(dove: &str, campo: &Campo, in_gruppo: bool, c: &mut Controllo) {
    match &campo.tipo {
        TipoCampo::Testo { minimo, massimo, .. } => lunghezza(dove, *minimo, *massimo, limiti::TESTO_MASSIMO, c),
        TipoCampo::TestoLungo { minimo, massimo } => lunghezza(dove, *minimo, *massimo, limiti::TESTO_LUNGO_MASSIMO, c),
        TipoCampo::Numero { minimo, massimo, decimali, unita } => {
            numero(dove, *minimo, *massimo, *decimali, c);
            self::unita(dove, unita.as_ref(), c);
        }
        TipoCampo::Importo { minimo, massimo } => numero(dove, *minimo, *massimo, 2, c),
        TipoCampo::Data { minimo, massimo } => data(dove, *minimo, *massimo, c),
        TipoCampo::Scelta { opzioni } => self::opzioni(dove, opzioni, c),
        TipoCampo::Scelte { opzioni, minimo, massimo } => {
            self::opzioni(dove, opzioni, c);
            let (least, most) = (minimo.unwrap_or(0), massimo.unwrap_or(opzioni.len() as u32));
            if least > most || most == 0 || most as usize > opzioni.len() {
                c.trova(
                    format!("{dove}.massimo"),
                    "limite",
                    "Quante scelte: il massimo va da 1 al numero delle opzioni, e il minimo non lo supera.",
                );
            }
        }
        TipoCampo::Allegato { formati, massimo, megabyte, posizione } => {
            if in_gruppo {
                c.trova(format!("{dove}.tipo"), "gruppo", "Un allegato non può stare in un gruppo: metterlo fuori.");
            }
            allegato(dove, formati, *massimo, *megabyte, c);
            if *posizione == PosizioneFoto::Mantieni && !formati.iter().any(|formato| formato.ha_posizione()) {
                c.trova(format!("{dove}.posizione"), "formato", "Solo una fotografia ha una posizione da mantenere.");
            }
        }
        TipoCampo::Gruppo { voce, minimo, massimo, campi } => {
            if in_gruppo {
                c.trova(format!("{dove}.tipo"), "gruppo", "Un gruppo non può stare in un altro gruppo.");
            } else {
                gruppo(dove, campo, voce, (*minimo, *massimo), campi, c);
            }
        }
        TipoCampo::Calcolo { decimali, unita, .. } => {
            numero(dove, None, None, *decimali, c);
            self::unita(dove, unita.as_ref(), c);
        }
        _ => {}
    }
}

fn lunghezza(dove: &str, minimo: u32, massimo: u32, limite: u32, c: &mut Controllo) {
    if massimo == 0 || massimo > limite {
        c.trova(format!("{dove}.massimo"), "limite", format!("I caratteri al massimo vanno da 1 a {limite}."));
    }
    if minimo > massimo {
        c.trova(format!("{dove}.minimo"), "ordine", "Il minimo supera il massimo.");
    }
}

fn numero(dove: &str, minimo: Option<Decimale>, massimo: Option<Decimale>, decimali: u8, c: &mut Controllo) {
    if decimali > MASSIMO_DECIMALI {
        c.trova(format!("{dove}.decimali"), "limite", "I decimali vanno da 0 a 3.");
    }
    if let (Some(minimo), Some(massimo)) = (minimo, massimo)
        && minimo > massimo
    {
        c.trova(format!("{dove}.minimo"), "ordine", "Il minimo supera il massimo.");
    }
    for (key, limit) in [("minimo", minimo), ("massimo", massimo)] {
        if limit.is_some_and(|limit| limit.decimali() > decimali) {
            c.trova(format!("{dove}.{key}"), "decimali", format!("Il limite ha più decimali del campo ({decimali})."));
        }
    }
}

fn unita(dove: &str, unita: Option<&String>, c: &mut Controllo) {
    if let Some(unita) = unita {
        testo(c, &format!("{dove}.unita"), unita, limiti::UNITA);
    }
}

fn data(dove: &str, minimo: Option<Giorno>, massimo: Option<Giorno>, c: &mut Controllo) {
    let reversed = match (minimo, massimo) {
        (Some(Giorno::Data(minimo)), Some(Giorno::Data(massimo))) => minimo > massimo,
        (Some(Giorno::Oggi(minimo)), Some(Giorno::Oggi(massimo))) => minimo > massimo,
        _ => false,
    };
    if reversed {
        c.trova(format!("{dove}.minimo"), "ordine", "Il primo giorno viene dopo l'ultimo.");
    }
}

fn opzioni(dove: &str, opzioni: &[Opzione], c: &mut Controllo) {
    if !(limiti::OPZIONI_MINIME..=limiti::OPZIONI).contains(&opzioni.len()) {
        c.trova(format!("{dove}.opzioni"), "quanti", "Le opzioni sono da 2 a 60.");
    }
    let (mut valori, mut testi) = (BTreeSet::new(), BTreeSet::new());
    for (index, opzione) in opzioni.iter().enumerate() {
        let dove = format!("{dove}.opzioni[{index}]");
        let good = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_' | '.' | '+');
        if opzione.valore.is_empty() || opzione.valore.len() > limiti::VALORE || !opzione.valore.chars().all(good) {
            c.trova(
                format!("{dove}.valore"),
                "valore",
                format!(
                    "«{}» non può essere un valore: da 1 a 60 lettere senza accenti, cifre, - _ . +",
                    opzione.valore
                ),
            );
        }
        testo(c, &format!("{dove}.testo"), &opzione.testo, limiti::TESTO_DEFINIZIONE);
        if !valori.insert(&opzione.valore) {
            c.trova(format!("{dove}.valore"), "ripetuto", format!("Il valore «{}» c'è già.", opzione.valore));
        }
        if !testi.insert(&opzione.testo) {
            c.trova(format!("{dove}.testo"), "ripetuto", format!("Il testo «{}» c'è già.", opzione.testo));
        }
    }
}

fn allegato(dove: &str, formati: &[FormatoFile], massimo: u32, megabyte: Option<u32>, c: &mut Controllo) {
    if formati.is_empty() || formati.iter().collect::<BTreeSet<_>>().len() != formati.len() {
        c.trova(format!("{dove}.formati"), "quanti", "Almeno un formato, e ciascuno una volta sola.");
    }
    if !(1..=limiti::FILE).contains(&massimo) {
        c.trova(format!("{dove}.massimo"), "limite", "I file di un campo vanno da 1 a 10.");
    }
    if megabyte.is_some_and(|mb| !(1..=limiti::MEGABYTE).contains(&mb)) {
        c.trova(format!("{dove}.megabyte"), "limite", "Un file ha da 1 a 50 MB.");
    }
}

fn gruppo(dove: &str, campo: &Campo, voce: &str, quante: (u32, u32), campi: &[Campo], c: &mut Controllo) {
    testo(c, &format!("{dove}.voce"), voce, limiti::ETICHETTA);
    let (minimo, massimo) = quante;
    if massimo == 0 || massimo > limiti::VOCI {
        c.trova(format!("{dove}.massimo"), "limite", "Le voci di un gruppo sono al massimo 20.");
    }
    if minimo > massimo {
        c.trova(format!("{dove}.minimo"), "ordine", "Il minimo supera il massimo.");
    }
    if campi.is_empty() || campi.len() > limiti::CAMPI {
        c.trova(format!("{dove}.campi"), "quanti", "I campi di un gruppo sono da 1 a 15.");
    }
    let mut nomi = BTreeSet::new();
    for (index, interno) in campi.iter().enumerate() {
        let dove = format!("{dove}.campi[{index}]");
        if !interno.nome.is_empty() && !nomi.insert(&interno.nome) {
            c.trova(format!("{dove}.nome"), "ripetuto", format!("Nel gruppo c'è già un campo «{}».", interno.nome));
        }
        controlla(&dove, interno, Some(campo), c);
    }
}

/// Types of field a source can fill in.
fn tipi(fonte: Fonte) -> &'static [Tipo] {
    match fonte {
        Fonte::Nome | Fonte::Cognome | Fonte::LuogoNascita | Fonte::AziendaDenominazione => &[Tipo::Testo],
        Fonte::CodiceFiscale => &[Tipo::CodiceFiscale],
        Fonte::DataNascita | Fonte::IseeScadenza => &[Tipo::Data],
        Fonte::Residenza => &[Tipo::Indirizzo],
        Fonte::Email => &[Tipo::Email],
        Fonte::Telefono => &[Tipo::Telefono],
        Fonte::Iban => &[Tipo::Iban],
        Fonte::Isee => &[Tipo::Importo],
        Fonte::Nucleo | Fonte::Veicoli | Fonte::Immobili => &[Tipo::Gruppo],
        Fonte::Azienda => &[Tipo::PartitaIva],
    }
}

fn precompila(dove: &str, campo: &Campo, fonte: Fonte, in_gruppo: bool, c: &mut Controllo) {
    let dove = format!("{dove}.precompila");
    if !tipi(fonte).contains(&campo.tipo.tipo()) {
        c.trova(&dove, "tipo", "Questa fonte non può riempire un campo di questo tipo.");
    }
    if in_gruppo && matches!(fonte, Fonte::Nucleo | Fonte::Veicoli | Fonte::Immobili) {
        c.trova(&dove, "gruppo", "Questa fonte sta sul gruppo, non su un suo campo.");
    }
    let known: &[&str] = match fonte {
        Fonte::Nucleo => &["nome", "cognome", "codiceFiscale", "dataNascita", "parentela"],
        Fonte::Veicoli => &["targa", "descrizione"],
        Fonte::Immobili => &["foglio", "particella", "subalterno", "indirizzo"],
        _ => return,
    };
    if !campo.campi().iter().any(|interno| known.contains(&interno.nome.as_str())) {
        c.trova(&dove, "nomi", format!("Nessun campo del gruppo si chiama come la fonte: {}.", known.join(", ")));
    }
}
