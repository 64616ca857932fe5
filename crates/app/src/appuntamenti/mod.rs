//! Appointments: what can be booked where and when, holds and bookings, the office's day, closures, the waiting list.
//!
//! Every change is one batch over the streams whose invariants it touches: the day of the office (nobody else has the seat),
//! the day of the person (one booking a service), the case itself, and the register where the service wants a number. It is
//! decided on the log and again whenever somebody else wrote first. Availability comes from the read models and promises
//! nothing: the command looks again.

mod agenda;
mod assenti;
mod calendario;
mod cambia;
mod chiusure;
mod collegamento;
mod comando;
mod definite;
mod disponibilita;
mod feed;
mod giornate;
mod iscrizioni;
mod liberi;
mod libero;
mod liste;
mod offerte;
pub mod parole;
mod pratica;
mod prenota;
mod processo;
mod promemoria;
mod segue;
mod sottoscrizioni;
mod turni;
mod voluto;

#[cfg(test)]
pub(crate) mod tests;

pub use agenda::{AgendaGiorno, AperturaSportello, AppuntamentoAgenda, ChiusuraAgenda, TurnoAgenda};
pub(crate) use calendario::{Corredo, email, file, metodo};
pub use chiusure::{ChiudiGiornata, Chiusura};
pub use collegamento::{AppuntamentoChiuso, Collegamento, Fine};
pub use disponibilita::{Bisogni, Disponibilita, SlotOfferto};
pub use feed::Feed;
pub(crate) use giornate::Giornate;
pub use iscrizioni::{IscriviAttesa, Iscrizione};
pub(crate) use liste::Liste;
pub(crate) use offerte::dedupe_offerta;
pub use pratica::ApriPratica;
pub use prenota::{Blocco, PrenotaAppuntamento, Richiedente};
pub use processo::{Giro, Memoria, ProcessoAppuntamenti};
pub(crate) use promemoria::sequenza_promemoria;
pub use sottoscrizioni::Sottoscrizione;
pub use turni::EsitoTurno;

/// Numeric limits.
pub mod limits {
    use jiff::SignedDuration;
    use std::time::Duration;

    /// Days that one question for availability may span.
    pub const GIORNI_DISPONIBILITA: i32 = 62;
    /// Offices that one question for availability may name.
    pub const UFFICI_DISPONIBILITA: usize = 60;
    /// Days looked at together when the first free slot is sought.
    pub const GIORNI_RICERCA: i32 = 14;
    /// Times a command is decided again when another node wrote to the same day first. On one node commands about one day
    /// take turns; with three nodes that write without pause one in `(2/3)^40`, some `10^-7`, fails for good.
    pub const TENTATIVI: u32 = 40;
    /// How long a command waits for its turn at the days it changes; then it is refused for now.
    pub const ATTESA_TURNO: Duration = Duration::from_secs(20);
    /// Longest pause before a decision is taken again; the pause is drawn between nothing and this.
    pub const PAUSA: Duration = Duration::from_millis(25);
    /// Folded days that are kept at hand.
    pub const GIORNATE: usize = 2_000;
    /// Days whose free slots are kept at hand, each for one service at one office: some twelve megabytes when all are open.
    pub const GIORNI_LIBERI: usize = 8_000;
    /// Turns that days share: two days with the same one wait for each other, and nothing else happens.
    pub const TURNI: usize = 256;
    /// Pages of the log that the fold of one day may take; a day with more is a mistake or an attack.
    pub const PAGINE_GIORNATA: usize = 40;
    /// Bookings of one day that the office's screen shows.
    pub const POSTI_AGENDA: usize = 1_000;
    /// Cases that are read at once for the office's screen.
    pub const LETTURE_INSIEME: usize = 16;
    /// How long the first free slot that one refusal names is named by others too.
    pub const ALTERNATIVA_VALE: Duration = Duration::from_secs(1);
    /// When a calendar reminds of an appointment by itself (RFC 5545, 3.3.6): a day before.
    pub const AVVISO_CALENDARIO: &str = "-P1D";
    /// Days behind that an office's calendar shows.
    pub const GIORNI_FEED_PRIMA: i32 = 7;
    /// Days ahead that an office's calendar shows.
    pub const GIORNI_FEED_DOPO: i32 = 60;
    /// Days that the free and busy time of an office spans when nobody says how many.
    pub const GIORNI_LIBERO: i32 = 28;
    /// Characters of the token of an office's calendar that are looked at.
    pub const CARATTERI_FEED: usize = 200;
    /// Pause between two rounds of the process.
    pub const GIRO: Duration = Duration::from_secs(10);
    /// How long the right of a node to do rounds lasts without being renewed.
    pub const TURNO: SignedDuration = SignedDuration::from_secs(60);
    /// Rows that a round reads at once.
    pub const LOTTO: u32 = 500;
    /// Notices queued at once.
    pub const AVVISI: usize = 100;
    /// A reminder that is late is sent while so much is left: one has to get there.
    pub const PROMEMORIA_ALMENO: SignedDuration = SignedDuration::from_mins(30);
    /// How far a round looks back behind the one before: read models may have been late.
    pub const RIPASSO_PROMEMORIA: SignedDuration = SignedDuration::from_mins(10);
    /// Pages of appointments that are looked at for one reminder's hour.
    pub const PAGINE_PROMEMORIA: usize = 200;
    /// Offers of one service in a round.
    pub const OFFERTE: usize = 50;
    /// Folded waiting lists that are kept at hand.
    pub const LISTE: usize = 500;
    /// Pages of the log that the fold of one waiting list may take; a list with more is a mistake or an attack.
    pub const PAGINE_LISTA: usize = 40;
    /// Least pause between two looks at the waiting lists, and between two reads of the log for them: a log that never
    /// rests costs so many at most.
    pub const RESPIRO: Duration = Duration::from_millis(200);
    /// Records that are read at once to see what may have freed a seat.
    pub const PAGINA_SEGUITA: usize = 500;
    /// Instants at which holds end that are known beforehand; of more the round finds out.
    pub const SCADENZE: usize = 4_000;
}
