use super::*;
use crate::contract::{ENTE, Filing, batch, item, keyed, noon};
use crate::stretch::Sound;
use crate::transfer::{Transfer, WrappedKey};
use crate::{EventStore, Expected, ManualClock, MasterKey, MemoryStore, Random};
use std::sync::Arc;
use uuid::Uuid;

/// A log of 12 records in streams that grow, with numbers and keys.
async fn store() -> MemoryStore {
    let store = MemoryStore::new(Arc::new(ManualClock::new(noon())));
    for n in 0..4 {
        let filing = Filing::new(&format!("f-{n}")).keyed(&format!("chiave «{n}»\n"), 7);
        store.append_registered(ENTE, Arc::new(filing)).await.unwrap();
        let more = vec![item("a-1", Expected::Any, 1), item(&format!("f-{n}"), Expected::Exact(1), 1)];
        store.append(ENTE, if n % 2 == 0 { batch(more) } else { keyed(more, &format!("k-{n}"), 1) }).await.unwrap();
    }
    store
}

async fn stretches(store: &MemoryStore, limit: usize) -> Vec<Sound> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let stretch = store.read_stretch(ENTE, after, limit).await.unwrap();
        let Some(last) = stretch.records.last() else { return all };
        after = last.position;
        all.push(Sound::check(ENTE, stretch).unwrap());
    }
}

async fn written(store: &MemoryStore, limit: usize) -> Vec<u8> {
    let mut writer = LogWriter::create(Vec::new(), ENTE).unwrap();
    for sound in stretches(store, limit).await {
        writer.stretch(&sound).unwrap();
    }
    writer.finish().unwrap()
}

/// Everything in a file, or the first thing wrong with it.
fn read(bytes: &[u8]) -> Result<Vec<Sound>, ArchiveError> {
    let mut reader = LogReader::open(bytes)?;
    let mut all = Vec::new();
    while let Some(sound) = reader.stretch()? {
        all.push(sound);
    }
    Ok(all)
}

fn lines_in(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count() - 1
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn what_is_read_is_what_was_written() {
    let store = store().await;
    let bytes = written(&store, 5).await;
    let (before, after) = (stretches(&store, 5).await, read(&bytes).unwrap());
    assert_eq!(before.len(), 3);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.stretch(), after.stretch());
    }
    let target = MemoryStore::new(Arc::new(ManualClock::new(noon())));
    for sound in after {
        target.write_stretch(ENTE, sound.into_stretch()).await.unwrap();
    }
    assert_eq!(written(&target, 5).await, bytes, "the same log, the same bytes");
    let text = text(&bytes);
    assert!(text.starts_with("{\"sportello\":\"registro\",\"versione\":1,\"ente\":\"c_a000\"}\n"), "{text}");
    assert!(text.lines().last().unwrap().starts_with("{\"fine\":12,\"records\":12,\"hash\":\""), "{text}");
}

/// Every byte counts: changed, it is found, and at its line or at the next mark.
#[tokio::test]
async fn any_changed_byte_is_found() {
    let bytes = written(&store().await, 5).await;
    let mark_after = |line: usize| {
        let text = text(&bytes);
        let after = text.lines().enumerate().skip(line - 1).find(|(_, l)| l.starts_with("{\"fi"));
        after.map_or(line, |(index, _)| index + 1) as u64
    };
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let line = lines_in(&bytes[..at]) + 1;
        match read(&changed) {
            Err(ArchiveError::Wrong { line: found, reason }) => {
                // Two lines run into one, or one is torn, and what is wrong shows there or right after.
                assert!(
                    (line as u64..=mark_after(line) + 1).contains(&found),
                    "byte {at}: line {line}, {found}: {reason}"
                );
            }
            Err(ArchiveError::Truncated { .. }) => assert_eq!(at, bytes.len() - 1, "the end of the last line"),
            other => panic!("byte {at} of line {line}: {:?}", other.map(|all| all.len())),
        }
    }
}

#[tokio::test]
async fn a_file_cut_off_anywhere_is_not_whole() {
    let bytes = written(&store().await, 5).await;
    for length in 0..bytes.len() {
        let error = read(&bytes[..length]).err().unwrap();
        let lines = lines_in(&bytes[..length]) as u64;
        assert!(matches!(error, ArchiveError::Truncated { line } if line == lines), "{length}: {error}");
    }
}

