//! How a person wants to be reached about one request: beside the identity, which the sign-in gives and nobody edits.

use crate::error::{AppError, ErroreCampo};
use domain::Refusal;
use domain::modulo::{Fonte, Modulo, Profilo, email, telefono};
use domain::persona::Anagrafica;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Contacts as they were written; empty is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contatti {
    /// Where the courtesy copy and the notices go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where the office calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefono: Option<String>,
}

impl Contatti {
    /// What is known of a person beforehand: their profile, then what the sign-in said.
    pub fn noti(anagrafica: &Anagrafica, profilo: &Profilo) -> Self {
        Self {
            email: profilo.email.clone().or_else(|| anagrafica.email.clone()),
            telefono: profilo.telefono.clone().or_else(|| anagrafica.telefono.clone()),
        }
    }

    /// The same in normal form.
    ///
    /// # Errors
    /// `email-non-valida`, `telefono-non-valido` and what makes a line too long, each at `contatti.<name>`.
    pub fn controlla(&self) -> Result<Self, Vec<ErroreCampo>> {
        let mut errori = Vec::new();
        let mut check = |text: &Option<String>, dove: &str, check: fn(&str, &str) -> Result<String, Refusal>| {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
            check(text, dove).map_err(|refusal| errori.push(ErroreCampo::from(refusal))).ok()
        };
        let good = Self {
            email: check(&self.email, "contatti.email", email),
            telefono: check(&self.telefono, "contatti.telefono", telefono),
        };
        if errori.is_empty() { Ok(good) } else { Err(errori) }
    }

    /// The identity that is filed: as signed in, reached as the person says.
    ///
    /// # Errors
    /// Of [`Contatti::controlla`].
    pub(crate) fn su(&self, anagrafica: &Anagrafica) -> Result<Anagrafica, AppError> {
        let Self { email, telefono } = self.controlla().map_err(AppError::Rifiutato)?;
        Ok(Anagrafica { email, telefono, ..anagrafica.clone() })
    }

    /// Writes them into the fields of a form that ask for the same and still say what was there before, or nothing.
    pub fn riporta(&self, prima: &Self, modulo: &Modulo, valori: &mut Map<String, Value>) {
        for campo in modulo.campi() {
            let (nuovo, vecchio) = match campo.precompila {
                Some(Fonte::Email) => (&self.email, &prima.email),
                Some(Fonte::Telefono) => (&self.telefono, &prima.telefono),
                _ => continue,
            };
            let own = valori.get(&campo.nome).and_then(Value::as_str).unwrap_or_default();
            let untouched = own.trim().is_empty() || Some(own) == vecchio.as_deref();
            if let Some(nuovo) = nuovo.as_deref().filter(|text| untouched && !text.trim().is_empty()) {
                valori.insert(campo.nome.clone(), nuovo.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Sample as _;
    use serde_json::json;

    fn contatti(email: &str, telefono: &str) -> Contatti {
        Contatti { email: Some(email.into()), telefono: Some(telefono.into()) }
    }

    #[test]
    fn contacts_are_normal_or_named() {
        let good = contatti(" a@Example.ORG ", " ").controlla().unwrap();
        assert_eq!(good, Contatti { email: Some("a@example.org".into()), telefono: None });
        let errori = contatti("a@", "chiamami").controlla().unwrap_err();
        let fields: Vec<_> = errori.iter().map(|e| (e.campo.as_deref().unwrap(), e.codice.as_str())).collect();
        assert_eq!(fields, [("contatti.email", "email-non-valida"), ("contatti.telefono", "telefono-non-valido")]);
        assert!(contatti("a@example.org", &"1".repeat(21)).controlla().is_err(), "as long as a form takes");
    }

    #[test]
    fn the_identity_keeps_all_but_its_contacts() {
        let identity = Anagrafica::sample();
        let filed = contatti("a@example.org", "0187 555 0100").su(&identity).unwrap();
        assert_eq!(filed.codice_fiscale, identity.codice_fiscale);
        assert_eq!((filed.email.as_deref(), filed.telefono.as_deref()), (Some("a@example.org"), Some("0187 555 0100")));
        assert_eq!(Contatti::default().su(&identity).unwrap().email, None, "who wants no copy gets none");
        let noti = Contatti::noti(&identity, &Profilo { email: Some("b@example.org".into()), ..Profilo::default() });
        assert_eq!(noti.email.as_deref(), Some("b@example.org"));
        assert_eq!(Contatti::noti(&identity, &Profilo::default()).email, identity.email);
    }

    #[test]
    fn fields_of_the_form_follow_until_somebody_writes_into_them() {
        let modulo: Modulo = serde_json::from_value(json!({ "passi": [{ "nome": "uno", "titolo": "Uno", "campi": [
            { "nome": "cell", "tipo": "telefono", "etichetta": "Telefono", "precompila": "profilo.telefono" },
            { "nome": "altro", "tipo": "telefono", "etichetta": "Altro telefono" }
        ] }] }))
        .unwrap();
        let mut valori = Map::new();
        let (uno, due) = (contatti("a@example.org", "0187 1"), contatti("a@example.org", "0187 2"));
        uno.riporta(&Contatti::default(), &modulo, &mut valori);
        assert_eq!(Value::Object(valori.clone()), json!({ "cell": "0187 1" }));
        due.riporta(&uno, &modulo, &mut valori);
        assert_eq!(valori["cell"], "0187 2");
        valori.insert("cell".into(), "di mia madre".into());
        uno.riporta(&due, &modulo, &mut valori);
        assert_eq!(valori["cell"], "di mia madre");
    }
}
