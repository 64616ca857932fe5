//! Pages of lists: Relay's connections with opaque cursors and a total.

use crate::errors::coded;
use crate::{codes, limits};
use app::testi;
use async_graphql::connection::{Connection, CursorType, Edge};
use async_graphql::{OutputType, Result, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use projections::{Cursore, Elenco, Pagina};

/// What a list knows of itself besides its rows.
#[derive(SimpleObject)]
pub struct Totale {
    /// Rows of the whole list under the same filter, whatever the page.
    total_count: u64,
}

/// A page of a list.
pub(crate) type Page<T> = Connection<Cursor, T, Totale>;

/// Where the next page begins. Opaque to clients: its inside may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(u64);

impl CursorType for Cursor {
    type Error = &'static str;

    fn decode_cursor(text: &str) -> Result<Self, Self::Error> {
        const WRONG: &str = "not a cursor of this list";
        if text.len() > limits::MAX_CURSOR {
            return Err(WRONG);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| WRONG)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| WRONG)?;
        let digits = text.strip_prefix("p:").filter(|d| d.bytes().all(|b| b.is_ascii_digit())).ok_or(WRONG)?;
        digits.parse().map(Self).map_err(|_| WRONG)
    }

    fn encode_cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("p:{}", self.0))
    }
}

/// Reads `first` and `after`.
///
/// # Errors
/// `BAD_USER_INPUT` when `first` is not from 1 to [`limits::MAX_PAGE`] or `after` is no cursor.
pub(crate) fn pagina(first: Option<i32>, after: Option<&str>) -> Result<Pagina> {
    let primi = match first {
        None => limits::DEFAULT_PAGE,
        Some(first) => u32::try_from(first).ok().filter(|n| (1..=limits::MAX_PAGE).contains(n)).ok_or_else(|| {
            let max = [("max", limits::MAX_PAGE.to_string())];
            coded(codes::BAD_USER_INPUT, testi::testo(testi::ITALIANO, "api-pagina-non-valida", &max))
        })?,
    };
    let dopo = after
        .map(Cursor::decode_cursor)
        .transpose()
        .map_err(|_| coded(codes::BAD_USER_INPUT, testi::it("api-cursore-non-valido")))?;
    Ok(Pagina { primi, dopo: dopo.map(|cursor| cursor.0) })
}

/// Rows of a page, for the cost of a list; what is out of range costs as much as what is allowed, so that it is refused
/// for what it is.
pub(crate) fn cost(first: Option<i32>) -> usize {
    match first {
        None => limits::DEFAULT_PAGE as usize,
        Some(first) => first.clamp(1, limits::MAX_PAGE as i32) as usize,
    }
}

/// A connection from a page of rows.
pub(crate) fn connection<R: Cursore, T: OutputType>(
    elenco: Elenco<R>,
    pagina: Pagina,
    node: impl Fn(R) -> T,
) -> Page<T> {
    let total = Totale { total_count: elenco.totale };
    let mut page = Connection::with_additional_fields(pagina.dopo.is_some(), elenco.altre, total);
    page.edges.extend(elenco.righe.into_iter().map(|row| Edge::new(Cursor(row.cursore()), node(row))));
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_others_are_refused() {
        assert_eq!(Cursor::decode_cursor(&Cursor(u64::MAX).encode_cursor()), Ok(Cursor(u64::MAX)));
        let forged = [URL_SAFE_NO_PAD.encode("p:-1"), URL_SAFE_NO_PAD.encode("p:"), URL_SAFE_NO_PAD.encode("12")];
        for text in ["", "12", "%%", &"A".repeat(65)].into_iter().chain(forged.iter().map(String::as_str)) {
            assert!(Cursor::decode_cursor(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_page_has_from_one_to_a_hundred_rows() {
        assert_eq!(pagina(None, None).unwrap().primi, 20);
        assert_eq!(pagina(Some(100), None).unwrap().primi, 100);
        for first in [0, -1, 101, i32::MAX, i32::MIN] {
            assert!(pagina(Some(first), None).is_err(), "{first}");
            assert!((1..=100).contains(&cost(Some(first))));
        }
    }
}
