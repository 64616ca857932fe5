//! What is about SQLite's files. Runs once, whatever engine the other tests run on.

mod backup;
mod doctor;
mod full_disk;
mod second_process;
mod tamper;
