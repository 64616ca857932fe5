//! Takes the typefaces from the packages of the pages' assets: what the site is set in, the receipts are set in.

use std::path::Path;

/// Typefaces embedded in every document, below the kit's folder of fonts.
const FONTS: [(&str, &str); 5] = [
    ("titillium-regular.ttf", "Titillium_Web/titillium-web-v10-latin-ext_latin-regular.ttf"),
    ("titillium-italic.ttf", "Titillium_Web/titillium-web-v10-latin-ext_latin-italic.ttf"),
    ("titillium-600.ttf", "Titillium_Web/titillium-web-v10-latin-ext_latin-600.ttf"),
    ("titillium-700.ttf", "Titillium_Web/titillium-web-v10-latin-ext_latin-700.ttf"),
    ("roboto-mono-regular.ttf", "Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.ttf"),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let Some(out) = std::env::var_os("OUT_DIR") else {
        println!("cargo::error=OUT_DIR is not set: build with cargo");
        return;
    };
    let kit = Path::new("../web/node_modules/bootstrap-italia/dist/fonts");
    for (name, path) in FONTS {
        let font = kit.join(path);
        println!("cargo::rerun-if-changed={}", font.display());
        // Copied, so that the packages may be installed anew while the crate is being compiled.
        if let Err(error) = std::fs::copy(&font, Path::new(&out).join(name)) {
            println!(
                "cargo::error=the receipts' typeface {} cannot be read ({error}): run `cargo xtask assets` once (needs Node 20 or later)",
                font.display()
            );
            return;
        }
    }
}
