//! Fields and conditions as files write them: all keys in one place, turned into the typed forms with an Italian reason
//! when a key does not belong.

use super::condizione::{Condizione, Confronto, Letterale, Operando};
use super::decimale::Decimale;
use super::formula::Formula;
use super::giorno::Giorno;
use super::limiti;
use super::lingua::{Articolo, Campo, Fonte, FormatoFile, FormatoTesto, Opzione, PosizioneFoto, Tipo, TipoCampo};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A field with the keys of every type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Campo")]
pub struct CampoGrezzo {
    /// Name: a small letter, then letters and digits. A note may go without.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    nome: String,
    /// What it holds.
    tipo: Tipo,
    /// Label, question or statement; the text of a note.
    etichetta: String,
    /// Help under the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aiuto: Option<String>,
    /// May stay empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    facoltativo: bool,
    /// The field exists only then; looks at fields that come before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    se: Option<Condizione>,
    /// Where its first value comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    precompila: Option<Fonte>,
    /// Least: characters, number, day, choices, items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minimo: Option<Letterale>,
    /// Greatest: characters, number, day, choices, files, items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    massimo: Option<Letterale>,
    /// Shape of a line of text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formato: Option<FormatoTesto>,
    /// Decimals of a number, 0 to 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decimali: Option<u8>,
    /// Unit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unita: Option<String>,
    /// Values of a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opzioni: Option<Vec<Opzione>>,
    /// Article of a statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    articolo: Option<Articolo>,
    /// Formats of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formati: Option<Vec<FormatoFile>>,
    /// Megabytes of one file, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    megabyte: Option<u32>,
    /// What becomes of the place where a photograph was taken: `togli` (without it) or `mantieni`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    posizione: Option<PosizioneFoto>,
    /// Name of one item of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    voce: Option<String>,
    /// Fields of an item of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    campi: Option<Vec<Campo>>,
    /// How a computed field is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Formula>,
}

impl CampoGrezzo {
    /// The keys that were given, of those only some types have.
    fn date(&self) -> Vec<&'static str> {
        [
            ("minimo", self.minimo.is_some()),
            ("massimo", self.massimo.is_some()),
            ("formato", self.formato.is_some()),
            ("decimali", self.decimali.is_some()),
            ("unita", self.unita.is_some()),
            ("opzioni", self.opzioni.is_some()),
            ("articolo", self.articolo.is_some()),
            ("formati", self.formati.is_some()),
            ("megabyte", self.megabyte.is_some()),
            ("posizione", self.posizione.is_some()),
            ("voce", self.voce.is_some()),
            ("campi", self.campi.is_some()),
            ("formula", self.formula.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect()
    }
}

/// Keys of a type beside the common ones.
fn chiavi(tipo: Tipo) -> &'static [&'static str] {
    match tipo {
        Tipo::Testo => &["minimo", "massimo", "formato"],
        Tipo::TestoLungo | Tipo::Importo | Tipo::Data => &["minimo", "massimo"],
        Tipo::Numero => &["minimo", "massimo", "decimali", "unita"],
        Tipo::Scelta => &["opzioni"],
        Tipo::Scelte => &["opzioni", "minimo", "massimo"],
        Tipo::Dichiarazione => &["articolo"],
        Tipo::Allegato => &["formati", "massimo", "megabyte", "posizione"],
        Tipo::Gruppo => &["voce", "minimo", "massimo", "campi"],
        Tipo::Calcolo => &["formula", "decimali", "unita"],
        Tipo::Casella
        | Tipo::CodiceFiscale
        | Tipo::PartitaIva
        | Tipo::Iban
        | Tipo::Email
        | Tipo::Telefono
        | Tipo::Indirizzo
        | Tipo::Nota => &[],
    }
}

