//! What every read model must keep: whole, equal after a rebuild, apart by ente, still on an error.

use crate::kit::{ALTRO, Caso, Damaged, ENTE, Letture, World, dump, on_both, persona, prima};
use crate::prova::Prova;
use crate::{FiltroAudit, FiltroPratiche, FiltroRegistro, Pagina, QueryError, RunError};
use domain::ids::PraticaId;
use domain::pratica::TipoPratica;
use eventstore::{EventStore, KeyStore, Record};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_secs(20);

/// Every event of the house, by its golden sample, in the stream where it belongs.
async fn all_samples(world: &World) -> u64 {
    use domain::{
        accesso, agenda, appuntamento, attesa, calendario, impegni, istanza, lettera, notifica, prenotabile, registro,
        segnalazione,
    };
    let contexts = [
        ("segnalazione", segnalazione::Event::specs(), 1_u128),
        ("lettera", lettera::Event::specs(), 2),
        ("istanza", istanza::Event::specs(), 3),
        ("registro", registro::Event::specs(), 1),
        ("notifica", notifica::Event::specs(), 1),
        ("accesso", accesso::Event::specs(), 1),
        ("appuntamento", appuntamento::Event::specs(), 4),
        ("agenda", agenda::Event::specs(), 1),
        ("impegni", impegni::Event::specs(), 1),
        ("attesa", attesa::Event::specs(), 1),
        ("calendario", calendario::Event::specs(), 1),
        ("orario", prenotabile::Event::specs(), 1),
    ];
    let sample = "0192f00d-0000-7000-8123-456789abcdef";
    let mut last = 0;
    for (category, specs, n) in contexts {
        // The samples of all kinds of case share one id.
        let id = uuid::Uuid::from_u128(0x0192_f00d_0000_7000_8123_4567_89ab_cd00 | n).to_string();
        for spec in specs {
            let stream = match (category, spec.kind) {
                ("registro", "ProtocolloRegistrato") => "registro-PROT-2026".to_owned(),
                ("registro", _) => "registrazione-PROT-2026-0000012".to_owned(),
                ("accesso", _) => "accesso-2026-03-09".to_owned(),
                ("agenda", _) => "agenda-anagrafe-2026-03-10".to_owned(),
                ("attesa", _) => attesa::stream("carta-identita"),
                ("calendario", _) => "calendario-anagrafe".to_owned(),
                ("orario", _) => prenotabile::STREAM.to_owned(),
                _ => format!("{category}-{id}"),
            };
            let payload = serde_json::from_str(&(spec.sample)().to_string().replace(sample, &id)).unwrap();
            let event = world.event(ENTE, persona(n).0, spec.kind, spec.version, payload);
            last = world.append(ENTE, vec![(stream, vec![event])]).await;
        }
    }
    last
}

async fn every_event_of_the_house_is_folded(world: World) {
    let last = all_samples(&world).await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let trail = models.audit(ENTE, &FiltroAudit::default(), prima(1)).await.unwrap();
    assert_eq!((trail.totale, trail.righe[0].posizione), (last, last));
    let all = FiltroPratiche { riservate: true, ..FiltroPratiche::default() };
    assert_eq!(models.pratiche(ENTE, &all, prima(10)).await.unwrap().totale, 4);
    let tables = dump(&models).await;
    // Of reports and letters seven events each, of requests and appointments ten each, two of notices: all but the receipts'
    // documents.
    assert_eq!(tables["storia_v2"].len(), 7 + 7 + 10 + 10 + 2);
    // The one seat was left, the one hold ended, the one closure was lifted.
    assert_eq!((tables["appuntamento_v2"].len(), tables["turno_v2"].len(), tables["attesa_v2"].len()), (1, 1, 1));
    assert!(tables["occupato_v2"].is_empty() && tables["chiusura_v2"].is_empty());
    assert_eq!((tables["registrazione_v1"].len(), tables["modifica_v1"].len()), (1, 2));
}

