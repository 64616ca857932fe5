//! The data as templates see it: one JSON object, dates and sizes already written out in Italian, text made printable.

use crate::dati::{Allegato, Comune, Documento, Istanza, Protocollo, Ricevuta};
use crate::testo::{spezzabile, stampabile};
use domain::termini::giorno_in_parole;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

/// Compiled in: the date on a receipt must not depend on the files of the machine it is composed on.
static ROMA: TimeZone = jiff::tz::get!("Europe/Rome");

/// Members that are read by machines or copied by hand: never broken invisibly.
const INTERI: [&str; 6] = ["sha256", "impronta", "indirizzo", "pratica", "numero", "titoloDocumento"];

/// The object behind `json("/dati.json")`.
pub(crate) fn dati(documento: Documento<'_>, mostra: impl Fn(char) -> bool + Copy) -> Value {
    let (istanza, protocollo, ricevuta) = match documento {
        Documento::Istanza(istanza) => (istanza, None, None),
        Documento::Ricevuta(ricevuta) => (&ricevuta.istanza, Some(&ricevuta.protocollo), Some(ricevuta)),
    };
    let mut dati = json!({
        "titoloDocumento": titolo(documento),
        "comune": istanza.comune,
        "istanza": vista_istanza(istanza),
        "protocollo": protocollo.map(|p| vista_protocollo(istanza, p)),
        "ricevuta": ricevuta.map(vista_ricevuta),
    });
    pulisci(&mut dati, None, mostra);
    dati
}

/// Title in the metadata, also that of the reader's window.
pub(crate) fn titolo(documento: Documento<'_>) -> String {
    match documento {
        Documento::Istanza(istanza) => format!("{} {}: {}", istanza.tipo, istanza.pratica, istanza.servizio),
        Documento::Ricevuta(ricevuta) => {
            format!("Ricevuta di protocollo n. {}, pratica {}", ricevuta.protocollo.numero, ricevuta.istanza.pratica)
        }
    }
}

/// Whose document it is.
pub(crate) fn comune(documento: Documento<'_>) -> &Comune {
    match documento {
        Documento::Istanza(istanza) => &istanza.comune,
        Documento::Ricevuta(ricevuta) => &ricevuta.istanza.comune,
    }
}

/// The instant that dates the document: when the request was sent, or when it was registered.
pub(crate) fn istante(documento: Documento<'_>) -> Timestamp {
    match documento {
        Documento::Istanza(istanza) => istanza.inviata,
        Documento::Ricevuta(ricevuta) => ricevuta.protocollo.data,
    }
}

fn vista_istanza(istanza: &Istanza) -> Value {
    json!({
        "tipo": istanza.tipo,
        "pratica": istanza.pratica,
        "inviata": data_e_ora(istanza.inviata),
        "istante": istanza.istante,
        "delegato": istanza.delegato,
        "servizio": istanza.servizio,
        "oggetto": istanza.oggetto,
        "sezioni": istanza.sezioni,
        "dichiarazioni": istanza.dichiarazioni,
        "allegati": istanza.allegati.iter().map(vista_allegato).collect::<Vec<_>>(),
    })
}

fn vista_allegato(allegato: &Allegato) -> Value {
    json!({ "nome": allegato.nome, "dimensione": dimensione(allegato.byte), "sha256": allegato.sha256 })
}

fn vista_protocollo(istanza: &Istanza, protocollo: &Protocollo) -> Value {
    let data = giorno_in_parole(ROMA.to_datetime(protocollo.data).date());
    json!({
        "numero": protocollo.numero,
        "registro": protocollo.registro,
        "data": data,
        "ora": ora(protocollo.data),
        // Number, date and administration are what the law asks of it (DPR 445/2000 art. 55 c.1).
        "segnatura": format!(
            "{} – AOO {} – Registro {} – Protocollo n.\u{a0}{} del {data}",
            istanza.comune.nome, istanza.comune.aoo, protocollo.registro, protocollo.numero
        ),
    })
}

fn vista_ricevuta(ricevuta: &Ricevuta) -> Value {
    json!({
        "impronta": ricevuta.impronta,
        "termine": ricevuta.termine.as_ref().map(|t| json!({
            "durata": t.durata,
            "scadenza": giorno_in_parole(t.scadenza),
            "silenzio": t.silenzio,
        })),
        "ufficio": ricevuta.ufficio,
        "rimedi": ricevuta.rimedi,
        "visione": ricevuta.visione,
        "privacy": ricevuta.privacy,
        "passi": ricevuta.passi,
        "indirizzo": ricevuta.indirizzo,
    })
}

fn pulisci(valore: &mut Value, nome: Option<&str>, mostra: impl Fn(char) -> bool + Copy) {
    match valore {
        Value::String(testo) => {
            let stampabile = stampabile(testo, mostra);
            *testo = if nome.is_some_and(|n| INTERI.contains(&n)) { stampabile } else { spezzabile(&stampabile) };
        }
        Value::Array(valori) => valori.iter_mut().for_each(|v| pulisci(v, nome, mostra)),
        Value::Object(membri) => membri.iter_mut().for_each(|(n, v)| pulisci(v, Some(n), mostra)),
        _ => {}
    }
}

/// `10:30:05`, in Italy.
fn ora(istante: Timestamp) -> String {
    ROMA.to_datetime(istante).strftime("%H:%M:%S").to_string()
}

fn data_e_ora(istante: Timestamp) -> String {
    format!("{}, ore {}", giorno_in_parole(ROMA.to_datetime(istante).date()), ora(istante))
}

/// Sizes as people read them, in decimal units: `1,2 MB`.
pub(crate) fn dimensione(byte: u64) -> String {
    const UNITA: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let Some((scala, unita)) = UNITA.into_iter().find(|(scala, _)| byte >= *scala) else {
        return format!("{byte} byte");
    };
    // Cut, never rounded up: 999 999 bytes are not yet one megabyte.
    format!("{},{} {unita}", byte / scala, (byte % scala) / (scala / 10))
}
