//! What the messages say.

use super::finti::{ENTE, ente};
use crate::notifiche::{Config, messaggio};
use crate::ports::{Consegna, Messaggio, StatoConsegna};
use domain::istanza::IstanzaPresentata;
use domain::lettera::LetteraInviata;
use domain::notifica::Motivo;
use domain::pratica::{
    Conclusione, IntegrazionePresentata, IntegrazioneRichiesta, IstanzaRinunciata, LavorazioneAvviata, PresaInCarico,
    RicevutaEmessa, TermineCalcolato, TipoPratica,
};
use domain::registro::Protocollo;
use domain::segnalazione::SegnalazioneInviata;
use domain::{Caso, Evento, Sample, istanza, lettera, segnalazione};
use uuid::Uuid;

/// Kinds of case that an office carries on.
const TIPI: [TipoPratica; 3] = [TipoPratica::Segnalazione, TipoPratica::Lettera, TipoPratica::Istanza];

const MOTIVI: [Motivo; 3] = [Motivo::Ricevuta, Motivo::PresaInCarico, Motivo::Conclusione];

fn conclusione() -> Conclusione {
    Conclusione { protocollo: Some(Protocollo { numero: 345, ..Protocollo::sample() }), ..Conclusione::sample() }
}

/// A whole life of a case of each kind.
fn vita(tipo: TipoPratica) -> Vec<Evento> {
    let (ricevuta, termine) = (RicevutaEmessa::sample(), TermineCalcolato::sample());
    let (presa, avviata) = (PresaInCarico::sample(), LavorazioneAvviata::sample());
    match tipo {
        TipoPratica::Segnalazione => {
            use segnalazione::Event as E;
            let inviata = E::from(SegnalazioneInviata::sample());
            let altri = [ricevuta.into(), termine.into(), E::SegnalazionePresaInCarico(presa), avviata.into()];
            let tutti = [inviata].into_iter().chain(altri).chain([E::SegnalazioneRisolta(Conclusione::sample())]);
            tutti.map(Evento::from).collect()
        }
        TipoPratica::Lettera => {
            use lettera::Event as E;
            let inviata = E::from(LetteraInviata::sample());
            let altri = [ricevuta.into(), termine.into(), E::LetteraPresaInCarico(presa), avviata.into()];
            let tutti = [inviata].into_iter().chain(altri).chain([E::RispostaInviata(conclusione())]);
            tutti.map(Evento::from).collect()
        }
        TipoPratica::Istanza => {
            use istanza::Event as E;
            let inviata = E::from(IstanzaPresentata::sample());
            let altri = [ricevuta.into(), termine.into(), E::IstanzaPresaInCarico(presa), avviata.into()];
            let tutti = [inviata].into_iter().chain(altri).chain([E::IstanzaConclusa(conclusione())]);
            tutti.map(Evento::from).collect()
        }
        TipoPratica::Appuntamento => panic!("the notices of appointments have tests of their own"),
    }
}

/// The notice of a motive, at the moment when it would be sent.
fn messaggio(tipo: TipoPratica, motivo: Motivo) -> Messaggio {
    let known = match motivo {
        Motivo::Ricevuta => 3,
        Motivo::PresaInCarico => 4,
        Motivo::Conclusione => 6,
        other => panic!("no such history: {other:?}"),
    };
    componi(&Caso::fold(&vita(tipo)[..known]).unwrap(), motivo)
}

fn componi(caso: &Caso, motivo: Motivo) -> Messaggio {
    let at = "2026-03-06T09:30:00Z".parse().unwrap();
    let causa = Uuid::from_u128(7);
    let consegna = Consegna {
        dedupe: format!("{causa}:email"),
        ente: ENTE.into(),
        pratica: caso.base().id,
        tipo: caso.base().tipo,
        causa,
        motivo,
        tentativi: 0,
        prossimo: at,
        creata: at,
        stato: StatoConsegna::InCoda,
        errore: None,
        affidata: None,
    };
    messaggio::componi(&ente(), caso, &consegna, &Config::default()).unwrap()
}

