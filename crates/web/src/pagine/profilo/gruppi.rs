//! The groups of the profile as forms: the same language, widgets and checks as those of services.

use crate::layout::Riga;
use domain::modulo::{GruppoProfilo, Modulo, Passo, Profilo};
use domain::persona::Anagrafica;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A form for each group.
static MODULI: LazyLock<BTreeMap<GruppoProfilo, Modulo>> = LazyLock::new(|| {
    let passi: Vec<Passo> =
        serde_json::from_str(include_str!("gruppi.json")).expect("a test reads the forms that are compiled in");
    let form = |passo: Passo| {
        let gruppo = GruppoProfilo::parse(&passo.nome)?;
        Some((gruppo, Modulo { passi: vec![passo], regole: Vec::new() }))
    };
    passi.into_iter().filter_map(form).collect()
});

/// The form of a group.
pub fn modulo(gruppo: GruppoProfilo) -> &'static Modulo {
    MODULI.get(&gruppo).expect("a test finds a form for each group")
}

/// The one step of the form of a group.
pub fn passo(gruppo: GruppoProfilo) -> &'static Passo {
    modulo(gruppo).passi.first().expect("a form is made with its step")
}

/// What is kept in a group, as its form takes it. What the sign-in knows is not kept here.
pub fn valori(gruppo: GruppoProfilo, profilo: &Profilo, chi: &Anagrafica, oggi: Date) -> Map<String, Value> {
    let chi = Anagrafica { email: None, telefono: None, ..chi.clone() };
    modulo(gruppo).precompila(&chi, profilo, oggi)
}

/// The same in words.
pub fn righe(gruppo: GruppoProfilo, profilo: &Profilo, chi: &Anagrafica, oggi: Date) -> Vec<Riga> {
    let valori = valori(gruppo, profilo, chi, oggi);
    let sezioni = modulo(gruppo).prospetto(&valori, &BTreeMap::new());
    sezioni.into_iter().flat_map(|sezione| sezione.righe).map(|(voce, valore)| Riga::new(voce, valore)).collect()
}
