//! Integration tests: real parts, most of them with the program itself in a process of its own.

mod arrows;
mod bad_input;
mod crash;
mod doctor;
mod downloads;
mod full_disk;
mod mail;
mod numbering;
mod rebuild;
mod rules;
mod serve;
mod stories;
mod support;
mod tamper;
mod time_travel;
mod year;
