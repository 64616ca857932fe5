//! Signed envelopes (CAdES, `.p7m`): CMS `SignedData` around another file (RFC 5652; CAD art. 20).
//!
//! Recognised and looked into, not judged: whether a signature is valid takes the trust lists of the EU.

use crate::sigillo::Lettore;
use app::ports::DocumentError;
use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Encode as _, Tagged as _};

/// `id-signedData`, as it stands in the bytes.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// `id-data`: the content is a file.
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const SIGNED_DATA_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// Where the type stands at the latest: after the tag and the length of the outer sequence.
const OID_BY: usize = 8;
/// Envelopes in envelopes, at most: several people sign one after the other.
pub(crate) const MAX_BUSTE: usize = 8;

/// Whether the first bytes begin an envelope. `infer` takes it for a certificate.
pub(super) fn comincia(head: &[u8]) -> bool {
    head.first() == Some(&0x30) && (2..=OID_BY).any(|at| head.get(at..).is_some_and(|r| r.starts_with(SIGNED_DATA)))
}

/// Looks into an envelope: somebody signed it, and what is inside is not a program. Blocks.
pub(super) fn esamina(file: &Lettore, head: &[u8]) -> Result<(), DocumentError> {
    // An indefinite length (0x80) is BER: signing programs write while they read. DER readers refuse it.
    if head.get(1) == Some(&0x80) {
        return content_ber(head).map_or(Err(DocumentError::Damaged), |inside| accettabile(&inside));
    }
    let mut bytes = file.whole().map_err(DocumentError::Unavailable)?;
    for _ in 0..MAX_BUSTE {
        // BER further in, too.
        let Ok(inside) = content_der(&bytes) else {
            return content_ber(&bytes).map_or(Err(DocumentError::Damaged), |inside| accettabile(&inside));
        };
        if !comincia(&inside) {
            return accettabile(&inside);
        }
        bytes = inside;
    }
    Err(DocumentError::Suspicious("envelopes without end"))
}

/// The file inside an envelope, by the letter of DER.
fn content_der(bytes: &[u8]) -> Result<Vec<u8>, DocumentError> {
    let damaged = |_: der::Error| DocumentError::Damaged;
    let info = ContentInfo::from_der(bytes).map_err(damaged)?;
    if info.content_type != SIGNED_DATA_ID {
        return Err(DocumentError::NotAccepted);
    }
    let signed: SignedData = info.content.decode_as().map_err(damaged)?;
    let content = signed.encap_content_info.econtent.as_ref();
    let Some(content) = content.filter(|_| !signed.signer_infos.0.is_empty()) else {
        return Err(DocumentError::Damaged);
    };
    if content.tag() != der::Tag::OctetString {
        return Err(DocumentError::Damaged);
    }
    let text = content.to_der().map_err(damaged)?;
    Ok(OctetStringRef::from_der(&text).map_err(damaged)?.as_bytes().to_vec())
}

/// The first bytes of the file inside an envelope, by its tags alone: after `id-data` come `[0]` and one or more octet
/// strings.
fn content_ber(head: &[u8]) -> Option<Vec<u8>> {
    let head = &head[..head.len().min(super::HEAD)];
    let at = head.windows(DATA.len()).position(|window| window == DATA)? + DATA.len();
    let mut rest = head.get(at..)?;
    for _ in 0..4 {
        let (tag, length) = (*rest.first()?, *rest.get(1)?);
        let size = if length > 0x80 { usize::from(length & 0x7f) } else { 0 };
        let after = rest.get(2 + size..)?;
        match tag {
            // [0], or an octet string in parts.
            0xa0 | 0x24 => rest = after,
            0x04 => return Some(after.to_vec()),
            _ => return None,
        }
    }
    None
}

/// What is inside must not be a program or an archive of programs.
fn accettabile(inside: &[u8]) -> Result<(), DocumentError> {
    let head = &inside[..inside.len().min(super::HEAD)];
    let program = infer::is_app(head) || head.starts_with(b"MZ") || head.starts_with(b"#!");
    if program { Err(DocumentError::Suspicious("a program inside an envelope")) } else { Ok(()) }
}