fn contains_all(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[test]
fn the_receipt_of_a_report_holds_all_that_the_law_asks() {
    let message = messaggio(TipoPratica::Segnalazione, Motivo::Ricevuta);
    let codice = TipoPratica::Segnalazione.codice(domain::ids::PraticaId::sample());
    contains_all(
        &message.testo,
        &[
            "Gentile Mario Rossi,",
            "Ente: Comune di Montelume",
            "Numero di protocollo: 0000012/2026",
            "Data e ora di registrazione: 06/03/2026 alle 10:30:00 (ora italiana)",
            "Registro: PROT",
            &"5a".repeat(32),
            codice.as_str(),
            "Oggetto: Segnalazione: Illuminazione pubblica",
            "Tipo di disservizio: Illuminazione pubblica",
            "Titolo: Lampione spento",
            "Dettagli: Il lampione davanti al civico 12 è spento da tre giorni.",
            "Luogo: Via dei Tigli 12",
            "Coordinate: 44.123456, 8.25",
            "lampione.jpg (482113 byte)",
            &"ab".repeat(32),
            "Ufficio: Lavori pubblici",
            "lavori-pubblici@example.org - 0187 555 0111",
            "il responsabile dell'ufficio",
            "Risposta entro il: 07/04/2026",
            "https://sportello.example.org/area-personale/pratiche/0192f00d-0000-7000-8123-456789abcdef",
            "SE NON RICEVI RISPOSTA",
            "copia di cortesia",
        ],
    );
    assert_eq!(message.destinatario, "mario.rossi@example.org");
    assert_eq!(
        (message.mittente.as_str(), message.mittente_nome.as_str()),
        (ente().email.as_str(), "Comune di Montelume")
    );
    assert_eq!(message.id, "00000000-0000-0000-0000-000000000007.email@comune.example.org");
}

#[test]
fn the_receipts_of_letters_and_requests_repeat_what_was_filed() {
    let lettera = messaggio(TipoPratica::Lettera, Motivo::Ricevuta);
    contains_all(&lettera.testo, &["Titolo: Il parco di via dei Tigli", "area giochi", "Segreteria della Sindaca"]);
    let istanza = messaggio(TipoPratica::Istanza, Motivo::Ricevuta);
    contains_all(
        &istanza.testo,
        &[
            "Servizio: Richiesta generica al Comune",
            "Oggetto: Panchina in piazza",
            "all'ombra in piazza della Fonte",
            "comunicazione di avvio del procedimento",
            "il Comune resta obbligato a rispondere",
            "potere sostitutivo",
        ],
    );
}

#[test]
fn subjects_carry_numbers_and_never_the_citizens_words() {
    for tipo in TIPI {
        let caso = Caso::fold(&vita(tipo)).unwrap();
        for motivo in MOTIVI {
            let oggetto = componi(&caso, motivo).oggetto;
            contains_all(&oggetto, &["0000012/2026", &caso.base().oggetto, caso.base().codice.as_str()]);
            for parola in ["Lampione", "parco", "Panchina", "Rossi"] {
                assert!(!oggetto.contains(parola), "{oggetto}");
            }
        }
    }
}

#[test]
fn every_word_is_in_the_catalogue() {
    for tipo in TIPI {
        for motivo in MOTIVI {
            let message = messaggio(tipo, motivo);
            for text in [&message.testo, &message.html, &message.oggetto] {
                assert!(!text.contains("notifica-") && !text.contains("{ $"), "{tipo:?} {motivo:?}:\n{text}");
            }
        }
    }
}

#[test]
fn a_receipt_says_when_there_are_no_files() {
    let mut inviata = SegnalazioneInviata::sample();
    inviata.deposito.allegati.clear();
    let events: [segnalazione::Event; 2] = [inviata.into(), RicevutaEmessa::sample().into()];
    let caso = Caso::fold(&events.map(Evento::from)).unwrap();
    contains_all(&componi(&caso, Motivo::Ricevuta).testo, &["Non hai allegato file."]);
}

#[test]
fn who_took_charge_is_named() {
    let message = messaggio(TipoPratica::Segnalazione, Motivo::PresaInCarico);
    contains_all(
        &message.testo,
        &["Responsabile: Giulia Bianchi", "09/03/2026 alle 09:15:00", "0000012/2026 del 06/03/2026"],
    );
}

#[test]
fn an_answer_is_repeated_unless_the_case_is_restricted() {
    let segnalazione = messaggio(TipoPratica::Segnalazione, Motivo::Conclusione);
    contains_all(&segnalazione.testo, &["Il lampione è stato riparato.", "Ha risposto: Giulia Bianchi"]);
    let lettera = messaggio(TipoPratica::Lettera, Motivo::Conclusione);
    assert!(!lettera.testo.contains("riparato") && !lettera.html.contains("riparato"));
    contains_all(&lettera.testo, &["la trovi nella tua area personale", "Protocollo della risposta: 0000345/2026"]);
}

#[test]
fn what_a_citizen_writes_cannot_become_html() {
    let mut inviata = SegnalazioneInviata::sample();
    let documento = inviata.personale.0.as_mut().unwrap();
    documento.titolo = "<script>alert('x')</script>".into();
    documento.dettagli = "prima riga\n\"seconda\" & <b>terza</b>".into();
    documento.autore.nome = "Mario <img src=x>".into();
    documento.nomi_allegati = vec!["<i>.jpg".into()];
    let events: [segnalazione::Event; 2] = [inviata.into(), RicevutaEmessa::sample().into()];
    let message = componi(&Caso::fold(&events.map(Evento::from)).unwrap(), Motivo::Ricevuta);
    for tag in ["<script", "<b>", "<img", "<i>"] {
        assert!(!message.html.contains(tag), "{tag}");
    }
    contains_all(&message.html, &["prima riga<br>\n&quot;seconda&quot; &amp; &lt;b&gt;terza", "&lt;script&gt;"]);
    assert!(message.testo.contains("<script>alert('x')</script>"));
}

/// A request for which documents were asked, then one event more.
fn integrazione(riservato: bool, poi: Option<istanza::Event>) -> Caso {
    use istanza::Event as E;
    let mut inviata = IstanzaPresentata::sample();
    inviata.deposito.riservato = riservato;
    let altri = [RicevutaEmessa::sample().into(), TermineCalcolato::sample().into()];
    let chiesta = [E::IstanzaPresaInCarico(PresaInCarico::sample()), IntegrazioneRichiesta::sample().into()];
    let tutti = [E::from(inviata)].into_iter().chain(altri).chain(chiesta).chain(poi);
    Caso::fold(&tutti.map(Evento::from).collect::<Vec<_>>()).unwrap()
}

#[test]
fn what_is_missing_is_listed_with_its_day_unless_the_case_is_restricted() {
    let aperta = componi(&integrazione(false, None), Motivo::IntegrazioneRichiesta);
    assert!(aperta.oggetto.starts_with("Servono altri documenti prot. 0000012/2026"), "{}", aperta.oggetto);
    contains_all(
        &aperta.testo,
        &["- Planimetria dell'area, firmata", "La planimetria allegata non si legge.", "entro il 30/03/2026"],
    );
    let riservata = componi(&integrazione(true, None), Motivo::IntegrazioneRichiesta);
    assert!(!riservata.testo.contains("Planimetria") && !riservata.testo.contains("planimetria"));
    contains_all(&riservata.testo, &["lo trovi nella tua area personale", "entro il 30/03/2026"]);
}

#[test]
fn what_was_added_and_a_withdrawal_are_confirmed_with_their_numbers() {
    let mut added = IntegrazionePresentata::sample();
    added.protocollo.numero = 78;
    let message = componi(&integrazione(false, Some(added.into())), Motivo::IntegrazionePresentata);
    contains_all(
        &message.testo,
        &["Protocollo dei documenti aggiunti: 0000078/2026", "planimetria-firmata.jpg", "SE NON RICEVI RISPOSTA"],
    );
    assert!(!message.testo.contains("- planimetria.jpg"), "only the files that were added");
    let mut gone = IstanzaRinunciata::sample();
    gone.protocollo.numero = 79;
    let message = componi(&integrazione(false, Some(gone.into())), Motivo::Rinuncia);
    contains_all(&message.testo, &["Protocollo del ritiro: 0000079/2026", "La pratica è chiusa"]);
    assert!(!message.testo.contains("SE NON RICEVI RISPOSTA") && !message.testo.contains("Non mi serve più"));
}
