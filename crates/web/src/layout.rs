//! What the frame around every page needs, and the small shapes that the template macros draw.
//!
//! A page's template struct holds one field `layout: Layout` and extends `base.html`. The other types here are what the macros of
//! `templates/macros/` take: plain owned text, so that a handler fills them and nothing else. Text is escaped by the templates.

/// A link with its words: menu entry, breadcrumb step, list of links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voce {
    /// Root-absolute path (`/servizi`) or absolute address.
    pub href: String,
    /// The words of the link.
    pub testo: String,
}

impl Voce {
    /// Link to `href` shown as `testo`.
    pub fn new(href: impl Into<String>, testo: impl Into<String>) -> Self {
        Self { href: href.into(), testo: testo.into() }
    }
}

/// The signed-in person as the header shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UtenteMenu {
    /// Name and surname.
    pub nome_visualizzato: String,
    /// What they are here, e.g. `Cittadina`, `Operatore`; may be empty.
    pub ruolo: String,
    /// Entries of their menu (area personale, scrivania, uscita...). `/esci` is drawn as a POST form by the base template.
    pub voci: Vec<Voce>,
}

/// How the ente is reached; empty fields are not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recapiti {
    /// Postal address on one line.
    pub indirizzo: String,
    /// Telephone as people read it.
    pub telefono: String,
    /// Ordinary e-mail address.
    pub email: String,
    /// Certified e-mail address (PEC).
    pub pec: String,
    /// Codice fiscale / partita IVA of the ente.
    pub codice_fiscale: String,
}

/// Everything that `base.html` shows around a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Name of the ente, e.g. `Comune di Borgo Chiaro`.
    pub ente_nome: String,
    /// One line under the name on wide screens; may be empty.
    pub ente_tagline: String,
    /// Region (or body above) in the thin top bar.
    pub regione: String,
    /// Language of the page, `it` by default.
    pub lingua: String,
    /// Title of the page, without the ente's name.
    pub titolo: String,
    /// Who is signed in, if anyone.
    pub utente: Option<UtenteMenu>,
    /// Breadcrumb below the home page; the last one is the page itself. Empty = no breadcrumb.
    pub percorso: Vec<Voce>,
    /// True in the demonstration: a banner says so on every page.
    pub demo: bool,
    /// Where the demonstration shows the mail it would have sent.
    pub demo_posta_href: Option<String>,
    /// Message of success of the action just done, shown once.
    pub conferma: Option<String>,
    /// Whether the page carries the component "Quanto sono chiare le informazioni" (C.SI.2.5, C.SI.2.6).
    pub feedback: bool,
    /// Whether the component asks about the service just used instead of the page (C.SE.1.7).
    pub feedback_servizio: bool,
    /// Path of the page, e.g. `/servizi`: marks the menu entry and goes with the feedback.
    pub pagina: String,
    /// How the ente is reached (footer).
    pub recapiti: Recapiti,
    /// Accessibility statement: the one filed on form.agid.gov.it once the ente has it (C.SI.3.2).
    pub accessibilita_href: String,
    /// Privacy notice, `/privacy` by default (C.SI.3.3: served over TLS).
    pub privacy_href: String,
    /// Where an appointment is booked: on the steps of a service, about that service at its office (C.SE.2.2).
    pub prenota_href: String,
}

impl Layout {
    /// Layout in Italian for the page at path `pagina` entitled `titolo`; the rest empty, to be filled with struct update or setters.
    pub fn new(ente_nome: impl Into<String>, titolo: impl Into<String>, pagina: impl Into<String>) -> Self {
        Self {
            ente_nome: ente_nome.into(),
            titolo: titolo.into(),
            pagina: pagina.into(),
            lingua: "it".to_owned(),
            accessibilita_href: "/accessibilita".to_owned(),
            privacy_href: "/privacy".to_owned(),
            prenota_href: "/prenota-appuntamento".to_owned(),
            ..Self::default()
        }
    }

    /// Adds breadcrumb steps, in order, the page itself last.
    pub fn con_percorso<const N: usize>(mut self, voci: [(&str, &str); N]) -> Self {
        self.percorso.extend(voci.map(|(href, testo)| Voce::new(href, testo)));
        self
    }

    /// True when the first-level menu entry `sezione` (its path) contains the current page.
    pub fn attiva(&self, sezione: &str) -> bool {
        self.pagina.strip_prefix(sezione).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    }
}

/// One choice of a select, radio or checkbox group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opzione {
    /// Submitted value.
    pub valore: String,
    /// What people read.
    pub testo: String,
    /// A line of help under the text; may be empty.
    pub aiuto: String,
}

impl Opzione {
    /// Choice without help text.
    pub fn new(valore: impl Into<String>, testo: impl Into<String>) -> Self {
        Self { valore: valore.into(), testo: testo.into(), aiuto: String::new() }
    }
}

/// What is wrong with a field, for the summary on top and beside the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErroreCampo {
    /// `name` of the field; empty = concerns the whole form.
    pub campo: String,
    /// What is wrong and what to do, as a sentence.
    pub testo: String,
}

impl ErroreCampo {
    /// Error `testo` of the field named `campo`.
    pub fn new(campo: impl Into<String>, testo: impl Into<String>) -> Self {
        Self { campo: campo.into(), testo: testo.into() }
    }
}

