use super::agenda::IN_JSON;
use super::kit::Visita;
use super::query::{self, MAX_ATTESE, MAX_COPPIE, MAX_GIORNATA, MAX_GIORNI, MAX_LOTTO};
use super::{NAME, Uscita};
use crate::kit::{ALTRO, Caso, ENTE, World, dump, on_both, persona, prima};
use crate::pools::Dialect;
use crate::sql::Sql;
use crate::{FiltroPratiche, FiltroRegistro, ReadModels};
use domain::agenda::{self, Giornata, TurnoAssegnato};
use domain::appuntamento::{AppuntamentoConfermato, PraticaCollegata};
use domain::attesa::{self, AttesaIscritta, AttesaLasciata, CausaUscita, OffertaAccettata};
use domain::ente::CodiceUfficio;
use domain::ids::{BloccoId, IscrizioneId, PersonaId, PraticaId};
use domain::pratica::{StatoPratica, TipoPratica};
use domain::prenotabile::REGISTRO_APPUNTAMENTI;
use domain::{Evento, Sample};
use eventstore::{EventStore, KeyStore};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use uuid::Uuid;

const TUESDAY: Date = date(2026, 3, 10);
const THURSDAY: Date = date(2026, 3, 12);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn offices() -> [CodiceUfficio; 3] {
    ["anagrafe", "anagrafe-2", "urp"].map(CodiceUfficio::new)
}

async fn caught_up(world: &World) -> Arc<ReadModels> {
    let models = world.models().await;
    models.catch_up().await.unwrap();
    models
}

async fn a_row_tells_the_whole_life_of_a_booking(world: World) {
    let first = Visita::new(1, "2026-03-10T08:00:00Z");
    let id = world.book(ENTE, &first).await;
    let models = caught_up(&world).await;
    let row = models.appuntamento(ENTE, id).await.unwrap().unwrap();
    assert_eq!((row.stato, row.giorno, row.inizio), (StatoPratica::Prenotata, TUESDAY, first.inizio));
    assert_eq!(
        (row.richiedente.as_deref(), row.email.as_deref()),
        (Some("Mario Rossi"), Some("mario.rossi@example.org"))
    );
    assert_eq!((row.motivo.as_deref(), row.telefono.as_deref()), (Some("Rinnovo"), None));
    assert_eq!(
        (row.nome_servizio.as_str(), row.codice.as_str()),
        ("Carta d'identità elettronica", TipoPratica::Appuntamento.codice(id).as_str())
    );
    assert_eq!(row.assente_dal, row.fine + SignedDuration::from_mins(15));
    assert_eq!(row.disdetta_entro(), at("2026-03-09T08:00:00Z"));
    assert_eq!((row.sequenza, row.turno, row.collegata, row.da_confermare), (0, None, None, false));

    // Past midnight in Rome, while the day before still lasts in Greenwich.
    let night = Visita { ufficio: "urp", sportello: "n1", ..first.at("2026-07-09T22:30:00Z") };
    world.move_to(ENTE, id, &first, &night, 1).await;
    let about = PraticaId(world.uuid());
    world.on_case(ENTE, 1, id, PraticaCollegata { pratica: id, collegata: about, ..Sample::sample() }).await;
    world.on_case(ENTE, 1, id, AppuntamentoConfermato { pratica: id, ..Sample::sample() }).await;
    world.arrive(ENTE, &night, 7, Some(id)).await;
    world.call(ENTE, &night, 7, Some(id)).await;
    models.catch_up().await.unwrap();
    let row = models.appuntamento(ENTE, id).await.unwrap().unwrap();
    assert_eq!((row.ufficio.as_str(), row.sportello.as_str(), row.giorno), ("urp", "n1", date(2026, 7, 10)));
    assert_eq!((row.stato, row.sequenza, row.turno), (StatoPratica::PresaInCarico, 1, Some(7)));
    assert_eq!(row.assente_dal, row.fine + SignedDuration::from_mins(15));
    assert!(row.presentato_il < row.chiamato_il && row.concluso_il.is_none());
    assert_eq!(models.appuntamenti_di_pratica(ENTE, about).await.unwrap(), [row]);

    world.serve(ENTE, &night, 7, Some(id)).await;
    models.catch_up().await.unwrap();
    let row = models.appuntamento(ENTE, id).await.unwrap().unwrap();
    assert_eq!((row.stato, row.operatore.as_deref()), (StatoPratica::Conclusa, Some("Giulia Bianchi")));
    assert_eq!(row.concluso_il, Some(row.aggiornato_il));
}

