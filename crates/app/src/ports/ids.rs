//! Where ids and nonces come from.

use jiff::Timestamp;
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

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
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
