//! What was once recorded is readable for ever: golden samples, of all versions.

use crate::upcast::UPCASTERS;
use crate::{EventSpec, Evento, istanza, lettera, registro, segnalazione};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A file of `schemas/events`: name of the event, version, payload.
fn samples() -> Vec<(String, u32, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/events");
    let mut samples = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".example.json") else { continue };
        let (kind, version) = stem.rsplit_once(".v").unwrap_or_else(|| panic!("{name}: no version"));
        let payload = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        samples.push((kind.to_owned(), version.parse().unwrap(), payload));
    }
    samples
}

/// The payload brought from its version to the one that the program writes.
fn upcast(kind: &str, from: u32, to: u32, payload: Value) -> Value {
    (from..to).fold(payload, |payload, version| {
        let step = UPCASTERS.iter().find(|(k, v, _)| *k == kind && *v == version);
        step.unwrap_or_else(|| panic!("{kind} v{version} has no upcaster")).2(payload)
    })
}

#[test]
fn every_golden_sample_of_every_version_is_read() {
    let specs = Evento::specs();
    let samples = samples();
    for (kind, version, payload) in &samples {
        let spec = specs.iter().find(|spec| spec.kind == kind).unwrap_or_else(|| panic!("{kind} is gone"));
        assert!(*version <= spec.version, "{kind} v{version} is younger than the program");
        let payload = upcast(kind, *version, spec.version, payload.clone());
        (spec.decodes)(payload).unwrap_or_else(|error| panic!("{kind} v{version}: {error:?}"));
    }
    for EventSpec { kind, version, .. } in specs {
        assert!(samples.iter().any(|(k, v, _)| k == kind && *v == version), "{kind} v{version} has no golden sample");
    }
}

#[test]
fn what_a_sample_says_survives_reading_and_writing() {
    let categories = [
        "registro",
        "segnalazione",
        "lettera",
        "istanza",
        "notifica",
        "accesso",
        "catalogo",
        "appuntamento",
        "agenda",
        "impegni",
        "attesa",
        "calendario",
        "orario",
    ];
    for spec in Evento::specs() {
        let sample = (spec.sample)();
        let read: Vec<Evento> =
            categories.iter().filter_map(|c| Evento::decode(c, spec.kind, sample.clone()).ok()).collect();
        assert!(!read.is_empty(), "{} belongs to no stream", spec.kind);
        for event in read {
            assert_eq!((event.kind(), event.version()), (spec.kind, spec.version));
            assert_eq!(event.payload(), sample, "{}", spec.kind);
        }
    }
}

#[test]
fn an_upcaster_is_for_an_older_version_of_a_known_event() {
    let specs = Evento::specs();
    for (kind, version, _) in UPCASTERS {
        assert!(specs.iter().any(|spec| spec.kind == *kind && *version < spec.version), "{kind} v{version}");
    }
}

#[test]
fn an_event_is_read_only_from_its_own_streams() {
    let payload = || (Evento::specs()[0].sample)();
    assert!(matches!(
        Evento::decode("lettera", "ProtocolloRegistrato", payload()),
        Err(crate::DecodeError::Unknown { category, kind }) if category == "lettera" && kind == "ProtocolloRegistrato"
    ));
    assert!(matches!(
        Evento::decode("altro", "ProtocolloRegistrato", payload()),
        Err(crate::DecodeError::Unknown { .. })
    ));
    assert!(matches!(
        Evento::decode("registrazione", "ProtocolloRegistrato", Value::Null),
        Err(crate::DecodeError::Shape { .. })
    ));
    assert_eq!(
        [registro::Event::CATEGORY, segnalazione::Event::CATEGORY, lettera::Event::CATEGORY, istanza::Event::CATEGORY],
        ["registro", "segnalazione", "lettera", "istanza"]
    );
}

#[test]
fn names_of_events_are_a_noun_and_a_participle() {
    for EventSpec { kind, .. } in Evento::specs() {
        assert!(kind.bytes().all(|b| b.is_ascii_alphabetic()), "{kind}");
        assert!(kind.chars().filter(char::is_ascii_uppercase).count() >= 2, "{kind}");
    }
}
