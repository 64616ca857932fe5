//! The fields of a form as widgets: which one a field gets, under which name, with which words.

use super::leggi::{CONTO, INDIRIZZO, PREFISSO, ids};
use crate::layout::{ErroreCampo, Opzione};
use crate::pagine::invio::FileCaricato;
use crate::{t, ta};
use askama::Template;
use domain::modulo::{
    Ambito, Articolo, Campo, Decimale, Esame, FormatoFile, FormatoTesto, Modulo, PosizioneFoto, TipoCampo,
};
use domain::servizio::LimitiAllegati;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Choices shown as radios, at most (C.SE: one sees them all).
pub const RADIO: usize = 5;
/// Choices shown as a select, at most; more are searched by writing.
pub const TENDINA: usize = 10;

/// How a choice is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspetto {
    /// One sees all choices.
    Radio,
    /// A list that opens.
    Tendina,
    /// A text with suggestions.
    Ricerca,
}

/// The look of a choice among so many.
pub fn aspetto(quante: usize) -> Aspetto {
    match quante {
        0..=RADIO => Aspetto::Radio,
        _ if quante <= TENDINA => Aspetto::Tendina,
        _ => Aspetto::Ricerca,
    }
}

/// A field as the page draws it. Draws itself, also inside groups.
#[derive(Debug, Clone, Template)]
#[template(path = "modulo/campo.html")]
pub struct CampoVista {
    /// Name in the page.
    pub nome: String,
    /// Label.
    pub etichetta: String,
    /// Help.
    pub aiuto: String,
    /// What is wrong; may be empty.
    pub errore: String,
    /// Whether an answer is asked for.
    pub obbligatorio: bool,
    /// Whether it is there; what is not waits in the page for the script.
    pub visibile: bool,
    /// Whether other fields of the page depend on it.
    pub controlla: bool,
    /// Whether a number of the page is made from it.
    pub calcola: bool,
    /// The widget.
    pub forma: Forma,
}

/// A widget with its value.
#[derive(Debug, Clone)]
pub enum Forma {
    /// One line.
    Riga(Riga),
    /// Many lines.
    Area { valore: String, massimo: u32 },
    /// Few choices.
    Radio { opzioni: Vec<Opzione>, valore: String },
    /// Some choices.
    Tendina { opzioni: Vec<Opzione>, valore: String },
    /// Many choices.
    Ricerca { opzioni: Vec<Opzione>, valore: String },
    /// Several choices.
    Caselle { opzioni: Vec<Opzione>, scelti: Vec<String> },
    /// A box that may stay off.
    Casella { spuntata: bool },
    /// A statement.
    Dichiarazione { articolo: String, spuntata: bool },
    /// The five parts of an address.
    Indirizzo { parti: Vec<CampoVista> },
    /// Files.
    File { campo: String, accetta: String, file: Vec<FileCaricato>, altri: bool, multiplo: bool },
    /// Items.
    Gruppo { campo: String, conto: String, voce: String, voci: Vec<Voce>, altre: bool },
    /// A number made from others; empty while something is missing.
    Calcolo { valore: String },
    /// Words between fields.
    Nota,
}

/// An item of a group.
#[derive(Debug, Clone)]
pub struct Voce {
    /// Its heading, such as `Componente 2`.
    pub titolo: String,
    /// Whether it may be taken away.
    pub si_toglie: bool,
    /// Its fields.
    pub campi: Vec<CampoVista>,
}

/// One line of text of some kind.
#[derive(Debug, Clone, Default)]
pub struct Riga {
    /// Kind of input.
    pub tipo: &'static str,
    /// What was written.
    pub valore: String,
    /// Characters, at most; 0 = no limit of the page.
    pub massimo: u32,
    /// What browsers may fill in.
    pub completamento: &'static str,
    /// Further attributes.
    pub altro: &'static str,
}

impl Riga {
    /// Characters, at most; a template takes numbers from calls only.
    pub fn limite(&self) -> u32 {
        self.massimo
    }
}

