//! What the pages of appointments show.

use super::domanda;
use super::flusso::Flusso;
use crate::errore::Errore;
use crate::formato;
use crate::layout::{ErroreCampo, Layout, Opzione, Passo, Riga, Voce};
use crate::pagine::area_personale::dettaglio::Passato;
use crate::pagine::area_personale::vista::VistaPratica;
use crate::richiesta::Richiesta;
use crate::{t, ta};
use app::appuntamenti::parole;
use app::{DettaglioPratica, Ufficio};
use askama::Template;
use domain::Caso;
use domain::pratica::TipoPratica;
use domain::prenotabile::Orario;
use domain::termini;

/// Frame of a step.
#[derive(Debug, Clone, Default)]
pub struct Cornice {
    /// Heading.
    pub titolo: String,
    /// What is booked.
    pub cosa: String,
    /// The steps.
    pub passi: Vec<Passo>,
    /// Number of this one, from 1.
    pub corrente: usize,
    /// Where its form goes.
    pub azione: String,
    /// The step before; empty = none.
    pub indietro: String,
    /// The time that is held, in words; empty before.
    pub quando: String,
    /// The hour until which it is held.
    pub fino: String,
    /// Seconds that are left of it.
    pub resta: i64,
    /// Fields carried along.
    pub nascosti: Vec<(String, String)>,
    /// What is wrong.
    pub errori: Vec<ErroreCampo>,
}

impl Cornice {
    /// Error of a field, or empty.
    pub fn errore(&self, campo: &str) -> &str {
        crate::layout::errore_di(&self.errori, campo)
    }

    /// Whether there is something to mend.
    pub fn da_correggere(&self) -> bool {
        !self.errori.is_empty()
    }
}

/// A service that can be booked, as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoceServizio {
    pub href: String,
    pub nome: String,
    pub testo: String,
    /// That other offices offer it too; may be empty.
    pub altrove: String,
}

/// Services under the office that offers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gruppo {
    pub ufficio: String,
    pub servizi: Vec<VoceServizio>,
}

/// What for.
#[derive(Template)]
#[template(path = "appuntamenti/elenco.html")]
pub struct PaginaElenco {
    pub layout: Layout,
    pub gruppi: Vec<Gruppo>,
    /// How many, in words.
    pub trovati: String,
    pub vuoto: bool,
    pub cerca: String,
    pub nascosti: Vec<(String, String)>,
    /// The whole list, when this is a part of it.
    pub tutti: Option<String>,
    pub uffici: Vec<Ufficio>,
}

/// A place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaSede {
    pub nome: String,
    pub indirizzo: String,
    /// How to find it; may be empty.
    pub indicazioni: String,
    /// May be empty.
    pub telefono: String,
    pub accessibile: bool,
    /// Languages beside Italian, in words; may be empty.
    pub lingue: String,
}

/// An office that can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaUfficio {
    pub sede: VistaSede,
    /// Its first free time, in words; empty = none.
    pub primo: String,
    pub href: String,
}

/// The first free time anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrimoLibero {
    pub quando: String,
    pub dove: String,
    pub href: String,
}

/// First step.
#[derive(Template)]
#[template(path = "appuntamenti/luogo.html")]
pub struct PaginaLuogo {
    pub layout: Layout,
    pub c: Cornice,
    pub descrizione: String,
    /// Minutes at the desk.
    pub durata: String,
    pub primo: Option<PrimoLibero>,
    pub uffici: Vec<VistaUfficio>,
    /// Languages that can be asked for.
    pub lingue: Vec<Opzione>,
    pub lingua: String,
    pub accessibile: bool,
    /// Where the filter goes.
    pub luogo: String,
    pub nascosti: Vec<(String, String)>,
    /// All offices, when this is one of them.
    pub tutti: Option<String>,
    /// The page on which another service is chosen.
    pub altro: String,
    /// Whether it is a new booking.
    pub nuovo: bool,
    /// Nothing is free anywhere.
    pub vuoto: bool,
}

/// A day with something free.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GiornoVista {
    pub href: String,
    pub nome: String,
    /// The same as short as it can be read: there are weeks of them on a phone.
    pub breve: String,
    pub liberi: String,
    pub scelto: bool,
}

/// A time that can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrarioVista {
    pub slot: String,
    pub ora: String,
    pub aiuto: String,
    pub scelto: bool,
}

