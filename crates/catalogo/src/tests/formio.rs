use crate::formio::{MASSIMO_COMPONENTI, importa};
use crate::{leggi, yaml};
use domain::modulo::{Modulo, Tipo, TipoCampo};
use serde_json::{Value, json};

fn wizard() -> Value {
    json!({
        "title": "Iscrizione al corso",
        "display": "wizard",
        "components": [
            { "type": "panel", "title": "Chi", "key": "chi", "components": [
                { "type": "columns", "key": "colonne", "columns": [
                    { "components": [{ "type": "textfield", "key": "nome_allievo", "label": "Nome", "validate": { "required": true, "maxLength": 40 } }] },
                    { "components": [{ "type": "textfield", "key": "codice_fiscale", "label": "Codice fiscale", "validate": { "required": true } }] }] },
                { "type": "radio", "key": "minore", "label": "È minorenne?", "validate": { "required": true },
                  "values": [{ "label": "Sì", "value": "si" }, { "label": "No", "value": "no" }] },
                { "type": "email", "key": "email_genitore", "label": "Email del genitore", "validate": { "required": true },
                  "conditional": { "show": "true", "when": "minore", "eq": "si" } },
                { "type": "datagrid", "key": "fratelli", "label": "Fratelli", "validate": { "maxLength": "3" }, "components": [
                    { "type": "textfield", "key": "nome", "label": "Nome" }] }
            ] },
            { "type": "panel", "title": "Come", "key": "come", "components": [
                { "type": "content", "html": "<p>Scegliere <b>almeno</b> un giorno.</p>" },
                { "type": "selectboxes", "key": "giorni", "label": "Giorni", "values": [
                    { "label": "Lunedì", "value": "lun" }, { "label": "Martedì", "value": "mar" }] },
                { "type": "number", "key": "quanti", "label": "Quanti", "validate": { "min": 1, "max": 5, "custom": "valid = x" } },
                { "type": "datetime", "key": "inizio", "label": "Inizio", "enableTime": true },
                { "type": "file", "key": "foto", "label": "Foto", "filePattern": ".jpg,.png" },
                { "type": "checkbox", "key": "privacy", "label": "Ho letto l'informativa", "validate": { "required": true } },
                { "type": "signature", "key": "firma", "label": "Firma" },
                { "type": "select", "key": "scuola", "label": "Scuola", "dataSrc": "url", "data": { "url": "https://example.org" } },
                { "type": "button", "key": "submit", "label": "Invia" }
            ] }
        ]
    })
}

fn tipi(modulo: &Modulo) -> Vec<(&str, Tipo)> {
    modulo.campi().map(|campo| (campo.nome.as_str(), campo.tipo.tipo())).collect()
}

#[test]
fn the_known_part_becomes_a_draft() {
    let (servizio, rest) = importa(&wizard());
    assert_eq!((servizio.codice.as_str(), servizio.modulo.passi.len()), ("iscrizione-al-corso", 2));
    assert_eq!(
        tipi(&servizio.modulo),
        [
            ("nomeAllievo", Tipo::Testo),
            ("codiceFiscale", Tipo::CodiceFiscale),
            ("minore", Tipo::Scelta),
            ("emailGenitore", Tipo::Email),
            ("fratelli", Tipo::Gruppo),
            ("", Tipo::Nota),
            ("giorni", Tipo::Scelte),
            ("quanti", Tipo::Numero),
            ("inizio", Tipo::Data),
            ("foto", Tipo::Allegato),
            ("privacy", Tipo::Dichiarazione),
        ]
    );
    assert!(servizio.modulo.campo("emailGenitore").unwrap().se.is_some());
    assert!(matches!(servizio.modulo.campo("fratelli").unwrap().tipo, TipoCampo::Gruppo { massimo: 3, minimo: 0, .. }));
    assert_eq!(servizio.modulo.controlla(), []);
    let keys: Vec<&str> = rest.iter().map(|r| r.chiave.as_str()).collect();
    assert_eq!(keys, ["quanti", "inizio", "firma", "scuola"], "{rest:#?}");
    assert!(rest[0].motivo.contains("JavaScript"));
}

#[test]
fn the_draft_is_a_file_whose_only_mistakes_are_what_is_left_to_write() {
    let (servizio, _) = importa(&wizard());
    let errori = leggi(&yaml(&servizio), "iscrizione-al-corso.yaml").unwrap_err();
    let paths: Vec<&str> = errori.iter().map(|e| e.percorso.as_str()).collect();
    assert_eq!(paths, ["categoria", "argomenti[0]"], "{errori:#?}");
}

#[test]
fn what_is_no_form_gives_an_empty_draft_and_says_so() {
    for form in [json!(null), json!([]), json!({ "components": "x" }), json!("x")] {
        let (servizio, rest) = importa(&form);
        assert!(servizio.modulo.passi.is_empty());
        assert_eq!(rest.len(), 1);
    }
}

#[test]
fn hostile_forms_end() {
    let deep = (0..200)
        .fold(json!({ "type": "textfield", "key": "x" }), |inner, _| json!({ "type": "well", "components": [inner] }));
    let (_, rest) = importa(&json!({ "components": [deep] }));
    assert!(rest.iter().any(|r| r.motivo.contains("annidato")));
    let many = vec![json!({ "type": "textfield", "key": "x", "label": "X" }); MASSIMO_COMPONENTI + 10];
    let (servizio, rest) = importa(&json!({ "components": many }));
    assert_eq!((servizio.modulo.campi().count(), rest.len()), (MASSIMO_COMPONENTI, 10));
    let names: std::collections::BTreeSet<_> = servizio.modulo.campi().map(|campo| &campo.nome).collect();
    assert_eq!(names.len(), MASSIMO_COMPONENTI, "names are made unique");
}
