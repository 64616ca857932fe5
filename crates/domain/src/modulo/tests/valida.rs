use super::*;

#[test]
fn each_type_has_one_form() {
    let none = || json!({});
    for (tipo, keys, given, expected) in [
        ("testo", none(), json!("  ciao "), json!("ciao")),
        ("testo", json!({ "formato": "targa" }), json!("ab 123-cd"), json!("AB123CD")),
        ("testo", json!({ "formato": "cap" }), json!(" 00100 "), json!("00100")),
        ("testo", json!({ "formato": "protocollo" }), json!("12 / 2026"), json!("12/2026")),
        ("testoLungo", none(), json!("a\r\nb"), json!("a\nb")),
        ("numero", none(), json!(12), json!(12)),
        ("numero", none(), json!("1.200"), json!(1200)),
        ("numero", json!({ "decimali": 2 }), json!("12,50"), json!(12.5)),
        ("numero", json!({ "decimali": 3 }), json!("1.234"), json!(1.234)),
        ("numero", json!({ "decimali": 1 }), json!(0.1), json!(0.1)),
        ("importo", none(), json!("1.234,5"), json!("1234.50")),
        ("importo", none(), json!("€ 16"), json!("16.00")),
        ("importo", none(), json!(16.5), json!("16.50")),
        ("data", none(), json!("1/3/2026"), json!("2026-03-01")),
        ("data", none(), json!("2026-02-28"), json!("2026-02-28")),
        ("casella", none(), json!("on"), json!(true)),
        ("casella", none(), json!(null), json!(false)),
        ("codiceFiscale", none(), json!("rssmra80a01h501u"), json!("RSSMRA80A01H501U")),
        ("iban", none(), json!("it60 x054 2811 1010 0000 0123 456"), json!("IT60X0542811101000000123456")),
        ("iban", none(), json!("DE89370400440532013000"), json!("DE89370400440532013000")),
        ("email", none(), json!(" Anna.Verdi@Example.ORG "), json!("Anna.Verdi@example.org")),
        ("telefono", none(), json!("+39 0187 555"), json!("+39 0187 555")),
        (
            "allegato",
            json!({ "massimo": 2 }),
            json!("0192f00d-0000-7000-8000-000000000a11"),
            json!(["0192f00d-0000-7000-8000-000000000a11"]),
        ),
    ] {
        assert_eq!(esito(tipo, keys, given.clone()), Ok(expected.clone()), "{tipo} {given}");
        assert_eq!(
            esito(
                tipo,
                if tipo == "allegato" { json!({ "massimo": 2 }) } else { keys_for(tipo, &expected) },
                expected.clone()
            ),
            Ok(expected),
            "{tipo}"
        );
    }
}

/// Keys under which a canonical value of a type is taken.
fn keys_for(tipo: &str, value: &Value) -> Value {
    match (tipo, value) {
        ("numero", _) => json!({ "decimali": 3 }),
        _ => json!({}),
    }
}

