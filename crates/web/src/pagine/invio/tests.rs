//! The shared steps with sample data.

use super::vista::{FileCaricato, PaginaNonCittadino, PaginaPrivacy, PaginaRiepilogo, PaginaSessione, nascosti};
use super::*;
use crate::layout::Riga;
use crate::pagine::area_personale::tests::{ente, layout, salva};
use askama::Template;
use domain::Sample;
use domain::ids::PersonaId;
use domain::persona::{Anagrafica, LivelloIdentita};
use scraper::{Html, Selector};

/// A form that is half filled in, with one file.
pub fn modulo(fields: &[(&str, &str)]) -> Modulo {
    let mut modulo = Modulo::default();
    modulo.set("chiave", "0192f00d-0000-7000-8000-000000000001");
    modulo.set("privacy", "si");
    for (nome, valore) in fields {
        modulo.set(nome, *valore);
    }
    modulo.allegati = vec![Allegato::sample().id];
    modulo
}

/// Whether the domain's own rules let a form through to its summary.
pub fn prova<F: Flusso>(flusso: &F, modulo: &Modulo) -> Result<(), Refused> {
    let utente = Utente {
        id: PersonaId::sample(),
        ente: "c_x000".into(),
        anagrafica: Anagrafica::sample(),
        ruolo: Ruolo::Cittadino,
        livello: LivelloIdentita::L2,
        uffici: Vec::new(),
        ambiti: Vec::new(),
    };
    let ctx = Ctx {
        at: "2026-03-06T09:30:00Z".parse().unwrap(),
        attore: utente.attore(),
        protocollo: Some(Protocollo::sample()),
    };
    let (utente, id) = (utente.into(), PraticaId::sample());
    flusso.prova(modulo, Prova { utente, id, ctx, allegati: Vec::new(), nomi: Vec::new() })
}

/// The frame of a step.
pub fn cornice(testi: &str, corrente: usize, errori: Vec<ErroreCampo>) -> Cornice {
    let passi = [t("invio-passo-privacy"), t(&format!("{testi}-passo-dati")), t("invio-passo-riepilogo")];
    Cornice {
        titolo: t(&format!("{testi}-titolo")),
        sommario: t(&format!("{testi}-sommario")),
        passi: passi.map(|titolo| Passo::new(titolo, "")).into(),
        corrente,
        azione: "/segnala".into(),
        base: "/segnala".into(),
        indietro: corrente > 1,
        avanti: t("invio-avanti"),
        nascosti: nascosti(&modulo(&[]), "dati", &[], &[]),
        errori,
        nota: crate::pagine::segnalazione::emergenza("strade", &ente()).filter(|_| corrente == 2),
        file: vec![FileCaricato {
            id: Allegato::sample().id.to_string(),
            nome: "lampione.jpg".into(),
            dimensione: "482 kB".into(),
        }],
    }
}

fn count(page: &Html, selector: &str) -> usize {
    page.select(&Selector::parse(selector).unwrap()).count()
}

#[test]
fn the_notice_comes_first_and_must_be_confirmed() {
    let page = PaginaPrivacy {
        layout: layout("Segnala un disservizio, passo 1 di 3", "/segnala"),
        c: cornice("segnala", 1, vec![ErroreCampo::new("privacy", t("invio-privacy-manca"))]),
        finalita: t("segnala-finalita"),
        pec: ente().pec,
        spuntata: false,
    };
    let html = salva("invio-privacy.html", &page.render().unwrap());
    assert_eq!(count(&html, "a[href='#campo-privacy']"), 1);
    assert_eq!(count(&html, "[aria-current=step]"), 1);
    assert_eq!(count(&html, "input[name=chiave]"), 1);
}

#[test]
fn the_summary_can_be_changed_and_sent() {
    let righe = vec![Riga::new("Titolo", "Buca"), Riga::new("Dettagli", "Due\nrighe")];
    let page = PaginaRiepilogo {
        layout: layout("Segnala un disservizio, passo 3 di 3", "/segnala"),
        c: Cornice { azione: "/segnala/invia".into(), ..cornice("segnala", 3, Vec::new()) },
        sezioni: vec![
            Sezione { titolo: "Dati".into(), righe, modifica: "dati" },
            Sezione { titolo: "I tuoi dati".into(), righe: anagrafica(&Anagrafica::sample()), modifica: "" },
        ],
        dopo: t("segnala-dopo"),
    };
    let html = salva("invio-riepilogo.html", &page.render().unwrap());
    assert_eq!(count(&html, "form[action='/segnala/invia'] button[value=dati][formaction='/segnala']"), 1);
    assert_eq!(count(&html, "button[value=indietro][formaction='/segnala']"), 1);
    assert_eq!(count(&html, "input[name=allegato]"), 1);
}

#[test]
fn a_lost_session_keeps_every_word() {
    let c = Cornice {
        nascosti: nascosti(&modulo(&[("titolo", "Buca & co")]), "dati", &["titolo"], &[]),
        ..cornice("segnala", 2, Vec::new())
    };
    let layout = layout(&t("invio-sessione-titolo"), "/segnala");
    let html = salva(
        "invio-sessione.html",
        &PaginaSessione { layout, c, accedi: "/accedi?torna=%2Fsegnala".into() }.render().unwrap(),
    );
    let titolo = Selector::parse("form[action='/segnala'] input[name=titolo]").unwrap();
    assert_eq!(html.select(&titolo).next().unwrap().value().attr("value"), Some("Buca & co"));
}

#[test]
fn an_official_is_told_that_this_is_for_citizens() {
    let titolo = t("segnala-titolo");
    let page = PaginaNonCittadino { layout: layout(&titolo, "/segnala"), titolo };
    assert_eq!(count(&salva("invio-non-cittadino.html", &page.render().unwrap()), "form[action='/segnala']"), 0);
}

#[test]
fn steps_know_their_neighbours() {
    for tappa in [Tappa::Privacy, Tappa::Dati, Tappa::Riepilogo] {
        assert_eq!(Tappa::parse(tappa.nome()), tappa);
    }
    assert_eq!(Tappa::Riepilogo.prima(), Tappa::Dati);
    assert_eq!(Tappa::Dati.prima(), Tappa::Privacy);
    assert_eq!(Tappa::parse("").numero(), 1);
}
