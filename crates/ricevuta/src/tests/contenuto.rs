//! What the documents say.

use super::strumenti::{parole, piano};
use super::{compositore, documenti, ricevuta};
use crate::{Allegato, Comune, Documento, Istanza, Ricevuta, Riga, Sezione, Soggetto, Termine, Ufficio};
use sha2::{Digest as _, Sha256};

fn contiene(testo: &str, voluti: &[&str]) {
    for voluto in voluti {
        assert!(testo.contains(&piano(voluto)), "{voluto:?} is missing from {testo}");
    }
}

fn righe(righe: &[Riga]) -> Vec<&str> {
    righe.iter().flat_map(|r| [r.etichetta.as_str(), r.valore.as_str()]).collect()
}

fn soggetto(soggetto: &Soggetto) -> Vec<&str> {
    let Soggetto { nome, codice_fiscale, qualifica, contatti } = soggetto;
    let scelti = [codice_fiscale, qualifica].into_iter().flatten().map(String::as_str);
    [nome.as_str()].into_iter().chain(scelti).chain(righe(contatti)).collect()
}

#[test]
fn the_receipt_tells_everything_the_law_asks_for() {
    let data = ricevuta();
    // Taken apart without `..`: a new member has to be looked for here, too.
    let Ricevuta { istanza, protocollo: _, impronta, termine, ufficio, rimedi, visione, privacy, passi, indirizzo } =
        &data;
    let Istanza { comune, pratica, istante, delegato, servizio, oggetto, allegati, tipo: _, .. } = istanza;
    let Comune { nome, aoo, codice: _ } = comune;
    let Some(Termine { durata, silenzio, scadenza: _ }) = termine else { panic!("the sample has a term") };
    let Ufficio { unita, contatti, responsabile: None } = ufficio else { panic!("the sample names nobody yet") };

    let [_, (_, pdf)] = documenti(&data);
    let testo = parole(&pdf);
    contiene(
        &testo,
        &[nome, aoo, pratica, servizio, oggetto, impronta, durata, silenzio, unita, rimedi, visione, privacy],
    );
    contiene(&testo, &["0001234/2026", "22 novembre 2026", "10:30:05", "Registro PROT", "22 dicembre 2026"]);
    let segnatura = "Comune di Montelume – AOO Comune di Montelume (AX0000A) – Registro PROT – Protocollo n. 0001234/2026 del 22 novembre 2026";
    contiene(&testo, &["il responsabile dell’ufficio", segnatura]);
    contiene(&testo, &soggetto(istante));
    contiene(&testo, &soggetto(delegato.as_ref().unwrap()));
    contiene(&testo, &righe(contatti));
    contiene(&testo, &passi.iter().map(String::as_str).collect::<Vec<_>>());
    for Allegato { nome, byte: _, sha256 } in allegati {
        contiene(&testo, &[nome, sha256]);
    }
    contiene(&testo, &["1,2 MB", "845,1 kB"]);
    assert!(testo.replace(' ', "").contains(indirizzo.as_str()), "{testo}");
}

#[test]
fn a_named_person_takes_the_place_of_the_head_of_the_office_and_a_term_may_be_missing() {
    let mut data = ricevuta();
    data.ufficio.responsabile = Some("Dott.ssa Anna Verdi".into());
    data.termine = None;
    let [_, (_, pdf)] = documenti(&data);
    let testo = parole(&pdf);
    contiene(&testo, &["Dott.ssa Anna Verdi", "non corre un termine"]);
    assert!(!testo.contains("il responsabile dell’ufficio"), "{testo}");
}

#[test]
fn the_request_shows_what_was_filed_and_no_number() {
    let data = ricevuta();
    let [(_, istanza), _] = documenti(&data);
    let testo = parole(&istanza);
    let i = &data.istanza;
    contiene(&testo, &[&i.comune.nome, &i.pratica, &i.servizio, &i.oggetto, "22 novembre 2026, ore 10:30:05"]);
    contiene(&testo, &soggetto(&i.istante));
    contiene(&testo, &soggetto(i.delegato.as_ref().unwrap()));
    for Sezione { titolo, righe: r } in &i.sezioni {
        contiene(&testo, &[titolo]);
        contiene(&testo, &righe(r));
    }
    contiene(&testo, &i.dichiarazioni.iter().map(String::as_str).collect::<Vec<_>>());
    for allegato in &i.allegati {
        contiene(&testo, &[&allegato.nome, &allegato.sha256]);
    }
    assert!(!testo.contains("1234") && !testo.to_lowercase().contains("protocollo"), "{testo}");
}

#[test]
fn the_receipt_carries_the_hash_of_the_request() {
    let mut data = ricevuta();
    let [(_, istanza), ..] = documenti(&data);
    data.impronta = hex::encode(Sha256::digest(&istanza));
    let [(_, ancora), (_, pdf)] = documenti(&data);
    assert_eq!(istanza, ancora);
    contiene(&parole(&pdf), &[&data.impronta]);
}

#[test]
fn markup_in_the_data_stays_text() {
    let ostile = "#panic(\"no\") *a* _b_ `c` $x^2$ \\u{41} [d] <e> @f // g /* h */ = i ~ j --- k #read(\"/etc/passwd\") \"l\" 'm' {n} + o %p &q;";
    let mut data = ricevuta();
    data.istanza.oggetto = ostile.into();
    data.istanza.servizio = ostile.into();
    data.istanza.istante.nome = ostile.into();
    data.istanza.allegati[0].nome = ostile.into();
    data.istanza.sezioni[0].titolo = ostile.into();
    data.istanza.sezioni[0].righe[0] = Riga { etichetta: ostile.into(), valore: ostile.into() };
    data.istanza.dichiarazioni[0] = ostile.into();
    data.rimedi = ostile.into();
    data.passi[0] = ostile.into();
    for (nome, pdf) in documenti(&data) {
        let testo = parole(&pdf);
        // Lines are broken where there is no room.
        let stretto = |t: &str| t.split_whitespace().collect::<String>();
        let volte = stretto(&testo).matches(&stretto(ostile)).count();
        // How often, so that none of the places swallows it.
        assert_eq!(volte, if nome == "ricevuta" { 6 } else { 8 }, "{nome}: {testo}");
    }
}

#[test]
fn what_no_typeface_can_show_is_named_and_breaks_nothing() {
    let mut data = ricevuta();
    data.istanza.oggetto = "Buca 😀 vicino al 李 \u{202e}olleb\u{0} perche\u{301} Škocjan è così".into();
    data.istanza.allegati[0].nome = "пла\u{200b}н.pdf".into();
    for (nome, pdf) in documenti(&data) {
        let testo = parole(&pdf);
        contiene(&testo, &["Buca [U+1F600] vicino al [U+674E] [U+202E]olleb[U+0000] perché Škocjan è così"]);
        assert!(testo.contains("[U+043F]"), "{nome}: {testo}");
    }
}

#[test]
fn the_documents_are_dated_in_italy() {
    let mut data = ricevuta();
    data.protocollo.data = "2026-12-31T23:00:00Z".parse().unwrap();
    let pdf = compositore().componi(Documento::Ricevuta(&data)).unwrap();
    contiene(&parole(&pdf), &["1º gennaio 2027", "00:00:00"]);
}
