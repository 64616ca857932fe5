//! YAML as a tree whose every node knows its line. JSON is YAML too.

use crate::errore::Errore;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

/// Bytes of a file, at most.
pub const MASSIMO_BYTE: usize = 256 * 1024;
/// Lists and maps within each other, at most. The language needs twelve.
pub const MASSIMO_PROFONDITA: usize = 24;
/// Values of a file, at most.
pub const MASSIMO_NODI: usize = 20_000;

/// A value and where it begins.
#[derive(Debug)]
pub(crate) struct Nodo {
    pub riga: usize,
    pub colonna: usize,
    pub valore: Valore,
}

/// What stands there.
#[derive(Debug)]
pub(crate) enum Valore {
    /// Text, and whether it stood without quotes: then it may be a number, yes or no, or nothing.
    Scalare {
        testo: String,
        nudo: bool,
    },
    Lista(Vec<Nodo>),
    Mappa(Vec<(Chiave, Nodo)>),
}

/// A key and where it stands.
#[derive(Debug)]
pub(crate) struct Chiave {
    pub riga: usize,
    pub colonna: usize,
    pub nome: String,
}

/// Reads a file of one document.
pub(crate) fn leggi(text: &str) -> Result<Nodo, Errore> {
    if text.len() > MASSIMO_BYTE {
        return Err(al(1, 1, "troppo-grande", "Il file è troppo grande: il massimo è 256 KiB."));
    }
    // A byte order mark is what some editors write first.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut costruttore = Costruttore::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let (riga, colonna) = posto(error.marker());
            al(riga, colonna, "yaml", format!("YAML non valido: {}.", error.info()))
        })?;
        costruttore.prendi(event, span)?;
    }
    costruttore.radice.ok_or_else(|| al(1, 1, "vuoto", "Il file è vuoto."))
}

fn posto(marker: &Marker) -> (usize, usize) {
    (marker.line(), marker.col() + 1)
}

fn al(riga: usize, colonna: usize, codice: &'static str, messaggio: impl Into<String>) -> Errore {
    Errore { riga, colonna, percorso: String::new(), codice, messaggio: messaggio.into() }
}

/// Builds the tree without recursion: depth is counted before anything is walked.
#[derive(Default)]
struct Costruttore {
    aperti: Vec<(Nodo, Option<Chiave>)>,
    radice: Option<Nodo>,
    nodi: usize,
    documenti: usize,
}

