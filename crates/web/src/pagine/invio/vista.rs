//! What the steps of a filing show: the frame of a step and the pages that all three filings share.

use super::modulo::{FILE, Modulo};
use crate::errore::Errore;
use crate::formato;
use crate::layout::{ErroreCampo, Layout, Passo, Riga, Voce};
use crate::richiesta::Richiesta;
use crate::t;
use app::ports::Upload;
use askama::Template;
use domain::allegato::{MAX_ALLEGATI, MAX_BYTES};
use domain::persona::Anagrafica;
use std::time::Duration;

/// Media types offered by the file chooser; what is accepted is decided from the bytes.
pub const ACCETTA: &str = "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf,.p7m,.odt,.docx,.txt";

/// A standing notice of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nota {
    /// Tone of the box: `note`, `warning`, `danger`.
    pub tipo: &'static str,
    /// First line.
    pub titolo: String,
    /// The words.
    pub testo: String,
    /// Numbers or pages to use at once.
    pub voci: Vec<Voce>,
}

/// A file of the form, already stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCaricato {
    /// Id, carried in the form.
    pub id: String,
    /// Name as given.
    pub nome: String,
    /// Size in words.
    pub dimensione: String,
}

impl From<&Upload> for FileCaricato {
    fn from(upload: &Upload) -> Self {
        Self {
            id: upload.id.to_string(),
            nome: upload.nome.clone(),
            dimensione: formato::dimensione(upload.dimensione),
        }
    }
}

/// Frame of a step: heading, progress, errors, what is carried along, buttons.
#[derive(Debug, Clone, Default)]
pub struct Cornice {
    /// Heading of the page.
    pub titolo: String,
    /// One line under it.
    pub sommario: String,
    /// The steps.
    pub passi: Vec<Passo>,
    /// Number of this step, from 1.
    pub corrente: usize,
    /// Where the form goes.
    pub azione: String,
    /// Where buttons that stay in the flow go; differs from `azione` in the last step.
    pub base: String,
    /// Whether there is a step before.
    pub indietro: bool,
    /// Words of the main button.
    pub avanti: String,
    /// Fields carried along.
    pub nascosti: Vec<(String, String)>,
    /// What is wrong.
    pub errori: Vec<ErroreCampo>,
    /// Standing notice.
    pub nota: Option<Nota>,
    /// Files stored so far.
    pub file: Vec<FileCaricato>,
}

impl Cornice {
    /// Error of a field, or empty.
    pub fn errore(&self, campo: &str) -> &str {
        crate::layout::errore_di(&self.errori, campo)
    }

    /// Error of the file field.
    pub fn errore_file(&self) -> &str {
        self.errore(FILE)
    }

    /// Whether one more file may be added.
    pub fn altri_file(&self) -> bool {
        self.file.len() < MAX_ALLEGATI
    }

    /// What may still be attached.
    pub fn aiuto_file(&self) -> String {
        let quanti = MAX_ALLEGATI.saturating_sub(self.file.len()).to_string();
        let quanto = (MAX_BYTES / (1024 * 1024)).to_string();
        crate::ta("invio-file-aiuto", &[("quanti", &quanti), ("quanto", &quanto)])
    }
}

/// A part of the summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sezione {
    /// Its heading.
    pub titolo: String,
    /// Its rows.
    pub righe: Vec<Riga>,
    /// Step to which its button goes back; empty = it cannot be changed.
    pub modifica: &'static str,
}

/// First step: privacy notice.
#[derive(Template)]
#[template(path = "invio/privacy.html")]
pub struct PaginaPrivacy {
    pub layout: Layout,
    pub c: Cornice,
    /// What the data are used for.
    pub finalita: String,
    /// The ente's certified e-mail.
    pub pec: String,
    pub spuntata: bool,
}

/// Last step: everything to be read once more.
#[derive(Template)]
#[template(path = "invio/riepilogo.html")]
pub struct PaginaRiepilogo {
    pub layout: Layout,
    pub c: Cornice,
    pub sezioni: Vec<Sezione>,
    /// What happens on sending.
    pub dopo: String,
}

/// The session ended while the form was being filled in: everything is kept in the page.
#[derive(Template)]
#[template(path = "invio/sessione.html")]
pub struct PaginaSessione {
    pub layout: Layout,
    pub c: Cornice,
    pub accedi: String,
}

/// Someone signed in who is not here as a citizen.
#[derive(Template)]
#[template(path = "invio/non_cittadino.html")]
pub struct PaginaNonCittadino {
    pub layout: Layout,
    pub titolo: String,
}

