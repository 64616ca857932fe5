//! Definitions: their names, their words, and every mistake at its place.

use super::*;
use crate::ente::CodiceUfficio;
use crate::modulo::Problema;
use jiff::civil::{date, time};
use serde_json::json;

fn luoghi(problemi: &[Problema]) -> Vec<(&str, &str)> {
    problemi.iter().map(|p| (p.percorso.as_str(), p.codice)).collect()
}

#[test]
fn the_samples_are_right_and_survive_reading_and_writing() {
    let (prenotabile, orario) = (Prenotabile::sample(), Orario::sample());
    assert_eq!((prenotabile.controlla(), orario.controlla()), (vec![], vec![]));
    assert_eq!(serde_json::from_slice::<Prenotabile>(&prenotabile.canonico()).unwrap(), prenotabile);
    assert_eq!(serde_json::from_slice::<Orario>(&orario.canonico()).unwrap(), orario);
    assert!(orario.offre("carta-identita") && !orario.offre("nascita"));
}

#[test]
fn what_is_not_said_has_a_meaning() {
    let short = json!({
        "codice": "nascita", "versione": 1, "nome": "Denuncia di nascita", "descrizione": "Dichiarare una nascita.",
        "durataMinuti": 30, "classifica": "XI.1", "motivi": ["Dichiarazione"],
    });
    let read: Prenotabile = serde_json::from_value(short.clone()).unwrap();
    assert_eq!((read.protocolla, read.conferma), (Protocolla::Particolare, Conferma::Automatica));
    assert_eq!((read.disdetta_ore, read.tolleranza_minuti, read.orizzonte_giorni), (24, 15, 60));
    assert_eq!((read.promemoria_ore.as_slice(), u8::from(read.livello_identita)), ([48, 3].as_slice(), 1));
    let mut unknown = short;
    unknown["durata"] = 30.into();
    assert!(serde_json::from_value::<Prenotabile>(unknown).is_err());
    assert_eq!(Protocolla::No.registro(), None);
    assert_eq!(
        [Protocolla::Ordinario.registro(), Protocolla::Particolare.registro()],
        [Some("PROT"), Some(REGISTRO_APPUNTAMENTI)]
    );
    for canale in Canale::ALL {
        assert_eq!(Canale::parse(canale.as_str()), Some(canale));
    }
}

#[test]
fn a_slot_has_a_name_that_is_read_back() {
    let slot = SlotId::sample();
    assert_eq!(slot.to_string(), "anagrafe~carta-identita~1773129600");
    assert_eq!(slot.to_string().parse(), Ok(slot.clone()));
    assert_eq!(slot.giorno(), date(2026, 3, 10));
    let long = format!("{}~b~1", "a".repeat(160));
    for wrong in ["", "a~b", "a~b~", "a~b~c", "a~b~+1", "a~b~-1", "a~b~1~2", "~b~1", "A~b~1", "a b~c~1", &long] {
        assert_eq!(wrong.parse::<SlotId>(), Err(SlotIdError), "{wrong}");
    }
    assert!("a~b~99999999999999999".parse::<SlotId>().is_err());
}

#[test]
fn every_mistake_of_a_bookable_service_has_its_place() {
    let wrong = Prenotabile {
        codice: "Carta".into(),
        versione: 0,
        nome: "Due\nrighe".into(),
        descrizione: "x".repeat(256),
        durata_minuti: 4,
        margine_minuti: 61,
        preavviso_ore: 721,
        orizzonte_giorni: 0,
        disdetta_ore: 721,
        tolleranza_minuti: 4,
        motivi: vec![],
        cosa_serve: vec!["Una foto".into(), "Una foto".into(), " ".into()],
        servizio: Some("x".into()),
        promemoria_ore: vec![3, 3, 0, 721, 1],
        ..Prenotabile::sample()
    };
    let expected = [
        ("codice", "codice"),
        ("versione", "versione"),
        ("nome", "una-riga"),
        ("descrizione", "testo-lungo"),
        ("durataMinuti", "limite"),
        ("margineMinuti", "limite"),
        ("preavvisoOre", "limite"),
        ("orizzonteGiorni", "limite"),
        ("disdettaOre", "limite"),
        ("tolleranzaMinuti", "limite"),
        ("preavvisoOre", "vuoto"),
        ("motivi", "quanti"),
        ("cosaServe[1]", "ripetuto"),
        ("cosaServe[2]", "obbligatorio"),
        ("servizio", "codice"),
        ("promemoriaOre", "quanti"),
        ("promemoriaOre[1]", "ripetuto"),
        ("promemoriaOre[2]", "limite"),
        ("promemoriaOre[3]", "limite"),
    ];
    assert_eq!(luoghi(&wrong.controlla()), expected);
    for (least, most) in [(5, 240)] {
        for durata_minuti in [least, most] {
            assert_eq!(Prenotabile { durata_minuti, ..Prenotabile::sample() }.controlla(), []);
        }
    }
    let much = Prenotabile { cosa_serve: (0..13).map(|n| n.to_string()).collect(), ..Prenotabile::sample() };
    assert_eq!(luoghi(&much.controlla()), [("cosaServe", "quanti")]);
}

