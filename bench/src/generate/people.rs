//! The citizens of a generated town. All are fictional; any likeness to real ones is chance.

use crate::Failure;
use app::ports::VerifiedIdentity;
use domain::codice_fiscale::CodiceFiscale;
use domain::persona::{LivelloIdentita, Ruolo};
use jiff::civil::{Date, date};

/// Given names with their three letters in a codice fiscale (DM 13813/1976): men, then women.
const GIVEN: [(&str, &str); 40] = [
    ("Marco", "MRC"),
    ("Andrea", "NDR"),
    ("Luca", "LCU"),
    ("Paolo", "PLA"),
    ("Stefano", "SFN"),
    ("Davide", "DVD"),
    ("Matteo", "MTT"),
    ("Giorgio", "GRG"),
    ("Enrico", "NRC"),
    ("Franco", "FNC"),
    ("Omar", "MRO"),
    ("Pietro", "PTR"),
    ("Simone", "SMN"),
    ("Carlo", "CRL"),
    ("Bruno", "BRN"),
    ("Alberto", "LRT"),
    ("Nicola", "NCL"),
    ("Sergio", "SRG"),
    ("Fabio", "FBA"),
    ("Diego", "DGI"),
    ("Anna", "NNA"),
    ("Giulia", "GLI"),
    ("Sara", "SRA"),
    ("Elena", "LNE"),
    ("Chiara", "CHR"),
    ("Irene", "RNI"),
    ("Laura", "LRA"),
    ("Marta", "MRT"),
    ("Silvia", "SLV"),
    ("Paola", "PLA"),
    ("Nadia", "NDA"),
    ("Teresa", "TRS"),
    ("Lucia", "LCU"),
    ("Rosa", "RSO"),
    ("Bianca", "BNC"),
    ("Carla", "CRL"),
    ("Emma", "MME"),
    ("Olga", "LGO"),
    ("Vera", "VRE"),
    ("Ines", "NSI"),
];
/// Family names with theirs.
const FAMILY: [(&str, &str); 60] = [
    ("Rossi", "RSS"),
    ("Bianchi", "BNC"),
    ("Ferri", "FRR"),
    ("Greco", "GRC"),
    ("Marini", "MRN"),
    ("Conti", "CNT"),
    ("Villa", "VLL"),
    ("Costa", "CST"),
    ("Sala", "SLA"),
    ("Gallo", "GLL"),
    ("Fontana", "FNT"),
    ("Riva", "RVI"),
    ("Serra", "SRR"),
    ("Monti", "MNT"),
    ("Bassi", "BSS"),
    ("Longo", "LNG"),
    ("Leone", "LNE"),
    ("Testa", "TST"),
    ("Grassi", "GRS"),
    ("Pace", "PCA"),
    ("Ricci", "RCC"),
    ("Bruno", "BRN"),
    ("Moretti", "MRT"),
    ("Barbieri", "BRB"),
    ("Lombardi", "LMB"),
    ("Santoro", "SNT"),
    ("Pellegrini", "PLL"),
    ("Rinaldi", "RNL"),
    ("Caruso", "CRS"),
    ("Zucca", "ZCC"),
    ("Damiani", "DMN"),
    ("Quadri", "QDR"),
    ("Vitale", "VTL"),
    ("Coppola", "CPP"),
    ("Gentile", "GNT"),
    ("Fabbri", "FBB"),
    ("Donati", "DNT"),
    ("Orlando", "RLN"),
    ("Bellini", "BLL"),
    ("Basile", "BSL"),
    ("Sanna", "SNN"),
    ("Piras", "PRS"),
    ("Farina", "FRN"),
    ("Palumbo", "PLM"),
    ("Benedetti", "BND"),
    ("Caputo", "CPT"),
    ("Negri", "NGR"),
    ("Ubaldi", "BLD"),
    ("Valenti", "VLN"),
    ("Amato", "MTA"),
    ("Neri", "NRE"),
    ("Silvestri", "SLV"),
    ("Fiore", "FRI"),
    ("Guerra", "GRR"),
    ("Marchi", "MRC"),
    ("Orsi", "RSO"),
    ("Poli", "PLO"),
    ("Zanella", "ZNL"),
    ("Tosi", "TSO"),
    ("Volpe", "VLP"),
];
/// Places of birth.
const PLACES: [&str; 8] = ["H501", "F205", "L219", "A944", "D612", "G702", "F839", "L736"];
/// Letters of the months.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
/// First day on which one of them was born.
const OLDEST: Date = date(1935, 1, 1);
/// Days on which they were born.
const DAYS: u64 = 70 * 365;

/// How many there can be, each with a codice fiscale of their own.
pub const MOST: u64 = (GIVEN.len() * FAMILY.len()) as u64 * DAYS;

/// The citizen of a number below [`MOST`].
pub fn citizen(number: u64) -> Result<VerifiedIdentity, Failure> {
    let (given, family) = (GIVEN.len() as u64, FAMILY.len() as u64);
    let ((nome, first), woman) = (GIVEN[(number % given) as usize], number % given >= given / 2);
    let (cognome, last) = FAMILY[(number / given % family) as usize];
    // A step without a common divisor with the days: neighbours are not born on neighbouring days.
    let day = number / given / family * 10_007 % DAYS;
    let born = OLDEST.checked_add(jiff::Span::new().days(day as i64))?;
    let place = PLACES[(number % PLACES.len() as u64) as usize];
    let month = char::from(MONTHS[born.month() as usize - 1]);
    let code =
        format!("{last}{first}{:02}{month}{:02}{place}", born.year() % 100, born.day() + if woman { 40 } else { 0 });
    Ok(VerifiedIdentity {
        fornitore: "demo".into(),
        codice_fiscale: complete(&code)?,
        nome: nome.into(),
        cognome: cognome.into(),
        email: Some(format!("{}.{}.{number}@example.org", nome.to_lowercase(), cognome.to_lowercase())),
        livello: LivelloIdentita::L2,
        ruolo: Ruolo::Cittadino,
        uffici: Vec::new(),
        ambiti: Vec::new(),
    })
}

/// The code with its last letter, which the others determine.
fn complete(code: &str) -> Result<CodiceFiscale, Failure> {
    let all = ('A'..='Z').find_map(|letter| CodiceFiscale::parse(&format!("{code}{letter}")).ok());
    all.ok_or_else(|| format!("{code} is no codice fiscale").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn citizens_differ_and_fit_their_codice_fiscale() {
        let mut codes = HashSet::new();
        for number in (0..50_000).chain([MOST - 1]) {
            let person = citizen(number).unwrap();
            let code = &person.codice_fiscale;
            assert!(code.nome_coerente(&person.nome), "{} {code:?}", person.nome);
            assert!(code.cognome_coerente(&person.cognome), "{} {code:?}", person.cognome);
            assert!(code.derive().is_some(), "{code:?}");
            assert!(codes.insert(code.as_str().to_owned()), "{number} {code:?}");
        }
    }
}