impl Costruttore {
    fn prendi(&mut self, event: Event<'_>, span: Span) -> Result<(), Errore> {
        let (riga, colonna) = posto(&span.start);
        let nodo = |valore| Nodo { riga, colonna, valore };
        let anchored = |anchor: usize| {
            if anchor == 0 {
                return Ok(());
            }
            Err(al(riga, colonna, "ancora", "Le ancore (&) non si usano: scrivere il valore per intero."))
        };
        match event {
            Event::Alias(_) => {
                Err(al(riga, colonna, "ancora", "I rimandi (*) non si usano: scrivere il valore per intero."))
            }
            Event::DocumentStart(_) => {
                self.documenti += 1;
                if self.documenti > 1 {
                    return Err(al(riga, colonna, "documenti", "Un file contiene un solo documento: togliere «---»."));
                }
                Ok(())
            }
            Event::Scalar(testo, stile, anchor, tag) => {
                anchored(anchor)?;
                senza_tag(tag.is_some(), riga, colonna)?;
                let nudo = stile == ScalarStyle::Plain;
                self.metti(nodo(Valore::Scalare { testo: testo.into_owned(), nudo }))
            }
            Event::SequenceStart(anchor, tag) => {
                anchored(anchor)?;
                senza_tag(tag.is_some(), riga, colonna)?;
                self.apri(nodo(Valore::Lista(Vec::new())))
            }
            Event::MappingStart(anchor, tag) => {
                anchored(anchor)?;
                senza_tag(tag.is_some(), riga, colonna)?;
                self.apri(nodo(Valore::Mappa(Vec::new())))
            }
            Event::SequenceEnd | Event::MappingEnd => match self.aperti.pop() {
                Some((nodo, _)) => self.metti(nodo),
                None => Ok(()),
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn apri(&mut self, nodo: Nodo) -> Result<(), Errore> {
        if self.aperti.len() >= MASSIMO_PROFONDITA {
            return Err(al(nodo.riga, nodo.colonna, "profondita", "Troppi livelli uno dentro l'altro."));
        }
        // A list or map where a key belongs ends up in `metti`, which refuses it.
        self.aperti.push((nodo, None));
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn metti(&mut self, nodo: Nodo) -> Result<(), Errore> {
        self.nodi += 1;
        if self.nodi > MASSIMO_NODI {
            return Err(al(nodo.riga, nodo.colonna, "troppo-grande", "Il file contiene troppi valori."));
        }
        let Some((padre, chiave)) = self.aperti.last_mut() else {
            self.radice = Some(nodo);
            return Ok(());
        };
        match (&mut padre.valore, chiave.take()) {
            (Valore::Lista(lista), _) => lista.push(nodo),
            (Valore::Mappa(mappa), Some(nome)) => mappa.push((nome, nodo)),
            (Valore::Mappa(mappa), None) => {
                let Nodo { riga, colonna, valore } = nodo;
                let Valore::Scalare { testo: nome, .. } = valore else {
                    return Err(al(riga, colonna, "chiave", "Una chiave è una parola."));
                };
                if mappa.iter().any(|(altra, _)| altra.nome == nome) {
                    return Err(al(
                        riga,
                        colonna,
                        "ripetuto",
                        format!("La chiave «{nome}» c'è già: tenerne una sola."),
                    ));
                }
                *chiave = Some(Chiave { riga, colonna, nome });
            }
            (Valore::Scalare { .. }, _) => {}
        }
        Ok(())
    }
}

fn senza_tag(tag: bool, riga: usize, colonna: usize) -> Result<(), Errore> {
    if tag { Err(al(riga, colonna, "tag", "I tag (!) non si usano: toglierlo.")) } else { Ok(()) }
}

impl Nodo {
    pub fn figlio(&self, nome: &str) -> Option<(&Chiave, &Nodo)> {
        match &self.valore {
            Valore::Mappa(mappa) => mappa.iter().find(|(chiave, _)| chiave.nome == nome).map(|(c, n)| (c, n)),
            _ => None,
        }
    }

    fn lista(&self) -> &[Nodo] {
        match &self.valore {
            Valore::Lista(lista) => lista,
            _ => &[],
        }
    }

    /// What stands at a path such as `modulo.passi[].campi[]`, each with its own path; nothing where it is not so.
    pub fn voci(&self, percorso: &str) -> Vec<(String, &Nodo)> {
        let mut voci = vec![(String::new(), self)];
        for parte in percorso.split('.') {
            let nome = parte.trim_end_matches("[]");
            let figli = voci.into_iter().filter_map(|(dove, nodo)| {
                let dove = if dove.is_empty() { nome.to_owned() } else { format!("{dove}.{nome}") };
                nodo.figlio(nome).map(|(_, figlio)| (dove, figlio))
            });
            voci =
                if parte == nome { figli.collect() } else { figli.flat_map(|(dove, n)| elementi(&dove, n)).collect() };
        }
        voci
    }

    /// An error at the place of a path, or of the nearest thing above it that is there.
    pub fn errore(&self, percorso: &str, codice: &'static str, messaggio: String) -> Errore {
        self.posto(Errore { riga: 0, colonna: 0, percorso: percorso.to_owned(), codice, messaggio })
    }

    /// Puts line and column to an error that has only a path.
    pub fn posto(&self, mut errore: Errore) -> Errore {
        if errore.riga > 0 {
            return errore;
        }
        let mut nodo = self;
        (errore.riga, errore.colonna) = (nodo.riga, nodo.colonna);
        for part in errore.percorso.split(['.', '[', ']']).filter(|part| !part.is_empty()) {
            let next = match (&nodo.valore, part.parse::<usize>()) {
                (Valore::Lista(lista), Ok(index)) => lista.get(index).map(|n| (n.riga, n.colonna, n)),
                _ => nodo.figlio(part).map(|(chiave, n)| (chiave.riga, chiave.colonna, n)),
            };
            let Some((riga, colonna, found)) = next else { break };
            (errore.riga, errore.colonna, nodo) = (riga, colonna, found);
        }
        errore
    }
}

/// The items of a list with their paths.
fn elementi<'a>(dove: &str, nodo: &'a Nodo) -> Vec<(String, &'a Nodo)> {
    nodo.lista().iter().enumerate().map(|(index, voce)| (format!("{dove}[{index}]"), voce)).collect()
}
