//! The latest date of a case in words: colour alone would say nothing to many.

use crate::layout::{Stato, Tono};
use domain::pratica::StatoPratica;
use jiff::civil::Date;

/// Days before the latest date from which it is marked.
const VICINO: i32 = 5;

/// The mark of a latest date; none when the case is concluded or there is time enough.
pub fn avviso(scadenza: Option<Date>, stato: StatoPratica, oggi: Date) -> Option<Stato> {
    let scadenza = scadenza.filter(|_| stato.aperta())?;
    let days = scadenza.since(oggi).map_or(0, |span| span.get_days());
    let n = days.unsigned_abs().to_string();
    let args = [("n", n.as_str())];
    match days {
        ..=-2 => Some(Stato::new(crate::ta("ufficio-scaduta-da", &args), Tono::Negativo)),
        -1 => Some(Stato::new(crate::t("ufficio-scaduta-ieri"), Tono::Negativo)),
        0 => Some(Stato::new(crate::t("ufficio-scade-oggi"), Tono::Attenzione)),
        1 => Some(Stato::new(crate::t("ufficio-scade-domani"), Tono::Attenzione)),
        2..=VICINO => Some(Stato::new(crate::ta("ufficio-scade-tra", &args), Tono::Attenzione)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_late_says_so_and_what_is_done_does_not() {
        let oggi = date(2026, 3, 10);
        let mark = |scadenza, stato| avviso(Some(scadenza), stato, oggi);
        let late = mark(date(2026, 3, 7), StatoPratica::InLavorazione).unwrap();
        assert_eq!((late.testo.as_str(), late.tono), ("Scaduta da 3 giorni", Tono::Negativo));
        assert_eq!(mark(date(2026, 3, 9), StatoPratica::Protocollata).unwrap().testo, "Scaduta da ieri");
        assert_eq!(mark(date(2026, 3, 10), StatoPratica::Protocollata).unwrap().tono, Tono::Attenzione);
        assert_eq!(mark(date(2026, 3, 15), StatoPratica::Protocollata).unwrap().testo, "Scade tra 5 giorni");
        assert_eq!(mark(date(2026, 3, 16), StatoPratica::Protocollata), None);
        assert_eq!(mark(date(2026, 1, 1), StatoPratica::Conclusa), None);
        assert_eq!(mark(date(2026, 1, 1), StatoPratica::Rinunciata), None);
        // Days, also across months.
        assert_eq!(mark(date(2026, 1, 10), StatoPratica::Protocollata).unwrap().testo, "Scaduta da 59 giorni");
        assert_eq!(avviso(None, StatoPratica::Protocollata, oggi), None);
    }
}