/// Second step.
#[derive(Template)]
#[template(path = "appuntamenti/orario.html")]
pub struct PaginaOrario {
    pub layout: Layout,
    pub c: Cornice,
    pub sede: VistaSede,
    /// The page of places.
    pub cambia: String,
    pub giorni: Vec<GiornoVista>,
    pub prima: Option<String>,
    pub dopo: Option<String>,
    /// The days shown, in words.
    pub periodo: String,
    /// The day whose times are shown; empty = nothing is free.
    pub giorno: String,
    pub orari: Vec<OrarioVista>,
    pub invia: String,
    pub metodo: &'static str,
    /// That the time ran out; may be empty.
    pub avviso: String,
    /// Times that are free instead.
    pub alternative: Vec<Voce>,
    /// Nobody signed in yet.
    pub anonimo: bool,
    /// Whether one may wait for an earlier time.
    pub attesa: bool,
    /// Whether it is a new booking.
    pub nuovo: bool,
}

/// Third step.
#[derive(Template)]
#[template(path = "appuntamenti/dettagli.html")]
pub struct PaginaDettagli {
    pub layout: Layout,
    pub c: Cornice,
    pub motivi: Vec<Opzione>,
    pub motivo: String,
    pub dettagli: String,
    pub massimo: usize,
}

/// Fourth step.
#[derive(Template)]
#[template(path = "appuntamenti/richiedente.html")]
pub struct PaginaRichiedente {
    pub layout: Layout,
    pub c: Cornice,
    pub nome: String,
    pub cognome: String,
    pub email: String,
    pub telefono: String,
}

/// Last step.
#[derive(Template)]
#[template(path = "appuntamenti/riepilogo.html")]
pub struct PaginaRiepilogo {
    pub layout: Layout,
    pub c: Cornice,
    pub righe: Vec<Riga>,
    pub porta: Vec<String>,
    pub dopo: String,
    pub disdetta: String,
}

/// A booking in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaAppuntamento {
    pub cosa: String,
    pub codice: String,
    /// `martedì 10 marzo 2026, dalle 9:20 alle 9:40`.
    pub quando: String,
    pub sede: VistaSede,
    /// When, where, code, number: for the head of a page.
    pub righe: Vec<Riga>,
    pub porta: Vec<String>,
    /// Until when it can be moved and cancelled; or why it cannot.
    pub disdetta: String,
    /// What is said on top, such as that the office has still to confirm it; may be empty.
    pub avviso: String,
    /// Tone of it.
    pub tono: &'static str,
    /// Whether it still stands.
    pub attivo: bool,
    /// Case it is about.
    pub collegata: Option<Voce>,
    /// Moves it; empty = no longer.
    pub sposta: String,
    /// Cancels it; empty = no longer.
    pub annulla: String,
    /// The calendar file; empty = none.
    pub calendario: String,
    /// Books another one of the kind.
    pub ancora: String,
}

/// A place in the waiting list, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaAttesa {
    /// Where the place is asked for; empty where one waits already.
    pub iscrivi: String,
    /// Path of the pages of the list.
    pub base: String,
    /// How many are before, in words; empty where one does not wait.
    pub posto: String,
    /// What is waited for.
    pub cosa: String,
    /// The time that is offered, and until when; empty = none.
    pub offerta: String,
    pub chiave: String,
}

/// The page of a booking.
#[derive(Template)]
#[template(path = "appuntamenti/caso.html")]
pub struct PaginaCaso {
    pub layout: Layout,
    pub v: VistaPratica,
    pub a: VistaAppuntamento,
    pub attesa: Option<VistaAttesa>,
    /// None behind a signed link.
    pub passato: Option<Passato>,
}

/// The page after a booking.
#[derive(Template)]
#[template(path = "appuntamenti/fatto.html")]
pub struct PaginaFatto {
    pub layout: Layout,
    pub a: VistaAppuntamento,
    /// Where the confirmation goes.
    pub copia: String,
    pub pratica: String,
    pub elenco: String,
}

/// From one time to another.
#[derive(Template)]
#[template(path = "appuntamenti/sposta.html")]
pub struct PaginaSposta {
    pub layout: Layout,
    pub c: Cornice,
    pub righe: Vec<Riga>,
    pub slot: String,
    pub chiave: String,
    pub indietro: String,
}

