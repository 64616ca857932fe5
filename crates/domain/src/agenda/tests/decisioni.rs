//! Given a day, when something is asked of it, then what.

use super::*;
use crate::agenda::{
    CausaLascito, CausaLiberazione, DURATA_BLOCCO, EsitoTurno, Fuori, MAX_ALTERNATIVE, MAX_BLOCCHI, MAX_DURATA_OFFERTA,
    MAX_SLOT, MAX_TURNI, PostoLasciato, PostoPrenotato, SlotBloccato, SlotLiberato, StatoTurno, Turno, fuori_orario,
};
use crate::prenotabile::{Quote, SlotId};
use jiff::SignedDuration;

const NOVE: &str = "2026-03-10T08:00:00Z";
const NOVE_E_MEZZA: &str = "2026-03-10T08:30:00Z";
const DIECI: &str = "2026-03-10T09:00:00Z";

#[test]
fn a_free_slot_is_given_with_its_end_and_its_margin() {
    let m = mondo();
    let events = m.prova(&Giornata::default(), m.prenota(1, NOVE), Ruolo::Cittadino).unwrap();
    let expected = PostoPrenotato { appuntamento: pratica(1), persona: persona(1), ..PostoPrenotato::sample() };
    assert_eq!(events, [expected.into()]);
}

#[test]
fn each_desk_is_given_once_and_then_the_refusal_says_what_is_free() {
    let m = mondo();
    let mut g = m.fai(Giornata::default(), m.prenota(1, NOVE));
    assert_eq!(m.liberi(MARTEDI, &g)[0].liberi, 1);
    g = m.fai(g, m.prenota(2, NOVE));
    assert_eq!(g.posti.iter().map(|p| p.preso.sportello.as_str()).collect::<Vec<_>>(), ["s1", "s2"]);
    let refusal = m.rifiuto(&g, m.prenota(3, NOVE), Ruolo::Cittadino);
    assert_eq!((refusal.code.as_str(), refusal.field.as_deref()), ("slot-non-disponibile", Some("slotId")));
    let free: Vec<SlotId> = refusal.args["alternative"].split(',').map(|id| id.parse().unwrap()).collect();
    assert_eq!(free.len(), MAX_ALTERNATIVE);
    assert_eq!(free[0].inizio, at(NOVE_E_MEZZA));
    for slot in free {
        m.fai(g.clone(), m.prenota(3, &slot.inizio.to_string()));
    }
    // Off the grid there is no slot, though the desk is free.
    assert_eq!(m.codice(&g, m.prenota(3, "2026-03-10T08:35:00Z")), "slot-non-disponibile");
    assert_eq!(m.codice(&g, m.prenota(1, DIECI)), "gia-prenotato");
}

#[test]
fn services_of_different_length_share_a_desk_and_its_margin() {
    let mut m = mondo();
    m.orario.sportelli.truncate(1);
    let g = m.fai(Giornata::default(), m.prenota(1, NOVE));
    let mut altro = m.clone();
    altro.prenotabile.codice = "cambio-residenza".into();
    altro.prenotabile.durata_minuti = 25;
    altro.prenotabile.margine_minuti = 0;
    let starts: Vec<_> = altro.liberi(MARTEDI, &g).iter().take(2).map(|slot| slot.inizio).collect();
    // Nine to twenty past, margin until half past: the slot of twenty-five past overlaps it.
    assert_eq!(starts, [at("2026-03-10T08:50:00Z"), at("2026-03-10T09:15:00Z")]);
    // And its own margin must not run into the next seat.
    let g = altro.fai(Giornata::default(), altro.prenota(2, "2026-03-10T08:25:00Z"));
    assert_eq!(m.codice(&g, m.prenota(1, NOVE)), "slot-non-disponibile");
    assert_eq!(m.codice(&g, m.prenota(1, NOVE_E_MEZZA)), "slot-non-disponibile");
    m.fai(g, m.prenota(1, DIECI));
}