impl CampoVista {
    /// Its name in the form, as the buttons beside it say it.
    pub fn campo(&self) -> &str {
        self.nome.strip_prefix(PREFISSO).unwrap_or(&self.nome).split('.').next().unwrap_or_default()
    }

    /// Id of the suggestions beside a text.
    pub fn lista(&self) -> String {
        format!("lista-{}", self.nome)
    }

    /// The paragraphs of its words.
    pub fn paragrafi(&self) -> impl Iterator<Item = &str> {
        paragrafi(&self.etichetta)
    }
}

/// The paragraphs of a text.
pub fn paragrafi(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(str::trim).filter(|paragraph| !paragraph.is_empty())
}

/// What the widgets of a step are made from.
pub struct Quadro<'a> {
    /// The form.
    pub modulo: &'a Modulo,
    /// Limits of files of the service.
    pub limiti: LimitiAllegati,
    /// Answers as written.
    pub valori: &'a Map<String, Value>,
    /// What is right of them.
    pub esame: &'a Esame,
    /// Files by id.
    pub file: &'a BTreeMap<String, FileCaricato>,
    /// What is wrong, by the names of the page.
    pub errori: &'a [ErroreCampo],
    /// Today in Rome.
    pub oggi: Date,
}

/// The name in the page for a path of the domain: `modulo.figli[0].nome` is `m.figli.0.nome`.
pub fn nome_html(path: &str) -> String {
    let rest = path.strip_prefix("modulo.").unwrap_or(path);
    format!("{PREFISSO}{}", rest.replace('[', ".").replace(']', ""))
}

/// A field inside a group: the fields beside it, the answers of its item, those that are right.
#[derive(Clone, Copy)]
struct Dentro<'a> {
    campi: &'a [Campo],
    valori: &'a Map<String, Value>,
    validi: &'a Map<String, Value>,
}

