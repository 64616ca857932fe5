//! Bookable services and opening hours: each alone, and together.

use super::{ORARIO, PRENOTABILE, cambia};
use crate::{Definizione, Errore, definizione, esamina, impronta, leggi, orario, prenotabile, yaml};
use proptest::prelude::*;

/// Line, path and code of what is wrong.
fn visti<T>(esito: Result<T, Vec<Errore>>) -> Vec<(usize, String, &'static str)> {
    let errori = esito.err().unwrap_or_default();
    errori.into_iter().map(|Errore { riga, percorso, codice, .. }| (riga, percorso, codice)).collect()
}

#[test]
fn good_files_are_read_and_written() {
    let servizio = prenotabile(PRENOTABILE, "schemas/prenotabili/prova.yaml").unwrap();
    assert_eq!((servizio.durata_minuti, servizio.promemoria_ore.as_slice()), (20, [24].as_slice()));
    assert_eq!(prenotabile(&yaml(&servizio), "prova").unwrap(), servizio);
    let agenda = orario(ORARIO, "schemas/agende/prova.yaml").unwrap();
    assert_eq!(agenda.sportelli[1].orari[0].alle, jiff::civil::time(9, 20, 0, 0));
    assert_eq!(orario(&yaml(&agenda), "prova").unwrap(), agenda, "{}", yaml(&agenda));
    let json = serde_json::to_string(&agenda).unwrap();
    assert_eq!(impronta(&orario(&json, "").unwrap()), impronta(&agenda));
}

#[test]
fn each_mistake_of_a_bookable_service_has_its_line() {
    for (prima, dopo, riga, percorso, codice) in [
        ("durataMinuti: 20", "durataMinuti: venti", 5, "durataMinuti", "tipo"),
        ("durataMinuti: 20\n", "", 1, "", "manca"),
        ("durataMinuti: 20", "durataMinuti: 20\ncolore: blu", 6, "colore", "chiave"),
        ("protocolla: \"no\"", "protocolla: forse", 8, "protocolla", "parola"),
        ("motivi: [Prima volta, Rinnovo]", "motivi: Rinnovo", 10, "motivi", "tipo"),
    ] {
        let text = cambia(PRENOTABILE, prima, dopo);
        assert_eq!(visti(prenotabile(&text, "prova.yaml")), [(riga, percorso.to_owned(), codice)], "{dopo}");
    }
    assert_eq!(visti(prenotabile(PRENOTABILE, "altro.yaml")), [(1, "codice".to_owned(), "nome-del-file")]);
}

#[test]
fn what_a_bookable_service_may_not_say_has_its_line() {
    for (prima, dopo, riga, percorso) in [
        ("durataMinuti: 20", "durataMinuti: 4", 5, "durataMinuti"),
        ("durataMinuti: 20", "durataMinuti: 241", 5, "durataMinuti"),
        ("margineMinuti: 5", "margineMinuti: 61", 6, "margineMinuti"),
        ("preavvisoOre: 24", "preavvisoOre: 721", 7, "preavvisoOre"),
        ("classifica: XI.2", "classifica: XI.99", 9, "classifica"),
        ("motivi: [Prima volta, Rinnovo]", "motivi: []", 10, "motivi"),
        ("versione: 1", "versione: 0", 2, "versione"),
    ] {
        let found = visti(prenotabile(&cambia(PRENOTABILE, prima, dopo), "prova.yaml"));
        assert_eq!(found.iter().map(|(r, p, _)| (*r, p.as_str())).collect::<Vec<_>>(), [(riga, percorso)], "{dopo}");
    }
}