async fn lists_history_and_register_know_appointments(world: World) {
    let first = Visita::new(1, "2026-03-10T08:00:00Z");
    let id = world.book(ENTE, &first).await;
    let other = Visita { ufficio: "urp", ..first.at("2026-03-12T09:00:00Z") };
    world.move_to(ENTE, id, &first, &other, 1).await;
    world.file(ENTE, &Caso::new(TipoPratica::Istanza, 1, "Panchina", "urp")).await;
    let models = caught_up(&world).await;
    let filtro = FiltroPratiche { tipo: Some(TipoPratica::Appuntamento), ..FiltroPratiche::default() };
    let list = models.pratiche(ENTE, &filtro, prima(10)).await.unwrap();
    let [row] = list.righe.as_slice() else { panic!("{list:?}") };
    assert_eq!((row.titolo.as_deref(), row.ufficio.as_str()), (Some("Carta d'identità elettronica"), "urp"));
    assert_eq!((row.stato, row.scadenza, row.id), (StatoPratica::Prenotata, None, id));
    assert_eq!(row.protocollo.as_ref().unwrap().registro, REGISTRO_APPUNTAMENTI);
    world.cancel(ENTE, id, &other, 2).await;
    models.catch_up().await.unwrap();
    let steps = models.storia(ENTE, id, None).await.unwrap();
    let names: Vec<_> = steps.iter().map(|step| step.evento.as_str()).collect();
    assert_eq!(names, ["AppuntamentoPrenotato", "RicevutaEmessa", "AppuntamentoSpostato", "AppuntamentoAnnullato"]);
    assert_eq!(steps[0].parametri["inizio"], "2026-03-10T08:00:00Z");
    assert_eq!(
        (&*steps[2].parametri["prima"], &*steps[2].parametri["inizio"]),
        ("2026-03-10T08:00:00Z", "2026-03-12T09:00:00Z")
    );
    assert!(!steps[2].parametri["sede"].is_empty());
    assert_eq!(steps[3].messaggio.as_deref(), Some("L'ufficio è chiuso per sciopero."));

    // Both registers have a number one.
    let filtro = FiltroRegistro::default();
    let [own, all] = [
        models.registro_di(ENTE, REGISTRO_APPUNTAMENTI, &filtro, prima(10)).await.unwrap(),
        models.registro(ENTE, &filtro, prima(10)).await.unwrap(),
    ];
    assert_eq!((own.totale, own.righe[0].tipo_pratica), (1, TipoPratica::Appuntamento));
    assert_eq!((all.totale, all.righe[0].tipo_pratica), (1, TipoPratica::Istanza));
    assert_eq!(models.registrazione(ENTE, 2026, 1).await.unwrap().unwrap().tipo_pratica, TipoPratica::Istanza);
}

