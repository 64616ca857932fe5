//! Every page of appointments with sample data; what stands in addresses; where a refusal is mended.

use super::cammino::passi;
use super::caso::{solo_avvenute, vista};
use super::domanda::{Domanda, inizio};
use super::elenco::{cerca, gruppi, piano};
use super::flusso::{Flusso, con};
use super::limits;
use super::riepilogo::{Dove, dove};
use super::vista::{
    Cornice, GiornoVista, OrarioVista, PaginaAnnulla, PaginaAttesa, PaginaCaso, PaginaDettagli, PaginaElenco,
    PaginaFatto, PaginaLuogo, PaginaOrario, PaginaRichiedente, PaginaRiepilogo, PaginaSposta, PrimoLibero,
    VistaAppuntamento, VistaAttesa, VistaSede, VistaUfficio, sede,
};
use crate::layout::{ErroreCampo, Opzione, Riga, Voce};
use crate::pagine::area_personale::dettaglio::Passato;
use crate::pagine::area_personale::tests::{ente, layout, salva};
use crate::pagine::area_personale::vista::VistaPratica;
use app::DettaglioPratica;
use askama::Template;
use domain::appuntamento::{self, AppuntamentoAnnullato, AppuntamentoPrenotato, Dettaglio};
use domain::pratica::Pratica;
use domain::prenotabile::{Orario, Prenotabile};
use domain::{Caso, Evento, Sample};
use jiff::Timestamp;
use scraper::{Html, Selector};
use std::sync::Arc;

fn prenotabili() -> Vec<Arc<Prenotabile>> {
    catalogo::prenotabili_spediti().iter().map(|one| Arc::new(one.clone())).collect()
}

fn agende() -> Vec<Arc<Orario>> {
    catalogo::agende_spedite().iter().map(|one| Arc::new(one.clone())).collect()
}

/// As every page, and no key of a sentence shown.
fn pagina(nome: &str, page: &impl Template) -> Html {
    let html = salva(nome, &page.render().unwrap());
    let main = html.select(&Selector::parse("main").unwrap()).next().unwrap();
    let text: String = main.text().collect::<Vec<_>>().join(" ");
    for key in ["prenota-", "appuntamento-", "rifiuto-"] {
        let unknown = text.split_whitespace().find(|word| word.starts_with(key));
        assert!(unknown.is_none(), "{nome}: no words for {unknown:?}");
    }
    let labelled: Vec<&str> =
        html.select(&Selector::parse("main label[for]").unwrap()).filter_map(|e| e.value().attr("for")).collect();
    for input in html.select(&Selector::parse("main input:not([type=hidden]), main select, main textarea").unwrap()) {
        let id = input.value().attr("id").unwrap_or_else(|| panic!("{nome}: an input without id"));
        assert!(labelled.contains(&id) || input.value().attr("name") == Some("pagina"), "{nome}: no label for {id}");
    }
    html
}

fn conta(html: &Html, css: &str) -> usize {
    html.select(&Selector::parse(css).unwrap()).count()
}

