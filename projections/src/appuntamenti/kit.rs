//! Appointments for tests, stored as the application stores them: one commit over the streams they touch.

use crate::kit::{ALTRO, ENTE, World, persona, register};
use domain::agenda::{
    self, CausaLascito, CausaLiberazione, EsitoTurno, GiornataChiusa, GiornataRiaperta, PostoLasciato, PostoPrenotato,
    SlotBloccato, SlotLiberato, TurnoAssegnato, TurnoChiamato, TurnoConcluso,
};
use domain::appuntamento::{self, AppuntamentoPrenotato, AppuntamentoSpostato, Parte, PostoPreso};
use domain::attesa::{self, AttesaIscritta};
use domain::ente::CodiceUfficio;
use domain::ids::{BloccoId, IscrizioneId, PraticaId};
use domain::impegni::{self, ImpegnoLasciato, ImpegnoPreso};
use domain::persona::Operatore;
use domain::pratica::{Deposito, RicevutaEmessa, TipoPratica};
use domain::prenotabile::{Canale, REGISTRO_APPUNTAMENTI, SlotId};
use domain::registro::{ProtocolloRegistrato, stream_registro};
use domain::termini::data_locale;
use domain::{Evento, Sample, registro};
use eventstore::NewEvent;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// What a test chooses of a visit.
#[derive(Debug, Clone, Copy)]
pub struct Visita {
    pub titolare: u128,
    pub servizio: &'static str,
    pub ufficio: &'static str,
    pub sportello: &'static str,
    pub inizio: Timestamp,
}

impl Visita {
    /// At the first desk of the registry office, for an identity card.
    pub fn new(titolare: u128, inizio: &str) -> Self {
        let inizio = inizio.parse().unwrap();
        Self { titolare, servizio: "carta-identita", ufficio: "anagrafe", sportello: "s1", inizio }
    }

    pub fn at(self, inizio: &str) -> Self {
        Self { inizio: inizio.parse().unwrap(), ..self }
    }

    pub fn ufficio(&self) -> CodiceUfficio {
        CodiceUfficio::new(self.ufficio)
    }

    pub fn giorno(&self) -> Date {
        data_locale(self.inizio)
    }

    pub fn stream(&self) -> String {
        agenda::stream(&self.ufficio(), self.giorno())
    }

    fn fine(&self) -> Timestamp {
        self.inizio + SignedDuration::from_mins(20)
    }

    fn libero_dal(&self) -> Timestamp {
        self.fine() + SignedDuration::from_mins(10)
    }

    fn preso(&self) -> PostoPreso {
        let (ufficio, sportello) = (self.ufficio(), self.sportello.into());
        PostoPreso { ufficio, sportello, inizio: self.inizio, fine: self.fine(), ..PostoPreso::sample() }
    }

    fn posto(&self, appuntamento: PraticaId) -> PostoPrenotato {
        PostoPrenotato {
            appuntamento,
            servizio: self.servizio.into(),
            sportello: self.sportello.into(),
            inizio: self.inizio,
            fine: self.fine(),
            libero_dal: self.libero_dal(),
            canale: Canale::Portale,
            persona: persona(self.titolare),
        }
    }
}

impl World {
    /// Events of one commit, each with the stream where it belongs, sealed for `titolare`.
    pub async fn commit(&self, ente: &str, titolare: u128, events: Vec<(String, Evento)>) -> u64 {
        let mut items: Vec<(String, Vec<NewEvent>)> = Vec::new();
        for (stream, evento) in events {
            let subject = if stream.starts_with("registro") { register() } else { persona(titolare).0 };
            let event = self.event(ente, subject, evento.kind(), evento.version(), evento.payload());
            match items.iter_mut().find(|(known, _)| *known == stream) {
                Some((_, events)) => events.push(event),
                None => items.push((stream, vec![event])),
            }
        }
        self.append(ente, items).await
    }

