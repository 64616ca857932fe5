//! An appointment from the booking to the visit.

use super::*;
use crate::ids::{PersonaId, PraticaId};
use crate::persona::{Anagrafica, LivelloIdentita, Ruolo};
use crate::pratica::{Lavora, StatoPratica, TipoPratica};
use crate::prenotabile::{Canale, Conferma, Prenotabile, Protocolla};
use crate::refusal::{Refusal, Refused};
use crate::spec::{acting, citizen};
use crate::{Caso, Ctx, Evento, Sample};
use jiff::Timestamp;
use std::sync::Arc;
use uuid::Uuid;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn comando() -> Prenota {
    Prenota {
        id: PraticaId::sample(),
        titolare: PersonaId::sample(),
        autore: Anagrafica::sample(),
        email: Some(" mario.rossi@example.org ".into()),
        telefono: Some("+39 333 1234567".into()),
        prenotabile: Arc::new(Prenotabile::sample()),
        posto: PostoPreso::sample(),
        canale: Canale::Portale,
        collegata: None,
        motivo: "Rinnovo".into(),
        dettagli: String::new(),
    }
}

fn prova(state: &State, command: Command, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    decide(state, command, ctx)
}

#[track_caller]
fn fai(state: State, command: Command, ctx: &Ctx) -> State {
    prova(&state, command, ctx).unwrap().iter().fold(state, evolve)
}

#[track_caller]
fn rifiuto(state: &State, command: Command, ctx: &Ctx) -> Refusal {
    prova(state, command, ctx).unwrap_err().0.remove(0)
}

fn prenota(command: Prenota) -> Command {
    Command::Prenota(Box::new(command))
}

fn prenotato() -> State {
    fai(None, prenota(comando()), &citizen())
}

fn alle(text: &str, ruolo: Ruolo) -> Ctx {
    Ctx { at: at(text), ..acting(ruolo) }
}

fn sposta(chi: Parte) -> Command {
    let a = Box::new(AppuntamentoSpostato::sample().a);
    Command::Sposta { a, chi, motivo: Some("Ferie dell'ufficio".into()) }
}

fn annulla(chi: Parte, motivo: Option<&str>) -> Command {
    Command::Annulla { chi, motivo: motivo.map(str::to_owned) }
}

#[test]
fn a_booking_is_registered_as_its_service_says() {
    let events = prova(&None, prenota(comando()), &citizen()).unwrap();
    let names: Vec<_> = events.iter().map(Event::kind).collect();
    assert_eq!(names, ["AppuntamentoPrenotato", "RicevutaEmessa"]);
    let state = events.iter().fold(None, evolve).unwrap();
    let base = &state.base;
    assert_eq!((base.stato, base.tipo), (StatoPratica::Prenotata, TipoPratica::Appuntamento));
    assert_eq!((base.protocollo.as_ref().unwrap().numero, base.termine.is_none()), (12, true));
    assert!(base.codice.as_str().starts_with("AP-"));
    assert_eq!(base.oggetto, "Appuntamento: Carta d'identità elettronica");
    let documento = state.dettaglio.documento.get().unwrap();
    assert_eq!(
        (documento.email.as_deref(), documento.inizio),
        (Some("mario.rossi@example.org"), state.dettaglio.posto.inizio)
    );
    assert_eq!(rifiuto(&Some(state), prenota(comando()), &citizen()).code, "gia-prenotato");

    let free = |protocolla| Prenota {
        prenotabile: Arc::new(Prenotabile { protocolla, ..Prenotabile::sample() }),
        ..comando()
    };
    let ctx = acting(Ruolo::Cittadino);
    assert_eq!(prova(&None, prenota(free(Protocolla::No)), &ctx).unwrap().len(), 1);
    for protocolla in [Protocolla::Particolare, Protocolla::Ordinario] {
        assert_eq!(rifiuto(&None, prenota(free(protocolla)), &ctx).code, "protocollo-mancante");
    }
}

#[test]
fn what_is_filled_in_is_checked() {
    let codes = |change: fn(&mut Prenota)| -> Vec<(String, String)> {
        let mut command = comando();
        change(&mut command);
        let Refused(refusals) = prova(&None, prenota(command), &citizen()).unwrap_err();
        refusals.into_iter().map(|r| (r.field.unwrap_or_default(), r.code)).collect()
    };
    let one = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
    assert_eq!(codes(|c| c.motivo = "Altro".into()), one("motivo", "motivo-sconosciuto"));
    assert_eq!(codes(|c| c.dettagli = "è".repeat(201)), one("dettagli", "testo-lungo"));
    for email in ["mario", "@example.org", "mario@host", "ma rio@example.org"] {
        let mut command = comando();
        command.email = Some(email.into());
        assert_eq!(rifiuto(&None, prenota(command), &citizen()).code, "email-non-valida", "{email}");
    }
    assert_eq!(codes(|c| c.telefono = Some("chiamami".into())), one("telefono", "telefono-non-valido"));
    assert_eq!(codes(|c| c.canale = Canale::Sportello), one("", "non-autorizzato"));
    let blank = Prenota { email: Some("  ".into()), telefono: Some(String::new()), ..comando() };
    let state = fai(None, prenota(blank), &citizen()).unwrap();
    let documento = state.dettaglio.documento.get().unwrap();
    assert_eq!((&documento.email, &documento.telefono), (&None, &None));
    let strict = Prenotabile { livello_identita: LivelloIdentita::L3, ..Prenotabile::sample() };
    let command = Prenota { prenotabile: Arc::new(strict), ..comando() };
    assert_eq!(rifiuto(&None, prenota(command), &citizen()).code, "livello-identita");
}

