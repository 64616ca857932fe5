use crate::esempi::{Quanto, risposte, sbaglio};
use crate::spediti;
use domain::modulo::{ContestoModulo, TipoCampo};
use jiff::civil::date;
use serde_json::{Value, json};

#[test]
fn every_shipped_form_can_be_filled_in_on_any_day() {
    let mut wrong = Vec::new();
    for oggi in [date(2026, 3, 6), date(2026, 11, 22), date(2027, 2, 28)] {
        for servizio in spediti() {
            for quanto in [Quanto::Necessario, Quanto::Tutto] {
                match risposte(servizio, oggi, quanto) {
                    Ok(esempio) => {
                        let checked =
                            servizio.modulo.valida(&Value::Object(esempio.valori.clone()), &ContestoModulo { oggi });
                        assert!(checked.is_ok(), "{}: {checked:?}", servizio.codice);
                        assert!(esempio.file.len() <= servizio.allegati.massimo as usize, "{}", servizio.codice);
                        assert_eq!(risposte(servizio, oggi, quanto).as_ref(), Ok(&esempio), "the same every time");
                    }
                    Err(refused) => wrong.push(format!("{} {oggi} {quanto:?}: {refused:?}", servizio.codice)),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_shipped_form_refuses_something_and_says_where() {
    let oggi = date(2026, 3, 6);
    for servizio in spediti() {
        let esempio = risposte(servizio, oggi, Quanto::Necessario).unwrap();
        let sbaglio = sbaglio(servizio, oggi, &esempio).unwrap_or_else(|| panic!("{}", servizio.codice));
        let mut valori = esempio.valori;
        match sbaglio.valore {
            Some(valore) => drop(valori.insert(sbaglio.campo.clone(), valore)),
            None => drop(valori.remove(&sbaglio.campo)),
        }
        let refused = servizio.modulo.valida(&Value::Object(valori), &ContestoModulo { oggi }).unwrap_err();
        let dove = format!("modulo.{}", sbaglio.campo);
        assert!(refused.0.iter().any(|r| r.field.as_ref() == Some(&dove)), "{}: {refused:?}", servizio.codice);
    }
}

#[test]
fn what_is_needed_is_all_that_is_needed() {
    let oggi = date(2026, 3, 6);
    let ctx = ContestoModulo { oggi };
    for servizio in spediti() {
        let valori = risposte(servizio, oggi, Quanto::Necessario).unwrap().valori;
        for nome in valori.keys() {
            let campo = servizio.modulo.campo(nome).unwrap();
            // A box that is off, and what only a rule asks for, may go too.
            if campo.facoltativo || matches!(campo.tipo, TipoCampo::Casella) {
                continue;
            }
            let mut fewer = valori.clone();
            fewer.remove(nome);
            let refused = servizio.modulo.valida(&Value::Object(fewer), &ctx).unwrap_err();
            let dove = format!("modulo.{nome}");
            assert!(refused.0.iter().any(|r| r.field.as_deref() == Some(&dove)), "{}: {nome}", servizio.codice);
        }
    }
}

#[test]
fn rules_are_met_by_trying_and_contradictions_are_told() {
    let form = |regole: Value| {
        let mut servizio = spediti().iter().find(|s| s.codice == "richiesta-generica").unwrap().clone();
        servizio.modulo = serde_json::from_value(json!({
            "passi": [{ "nome": "dati", "titolo": "Dati", "campi": [
                { "nome": "quanti", "tipo": "numero", "etichetta": "Quanti", "minimo": 1, "massimo": 40 },
                { "nome": "nucleo", "tipo": "gruppo", "etichetta": "Nucleo", "voce": "Componente", "minimo": 1, "massimo": 6,
                  "campi": [{ "nome": "nascita", "tipo": "data", "etichetta": "Nascita", "massimo": "oggi" },
                            { "nome": "morte", "tipo": "data", "etichetta": "Morte", "facoltativo": true }] },
                { "nome": "componenti", "tipo": "calcolo", "etichetta": "Componenti", "formula": { "conta": "nucleo" } }
            ] }],
            "regole": regole,
        }))
        .unwrap();
        risposte(&servizio, date(2026, 3, 6), Quanto::Tutto)
    };
    let met = form(json!([
        { "verifica": { "campo": "quanti", "maggiore": 20 }, "campo": "quanti", "errore": "Più di venti." },
        { "verifica": { "campo": "componenti", "maggiore": 2 }, "campo": "nucleo", "errore": "Tre almeno." },
        { "verifica": { "campo": "nucleo.morte", "maggiore": { "campo": "nucleo.nascita" } }, "campo": "nucleo.morte",
          "errore": "Si muore dopo." }
    ]));
    assert_eq!(met.unwrap().valori["nucleo"].as_array().unwrap().len(), 3);
    let never = form(json!([
        { "verifica": { "campo": "quanti", "maggiore": 20 }, "campo": "quanti", "errore": "Più di venti." },
        { "verifica": { "campo": "quanti", "minore": 20 }, "campo": "quanti", "errore": "Meno di venti." }
    ]));
    assert_eq!(never.unwrap_err().0[0].code, "regola");
}
