//! From a record to a step: pure, so that a stream can be shown without its read model.

use super::PassoStoria;
use domain::ids::PraticaId;
use domain::pratica::{Conclusione, Deposito, LavorazioneAvviata, PresaInCarico, RicevutaEmessa, TermineCalcolato};
use domain::{Evento, istanza, lettera, notifica, segnalazione};
use eventstore::Record;
use jiff::Timestamp;

/// The step that an event makes in the citizen's timeline of its case; none for what is not the citizen's to see (the
/// register's own entries, sign-ins).
pub fn passo(record: &Record, evento: &Evento) -> Option<PassoStoria> {
    use {istanza::Event as I, lettera::Event as L, notifica::Event as N, segnalazione::Event as S};
    Some(match evento {
        Evento::Segnalazione(S::SegnalazioneInviata(e)) => {
            deposito(record, &e.deposito).with("categoria", &e.categoria)
        }
        Evento::Lettera(L::LetteraInviata(e)) => deposito(record, &e.deposito),
        Evento::Istanza(I::IstanzaPresentata(e)) => deposito(record, &e.deposito)
            .with("servizio", &e.servizio.codice)
            .with("servizioVersione", e.servizio.versione),
        Evento::Segnalazione(S::RicevutaEmessa(e))
        | Evento::Lettera(L::RicevutaEmessa(e))
        | Evento::Istanza(I::RicevutaEmessa(e)) => ricevuta(record, e),
        Evento::Segnalazione(S::TermineCalcolato(e))
        | Evento::Lettera(L::TermineCalcolato(e))
        | Evento::Istanza(I::TermineCalcolato(e)) => termine(record, e),
        Evento::Segnalazione(S::SegnalazionePresaInCarico(e))
        | Evento::Lettera(L::LetteraPresaInCarico(e))
        | Evento::Istanza(I::IstanzaPresaInCarico(e)) => presa_in_carico(record, e),
        Evento::Segnalazione(S::LavorazioneAvviata(e))
        | Evento::Lettera(L::LavorazioneAvviata(e))
        | Evento::Istanza(I::LavorazioneAvviata(e)) => lavorazione(record, e),
        Evento::Segnalazione(S::SegnalazioneRisolta(e))
        | Evento::Lettera(L::RispostaInviata(e))
        | Evento::Istanza(I::IstanzaConclusa(e)) => conclusione(record, e),
        Evento::Notifica(N::NotificaConsegnata(e)) => {
            PassoStoria::of(record, e.pratica, e.il).with("motivo", e.motivo.as_str()).with("canale", &e.canale)
        }
        // The technical reason is for operators; the citizen reads that the notice did not arrive, and why it was sent.
        Evento::Notifica(N::NotificaFallita(e)) => PassoStoria::of(record, e.pratica, e.il)
            .with("motivo", e.motivo.as_str())
            .with("canale", &e.canale)
            .with("tentativi", e.tentativi),
        Evento::Registro(_) | Evento::Accesso(_) | Evento::Catalogo(_) => return None,
    })
}

fn deposito(record: &Record, e: &Deposito) -> PassoStoria {
    PassoStoria::of(record, e.pratica, e.inviata_il)
        .with("codice", &e.codice)
        .with("oggetto", &e.oggetto)
        .with("ufficio", &e.ufficio)
        .with("allegati", e.allegati.len())
}

fn ricevuta(record: &Record, e: &RicevutaEmessa) -> PassoStoria {
    let step =
        PassoStoria::of(record, e.pratica, e.protocollo.data).with("codice", &e.codice).with("ufficio", &e.ufficio);
    PassoStoria { segnatura: Some(e.protocollo.segnatura().to_string()), ..step }
}

fn termine(record: &Record, e: &TermineCalcolato) -> PassoStoria {
    let step = PassoStoria::of(record, e.pratica, record.recorded_at).with("giorni", e.termine.giorni);
    PassoStoria { scadenza: Some(e.termine.scadenza), ..step }
}

fn presa_in_carico(record: &Record, e: &PresaInCarico) -> PassoStoria {
    PassoStoria { attore: Some(e.operatore.nome.clone()), ..PassoStoria::of(record, e.pratica, e.il) }
}

fn lavorazione(record: &Record, e: &LavorazioneAvviata) -> PassoStoria {
    PassoStoria {
        attore: Some(e.operatore.nome.clone()),
        messaggio: e.personale.get().and_then(|p| p.messaggio.clone()),
        ..PassoStoria::of(record, e.pratica, e.il)
    }
}

fn conclusione(record: &Record, e: &Conclusione) -> PassoStoria {
    PassoStoria {
        attore: Some(e.operatore.nome.clone()),
        messaggio: e.personale.get().and_then(|p| p.messaggio.clone()),
        segnatura: e.protocollo.as_ref().map(|p| p.segnatura().to_string()),
        ..PassoStoria::of(record, e.pratica, e.il)
    }
}

impl PassoStoria {
    fn of(record: &Record, pratica: PraticaId, quando: Timestamp) -> Self {
        Self {
            pratica,
            posizione: record.position,
            event_id: record.event_id,
            evento: record.kind.clone(),
            quando,
            registrato_il: record.recorded_at,
            attore: None,
            messaggio: None,
            segnatura: None,
            scadenza: None,
            parametri: std::collections::BTreeMap::new(),
        }
    }

    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.parametri.insert(name.to_owned(), value.to_string());
        self
    }
}
