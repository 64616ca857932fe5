//! The pages and the edges: routes, sessions, sign-in, errors that people can act on. Everything works without JavaScript.

pub mod assets;
pub mod errore;
pub mod formato;
pub mod graphiql;
pub mod layout;
mod limite;
mod misura;
mod pagine;
pub mod richiesta;
mod router;
mod scadenza;
pub mod sessione;
pub mod state;

pub use router::router;
pub use state::{Token, Web};

/// A sentence of the message catalogue, in Italian. For templates: `{{ crate::t("key") }}`.
pub fn t(key: &str) -> String {
    app::testi::it(key)
}

/// The same with values: `{{ crate::ta("key", [("nome", nome.as_str())]) }}` in templates, which take references themselves.
pub fn ta(key: &str, args: &[(&str, &str)]) -> String {
    let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    app::testi::testo(app::testi::ITALIANO, key, &args)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Texts of all files below a folder with these endings.
    fn texts(folder: &Path, out: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if path.is_dir() {
                texts(&path, out);
            } else if path.extension().is_some_and(|e| e == "html" || e == "rs") {
                out.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }

    /// Keys written out in calls of `t` and `ta`.
    fn keys(text: &str) -> Vec<&str> {
        let calls =
            ["t(\"", "ta(\""].into_iter().flat_map(|call| text.match_indices(call).map(move |(i, _)| (i, call)));
        let own = calls.filter(|(i, _)| !text[..*i].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '!')));
        own.filter_map(|(i, call)| text[i + call.len()..].split('"').next())
            .filter(|key| key.contains('-') && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
            .collect()
    }

    #[test]
    fn every_key_that_is_written_has_its_words() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        texts(&root.join("src"), &mut files);
        texts(&root.join("templates"), &mut files);
        let catalogue: String = {
            let mut all = String::new();
            for entry in fs::read_dir(root.join("../app/locales/it")).unwrap() {
                all.push('\n');
                all.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
            }
            all
        };
        let known = |key: &str| catalogue.contains(&format!("\n{key} ="));
        let unknown: Vec<String> = files
            .iter()
            .flat_map(|(file, text)| keys(text).into_iter().map(move |key| (file, key)))
            .filter(|(_, key)| !known(key))
            .map(|(file, key)| format!("{file}: {key}"))
            .collect();
        assert!(unknown.is_empty(), "{unknown:#?}");
        assert!(files.iter().map(|(_, text)| keys(text).len()).sum::<usize>() > 200, "the search finds the keys");
    }
}
