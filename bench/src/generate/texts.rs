//! What the citizens of a generated town write, and what its offices answer.

use super::sources::Seeded;
use app::{InviaSegnalazione, PresentaIstanza, ScriviAlSindaco};
use serde_json::json;

const STREETS: [&str; 12] = [
    "Via dei Tigli",
    "Via Roma",
    "Corso Garibaldi",
    "Via della Fonte",
    "Piazza del Mercato",
    "Via San Martino",
    "Viale della Stazione",
    "Via del Mulino",
    "Via dei Castagni",
    "Vicolo Stretto",
    "Via Aldo Moro",
    "Lungofiume Est",
];

/// Category, title, details; `{}` is the place.
const REPORTS: [(&str, &str, &str); 10] = [
    (
        "illuminazione",
        "Lampione spento",
        "Il lampione davanti a {} è spento da tre giorni: la sera il marciapiede resta al buio.",
    ),
    (
        "strade",
        "Buca sulla carreggiata",
        "All'altezza di {} si è aperta una buca profonda e le biciclette la vedono all'ultimo momento.",
    ),
    (
        "igiene-urbana",
        "Rifiuti abbandonati",
        "Accanto ai cassonetti di {} ci sono da giorni un divano e sacchi di calcinacci.",
    ),
    (
        "verde",
        "Ramo pericolante",
        "Dopo il vento un ramo grosso pende sul vialetto vicino a {}, dove passano i bambini.",
    ),
    (
        "acqua",
        "Tombino intasato",
        "Con la pioggia l'acqua davanti a {} non defluisce e allaga l'attraversamento pedonale.",
    ),
    ("arredo-urbano", "Panchina rotta", "La panchina vicino a {} ha due assi spezzate e una vite che sporge."),
    (
        "animali",
        "Vespe sotto la grondaia",
        "Sotto la grondaia di {} c'è un grosso nido di vespe, proprio sopra la fermata.",
    ),
    (
        "ordine-pubblico",
        "Musica fino a tardi",
        "Nei fine settimana presso {} la musica continua ben oltre la mezzanotte.",
    ),
    (
        "edifici-pubblici",
        "Infiltrazione in palestra",
        "Nella palestra di {} dal soffitto cade acqua quando piove forte.",
    ),
    ("servizi", "Orari non aggiornati", "Gli orari esposti allo sportello di {} non corrispondono a quelli del sito."),
];

const LETTERS: [(&str, &str); 4] = [
    (
        "Orario della biblioteca",
        "Gentile Sindaca, le chiedo se la biblioteca possa restare aperta anche il sabato pomeriggio: molti di noi lavorano \
         durante la settimana e i ragazzi non hanno un altro posto dove studiare insieme. Con stima.",
    ),
    (
        "Grazie per il nuovo parco",
        "Gentile Sindaca, volevo ringraziare lei e gli uffici per il parco giochi: i miei figli ci vanno ogni giorno. \
         Mancherebbe soltanto una fontanella. Cordiali saluti.",
    ),
    (
        "Traffico davanti alla scuola",
        "Gentile Sindaca, all'ingresso della scuola primaria ogni mattina le auto in doppia fila costringono i bambini a \
         camminare sulla strada. Si potrebbe chiudere la via per mezz'ora? La ringrazio.",
    ),
    (
        "Autobus per l'ospedale",
        "Gentile Sindaca, da quando è cambiato l'orario l'ultimo autobus dall'ospedale parte prima della fine delle visite. \
         Le chiedo di parlarne con l'azienda dei trasporti. Distinti saluti.",
    ),
];

const REQUESTS: [(&str, &str); 4] = [
    (
        "Copia della planimetria",
        "Chiedo copia della planimetria dell'immobile di {}, depositata con la pratica edilizia.",
    ),
    ("Uso della sala civica", "Chiedo l'uso della sala civica per un incontro di quartiere dei residenti di {}."),
    ("Passo carrabile", "Chiedo di sapere quali documenti servono per un passo carrabile in {}."),
    ("Accesso agli atti", "Chiedo di vedere il verbale del sopralluogo fatto in {}, di cui sono proprietario."),
];

const BEGUN: [&str; 3] = [
    "Abbiamo programmato un sopralluogo nei prossimi giorni.",
    "La richiesta è stata assegnata alla squadra di zona.",
    "Stiamo raccogliendo i documenti necessari.",
];
const ANSWERS: [&str; 4] = [
    "L'intervento è stato eseguito. Grazie per la segnalazione.",
    "Abbiamo verificato e provveduto: se il problema si ripresenta la invitiamo a scriverci di nuovo.",
    "La sua richiesta è stata accolta; i documenti sono a disposizione presso l'ufficio negli orari di apertura.",
    "Il lavoro è inserito nel programma del prossimo trimestre, compatibilmente con il bilancio.",
];

fn one<'a, T: ?Sized>(random: &Seeded, of: &[&'a T]) -> &'a T {
    of[random.below(of.len() as u64) as usize]
}

fn place(random: &Seeded) -> String {
    format!("{} {}", one(random, &STREETS), 1 + random.below(140))
}

/// A report.
pub fn report(random: &Seeded) -> InviaSegnalazione {
    let (categoria, titolo, dettagli) = REPORTS[random.below(REPORTS.len() as u64) as usize];
    let indirizzo = place(random);
    let degrees = |from: f64| from + random.below(20_000) as f64 / 1e6;
    InviaSegnalazione {
        categoria: categoria.into(),
        titolo: format!("{titolo} in {indirizzo}"),
        dettagli: dettagli.replace("{}", &indirizzo),
        indirizzo,
        latitudine: Some(degrees(44.171)),
        longitudine: Some(degrees(8.254)),
        allegati: Vec::new(),
    }
}

/// A letter to the mayor.
pub fn letter(random: &Seeded) -> ScriviAlSindaco {
    let (oggetto, testo) = LETTERS[random.below(LETTERS.len() as u64) as usize];
    ScriviAlSindaco { oggetto: oggetto.into(), testo: testo.into(), allegati: Vec::new() }
}

/// A request.
pub fn request(random: &Seeded) -> PresentaIstanza {
    let (oggetto, richiesta) = REQUESTS[random.below(REQUESTS.len() as u64) as usize];
    let richiesta = richiesta.replace("{}", &place(random));
    PresentaIstanza {
        servizio: "richiesta-generica".into(),
        versione: 1,
        modulo: json!({ "oggetto": oggetto, "richiesta": richiesta }),
        allegati: Vec::new(),
        da_pratica: None,
        contatti: None,
    }
}

/// A word at the beginning of work.
pub fn begun(random: &Seeded) -> String {
    one(random, &BEGUN).into()
}

/// The answer that ends a case.
pub fn answer(random: &Seeded) -> String {
    one(random, &ANSWERS).into()
}