    pub async fn on_agenda(&self, ente: &str, visita: &Visita, event: impl Into<agenda::Event>) -> u64 {
        self.commit(ente, visita.titolare, vec![(visita.stream(), event.into().into())]).await
    }

    pub async fn on_case(&self, ente: &str, titolare: u128, id: PraticaId, event: impl Into<appuntamento::Event>) {
        let stream = TipoPratica::Appuntamento.stream(id);
        self.commit(ente, titolare, vec![(stream, event.into().into())]).await;
    }

    /// Holds a slot for ten minutes.
    pub async fn hold(&self, ente: &str, visita: &Visita, offerta: bool) -> BloccoId {
        let blocco = BloccoId(self.uuid());
        let event = SlotBloccato {
            ufficio: visita.ufficio(),
            giorno: visita.giorno(),
            blocco,
            servizio: visita.servizio.into(),
            sportello: visita.sportello.into(),
            inizio: visita.inizio,
            fine: visita.fine(),
            libero_dal: visita.libero_dal(),
            canale: Canale::Portale,
            persona: persona(visita.titolare),
            scade: self.now() + SignedDuration::from_mins(10),
            offerta,
        };
        self.on_agenda(ente, visita, event).await;
        blocco
    }

    pub async fn free(&self, ente: &str, visita: &Visita, blocco: BloccoId) {
        let il = self.now();
        self.on_agenda(ente, visita, SlotLiberato { blocco, causa: CausaLiberazione::Rinuncia, il }).await;
    }

    /// A booking as it is filed.
    pub fn booked(&self, id: PraticaId, visita: &Visita) -> AppuntamentoPrenotato {
        let sample = AppuntamentoPrenotato::sample();
        let deposito = Deposito {
            pratica: id,
            codice: TipoPratica::Appuntamento.codice(id),
            titolare: persona(visita.titolare),
            ufficio: visita.ufficio(),
            inviata_il: self.now(),
            ..sample.deposito
        };
        AppuntamentoPrenotato { deposito, servizio: visita.servizio.into(), posto: visita.preso(), ..sample }
    }

    /// Holds and books: register, case, agenda and the person's day in one commit.
    pub async fn book(&self, ente: &str, visita: &Visita) -> PraticaId {
        let blocco = self.hold(ente, visita, false).await;
        let id = PraticaId(self.uuid());
        let booked = self.booked(id, visita);
        let protocollo = self.number_in(ente, REGISTRO_APPUNTAMENTI);
        let (il, oggetto) = (booked.deposito.inviata_il, booked.deposito.oggetto.clone());
        let entry = ProtocolloRegistrato {
            protocollo: protocollo.clone(),
            pratica: id,
            tipo_pratica: TipoPratica::Appuntamento.as_str().into(),
            oggetto: oggetto.clone(),
            assegnazione: visita.ufficio(),
            riservato: false,
            ..ProtocolloRegistrato::sample()
        };
        let codice = booked.deposito.codice.clone();
        let receipt = RicevutaEmessa { pratica: id, codice, protocollo, oggetto, ufficio: visita.ufficio.into() };
        let case = TipoPratica::Appuntamento.stream(id);
        let free = SlotLiberato { blocco, causa: CausaLiberazione::Prenotato, il };
        let busy = ImpegnoPreso {
            persona: persona(visita.titolare),
            giorno: visita.giorno(),
            servizio: visita.servizio.into(),
            appuntamento: id,
            ufficio: visita.ufficio(),
            inizio: visita.inizio,
        };
        let events = vec![
            (stream_registro(REGISTRO_APPUNTAMENTI, 2026), registro::Event::from(entry).into()),
            (case.clone(), appuntamento::Event::from(booked).into()),
            (case, appuntamento::Event::from(receipt).into()),
            (visita.stream(), agenda::Event::from(free).into()),
            (visita.stream(), agenda::Event::from(visita.posto(id)).into()),
            (impegni::stream(persona(visita.titolare), visita.giorno()), impegni::Event::from(busy).into()),
        ];
        self.commit(ente, visita.titolare, events).await;
        id
    }