async fn what_is_taken_is_what_the_agenda_says(world: World) {
    world.appointments().await;
    let models = caught_up(&world).await;
    let wanted: Vec<_> = offices().into_iter().flat_map(|u| [TUESDAY, THURSDAY].map(|day| (u.clone(), day))).collect();
    let days = models.giornate(ENTE, &wanted).await.unwrap();
    assert_eq!(days.len(), 2);
    // Whole stretches give the same days.
    let many: Vec<_> = (0..=MAX_COPPIE).map(|n| wanted[n % wanted.len()].clone()).collect();
    assert_eq!(models.giornate(ENTE, &many).await.unwrap(), days);
    let opener = world.opener();
    for ((ufficio, giorno), mut found) in days {
        let stream = agenda::stream(&ufficio, giorno);
        let mut folded = Giornata::default();
        for record in world.store.read_stream(ENTE, &stream, 0, 1_000).await.unwrap() {
            let Evento::Agenda(event) = opener.open(&record).unwrap() else { panic!("{}", record.kind) };
            folded = agenda::evolve(folded, &event);
        }
        let turni = models.turni(ENTE, &ufficio, giorno).await.unwrap();
        assert_eq!(
            turni.iter().map(|t| t.turno).collect::<Vec<_>>(),
            folded.turni.iter().map(|t| t.turno).collect::<Vec<_>>()
        );
        folded.turni.clear();
        let rows = models.occupati(ENTE, std::slice::from_ref(&ufficio), giorno, giorno).await.unwrap();
        let rows = &rows[&(ufficio, giorno)];
        for posto in &mut folded.posti {
            let row = rows.iter().find(|row| row.chiave == posto.appuntamento.0).unwrap();
            assert_eq!((row.persona, row.scade), (posto.preso.persona, None));
            (posto.appuntamento, posto.preso.persona) = (PraticaId(Uuid::nil()), PersonaId(Uuid::nil()));
        }
        for blocco in &mut folded.blocchi {
            let row = rows.iter().find(|row| row.chiave == blocco.blocco.0).unwrap();
            assert_eq!(
                (row.persona, row.scade, row.offerta),
                (blocco.preso.persona, Some(blocco.scade), blocco.offerta)
            );
            (blocco.blocco, blocco.preso.persona, blocco.offerta) =
                (BloccoId(Uuid::nil()), PersonaId(Uuid::nil()), false);
        }
        for giornata in [&mut found, &mut folded] {
            giornata.posti.sort_by_key(|posto| posto.preso.inizio);
            giornata.blocchi.sort_by_key(|blocco| (blocco.preso.inizio, blocco.scade));
        }
        assert_eq!(found, folded, "{stream}");
    }
    let taken = models.occupati(ENTE, &offices(), TUESDAY, TUESDAY).await.unwrap();
    let rows = &taken[&(offices()[0].clone(), TUESDAY)];
    assert!(rows.is_sorted_by_key(|row| row.inizio));
    let [seats, holds] = [true, false].map(|seat| rows.iter().filter(|row| row.scade.is_none() == seat).count());
    assert_eq!((seats, holds), (2, 2), "one moved away, one cancelled, one hold freed, one booked");
    assert_eq!(rows.iter().filter(|row| row.offerta).count(), 1);
    // Nothing of what was given back stays in the table.
    assert_eq!(dump(&models).await["occupato_v2"].len(), 2 * 5);
}

async fn a_day_is_marked_when_what_is_free_changes(world: World) {
    let first = Visita::new(1, "2026-03-10T08:00:00Z");
    let other = first.at("2026-03-12T08:00:00Z");
    world.book(ENTE, &first).await;
    world.book(ALTRO, &first).await;
    let models = caught_up(&world).await;
    let changed = async || {
        models.catch_up().await.unwrap();
        let found = models.giornate_cambiate(ENTE, &offices(), TUESDAY, THURSDAY).await.unwrap();
        [TUESDAY, THURSDAY].map(|day| found.get(&(offices()[0].clone(), day)).copied().unwrap_or(0))
    };
    let [tuesday, thursday] = changed().await;
    assert!(tuesday > 0 && thursday == 0);
    // A number changes nothing of what is free.
    world.arrive(ENTE, &first, 1, None).await;
    world.call(ENTE, &first, 1, None).await;
    world.serve(ENTE, &first, 1, None).await;
    assert_eq!(changed().await, [tuesday, 0]);
    let mut before = tuesday;
    let blocco = world.hold(ENTE, &other, false).await;
    let [same, held] = changed().await;
    assert!(same == tuesday && held > before);
    before = held;
    world.free(ENTE, &other, blocco).await;
    let id = world.book(ENTE, &other).await;
    for step in 0..3 {
        match step {
            0 => world.cancel(ENTE, id, &other, 1).await,
            1 => world.close(ENTE, &other, &[], "Sciopero").await,
            _ => world.reopen(ENTE, &other, &[]).await,
        }
        let [_, after] = changed().await;
        assert!(after > before, "step {step}");
        before = after;
    }
}

