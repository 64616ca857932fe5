//! Where ids and nonces come from.

use jiff::Timestamp;
use std::cell::RefCell;
use uuid::{NoContext, Uuid};

/// A source of ids and random bytes, injected so that tests choose them.
pub trait Ids: Send + Sync {
    /// A UUIDv7 of that instant.
    fn uuid(&self, at: Timestamp) -> Uuid;
    /// Nonce of one sealing.
    fn nonce(&self) -> [u8; 24];
    /// 32 random bytes: session ids, tokens.
    fn secret(&self) -> [u8; 32];
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

/// Random bytes taken from the operating system at once: a filing needs some fifteen ids and nonces, each a call of its own.
const STOCK: usize = 1024;

thread_local! {
    /// Bytes not given out yet, from the end on.
    static STOCKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Bytes that nobody had before. They leave the stock as they are given out.
fn random<const N: usize>() -> [u8; N] {
    STOCKED.with_borrow_mut(|stock| {
        if stock.len() < N {
            stock.resize(STOCK.max(N), 0);
            getrandom::fill(stock).expect("the operating system gives random bytes");
        }
        let rest = stock.len() - N;
        let bytes = std::array::from_fn(|i| std::mem::take(&mut stock[rest + i]));
        stock.truncate(rest);
        bytes
    })
}

impl Ids for SystemIds {
    fn uuid(&self, at: Timestamp) -> Uuid {
        let seconds = u64::try_from(at.as_second()).unwrap_or(0);
        let nanos = u32::try_from(at.subsec_nanosecond()).unwrap_or(0);
        let stamp = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos));
        // 74 bits from one source: `uuid` alone would take them from a generator of its own.
        let mut bytes = random::<16>();
        bytes[..6].copy_from_slice(&stamp.as_bytes()[..6]);
        uuid::Builder::from_bytes(bytes)
            .with_version(uuid::Version::SortRand)
            .with_variant(uuid::Variant::RFC4122)
            .into_uuid()
    }

    fn nonce(&self) -> [u8; 24] {
        random()
    }

    fn secret(&self) -> [u8; 32] {
        random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_bytes_are_given_out_twice() {
        let all: Vec<[u8; 24]> = (0..200).map(|_| SystemIds.nonce()).collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 200);
        // Also not in part: every eight bytes of the stock are new.
        let parts: Vec<&[u8]> = all.iter().flat_map(|bytes| bytes.chunks(8)).collect();
        assert_eq!(parts.iter().collect::<HashSet<_>>().len(), parts.len());
        let elsewhere = std::thread::spawn(|| SystemIds.secret()).join().unwrap();
        assert_ne!(elsewhere, SystemIds.secret());
    }
}
