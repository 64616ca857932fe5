//! A row of a list, as JSON brings it.

use super::PraticaRow;
use super::query::PraticaConStoria;
use crate::json::truth;
use crate::pools::Dialect;
use crate::sql::bad;
use crate::storia::PassoInJson;
use domain::allegato::Impronta;
use domain::ids::{PersonaId, PraticaId};
use domain::pratica::{StatoPratica, TipoPratica};
use domain::registro::Protocollo;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::serde::timestamp::microsecond;
use serde::Deserialize;
use sqlx::Error;

/// The columns, in the order of the fields of [`InJson`]. Lists show no map: coordinates are left out, for writing one as
/// text with all its digits takes longer than reading the rest of the row.
const COLUMNS: [&str; 24] = [
    "id",
    "codice",
    "tipo",
    "stato",
    "titolare",
    "richiedente",
    "titolo",
    "oggetto",
    "ufficio",
    "riservato",
    "servizio",
    "categoria",
    "registro",
    "anno",
    "numero",
    "protocollata_il",
    "impronta",
    "inviata_il",
    "aggiornata_il",
    "scadenza",
    "operatore",
    "conclusa_il",
    "posizione",
    "ultima",
];

/// The array of a row of `p`; `passi` is the expression of its steps.
pub(super) fn columns(dialect: Dialect, passi: String) -> String {
    let mut all: Vec<String> = COLUMNS.iter().map(|name| format!("p.{name}")).collect();
    all.push(passi);
    dialect.array(&all)
}

/// A row, field by field in the order of [`COLUMNS`], then its steps.
#[derive(Deserialize)]
pub(super) struct InJson {
    id: PraticaId,
    codice: String,
    tipo: TipoPratica,
    stato: StatoPratica,
    titolare: PersonaId,
    richiedente: Option<String>,
    titolo: Option<String>,
    oggetto: String,
    ufficio: String,
    #[serde(deserialize_with = "truth")]
    riservato: bool,
    servizio: Option<String>,
    categoria: Option<String>,
    registro: Option<String>,
    anno: Option<i16>,
    numero: Option<u64>,
    #[serde(with = "microsecond::optional")]
    protocollata_il: Option<Timestamp>,
    impronta: Option<Impronta>,
    #[serde(with = "microsecond::required")]
    inviata_il: Timestamp,
    #[serde(with = "microsecond::required")]
    aggiornata_il: Timestamp,
    scadenza: Option<Date>,
    operatore: Option<String>,
    #[serde(with = "microsecond::optional")]
    conclusa_il: Option<Timestamp>,
    posizione: u64,
    ultima: u64,
    passi: Option<Vec<PassoInJson>>,
}

impl InJson {
    pub(super) fn row(self) -> Result<PraticaConStoria, Error> {
        let protocollo = match (self.registro, self.anno, self.numero, self.protocollata_il, self.impronta) {
            (None, ..) => None,
            (Some(registro), Some(anno), Some(numero), Some(data), Some(impronta)) => {
                Some(Protocollo { registro, anno, numero, data, impronta })
            }
            (Some(registro), ..) => return Err(bad("registro", registro)),
        };
        let pratica = PraticaRow {
            id: self.id,
            codice: self.codice,
            tipo: self.tipo,
            stato: self.stato,
            titolare: self.titolare,
            richiedente: self.richiedente,
            titolo: self.titolo,
            oggetto: self.oggetto,
            ufficio: self.ufficio,
            riservato: self.riservato,
            servizio: self.servizio,
            categoria: self.categoria,
            da_pratica: None,
            protocollo,
            inviata_il: self.inviata_il,
            aggiornata_il: self.aggiornata_il,
            scadenza: self.scadenza,
            operatore: self.operatore,
            conclusa_il: self.conclusa_il,
            latitudine: None,
            longitudine: None,
            prima: None,
            posizione: self.posizione,
            ultima: self.ultima,
        };
        let mut passi: Vec<_> =
            self.passi.unwrap_or_default().into_iter().map(|passo| passo.step(pratica.id)).collect();
        passi.sort_unstable_by_key(|passo| passo.posizione);
        Ok(PraticaConStoria { pratica, passi })
    }
}
