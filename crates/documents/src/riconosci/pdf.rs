//! Whether a PDF is signed.

use crate::sigillo::Lettore;
use app::ports::DocumentError;

/// Every signature of a PDF names the stretches of bytes that it covers (ISO 32000-1, 12.8.1).
const MARK: &[u8] = b"/ByteRange";
/// Bytes searched at once.
const STRETCH: usize = 256 * 1024;

/// Looks for a signature. Blocks.
pub(super) fn firmato(file: &Lettore) -> Result<bool, DocumentError> {
    let mut from = 0;
    while from < file.len() {
        // The stretches overlap: the mark may stand across two.
        let bytes = file.stretch(from, STRETCH + MARK.len()).map_err(DocumentError::Unavailable)?;
        if super::testo::contains(&bytes, MARK) {
            return Ok(true);
        }
        from += STRETCH as u64;
    }
    Ok(false)
}