#[test]
fn the_desk_is_one_that_serves_who_comes() {
    let mut m = mondo();
    m.orario.sportelli[1].lingue.push("sl".into());
    let want = |lingua: Option<&str>, accessibile| Command::Prenota {
        appuntamento: pratica(1),
        richiesta: Box::new(Richiesta { lingua: lingua.map(str::to_owned), accessibile, ..m.richiesta(NOVE, 1) }),
        blocco: None,
    };
    let desk = |command| m.fai(Giornata::default(), command).posti[0].preso.sportello.clone();
    assert_eq!([desk(want(Some("sl"), false)), desk(want(None, true))], ["s2", "s1"]);
    assert_eq!(m.codice(&Giornata::default(), want(Some("sl"), true)), "slot-non-disponibile");
    m.prenotabile.codice = "altro".into();
    assert_eq!(m.codice(&Giornata::default(), m.prenota(1, NOVE)), "slot-non-disponibile");
}

#[test]
fn the_past_the_notice_and_the_horizon() {
    let mut m = mondo();
    let empty = Giornata::default();
    m.adesso = at("2026-03-10T07:00:00Z");
    m.prenotabile.preavviso_ore = 1;
    m.fai(empty.clone(), m.prenota(1, NOVE));
    m.adesso = at("2026-03-10T07:00:01Z");
    assert_eq!(m.codice(&empty, m.prenota(1, NOVE)), "preavviso");
    assert_eq!(m.liberi(MARTEDI, &empty)[0].inizio, at(NOVE_E_MEZZA));
    // Officers take people without notice, but not yesterday.
    let adesso = Richiesta { canale: Canale::Sportello, ..m.richiesta(NOVE, 1) };
    let command = Command::Prenota { appuntamento: pratica(1), richiesta: Box::new(adesso), blocco: None };
    m.ufficio(empty.clone(), command.clone());
    m.adesso = at("2026-03-10T08:00:01Z");
    assert_eq!(m.rifiuto(&empty, command, Ruolo::Operatore).code, "slot-passato");
    m.adesso = at(LUNEDI);
    m.prenotabile.orizzonte_giorni = 4;
    m.fai(empty.clone(), m.prenota(1, "2026-03-13T08:00:00Z"));
    let refusal = m.rifiuto(&empty, m.prenota(1, "2026-03-16T08:00:00Z"), Ruolo::Cittadino);
    assert_eq!((refusal.code.as_str(), refusal.args["giorni"].as_str()), ("oltre-orizzonte", "4"));
    assert_eq!((m.liberi(date(2026, 3, 13), &empty).len(), m.liberi(date(2026, 3, 16), &empty).len()), (6, 0));
}

#[test]
fn a_channel_takes_no_more_than_its_part() {
    let mut m = mondo();
    m.orario.sportelli.truncate(1);
    m.orario.quote = Some(Quote { portale: 30, sportello: 100, telefono: 0 });
    // Ten seats on a Tuesday: three online.
    let mut g = Giornata::default();
    for (n, inizio) in (1..).zip([NOVE, NOVE_E_MEZZA, DIECI]) {
        g = m.fai(g, m.prenota(n, inizio));
    }
    let more = "2026-03-10T09:30:00Z";
    assert_eq!(m.codice(&g, m.prenota(4, more)), "quota-esaurita");
    assert_eq!(m.liberi(MARTEDI, &g), []);
    assert_eq!(slot_liberi(&m.domanda(Canale::Telefono), MARTEDI, &Giornata::default()), []);
    assert_eq!(slot_liberi(&m.domanda(Canale::Sportello), MARTEDI, &g).len(), 7);
    let counter = Richiesta { canale: Canale::Sportello, ..m.richiesta(more, 4) };
    m.ufficio(g, Command::Prenota { appuntamento: pratica(4), richiesta: Box::new(counter), blocco: None });
}

