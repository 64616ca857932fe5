//! Each component of Form.io as a field.

use super::{Importo, chiave, codice_valore, opzioni, taglia};
use domain::modulo::{
    Articolo, Campo, Condizione, Confronto, Decimale, FormatoFile, Giorno, Letterale, Operando, PosizioneFoto,
    TipoCampo, limiti,
};
use serde_json::Value;

impl Importo {
    /// Name, label, help and condition; the type is put by the caller.
    pub(super) fn base(&mut self, component: &Value, dove: &str) -> Campo {
        let label = component["label"].as_str().filter(|label| !label.trim().is_empty()).unwrap_or("Senza nome");
        let key = if chiave(component).is_empty() { label } else { chiave(component) };
        let help = [&component["description"], &component["tooltip"]].into_iter().find_map(Value::as_str);
        self.script(component, dove);
        Campo {
            nome: self.nome(key, false),
            etichetta: taglia(&senza_html(label), limiti::ETICHETTA),
            aiuto: help.map(senza_html).filter(|h| !h.is_empty()).map(|h| taglia(&h, limiti::TESTO_DEFINIZIONE)),
            facoltativo: component["validate"]["required"] != true,
            se: None,
            precompila: None,
            tipo: TipoCampo::Nota,
        }
    }

    /// Names what only a script could do.
    fn script(&mut self, component: &Value, dove: &str) {
        let there = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
        for (value, what) in [
            (
                &component["validate"]["custom"],
                "una verifica scritta in JavaScript (validate.custom): scriverla come regola",
            ),
            (&component["calculateValue"], "un calcolo in JavaScript (calculateValue): usare un campo «calcolo»"),
            (&component["customConditional"], "una condizione in JavaScript (customConditional): scriverla con «se»"),
            (&component["customDefaultValue"], "un valore iniziale in JavaScript (customDefaultValue)"),
            (
                &component["validate"]["pattern"],
                "un'espressione regolare (validate.pattern): scegliere un tipo o un formato",
            ),
        ] {
            if there(value) {
                self.lascia(dove, chiave(component), format!("Non è riportata {what}."));
            }
        }
        if component["logic"].as_array().is_some_and(|logic| !logic.is_empty()) {
            self.lascia(dove, chiave(component), "Non è riportata la logica (logic): scriverla con «se».");
        }
    }

    /// A component that is a field; `prima` are the fields before it, for its condition.
    pub(super) fn campo(&mut self, component: &Value, dove: &str, prima: &[Campo]) -> Option<Campo> {
        let kind = component["type"].as_str().unwrap_or_default();
        if matches!(kind, "content" | "htmlelement") {
            return nota(component);
        }
        let Some(tipo) = self.tipo(kind, component, dove) else {
            // Why a choice has no options was told already.
            if !matches!(kind, "select" | "radio" | "selectboxes") {
                let motivo = format!("Il componente «{kind}» non ha un corrispondente: aggiungerlo a mano.");
                self.lascia(dove, chiave(component), motivo);
            }
            return None;
        };
        let mut campo = self.base(component, dove);
        campo.tipo = tipo;
        if matches!(campo.tipo, TipoCampo::Casella | TipoCampo::Dichiarazione { .. }) {
            campo.facoltativo = false;
        }
        campo.se = self.condizione(component, dove, prima);
        Some(campo)
    }

    fn tipo(&mut self, kind: &str, component: &Value, dove: &str) -> Option<TipoCampo> {
        let validate = &component["validate"];
        let required = validate["required"] == true;
        let minimo = intero(&validate["minLength"]).unwrap_or(u32::from(required));
        let massimo = intero(&validate["maxLength"]);
        Some(match kind {
            "textfield" if fiscale(component) => TipoCampo::CodiceFiscale,
            "textfield" | "url" => {
                let massimo = massimo.unwrap_or(limiti::TESTO).clamp(1, limiti::TESTO_MASSIMO);
                TipoCampo::Testo { minimo: minimo.min(massimo), massimo, formato: None }
            }
            "textarea" => {
                let massimo = massimo.unwrap_or(limiti::TESTO_LUNGO).clamp(1, limiti::TESTO_LUNGO_MASSIMO);
                TipoCampo::TestoLungo { minimo: minimo.min(massimo), massimo }
            }
            "email" => TipoCampo::Email,
            "phoneNumber" => TipoCampo::Telefono,
            "number" => {
                let decimali = component["decimalLimit"].as_u64().map_or(0, |n| n.min(3) as u8);
                let limit = |value: &Value| numero(value).map(|n| n.arrotonda(decimali));
                let (minimo, massimo) = (limit(&validate["min"]), limit(&validate["max"]));
                TipoCampo::Numero { minimo, massimo, decimali, unita: None }
            }
            "currency" => TipoCampo::Importo { minimo: numero(&validate["min"]), massimo: numero(&validate["max"]) },
            "datetime" | "day" => {
                if component["enableTime"] == true && kind == "datetime" {
                    self.lascia(dove, chiave(component), "Resta la data: l'ora non è riportata.");
                }
                let limit = |key: &str| component["datePicker"][key].as_str().and_then(|t| Giorno::parse(t.get(..10)?));
                TipoCampo::Data { minimo: limit("minDate"), massimo: limit("maxDate") }
            }
            "select" | "radio" | "selectboxes" => return self.scelta(kind, component, dove),
            // A box that must be ticked is a statement.
            "checkbox" if required => TipoCampo::Dichiarazione { articolo: Articolo::PresaVisione },
            "checkbox" => TipoCampo::Casella,
            "file" => TipoCampo::Allegato {
                formati: formati(component["filePattern"].as_str().unwrap_or_default()),
                massimo: if component["multiple"] == true { massimo.unwrap_or(5).clamp(1, limiti::FILE) } else { 1 },
                megabyte: None,
                posizione: PosizioneFoto::Togli,
            },
            _ => return None,
        })
    }

