//! The catalogue, and every service that comes with the program filed.

use super::*;
use catalogo::esempi::{Quanto, risposte};
use catalogo::spediti;
use domain::modulo::{Campo, Modulo, TipoCampo};
use domain::servizio::Servizio;
use domain::termini::{self, Festivi};
use std::collections::BTreeSet;

/// The day on which the tests stand, in Rome.
const OGGI: jiff::civil::Date = jiff::civil::date(2026, 3, 6);

const PRESENTA: &str = "mutation($input: PresentaIstanzaInput!) {
  presentaIstanza(input: $input) {
    pratica { oggetto scadenza termine { giorni dal scadenza }
      istanza { servizio { codice versione } modulo effettoSilenzio sezioni { titolo righe { etichetta testo } } } }
    protocollo { anno numero }
    errori { campo codice messaggio }
  }
}";

impl World {
    async fn presenta(&self, who: &Utente, input: Value) -> Value {
        self.ask(who, PRESENTA, json!({ "input": input })).await["presentaIstanza"].clone()
    }

    async fn codici(&self, arguments: &str) -> Vec<String> {
        let query = format!("{{ servizi(first: 100{arguments}) {{ nodes {{ codice }} }} }}");
        let answer = self.ask_with(None, &query, json!({})).await;
        let nodes = answer["data"]["servizi"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
        nodes.iter().map(|node| node["codice"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn the_catalogue_is_a_list_in_pages_for_everybody() {
    const QUERY: &str = "query($dopo: String) { servizi(first: 10, after: $dopo) { totalCount
        pageInfo { hasNextPage hasPreviousPage endCursor }
        nodes { codice nome versione descrizione archetipo categoria argomenti ufficio { id nome } terminiGiorni
          livelloIdentita prenotabile aperto norme limitiAllegati { massimo megabyte } } } }";
    let world = World::new().await;
    let (mut names, mut dopo) = (Vec::new(), Value::Null);
    loop {
        let answer = world.ask_with(None, QUERY, json!({ "dopo": dopo })).await;
        let page = &answer["data"]["servizi"];
        assert_eq!(page["totalCount"], spediti().len(), "{answer}");
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !dopo.is_null());
        names
            .extend(page["nodes"].as_array().unwrap().iter().map(|node| node["nome"].as_str().unwrap().to_lowercase()));
        dopo = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert!(names.is_sorted());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), spediti().len());
}

#[tokio::test]
async fn services_are_found_by_words_topic_and_category() {
    let world = World::new().await;
    let ztl = "permesso-ztl".to_owned();
    for arguments in [
        ", testo: \"ZTL permèsso\"",
        ", argomento: \"ztl\"",
        ", categoria: \"mobilita e trasporti\"",
        ", testo: \"accesso\", argomento: \"ZTL\", categoria: \"Mobilità e trasporti\"",
    ] {
        let found = world.codici(arguments).await;
        assert!(found.contains(&ztl) && found.len() < spediti().len(), "{arguments}: {found:?}");
    }
    assert!(world.codici(", testo: \"ztl\", categoria: \"Turismo\"").await.is_empty());
}

#[tokio::test]
async fn a_service_tells_its_sheet_costs_and_days() {
    const QUERY: &str = "query($codice: String!, $versione: Int) { servizio(codice: $codice, versione: $versione) {
        versione effettoSilenzio aperto finestra { dal al } costi { testo bollo { importo nota }
          pagamento { quando causale importo nota } }
        scheda { descrizione destinatari comeFare cosaServe { introduzione elenco } cosaSiOttiene tempi
          fasi { nome giorni descrizione } costi vincoli casiParticolari condizioni } } }";
    let world = World::new().await;
    for servizio in spediti() {
        let data = world.ask_with(None, QUERY, json!({ "codice": servizio.codice })).await["data"]["servizio"].clone();
        assert_eq!(data["scheda"]["cosaServe"]["elenco"], json!(servizio.scheda.cosa_serve.elenco), "{data}");
        assert_eq!(data["scheda"]["fasi"].as_array().unwrap().len(), servizio.scheda.fasi.len());
        assert_eq!(data["aperto"], servizio.aperto(OGGI), "{}", servizio.codice);
        let finestra = servizio.finestra.map(|f| json!({ "dal": f.dal.to_string(), "al": f.al.to_string() }));
        assert_eq!(data["finestra"], json!(finestra));
        let bollo = servizio.bollo.as_ref().map(|b| b.importo.testo(2));
        assert_eq!(data["costi"]["bollo"]["importo"], json!(bollo), "{}", servizio.codice);
        let silence = json!(servizio.effetto_silenzio).as_str().unwrap().to_uppercase();
        assert_eq!(data["effettoSilenzio"], silence);
    }
    let answer = world.ask_with(None, QUERY, json!({ "codice": "richiesta-generica", "versione": 1 })).await;
    assert_eq!(answer["data"]["servizio"]["versione"], 1);
    for versione in [0, 2, -1, i32::MAX] {
        let answer = world.ask_with(None, QUERY, json!({ "codice": "richiesta-generica", "versione": versione })).await;
        assert_eq!(answer["data"], json!({ "servizio": null }), "{answer}");
    }
}