fn testo(html: &Html) -> String {
    html.root_element().text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn flusso() -> Flusso {
    Flusso {
        id: "0192f00d-0000-7000-8000-00000000f105".into(),
        chi: "io".into(),
        slot: "anagrafe~cie-rilascio~1773130800".parse().unwrap(),
        blocco: None,
        scade: "2026-03-06T09:40:00Z".parse().unwrap(),
        chiave: "k".into(),
        pratica: None,
        accessibile: "si".into(),
        lingua: String::new(),
        motivo: "Carta rovinata o che non funziona".into(),
        dettagli: "Si è \"spezzata\" <in due>".into(),
        email: "mario.rossi@example.org".into(),
        telefono: String::new(),
    }
}

fn cornice(corrente: usize, errori: Vec<ErroreCampo>) -> Cornice {
    let flusso = flusso();
    Cornice {
        titolo: crate::t("prenota-titolo"),
        cosa: "Rilascio della carta d'identità elettronica".into(),
        passi: passi(["/1", "/2", "/3", "/4", "/5"].map(str::to_owned)),
        corrente,
        azione: flusso.href("dettagli"),
        indietro: flusso.orario(false),
        quando: "martedì 10 marzo 2026, ore 9:20, Anagrafe".into(),
        fino: "10:40".into(),
        resta: 600,
        nascosti: flusso.nascosti(&["motivo", "dettagli"]),
        errori,
    }
}

#[test]
fn the_five_prescribed_steps_have_their_names_and_ways_back() {
    let names: Vec<String> = cornice(3, Vec::new()).passi.into_iter().map(|passo| passo.titolo).collect();
    assert_eq!(names, ["Luogo", "Data e orario", "Dettagli", "Richiedente", "Riepilogo"]);
    let page = PaginaDettagli {
        layout: layout("Prenota", "/prenota-appuntamento"),
        c: cornice(3, vec![ErroreCampo::new("motivo", crate::t("prenota-scegli-motivo"))]),
        motivi: vec![Opzione::new("a", "a"), Opzione::new("b", "b")],
        motivo: String::new(),
        dettagli: flusso().dettagli,
        massimo: appuntamento::limiti::DETTAGLI,
    };
    let html = pagina("appuntamento-3-dettagli.html", &page);
    assert_eq!(conta(&html, ".passi a"), 2, "both steps before are links");
    assert_eq!(conta(&html, "[aria-current=step]"), 1);
    assert_eq!(conta(&html, "textarea[maxlength='200']"), 1);
    assert_eq!(conta(&html, "[data-scade-tra='600'] [data-resta]"), 1);
    assert!(testo(&html).contains("fino alle 10:40"), "without scripts the hour says it");
    assert_eq!(conta(&html, "input[type=hidden][name=slot]"), 1, "the form carries the booking by itself");
}

#[test]
fn who_comes_is_as_the_identity_says_and_contacts_are_theirs_to_change() {
    let page = PaginaRichiedente {
        layout: layout("Prenota", "/prenota-appuntamento"),
        c: cornice(4, Vec::new()),
        nome: "Mario".into(),
        cognome: "Rossi".into(),
        email: "mario.rossi@example.org".into(),
        telefono: String::new(),
    };
    let html = pagina("appuntamento-4-richiedente.html", &page);
    assert_eq!(conta(&html, "main input[readonly]"), 2);
    assert_eq!(conta(&html, "main input[readonly][name]"), 0, "what is attested is not sent");
    assert_eq!(conta(&html, "main input[type=email], main input[type=tel]"), 2);
}

#[test]
fn the_summary_leads_back_to_every_step() {
    let f = flusso();
    let page = PaginaRiepilogo {
        layout: layout("Prenota", "/prenota-appuntamento"),
        c: cornice(5, vec![ErroreCampo::new("", "Hai già un appuntamento per questo servizio quel giorno.")]),
        righe: vec![
            Riga::modificabile("Luogo", "Anagrafe\nPiazza", f.luogo()),
            Riga::modificabile("Data e orario", "martedì", f.orario(false)),
            Riga::modificabile("Motivo", f.motivo.as_str(), f.href("dettagli")),
            Riga::modificabile("Indirizzo e-mail", f.email.as_str(), f.href("richiedente")),
        ],
        porta: vec!["una fotografia".into()],
        dopo: crate::t("prenota-dopo"),
        disdetta: crate::ta("prenota-disdetta", &[("entro", "lunedì")]),
    };
    let html = pagina("appuntamento-5-riepilogo.html", &page);
    assert_eq!(conta(&html, ".riepilogo a.riepilogo-modifica"), 4);
    assert!(testo(&html).contains("Conferma l'appuntamento"));
}

fn luogo(uffici: Vec<VistaUfficio>, primo: Option<PrimoLibero>) -> PaginaLuogo {
    PaginaLuogo {
        layout: layout("Prenota", "/prenota-appuntamento/luogo"),
        c: Cornice { quando: String::new(), ..cornice(1, Vec::new()) },
        descrizione: "Per chiedere la carta.".into(),
        durata: "20".into(),
        vuoto: primo.is_none(),
        primo,
        uffici,
        lingue: vec![Opzione::new("en", "inglese")],
        lingua: String::new(),
        accessibile: true,
        luogo: "/prenota-appuntamento/luogo".into(),
        nascosti: vec![("servizio".into(), "cie-rilascio".into())],
        tutti: Some("/prenota-appuntamento/luogo?servizio=cie-rilascio".into()),
        altro: "/prenota-appuntamento".into(),
        nuovo: true,
    }
}

#[test]
fn each_office_shows_its_first_free_time_and_the_first_one_anywhere_stands_on_top() {
    let uffici: Vec<VistaUfficio> = agende()
        .iter()
        .map(|orario| VistaUfficio {
            sede: sede(orario, &orario.sportelli[0].servizi[0]),
            primo: if orario.luogo.accessibile { "martedì 10 marzo 2026, ore 9:20".into() } else { String::new() },
            href: "/prenota-appuntamento/orario?ufficio=x".into(),
        })
        .collect();
    let primo = PrimoLibero { quando: "lunedì".into(), dove: "Anagrafe".into(), href: "/x".into() };
    let html = pagina("appuntamento-1-luogo.html", &luogo(uffici.clone(), Some(primo)));
    assert_eq!(conta(&html, "main .griglia > li"), uffici.len());
    assert!(testo(&html).contains("Primo posto libero ovunque"));
    assert!(uffici.iter().any(|ufficio| ufficio.sede.lingue.contains("inglese")), "languages have names");

    let html = pagina("appuntamento-1-niente.html", &luogo(vec![VistaUfficio::default()], None));
    let text = testo(&html);
    assert!(text.contains("Per ora non ci sono posti liberi") && !text.contains("Primo posto libero ovunque"));
}

fn orario(giorni: Vec<GiornoVista>, orari: Vec<OrarioVista>) -> PaginaOrario {
    PaginaOrario {
        layout: layout("Prenota", "/prenota-appuntamento/orario"),
        c: Cornice {
            quando: String::new(),
            ..cornice(2, vec![ErroreCampo::new("slot", crate::t("prenota-scegli-orario"))])
        },
        sede: VistaSede {
            nome: "Anagrafe".into(),
            indirizzo: "Piazza 1".into(),
            telefono: "0187 555 0101".into(),
            ..VistaSede::default()
        },
        cambia: "/prenota-appuntamento/luogo?servizio=x".into(),
        giorno: giorni.first().map(|giorno| giorno.nome.clone()).unwrap_or_default(),
        giorni,
        prima: None,
        dopo: Some("/prenota-appuntamento/orario?dal=2026-04-07".into()),
        periodo: "Giorni".into(),
        orari,
        invia: "/prenota-appuntamento/orario?servizio=x".into(),
        metodo: "post",
        avviso: crate::t("prenota-scaduto"),
        alternative: vec![Voce::new("/y", "martedì 10 marzo 2026, ore 9:40, Anagrafe")],
        anonimo: true,
        attesa: true,
        nuovo: true,
    }
}

#[test]
fn times_are_radios_days_are_links_and_nothing_free_says_what_else_there_is() {
    let day = |nome: &str, scelto| GiornoVista {
        href: "/d#orari".into(),
        nome: nome.into(),
        breve: nome.chars().take(3).collect(),
        liberi: "5 posti".into(),
        scelto,
    };
    let time = |slot: &str, scelto| OrarioVista {
        slot: slot.into(),
        ora: "9:20".into(),
        aiuto: "fino alle 9:40".into(),
        scelto,
    };
    let page = orario(
        vec![day("martedì 10 marzo 2026", true), day("mercoledì 11 marzo 2026", false)],
        vec![time("a~b~1", false), time("a~b~2", true), time("a~b~3", false)],
    );
    let html = pagina("appuntamento-2-orario.html", &page);
    assert_eq!(conta(&html, ".giorni a"), 2);
    assert_eq!(conta(&html, ".giorni a[aria-current=date]"), 1);
    assert_eq!(conta(&html, "form[method=post] input[type=radio][name=slot]"), 3);
    assert_eq!(conta(&html, "input[type=radio][checked]"), 1);
    assert_eq!(conta(&html, ".riepilogo-errori a[href='#campo-slot']"), 1);

    let html = pagina(
        "appuntamento-2-niente.html",
        &PaginaOrario { c: cornice(2, Vec::new()), ..orario(Vec::new(), Vec::new()) },
    );
    assert_eq!(conta(&html, "main a[href^='tel:']"), 2);
    assert_eq!(conta(&html, "input[type=radio]"), 0);
    assert!(testo(&html).contains("In questi giorni non c'è più posto"));
}

#[test]
fn all_services_stand_under_an_office_and_a_search_finds_them_without_accents() {
    let (services, offices) = (prenotabili(), agende());
    let all = gruppi(&services, &offices, &Domanda::default());
    assert_eq!(all.iter().map(|gruppo| gruppo.servizi.len()).sum::<usize>(), services.len());
    assert!(services.len() >= 34 && all.len() >= 10, "{} {}", services.len(), all.len());
    let found = |words: &str| cerca(&services, words).iter().map(|one| one.codice.clone()).collect::<Vec<_>>();
    assert!(found("CARTA identita").contains(&"cie-rilascio".to_owned()));
    assert_eq!(found("parola che non c'è"), Vec::<String>::new());
    assert_eq!(found("  ").len(), services.len());
    assert_eq!(piano("Identità È"), "identita e");
    let page = |gruppi: Vec<super::vista::Gruppo>| PaginaElenco {
        layout: layout("Prenota un appuntamento", "/prenota-appuntamento"),
        vuoto: gruppi.is_empty(),
        gruppi,
        trovati: "34 servizi".into(),
        cerca: "\"><b>".into(),
        nascosti: vec![("pratica".into(), "x".into())],
        tutti: Some("/prenota-appuntamento".into()),
        uffici: ente().uffici,
    };
    let html = pagina("appuntamento-0-elenco.html", &page(all));
    assert_eq!(conta(&html, "main article a[href^='/prenota-appuntamento/luogo?servizio=']"), services.len());
    pagina("appuntamento-0-niente.html", &page(Vec::new()));
}

fn dettaglio(eventi: Vec<appuntamento::Event>) -> (DettaglioPratica, Pratica<Dettaglio>) {
    let eventi: Vec<Evento> = eventi.into_iter().map(Evento::Appuntamento).collect();
    let caso = Caso::fold(&eventi).unwrap();
    let Caso::Appuntamento(pratica) = caso.clone() else { panic!("a booking") };
    let dettaglio = DettaglioPratica {
        caso,
        storia: Vec::new(),
        personale: true,
        lavorabile: false,
        disponibile: true,
        posizione: 1,
    };
    (dettaglio, pratica)
}

fn caso(
    dettaglio: &DettaglioPratica,
    a: VistaAppuntamento,
    attesa: Option<VistaAttesa>,
    passato: Option<Passato>,
) -> PaginaCaso {
    let v = solo_avvenute(VistaPratica::new(dettaglio, &ente(), Timestamp::UNIX_EPOCH));
    PaginaCaso { layout: layout(&a.cosa, "/pratiche/1"), v, a, attesa, passato }
}

#[test]
fn a_booking_can_be_changed_until_the_cut_off_and_says_so() {
    let (found, pratica) = dettaglio(vec![AppuntamentoPrenotato::sample().into()]);
    let service = Prenotabile::sample();
    let entro = pratica.dettaglio.disdetta_entro();
    let at = |adesso| vista(&pratica, Some(&service), ("/pratiche/1", true), adesso);
    let a = at(entro);
    assert_eq!((a.sposta.as_str(), a.annulla.as_str()), ("/pratiche/1/sposta", "/pratiche/1/annulla"));
    assert_eq!(a.porta, service.cosa_serve);
    let late = at(entro.checked_add(jiff::SignedDuration::from_secs(1)).unwrap());
    assert!(late.sposta.is_empty() && late.annulla.is_empty() && !late.calendario.is_empty());
    assert!(late.disdetta.starts_with("Il termine"), "{}", late.disdetta);
    let other = vista(&pratica, None, ("/pratiche/1", false), entro);
    assert!(other.sposta.is_empty() && other.calendario.is_empty(), "who only reads it changes nothing");

    let waits = VistaAttesa {
        base: "/pratiche/1/attesa".into(),
        posto: crate::t("prenota-attesa-primo"),
        offerta: "lunedì".into(),
        chiave: "k".into(),
        ..VistaAttesa::default()
    };
    let html = pagina("appuntamento-caso.html", &caso(&found, a.clone(), Some(waits), Some(Passato::default())));
    assert_eq!(conta(&html, "main form[action^='/pratiche/1/attesa/']"), 3);
    assert_eq!(conta(&html, "a[href$='/appuntamento.ics']"), 1);
    let html = pagina("appuntamento-caso-tardi.html", &caso(&found, late, None, Some(Passato::default())));
    assert_eq!(conta(&html, "a[href$='/sposta'], a[href$='/annulla']"), 0);

    let fatto = PaginaFatto {
        layout: layout("Appuntamento prenotato", "/pratiche/1/fatto"),
        copia: crate::ta("prenota-copia", &[("email", "a@example.org")]),
        pratica: "/pratiche/1".into(),
        elenco: "/area-personale".into(),
        a: a.clone(),
    };
    let html = pagina("appuntamento-fatto.html", &fatto);
    assert!(testo(&html).contains(&a.codice) && testo(&html).contains("Che cosa portare"));
    let annulla = PaginaAnnulla {
        layout: layout("Annulla", "/pratiche/1/annulla"),
        azione: a.annulla.clone(),
        torna: "/pratiche/1".into(),
        chiave: "k".into(),
        motivo: String::new(),
        massimo: 500,
        errori: vec![ErroreCampo::new("motivo", "Troppo lungo.")],
        a: a.clone(),
    };
    pagina("appuntamento-annulla.html", &annulla);
    let attesa = PaginaAttesa {
        layout: layout("Lista d'attesa", "/pratiche/1/attesa"),
        azione: "/pratiche/1/attesa".into(),
        torna: "/pratiche/1".into(),
        chiave: "k".into(),
        uffici: vec![Opzione::new("a", "A"), Opzione::new("b", "B")],
        scelti: vec!["b".into()],
        dal: "2026-03-06".into(),
        entro: "2026-03-10".into(),
        minimo: "2026-03-06".into(),
        massimo: "2026-03-10".into(),
        errori: vec![ErroreCampo::new("dal", crate::t("prenota-attesa-giorni-mancano"))],
        a,
    };
    let html = pagina("appuntamento-attesa.html", &attesa);
    assert_eq!(conta(&html, "input[type=checkbox][checked]"), 1);
}

#[test]
fn a_cancelled_booking_offers_only_another_one() {
    let annullato = AppuntamentoAnnullato { pratica: pratica_id(), ..AppuntamentoAnnullato::sample() };
    let (found, pratica) = dettaglio(vec![AppuntamentoPrenotato::sample().into(), annullato.into()]);
    let a = vista(&pratica, Some(&Prenotabile::sample()), ("/pratiche/1", true), Timestamp::UNIX_EPOCH);
    assert!(!a.attivo && a.sposta.is_empty() && a.annulla.is_empty() && a.calendario.is_empty() && a.porta.is_empty());
    let html = pagina("appuntamento-annullato.html", &caso(&found, a, None, None));
    assert_eq!(conta(&html, "main a[href^='/prenota-appuntamento?servizio=']"), 1);
    assert!(testo(&html).contains("Questo appuntamento è annullato"));
}

fn pratica_id() -> domain::ids::PraticaId {
    let (_, pratica) = dettaglio(vec![AppuntamentoPrenotato::sample().into()]);
    pratica.base.id
}

#[test]
fn a_move_shows_both_times_side_by_side() {
    let page = PaginaSposta {
        layout: layout("Sposta", "/pratiche/1/sposta/conferma"),
        c: Cornice { quando: String::new(), ..cornice(3, Vec::new()) },
        righe: vec![Riga::new("Adesso", "a"), Riga::modificabile("Nuovo orario", "b", "/x")],
        slot: "a~b~1".into(),
        chiave: "k".into(),
        indietro: "/x".into(),
    };
    let html = pagina("appuntamento-sposta.html", &page);
    assert_eq!(conta(&html, "main form[method=post] input[name=slot][value='a~b~1']"), 1);
}

#[test]
fn what_is_chosen_stands_in_the_address_and_nothing_else() {
    let domanda = Domanda {
        servizio: "cie-rilascio".into(),
        flusso: "x".repeat(limits::VALORE + 1),
        lingua: "en".into(),
        cerca: "carta".into(),
        ..Domanda::default()
    };
    assert_eq!(domanda.fissi(), [("servizio", "cie-rilascio".to_owned()), ("lingua", "en".to_owned())]);
    assert_eq!(domanda.bisogni().lingua.as_deref(), Some("en"));
    assert!(!domanda.bisogni().accessibile && domanda.slot().is_none() && domanda.ufficio().is_none());
    assert_eq!(inizio("a b", "urp", None), "/prenota-appuntamento?servizio=a%20b&ufficio=urp");
    assert_eq!(inizio("", "", None), "/prenota-appuntamento");
    let f = flusso();
    assert!(f.orario(true).contains("flusso=0192f00d") && f.orario(true).ends_with("&scaduto=si"));
    assert!(f.orario(false).contains("accessibile=si") && !f.orario(false).contains("scaduto"));
}

#[test]
fn a_session_keeps_few_bookings_that_were_begun() {
    let one = |n: usize| Flusso { id: n.to_string(), ..flusso() };
    let all = (0..limits::FLUSSI + 2).fold(Vec::new(), |all, n| con(all, &one(n)));
    assert_eq!(all.len(), limits::FLUSSI);
    assert_eq!(all.first().map(|flusso| flusso.id.as_str()), Some("2"), "the oldest gave way");
    let again = con(all, &Flusso { motivo: "altro".into(), ..one(3) });
    assert_eq!(again.len(), limits::FLUSSI);
    assert_eq!(again.last().map(|flusso| flusso.motivo.as_str()), Some("altro"));
}

#[test]
fn the_search_for_a_first_time_reaches_every_horizon() {
    const LOOKED_AT: i32 = app::appuntamenti::limits::GIORNI_DISPONIBILITA;
    let days = limits::GIORNI_PRIMO * i32::try_from(limits::GIRI_PRIMO).unwrap();
    const { assert!(limits::GIORNI_PRIMO <= LOOKED_AT && limits::GIORNI <= LOOKED_AT) };
    assert!(days > 180);
    assert!(prenotabili().iter().all(|one| i32::from(one.orizzonte_giorni) < days));
}

#[test]
fn a_refusal_leads_to_the_step_that_mends_it() {
    let errore = |campo: Option<&str>, codice: &str| app::ErroreCampo {
        campo: campo.map(str::to_owned),
        codice: codice.into(),
        messaggio: "x".into(),
        valori: std::collections::BTreeMap::new(),
    };
    assert_eq!(dove(&[errore(Some("slotId"), "slot-non-disponibile")]), Dove::Orario);
    assert_eq!(dove(&[errore(None, "blocco-scaduto")]), Dove::Orario);
    assert_eq!(dove(&[errore(Some("motivo"), "motivo-sconosciuto")]), Dove::Dettagli);
    assert_eq!(dove(&[errore(Some("richiedente.email"), "email-non-valida")]), Dove::Richiedente);
    assert_eq!(dove(&[errore(None, "prenotazione-gia-attiva")]), Dove::Riepilogo);
    assert_eq!(dove(&[errore(None, "altro"), errore(Some("telefono"), "telefono-non-valido")]), Dove::Richiedente);
}

#[test]
fn a_held_time_ends_by_itself() {
    let mut f = flusso();
    assert!(!f.vivo("2026-03-06T09:39:00Z".parse().unwrap()), "nothing holds it");
    f.blocco = Some("0192f00d-0000-7000-8000-00000000b10c".parse().unwrap());
    assert!(f.vivo("2026-03-06T09:39:59Z".parse().unwrap()));
    assert!(!f.vivo("2026-03-06T09:40:00Z".parse().unwrap()));
}
