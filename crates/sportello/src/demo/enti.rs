//! The two fictional municipalities of the demonstration.

use app::{Ente, Ufficio};
use domain::ente::{CodiceEnte, CodiceUfficio};
use domain::prenotabile::Orario;
use domain::termini::Regola;
use std::path::{Path, PathBuf};

/// Host name of the second town; the first answers under every other name.
pub(super) const HOST_SECONDO: &str = "acquaserena.localhost";

struct Town {
    codice: &'static str,
    nome: &'static str,
    motto: &'static str,
    aoo: &'static str,
    host: &'static [&'static str],
    dominio: &'static str,
    telefono: &'static str,
    indirizzo: &'static str,
    centro: (&'static str, &'static str),
    strade: &'static str,
    patrono: Regola,
    /// Codes of offices that a town of its size does not have.
    senza: &'static [&'static str],
    /// Opening hours of its own; where there are none, those that come with the program hold.
    agende: &'static [(&'static str, &'static str)],
}

/// The opening hours of one office of the second town, beside the name of their file.
macro_rules! agenda {
    ($ufficio:literal) => {
        ($ufficio, include_str!(concat!("acquaserena/", $ufficio, ".yaml")))
    };
}

const TOWNS: [Town; 2] = [
    Town {
        codice: "c_x901",
        nome: "Montelume",
        motto: "Lo sportello telematico del Comune",
        aoo: "AMONLUM",
        host: &["*", "montelume.localhost"],
        dominio: "comune.montelume.example.org",
        telefono: "0187 555 0100",
        indirizzo: "Piazza della Fonte 1, 00000 Montelume",
        centro: ("44.181000", "8.264000"),
        strade: include_str!("montelume.geojson"),
        patrono: Regola::Fissa { mese: 8, giorno: 7 },
        senza: &[],
        agende: &[],
    },
    Town {
        codice: "c_x902",
        nome: "Acquaserena",
        motto: "Il Comune a portata di mano",
        aoo: "AACQSER",
        host: &[HOST_SECONDO],
        dominio: "comune.acquaserena.example.org",
        telefono: "0187 555 0200",
        indirizzo: "Via del Porto 3, 00000 Acquaserena",
        centro: ("44.095000", "8.201000"),
        strade: include_str!("acquaserena.geojson"),
        patrono: Regola::Fissa { mese: 12, giorno: 6 },
        senza: &["elettorale", "casa", "mobilita", "cultura-sport", "personale", "transizione-digitale", "istruzione"],
        agende: &[
            agenda!("anagrafe"),
            agenda!("stato-civile"),
            agenda!("protocollo"),
            agenda!("urp"),
            agenda!("tributi"),
            agenda!("servizi-sociali"),
            agenda!("polizia-locale"),
            agenda!("urbanistica"),
        ],
    },
];

const UFFICI: [(&str, &str); 20] = [
    ("urp", "Ufficio relazioni con il pubblico"),
    ("lavori-pubblici", "Lavori pubblici e manutenzioni"),
    ("ambiente", "Ambiente e verde pubblico"),
    ("polizia-locale", "Polizia locale"),
    ("segreteria-sindaco", "Segreteria della Sindaca"),
    ("protocollo", "Protocollo e archivio"),
    ("anagrafe", "Anagrafe"),
    ("stato-civile", "Stato civile"),
    ("elettorale", "Ufficio elettorale"),
    ("cimiteri", "Servizi cimiteriali"),
    ("tributi", "Entrate e tributi"),
    ("istruzione", "Istruzione e servizi educativi"),
    ("servizi-sociali", "Servizi sociali"),
    ("casa", "Ufficio casa"),
    ("mobilita", "Mobilità e sosta"),
    ("urbanistica", "Urbanistica ed edilizia"),
    ("cultura-sport", "Cultura e sport"),
    ("personale", "Personale e concorsi"),
    ("trasparenza", "Trasparenza e accesso civico"),
    ("transizione-digitale", "Transizione digitale"),
];

/// Writes the streets of both towns into the folder of the demonstration.
pub(super) fn strade(data: &Path) -> std::io::Result<()> {
    TOWNS.iter().try_for_each(|town| std::fs::write(file(data, town), town.strade))
}

fn file(data: &Path, town: &Town) -> PathBuf {
    data.join(format!("strade-{}.geojson", town.codice))
}

/// Opening hours that a town has published of its own: code of the town, then one office after the other.
pub(super) fn agende() -> impl Iterator<Item = (&'static str, Orario)> {
    TOWNS.iter().flat_map(|town| {
        let own = town.agende.iter().map(|(ufficio, text)| {
            let orario = catalogo::orario(text, ufficio).expect("the opening hours are checked by a test");
            (town.codice, orario)
        });
        own.collect::<Vec<_>>()
    })
}

