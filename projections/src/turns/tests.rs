//! Several nodes on one PostgreSQL database and one log.

use crate::kit::{ALTRO, Caso, ENTE, Letture, World, dump, persona, prima};
use crate::prova::Prova;
use crate::{FiltroAudit, FiltroPratiche, QueryError, ReadModels, RunError};
use domain::pratica::TipoPratica;
use eventstore::EventStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_secs(20);

/// A node whose read model `prova` counts the records it is given.
struct Node {
    models: Arc<ReadModels>,
    given: Arc<AtomicU64>,
    fails: Arc<AtomicBool>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

async fn node(world: &World, version: u32) -> Node {
    let (given, fails, stop): (Arc<AtomicU64>, Arc<AtomicBool>, _) =
        (Arc::default(), Arc::default(), CancellationToken::new());
    let prova = Prova { version, fails: fails.clone(), given: given.clone() };
    let models = world.models_of(world.store.clone(), prova.and_all()).await;
    let running = models.spawn(stop.clone());
    Node { models, given, fails, stop, running }
}

async fn world() -> Arc<World> {
    Arc::new(World::new(Letture::postgres().await))
}

/// The node that folds an ente.
async fn folder(nodes: &[Node], ente: &str) -> usize {
    let began = Instant::now();
    loop {
        let who: Vec<usize> = (0..nodes.len()).filter(|i| nodes[*i].models.enti[ente].folds()).collect();
        if let [one] = who[..] {
            return one;
        }
        assert!(began.elapsed() < LONG, "{who:?} fold");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn stop(nodes: impl IntoIterator<Item = Node>) {
    for node in nodes {
        node.stop.cancel();
        node.running.await.unwrap();
    }
}

fn head(world: &World, ente: &str) -> u64 {
    *world.store.wake(ente).borrow()
}

fn panchina() -> Caso {
    Caso::new(TipoPratica::Istanza, 1, "Panchina", "urp")
}

#[tokio::test]
async fn one_node_folds_and_all_know_how_far() {
    let world = world().await;
    let nodes = [node(&world, 1).await, node(&world, 1).await, node(&world, 1).await];
    let one = folder(&nodes, ENTE).await;
    world.histories().await;
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let id = world.file(ENTE, &panchina()).await;
        let began = Instant::now();
        for node in &nodes {
            assert!(node.models.wait_for(ENTE, head(&world, ENTE), LONG).await);
            assert!(node.models.pratica(ENTE, id).await.unwrap().is_some(), "seen as soon as the wait is over");
        }
        slowest = slowest.max(began.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    for node in &nodes {
        assert!(node.models.wait_for(ALTRO, head(&world, ALTRO), LONG).await);
        for status in node.models.status().await {
            assert_eq!((status.position, &status.error), (status.head, &None), "{status:?}");
        }
    }
    let given: Vec<u64> = nodes.iter().map(|node| node.given.load(Ordering::SeqCst)).collect();
    assert_eq!(given.iter().sum::<u64>(), head(&world, ENTE) + head(&world, ALTRO), "each record is folded once");
    assert!(given[one] >= head(&world, ENTE), "{given:?}");
    stop(nodes).await;
}

#[tokio::test]
async fn when_the_node_that_folds_dies_another_takes_over() {
    let world = world().await;
    let mut nodes = vec![node(&world, 1).await, node(&world, 1).await, node(&world, 1).await];
    for _ in 0..2 {
        let one = folder(&nodes, ENTE).await;
        world.sign_in(ENTE).await;
        assert!(nodes[one].models.wait_for(ENTE, head(&world, ENTE), LONG).await);
        let dead = nodes.remove(one);
        dead.running.abort();
        assert!(dead.running.await.is_err());
        let last = world.sign_in(ENTE).await;
        let began = Instant::now();
        for node in &nodes {
            assert!(node.models.wait_for(ENTE, last, LONG).await);
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    let tables = dump(&nodes[0].models).await;
    assert_eq!(tables["prova_v1"].len() as u64, head(&world, ENTE));
    stop(nodes).await;
}

#[tokio::test]
async fn losing_every_connection_is_overcome() {
    let world = world().await;
    let nodes = [node(&world, 1).await, node(&world, 1).await];
    let id = world.file(ENTE, &panchina()).await;
    for node in &nodes {
        assert!(node.models.wait_for(ENTE, head(&world, ENTE), LONG).await);
    }
    for _ in 0..3 {
        let ended = world
            .letture
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
        assert!(ended >= 4, "{ended}: two that fold or try, two that listen");
        let last = world.sign_in(ENTE).await;
        for node in &nodes {
            let began = Instant::now();
            while !node.models.wait_for(ENTE, last, Duration::from_millis(200)).await {
                assert!(began.elapsed() < Duration::from_secs(10));
            }
            assert!(node.models.pratica(ENTE, id).await.unwrap().is_some());
        }
    }
    let tables = dump(&nodes[0].models).await;
    assert_eq!(tables["audit_v1"].len() as u64, head(&world, ENTE));
    stop(nodes).await;
}

#[tokio::test]
async fn a_rebuild_on_one_node_disturbs_nobody() {
    let world = world().await;
    world.histories().await;
    let nodes = [node(&world, 1).await, node(&world, 1).await, node(&world, 1).await];
    let one = folder(&nodes, ENTE).await;
    let (builder, asker) = (&nodes[(one + 1) % 3].models, nodes[(one + 2) % 3].models.clone());
    assert!(asker.wait_for(ENTE, head(&world, ENTE), LONG).await);
    assert!(asker.wait_for(ALTRO, head(&world, ALTRO), LONG).await);
    // They are in service a moment later.
    dump(&asker).await;
    let done = CancellationToken::new();
    let asking = tokio::spawn({
        let (asker, world, done) = (asker.clone(), world.clone(), done.clone());
        async move {
            let all = FiltroPratiche { titolare: Some(persona(1)), riservate: true, ..FiltroPratiche::default() };
            let mut asked = 0;
            while !done.is_cancelled() {
                let id = world.file(ENTE, &panchina()).await;
                assert!(asker.wait_for(ENTE, head(&world, ENTE), LONG).await);
                let page = asker.pratiche(ENTE, &all, prima(20)).await.unwrap();
                assert_eq!(page.righe[0].id, id, "what was waited for is seen, whatever is swapped");
                let step = asker.storia(ENTE, id, None).await.unwrap();
                assert_eq!(step.len(), 3);
                asker.audit(ENTE, &FiltroAudit::default(), prima(20)).await.unwrap();
                asked += 3;
            }
            asked
        }
    });
    for _ in 0..5 {
        let rebuilt = builder.rebuild(None, &|_| {}).await.unwrap();
        assert_eq!(rebuilt.names.len(), 6);
    }
    done.cancel();
    assert!(asking.await.unwrap() >= 15);
    let (ente, altro) = (head(&world, ENTE), head(&world, ALTRO));
    for node in &nodes {
        assert!(node.models.wait_for(ENTE, ente, LONG).await);
        assert!(node.models.wait_for(ALTRO, altro, LONG).await);
    }
    let live = dump(&asker).await;
    assert_eq!(live["audit_v1"].len() as u64, ente + altro);
    assert_eq!(builder.rebuild(None, &|_| {}).await.unwrap().events, ente + altro);
    assert_eq!(dump(&asker).await, live);
    let tables = "SELECT 1 FROM pg_tables WHERE schemaname = 'letture' AND tablename LIKE 'audit%'";
    assert_eq!(world.letture.execute(tables).await, 1, "the old ones are gone");
    stop(nodes).await;
}

#[tokio::test]
async fn two_rebuilds_do_not_get_into_each_others_way() {
    let world = world().await;
    world.histories().await;
    let (a, b) = (world.models().await, world.models().await);
    a.catch_up().await.unwrap();
    for _ in 0..3 {
        let both = tokio::join!(a.rebuild(None, &|_| {}), b.rebuild(None, &|_| {}));
        let ended = [both.0, both.1];
        assert!(ended.iter().any(Result::is_ok));
        assert!(ended.iter().all(|e| matches!(e, Ok(_) | Err(RunError::Rebuilding))), "{ended:?}");
    }
    b.catch_up().await.unwrap();
    assert_eq!(dump(&b).await["audit_v1"].len() as u64, head(&world, ENTE) + head(&world, ALTRO));
}

#[tokio::test]
async fn everybody_knows_of_a_read_model_that_stands_still() {
    let world = world().await;
    let nodes = [node(&world, 1).await, node(&world, 1).await];
    let one = folder(&nodes, ENTE).await;
    let (folds, follows) = (&nodes[one], &nodes[1 - one].models);
    folds.fails.store(true, Ordering::SeqCst);
    let last = world.sign_in(ENTE).await;
    let began = Instant::now();
    assert!(!follows.wait_for(ENTE, last, LONG).await, "not all have come so far");
    assert!(began.elapsed() < Duration::from_secs(10), "and it is not waited for");
    let status = follows.status().await;
    let prova = status.iter().find(|s| s.ente == ENTE && s.name == "prova").unwrap();
    assert!(prova.error.as_deref().is_some_and(|e| e.contains("prova")), "{prova:?}");

    folds.fails.store(false, Ordering::SeqCst);
    let began = Instant::now();
    while !follows.wait_for(ENTE, last, Duration::from_millis(50)).await {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The news that it goes on follows the page.
    while follows.status().await.iter().any(|s| s.error.is_some()) {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop(nodes).await;
}

#[tokio::test]
async fn a_new_version_is_built_while_the_old_one_serves() {
    let world = world().await;
    world.sign_ins(ENTE, 5).await;
    let old = node(&world, 1).await;
    assert!(old.models.wait_for(ENTE, 5, LONG).await);
    dump(&old.models).await;
    assert!(old.models.view("prova", ENTE).await.is_ok());
    let new = node(&world, 2).await;
    let began = Instant::now();
    while new.models.view("prova", ALTRO).await.is_err()
        || !new.models.wait_for(ENTE, 5, Duration::from_millis(50)).await
    {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The old program keeps up what it knows and says that it does not know the rest.
    let began = Instant::now();
    while !matches!(old.models.view("prova", ENTE).await, Err(QueryError::Building { .. })) {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let last = world.sign_in(ENTE).await;
    assert!(new.models.wait_for(ENTE, last, LONG).await);
    let began = Instant::now();
    while old.models.audit(ENTE, &FiltroAudit::default(), prima(1)).await.unwrap().totale != last {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(dump(&new.models).await.contains_key("prova_v2"));
    stop([old, new]).await;
}
