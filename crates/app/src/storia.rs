//! The words of a case's history, from the message catalogue (`storia.ftl`).

use crate::testi;
use projections::PassoStoria;

/// Title and description of a step, for citizens. Keys: `storia-<Evento>` and `storia-<Evento>-descrizione`.
pub fn parole(passo: &PassoStoria) -> (String, String) {
    let mut args: Vec<(&str, String)> =
        passo.parametri.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    // A value that is missing (a person who was forgotten) has words of its own in the catalogue.
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "nessuno".to_owned());
    args.push(("attore", or_none(passo.attore.clone())));
    args.push(("segnatura", or_none(passo.segnatura.clone())));
    args.push(("scadenza", or_none(passo.scadenza.map(testi::giorno))));
    let key = format!("storia-{}", passo.evento);
    let titolo = testi::testo(testi::ITALIANO, &key, &args);
    let descrizione = testi::testo(testi::ITALIANO, &format!("{key}-descrizione"), &args);
    (titolo, descrizione)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::evento::Evento;
    use domain::ids::PraticaId;
    use domain::pratica::{StatoPratica, TipoPratica};
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn passo(evento: &str, parametri: &[(&str, &str)]) -> PassoStoria {
        let quando = "2026-03-06T09:30:00Z".parse().unwrap();
        PassoStoria {
            pratica: PraticaId(Uuid::nil()),
            posizione: 1,
            event_id: Uuid::nil(),
            evento: evento.into(),
            quando,
            registrato_il: quando,
            attore: Some("Giulia Bianchi".into()),
            messaggio: None,
            segnatura: Some("0000012/2026".into()),
            scadenza: Some(jiff::civil::date(2026, 4, 7)),
            parametri: parametri.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>(),
        }
    }

    /// Events that are no step of a case.
    const ALTRI: [&str; 5] = [
        "ProtocolloRegistrato",
        "AssegnazioneModificata",
        "ClassificazioneModificata",
        "AccessoEffettuato",
        "AccessoNegato",
    ];

    #[test]
    fn every_step_has_its_words() {
        for spec in Evento::specs().iter().filter(|spec| !ALTRI.contains(&spec.kind)) {
            let mut step = passo(spec.kind, &[("giorni", "30"), ("motivo", "ricevuta"), ("canale", "email")]);
            for attore in [Some("Giulia Bianchi".to_owned()), None] {
                step.attore = attore;
                let (titolo, descrizione) = parole(&step);
                assert!(!titolo.contains("storia-") && !titolo.contains('{'), "{titolo}");
                assert!(!descrizione.contains("storia-") && !descrizione.contains('{'), "{descrizione}");
                assert!(!descrizione.contains("nessuno"), "{descrizione}");
            }
        }
    }

    #[test]
    fn words_name_number_day_and_official() {
        assert!(parole(&passo("RicevutaEmessa", &[])).1.contains("0000012/2026"));
        assert!(parole(&passo("TermineCalcolato", &[("giorni", "30")])).1.contains("7 aprile 2026"));
        assert!(parole(&passo("IstanzaPresaInCarico", &[])).1.contains("Giulia Bianchi"));
        for motivo in ["ricevuta", "presa-in-carico", "conclusione"] {
            let failed = parole(&passo("NotificaFallita", &[("motivo", motivo)])).1;
            let other = parole(&passo("NotificaFallita", &[("motivo", "sconosciuto")])).1;
            assert_ne!(failed, other, "{motivo}");
        }
        assert_eq!(testi::giorno(jiff::civil::date(2026, 5, 1)), "1º maggio 2026");
    }

    #[test]
    fn every_state_and_kind_has_a_label() {
        for stato in StatoPratica::ALL {
            assert!(testi::esiste(&format!("stato-{}", stato.as_str())), "{stato:?}");
        }
        for tipo in TipoPratica::ALL {
            assert!(testi::esiste(&format!("tipo-{}", tipo.as_str())), "{tipo:?}");
        }
    }
}