#[tokio::test]
async fn a_closed_service_says_so() {
    let world = World::new().await;
    let bando = spediti().iter().find(|servizio| servizio.finestra.is_some()).unwrap();
    let query = format!("{{ servizio(codice: \"{}\") {{ aperto }} }}", bando.codice);
    assert_eq!(world.ask_with(None, &query, json!({})).await["data"]["servizio"]["aperto"], true);
    world.clock.set(at("2031-01-01T12:00:00Z"));
    assert_eq!(world.ask_with(None, &query, json!({})).await["data"]["servizio"]["aperto"], false);
    let payload = world
        .presenta(&world.mario(), json!({ "chiaveIdempotenza": "k", "servizio": bando.codice, "modulo": {} }))
        .await;
    assert_eq!(payload["errori"][0]["codice"], "servizio-chiuso");
}

/// What clients read of each form is a form and a JSON Schema, and the schema takes what the form takes.
#[tokio::test]
async fn every_form_is_exported_with_a_schema_that_takes_its_answers() {
    const QUERY: &str = "query($codice: String!) { servizio(codice: $codice) { modulo moduloSchema } }";
    let world = World::new().await;
    for servizio in spediti() {
        let data = world.ask_with(None, QUERY, json!({ "codice": servizio.codice })).await["data"]["servizio"].clone();
        let modulo: Modulo = serde_json::from_value(data["modulo"].clone()).unwrap();
        assert_eq!(modulo, servizio.modulo, "{}", servizio.codice);
        let schema = jsonschema::draft202012::new(&data["moduloSchema"])
            .unwrap_or_else(|error| panic!("{}: {error}", servizio.codice));
        for quanto in [Quanto::Necessario, Quanto::Tutto] {
            let valori = Value::Object(risposte(servizio, OGGI, quanto).unwrap().valori);
            let wrong: Vec<String> =
                schema.iter_errors(&valori).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(wrong.is_empty(), "{}: {wrong:#?}", servizio.codice);
        }
        assert!(!schema.is_valid(&json!({})), "{}: something is asked", servizio.codice);
    }
}

/// Whether an empty answer to the field, where it is there, is a mistake.
fn required(campo: &Campo) -> bool {
    match &campo.tipo {
        TipoCampo::Gruppo { minimo, .. } => *minimo > 0,
        TipoCampo::Casella => false,
        _ => campo.da_compilare() && !campo.facoltativo,
    }
}

