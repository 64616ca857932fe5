//! How payloads of older shapes become the next one.

use serde_json::Value;

/// Turns a payload of one version into the next one.
pub type Upcaster = fn(Value) -> Value;

/// Steps as (event name, version read, payload of that version -> payload of the next). Applied one after the other while
/// reading; what is stored never changes. Every older version that `schemas/events` holds needs its step here.
pub const UPCASTERS: &[(&str, u32, Upcaster)] = &[];
