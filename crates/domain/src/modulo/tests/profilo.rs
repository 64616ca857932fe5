//! What answers say of a person, and how two profiles become one.

use super::super::{Azienda, Componente, GruppoProfilo, Isee, Profilo, Veicolo, limiti};
use super::{buono, ctx, modulo};
use crate::Sample;
use crate::codice_fiscale::{CodiceFiscale, PartitaIva};
use crate::modulo::Decimale;
use crate::persona::Anagrafica;
use jiff::civil::date;
use serde_json::{Value, json};

fn campi() -> Value {
    json!([
        { "nome": "mail", "tipo": "email", "etichetta": "Email", "precompila": "profilo.email", "facoltativo": true },
        { "nome": "casa", "tipo": "indirizzo", "etichetta": "Casa", "precompila": "profilo.residenza", "facoltativo": true },
        { "nome": "nato", "tipo": "data", "etichetta": "Nato il", "precompila": "identita.dataNascita", "facoltativo": true },
        { "nome": "dove", "tipo": "testo", "etichetta": "Nato a", "precompila": "identita.luogoNascita", "facoltativo": true },
        { "nome": "reddito", "tipo": "importo", "etichetta": "ISEE", "precompila": "profilo.isee", "facoltativo": true },
        { "nome": "fino", "tipo": "data", "etichetta": "Fino al", "precompila": "profilo.iseeScadenza", "facoltativo": true },
        { "nome": "conto", "tipo": "iban", "etichetta": "IBAN", "precompila": "profilo.iban", "facoltativo": true },
        { "nome": "iva", "tipo": "partitaIva", "etichetta": "Partita IVA", "precompila": "profilo.azienda", "facoltativo": true },
        { "nome": "ditta", "tipo": "testo", "etichetta": "Ditta", "precompila": "profilo.aziendaDenominazione",
          "facoltativo": true },
        { "nome": "altro", "tipo": "testo", "etichetta": "Altro", "facoltativo": true },
        { "nome": "famiglia", "tipo": "gruppo", "etichetta": "Famiglia", "voce": "Persona", "facoltativo": true,
          "precompila": "profilo.nucleo", "campi": [
            { "nome": "nome", "tipo": "testo", "etichetta": "Nome" },
            { "nome": "cognome", "tipo": "testo", "etichetta": "Cognome" },
            { "nome": "codiceFiscale", "tipo": "codiceFiscale", "etichetta": "Codice fiscale", "facoltativo": true },
            { "nome": "scuola", "tipo": "testo", "etichetta": "Scuola", "facoltativo": true }] },
        { "nome": "case", "tipo": "gruppo", "etichetta": "Case", "voce": "Casa", "facoltativo": true,
          "precompila": "profilo.immobili", "campi": [
            { "nome": "foglio", "tipo": "testo", "etichetta": "Foglio" },
            { "nome": "particella", "tipo": "testo", "etichetta": "Particella", "facoltativo": true },
            { "nome": "indirizzo", "tipo": "indirizzo", "etichetta": "Dove", "facoltativo": true }] }
    ])
}

fn risposte() -> Value {
    json!({
        "mail": "a@example.org", "casa": { "via": "Via Roma", "civico": "1", "cap": "12345", "comune": "Borgo", "provincia": "bo" },
        "nato": "1980-01-01", "dove": "Borgo", "reddito": "9000,50", "fino": "2027-01-15",
        "conto": "IT60X0542811101000000123456", "iva": "12345678903", "ditta": "Rossi srl", "altro": "x",
        "famiglia": [{ "nome": "Anna", "cognome": "Rossi", "scuola": "Media" }],
        "case": [
            { "foglio": "12", "particella": "7",
              "indirizzo": { "via": "Via Roma", "civico": "1", "cap": "12345", "comune": "Borgo", "provincia": "BO" } },
            { "foglio": "13" }
        ]
    })
}

#[test]
fn answers_become_a_profile_and_fill_the_form_again() {
    let modulo = buono(campi());
    let valori = modulo.valida(&risposte(), &ctx()).unwrap().into_valori();
    let profilo = modulo.profilo(&valori);
    assert_eq!(profilo.immobili.len(), 1, "without a parcel it is no property");
    assert_eq!(profilo.immobili[0].indirizzo, profilo.residenza);
    assert_eq!(profilo.novita(&profilo), []);
    let again = modulo.precompila(&Anagrafica::sample(), &profilo, ctx().oggi);
    for nome in ["mail", "casa", "nato", "dove", "reddito", "fino", "conto", "iva", "ditta"] {
        assert_eq!(again.get(nome), valori.get(nome), "{nome}");
    }
    assert_eq!(again["famiglia"], json!([{ "nome": "Anna", "cognome": "Rossi" }]));
    assert_eq!(again["case"], json!([valori["case"][0]]));
    let all = Profilo::default().novita(&profilo);
    let missing: Vec<_> = GruppoProfilo::ALL.into_iter().filter(|gruppo| !all.contains(gruppo)).collect();
    assert_eq!(missing, [GruppoProfilo::Veicoli]);
    assert_eq!(modulo.profilo(&serde_json::Map::new()), Profilo::default());
}

