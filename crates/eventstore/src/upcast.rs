//! Old payload shapes become new ones while reading; what is stored never changes.

use serde_json::Value;

/// Turns a payload of one schema version into the next one.
pub type Upcaster = fn(Value) -> Value;

/// Upcasters by (event name, version they read).
#[derive(Default, Clone)]
pub struct Upcasters {
    steps: Vec<(&'static str, u32, Upcaster)>,
}

impl Upcasters {
    /// A registry from a list of (event name, from version, step).
    pub fn new(steps: &[(&'static str, u32, Upcaster)]) -> Self {
        Self { steps: steps.to_vec() }
    }

    /// The payload in its newest shape.
    pub fn upcast(&self, kind: &str, mut version: u32, mut payload: Value) -> Value {
        while let Some((_, _, step)) = self.steps.iter().find(|(k, v, _)| *k == kind && *v == version) {
            payload = step(payload);
            version += 1;
        }
        payload
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_are_applied_in_order_and_only_to_their_event() {
        let upcasters = Upcasters::new(&[
            ("LetteraInviata", 1, |mut p| {
                p["due"] = json!(true);
                p
            }),
            ("LetteraInviata", 2, |mut p| {
                p["tre"] = p["due"].clone();
                p
            }),
        ]);
        assert_eq!(upcasters.upcast("LetteraInviata", 1, json!({})), json!({"due": true, "tre": true}));
        assert_eq!(upcasters.upcast("LetteraInviata", 3, json!({})), json!({}));
        assert_eq!(upcasters.upcast("IstanzaPresentata", 1, json!({})), json!({}));
    }
}
