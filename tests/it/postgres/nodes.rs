//! Several nodes on one database are one service: nothing that matters is in the memory of one of them.

use crate::support::filings::file;
use crate::support::log::{PRIMO, assert_dense};
use crate::support::pages::Browser;
use crate::support::reads::caught_up;
use crate::support::smtp::Smtp;
use crate::support::{Data, ESITO, Server, eventually, foto, impronta, segnalazione};
use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Three nodes on their data.
async fn three() -> (Data, [Server; 3]) {
    let data = Data::postgres().await;
    let nodes = std::array::from_fn(|_| Server::start(&data));
    (data, nodes)
}

#[tokio::test]
async fn whoever_signed_in_on_one_node_goes_on_at_the_others() {
    let (data, [a, b, c]) = three().await;
    let mut on_a = Browser::sign_in(&a, "cittadino").await;
    let privacy = on_a.get("/segnala").await.form("privacy").with("privacy", "si").with("azione", "avanti");
    // Each page of the report at another node, the file as well.
    let mut on_b = on_a.at_node(&b);
    let dati = on_b.send(privacy).await;
    let dati = dati.form("dettagli").with("categoria", "illuminazione").with("titolo", "Buio pesto");
    let dati = dati.with("dettagli", "È spento.").with("indirizzo", "Via dei Tigli 12").with("azione", "avanti");
    let mut on_c = on_b.at_node(&c);
    let summary = on_c.send_with(dati, ("lampione.jpg", "image/jpeg", foto(1, 20_000))).await;
    assert_eq!(summary.status, StatusCode::OK, "{}", summary.text());
    let mut on_a = on_c.at_node(&a);
    let done = on_a.send(summary.form("chiave").with("azione", "avanti")).await;
    assert!(done.status == StatusCode::OK && done.path.contains("/fatto"), "{}: {}", done.path, done.text());
    let id = done.path.split('/').nth(2).expect("an id").to_owned();
    let pratica = b.api("cittadino").pratica(&id).await;
    let mut on_b = on_a.at_node(&b);
    let file = on_b.get(pratica["allegati"][0]["url"].as_str().expect("an address")).await;
    assert_eq!((file.status, impronta(&file.bytes)), (StatusCode::OK, impronta(&foto(1, 20_000))));
    assert_dense(&data, PRIMO, 1).await;
    // Signed out at one node is signed out at all.
    let form = on_b.get("/area-personale").await.form_to("/esci");
    on_b.send(form).await;
    for server in [&a, &b, &c] {
        assert!(on_a.at_node(server).get("/area-personale").await.path.starts_with("/accedi"));
    }
}

