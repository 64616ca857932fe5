//! Read models are disposable: thrown away and built again from the log they are the same.

use crate::support::reads::{Dump, assert_same, caught_up, dump, remove};
use crate::support::{Data, Server};
use serde_json::json;

/// A stopped demonstration with its sample cases, every read model at the end of the log.
async fn sample(data: &Data) -> Dump {
    let server = Server::start_with(data, &[]);
    caught_up(&server).await;
    assert!(server.stop());
    let dump = dump(data).await;
    for table in ["pratica", "storia", "registrazione", "audit"] {
        assert!(dump[table].len() > 20, "{table} has {} rows", dump[table].len());
    }
    dump
}

#[tokio::test]
async fn a_rebuild_gives_what_was_there() {
    let data = Data::new().await;
    let live = sample(&data).await;

    remove(&data).await;
    let (success, said) = data.sportello(&["rebuild"]);
    assert!(success, "{said}");
    assert_same(&live, &dump(&data).await, "all, from nothing");

    let list = said.lines().find_map(|line| line.strip_prefix("rebuilt from ")?.split_once(": "));
    let names: Vec<&str> = list.expect("it says what it built").1.split(", ").collect();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let (success, said) = data.sportello(&["rebuild", name]);
        assert!(success && said.contains(name), "{name}: {said}");
        assert_same(&live, &dump(&data).await, name);
    }

    let (success, said) = data.sportello(&["rebuild", "fantasma"]);
    assert!(!success && said.contains("fantasma"), "{said}");
    assert_same(&live, &dump(&data).await, "after a name that does not exist");

    // And the pages work on what was built.
    let server = Server::start_with(&data, &[]);
    let area = server.api("cittadino");
    let found = area.data("{ areaPersonale { pratiche { totalCount } } }", json!({})).await;
    assert!(found["areaPersonale"]["pratiche"]["totalCount"].as_u64().unwrap() > 0, "{found}");
    assert!(server.stop());
}

#[tokio::test]
async fn a_running_server_builds_what_was_deleted_by_itself() {
    let data = Data::new().await;
    let live = sample(&data).await;
    remove(&data).await;
    assert_same(&live, &sample(&data).await, "a start without read models");
}
