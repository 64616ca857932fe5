//! Checks what a citizen filled in, by the definition.

use super::condizione::{Ambito, Condizione};
use super::controlla::senza_gruppo;
use super::formula::{Formula, Nulla};
use super::limiti;
use super::lingua::{Campo, FormatoFile, Modulo, Regola, TipoCampo};
use super::valori::{canonico, vuoto};
use crate::Sample;
use crate::refusal::{Refusal, Refused};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a check may depend on besides definition and input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContestoModulo {
    /// The day of filing in Rome.
    pub oggi: Date,
}

/// A form, filled in and checked: each value in its one form, nothing hidden, computed values made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ModuloValido(Map<String, Value>);

impl ModuloValido {
    /// The values by name of field.
    pub fn valori(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The values by name of field.
    pub fn into_valori(self) -> Map<String, Value> {
        self.0
    }

    /// A value.
    pub fn get(&self, nome: &str) -> Option<&Value> {
        self.0.get(nome)
    }
}

impl Sample for ModuloValido {
    /// The generic request, filled in.
    fn sample() -> Self {
        let fields = [
            ("oggetto", "Panchina in piazza"),
            ("richiesta", "Chiedo di collocare una panchina all'ombra in piazza della Fonte."),
            ("telefono", "0187 555 0100"),
        ];
        Self(fields.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect())
    }
}

/// All that can be said about an input, right or wrong: what pages need to show a form half filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Esame {
    /// Values that are right, in their one form.
    pub valori: Map<String, Value>,
    /// Paths of fields that exist, such as `modulo.targa` and `modulo.figli[0].nome`.
    pub visibili: BTreeSet<String>,
    /// What is wrong, with the index of its step; what stands in no step has the index after the last.
    pub rifiuti: Vec<(usize, Refusal)>,
}

/// An uploaded file that an answer names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllegatoRichiesto<'a> {
    /// Path of the field.
    pub percorso: String,
    /// Id of the upload.
    pub id: String,
    /// Formats the field takes.
    pub formati: &'a [FormatoFile],
    /// Megabytes, at most, where the field says.
    pub megabyte: Option<u32>,
}

impl Modulo {
    /// Checks a whole form: a JSON object with the fields by name.
    ///
    /// # Errors
    /// All reasons found (a hundred at most), each about `modulo.<field>` or `modulo.<group>[<index>].<field>`.
    pub fn valida(&self, input: &Value, ctx: &ContestoModulo) -> Result<ModuloValido, Refused> {
        let esame = self.esamina(input, ctx);
        if esame.rifiuti.is_empty() {
            return Ok(ModuloValido(esame.valori));
        }
        Err(Refused(esame.rifiuti.into_iter().map(|(_, refusal)| refusal).collect()))
    }

    /// Checks one step; what is missing or wrong in the others does not matter. Gives the values of the step.
    ///
    /// # Errors
    /// All reasons found about fields of the step, and rules whose error stands there.
    pub fn valida_passo(
        &self,
        indice: usize,
        input: &Value,
        ctx: &ContestoModulo,
    ) -> Result<Map<String, Value>, Refused> {
        let Some(passo) = self.passi.get(indice) else {
            return Err(Refusal::field("modulo", "modulo-non-valido").into());
        };
        let esame = self.esamina(input, ctx);
        // What stands in no step, such as a field nobody knows, every step tells.
        let here = |(passo, _): &(usize, Refusal)| *passo == indice || *passo == self.passi.len();
        let refused: Vec<Refusal> = esame.rifiuti.into_iter().filter(here).map(|(_, refusal)| refusal).collect();
        if !refused.is_empty() {
            return Err(Refused(refused));
        }
        let of_step = |(nome, _): &(String, Value)| passo.campi.iter().any(|campo| &campo.nome == nome);
        Ok(esame.valori.into_iter().filter(of_step).collect())
    }

    /// Looks at an input, complete or not.
    pub fn esamina(&self, input: &Value, ctx: &ContestoModulo) -> Esame {
        let mut esame = Esame::default();
        let Value::Object(given) = input else {
            esame.rifiuti.push((self.passi.len(), Refusal::field("modulo", "modulo-non-valido")));
            return esame;
        };
        for name in given.keys().filter(|name| !self.accetta(name)).take(limiti::RIFIUTI) {
            let refusal = Refusal::field(format!("modulo.{name}"), "campo-sconosciuto");
            esame.rifiuti.push((self.passi.len(), refusal));
        }
        for (passo, campi) in self.passi.iter().enumerate() {
            for campo in &campi.campi {
                self.campo_in(passo, campo, given.get(&campo.nome), ctx.oggi, &mut esame);
            }
        }
        self.verifica_regole(ctx.oggi, &mut esame);
        esame.rifiuti.truncate(limiti::RIFIUTI);
        esame
    }