/// Text of the first error of `campo`, or empty: `{% call campi::testo("nome", .., errore=crate::layout::errore_di(errori, "nome")) %}`.
pub fn errore_di<'a>(errori: &'a [ErroreCampo], campo: &str) -> &'a str {
    errori.iter().find(|e| e.campo == campo).map_or("", |e| e.testo.as_str())
}

/// What people call the field named `campo` (key `campo-<name>`), or empty: in a summary "this field" says nothing.
pub fn nome_campo(campo: &str) -> String {
    let key = format!("campo-{campo}");
    if app::testi::esiste(&key) { crate::t(&key) } else { String::new() }
}

/// Meaning of a status chip or notice; shown as icon + words + colour, never colour alone (WCAG 1.4.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tono {
    /// Nothing asked of anybody.
    #[default]
    Neutro,
    /// Under way.
    InCorso,
    /// Somebody must act.
    Attenzione,
    /// Ended well.
    Positivo,
    /// Ended badly or failed.
    Negativo,
}

impl Tono {
    /// Class of our own style sheet.
    pub fn classe(self) -> &'static str {
        match self {
            Self::Neutro => "tono-neutro",
            Self::InCorso => "tono-in-corso",
            Self::Attenzione => "tono-attenzione",
            Self::Positivo => "tono-positivo",
            Self::Negativo => "tono-negativo",
        }
    }

    /// Icon of the sprite.
    pub fn icona(self) -> &'static str {
        match self {
            Self::Neutro => "it-info-circle",
            Self::InCorso => "it-clock",
            Self::Attenzione => "it-warning-circle",
            Self::Positivo => "it-check-circle",
            Self::Negativo => "it-close-circle",
        }
    }
}

/// Status of a case in words, with its meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stato {
    /// The words, e.g. `In lavorazione`.
    pub testo: String,
    /// The meaning.
    pub tono: Tono,
}

impl Stato {
    /// Status `testo` meaning `tono`.
    pub fn new(testo: impl Into<String>, tono: Tono) -> Self {
        Self { testo: testo.into(), tono }
    }
}

/// One step of a flow, for the progress list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passo {
    /// Name of the step.
    pub titolo: String,
    /// Where to go back and edit (C.SE.1.8); empty = not a link.
    pub href: String,
}

impl Passo {
    /// Step `titolo`, reachable at `href` when already done.
    pub fn new(titolo: impl Into<String>, href: impl Into<String>) -> Self {
        Self { titolo: titolo.into(), href: href.into() }
    }
}

/// One milestone of a timeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tappa {
    /// Date (and time) as people read it.
    pub data: String,
    /// What happened or will happen.
    pub titolo: String,
    /// More words; may be empty.
    pub testo: String,
    /// False = still to come.
    pub avvenuta: bool,
}

/// Card of a case in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchedaPratica {
    /// Page of the case.
    pub href: String,
    /// What it is, e.g. the service's name or the report's subject.
    pub titolo: String,
    /// Protocol number or code; may be empty.
    pub numero: String,
    /// A date with its words, e.g. `Presentata il 3 marzo 2026`.
    pub data: String,
    /// Where it stands.
    pub stato: Stato,
    /// What the reader is asked to do, e.g. `Rispondi entro il 10 marzo`; may be empty.
    pub azione: String,
}

/// A definition row of a summary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Riga {
    /// Term.
    pub voce: String,
    /// Value; empty is shown as "Non indicato". New lines are kept.
    pub valore: String,
    /// Link to the place where it is edited; empty = not editable.
    pub modifica_href: String,
}

impl Riga {
    /// Row that cannot be edited.
    pub fn new(voce: impl Into<String>, valore: impl Into<String>) -> Self {
        Self { voce: voce.into(), valore: valore.into(), modifica_href: String::new() }
    }

    /// Row with an edit link.
    pub fn modificabile(voce: impl Into<String>, valore: impl Into<String>, href: impl Into<String>) -> Self {
        Self { voce: voce.into(), valore: valore.into(), modifica_href: href.into() }
    }
}

/// Where a long list stands: cursors or page numbers, as links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paginazione {
    /// Page of newer/earlier rows; `None` on the first.
    pub precedente: Option<String>,
    /// Page of the rows that follow; `None` on the last.
    pub successiva: Option<String>,
    /// Words between the two, e.g. `Pagina 2 di 7`; may be empty.
    pub dove: String,
}

#[cfg(test)]
mod vetrina;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menu_entry_is_active_for_its_own_pages_only() {
        let layout = Layout::new("Comune", "Scheda", "/servizi/anagrafe");
        assert!(layout.attiva("/servizi"));
        assert!(!layout.attiva("/novita"));
        assert!(!Layout::new("Comune", "", "/serviziesterni").attiva("/servizi"));
    }

    #[test]
    fn error_of_a_field_is_found_by_its_name() {
        let errori = [ErroreCampo::new("email", "Scrivi un indirizzo completo."), ErroreCampo::new("", "Riprova.")];
        assert_eq!(errore_di(&errori, "email"), "Scrivi un indirizzo completo.");
        assert_eq!(errore_di(&errori, "nome"), "");
        assert_eq!(nome_campo("indirizzo"), "Indirizzo o luogo");
        assert_eq!(nome_campo("campo-che-non-esiste"), "");
    }
}
