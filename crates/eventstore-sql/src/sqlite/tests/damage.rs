//! Damage is found, and its place named.

use super::super::verify;
use super::Folder;
use crate::Report;
use eventstore::contract::{ENTE, Filing, batch, file, item, keyed};
use eventstore::{EventStore, Expected};
use std::fs;

/// A log of two enti: 12 records and 4 numbers in the first, 2 records in the second.
async fn sample() -> Folder {
    let folder = Folder::new();
    let store = folder.open();
    for n in 0..4 {
        file(&store, ENTE, Filing::new(&format!("f-{n}"))).await.unwrap();
        let items = keyed(vec![item("a-1", Expected::Any, 2)], &format!("k-{n}"), 1);
        store.append(ENTE, items).await.unwrap();
    }
    store.append("c_z000", batch(vec![item("a-1", Expected::Any, 2)])).await.unwrap();
    store.close().await;
    folder
}

fn check(folder: &Folder) -> Report {
    verify(&folder.path(), &mut |_| {}).unwrap()
}

/// Runs SQL that the triggers would refuse.
fn damage(folder: &Folder, sql: &str) {
    let raw = folder.raw();
    let triggers: Vec<String> = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for trigger in triggers {
        raw.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    assert!(raw.execute(sql, []).unwrap() > 0, "{sql} changes something");
}

#[tokio::test]
async fn a_whole_log_is_reported_whole() {
    let folder = sample().await;
    let mut steps = Vec::new();
    let report = verify(&folder.path(), &mut |progress| steps.push(progress.clone())).unwrap();
    assert_eq!(report.finding, None);
    let enti: Vec<_> = report.enti.iter().map(|ente| (ente.ente.as_str(), ente.records)).collect();
    assert_eq!(enti, [(ENTE, 12), ("c_z000", 2)]);
    assert_ne!(report.enti[0].head, [0; 32]);
    assert_eq!(steps.last().map(|last| (last.records, last.total)), Some((14, 14)));
    let store = folder.open();
    assert_eq!(check(&folder).finding, None, "beside a running program");
    assert_eq!(store.head(ENTE).await.unwrap().hash, report.enti[0].head);
}

/// One byte of each column, in several ways; record 5 of 12, and the last one.
#[tokio::test]
async fn a_changed_byte_of_any_column_names_the_position() {
    for position in [5, 12] {
        for change in [
            "ente = 'c_a001'",
            "ente = CAST(x'635F61FF3030' AS TEXT)",
            "position = position + 100",
            "position = -1",
            "stream = stream || 'x'",
            "stream = CAST(x'61FF' AS TEXT)",
            "version = version + 100",
            "event_id = x'00112233445566778899aabbccddeeff'",
            "event_id = x'0011'",
            "kind = 'ProvaAvvenutb'",
            "kind = CAST(x'FE' AS TEXT)",
            "schema_version = 2",
            "schema_version = 1 << 40",
            "schema_version = -1",
            "payload = replace(payload, 'perch', 'Perch') || ' '",
            "payload = CAST(x'7BFF7D' AS TEXT)",
            "payload = ''",
            "meta = replace(meta, 'prova', 'provb')",
            "meta = CAST(x'7BFF7D' AS TEXT)",
            "recorded_at = recorded_at + 1",
            "recorded_at = 9223372036854775807",
            "prev_hash = zeroblob(32)",
            "prev_hash = zeroblob(31)",
            "hash = zeroblob(32)",
            "hash = x''",
        ] {
            let folder = sample().await;
            damage(&folder, &format!("UPDATE event SET {change} WHERE ente = '{ENTE}' AND position = {position}"));
            let finding = check(&folder).finding.unwrap_or_else(|| panic!("{change} was not found"));
            // A position below the first is met before all others.
            if change != "position = -1" {
                assert_eq!((finding.ente.as_str(), finding.position), (ENTE, position), "{change}: {finding}");
            }
        }
    }
}

#[tokio::test]
async fn missing_records_are_found() {
    for (gone, position) in [("position = 5", 5), ("position = 12", 12), ("position >= 9", 9), ("position > 0", 1)] {
        let folder = sample().await;
        damage(&folder, &format!("DELETE FROM event WHERE ente = '{ENTE}' AND {gone}"));
        let finding = check(&folder).finding.unwrap();
        assert_eq!((finding.ente.as_str(), finding.position), (ENTE, position), "{gone}: {finding}");
    }
}

#[tokio::test]
async fn heads_and_numbers_are_compared() {
    for (sql, word) in [
        ("UPDATE ente_head SET position = 11 WHERE ente = 'c_a000'", "head stands at 11"),
        ("UPDATE ente_head SET position = -3 WHERE ente = 'c_a000'", "negative"),
        ("UPDATE ente_head SET hash = zeroblob(32) WHERE ente = 'c_a000'", "hash of the head"),
        ("UPDATE ente_head SET hash = x'01' WHERE ente = 'c_a000'", "hash of the head"),
        ("UPDATE ente_head SET recorded_at = 1 WHERE ente = 'c_a000'", "instant of the head"),
        ("UPDATE ente_head SET ente = 'c_a001' WHERE ente = 'c_a000'", "head stands at 12"),
        ("DELETE FROM ente_head WHERE ente = 'c_a000'", "no head"),
        ("UPDATE stream_head SET version = 7 WHERE ente = 'c_a000' AND stream = 'a-1'", "a-1"),
        ("UPDATE stream_head SET stream = 'a-2' WHERE ente = 'c_a000' AND stream = 'a-1'", "a-2"),
        ("UPDATE stream_head SET stream = CAST(x'FF' AS TEXT) WHERE ente = 'c_a000' AND stream = 'a-1'", "UTF-8"),
        ("DELETE FROM stream_head WHERE ente = 'c_a000' AND stream = 'f-2'", "stream has records but no head"),
        ("UPDATE registro_head SET numero = 3", "not its last number"),
        ("UPDATE registro_head SET anno = 2025", "not its last number"),
        ("UPDATE registro_head SET registro = CAST(x'FF' AS TEXT)", "not its last number"),
        ("DELETE FROM registro_head", "numbers but no head"),
        ("UPDATE registro_head SET ente = 'c_b000'", "numbers but no head"),
        ("DELETE FROM registro_numero WHERE numero = 2", "number 3 follows 1"),
        ("DELETE FROM registro_numero WHERE numero = 4", "not its last number"),
        ("UPDATE registro_numero SET numero = 9 WHERE numero = 3", "number 4 follows 2"),
        ("UPDATE registro_numero SET position = 40 WHERE numero = 4", "no place of its own"),
        ("UPDATE registro_numero SET position = 1 WHERE numero = 2", "no place of its own"),
        ("UPDATE registro_numero SET position = -1 WHERE numero = 2", "damaged"),
        ("UPDATE registro_numero SET registro = 'PROX' WHERE numero = 3", "number 4 follows 2"),
        ("UPDATE registro_numero SET ente = 'c_b000' WHERE numero = 4", "not its last number"),
        ("UPDATE idempotency SET last = 13 WHERE key = 'k-3'", "idempotency"),
        ("UPDATE idempotency SET first = 0 WHERE key = 'k-0'", "idempotency"),
        ("UPDATE idempotency SET fingerprint = x'00' WHERE key = 'k-0'", "idempotency"),
        ("UPDATE idempotency SET ente = 'c_b000' WHERE key = 'k-0'", "idempotency"),
    ] {
        let folder = sample().await;
        damage(&folder, sql);
        let finding = check(&folder).finding.unwrap_or_else(|| panic!("{sql} was not found"));
        assert!(finding.reason.contains(word), "{sql}: {finding}");
    }
}

/// Damage below SQL: bytes of the file itself, somewhere on each page.
#[tokio::test]
async fn damaged_pages_are_found_without_a_panic() {
    let folder = sample().await;
    let whole = fs::read(folder.path()).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages > 5, "{pages} pages");
    for page in 1..pages {
        let mut bytes = whole.clone();
        // The whole header of the page and its first cells.
        bytes[page * 4096..page * 4096 + 16].fill(0xEE);
        fs::write(folder.path(), bytes).unwrap();
        let finding = check(&folder).finding.unwrap_or_else(|| panic!("damage on page {} was not found", page + 1));
        assert!(!finding.reason.is_empty());
    }
    fs::write(folder.path(), whole).unwrap();
    assert_eq!(check(&folder).finding, None);
}

/// Reads of a running program tell damage apart from an unreachable database.
#[tokio::test]
async fn readers_name_the_damaged_record() {
    let folder = sample().await;
    damage(
        &folder,
        &format!("UPDATE event SET payload = CAST(x'7BFF7D' AS TEXT) WHERE ente = '{ENTE}' AND position = 5"),
    );
    let store = folder.open();
    let error = store.read_all(ENTE, 0, 100).await.unwrap_err();
    assert!(matches!(error, eventstore::ReadError::Corrupt { position: 5, .. }), "{error}");
    assert_eq!(store.read_all(ENTE, 5, 100).await.unwrap().len(), 7);
    folder.raw().execute("DELETE FROM event WHERE position = 5", []).unwrap();
    let error = store.read_all(ENTE, 0, 100).await.unwrap_err();
    assert!(matches!(error, eventstore::ReadError::Corrupt { position: 6, .. }), "{error}");
}