    /// Moves a booking. The new day comes first in the commit: the order of its streams must not matter.
    pub async fn move_to(&self, ente: &str, id: PraticaId, da: &Visita, a: &Visita, sequenza: u32) {
        let il = self.now();
        let (from, to) = (da.preso(), a.preso());
        let moved = AppuntamentoSpostato { pratica: id, da: from, a: to, sequenza, il, ..Sample::sample() };
        let left = agenda::Event::from(PostoLasciato { appuntamento: id, causa: CausaLascito::Spostato, il });
        let taken = agenda::Event::from(a.posto(id));
        let mut seats = vec![(a.stream(), taken.into()), (da.stream(), left.into())];
        if a.stream() == da.stream() {
            seats.reverse();
        }
        let case = (TipoPratica::Appuntamento.stream(id), appuntamento::Event::from(moved).into());
        let gone = impegni::Event::from(ImpegnoLasciato { appuntamento: id, il });
        let day = (impegni::stream(persona(da.titolare), da.giorno()), gone.into());
        let events = [case, day].into_iter().chain(seats).collect();
        self.commit(ente, da.titolare, events).await;
    }

    pub async fn cancel(&self, ente: &str, id: PraticaId, visita: &Visita, sequenza: u32) {
        let il = self.now();
        let cancelled =
            appuntamento::AppuntamentoAnnullato { pratica: id, chi: Parte::Ufficio, sequenza, il, ..Sample::sample() };
        let left = agenda::Event::from(PostoLasciato { appuntamento: id, causa: CausaLascito::Annullato, il });
        let case = (TipoPratica::Appuntamento.stream(id), appuntamento::Event::from(cancelled).into());
        self.commit(ente, visita.titolare, vec![case, (visita.stream(), left.into())]).await;
    }

    /// A number for who arrives, with a booking or without.
    pub async fn arrive(&self, ente: &str, visita: &Visita, turno: u16, id: Option<PraticaId>) {
        let il = self.now();
        let number = TurnoAssegnato { turno, appuntamento: id, servizio: visita.servizio.into(), il };
        self.on_agenda(ente, visita, number).await;
        if let Some(pratica) = id {
            self.on_case(ente, visita.titolare, pratica, appuntamento::CittadinoPresentato { pratica, turno, il })
                .await;
        }
    }

    pub async fn call(&self, ente: &str, visita: &Visita, turno: u16, id: Option<PraticaId>) {
        let (il, operatore, sportello) = (self.now(), Operatore::sample(), visita.sportello.to_owned());
        let (by, desk) = (operatore.clone(), sportello.clone());
        self.on_agenda(ente, visita, TurnoChiamato { turno, sportello: desk, operatore: by, il }).await;
        if let Some(pratica) = id {
            let called = appuntamento::CittadinoChiamato { pratica, sportello, operatore, il };
            self.on_case(ente, visita.titolare, pratica, called).await;
        }
    }

    pub async fn serve(&self, ente: &str, visita: &Visita, turno: u16, id: Option<PraticaId>) {
        let il = self.now();
        self.on_agenda(ente, visita, TurnoConcluso { turno, il, esito: EsitoTurno::Servito }).await;
        if let Some(pratica) = id {
            let done = appuntamento::AppuntamentoConcluso { pratica, il, ..Sample::sample() };
            self.on_case(ente, visita.titolare, pratica, done).await;
        }
    }

    pub async fn close(&self, ente: &str, visita: &Visita, sportelli: &[&str], motivo: &str) {
        let sportelli = sportelli.iter().map(|codice| (*codice).to_owned()).collect();
        let (ufficio, giorno, il) = (visita.ufficio(), visita.giorno(), self.now());
        let closed = GiornataChiusa { ufficio, giorno, sportelli, motivo: motivo.into(), il, ..Sample::sample() };
        self.on_agenda(ente, visita, closed).await;
    }