/// Cancelling.
#[derive(Template)]
#[template(path = "appuntamenti/annulla.html")]
pub struct PaginaAnnulla {
    pub layout: Layout,
    pub a: VistaAppuntamento,
    pub azione: String,
    pub torna: String,
    pub chiave: String,
    pub motivo: String,
    pub massimo: usize,
    pub errori: Vec<ErroreCampo>,
}

/// Waiting for an earlier time.
#[derive(Template)]
#[template(path = "appuntamenti/attesa.html")]
pub struct PaginaAttesa {
    pub layout: Layout,
    pub a: VistaAppuntamento,
    pub azione: String,
    pub torna: String,
    pub chiave: String,
    pub uffici: Vec<Opzione>,
    pub scelti: Vec<String>,
    pub dal: String,
    pub entro: String,
    pub minimo: String,
    pub massimo: String,
    pub errori: Vec<ErroreCampo>,
}

/// Name of a language.
pub fn lingua(codice: &str) -> String {
    let key = format!("prenota-lingua-{codice}");
    if app::testi::esiste(&key) { t(&key) } else { codice.to_owned() }
}

/// A place, with the languages of the desks that serve something.
pub fn sede(orario: &Orario, servizio: &str) -> VistaSede {
    let desks = orario.sportelli.iter().filter(|sportello| sportello.serve(servizio));
    let mut codes: Vec<&str> =
        desks.flat_map(|sportello| &sportello.lingue).map(String::as_str).filter(|code| *code != "it").collect();
    codes.sort_unstable();
    codes.dedup();
    let lingue = codes.into_iter().map(lingua).collect::<Vec<_>>().join(", ");
    VistaSede { lingue, ..di_sede(&orario.luogo) }
}

/// A place as a booking keeps it.
pub fn di_sede(sede: &domain::prenotabile::Sede) -> VistaSede {
    VistaSede {
        nome: sede.nome.clone(),
        indirizzo: sede.indirizzo.clone(),
        indicazioni: sede.indicazioni.clone().unwrap_or_default(),
        telefono: sede.telefono.clone().unwrap_or_default(),
        accessibile: sede.accessibile,
        lingue: String::new(),
    }
}

/// The time that is held, with its place.
pub fn quando_dove(r: &Richiesta, flusso: &Flusso) -> String {
    let orario = r.web.app.orario(&r.ctx, &flusso.slot.ufficio);
    let dove = orario.map(|orario| orario.luogo.nome.clone()).unwrap_or_default();
    ta("prenota-quando-dove", &[("quando", &parole::quando(flusso.slot.inizio)), ("dove", &dove)])
}

/// `martedì 10 marzo 2026, dalle 9:20 alle 9:40`.
pub fn dalle_alle(inizio: jiff::Timestamp, fine: jiff::Timestamp) -> String {
    let giorno = formato::data_con_giorno(termini::data_locale(inizio));
    let ore = ta("prenota-dalle-alle", &[("dalle", &parole::ora(inizio)), ("alle", &parole::ora(fine))]);
    format!("{giorno}, {ore}")
}

/// On the page of a case: the bookings that are about it, and where one more is made.
pub async fn della_pratica(r: &Richiesta, dettaglio: &DettaglioPratica, v: &mut VistaPratica) -> Result<(), Errore> {
    let base = dettaglio.caso.base();
    for row in r.web.app.appuntamenti_della_pratica(&r.ctx, base.id).await? {
        let stato = formato::stato(row.stato).testo;
        let args = [("cosa", row.nome_servizio.clone()), ("quando", parole::quando(row.inizio)), ("stato", stato)];
        let args: Vec<(&str, &str)> = args.iter().map(|(nome, valore)| (*nome, valore.as_str())).collect();
        v.appuntamenti.push(Voce::new(format!("/pratiche/{}", row.id), ta("prenota-della-pratica", &args)));
    }
    if dettaglio.disponibile && base.stato.aperta() && base.tipo != TipoPratica::Appuntamento {
        let servizio = match &dettaglio.caso {
            Caso::Istanza(istanza) => istanza.dettaglio.servizio.codice.clone(),
            _ => String::new(),
        };
        v.prenota = domanda::inizio(&servizio, base.ufficio.as_str(), Some(base.id));
    }
    Ok(())
}
