use super::*;
use crate::pratica::{Deposito, Lavora, RicevutaEmessa, TermineCalcolato, TipoPratica};
use crate::spec::{Case, Segnalazione, answering, check_text, citizen, files, given, life, number, segnala};
use crate::termini::{Festivi, Termine};
use crate::titolario::Classifica;
use crate::{Personale, Sample};
use jiff::civil::date;

fn invia(change: impl FnOnce(&mut Invia)) -> Command {
    let mut command = segnala();
    change(&mut command);
    Command::Invia(Box::new(command))
}

fn document(command: Command) -> DocumentoSegnalazione {
    match given::<Segnalazione>(&[]).when(command, &citizen()).events().swap_remove(0) {
        Event::SegnalazioneInviata(SegnalazioneInviata { personale: Personale(Some(document)), .. }) => document,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_filing_is_the_report_its_receipt_and_its_term() {
    let sent = segnala();
    let (ctx, id) = (citizen(), sent.id);
    let codice = TipoPratica::Segnalazione.codice(id);
    let protocollo = number(12, crate::spec::FRIDAY);
    let deposito = Deposito {
        pratica: id,
        codice: codice.clone(),
        titolare: ctx.attore.id,
        oggetto: "Segnalazione: Illuminazione pubblica".into(),
        ufficio: crate::ente::CodiceUfficio::new("lavori-pubblici"),
        classifica: Classifica::parse("VI.8").unwrap(),
        riservato: false,
        inviata_il: protocollo.data,
        allegati: sent.allegati.clone(),
    };
    let documento = DocumentoSegnalazione {
        autore: sent.autore.clone(),
        categoria: "Illuminazione pubblica".into(),
        titolo: "Lampione spento".into(),
        dettagli: "È spento da tre giorni.".into(),
        luogo: Luogo { indirizzo: "Via dei Tigli 12".into(), latitudine: Some(44.123_456), longitudine: Some(8.25) },
        nomi_allegati: vec!["lampione.jpg".into()],
        impronte_allegati: vec!["ab".repeat(32)],
    };
    given::<Segnalazione>(&[]).when(Command::Invia(Box::new(sent)), &ctx).then(&[
        SegnalazioneInviata { deposito, categoria: "illuminazione".into(), personale: documento.into() }.into(),
        RicevutaEmessa {
            pratica: id,
            codice,
            protocollo,
            oggetto: "Segnalazione: Illuminazione pubblica".into(),
            ufficio: "lavori-pubblici".into(),
        }
        .into(),
        TermineCalcolato {
            pratica: id,
            termine: Termine {
                t0: date(2026, 3, 6),
                giorni: 30,
                sospensioni: Vec::new(),
                // 5 April is Easter, the 6th Easter Monday.
                scadenza: date(2026, 4, 7),
                calendario_versione: Festivi::default().versione().into(),
            },
        }
        .into(),
    ]);
}

#[test]
fn the_category_is_known_by_code_or_name_in_any_case() {
    for categoria in [
        "illuminazione",
        "ILLUMINAZIONE",
        " Illuminazione pubblica ",
        "illuminazione PUBBLICA",
        "Illuminazione Pubblica",
    ] {
        let document = document(invia(|c| c.categoria = categoria.into()));
        assert_eq!(document.categoria, "Illuminazione pubblica", "{categoria}");
    }
    for categoria in ["", "buche", "illuminazione pubblic", "illuminazione  pubblica"] {
        given::<Segnalazione>(&[])
            .when(invia(|c| c.categoria = categoria.into()), &citizen())
            .then_refused(&[("categoria", "categoria-sconosciuta")]);
    }
}

#[test]
fn every_category_can_be_filed_and_is_routed_where_it_says() {
    for categoria in CATEGORIE {
        let events = given::<Segnalazione>(&[])
            .when(invia(|c| c.categoria = categoria.nome.to_uppercase()), &citizen())
            .events();
        let Event::SegnalazioneInviata(sent) = &events[0] else { panic!("{events:?}") };
        assert_eq!(sent.categoria, categoria.codice);
        assert_eq!(sent.deposito.ufficio.as_str(), categoria.ufficio);
        assert_eq!(sent.deposito.classifica.to_string(), categoria.classifica);
        assert_eq!(sent.deposito.classifica.valida(), Ok(()), "{}", categoria.codice);
        assert_eq!(sent.deposito.oggetto, format!("Segnalazione: {}", categoria.nome));
        assert_eq!(CATEGORIE.iter().filter(|c| c.codice == categoria.codice || c.nome == categoria.nome).count(), 1);
    }
}

#[test]
fn limits_of_the_texts() {
    check_text::<Segnalazione>("titolo", 3, 100, |text| invia(|c| c.titolo = text));
    check_text::<Segnalazione>("dettagli", 3, 200, |text| invia(|c| c.dettagli = text));
    check_text::<Segnalazione>("luogo.indirizzo", 3, 200, |text| invia(|c| c.luogo.indirizzo = text));
}

#[test]
fn title_and_address_are_one_line_and_details_may_be_several() {
    given::<Segnalazione>(&[])
        .when(invia(|c| c.titolo = "due\nrighe".into()), &citizen())
        .then_refused(&[("titolo", "caratteri-non-ammessi")]);
    given::<Segnalazione>(&[])
        .when(invia(|c| c.luogo.indirizzo = "via\tdei Tigli".into()), &citizen())
        .then_refused(&[("luogo.indirizzo", "caratteri-non-ammessi")]);
    assert_eq!(document(invia(|c| c.dettagli = "due\r\nrighe".into())).dettagli, "due\nrighe");
}

#[test]
fn texts_are_kept_without_the_space_around_them() {
    let document = document(invia(|c| {
        c.titolo = "  Lampione \n".into();
        c.luogo.indirizzo = "\tVia Roma ".into();
    }));
    assert_eq!((document.titolo.as_str(), document.luogo.indirizzo.as_str()), ("Lampione", "Via Roma"));
}

#[test]
fn everything_wrong_is_said_at_once() {
    let (allegati, nomi_allegati) = files(6);
    let command = invia(|c| {
        c.categoria = "buche".into();
        c.titolo = String::new();
        c.dettagli = "x".repeat(201);
        c.luogo = LuogoInput { indirizzo: " ".into(), latitudine: Some(91.0), longitudine: Some(f64::NAN) };
        (c.allegati, c.nomi_allegati) = (allegati, nomi_allegati);
    });
    given::<Segnalazione>(&[]).when(command, &citizen()).then_refused(&[
        ("categoria", "categoria-sconosciuta"),
        ("titolo", "obbligatorio"),
        ("dettagli", "testo-lungo"),
        ("luogo.indirizzo", "obbligatorio"),
        ("luogo.latitudine", "coordinata-non-valida"),
        ("luogo.longitudine", "coordinata-non-valida"),
        ("allegati", "troppi-allegati"),
    ]);
}

fn at(latitudine: Option<f64>, longitudine: Option<f64>) -> Command {
    invia(|c| (c.luogo.latitudine, c.luogo.longitudine) = (latitudine, longitudine))
}

#[test]
fn coordinates_are_a_point_of_the_earth_to_six_decimals() {
    for (lat, lon, kept) in [
        (90.0, 180.0, (90.0, 180.0)),
        (-90.0, -180.0, (-90.0, -180.0)),
        (0.0, -0.0, (0.0, 0.0)),
        (44.123_456_49, 8.000_000_51, (44.123_456, 8.000_001)),
        (-44.123_456_51, 0.000_000_4, (-44.123_457, 0.0)),
    ] {
        let luogo = document(at(Some(lat), Some(lon))).luogo;
        assert_eq!((luogo.latitudine, luogo.longitudine), (Some(kept.0), Some(kept.1)));
        assert!(luogo.longitudine.unwrap().to_bits() != (-0.0f64).to_bits(), "zero has one form");
    }
    let luogo = document(at(None, None)).luogo;
    assert_eq!((luogo.latitudine, luogo.longitudine), (None, None));
}

#[test]
fn coordinates_elsewhere_or_halved_are_refused() {
    let latitude = ("luogo.latitudine", "coordinata-non-valida");
    let longitude = ("luogo.longitudine", "coordinata-non-valida");
    for (lat, lon, refusals) in [
        (Some(90.000_001), Some(8.0), vec![latitude]),
        (Some(-90.1), Some(8.0), vec![latitude]),
        (Some(44.0), Some(180.000_001), vec![longitude]),
        (Some(44.0), Some(f64::INFINITY), vec![longitude]),
        (Some(f64::NAN), Some(8.0), vec![latitude]),
        (Some(f64::NEG_INFINITY), Some(f64::NAN), vec![latitude, longitude]),
        (Some(44.0), None, vec![longitude]),
        (None, Some(8.0), vec![latitude]),
    ] {
        given::<Segnalazione>(&[]).when(at(lat, lon), &citizen()).then_refused(&refusals);
    }
}

#[test]
fn its_end_takes_no_number_even_where_one_is_offered() {
    let end = Segnalazione::lavora(Lavora::Concludi { messaggio: "Riparato.".into() });
    let events = given::<Segnalazione>(&life::<Segnalazione>(2)).when(end, &answering()).events();
    let [Event::SegnalazioneRisolta(end)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(end.protocollo, None);
}

#[test]
fn the_state_remembers_the_document() {
    let state = crate::spec::fold::<Segnalazione>(&life::<Segnalazione>(0)).unwrap();
    assert_eq!(state.dettaglio.categoria, "illuminazione");
    assert_eq!(state.dettaglio.documento.get().unwrap().titolo, "Lampione spento");
    assert_eq!(state.base.richiedente.get(), Some(&crate::persona::Anagrafica::sample()));
    assert_eq!(state.base.nomi_allegati, ["lampione.jpg"]);
}
