//! Logs as files: from one engine to the other and back, interrupted, damaged, taken for another.

use crate::support::log::{PRIMO, SECONDO};
use crate::support::reads::{assert_same, caught_up, dump};
use crate::support::{Api, Data, PRATICA, REGISTRO, Server, eventually, program};
use eventstore::contract::{batch, item};
use eventstore::{Expected, SystemClock};
use eventstore_sql::{Engine, Sizes};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

/// Exports a town with its keys; the two files.
fn export(data: &Data, ente: &str, to: &Path) -> (PathBuf, PathBuf) {
    let (log, keys) = (to.join(format!("{ente}.jsonl")), to.join(format!("{ente}.chiavi.jsonl")));
    let (success, said) = data.sportello(&["export", "--ente", ente, "--out", text(&log), "--keys", text(&keys)]);
    assert!(success, "{said}");
    (log, keys)
}

fn import(data: &Data, log: &Path, keys: Option<&Path>) -> (bool, String) {
    let mut args = vec!["import", "--in", text(log)];
    args.extend(keys.into_iter().flat_map(|keys| ["--keys", text(keys)]));
    data.sportello(&args)
}

/// A place for the logs of another installation with the same master key and files.
fn prepare(data: &Data, from: &Data) {
    fs::create_dir_all(data.path()).expect("a folder");
    let key = (from.path().join("master.key"), data.path().join("master.key"));
    fs::copy(key.0, key.1).expect("the master key is copied");
    let copied = Command::new("cp").arg("-R").arg(from.path().join("documenti")).arg(data.path()).status();
    assert!(copied.expect("cp runs").success());
}

/// What people see: a citizen's cases with their histories, and the register.
async fn answers(data: &Data) -> Vec<Value> {
    let server = Server::start(data);
    caught_up(&server).await;
    let mut answers = Vec::new();
    for town in [server.api("cittadino"), server.second_api("cittadino")] {
        answers.extend(cases(&town).await);
    }
    for town in [server.api("protocollo"), server.second_api("protocollo")] {
        answers.push(town.data(REGISTRO, json!({})).await);
    }
    assert!(server.stop());
    answers
}

async fn cases(town: &Api) -> Vec<Value> {
    let list = "{ areaPersonale { pratiche(first: 100) { totalCount edges { node { id codice stato titolo } } } } }";
    let area = town.data(list, json!({})).await;
    let mut answers = Vec::new();
    for case in area["areaPersonale"]["pratiche"]["edges"].as_array().expect("a list") {
        answers.push(town.data(PRATICA, json!({ "id": case["node"]["id"] })).await);
    }
    answers.push(area);
    answers
}

#[tokio::test]
async fn a_log_goes_to_postgres_and_back_without_losing_a_byte() {
    let first = Data::sqlite();
    let server = Server::start_with(&first, &[]);
    caught_up(&server).await;
    assert!(server.stop());
    let (seen, tables) = (answers(&first).await, dump(&first).await);
    assert!(seen.len() >= 8, "{} answers", seen.len());
    let (second, third) = (Data::postgres().await, Data::sqlite());

    let mut from = &first;
    for to in [&second, &third] {
        let folder = tempfile::tempdir().expect("a folder");
        prepare(to, from);
        for ente in [PRIMO, SECONDO] {
            let (log, keys) = export(from, ente, folder.path());
            let (success, said) = import(to, &log, Some(&keys));
            assert!(success && said.contains("sportello verify"), "{said}");
        }
        to.assert_clean();
        assert_eq!(to.verify(), from.verify(), "the same heads");
        from = to;
    }
    for ente in [PRIMO, SECONDO] {
        let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().unwrap()];
        let (one, one_keys) = export(&first, ente, folders[0].path());
        let (other, other_keys) = export(&third, ente, folders[1].path());
        assert!(fs::read(one).unwrap() == fs::read(other).unwrap(), "the file of {ente} is the same byte for byte");
        // The first line holds a proof that is made anew each time.
        let rest = |keys| fs::read_to_string(keys).unwrap().lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(rest(one_keys), rest(other_keys), "and so are its keys");
    }
    for data in [&second, &third] {
        let (success, said) = data.sportello(&["rebuild"]);
        assert!(success, "{said}");
    }
    assert_same(&tables, &dump(&third).await, "the read models of a log that has been around");
    assert_eq!(answers(&second).await, seen, "PostgreSQL answers as SQLite did");
    assert_eq!(answers(&third).await, seen);
}

