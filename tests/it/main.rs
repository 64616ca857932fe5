//! Integration tests: real parts, most of them with the program itself in a process of its own.

mod allegati;
mod appuntamenti;
mod appuntamenti_crash;
mod arrows;
mod attesa;
mod bad_input;
mod calendari;
mod crash;
mod downloads;
mod integrazione;
mod mail;
mod numbering;
mod postgres;
mod profilo;
mod rebuild;
mod ricevute;
mod rules;
mod serve;
mod servizi;
mod sqlite;
mod stories;
mod support;
mod time_travel;
mod year;