async fn days_and_offices_bound_what_is_looked_at(world: World) {
    let first = Visita::new(1, "2026-03-10T08:00:00Z");
    world.book(ENTE, &first).await;
    world.book(ENTE, &first.at("2026-03-12T08:00:00Z")).await;
    world.book(ENTE, &Visita { ufficio: "anagrafe-2", ..first }).await;
    world.book(ALTRO, &first.at("2026-03-11T08:00:00Z")).await;
    let last = first.giorno().saturating_add(jiff::Span::new().days(i32::from(MAX_GIORNI) - 1));
    let [inside, outside] = [last, last.tomorrow().unwrap()].map(|day| format!("{day}T08:00:00Z"));
    world.book(ENTE, &first.at(&inside)).await;
    world.book(ENTE, &first.at(&outside)).await;
    let models = caught_up(&world).await;
    let days = async |uffici: &[CodiceUfficio], dal: Date, al: Date| {
        let found = models.occupati(ENTE, uffici, dal, al).await.unwrap();
        found.into_keys().map(|(ufficio, giorno)| format!("{ufficio} {giorno}")).collect::<Vec<_>>()
    };
    let all = offices();
    assert_eq!(days(&all[..1], TUESDAY, THURSDAY).await, ["anagrafe 2026-03-10", "anagrafe 2026-03-12"]);
    assert_eq!(days(&all, TUESDAY, TUESDAY).await, ["anagrafe 2026-03-10", "anagrafe-2 2026-03-10"]);
    assert!(days(&all, date(2026, 3, 11), date(2026, 3, 11)).await.is_empty(), "the other ente's day");
    assert!(days(&[], TUESDAY, THURSDAY).await.is_empty());
    assert!(days(&all, THURSDAY, TUESDAY).await.is_empty());
    let far = days(&all[..1], TUESDAY, Date::MAX).await;
    assert_eq!(far.last(), Some(&format!("anagrafe {last}")), "at most so many days");
}

async fn a_day_of_an_office_is_shown_whole(world: World) {
    world.appointments().await;
    let models = caught_up(&world).await;
    let day = models.agenda_del_giorno(ENTE, &offices()[0], TUESDAY).await.unwrap();
    let bookings: Vec<_> = day.appuntamenti.iter().map(|row| (row.titolare, row.stato)).collect();
    assert_eq!(bookings, [(persona(1), StatoPratica::Conclusa), (persona(4), StatoPratica::NonPresentata)]);
    assert_eq!(day.appuntamenti[0].turno, Some(1));
    let [first, second] = day.turni.as_slice() else { panic!("{:?}", day.turni) };
    assert_eq!(first.appuntamento, Some(day.appuntamenti[0].id));
    assert_eq!((first.sportello.as_deref(), first.operatore.as_deref()), (Some("s1"), Some("Giulia Bianchi")));
    assert!(Some(first.assegnato_il) < first.chiamato_il && first.chiamato_il < first.concluso_il);
    assert_eq!(first.esito, Some(agenda::EsitoTurno::Servito));
    assert_eq!((second.appuntamento, second.concluso_il, second.esito), (None, None, None));
    let [closed] = day.chiusure.as_slice() else { panic!("{:?}", day.chiusure) };
    assert_eq!((closed.sportelli.as_slice(), closed.motivo.as_str()), (["s3".to_owned()].as_slice(), "Guasto"));
    let other = models.agenda_del_giorno(ENTE, &offices()[1], THURSDAY).await.unwrap();
    assert_eq!((other.appuntamenti.len(), other.turni.len(), other.chiusure.len()), (1, 0, 1));
    let week = models.appuntamenti_di_ufficio(ENTE, &offices()[0], date(2026, 3, 9), date(2026, 3, 15)).await.unwrap();
    assert_eq!(week, day.appuntamenti);

    // Called again, the wait does not grow; called back after the end, it begins anew.
    let visita = Visita::new(1, "2026-03-10T08:00:00Z");
    world.call(ENTE, &Visita { sportello: "s2", ..visita }, 2, None).await;
    models.catch_up().await.unwrap();
    let again = models.turni(ENTE, &offices()[0], TUESDAY).await.unwrap();
    assert_eq!((again[1].chiamato_il, again[1].sportello.as_deref()), (second.chiamato_il, Some("s2")));
    world.call(ENTE, &visita, 1, None).await;
    models.catch_up().await.unwrap();
    let again = models.turni(ENTE, &offices()[0], TUESDAY).await.unwrap();
    assert!(again[0].chiamato_il > first.chiamato_il && again[0].concluso_il.is_none() && again[0].esito.is_none());
}

