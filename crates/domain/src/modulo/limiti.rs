//! Limits of definitions. A definition may come from outside: everything that is walked is counted first.

/// Steps of a form.
pub const PASSI: usize = 6;
/// Fields of a step, and of an item of a group.
pub const CAMPI: usize = 15;
/// Rules of a form.
pub const REGOLE: usize = 20;
/// Characters of a line of text, where the field does not say.
pub const TESTO: u32 = 100;
/// Characters of a line of text, at most.
pub const TESTO_MASSIMO: u32 = 500;
/// Characters of a long text, where the field does not say.
pub const TESTO_LUNGO: u32 = 2_000;
/// Characters of a long text, at most.
pub const TESTO_LUNGO_MASSIMO: u32 = 10_000;
/// Items of a group.
pub const VOCI: u32 = 20;
/// Values of a choice, at least.
pub const OPZIONI_MINIME: usize = 2;
/// Values of a choice, at most.
pub const OPZIONI: usize = 60;
/// Characters of a stored value of a choice.
pub const VALORE: usize = 60;
/// Characters of a name of a field.
pub const NOME: usize = 40;
/// Characters of a label.
pub const ETICHETTA: usize = 120;
/// Characters of a statement, a note, a help or the words of an error.
pub const TESTO_DEFINIZIONE: usize = 600;
/// Characters of the introduction of a step.
pub const INTRODUZIONE: usize = 1_000;
/// Characters of a unit.
pub const UNITA: usize = 20;
/// Comparisons of a condition.
pub const CONFRONTI: usize = 20;
/// Conditions within a condition.
pub const PROFONDITA: usize = 5;
/// Parts of a sum or product.
pub const ADDENDI: usize = 20;
/// Files of one field.
pub const FILE: u32 = 10;
/// Megabytes of a file.
pub const MEGABYTE: u32 = 50;
/// Reasons reported about one input, at most: a hostile input is not answered at length.
pub const RIFIUTI: usize = 100;
