//! The three letters of a surname and of a first name (DM 13813/1976, artt. 2 and 3).

/// How letters with marks become plain ones.
#[derive(Clone, Copy)]
enum Grafia {
    /// The mark is dropped: ü is U.
    Semplice,
    /// As machine-readable travel documents write it (ICAO 9303): ü is UE.
    Icao,
}

/// Whether a declared name gives those three letters in one of the usual spellings. True too when it cannot be told.
pub(super) fn coerente(nome: &str, lettere: &str, codice: fn(&str) -> String) -> bool {
    [Grafia::Semplice, Grafia::Icao].into_iter().any(|grafia| match piega(nome, grafia) {
        Some(piegato) if !piegato.is_empty() => codice(&piegato) == lettere,
        _ => true,
    })
}

/// Consonants, then vowels, then X.
pub(super) fn codice_cognome(piegato: &str) -> String {
    let (consonanti, vocali) = dividi(piegato);
    consonanti.chars().chain(vocali.chars()).chain("XXX".chars()).take(3).collect()
}

/// As the surname, but with four consonants or more the second is skipped.
pub(super) fn codice_nome(piegato: &str) -> String {
    let (consonanti, _) = dividi(piegato);
    if consonanti.len() >= 4 {
        return [0, 2, 3].map(|index| &consonanti[index..=index]).concat();
    }
    codice_cognome(piegato)
}

/// Consonants and vowels of a text in A-Z.
fn dividi(piegato: &str) -> (String, String) {
    piegato.chars().partition(|c| !"AEIOU".contains(*c))
}

/// A-Z only: marks folded, apostrophes, spaces and hyphens dropped. None when a letter of another alphabet remains.
fn piega(nome: &str, grafia: Grafia) -> Option<String> {
    let mut out = String::new();
    for c in nome.chars() {
        if c.is_ascii_alphabetic() {
            out.push(c.to_ascii_uppercase());
        } else if c.is_alphabetic() {
            // The lower case of one letter may be several characters (İ); the first is the letter.
            out.push_str(lettera(c.to_lowercase().next()?, grafia)?);
        }
    }
    Some(out)
}

/// The plain form of a lower-case Latin letter with a mark.
fn lettera(c: char, grafia: Grafia) -> Option<&'static str> {
    let plain = match (c, grafia) {
        ('ä', Grafia::Icao) | ('æ', _) => "AE",
        ('å', Grafia::Icao) => "AA",
        ('ö' | 'ø', Grafia::Icao) | ('œ', _) => "OE",
        ('ü', Grafia::Icao) => "UE",
        ('ß', _) => "SS",
        ('þ', _) => "TH",
        ('à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą', _) => "A",
        ('ç' | 'ć' | 'ĉ' | 'ċ' | 'č', _) => "C",
        ('ď' | 'đ' | 'ð', _) => "D",
        ('è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ə', _) => "E",
        ('ĝ' | 'ğ' | 'ġ' | 'ģ', _) => "G",
        ('ĥ' | 'ħ', _) => "H",
        ('i' | 'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı', _) => "I",
        ('ĵ', _) => "J",
        ('ķ', _) => "K",
        ('ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł', _) => "L",
        ('ñ' | 'ń' | 'ņ' | 'ň', _) => "N",
        ('ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő', _) => "O",
        ('ŕ' | 'ŗ' | 'ř', _) => "R",
        ('ś' | 'ŝ' | 'ş' | 'š' | 'ș', _) => "S",
        ('ţ' | 'ť' | 'ŧ' | 'ț', _) => "T",
        ('ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų', _) => "U",
        ('ŵ', _) => "W",
        ('ý' | 'ÿ' | 'ŷ', _) => "Y",
        ('ź' | 'ż' | 'ž', _) => "Z",
        _ => return None,
    };
    Some(plain)
}