#[test]
fn each_type_refuses_with_its_code() {
    let none = || json!({});
    for (tipo, keys, given, code) in [
        ("testo", none(), json!(""), "obbligatorio"),
        ("testo", none(), json!(null), "obbligatorio"),
        ("testo", none(), json!("a\nb"), "caratteri-non-ammessi"),
        ("testo", json!({ "massimo": 3 }), json!("abcd"), "testo-lungo"),
        ("testo", json!({ "minimo": 3 }), json!("ab"), "testo-corto"),
        ("testo", none(), json!(["a"]), "valore-non-valido"),
        ("testo", json!({ "formato": "targa" }), json!("ABCD"), "targa-non-valida"),
        ("testo", json!({ "formato": "cap" }), json!("1234"), "cap-non-valido"),
        ("testo", json!({ "formato": "protocollo" }), json!("12"), "protocollo-non-valido"),
        ("numero", none(), json!(1.5), "troppi-decimali"),
        ("numero", none(), json!("dodici"), "numero-non-valido"),
        ("numero", none(), json!("1.23.4"), "numero-non-valido"),
        ("numero", none(), json!(1e300), "numero-non-valido"),
        ("numero", json!({ "minimo": 2 }), json!(1), "numero-piccolo"),
        ("numero", json!({ "massimo": 2 }), json!(3), "numero-grande"),
        ("importo", none(), json!("1,234"), "troppi-decimali"),
        ("importo", json!({ "minimo": 0 }), json!("-1"), "numero-piccolo"),
        ("data", none(), json!("2026-02-29"), "data-non-valida"),
        ("data", none(), json!("31/02/2026"), "data-non-valida"),
        ("data", none(), json!("0026-02-01"), "data-non-valida"),
        ("data", json!({ "minimo": "oggi" }), json!("2026-11-21"), "data-prima"),
        ("data", json!({ "massimo": "oggi+30" }), json!("2026-12-23"), "data-dopo"),
        ("casella", none(), json!(1), "valore-non-valido"),
        ("dichiarazione", json!({ "articolo": "46" }), json!(false), "dichiarazione-obbligatoria"),
        ("dichiarazione", json!({ "articolo": "46" }), json!(null), "dichiarazione-obbligatoria"),
        ("codiceFiscale", none(), json!("RSSMRA80A01H501X"), "codice-fiscale-non-valido"),
        ("partitaIva", none(), json!("12345678901"), "partita-iva-non-valida"),
        ("iban", none(), json!("IT61X0542811101000000123456"), "iban-non-valido"),
        ("iban", none(), json!("IT60X05428111010000001234"), "iban-non-valido"),
        ("email", none(), json!("anna@example"), "email-non-valida"),
        ("email", none(), json!("a\r\nBcc: b@example.org"), "email-non-valida"),
        ("telefono", none(), json!("chiamami"), "telefono-non-valido"),
        ("allegato", none(), json!("planimetria.pdf"), "allegato-non-valido"),
        ("allegato", none(), json!(["a", "b"]), "troppi-allegati"),
    ] {
        assert_eq!(esito(tipo, keys, given.clone()), Err(vec![code.into()]), "{tipo} {given}");
    }
}

#[test]
fn limits_are_inclusive() {
    assert!(esito("numero", json!({ "minimo": 2, "massimo": 3 }), json!(2)).is_ok());
    assert!(esito("numero", json!({ "minimo": 2, "massimo": 3 }), json!(3)).is_ok());
    assert!(esito("data", json!({ "minimo": "oggi", "massimo": "oggi" }), json!("2026-11-22")).is_ok());
    assert!(esito("testo", json!({ "massimo": 3 }), json!("abc")).is_ok());
}

#[test]
fn choices_are_of_the_list_in_its_order() {
    let opzioni =
        json!([{ "valore": "a", "testo": "A" }, { "valore": "b", "testo": "B" }, { "valore": "c", "testo": "C" }]);
    let keys = |extra: Value| {
        let mut keys = json!({ "opzioni": opzioni });
        keys.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        keys
    };
    assert_eq!(esito("scelta", keys(json!({})), json!("b")), Ok(json!("b")));
    assert_eq!(esito("scelta", keys(json!({})), json!("d")), Err(vec!["scelta-non-valida".into()]));
    assert_eq!(esito("scelte", keys(json!({})), json!(["c", "a", "c"])), Ok(json!(["a", "c"])));
    assert_eq!(esito("scelte", keys(json!({})), json!("b")), Ok(json!(["b"])));
    assert_eq!(esito("scelte", keys(json!({ "minimo": 2 })), json!(["a"])), Err(vec!["poche-scelte".into()]));
    assert_eq!(esito("scelte", keys(json!({ "massimo": 1 })), json!(["a", "b"])), Err(vec!["troppe-scelte".into()]));
    assert_eq!(esito("scelte", keys(json!({})), json!([])), Err(vec!["obbligatorio".into()]));
    let many: Vec<&str> = vec!["a"; limiti::OPZIONI + 1];
    assert_eq!(esito("scelte", keys(json!({})), json!(many)), Err(vec!["troppe-scelte".into()]));
}

