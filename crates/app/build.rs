//! The message catalogues are compiled in: a new or changed file makes the crate be built again.

fn main() {
    println!("cargo::rerun-if-changed=locales");
}