#[test]
fn a_hold_keeps_others_out_for_ten_minutes_and_then_no_more() {
    let mut m = mondo();
    m.orario.sportelli.truncate(1);
    let held = m.prova(&Giornata::default(), m.blocca(1, 1, NOVE), Ruolo::Cittadino).unwrap();
    let Event::SlotBloccato(event) = &held[0] else { panic!("{held:?}") };
    assert_eq!(event.scade, m.adesso.checked_add(DURATA_BLOCCO).unwrap());
    assert_eq!(*event, SlotBloccato { blocco: blocco(1), persona: persona(1), ..SlotBloccato::sample() });
    let g = held.iter().fold(Giornata::default(), evolve);
    assert_eq!(m.codice(&g, m.prenota(2, NOVE)), "slot-non-disponibile");
    let with_hold = |m: &Mondo, n| Command::Prenota {
        appuntamento: pratica(n),
        richiesta: Box::new(m.richiesta(NOVE, n)),
        blocco: Some(blocco(1)),
    };
    assert_eq!(m.codice(&g, with_hold(&m, 2)), "blocco-scaduto", "somebody else's hold");
    let booked = m.prova(&g, with_hold(&m, 1), Ruolo::Cittadino).unwrap();
    assert_eq!(nomi(&booked), ["SlotLiberato", "PostoPrenotato"]);
    assert_eq!(booked.iter().fold(g.clone(), evolve).blocchi, []);

    m.adesso = event.scade.checked_sub(SignedDuration::from_nanos(1)).unwrap();
    assert_eq!(m.codice(&g, m.prenota(2, NOVE)), "slot-non-disponibile");
    m.adesso = event.scade;
    assert_eq!(m.liberi(MARTEDI, &g)[0].inizio, at(NOVE));
    assert_eq!(m.codice(&g, with_hold(&m, 1)), "blocco-scaduto");
    // That it ended is recorded with the next write.
    let next = m.prova(&g, m.prenota(2, NOVE), Ruolo::Cittadino).unwrap();
    let over = SlotLiberato { blocco: blocco(1), causa: CausaLiberazione::Scaduto, il: m.adesso };
    assert_eq!((&next[0], nomi(&next)), (&over.into(), vec!["SlotLiberato", "PostoPrenotato"]));
}

#[test]
fn the_notice_was_that_of_the_hold() {
    let mut m = mondo();
    m.adesso = at("2026-03-10T06:00:00Z");
    let g = m.fai(Giornata::default(), m.blocca(1, 1, NOVE));
    m.adesso = at("2026-03-10T06:05:00Z");
    assert_eq!(m.codice(&Giornata::default(), m.prenota(1, NOVE)), "preavviso");
    let command = Command::Prenota {
        appuntamento: pratica(1),
        richiesta: Box::new(m.richiesta(NOVE, 1)),
        blocco: Some(blocco(1)),
    };
    m.fai(g.clone(), command.clone());
    // A closure since then is not the hold's.
    let g = m.ufficio(g, chiudi(&m, &[]));
    assert_eq!(m.codice(&g, command), "giornata-chiusa");
}

#[test]
fn a_person_holds_two_slots_at_most_and_a_third_frees_the_first() {
    let m = mondo();
    let mut g = Giornata::default();
    for (n, inizio) in (1..).zip([NOVE, NOVE_E_MEZZA, DIECI]) {
        g = m.fai(g, m.blocca(n, 1, inizio));
    }
    assert_eq!(g.blocchi.iter().map(|b| b.blocco).collect::<Vec<_>>(), [blocco(2), blocco(3)]);
    assert_eq!(g.blocchi.len(), MAX_BLOCCHI);
    // The same slot once more is the same wish, with a new time; other persons do not count.
    g = m.fai(g, m.blocca(4, 1, NOVE_E_MEZZA));
    g = m.fai(g, m.blocca(5, 2, NOVE));
    assert_eq!(g.blocchi.iter().map(|b| b.blocco).collect::<Vec<_>>(), [blocco(3), blocco(4), blocco(5)]);
    assert_eq!(m.codice(&g, m.blocca(5, 3, NOVE)), "gia-bloccato");
    let free = Command::Libera { blocco: blocco(5) };
    g = m.fai(g, free.clone());
    assert_eq!(m.codice(&g, free), "blocco-scaduto");
}

