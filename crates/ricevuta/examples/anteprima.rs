//! Composes both documents from the sample, for who edits templates:
//! `cargo run -p ricevuta --example anteprima -- OUTPUT_FOLDER [TEMPLATES_FOLDER]`

use ricevuta::{Compositore, Documento, Ricevuta};
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let uscita = arguments.next().ok_or("name the folder to write to")?;
    let compositore = Compositore::new(arguments.next().as_deref())?;
    let ricevuta: Ricevuta = serde_json::from_str(include_str!("ricevuta.json"))?;
    for (nome, documento) in
        [("istanza.pdf", Documento::Istanza(&ricevuta.istanza)), ("ricevuta.pdf", Documento::Ricevuta(&ricevuta))]
    {
        let path = uscita.join(nome);
        std::fs::write(&path, compositore.componi(documento)?)?;
        println!("{}", path.display());
    }
    Ok(())
}
