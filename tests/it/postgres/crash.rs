//! Power cuts of nodes and of the database under load: what was answered is there, once.

use crate::support::Data;
use crate::support::nodes::Nodes;
use test_postgres::{Cluster, Options, Stop};

const ROUNDS: usize = 20;
const CLIENTS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_power_cuts_of_one_node_of_three_lose_nothing_that_was_answered() {
    let mut nodes = Nodes::start(Data::postgres().await, 3);
    let load = nodes.load(CLIENTS);
    let mut random: usize = 0x5057_1970;
    for round in 0..ROUNDS {
        // The number of answers before the cut, and the machine's own pace, make each fall elsewhere.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        load.answered(3 + (random >> 33) % 40).await;
        nodes.kill(round % 3);
        // The others go on.
        load.answered(2 * CLIENTS).await;
        nodes.start_again(round % 3);
    }
    load.answered(2 * CLIENTS).await;
    let work = load.stop().await;
    assert!(work.lost >= ROUNDS / 2, "the cuts were hardly noticed: {}", work.lost);
    nodes.assert_nothing_lost(&work.answered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_crashes_under_load_loses_nothing_that_was_answered() {
    let mut cluster = Cluster::start_new(&Options::default()).expect("a cluster");
    let nodes = Nodes::start(Data::on_cluster(&cluster), 2);
    let load = nodes.load(CLIENTS);
    let cuts: [fn(&mut Cluster); 5] = [
        |cluster| cluster.stop(Stop::Immediate),
        Cluster::kill,
        |cluster| cluster.stop(Stop::Fast),
        Cluster::kill,
        |cluster| cluster.stop(Stop::Immediate),
    ];
    for cut in cuts {
        load.answered(5 * CLIENTS).await;
        cut(&mut cluster);
        cluster.start();
        load.answered(2 * CLIENTS).await;
    }
    let work = load.stop().await;
    assert!(work.refused > 0, "nobody noticed");
    for i in 0..2 {
        nodes.ready(i).await;
    }
    nodes.assert_nothing_lost(&work.answered).await;
}