#[tokio::test]
async fn an_empty_form_is_refused_for_exactly_the_fields_it_must_have() {
    let world = World::new().await;
    for servizio in spediti() {
        let input = json!({ "chiaveIdempotenza": servizio.codice, "servizio": servizio.codice, "modulo": {} });
        let payload = world.presenta(&world.mario(), input).await;
        let errori = payload["errori"].as_array().unwrap();
        assert!(!errori.is_empty() && payload["protocollo"].is_null(), "{}", servizio.codice);
        let found: BTreeSet<String> = errori
            .iter()
            .filter(|errore| errore["codice"] != "regola")
            .map(|errore| errore["campo"].as_str().unwrap().to_owned())
            .collect();
        // Nothing is filled in: a field under a condition is there only if the condition is about emptiness.
        let ctx = domain::modulo::ContestoModulo { oggi: OGGI };
        let visibili = servizio.modulo.esamina(&json!({}), &ctx).visibili;
        let wanted: BTreeSet<String> = servizio
            .modulo
            .campi()
            .filter(|campo| required(campo))
            .map(|campo| format!("modulo.{}", campo.nome))
            .filter(|percorso| visibili.contains(percorso))
            .collect();
        assert_eq!(found, wanted, "{}", servizio.codice);
        for campo in servizio.modulo.campi().filter(|campo| campo.se.is_none() && required(campo)) {
            assert!(found.contains(&format!("modulo.{}", campo.nome)), "{}: {}", servizio.codice, campo.nome);
        }
        for errore in errori {
            let messaggio = errore["messaggio"].as_str().unwrap();
            assert!(!messaggio.is_empty() && !messaggio.contains("rifiuto-"), "{errore}");
        }
    }
}

/// Files one service with all of its questions answered; gives what `presentaIstanza` answers.
async fn file(world: &World, who: &Utente, servizio: &Servizio, quanto: Quanto) -> Value {
    let esempio = risposte(servizio, OGGI, quanto).unwrap();
    world.work.uploads.lock().unwrap().clear();
    for file in &esempio.file {
        world.upload_of(who, &file.id, file.formato);
    }
    world
        .presenta(
            who,
            json!({
                "chiaveIdempotenza": format!("{}-{quanto:?}", servizio.codice),
                "servizio": servizio.codice,
                "modulo": esempio.valori,
            }),
        )
        .await
}

#[tokio::test]
async fn every_service_is_filed_with_its_number_and_its_day() {
    let world = World::new().await;
    let mario = world.mario();
    let mut numero = 0;
    for servizio in spediti() {
        let term = termini::calcola(OGGI, servizio.termine_giorni, &[], &Festivi::italiani(false)).unwrap();
        for quanto in [Quanto::Necessario, Quanto::Tutto] {
            let payload = file(&world, &mario, servizio, quanto).await;
            assert_eq!(payload["errori"], json!([]), "{} {quanto:?}", servizio.codice);
            numero += 1;
            assert_eq!(payload["protocollo"], json!({ "anno": 2026, "numero": numero }), "{}", servizio.codice);
            let pratica = &payload["pratica"];
            let day = term.scadenza.to_string();
            assert_eq!(pratica["scadenza"], day, "{}", servizio.codice);
            let termine = json!({ "giorni": servizio.termine_giorni, "dal": "2026-03-06", "scadenza": day });
            assert_eq!(pratica["termine"], termine, "{}", servizio.codice);
            assert_eq!(pratica["oggetto"], format!("Istanza: {}", servizio.nome));
            let istanza = &pratica["istanza"];
            let riferimento = json!({ "codice": servizio.codice, "versione": servizio.versione });
            assert_eq!(istanza["servizio"], riferimento);
            // Every step that asks something has its rows in words.
            let titles: Vec<&str> =
                istanza["sezioni"].as_array().unwrap().iter().map(|s| s["titolo"].as_str().unwrap()).collect();
            assert!(!titles.is_empty() && titles.len() <= servizio.modulo.passi.len(), "{}", servizio.codice);
            for (nome, _) in istanza["modulo"].as_object().unwrap() {
                let passo = servizio.modulo.passo_di(nome).unwrap();
                assert!(titles.contains(&servizio.modulo.passi[passo].titolo.as_str()), "{}: {nome}", servizio.codice);
            }
        }
    }
}

