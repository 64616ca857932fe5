use super::*;

#[test]
fn names_are_cut_to_their_last_part_without_tricks() {
    for (nome, pulito) in [
        ("../../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Utenti\\Mario\\perché no?.jpg", "perché no.jpg"),
        ("..jpg", "jpg"),
        ("\u{202e}gpj.<script>.jpg", "gpj.script.jpg"),
        ("a\u{0}b\r\nc\u{7f}.pdf", "abc.pdf"),
        ("zero\u{200b}largo\u{2066}.pdf", "zerolargo.pdf"),
        ("/", "allegato"),
        ("", "allegato"),
    ] {
        assert_eq!(nome_pulito(nome), pulito, "{nome:?}");
    }
    let long = nome_pulito(&format!("{}.pdf", "è".repeat(500)));
    assert_eq!(long.chars().count(), limits::NOME);
    assert_eq!(long.rsplit_once('.').map(|(_, end)| end), Some("pdf"));
}

#[test]
fn each_reason_is_told_in_words_that_help() {
    let broken = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    for (error, codice, words) in [
        (DocumentError::Infected { firma: "Eicar".into() }, "file-infetto", "virus"),
        (DocumentError::Suspicious("an archive that grows"), "file-sospetto", "senza macro"),
        (DocumentError::TooLarge { limit: TETTO_BYTES }, "file-troppo-grande", "50 MB"),
        (DocumentError::Damaged, "file-danneggiato", "danneggiato"),
        (DocumentError::NotAccepted, "formato-non-ammesso", "PDF"),
        (DocumentError::Empty, "file-vuoto", "vuoto"),
        (DocumentError::Interrupted(broken()), "caricamento-interrotto", "riprova"),
    ] {
        let AppError::Rifiutato(errori) = rifiuto(error) else { panic!("{codice} is no refusal") };
        assert_eq!((errori[0].codice.as_str(), errori[0].campo.as_deref()), (codice, Some("allegati")));
        assert!(errori[0].messaggio.contains(words), "{}", errori[0].messaggio);
    }
    assert!(matches!(rifiuto(DocumentError::NotScanned(broken())), AppError::NonDisponibile { .. }));
}

#[test]
fn the_largest_request_of_a_service_fits_into_what_may_wait() {
    let most = u64::from(domain::servizio::limiti::ALLEGATI) * TETTO_BYTES;
    assert!(most <= limits::IN_ATTESA, "{most}");
    assert!(u64::from(domain::servizio::limiti::ALLEGATI) <= limits::AL_GIORNO);
}
