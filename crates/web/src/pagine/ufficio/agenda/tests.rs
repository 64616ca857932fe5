//! Every page of an agenda with a day in it.

use super::azioni::Azione;
use super::giorno::{Chiudi, PaginaGiorno};
use super::monitor::{Monitor, turni};
use super::vista::{Giorni, VistaGiorno};
use super::*;
use crate::layout::{ErroreCampo, Layout, Opzione};
use app::appuntamenti::{AgendaGiorno, AperturaSportello, AppuntamentoAgenda, ChiusuraAgenda, TurnoAgenda};
use askama::Template;
use domain::Sample as _;
use domain::ids::{CodicePratica, PraticaId};
use domain::pratica::StatoPratica;
use domain::prenotabile::{Canale, Intervallo};
use jiff::Timestamp;
use jiff::civil::date;
use scraper::{Html, Selector};
use uuid::Uuid;

const GIORNO: Date = date(2026, 3, 10);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn luogo() -> Luogo {
    Luogo { ufficio: CodiceUfficio::new("anagrafe"), giorno: GIORNO }
}

fn posto(n: u128, stato: StatoPratica, inizio: &str, fine: &str) -> AppuntamentoAgenda {
    let orario = Orario::sample();
    AppuntamentoAgenda {
        id: PraticaId(Uuid::from_u128(n)),
        codice: CodicePratica::new("AP", PraticaId(Uuid::from_u128(n))),
        servizio: "carta-identita".into(),
        nome_servizio: "Carta d'identità".into(),
        sportello: orario.sportelli[0].codice.clone(),
        inizio: at(inizio),
        fine: at(fine),
        assente_dal: at(fine) + jiff::SignedDuration::from_mins(5),
        stato,
        da_confermare: false,
        canale: Canale::Portale,
        richiedente: Some("Mario <Rossi>".into()),
        email: None,
        telefono: Some("0187 555 0101".into()),
        motivo: Some("Rinnovo".into()),
        dettagli: None,
        presentato: None,
        chiamato: None,
        collegata: None,
        fuori_orario: false,
    }
}

fn numero(turno: u16, appuntamento: Option<PraticaId>) -> TurnoAgenda {
    TurnoAgenda {
        turno,
        appuntamento,
        servizio: "carta-identita".into(),
        preso: at("2026-03-10T07:55:00Z"),
        chiamato: None,
        concluso: None,
        servito: None,
    }
}

/// Nine o'clock: one person is late, one is at the desk, one is to come, one is done with.
fn giornata() -> AgendaGiorno {
    let orario = Orario::sample();
    let first = orario.sportelli[0].codice.clone();
    let open = Intervallo { inizio: at("2026-03-10T07:30:00Z"), fine: at("2026-03-10T11:30:00Z") };
    let arrived = posto(2, StatoPratica::PresaInCarico, "2026-03-10T08:00:00Z", "2026-03-10T08:20:00Z");
    let called = Some((first.clone(), at("2026-03-10T07:58:00Z")));
    AgendaGiorno {
        giorno: GIORNO,
        sportelli: orario
            .sportelli
            .iter()
            .map(|desk| AperturaSportello { sportello: desk.codice.clone(), aperture: vec![open] })
            .collect(),
        appuntamenti: vec![
            posto(1, StatoPratica::Prenotata, "2026-03-10T07:30:00Z", "2026-03-10T07:50:00Z"),
            arrived.clone(),
            AppuntamentoAgenda {
                da_confermare: true,
                fuori_orario: true,
                canale: Canale::Telefono,
                ..posto(3, StatoPratica::Prenotata, "2026-03-10T10:00:00Z", "2026-03-10T10:20:00Z")
            },
            posto(4, StatoPratica::Conclusa, "2026-03-10T07:30:00Z", "2026-03-10T07:50:00Z"),
        ],
        turni: vec![
            TurnoAgenda { chiamato: called, ..numero(1, Some(arrived.id)) },
            numero(2, None),
            TurnoAgenda { concluso: Some(at("2026-03-10T07:57:00Z")), servito: Some(true), ..numero(3, None) },
        ],
        chiusure: vec![ChiusuraAgenda { sportelli: vec![first], motivo: "Guasto".into() }],
        altri: 0,
        bloccati: 1,
        orario: Arc::new(orario),
    }
}

fn vista(giorno: &AgendaGiorno, oggi: bool) -> VistaGiorno {
    VistaGiorno::new(giorno, oggi, at("2026-03-10T08:00:00Z"), &|codice| codice.to_owned())
}