impl Quadro<'_> {
    /// The widgets of the fields of a step.
    pub fn passo(&self, indice: usize) -> Vec<CampoVista> {
        let campi = self.modulo.passi.get(indice).map_or(&[][..], |passo| &passo.campi);
        let guide = guide(campi);
        let draw = |campo: &Campo| self.campo(campo, &format!("{PREFISSO}{}", campo.nome), None, &guide);
        campi.iter().enumerate().map(|(index, campo)| distingui(draw(campo), index)).collect()
    }

    /// Whether a field of the form is there.
    pub fn visibile(&self, campo: &Campo) -> bool {
        self.esiste(campo, None)
    }

    fn esiste(&self, campo: &Campo, dentro: Option<Dentro<'_>>) -> bool {
        let voce = dentro.map(|dentro| (dentro.campi, dentro.validi));
        let ambito = Ambito { modulo: self.modulo, valori: &self.esame.valori, voce, oggi: self.oggi };
        campo.se.as_ref().is_none_or(|se| se.vale(&ambito) == Some(true))
    }

    fn campo(&self, campo: &Campo, nome: &str, dentro: Option<Dentro<'_>>, guide: &Guide) -> CampoVista {
        let valore = dentro.map_or(self.valori, |dentro| dentro.valori).get(&campo.nome);
        let mut aiuto = campo.aiuto.clone().unwrap_or_default();
        let forma = self.forma(campo, nome, valore, dentro, &mut aiuto);
        let etichetta = match &campo.tipo {
            TipoCampo::Numero { unita: Some(unita), .. } => format!("{} ({unita})", campo.etichetta),
            TipoCampo::Importo { .. } => format!("{} (€)", campo.etichetta),
            _ => campo.etichetta.clone(),
        };
        CampoVista {
            errore: crate::layout::errore_di(self.errori, nome).to_owned(),
            nome: nome.to_owned(),
            etichetta,
            aiuto,
            obbligatorio: !campo.facoltativo && campo.tipo != TipoCampo::Casella,
            visibile: self.esiste(campo, dentro),
            controlla: guide.condizioni.contains(&campo.nome),
            calcola: guide.calcoli.contains(&campo.nome),
            forma,
        }
    }

    fn forma(
        &self,
        campo: &Campo,
        nome: &str,
        valore: Option<&Value>,
        dentro: Option<Dentro<'_>>,
        aiuto: &mut String,
    ) -> Forma {
        match &campo.tipo {
            TipoCampo::TestoLungo { massimo, .. } => Forma::Area { valore: testo(valore), massimo: *massimo },
            TipoCampo::Scelta { opzioni } => scelta(campo, opzioni, &testo(valore), aiuto),
            TipoCampo::Scelte { opzioni, .. } => {
                let list = valore.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let scelti = list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect();
                Forma::Caselle { opzioni: voci(opzioni), scelti }
            }
            TipoCampo::Casella => Forma::Casella { spuntata: valore == Some(&Value::Bool(true)) },
            TipoCampo::Dichiarazione { articolo } => {
                let articolo = match articolo {
                    Articolo::Certificazione => t("modulo-articolo-46"),
                    Articolo::Notorieta => t("modulo-articolo-47"),
                    Articolo::PresaVisione => t("modulo-presa-visione"),
                };
                Forma::Dichiarazione { articolo, spuntata: valore == Some(&Value::Bool(true)) }
            }
            TipoCampo::Indirizzo => Forma::Indirizzo { parti: self.indirizzo(campo, nome, valore) },
            TipoCampo::Allegato { .. } => self.file(campo, valore, aiuto),
            TipoCampo::Gruppo { .. } => self.gruppo(campo, nome, valore),
            TipoCampo::Calcolo { decimali, unita, .. } => {
                let validi = dentro.map_or(&self.esame.valori, |dentro| dentro.validi);
                let number = validi.get(&campo.nome).and_then(|v| Decimale::da_numero(v.as_number()?));
                let words = number.map(|number| number.italiano(*decimali)).unwrap_or_default();
                let unita = unita.as_deref().filter(|_| !words.is_empty()).unwrap_or_default();
                Forma::Calcolo { valore: format!("{words} {unita}").trim().to_owned() }
            }
            TipoCampo::Nota => Forma::Nota,
            _ => Forma::Riga(riga(campo, valore, aiuto)),
        }
    }

    fn indirizzo(&self, campo: &Campo, nome: &str, valore: Option<&Value>) -> Vec<CampoVista> {
        let part = |key: &'static str| {
            let nome = format!("{nome}.{key}");
            let (massimo, completamento, altro) = match key {
                "via" => (100, "street-address", ""),
                "civico" => (20, "off", ""),
                "cap" => (5, "postal-code", r#"inputmode="numeric""#),
                "comune" => (100, "address-level2", ""),
                _ => (2, "address-level1", r#"autocapitalize="characters""#),
            };
            CampoVista {
                errore: crate::layout::errore_di(self.errori, &nome).to_owned(),
                nome,
                etichetta: t(&format!("modulo-{key}")),
                aiuto: if key == "provincia" { t("modulo-provincia-aiuto") } else { String::new() },
                obbligatorio: !campo.facoltativo,
                visibile: true,
                controlla: false,
                calcola: false,
                forma: Forma::Riga(Riga {
                    tipo: "text",
                    valore: testo(valore.and_then(|v| v.get(key))),
                    massimo,
                    completamento,
                    altro,
                }),
            }
        };
        INDIRIZZO.into_iter().map(part).collect()
    }

    fn file(&self, campo: &Campo, valore: Option<&Value>, aiuto: &mut String) -> Forma {
        let TipoCampo::Allegato { formati, massimo, megabyte, posizione } = &campo.tipo else { return Forma::Nota };
        let (formati, massimo) = (formati.as_slice(), *massimo);
        let formati = if formati.is_empty() { &FormatoFile::ORDINARI[..] } else { formati };
        let names: Vec<&str> = formati.iter().map(|formato| formato.nome()).collect();
        let (max, mega) = (massimo.to_string(), megabyte.unwrap_or(self.limiti.megabyte).to_string());
        let key = if massimo == 1 { "modulo-file-aiuto" } else { "modulo-file-aiuto-molti" };
        let own = ta(key, &[("massimo", &max), ("formati", &names.join(", ")), ("megabyte", &mega)]);
        aggiungi(aiuto, &own);
        if formati.iter().any(|formato| formato.ha_posizione()) {
            aggiungi(
                aiuto,
                &t(match posizione {
                    PosizioneFoto::Togli => "modulo-file-posizione-togli",
                    PosizioneFoto::Mantieni => "modulo-file-posizione-mantieni",
                }),
            );
        }
        let file: Vec<FileCaricato> =
            ids(valore).iter().filter_map(|id| self.file.get(&id.to_string()).cloned()).collect();
        Forma::File {
            campo: campo.nome.clone(),
            accetta: formati.iter().map(|formato| accetta(*formato)).collect::<Vec<_>>().join(","),
            altri: file.len() < massimo as usize,
            multiplo: massimo > 1,
            file,
        }
    }

    fn gruppo(&self, campo: &Campo, nome: &str, valore: Option<&Value>) -> Forma {
        let TipoCampo::Gruppo { voce, minimo, massimo, campi } = &campo.tipo else { return Forma::Nota };
        let empty = Map::new();
        let items = valore.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let good = self.esame.valori.get(&campo.nome).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let quante = items.len().max(*minimo as usize).min(*massimo as usize);
        let guide = guide(campi);
        let item = |index: usize| {
            let of = |list: &'_ [Value]| {
                list.get(index).and_then(Value::as_object).cloned().unwrap_or_else(|| empty.clone())
            };
            let (valori, validi) = (of(items), of(good));
            let dentro = Dentro { campi, valori: &valori, validi: &validi };
            let draw = |(at, interno): (usize, &Campo)| {
                distingui(self.campo(interno, &format!("{nome}.{index}.{}", interno.nome), Some(dentro), &guide), at)
            };
            Voce {
                titolo: ta("modulo-voce", &[("voce", voce), ("numero", &(index + 1).to_string())]),
                si_toglie: quante > *minimo as usize,
                campi: campi.iter().enumerate().map(draw).collect(),
            }
        };
        Forma::Gruppo {
            campo: campo.nome.clone(),
            conto: format!("{CONTO}{}", campo.nome),
            voce: voce.clone(),
            voci: (0..quante).map(item).collect(),
            altre: quante < *massimo as usize,
        }
    }
}

