//! Titolario: the classification scheme of municipal archives.
//!
//! Source: *Piano di classificazione per gli archivi dei Comuni italiani*, second edition, December 2005, by the working
//! group of the Direzione generale per gli archivi; classification is required by DPR 445/2000 artt. 50 c.4 and 64 c.4.
//! A Comune may add classes of its own, so [`Classifica::parse`] looks at the form only (what was once stored is always
//! read), while [`Classifica::valida`] asks whether the national plan has it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// Highest number a class may have. The plan reaches 22; local additions follow.
const MASSIMO_CLASSE: u8 = 99;

/// A title of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Titolo {
    /// In Roman numerals.
    pub romano: &'static str,
    /// What it is about, in Italian.
    pub nome: &'static str,
    /// Names of its classes, in Italian, from class 1 on; none for XIV.
    pub classi: &'static [&'static str],
}

/// A place in the titolario: a title and, where it has any, a class. Written `VI.8`, or `XIV`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Classifica {
    titolo: u8,
    classe: Option<u8>,
}

/// Why a text is not a classification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClassificaError {
    /// Not a Roman numeral from I to XIV, or not a class number from 1 to 99.
    #[error("a classification is a title from I to XIV and a class, such as VI.8")]
    Forma,
    /// The title has classes: one is needed.
    #[error("title {romano} needs a class")]
    ClasseMancante {
        /// The title.
        romano: &'static str,
    },
    /// The plan has no such class.
    #[error("title {romano} has no class {classe}")]
    ClasseSconosciuta {
        /// The title.
        romano: &'static str,
        /// The class asked for.
        classe: u8,
    },
}

impl ClassificaError {
    /// Stable code, for message catalogues.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Forma => "classifica-forma",
            Self::ClasseMancante { .. } => "classifica-classe-mancante",
            Self::ClasseSconosciuta { .. } => "classifica-classe-sconosciuta",
        }
    }
}

impl Classifica {
    /// Reads `VI.8`, `VI/8`, `vi.8` or `XIV`. Looks at the form only; see [`Classifica::valida`].
    pub fn parse(input: &str) -> Result<Self, ClassificaError> {
        let text = input.trim().to_ascii_uppercase();
        let (romano, classe) = match text.split_once(['.', '/']) {
            Some((romano, classe)) => (romano, Some(numero_classe(classe).ok_or(ClassificaError::Forma)?)),
            None => (text.as_str(), None),
        };
        let index = PIANO.iter().position(|titolo| titolo.romano == romano).ok_or(ClassificaError::Forma)?;
        Ok(Self { titolo: index as u8 + 1, classe })
    }

    /// Whether the national plan has it, down to the class.
    pub fn valida(self) -> Result<(), ClassificaError> {
        let Titolo { romano, classi, .. } = *self.titolo();
        match self.classe {
            None if classi.is_empty() => Ok(()),
            None => Err(ClassificaError::ClasseMancante { romano }),
            Some(classe) if usize::from(classe) > classi.len() => {
                Err(ClassificaError::ClasseSconosciuta { romano, classe })
            }
            Some(_) => Ok(()),
        }
    }

    /// Its title.
    pub fn titolo(self) -> &'static Titolo {
        &PIANO[usize::from(self.titolo) - 1]
    }

    /// Number of its title, 1 to 14.
    pub fn numero_titolo(self) -> u8 {
        self.titolo
    }

    /// Number of its class.
    pub fn classe(self) -> Option<u8> {
        self.classe
    }

    /// What it is about, in Italian: the name of the class, or of the title where there is no class. None for a class
    /// that the national plan does not have.
    pub fn descrizione(self) -> Option<&'static str> {
        let titolo = self.titolo();
        match self.classe {
            None => Some(titolo.nome),
            Some(classe) => titolo.classi.get(usize::from(classe) - 1).copied(),
        }
    }
}

