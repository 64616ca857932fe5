//! The sample that templates are tried with. Its values are numbers that occur nowhere else: they cannot be hyphenated, so
//! that each can be looked for in the composed text.

use crate::compositore::{ComponiError, Compositore, ModelliError};
use crate::dati::{
    Allegato, Comune, Documento, Istanza, Protocollo, Ricevuta, Riga, Sezione, Soggetto, Termine, Ufficio,
};
use jiff::{Timestamp, civil::date};

const SHA_ALLEGATO: &str = "9001200000000000000000000000000000000000000000000000000000090012";
const SHA_ISTANZA: &str = "9001300000000000000000000000000000000000000000000000000000090013";

/// What the request has to show: member of the data, text.
const NELL_ISTANZA: [(&str, &str); 13] = [
    ("comune.nome", "90001"),
    ("comune.aoo", "90002"),
    ("istanza.pratica", "90003"),
    ("istanza.istante.nome", "90004"),
    ("istanza.delegato.nome", "90005"),
    ("istanza.servizio", "90006"),
    ("istanza.oggetto", "90007"),
    ("istanza.sezioni.titolo", "90008"),
    ("istanza.sezioni.righe.etichetta", "90009"),
    ("istanza.sezioni.righe.valore", "90010"),
    ("istanza.dichiarazioni", "90014"),
    ("istanza.allegati.nome", "90011"),
    ("istanza.allegati.sha256", SHA_ALLEGATO),
];

/// What the receipt has to show.
const NELLA_RICEVUTA: [(&str, &str); 24] = [
    ("comune.nome", "90001"),
    ("comune.aoo", "90002"),
    ("istanza.pratica", "90003"),
    ("istanza.istante.nome", "90004"),
    ("istanza.delegato.nome", "90005"),
    ("istanza.servizio", "90006"),
    ("istanza.oggetto", "90007"),
    ("istanza.allegati.nome", "90011"),
    ("istanza.allegati.sha256", SHA_ALLEGATO),
    ("protocollo.numero", "90020/2026"),
    ("protocollo.data", "7marzo2026"),
    ("protocollo.ora", "10:31:00"),
    ("protocollo.registro", "90021"),
    ("ricevuta.impronta", SHA_ISTANZA),
    ("ricevuta.termine.durata", "90022"),
    ("ricevuta.termine.scadenza", "5aprile2026"),
    ("ricevuta.termine.silenzio", "90023"),
    ("ricevuta.ufficio.unita", "90024"),
    ("ricevuta.ufficio.responsabile", "90025"),
    ("ricevuta.ufficio.contatti", "90026"),
    ("ricevuta.rimedi", "90027"),
    ("ricevuta.visione", "90028"),
    ("ricevuta.privacy", "90029"),
    ("ricevuta.passi", "90030"),
];

/// Composes the sample with each template, and looks for what has to be on it.
pub(crate) fn prova(compositore: &Compositore) -> Result<(), ModelliError> {
    let ricevuta = ricevuta();
    let istanza = &ricevuta.istanza;
    for (nome, documento, voluti) in [
        ("the request", Documento::Istanza(istanza), &NELL_ISTANZA[..]),
        ("the receipt", Documento::Ricevuta(&ricevuta), &NELLA_RICEVUTA[..]),
    ] {
        let fallita = |source| ModelliError::Prova { documento: nome, source };
        let (testo, avvisi) = compositore.testo(documento).map_err(fallita)?;
        if !avvisi.is_empty() {
            // Such as a typeface that is not there: the page would look like another one.
            return Err(fallita(ComponiError::Modello(avvisi)));
        }
        let mancano: Vec<_> = voluti.iter().filter(|(_, v)| !testo.contains(v)).map(|(membro, _)| *membro).collect();
        if !mancano.is_empty() {
            return Err(ModelliError::Omette { documento: nome, mancano });
        }
        // The checks of PDF/A and PDF/UA: an image without a description, a heading that skips a level.
        compositore.componi(documento).map_err(fallita)?;
    }
    Ok(())
}

fn ricevuta() -> Ricevuta {
    Ricevuta {
        istanza: istanza(),
        protocollo: Protocollo { numero: "90020/2026".into(), registro: "90021".into(), data: registrata() },
        impronta: SHA_ISTANZA.into(),
        termine: Some(Termine { durata: "90022".into(), scadenza: date(2026, 4, 5), silenzio: "90023".into() }),
        ufficio: Ufficio {
            unita: "90024".into(),
            responsabile: Some("90025".into()),
            contatti: vec![riga("PEC", "90026")],
        },
        rimedi: "90027".into(),
        visione: "90028".into(),
        privacy: "90029".into(),
        passi: vec!["90030".into()],
        indirizzo: "https://localhost/pratiche/90031".into(),
    }
}

fn istanza() -> Istanza {
    Istanza {
        comune: Comune { nome: "90001".into(), codice: "c_x000".into(), aoo: "90002".into() },
        tipo: "Istanza".into(),
        pratica: "90003".into(),
        inviata: istante(),
        istante: soggetto("90004"),
        delegato: Some(soggetto("90005")),
        servizio: "90006".into(),
        oggetto: "90007".into(),
        sezioni: vec![Sezione { titolo: "90008".into(), righe: vec![riga("90009", "90010")] }],
        dichiarazioni: vec!["90014".into()],
        allegati: vec![Allegato { nome: "90011".into(), byte: 1, sha256: SHA_ALLEGATO.into() }],
    }
}

fn soggetto(nome: &str) -> Soggetto {
    Soggetto { nome: nome.into(), codice_fiscale: None, qualifica: None, contatti: vec![riga("PEC", "-")] }
}

fn riga(etichetta: &str, valore: &str) -> Riga {
    Riga { etichetta: etichetta.into(), valore: valore.into() }
}

/// 7 March 2026, 10:31 in Italy: not the instant of the request, so that one is not taken for the other.
fn registrata() -> Timestamp {
    Timestamp::constant(1_772_875_860, 0)
}

/// 6 March 2026, 10:30 in Italy.
fn istante() -> Timestamp {
    Timestamp::constant(1_772_789_400, 0)
}
