//! The search: every question that is there gets its ordinary answer; where a rule does not hold, what it looks at is
//! changed until fewer do not.

use super::Quanto;
use super::valori::possibili;
use domain::modulo::{Campo, ContestoModulo, Esame, Modulo, TipoCampo};
use domain::refusal::{Refusal, Refused};
use serde_json::{Map, Value};

/// Rounds of answering: an answer may bring further questions, a form has a few such levels.
const GIRI: usize = 20;
/// Changes after which the search gives up.
const CAMBI: usize = 40;

pub(super) struct Ricerca<'a> {
    pub(super) modulo: &'a Modulo,
    pub(super) ctx: ContestoModulo,
    pub(super) quanto: Quanto,
    /// Files, at most.
    pub(super) file: usize,
}

type Valori = Map<String, Value>;

/// A place where an answer stands.
#[derive(Debug, Clone, Copy)]
struct Posto<'a> {
    campo: &'a Campo,
    /// Group and index of the item.
    voce: Option<(&'a str, usize)>,
}

impl Ricerca<'_> {
    pub(super) fn trova(&self) -> Result<Valori, Refused> {
        let mut valori = Valori::new();
        self.completa(&mut valori);
        for _ in 0..CAMBI {
            let esame = self.esamina(&valori);
            if esame.rifiuti.is_empty() {
                return Ok(self.puliti(&valori, &esame));
            }
            match self.migliora(&valori, &esame) {
                Some(better) => valori = better,
                None => break,
            }
        }
        Err(Refused(self.esamina(&valori).rifiuti.into_iter().map(|(_, refusal)| refusal).collect()))
    }

    fn esamina(&self, valori: &Valori) -> Esame {
        self.modulo.esamina(&Value::Object(valori.clone()), &self.ctx)
    }

    /// Answers every question that is there and has none yet.
    fn completa(&self, valori: &mut Valori) {
        for _ in 0..GIRI {
            let esame = self.esamina(valori);
            let mut changed = false;
            for percorso in &esame.visibili {
                let Some(posto) = self.posto(percorso) else { continue };
                if leggi(valori, &posto).is_none()
                    && self.serve(&posto, valori)
                    && let Some(valore) = self.possibili(&posto).into_iter().next()
                {
                    scrivi(valori, &posto, valore);
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn serve(&self, posto: &Posto<'_>, valori: &Valori) -> bool {
        let campo = posto.campo;
        let all = self.quanto == Quanto::Tutto;
        match &campo.tipo {
            TipoCampo::Casella => all,
            TipoCampo::Gruppo { minimo, .. } => all || *minimo > 0,
            TipoCampo::Allegato { .. } if campo.facoltativo => {
                all && self.modulo.allegati(valori).len() + self.obbligatori() < self.file
            }
            _ => campo.da_compilare() && (all || !campo.facoltativo),
        }
    }

    /// Fields of files that must be filled in: room is kept for them.
    fn obbligatori(&self) -> usize {
        let must = |campo: &&Campo| matches!(campo.tipo, TipoCampo::Allegato { .. }) && !campo.facoltativo;
        self.modulo.campi().filter(must).count()
    }

    /// The answers with which fewer things are wrong: with one change, or else with two.
    fn migliora(&self, valori: &Valori, esame: &Esame) -> Option<Valori> {
        let wrong = esame.rifiuti.len();
        let places: Vec<String> = esame.rifiuti.iter().flat_map(|(_, refusal)| self.riguarda(refusal, esame)).collect();
        let mut ones = Vec::new();
        for posto in places.iter().filter_map(|percorso| self.posto(percorso)) {
            for valore in self.possibili(&posto) {
                let mut changed = valori.clone();
                scrivi(&mut changed, &posto, come_prima(valore, leggi(valori, &posto)));
                self.completa(&mut changed);
                if self.esamina(&changed).rifiuti.len() < wrong {
                    return Some(changed);
                }
                ones.push(changed);
            }
        }
        for one in ones {
            for posto in places.iter().filter_map(|percorso| self.posto(percorso)) {
                for valore in self.possibili(&posto) {
                    let mut changed = one.clone();
                    scrivi(&mut changed, &posto, come_prima(valore, leggi(&one, &posto)));
                    self.completa(&mut changed);
                    if self.esamina(&changed).rifiuti.len() < wrong {
                        return Some(changed);
                    }
                }
            }
        }
        None
    }

    /// Paths of the answers on which a refusal may depend.
    fn riguarda(&self, refusal: &Refusal, esame: &Esame) -> Vec<String> {
        let Some(percorso) = refusal.field.clone() else { return Vec::new() };
        if refusal.code != "regola" {
            return vec![percorso];
        }
        let text = refusal.args.get("testo");
        let regole = self.modulo.regole.iter().filter(|regola| Some(&regola.errore) == text);
        let mut nomi: Vec<&str> =
            regole.flat_map(|r| std::iter::once(r.campo.as_str()).chain(r.verifica.nomi())).collect();
        // What a computed value is made of.
        let mut at = 0;
        while let Some(nome) = nomi.get(at).copied() {
            if let Some(TipoCampo::Calcolo { formula, .. }) = self.modulo.campo(nome).map(|campo| &campo.tipo) {
                let new: Vec<&str> = formula.nomi().into_iter().filter(|nome| !nomi.contains(nome)).collect();
                nomi.extend(new);
            }
            at += 1;
        }
        let named = |percorso: &&String| nomi.iter().any(|nome| *nome == senza_indice(percorso));
        esame.visibili.iter().filter(named).cloned().collect()
    }

    fn possibili(&self, posto: &Posto<'_>) -> Vec<Value> {
        let indice = self.modulo.campi().position(|campo| std::ptr::eq(campo, posto.campo)).unwrap_or_default();
        possibili(posto.campo, indice, self.ctx.oggi)
    }

    /// `modulo.targa` and `modulo.figli[0].nome`.
    fn posto<'a>(&'a self, percorso: &'a str) -> Option<Posto<'a>> {
        let percorso = percorso.strip_prefix("modulo.")?;
        let Some((gruppo, rest)) = percorso.split_once('[') else {
            // Parts of an address are made together.
            let nome = percorso.split('.').next()?;
            return Some(Posto { campo: self.modulo.campo(nome)?, voce: None });
        };
        let (indice, nome) = rest.split_once("].")?;
        let campo = self.modulo.campo(gruppo)?.campi().iter().find(|campo| campo.nome == nome)?;
        Some(Posto { campo, voce: Some((gruppo, indice.parse().ok()?)) })
    }

    /// What is asked for and has an answer: nothing hidden, nothing computed.
    fn puliti(&self, valori: &Valori, esame: &Esame) -> Valori {
        let there = |percorso: &str, valore: &Value| {
            let fill = self.posto(percorso).is_some_and(|posto| posto.campo.da_compilare());
            fill && !valore.is_null() && esame.visibili.contains(percorso)
        };
        let mut puliti = valori.clone();
        puliti.retain(|nome, valore| there(&format!("modulo.{nome}"), valore));
        for (nome, valore) in &mut puliti {
            let gruppo = self.modulo.campo(nome).is_some_and(|campo| matches!(campo.tipo, TipoCampo::Gruppo { .. }));
            for (indice, item) in valore.as_array_mut().into_iter().flatten().enumerate() {
                if let (true, Value::Object(item)) = (gruppo, item) {
                    item.retain(|interno, valore| there(&format!("modulo.{nome}[{indice}].{interno}"), valore));
                }
            }
        }
        puliti
    }
}

/// New items of a group begin as copies of the first there is: what was found for it is good for them too.
fn come_prima(valore: Value, prima: Option<&Value>) -> Value {
    let first = prima.and_then(|items| items.get(0)).filter(|item| item.is_object());
    match (valore, first) {
        (Value::Array(items), Some(first)) => vec![first.clone(); items.len()].into(),
        (valore, _) => valore,
    }
}

/// `modulo.figli[0].nome` as a rule names it: `figli.nome`.
fn senza_indice(percorso: &str) -> String {
    let percorso = percorso.strip_prefix("modulo.").unwrap_or(percorso);
    match percorso.split_once('[') {
        Some((gruppo, rest)) => format!("{gruppo}{}", rest.split_once(']').map_or("", |(_, nome)| nome)),
        None => percorso.to_owned(),
    }
}

fn leggi<'v>(valori: &'v Valori, posto: &Posto<'_>) -> Option<&'v Value> {
    match posto.voce {
        None => valori.get(&posto.campo.nome),
        Some((gruppo, indice)) => valori.get(gruppo)?.get(indice)?.get(&posto.campo.nome),
    }
}

fn scrivi(valori: &mut Valori, posto: &Posto<'_>, valore: Value) {
    let nome = posto.campo.nome.clone();
    match posto.voce {
        None => drop(valori.insert(nome, valore)),
        Some((gruppo, indice)) => {
            let item = valori.get_mut(gruppo).and_then(|items| items.get_mut(indice));
            if let Some(Value::Object(item)) = item {
                item.insert(nome, valore);
            }
        }
    }
}