fn pagina(giorno: &AgendaGiorno, oggi: bool, errori: Vec<ErroreCampo>) -> PaginaGiorno {
    PaginaGiorno {
        layout: Layout::new("Comune di Prova", "martedì 10 marzo 2026", "/ufficio/agenda/anagrafe/2026-03-10"),
        luogo: "Anagrafe, Piazza 1".into(),
        base: luogo().href(),
        giorni: giorni(&luogo()),
        e_oggi: oggi,
        v: vista(giorno, oggi),
        chiave: "chiave-1".into(),
        servizi: vec![Opzione::new("carta-identita", "Carta d'identità")],
        sportelli: vec![Opzione::new("s1", "Sportello 1")],
        chiudi: Chiudi::default(),
        scelte_annulla: vec![Opzione::new("no", "Restano"), Opzione::new("si", "Si annullano")],
        monitor: "/monitor/anagrafe".into(),
        vai: "/ufficio/agenda/anagrafe".into(),
        calendario: "/ufficio/agenda/anagrafe/calendario".into(),
        massimo: 100,
        mostrati: "1.000".into(),
        massimo_motivo: 200,
        errori,
        conflitto: String::new(),
    }
}

fn giorni(luogo: &Luogo) -> Giorni {
    Giorni::intorno(luogo, GIORNO, &|day| luogo.altro(day))
}

fn count(html: &Html, css: &str) -> usize {
    html.select(&Selector::parse(css).unwrap()).count()
}

/// Ids stand once, and every label has its field.
fn sound(html: &Html) {
    let all = Selector::parse("[id]").unwrap();
    let mut ids: Vec<&str> = html.select(&all).filter_map(|e| e.value().id()).collect();
    ids.sort_unstable();
    let before = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), before, "an id twice");
    for label in html.select(&Selector::parse("label[for]").unwrap()) {
        let name = label.value().attr("for").unwrap();
        assert!(ids.contains(&name), "no field {name}");
    }
    assert_eq!(count(html, "h1"), 1);
}

#[test]
fn each_state_has_its_steps() {
    let v = vista(&giornata(), true);
    let posti = &v.sportelli[0].posti;
    let steps = |n: usize| posti[n].bottoni.iter().map(|b| (b.nome, b.primo)).collect::<Vec<_>>();
    assert_eq!(steps(0), [("arrivo", true), ("assente", false)], "late");
    assert!(posti[0].concludi && posti[0].cambia, "an office may call no numbers");
    assert_eq!(steps(1), [], "served by the number");
    assert!(!posti[1].concludi && !posti[1].cambia);
    assert_eq!(steps(2), [("conferma", false), ("arrivo", true)]);
    assert!(!posti[2].concludi, "still to come");
    assert_eq!(posti[2].note.len(), 3);
    assert_eq!((steps(3).len(), posti[3].cambia), (0, false));
    let tomorrow = vista(&giornata(), false);
    assert!(tomorrow.sportelli[0].posti[2].bottoni.iter().all(|b| b.nome != "arrivo"), "arrivals are of the day");
    assert_eq!((v.fuori.as_str(), v.serviti.as_str(), v.bloccati.as_str(), v.vuoto), ("1", "1", "1", false));
    assert_eq!(v.attesi, ["8:30, Mario <Rossi>", "11:00, Mario <Rossi>"]);
}

