//! The words of a case's history, from the message catalogue (`storia.ftl`).

use crate::testi;
use fluent_templates::fluent_bundle::concurrent::FluentBundle;
use fluent_templates::fluent_bundle::{FluentArgs, FluentResource};
use fluent_templates::langid;
use projections::PassoStoria;
use std::sync::LazyLock;

/// The catalogue by itself: lists put hundreds of steps into words, and going through all catalogues took a quarter of
/// their time.
static CATALOGO: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let text = include_str!("../locales/it/storia.ftl").to_owned();
    // What cannot be read is left out here and shown by its key; the tests read every key.
    let resource = FluentResource::try_new(text).unwrap_or_else(|(read, _)| read);
    let mut bundle = FluentBundle::new_concurrent(vec![langid!("it")]);
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
});

fn frase(key: String, args: Option<&FluentArgs<'_>>) -> String {
    let Some(pattern) = CATALOGO.get_message(&key).and_then(|message| message.value()) else { return key };
    let mut errors = Vec::new();
    let text = CATALOGO.format_pattern(pattern, args, &mut errors);
    if errors.is_empty() { text.into_owned() } else { key }
}

/// Title of a step, for citizens. Key: `storia-<Evento>`; it names no values.
pub fn titolo(passo: &PassoStoria) -> String {
    frase(format!("storia-{}", passo.evento), None)
}

/// Values of a step that are instants.
const ISTANTI: [&str; 2] = ["inizio", "prima"];

/// Description of a step, for citizens. Key: `storia-<Evento>-descrizione`.
pub fn descrizione(passo: &PassoStoria) -> String {
    // A value that is missing (a person who was forgotten) has words of its own in the catalogue.
    const NESSUNO: &str = "nessuno";
    let mut args = FluentArgs::with_capacity(passo.parametri.len() + 4);
    // Steps say it where days are suspended, where a place was left for another, and what was called off.
    for name in ["sospesi", "sede", "sedePrima", "inizio"] {
        args.set(name, NESSUNO);
    }
    for (name, value) in &passo.parametri {
        // Instants stand in steps as they are recorded.
        match value.parse::<jiff::Timestamp>() {
            Ok(instant) if ISTANTI.contains(&name.as_str()) => args.set(name.as_str(), testi::giorno_e_ora(instant)),
            _ => args.set(name.as_str(), value.as_str()),
        }
    }
    args.set("attore", passo.attore.as_deref().unwrap_or(NESSUNO));
    args.set("segnatura", passo.segnatura.as_deref().unwrap_or(NESSUNO));
    match passo.scadenza {
        Some(scadenza) => args.set("scadenza", testi::giorno(scadenza)),
        None => args.set("scadenza", NESSUNO),
    }
    frase(format!("storia-{}-descrizione", passo.evento), Some(&args))
}

