use super::*;

/// Paths and codes of what is wrong with a form of one step.
fn problemi(campi: Value) -> Vec<(String, &'static str)> {
    modulo(campi).controlla().into_iter().map(|p| (p.percorso.replace("modulo.passi[0].", ""), p.codice)).collect()
}

fn testo(nome: &str) -> Value {
    json!({ "nome": nome, "tipo": "testo", "etichetta": "Domanda" })
}

fn scelta(nome: &str) -> Value {
    json!({ "nome": nome, "tipo": "scelta", "etichetta": "Scelta", "opzioni": [
        { "valore": "si", "testo": "Sì" }, { "valore": "no", "testo": "No" }] })
}

#[test]
fn names_are_names_and_unique() {
    for bad in ["A", "a", "Targa", "1targa", "targa veicolo", "targa.veicolo", "è-qui"] {
        assert_eq!(problemi(json!([testo(bad)])), [("campi[0].nome".to_owned(), "nome")], "{bad}");
    }
    assert_eq!(problemi(json!([testo(&"a".repeat(41))])), [("campi[0].nome".to_owned(), "nome")]);
    assert_eq!(problemi(json!([testo("uno"), testo("uno")])), [("campi[1].nome".to_owned(), "ripetuto")]);
}

#[test]
fn conditions_look_back_at_what_exists() {
    let with = |se: Value| {
        let mut campo = testo("due");
        campo["se"] = se;
        problemi(json!([scelta("uno"), campo, testo("tre")]))
    };
    let here = |code| vec![("campi[1].se".to_owned(), code)];
    assert_eq!(with(json!({ "campo": "uno", "uguale": "si" })), []);
    assert_eq!(with(json!({ "campo": "tre", "uguale": "si" })), here("dopo"));
    assert_eq!(with(json!({ "campo": "due", "uguale": "si" })), here("dopo"));
    assert_eq!(with(json!({ "campo": "zero", "uguale": "si" })), here("campo-sconosciuto"));
    assert_eq!(with(json!({ "campo": "uno", "uguale": "forse" })), here("opzione"));
    assert_eq!(with(json!({ "campo": "uno", "in": ["si", "forse"] })), here("opzione"));
    assert_eq!(with(json!({ "campo": "uno", "in": [] })), here("quanti"));
    assert_eq!(with(json!({ "campo": "uno", "uguale": true })), here("tipo"));
    assert_eq!(with(json!({ "campo": "uno", "contiene": "si" })), here("tipo"));
    assert_eq!(with(json!({ "campo": "uno", "maggiore": "no" })), here("tipo"));
    assert_eq!(with(json!({ "tutte": [] })), here("vuota"));
    let deep = (0..6).fold(json!({ "campo": "uno", "presente": true }), |inner, _| json!({ "non": inner }));
    assert_eq!(with(deep), here("profondita"));
    let long: Vec<Value> = (0..21).map(|_| json!({ "campo": "uno", "presente": true })).collect();
    assert_eq!(with(json!({ "tutte": long })), here("quanti"));
}

#[test]
fn comparisons_are_between_like_and_like() {
    let base = json!([
        { "nome": "giorno", "tipo": "data", "etichetta": "Giorno" },
        { "nome": "quanto", "tipo": "importo", "etichetta": "Quanto" },
        { "nome": "fatto", "tipo": "casella", "etichetta": "Fatto" },
        { "nome": "dove", "tipo": "indirizzo", "etichetta": "Dove" }
    ]);
    let with = |se: Value| {
        let mut campi = base.clone();
        let mut campo = testo("ultimo");
        campo["se"] = se;
        campi.as_array_mut().unwrap().push(campo);
        problemi(campi).into_iter().map(|(_, code)| code).collect::<Vec<_>>()
    };
    assert_eq!(with(json!({ "campo": "giorno", "minore": "oggi-365" })), [""; 0]);
    assert_eq!(with(json!({ "campo": "giorno", "minore": "ieri" })), ["tipo"]);
    assert_eq!(with(json!({ "campo": "quanto", "maggiore": "10.50" })), [""; 0]);
    assert_eq!(with(json!({ "campo": "quanto", "maggiore": { "campo": "giorno" } })), ["tipo"]);
    assert_eq!(with(json!({ "campo": "fatto", "uguale": true })), [""; 0]);
    assert_eq!(with(json!({ "campo": "fatto", "uguale": "true" })), ["tipo"]);
    assert_eq!(with(json!({ "campo": "dove", "presente": true })), [""; 0]);
    assert_eq!(with(json!({ "campo": "dove", "uguale": "qui" })), ["tipo"]);
}

