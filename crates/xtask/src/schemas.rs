//! Writes `schemas/events` and the JSON Schemas of the definitions (`schemas/{servizi,prenotabili,agende}/*.schema.json`)
//! from the types, and proves them clean.

use domain::{EventSpec, Evento, prenotabile, servizio};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const EXAMPLE: &str = ".example.json";

/// A file as it should be.
struct Wanted {
    path: PathBuf,
    text: String,
    /// A golden sample: once there, it stays as it is.
    golden: bool,
}

/// Writes what is missing or has changed. A golden sample that exists is never changed: what was once recorded must be
/// readable for ever.
///
/// # Errors
/// One line in English for each obstacle: a sample that would change, files of an event that no longer exists, a folder
/// that cannot be written.
pub fn write(root: &Path) -> Result<(), String> {
    let specs = Evento::specs();
    let wanted = wanted(root, &specs);
    let mut obstacles = strangers(root, &specs)?;
    obstacles
        .extend(wanted.iter().filter(|file| file.golden && file.path.exists()).filter_map(|file| differs(root, file)));
    if !obstacles.is_empty() {
        return Err(obstacles.join("\n"));
    }
    for file in wanted {
        if let Some(folder) = file.path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::write(&file.path, file.text).map_err(|error| format!("{}: {error}", file.path.display()))?;
    }
    Ok(())
}

/// Whether the files are what [`write`] would write, byte for byte.
///
/// # Errors
/// One line in English for each difference.
pub fn check(root: &Path) -> Result<(), String> {
    let specs = Evento::specs();
    let mut obstacles = strangers(root, &specs)?;
    obstacles.extend(wanted(root, &specs).iter().filter_map(|file| differs(root, file)));
    if obstacles.is_empty() { Ok(()) } else { Err(obstacles.join("\n")) }
}

fn events_folder(root: &Path) -> PathBuf {
    root.join("schemas/events")
}

fn wanted(root: &Path, specs: &[EventSpec]) -> Vec<Wanted> {
    let folder = events_folder(root);
    let mut files = Vec::with_capacity(2 * specs.len() + 3);
    for spec in specs {
        let name = format!("{}.v{}", spec.kind, spec.version);
        let schema = document((spec.schema)().to_value(), &format!("{name}.json"), spec.kind);
        files.push(Wanted { path: folder.join(format!("{name}.json")), text: pretty(schema), golden: false });
        let sample = (spec.sample)();
        files.push(Wanted { path: folder.join(format!("{name}{EXAMPLE}")), text: pretty(sample), golden: true });
    }
    for (folder, file, title, schema) in [
        ("servizi", "servizio.schema.json", "Servizio", servizio::schema()),
        ("prenotabili", "prenotabile.schema.json", "Prenotabile", prenotabile::schema()),
        ("agende", "orario.schema.json", "Orario", prenotabile::schema_orario()),
    ] {
        let path = root.join("schemas").join(folder).join(file);
        files.push(Wanted { path, text: pretty(document(schema.to_value(), file, title)), golden: false });
    }
    files
}

/// A schema with a relative name and its own title: events that share a payload type are still events of their own.
fn document(mut schema: Value, id: &str, title: &str) -> Value {
    schema["$id"] = id.into();
    schema["title"] = title.into();
    schema
}

/// Sorted keys, two spaces, a line end: one form only, whatever features other crates switch on.
fn pretty(mut value: Value) -> String {
    value.sort_all_objects();
    format!("{value:#}\n")
}

fn differs(root: &Path, file: &Wanted) -> Option<String> {
    let name = file.path.strip_prefix(root).unwrap_or(&file.path).display();
    match fs::read_to_string(&file.path) {
        Ok(text) if text == file.text => None,
        Ok(_) if file.golden => Some(format!(
            "{name}: the golden sample of this version has changed, but what was once recorded must be readable for ever: \
             leave this version as it was, raise the event's version by one and add the step to domain::upcast::UPCASTERS"
        )),
        Ok(_) => Some(format!("{name} is not what the types say: run `cargo xtask schemas`")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Some(format!("{name} is missing: run `cargo xtask schemas`"))
        }
        Err(error) => Some(format!("{name}: {error}")),
    }
}

/// Files of the folder that no event of the program explains. Older versions of known events are its past and stay.
fn strangers(root: &Path, specs: &[EventSpec]) -> Result<Vec<String>, String> {
    let folder = events_folder(root);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        names.push(entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names.iter().filter_map(|name| stranger(name, specs, &folder)).collect())
}

