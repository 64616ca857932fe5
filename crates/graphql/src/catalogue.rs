//! Search in the catalogue of services.

use app::cerca::{Parole, piano};
use domain::servizio::Servizio;
use projections::{Cursore, Elenco, Pagina};
use std::sync::Arc;

/// What is looked for.
#[derive(Debug, Default)]
pub(crate) struct Cerca {
    parole: Parole,
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

impl Cerca {
    /// An empty text asks for nothing.
    pub(crate) fn new(testo: Option<&str>, argomento: Option<&str>, categoria: Option<&str>) -> Self {
        let exact = |text: Option<&str>| text.map(|text| piano(text.trim())).filter(|text| !text.is_empty());
        Self {
            parole: Parole::new(testo.unwrap_or_default()),
            argomento: exact(argomento),
            categoria: exact(categoria),
        }
    }

    fn trova(&self, servizio: &Servizio) -> bool {
        let same = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| *wanted == piano(text));
        let argomento = self.argomento.is_none() || servizio.argomenti.iter().any(|a| same(&self.argomento, a));
        argomento && same(&self.categoria, &servizio.categoria) && self.parole.trova(servizio)
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