#[test]
fn formulas_are_about_numbers_that_come_before() {
    let with = |formula: Value| {
        problemi(json!([
            { "nome": "numero", "tipo": "numero", "etichetta": "Numero" },
            testo("parola"),
            { "nome": "voci", "tipo": "gruppo", "etichetta": "Voci", "voce": "Voce", "campi": [
                { "nome": "quanto", "tipo": "importo", "etichetta": "Quanto" }, testo("detto")] },
            { "nome": "conto", "tipo": "calcolo", "etichetta": "Conto", "formula": formula },
            { "nome": "dopo", "tipo": "calcolo", "etichetta": "Dopo", "formula": { "somma": ["conto", 1] } }
        ]))
        .into_iter()
        .map(|(_, code)| code)
        .collect::<Vec<_>>()
    };
    assert_eq!(with(json!({ "somma": ["numero", "voci.quanto", 3] })), [""; 0]);
    assert_eq!(with(json!({ "somma": ["parola"] })), ["tipo"]);
    assert_eq!(with(json!({ "somma": ["voci.detto"] })), ["tipo"]);
    assert_eq!(with(json!({ "somma": ["voci.altro"] })), ["campo-sconosciuto"]);
    assert_eq!(with(json!({ "prodotto": ["voci.quanto"] })), ["gruppo"]);
    assert_eq!(with(json!({ "somma": ["conto"] })), ["ciclo"]);
    assert_eq!(with(json!({ "somma": ["dopo"] })), ["dopo"]);
    assert_eq!(with(json!({ "somma": [] })), ["quanti"]);
    assert_eq!(with(json!({ "differenza": ["numero"] })), ["quanti"]);
    assert_eq!(with(json!({ "conta": "numero" })), ["tipo"]);
    assert_eq!(with(json!({ "giorni": { "dal": "numero", "al": "numero" } })), ["tipo", "tipo"]);
}

#[test]
fn widgets_have_their_sizes() {
    let one = |tipo: &str, keys: Value| {
        problemi(json!([campo(tipo, keys)]))
            .into_iter()
            .map(|(path, code)| format!("{path} {code}"))
            .collect::<Vec<_>>()
    };
    let opzioni = |n: usize| -> Vec<Value> {
        (0..n).map(|n| json!({ "valore": format!("v{n}"), "testo": format!("Testo {n}") })).collect()
    };
    assert_eq!(one("scelta", json!({ "opzioni": opzioni(60) })), [""; 0]);
    assert_eq!(one("scelta", json!({ "opzioni": opzioni(1) })), ["campi[0].opzioni quanti"]);
    assert_eq!(one("scelta", json!({ "opzioni": opzioni(61) })), ["campi[0].opzioni quanti"]);
    assert_eq!(one("scelte", json!({ "opzioni": opzioni(3), "massimo": 4 })), ["campi[0].massimo limite"]);
    assert_eq!(one("testo", json!({ "massimo": 501 })), ["campi[0].massimo limite"]);
    assert_eq!(one("testo", json!({ "minimo": 5, "massimo": 4 })), ["campi[0].minimo ordine"]);
    assert_eq!(one("testoLungo", json!({ "massimo": 10_001 })), ["campi[0].massimo limite"]);
    assert_eq!(one("numero", json!({ "decimali": 4 })), ["campi[0].decimali limite"]);
    assert_eq!(one("numero", json!({ "minimo": 1.5 })), ["campi[0].minimo decimali"]);
    assert_eq!(one("data", json!({ "minimo": "oggi+1", "massimo": "oggi" })), ["campi[0].minimo ordine"]);
    assert_eq!(one("allegato", json!({ "massimo": 11 })), ["campi[0].massimo limite"]);
    assert_eq!(one("allegato", json!({ "megabyte": 51 })), ["campi[0].megabyte limite"]);
    assert_eq!(one("allegato", json!({ "formati": [] })), ["campi[0].formati quanti"]);
    assert_eq!(one("casella", json!({ "facoltativo": true })), ["campi[0].facoltativo non-serve"]);
    assert_eq!(one("testo", json!({ "etichetta": "x".repeat(121) })), ["campi[0].etichetta testo-lungo"]);
    assert_eq!(one("dichiarazione", json!({ "etichetta": "x".repeat(600), "articolo": "47" })), [""; 0]);
    assert_eq!(one("testo", json!({ "precompila": "profilo.iban" })), ["campi[0].precompila tipo"]);
    let interno = json!([testo("targa")]);
    assert_eq!(one("gruppo", json!({ "voce": "V", "campi": interno, "massimo": 21 })), ["campi[0].massimo limite"]);
    assert_eq!(one("gruppo", json!({ "voce": "V", "campi": interno, "precompila": "profilo.veicoli" })), [""; 0]);
    assert_eq!(
        one("gruppo", json!({ "voce": "V", "campi": interno, "precompila": "profilo.nucleo" })),
        ["campi[0].precompila nomi"]
    );
    let annidato = json!([{ "nome": "dentro", "tipo": "gruppo", "etichetta": "D", "voce": "V", "campi": interno }]);
    assert_eq!(one("gruppo", json!({ "voce": "V", "campi": annidato })), ["campi[0].campi[0].tipo gruppo"]);
    let allegato = json!([{ "nome": "foto", "tipo": "allegato", "etichetta": "Foto" }]);
    assert_eq!(one("gruppo", json!({ "voce": "V", "campi": allegato })), ["campi[0].campi[0].tipo gruppo"]);
}

