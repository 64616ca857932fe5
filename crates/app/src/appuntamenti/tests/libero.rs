//! Free and busy time of an office.

use super::sala::{LUNEDI, MARTEDI, SERVIZIO, Sala, codice, slot, ufficio};
use crate::appuntamenti::limits;
use jiff::ToSpan as _;
use jiff::civil::date;

/// The periods of a text, unfolded: kind, start, end.
fn periodi(text: &str) -> Vec<(String, String)> {
    let text = text.replace("\r\n ", "");
    let line = |line: &str| {
        let (kind, span) = line.strip_prefix("FREEBUSY;FBTYPE=")?.split_once(':')?;
        Some((kind.to_owned(), span.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

#[tokio::test]
async fn what_cannot_be_booked_is_busy_and_the_closed_hours_are_not_available() {
    let sala = Sala::nuova().await;
    let nobody = sala.mondo.nessuno();
    let (dal, al) = (Some(LUNEDI), Some(LUNEDI));
    let libero = async || {
        sala.letture().await;
        sala.app.libero_occupato(&nobody, (&ufficio(), SERVIZIO), (dal, al)).await.unwrap()
    };
    let text = libero().await;
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("\r\nBEGIN:VFREEBUSY\r\n"), "{text}");
    assert!(!text.contains("VEVENT"), "{text}");
    // Rome is an hour ahead of UTC in March; the office is open from nine to noon.
    let shut = |from: &str, to: &str| ("BUSY-UNAVAILABLE".to_owned(), format!("20260{from}00Z/20260{to}00Z"));
    let busy = |from: &str, to: &str| ("BUSY".to_owned(), format!("20260{from}00Z/20260{to}00Z"));
    let day = [shut("308T2300", "309T0800"), shut("309T1100", "309T2300")];
    assert_eq!(periodi(&text), day);
    // One of two desks is taken: there is still a place. Both: there is none.
    sala.prenota(&sala.cittadino(1), "a", slot(LUNEDI, 9, 30)).await.unwrap();
    assert_eq!(periodi(&libero().await), day);
    sala.prenota(&sala.cittadino(2), "b", slot(LUNEDI, 9, 30)).await.unwrap();
    let text = libero().await;
    assert_eq!(periodi(&text), [day[0].clone(), busy("309T0830", "309T0900"), day[1].clone()]);
    for name in ["Mario", "Rossi", "ATTENDEE", "SUMMARY"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
    // An officer, who needs give no notice, reads the same.
    let officer = sala.operatore("urp");
    assert_eq!(sala.app.libero_occupato(&officer, (&ufficio(), SERVIZIO), (dal, al)).await.unwrap(), text);
}

#[tokio::test]
async fn it_spans_some_weeks_from_today_and_never_more_than_is_offered() {
    let sala = Sala::nuova().await;
    let nobody = sala.mondo.nessuno();
    sala.letture().await;
    let libero = async |giorni| sala.app.libero_occupato(&nobody, (&ufficio(), SERVIZIO), giorni).await;
    let text = libero((None, None)).await.unwrap();
    let today = date(2026, 3, 6);
    let end = today.checked_add(limits::GIORNI_LIBERO.days()).unwrap().yesterday().unwrap();
    assert!(text.contains("\r\nDTSTART:20260305T230000Z\r\n"), "{text}");
    let end = format!("\r\nDTEND:{}T2", end.strftime("%Y%m%d"));
    assert!(text.contains(&end), "{end} {text}");
    // What is over is left out.
    let text = libero((Some(date(2026, 3, 1)), Some(MARTEDI))).await.unwrap();
    assert!(text.contains("\r\nDTSTART:20260305T230000Z\r\n"), "{text}");
    assert_eq!(codice(libero((Some(date(2026, 2, 1)), Some(date(2026, 2, 9)))).await), "periodo-non-valido");
    assert_eq!(codice(libero((Some(date(2029, 2, 1)), Some(date(2029, 2, 9)))).await), "periodo-non-valido");
    assert_eq!(codice(libero((Some(MARTEDI), Some(LUNEDI))).await), "periodo-non-valido");
    let long = MARTEDI.checked_add(limits::GIORNI_DISPONIBILITA.days()).unwrap();
    assert_eq!(codice(libero((Some(MARTEDI), Some(long))).await), "periodo-troppo-lungo");
    let unknown = sala.app.libero_occupato(&nobody, (&ufficio(), "altro"), (None, None)).await;
    assert_eq!(codice(unknown), "servizio-sconosciuto");
    let elsewhere = domain::ente::CodiceUfficio::new("altrove");
    let unknown = sala.app.libero_occupato(&nobody, (&elsewhere, SERVIZIO), (None, None)).await;
    assert_eq!(codice(unknown), "ufficio-sconosciuto");
}