/// Both towns; `port` is where the demonstration listens, `first` the address of the first town.
pub(super) fn enti(first: &str, port: u16, data: &Path) -> Vec<Ente> {
    TOWNS
        .iter()
        .enumerate()
        .map(|(index, town)| Ente {
            codice: CodiceEnte::parse(town.codice).expect("the code stands above"),
            denominazione: format!("Comune di {}", town.nome),
            nome: town.nome.into(),
            motto: town.motto.into(),
            regione: "Regione Immaginaria".into(),
            aoo: town.aoo.into(),
            host: town.host.iter().map(|host| (*host).to_owned()).collect(),
            base_url: if index == 0 { first.to_owned() } else { format!("http://{HOST_SECONDO}:{port}") },
            email: format!("sportello@{}", town.dominio),
            pec: format!("protocollo@pec.{}", town.dominio),
            telefono: town.telefono.into(),
            indirizzo: town.indirizzo.into(),
            centro: (town.centro.0.into(), town.centro.1.into()),
            strade: Some(file(data, town)),
            patrono: Some(town.patrono),
            uffici: UFFICI
                .iter()
                .filter(|(codice, _)| !town.senza.contains(codice))
                .map(|(codice, nome)| Ufficio {
                    codice: CodiceUfficio::new(*codice),
                    nome: (*nome).to_owned(),
                    email: format!("{codice}@{}", town.dominio),
                    telefono: town.telefono.into(),
                })
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_towns_have_an_office_for_every_service_that_is_shipped() {
        for servizio in catalogo::spediti() {
            assert!(UFFICI.iter().any(|(codice, _)| *codice == servizio.ufficio.as_str()), "{}", servizio.codice);
        }
    }

    fn ha_ufficio(town: &Town, codice: &str) -> bool {
        UFFICI.iter().any(|(known, _)| *known == codice) && !town.senza.contains(&codice)
    }

    #[test]
    fn every_office_that_receives_is_one_of_the_town_and_every_service_of_a_desk_exists() {
        let first = &TOWNS[0];
        for orario in catalogo::agende_spedite() {
            assert!(ha_ufficio(first, orario.ufficio.as_str()), "{}", orario.ufficio);
        }
        let own: Vec<(&str, Orario)> = agende().collect();
        assert!(!own.is_empty());
        for (codice, orario) in &own {
            let town = TOWNS.iter().find(|town| town.codice == *codice).unwrap();
            assert!(ha_ufficio(town, orario.ufficio.as_str()), "{codice} {}", orario.ufficio);
        }
        for orario in own.iter().map(|(_, orario)| orario).chain(catalogo::agende_spedite()) {
            let known: Vec<_> = catalogo::prenotabili_spediti().iter().collect();
            assert_eq!(catalogo::incroci_orario(orario, &known), [], "{}", orario.ufficio);
        }
    }

    #[test]
    fn the_second_town_receives_at_places_of_its_own_in_fewer_offices() {
        let second = &TOWNS[1];
        let own: Vec<Orario> = agende().filter(|(codice, _)| *codice == second.codice).map(|(_, own)| own).collect();
        let mut receiving = 0;
        for shipped in catalogo::agende_spedite().iter().filter(|shipped| ha_ufficio(second, shipped.ufficio.as_str()))
        {
            let orario = own.iter().find(|own| own.ufficio == shipped.ufficio);
            let orario = orario.unwrap_or_else(|| panic!("{} would have the first town's address", shipped.ufficio));
            assert!(orario.versione > shipped.versione, "{}: what is shipped would hold", shipped.ufficio);
            assert_ne!(orario.luogo.indirizzo, shipped.luogo.indirizzo);
            // A street of the map of the town.
            let street = orario.luogo.indirizzo.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
            assert!(second.strade.contains(&format!("\"{street}\"")), "{street}");
            receiving += 1;
        }
        assert!(receiving > 0 && receiving < catalogo::agende_spedite().len());
        assert_eq!(own.len(), receiving, "each office once");
    }

    #[test]
    fn the_towns_are_valid_and_each_answers_under_its_host() {
        let enti = app::Enti::new(enti("http://127.0.0.1:8080", 8080, Path::new("demo"))).unwrap();
        assert_eq!(enti.by_host("127.0.0.1:8080").unwrap().nome, "Montelume");
        assert_eq!(enti.by_host("Acquaserena.localhost:8080").unwrap().nome, "Acquaserena");
    }
}
