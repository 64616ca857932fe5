use crate::spediti::{FileAgende, FilePrenotabili, FileServizi, testi};
use crate::{esamina, leggi, spediti, yaml};
use domain::modulo::{Campo, ContestoModulo, Decimale, FormatoTesto, Giorno, Profilo, TipoCampo};
use jiff::civil::{Date, date};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Name with its folder, and text, of each shipped file.
fn file() -> Vec<(String, String)> {
    let di = |cartella: &str, testi: Vec<(String, String)>| {
        testi.into_iter().map(move |(name, text)| (format!("{cartella}/{name}"), text)).collect::<Vec<_>>()
    };
    let mut file = di("servizi", testi::<FileServizi>());
    file.extend(di("prenotabili", testi::<FilePrenotabili>()));
    file.extend(di("agende", testi::<FileAgende>()));
    file
}

#[test]
fn every_shipped_file_is_right_named_by_its_code_and_fits_the_others() {
    let file = file();
    let testi: Vec<(&str, &str)> = file.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let errori = esamina(&testi).err().unwrap_or_default();
    let wrong: Vec<_> = errori.iter().map(|(index, errore)| format!("schemas/{}:{errore}", file[*index].0)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_catalogue_holds_each_service_once() {
    let servizi = spediti();
    assert!(servizi.iter().any(|servizio| servizio.codice == "richiesta-generica"));
    let codici: BTreeSet<_> = servizi.iter().map(|servizio| &servizio.codice).collect();
    assert_eq!(codici.len(), servizi.len());
    let nomi: BTreeSet<_> = servizi.iter().map(|servizio| &servizio.nome).collect();
    assert_eq!(nomi.len(), servizi.len(), "two services of one name cannot be told apart");
}

#[test]
fn every_shipped_service_survives_being_written_and_read() {
    for servizio in spediti() {
        assert_eq!(leggi(&yaml(servizio), &servizio.codice).as_ref(), Ok(servizio), "{}", servizio.codice);
        let json = serde_json::to_string(servizio).unwrap();
        assert_eq!(&serde_json::from_str::<domain::servizio::Servizio>(&json).unwrap(), servizio);
    }
}

#[test]
fn every_shipped_form_answers_an_empty_filing() {
    let ctx = ContestoModulo { oggi: date(2026, 11, 22) };
    for servizio in spediti() {
        let refused = servizio.modulo.valida(&json!({}), &ctx).unwrap_err();
        assert!(!refused.0.is_empty(), "{}", servizio.codice);
        let known = servizio.modulo.precompila(&domain::Sample::sample(), &Profilo::default(), ctx.oggi);
        for (passo, _) in servizio.modulo.passi.iter().enumerate() {
            let input = known.clone().into();
            if let Err(refused) = servizio.modulo.valida_passo(passo, &input, &ctx) {
                assert!(refused.0.iter().all(|r| r.field.as_deref().is_some_and(|f| f.starts_with("modulo."))));
            }
        }
        assert_eq!(servizio.modulo.json_schema(&servizio.nome)["type"], "object");
    }
}

/// An answer that a field takes, at the low end of its limits.
fn risposta(campo: &Campo, oggi: Date) -> Value {
    let first = |giorno: &Option<Giorno>| giorno.and_then(|giorno| giorno.data(oggi));
    match &campo.tipo {
        TipoCampo::Testo { formato: Some(FormatoTesto::Targa), .. } => json!("AB123CD"),
        TipoCampo::Testo { formato: Some(FormatoTesto::Cap), .. } => json!("00100"),
        TipoCampo::Testo { formato: Some(FormatoTesto::Protocollo), .. } => json!("12/2026"),
        TipoCampo::Testo { minimo, .. } | TipoCampo::TestoLungo { minimo, .. } => {
            "x".repeat((*minimo).max(1) as usize).into()
        }
        TipoCampo::Numero { minimo, .. } => minimo.map_or(json!(1), Decimale::valore),
        TipoCampo::Importo { minimo, .. } => minimo.map_or("1".into(), |n| n.testo(2)).into(),
        TipoCampo::Data { minimo, massimo } => first(minimo).or(first(massimo)).unwrap_or(oggi).to_string().into(),
        TipoCampo::Scelta { opzioni } => opzioni[0].valore.as_str().into(),
        TipoCampo::Scelte { opzioni, minimo, .. } => {
            opzioni.iter().take(minimo.unwrap_or(1).max(1) as usize).map(|o| o.valore.as_str()).collect()
        }
        TipoCampo::Casella | TipoCampo::Dichiarazione { .. } => json!(true),
        TipoCampo::CodiceFiscale => json!("RSSMRA80A01H501U"),
        TipoCampo::PartitaIva => json!("00000000018"),
        TipoCampo::Iban => json!("IT60X0542811101000000123456"),
        TipoCampo::Email => json!("anna@example.org"),
        TipoCampo::Telefono => json!("0187 555 0100"),
        TipoCampo::Indirizzo => {
            json!({ "via": "Via Roma", "civico": "1", "cap": "00100", "comune": "Borgo", "provincia": "RM" })
        }
        TipoCampo::Allegato { .. } => json!("0192f00d-0000-7000-8000-000000000a11"),
        TipoCampo::Gruppo { minimo, campi, .. } => {
            (0..(*minimo).max(1)).map(|_| Value::Object(risposte(campi.iter(), oggi))).collect()
        }
        TipoCampo::Calcolo { .. } | TipoCampo::Nota => Value::Null,
    }
}

fn risposte<'a>(campi: impl Iterator<Item = &'a Campo>, oggi: Date) -> Map<String, Value> {
    campi.filter(|campo| campo.da_compilare()).map(|campo| (campo.nome.clone(), risposta(campo, oggi))).collect()
}

#[test]
fn every_shipped_form_can_be_filled_in() {
    let ctx = ContestoModulo { oggi: date(2026, 11, 22) };
    let mut wrong = Vec::new();
    for servizio in spediti() {
        let input = Value::Object(risposte(servizio.modulo.campi(), ctx.oggi));
        match servizio.modulo.valida(&input, &ctx) {
            Ok(valido) => assert!(!servizio.modulo.prospetto(valido.valori(), &BTreeMap::new()).is_empty()),
            // Answers at the low end may break a rule between fields; any other refusal is a mistake of the form.
            Err(refused) => {
                wrong.extend(
                    refused
                        .0
                        .into_iter()
                        .map(|r| format!("{}: {:?} {} {:?}", servizio.codice, r.field, r.code, r.args)),
                );
            }
        }
    }
    wrong.retain(|reason| !reason.contains(" regola "));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
