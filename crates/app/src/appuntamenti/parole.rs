//! When and where, as people say it; and refusals that say what is free instead.

use crate::error::ErroreCampo;
use crate::testi;
pub use crate::testi::{ora, settimana};
use domain::prenotabile::SlotId;
use domain::termini::data_locale;
use jiff::Timestamp;

/// A day and hour in Italy: `martedì 10 marzo 2026, ore 9:20`.
pub fn quando(istante: Timestamp) -> String {
    let data = data_locale(istante);
    format!("{} {}, ore {}", settimana(data), testi::giorno(data), ora(istante))
}

impl ErroreCampo {
    /// Slots that are free instead of the one that was refused.
    pub fn alternative(&self) -> Vec<SlotId> {
        let text = self.valori.get("alternative").map_or("", String::as_str);
        text.split(',').filter_map(|slot| slot.parse().ok()).collect()
    }

    /// Names what is free instead, in the values and in the sentence.
    pub(super) fn offri(
        &mut self,
        liberi: &[SlotId],
        voluto: &SlotId,
        luogo: &(dyn Fn(&SlotId) -> Option<String> + Sync),
    ) {
        let names: Vec<String> = liberi.iter().map(ToString::to_string).collect();
        self.valori.insert("alternative".into(), names.join(","));
        let words = |slot: &SlotId| {
            let here = slot.ufficio == voluto.ufficio;
            let time = if here && slot.giorno() == voluto.giorno() { ora(slot.inizio) } else { quando(slot.inizio) };
            let elsewhere = if here { None } else { luogo(slot) };
            elsewhere.map_or(time.clone(), |luogo| format!("{time} ({luogo})"))
        };
        let words: Vec<String> = liberi.iter().map(words).collect();
        let sentence = if words.is_empty() {
            testi::it("appuntamento-nessun-libero")
        } else {
            testi::testo(testi::ITALIANO, "appuntamento-liberi", &[("liberi", words.join("; "))])
        };
        self.messaggio = format!("{} {sentence}", self.messaggio);
    }
}