fn con_figli() -> Value {
    json!({ "passi": [{ "nome": "dati", "titolo": "I figli", "campi": [
        { "nome": "figli", "tipo": "gruppo", "etichetta": "Figli", "voce": "Figlio", "minimo": 1, "massimo": 5, "campi": [
            { "nome": "nome", "tipo": "testo", "etichetta": "Nome" },
            { "nome": "codiceFiscale", "tipo": "codiceFiscale", "etichetta": "Codice fiscale" } ] },
        { "nome": "casa", "tipo": "indirizzo", "etichetta": "Casa" } ] }] })
}

#[tokio::test]
async fn a_mistake_in_a_group_is_told_with_its_whole_path() {
    let world = World::new().await;
    world.pubblica(1, con_figli()).await;
    let figlio = |codice: &str| json!({ "nome": "Anna", "codiceFiscale": codice });
    let mut input = json!({ "chiaveIdempotenza": "k", "servizio": "prova", "modulo": {
        "figli": [figlio("RSSMRA80A41H501Y"), figlio("RSSMRA80A41H501X"), { "nome": "Luca", "altro": 1 }],
        "casa": { "via": "Via dei Tigli", "civico": "12", "cap": "1", "comune": "Montelume", "provincia": "SP" },
    } });
    let payload = world.presenta(&world.mario(), input.clone()).await;
    let errori: BTreeSet<(String, String)> = payload["errori"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["campo"].as_str().unwrap().to_owned(), e["codice"].as_str().unwrap().to_owned()))
        .collect();
    let wanted = [
        ("modulo.figli[1].codiceFiscale", "codice-fiscale-non-valido"),
        ("modulo.figli[2].codiceFiscale", "obbligatorio"),
        ("modulo.figli[2].altro", "campo-sconosciuto"),
        ("modulo.casa.cap", "cap-non-valido"),
    ];
    assert_eq!(errori, wanted.map(|(campo, codice)| (campo.to_owned(), codice.to_owned())).into());
    input["modulo"]["figli"] = json!([figlio("RSSMRA80A41H501Y")]);
    input["modulo"]["casa"]["cap"] = json!("19100");
    assert_eq!(world.presenta(&world.mario(), input).await["errori"], json!([]));
}

#[tokio::test]
async fn a_request_names_its_version_or_takes_the_one_in_force() {
    let world = World::new().await;
    let form = |nome: &str| {
        json!({ "passi": [{ "nome": "dati", "titolo": "Dati", "campi": [
            { "nome": nome, "tipo": "testo", "etichetta": "Testo" } ] }] })
    };
    world.pubblica(1, form("prima")).await;
    world.pubblica(2, form("seconda")).await;
    let input = |key: &str, versione: Value, nome: &str| json!({ "chiaveIdempotenza": key, "servizio": "prova", "versione": versione, "modulo": { nome: "sì" } });
    let mario = world.mario();
    let old = world.presenta(&mario, input("a", json!(1), "prima")).await;
    assert_eq!(
        (&old["errori"][0]["campo"], &old["errori"][0]["codice"]),
        (&json!("versione"), &json!("servizio-cambiato"))
    );
    for (key, versione) in [("b", json!(2)), ("c", Value::Null)] {
        let filed = world.presenta(&mario, input(key, versione, "seconda")).await;
        assert_eq!(filed["pratica"]["istanza"]["servizio"]["versione"], 2, "{filed}");
    }
    let unknown = world.presenta(&mario, json!({ "chiaveIdempotenza": "d", "servizio": "boh", "modulo": {} })).await;
    assert_eq!(unknown["errori"][0]["codice"], "servizio-sconosciuto");
    // The old version can still be read, and is not open.
    let query = "{ servizio(codice: \"prova\", versione: 1) { versione aperto } }";
    let answer = world.ask_with(None, query, json!({})).await;
    assert_eq!(answer["data"]["servizio"], json!({ "versione": 1, "aperto": false }));
}