async fn a_rebuild_gives_equal_tables_and_so_does_an_empty_file(world: World) {
    let models = world.models().await;
    let stop = CancellationToken::new();
    let running = models.spawn(stop.clone());
    world.histories().await;
    world.appointments().await;
    world.sign_ins(ENTE, 4_500).await;
    let heads = [ENTE, ALTRO].map(|ente| (ente, *world.store.wake(ente).borrow()));
    for (ente, head) in heads {
        assert!(models.wait_for(ente, head, LONG).await, "{ente}");
    }
    let live = dump(&models).await;
    assert_eq!(live["audit_v1"].len() as u64, heads[0].1 + heads[1].1, "no record is skipped at the border of a page");

    let pages = AtomicU64::new(0);
    let rebuilt = models
        .rebuild(None, &|_| {
            pages.fetch_add(1, Ordering::Relaxed);
        })
        .await
        .unwrap();
    assert_eq!(rebuilt.names, ["pratiche", "storia", "registro", "audit", "appuntamenti"]);
    assert_eq!(rebuilt.events, heads[0].1 + heads[1].1);
    assert!(pages.load(Ordering::Relaxed) >= 4, "three pages of the one ente, one of the other");
    assert_eq!(dump(&models).await, live);
    // The loops go on with the new tables.
    let last = world.sign_in(ENTE).await;
    assert!(models.wait_for(ENTE, last, LONG).await);
    let live = dump(&models).await;
    assert_eq!(live["audit_v1"].len() as u64, heads[0].1 + heads[1].1 + 1);

    stop.cancel();
    running.await.unwrap();
    models.pools.read.close().await;
    models.pools.write.close().await;
    drop(models);
    world.letture.wipe().await;
    let again = world.models().await;
    again.catch_up().await.unwrap();
    assert_eq!(dump(&again).await, live);
}

async fn one_read_model_is_rebuilt_while_the_log_grows(world: World) {
    let world = Arc::new(world);
    world.histories().await;
    let models = world.models().await;
    let stop = CancellationToken::new();
    let running = models.spawn(stop.clone());
    let filing = tokio::spawn({
        let world = world.clone();
        async move {
            for _ in 0..40 {
                world.file(ENTE, &Caso::new(TipoPratica::Segnalazione, 1, "Buca", "lavori-pubblici")).await;
                tokio::task::yield_now().await;
            }
        }
    });
    for _ in 0..3 {
        models.rebuild(Some("pratiche"), &|_| {}).await.unwrap();
    }
    filing.await.unwrap();
    assert!(models.wait_for(ENTE, *world.store.wake(ENTE).borrow(), LONG).await);
    stop.cancel();
    running.await.unwrap();
    let live = dump(&models).await;
    models.rebuild(None, &|_| {}).await.unwrap();
    assert_eq!(dump(&models).await, live);
    assert_eq!(live["pratica_v2"].len(), 24 + 40);
    assert!(matches!(models.rebuild(Some("altro"), &|_| {}).await, Err(RunError::UnknownProjection(_))));
}

/// A page border must not pass over what is stored at that moment.
async fn nothing_is_skipped_while_many_write(world: World) {
    let world = Arc::new(world);
    let models = world.models().await;
    let stop = CancellationToken::new();
    let running = models.spawn(stop.clone());
    let mut writers = tokio::task::JoinSet::new();
    for n in 1..=16 {
        let world = world.clone();
        writers.spawn(async move {
            for _ in 0..40 {
                world.file(ENTE, &Caso::new(TipoPratica::Istanza, n, "Panchina", "urp")).await;
                tokio::task::yield_now().await;
            }
        });
    }
    let rebuilding = models.rebuild(None, &|_| {}).await.unwrap();
    writers.join_all().await;
    let head = *world.store.wake(ENTE).borrow();
    assert_eq!(head, 16 * 40 * 4);
    assert!(rebuilding.events <= head);
    assert!(models.wait_for(ENTE, head, LONG).await);
    for _ in 0..2 {
        let tables = dump(&models).await;
        assert_eq!((tables["audit_v1"].len() as u64, tables["pratica_v2"].len()), (head, 16 * 40));
        assert_eq!((tables["storia_v2"].len(), tables["registrazione_v1"].len()), (16 * 40 * 3, 16 * 40));
        assert_eq!(models.rebuild(None, &|_| {}).await.unwrap().events, head);
    }
    stop.cancel();
    running.await.unwrap();
}

