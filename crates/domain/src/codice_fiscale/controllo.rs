//! Check characters and the letters of omocodia.

/// Digits of a partita IVA, of a provisional code and of an organisation's code.
pub(super) const LUNGHEZZA_NUMERICA: usize = 11;

/// Indexes (from 0) of the seven digits that omocodia may replace with letters.
pub(super) const CIFRE_OMOCODIA: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];

/// Letters that stand for 0 to 9 in case of omocodia.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";

/// Values at odd positions (1st, 3rd ... 15th) for A to Z; the digits 0 to 9 have the values of A to J.
const DISPARI: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// What is wrong with an 11-digit code.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NumericoErrato {
    /// Position, from 1, of a character that is no digit; 1 also for a code of zeros only.
    Posizione(usize),
    /// The check digit that was expected.
    Controllo(char),
}

/// Upper case, without any white space and without the first prefix that matches.
pub(super) fn normale(input: &str, prefixes: &[&str]) -> String {
    // ASCII only: the Unicode rules would turn letters that are not allowed (ı, ſ) into ones that are.
    let text: String = input.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let stripped = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).map(str::to_owned);
    stripped.unwrap_or(text)
}

/// The digit for which a letter of omocodia stands; anything else unchanged.
pub(super) fn cifra_da_omocodia(c: u8) -> u8 {
    OMOCODIA.iter().position(|letter| *letter == c).map_or(c, |digit| b'0' + digit as u8)
}

/// Check character over the first 15, as written (after omocodia). `primi` holds only A-Z and 0-9.
pub(super) fn carattere_di_controllo(primi: &[u8]) -> u8 {
    let somma: u32 = primi
        .iter()
        .enumerate()
        .map(|(index, c)| {
            let valore = if c.is_ascii_digit() { c - b'0' } else { c - b'A' };
            // Index 0 is position 1: even indexes are odd positions.
            if index % 2 == 0 { DISPARI[usize::from(valore)] } else { u32::from(valore) }
        })
        .sum();
    b'A' + (somma % 26) as u8
}

/// Check digit of the first ten digits of an 11-digit code (Luhn).
pub(super) fn cifra_di_controllo(prime: &[u8]) -> u8 {
    let somma: u32 = prime
        .iter()
        .enumerate()
        .map(|(index, c)| {
            let cifra = u32::from(c - b'0');
            match (index % 2 == 0, cifra * 2) {
                (true, _) => cifra,
                (false, doppio @ 0..=9) => doppio,
                (false, doppio) => doppio - 9,
            }
        })
        .sum();
    b'0' + ((10 - somma % 10) % 10) as u8
}

/// Checks an 11-character text in normal form.
pub(super) fn verifica_undici_cifre(text: &str) -> Result<(), NumericoErrato> {
    if let Some(index) = text.chars().position(|c| !c.is_ascii_digit()) {
        return Err(NumericoErrato::Posizione(index + 1));
    }
    // Eleven zeros satisfy the check digit, but nobody was ever given them.
    if text.bytes().all(|c| c == b'0') {
        return Err(NumericoErrato::Posizione(1));
    }
    let (prime, ultima) = text.as_bytes().split_at(LUNGHEZZA_NUMERICA - 1);
    let attesa = cifra_di_controllo(prime);
    if ultima == [attesa] { Ok(()) } else { Err(NumericoErrato::Controllo(char::from(attesa))) }
}
