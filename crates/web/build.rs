//! Refuses to build pages without their assets, and rebuilds the crate when the assets change.

use std::path::Path;

fn main() {
    const MANIFEST: &str = "assets/dist/manifest.json";
    println!("cargo::rerun-if-changed={MANIFEST}");
    println!("cargo::rerun-if-changed=build.rs");
    // The manifest names every file by the hash of its content: as an environment value it makes cargo embed the folder again.
    match std::fs::read_to_string(Path::new(MANIFEST)) {
        Ok(manifest) => println!("cargo::rustc-env=SPORTELLO_ASSETS={}", manifest.replace(['\n', '\r'], "")),
        Err(_) => {
            println!(
                "cargo::error=the pages' assets are missing: run `cargo xtask assets` once (needs Node 20 or later)"
            );
        }
    }
}