/// Title and description of a step.
pub fn parole(passo: &PassoStoria) -> (String, String) {
    (titolo(passo), descrizione(passo))
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
    const ALTRI: [&str; 29] = [
        "ProtocolloRegistrato",
        "AssegnazioneModificata",
        "ClassificazioneModificata",
        "AccessoEffettuato",
        "AccessoNegato",
        "DocumentoScaricato",
        "ServizioPubblicato",
        "PrenotabilePubblicato",
        "OrarioPubblicato",
        "SlotBloccato",
        "SlotLiberato",
        "PostoPrenotato",
        "PostoLasciato",
        "GiornataChiusa",
        "GiornataRiaperta",
        "TurnoAssegnato",
        "TurnoChiamato",
        "TurnoConcluso",
        "ImpegnoPreso",
        "ImpegnoLasciato",
        "AttesaIscritta",
        "PostoOfferto",
        "OffertaAccettata",
        "OffertaScaduta",
        "OffertaRifiutata",
        "AttesaLasciata",
        "CalendarioSottoscritto",
        "CalendarioRevocato",
        "RicevutaFormata",
    ];

    #[test]
    fn every_step_has_its_words() {
        for spec in Evento::specs().iter().filter(|spec| !ALTRI.contains(&spec.kind)) {
            let mut step = passo(
                spec.kind,
                &[
                    ("giorni", "30"),
                    ("motivo", "ricevuta"),
                    ("canale", "email"),
                    ("inizio", "2026-03-10T08:00:00Z"),
                    ("prima", "2026-03-10T08:00:00Z"),
                    ("sede", "Anagrafe"),
                    ("chi", "ufficio"),
                    ("turno", "7"),
                ],
            );
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
    fn a_move_and_a_cancellation_name_day_hour_and_place() {
        let (prima, inizio) = (("prima", "2026-03-10T08:00:00Z"), ("inizio", "2026-03-12T14:30:00Z"));
        let sede = ("sede", "Sportello polifunzionale");
        let said = |evento: &str, parametri: &[(&str, &str)]| descrizione(&passo(evento, parametri));
        assert_eq!(
            said("AppuntamentoSpostato", &[("chi", "ufficio"), prima, inizio, sede]),
            "L'ufficio ha spostato l'appuntamento. Era martedì 10 marzo 2026 alle ore 9:00; adesso è giovedì 12 marzo 2026 \
             alle ore 15:30, Sportello polifunzionale."
        );
        assert_eq!(
            said("AppuntamentoSpostato", &[("chi", "cittadino"), prima, inizio, sede, ("sedePrima", "Anagrafe")]),
            "L'appuntamento è stato spostato da chi lo aveva prenotato. Era martedì 10 marzo 2026 alle ore 9:00, Anagrafe; \
             adesso è giovedì 12 marzo 2026 alle ore 15:30, Sportello polifunzionale."
        );
        assert_eq!(
            said("AppuntamentoAnnullato", &[("chi", "ufficio"), inizio, sede]),
            "L'ufficio ha annullato l'appuntamento. Era giovedì 12 marzo 2026 alle ore 15:30, Sportello polifunzionale."
        );
        // What was recorded before the seat was named with it.
        let old = said("AppuntamentoAnnullato", &[("chi", "cittadino")]);
        assert_eq!(old.trim(), "L'appuntamento è stato annullato da chi lo aveva prenotato.");
    }

    /// All catalogues together say the same as this one by itself.
    #[test]
    fn the_words_are_those_of_the_catalogue() {
        let step = passo("TermineCalcolato", &[("giorni", "30")]);
        let (giorni, sospesi) = ("30".to_owned(), "nessuno".to_owned());
        let args = [("giorni", giorni), ("scadenza", "7 aprile 2026".to_owned()), ("sospesi", sospesi)];
        let (titolo, descrizione) = parole(&step);
        assert_eq!(titolo, testi::it("storia-TermineCalcolato"));
        assert_eq!(descrizione, testi::testo(testi::ITALIANO, "storia-TermineCalcolato-descrizione", &args));
        assert_eq!(super::titolo(&passo("Nessuno", &[])), "storia-Nessuno");
    }

    #[test]
    fn words_name_number_day_and_official() {
        assert!(parole(&passo("RicevutaEmessa", &[])).1.contains("0000012/2026"));
        assert!(parole(&passo("TermineCalcolato", &[("giorni", "30")])).1.contains("7 aprile 2026"));
        let waited = parole(&passo("TermineCalcolato", &[("giorni", "30"), ("sospesi", "13")])).1;
        assert!(waited.contains("30 giorni, più 13"), "{waited}");
        assert!(!parole(&passo("TermineCalcolato", &[("giorni", "30")])).1.contains("più"));
        assert!(parole(&passo("IntegrazioneRichiesta", &[])).1.contains("7 aprile 2026"));
        assert!(parole(&passo("IstanzaPresaInCarico", &[])).1.contains("Giulia Bianchi"));
        for motivo in domain::notifica::Motivo::ALL.map(domain::notifica::Motivo::as_str) {
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