#[test]
fn an_address_is_checked_part_by_part() {
    let modulo = buono(json!([campo("indirizzo", json!({}))]));
    let found = rifiuti(
        &modulo,
        json!({ "campo": { "via": "Via Roma", "cap": "1", "comune": "Borgo", "provincia": "Roma", "scala": "B" } }),
    );
    assert_eq!(
        found,
        [
            ("modulo.campo.scala", "campo-sconosciuto"),
            ("modulo.campo.civico", "obbligatorio"),
            ("modulo.campo.cap", "cap-non-valido"),
            ("modulo.campo.provincia", "provincia-non-valida"),
        ]
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    assert_eq!(rifiuti(&modulo, json!({ "campo": { "via": " " } })), [("modulo.campo".into(), "obbligatorio".into())]);
}

#[test]
fn a_whole_form_is_canonical_and_stays_so() {
    let modulo = completo();
    let valido = modulo.valida(&compilato(), &ctx()).unwrap();
    let expected = json!({
        "perChi": "altri", "nome": "Anna", "codiceFiscale": "RSSMRA80A01H501U",
        "figli": [{ "nome": "Luca", "nascita": "2015-03-01", "spesa": "1250.50" }, { "nome": "Ada", "nascita": "2017-04-02" }],
        "totale": 1250.5, "dal": "2026-12-01", "al": "2026-12-10", "giorni": 10, "servizi": ["mensa", "bus"], "dieta": true,
        "planimetria": "0192f00d-0000-7000-8000-000000000a11",
        "luogo": { "via": "Via Roma", "civico": "1", "cap": "12345", "comune": "Borgo", "provincia": "BO" },
        "iban": "IT60X0542811101000000123456", "vero": true
    });
    assert_eq!(Value::Object(valido.valori().clone()), expected);
    assert_eq!(modulo.valida(&expected, &ctx()), Ok(valido.clone()));
    let files = modulo.allegati(valido.valori());
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].percorso.as_str(), files[0].formati), ("modulo.planimetria", &[FormatoFile::Pdf][..]));
}

#[test]
fn what_is_hidden_is_dropped_and_not_asked() {
    let modulo = completo();
    let mut input = compilato();
    input["perChi"] = "me".into();
    input["servizi"] = json!(["bus"]);
    let valido = modulo.valida(&input, &ctx()).unwrap();
    for hidden in ["nome", "codiceFiscale", "dieta"] {
        assert_eq!(valido.get(hidden), None, "{hidden}");
    }
    // A wrong value in a hidden field does no harm either.
    input["codiceFiscale"] = "x".into();
    assert!(modulo.valida(&input, &ctx()).is_ok());
}