#[test]
fn where_the_office_confirms_only_bookings_made_online_wait_for_it() {
    let confirmed = |canale, ruolo| {
        let prenotabile = Prenotabile { conferma: Conferma::Ufficio, ..Prenotabile::sample() };
        let command = Prenota { prenotabile: Arc::new(prenotabile), canale, ..comando() };
        fai(None, prenota(command), &Ctx { protocollo: citizen().protocollo, ..acting(ruolo) })
    };
    let officer = acting(Ruolo::Operatore);
    let waiting = confirmed(Canale::Portale, Ruolo::Cittadino);
    assert!(waiting.as_ref().unwrap().dettaglio.da_confermare);
    let done = fai(waiting, Command::Conferma, &officer);
    assert!(!done.as_ref().unwrap().dettaglio.da_confermare);
    assert_eq!(rifiuto(&done, Command::Conferma, &officer).code, "gia-confermato");
    assert!(!confirmed(Canale::Telefono, Ruolo::Operatore).unwrap().dettaglio.da_confermare);
}

#[test]
fn the_citizen_moves_and_cancels_until_the_cut_off() {
    let state = prenotato();
    assert_eq!(state.as_ref().unwrap().dettaglio.disdetta_entro(), at("2026-03-09T08:00:00Z"));
    let last = alle("2026-03-09T08:00:00Z", Ruolo::Cittadino);
    let late = alle("2026-03-09T08:00:01Z", Ruolo::Cittadino);
    for command in [sposta(Parte::Cittadino), annulla(Parte::Cittadino, None)] {
        prova(&state, command.clone(), &last).unwrap();
        let refusal = rifiuto(&state, command, &late);
        assert_eq!((refusal.code.as_str(), refusal.args["ore"].as_str()), ("disdetta-scaduta", "24"));
    }
    let moved = fai(state, sposta(Parte::Cittadino), &last);
    let base = moved.as_ref().unwrap();
    assert_eq!((base.dettaglio.sequenza, &base.dettaglio.posto), (1, &AppuntamentoSpostato::sample().a));
    let gone = fai(moved, annulla(Parte::Cittadino, None), &last).unwrap();
    assert_eq!((gone.base.stato, gone.dettaglio.sequenza), (StatoPratica::Annullata, 2));
    assert_eq!(rifiuto(&Some(gone), sposta(Parte::Ufficio), &acting(Ruolo::Operatore)).code, "stato-non-ammesso");
}

#[test]
fn the_office_moves_and_cancels_whenever_with_a_reason() {
    let state = prenotato();
    let late = alle("2026-03-10T07:59:00Z", Ruolo::Operatore);
    assert_eq!(rifiuto(&state, annulla(Parte::Ufficio, None), &late).code, "obbligatorio");
    let citizen = alle("2026-03-08T08:00:00Z", Ruolo::Cittadino);
    assert_eq!(rifiuto(&state, annulla(Parte::Ufficio, Some("Sciopero")), &citizen).code, "non-autorizzato");
    let gone = fai(state.clone(), annulla(Parte::Ufficio, Some("Sciopero")), &late).unwrap();
    let how = gone.dettaglio.annullamento.unwrap();
    assert_eq!((how.chi, how.motivo.get().unwrap().motivo.as_deref()), (Parte::Ufficio, Some("Sciopero")));
    let moved = fai(state, sposta(Parte::Ufficio), &late).unwrap();
    assert_eq!((moved.dettaglio.spostamenti, moved.dettaglio.sequenza), (0, 1));
}

#[test]
fn a_booking_is_moved_so_many_times_at_most() {
    let early = alle("2026-03-06T09:30:00Z", Ruolo::Cittadino);
    let mut state = prenotato();
    for _ in 0..MAX_SPOSTAMENTI {
        state = fai(state, sposta(Parte::Cittadino), &early);
    }
    assert_eq!(rifiuto(&state, sposta(Parte::Cittadino), &early).code, "troppi-spostamenti");
    prova(&state, sposta(Parte::Ufficio), &acting(Ruolo::Operatore)).unwrap();
    prova(&state, annulla(Parte::Cittadino, None), &early).unwrap();
}

