//! Forms of Form.io, as other Italian front offices use: the part of it that says what a form asks becomes a draft of a
//! service. What it does with JavaScript is named and left out, never run.

mod campi;

use campi::intero;
use domain::modulo::{Campo, Modulo, Opzione, Passo, TipoCampo, limiti};
use domain::servizio::{Archetipo, CosaServe, EffettoSilenzio, LimitiAllegati, Scheda, Servizio};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// Components of a form that are looked at, at most.
pub const MASSIMO_COMPONENTI: usize = 1_000;
/// Components within each other, at most.
pub const MASSIMO_PROFONDITA: usize = 20;

/// Words that stand where the office has to write its own.
const DA_COMPLETARE: &str = "Da completare.";

/// Something that was not carried over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NonMappato {
    /// Where, as `components[2].components[0]`.
    pub percorso: String,
    /// Key of the component, if it has one.
    pub chiave: String,
    /// In Italian: what, and what to do instead.
    pub motivo: String,
}

impl fmt::Display for NonMappato {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = if self.chiave.is_empty() { String::new() } else { format!(" ({})", self.chiave) };
        write!(f, "{}{key}: {}", self.percorso, self.motivo)
    }
}

/// Makes a draft of a service from a form: its steps and fields, with a sheet to complete. The draft is not published
/// before [`Servizio::controlla`] finds nothing; what did not fit the language is in the list.
pub fn importa(form: &Value) -> (Servizio, Vec<NonMappato>) {
    let mut importo = Importo::default();
    let title = form["title"].as_str().or_else(|| form["name"].as_str()).unwrap_or("Modulo importato");
    let components = form["components"].as_array().map_or(&[][..], Vec::as_slice);
    if form["components"].as_array().is_none() {
        importo.lascia("", "", "Non è un modulo di Form.io: manca l'elenco «components».");
    }
    let passi = importo.passi(form["display"] == "wizard", title, components);
    importo.non_mappati.sort();
    (servizio(title, Modulo { passi, regole: Vec::new() }), importo.non_mappati)
}

/// The draft around a form.
fn servizio(title: &str, modulo: Modulo) -> Servizio {
    let vuoto = || DA_COMPLETARE.to_owned();
    Servizio {
        codice: codice(title),
        versione: 1,
        nome: taglia(title, domain::servizio::limiti::NOME),
        archetipo: Archetipo::Permesso,
        categoria: vuoto(),
        argomenti: vec![vuoto()],
        scheda: Scheda {
            descrizione: vuoto(),
            destinatari: vuoto(),
            come_fare: vuoto(),
            cosa_serve: CosaServe { introduzione: vuoto(), elenco: vec![vuoto()] },
            cosa_si_ottiene: vuoto(),
            tempi: vuoto(),
            fasi: Vec::new(),
            costi: None,
            vincoli: None,
            casi_particolari: None,
            condizioni: vuoto(),
        },
        norme: Vec::new(),
        ufficio: domain::ente::CodiceUfficio::new("urp"),
        termine_giorni: 30,
        effetto_silenzio: EffettoSilenzio::Inadempimento,
        preavviso: true,
        classifica: "I.8".parse().expect("class 8 of title I is in the plan"),
        livello_identita: domain::persona::LivelloIdentita::L2,
        riservato: false,
        conservazione: vuoto(),
        bollo: None,
        pagamento: None,
        appuntamento: false,
        finestra: None,
        modulo,
        allegati: LimitiAllegati::default(),
    }
}

fn taglia(text: &str, massimo: usize) -> String {
    text.trim().chars().take(massimo).collect()
}

/// A letter without its accent; none where there is no plain one.
fn piana(c: char) -> Option<char> {
    Some(match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        c if c.is_ascii_alphanumeric() => c,
        _ => return None,
    })
}

fn codice(title: &str) -> String {
    let text: String = title.to_lowercase().chars().map(|c| piana(c).unwrap_or('-')).collect();
    let parts: Vec<&str> = text.split('-').filter(|part| !part.is_empty()).collect();
    let code: String = parts.join("-").chars().take(60).collect();
    if code.len() < 3 { "modulo-importato".into() } else { code.trim_end_matches('-').to_owned() }
}

/// What was found so far.
#[derive(Default)]
struct Importo {
    non_mappati: Vec<NonMappato>,
    nomi: BTreeSet<String>,
    passi: BTreeSet<String>,
    componenti: usize,
}

impl Importo {
    fn lascia(&mut self, percorso: &str, chiave: &str, motivo: impl Into<String>) {
        self.non_mappati.push(NonMappato {
            percorso: percorso.to_owned(),
            chiave: chiave.to_owned(),
            motivo: motivo.into(),
        });
    }

    /// A name of the language from a key or a label, not used before.
    fn nome(&mut self, text: &str, passo: bool) -> String {
        let mut name = String::new();
        let mut upper = false;
        for c in text.trim().chars() {
            match c.to_lowercase().next().and_then(piana) {
                None => upper = !name.is_empty(),
                Some(plain) if name.is_empty() && plain.is_ascii_digit() => {}
                Some(plain) if upper || (c.is_uppercase() && !name.is_empty()) => {
                    name.push(plain.to_ascii_uppercase());
                    upper = false;
                }
                Some(plain) => name.push(plain),
            }
        }
        name.truncate(limiti::NOME - 2);
        if name.len() < 2 {
            name = "campo".into();
        }
        let used = if passo { &mut self.passi } else { &mut self.nomi };
        let mut unique = name.clone();
        let mut count = 2;
        while !used.insert(unique.clone()) {
            unique = format!("{name}{count}");
            count += 1;
        }
        unique
    }

