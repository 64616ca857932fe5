//! How payloads of older shapes become the next one.

use serde_json::Value;

/// Steps as (event name, version read, payload of that version -> payload of the next). Applied one after the other while
/// reading; what is stored never changes. Every older version that `schemas/events` holds needs its step here.
pub const UPCASTERS: &[(&str, u32, fn(Value) -> Value)] = &[];