#[tokio::test]
async fn what_one_node_has_stored_the_others_show_at_once() {
    let (data, nodes) = three().await;
    let list = "query($dopo: Posizione) {
        areaPersonale(dopo: $dopo) { pratiche { totalCount edges { node { id stato } } } } }";
    for i in 0..12 {
        let [here, there, third] = [0, 1, 2].map(|n| &nodes[(i + n) % 3]);
        let filed = here.api("cittadino").segnala(&format!("subito-{i}"), "Lampione spento").await;
        let id = filed["pratica"]["id"].as_str().expect("an id");
        let seen = there.api("cittadino").data(list, json!({ "dopo": filed["posizione"] })).await;
        let seen = &seen["areaPersonale"]["pratiche"];
        assert_eq!((&seen["totalCount"], seen["edges"][0]["node"]["id"].as_str()), (&json!(i + 1), Some(id)));
        let taken = third.api("operatore").step("prendiInCarico", id, None).await;
        let seen = here.api("cittadino").data(list, json!({ "dopo": taken["posizione"] })).await;
        assert_eq!(seen["areaPersonale"]["pratiche"]["edges"][0]["node"]["stato"], "PRESA_IN_CARICO");
        // The case itself, without waiting for anything.
        assert_eq!(there.api("cittadino").pratica(id).await["stato"], "PRESA_IN_CARICO");
    }
    assert_dense(&data, PRIMO, 12).await;
    data.assert_clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_to_all_nodes_at_once_is_one_filing() {
    let (data, nodes) = three().await;
    let apis: Vec<_> = nodes.iter().map(|node| node.api("cittadino")).collect();
    for i in 0..20 {
        let chiave = format!("la-stessa-{i}");
        let answers = join_all(apis.iter().map(|api| file(api, &chiave))).await;
        let answers: Vec<_> = answers.into_iter().map(crate::support::filings::Outcome::filed).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{chiave}: {answers:?}");
    }
    assert_dense(&data, PRIMO, 20).await;
    // And so is a step on a case.
    let id = file(&apis[0], "la-stessa-0").await.filed().id;
    let step = format!("mutation($input: PrendiInCaricoInput!) {{ prendiInCarico(input: $input) {{ {ESITO} }} }}");
    let input = json!({ "input": { "chiaveIdempotenza": "presa", "praticaId": id } });
    let office: Vec<_> = nodes.iter().map(|node| node.api("operatore")).collect();
    let answers = join_all(office.iter().map(|api| api.data(&step, input.clone()))).await;
    assert_eq!(answers[0]["prendiInCarico"]["errori"], json!([]), "{:#}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    data.assert_clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_meet_an_empty_database_at_the_same_moment_all_start() {
    let data = Data::postgres().await;
    // The key is of the installation, and is there before its nodes.
    let key = data.path().join("master.key");
    eventstore_sql::load_master_key(&key, &eventstore::system_random()).expect("a key is made");
    let nodes: Vec<Server> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| Server::start(&data))).collect();
        starts.into_iter().map(|start| start.join().expect("it starts")).collect()
    });
    for (i, node) in (1_u64..).zip(&nodes) {
        let filed = node.api("cittadino").segnala(&format!("primo-{i}"), "Lampione spento").await;
        assert_eq!(filed["protocollo"]["numero"], i);
    }
    for node in &nodes {
        caught_up(node).await;
    }
    data.assert_clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_notice_goes_out_once_and_a_dead_one_is_known_everywhere() {
    let smtp = Smtp::start(&["--refuse", "lucia.ferri@example.org"]);
    let address = format!("127.0.0.1:{}", smtp.port);
    let data = Data::postgres().await;
    let nodes: [Server; 3] = std::array::from_fn(|_| Server::start_with(&data, &["--empty", "--smtp", &address]));
    let mut codes = Vec::new();
    for i in 0..12 {
        let filed = nodes[i % 3].api("cittadino").segnala(&format!("avviso-{i}"), "Lampione spento").await;
        codes.push(filed["pratica"]["codice"].as_str().expect("a code").to_owned());
    }
    let refused = nodes[0].api("cittadino2").try_segnala(segnalazione("respinta", "Lampione spento")).await;
    let refused = refused["pratica"]["codice"].as_str().expect("a code").to_owned();
    eventually("a message for each", || async { smtp.messages().len() >= codes.len() }).await;
    let mut desks = Vec::new();
    for node in &nodes {
        desks.push(Browser::sign_in(node, "protocollo").await);
    }
    for desk in &mut desks {
        let mut listed = false;
        for _ in 0..600 {
            listed = desk.get("/protocollo/notifiche").await.text().contains(&refused);
            if listed {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert!(listed, "{refused} is not listed");
    }
    // Tried again from the second node, it is gone from the list until its next failure.
    let form = desks[1].get("/protocollo/notifiche").await.form("dedupe");
    let told = desks[1].send(form).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let api = nodes[2].api("cittadino2");
    let id = refused_id(&api).await;
    let failures = || async {
        let storia = api.pratica(&id).await["storia"].clone();
        storia.as_array().expect("a history").iter().filter(|passo| passo["evento"] == "NotificaFallita").count() == 2
    };
    eventually("the second failure", failures).await;
    // Nothing went out twice.
    let mut subjects: Vec<String> = smtp.messages().into_iter().map(|message| message.subject).collect();
    assert_eq!(subjects.len(), codes.len(), "{subjects:#?}");
    subjects.retain(|subject| !codes.iter().any(|code| subject.contains(code)));
    assert!(subjects.is_empty(), "{subjects:#?}");
    data.assert_clean();
}

async fn refused_id(api: &crate::support::Api) -> String {
    let list: Value = api.data("{ areaPersonale { pratiche { edges { node { id } } } } }", json!({})).await;
    list["areaPersonale"]["pratiche"]["edges"][0]["node"]["id"].as_str().expect("an id").to_owned()
}
