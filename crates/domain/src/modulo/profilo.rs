//! The way back of `precompila`: what the answers of a form say of a person, so that it is not asked again.

use super::decimale::Decimale;
use super::giorno;
use super::limiti;
use super::lingua::{Fonte, Modulo};
use super::precompila::{Azienda, Componente, Immobile, Indirizzo, Isee, Nascita, Profilo, Veicolo};
use super::valori::vuoto;
use crate::codice_fiscale::{CodiceFiscale, PartitaIva};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The groups of data that are not asked twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GruppoProfilo {
    /// E-mail address and telephone.
    Contatti,
    /// Residence.
    Residenza,
    /// Birth.
    Nascita,
    /// Family.
    Nucleo,
    /// ISEE.
    Isee,
    /// IBAN.
    Iban,
    /// Vehicles.
    Veicoli,
    /// Real estate.
    Immobili,
    /// Company.
    Azienda,
}

impl GruppoProfilo {
    /// All, in the order in which people think of them.
    pub const ALL: [Self; 9] = [
        Self::Contatti,
        Self::Residenza,
        Self::Nascita,
        Self::Nucleo,
        Self::Isee,
        Self::Iban,
        Self::Veicoli,
        Self::Immobili,
        Self::Azienda,
    ];

    /// Its word, as addresses say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contatti => "contatti",
            Self::Residenza => "residenza",
            Self::Nascita => "nascita",
            Self::Nucleo => "nucleo",
            Self::Isee => "isee",
            Self::Iban => "iban",
            Self::Veicoli => "veicoli",
            Self::Immobili => "immobili",
            Self::Azienda => "azienda",
        }
    }

    /// The group of a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gruppo| gruppo.as_str() == text)
    }
}

impl Modulo {
    /// What accepted answers say of a person: those of fields that would have been filled in from the profile. An item that
    /// lacks what makes it one is left out.
    pub fn profilo(&self, valori: &Map<String, Value>) -> Profilo {
        let given = |fonte: Fonte| {
            let fields = self.campi().filter(|campo| campo.precompila == Some(fonte));
            fields.filter_map(|campo| valori.get(&campo.nome)).find(|valore| !vuoto(Some(valore)))
        };
        let text = |fonte: Fonte| given(fonte).and_then(Value::as_str).map(str::to_owned);
        let day = |fonte: Fonte| text(fonte).and_then(|text| giorno::data(&text));
        Profilo {
            nascita: day(Fonte::DataNascita).map(|data| Nascita { data, luogo: text(Fonte::LuogoNascita) }),
            residenza: given(Fonte::Residenza).and_then(leggi::<Indirizzo>),
            email: text(Fonte::Email),
            telefono: text(Fonte::Telefono),
            nucleo: given(Fonte::Nucleo).map(voci::<Componente>).unwrap_or_default(),
            isee: text(Fonte::Isee)
                .and_then(|text| Decimale::parse(&text))
                .map(|valore| Isee { valore, scadenza: day(Fonte::IseeScadenza) }),
            immobili: given(Fonte::Immobili).map(voci::<Immobile>).unwrap_or_default(),
            veicoli: given(Fonte::Veicoli).map(voci::<Veicolo>).unwrap_or_default(),
            iban: text(Fonte::Iban),
            azienda: text(Fonte::Azienda)
                .and_then(|text| PartitaIva::parse(&text).ok())
                .map(|partita_iva| Azienda { partita_iva, denominazione: text(Fonte::AziendaDenominazione) }),
        }
    }
}

fn leggi<T: DeserializeOwned>(valore: &Value) -> Option<T> {
    serde_json::from_value(valore.clone()).ok()
}

/// The items of a group that have what makes them one; what else the form asks is left out.
fn voci<T: DeserializeOwned>(valore: &Value) -> Vec<T> {
    let one = |item: &Value| {
        let Value::Object(mut item) = item.clone() else { return None };
        item.retain(|_, valore| !vuoto(Some(valore)));
        leggi(&Value::Object(item))
    };
    valore.as_array().into_iter().flatten().filter_map(one).collect()
}

/// Something of which a profile keeps several.
trait Voce: Clone {
    /// Whether it is the same thing or person.
    fn stessa(&self, altra: &Self) -> bool;
    /// Takes over what the other one knows.
    fn aggiorna(&mut self, altra: &Self);
}

fn stesso_testo(uno: &str, altro: &str) -> bool {
    uno.trim().to_lowercase() == altro.trim().to_lowercase()
}

fn prendi<T: Clone>(mio: &mut Option<T>, suo: Option<&T>) {
    if let Some(suo) = suo {
        *mio = Some(suo.clone());
    }
}

impl Voce for Componente {
    fn stessa(&self, altra: &Self) -> bool {
        match (&self.codice_fiscale, &altra.codice_fiscale) {
            (Some(uno), Some(altro)) => CodiceFiscale::as_str(uno) == altro.as_str(),
            _ => stesso_testo(&self.nome, &altra.nome) && stesso_testo(&self.cognome, &altra.cognome),
        }
    }

