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