#[test]
fn an_offer_is_held_longer_but_not_for_ever_and_is_not_pushed_out() {
    let m = mondo();
    let offer =
        |scade| Command::Blocca { blocco: blocco(1), richiesta: Box::new(m.richiesta(NOVE, 1)), offerta: Some(scade) };
    let hour = m.adesso.checked_add(SignedDuration::from_hours(1)).unwrap();
    assert_eq!(m.fai(Giornata::default(), offer(hour)).blocchi[0].scade, hour);
    let mut g = m.fai(Giornata::default(), offer(Timestamp::MAX));
    assert_eq!(g.blocchi[0].scade, m.adesso.checked_add(MAX_DURATA_OFFERTA).unwrap());
    for (n, inizio) in (2..).zip([NOVE_E_MEZZA, DIECI, "2026-03-10T09:30:00Z"]) {
        g = m.fai(g, m.blocca(n, 1, inizio));
    }
    assert_eq!(g.blocchi.iter().map(|b| b.blocco).collect::<Vec<_>>(), [blocco(1), blocco(3), blocco(4)]);
}

#[test]
fn a_seat_is_left_and_moved_within_the_day() {
    let mut m = mondo();
    m.orario.sportelli.truncate(1);
    let g = m.fai(Giornata::default(), m.prenota(1, NOVE));
    let leave = Command::Lascia { appuntamento: pratica(1), causa: CausaLascito::Annullato };
    let left = m.fai(g.clone(), leave.clone());
    assert_eq!(left, Giornata::default());
    assert_eq!(m.codice(&left, leave), "posto-inesistente");
    let sposta = |inizio| Command::Sposta {
        appuntamento: pratica(1),
        richiesta: Box::new(m.richiesta(inizio, 1)),
        blocco: None,
    };
    let events = m.prova(&g, sposta(DIECI), Ruolo::Cittadino).unwrap();
    let lasciato = PostoLasciato { appuntamento: pratica(1), causa: CausaLascito::Spostato, il: m.adesso };
    assert_eq!((&events[0], nomi(&events)), (&lasciato.into(), vec!["PostoLasciato", "PostoPrenotato"]));
    // What cannot be had leaves everything as it was.
    let full = m.fai(g, m.prenota(2, DIECI));
    assert_eq!(m.codice(&full, sposta(DIECI)), "slot-non-disponibile");
}

fn chiudi(m: &Mondo, sportelli: &[&str]) -> Command {
    Command::Chiudi {
        ufficio: m.orario.ufficio.clone(),
        giorno: MARTEDI,
        sportelli: sportelli.iter().map(|&codice| codice.to_owned()).collect(),
        motivo: "Sciopero".into(),
    }
}

#[test]
fn a_closure_after_bookings_leaves_and_flags_them() {
    let m = mondo();
    let mut g = m.fai(Giornata::default(), m.prenota(1, NOVE));
    g = m.fai(g, m.prenota(2, NOVE));
    g = m.ufficio(g, chiudi(&m, &["s2"]));
    assert_eq!(m.liberi(MARTEDI, &g)[0].inizio, at(NOVE_E_MEZZA));
    assert!(m.liberi(MARTEDI, &g).iter().all(|slot| slot.liberi == 1));
    let out = |g: &Giornata| -> Vec<_> {
        let found = fuori_orario(g, MARTEDI, &m.orario, &m.calendario);
        found.iter().map(|f| (f.posto.appuntamento, f.causa)).collect()
    };
    assert_eq!(out(&g), [(pratica(2), Fuori::Chiusura)]);
    assert_eq!(m.rifiuto(&g, chiudi(&m, &["s2"]), Ruolo::Operatore).code, "gia-chiusa");
    g = m.ufficio(g, chiudi(&m, &[]));
    assert_eq!((g.posti.len(), out(&g).len(), m.liberi(MARTEDI, &g).len()), (2, 2, 0));
    let refusal = m.rifiuto(&g, m.prenota(3, DIECI), Ruolo::Cittadino);
    assert_eq!((refusal.code.as_str(), refusal.args["motivo"].as_str()), ("giornata-chiusa", "Sciopero"));
    assert_eq!(m.rifiuto(&g, chiudi(&m, &["s1"]), Ruolo::Operatore).code, "gia-chiusa");
    assert_eq!(m.codice(&Giornata::default(), chiudi(&m, &[])), "non-autorizzato");

    let riapri = |sportelli: &[&str]| Command::Riapri {
        ufficio: m.orario.ufficio.clone(),
        giorno: MARTEDI,
        sportelli: sportelli.iter().map(|&codice| codice.to_owned()).collect(),
    };
    assert_eq!(m.rifiuto(&g, riapri(&["s1"]), Ruolo::Operatore).code, "chiusura-intera");
    let open = m.ufficio(g, riapri(&[]));
    assert_eq!((open.chiusure.len(), out(&open).len()), (0, 0));
    assert_eq!(m.rifiuto(&open, riapri(&[]), Ruolo::Operatore).code, "giornata-aperta");
    let partly = m.ufficio(m.ufficio(open, chiudi(&m, &["s1", "s2"])), riapri(&["s1"]));
    assert_eq!(partly.chiusure[0].sportelli, ["s2"]);
}

