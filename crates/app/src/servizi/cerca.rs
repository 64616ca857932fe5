//! Looking for services by words. The catalogue is small and in memory: looking through it costs less than an index.

use domain::servizio::Servizio;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words that count: the first ones.
pub const MAX_PAROLE: usize = 10;
/// Characters that count.
pub const MAX_TESTO: usize = 200;

/// Text as it is compared: lower case, without accents, every other sign a blank. `Mobilità` and `MOBILITA` are the same.
pub fn piano(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    plain.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect()
}

/// What is looked for: services that have every word, wherever it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parole(Vec<String>);

impl Parole {
    /// The words of a text; an empty one asks for nothing.
    pub fn new(testo: &str) -> Self {
        let testo: String = testo.chars().take(MAX_TESTO).collect();
        Self(piano(&testo).split_whitespace().take(MAX_PAROLE).map(str::to_owned).collect())
    }

    /// Whether a service has them all.
    pub fn trova(&self, servizio: &Servizio) -> bool {
        self.trova_in((&servizio.nome, &servizio.scheda.descrizione), &servizio.argomenti, &servizio.categoria)
    }

    /// Whether they all stand in name and description, topics or category.
    pub fn trova_in(&self, (nome, descrizione): (&str, &str), argomenti: &[String], categoria: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let words = piano(&format!("{nome} {descrizione} {} {categoria}", argomenti.join(" ")));
        self.0.iter().all(|parola| words.contains(parola.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codici(testo: &str) -> Vec<&'static str> {
        let parole = Parole::new(testo);
        catalogo::spediti().iter().filter(|s| parole.trova(s)).map(|s| s.codice.as_str()).collect()
    }

    #[test]
    fn accents_case_and_signs_do_not_count() {
        assert_eq!(piano("Mobilità e TRASPORTI, più È"), "mobilita e trasporti  piu e");
        assert_eq!(piano("d'identità"), "d identita");
        for testo in ["ztl accesso", "ACCESSO  Ztl\n", "àccesso, «ztl»"] {
            assert!(codici(testo).contains(&"permesso-ztl"), "{testo}");
        }
        assert_eq!(codici(" - "), codici(""));
        assert_eq!(codici("").len(), catalogo::spediti().len());
        assert!(codici("ztl nessunaparolacosì").is_empty());
    }

    #[test]
    fn what_is_beyond_the_limits_does_not_count() {
        let many = format!("{} nessunaparolacosì", "ztl ".repeat(MAX_PAROLE));
        assert!(codici(&many).contains(&"permesso-ztl"));
        let long = format!("ztl{} nessunaparolacosì", " ".repeat(MAX_TESTO));
        assert!(codici(&long).contains(&"permesso-ztl"));
    }
}