#[test]
fn a_visit_has_its_steps() {
    let now = alle("2026-03-10T07:55:00Z", Ruolo::Operatore);
    let chiama = Command::Chiama { sportello: "s1".into() };
    let concludi = Command::Concludi { messaggio: Some("Arriva per posta.".into()) };
    let state = prenotato();
    assert_eq!(rifiuto(&state, chiama.clone(), &now).code, "stato-non-ammesso");
    assert_eq!(rifiuto(&state, concludi.clone(), &now).code, "appuntamento-futuro");
    let here = fai(state, Command::Presenta { turno: 7 }, &now);
    assert_eq!(here.as_ref().unwrap().base.stato, StatoPratica::PresaInCarico);
    assert_eq!(rifiuto(&here, Command::Presenta { turno: 8 }, &now).code, "stato-non-ammesso");
    assert_eq!(rifiuto(&here, annulla(Parte::Ufficio, Some("Sciopero")), &now).code, "stato-non-ammesso");
    let called = fai(here, chiama, &now);
    assert_eq!(called.as_ref().unwrap().dettaglio.chiamato, Some(("s1".into(), now.at)));
    let done = fai(called, concludi, &now).unwrap();
    assert_eq!((done.base.stato, done.base.chiusura.is_some()), (StatoPratica::Conclusa, true));
    // A small office calls no numbers.
    let start = alle("2026-03-10T08:00:00Z", Ruolo::Operatore);
    fai(prenotato(), Command::Concludi { messaggio: None }, &start);
}

#[test]
fn who_did_not_come_is_absent_after_the_tolerance() {
    let state = prenotato();
    let early = alle("2026-03-10T08:34:59Z", Ruolo::Sistema);
    assert_eq!(rifiuto(&state, Command::Assente, &early).code, "ancora-atteso");
    let late = alle("2026-03-10T08:35:00Z", Ruolo::Sistema);
    let absent = fai(state.clone(), Command::Assente, &late);
    assert_eq!(absent.as_ref().unwrap().base.stato, StatoPratica::NonPresentata);
    assert!(!StatoPratica::NonPresentata.aperta());
    let here = fai(state, Command::Presenta { turno: 1 }, &late);
    assert_eq!(rifiuto(&here, Command::Assente, &late).code, "stato-non-ammesso");
}

#[test]
fn who_took_a_number_and_did_not_answer_the_call_is_absent_after_the_tolerance_too() {
    let (early, late) = (alle("2026-03-10T08:34:59Z", Ruolo::Operatore), alle("2026-03-10T08:35:00Z", Ruolo::Sistema));
    let chiama = Command::Chiama { sportello: "s1".into() };
    let called = fai(fai(prenotato(), Command::Presenta { turno: 1 }, &early), chiama.clone(), &early);
    assert_eq!(rifiuto(&called, Command::Assente, &early).code, "ancora-atteso");
    let absent = fai(called.clone(), Command::Assente, &late);
    assert_eq!(absent.as_ref().unwrap().base.stato, StatoPratica::NonPresentata);
    for command in [chiama, Command::Assente, Command::Concludi { messaggio: None }] {
        assert_eq!(rifiuto(&absent, command, &late).code, "stato-non-ammesso");
    }
    let served = fai(called, Command::Concludi { messaggio: None }, &early);
    assert_eq!(rifiuto(&served, Command::Assente, &late).code, "stato-non-ammesso");
}

#[test]
fn it_is_about_one_case_and_takes_no_step_of_other_kinds() {
    let officer = acting(Ruolo::Operatore);
    let state = prenotato();
    let about = |n| Command::Collega { pratica: PraticaId(Uuid::from_u128(n)) };
    let own = Command::Collega { pratica: PraticaId::sample() };
    assert_eq!(rifiuto(&state, own, &officer).code, "gia-collegata");
    let linked = fai(state.clone(), about(1), &officer);
    assert_eq!(rifiuto(&linked, about(2), &officer).code, "gia-collegata");
    let step = Command::Lavora(Lavora::PrendiInCarico);
    assert_eq!(rifiuto(&state, step.clone(), &officer).code, "passo-non-previsto");
    for command in [step, Command::Conferma, Command::Assente] {
        assert_eq!(rifiuto(&None, command, &officer).code, "pratica-inesistente");
    }
}

#[test]
fn a_person_can_be_forgotten_and_the_appointment_stays() {
    let officer = acting(Ruolo::Operatore);
    let mut events = prova(&None, prenota(comando()), &citizen()).unwrap();
    let state = events.iter().fold(None, evolve);
    events.extend(prova(&state, annulla(Parte::Ufficio, Some("Sciopero")), &officer).unwrap());
    let forget = |event: &Event| -> Evento {
        let mut payload = event.payload();
        if let Some(personal) = payload.get_mut("personale") {
            *personal = serde_json::Value::Null;
        }
        Event::decode(event.kind(), payload).unwrap().into()
    };
    let whole: Vec<Evento> = events.iter().cloned().map(Evento::from).collect();
    let forgotten: Vec<Evento> = events.iter().map(forget).collect();
    let (whole, forgotten) = (Caso::fold(&whole).unwrap(), Caso::fold(&forgotten).unwrap());
    assert_eq!((whole.titolo(), forgotten.titolo()), (Some("Carta d'identità elettronica"), None));
    assert_eq!(whole.base().stato, forgotten.base().stato);
    assert_eq!(forgotten.base().richiedente.get(), None);
}