async fn closures_are_lifted_as_the_agenda_lifts_them(world: World) {
    let day = Visita::new(1, "2026-03-10T08:00:00Z");
    let models = world.models().await;
    let closed = async || {
        models.catch_up().await.unwrap();
        let rows = models.chiusure(ENTE, &offices(), TUESDAY, THURSDAY).await.unwrap();
        rows.into_iter().map(|row| format!("{} {}", row.motivo, row.sportelli.join("+"))).collect::<Vec<_>>()
    };
    world.close(ENTE, &day, &[], "Sciopero").await;
    world.close(ENTE, &day, &["s1", "s2"], "Guasto").await;
    world.close(ENTE, &day, &["s1"], "Ferie").await;
    world.close(ENTE, &day.at("2026-03-12T08:00:00Z"), &[], "Patrono").await;
    assert_eq!(closed().await, ["Sciopero ", "Guasto s1+s2", "Ferie s1", "Patrono "]);
    world.reopen(ENTE, &day, &["s1"]).await;
    assert_eq!(closed().await, ["Sciopero ", "Guasto s2", "Patrono "]);
    world.reopen(ENTE, &day, &[]).await;
    world.close(ENTE, &day, &["s3"], "Guasto").await;
    assert_eq!(closed().await, ["Guasto s3", "Patrono "]);
}

async fn reminders_come_in_order_and_only_of_what_stands(world: World) {
    let first = Visita::new(1, "2026-03-10T08:00:00Z");
    let mut expected = Vec::new();
    for (n, minute) in (1..).zip([0, 20, 20, 40]) {
        let visita = Visita { titolare: n, ..first.at(&format!("2026-03-10T08:{minute:02}:00Z")) };
        expected.push((visita.inizio, world.book(ENTE, &visita).await));
    }
    let gone = Visita { titolare: 5, ..first.at("2026-03-10T08:10:00Z") };
    let id = world.book(ENTE, &gone).await;
    world.cancel(ENTE, id, &gone, 1).await;
    let here = Visita { titolare: 6, ..first.at("2026-03-10T08:15:00Z") };
    let id = world.book(ENTE, &here).await;
    world.arrive(ENTE, &here, 1, Some(id)).await;
    world.book(ENTE, &Visita { titolare: 7, ..first.at("2026-03-10T09:00:00Z") }).await;
    let models = caught_up(&world).await;
    expected.sort_unstable();
    let (dal, al) = (first.inizio, at("2026-03-10T09:00:00Z"));
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let round = models.da_ricordare(ENTE, dal, al, after, 2).await.unwrap();
        let Some(last) = round.last() else { break };
        after = Some((last.inizio, last.id));
        seen.extend(round.iter().map(|row| (row.inizio, row.id)));
    }
    assert_eq!(seen, expected, "from the first instant on, before the last one, none twice");
    assert!(models.da_ricordare(ALTRO, dal, al, None, 10).await.unwrap().is_empty());

    // Twenty minutes, and fifteen of grace.
    let absent = async |instant: &str, limit| {
        let rows = models.da_segnare_assenti(ENTE, at(instant), limit).await.unwrap();
        rows.iter().map(|row| row.titolare).collect::<Vec<_>>()
    };
    assert!(absent("2026-03-10T08:34:59Z", 10).await.is_empty());
    assert_eq!(absent("2026-03-10T08:35:00Z", 10).await, [persona(1)]);
    assert_eq!(absent("2026-03-10T12:00:00Z", 10).await.len(), 5, "who came or cancelled is not absent");
    assert_eq!(absent("2026-03-10T12:00:00Z", 2).await.len(), 2);
}

