//! The size of a document, known before anything walks it: brackets before it is parsed, depth and fields before the
//! library's visitors spread its fragments (which takes them exponential time when fragments hold fragments).

use crate::limits;
use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use std::collections::{HashMap, HashSet};

/// Why a document is not looked at further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    /// Nested too deep.
    Deep,
    /// Too many fields.
    Wide,
    /// A fragment that holds itself.
    Cycle,
}

#[derive(Debug, Clone, Copy, Default)]
struct Size {
    depth: usize,
    fields: usize,
}

/// Brackets within brackets of a text, those in strings and comments left out.
pub(crate) fn brackets(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut open, mut most) = (0, 0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'(' | b'[' => {
                open += 1;
                most = most.max(open);
            }
            b'}' | b')' | b']' => open = open.saturating_sub(1),
            b'#' => at = line_end(bytes, at),
            b'"' => at = string_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    most
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(bytes.len(), |n| from + n)
}

/// Index of the last byte of the string that begins at `from`; a string that does not end ends with its line, as for
/// the parser.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let block = bytes[from..].starts_with(b"\"\"\"");
    let mut at = from + if block { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if !block || bytes[at + 1..].starts_with(b"\"\"\"") => at += if block { 3 } else { 1 },
            b'"' if block && bytes[at..].starts_with(b"\"\"\"") => return at + 2,
            b'"' | b'\n' | b'\r' if !block => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Checks depth and fields of a parsed document, in time linear in its length; tells the fields.
pub(crate) fn check(document: &ExecutableDocument) -> Result<usize, Excess> {
    let mut walk = Walk { document, known: HashMap::new(), open: HashSet::new() };
    let mut fields = 0_usize;
    for (_, operation) in document.operations.iter() {
        let size = walk.selection(&operation.node.selection_set.node, 0)?;
        if size.depth > limits::MAX_DEPTH {
            return Err(Excess::Deep);
        }
        fields = fields.saturating_add(size.fields);
    }
    if fields > limits::MAX_FIELDS { Err(Excess::Wide) } else { Ok(fields) }
}

struct Walk<'d> {
    document: &'d ExecutableDocument,
    known: HashMap<&'d Name, Size>,
    open: HashSet<&'d Name>,
}

impl<'d> Walk<'d> {
    fn selection(&mut self, set: &'d SelectionSet, level: usize) -> Result<Size, Excess> {
        if level > limits::MAX_RECURSION {
            return Err(Excess::Deep);
        }
        let mut whole = Size::default();
        for item in &set.items {
            let part = match &item.node {
                Selection::Field(field) => {
                    let below = self.selection(&field.node.selection_set.node, level + 1)?;
                    let introspection = field.node.name.node.starts_with("__");
                    let depth = if introspection { 1 } else { below.depth + 1 };
                    Size { depth, fields: below.fields.saturating_add(1) }
                }
                Selection::InlineFragment(fragment) => self.selection(&fragment.node.selection_set.node, level + 1)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, level)?,
            };
            whole = Size { depth: whole.depth.max(part.depth), fields: whole.fields.saturating_add(part.fields) };
        }
        Ok(whole)
    }

    fn fragment(&mut self, name: &'d Name, level: usize) -> Result<Size, Excess> {
        if let Some(size) = self.known.get(name) {
            return Ok(*size);
        }
        // An unknown fragment is for the validation to tell.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Size::default()) };
        if !self.open.insert(name) {
            return Err(Excess::Cycle);
        }
        let size = self.selection(&fragment.node.selection_set.node, level + 1)?;
        self.open.remove(name);
        self.known.insert(name, size);
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        assert_eq!(brackets("{ a(b: [1, {c: 2}]) { d } }"), 4);
        assert_eq!(brackets("{ a(b: \"{{{{ \\\" {{\") }"), 2);
        assert_eq!(brackets("{ # {{{{\n a(b: \"\"\"{{ \\\"\"\" {{ \" { \"\"\") }"), 2);
        assert_eq!(brackets("\"{{\n{{{"), 3);
        assert_eq!(brackets("\"\\"), 0);
        assert_eq!(brackets("\"\"\"\\"), 0);
    }

    #[test]
    fn fragments_that_double_are_counted_without_walking_them() {
        let fragments: Vec<String> =
            (0..25).map(|n| format!("fragment F{n} on Query {{ ...F{} ...F{} }}", n + 1, n + 1)).collect();
        let text = format!("{{ ...F0 }} {} fragment F25 on Query {{ ente {{ nome }} }}", fragments.join(" "));
        assert_eq!(check(&parse_query(text).unwrap()), Err(Excess::Wide));
    }

    #[test]
    fn a_fragment_in_itself_is_told() {
        let text = "{ ...A } fragment A on Query { ente { nome } ...B } fragment B on Query { ...A }";
        assert_eq!(check(&parse_query(text).unwrap()), Err(Excess::Cycle));
    }

    #[test]
    fn a_chain_of_fragments_is_as_deep_as_it_is_long() {
        let chain: Vec<String> = (0..5_000).map(|n| format!("fragment F{n} on Query {{ ...F{} }}", n + 1)).collect();
        let text = format!("{{ ...F0 }} {} fragment F5000 on Query {{ ente {{ nome }} }}", chain.join(" "));
        assert_eq!(check(&parse_query(text).unwrap()), Err(Excess::Deep));
    }
}
