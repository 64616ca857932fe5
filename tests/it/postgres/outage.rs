//! A database that is away, hangs, is full or may only be read: people are told so, nothing is answered that was not
//! stored, and the service comes back by itself.

use crate::support::filings::{Answer, Outcome, file};
use crate::support::nodes::{LONGEST, Nodes};
use crate::support::pages::{Browser, Form};
use crate::support::{Api, Data, SEGNALA, client, eventually, segnalazione};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use test_postgres::{Cluster, Options, Stop};

const CLIENTS: usize = 4;

/// What to expect while the database cannot be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// What is stored can still be shown.
    Works,
    /// Nothing can.
    Fails,
}

/// The last page of a report, ready to be sent.
async fn summary(browser: &mut Browser) -> Form {
    let privacy = browser.get("/segnala").await.form("privacy").with("privacy", "si").with("azione", "avanti");
    let dati = browser.send(privacy).await.form("dettagli");
    let dati = dati.with("categoria", "illuminazione").with("titolo", "Buio pesto").with("dettagli", "È spento.");
    let page = browser.send(dati.with("indirizzo", "Via dei Tigli 12").with("azione", "avanti")).await;
    page.form("chiave").with("azione", "avanti")
}

async fn status(url: &str, path: &str) -> StatusCode {
    let begun = Instant::now();
    let status = client().get(format!("{url}{path}")).send().await.expect("it answers").status();
    assert!(begun.elapsed() < LONGEST, "{path} took {:?}", begun.elapsed());
    status
}

/// A filing is refused with a status, a time to wait and the words of the catalogue.
async fn assert_refused(api: &Api) {
    let body = json!({ "query": SEGNALA, "variables": { "input": segnalazione("durante", "Lampione spento") } });
    let begun = Instant::now();
    let answer = api.post("/graphql").json(&body).send().await.expect("it answers");
    assert!(begun.elapsed() < LONGEST, "the refusal took {:?}", begun.elapsed());
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let wait: u64 = answer.headers()[header::RETRY_AFTER].to_str().expect("text").parse().expect("seconds");
    assert!(wait >= 1);
    let said: Value = answer.json().await.expect("JSON");
    assert_eq!(said["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{said:#}");
    assert!(said["errors"][0]["message"].as_str().is_some_and(|text| text.contains("non è disponibile")), "{said:#}");
}

/// The whole story around something that is done to the database and undone. A filing that is refused throughout is the
/// sign that it took effect.
async fn story(mut cluster: Cluster, reading: Reading, harm: impl Fn(&mut Cluster), mend: impl Fn(&mut Cluster)) {
    let nodes = Nodes::start(Data::on_cluster(&cluster), 2);
    let (url, api) = (nodes.server(0).url.clone(), nodes.server(0).api("cittadino"));
    let first = api.segnala("prima", "Lampione spento").await;
    let id = first["pratica"]["id"].as_str().expect("an id");
    let mut browser = Browser::sign_in(nodes.server(0), "cittadino").await;
    let form = summary(&mut browser).await;
    let load = nodes.load(CLIENTS);
    load.answered(10 * CLIENTS).await;

    harm(&mut cluster);
    // Each time under a new key: a filing that stands already may be answered again without writing.
    let probes = AtomicUsize::new(0);
    let probe = || async {
        let n = probes.fetch_add(1, Ordering::Relaxed);
        file(&api, &format!("prova-{n}")).await
    };
    let refused = || async {
        matches!(probe().await, Outcome::Refused(said) if said["errors"][0]["extensions"]["code"] == "UNAVAILABLE")
    };
    eventually("filings are refused", refused).await;
    assert_refused(&api).await;
    assert_eq!(status(&url, "/healthz").await, StatusCode::OK, "the process itself is well");
    // Sending from the pages is refused with what was written kept, or with a page that says what to do.
    let page = browser.send(form.clone()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.text());
    assert!(page.retry_after.is_some_and(|seconds| seconds >= 1), "no time to wait: {}", page.text());
    if reading == Reading::Works {
        assert_eq!(page.form("chiave").get("titolo"), form.get("titolo"), "{}", page.text());
        assert_eq!(api.pratica(id).await["codice"], first["pratica"]["codice"]);
        assert_eq!(browser.get("/area-personale").await.status, StatusCode::OK);
    } else {
        let page = browser.get("/area-personale").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.text());
        assert!(page.text().contains("non è disponibile in questo momento"), "{}", page.text());
        assert!(page.retry_after.is_some_and(|seconds| seconds >= 1), "no time to wait: {}", page.text());
    }
    // A smaller fact of a process may still find room in between: the next filing that finds none says so again.
    let red = || async {
        probe().await;
        status(&url, "/readyz").await == StatusCode::SERVICE_UNAVAILABLE
    };
    eventually("the node says that it is not ready", red).await;

    mend(&mut cluster);
    eventually("filings work again", || async { matches!(probe().await, Outcome::Filed(_)) }).await;
    for i in 0..2 {
        nodes.ready(i).await;
    }
    load.answered(2 * CLIENTS).await;
    let mut work = load.stop().await;
    assert!(work.refused > 0, "the clients did not notice");
    // What was sent besides the clients: asked again under its key, each gives its number.
    let done = browser.send(form).await;
    assert!(done.status == 200 && done.path.contains("/fatto"), "{}: {}", done.path, done.text());
    work.answered.insert("dalle-pagine".to_owned(), answer(&api, done.path.split('/').nth(2).expect("an id")).await);
    let probes = (0..probes.into_inner()).map(|n| format!("prova-{n}"));
    for chiave in probes.chain(["prima", "durante"].map(str::to_owned)) {
        let answer = file(&api, &chiave).await.filed();
        work.answered.insert(chiave, answer);
    }
    nodes.assert_nothing_lost(&work.answered).await;
}

/// A case as it was answered when it was filed.
async fn answer(api: &Api, id: &str) -> Answer {
    let numero = api.pratica(id).await["protocollo"]["numero"].as_u64().expect("a number");
    Answer { id: id.to_owned(), numero }
}

fn cluster() -> Cluster {
    Cluster::start_new(&Options::default()).expect("a cluster")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away() {
    story(cluster(), Reading::Fails, |cluster| cluster.stop(Stop::Fast), Cluster::start).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs() {
    story(cluster(), Reading::Fails, |cluster| cluster.pause(), |cluster| cluster.resume()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_only_be_read() {
    let set = |value: &'static str| move |cluster: &mut Cluster| cluster.set("default_transaction_read_only", value);
    story(cluster(), Reading::Works, set("on"), set("off")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_room() {
    let cluster = Cluster::start_new(&Options { small_files: true, ..Options::default() }).expect("a cluster");
    // More than a file of PostgreSQL's own log has, and no whole number of its pages. A few hundred filings fill it.
    let full = |cluster: &mut Cluster| cluster.limit_files(Some((3 << 19) + 4096));
    story(cluster, Reading::Works, full, |cluster| cluster.limit_files(None)).await;
}