#[test]
fn unknown_fields_are_refused_everywhere() {
    let modulo = completo();
    let mut input = compilato();
    input["extra"] = 1.into();
    input["figli"][1]["extra"] = 1.into();
    let found = rifiuti(&modulo, input.clone());
    assert_eq!(
        found,
        [("modulo.extra", "campo-sconosciuto"), ("modulo.figli[1].extra", "campo-sconosciuto")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    assert_eq!(rifiuti(&modulo, json!([])), [("modulo".into(), "modulo-non-valido".into())]);
}

#[test]
fn items_of_a_group_have_their_own_paths() {
    let modulo = completo();
    let mut input = compilato();
    input["figli"][1]["nascita"] = "2027-01-01".into();
    assert_eq!(rifiuti(&modulo, input.clone()), [("modulo.figli[1].nascita".into(), "data-dopo".into())]);
    input["figli"] = json!([{}, {}, {}, {}]);
    assert_eq!(rifiuti(&modulo, input.clone()), [("modulo.figli".into(), "troppe-voci".into())]);
    input["figli"] = json!("no");
    assert_eq!(rifiuti(&modulo, input), [("modulo.figli".into(), "valore-non-valido".into())]);
}

#[test]
fn a_required_group_needs_its_items() {
    let interno = json!([{ "nome": "nome", "tipo": "testo", "etichetta": "Nome" }]);
    let modulo = buono(json!([campo("gruppo", json!({ "voce": "Voce", "minimo": 2, "campi": interno }))]));
    assert_eq!(rifiuti(&modulo, json!({})), [("modulo.campo".into(), "obbligatorio".into())]);
    assert_eq!(rifiuti(&modulo, json!({ "campo": [{ "nome": "a" }] })), [("modulo.campo".into(), "poche-voci".into())]);
    assert!(modulo.valida(&json!({ "campo": [{ "nome": "a" }, { "nome": "b" }] }), &ctx()).is_ok());
}

#[test]
fn a_rule_speaks_in_its_own_words() {
    let modulo = completo();
    let mut input = compilato();
    input["al"] = "2026-11-30".into();
    let refused = modulo.valida(&input, &ctx()).unwrap_err();
    assert_eq!(
        refused.0,
        [crate::Refusal::field("modulo.al", "regola").with("testo", "La fine non può venire prima dell'inizio.")]
    );
    // Where a date is missing the rule says nothing.
    input["al"] = Value::Null;
    assert_eq!(rifiuti(&modulo, input), [("modulo.al".into(), "obbligatorio".into())]);
}

#[test]
fn a_rule_may_be_about_each_item() {
    let mut modulo = modulo(
        json!([{ "nome": "periodi", "tipo": "gruppo", "etichetta": "Periodi", "voce": "Periodo", "campi": [
        { "nome": "dal", "tipo": "data", "etichetta": "Dal" }, { "nome": "al", "tipo": "data", "etichetta": "Al" }] }]),
    );
    modulo.regole = serde_json::from_value(json!([{
        "verifica": { "campo": "periodi.al", "maggioreUguale": { "campo": "periodi.dal" } }, "campo": "periodi.al",
        "errore": "Prima finisce." }]))
    .unwrap();
    assert_eq!(modulo.controlla(), []);
    let good = json!({ "dal": "2026-01-01", "al": "2026-01-01" });
    let bad = json!({ "dal": "2026-01-02", "al": "2026-01-01" });
    assert!(modulo.valida(&json!({ "periodi": [good] }), &ctx()).is_ok());
    assert_eq!(rifiuti(&modulo, json!({ "periodi": [good, bad] })), [("modulo.periodi[1].al".into(), "regola".into())]);
}

#[test]
fn one_step_does_not_ask_for_the_others() {
    let modulo = completo();
    let first = modulo.valida_passo(0, &json!({ "perChi": "me" }), &ctx()).unwrap();
    assert_eq!(Value::Object(first), json!({ "perChi": "me", "totale": 0 }));
    let refused = modulo.valida_passo(1, &json!({ "perChi": "me" }), &ctx()).unwrap_err();
    let fields: Vec<_> = refused.0.iter().filter_map(|r| r.field.as_deref()).collect();
    assert_eq!(fields, ["modulo.dal", "modulo.al", "modulo.vero"]);
    assert!(modulo.valida_passo(0, &json!({ "perChi": "me", "extra": 1 }), &ctx()).is_err());
    assert!(modulo.valida_passo(2, &json!({}), &ctx()).is_err());
}

#[test]
fn a_hostile_input_is_not_answered_at_length() {
    let modulo = completo();
    let many: serde_json::Map<String, Value> = (0..5_000).map(|n| (format!("x{n}"), json!(1))).collect();
    assert_eq!(rifiuti(&modulo, Value::Object(many)).len(), limiti::RIFIUTI);
}
