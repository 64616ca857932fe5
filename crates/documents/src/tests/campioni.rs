//! Files as people send them, and as nobody should.

use std::io::Write as _;

pub fn padded(head: &[u8], total: usize) -> Vec<u8> {
    let mut bytes = head.to_vec();
    bytes.extend((head.len()..total).map(|n| (n * 31 % 251) as u8));
    bytes
}

pub fn jpeg(total: usize) -> Vec<u8> {
    padded(b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb", total)
}

pub fn png(total: usize) -> Vec<u8> {
    padded(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0", total)
}

pub fn pdf(total: usize) -> Vec<u8> {
    padded(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", total)
}

pub fn pdf_firmato() -> Vec<u8> {
    let mut bytes = pdf(300_000);
    bytes.extend_from_slice(b"<</Type/Sig/ByteRange [0 100 200 300]/Contents<00>>>\n%%EOF\n");
    bytes
}

pub fn webp() -> Vec<u8> {
    padded(b"RIFF\x24\x10\0\0WEBPVP8 \x18\x10\0\0", 4096)
}

pub fn heic() -> Vec<u8> {
    padded(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", 4096)
}

pub fn elf() -> Vec<u8> {
    padded(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0", 20_000)
}

/// An archive whose members are not packed.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (name, bytes) in members {
        let (mut entry, config) = archive.new_file(name).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(bytes).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

pub fn docx() -> Vec<u8> {
    zip(&[("[Content_Types].xml", b"<Types/>"), ("_rels/.rels", b"<r/>"), ("word/document.xml", b"<w/>")])
}

/// As office programs begin it: the member `mimetype`, with its sizes before it.
pub fn odt() -> Vec<u8> {
    let rest = zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<office/>")]);
    assert_eq!(&rest[30..38], b"mimetype");
    rest
}

/// Changes a declared size in the list of members: it is the list that is believed.
pub fn zip_bomb(unpacked: u32) -> Vec<u8> {
    let mut bytes = docx();
    let at = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    bytes[at + 24..at + 28].copy_from_slice(&unpacked.to_le_bytes());
    bytes
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=127 => out.push(short as u8),
        long => {
            out.push(0x83);
            out.extend_from_slice(&(long as u32).to_be_bytes()[1..]);
            assert!(long < 1 << 24);
        }
    }
    out.extend_from_slice(content);
    out
}

/// As [`der`], with the shortest length there is: DER takes no other.
fn der_short(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    if length < 0x80 {
        out.push(length as u8);
    } else if length < 0x100 {
        out.extend([0x81, length as u8]);
    } else if length < 0x1_0000 {
        out.extend([0x82, (length >> 8) as u8, length as u8]);
    } else {
        return der(tag, content);
    }
    out.extend_from_slice(content);
    out
}

const OID_SIGNED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const OID_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

/// A signed envelope: the frame of one, with a signer whose signature says nothing.
pub fn p7m(content: &[u8]) -> Vec<u8> {
    let sha256 = der_short(0x30, b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01");
    let rsa = der_short(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
    let inside = der_short(0xa0, &der_short(0x04, content));
    let encap = der_short(0x30, &[OID_DATA, &inside].concat());
    let name = der_short(0x30, &[]);
    let sid = der_short(0x30, &[name, vec![2, 1, 7]].concat());
    let signature = der_short(0x04, &[9; 64]);
    let signer = der_short(0x30, &[vec![2, 1, 1], sid, sha256.clone(), rsa, signature].concat());
    let algorithms = der_short(0x31, &sha256);
    let signed = der_short(0x30, &[vec![2, 1, 1], algorithms, encap, der_short(0x31, &signer)].concat());
    der_short(0x30, &[OID_SIGNED.to_vec(), der_short(0xa0, &signed)].concat())
}

/// The same by a program that writes before it knows how long it gets (BER, indefinite lengths).
pub fn p7m_ber(content: &[u8]) -> Vec<u8> {
    let mut out = vec![0x30, 0x80];
    out.extend_from_slice(OID_SIGNED);
    out.extend([0xa0, 0x80, 0x30, 0x80, 2, 1, 1, 0x31, 0x00, 0x30, 0x80]);
    out.extend_from_slice(OID_DATA);
    out.extend([0xa0, 0x80, 0x24, 0x80]);
    out.extend(der_short(0x04, content));
    out.extend([0; 12]);
    out
}