async fn who_waits_reads_what_was_written(world: World) {
    let models = world.models().await;
    let stop = CancellationToken::new();
    let running = models.spawn(stop.clone());
    let mut slowest = Duration::ZERO;
    for _ in 0..30 {
        let id = world.file(ENTE, &Caso::new(TipoPratica::Istanza, 1, "Panchina", "urp")).await;
        let head = *world.store.wake(ENTE).borrow();
        let began = Instant::now();
        assert!(models.wait_for(ENTE, head, LONG).await);
        slowest = slowest.max(began.elapsed());
        assert!(models.pratica(ENTE, id).await.unwrap().is_some(), "seen as soon as the wait is over");
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let head = *world.store.wake(ENTE).borrow();
    assert!(
        !models.wait_for(ENTE, head + 1, Duration::from_millis(30)).await,
        "what was not written is not waited for"
    );
    assert!(!models.wait_for("altrove", 0, LONG).await);
    for status in models.status().await {
        assert_eq!((status.position, &status.error), (status.head, &None), "{status:?}");
    }
    stop.cancel();
    running.await.unwrap();
}

async fn enti_do_not_see_each_other(world: World) {
    let caso = Caso::new(TipoPratica::Segnalazione, 1, "Buca", "lavori-pubblici");
    let id = world.file(ENTE, &caso).await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let all = FiltroPratiche { riservate: true, ..FiltroPratiche::default() };
    assert_eq!(models.pratiche(ENTE, &all, prima(10)).await.unwrap().totale, 1);
    assert_eq!(models.pratiche(ALTRO, &all, prima(10)).await.unwrap().totale, 0);
    assert!(models.pratica(ALTRO, id).await.unwrap().is_none());
    let codice = caso.tipo.codice(id);
    assert!(models.pratica_per_codice(ENTE, codice.as_str()).await.unwrap().is_some());
    assert!(models.pratica_per_codice(ALTRO, codice.as_str()).await.unwrap().is_none());
    assert!(models.conteggi(ALTRO, &all).await.unwrap().is_empty());
    assert!(models.storia(ALTRO, id, None).await.unwrap().is_empty());
    assert!(models.registrazione(ALTRO, 2026, 1).await.unwrap().is_none());
    assert_eq!(models.registro(ALTRO, &FiltroRegistro::default(), prima(10)).await.unwrap().totale, 0);
    assert_eq!(models.audit(ALTRO, &FiltroAudit::default(), prima(10)).await.unwrap().totale, 0);
    assert!(matches!(models.pratica("altrove", id).await, Err(QueryError::UnknownEnte(_))));
}

async fn a_destroyed_key_leaves_rows_without_personal_data(world: World) {
    let caso = Caso::new(TipoPratica::Istanza, 7, "Una cosa mia", "urp");
    let id = world.file(ENTE, &caso).await;
    world.conclude(ENTE, &caso, id).await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let row = models.pratica(ENTE, id).await.unwrap().unwrap();
    assert_eq!((row.richiedente.as_deref(), row.titolo.as_deref()), (Some("Mario Rossi"), Some("Una cosa mia")));
    let steps = models.storia(ENTE, id, None).await.unwrap();
    assert_eq!(steps.last().unwrap().messaggio.as_deref(), Some("Fatto."));

    world.keys.destroy(ENTE, caso.titolare.0).unwrap();
    models.rebuild(None, &|_| {}).await.unwrap();
    let row = models.pratica(ENTE, id).await.unwrap().unwrap();
    assert_eq!((row.richiedente, row.titolo), (None, None));
    let steps = models.storia(ENTE, id, None).await.unwrap();
    assert!(steps.len() == 6 && steps.iter().all(|step| step.messaggio.is_none()));
    let entry = models.registrazione(ENTE, 2026, 1).await.unwrap().unwrap();
    assert_eq!(entry.corrispondente.as_deref(), Some("Mario Rossi"), "the register keeps its own");
    let tables = format!("{:?}", dump(&models).await);
    assert!(!tables.contains("Una cosa mia") && !tables.contains("una cosa mia") && !tables.contains("Fatto."));
    let Some(file) = world.letture.file() else { return };
    for file in [file.clone(), file.with_extension("db-wal")] {
        let bytes = std::fs::read(&file).unwrap();
        let lingers = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!lingers("Una cosa mia") && !lingers("una cosa mia"), "{} has forgotten too", file.display());
    }
}

