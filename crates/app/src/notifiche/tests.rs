//! The process against a log in memory, and a queue, a mailer and a crash that tests can arrange.

mod appuntamenti;
mod finti;
mod invii;
mod posta;
mod ricevute;
mod smtp;
mod testi;
mod turni;
