use super::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Paths and codes of what is wrong with the sample after a change.
fn problemi(change: impl FnOnce(&mut Servizio)) -> Vec<(String, &'static str)> {
    let mut servizio = Servizio::sample();
    change(&mut servizio);
    servizio.controlla().into_iter().map(|problema| (problema.percorso, problema.codice)).collect()
}

fn one(path: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(path.to_owned(), code)]
}

#[test]
fn the_sample_is_in_order() {
    assert_eq!(Servizio::sample().controlla(), []);
}

#[test]
fn the_dictionaries_are_whole() {
    assert_eq!((categorie().len(), argomenti().len()), (15, 64));
    assert_eq!(categorie().iter().collect::<BTreeSet<_>>().len(), 15);
    assert_eq!(argomenti().iter().collect::<BTreeSet<_>>().len(), 64);
    assert!(categorie().contains(&"Salute, benessere e assistenza"));
}

#[test]
fn each_part_has_its_rule() {
    for bad in ["", "ab", "Permesso", "permesso ztl", "permesso_ztl", &"a".repeat(61)] {
        assert_eq!(problemi(|s| s.codice = bad.into()), one("codice", "codice"), "{bad}");
    }
    assert_eq!(problemi(|s| s.versione = 0), one("versione", "versione"));
    assert_eq!(problemi(|s| s.nome = "x".repeat(81)), one("nome", "testo-lungo"));
    assert_eq!(problemi(|s| s.nome = "a\nb".into()), one("nome", "una-riga"));
    assert_eq!(problemi(|s| s.categoria = "ambiente".into()), one("categoria", "categoria"));
    assert_eq!(problemi(|s| s.argomenti = vec!["ztl".into()]), one("argomenti[0]", "argomento"));
    assert_eq!(problemi(|s| s.argomenti.clear()), one("argomenti", "quanti"));
    assert_eq!(problemi(|s| s.termine_giorni = 0), one("termineGiorni", "limite"));
    assert_eq!(problemi(|s| s.termine_giorni = 181), one("termineGiorni", "limite"));
    assert_eq!(problemi(|s| s.ufficio = CodiceUfficio::new("Ufficio 1")), one("ufficio", "ufficio"));
    assert_eq!(problemi(|s| s.livello_identita = LivelloIdentita::L1), one("livelloIdentita", "livello"));
    assert_eq!(problemi(|s| s.conservazione = " ".into()), one("conservazione", "obbligatorio"));
    assert_eq!(problemi(|s| s.norme = vec!["Legge".into(); 7]), one("norme", "quanti"));
    assert_eq!(problemi(|s| s.scheda.descrizione = "x".repeat(256)), one("scheda.descrizione", "testo-lungo"));
    assert_eq!(problemi(|s| s.scheda.cosa_serve.elenco.clear()), one("scheda.cosaServe.elenco", "quanti"));
    assert_eq!(problemi(|s| s.allegati.megabyte = 0), one("allegati.megabyte", "limite"));
    assert_eq!(problemi(|s| s.allegati.megabyte = 51), one("allegati.megabyte", "limite"));
    assert_eq!(problemi(|s| s.allegati.massimo = 21), one("allegati.massimo", "limite"));
}

#[test]
fn the_largest_file_is_that_of_the_service_or_of_a_question_and_never_above_the_ceiling() {
    let with = |servizio: u32, campo: Option<u32>| {
        let mut s = Servizio::sample();
        s.allegati.megabyte = servizio;
        let campo = json!({"nome": "pianta", "tipo": "allegato", "etichetta": "Pianta", "megabyte": campo});
        s.modulo.passi[0].campi.push(serde_json::from_value(campo).unwrap());
        s.byte_di_un_file() / MEGABYTE
    };
    assert_eq!([with(10, None), with(10, Some(20)), with(20, Some(5)), with(50, None)], [10, 20, 20, 50]);
    assert_eq!((with(900, None), with(10, Some(u32::MAX)), TETTO_BYTES), (50, 50, 50 * MEGABYTE));
}