#[test]
fn what_only_one_profile_knows_stays() {
    let targa = |targa: &str, descrizione: Option<&str>| Veicolo {
        targa: targa.into(),
        descrizione: descrizione.map(str::to_owned),
    };
    let anna = Componente {
        nome: "Anna".into(),
        cognome: "Rossi".into(),
        codice_fiscale: CodiceFiscale::parse("RSSMRA80A01H501U").ok(),
        data_nascita: None,
        parentela: Some("figlia".into()),
    };
    let iva = PartitaIva::parse("12345678903").unwrap();
    let isee = |scadenza| Some(Isee { valore: Decimale::intero(9000).unwrap(), scadenza });
    let mut mio = Profilo {
        veicoli: vec![targa("AB123CD", Some("Panda"))],
        nucleo: vec![anna.clone()],
        isee: isee(Some(date(2027, 1, 15))),
        azienda: Some(Azienda { partita_iva: iva.clone(), denominazione: Some("Rossi srl".into()) }),
        telefono: Some("0187 555".into()),
        ..Profilo::default()
    };
    let suo = Profilo {
        veicoli: vec![targa("ab123cd", None), targa("EF456GH", None)],
        nucleo: vec![Componente { codice_fiscale: None, parentela: None, nome: "ANNA".into(), ..anna.clone() }],
        isee: isee(None),
        azienda: Some(Azienda { partita_iva: iva, denominazione: None }),
        email: Some("a@example.org".into()),
        ..Profilo::default()
    };
    assert_eq!(mio.novita(&suo), [GruppoProfilo::Contatti, GruppoProfilo::Nucleo, GruppoProfilo::Veicoli]);
    for gruppo in GruppoProfilo::ALL {
        mio.unisci(gruppo, &suo);
    }
    assert_eq!(mio.veicoli, [targa("AB123CD", Some("Panda")), targa("EF456GH", None)]);
    assert_eq!(mio.nucleo.len(), 1);
    assert_eq!(mio.nucleo[0].parentela.as_deref(), Some("figlia"));
    assert_eq!(mio.isee, isee(Some(date(2027, 1, 15))));
    assert_eq!(mio.telefono.as_deref(), Some("0187 555"));
    assert_eq!(mio.novita(&suo), []);
    assert_eq!(mio.novita(&Profilo::default()), []);
}

#[test]
fn a_group_is_replaced_alone_and_lists_have_an_end() {
    let veicolo = |n: u32| Veicolo { targa: format!("AB{n:03}CD"), descrizione: None };
    let mut mio = Profilo { iban: Some("x".into()), veicoli: vec![veicolo(0)], ..Profilo::default() };
    let suo = Profilo { veicoli: (1..=limiti::VOCI + 5).map(veicolo).collect(), ..Profilo::default() };
    mio.unisci(GruppoProfilo::Veicoli, &suo);
    assert_eq!(mio.veicoli.len(), limiti::VOCI as usize);
    mio.metti(GruppoProfilo::Veicoli, &Profilo::default());
    assert!(mio.vuoto(GruppoProfilo::Veicoli) && !mio.vuoto(GruppoProfilo::Iban));
    for gruppo in GruppoProfilo::ALL {
        assert_eq!(GruppoProfilo::parse(gruppo.as_str()), Some(gruppo));
    }
    assert_eq!(GruppoProfilo::parse("altro"), None);
}

#[test]
fn a_photograph_keeps_its_position_only_where_the_form_says_so() {
    let file = |keys: Value| {
        let mut campo = json!({ "nome": "foto", "tipo": "allegato", "etichetta": "Foto" });
        campo.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        modulo(json!([campo]))
    };
    let kept = file(json!({ "posizione": "mantieni" }));
    assert_eq!(kept.controlla(), []);
    let written = serde_json::to_value(&kept).unwrap();
    assert_eq!(written["passi"][0]["campi"][0]["posizione"], "mantieni");
    assert_eq!(serde_json::from_value::<super::super::Modulo>(written).unwrap(), kept);
    // A definition that does not say it is written as it always was.
    for silent in [file(json!({})), file(json!({ "posizione": "togli" }))] {
        assert!(serde_json::to_value(&silent).unwrap()["passi"][0]["campi"][0].get("posizione").is_none());
    }
    let wrong = file(json!({ "posizione": "mantieni", "formati": ["pdf"] })).controlla();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(
        serde_json::from_value::<super::super::Campo>(
            json!({ "nome": "n", "tipo": "testo", "etichetta": "N", "posizione": "togli" })
        )
        .is_err()
    );
}
