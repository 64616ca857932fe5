//! Makes any text printable: a PDF/A may not contain a character without a glyph, and a receipt must never fail for one.

use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization as _;

/// Characters after which a run without spaces may be broken at the end of a line.
pub(crate) const MASSIMO_PAROLA: usize = 24;

/// Invisible place to break a line at.
pub(crate) const SPEZZA: char = '\u{200b}';

/// Text as it is printed: composed accents, plain line ends, and `[U+1F600]` in place of what no typeface can show, so that
/// the reader sees that something was there and what. Nothing that would reorder or hide text gets through.
pub(crate) fn stampabile(testo: &str, mostra: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(testo.len());
    let mut chars = testo.nfc().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{a0}' | '\u{202f}' | '\u{2007}' => out.push('\u{a0}'),
            '\u{2010}' | '\u{2011}' => out.push('-'),
            // They show nothing and change nothing that is read.
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => {}
            c if c.is_whitespace() => out.push(' '),
            c if mostra(c) => out.push(c),
            c => {
                // Writing to a string cannot fail.
                let _ = write!(out, "[U+{:04X}]", u32::from(c));
            }
        }
    }
    out
}

/// Lets long runs without spaces be broken, so that no name of a file or address runs off the page.
pub(crate) fn spezzabile(testo: &str) -> String {
    let mut out = String::with_capacity(testo.len());
    let mut run = 0;
    for c in testo.chars() {
        if c.is_whitespace() {
            run = 0;
        } else if run == MASSIMO_PAROLA {
            out.push(SPEZZA);
            run = 1;
        } else {
            run += 1;
        }
        out.push(c);
    }
    out
}
