use super::*;

/// The value a formula gives over two numbers, two dates and a group.
fn calcola(formula: Value, input: Value) -> Option<Value> {
    let modulo = buono(json!([
        { "nome": "uno", "tipo": "numero", "etichetta": "Uno", "decimali": 3, "facoltativo": true },
        { "nome": "due", "tipo": "importo", "etichetta": "Due", "facoltativo": true },
        { "nome": "dal", "tipo": "data", "etichetta": "Dal", "facoltativo": true },
        { "nome": "al", "tipo": "data", "etichetta": "Al", "facoltativo": true },
        { "nome": "voci", "tipo": "gruppo", "etichetta": "Voci", "voce": "Voce", "facoltativo": true, "campi": [
            { "nome": "quanto", "tipo": "importo", "etichetta": "Quanto", "facoltativo": true },
            { "nome": "altro", "tipo": "casella", "etichetta": "Altro" }] },
        { "nome": "esito", "tipo": "calcolo", "etichetta": "Esito", "decimali": 2, "formula": formula }
    ]));
    modulo.valida(&input, &ctx()).unwrap().get("esito").cloned()
}

#[test]
fn sums_are_exact() {
    let input = json!({ "uno": 0.1, "due": "0,20" });
    assert_eq!(calcola(json!({ "somma": ["uno", "due"] }), input.clone()), Some(json!(0.3)));
    assert_eq!(calcola(json!({ "somma": ["uno", "due", 5] }), json!({})), Some(json!(5)));
    assert_eq!(calcola(json!({ "differenza": ["due", "uno"] }), input), Some(json!(0.1)));
    assert_eq!(calcola(json!({ "differenza": ["due", "uno"] }), json!({ "uno": 1 })), None);
    assert_eq!(calcola(json!({ "prodotto": ["uno", 1.22] }), json!({ "uno": 10 })), Some(json!(12.2)));
    assert_eq!(calcola(json!({ "prodotto": ["uno", 2] }), json!({})), None);
}

#[test]
fn groups_are_counted_and_summed() {
    let input = json!({ "voci": [{ "quanto": "1,10" }, {}, { "quanto": "2,20" }] });
    assert_eq!(calcola(json!({ "somma": ["voci.quanto"] }), input.clone()), Some(json!(3.3)));
    assert_eq!(calcola(json!({ "conta": "voci" }), input), Some(json!(3)));
    assert_eq!(calcola(json!({ "conta": "voci" }), json!({})), Some(json!(0)));
}

#[test]
fn days_count_both_ends() {
    let giorni = json!({ "giorni": { "dal": "dal", "al": "al" } });
    let day = |dal: &str, al: &str| calcola(giorni.clone(), json!({ "dal": dal, "al": al }));
    assert_eq!(day("2026-03-28", "2026-03-30"), Some(json!(3)));
    assert_eq!(day("2026-03-28", "2026-03-28"), Some(json!(1)));
    assert_eq!(day("2026-03-28", "2026-03-27"), None);
}

#[test]
fn a_result_too_large_is_refused() {
    let modulo = buono(json!([
        { "nome": "uno", "tipo": "numero", "etichetta": "Uno" },
        { "nome": "esito", "tipo": "calcolo", "etichetta": "Esito", "formula": { "prodotto": ["uno", "uno"] } }
    ]));
    let found = rifiuti(&modulo, json!({ "uno": 100_000_000_000_i64 }));
    assert_eq!(found, [("modulo.esito".into(), "calcolo-troppo-grande".into())]);
}

#[test]
fn numbers_are_read_as_people_write_them() {
    for (text, decimali, expected) in [
        ("1.234,50", 2, Some(1_234_500)),
        ("1234.5", 2, Some(1_234_500)),
        ("1.234", 2, Some(1_234_000)),
        ("1.234", 3, Some(1_234)),
        ("1.234.567", 0, Some(1_234_567_000)),
        ("-3,5", 1, Some(-3_500)),
        ("12,", 2, None),
        (",5", 2, None),
        ("1.23,4", 2, None),
        ("1,2,3", 2, None),
        ("--1", 0, None),
        ("1e5", 0, None),
        ("", 0, None),
        ("1000000000001", 0, None),
    ] {
        assert_eq!(Decimale::leggi(text, decimali).map(Decimale::millesimi), expected, "{text}");
    }
    assert_eq!(Decimale::parse("16.00").unwrap().testo(2), "16.00");
    assert_eq!(Decimale::parse("-1234567.891").unwrap().italiano(0), "-1.234.567,891");
    assert_eq!(Decimale::da_millesimi(2_500).unwrap().arrotonda(0).millesimi(), 3_000);
    assert_eq!(Decimale::da_millesimi(-2_500).unwrap().arrotonda(0).millesimi(), -3_000);
    assert_eq!(Decimale::parse("1.2345"), None);
    assert_eq!(Decimale::parse("1.2300"), Decimale::parse("1.23"));
}

#[test]
fn conditions_have_three_answers() {
    let modulo = buono(json!([
        { "nome": "eta", "tipo": "numero", "etichetta": "Età", "facoltativo": true },
        { "nome": "minore", "tipo": "casella", "etichetta": "Minore", "se": { "campo": "eta", "minore": 18 } },
        { "nome": "adulto", "tipo": "casella", "etichetta": "Adulto", "se": { "non": { "campo": "eta", "minore": 18 } } },
        { "nome": "ignoto", "tipo": "casella", "etichetta": "Ignoto", "se": { "campo": "eta", "presente": false } },
        { "nome": "uno", "tipo": "casella", "etichetta": "Uno",
          "se": { "almenoUna": [{ "campo": "eta", "minore": 18 }, { "campo": "ignoto", "uguale": true }] } }
    ]));
    let shown = |input: Value| -> Vec<String> {
        modulo.esamina(&input, &ctx()).visibili.into_iter().map(|v| v.replace("modulo.", "")).collect()
    };
    assert_eq!(shown(json!({ "eta": 10 })), ["eta", "minore", "uno"]);
    assert_eq!(shown(json!({ "eta": 18 })), ["adulto", "eta"]);
    assert_eq!(shown(json!({})), ["eta", "ignoto"]);
    assert_eq!(shown(json!({ "ignoto": true })), ["eta", "ignoto", "uno"]);
}
