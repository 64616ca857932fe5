//! Documents that came before: parsed, measured, and found to fit the schema. A client sends a few texts many times, and
//! looking at one costs more than answering it.
//!
//! What fits may depend on the operation chosen and on the values of variables, so each of these cases is remembered by
//! itself. Commands bring other values each time: of them the parsed document alone is kept.

use crate::limits;
use async_graphql::Request;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use lru::LruCache;
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes that a parsed field takes, about.
const FIELD: usize = 512;

/// A document that fits the schema.
pub(crate) struct Known {
    pub(crate) document: ExecutableDocument,
    weight: usize,
    /// Whether cases are remembered: it asks and commands nothing.
    asks: bool,
    cases: Mutex<VecDeque<String>>,
}

/// The most recent documents.
pub(crate) struct Documents(Mutex<Kept>);

struct Kept {
    by_text: LruCache<Box<str>, Arc<Known>>,
    weight: usize,
}

/// Holds of these locks do one simple change each: a panic leaves nothing half done that matters.
fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Documents {
    pub(crate) fn new() -> Self {
        let most = NonZeroUsize::new(limits::MAX_DOCUMENTS).unwrap_or(NonZeroUsize::MIN);
        Self(Mutex::new(Kept { by_text: LruCache::new(most), weight: 0 }))
    }

    pub(crate) fn find(&self, text: &str) -> Option<Arc<Known>> {
        hold(&self.0).by_text.get(text).cloned()
    }

    /// Keeps a document that fits; one that would take too much of the room is not kept.
    pub(crate) fn keep(&self, text: &str, known: Arc<Known>) {
        if known.weight > limits::MAX_DOCUMENTS_WEIGHT / 8 {
            return;
        }
        let mut kept = hold(&self.0);
        kept.weight += known.weight;
        if let Some((_, old)) = kept.by_text.push(text.into(), known) {
            kept.weight -= old.weight;
        }
        while kept.weight > limits::MAX_DOCUMENTS_WEIGHT {
            let Some((_, old)) = kept.by_text.pop_lru() else { break };
            kept.weight -= old.weight;
        }
    }

    #[cfg(test)]
    pub(crate) fn size(&self) -> (usize, usize) {
        let kept = hold(&self.0);
        (kept.by_text.len(), kept.weight)
    }
}

impl Known {
    /// A document with so many fields, of a text of so many bytes.
    pub(crate) fn new(document: ExecutableDocument, length: usize, fields: usize) -> Self {
        let asks = document.operations.iter().all(|(_, operation)| operation.node.ty == OperationType::Query);
        Self { document, weight: 2 * length + fields * FIELD, asks, cases: Mutex::default() }
    }

    /// What the fit of a request to the schema depends on besides the document; none when it is not remembered.
    pub(crate) fn case(&self, request: &Request) -> Option<String> {
        if !self.asks {
            return None;
        }
        let case = serde_json::to_string(&(&request.operation_name, &request.variables)).ok()?;
        (case.len() <= limits::MAX_CASE).then_some(case)
    }

    pub(crate) fn fits(&self, case: &str) -> bool {
        hold(&self.cases).iter().any(|known| known == case)
    }

    /// Remembers a case that fits; the oldest gives way.
    pub(crate) fn remember(&self, case: String) {
        let mut cases = hold(&self.cases);
        if cases.contains(&case) {
            return;
        }
        if cases.len() == limits::MAX_CASES {
            cases.pop_front();
        }
        cases.push_back(case);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use async_graphql::{Variables, value};

    fn keep(documents: &Documents, text: &str, fields: usize) -> Arc<Known> {
        let known = Arc::new(Known::new(parse_query(text).unwrap(), text.len(), fields));
        documents.keep(text, known.clone());
        known
    }

    #[test]
    fn the_least_recent_gives_way_by_number_and_by_weight() {
        let documents = Documents::new();
        let text = |n: usize| format!("{{ a{n} }}");
        for n in 0..limits::MAX_DOCUMENTS + 10 {
            keep(&documents, &text(n), 1);
            assert!(documents.find(&text(0)).is_some() || n >= limits::MAX_DOCUMENTS, "asked for again and again");
        }
        assert_eq!(documents.size().0, limits::MAX_DOCUMENTS);
        assert!(documents.find(&text(1)).is_none());
        let heavy = limits::MAX_DOCUMENTS_WEIGHT / 10 / FIELD;
        for n in 0..30 {
            keep(&documents, &text(n), heavy);
            assert!(documents.size().1 <= limits::MAX_DOCUMENTS_WEIGHT);
        }
        assert!((8..=10).contains(&documents.size().0));
        keep(&documents, "{ huge }", limits::MAX_DOCUMENTS_WEIGHT / FIELD);
        assert!(documents.find("{ huge }").is_none());
        // The same text again takes its own place.
        for _ in 0..30 {
            keep(&documents, "{ same }", 1);
        }
        let (number, weight) = documents.size();
        assert!(number <= 11 && weight <= limits::MAX_DOCUMENTS_WEIGHT);
    }

    #[test]
    fn a_case_is_its_operation_and_its_variables() {
        let documents = Documents::new();
        let known = keep(&documents, "query A($n: Int) { a(n: $n) } query B { b }", 2);
        let with = |n: i32| Request::new("").operation_name("A").variables(Variables::from_value(value!({ "n": n })));
        let case = known.case(&with(1)).unwrap();
        known.remember(case.clone());
        known.remember(case.clone());
        assert!(known.fits(&case));
        assert!(!known.fits(&known.case(&with(2)).unwrap()));
        assert!(!known.fits(&known.case(&with(1).operation_name("B")).unwrap()));
        for n in 0..limits::MAX_CASES as i32 {
            known.remember(known.case(&with(10 + n)).unwrap());
        }
        assert!(!known.fits(&case), "the oldest gave way");
        assert_eq!(hold(&known.cases).len(), limits::MAX_CASES);
        let long = Variables::from_value(value!({ "n": "x".repeat(limits::MAX_CASE) }));
        assert_eq!(known.case(&Request::new("").variables(long)), None);
        assert_eq!(keep(&documents, "mutation { a }", 1).case(&with(1)), None);
    }
}