#[test]
fn every_mistake_of_opening_hours_has_its_place() {
    let mut wrong = Orario::sample();
    wrong.ufficio = CodiceUfficio::new("Anagrafe");
    wrong.versione = 0;
    wrong.luogo.indirizzo = String::new();
    wrong.sportelli[1].codice = "s1".into();
    wrong.sportelli[1].servizi = vec![];
    wrong.sportelli[1].lingue = vec!["italiano!".into()];
    wrong.sportelli[1].orari[0].giorni = vec![GiornoSettimana::Lun, GiornoSettimana::Lun];
    wrong.sportelli[1].orari[0].alle = time(0, 0, 0, 0);
    wrong.sportelli[1].orari[0].dal = Some(date(2026, 2, 1));
    wrong.sportelli[1].orari[0].al = Some(date(2026, 1, 1));
    wrong.eccezioni[0].sportelli = vec!["s9".into()];
    wrong.eccezioni[0].al = date(2026, 8, 9);
    wrong.eccezioni[0].fasce.push(Ore { dalle: time(10, 30, 0, 0), alle: time(12, 0, 1, 0) });
    wrong.quote = Some(Quote { portale: 101, sportello: 0, telefono: 0 });
    let expected = [
        ("ufficio", "codice"),
        ("versione", "versione"),
        ("luogo.indirizzo", "obbligatorio"),
        ("sportelli[1].codice", "ripetuto"),
        ("sportelli[1].servizi", "quanti"),
        ("sportelli[1].lingue[0]", "lingua"),
        ("sportelli[1].orari[0].giorni[1]", "ripetuto"),
        ("sportelli[1].orari[0].alle", "ordine"),
        ("sportelli[1].orari[0].al", "ordine"),
        ("eccezioni[0].al", "ordine"),
        ("eccezioni[0].sportelli[0]", "sconosciuto"),
        ("eccezioni[0].fasce[1].alle", "minuti"),
        ("eccezioni[0].fasce[1].dalle", "sovrapposta"),
        ("quote.portale", "limite"),
    ];
    assert_eq!(luoghi(&wrong.controlla()), expected);
}

#[test]
fn rules_of_one_desk_do_not_overlap_and_those_of_two_may() {
    let mut orario = Orario::sample();
    let again = Fascia { dalle: time(11, 0, 0, 0), alle: time(13, 0, 0, 0), ..orario.sportelli[0].orari[0].clone() };
    orario.sportelli[1].orari.push(again.clone());
    assert_eq!(luoghi(&orario.controlla()), [("sportelli[1].orari[1].dalle", "sovrapposta")]);
    // One after the other, on other days, or in another season: no mistake.
    orario.sportelli[1].orari[1].dalle = time(12, 0, 0, 0);
    assert_eq!(orario.controlla(), []);
    orario.sportelli[1].orari[1] = Fascia { giorni: vec![GiornoSettimana::Sab], ..again.clone() };
    assert_eq!(orario.controlla(), []);
    orario.sportelli[1].orari[1] = Fascia { dal: Some(date(2026, 7, 1)), ..again };
    orario.sportelli[1].orari[0].al = Some(date(2026, 6, 30));
    assert_eq!(orario.controlla(), []);
    orario.sportelli[1].orari[0].al = Some(date(2026, 7, 1));
    assert_eq!(luoghi(&orario.controlla()), [("sportelli[1].orari[1].dalle", "sovrapposta")]);
}

#[test]
fn an_exception_may_share_its_days_only_with_those_of_other_desks() {
    let mut orario = Orario::sample();
    let one = Eccezione { sportelli: vec!["s1".into()], ..orario.eccezioni[0].clone() };
    orario.eccezioni = vec![one.clone(), Eccezione { sportelli: vec!["s2".into()], ..one.clone() }];
    assert_eq!(orario.controlla(), []);
    orario.eccezioni[1].sportelli.clear();
    assert_eq!(luoghi(&orario.controlla()), [("eccezioni[1].dal", "sovrapposta")]);
    orario.eccezioni[1].dal = date(2026, 8, 22);
    orario.eccezioni[1].al = date(2026, 8, 22);
    assert_eq!(orario.controlla(), []);
    orario.quote = Some(Quote { portale: 40, sportello: 30, telefono: 29 });
    assert_eq!(luoghi(&orario.controlla()), [("quote", "quote")]);
    orario.eccezioni = (0..201).map(|_| one.clone()).collect();
    assert!(luoghi(&orario.controlla()).contains(&("eccezioni", "quanti")));
}