    /// The uploads that checked values name, in the order of the form.
    pub fn allegati<'a>(&'a self, valori: &Map<String, Value>) -> Vec<AllegatoRichiesto<'a>> {
        let mut found = Vec::new();
        for campo in self.campi() {
            let TipoCampo::Allegato { formati, megabyte, .. } = &campo.tipo else { continue };
            let ids = match valori.get(&campo.nome) {
                Some(Value::Array(ids)) => ids.as_slice(),
                Some(id) => std::slice::from_ref(id),
                None => continue,
            };
            found.extend(ids.iter().filter_map(Value::as_str).map(|id| AllegatoRichiesto {
                percorso: format!("modulo.{}", campo.nome),
                id: id.to_owned(),
                formati,
                megabyte: *megabyte,
            }));
        }
        found
    }

    fn accetta(&self, nome: &str) -> bool {
        self.campo(nome).is_some_and(|campo| campo.tipo != TipoCampo::Nota)
    }

    fn campo_in(&self, passo: usize, campo: &Campo, input: Option<&Value>, oggi: Date, esame: &mut Esame) {
        let ambito = Ambito { modulo: self, valori: &esame.valori, voce: None, oggi };
        if !visibile(campo, &ambito) {
            return;
        }
        let dove = format!("modulo.{}", campo.nome);
        let esito = match &campo.tipo {
            TipoCampo::Gruppo { .. } => {
                let (esito, visibili) = gruppo(campo, input, &dove, &ambito);
                esame.visibili.extend(visibili);
                esito
            }
            _ => semplice(campo, input, &dove, &ambito),
        };
        if !campo.nome.is_empty() {
            esame.visibili.insert(dove);
        }
        match esito {
            Ok(Some(valore)) => drop(esame.valori.insert(campo.nome.clone(), valore)),
            Ok(None) => {}
            Err(Sbagliato { rifiuti, valore }) => {
                esame.rifiuti.extend(rifiuti.into_iter().map(|refusal| (passo, refusal)));
                esame.valori.extend(valore.map(|valore| (campo.nome.clone(), valore)));
            }
        }
    }

    fn verifica_regole(&self, oggi: Date, esame: &mut Esame) {
        let mut rifiuti = Vec::new();
        for regola in &self.regole {
            let Some(passo) = self.passo_di(&regola.campo) else { continue };
            for dove in self.violata(regola, oggi, esame) {
                rifiuti.push((passo, Refusal::field(dove, "regola").with("testo", &regola.errore)));
            }
        }
        esame.rifiuti.extend(rifiuti);
    }

    /// Paths where a rule does not hold.
    fn violata(&self, regola: &Regola, oggi: Date, esame: &Esame) -> Vec<String> {
        let ambito = Ambito { modulo: self, valori: &esame.valori, voce: None, oggi };
        let broken = |verifica: &Condizione, ambito: &Ambito<'_>| verifica.vale(ambito) == Some(false);
        let Some((gruppo, interno)) = regola.campo.split_once('.') else {
            let dove = format!("modulo.{}", regola.campo);
            // A field that does not exist cannot be mended: the rule waits for it.
            let there = esame.visibili.contains(&dove);
            return if there && broken(&regola.verifica, &ambito) { vec![dove] } else { Vec::new() };
        };
        let verifica = senza_gruppo(&regola.verifica, Some(gruppo));
        let campi = self.campo(gruppo).map_or(&[][..], Campo::campi);
        let items = esame.valori.get(gruppo).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let dove = |(index, item): (usize, &Value)| {
            let dove = format!("modulo.{gruppo}[{index}].{interno}");
            let ambito = Ambito { voce: Some((campi, item.as_object()?)), ..ambito };
            (esame.visibili.contains(&dove) && broken(&verifica, &ambito)).then_some(dove)
        };
        items.iter().enumerate().filter_map(dove).collect()
    }
}

/// What is wrong with a field, and what of its value is right all the same.
struct Sbagliato {
    rifiuti: Vec<Refusal>,
    valore: Option<Value>,
}

impl From<Refusal> for Sbagliato {
    fn from(refusal: Refusal) -> Self {
        Self { rifiuti: vec![refusal], valore: None }
    }
}

type Esito = Result<Option<Value>, Sbagliato>;

/// Whether a field exists: a condition about something empty does not hold.
fn visibile(campo: &Campo, ambito: &Ambito<'_>) -> bool {
    campo.se.as_ref().is_none_or(|se| se.vale(ambito) == Some(true))
}