#[test]
fn a_rule_changed_under_bookings_leaves_and_flags_them() {
    let mut m = mondo();
    let mut g = Giornata::default();
    for (n, inizio) in (1..).zip([NOVE, NOVE, "2026-03-10T10:30:00Z", "2026-03-10T14:00:00Z"]) {
        g = m.fai(g, m.prenota(n, inizio));
    }
    m.orario.sportelli[0].orari[0].alle = jiff::civil::time(11, 0, 0, 0);
    let out = |m: &Mondo| -> Vec<_> {
        let found = fuori_orario(&g, MARTEDI, &m.orario, &m.calendario);
        found.iter().map(|f| (f.posto.appuntamento, f.causa)).collect()
    };
    assert_eq!(out(&m), [(pratica(3), Fuori::Orario)]);
    m.orario.sportelli[1].servizi = vec!["altro".into()];
    assert_eq!(out(&m), [(pratica(2), Fuori::Servizio), (pratica(3), Fuori::Orario)]);
    m.orario.sportelli.truncate(1);
    assert_eq!(out(&m), [(pratica(2), Fuori::Sportello), (pratica(3), Fuori::Orario)]);
    m.calendario.chiusure.insert(MARTEDI);
    assert_eq!(out(&m).len(), 4);
    // A new length of the slots gives nobody else's seat away.
    let mut short = mondo();
    short.prenotabile.durata_minuti = 10;
    short.prenotabile.margine_minuti = 0;
    let free = short.liberi(MARTEDI, &g);
    assert_eq!(free[0].inizio, at(NOVE_E_MEZZA));
}