#[test]
fn who_did_not_answer_the_call_can_still_be_served() {
    let mut giorno = giornata();
    giorno.turni[0].concluso = Some(at("2026-03-10T07:59:00Z"));
    giorno.turni[0].servito = Some(false);
    let v = vista(&giorno, true);
    assert!(v.sportelli[0].posti[1].concludi);
    assert_eq!((v.turni.len(), v.serviti.as_str()), (1, "1"));
    let aside = &v.senza_risposta;
    assert_eq!((aside.len(), aside[0].numero, aside[0].assente), (1, 1, false), "may be called again");
    assert!(v.sportelli[0].posti[1].bottoni.is_empty(), "and is expected until the tolerance is over");
    let html = Html::parse_document(&pagina(&giorno, true, Vec::new()).render().unwrap());
    sound(&html);
    assert_eq!(count(&html, "#senza-risposta-1 form[action$='/chiama']"), 1);
    assert_eq!(count(&html, "#senza-risposta-1 form[action$='/assente']"), 0);
    let late = VistaGiorno::new(&giorno, true, at("2026-03-10T08:25:00Z"), &|codice| codice.to_owned());
    let steps: Vec<_> = late.sportelli[0].posti[1].bottoni.iter().map(|b| b.nome).collect();
    assert_eq!((steps, late.senza_risposta[0].assente), (vec!["assente"], true));
    let page = PaginaGiorno { v: late, ..pagina(&giorno, true, Vec::new()) };
    let html = Html::parse_document(&page.render().unwrap());
    assert_eq!(count(&html, "#senza-risposta-1 form[action$='/assente'] input[name=pratica]"), 1);
    // Marked, or served in the end: nothing is left to do with the number.
    for stato in [StatoPratica::NonPresentata, StatoPratica::Conclusa] {
        giorno.appuntamenti[1].stato = stato;
        let v = vista(&giorno, true);
        assert_eq!((v.senza_risposta.len(), v.serviti.as_str()), (0, "2"));
    }
    // Without a booking there is nobody to mark.
    giorno.turni[1].concluso = Some(at("2026-03-10T07:59:00Z"));
    giorno.turni[1].servito = Some(false);
    let v = VistaGiorno::new(&giorno, true, at("2026-03-10T20:00:00Z"), &|codice| codice.to_owned());
    assert_eq!(
        (v.senza_risposta.len(), v.senza_risposta[0].assente, v.senza_risposta[0].pratica.as_str()),
        (1, false, "")
    );
}

#[test]
fn a_day_with_more_bookings_than_are_shown_says_so() {
    let mut giorno = giornata();
    assert!(vista(&giorno, true).altri.is_empty());
    giorno.altri = 234;
    let html = Html::parse_document(&pagina(&giorno, true, Vec::new()).render().unwrap());
    let said = html.select(&Selector::parse("#altri").unwrap()).next().unwrap().text().collect::<String>();
    assert!(said.contains("1.000") && said.contains("234"), "{said}");
}

#[test]
fn seats_of_a_desk_that_is_no_more_are_not_lost() {
    let mut giorno = giornata();
    giorno.appuntamenti[2].sportello = "s9".into();
    let v = vista(&giorno, true);
    let last = v.sportelli.last().unwrap();
    assert_eq!((last.codice.as_str(), last.posti.len()), ("s9", 1));
    let shown: usize = v.sportelli.iter().map(|desk| desk.posti.len()).sum();
    assert_eq!(shown, giorno.appuntamenti.len());
}

#[test]
fn the_likely_desk_comes_first() {
    let v = vista(&giornata(), true);
    let orario = Orario::sample();
    assert_eq!(v.turni[0].sportelli[0].valore, orario.sportelli[0].codice);
    assert_eq!(v.turni[0].sportelli.len(), orario.sportelli.len());
    assert!(v.turni[1].href.is_empty() && !v.turni[0].href.is_empty());
}

#[test]
fn the_page_has_all_of_the_day_and_escapes_it() {
    let text = pagina(&giornata(), true, Vec::new()).render().unwrap();
    assert!(text.contains("Mario &#60;Rossi&#62;"), "text is escaped");
    let html = Html::parse_document(&text);
    sound(&html);
    assert_eq!(count(&html, "form[action$='/chiama']"), 2);
    assert_eq!(count(&html, "form[action$='/concludi']"), 1, "only who was called");
    assert_eq!(count(&html, "form[action$='/non-risponde']"), 1);
    assert_eq!(count(&html, "form[action$='/accogli']"), 1);
    assert_eq!(count(&html, "form[action$='/arrivo']"), 2);
    assert_eq!(count(&html, "form[action$='/riapri'] input[name=sportelli][value]"), 1);
    assert_eq!(count(&html, "form[action$='/chiudi'] input[type=radio]"), 2);
    assert_eq!(count(&html, "form[method=post]"), count(&html, "form[method=post] input[name=chiave][value=chiave-1]"));
    assert_eq!(count(&html, "a[href='/ufficio/agenda/anagrafe/2026-03-09']"), 1);
    assert_eq!(count(&html, "a[href='/ufficio/agenda/anagrafe/2026-03-11']"), 1);
}