async fn a_persons_bookings_come_in_pages(world: World) {
    for n in 0..5 {
        world.book(ENTE, &Visita::new(1 + n % 2, &format!("2026-03-1{n}T08:00:00Z"))).await;
    }
    let models = caught_up(&world).await;
    let mut pagina = prima(2);
    let page = models.appuntamenti_di(ENTE, persona(1), pagina).await.unwrap();
    assert_eq!((page.righe.len(), page.totale, page.altre), (2, 3, true));
    pagina.dopo = page.prossima();
    let next = models.appuntamenti_di(ENTE, persona(1), pagina).await.unwrap();
    assert_eq!((next.righe.len(), next.altre), (1, false));
    assert_eq!(models.appuntamenti_di(ALTRO, persona(1), prima(2)).await.unwrap().totale, 0);
    assert!(models.appuntamento(ALTRO, page.righe[0].id).await.unwrap().is_none());
}

async fn who_waits_keeps_the_place_until_it_is_left(world: World) {
    let visite = [1, 2, 3].map(|n| Visita { titolare: n, ..Visita::new(1, "2026-03-30T08:00:00Z") });
    let mut places = Vec::new();
    for visita in &visite {
        let id = world.book(ENTE, visita).await;
        places.push((id, world.wait_earlier(ENTE, visita, id).await));
    }
    let models = world.models().await;
    let list = async || {
        models.catch_up().await.unwrap();
        let rows = models.attese(ENTE, "carta-identita").await.unwrap();
        rows.into_iter().map(|row| (row.iscrizione, row.offerta.is_some(), row.offerte)).collect::<Vec<_>>()
    };
    let [first, second, third] = [places[0].1, places[1].1, places[2].1];
    assert_eq!(list().await, [(first, false, 0), (second, false, 0), (third, false, 0)]);
    let slot = Visita::new(1, "2026-03-20T08:00:00Z");
    let offered = world.offer(ENTE, first, &slot).await;
    assert_eq!(list().await[0], (first, true, 1));
    let place = models.attesa_di(ENTE, places[0].0).await.unwrap().unwrap();
    assert_eq!((place.attesa.servizio.as_str(), place.davanti), ("carta-identita", 0));
    assert_eq!(
        (&place.attesa.offerta.as_ref().unwrap().slot, place.attesa.prima_di),
        (&offered.slot, visite[0].inizio)
    );
    assert!(models.offerte_scadute(ENTE, offered.scade - SignedDuration::from_secs(1), 10).await.unwrap().is_empty());
    let over = models.offerte_scadute(ENTE, offered.scade, 10).await.unwrap();
    assert_eq!(over.iter().map(|row| row.iscrizione).collect::<Vec<_>>(), [first]);

    let passed = attesa::OffertaRifiutata { iscrizione: first, slot: offered.slot.clone(), il: world.now() };
    world.on_list(ENTE, passed).await;
    assert_eq!(list().await[0], (first, false, 1), "the place is kept");
    assert!(models.offerte_scadute(ENTE, Timestamp::MAX, 10).await.unwrap().is_empty());
    world.offer(ENTE, second, &slot).await;
    world.on_list(ENTE, OffertaAccettata { iscrizione: second, slot: offered.slot, il: world.now() }).await;
    assert_eq!(list().await, [(first, false, 1), (third, false, 0)]);
    assert_eq!(models.attesa_di(ENTE, places[2].0).await.unwrap().unwrap().davanti, 1);
    assert!(models.attesa_di(ENTE, places[1].0).await.unwrap().is_none());
    world.on_list(ENTE, AttesaLasciata { iscrizione: first, causa: CausaUscita::Superata, il: world.now() }).await;
    assert_eq!(list().await, [(third, false, 0)]);
    assert!(models.attese(ALTRO, "carta-identita").await.unwrap().is_empty());
    let left = format!("{:?}", dump(&models).await["attesa_v2"]);
    assert!(left.contains(Uscita::Accettata.as_str()) && left.contains(Uscita::Superata.as_str()));
}