    pub async fn reopen(&self, ente: &str, visita: &Visita, sportelli: &[&str]) {
        let sportelli = sportelli.iter().map(|codice| (*codice).to_owned()).collect();
        let (ufficio, giorno, il) = (visita.ufficio(), visita.giorno(), self.now());
        self.on_agenda(ente, visita, GiornataRiaperta { ufficio, giorno, sportelli, il, ..Sample::sample() }).await;
    }

    pub async fn on_list(&self, ente: &str, event: impl Into<attesa::Event>) {
        self.commit(ente, 1, vec![(attesa::stream("carta-identita"), event.into().into())]).await;
    }

    /// Joins the waiting list.
    pub async fn wait_earlier(&self, ente: &str, visita: &Visita, appuntamento: PraticaId) -> IscrizioneId {
        let iscrizione = IscrizioneId(self.uuid());
        let joined = AttesaIscritta {
            iscrizione,
            persona: persona(visita.titolare),
            appuntamento,
            prima_di: visita.inizio,
            il: self.now(),
            ..AttesaIscritta::sample()
        };
        self.on_list(ente, joined).await;
        iscrizione
    }

    pub async fn offer(&self, ente: &str, iscrizione: IscrizioneId, slot: &Visita) -> attesa::PostoOfferto {
        let blocco = self.hold(ente, slot, true).await;
        let il = self.now();
        let slot = SlotId { ufficio: slot.ufficio(), servizio: slot.servizio.into(), inizio: slot.inizio };
        let scade = il + SignedDuration::from_hours(2);
        let offered = attesa::PostoOfferto { iscrizione, slot, blocco, scade, il };
        self.on_list(ente, offered.clone()).await;
        offered
    }

    /// Appointments of all sorts in both enti: held, booked, moved within a day and across days and offices, cancelled,
    /// served, missed; walk-ins; closures; a waiting list.
    pub async fn appointments(&self) {
        for ente in [ENTE, ALTRO] {
            let morning = Visita::new(1, "2026-03-10T08:00:00Z");
            let served = self.book(ente, &morning).await;
            let moved = self.book(ente, &Visita { titolare: 2, ..morning }.at("2026-03-10T08:30:00Z")).await;
            let from = Visita { titolare: 2, ..morning }.at("2026-03-10T08:30:00Z");
            let same_day = Visita { sportello: "s2", ..from };
            let other_day = Visita { ufficio: "anagrafe-2", ..from.at("2026-03-12T10:00:00Z") };
            self.move_to(ente, moved, &from, &same_day, 1).await;
            self.move_to(ente, moved, &same_day, &other_day, 2).await;
            let third = Visita { titolare: 3, ..morning }.at("2026-03-10T09:00:00Z");
            let cancelled = self.book(ente, &third).await;
            self.cancel(ente, cancelled, &third, 1).await;
            let fourth = Visita { titolare: 4, ..morning }.at("2026-03-10T09:30:00Z");
            let missed = self.book(ente, &fourth).await;
            let blocco = self.hold(ente, &third, false).await;
            self.free(ente, &third, blocco).await;
            self.hold(ente, &third, false).await;
            self.arrive(ente, &morning, 1, Some(served)).await;
            self.arrive(ente, &morning, 2, None).await;
            self.call(ente, &morning, 1, Some(served)).await;
            self.serve(ente, &morning, 1, Some(served)).await;
            self.call(ente, &morning, 2, None).await;
            let il = self.now();
            self.on_case(ente, 4, missed, appuntamento::MancataPresentazione { pratica: missed, il }).await;
            self.close(ente, &morning, &["s2", "s3"], "Guasto").await;
            self.close(ente, &other_day, &[], "Sciopero").await;
            self.reopen(ente, &morning, &["s2"]).await;
            let waiting = self.wait_earlier(ente, &other_day, moved).await;
            let offered = self.offer(ente, waiting, &third).await;
            let passed = attesa::OffertaScaduta { iscrizione: waiting, slot: offered.slot, il: self.now() };
            self.on_list(ente, passed).await;
        }
    }
}