/// Every classification of the national plan, in order: the classes, and the title that has none.
pub fn tutte() -> impl Iterator<Item = Classifica> {
    PIANO.iter().zip(1u8..).flat_map(|(titolo, numero)| {
        let sola = titolo.classi.is_empty().then_some(Classifica { titolo: numero, classe: None });
        let classi = (1u8..).take(titolo.classi.len());
        sola.into_iter().chain(classi.map(move |classe| Classifica { titolo: numero, classe: Some(classe) }))
    })
}

/// A class number without sign or leading zero.
fn numero_classe(text: &str) -> Option<u8> {
    let digits = text.bytes().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|classe| digits && *classe <= MASSIMO_CLASSE)
}

impl fmt::Display for Classifica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.titolo().romano)?;
        self.classe.map_or(Ok(()), |classe| write!(f, ".{classe}"))
    }
}

impl FromStr for Classifica {
    type Err = ClassificaError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

impl TryFrom<String> for Classifica {
    type Error = ClassificaError;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::parse(&value)
    }
}

impl From<Classifica> for String {
    fn from(value: Classifica) -> Self {
        value.to_string()
    }
}

impl JsonSchema for Classifica {
    fn schema_name() -> Cow<'static, str> {
        "Classifica".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Title and class of the titolario, such as VI.8",
            "pattern": "^(I|II|III|IV|V|VI|VII|VIII|IX|X|XI|XII|XIII|XIV)(\\.[1-9][0-9]?)?$"
        })
    }
}

