//! From a record to a step: pure, so that a stream can be shown without its read model.

use super::PassoStoria;
use domain::ids::PraticaId;
use domain::istanza::IstanzaPresentata;
use domain::pratica::{
    Conclusione, Deposito, IntegrazioneRichiesta, LavorazioneAvviata, PresaInCarico, RicevutaEmessa, TermineCalcolato,
};
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
        Evento::Istanza(I::IstanzaPresentata(e)) => istanza_presentata(record, e),
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
        Evento::Segnalazione(S::PraticaRiassegnata(e))
        | Evento::Lettera(L::PraticaRiassegnata(e))
        | Evento::Istanza(I::PraticaRiassegnata(e)) => {
            PassoStoria::of(record, e.pratica, e.il).with("precedente", &e.precedente).with("ufficio", &e.nuovo)
        }
        Evento::Istanza(I::IntegrazioneRichiesta(e)) => integrazione_richiesta(record, e),
        Evento::Istanza(I::IntegrazionePresentata(e)) => PassoStoria {
            segnatura: Some(e.protocollo.segnatura().to_string()),
            ..PassoStoria::of(record, e.pratica, e.il).with("allegati", e.allegati.len())
        },
        Evento::Istanza(I::IstanzaRinunciata(e)) => PassoStoria {
            segnatura: Some(e.protocollo.segnatura().to_string()),
            ..PassoStoria::of(record, e.pratica, e.il)
        },
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
        Evento::Appuntamento(event) => return super::appuntamento::passo(record, event),
        // The receipt is the citizen's from the filing on; when its document was made is for the audit trail.
        Evento::Segnalazione(S::RicevutaFormata(_))
        | Evento::Lettera(L::RicevutaFormata(_))
        | Evento::Istanza(I::RicevutaFormata(_))
        | Evento::Registro(_)
        | Evento::Accesso(_)
        | Evento::Catalogo(_)
        | Evento::Agenda(_)
        | Evento::Impegni(_)
        | Evento::Attesa(_)
        | Evento::Calendario(_)
        | Evento::Orario(_) => return None,
    })
}

pub(super) fn deposito(record: &Record, e: &Deposito) -> PassoStoria {
    PassoStoria::of(record, e.pratica, e.inviata_il)
        .with("codice", &e.codice)
        .with("oggetto", &e.oggetto)
        .with("ufficio", &e.ufficio)
        .with("allegati", e.allegati.len())
}

fn istanza_presentata(record: &Record, e: &IstanzaPresentata) -> PassoStoria {
    let step = deposito(record, &e.deposito)
        .with("servizio", &e.servizio.codice)
        .with("servizioVersione", e.servizio.versione);
    match e.da_pratica {
        Some(da) => step.with("daPratica", da),
        None => step,
    }
}

/// What is missing is part of what the office tells the citizen: one item a line, then its words.
fn integrazione_richiesta(record: &Record, e: &IntegrazioneRichiesta) -> PassoStoria {
    let messaggio = e.personale.get().map(|asked| {
        let items = asked.voci.iter().map(|voce| format!("- {voce}"));
        let words = asked.messaggio.iter().map(|messaggio| format!("\n{messaggio}"));
        items.chain(words).collect::<Vec<_>>().join("\n")
    });
    PassoStoria {
        attore: Some(e.operatore.nome.clone()),
        messaggio,
        segnatura: Some(e.protocollo.segnatura().to_string()),
        scadenza: Some(e.entro),
        ..PassoStoria::of(record, e.pratica, e.il)
    }
}

pub(super) fn ricevuta(record: &Record, e: &RicevutaEmessa) -> PassoStoria {
    let step =
        PassoStoria::of(record, e.pratica, e.protocollo.data).with("codice", &e.codice).with("ufficio", &e.ufficio);
    PassoStoria { segnatura: Some(e.protocollo.segnatura().to_string()), ..step }
}

fn termine(record: &Record, e: &TermineCalcolato) -> PassoStoria {
    let mut step = PassoStoria::of(record, e.pratica, record.recorded_at).with("giorni", e.termine.giorni);
    if !e.termine.sospensioni.is_empty() {
        step = step.with("sospesi", e.termine.giorni_sospesi());
    }
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
    pub(super) fn of(record: &Record, pratica: PraticaId, quando: Timestamp) -> Self {
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

    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.parametri.insert(name.to_owned(), value.to_string());
        self
    }
}