/// A log of several stretches: 20,000 records of one ente, and its file.
async fn large() -> (Data, TempDir, PathBuf) {
    let data = Data::sqlite();
    let store = open(&data).await;
    for n in 0..400 {
        let item = item(&format!("prova-{n}"), Expected::NoStream, 50);
        store.append(PRIMO, batch(vec![item])).await.expect("stored");
    }
    store.close().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.jsonl");
    let (success, said) = data.sportello(&["export", "--ente", PRIMO, "--out", text(&file)]);
    assert!(success && said.contains("20000 records"), "{said}");
    (data, folder, file)
}

async fn open(data: &Data) -> Arc<dyn Engine> {
    data.database().open_log(Arc::new(SystemClock), Sizes::default()).await.expect("it opens")
}

async fn head(data: &Data) -> u64 {
    let store = open(data).await;
    let head = store.head(PRIMO).await.expect("it answers");
    store.close().await;
    head.position
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_or_cut_off_goes_on() {
    let (source, folder, file) = large().await;
    let bytes = fs::read(&file).unwrap();
    for target in [Data::sqlite(), Data::postgres().await] {
        // Killed while it waits for more than the half of the file.
        let mut command = Command::new(program());
        command.args(["import", "--in", "-"]).args(target.args()).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&bytes[..bytes.len() * 6 / 10]).unwrap();
        eventually("two stretches arrive", || async { head(&target).await >= 10_000 }).await;
        child.kill().unwrap();
        child.wait().unwrap();
        drop(stdin);
        assert_eq!(head(&target).await, 10_000);
        target.assert_clean();

        // Cut off: what is whole arrives.
        let cut = folder.path().join("cut.jsonl");
        fs::write(&cut, &bytes[..bytes.len() * 8 / 10]).unwrap();
        let (success, said) = import(&target, &cut, None);
        assert!(!success && said.contains("cut off") && said.contains("15000 records"), "{said}");

        let (success, said) = import(&target, &file, None);
        assert!(success && said.contains("5000 records imported, 15000 were there; 20000 in all"), "{said}");
        let (success, said) = import(&target, &file, None);
        assert!(success && said.contains("0 records imported, 20000 were there"), "{said}");
        assert_eq!(target.verify(), source.verify());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_was_interrupted_goes_on() {
    let (source, _folder, file) = large().await;
    let bytes = fs::read(&file).unwrap();
    let export = |more: &[&str]| {
        let args = [&["export", "--ente", PRIMO, "--out", text(&file)], more].concat();
        source.sportello(&args)
    };
    let (success, said) = export(&[]);
    assert!(!success && said.contains("--resume"), "nothing is overwritten: {said}");
    for length in [0, 20, bytes.len() / 2, bytes.len() - 1, bytes.len()] {
        fs::write(&file, &bytes[..length]).unwrap();
        let (success, said) = export(&["--resume"]);
        assert!(success, "{said}");
        assert!(fs::read(&file).unwrap() == bytes, "after {length} bytes");
    }
    // The log has gone on since.
    let store = open(&source).await;
    store.append(PRIMO, batch(vec![item("prova-0", Expected::Exact(50), 7)])).await.unwrap();
    store.close().await;
    let (success, said) = export(&["--resume"]);
    assert!(success && said.contains("20007 records"), "{said}");
    let (success, whole) = source.sportello(&["export", "--ente", PRIMO, "--out", "-"]);
    let whole = whole.split_inclusive('\n').filter(|line| line.starts_with('{')).collect::<String>();
    assert!(success && whole == fs::read_to_string(&file).unwrap(), "as if it had been written at once");

    // A file of another log is left alone.
    let (_other, _folder, foreign) = large().await;
    fs::copy(&foreign, &file).unwrap();
    let before = fs::read(&file).unwrap();
    let (success, said) = export(&["--resume"]);
    assert!(!success && said.contains("not a beginning"), "{said}");
    assert!(fs::read(&file).unwrap() == before);
    let (success, said) = source.sportello(&["export", "--ente", "c_x999", "--out", "-"]);
    assert!(!success && said.contains("there are: c_x901"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_or_does_not_belong_is_refused() {
    let (_source, folder, file) = large().await;
    let whole = fs::read_to_string(&file).unwrap();
    let target = Data::sqlite();

    // One letter of one payload, in the third stretch.
    let changed = folder.path().join("changed.jsonl");
    let line = 12_345;
    let lines = whole
        .lines()
        .enumerate()
        .map(|(i, text)| if i + 1 == line { text.replacen("perché", "perche", 1) + "\n" } else { format!("{text}\n") });
    fs::write(&changed, lines.collect::<String>()).unwrap();
    let (success, said) = import(&target, &changed, None);
    assert!(!success && said.contains(&format!("line {line}: ")), "{said}");
    assert_eq!(head(&target).await, 10_000, "nothing of the stretch that holds it");
    let (success, said) = import(&target, &file, None);
    assert!(success, "{said}");

    // Another log of the same ente: nothing changes.
    let (other, _other_folder, foreign) = large().await;
    let (success, said) = import(&target, &foreign, None);
    assert!(!success && said.contains("another log"), "{said}");
    // A log that has gone on.
    let store = open(&target).await;
    store.append(PRIMO, batch(vec![item("prova-0", Expected::Exact(50), 1)])).await.unwrap();
    store.close().await;
    let (success, said) = import(&target, &file, None);
    assert!(!success && said.contains("has gone on to 20001"), "{said}");
    let (success, said) = import(&target, &foreign, None);
    assert!(!success && said.contains("another log"), "{said}");
    target.assert_clean();

    // A folder that is being served.
    let served = Data::sqlite();
    let server = Server::start(&served);
    let (success, said) = import(&served, &file, None);
    assert!(!success && said.contains(&format!("pid {}", server.pid())), "{said}");
    assert!(server.stop());
    drop(other);
}

#[tokio::test]
async fn keys_need_their_master_key() {
    let source = Data::sqlite();
    let server = Server::start(&source);
    server.api("cittadino").segnala("chiavi", "Lampione spento").await;
    assert!(server.stop());
    let folder = tempfile::tempdir().expect("a folder");
    let (log, keys) = export(&source, PRIMO, folder.path());
    assert!(!fs::read_to_string(&log).unwrap().contains("Lampione"), "personal data stays sealed");
    for target in [Data::sqlite(), Data::postgres().await] {
        let (success, said) = import(&target, &log, Some(&keys));
        assert!(!success && said.contains("no master key"), "{said}");
        // Another installation's master key.
        let other = Data::sqlite();
        assert!(Server::start(&other).stop());
        fs::copy(other.path().join("master.key"), target.path().join("master.key")).unwrap();
        let (success, said) = import(&target, &log, Some(&keys));
        assert!(!success && said.contains("another master key"), "{said}");
        assert!(!target.database().in_use().await.unwrap(), "nothing was stored");
        // One changed digit of a key.
        fs::copy(source.path().join("master.key"), target.path().join("master.key")).unwrap();
        let text = fs::read_to_string(&keys).unwrap();
        let at = text.rfind("\"wrapped\":\"").unwrap() + 20;
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        let damaged = folder.path().join("damaged.jsonl");
        fs::write(&damaged, changed).unwrap();
        let (success, said) = import(&target, &log, Some(&damaged));
        assert!(!success && said.contains("not those that were written"), "{said}");
        let (success, said) = import(&target, &log, Some(&keys));
        assert!(success, "{said}");
    }
}
