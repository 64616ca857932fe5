//! How events are declared, named, written and read back.

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Personal data of an event: stored sealed; `None` once its key was destroyed.
///
/// Its canonical JSON is the document as filed: the impronta of a registration is computed over exactly these bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Personale<T>(pub Option<T>);

impl<T> Personale<T> {
    /// The data, while its key exists.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> From<T> for Personale<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

/// A typical value, for golden samples, templates and documentation. Fictional persons only.
pub trait Sample {
    /// The value.
    fn sample() -> Self;
}

/// What there is to know of one event type; `schemas/events` is written from these.
#[derive(Debug, Clone, Copy)]
pub struct EventSpec {
    /// Name of the event.
    pub kind: &'static str,
    /// Version of its payload's shape.
    pub version: u32,
    /// JSON Schema of the payload.
    pub schema: fn() -> Schema,
    /// Payload of the golden sample.
    pub sample: fn() -> Value,
    /// Whether a payload decodes as this event.
    pub decodes: fn(Value) -> Result<(), DecodeError>,
}

/// A stored event that this program cannot read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// No event of this name in this kind of stream.
    #[error("unknown event {kind} in a stream of category {category}")]
    Unknown {
        /// Part of the stream's name before the first dash.
        category: String,
        /// Name of the event.
        kind: String,
    },
    /// The payload does not have the event's shape.
    #[error("the payload of {kind} does not have its shape")]
    Shape {
        /// Name of the event.
        kind: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

/// Declares the events of a context: one payload struct per variant, of the same name, with the version of its shape.
macro_rules! eventi {
    ($(#[$meta:meta])* $category:literal { $($variant:ident = $version:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $(#[doc = concat!("The fact `", stringify!($variant), "`.")] $variant($variant)),+
        }

        impl Event {
            /// Category of the streams that hold these events.
            pub const CATEGORY: &'static str = $category;

            /// Name of the event.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($variant)),+ }
            }

            /// Version of the payload's shape.
            pub fn version(&self) -> u32 {
                match self { $(Self::$variant(_) => $version),+ }
            }

            /// The payload as JSON.
            pub fn payload(&self) -> serde_json::Value {
                match self {
                    $(Self::$variant(event) => serde_json::to_value(event).expect("events are plain data")),+
                }
            }

            /// An event from its name and its payload in the newest shape.
            ///
            /// # Errors
            /// [`DecodeError`](crate::DecodeError).
            pub fn decode(kind: &str, payload: serde_json::Value) -> Result<Self, crate::DecodeError> {
                match kind {
                    $(stringify!($variant) => serde_json::from_value(payload)
                        .map(Self::$variant)
                        .map_err(|source| crate::DecodeError::Shape { kind: kind.to_owned(), source }),)+
                    _ => Err(crate::DecodeError::Unknown { category: $category.to_owned(), kind: kind.to_owned() }),
                }
            }

            /// All events of the context.
            pub fn specs() -> Vec<crate::EventSpec> {
                vec![$(crate::EventSpec {
                    kind: stringify!($variant),
                    version: $version,
                    schema: || schemars::schema_for!($variant),
                    sample: || serde_json::to_value(<$variant as crate::Sample>::sample()).expect("plain data"),
                    decodes: |payload| Self::decode(stringify!($variant), payload).map(|_| ()),
                }),+]
            }
        }

        $(impl From<$variant> for Event {
            fn from(event: $variant) -> Self {
                Self::$variant(event)
            }
        })+
    };
}
