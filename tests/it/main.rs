//! Integration tests: real parts, most of them with the program itself in a process of its own.

mod allegati;
mod arrows;
mod bad_input;
mod crash;
mod downloads;
mod mail;
mod numbering;
mod postgres;
mod rebuild;
mod rules;
mod serve;
mod sqlite;
mod stories;
mod support;
mod time_travel;
mod year;
