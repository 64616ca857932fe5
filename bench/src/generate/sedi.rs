//! The offices at which a generated town receives by appointment, and what can be booked there.

use crate::Failure;
use domain::Sample as _;
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Orario, Prenotabile, Protocolla};
use serde_json::json;

/// What a booking may be about.
pub const MOTIVI: [&str; 2] = ["Certificati", "Informazioni"];
/// What is booked.
pub const SERVIZIO: &str = "sportello-facile";
/// Offices of a town, at most: as many as one question looks at.
pub const MOST: u64 = 60;
/// Days ahead that can be booked.
pub const ORIZZONTE: u16 = 60;
/// Minutes after the end from which who did not come counts as absent.
pub const TOLLERANZA: u16 = 10;
/// Hours before the start from which nobody cancels any more.
pub const DISDETTA: u16 = 24;
/// Desks of an office, least and most.
const SPORTELLI: (u64, u64) = (3, 40);
/// Slots of a desk in a week: nine each morning, six on two afternoons.
const SLOT_SETTIMANA: u64 = 5 * 9 + 2 * 6;
/// Working days of a week.
const GIORNI_SETTIMANA: u64 = 5;
/// Part of its seats that an office has given away by the evening, in percent.
const PIENO: u64 = 80;

/// Code of an office.
pub fn ufficio(number: u64) -> CodiceUfficio {
    CodiceUfficio::new(format!("sede-{:02}", number + 1))
}

/// Name of an office.
pub fn nome(number: u64) -> String {
    format!("Sportello facile {}", number + 1)
}

/// Desks that an office needs for so many seats a day.
pub fn sportelli(a_day: u64) -> u64 {
    let wanted = a_day * GIORNI_SETTIMANA * 100;
    wanted.div_ceil(SLOT_SETTIMANA * PIENO).clamp(SPORTELLI.0, SPORTELLI.1)
}

/// What can be booked: an everyday matter, that takes no number of a register.
pub fn prenotabile() -> Prenotabile {
    Prenotabile {
        codice: SERVIZIO.into(),
        nome: "Sportello facile".into(),
        descrizione: "Certificati, cambi di indirizzo e informazioni in una visita.".into(),
        margine_minuti: 5,
        preavviso_ore: 0,
        orizzonte_giorni: ORIZZONTE,
        disdetta_ore: DISDETTA,
        tolleranza_minuti: TOLLERANZA,
        protocolla: Protocolla::No,
        motivi: MOTIVI.map(str::to_owned).into(),
        cosa_serve: vec!["un documento d'identità".into()],
        lista_attesa: false,
        promemoria_ore: Vec::new(),
        ..Prenotabile::sample()
    }
}

/// When an office receives: every morning, and on two afternoons.
pub fn orario(number: u64, sportelli: u64) -> Result<Orario, Failure> {
    let orari = json!([
        { "giorni": ["lun", "mar", "mer", "gio", "ven"], "dalle": "08:30:00", "alle": "12:30:00" },
        { "giorni": ["mar", "gio"], "dalle": "15:00:00", "alle": "17:30:00" },
    ]);
    let desk = |n: u64| json!({ "codice": format!("s{n}"), "nome": format!("Sportello {n}"), "servizi": [SERVIZIO], "orari": orari });
    Ok(serde_json::from_value(json!({
        "ufficio": ufficio(number),
        "versione": 1,
        "luogo": { "nome": nome(number), "indirizzo": format!("Via della Fonte {}", number + 1), "accessibile": true },
        "sportelli": (1..=sportelli).map(desk).collect::<Vec<_>>(),
    }))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_hold_and_have_desks_enough() {
        assert_eq!(prenotabile().controlla(), []);
        for a_day in [0, 1, 33, 200] {
            let desks = sportelli(a_day);
            assert_eq!(orario(59, desks).unwrap().controlla(), []);
            assert!(desks * SLOT_SETTIMANA * PIENO >= a_day * GIORNI_SETTIMANA * 100, "{a_day} a day, {desks} desks");
        }
        assert_eq!(sportelli(33), 4);
    }
}
