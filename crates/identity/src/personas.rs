//! The fictional persons of the demo. Any likeness to real ones is chance.

use app::ports::VerifiedIdentity;
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::CodiceUfficio;
use domain::persona::{LivelloIdentita, Ruolo};

/// Name of the demo's provider in what it attests.
const FORNITORE: &str = "demo";

/// A fictional person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonaDemo {
    /// Key of the choice, such as `cittadino2`.
    pub chiave: String,
    /// One sentence: who that is and what they see.
    pub descrizione: String,
    /// What the provider attests.
    pub identita: VerifiedIdentity,
}

/// One row of the table below.
struct Riga {
    chiave: &'static str,
    descrizione: &'static str,
    nome: &'static str,
    cognome: &'static str,
    codice_fiscale: &'static str,
    email: &'static str,
    ruolo: Ruolo,
    uffici: &'static [&'static str],
    ambiti: &'static [&'static str],
}

const PERSONE: [Riga; 6] = [
    Riga {
        chiave: "cittadino",
        descrizione: "Cittadino: invia segnalazioni, istanze e lettere e segue le proprie pratiche.",
        nome: "Mario",
        cognome: "Rossi",
        codice_fiscale: "RSSMRA80A01H501U",
        email: "mario.rossi@example.org",
        ruolo: Ruolo::Cittadino,
        uffici: &[],
        ambiti: &[],
    },
    Riga {
        chiave: "cittadino2",
        descrizione: "Un'altra cittadina: vede soltanto le sue pratiche, non quelle di Mario.",
        nome: "Lucia",
        cognome: "Ferri",
        codice_fiscale: "FRRLCU85C55H501L",
        email: "lucia.ferri@example.org",
        ruolo: Ruolo::Cittadino,
        uffici: &[],
        ambiti: &[],
    },
    Riga {
        chiave: "operatore",
        descrizione: "Operatrice degli uffici: prende in carico le pratiche, le lavora e risponde.",
        nome: "Giulia",
        cognome: "Bianchi",
        codice_fiscale: "BNCGLI79D52H501V",
        email: "giulia.bianchi@example.org",
        ruolo: Ruolo::Operatore,
        // In a demonstration one person works for all offices, so that every service can be followed to its end.
        uffici: &[
            "lavori-pubblici",
            "ambiente",
            "polizia-locale",
            "urp",
            "anagrafe",
            "stato-civile",
            "elettorale",
            "cimiteri",
            "tributi",
            "istruzione",
            "servizi-sociali",
            "casa",
            "mobilita",
            "urbanistica",
            "cultura-sport",
            "personale",
            "trasparenza",
            "transizione-digitale",
        ],
        ambiti: &[],
    },
    Riga {
        chiave: "protocollo",
        descrizione: "Responsabile del protocollo: consulta il registro, cambia assegnazione e classificazione.",
        nome: "Paolo",
        cognome: "Verdi",
        codice_fiscale: "VRDPLA72E10H501Z",
        email: "paolo.verdi@example.org",
        ruolo: Ruolo::Protocollo,
        uffici: &[],
        ambiti: &[],
    },
    Riga {
        chiave: "sindaco",
        descrizione: "Segretaria della Sindaca: legge le lettere alla Sindaca e invia le risposte.",
        nome: "Elena",
        cognome: "Conti",
        codice_fiscale: "CNTLNE75L61H501P",
        email: "elena.conti@example.org",
        ruolo: Ruolo::SegreteriaSindaco,
        uffici: &["segreteria-sindaco"],
        ambiti: &[],
    },
    Riga {
        chiave: "sviluppatore",
        descrizione: "Sviluppatore: interroga le API in sola lettura, nei limiti del suo token.",
        nome: "Luca",
        cognome: "Neri",
        codice_fiscale: "NRELCU90P14H501G",
        email: "luca.neri@example.org",
        ruolo: Ruolo::Sviluppatore,
        uffici: &[],
        ambiti: &["pratiche:lettura"],
    },
];

impl From<&Riga> for PersonaDemo {
    fn from(riga: &Riga) -> Self {
        Self {
            chiave: riga.chiave.into(),
            descrizione: riga.descrizione.into(),
            identita: VerifiedIdentity {
                fornitore: FORNITORE.into(),
                codice_fiscale: CodiceFiscale::parse(riga.codice_fiscale).expect("a test reads the whole table"),
                nome: riga.nome.into(),
                cognome: riga.cognome.into(),
                email: Some(riga.email.into()),
                livello: LivelloIdentita::L2,
                ruolo: riga.ruolo,
                uffici: riga.uffici.iter().map(|ufficio| CodiceUfficio::new(*ufficio)).collect(),
                ambiti: riga.ambiti.iter().map(|ambito| (*ambito).to_owned()).collect(),
            },
        }
    }
}

/// All persons of the demo: `cittadino`, `cittadino2`, `operatore`, `protocollo`, `sindaco`, `sviluppatore`.
pub fn personas() -> Vec<PersonaDemo> {
    PERSONE.iter().map(PersonaDemo::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_person_is_different_and_fits_their_codice_fiscale() {
        let personas = personas();
        let keys: HashSet<_> = personas.iter().map(|p| &p.chiave).collect();
        let codes: HashSet<_> = personas.iter().map(|p| &p.identita.codice_fiscale).collect();
        assert_eq!((keys.len(), codes.len()), (personas.len(), personas.len()));
        for PersonaDemo { chiave, identita, .. } in &personas {
            assert!(identita.codice_fiscale.nome_coerente(&identita.nome), "{chiave}");
            assert!(identita.codice_fiscale.cognome_coerente(&identita.cognome), "{chiave}");
            assert!(identita.codice_fiscale.derive().is_some(), "{chiave}");
        }
    }

    #[test]
    fn addresses_reach_nobody_and_all_may_file() {
        for PersonaDemo { identita, .. } in personas() {
            assert!(identita.email.unwrap().ends_with("@example.org"));
            assert_eq!(identita.livello, LivelloIdentita::L2);
        }
    }

    #[test]
    fn the_offices_to_which_cases_are_routed_have_somebody() {
        let offices: HashSet<_> =
            personas().into_iter().flat_map(|p| p.identita.uffici).map(|u| u.as_str().to_owned()).collect();
        for categoria in domain::segnalazione::CATEGORIE {
            assert!(offices.contains(categoria.ufficio), "{}", categoria.ufficio);
        }
        assert!(offices.contains(domain::lettera::UFFICIO));
        let of = |role: Ruolo| personas().into_iter().find(|p| p.identita.ruolo == role).unwrap().identita;
        assert!(!of(Ruolo::Operatore).uffici.contains(&CodiceUfficio::new(domain::lettera::UFFICIO)));
        assert_eq!(of(Ruolo::Sviluppatore).ambiti, ["pratiche:lettura"]);
    }
}