/// A note has no name of its own: without one, two notes would share an id.
fn distingui(mut vista: CampoVista, index: usize) -> CampoVista {
    if matches!(vista.forma, Forma::Nota) {
        vista.nome = format!("{}nota{index}", vista.nome);
    }
    vista
}

/// Names of the fields on which others of the page depend.
#[derive(Debug, Default)]
struct Guide {
    /// By a condition.
    condizioni: BTreeSet<String>,
    /// By a computed number; of a sum over a group, the group.
    calcoli: BTreeSet<String>,
}

fn guide(campi: &[Campo]) -> Guide {
    let (mut names, mut calcoli) = (BTreeSet::new(), BTreeSet::new());
    for campo in campi {
        if let TipoCampo::Calcolo { formula, .. } = &campo.tipo {
            calcoli.extend(formula.nomi().into_iter().filter_map(|nome| nome.split('.').next()).map(str::to_owned));
        }
        let inner = campo.campi().iter().filter_map(|campo| campo.se.as_ref());
        for se in campo.se.iter().chain(inner) {
            se.visita(&mut |nome, confronto| {
                names.insert(nome.to_owned());
                names.extend(confronto.altro_campo().map(str::to_owned));
            });
        }
    }
    Guide { condizioni: names, calcoli }
}

fn voci(opzioni: &[domain::modulo::Opzione]) -> Vec<Opzione> {
    opzioni.iter().map(|o| Opzione::new(o.valore.as_str(), o.testo.as_str())).collect()
}

