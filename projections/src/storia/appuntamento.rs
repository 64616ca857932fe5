//! The steps of an appointment.

use super::PassoStoria;
use super::passo::{deposito, ricevuta};
use domain::appuntamento::{Event, Motivazione};
use domain::{Personale, persona::Operatore};
use eventstore::Record;

/// The step that an event of an appointment makes; none for what is the audit trail's.
pub(super) fn passo(record: &Record, event: &Event) -> Option<PassoStoria> {
    let of = |pratica, il| PassoStoria::of(record, pratica, il);
    let changed = |step: PassoStoria, operatore: &Option<Operatore>, why: &Personale<Motivazione>| PassoStoria {
        attore: operatore.as_ref().map(|operatore| operatore.nome.clone()),
        messaggio: why.get().and_then(|why| why.motivo.clone()),
        ..step
    };
    Some(match event {
        Event::AppuntamentoPrenotato(e) => deposito(record, &e.deposito)
            .with("servizio", &e.servizio)
            .with("nomeServizio", &e.nome_servizio)
            .with("canale", e.canale.as_str())
            .with("inizio", e.posto.inizio)
            .with("sede", &e.posto.sede.nome),
        Event::RicevutaEmessa(e) => ricevuta(record, e),
        Event::RicevutaFormata(_) => return None,
        Event::AppuntamentoConfermato(e) => {
            PassoStoria { attore: Some(e.operatore.nome.clone()), ..of(e.pratica, e.il) }
        }
        Event::AppuntamentoSpostato(e) => {
            let step = of(e.pratica, e.il)
                .with("chi", e.chi.as_str())
                .with("prima", e.da.inizio)
                .with("inizio", e.a.inizio)
                .with("sede", &e.a.sede.nome);
            // Where nothing but the time changed the place is named once.
            let moved = e.da.sede.nome != e.a.sede.nome;
            let step = if moved { step.with("sedePrima", &e.da.sede.nome) } else { step };
            changed(step, &e.operatore, &e.personale)
        }
        Event::AppuntamentoAnnullato(e) => {
            let step = of(e.pratica, e.il).with("chi", e.chi.as_str());
            let step = match &e.posto {
                Some(posto) => step.with("inizio", posto.inizio).with("sede", &posto.sede.nome),
                None => step,
            };
            changed(step, &e.operatore, &e.personale)
        }
        Event::PraticaCollegata(e) => of(e.pratica, e.il).with("collegata", e.collegata),
        Event::CittadinoPresentato(e) => of(e.pratica, e.il).with("turno", e.turno),
        Event::CittadinoChiamato(e) => of(e.pratica, e.il).with("sportello", &e.sportello),
        Event::AppuntamentoConcluso(e) => PassoStoria {
            attore: Some(e.operatore.nome.clone()),
            messaggio: e.personale.get().and_then(|words| words.messaggio.clone()),
            ..of(e.pratica, e.il)
        },
        Event::MancataPresentazione(e) => of(e.pratica, e.il),
    })
}