#[tokio::test]
async fn lines_left_out_repeated_or_moved_are_found() {
    let whole = text(&written(&store().await, 5).await);
    let lines: Vec<&str> = whole.lines().collect();
    let join = |lines: &[&str]| lines.join("\n") + "\n";
    for i in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(i);
        assert!(read(join(&without).as_bytes()).is_err(), "without line {}: {}", i + 1, lines[i]);
        let mut twice = lines.clone();
        twice.insert(i, lines[i]);
        assert!(read(join(&twice).as_bytes()).is_err(), "line {} twice: {}", i + 1, lines[i]);
        if i > 0 {
            let mut moved = lines.clone();
            moved.swap(i - 1, i);
            assert!(read(join(&moved).as_bytes()).is_err(), "line {} before {i}: {}", i + 1, lines[i]);
        }
    }
    let more = format!("{whole}{{}}\n");
    let error = read(more.as_bytes()).err().unwrap().to_string();
    assert_eq!(error, format!("line {}: something follows the last line", lines.len() + 1));
}

#[tokio::test]
async fn a_file_goes_on_after_any_mark() {
    let store = store().await;
    let bytes = written(&store, 5).await;
    let mut reader = LogReader::open(&bytes[..]).unwrap();
    let sounds = stretches(&store, 5).await;
    for done in 0..=sounds.len() {
        let mark = reader.mark();
        let mut writer = LogWriter::resume(bytes[..mark.offset as usize].to_vec(), mark);
        for sound in &sounds[done..] {
            writer.stretch(sound).unwrap();
        }
        assert_eq!(text(&writer.finish().unwrap()), text(&bytes), "after {done} stretches");
        reader.stretch().unwrap();
    }
    let mut writer = LogWriter::create(Vec::new(), ENTE).unwrap();
    assert!(writer.stretch(&sounds[1]).is_err(), "a hole is not written");
}

#[test]
fn lines_are_bounded_and_forms_known() {
    let endless = std::io::BufReader::new(std::io::repeat(b'x'));
    let error = LogReader::open(endless).err().unwrap();
    assert_eq!(error.to_string(), format!("line 1: it is longer than {} bytes", limits::LINE));
    for (header, reason) in [
        ("{\"sportello\":\"chiavi\",\"versione\":1,\"ente\":\"c_a000\"}\n", "line 1: this is not the file of a log"),
        (
            "{\"sportello\":\"registro\",\"versione\":2,\"ente\":\"c_a000\"}\n",
            "line 1: version 2 of the form; this program reads version 1",
        ),
        ("ciao\n", "line 1: expected value"),
    ] {
        assert_eq!(LogReader::open(header.as_bytes()).err().unwrap().to_string(), reason);
    }
}

fn counting() -> Random {
    Arc::new(|bytes| bytes.fill(3))
}

fn wrapped(n: u128) -> WrappedKey {
    let wrapped = (!n.is_multiple_of(3)).then(|| vec![n as u8; 72]);
    WrappedKey { subject: Uuid::from_u128(n), id: Uuid::from_u128(n + 1_000), wrapped }
}

fn keys_file(master: &MasterKey) -> Vec<u8> {
    let mut writer = KeysWriter::create(Vec::new(), ENTE, master, &counting()).unwrap();
    for n in 1..=7 {
        writer.key(&wrapped(n)).unwrap();
    }
    writer.finish().unwrap()
}

fn read_keys(bytes: &[u8], master: &MasterKey) -> Result<Vec<WrappedKey>, ArchiveError> {
    let mut reader = KeysReader::open(bytes, master)?;
    assert_eq!(reader.ente(), ENTE);
    let mut all = Vec::new();
    loop {
        let keys = reader.keys()?;
        if keys.is_empty() {
            return Ok(all);
        }
        all.extend(keys);
    }
}

#[test]
fn keys_travel_wrapped_and_need_their_master_key() {
    let master = MasterKey::new([1; 32]);
    let bytes = keys_file(&master);
    assert_eq!(read_keys(&bytes, &master).unwrap(), (1..=7).map(wrapped).collect::<Vec<_>>());
    let other = KeysReader::open(&bytes[..], &MasterKey::new([2; 32])).err().unwrap();
    assert!(matches!(other, ArchiveError::WrongMasterKey), "{other}");
    for length in 0..bytes.len() {
        assert!(matches!(read_keys(&bytes[..length], &master), Err(ArchiveError::Truncated { .. })), "{length}");
    }
    let begin = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    for at in begin..bytes.len() - 1 {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(read_keys(&changed, &master).is_err(), "byte {at}");
    }
}
