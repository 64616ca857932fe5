//! The primary dies and its standby takes over.

use crate::support::Data;
use crate::support::nodes::Nodes;
use crate::support::proxy::Proxy;
use test_postgres::{Cluster, Options};

/// A standby that confirms each commit has everything that was answered. The nodes find it under the address they know:
/// their driver takes one host only, so that the address has to follow the primary.
#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_takes_over_has_everything_that_was_answered() {
    let mut primary = Cluster::start_new(&Options::default()).expect("a cluster");
    let mut standby = primary.standby().expect("a standby");
    let proxy = Proxy::to(primary.port()).await;
    primary.query("postgres", "CREATE DATABASE prova TEMPLATE template0");
    let nodes = Nodes::start(Data::at(format!("postgres://sportello@127.0.0.1:{}/prova", proxy.port())), 2);
    let load = nodes.load(8);
    load.answered(100).await;
    primary.kill();
    standby.promote();
    proxy.lead_to(standby.port());
    load.answered(100).await;
    let work = load.stop().await;
    assert!(work.refused + work.lost > 0, "nobody noticed");
    nodes.assert_nothing_lost(&work.answered).await;
}
