//! The records that this process committed last, kept in memory.
//!
//! Whoever follows the log (read models, notices, open pages) asks for what was just written. Kept here it needs no
//! database: under load that was the larger part of a reader's work. What is not here is read from the database; nothing
//! is kept but what was committed.

use eventstore::{Position, Record};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of all kept records together, at most: about half a second of a full load.
const ROOM: usize = 12 * 1024 * 1024;
/// What a record takes beside its texts.
const FRAME: usize = 256;

/// Contiguous records of each ente up to the last one that this process wrote.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    enti: HashMap<String, VecDeque<Arc<Record>>>,
    bytes: usize,
}

impl Recent {
    /// Keeps committed records, those of one ente in their order.
    pub(crate) fn push(&self, records: Vec<Record>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            kept.push(record);
        }
    }

    /// The records after `after`, at most `limit`; `None` when the first of them is not kept.
    pub(crate) fn after(&self, ente: &str, after: Position, limit: usize) -> Option<Vec<Record>> {
        let found: Vec<Arc<Record>> = {
            let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let records = kept.enti.get(ente)?;
            let first = records.front()?.position;
            let skip = usize::try_from(after.checked_add(1)?.checked_sub(first)?).ok()?;
            if skip >= records.len() {
                return None;
            }
            records.range(skip..).take(limit).cloned().collect()
        };
        // Copied outside the lock: the writer must not wait for a reader.
        Some(found.iter().map(|record| Record::clone(record)).collect())
    }
}

impl Kept {
    fn push(&mut self, record: Record) {
        let size = size(&record);
        let records = match self.enti.get_mut(&record.ente) {
            Some(records) => records,
            None => self.enti.entry(record.ente.clone()).or_default(),
        };
        // Another node wrote in between, or the log was put back: what is kept does not lead up to this record.
        if records.back().is_some_and(|last| last.position + 1 != record.position || last.hash != record.prev_hash) {
            self.bytes -= records.drain(..).map(|record| self::size(&record)).sum::<usize>();
        }
        records.push_back(Arc::new(record));
        self.bytes += size;
        while self.bytes > ROOM {
            match records.pop_front() {
                Some(oldest) if !records.is_empty() => self.bytes -= self::size(&oldest),
                // One ente does not fill the room alone: the others are forgotten.
                last => {
                    self.enti.clear();
                    self.bytes = 0;
                    drop(last);
                    return;
                }
            }
        }
    }
}

fn size(record: &Record) -> usize {
    FRAME + record.ente.len() + record.stream.len() + record.kind.len() + record.payload.len() + record.meta.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use uuid::Uuid;

    fn record(ente: &str, position: Position, payload: usize) -> Record {
        Record {
            ente: ente.into(),
            stream: "prova-1".into(),
            version: position,
            position,
            event_id: Uuid::from_u128(u128::from(position)),
            kind: "Prova".into(),
            schema_version: 1,
            payload: "x".repeat(payload),
            meta: String::new(),
            recorded_at: Timestamp::UNIX_EPOCH,
            prev_hash: [position as u8; 32],
            hash: [position as u8 + 1; 32],
        }
    }

    fn positions(recent: &Recent, ente: &str, after: Position, limit: usize) -> Option<Vec<Position>> {
        recent.after(ente, after, limit).map(|records| records.iter().map(|record| record.position).collect())
    }

    #[test]
    fn what_was_committed_is_at_hand_in_pages() {
        let recent = Recent::default();
        recent.push(vec![record("a", 7, 1), record("b", 1, 1), record("a", 8, 1), record("a", 9, 1)]);
        assert_eq!(positions(&recent, "a", 6, 2), Some(vec![7, 8]));
        assert_eq!(positions(&recent, "a", 8, 2), Some(vec![9]));
        assert_eq!(positions(&recent, "b", 0, 9), Some(vec![1]));
        assert_eq!(positions(&recent, "a", 5, 2), None, "an older one is asked of the database");
        assert_eq!(positions(&recent, "a", 9, 2), None, "another node may have written more");
        assert_eq!(positions(&recent, "c", 0, 2), None);
    }

    #[test]
    fn what_does_not_lead_up_to_the_last_record_is_forgotten() {
        let recent = Recent::default();
        recent.push(vec![record("a", 1, 1), record("a", 2, 1), record("a", 5, 1)]);
        assert_eq!(positions(&recent, "a", 0, 9), None);
        assert_eq!(positions(&recent, "a", 4, 9), Some(vec![5]));
        let other = Record { prev_hash: [0; 32], ..record("a", 6, 1) };
        recent.push(vec![other]);
        assert_eq!(positions(&recent, "a", 4, 9), None, "a log that was put back has another past");
        assert_eq!(positions(&recent, "a", 5, 9), Some(vec![6]));
    }

    #[test]
    fn the_room_is_bounded() {
        let recent = Recent::default();
        let half = ROOM / 2 - 2 * FRAME;
        recent.push((1..=3).map(|position| record("a", position, half)).collect());
        assert_eq!(positions(&recent, "a", 0, 9), None);
        assert_eq!(positions(&recent, "a", 1, 9), Some(vec![2, 3]));
        recent.push(vec![record("b", 1, ROOM)]);
        assert_eq!((positions(&recent, "a", 1, 9), positions(&recent, "b", 0, 9)), (None, None));
        assert_eq!(recent.0.lock().unwrap().bytes, 0);
        recent.push(vec![record("b", 2, 1)]);
        assert_eq!(positions(&recent, "b", 1, 9), Some(vec![2]));
    }
}