/// The 14 titles with their classes.
pub static PIANO: [Titolo; 14] = [
    Titolo {
        romano: "I",
        nome: "Amministrazione generale",
        classi: &[
            "Legislazione e circolari esplicative",
            "Denominazione, territorio e confini, circoscrizioni di decentramento, toponomastica",
            "Statuto",
            "Regolamenti",
            "Stemma, gonfalone, sigillo",
            "Archivio generale",
            "Sistema informativo",
            "Informazioni e relazioni con il pubblico",
            "Politica del personale; ordinamento degli uffici e dei servizi",
            "Relazioni con le organizzazioni sindacali e di rappresentanza del personale",
            "Controlli interni ed esterni",
            "Editoria e attività informativo-promozionale interna ed esterna",
            "Cerimoniale, attività di rappresentanza; onorificenze e riconoscimenti",
            "Interventi di carattere politico e umanitario; rapporti istituzionali",
            "Forme associative e partecipative per l'esercizio di funzioni e servizi",
            "Area e città metropolitana",
            "Associazionismo e partecipazione",
        ],
    },
    Titolo {
        romano: "II",
        nome: "Organi di governo, gestione, controllo, consulenza e garanzia",
        classi: &[
            "Sindaco",
            "Vice-Sindaco",
            "Consiglio",
            "Presidente del Consiglio",
            "Conferenza dei capigruppo e Commissioni del Consiglio",
            "Gruppi consiliari",
            "Giunta",
            "Commissario prefettizio e straordinario",
            "Segretario e Vice-segretario",
            "Direttore generale e dirigenza",
            "Revisori dei conti",
            "Difensore civico",
            "Commissario ad acta",
            "Organi di controllo interni",
            "Organi consultivi",
            "Consigli circoscrizionali",
            "Presidente dei Consigli circoscrizionali",
            "Organi esecutivi circoscrizionali",
            "Commissioni dei Consigli circoscrizionali",
            "Segretari delle circoscrizioni",
            "Commissario ad acta delle circoscrizioni",
            "Conferenza dei Presidenti di quartiere",
        ],
    },
    Titolo {
        romano: "III",
        nome: "Risorse umane",
        classi: &[
            "Concorsi, selezioni, colloqui",
            "Assunzioni e cessazioni",
            "Comandi e distacchi; mobilità",
            "Attribuzione di funzioni, ordini di servizio e missioni",
            "Inquadramenti e applicazione dei contratti collettivi di lavoro",
            "Retribuzioni e compensi",
            "Trattamento fiscale, contributivo e assicurativo",
            "Tutela della salute e sicurezza sul luogo di lavoro",
            "Dichiarazioni di infermità ed equo indennizzo",
            "Indennità premio di servizio e trattamento di fine rapporto, quiescenza",
            "Servizi al personale su richiesta",
            "Orario di lavoro, presenze e assenze",
            "Giudizi, responsabilità e provvedimenti disciplinari",
            "Formazione e aggiornamento professionale",
            "Collaboratori esterni",
        ],
    },
    Titolo {
        romano: "IV",
        nome: "Risorse finanziarie e patrimonio",
        classi: &[
            "Bilancio preventivo e piano esecutivo di gestione (PEG)",
            "Gestione del bilancio e del PEG",
            "Gestione delle entrate: accertamento, riscossione, versamento",
            "Gestione della spesa: impegno, liquidazione, ordinazione e pagamento",
            "Partecipazioni finanziarie",
            "Rendiconto della gestione; adempimenti e verifiche contabili",
            "Adempimenti fiscali, contributivi e assicurativi",
            "Beni immobili",
            "Beni mobili",
            "Economato",
            "Oggetti smarriti e recuperati",
            "Tesoreria",
            "Concessionari ed altri incaricati della riscossione delle entrate",
            "Pubblicità e pubbliche affissioni",
        ],
    },
    Titolo {
        romano: "V",
        nome: "Affari legali",
        classi: &[
            "Contenzioso",
            "Responsabilità civile e patrimoniale verso terzi; assicurazioni",
            "Pareri e consulenze",
        ],
    },
    Titolo {
        romano: "VI",
        nome: "Pianificazione e gestione del territorio",
        classi: &[
            "Urbanistica: piano regolatore generale e varianti",
            "Urbanistica: strumenti di attuazione del piano regolatore generale",
            "Edilizia privata",
            "Edilizia pubblica",
            "Opere pubbliche",
            "Catasto",
            "Viabilità",
            "Servizio idrico integrato, luce, gas, trasporti pubblici, gestione dei rifiuti e altri servizi",
            "Ambiente: autorizzazioni, monitoraggio e controllo",
            "Protezione civile ed emergenze",
        ],
    },
    Titolo {
        romano: "VII",
        nome: "Servizi alla persona",
        classi: &[
            "Diritto allo studio e servizi",
            "Asili nido e scuola materna",
            "Promozione e sostegno delle istituzioni di istruzione e della loro attività",
            "Orientamento professionale; educazione degli adulti; mediazione culturale",
            "Istituti culturali",
            "Attività ed eventi culturali",
            "Attività ed eventi sportivi",
            "Pianificazione e accordi strategici con enti pubblici e privati e con il volontariato sociale",
            "Prevenzione, recupero e reintegrazione dei soggetti a rischio",
            "Informazione, consulenza ed educazione civica",
            "Tutela e curatela di incapaci",
            "Assistenza diretta e indiretta, benefici economici",
            "Attività ricreativa e di socializzazione",
            "Politiche per la casa",
            "Politiche per il sociale",
        ],
    },
    Titolo {
        romano: "VIII",
        nome: "Attività economiche",
        classi: &[
            "Agricoltura e pesca",
            "Artigianato",
            "Industria",
            "Commercio",
            "Fiere e mercati",
            "Esercizi turistici e strutture ricettive",
            "Promozione e servizi",
        ],
    },
    Titolo {
        romano: "IX",
        nome: "Polizia locale e sicurezza pubblica",
        classi: &[
            "Prevenzione ed educazione stradale",
            "Polizia stradale",
            "Informative",
            "Sicurezza e ordine pubblico",
        ],
    },
    Titolo {
        romano: "X",
        nome: "Tutela della salute",
        classi: &[
            "Salute e igiene pubblica",
            "Trattamento sanitario obbligatorio",
            "Farmacie",
            "Zooprofilassi veterinaria",
            "Randagismo animale e ricoveri",
        ],
    },
    Titolo {
        romano: "XI",
        nome: "Servizi demografici",
        classi: &["Stato civile", "Anagrafe e certificazioni", "Censimenti", "Polizia mortuaria e cimiteri"],
    },
    Titolo {
        romano: "XII",
        nome: "Elezioni ed iniziative popolari",
        classi: &[
            "Albi elettorali",
            "Liste elettorali",
            "Elezioni",
            "Referendum",
            "Istanze, petizioni e iniziative popolari",
        ],
    },
    Titolo {
        romano: "XIII",
        nome: "Affari militari",
        classi: &[
            "Leva e servizio civile sostitutivo",
            "Ruoli matricolari",
            "Caserme, alloggi e servitù militari",
            "Requisizioni per utilità militari",
        ],
    },
    Titolo { romano: "XIV", nome: "Oggetti diversi", classi: &[] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_has_its_titles_and_classes() {
        assert_eq!(PIANO.map(|titolo| titolo.classi.len()), [17, 22, 15, 14, 3, 10, 15, 7, 4, 5, 4, 5, 4, 0]);
        assert_eq!(tutte().count(), 125 + 1);
        assert!(tutte().is_sorted());
        for classifica in tutte() {
            assert_eq!(Classifica::parse(&classifica.to_string()), Ok(classifica));
            assert_eq!(classifica.valida(), Ok(()));
        }
    }

    #[test]
    fn lookups() {
        for (text, titolo, descrizione) in [
            ("II.1", "Organi di governo, gestione, controllo, consulenza e garanzia", "Sindaco"),
            ("I.8", "Amministrazione generale", "Informazioni e relazioni con il pubblico"),
            ("I.6", "Amministrazione generale", "Archivio generale"),
            ("VI.7", "Pianificazione e gestione del territorio", "Viabilità"),
            ("VI.10", "Pianificazione e gestione del territorio", "Protezione civile ed emergenze"),
            ("XIV", "Oggetti diversi", "Oggetti diversi"),
        ] {
            let classifica = Classifica::parse(text).unwrap();
            assert_eq!((classifica.titolo().nome, classifica.descrizione()), (titolo, Some(descrizione)), "{text}");
        }
        let classifica: Classifica = " vi/8 ".parse().unwrap();
        assert_eq!(
            (classifica.to_string().as_str(), classifica.numero_titolo(), classifica.classe()),
            ("VI.8", 6, Some(8))
        );
    }

    #[test]
    fn what_is_refused() {
        for text in
            ["", "VI.", ".8", "VI.0", "VI.08", "VI.+8", "VI.100", "VI.8.1", "XV", "IIII.1", "6.8", "VI 8", "VI.a"]
        {
            assert_eq!(Classifica::parse(text), Err(ClassificaError::Forma), "{text}");
        }
        let check = |text: &str| Classifica::parse(text).unwrap().valida();
        assert_eq!(check("VI"), Err(ClassificaError::ClasseMancante { romano: "VI" }));
        assert_eq!(check("VI.11"), Err(ClassificaError::ClasseSconosciuta { romano: "VI", classe: 11 }));
        assert_eq!(check("XIV.1"), Err(ClassificaError::ClasseSconosciuta { romano: "XIV", classe: 1 }));
        assert_eq!(Classifica::parse("VI.11").unwrap().descrizione(), None);
    }

    #[test]
    fn json_is_a_string() {
        let classifica: Classifica = serde_json::from_str("\"VI.8\"").unwrap();
        assert_eq!(serde_json::to_string(&classifica).unwrap(), "\"VI.8\"");
        assert!(serde_json::from_str::<Classifica>("\"XV.1\"").is_err());
        let schema = schemars::schema_for!(Classifica);
        assert_eq!(schema.get("type").and_then(|value| value.as_str()), Some("string"));
    }
}