    fn scelta(&mut self, kind: &str, component: &Value, dove: &str) -> Option<TipoCampo> {
        let values = if component["values"].is_array() { &component["values"] } else { &component["data"]["values"] };
        let Some(mut opzioni) = opzioni(values) else {
            self.lascia(
                dove,
                chiave(component),
                "Le opzioni vengono da altrove o sono meno di due: scriverle nel modulo.",
            );
            return None;
        };
        if opzioni.len() > limiti::OPZIONI {
            self.lascia(dove, chiave(component), "Le opzioni sono più di 60: sono riportate le prime.");
            opzioni.truncate(limiti::OPZIONI);
        }
        let many = kind == "selectboxes" || component["multiple"] == true;
        Some(if many {
            TipoCampo::Scelte { opzioni, minimo: None, massimo: None }
        } else {
            TipoCampo::Scelta { opzioni }
        })
    }

    /// `conditional.show/when/eq` as a condition.
    fn condizione(&mut self, component: &Value, dove: &str, prima: &[Campo]) -> Option<Condizione> {
        let conditional = &component["conditional"];
        let when = conditional["when"].as_str().filter(|when| !when.is_empty())?;
        let show = match &conditional["show"] {
            Value::Bool(show) => *show,
            Value::String(show) => show == "true",
            _ => return None,
        };
        let key = when.rsplit('.').next().unwrap_or(when);
        let Some(campo) = prima.iter().find(|campo| campo.nome == key) else {
            self.lascia(
                dove,
                chiave(component),
                format!("La condizione guarda «{when}», che non viene prima nello stesso passo: scriverla con «se»."),
            );
            return None;
        };
        let eq = match &conditional["eq"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let confronto = match &campo.tipo {
            TipoCampo::Casella | TipoCampo::Dichiarazione { .. } => {
                Confronto::Uguale(Operando::Valore(Letterale::Logico(eq == "true")))
            }
            TipoCampo::Numero { .. } => Confronto::Uguale(Operando::Valore(Letterale::Numero(Decimale::parse(&eq)?))),
            TipoCampo::Scelte { .. } => Confronto::Contiene(Letterale::Testo(codice_valore(&eq))),
            TipoCampo::Scelta { .. } => Confronto::Uguale(Operando::Valore(Letterale::Testo(codice_valore(&eq)))),
            _ => Confronto::Uguale(Operando::Valore(Letterale::Testo(eq))),
        };
        let condizione = Condizione::Campo { campo: campo.nome.clone(), confronto };
        Some(if show { condizione } else { Condizione::Non(Box::new(condizione)) })
    }
}

/// Text between fields.
fn nota(component: &Value) -> Option<Campo> {
    let text = senza_html(component["html"].as_str().or_else(|| component["content"].as_str())?);
    (!text.is_empty()).then(|| Campo {
        nome: String::new(),
        etichetta: taglia(&text, limiti::TESTO_DEFINIZIONE),
        aiuto: None,
        facoltativo: false,
        se: None,
        precompila: None,
        tipo: TipoCampo::Nota,
    })
}

fn fiscale(component: &Value) -> bool {
    let key = chiave(component).to_lowercase();
    key.contains("codicefiscale") || key.contains("codice_fiscale") || key.contains("fiscal_code")
}

/// A whole number, which Form.io often writes as text.
pub(super) fn intero(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn numero(value: &Value) -> Option<Decimale> {
    match value {
        Value::Number(number) => Decimale::da_numero(number),
        Value::String(text) => Decimale::parse(text.trim()),
        _ => None,
    }
}

fn formati(pattern: &str) -> Vec<FormatoFile> {
    let pattern = pattern.to_lowercase();
    let known = [
        ("pdf", FormatoFile::Pdf),
        ("p7m", FormatoFile::P7m),
        ("jp", FormatoFile::Jpeg),
        ("png", FormatoFile::Png),
        ("docx", FormatoFile::Docx),
        ("odt", FormatoFile::Odt),
    ];
    let found: Vec<FormatoFile> =
        known.into_iter().filter(|(word, _)| pattern.contains(word)).map(|(_, formato)| formato).collect();
    if found.is_empty() { FormatoFile::ORDINARI.to_vec() } else { found }
}

/// The words of a piece of HTML.
fn senza_html(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            _ if inside => {}
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    let text = text
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