#[test]
fn each_mistake_of_opening_hours_has_its_line() {
    let prima_fascia = "sportelli[0].orari[0]";
    for (prima, dopo, riga, percorso, codice) in [
        ("alle: \"12:30\"", "alle: mezzogiorno", 11, format!("{prima_fascia}.alle"), "tipo"),
        ("alle: \"12:30\"", "alle: \"25:00\"", 11, format!("{prima_fascia}.alle"), "tipo"),
        ("[lun, mar]", "[lun, martedi]", 11, format!("{prima_fascia}.giorni[1]"), "parola"),
        ("al: 2026-08-21", "al: 21 agosto", 19, "eccezioni[0].al".to_owned(), "tipo"),
        ("al: 2026-08-21", "al: 2026-02-29", 19, "eccezioni[0].al".to_owned(), "tipo"),
        ("al: 2026-08-21", "ogniAnno: { dal: 02-30, al: 03-05 }", 19, "eccezioni[0].ogniAnno.dal".to_owned(), "tipo"),
        ("al: 2026-08-21", "ogniAnno: { dal: 08-10, al: 8-21 }", 19, "eccezioni[0].ogniAnno.al".to_owned(), "tipo"),
        ("al: 2026-08-21", "ogniAnno: { dal: 08-10 }", 19, "eccezioni[0].ogniAnno".to_owned(), "manca"),
        (
            "al: 2026-08-21",
            "ogniAnno: { da: 08-10, al: 08-21, dal: 08-10 }",
            19,
            "eccezioni[0].ogniAnno.da".to_owned(),
            "chiave",
        ),
        ("nome: Sportello 2", "nome: Sportello 2\n    colore: blu", 14, "sportelli[1].colore".to_owned(), "chiave"),
    ] {
        let text = cambia(ORARIO, prima, dopo);
        assert_eq!(visti(orario(&text, "prova.yaml")), [(riga, percorso, codice)], "{dopo}");
    }
    let errore = orario(&cambia(ORARIO, "alle: \"12:30\"", "alle: mezzogiorno"), "").unwrap_err().remove(0);
    assert!(errore.messaggio.contains("un'ora, come 09:30"), "{errore}");
    assert_eq!(visti(orario(ORARIO, "anagrafe.yaml")), [(1, "ufficio".to_owned(), "nome-del-file")]);
}

#[test]
fn mistakes_in_several_desks_are_told_at_once() {
    let text = cambia(ORARIO, "[lun, mar]", "[lun, martedi]")
        .replace("[lun], ", "[lunedi], ")
        .replace("al: 2026-08-21", "al: mai");
    assert_eq!(visti(orario(&text, "")).into_iter().map(|(riga, ..)| riga).collect::<Vec<_>>(), [11, 16, 19]);
}

#[test]
fn what_opening_hours_may_not_say_has_its_line() {
    for (prima, dopo, riga) in [
        ("alle: \"12:30\"", "alle: \"08:30\"", 11),
        ("sportelli: [s1]", "sportelli: [s9]", 21),
        ("al: 2026-08-21", "al: 2026-08-09", 19),
        ("    al: 2026-08-21\n", "", 18),
        ("dal: 2026-08-10\n    al: 2026-08-21\n    motivo: Ferie", "motivo: Ferie", 18),
        ("al: 2026-08-21", "al: 2026-08-21\n    ogniAnno: { dal: 08-10, al: 08-21 }", 20),
        ("codice: s2", "codice: s1", 12),
        ("nome: Ufficio di prova", "nome: \"\"", 4),
    ] {
        let found = visti(orario(&cambia(ORARIO, prima, dopo), "prova.yaml"));
        assert_eq!(found.iter().map(|(r, ..)| *r).collect::<Vec<_>>(), [riga], "{dopo}: {found:?}");
    }
}

#[test]
fn a_file_is_known_by_its_folder_or_by_its_keys() {
    let servizio = super::BUONA;
    for (text, file) in [(PRENOTABILE, "x/prenotabili/prova.yaml"), (PRENOTABILE, ""), (PRENOTABILE, "prova.yaml")] {
        assert!(matches!(definizione(text, file), Ok(Definizione::Prenotabile(_))), "{file}");
    }
    assert!(matches!(definizione(ORARIO, "agende\\prova.yaml"), Ok(Definizione::Orario(_))));
    assert!(matches!(definizione(ORARIO, ""), Ok(Definizione::Orario(_))));
    assert!(matches!(definizione(servizio, "c/prova.yaml"), Ok(Definizione::Servizio(_))));
    // In a folder, a file is of its kind even where its keys are wrong.
    assert!(definizione(ORARIO, "servizi/prova.yaml").unwrap_err().iter().any(|errore| errore.codice == "chiave"));
    assert_eq!(visti(definizione("boh: 1", "")), visti(leggi("boh: 1", "")));
}