/// A field that is no group.
fn semplice(campo: &Campo, input: Option<&Value>, dove: &str, ambito: &Ambito<'_>) -> Esito {
    match &campo.tipo {
        TipoCampo::Nota => return Ok(None),
        // What a client says of a computed value does not count.
        TipoCampo::Calcolo { formula, decimali, .. } => return calcolo(formula, *decimali, dove, ambito),
        _ => {}
    }
    let Some(valore) = input.filter(|valore| !vuoto(Some(valore))) else {
        return match &campo.tipo {
            TipoCampo::Casella => Ok(Some(Value::from(false))),
            TipoCampo::Dichiarazione { .. } => Err(Refusal::field(dove, "dichiarazione-obbligatoria").into()),
            _ if campo.facoltativo => Ok(None),
            _ => Err(Refusal::field(dove, "obbligatorio").into()),
        };
    };
    canonico(campo, valore, dove, ambito.oggi).map(Some).map_err(|rifiuti| Sbagliato { rifiuti, valore: None })
}

fn calcolo(formula: &Formula, decimali: u8, dove: &str, ambito: &Ambito<'_>) -> Esito {
    match formula.calcola(ambito) {
        Ok(number) => Ok(Some(number.arrotonda(decimali).valore())),
        Err(Nulla::Incompleto) => Ok(None),
        Err(Nulla::TroppoGrande) => Err(Refusal::field(dove, "calcolo-troppo-grande").into()),
    }
}

/// The items of a group, and the paths of their fields that exist.
fn gruppo(gruppo: &Campo, input: Option<&Value>, dove: &str, fuori: &Ambito<'_>) -> (Esito, Vec<String>) {
    let TipoCampo::Gruppo { voce, minimo, massimo, campi } = &gruppo.tipo else { return (Ok(None), Vec::new()) };
    let items = match input {
        Some(Value::Array(items)) => items.as_slice(),
        None | Some(Value::Null) => &[],
        Some(Value::String(text)) if text.is_empty() => &[],
        Some(_) => return (Err(Refusal::field(dove, "valore-non-valido").into()), Vec::new()),
    };
    if items.len() > *massimo as usize {
        let refusal = Refusal::field(dove, "troppe-voci").with("max", massimo).with("voce", voce);
        return (Err(refusal.into()), Vec::new());
    }
    let (mut voci, mut rifiuti, mut visibili) = (Vec::new(), Vec::new(), Vec::new());
    if items.len() < *minimo as usize {
        rifiuti.push(match items.len() {
            0 => Refusal::field(dove, "obbligatorio"),
            _ => Refusal::field(dove, "poche-voci").with("min", minimo).with("voce", voce),
        });
    }
    for (index, item) in items.iter().enumerate() {
        let mut clean = Map::new();
        una_voce(campi, item, &format!("{dove}[{index}]"), fuori, &mut clean, &mut rifiuti, &mut visibili);
        voci.push(Value::Object(clean));
    }
    let valore = (!voci.is_empty()).then_some(Value::Array(voci));
    let esito = if rifiuti.is_empty() { Ok(valore) } else { Err(Sbagliato { rifiuti, valore }) };
    (esito, visibili)
}

/// One item of a group.
fn una_voce(
    campi: &[Campo],
    item: &Value,
    dove: &str,
    fuori: &Ambito<'_>,
    clean: &mut Map<String, Value>,
    rifiuti: &mut Vec<Refusal>,
    visibili: &mut Vec<String>,
) {
    let Value::Object(given) = item else {
        return rifiuti.push(Refusal::field(dove, "valore-non-valido"));
    };
    let known = |nome: &String| campi.iter().any(|campo| &campo.nome == nome && campo.tipo != TipoCampo::Nota);
    for nome in given.keys().filter(|nome| !known(nome)).take(limiti::RIFIUTI) {
        rifiuti.push(Refusal::field(format!("{dove}.{nome}"), "campo-sconosciuto"));
    }
    for campo in campi {
        let dove = format!("{dove}.{}", campo.nome);
        let ambito = Ambito { voce: Some((campi, clean)), ..*fuori };
        if !visibile(campo, &ambito) {
            continue;
        }
        match semplice(campo, given.get(&campo.nome), &dove, &ambito) {
            Ok(Some(valore)) => drop(clean.insert(campo.nome.clone(), valore)),
            Ok(None) => {}
            Err(Sbagliato { rifiuti: found, .. }) => rifiuti.extend(found),
        }
        if !campo.nome.is_empty() {
            visibili.push(dove);
        }
    }
}
