//! `schemas/glossary.toml`: every noun that a name of an event, a state or a GraphQL type uses is a term of art with its
//! source, or one of a few English words of mechanics.

use domain::Evento;
use domain::pratica::{StatoPratica, TipoPratica};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Glossary {
    termine: BTreeMap<String, Term>,
    meccanica: Mechanics,
}

/// A term of art; its key is the term itself, lower case with dashes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    /// In English.
    gloss: String,
    /// Law, guideline or model it comes from.
    fonte: String,
    /// Other forms it takes in identifiers.
    #[serde(default)]
    forme: Vec<String>,
}

/// English words that names may hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mechanics {
    parole: Vec<String>,
}

/// Words written as one, lower case, as identifiers are compared.
type Known = HashMap<String, String>;

/// Checks the glossary itself, then every name against it.
///
/// # Errors
/// One line in English for each fault: a word that is not listed, a term without gloss or source, a form listed twice.
pub fn check(root: &Path) -> Result<(), Vec<String>> {
    let text = read(&root.join("schemas/glossary.toml")).map_err(|error| vec![error])?;
    let glossary: Glossary =
        toml::from_str(&text).map_err(|error| vec![format!("schemas/glossary.toml cannot be read: {error}")])?;
    let mut faults = Vec::new();
    let known = known(&glossary, &mut faults);
    let sdl = root.join("schemas/graphql/sportello.graphql");
    let sdl = if sdl.exists() { read(&sdl).map_err(|error| vec![error])? } else { String::new() };
    for (place, name) in names(&sdl) {
        for word in unknown(&name, &known) {
            faults.push(format!(
                "{place} {name}: {word:?} is not in schemas/glossary.toml: list the term with its source, or use one that is"
            ));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// All forms with the term they belong to; notes what is wrong with the list.
fn known(glossary: &Glossary, faults: &mut Vec<String>) -> Known {
    let mut known = Known::new();
    let mut add = |form: String, term: &str, faults: &mut Vec<String>| {
        if let Some(other) = known.insert(form.clone(), term.to_owned()) {
            faults.push(format!("schemas/glossary.toml: {form:?} stands under {other:?} and under {term:?}"));
        }
    };
    for (slug, term) in &glossary.termine {
        if slug.split('-').any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_lowercase())) {
            faults.push(format!("schemas/glossary.toml: {slug:?} is not lower case with dashes"));
        }
        if term.gloss.trim().is_empty() || term.fonte.trim().is_empty() {
            faults.push(format!("schemas/glossary.toml: {slug:?} needs a gloss and a source"));
        }
        add(slug.replace('-', ""), slug, faults);
        for form in &term.forme {
            if !form.bytes().all(|b| b.is_ascii_alphanumeric()) || !form.starts_with(|c: char| c.is_ascii_uppercase()) {
                faults.push(format!("schemas/glossary.toml: {form:?} of {slug:?} is not written as in an identifier"));
            }
            add(form.to_ascii_lowercase(), slug, faults);
        }
    }
    for word in &glossary.meccanica.parole {
        add(word.to_ascii_lowercase(), "[meccanica]", faults);
    }
    known
}

/// Names to check, each with the kind of thing it names.
fn names(sdl: &str) -> Vec<(&'static str, String)> {
    let mut names: Vec<(&'static str, String)> =
        Evento::specs().into_iter().map(|spec| ("event", spec.kind.to_owned())).collect();
    names.extend(TipoPratica::ALL.map(|kind| ("kind of case", camel(kind.as_str()))));
    names.extend(StatoPratica::ALL.map(|state| ("state of a case", camel(state.as_str()))));
    names.extend(graphql_types(sdl).into_iter().map(|name| ("GraphQL type", name)));
    names
}

/// `presa-in-carico` -> `PresaInCarico`.
fn camel(text: &str) -> String {
    let upper = |part: &str| part[..1].to_ascii_uppercase() + &part[1..];
    text.split('-').filter(|part| !part.is_empty()).map(upper).collect()
}

/// Names of the types that a schema declares, without descriptions and comments.
fn graphql_types(sdl: &str) -> Vec<String> {
    let mut described = false;
    let mut names = Vec::new();
    for line in sdl.lines() {
        // A line with an odd number of block quotes opens or closes a description.
        let quotes = line.matches("\"\"\"").count();
        let inside = described;
        described ^= quotes % 2 == 1;
        if inside || quotes > 0 {
            continue;
        }
        let mut words = line.trim_start_matches("extend ").split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        if let (Some("type" | "input" | "enum" | "interface" | "union" | "scalar"), Some(name)) =
            (words.next(), words.next())
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// The words of a name that no term, form or mechanic word covers; the longest form wins.
fn unknown(name: &str, known: &Known) -> Vec<String> {
    let words = words(name);
    let mut unknown = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest =
            (at + 1..=words.len()).rev().find(|end| known.contains_key(&words[at..*end].concat().to_lowercase()));
        at = longest.unwrap_or_else(|| {
            unknown.push(words[at].clone());
            at + 1
        });
    }
    unknown
}

/// `StatoPraticaIPA2` -> `Stato`, `Pratica`, `IPA2`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, c) in chars.iter().enumerate() {
        let after_lower = index > 0 && !chars[index - 1].is_uppercase();
        let before_lower = chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && index > 0 && (after_lower || before_lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(*c);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS_ALONE: &str = include_str!("../../../schemas/glossary.toml");

    fn root(glossary: &str, sdl: Option<&str>) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("schemas/graphql")).unwrap();
        fs::write(root.path().join("schemas/glossary.toml"), glossary).unwrap();
        if let Some(sdl) = sdl {
            fs::write(root.path().join("schemas/graphql/sportello.graphql"), sdl).unwrap();
        }
        root
    }

    fn faults(glossary: &str, sdl: Option<&str>) -> Vec<String> {
        check(root(glossary, sdl).path()).err().unwrap_or_default()
    }

    #[test]
    fn every_name_of_the_repository_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert_eq!(check(&root), Ok(()));
    }

    #[test]
    fn names_fall_into_words() {
        for (name, expected) in [
            ("IstanzaPresentata", vec!["Istanza", "Presentata"]),
            ("SegnalazionePresaInCarico", vec!["Segnalazione", "Presa", "In", "Carico"]),
            ("CodiceIPA", vec!["Codice", "IPA"]),
            ("IPACodice", vec!["IPA", "Codice"]),
            ("Sha256Impronta", vec!["Sha256", "Impronta"]),
            ("Query", vec!["Query"]),
            ("UUID", vec!["UUID"]),
            ("", vec![]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn each_word_that_is_not_listed_is_named() {
        let sdl = "type PraticaWidget {\n  type: String\n}\n\n\"\"\"\ntype Descritto\n\"\"\"\ninput BuffaInput {\n}\nscalar Zzz\nextend type Altrove @key {\n}\n";
        let faults = faults(EVENTS_ALONE, Some(sdl));
        let words: Vec<_> = faults.iter().map(|fault| fault.split('"').nth(1).unwrap()).collect();
        assert_eq!(words, ["Widget", "Buffa", "Zzz", "Altrove"], "{faults:?}");
    }

    #[test]
    fn a_term_of_several_words_is_one_term() {
        let sdl = "type PresaInCarico {\n}\n";
        assert_eq!(faults(EVENTS_ALONE, Some(sdl)), Vec::<String>::new());
        let faults = faults(EVENTS_ALONE, Some("type CaricoInPresa {\n}\n"));
        assert!(faults.iter().any(|fault| fault.contains("\"Carico\"")), "{faults:?}");
    }

    #[test]
    fn an_event_whose_noun_is_taken_off_the_list_is_reported() {
        let without = EVENTS_ALONE.replace("[termine.segnalazione]", "[termine.segnale]");
        assert_ne!(without, EVENTS_ALONE);
        let faults = faults(&without, None);
        assert!(
            faults.iter().any(|fault| fault.starts_with("event SegnalazioneInviata: \"Segnalazione\"")),
            "{faults:?}"
        );
    }

    #[test]
    fn the_list_itself_is_checked() {
        let empty = "[meccanica]\nparole = [\"Input\"]\n";
        for (term, words) in [
            ("[termine.bozza]\ngloss = \"\"\nfonte = \"x\"\n", "needs a gloss and a source"),
            ("[termine.Bozza]\ngloss = \"draft\"\nfonte = \"x\"\n", "is not lower case with dashes"),
            ("[termine.bozza]\ngloss = \"draft\"\nfonte = \"x\"\nforme = [\"Bozza\"]\n", "stands under"),
            (
                "[termine.bozza]\ngloss = \"draft\"\nfonte = \"x\"\nforme = [\"bozze\"]\n",
                "not written as in an identifier",
            ),
            ("[termine.bozza]\ngloss = \"draft\"\nfonte = \"x\"\nforme = [\"Input\"]\n", "stands under"),
            ("[termine.bozza]\ngloss = \"draft\"\n", "cannot be read"),
            ("[termine.bozza]\ngloss = \"draft\"\nfonte = \"x\"\nnota = \"y\"\n", "cannot be read"),
        ] {
            let faults = faults(&format!("{term}{empty}"), None);
            assert!(faults.iter().any(|fault| fault.contains(words)), "{words}: {faults:?}");
        }
        assert!(check(tempfile::tempdir().unwrap().path()).is_err(), "no glossary, no good");
    }
}