async fn a_destroyed_key_leaves_bookings_without_personal_data(world: World) {
    let visita = Visita::new(7, "2026-03-10T08:00:00Z");
    let id = world.book(ENTE, &visita).await;
    let models = caught_up(&world).await;
    assert!(format!("{:?}", dump(&models).await["appuntamento_v2"]).contains("mario.rossi"));
    world.keys.destroy(ENTE, persona(7).0).unwrap();
    models.rebuild(None, &|_| {}).await.unwrap();
    let row = models.appuntamento(ENTE, id).await.unwrap().unwrap();
    assert_eq!((row.richiedente, row.email, row.telefono, row.motivo), (None, None, None, None));
    assert_eq!((row.inizio, row.nome_servizio.as_str()), (visita.inizio, "Carta d'identità elettronica"));
    let tables = dump(&models).await;
    for name in ["appuntamento_v2", "occupato_v2", "turno_v2", "attesa_v2"] {
        let rows = format!("{:?}", tables[name]);
        assert!(!rows.contains("Rossi") && !rows.contains("mario.rossi") && !rows.contains("Rinnovo"), "{rows}");
    }
}

async fn a_rebuild_gives_equal_bookings(world: World) {
    let models = world.models().await;
    world.appointments().await;
    models.catch_up().await.unwrap();
    // Small pages and one large page: what a page does not hold is in the tables.
    world.appointments().await;
    for head in 1..=3 {
        world.on_agenda(ENTE, &Visita::new(9, "2026-03-10T08:00:00Z"), turn(head + 2)).await;
        models.catch_up().await.unwrap();
    }
    let live = dump(&models).await;
    models.rebuild(None, &|_| {}).await.unwrap();
    assert_eq!(dump(&models).await, live);
    for name in ["appuntamento_v2", "occupato_v2", "chiusura_v2", "turno_v2", "attesa_v2"] {
        assert!(!live[name].is_empty(), "{name}");
    }
}

fn turn(turno: u16) -> TurnoAssegnato {
    TurnoAssegnato { turno, appuntamento: None, servizio: "carta-identita".into(), il: at("2026-03-10T08:00:00Z") }
}

async fn what_was_never_booked_is_an_error_not_a_row(world: World) {
    let visita = Visita::new(1, "2026-03-10T08:00:00Z");
    world.call(ENTE, &visita, 1, None).await;
    let models = caught_up(&world).await;
    let status = models.status().await;
    let own = status.iter().find(|s| s.ente == ENTE && s.name == NAME).unwrap();
    assert!(own.error.as_deref().is_some_and(|e| e.contains("never opened")), "{own:?}");
}

/// Commits of so many events each, as many as a batch may hold.
async fn many(world: &World, stream: &str, events: Vec<Evento>) {
    for some in events.chunks(64) {
        world.commit(ENTE, 1, some.iter().map(|event| (stream.to_owned(), event.clone())).collect()).await;
    }
}

async fn answers_have_limits(world: World) {
    let first = Visita::new(1, "2026-03-10T08:00:00Z");
    let lots = MAX_LOTTO + 1;
    let booked: Vec<(String, Evento)> = (0..lots)
        .map(|_| {
            let id = PraticaId(world.uuid());
            let event = domain::appuntamento::Event::from(world.booked(id, &first));
            (TipoPratica::Appuntamento.stream(id), event.into())
        })
        .collect();
    for some in booked.chunks(64) {
        world.commit(ENTE, 1, some.to_vec()).await;
    }
    let turns = (1..=u16::try_from(MAX_GIORNATA).unwrap() + 1).map(|n| agenda::Event::from(turn(n)).into());
    many(&world, &first.stream(), turns.collect()).await;
    let places = (0..=MAX_ATTESE).map(|_| {
        let iscrizione = IscrizioneId(world.uuid());
        attesa::Event::from(AttesaIscritta { iscrizione, ..AttesaIscritta::sample() }).into()
    });
    many(&world, "attesa-carta-identita", places.collect()).await;
    let models = caught_up(&world).await;
    let (dal, al) = (first.inizio, Timestamp::MAX);
    for (limit, found) in [(0, 1), (3, 3), (u32::MAX, MAX_LOTTO)] {
        assert_eq!(models.da_ricordare(ENTE, dal, al, None, limit).await.unwrap().len(), found as usize);
        assert_eq!(models.da_segnare_assenti(ENTE, al, limit).await.unwrap().len(), found as usize);
    }
    assert_eq!(models.turni(ENTE, &first.ufficio(), TUESDAY).await.unwrap().len(), MAX_GIORNATA as usize);
    assert_eq!(models.attese(ENTE, "carta-identita").await.unwrap().len(), MAX_ATTESE as usize);
}