#[test]
fn what_is_paid_is_explained() {
    let bollo = |importo: &str| Some(Bollo { importo: Decimale::parse(importo).unwrap(), nota: None });
    assert_eq!(problemi(|s| s.bollo = bollo("16")), one("scheda.costi", "obbligatorio"));
    let paid = |importo: &str| {
        problemi(|s| {
            s.scheda.costi = Some("Una marca da bollo.".into());
            s.bollo = bollo(importo);
        })
    };
    assert_eq!(paid("16.00"), []);
    assert_eq!(paid("0"), one("bollo.importo", "importo"));
    assert_eq!(paid("16.005"), one("bollo.importo", "importo"));
}

#[test]
fn a_window_opens_and_closes() {
    let finestra = Finestra { dal: jiff::civil::date(2027, 1, 10), al: jiff::civil::date(2027, 2, 28) };
    let mut servizio = Servizio::sample();
    assert!(servizio.aperto(finestra.dal));
    servizio.finestra = Some(finestra);
    for (day, open) in [("2027-01-09", false), ("2027-01-10", true), ("2027-02-28", true), ("2027-03-01", false)] {
        assert_eq!(servizio.aperto(day.parse().unwrap()), open, "{day}");
    }
    let reversed = Finestra { dal: finestra.al, al: finestra.dal };
    assert_eq!(problemi(|s| s.finestra = Some(reversed)), one("finestra.al", "ordine"));
}

#[test]
fn required_files_fit_the_limit_of_the_service() {
    let file = json!({ "nome": "foto", "tipo": "allegato", "etichetta": "Foto" });
    let with = |massimo: u32| {
        problemi(|s| {
            s.modulo.passi[0].campi.push(serde_json::from_value(file.clone()).unwrap());
            s.allegati.massimo = massimo;
        })
    };
    assert_eq!(with(1), []);
    assert_eq!(with(0), one("allegati.massimo", "limite"));
}

#[test]
fn a_definition_beyond_the_limit_is_told() {
    let found = problemi(|s| {
        let testo = "x".repeat(600);
        for (n, campo) in std::iter::repeat_n(s.modulo.passi[0].campi[0].clone(), 14).enumerate() {
            let opzioni: Vec<Value> = (0..60)
                .map(|v| json!({ "valore": format!("v{v}"), "testo": format!("{v}{}", &testo[..580]) }))
                .collect();
            let scelta = json!({ "nome": format!("scelta{n}"), "tipo": "scelta", "etichetta": campo.etichetta, "opzioni": opzioni });
            s.modulo.passi[0].campi.push(serde_json::from_value(scelta).unwrap());
        }
        s.modulo.passi[0].campi.drain(..4);
    });
    assert!(found.contains(&("codice".to_owned(), "troppo-grande")), "{found:?}");
}

#[test]
fn a_service_with_a_field_too_many_or_too_few_is_not_read() {
    let mut service = serde_json::to_value(Servizio::sample()).unwrap();
    assert!(serde_json::from_value::<Servizio>(service.clone()).is_ok());
    service["urgente"] = true.into();
    assert!(serde_json::from_value::<Servizio>(service.clone()).is_err());
    service.as_object_mut().unwrap().remove("urgente");
    service.as_object_mut().unwrap().remove("termineGiorni");
    assert!(serde_json::from_value::<Servizio>(service).is_err());
}

#[test]
fn the_canonical_form_is_one() {
    let servizio = Servizio::sample();
    let again: Servizio = serde_json::from_slice(&servizio.canonico()).unwrap();
    assert_eq!(again, servizio);
    assert_eq!(again.canonico(), servizio.canonico());
    assert!(servizio.canonico().starts_with(b"{\"allegati\""), "keys are sorted");
}