/// The word of a type, as files write it.
fn parola(tipo: Tipo) -> String {
    serde_json::to_value(tipo).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn manca(tipo: Tipo, key: &str) -> String {
    format!("Manca «{key}»: serve a un campo di tipo «{}».", parola(tipo))
}

impl TryFrom<CampoGrezzo> for Campo {
    type Error = String;

    fn try_from(grezzo: CampoGrezzo) -> Result<Self, String> {
        let allowed = chiavi(grezzo.tipo);
        if let Some(key) = grezzo.date().into_iter().find(|key| !allowed.contains(key)) {
            return Err(format!("«{key}» non si usa in un campo di tipo «{}»: toglierlo.", parola(grezzo.tipo)));
        }
        if grezzo.nome.is_empty() && grezzo.tipo != Tipo::Nota {
            return Err("Manca «nome»: ogni campo ha il suo.".into());
        }
        let CampoGrezzo { nome, etichetta, aiuto, facoltativo, se, precompila, .. } = grezzo.clone();
        Ok(Self { nome, etichetta, aiuto, facoltativo, se, precompila, tipo: tipo_di(grezzo)? })
    }
}

fn tipo_di(grezzo: CampoGrezzo) -> Result<TipoCampo, String> {
    let tipo = grezzo.tipo;
    let least = i64::from(!grezzo.facoltativo);
    let (minimo, massimo) = (grezzo.minimo.as_ref(), grezzo.massimo.as_ref());
    Ok(match tipo {
        Tipo::Testo => TipoCampo::Testo {
            minimo: conta("minimo", minimo)?.unwrap_or(least as u32),
            massimo: conta("massimo", massimo)?.unwrap_or(limiti::TESTO),
            formato: grezzo.formato,
        },
        Tipo::TestoLungo => TipoCampo::TestoLungo {
            minimo: conta("minimo", minimo)?.unwrap_or(least as u32),
            massimo: conta("massimo", massimo)?.unwrap_or(limiti::TESTO_LUNGO),
        },
        Tipo::Numero => TipoCampo::Numero {
            minimo: numero("minimo", minimo)?,
            massimo: numero("massimo", massimo)?,
            decimali: grezzo.decimali.unwrap_or(0),
            unita: grezzo.unita,
        },
        Tipo::Importo => TipoCampo::Importo { minimo: numero("minimo", minimo)?, massimo: numero("massimo", massimo)? },
        Tipo::Data => TipoCampo::Data { minimo: giorno("minimo", minimo)?, massimo: giorno("massimo", massimo)? },
        Tipo::Scelta => TipoCampo::Scelta { opzioni: grezzo.opzioni.ok_or_else(|| manca(tipo, "opzioni"))? },
        Tipo::Scelte => TipoCampo::Scelte {
            minimo: conta("minimo", minimo)?,
            massimo: conta("massimo", massimo)?,
            opzioni: grezzo.opzioni.ok_or_else(|| manca(tipo, "opzioni"))?,
        },
        Tipo::Dichiarazione => {
            TipoCampo::Dichiarazione { articolo: grezzo.articolo.ok_or_else(|| manca(tipo, "articolo"))? }
        }
        Tipo::Allegato => TipoCampo::Allegato {
            massimo: conta("massimo", massimo)?.unwrap_or(1),
            formati: grezzo.formati.unwrap_or_else(|| FormatoFile::ORDINARI.to_vec()),
            megabyte: grezzo.megabyte,
            posizione: grezzo.posizione.unwrap_or_default(),
        },
        Tipo::Gruppo => TipoCampo::Gruppo {
            minimo: conta("minimo", minimo)?.unwrap_or(least as u32),
            massimo: conta("massimo", massimo)?.unwrap_or(limiti::VOCI),
            voce: grezzo.voce.ok_or_else(|| manca(tipo, "voce"))?,
            campi: grezzo.campi.ok_or_else(|| manca(tipo, "campi"))?,
        },
        Tipo::Calcolo => TipoCampo::Calcolo {
            formula: grezzo.formula.ok_or_else(|| manca(tipo, "formula"))?,
            decimali: grezzo.decimali.unwrap_or(0),
            unita: grezzo.unita,
        },
        Tipo::Casella => TipoCampo::Casella,
        Tipo::CodiceFiscale => TipoCampo::CodiceFiscale,
        Tipo::PartitaIva => TipoCampo::PartitaIva,
        Tipo::Iban => TipoCampo::Iban,
        Tipo::Email => TipoCampo::Email,
        Tipo::Telefono => TipoCampo::Telefono,
        Tipo::Indirizzo => TipoCampo::Indirizzo,
        Tipo::Nota => TipoCampo::Nota,
    })
}

fn conta(key: &str, valore: Option<&Letterale>) -> Result<Option<u32>, String> {
    let Some(valore) = valore else { return Ok(None) };
    let millesimi = match valore {
        Letterale::Numero(number) => number.millesimi(),
        _ => -1,
    };
    match u32::try_from(millesimi / 1000) {
        Ok(count) if millesimi >= 0 && millesimi % 1000 == 0 => Ok(Some(count)),
        _ => Err(format!("«{key}» deve essere un numero intero, da 0 in su.")),
    }
}

fn numero(key: &str, valore: Option<&Letterale>) -> Result<Option<Decimale>, String> {
    match valore {
        None => Ok(None),
        Some(Letterale::Numero(number)) => Ok(Some(*number)),
        Some(Letterale::Testo(text)) if Decimale::parse(text).is_some() => Ok(Decimale::parse(text)),
        Some(_) => Err(format!("«{key}» deve essere un numero, come 16 o 16.50.")),
    }
}

fn giorno(key: &str, valore: Option<&Letterale>) -> Result<Option<Giorno>, String> {
    match valore {
        None => Ok(None),
        Some(Letterale::Testo(text)) if Giorno::parse(text).is_some() => Ok(Giorno::parse(text)),
        Some(_) => Err(format!("«{key}» deve essere un giorno: 2026-11-22, oggi, oggi+30 o oggi-365.")),
    }
}

impl From<Campo> for CampoGrezzo {
    /// With every default spelled out: a definition that was stored keeps its meaning when defaults change.
    fn from(campo: Campo) -> Self {
        let Campo { nome, etichetta, aiuto, facoltativo, se, precompila, tipo } = campo;
        let mut grezzo = Self {
            nome,
            tipo: tipo.tipo(),
            etichetta,
            aiuto,
            facoltativo,
            se,
            precompila,
            minimo: None,
            massimo: None,
            formato: None,
            decimali: None,
            unita: None,
            opzioni: None,
            articolo: None,
            formati: None,
            megabyte: None,
            posizione: None,
            voce: None,
            campi: None,
            formula: None,
        };
        grezzo.riempi(tipo);
        grezzo
    }
}

impl CampoGrezzo {
    /// Puts the keys of a type.
    fn riempi(&mut self, tipo: TipoCampo) {
        let count = |n: u32| Decimale::intero(i64::from(n)).map(Letterale::Numero);
        match tipo {
            TipoCampo::Testo { minimo, massimo, formato } => {
                (self.minimo, self.massimo, self.formato) = (count(minimo), count(massimo), formato);
            }
            TipoCampo::TestoLungo { minimo, massimo } => (self.minimo, self.massimo) = (count(minimo), count(massimo)),
            TipoCampo::Numero { minimo, massimo, decimali, unita } => {
                (self.minimo, self.massimo) = (minimo.map(Letterale::Numero), massimo.map(Letterale::Numero));
                (self.decimali, self.unita) = (Some(decimali), unita);
            }
            TipoCampo::Importo { minimo, massimo } => {
                (self.minimo, self.massimo) = (minimo.map(Letterale::Numero), massimo.map(Letterale::Numero));
            }
            TipoCampo::Data { minimo, massimo } => {
                let text = |giorno: Giorno| Letterale::Testo(giorno.to_string());
                (self.minimo, self.massimo) = (minimo.map(text), massimo.map(text));
            }
            TipoCampo::Scelta { opzioni } => self.opzioni = Some(opzioni),
            TipoCampo::Scelte { opzioni, minimo, massimo } => {
                self.opzioni = Some(opzioni);
                (self.minimo, self.massimo) = (minimo.and_then(count), massimo.and_then(count));
            }
            TipoCampo::Dichiarazione { articolo } => self.articolo = Some(articolo),
            TipoCampo::Allegato { formati, massimo, megabyte, posizione } => {
                (self.formati, self.massimo, self.megabyte) = (Some(formati), count(massimo), megabyte);
                // Younger than the definitions that stand in logs: only what differs is written, or they would differ too.
                self.posizione = (posizione != PosizioneFoto::default()).then_some(posizione);
            }
            TipoCampo::Gruppo { voce, minimo, massimo, campi } => {
                (self.minimo, self.massimo) = (count(minimo), count(massimo));
                (self.voce, self.campi) = (Some(voce), Some(campi));
            }
            TipoCampo::Calcolo { formula, decimali, unita } => {
                (self.formula, self.decimali, self.unita) = (Some(formula), Some(decimali), unita);
            }
            TipoCampo::Casella
            | TipoCampo::CodiceFiscale
            | TipoCampo::PartitaIva
            | TipoCampo::Iban
            | TipoCampo::Email
            | TipoCampo::Telefono
            | TipoCampo::Indirizzo
            | TipoCampo::Nota => {}
        }
    }
}

/// A condition with the keys of every kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(rename = "Condizione")]
pub struct CondizioneGrezza {
    /// Name of the field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    campo: Option<String>,
    /// Has this value.
    #[serde(skip_serializing_if = "Option::is_none")]
    uguale: Option<Operando>,
    /// Has another value.
    #[serde(skip_serializing_if = "Option::is_none")]
    diverso: Option<Operando>,
    /// Has one of these values.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#in: Option<Vec<Letterale>>,
    /// Is filled in, or is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    presente: Option<bool>,
    /// Among the values chosen there is this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    contiene: Option<Letterale>,
    /// Less, or before.
    #[serde(skip_serializing_if = "Option::is_none")]
    minore: Option<Operando>,
    /// Not more, or not after.
    #[serde(skip_serializing_if = "Option::is_none")]
    minore_uguale: Option<Operando>,
    /// More, or after.
    #[serde(skip_serializing_if = "Option::is_none")]
    maggiore: Option<Operando>,
    /// Not less, or not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    maggiore_uguale: Option<Operando>,
    /// All hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    tutte: Option<Vec<Condizione>>,
    /// One at least holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    almeno_una: Option<Vec<Condizione>>,
    /// It does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    non: Option<Box<Condizione>>,
}

const UNA_SOLA: &str = "Una condizione ha «campo» e un solo confronto (uguale, diverso, in, presente, contiene, minore, \
                        minoreUguale, maggiore, maggioreUguale), oppure una sola tra tutte, almenoUna, non.";

impl TryFrom<CondizioneGrezza> for Condizione {
    type Error = String;

    fn try_from(grezza: CondizioneGrezza) -> Result<Self, String> {
        let confronti: Vec<Confronto> = [
            grezza.uguale.map(Confronto::Uguale),
            grezza.diverso.map(Confronto::Diverso),
            grezza.r#in.map(Confronto::In),
            grezza.presente.map(Confronto::Presente),
            grezza.contiene.map(Confronto::Contiene),
            grezza.minore.map(Confronto::Minore),
            grezza.minore_uguale.map(Confronto::MinoreUguale),
            grezza.maggiore.map(Confronto::Maggiore),
            grezza.maggiore_uguale.map(Confronto::MaggioreUguale),
        ]
        .into_iter()
        .flatten()
        .collect();
        let composte: Vec<Self> =
            [grezza.tutte.map(Self::Tutte), grezza.almeno_una.map(Self::AlmenoUna), grezza.non.map(Self::Non)]
                .into_iter()
                .flatten()
                .collect();
        match (grezza.campo, <[_; 1]>::try_from(confronti), <[_; 1]>::try_from(composte)) {
            (Some(campo), Ok([confronto]), Err(none)) if none.is_empty() => Ok(Self::Campo { campo, confronto }),
            (None, Err(none), Ok([composta])) if none.is_empty() => Ok(composta),
            _ => Err(UNA_SOLA.into()),
        }
    }
}

impl From<Condizione> for CondizioneGrezza {
    fn from(condizione: Condizione) -> Self {
        let mut grezza = Self::default();
        match condizione {
            Condizione::Tutte(parti) => grezza.tutte = Some(parti),
            Condizione::AlmenoUna(parti) => grezza.almeno_una = Some(parti),
            Condizione::Non(parte) => grezza.non = Some(parte),
            Condizione::Campo { campo, confronto } => {
                grezza.campo = Some(campo);
                match confronto {
                    Confronto::Uguale(o) => grezza.uguale = Some(o),
                    Confronto::Diverso(o) => grezza.diverso = Some(o),
                    Confronto::In(list) => grezza.r#in = Some(list),
                    Confronto::Presente(expected) => grezza.presente = Some(expected),
                    Confronto::Contiene(value) => grezza.contiene = Some(value),
                    Confronto::Minore(o) => grezza.minore = Some(o),
                    Confronto::MinoreUguale(o) => grezza.minore_uguale = Some(o),
                    Confronto::Maggiore(o) => grezza.maggiore = Some(o),
                    Confronto::MaggioreUguale(o) => grezza.maggiore_uguale = Some(o),
                }
            }
        }
        grezza
    }
}

impl JsonSchema for Condizione {
    fn schema_name() -> Cow<'static, str> {
        "Condizione".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        CondizioneGrezza::json_schema(generator)
    }
}