#[test]
fn an_empty_day_says_so_and_has_no_question_about_who_is_booked() {
    let empty = AgendaGiorno { appuntamenti: Vec::new(), turni: Vec::new(), chiusure: Vec::new(), ..giornata() };
    let errori = vec![ErroreCampo::new("motivo", "Scrivi perché.")];
    let html = Html::parse_document(&pagina(&empty, false, errori).render().unwrap());
    sound(&html);
    assert_eq!((count(&html, ".vuoto"), count(&html, "table")), (1, 0));
    assert_eq!(count(&html, "form[action$='/chiudi'] input[type=radio]"), 0);
    assert_eq!((count(&html, "#errore-motivo"), count(&html, "details[open]")), (1, 1));
    assert_eq!(count(&html, "form[action$='/accogli']"), 0, "numbers are of today");
}

#[test]
fn every_step_has_its_name_and_words() {
    for azione in Azione::ALL {
        assert_eq!(Azione::parse(azione.nome()), Some(azione));
        let key = format!("agenda-{}-fatto", azione.nome());
        let said = crate::ta(&key, &[("annullati", "3"), ("rimasti", "4")]);
        assert!(!said.contains("agenda-") && (azione != Azione::Chiudi || said.contains('3')), "{key}: {said}");
    }
    assert_eq!(Azione::parse("sposta"), None);
    let states = ["prenotata", "presa-in-carico", "conclusa", "annullata", "non-presentata"];
    for key in states.iter().flat_map(|s| [format!("agenda-stato-{s}"), format!("agenda-rifiuto-{s}")]) {
        assert!(app::testi::esiste(&key), "{key}");
    }
    for key in
        ["conferma", "arrivo", "assente", "canale-sportello", "canale-telefono", "preso-sportello", "preso-telefono"]
    {
        assert!(app::testi::esiste(&format!("agenda-{key}")), "{key}");
    }
}

#[test]
fn a_refused_state_is_said_in_the_words_of_appointments() {
    let refused = |stato: &str| {
        let refusal = domain::Refusal::whole("stato-non-ammesso").with("stato", stato);
        motivi(&[app::ErroreCampo::from(refusal)])
    };
    assert_eq!(refused("conclusa"), crate::t("agenda-rifiuto-conclusa"));
    assert!(!refused("inviata").is_empty());
    let other = app::ErroreCampo::from(domain::Refusal::whole("turno-inesistente"));
    assert_eq!(motivi(std::slice::from_ref(&other)), other.messaggio);
}

#[test]
fn what_is_no_day_has_no_page() {
    assert!(Luogo::leggi("anagrafe", "2026-02-30").is_err());
    assert!(Luogo::leggi("anagrafe", "oggi").is_err());
    let last = Luogo::leggi("anagrafe", "9999-12-31").unwrap();
    assert_eq!(giorni(&last).successivo, "");
    assert_eq!(giorni(&luogo()).oggi, "");
}

