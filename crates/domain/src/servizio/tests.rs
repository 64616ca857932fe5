use super::*;
use std::fs;
use std::path::Path;

/// The files of the catalogue as (name, text), by name.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/servizi");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .filter(|path| path.file_stem().is_some_and(|stem| !stem.to_string_lossy().ends_with(".schema")))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_shipped_catalogue_is_the_folder() {
    let mut found: Vec<Servizio> = files()
        .into_iter()
        .map(|(name, text)| {
            let servizio: Servizio = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(name, format!("{}.json", servizio.codice));
            servizio
        })
        .collect();
    let mut shipped = catalogo().to_vec();
    assert!(!shipped.is_empty());
    found.sort_by(|a, b| a.codice.cmp(&b.codice));
    shipped.sort_by(|a, b| a.codice.cmp(&b.codice));
    assert_eq!(found, shipped);
}

#[test]
fn each_service_is_in_order() {
    for servizio in catalogo() {
        let name = &servizio.codice;
        assert_eq!(servizio.classifica.valida(), Ok(()), "{name}");
        assert!((1..=MASSIMO_GIORNI).contains(&servizio.termine_giorni), "{name}");
        assert!(servizio.versione >= 1, "{name}");
        assert!(servizio.livello_identita >= LivelloIdentita::L2, "{name}: level 1 never files");
        assert!(!servizio.nome.trim().is_empty() && !servizio.descrizione.trim().is_empty(), "{name}");
        assert!(!servizio.ufficio.as_str().is_empty(), "{name}");
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        assert!(!name.is_empty() && name.bytes().all(good), "{name}");
        assert_eq!(trova(name, servizio.versione), Some(servizio), "{name}: code and version are unique");
    }
}

#[test]
fn a_service_with_a_field_too_many_or_too_few_is_not_read() {
    let mut service: serde_json::Value = serde_json::to_value(&catalogo()[0]).unwrap();
    assert!(serde_json::from_value::<Servizio>(service.clone()).is_ok());
    service["urgente"] = true.into();
    assert!(serde_json::from_value::<Servizio>(service.clone()).is_err());
    service.as_object_mut().unwrap().remove("urgente");
    service.as_object_mut().unwrap().remove("termineGiorni");
    assert!(serde_json::from_value::<Servizio>(service).is_err());
}
