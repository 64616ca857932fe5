//! Nothing is asked twice (C.SE.1.5): the first values of a form, from the identity and from what was given before.

use super::decimale::Decimale;
use super::lingua::{Campo, Fonte, Modulo, TipoCampo};
use super::valori::{canonico, vuoto};
use crate::codice_fiscale::{CodiceFiscale, PartitaIva};
use crate::persona::Anagrafica;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a person gave before: the nine groups of data that are not asked again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Profilo {
    /// Birth, where the identity provider told it (group *anagrafica*, with name and codice fiscale of the identity).
    pub nascita: Option<Nascita>,
    /// Residence.
    pub residenza: Option<Indirizzo>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone.
    pub telefono: Option<String>,
    /// Family.
    pub nucleo: Vec<Componente>,
    /// ISEE.
    pub isee: Option<Isee>,
    /// Real estate.
    pub immobili: Vec<Immobile>,
    /// Vehicles.
    pub veicoli: Vec<Veicolo>,
    /// IBAN.
    pub iban: Option<String>,
    /// Company.
    pub azienda: Option<Azienda>,
}

/// Birth of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Nascita {
    /// Day.
    pub data: Date,
    /// Place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub luogo: Option<String>,
}

/// An Italian address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Indirizzo {
    /// Street.
    pub via: String,
    /// House number.
    pub civico: String,
    /// Postal code.
    pub cap: String,
    /// Municipality.
    pub comune: String,
    /// Two letters.
    pub provincia: String,
}

/// A member of the family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Componente {
    /// Given name.
    pub nome: String,
    /// Family name.
    pub cognome: String,
    /// Codice fiscale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codice_fiscale: Option<CodiceFiscale>,
    /// Day of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_nascita: Option<Date>,
    /// What they are to the person, such as `figlio`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parentela: Option<String>,
}

/// Indicator of the economic situation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Isee {
    /// Euro.
    pub valore: Decimale,
    /// Day until which the attestation is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scadenza: Option<Date>,
}

/// A property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Immobile {
    /// Sheet of the cadastral map.
    pub foglio: String,
    /// Parcel.
    pub particella: String,
    /// Unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subalterno: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indirizzo: Option<Indirizzo>,
}

/// A vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Veicolo {
    /// Plate.
    pub targa: String,
    /// Make and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descrizione: Option<String>,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Azienda {
    /// Partita IVA.
    pub partita_iva: PartitaIva,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominazione: Option<String>,
}

impl Modulo {
    /// First values of a form. What its field would refuse is left out: a citizen never begins with an error.
    pub fn precompila(&self, identita: &Anagrafica, profilo: &Profilo, oggi: Date) -> Map<String, Value> {
        let mut valori = Map::new();
        for campo in self.campi() {
            let Some(valore) = campo.precompila.and_then(|fonte| valore(fonte, identita, profilo)) else { continue };
            if let Some(valore) = adatto(campo, &valore, oggi) {
                valori.insert(campo.nome.clone(), valore);
            }
        }
        valori
    }
}

fn valore(fonte: Fonte, identita: &Anagrafica, profilo: &Profilo) -> Option<Value> {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    match fonte {
        Fonte::Nome => Some(identita.nome.as_str().into()),
        Fonte::Cognome => Some(identita.cognome.as_str().into()),
        Fonte::CodiceFiscale => identita.codice_fiscale.as_ref().map(|codice| codice.as_str().into()),
        Fonte::DataNascita => profilo.nascita.as_ref().map(|nascita| nascita.data.to_string().into()),
        Fonte::LuogoNascita => profilo.nascita.as_ref().and_then(|nascita| text(&nascita.luogo)),
        Fonte::Residenza => serde_json::to_value(profilo.residenza.as_ref()?).ok(),
        Fonte::Email => text(&profilo.email).or_else(|| text(&identita.email)),
        Fonte::Telefono => text(&profilo.telefono),
        Fonte::Iban => text(&profilo.iban),
        Fonte::Isee => profilo.isee.as_ref().map(|isee| isee.valore.testo(2).into()),
        Fonte::Nucleo => serde_json::to_value(&profilo.nucleo).ok(),
        Fonte::Veicoli => serde_json::to_value(&profilo.veicoli).ok(),
        Fonte::Immobili => serde_json::to_value(&profilo.immobili).ok(),
        Fonte::IseeScadenza => profilo.isee.as_ref()?.scadenza.map(|day| day.to_string().into()),
        Fonte::Azienda => profilo.azienda.as_ref().map(|azienda| azienda.partita_iva.as_str().into()),
        Fonte::AziendaDenominazione => profilo.azienda.as_ref().and_then(|azienda| text(&azienda.denominazione)),
    }
}

/// A value as its field takes it; of the items of a group, what the group asks.
fn adatto(campo: &Campo, valore: &Value, oggi: Date) -> Option<Value> {
    if vuoto(Some(valore)) {
        return None;
    }
    let TipoCampo::Gruppo { massimo, campi, .. } = &campo.tipo else {
        return canonico(campo, valore, "", oggi).ok();
    };
    let items = valore.as_array()?.iter().take(*massimo as usize);
    let items: Vec<Value> = items
        .filter_map(|item| {
            let known = |interno: &Campo| {
                let valore = item.get(&interno.nome).filter(|v| !vuoto(Some(v)))?;
                Some((interno.nome.clone(), canonico(interno, valore, "", oggi).ok()?))
            };
            let clean: Map<String, Value> = campi.iter().filter_map(known).collect();
            (!clean.is_empty()).then_some(Value::Object(clean))
        })
        .collect();
    (!items.is_empty()).then_some(Value::Array(items))
}