#[test]
fn the_display_shows_numbers_and_desks_only_the_last_called_first() {
    let orario = Orario::sample();
    let desk = orario.sportelli[0].codice.clone();
    let called = |n: u16, at_: &str| TurnoAgenda { chiamato: Some((desk.clone(), at(at_))), ..numero(n, None) };
    let mut all = vec![called(1, "2026-03-10T08:00:00Z"), called(2, "2026-03-10T08:05:00Z"), numero(3, None)];
    all.push(TurnoAgenda { concluso: Some(at("2026-03-10T08:06:00Z")), ..numero(4, None) });
    let (chiamati, attesa) = turni(&orario, &all);
    assert_eq!(chiamati.iter().map(|c| c.numero).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(
        (chiamati[0].sportello.as_str(), attesa.as_slice()),
        (orario.sportelli[0].nome.as_str(), [3].as_slice())
    );
    let display = |aggiorna| Monitor {
        ente: "Comune di Prova".into(),
        ufficio: "Anagrafe".into(),
        giorno: "martedì 10 marzo 2026".into(),
        ora: "9:00".into(),
        chiamati: chiamati.clone(),
        attesa: attesa.clone(),
        aggiorna,
        href: "/monitor/anagrafe".into(),
    };
    let html = Html::parse_document(&display(Some(limits::AGGIORNA)).render().unwrap());
    sound(&html);
    assert_eq!(count(&html, "meta[http-equiv=refresh][content='15']"), 1);
    assert_eq!(count(&html, "a[href='/monitor/anagrafe?ferma=si']"), 1);
    let still = Html::parse_document(&display(None).render().unwrap());
    assert_eq!(count(&still, "meta[http-equiv=refresh]"), 0);
}

#[test]
fn the_display_is_limited() {
    let orario = Orario::sample();
    let many: Vec<TurnoAgenda> = (1..=200)
        .map(|n| TurnoAgenda {
            chiamato: (n % 2 == 0).then(|| ("s1".into(), at("2026-03-10T08:00:00Z"))),
            ..numero(n, None)
        })
        .collect();
    let (chiamati, attesa) = turni(&orario, &many);
    assert_eq!((chiamati.len(), attesa.len()), (limits::CHIAMATI, limits::IN_ATTESA));
}

#[test]
fn the_address_of_the_calendar_holds_its_token() {
    let address = calendario::indirizzo("https://prova.example/", "a-b_c");
    assert_eq!(address, "https://prova.example/calendari/a-b_c.ics");
    assert_eq!(calendario::token(address.rsplit('/').next().unwrap()), Some("a-b_c"));
    assert_eq!((calendario::token(".ics"), calendario::token("a-b_c")), (None, None));
}

#[test]
fn an_officer_chooses_from_so_many_slots() {
    let slot = |n: i64| {
        let id = domain::prenotabile::SlotId {
            ufficio: CodiceUfficio::new("anagrafe"),
            servizio: "carta-identita".into(),
            inizio: Timestamp::from_second(1_773_129_600 + n * 60).unwrap(),
        };
        app::appuntamenti::SlotOfferto { inizio: id.inizio, fine: id.inizio, id, liberi: 2 }
    };
    let many: Vec<_> = (0..500).map(slot).collect();
    let scelte = prenota::scelte(&many);
    assert_eq!(scelte.len(), limits::SLOT);
    assert!(scelte[0].testo.contains("2 sportelli"), "{}", scelte[0].testo);
    assert_eq!(scelte[0].valore, many[0].id.to_string());
}

#[test]
fn the_forms_keep_what_was_written() {
    let errori = || vec![ErroreCampo::new("motivo", "Scrivi perché."), ErroreCampo::new("slot", "Scegli.")];
    let layout = || Layout::new("Comune di Prova", "Prova", "/ufficio/agenda/anagrafe/2026-03-10/prenota");
    let slot = vec![Opzione::new("anagrafe~carta-identita~1773129600", "9:00"), Opzione::new("x", "9:30")];
    let book = prenota::PaginaPrenota {
        layout: layout(),
        base: luogo().href(),
        giorno: "martedì 10 marzo 2026".into(),
        giorni: giorni(&luogo()),
        servizi: vec![Opzione::new("carta-identita", "Carta d'identità")],
        servizio: "Carta d'identità".into(),
        slot: slot.clone(),
        motivi: vec![Opzione::new("Rinnovo", "Rinnovo")],
        canali: vec![Opzione::new("sportello", "Sportello"), Opzione::new("telefono", "Telefono")],
        primo: None,
        modulo: prenota::Modulo {
            servizio: "carta-identita".into(),
            slot: "x".into(),
            nome: "Ada \"<".into(),
            canale: "telefono".into(),
            ..prenota::Modulo::default()
        },
        massimo: 200,
        errori: errori(),
    };
    let html = Html::parse_document(&book.render().unwrap());
    sound(&html);
    assert_eq!(count(&html, "input[name=slot][value=x][checked]"), 1);
    assert_eq!(count(&html, "input[name=canale][value=telefono][checked]"), 1);
    let name = html.select(&Selector::parse("#campo-nome").unwrap()).next().unwrap();
    assert_eq!(name.value().attr("value"), Some("Ada \"<"));
    let move_ = cambia::PaginaSposta {
        layout: layout(),
        base: luogo().href(),
        href: format!("{}/sposta/1", luogo().href()),
        com_e: Vec::new(),
        uffici: vec![Opzione::new("anagrafe", "Anagrafe")],
        ufficio: "anagrafe".into(),
        giorno: "2026-03-11".into(),
        giorno_parole: "mercoledì 11 marzo 2026".into(),
        slot,
        scelto: "x".into(),
        motivo: "Guasto".into(),
        massimo: 500,
        chiave: "chiave-1".into(),
        errori: errori(),
    };
    let html = Html::parse_document(&move_.render().unwrap());
    sound(&html);
    assert_eq!(count(&html, "input[name=slot][checked]"), 1);
    assert_eq!((count(&html, "#errore-slot"), count(&html, "#errore-motivo")), (1, 1));
    let empty = cambia::PaginaSposta { slot: Vec::new(), ..move_ };
    let html = Html::parse_document(&empty.render().unwrap());
    assert_eq!((count(&html, "form[method=post]"), count(&html, ".riquadro")), (0, 1));
}
