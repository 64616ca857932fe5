//! Categories of reports, with the class of the titolario and the office to which they are routed.

/// A category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Categoria {
    /// Stable code.
    pub codice: &'static str,
    /// Name for citizens.
    pub nome: &'static str,
    /// Class of the titolario.
    pub classifica: &'static str,
    /// Office.
    pub ufficio: &'static str,
    /// Danger to people is likely: the page shows the emergency numbers and does not rely on the queue.
    pub pericolo: bool,
}

const fn categoria(
    codice: &'static str,
    nome: &'static str,
    classifica: &'static str,
    ufficio: &'static str,
    pericolo: bool,
) -> Categoria {
    Categoria { codice, nome, classifica, ufficio, pericolo }
}

/// The categories of the Modello Comuni, and public lighting, which people report most.
pub const CATEGORIE: [Categoria; 12] = [
    categoria("illuminazione", "Illuminazione pubblica", "VI.8", "lavori-pubblici", false),
    categoria("strade", "Strade, marciapiedi, segnaletica e viabilità", "VI.7", "lavori-pubblici", true),
    categoria("acqua", "Acqua, allagamenti, problemi fognari", "VI.8", "lavori-pubblici", true),
    categoria("igiene-urbana", "Igiene urbana, rifiuti, pulizia e decoro", "VI.8", "ambiente", false),
    categoria("ambiente", "Ambiente, inquinamento, protezione ambientale", "VI.9", "ambiente", false),
    categoria("verde", "Parchi e verde pubblico", "VI.9", "ambiente", false),
    categoria("arredo-urbano", "Arredo urbano", "VI.5", "lavori-pubblici", false),
    categoria(
        "edifici-pubblici",
        "Manutenzione immobili, edifici pubblici, scuole, barriere architettoniche, cimiteri",
        "VI.4",
        "lavori-pubblici",
        false,
    ),
    categoria("animali", "Disinfestazione, derattizzazione, animali randagi", "X.5", "polizia-locale", false),
    categoria("ordine-pubblico", "Ordine pubblico, disturbo della quiete", "IX.4", "polizia-locale", false),
    categoria("sicurezza", "Sicurezza, degrado urbano e sociale", "IX.4", "polizia-locale", true),
    categoria("servizi", "Servizi del comune", "I.8", "urp", false),
];

impl Categoria {
    /// By code, or by its name whatever the case of the letters.
    pub fn trova(text: &str) -> Option<&'static Self> {
        let text = text.trim();
        CATEGORIE.iter().find(|c| c.codice.eq_ignore_ascii_case(text) || c.nome.to_lowercase() == text.to_lowercase())
    }
}
