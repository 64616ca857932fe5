//! A case as a list brings it: one row with its last steps, all of it at hand.

use super::enums::{StatoPratica, TipoPratica};
use super::pratica::{Pratica, Source};
use crate::at_hand::{Asked, AtHand};
use crate::codes;
use crate::errors::coded;
use crate::limits::MAX_STEPS;
use crate::scalars::{Date, DateTime, Posizione};
use app::testi;
use async_graphql::parser::types::Field;
use async_graphql::resolver_utils::enum_value;
use async_graphql::{Lookahead, Result, ScalarType, SelectionField, Value};
use domain::ente::CodiceUfficio;
use projections::{PassoStoria, PraticaConStoria, PraticaRow};
use std::ops::Deref;

/// A row of a list.
pub(crate) struct Riga {
    con: PraticaConStoria,
    /// Steps that were asked for with the list.
    chiesti: u32,
}

impl Deref for Riga {
    type Target = PraticaRow;

    fn deref(&self) -> &PraticaRow {
        &self.con.pratica
    }
}

impl Riga {
    pub(super) fn new(con: PraticaConStoria, chiesti: u32) -> Self {
        Self { con, chiesti }
    }

    /// The last steps, when they came with the list.
    pub(super) fn passi(&self, ultimi: u32) -> Option<&[PassoStoria]> {
        let passi = &self.con.passi;
        (ultimi <= self.chiesti).then(|| &passi[passi.len().saturating_sub(ultimi as usize)..])
    }
}

/// Reads `ultimi`.
///
/// # Errors
/// `BAD_USER_INPUT` when it is not from 1 to [`MAX_STEPS`].
pub(super) fn passi(ultimi: Option<i32>) -> Result<Option<u32>> {
    let within = |n: i32| u32::try_from(n).ok().filter(|n| (1..=MAX_STEPS).contains(n));
    match ultimi {
        None => Ok(None),
        Some(n) => within(n).map(Some).ok_or_else(|| {
            let max = [("max", MAX_STEPS.to_string())];
            coded(codes::BAD_USER_INPUT, testi::testo(testi::ITALIANO, "api-passi-non-validi", &max))
        }),
    }
}

/// Steps that the cases of a list are asked for, wherever their history stands in the document; 0 when nobody asks.
pub(crate) fn passi_chiesti(pratiche: Lookahead<'_>) -> u32 {
    let nodes = [pratiche.field("nodes"), pratiche.field("edges").field("node")];
    let storie = nodes.iter().flat_map(|node| node.field("storia").selection_fields());
    let asked = |storia: SelectionField<'_>| {
        let arguments = storia.arguments().unwrap_or_default();
        let ultimi = arguments.into_iter().find(|(name, _)| name == "ultimi");
        // What is wrong is told by the field itself.
        let ultimi = ultimi.and_then(|(_, value)| match value {
            Value::Number(number) => u32::try_from(number.as_i64()?).ok(),
            _ => None,
        });
        ultimi.unwrap_or(MAX_STEPS).min(MAX_STEPS)
    };
    storie.map(asked).max().unwrap_or(0)
}

impl AtHand for Pratica {
    const TYPE: &'static str = "Pratica";

    fn field(&self, asked: &Asked<'_>, field: &Field) -> Option<Value> {
        let Source::Row(row) = &self.0 else { return None };
        Some(match field.name.node.as_str() {
            "id" => Value::from(row.id.to_string()),
            "codice" => Value::from(row.codice.as_str()),
            "tipo" => enum_value(TipoPratica::from(row.tipo)),
            "stato" => enum_value(StatoPratica::from(row.stato)),
            "oggetto" => Value::from(row.oggetto.as_str()),
            "titolo" => Value::from(row.titolo.clone()),
            "ufficio" => asked.object(field, &CodiceUfficio::new(row.ufficio.as_str()))?,
            "riservato" => Value::from(row.riservato),
            "protocollo" => asked.option(field, row.protocollo.as_ref())?,
            "inviataIl" => DateTime(row.inviata_il).to_value(),
            "aggiornataIl" => DateTime(row.aggiornata_il).to_value(),
            "scadenza" => row.scadenza.map_or(Value::Null, |day| Date(day).to_value()),
            "storia" => {
                let ultimi = asked.number(field, "ultimi", MAX_STEPS.into())?;
                let ultimi = u32::try_from(ultimi).ok().filter(|n| (1..=MAX_STEPS).contains(n))?;
                asked.list(field, row.passi(ultimi)?)?
            }
            "posizione" => Posizione(row.ultima).to_value(),
            _ => return None,
        })
    }
}
