//! The reader of definitions: any text gives a service or mistakes with places.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match catalogo::leggi(text, "") {
        Ok(servizio) => {
            let again = catalogo::leggi(&catalogo::yaml(&servizio), &servizio.codice).expect("what is written is read");
            assert_eq!(again, servizio);
        }
        Err(errori) => {
            assert!(!errori.is_empty() && errori.len() <= catalogo::MASSIMO_ERRORI);
            assert!(errori.iter().all(|errore| errore.riga >= 1 && errore.colonna >= 1), "{errori:?}");
        }
    }
    // Other front offices' forms come as JSON.
    if let Ok(form) = serde_json::from_str(text) {
        let (servizio, _) = catalogo::formio::importa(&form);
        let _ = servizio.controlla();
    }
});
