//! An answer that a form refuses where it stands.

use domain::modulo::{Campo, ContestoModulo, Modulo, TipoCampo};
use serde_json::{Map, Value};

/// An answer that is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Sbaglio {
    /// Name of the field.
    pub campo: String,
    /// What is written there; none when nothing is.
    pub valore: Option<Value>,
}

/// The first answer that is refused once it is left out or written wrong; those that people write wrong come first.
pub(super) fn trova(modulo: &Modulo, ctx: ContestoModulo, valori: &Map<String, Value>) -> Option<Sbaglio> {
    let here = |campo: &&Campo| campo.da_compilare() && valori.contains_key(&campo.nome);
    let scritti = modulo.campi().filter(here).filter_map(|campo| Some((campo, Some(scritto_male(campo)?))));
    let lasciati = modulo.campi().filter(here).filter(|campo| si_lascia(campo)).map(|campo| (campo, None));
    scritti.chain(lasciati).find_map(|(campo, valore)| {
        let mut wrong = valori.clone();
        match &valore {
            Some(valore) => drop(wrong.insert(campo.nome.clone(), valore.clone())),
            None => drop(wrong.remove(&campo.nome)),
        }
        let dove = format!("modulo.{}", campo.nome);
        let esame = modulo.esamina(&Value::Object(wrong), &ctx);
        let refused = esame.rifiuti.iter().any(|(_, refusal)| refusal.field.as_ref() == Some(&dove));
        refused.then(|| Sbaglio { campo: campo.nome.clone(), valore })
    })
}

/// A slip of the pen: a letter too many or too few.
fn scritto_male(campo: &Campo) -> Option<Value> {
    let text = match &campo.tipo {
        TipoCampo::Testo { formato: Some(_), .. } => "?",
        TipoCampo::CodiceFiscale => "RSSMRA80A01H501X",
        TipoCampo::PartitaIva => "00743110158",
        TipoCampo::Iban => "IT60X0542811101000000123457",
        TipoCampo::Email => "esempio",
        TipoCampo::Telefono => "non lo so",
        _ => return None,
    };
    Some(text.into())
}

/// What a page lets people leave empty: one line, a text, a box. Lists, files and groups are forgotten otherwise.
fn si_lascia(campo: &Campo) -> bool {
    !campo.facoltativo
        && !matches!(
            campo.tipo,
            TipoCampo::Casella | TipoCampo::Indirizzo | TipoCampo::Allegato { .. } | TipoCampo::Gruppo { .. }
        )
}
