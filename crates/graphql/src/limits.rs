//! Numeric limits of the door. Each has a test.

/// Bytes of a request's body, at most; the HTTP edge applies it (256 KiB: the longest filing is about 30).
pub const MAX_BODY: usize = 256 * 1024;
/// Fields within fields, at most; introspection, which is bounded by [`MAX_RECURSION`], does not count.
pub const MAX_DEPTH: usize = 12;
/// Cost of a request, at most: one a field, lists times their page. One page of 100 cases with their history fits.
pub const MAX_COMPLEXITY: usize = 5_000;
/// Fields of a document with its fragments spread, at most.
pub const MAX_FIELDS: usize = 2_000;
/// Selection sets within selection sets, fragments included, at most (the parser stops at 64).
pub const MAX_RECURSION: usize = 32;
/// Brackets within brackets, at most. Counted before parsing, because a parser that descends uses the stack.
pub const MAX_BRACKETS: usize = 96;
/// Directives on one field, at most.
pub const MAX_DIRECTIVES: usize = 4;
/// Rows of a page, at most.
pub const MAX_PAGE: u32 = 100;
/// Rows of a page when `first` is not given.
pub const DEFAULT_PAGE: u32 = 20;
/// Cost of a mutation besides the fields of its answer: about eight fit one request.
pub(crate) const MUTATION_COST: usize = 600;
/// Cost of the hash of a receipt, which is composed if nobody asked for it before: three fit one request, a list does not.
pub(crate) const RECEIPT_COST: usize = 1_500;
/// Cost of a field that must read the log of its case, besides its own fields.
pub(crate) const DETAIL_COST: usize = 4;
/// Cost of a search in the catalogue, besides its page.
pub(crate) const SEARCH_COST: usize = 40;
/// Cost of a service's sheet besides its fields: several kilobytes.
pub(crate) const SHEET_COST: usize = 4;
/// Cost of a form, or of a form filled in: tens of kilobytes. A page of 100 services with form and schema fits.
pub(crate) const FORM_COST: usize = 20;
/// Offices, or desks of one, that a question is priced for when it names none.
pub(crate) const OFFICES: usize = 15;
/// Bookings and numbers of a day that the agenda is priced for.
pub(crate) const DAY_ROWS: usize = 60;
/// Appointments of a case that are priced.
pub(crate) const CASE_APPOINTMENTS: usize = 5;
/// Days of an office whose slots cost one a field: slots are answered at once. A month over all offices fits, once.
pub(crate) const SLOT_DAYS: usize = 3;
/// Drafts of a person, at most; `app` refuses more.
pub(crate) const MAX_DRAFTS: usize = 30;
/// Characters of a cursor, at most.
pub(crate) const MAX_CURSOR: usize = 64;
/// Keys that a loader takes at once.
pub(crate) const MAX_LOAD: usize = 100;
/// Steps of a case in a list, at most: the last ones. Ordinary cases have about ten.
pub const MAX_STEPS: u32 = 100;
/// Documents that are remembered, at most.
pub(crate) const MAX_DOCUMENTS: usize = 256;
/// Bytes that they take together, at most, about.
pub(crate) const MAX_DOCUMENTS_WEIGHT: usize = 8 * 1024 * 1024;
/// Cases of one document that are remembered, at most.
pub(crate) const MAX_CASES: usize = 16;
/// Bytes of a case's variables that are remembered, at most.
pub(crate) const MAX_CASE: usize = 512;