#[test]
fn forms_have_their_sizes() {
    let campi: Vec<Value> = (0..16).map(|n| testo(&format!("campo{n}"))).collect();
    assert_eq!(problemi(json!(campi)), [("campi".to_owned(), "quanti")]);
    assert_eq!(problemi(json!([])), [("campi".to_owned(), "quanti")]);
    let passi: Vec<Value> = (0..7)
        .map(|n| json!({ "nome": format!("passo{n}"), "titolo": "P", "campi": [testo(&format!("campo{n}"))] }))
        .collect();
    let modulo: Modulo = serde_json::from_value(json!({ "passi": passi })).unwrap();
    assert_eq!(modulo.controlla().len(), 1);
    let mut modulo = super::modulo(json!([testo("uno")]));
    let regola = json!({ "verifica": { "campo": "uno", "presente": true }, "campo": "uno", "errore": "No." });
    modulo.regole = serde_json::from_value(json!(vec![regola; 21])).unwrap();
    assert_eq!(modulo.controlla()[0].percorso, "modulo.regole");
    modulo.regole.truncate(1);
    modulo.regole[0].campo = "due".into();
    assert_eq!(modulo.controlla()[0].percorso, "modulo.regole[0].campo");
}

#[test]
fn keys_that_do_not_belong_are_told() {
    let read = |campo: Value| serde_json::from_value::<Campo>(campo).unwrap_err().to_string();
    assert!(read(campo("testo", json!({ "opzioni": [] }))).contains("«opzioni» non si usa"));
    assert!(read(campo("scelta", json!({}))).contains("Manca «opzioni»"));
    assert!(read(campo("testo", json!({ "minimo": "tre" }))).contains("«minimo»"));
    assert!(read(campo("testo", json!({ "minimo": -1 }))).contains("«minimo»"));
    assert!(read(campo("testo", json!({ "boh": 1 }))).contains("boh"));
    assert!(read(campo("testo", json!({ "se": { "campo": "uno" } }))).contains("un solo confronto"));
    assert!(
        read(campo("testo", json!({ "se": { "campo": "uno", "uguale": 1, "diverso": 2 } })))
            .contains("un solo confronto")
    );
    assert!(read(json!({ "tipo": "testo", "etichetta": "Senza nome" })).contains("nome"));
}

#[test]
fn a_definition_keeps_its_meaning_through_json() {
    let modulo = completo();
    let text = serde_json::to_string(&modulo).unwrap();
    assert_eq!(serde_json::from_str::<Modulo>(&text).unwrap(), modulo);
    assert!(text.contains("\"massimo\":100"), "defaults are spelled out");
}