async fn the_document_is_the_text_that_was_filed(world: World) {
    let caso = Caso::new(TipoPratica::Lettera, 3, "Il parco", "segreteria-sindaco");
    let id = world.file(ENTE, &caso).await;
    let records = world.store.read_stream(ENTE, &caso.tipo.stream(id), 0, 10).await.unwrap();
    let opener = world.opener();
    let text = opener.documento(&records[0]).unwrap().unwrap();
    assert!(text.starts_with(r#"{"autore":{"codiceFiscale":"RSSMRA80A01H501U","cognome":"Rossi""#), "{text}");
    assert!(text.contains(r#""oggetto":"Il parco""#));
    assert_eq!(opener.documento(&records[1]).unwrap(), None, "a receipt has no personal part");
    let moved = Record { event_id: world.uuid(), ..records[0].clone() };
    assert!(opener.documento(&moved).is_err() && opener.open(&moved).is_err());
    world.keys.destroy(ENTE, caso.titolare.0).unwrap();
    assert_eq!(opener.documento(&records[0]).unwrap(), None);
}

async fn a_hole_in_the_log_stops_one_ente_and_says_so(world: World) {
    world.histories().await;
    let head = *world.store.wake(ENTE).borrow();
    // Lost in the middle, and lost at the end.
    for lost in [10, head] {
        let store = Damaged::new(&world, lost);
        let models = world.models_of(store.clone(), crate::projections()).await;
        let stop = CancellationToken::new();
        let running = models.spawn(stop.clone());
        assert!(models.wait_for(ALTRO, *world.store.wake(ALTRO).borrow(), LONG).await, "the other ente goes on");
        let began = Instant::now();
        while models.status().await.iter().any(|s| s.ente == ENTE && s.error.is_none()) {
            assert!(began.elapsed() < LONG);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(!models.wait_for(ENTE, head, LONG).await);
        assert!(began.elapsed() < LONG, "it does not wait for what cannot come");
        for status in models.status().await.into_iter().filter(|s| s.ente == ENTE) {
            assert!(status.position < lost, "nothing beyond the hole is folded: {status:?}");
            assert!(status.error.unwrap().contains(&format!("hole in the log: expected position {lost}")));
        }
        let asked = models.audit(ENTE, &FiltroAudit::default(), prima(10)).await;
        assert!(matches!(asked, Err(QueryError::Building { name: "audit" })), "half a trail is not shown: {asked:?}");
        assert!(models.rebuild(None, &|_| {}).await.is_err(), "a rebuild does not jump over it either");

        // The record is put back: the loop finds it by itself.
        store.lost.store(0, Ordering::SeqCst);
        let began = Instant::now();
        while !models.wait_for(ENTE, head, Duration::from_millis(50)).await {
            assert!(began.elapsed() < LONG);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(models.status().await.iter().all(|s| s.error.is_none()));
        stop.cancel();
        running.await.unwrap();
        models.pools.read.close().await;
        models.pools.write.close().await;
        world.letture.wipe().await;
    }
}

async fn another_log_under_the_same_tables_is_noticed(world: World) {
    let other = World::new(Letture::sqlite());
    other.now();
    world.sign_ins(ENTE, 3).await;
    other.sign_ins(ENTE, 2).await;
    world.models().await.catch_up().await.unwrap();
    let models = world.models_of(other.store.clone(), crate::projections()).await;
    assert!(matches!(models.catch_up().await, Err(RunError::Ahead { position: 3, head: 2 })));
    other.sign_ins(ENTE, 2).await;
    let before = dump(&models).await;
    let error = models.catch_up().await.unwrap_err();
    assert!(matches!(error, RunError::Fork { position: 4 }), "{error}");
    assert_eq!(dump(&models).await, before, "nothing was mixed");
    models.rebuild(None, &|_| {}).await.unwrap();
    models.catch_up().await.unwrap();
    assert_eq!(models.audit(ENTE, &FiltroAudit::default(), prima(1)).await.unwrap().totale, 4);
}

async fn a_log_that_comes_back_is_folded_again(world: World) {
    let store = Damaged::new(&world, 0);
    let models = world.models_of(store.clone(), crate::projections()).await;
    let stop = CancellationToken::new();
    let running = models.spawn(stop.clone());
    store.away.store(true, Ordering::SeqCst);
    let last = world.sign_in(ENTE).await;
    assert!(!models.wait_for(ENTE, last, Duration::from_secs(1)).await);
    store.away.store(false, Ordering::SeqCst);
    let began = Instant::now();
    while !models.wait_for(ENTE, last, Duration::from_millis(50)).await {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    running.await.unwrap();
}

async fn one_read_model_that_fails_does_not_stop_the_others(world: World) {
    let fails = Arc::new(AtomicBool::new(true));
    let models = world.models_of(world.store.clone(), Prova::with_all(1, &fails)).await;
    let stop = CancellationToken::new();
    let running = models.spawn(stop.clone());
    let id = world.file(ENTE, &Caso::new(TipoPratica::Segnalazione, 1, "Buca", "lavori-pubblici")).await;
    let head = *world.store.wake(ENTE).borrow();
    let began = Instant::now();
    assert!(!models.wait_for(ENTE, head, LONG).await, "not all have come so far");
    assert!(began.elapsed() < Duration::from_secs(10), "and it is not waited for");
    assert!(models.pratica(ENTE, id).await.unwrap().is_some(), "the others have");
    let status = models.status().await;
    let prova = status.iter().find(|s| s.ente == ENTE && s.name == "prova").unwrap();
    assert!(prova.position == 0 && prova.error.as_deref().is_some_and(|e| e.contains("prova")), "{prova:?}");
    assert!(status.iter().filter(|s| s.name != "prova").all(|s| s.error.is_none()));

    fails.store(false, Ordering::SeqCst);
    let began = Instant::now();
    while !models.wait_for(ENTE, head, Duration::from_millis(50)).await {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(dump(&models).await["prova_v1"].len() as u64, head, "what was rolled back is folded once");
    stop.cancel();
    running.await.unwrap();
}

async fn a_new_version_is_built_beside_and_swapped_when_it_has_caught_up(world: World) {
    world.sign_ins(ENTE, 5).await;
    let fails = Arc::new(AtomicBool::new(false));
    let first = world.models_of(world.store.clone(), Prova::with_all(1, &fails)).await;
    assert!(matches!(first.view("prova", ENTE).await, Err(QueryError::Building { name: "prova" })));
    first.catch_up().await.unwrap();
    assert!(first.view("prova", ENTE).await.is_ok());

    // The next program cannot fold at first: the tables of version 1 stay in service in the database.
    fails.store(true, Ordering::SeqCst);
    let second = world.models_of(world.store.clone(), Prova::with_all(2, &fails)).await;
    second.catch_up().await.unwrap();
    assert!(matches!(second.view("prova", ENTE).await, Err(QueryError::Building { .. })));
    assert!(dump(&second).await.contains_key("prova_v1"));
    fails.store(false, Ordering::SeqCst);
    // Restarted, it goes on with the tables it had begun.
    let third = world.models_of(world.store.clone(), Prova::with_all(2, &fails)).await;
    third.catch_up().await.unwrap();
    let tables = dump(&third).await;
    assert_eq!(tables["prova_v2"].len(), 5);
    assert!(!tables.contains_key("prova_v1"));
    let catalogue = match world.letture {
        Letture::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'prova%'",
        Letture::Postgres(_) => "SELECT tablename::text FROM pg_tables WHERE tablename LIKE 'prova%'",
    };
    let left = crate::sql::Sql::new(third.pools.dialect, catalogue);
    assert_eq!(left.rows(&third.pools.read).await.unwrap().len(), 1, "the old tables are gone");

    // The program before, still running, notices: it goes on with what is of its version, and answers nothing else.
    world.sign_ins(ENTE, 1).await;
    first.catch_up().await.unwrap();
    assert_eq!(first.audit(ENTE, &FiltroAudit::default(), prima(1)).await.unwrap().totale, 6);
    assert!(matches!(first.view("prova", ENTE).await, Err(QueryError::Building { name: "prova" })));
    for status in first.status().await.into_iter().filter(|s| s.ente == ENTE) {
        let error = status.error.unwrap_or_default();
        assert_eq!(error.contains("in service in version 2"), status.name == "prova", "{error}");
    }
}

async fn several_that_fold_at_once_take_turns(world: World) {
    let mut nodes = Vec::new();
    for _ in 0..4 {
        nodes.push(world.models().await);
    }
    for round in 1..=200 {
        world.sign_ins(ENTE, 3).await;
        let folding: JoinSet<_> = nodes.iter().cloned().map(|node| async move { node.catch_up().await }).collect();
        for folded in folding.join_all().await {
            folded.unwrap_or_else(|error| panic!("round {round}: {}", crate::error::chain(&error)));
        }
    }
    assert_eq!(nodes[0].audit(ENTE, &FiltroAudit::default(), prima(1)).await.unwrap().totale, 600);
}

/// The node that said so may have lost its turn: it would never take it back.
#[tokio::test]
async fn what_a_node_said_of_a_read_model_is_over_when_another_goes_on() {
    let world = World::new(Letture::postgres().await);
    let (first, second) = (world.models().await, world.models().await);
    world.sign_ins(ENTE, 1).await;
    first.catch_up().await.unwrap();
    let said = async |models: &crate::ReadModels| {
        let said = crate::sql::Sql::new(models.pools.dialect, "SELECT projection FROM projection_error");
        said.rows(&models.pools.read).await.unwrap().len()
    };
    let builds: Vec<_> = first.live.read().await.iter().map(|live| live.build).collect();
    let mut connection = first.pools.writer().await.unwrap();
    crate::catalog::note(&mut connection, first.pools.dialect, ENTE, &builds, Some("prova")).await.unwrap();
    connection.give_back();
    assert_eq!(said(&second).await, builds.len());
    world.sign_ins(ENTE, 1).await;
    second.catch_up().await.unwrap();
    assert_eq!(said(&second).await, 0);
}

async fn tables_swapped_by_another_process_are_found_again(world: World) {
    let id = world.file(ENTE, &Caso::new(TipoPratica::Segnalazione, 1, "Buca", "lavori-pubblici")).await;
    let serving = world.models().await;
    let stop = CancellationToken::new();
    let running = serving.spawn(stop.clone());
    assert!(serving.wait_for(ENTE, 4, LONG).await);
    world.models().await.rebuild(None, &|_| {}).await.unwrap();
    assert!(serving.pratica(ENTE, id).await.unwrap().is_some(), "a question that meets the old tables is asked again");
    let last = world.sign_in(ENTE).await;
    assert!(serving.wait_for(ENTE, last, LONG).await);
    assert_eq!(serving.audit(ENTE, &FiltroAudit::default(), prima(1)).await.unwrap().totale, last);
    stop.cancel();
    running.await.unwrap();
}

async fn what_the_log_never_opened_is_an_error_not_a_row(world: World) {
    let id = PraticaId(world.uuid());
    let caso = Caso::new(TipoPratica::Segnalazione, 1, "Buca", "lavori-pubblici");
    world.conclude(ENTE, &caso, id).await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let status = models.status().await;
    let pratiche = status.iter().find(|s| s.ente == ENTE && s.name == "pratiche").unwrap();
    assert!(pratiche.error.as_deref().is_some_and(|e| e.contains("never opened")), "{pratiche:?}");
    assert_eq!(models.audit(ENTE, &FiltroAudit::default(), Pagina::default()).await.unwrap().totale, 3);
}

on_both!(
    every_event_of_the_house_is_folded,
    several_that_fold_at_once_take_turns,
    a_rebuild_gives_equal_tables_and_so_does_an_empty_file,
    one_read_model_is_rebuilt_while_the_log_grows,
    nothing_is_skipped_while_many_write,
    who_waits_reads_what_was_written,
    enti_do_not_see_each_other,
    a_destroyed_key_leaves_rows_without_personal_data,
    the_document_is_the_text_that_was_filed,
    a_hole_in_the_log_stops_one_ente_and_says_so,
    another_log_under_the_same_tables_is_noticed,
    a_log_that_comes_back_is_folded_again,
    one_read_model_that_fails_does_not_stop_the_others,
    a_new_version_is_built_beside_and_swapped_when_it_has_caught_up,
    tables_swapped_by_another_process_are_found_again,
    what_the_log_never_opened_is_an_error_not_a_row,
);