/// Index, line and code of what is wrong with files together.
fn insieme(files: &[(&str, &str)]) -> Vec<(usize, usize, &'static str)> {
    let errori = esamina(files).err().unwrap_or_default();
    errori.into_iter().map(|(index, errore)| (index, errore.riga, errore.codice)).collect()
}

#[test]
fn what_files_refer_to_is_looked_up() {
    // Alone, beside what comes with the program: a certificate fits into twenty minutes, a minor's card does not.
    assert_eq!(insieme(&[("prova.yaml", ORARIO)]), [(0, 14, "troppo-lungo")]);
    let longer = cambia(ORARIO, "\"09:20\"", "\"09:30\"");
    assert_eq!(insieme(&[("prova.yaml", &longer)]), []);
    let sconosciuto = cambia(&longer, "[cie-rilascio]", "[cie-rilascio, boh]");
    assert_eq!(insieme(&[("prova.yaml", &sconosciuto)]), [(0, 9, "sconosciuto")]);
    let lontano = cambia(PRENOTABILE, "carta-identita-elettronica", "boh");
    assert_eq!(insieme(&[("prova.yaml", &lontano)]), [(0, 12, "sconosciuto")]);
}

#[test]
fn a_service_that_no_desk_offers_is_told_where_the_desks_are_there() {
    let agenda = cambia(ORARIO, "\"09:20\"", "\"09:30\"");
    assert_eq!(insieme(&[("prova.yaml", PRENOTABILE)]), []);
    let files = [("prenotabili/prova.yaml", PRENOTABILE), ("agende/prova.yaml", agenda.as_str())];
    assert_eq!(insieme(&files), [(0, 1, "senza-sportello")]);
    let offerto = cambia(&agenda, "[cie-rilascio]", "[cie-rilascio, prova]");
    assert_eq!(insieme(&[("prenotabili/prova.yaml", PRENOTABILE), ("agende/prova.yaml", &offerto)]), []);
    // One file that cannot be read: the others are not judged by what it might have said.
    assert_eq!(insieme(&[("prova.yaml", "boh: ["), ("agende/prova.yaml", ORARIO)])[0].2, "yaml");
}

proptest! {
    #[test]
    fn no_damage_makes_the_check_panic(
        which in 0..2_usize, at in 0..700_usize, piece in "[\\[\\]{}:,&*!|>\"' \\n0-9#-]{0,4}", cut in 0..30_usize,
    ) {
        let chars: Vec<char> = [PRENOTABILE, ORARIO][which].chars().collect();
        let at = at.min(chars.len());
        let text: String = chars[..at].iter().copied().chain(piece.chars()).chain(chars.iter().copied().skip(at + cut)).collect();
        for (_, errore) in esamina(&[("prova.yaml", &text)]).err().unwrap_or_default() {
            prop_assert!(errore.riga >= 1 && errore.colonna >= 1, "{errore:?}");
        }
    }
}

#[test]
fn days_that_come_every_year_are_read_and_written_over_new_year_too() {
    let prima = "dal: 2026-08-10\n    al: 2026-08-21";
    for dopo in [
        "ogniAnno: { dal: 12-24, al: 01-05 }",
        "ogniAnno: { dal: 02-20, al: 02-29 }",
        "ogniAnno: { dal: \"08-10\", al: '08-21' }",
    ] {
        let agenda = orario(&cambia(ORARIO, prima, dopo), "prova.yaml").unwrap();
        assert!(agenda.eccezioni[0].ogni_anno.is_some());
        assert_eq!(orario(&yaml(&agenda), "prova").unwrap(), agenda, "{}", yaml(&agenda));
    }
    let errore = orario(&cambia(ORARIO, prima, "ogniAnno: { dal: 08-10, al: agosto }"), "").unwrap_err().remove(0);
    assert!(errore.messaggio.contains("come 08-10") && errore.messaggio.contains("«agosto»"), "{errore}");
}
