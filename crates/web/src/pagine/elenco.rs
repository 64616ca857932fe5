//! Long lists, a page at a time: the cursors of the pages passed travel in the address, so that one can go back too.

use crate::layout::Paginazione;
use domain::termini;
use jiff::Timestamp;
use jiff::civil::Date;
use projections::{Cursore, Elenco, Pagina};

/// Pages that one can go back, at most; the address stays short.
const MAX_PASSATE: usize = 100;

/// Where the reader stands: the cursor of each page passed, the present one last. Empty on the first page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dove {
    cursori: Vec<u64>,
}

impl Dove {
    /// From the parameter `da` of an address (`120.80`); what is no number counts as the first page.
    pub fn parse(text: &str) -> Self {
        let cursori: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
        Self { cursori: cursori.filter(|c| c.len() <= MAX_PASSATE).unwrap_or_default() }
    }

    /// The page to ask for.
    pub fn pagina(&self, primi: u32) -> Pagina {
        Pagina { primi, dopo: self.cursori.last().copied() }
    }

    /// Links to the pages before and after, for a list at `path` with these filters.
    pub fn pulsanti<T: Cursore>(
        &self,
        path: &str,
        filtri: &[(&str, &str)],
        elenco: &Elenco<T>,
        primi: u32,
    ) -> Paginazione {
        let link = |cursori: &[u64]| {
            let da: Vec<String> = cursori.iter().map(ToString::to_string).collect();
            let da = da.join(".");
            let all: Vec<(&str, &str)> = filtri.iter().copied().chain([("da", da.as_str())]).collect();
            indirizzo(path, &all)
        };
        let before = self.cursori.split_last().map(|(_, before)| link(before));
        let after = elenco.prossima().filter(|_| self.cursori.len() < MAX_PASSATE).map(|next| {
            let mut cursori = self.cursori.clone();
            cursori.push(next);
            link(&cursori)
        });
        let dove = crate::ta(
            "elenco-dove",
            &[
                ("pagina", (self.cursori.len() + 1).to_string().as_str()),
                ("pagine", elenco.totale.div_ceil(u64::from(primi.max(1))).max(1).to_string().as_str()),
            ],
        );
        Paginazione { precedente: before, successiva: after, dove }
    }
}

/// An address with those parameters that are not empty.
pub fn indirizzo(path: &str, parametri: &[(&str, &str)]) -> String {
    let query: Vec<String> = parametri
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", urlencoding::encode(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The number of rows in words: `Nessun risultato`, `1 risultato`, `1.234 risultati`.
pub fn risultati(totale: u64) -> String {
    match totale {
        0 => crate::t("elenco-nessuno"),
        1 => crate::t("elenco-uno"),
        _ => crate::ta("elenco-molti", &[("n", migliaia(totale).as_str())]),
    }
}

/// `1.234.567`.
pub fn migliaia(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// `06/03/2026`: for tables, where days stand below each other.
pub fn giorno_breve(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// `06/03/2026, 10:30`, in Rome.
pub fn istante_breve(at: Timestamp) -> String {
    let ora = termini::ora_locale(at);
    format!("{}, {:02}:{:02}", giorno_breve(termini::data_locale(at)), ora.hour(), ora.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(u64);
    impl Cursore for Row {
        fn cursore(&self) -> u64 {
            self.0
        }
    }

    fn list(last: u64, altre: bool) -> Elenco<Row> {
        Elenco { righe: vec![Row(last + 1), Row(last)], totale: 5, altre }
    }

    #[test]
    fn one_goes_on_and_comes_back() {
        let first = Dove::parse("");
        let p = first.pulsanti("/ufficio", &[("stato", "conclusa"), ("q", "")], &list(40, true), 2);
        assert_eq!((p.precedente, p.successiva.as_deref()), (None, Some("/ufficio?stato=conclusa&da=40")));
        let second = Dove::parse("40");
        assert_eq!(second.pagina(2), Pagina { primi: 2, dopo: Some(40) });
        let p = second.pulsanti("/ufficio", &[], &list(20, true), 2);
        assert_eq!((p.precedente.as_deref(), p.successiva.as_deref()), (Some("/ufficio"), Some("/ufficio?da=40.20")));
        assert_eq!(p.dove, "Pagina 2 di 3");
        let p = Dove::parse("40.20").pulsanti("/ufficio", &[], &list(1, false), 2);
        assert_eq!((p.precedente.as_deref(), p.successiva), (Some("/ufficio?da=40"), None));
    }

    #[test]
    fn an_address_that_was_tampered_with_is_the_first_page() {
        assert_eq!(Dove::parse("40.x"), Dove::default());
        assert_eq!(Dove::parse(&vec!["1"; MAX_PASSATE + 1].join(".")), Dove::default());
        assert_eq!(Dove::parse(&vec!["1"; MAX_PASSATE].join(".")).cursori.len(), MAX_PASSATE);
    }

    #[test]
    fn short_dates_are_those_of_rome() {
        assert_eq!(istante_breve("2026-12-31T23:05:00Z".parse().unwrap()), "01/01/2027, 00:05");
    }

    #[test]
    fn values_are_encoded() {
        assert_eq!(indirizzo("/a", &[("q", "buca & c."), ("x", "")]), "/a?q=buca%20%26%20c.");
        assert_eq!(migliaia(1_234_567), "1.234.567");
        assert_eq!(migliaia(999), "999");
        assert_eq!(risultati(1), "1 risultato");
    }
}
