//! Search in the catalogue of services. It is small and in memory: looking through it costs less than an index.

use crate::limits;
use domain::servizio::Servizio;
use projections::{Cursore, Elenco, Pagina};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What is looked for.
#[derive(Debug, Default)]
pub(crate) struct Cerca {
    parole: Vec<String>,
    argomento: Option<String>,
    categoria: Option<String>,
}

/// A service found, with its place among those found: what a cursor of this list says. Services come and go a few times a
/// year; a page asked for meanwhile may repeat one or leave one out.
pub(crate) struct Voce {
    posto: u64,
    pub(crate) servizio: Arc<Servizio>,
}

impl Cursore for Voce {
    fn cursore(&self) -> u64 {
        self.posto
    }
}

/// Lower case without accents: `Mobilità` and `MOBILITA` are the same.
fn piano(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

impl Cerca {
    /// An empty text asks for nothing.
    pub(crate) fn new(testo: Option<&str>, argomento: Option<&str>, categoria: Option<&str>) -> Self {
        let words = piano(testo.unwrap_or_default());
        let exact = |text: Option<&str>| text.map(|text| piano(text.trim())).filter(|text| !text.is_empty());
        Self {
            parole: words.split_whitespace().take(limits::MAX_WORDS).map(str::to_owned).collect(),
            argomento: exact(argomento),
            categoria: exact(categoria),
        }
    }

    fn trova(&self, servizio: &Servizio) -> bool {
        let same = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| *wanted == piano(text));
        let argomento = self.argomento.is_none() || servizio.argomenti.iter().any(|a| same(&self.argomento, a));
        if !argomento || !same(&self.categoria, &servizio.categoria) {
            return false;
        }
        if self.parole.is_empty() {
            return true;
        }
        let (nome, descrizione) = (&servizio.nome, &servizio.scheda.descrizione);
        let words = piano(&format!("{nome}\n{descrizione}\n{}", servizio.argomenti.join("\n")));
        self.parole.iter().all(|parola| words.contains(parola.as_str()))
    }

    /// A page of those found, in the order given.
    pub(crate) fn pagina(&self, tutti: Vec<Arc<Servizio>>, pagina: Pagina) -> Elenco<Voce> {
        let found: Vec<Arc<Servizio>> = tutti.into_iter().filter(|servizio| self.trova(servizio)).collect();
        let totale = found.len() as u64;
        let dopo = pagina.dopo.unwrap_or(0).min(totale);
        let righe: Vec<Voce> = (dopo + 1..)
            .zip(found.into_iter().skip(usize::try_from(dopo).unwrap_or(usize::MAX)))
            .map(|(posto, servizio)| Voce { posto, servizio })
            .take(pagina.primi as usize)
            .collect();
        let altre = dopo + (righe.len() as u64) < totale;
        Elenco { righe, totale, altre }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codici(cerca: &Cerca) -> Vec<String> {
        let tutti: Vec<Arc<Servizio>> = catalogo::spediti().iter().cloned().map(Arc::new).collect();
        let elenco = cerca.pagina(tutti, Pagina { primi: 100, dopo: None });
        assert_eq!(elenco.totale, elenco.righe.len() as u64);
        elenco.righe.into_iter().map(|voce| voce.servizio.codice.clone()).collect()
    }

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(piano("Mobilità e TRASPORTI, più È"), "mobilita e trasporti, piu e");
        let wanted = codici(&Cerca::new(None, None, Some("Mobilità e trasporti")));
        assert!(wanted.contains(&"permesso-ztl".to_owned()), "{wanted:?}");
        assert_eq!(codici(&Cerca::new(None, None, Some(" MOBILITA E TRASPORTI "))), wanted);
        assert!(codici(&Cerca::new(None, None, Some("mobilita"))).is_empty(), "a category is whole");
    }

    #[test]
    fn every_word_is_looked_for_wherever_it_stands() {
        for text in ["ztl accesso", "ACCESSO  Ztl\n", "àccesso ztl"] {
            assert!(codici(&Cerca::new(Some(text), None, None)).contains(&"permesso-ztl".to_owned()), "{text}");
        }
        assert!(codici(&Cerca::new(Some("ztl nessunaparolacosì"), None, None)).is_empty());
        assert!(codici(&Cerca::new(None, Some("ztl"), None)).contains(&"permesso-ztl".to_owned()));
        assert_eq!(codici(&Cerca::new(Some(" "), Some(""), None)).len(), catalogo::spediti().len());
    }

    #[test]
    fn words_beyond_the_limit_do_not_count() {
        let many = format!("{} nessunaparolacosì", "ztl ".repeat(limits::MAX_WORDS));
        assert!(codici(&Cerca::new(Some(&many), None, None)).contains(&"permesso-ztl".to_owned()));
    }

    #[test]
    fn pages_hold_every_service_once() {
        let tutti: Vec<Arc<Servizio>> = catalogo::spediti().iter().cloned().map(Arc::new).collect();
        let (mut seen, mut dopo) = (Vec::new(), None);
        loop {
            let elenco = Cerca::default().pagina(tutti.clone(), Pagina { primi: 7, dopo });
            dopo = elenco.righe.last().map(Cursore::cursore);
            seen.extend(elenco.righe.into_iter().map(|voce| voce.servizio.codice.clone()));
            if !elenco.altre {
                break;
            }
        }
        assert_eq!(seen, tutti.iter().map(|s| s.codice.clone()).collect::<Vec<_>>());
        for beyond in [tutti.len() as u64, u64::MAX] {
            let elenco = Cerca::default().pagina(tutti.clone(), Pagina { primi: 7, dopo: Some(beyond) });
            assert!(elenco.righe.is_empty() && !elenco.altre);
        }
    }
}
