//! ODT and DOCX are ZIP archives: their lists of members are read, none is ever unpacked.

use super::formati::{DOCX, ODT};
use crate::sigillo::Lettore;
use app::ports::DocumentError;
use rawzip::RECOMMENDED_BUFFER_SIZE;

/// Members, at most.
pub(crate) const MAX_MEMBRI: u64 = 4_096;
/// Bytes of all members together, at most.
pub(crate) const MAX_ESPANSO: u64 = 256 * 1024 * 1024;
/// How many times larger than the file its members may be, once they are larger than [`TOLLERATO`].
pub(crate) const MAX_RAPPORTO: u64 = 100;
/// So much a small document may grow, whatever its ratio.
pub(crate) const TOLLERATO: u64 = 16 * 1024 * 1024;
/// Members of these kinds are programs or further archives.
const VIETATI: [&str; 18] = [
    ".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jar", ".msi", ".lnk", ".hta", ".sh",
    ".zip", ".rar", ".7z", ".docm",
];
/// Where the macros of a DOCX are.
const MACRO: &str = "vbaproject.bin";
/// Bytes at the end of a file in which programs look for the list of an archive: its end record and a comment.
const CODA: usize = 22 + 65_535;

const BOMBA: DocumentError = DocumentError::Suspicious("an archive that grows without measure");

/// Which document an archive is. Blocks.
pub(super) fn documento(file: &Lettore, head: &[u8]) -> Result<&'static str, DocumentError> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let locator = rawzip::ZipLocator::new();
    let archive = locator.locate_in_reader(Seen(file), &mut buffer, file.len()).map_err(|_| DocumentError::Damaged)?;
    let mut entries = archive.entries(&mut buffer);
    let (mut count, mut packed, mut unpacked) = (0_u64, 0_u64, 0_u64);
    let (mut types, mut word) = (false, false);
    while let Some(entry) = entries.next_entry().map_err(|_| DocumentError::Damaged)? {
        count += 1;
        packed = packed.saturating_add(entry.compressed_size_hint());
        unpacked = unpacked.saturating_add(entry.uncompressed_size_hint());
        if count > MAX_MEMBRI || unpacked > MAX_ESPANSO {
            return Err(BOMBA);
        }
        let name = String::from_utf8_lossy(entry.file_path().as_ref()).to_ascii_lowercase();
        if name.ends_with(MACRO) || VIETATI.iter().any(|kind| name.ends_with(kind)) {
            return Err(DocumentError::Suspicious("a program inside a document"));
        }
        types |= name == "[content_types].xml";
        word |= name == "word/document.xml";
    }
    // Members that share their bytes make small files grow: each byte is counted once.
    if packed > file.len() || (unpacked > TOLLERATO && unpacked / MAX_RAPPORTO > file.len()) {
        return Err(BOMBA);
    }
    if odt(head) {
        Ok(ODT)
    } else if types && word {
        Ok(DOCX)
    } else {
        Err(DocumentError::NotAccepted)
    }
}

/// An ODT says so in its first member, which is not packed (OpenDocument 1.3, part 2, 3.3).
fn odt(head: &[u8]) -> bool {
    let extra = head.get(28..30).map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    head.get(8..10) == Some(&[0, 0])
        && head.get(30..38) == Some(b"mimetype")
        && head.get(38 + extra..).is_some_and(|rest| rest.starts_with(ODT.as_bytes()))
}

/// Refuses a file behind which an archive stands: the same bytes would be one thing to us and another to who opens them.
pub(super) fn nessuno_in_coda(file: &Lettore) -> Result<(), DocumentError> {
    let from = file.len().saturating_sub(CODA as u64);
    let tail = file.stretch(from, CODA).map_err(DocumentError::Unavailable)?;
    let found = tail.windows(22).enumerate().filter(|(_, w)| w.starts_with(b"PK\x05\x06")).any(|(at, record)| {
        let number = |i: usize| u32::from_le_bytes([record[i], record[i + 1], record[i + 2], record[i + 3]]);
        let (size, offset) = (u64::from(number(12)), u64::from(number(16)));
        // On one disk, and a list that fits before its end record: not these four bytes by chance.
        record[4..8] == [0; 4] && size.saturating_add(offset) <= from + at as u64
    });
    if found { Err(DocumentError::Suspicious("an archive behind another file")) } else { Ok(()) }
}

/// The file as `rawzip` reads it.
struct Seen<'a>(&'a Lettore);

impl rawzip::ReaderAt for Seen<'_> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.0.read_at(buf, offset)
    }
}
