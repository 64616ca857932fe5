//! Where random bytes come from. Everything else receives them.

use std::sync::Arc;

/// A source of random bytes that fills the slice it is given, injected so that tests can repeat themselves.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The operating system's randomness; the one home of it.
///
/// # Panics
/// The source panics when the operating system has no randomness to give: no key may be made without it.
pub fn system_random() -> Random {
    Arc::new(|bytes| getrandom::fill(bytes).expect("the operating system gives randomness"))
}