/// Half a million past bookings lie beside what is asked for.
async fn past_bookings_are_not_touched(world: World) {
    world.appointments().await;
    let models = caught_up(&world).await;
    let view = models.view(NAME, ENTE).await.unwrap();
    let table = named(&models, &view.table_of(NAME, "occupato").unwrap()).await;
    let past = match models.pools.dialect {
        Dialect::Sqlite => {
            "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 20000)
            SELECT 'c_a000', 'anagrafe', date('2020-01-01', (n / 20) || ' days'), 'p' || n"
        }
        Dialect::Postgres => "SELECT 'c_a000', 'anagrafe', (DATE '2020-01-01' + n / 20)::text, 'p' || n",
    };
    let from = if models.pools.dialect == Dialect::Sqlite { "g" } else { "generate_series(1, 20000) AS g(n)" };
    let fill = format!("INSERT INTO {table} {past}, 's1', 0, 1, 1, 'x', 'portale', 'y', NULL, 0 FROM {from}");
    Sql::new(models.pools.dialect, fill).execute(&models.pools.write).await.unwrap();
    Sql::new(models.pools.dialect, "ANALYZE").execute(&models.pools.write).await.unwrap();
    let (explain, column) = match models.pools.dialect {
        Dialect::Sqlite => ("EXPLAIN QUERY PLAN ", "detail"),
        Dialect::Postgres => ("EXPLAIN ", "QUERY PLAN"),
    };
    let question = query::taken(&view, &IN_JSON, &offices(), TUESDAY, THURSDAY).within(explain, "");
    let plan = view.all(question, |row| row.text(column)).await.unwrap().join("\n");
    let by_index = match models.pools.dialect {
        Dialect::Sqlite => plan.contains("(ente=? AND ufficio=? AND giorno>? AND giorno<?)"),
        Dialect::Postgres => plan.contains("Index Cond") && plan.contains("giorno >=") && !plan.contains("Seq Scan"),
    };
    assert!(by_index, "{plan}");
    let days = models.occupati(ENTE, &offices(), TUESDAY, THURSDAY).await.unwrap();
    assert_eq!(days.len(), 2);
    let one_by_one = query::taken_on(&view, &IN_JSON, &days.keys().cloned().collect::<Vec<_>>()).within(explain, "");
    let plan = view.all(one_by_one, |row| row.text(column)).await.unwrap().join("\n");
    let by_index = match models.pools.dialect {
        Dialect::Sqlite => plan.contains("(ente=? AND ufficio=? AND giorno=?)"),
        Dialect::Postgres => plan.contains("Index Cond") && !plan.contains("Seq Scan on occupato"),
    };
    assert!(by_index, "{plan}");
}

/// The name of a table in service.
async fn named(models: &ReadModels, placeholder: &str) -> String {
    let live = models.live.read().await;
    let build = live.iter().find(|live| live.build.name == NAME).unwrap().build;
    placeholder.replace(&format!("{{{NAME}}}"), &crate::projection::suffix(build.version, build.generation))
}

on_both!(
    a_row_tells_the_whole_life_of_a_booking,
    lists_history_and_register_know_appointments,
    what_is_taken_is_what_the_agenda_says,
    a_day_is_marked_when_what_is_free_changes,
    days_and_offices_bound_what_is_looked_at,
    a_day_of_an_office_is_shown_whole,
    closures_are_lifted_as_the_agenda_lifts_them,
    reminders_come_in_order_and_only_of_what_stands,
    a_persons_bookings_come_in_pages,
    who_waits_keeps_the_place_until_it_is_left,
    a_destroyed_key_leaves_bookings_without_personal_data,
    a_rebuild_gives_equal_bookings,
    what_was_never_booked_is_an_error_not_a_row,
    answers_have_limits,
    past_bookings_are_not_touched,
);