fn scelta(campo: &Campo, opzioni: &[domain::modulo::Opzione], valore: &str, aiuto: &mut String) -> Forma {
    let mut list = voci(opzioni);
    match aspetto(list.len()) {
        Aspetto::Radio => {
            // A radio once chosen cannot be unchosen: who need not answer gets a choice for that.
            if campo.facoltativo {
                list.push(Opzione::new("", t("modulo-nessuna")));
            }
            Forma::Radio { opzioni: list, valore: valore.to_owned() }
        }
        Aspetto::Tendina => Forma::Tendina { opzioni: list, valore: valore.to_owned() },
        Aspetto::Ricerca => {
            aggiungi(aiuto, &t("modulo-scrivi-e-scegli"));
            let known = opzioni.iter().find(|o| o.valore == valore);
            let shown = known.map_or(valore, |o| o.testo.as_str()).to_owned();
            Forma::Ricerca { opzioni: list, valore: shown }
        }
    }
}

fn riga(campo: &Campo, valore: Option<&Value>, aiuto: &mut String) -> Riga {
    const CODICE: &str = r#"autocapitalize="characters" spellcheck="false""#;
    let riga = Riga { tipo: "text", valore: testo(valore), completamento: "off", ..Riga::default() };
    match &campo.tipo {
        TipoCampo::Testo { massimo, formato, .. } => {
            let (massimo, altro) = match formato {
                Some(FormatoTesto::Targa) => (15, CODICE),
                Some(FormatoTesto::Cap) => (5, r#"inputmode="numeric""#),
                Some(FormatoTesto::Protocollo) => (20, ""),
                None => (*massimo, ""),
            };
            Riga { massimo, altro, completamento: "", ..riga }
        }
        TipoCampo::Numero { decimali: 0, .. } | TipoCampo::PartitaIva => {
            Riga { massimo: 20, altro: r#"inputmode="numeric""#, ..riga }
        }
        TipoCampo::Numero { .. } => Riga { massimo: 20, altro: r#"inputmode="decimal""#, ..riga },
        TipoCampo::Importo { .. } => {
            Riga { massimo: 20, altro: r#"inputmode="decimal""#, valore: importo(&riga.valore), ..riga }
        }
        TipoCampo::Data { .. } => {
            aggiungi(aiuto, &t("modulo-data-aiuto"));
            Riga { tipo: "date", ..riga }
        }
        TipoCampo::CodiceFiscale => Riga { massimo: 20, altro: CODICE, ..riga },
        TipoCampo::Iban => Riga { massimo: 42, altro: CODICE, ..riga },
        TipoCampo::Email => Riga { tipo: "email", massimo: 254, completamento: "email", ..riga },
        TipoCampo::Telefono => Riga { tipo: "tel", massimo: 20, completamento: "tel", ..riga },
        _ => riga,
    }
}

/// Adds a sentence of ours to the help of a field.
fn aggiungi(aiuto: &mut String, frase: &str) {
    if !aiuto.is_empty() {
        aiuto.push(' ');
    }
    aiuto.push_str(frase);
}

/// A stored answer as text.
fn testo(valore: Option<&Value>) -> String {
    match valore {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string().replace('.', ","),
        _ => String::new(),
    }
}

/// An amount of ours (`1234.50`) with the comma; what someone wrote stays as it is.
fn importo(text: &str) -> String {
    match text.split_once('.') {
        Some((euro, cent)) if cent.len() == 2 && euro.bytes().chain(cent.bytes()).all(|b| b.is_ascii_digit()) => {
            format!("{euro},{cent}")
        }
        _ => text.to_owned(),
    }
}

/// What the file chooser offers; what is accepted is decided from the bytes.
fn accetta(formato: FormatoFile) -> &'static str {
    match formato {
        FormatoFile::P7m => ".p7m",
        FormatoFile::Heic => "image/heic,image/heif",
        FormatoFile::Odt => ".odt",
        FormatoFile::Docx => ".docx",
        FormatoFile::Txt => ".txt",
        other => other.media_type(),
    }
}
