//! Reading the records of a stretch, on any engine.

use eventstore::{Position, ReadError, Record, limits};

/// Records read at once: after each such step the bytes are counted, so that a stretch of the largest payloads holds no
/// more than [`limits::STRETCH_BYTES`] and one step. The same on every engine, because files of a log end a stretch there.
const STEP: usize = 256;

/// The records with positions > `after`, at most `limit`, fewer when they are large. `read` reads a page.
pub(crate) async fn records<F>(
    after: Position,
    limit: usize,
    read: impl Fn(Position, usize) -> F,
) -> Result<Vec<Record>, ReadError>
where
    F: Future<Output = Result<Vec<Record>, ReadError>>,
{
    let limit = limit.min(limits::PAGE);
    let (mut records, mut bytes) = (Vec::new(), 0);
    while records.len() < limit && bytes < limits::STRETCH_BYTES {
        let step = STEP.min(limit - records.len());
        let read = read(after.saturating_add(records.len() as u64), step).await?;
        let ended = read.len() < step;
        bytes += read.iter().map(|record| record.payload.len()).sum::<usize>();
        records.extend(read);
        if ended {
            break;
        }
    }
    Ok(records)
}