    fn aggiorna(&mut self, altra: &Self) {
        (self.nome, self.cognome) = (altra.nome.clone(), altra.cognome.clone());
        prendi(&mut self.codice_fiscale, altra.codice_fiscale.as_ref());
        prendi(&mut self.data_nascita, altra.data_nascita.as_ref());
        prendi(&mut self.parentela, altra.parentela.as_ref());
    }
}

impl Voce for Immobile {
    fn stessa(&self, altra: &Self) -> bool {
        let key = |i: &Self| (i.foglio.clone(), i.particella.clone(), i.subalterno.clone());
        key(self) == key(altra)
    }

    fn aggiorna(&mut self, altra: &Self) {
        prendi(&mut self.indirizzo, altra.indirizzo.as_ref());
    }
}

impl Voce for Veicolo {
    fn stessa(&self, altra: &Self) -> bool {
        stesso_testo(&self.targa, &altra.targa)
    }

    fn aggiorna(&mut self, altra: &Self) {
        prendi(&mut self.descrizione, altra.descrizione.as_ref());
    }
}

/// Joins two lists; a profile holds no more items than a form may show.
fn unisci<T: Voce>(mie: &mut Vec<T>, sue: &[T]) {
    for sua in sue {
        let room = mie.len() < limiti::VOCI as usize;
        match mie.iter_mut().find(|mia| mia.stessa(sua)) {
            Some(mia) => mia.aggiorna(sua),
            None if room => mie.push(sua.clone()),
            None => {}
        }
    }
}

impl Profilo {
    /// Whether nothing is known in a group.
    pub fn vuoto(&self, gruppo: GruppoProfilo) -> bool {
        self.solo(gruppo) == Self::default()
    }

    /// A profile of one group of this one.
    pub fn solo(&self, gruppo: GruppoProfilo) -> Self {
        let mut solo = Self::default();
        solo.metti(gruppo, self);
        solo
    }

    /// Puts a group of another profile in the place of the own one.
    pub fn metti(&mut self, gruppo: GruppoProfilo, altro: &Self) {
        match gruppo {
            GruppoProfilo::Contatti => {
                (self.email, self.telefono) = (altro.email.clone(), altro.telefono.clone());
            }
            GruppoProfilo::Residenza => self.residenza.clone_from(&altro.residenza),
            GruppoProfilo::Nascita => self.nascita.clone_from(&altro.nascita),
            GruppoProfilo::Nucleo => self.nucleo.clone_from(&altro.nucleo),
            GruppoProfilo::Isee => self.isee.clone_from(&altro.isee),
            GruppoProfilo::Iban => self.iban.clone_from(&altro.iban),
            GruppoProfilo::Veicoli => self.veicoli.clone_from(&altro.veicoli),
            GruppoProfilo::Immobili => self.immobili.clone_from(&altro.immobili),
            GruppoProfilo::Azienda => self.azienda.clone_from(&altro.azienda),
        }
    }

    /// Takes over what another profile knows in a group; what only this one knows stays.
    pub fn unisci(&mut self, gruppo: GruppoProfilo, altro: &Self) {
        match gruppo {
            GruppoProfilo::Contatti => {
                prendi(&mut self.email, altro.email.as_ref());
                prendi(&mut self.telefono, altro.telefono.as_ref());
            }
            GruppoProfilo::Residenza => prendi(&mut self.residenza, altro.residenza.as_ref()),
            GruppoProfilo::Nascita => {
                let same = |nascita: &&Nascita| self.nascita.as_ref().is_some_and(|mia| mia.data == nascita.data);
                // The same day without its place is no news; nor are the two below.
                if altro.nascita.as_ref().filter(same).is_none_or(|nascita| nascita.luogo.is_some()) {
                    prendi(&mut self.nascita, altro.nascita.as_ref());
                }
            }
            GruppoProfilo::Nucleo => unisci(&mut self.nucleo, &altro.nucleo),
            GruppoProfilo::Isee => {
                let same = |isee: &&Isee| self.isee.as_ref().is_some_and(|mio| mio.valore == isee.valore);
                if altro.isee.as_ref().filter(same).is_none_or(|isee| isee.scadenza.is_some()) {
                    prendi(&mut self.isee, altro.isee.as_ref());
                }
            }
            GruppoProfilo::Iban => prendi(&mut self.iban, altro.iban.as_ref()),
            GruppoProfilo::Veicoli => unisci(&mut self.veicoli, &altro.veicoli),
            GruppoProfilo::Immobili => unisci(&mut self.immobili, &altro.immobili),
            GruppoProfilo::Azienda => {
                let same = |azienda: &&Azienda| {
                    self.azienda.as_ref().is_some_and(|mia| mia.partita_iva == azienda.partita_iva)
                };
                if altro.azienda.as_ref().filter(same).is_none_or(|azienda| azienda.denominazione.is_some()) {
                    prendi(&mut self.azienda, altro.azienda.as_ref());
                }
            }
        }
    }

    /// Groups in which another profile knows something that this one does not.
    pub fn novita(&self, altro: &Self) -> Vec<GruppoProfilo> {
        let changes = |gruppo: &GruppoProfilo| {
            let mut joined = self.clone();
            joined.unisci(*gruppo, altro);
            joined != *self
        };
        GruppoProfilo::ALL.into_iter().filter(changes).collect()
    }
}
