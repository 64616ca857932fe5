//! What the people of the demonstration wrote. All persons and places are fictional.

/// A fictional citizen: given name, family name, codice fiscale.
pub(super) type Cittadino = (&'static str, &'static str, &'static str);

/// Citizens besides the personas.
pub(super) const CITTADINI: [Cittadino; 6] = [
    ("Paolo", "Conti", "CNTPLA75P03F205C"),
    ("Anna", "Greco", "GRCNNA92B60L219I"),
    ("Davide", "Marini", "MRNDVD69S08A944E"),
    ("Elena", "Sala", "SLALNE83L70E463P"),
    ("Omar", "Villa", "VLLMRO96T15D612I"),
    ("Irene", "Costa", "CSTRNI58D42G702R"),
];

/// What was filed.
pub(super) enum Atto {
    /// Category, title, details, address, point.
    Segnalazione(&'static str, &'static str, &'static str, &'static str, Option<(f64, f64)>),
    /// Subject, letter.
    Lettera(&'static str, &'static str),
    /// Subject, request.
    Richiesta(&'static str, &'static str),
}

/// How far the office got.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fino {
    /// Nowhere yet.
    Inviata,
    /// Taken charge.
    Presa,
    /// Work begun.
    Avviata(&'static str),
    /// Answered: first the word at the start, then the answer.
    Conclusa(&'static str, &'static str),
}

/// One case: days ago, whose (0 = first persona, 1 = second persona, then [`CITTADINI`]), what, how far.
pub(super) struct Caso {
    pub giorni_fa: i64,
    pub chi: usize,
    pub atto: Atto,
    pub fino: Fino,
}

const fn caso(giorni_fa: i64, chi: usize, atto: Atto, fino: Fino) -> Caso {
    Caso { giorni_fa, chi, atto, fino }
}

use Atto::{Lettera, Richiesta, Segnalazione};
use Fino::{Avviata, Conclusa, Inviata, Presa};

/// The cases of the first town, oldest first.
pub(super) const CASI: [Caso; 24] = [
    caso(
        58,
        2,
        Segnalazione(
            "strade",
            "Buca profonda",
            "All'altezza del civico 40 c'è una buca che si riempie d'acqua.",
            "Via delle Querce 40",
            Some((44.1832, 8.2661)),
        ),
        Conclusa("La squadra ha fatto il sopralluogo.", "La buca è stata chiusa e il manto rifatto per dodici metri."),
    ),
    caso(
        55,
        0,
        Segnalazione(
            "illuminazione",
            "Lampione spento",
            "Il lampione davanti alla scuola è spento da una settimana.",
            "Via dei Tigli 12",
            Some((44.1815, 8.2632)),
        ),
        Conclusa(
            "Abbiamo ordinato il ricambio.",
            "La lampada è stata sostituita con una a LED. Grazie della segnalazione.",
        ),
    ),
    caso(
        52,
        3,
        Richiesta(
            "Copia di un verbale del Consiglio",
            "Chiedo copia del verbale della seduta in cui si è discusso del piano del traffico.",
        ),
        Conclusa(
            "Stiamo cercando il documento.",
            "Il verbale è pubblicato all'albo pretorio ed è stato inviato in copia.",
        ),
    ),
    caso(
        49,
        4,
        Lettera(
            "Orari della biblioteca",
            "Gentile Sindaca, molti ragazzi studiano la sera: sarebbe possibile tenere aperta la biblioteca fino alle 22 nei giorni d'esame?",
        ),
        Conclusa(
            "La Sindaca ha chiesto un parere all'ufficio Cultura.",
            "Gentile signor Marini, dal prossimo mese la biblioteca resterà aperta fino alle 22 il martedì e il giovedì.",
        ),
    ),
    caso(
        46,
        5,
        Segnalazione(
            "verde",
            "Ramo pericolante",
            "Un grosso ramo del platano pende sul vialetto dei giochi.",
            "Parco della Fonte",
            Some((44.1799, 8.2655)),
        ),
        Conclusa("Area transennata.", "Il ramo è stato tagliato e l'albero messo in sicurezza."),
    ),
    caso(
        41,
        1,
        Richiesta(
            "Tavolini all'aperto per una festa di via",
            "Chiedo come fare per mettere dei tavoli in via del Forno per la festa di quartiere.",
        ),
        Conclusa(
            "La richiesta è all'esame della Polizia locale.",
            "Può usare il modulo di occupazione temporanea; l'ufficio la aspetta per i dettagli.",
        ),
    ),
    caso(
        38,
        6,
        Segnalazione(
            "igiene-urbana",
            "Cestini pieni",
            "I cestini della piazza non vengono svuotati da giorni.",
            "Piazza della Fonte",
            Some((44.1810, 8.2640)),
        ),
        Conclusa(
            "Il gestore è stato avvisato.",
            "Il giro di raccolta della piazza è passato da due a quattro volte la settimana.",
        ),
    ),
    caso(
        35,
        7,
        Segnalazione(
            "acqua",
            "Perdita d'acqua",
            "Esce acqua dall'asfalto vicino al tombino.",
            "Via del Mulino 7",
            Some((44.1841, 8.2618)),
        ),
        Conclusa("Squadra inviata.", "La tubazione è stata riparata dal gestore idrico."),
    ),
    caso(
        33,
        0,
        Richiesta("Panchina all'ombra", "Chiedo di collocare una panchina all'ombra in piazza della Fonte."),
        Avviata("L'ufficio sta valutando il punto migliore con il settore Verde."),
    ),
    caso(
        30,
        2,
        Lettera(
            "Attraversamento pericoloso",
            "Gentile Sindaca, davanti all'asilo le auto vanno troppo veloci. Si può fare qualcosa?",
        ),
        Avviata("La Sindaca ha incaricato la Polizia locale di misurare la velocità."),
    ),
    caso(
        27,
        3,
        Segnalazione(
            "arredo-urbano",
            "Panchina rotta",
            "Una panchina ha due assi spezzate.",
            "Viale Europa 3",
            Some((44.1823, 8.2688)),
        ),
        Avviata("Le assi nuove arrivano la prossima settimana."),
    ),
    caso(
        24,
        4,
        Segnalazione(
            "animali",
            "Nido di vespe",
            "C'è un nido di vespe sotto la pensilina dell'autobus.",
            "Via Roma 88",
            Some((44.1806, 8.2601)),
        ),
        Conclusa("Intervento programmato.", "Il nido è stato rimosso da una ditta specializzata."),
    ),
    caso(
        21,
        5,
        Richiesta(
            "Contributo per il centro estivo",
            "Vorrei sapere se posso chiedere un contributo per il centro estivo di mia figlia.",
        ),
        Presa,
    ),
    caso(
        18,
        1,
        Segnalazione(
            "edifici-pubblici",
            "Rampa scivolosa",
            "La rampa d'ingresso della palestra è scivolosa quando piove.",
            "Via dello Sport 2",
            Some((44.1788, 8.2672)),
        ),
        Avviata("Stiamo preparando le strisce antiscivolo."),
    ),
    caso(
        15,
        6,
        Segnalazione(
            "ordine-pubblico",
            "Musica di notte",
            "Musica ad alto volume dopo mezzanotte ogni sabato.",
            "Vicolo Stretto 5",
            None,
        ),
        Presa,
    ),
    caso(
        13,
        7,
        Lettera(
            "Grazie al personale dell'anagrafe",
            "Gentile Sindaca, desidero ringraziare il personale dell'anagrafe per la pazienza e la gentilezza.",
        ),
        Conclusa(
            "Letto con piacere.",
            "Gentile signora Costa, grazie: le sue parole sono state lette a tutto l'ufficio.",
        ),
    ),
    caso(
        11,
        0,
        Segnalazione(
            "strade",
            "Segnale girato",
            "Il segnale di senso unico è girato dal vento e non si legge.",
            "Via delle Querce 2",
            Some((44.1829, 8.2645)),
        ),
        Presa,
    ),
    caso(
        9,
        2,
        Richiesta(
            "Sala civica per una riunione",
            "Chiedo la disponibilità della sala civica per una riunione di condominio.",
        ),
        Presa,
    ),
    caso(
        7,
        3,
        Segnalazione(
            "illuminazione",
            "Via al buio",
            "Tre lampioni di fila sono spenti.",
            "Via del Mulino",
            Some((44.1843, 8.2622)),
        ),
        Presa,
    ),
    caso(
        5,
        4,
        Segnalazione(
            "ambiente",
            "Rifiuti nel torrente",
            "Ci sono sacchi e un frigorifero nel letto del torrente.",
            "Ponte Vecchio",
            Some((44.1852, 8.2607)),
        ),
        Inviata,
    ),
    caso(
        4,
        5,
        Lettera(
            "Pista ciclabile",
            "Gentile Sindaca, quando sarà pronto il collegamento della ciclabile con la stazione?",
        ),
        Inviata,
    ),
    caso(
        3,
        1,
        Segnalazione(
            "sicurezza",
            "Vetri rotti nel sottopasso",
            "Il sottopasso della stazione è pieno di vetri.",
            "Sottopasso della stazione",
            Some((44.1795, 8.2611)),
        ),
        Inviata,
    ),
    caso(
        2,
        6,
        Richiesta("Informazioni sulla mensa", "Vorrei conoscere i menù della mensa per i bambini allergici."),
        Inviata,
    ),
    caso(
        1,
        0,
        Segnalazione(
            "illuminazione",
            "Lampione che lampeggia",
            "Il lampione all'incrocio si accende e si spegne tutta la notte.",
            "Via dei Tigli 30",
            Some((44.1817, 8.2648)),
        ),
        Inviata,
    ),
];

/// The cases of the second town.
pub(super) const CASI_SECONDO: [Caso; 3] = [
    caso(
        20,
        2,
        Segnalazione(
            "illuminazione",
            "Lampione storto",
            "Un lampione del lungomare pende verso la strada.",
            "Lungomare 14",
            Some((44.0955, 8.2013)),
        ),
        Conclusa("Sopralluogo fatto.", "Il palo è stato raddrizzato e fissato."),
    ),
    caso(9, 3, Lettera("Porto più pulito", "Gentile Sindaca, la banchina andrebbe pulita più spesso."), Presa),
    caso(2, 4, Richiesta("Posto barca", "Chiedo come si entra nella graduatoria per un posto barca."), Inviata),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_valid_and_cases_go_forward_in_time() {
        for (nome, cognome, cf) in CITTADINI {
            let cf = domain::codice_fiscale::CodiceFiscale::parse(cf).unwrap();
            assert!(cf.nome_coerente(nome) && cf.cognome_coerente(cognome), "{nome} {cognome}");
        }
        for casi in [&CASI[..], &CASI_SECONDO[..]] {
            assert!(casi.windows(2).all(|pair| pair[0].giorni_fa > pair[1].giorni_fa));
            assert!(casi.iter().all(|caso| caso.chi < CITTADINI.len() + 2));
        }
    }
}
