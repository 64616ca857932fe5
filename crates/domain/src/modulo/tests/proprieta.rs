//! Whatever is sent, the validator answers; what it accepted it accepts again, unchanged.

use super::*;
use proptest::prelude::*;
use serde_json::Map;

fn valore() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[0-9.,€ -]{0,14}".prop_map(Value::from),
        "[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}".prop_map(Value::from),
        prop::sample::select(vec![
            "me",
            "altri",
            "mensa",
            "bus",
            "on",
            "true",
            "oggi",
            "2026-12-01",
            "RSSMRA80A01H501U",
            "IT60X0542811101000000123456",
            "0192f00d-0000-7000-8000-000000000a11",
            "12345",
            "bo"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(nome(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<String, Value>>())),
        ]
    })
}

fn nome() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["nome", "nascita", "spesa", "via", "civico", "cap", "comune", "provincia", "x"])
            .prop_map(str::to_owned),
        ".{0,8}",
    ]
}

/// The filled form with some answers put otherwise.
fn quasi_giusto() -> impl Strategy<Value = Value> {
    let names: Vec<String> = compilato().as_object().unwrap().keys().cloned().collect();
    prop::collection::vec((prop::sample::select(names), valore()), 0..4).prop_map(|changes| {
        let mut input = compilato();
        for (name, value) in changes {
            input[name] = value;
        }
        input
    })
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(input in valore()) {
        let _ = completo().valida(&input, &ctx());
    }

    #[test]
    fn accepted_once_is_accepted_again(input in quasi_giusto()) {
        let modulo = completo();
        if let Ok(valido) = modulo.valida(&input, &ctx()) {
            let again = Value::Object(valido.valori().clone());
            prop_assert_eq!(modulo.valida(&again, &ctx()), Ok(valido.clone()));
            // What was accepted can be shown and carried on.
            modulo.prospetto(valido.valori(), &std::collections::BTreeMap::new());
            let riporto = modulo.riporta(&modulo, valido.valori());
            prop_assert_eq!(riporto.cambiamenti, Vec::<String>::new());
        }
    }

    #[test]
    fn each_type_by_itself_is_idempotent(input in valore(), which in 0..15_usize) {
        let tipi = ["testo", "testoLungo", "numero", "importo", "data", "casella", "codiceFiscale", "partitaIva", "iban",
                    "email", "telefono", "indirizzo", "allegato", "numero", "testo"];
        let keys = match which { 13 => json!({ "decimali": 3 }), 14 => json!({ "formato": "targa" }), _ => json!({}) };
        if let Ok(once) = esito(tipi[which], keys.clone(), input) {
            prop_assert_eq!(esito(tipi[which], keys, once.clone()), Ok(once));
        }
    }

    #[test]
    fn no_definition_makes_the_check_panic(value in valore()) {
        if let Ok(modulo) = serde_json::from_value::<Modulo>(json!({ "passi": [value] })) {
            modulo.controlla();
        }
    }

    #[test]
    fn decimals_write_what_they_read(thousandths in -1_000_000_000_000_000_i64..=1_000_000_000_000_000) {
        let number = Decimale::da_millesimi(i128::from(thousandths)).unwrap();
        prop_assert_eq!(Decimale::parse(&number.testo(3)), Some(number));
        let json: Decimale = serde_json::from_str(&serde_json::to_string(&number).unwrap()).unwrap();
        prop_assert_eq!(json, number);
        prop_assert_eq!(Decimale::leggi(&number.italiano(2), 3), Some(number));
    }
}
