//! x
mod glossary;
mod schemas;
fn main() {}
