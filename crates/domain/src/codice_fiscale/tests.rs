use super::controllo::{CIFRE_OMOCODIA, carattere_di_controllo, cifra_di_controllo};
use super::*;
use proptest::prelude::*;

fn cf(text: &str) -> CodiceFiscale {
    CodiceFiscale::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn valid_vectors() {
    for text in [
        "RSSMRA80A01H501U",
        "RSSMRA80A41H501Y",
        "RSSMRA80A01H50MM",
        "RSSMRA80A01H5LMX",
        "MRTMTT91D08F205J",
        "RSSMRA79B11C566R",
        "00743110157",
        "01199250158",
        "12345678903",
    ] {
        assert_eq!(cf(text).as_str(), text);
        assert_eq!(cf(text).is_provvisorio(), text.len() == 11, "{text}");
    }
}

#[test]
fn invalid_vectors() {
    use CodiceFiscaleError::{CarattereDiControllo, Forma, Lunghezza};
    for (text, error) in [
        ("RSSMRA80A01H501V", CarattereDiControllo { atteso: 'U' }),
        ("GLABNC72H25H501Y", CarattereDiControllo { atteso: 'R' }),
        ("12345678904", CarattereDiControllo { atteso: '3' }),
        ("00000000000", Forma { posizione: 1 }),
        ("1234567890A", Forma { posizione: 11 }),
        ("RSSMRA80A01", Lunghezza),
        ("", Lunghezza),
        ("TINIT-", Lunghezza),
        ("RSSMRA80A01H501UU", Lunghezza),
        ("1SSMRA80A01H501U", Forma { posizione: 1 }),
        ("RSSMRA8AA01H501U", Forma { posizione: 8 }),
        ("RSSMRA80F01H501U", Forma { posizione: 9 }),
        ("RSSMRA80A0OH501U", Forma { posizione: 11 }),
        ("RSSMRA80A010501U", Forma { posizione: 12 }),
        ("RSSMRÀ80A01H501U", Forma { posizione: 6 }),
        ("RSSMRA80A01H5011", Forma { posizione: 16 }),
        // The long s is no S, whatever Unicode's upper case says.
        ("RſSMRA80A01H501U", Forma { posizione: 2 }),
    ] {
        assert_eq!(CodiceFiscale::parse(text), Err(error), "{text}");
    }
}

#[test]
fn spelling_of_people_and_of_identity_providers_is_normalised() {
    for text in
        ["  rssmra80a01h501u ", "RSS MRA 80A01 H501U", "TINIT-RSSMRA80A01H501U", "tinit-rssmra\u{a0}80a01h501u\n"]
    {
        assert_eq!(cf(text).as_str(), "RSSMRA80A01H501U", "{text}");
    }
    assert_eq!(cf("TINIT-12345678903").as_str(), "12345678903");
}

#[test]
fn codes_of_the_errors_are_distinct() {
    let codes =
        ["RSS", "1SSMRA80A01H501U", "RSSMRA80A01H501V"].map(|text| CodiceFiscale::parse(text).unwrap_err().code());
    assert_eq!(codes, ["codice-fiscale-lunghezza", "codice-fiscale-forma", "codice-fiscale-controllo"]);
}

#[test]
fn variants_by_omocodia_share_their_base() {
    let base = cf("RSSMRA80A01H501U");
    for variant in ["RSSMRA80A01H50MM", "RSSMRA80A01H5LMX"] {
        assert_ne!(cf(variant), base);
        assert_eq!(cf(variant).base(), base);
        assert!(cf(variant).stessa_base(&base));
        assert_eq!(cf(variant).derive(), base.derive());
    }
    assert!(!base.stessa_base(&cf("RSSMRA80A41H501Y")));
    assert_eq!(cf("12345678903").base(), cf("12345678903"));
}

#[test]
fn birth_data() {
    let derivati = cf("RSSMRA80A01H50MM").derive().unwrap();
    let expected = Derivati { anno_due_cifre: 80, mese: 1, giorno: 1, sesso: Sesso::M, luogo: "H501".to_owned() };
    assert_eq!(derivati, expected);
    assert!(derivati.concorda_con(jiff::civil::date(1980, 1, 1)));
    assert!(!derivati.concorda_con(jiff::civil::date(1980, 1, 2)));
    assert!(!derivati.concorda_con(jiff::civil::date(1981, 1, 1)));
    let female = cf("RSSMRA80A41H501Y").derive().unwrap();
    assert_eq!((female.giorno, female.sesso), (1, Sesso::F));
    let april = cf("MRTMTT91D08F205J").derive().unwrap();
    assert_eq!((april.anno_due_cifre, april.mese, april.giorno, april.luogo.as_str()), (91, 4, 8, "F205"));
    assert_eq!(cf("12345678903").derive(), None);
    // Day 00 and day 35 pass the pattern, but no birth data can be read from them.
    for first in ["RSSMRA80A00H501", "RSSMRA80A35H501", "RSSMRA80A72H501"] {
        let code = format!("{first}{}", char::from(carattere_di_controllo(first.as_bytes())));
        assert_eq!(cf(&code).derive(), None, "{code}");
    }
}

#[test]
fn names() {
    let surname = |name: &str, letters: &str| nomi::coerente(name, letters, nomi::codice_cognome);
    let first = |name: &str, letters: &str| nomi::coerente(name, letters, nomi::codice_nome);
    for (name, letters) in [
        ("Rossi", "RSS"),
        ("D'Alò", "DLA"),
        ("De Luca", "DLC"),
        ("Fo", "FOX"),
        ("Aiello", "LLA"),
        ("Müller", "MLL"),
        ("Häß", "HSS"),
        ("Iò", "IOX"),
        ("Çelik", "CLK"),
        ("Łuś", "LSU"),
        // Mark written as a separate character, as some keyboards do.
        ("Ro\u{300}ssi", "RSS"),
        // An alphabet that cannot be compared raises no warning.
        ("Иванов", "VNV"),
        ("", "RSS"),
    ] {
        assert!(surname(name, letters), "{name}");
    }
    for (name, letters) in [
        ("Mario", "MRA"),
        ("Gianfranco", "GFR"),
        ("Matteo", "MTT"),
        ("Anna Maria", "NMR"),
        ("Jörg", "JRG"),
        ("Ö", "OEX"),
        ("Ö", "OXX"),
    ] {
        assert!(first(name, letters), "{name}");
    }
    assert!(!surname("Bianchi", "RSS"));
    assert!(!first("Gianfranco", "GNF"));
    assert!(cf("RSSMRA80A01H501U").cognome_coerente("ROSSI") && cf("RSSMRA80A01H501U").nome_coerente("maria"));
    assert!(!cf("RSSMRA80A01H501U").cognome_coerente("Verdi") && !cf("RSSMRA80A01H501U").nome_coerente("Luca"));
    assert!(cf("12345678903").cognome_coerente("Verdi") && cf("12345678903").nome_coerente("Luca"));
}

#[test]
fn masked_display_and_debug() {
    let code = cf("RSSMRA80A01H501U");
    assert_eq!(code.masked(), "RSSMRA*********U");
    assert_eq!(cf("12345678903").masked(), "123456****3");
    assert_eq!(code.to_string(), "RSSMRA80A01H501U");
    assert!(!format!("{code:?}").contains("80A01"));
}

#[test]
fn json_is_a_checked_string() {
    let code: CodiceFiscale = serde_json::from_str("\"tinit-rssmra80a01h501u\"").unwrap();
    assert_eq!(serde_json::to_string(&code).unwrap(), "\"RSSMRA80A01H501U\"");
    assert!(serde_json::from_str::<CodiceFiscale>("\"RSSMRA80A01H501V\"").is_err());
    let schema = schemars::schema_for!(CodiceFiscale);
    assert_eq!(schema.get("pattern").and_then(|value| value.as_str()), Some(PATTERN));
}

#[test]
fn partita_iva_vectors() {
    use PartitaIvaError::{CifraDiControllo, Forma, Lunghezza};
    for text in ["00743110157", "01199250158", "12345678903"] {
        for written in
            [text.to_owned(), format!("IT{text}"), format!("VATIT-{text}"), format!(" {} {}", &text[..5], &text[5..])]
        {
            assert_eq!(PartitaIva::parse(&written).unwrap().as_str(), text, "{written}");
        }
    }
    for (text, error) in [
        ("12345678901", CifraDiControllo { attesa: '3' }),
        ("00000000000", Forma { posizione: 1 }),
        ("123456789O3", Forma { posizione: 10 }),
        ("1234567890", Lunghezza),
        ("RSSMRA80A01H501U", Lunghezza),
    ] {
        assert_eq!(PartitaIva::parse(text), Err(error), "{text}");
    }
    let parsed: PartitaIva = serde_json::from_str("\"IT00743110157\"").unwrap();
    assert_eq!(serde_json::to_string(&parsed).unwrap(), "\"00743110157\"");
}

/// First 15 characters of any code that has the form, variants by omocodia included.
fn primi_quindici() -> impl Strategy<Value = String> {
    "[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}"
}

fn completo(primi: &str) -> String {
    format!("{primi}{}", char::from(carattere_di_controllo(primi.as_bytes())))
}

proptest! {
    #[test]
    fn any_code_with_its_check_character_parses(primi in primi_quindici()) {
        let code = completo(&primi);
        prop_assert_eq!(CodiceFiscale::parse(&code).unwrap().to_string(), code);
    }

    /// Within the form no two characters of one position have the same value, so no single slip goes unseen.
    #[test]
    fn any_single_slip_is_found(primi in primi_quindici(), index in 0usize..16, other in "[A-Z0-9]") {
        let mut code = completo(&primi);
        prop_assume!(code[index..=index] != other);
        code.replace_range(index..=index, &other);
        prop_assert!(CodiceFiscale::parse(&code).is_err());
    }

    #[test]
    fn base_is_idempotent_and_without_omocodia(primi in primi_quindici()) {
        let code = cf(&completo(&primi));
        let base = code.base();
        prop_assert_eq!(base.base(), base.clone());
        prop_assert_eq!(CodiceFiscale::parse(base.as_str()).unwrap(), base.clone());
        prop_assert!(CIFRE_OMOCODIA.iter().all(|index| base.as_str().as_bytes()[*index].is_ascii_digit()));
        prop_assert_eq!(code.derive(), base.derive());
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,20}") {
        if let Ok(code) = CodiceFiscale::parse(&text) {
            prop_assert_eq!(CodiceFiscale::parse(code.as_str()), Ok(code));
        }
        let _ = cf("RSSMRA80A01H501U").nome_coerente(&text);
        let _ = PartitaIva::parse(&text);
    }

    #[test]
    fn any_single_wrong_digit_is_found(prime in "[0-9]{10}", index in 0usize..11, other in "[0-9]") {
        let mut number = format!("{prime}{}", char::from(cifra_di_controllo(prime.as_bytes())));
        prop_assert_eq!(PartitaIva::parse(&number).is_ok(), prime != "0000000000");
        prop_assume!(number[index..=index] != other);
        number.replace_range(index..=index, &other);
        prop_assert!(PartitaIva::parse(&number).is_err());
    }
}