    /// Pages of a wizard as steps; otherwise panels, and what stands outside them together.
    fn passi(&mut self, wizard: bool, title: &str, components: &[Value]) -> Vec<Passo> {
        let mut passi: Vec<Passo> = Vec::new();
        let mut sciolti: Vec<Campo> = Vec::new();
        for (index, component) in components.iter().enumerate() {
            let dove = format!("components[{index}]");
            if component["type"] != "panel" {
                if wizard {
                    self.lascia(
                        &dove,
                        chiave(component),
                        "In un modulo a pagine sta fuori dalle pagine: messo nel primo passo.",
                    );
                }
                self.componente(component, &dove, 0, &mut sciolti);
                continue;
            }
            let titolo = component["title"].as_str().or_else(|| component["label"].as_str()).unwrap_or(title);
            let mut campi = Vec::new();
            self.interni(component, &dove, 0, &mut campi);
            if !campi.is_empty() {
                let nome = self.nome(titolo, true);
                passi.push(Passo { nome, titolo: taglia(titolo, limiti::ETICHETTA), testo: None, campi });
            }
        }
        if !sciolti.is_empty() {
            let nome = self.nome("dati", true);
            passi.insert(0, Passo { nome, titolo: taglia(title, limiti::ETICHETTA), testo: None, campi: sciolti });
        }
        passi
    }

    /// What stands inside a component.
    fn interni(&mut self, component: &Value, dove: &str, livello: usize, campi: &mut Vec<Campo>) {
        let lists = match component["columns"].as_array() {
            Some(columns) => columns
                .iter()
                .enumerate()
                .filter_map(|(index, column)| {
                    Some((format!("{dove}.columns[{index}]"), column["components"].as_array()?))
                })
                .collect(),
            None => {
                component["components"].as_array().map(|list| (dove.to_owned(), list)).into_iter().collect::<Vec<_>>()
            }
        };
        for (dove, list) in lists {
            for (index, inner) in list.iter().enumerate() {
                self.componente(inner, &format!("{dove}.components[{index}]"), livello + 1, campi);
            }
        }
    }

    fn componente(&mut self, component: &Value, dove: &str, livello: usize, campi: &mut Vec<Campo>) {
        self.componenti += 1;
        if livello > MASSIMO_PROFONDITA || self.componenti > MASSIMO_COMPONENTI {
            return self.lascia(
                dove,
                chiave(component),
                "Il modulo è troppo grande o troppo annidato: da qui in poi è lasciato.",
            );
        }
        match component["type"].as_str().unwrap_or_default() {
            "panel" | "fieldset" | "columns" | "well" | "container" | "table" => {
                self.interni(component, dove, livello, campi);
            }
            "button" => {}
            "datagrid" | "editgrid" => campi.extend(self.griglia(component, dove, livello)),
            _ => campi.extend(self.campo(component, dove, campi)),
        }
    }

    /// A grid as a group, with names of its own.
    fn griglia(&mut self, component: &Value, dove: &str, livello: usize) -> Option<Campo> {
        let mut campi = Vec::new();
        let fuori = std::mem::take(&mut self.nomi);
        self.interni(component, dove, livello, &mut campi);
        self.nomi = fuori;
        campi.retain(|campo| {
            let misplaced = matches!(campo.tipo, TipoCampo::Gruppo { .. } | TipoCampo::Allegato { .. });
            if misplaced {
                self.non_mappati.push(NonMappato {
                    percorso: dove.to_owned(),
                    chiave: campo.nome.clone(),
                    motivo: "Un gruppo non contiene gruppi né allegati: metterlo fuori.".into(),
                });
            }
            !misplaced
        });
        if campi.is_empty() {
            self.lascia(dove, chiave(component), "La griglia non ha campi che si possano riportare.");
            return None;
        }
        let mut gruppo = self.base(component, dove);
        let validate = &component["validate"];
        let massimo = intero(&validate["maxLength"]).unwrap_or(limiti::VOCI).clamp(1, limiti::VOCI);
        let minimo = intero(&validate["minLength"]).unwrap_or(u32::from(!gruppo.facoltativo)).min(massimo);
        gruppo.tipo = TipoCampo::Gruppo { voce: "Voce".into(), minimo, massimo, campi };
        Some(gruppo)
    }
}

fn chiave(component: &Value) -> &str {
    component["key"].as_str().unwrap_or_default()
}

/// Values of a choice; none when they come from elsewhere or are too few.
fn opzioni(values: &Value) -> Option<Vec<Opzione>> {
    let mut seen = BTreeSet::new();
    let options: Vec<Opzione> = values
        .as_array()?
        .iter()
        .filter_map(|option| {
            let text = option["label"].as_str()?.trim();
            let given = match &option["value"] {
                Value::String(value) if !value.is_empty() => value.clone(),
                Value::Number(value) => value.to_string(),
                _ => text.to_owned(),
            };
            let mut valore = codice_valore(&given);
            while !seen.insert(valore.clone()) {
                valore.push('x');
            }
            Some(Opzione { valore, testo: taglia(text, limiti::TESTO_DEFINIZIONE) })
        })
        .collect();
    (options.len() >= limiti::OPZIONI_MINIME).then_some(options)
}

/// A stored value as the language allows it.
fn codice_valore(text: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+') => c,
        c => c.to_lowercase().next().and_then(piana).unwrap_or('-'),
    };
    let value: String = text.trim().chars().map(plain).take(limiti::VALORE - 10).collect();
    if value.is_empty() { "valore".into() } else { value }
}