/// Identity as the sign-in gave it, read-only.
pub fn anagrafica(anagrafica: &Anagrafica) -> Vec<Riga> {
    let mut righe = vec![
        Riga::new(t("invio-nome"), anagrafica.nome_completo()),
        Riga::new(t("invio-codice-fiscale"), anagrafica.codice_fiscale.as_ref().map_or("", |codice| codice.as_str())),
        Riga::new(t("invio-email"), anagrafica.email.clone().unwrap_or_default()),
    ];
    righe.extend(anagrafica.telefono.iter().map(|telefono| Riga::new(t("campo-telefono"), telefono.as_str())));
    righe
}

/// Names of the files, one a line.
pub fn nomi(file: &[FileCaricato]) -> String {
    file.iter().map(|f| format!("{} ({})", f.nome, f.dimensione)).collect::<Vec<_>>().join("\n")
}

/// Everything of a form that the step does not show, to be carried along.
pub fn nascosti(modulo: &Modulo, passo: &str, campi: &[&str], mostrati: &[&str]) -> Vec<(String, String)> {
    let mut fields = vec![("passo".to_owned(), passo.to_owned())];
    let carried = ["chiave", "privacy", "chi"].iter().chain(campi).filter(|nome| !mostrati.contains(nome));
    fields.extend(carried.map(|nome| ((*nome).to_owned(), modulo.get(nome).to_owned())));
    fields.extend(modulo.allegati.iter().map(|id| ("allegato".to_owned(), id.to_string())));
    fields
}

/// The frame for a person who is here in another role.
pub fn non_cittadino(richiesta: &Richiesta, titolo: String) -> PaginaNonCittadino {
    PaginaNonCittadino { layout: richiesta.layout(titolo.clone()), titolo }
}

/// The errors of the application as those of a form, in the order in which the page shows its fields (`campi`).
pub fn errori_campi(errori: &[app::ErroreCampo], campi: &[&str]) -> Vec<ErroreCampo> {
    let mut found: Vec<ErroreCampo> = Vec::new();
    for errore in errori {
        let campo = campo(errore.campo.as_deref().unwrap_or_default());
        let same = |e: &ErroreCampo| e.testo == errore.messaggio && [e.campo.as_str(), campo] == ["lat", "lon"];
        if !found.iter().any(same) {
            found.push(ErroreCampo::new(campo, errore.messaggio.clone()));
        }
    }
    found.sort_by_key(|e| campi.iter().position(|campo| *campo == e.campo).unwrap_or(campi.len()));
    found
}

/// Name of the form field for a path of the domain.
fn campo(path: &str) -> &str {
    match path.rsplit('.').next().unwrap_or_default() {
        "latitudine" => "lat",
        "longitudine" => "lon",
        "allegati" => FILE,
        "servizio" | "modulo" | "chiaveIdempotenza" => "",
        name => name,
    }
}

/// Why a filing failed without anything being wrong with it, and when to try again.
pub fn guasto(error: app::AppError) -> Result<(ErroreCampo, Duration), Errore> {
    let errore = ErroreCampo::new("", t("errore-non-disponibile-testo"));
    match error {
        app::AppError::NonDisponibile { motivo, riprova_tra } => {
            tracing::warn!(reason = %motivo, "a filing could not be stored for now");
            Ok((errore, riprova_tra))
        }
        app::AppError::Conflitto => Ok((errore, Duration::ZERO)),
        error => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errore(campo: Option<&str>, messaggio: &str) -> app::ErroreCampo {
        let (campo, messaggio) = (campo.map(str::to_owned), messaggio.to_owned());
        app::ErroreCampo { campo, codice: String::new(), messaggio, valori: std::collections::BTreeMap::new() }
    }

    #[test]
    fn errors_of_the_domain_stand_beside_the_fields_of_the_page() {
        let errori = [
            errore(Some("modulo.oggetto"), "Obbligatorio."),
            errore(Some("luogo.latitudine"), "La posizione non va."),
            errore(Some("luogo.longitudine"), "La posizione non va."),
            errore(Some("allegati"), "Troppi."),
            errore(None, "Livello."),
        ];
        let found = errori_campi(&errori, &["lat", "lon", "oggetto"]);
        let fields: Vec<&str> = found.iter().map(|e| e.campo.as_str()).collect();
        assert_eq!(fields, ["lat", "oggetto", "file", ""]);
    }

    #[test]
    fn what_a_step_shows_is_not_carried_twice() {
        let mut modulo = Modulo::default();
        modulo.set("titolo", "Buca");
        modulo.set("intruso", "x");
        let fields = nascosti(&modulo, "dati", &["titolo", "dettagli"], &["titolo"]);
        let names: Vec<&str> = fields.iter().map(|(nome, _)| nome.as_str()).collect();
        assert_eq!(names, ["passo", "chiave", "privacy", "chi", "dettagli"]);
    }
}