fn stranger(name: &str, specs: &[EventSpec], folder: &Path) -> Option<String> {
    let stem = name.strip_suffix(EXAMPLE).or_else(|| name.strip_suffix(".json"));
    let parts = stem.and_then(|stem| stem.rsplit_once(".v"));
    let Some((kind, version)) = parts.and_then(|(kind, version)| Some((kind, version.parse::<u32>().ok()?))) else {
        return Some(format!("schemas/events/{name}: not a file of this folder (<Nome>.v<N>.json or .example.json)"));
    };
    let Some(spec) = specs.iter().find(|spec| spec.kind == kind) else {
        return Some(format!(
            "schemas/events/{name}: no event of this name is left, but logs may hold it: keep reading it"
        ));
    };
    let other = folder.join(format!("{kind}.v{version}{}", if name.ends_with(EXAMPLE) { ".json" } else { EXAMPLE }));
    if version > spec.version {
        Some(format!("schemas/events/{name}: the program writes version {} of this event", spec.version))
    } else if version < spec.version && !other.exists() {
        Some(format!(
            "schemas/events/{name}: its other half is missing; an older version keeps schema and golden sample"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn written() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        write(root.path()).unwrap();
        root
    }

    fn event(root: &tempfile::TempDir, name: &str) -> PathBuf {
        events_folder(root.path()).join(name)
    }

    #[test]
    fn the_committed_files_are_clean() {
        assert_eq!(check(&repository()), Ok(()));
    }

    #[test]
    fn what_is_written_is_clean_and_writing_again_changes_nothing() {
        let root = written();
        assert_eq!(check(root.path()), Ok(()));
        assert_eq!(write(root.path()), Ok(()));
        assert_eq!(check(root.path()), Ok(()));
        let files = fs::read_dir(events_folder(root.path())).unwrap().count();
        assert_eq!(files, 2 * Evento::specs().len());
    }

    #[test]
    fn each_event_has_a_schema_of_its_own_name_without_a_host() {
        let root = written();
        for spec in Evento::specs() {
            let name = format!("{}.v{}.json", spec.kind, spec.version);
            let schema: Value = serde_json::from_str(&fs::read_to_string(event(&root, &name)).unwrap()).unwrap();
            assert_eq!(schema["title"], spec.kind);
            assert_eq!(schema["$id"], name.as_str());
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
            assert_eq!(schema["type"], "object", "{name}");
            let properties = schema["properties"].as_object().unwrap();
            let sample = (spec.sample)();
            for field in sample.as_object().unwrap().keys() {
                assert!(properties.contains_key(field), "{name} does not tell of {field}");
            }
            for required in schema["required"].as_array().unwrap() {
                assert!(sample.get(required.as_str().unwrap()).is_some(), "{name} requires {required}");
            }
        }
    }

    #[test]
    fn a_golden_sample_is_not_overwritten() {
        let root = written();
        let path = event(&root, "RicevutaEmessa.v1.example.json");
        fs::write(&path, "{}\n").unwrap();
        for error in [write(root.path()).unwrap_err(), check(root.path()).unwrap_err()] {
            assert!(error.contains("RicevutaEmessa.v1.example.json") && error.contains("UPCASTERS"), "{error}");
        }
        assert_eq!(fs::read_to_string(path).unwrap(), "{}\n");
    }

    #[test]
    fn a_changed_or_missing_file_is_reported_and_written_anew() {
        let root = written();
        let schema = event(&root, "RicevutaEmessa.v1.json");
        fs::write(&schema, fs::read_to_string(&schema).unwrap() + " ").unwrap();
        fs::remove_file(event(&root, "LetteraInviata.v1.example.json")).unwrap();
        let error = check(root.path()).unwrap_err();
        let lines: Vec<_> = error.lines().collect();
        assert_eq!(lines.len(), 2, "{error}");
        assert!(error.contains("RicevutaEmessa.v1.json is not what the types say"), "{error}");
        assert!(error.contains("LetteraInviata.v1.example.json is missing"), "{error}");
        write(root.path()).unwrap();
        assert_eq!(check(root.path()), Ok(()));
    }

    #[test]
    fn files_that_no_event_explains_are_reported() {
        let root = written();
        for (name, words) in [
            ("CosaSparita.v1.json", "no event of this name is left"),
            ("RicevutaEmessa.v99.example.json", "the program writes version"),
            ("RicevutaEmessa.v0.json", "its other half is missing"),
            ("note.txt", "not a file of this folder"),
            ("RicevutaEmessa.json", "not a file of this folder"),
        ] {
            fs::write(event(&root, name), "{}\n").unwrap();
            for error in [write(root.path()).unwrap_err(), check(root.path()).unwrap_err()] {
                assert!(error.contains(name) && error.contains(words), "{error}");
            }
            fs::remove_file(event(&root, name)).unwrap();
        }
        assert_eq!(check(root.path()), Ok(()));
    }

    #[test]
    fn both_halves_of_an_older_version_may_stay() {
        let root = written();
        for name in ["RicevutaEmessa.v0.json", "RicevutaEmessa.v0.example.json"] {
            fs::write(event(&root, name), "{}\n").unwrap();
        }
        assert_eq!(check(root.path()), Ok(()));
    }
}
