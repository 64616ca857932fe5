//! What an appointment's events say of the row of its case.

use super::{PraticaRow, deposito};
use domain::appuntamento::{AppuntamentoPrenotato, Event};
use domain::pratica::{StatoPratica, TipoPratica};
use eventstore::Record;

/// The row of an appointment as booked.
pub(super) fn prenotato(record: &Record, e: &AppuntamentoPrenotato) -> Box<PraticaRow> {
    let documento = e.personale.get();
    let mut row = deposito(record, TipoPratica::Appuntamento, &e.deposito);
    row.stato = StatoPratica::Prenotata;
    row.servizio = Some(e.servizio.clone());
    row.richiedente = documento.map(|d| d.autore.nome_completo());
    row.titolo = documento.map(|d| d.servizio.clone());
    row
}

/// A later event of the same case.
pub(super) fn passo(row: &mut PraticaRow, event: &Event) {
    match event {
        // A receipt does not change where an appointment stands.
        Event::RicevutaEmessa(e) => row.protocollo = Some(e.protocollo.clone()),
        Event::AppuntamentoSpostato(e) => row.ufficio = e.a.ufficio.to_string(),
        Event::AppuntamentoAnnullato(e) => {
            row.stato = StatoPratica::Annullata;
            row.conclusa_il = Some(e.il);
        }
        Event::CittadinoPresentato(_) => row.stato = StatoPratica::PresaInCarico,
        Event::CittadinoChiamato(e) => row.operatore = Some(e.operatore.nome.clone()),
        Event::AppuntamentoConcluso(e) => {
            row.stato = StatoPratica::Conclusa;
            row.conclusa_il = Some(e.il);
        }
        Event::MancataPresentazione(e) => {
            row.stato = StatoPratica::NonPresentata;
            row.conclusa_il = Some(e.il);
        }
        Event::AppuntamentoPrenotato(_)
        | Event::RicevutaFormata(_)
        | Event::AppuntamentoConfermato(_)
        | Event::PraticaCollegata(_) => {}
    }
}