#[test]
fn numbers_are_dense_and_each_goes_its_way() {
    let mut m = mondo();
    let mut g = m.fai(Giornata::default(), m.prenota(1, NOVE));
    let turno =
        |appuntamento| Command::AssegnaTurno { giorno: MARTEDI, appuntamento, servizio: "carta-identita".into() };
    assert_eq!(m.rifiuto(&g, turno(None), Ruolo::Operatore).code, "altro-giorno");
    m.adesso = at("2026-03-10T07:55:00Z");
    g = m.ufficio(g, turno(None));
    g = m.ufficio(g, turno(Some(pratica(1))));
    assert_eq!(g.turni.iter().map(|t| t.turno).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(m.rifiuto(&g, turno(Some(pratica(1))), Ruolo::Operatore).code, "turno-gia-assegnato");
    assert_eq!(m.rifiuto(&g, turno(Some(pratica(2))), Ruolo::Operatore).code, "posto-inesistente");

    let chiama = |turno, sportello: &str| Command::ChiamaTurno { turno, sportello: sportello.into() };
    let concludi = |turno| Command::ConcludiTurno { turno, esito: EsitoTurno::Servito };
    assert_eq!(m.rifiuto(&g, concludi(2), Ruolo::Operatore).code, "turno-non-chiamato");
    g = m.ufficio(g, chiama(2, "s1"));
    assert_eq!(m.rifiuto(&g, chiama(1, "s1"), Ruolo::Operatore).code, "sportello-occupato");
    assert_eq!(m.codice(&g, chiama(1, "s2")), "non-autorizzato");
    m.adesso = at("2026-03-10T08:01:00Z");
    g = m.ufficio(g, chiama(2, "s2"));
    let since = at("2026-03-10T07:55:00Z");
    assert_eq!(g.turni[1].stato, StatoTurno::Chiamato { sportello: "s2".into(), dal: since }, "called once more");
    g = m.ufficio(g, concludi(2));
    for command in [chiama(2, "s1"), concludi(2)] {
        assert_eq!(m.rifiuto(&g, command, Ruolo::Operatore).code, "turno-concluso");
    }
    for turno in [0, 3] {
        assert_eq!(m.rifiuto(&g, chiama(turno, "s1"), Ruolo::Operatore).code, "turno-inesistente");
    }
    let last = Turno { turno: MAX_TURNI, ..g.turni[0].clone() };
    g.turni = vec![last];
    assert_eq!(m.rifiuto(&g, turno(None), Ruolo::Operatore).code, "turni-esauriti");
}

#[test]
fn no_opening_has_more_slots_than_the_limit() {
    let mut m = mondo();
    m.prenotabile.durata_minuti = 1;
    m.prenotabile.margine_minuti = 0;
    m.orario.sportelli.truncate(1);
    m.orario.sportelli[0].orari.truncate(1);
    m.orario.sportelli[0].orari[0].dalle = jiff::civil::time(0, 0, 0, 0);
    m.orario.sportelli[0].orari[0].alle = jiff::civil::time(23, 59, 0, 0);
    assert_eq!(m.liberi(MARTEDI, &Giornata::default()).len(), MAX_SLOT);
}

#[test]
fn texts_of_a_closure_are_read() {
    let m = mondo();
    let with = |motivo: &str, sportelli: Vec<String>| Command::Chiudi {
        ufficio: m.orario.ufficio.clone(),
        giorno: MARTEDI,
        sportelli,
        motivo: motivo.into(),
    };
    let code = |command| m.rifiuto(&Giornata::default(), command, Ruolo::Operatore).code;
    assert_eq!(code(with(" ", vec![])), "obbligatorio");
    assert_eq!(code(with(&"x".repeat(201), vec![])), "testo-lungo");
    assert_eq!(code(with("Ferie", vec!["s".into(); 41])), "troppi-sportelli");
    assert_eq!(code(with("Ferie", vec!["s".repeat(41)])), "testo-lungo");
}

#[test]
fn a_number_that_nobody_answered_leaves_the_desk_free_and_can_be_called_anew() {
    let mut m = mondo();
    let mut g = m.fai(Giornata::default(), m.prenota(1, NOVE));
    m.adesso = at("2026-03-10T07:55:00Z");
    let turno =
        |appuntamento| Command::AssegnaTurno { giorno: MARTEDI, appuntamento, servizio: "carta-identita".into() };
    g = m.ufficio(m.ufficio(g, turno(Some(pratica(1)))), turno(None));
    let chiama = |turno, sportello: &str| Command::ChiamaTurno { turno, sportello: sportello.into() };
    let nessuno = |turno| Command::ConcludiTurno { turno, esito: EsitoTurno::Assente };
    assert_eq!(m.rifiuto(&g, nessuno(1), Ruolo::Operatore).code, "turno-non-chiamato");
    g = m.ufficio(g, chiama(1, "s1"));
    assert!(!g.senza_risposta(pratica(1)));
    g = m.ufficio(g, nessuno(1));
    assert!(g.senza_risposta(pratica(1)) && !g.senza_risposta(pratica(2)));
    assert_eq!(m.rifiuto(&g, nessuno(1), Ruolo::Operatore).code, "turno-concluso");
    g = m.ufficio(g, chiama(2, "s1"));
    m.adesso = at("2026-03-10T08:09:00Z");
    assert_eq!(m.rifiuto(&g, chiama(1, "s1"), Ruolo::Operatore).code, "sportello-occupato");
    g = m.ufficio(g, chiama(1, "s2"));
    assert_eq!(g.turni[0].stato, StatoTurno::Chiamato { sportello: "s2".into(), dal: m.adesso });
    assert!(!g.senza_risposta(pratica(1)));
    g = m.ufficio(g, Command::ConcludiTurno { turno: 1, esito: EsitoTurno::Servito });
    assert!(!g.senza_risposta(pratica(1)), "served in the end");
}
