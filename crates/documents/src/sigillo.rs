//! The seal of a file: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over ChaCha20-Poly1305, in pieces of 64 KiB.
//!
//! `mark (8) | id of the person's key (16) | salt (32) | pieces, each with its tag (16)`. The key of a file comes from the
//! person's secret and the file's own salt by HKDF-SHA256, bound to ente and id: no two files share one, so the nonces may
//! simply count. A piece opens only at its place, and the last one only as the last: nothing can be cut off, swapped or
//! moved to another file unnoticed. Any piece opens by itself, so a file is looked at without being read into memory.

use aead_stream::{NewStream, Nonce, StreamBE32, StreamPrimitive};
use app::ports::{ByteStream, ChiaveFile};
use bytes::{Buf as _, Bytes, BytesMut};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _};
use domain::ids::AllegatoId;
use futures_util::{StreamExt as _, stream};
use hkdf::Hkdf;
use sha2::Sha256;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Bytes of a piece before it is sealed.
pub(crate) const PIECE: usize = 64 * 1024;
const TAG: usize = 16;
const SEALED: usize = PIECE + TAG;
/// Names the format; the next one is another.
const MARK: [u8; 8] = *b"SPORTA1\0";
const SALT: usize = 32;
/// Bytes before the first piece.
pub(crate) const HEAD: usize = MARK.len() + 16 + SALT;

type Cipher = StreamBE32<ChaCha20Poly1305>;

/// What stands before the pieces.
#[derive(Debug, Clone)]
pub(crate) struct Testa {
    /// Id of the person's key.
    pub chiave: Uuid,
    salt: [u8; SALT],
}

impl Testa {
    /// Of a new file.
    pub(crate) fn nuova(chiave: Uuid) -> io::Result<Self> {
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt).map_err(io::Error::other)?;
        Ok(Self { chiave, salt })
    }

    pub(crate) fn bytes(&self) -> [u8; HEAD] {
        let mut bytes = [0; HEAD];
        bytes[..8].copy_from_slice(&MARK);
        bytes[8..24].copy_from_slice(self.chiave.as_bytes());
        bytes[24..].copy_from_slice(&self.salt);
        bytes
    }

    pub(crate) fn parse(bytes: &[u8]) -> io::Result<Self> {
        let whole = bytes.len() >= HEAD && bytes.starts_with(&MARK);
        if !whole {
            return Err(changed());
        }
        let (mut chiave, mut salt) = ([0; 16], [0; SALT]);
        chiave.copy_from_slice(&bytes[8..24]);
        salt.copy_from_slice(&bytes[24..HEAD]);
        Ok(Self { chiave: Uuid::from_bytes(chiave), salt })
    }

    /// The cipher of this file.
    fn cipher(&self, chiave: &ChiaveFile, ente: &str, id: AllegatoId) -> Cipher {
        let mut key = Zeroizing::new([0; 32]);
        let id = id.to_string();
        let info: [&[u8]; 5] = [b"sportello-allegato-1", b"\0", ente.as_bytes(), b"\0", id.as_bytes()];
        Hkdf::<Sha256>::new(Some(&self.salt), &*chiave.segreto)
            .expand_multi_info(&info, &mut *key)
            .expect("32 bytes are fewer than HKDF gives");
        Cipher::from_aead(
            ChaCha20Poly1305::new(&(*key).into()),
            &Nonce::<ChaCha20Poly1305, StreamBE32<ChaCha20Poly1305>>::default(),
        )
    }
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the stored file was changed")
}

/// Number of a piece; 2^32 of them are 256 TiB.
fn place(piece: u64) -> io::Result<u32> {
    u32::try_from(piece).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))
}

/// Seals bytes as they come.
pub(crate) struct Sigillatore {
    cipher: Cipher,
    next: u64,
    /// Not sealed yet: at most a piece, because the last one is sealed as the last.
    open: Zeroizing<Vec<u8>>,
}

impl Sigillatore {
    pub(crate) fn new(testa: &Testa, chiave: &ChiaveFile, ente: &str, id: AllegatoId) -> Self {
        let open = Zeroizing::new(Vec::with_capacity(PIECE));
        Self { cipher: testa.cipher(chiave, ente, id), next: 0, open }
    }

    fn seal(&mut self, last: bool, out: &mut Vec<u8>) -> io::Result<()> {
        let at = place(self.next)?;
        let piece = self.cipher.encrypt(at, last, self.open.as_slice()).map_err(|_| changed())?;
        out.extend_from_slice(&piece);
        self.open.clear();
        self.next += 1;
        Ok(())
    }

    /// Takes bytes; what is complete is appended to `out`.
    pub(crate) fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.open.len() == PIECE {
                self.seal(false, out)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.open.len()));
            self.open.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Seals what is left as the last piece.
    pub(crate) fn finish(mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.seal(true, out)
    }
}

/// Number and bytes of an opened piece.
type Piece = (u64, Arc<Zeroizing<Vec<u8>>>);

/// A sealed file that can be read anywhere. Blocks.
pub(crate) struct Lettore {
    file: File,
    cipher: Cipher,
    pieces: u64,
    len: u64,
    /// The piece read last.
    held: Mutex<Option<Piece>>,
}

impl Lettore {
    /// Of a sealed file of our own.
    pub(crate) fn new(file: File, testa: &Testa, chiave: &ChiaveFile, ente: &str, id: AllegatoId) -> io::Result<Self> {
        let sealed = file.metadata()?.len().checked_sub(HEAD as u64).ok_or_else(changed)?;
        let pieces = sealed.div_ceil(SEALED as u64);
        let len = sealed.checked_sub(pieces * TAG as u64).ok_or_else(changed)?;
        Ok(Self { file, cipher: testa.cipher(chiave, ente, id), pieces, len, held: Mutex::new(None) })
    }

    /// Bytes of the file itself.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// A piece, opened.
    fn piece(&self, n: u64) -> io::Result<Arc<Zeroizing<Vec<u8>>>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, piece)) = &*held
            && *at == n
        {
            return Ok(piece.clone());
        }
        let last = n + 1 == self.pieces;
        let start = HEAD as u64 + n * SEALED as u64;
        let size = if last { self.len - n * PIECE as u64 + TAG as u64 } else { SEALED as u64 };
        let mut sealed = vec![0; usize::try_from(size).map_err(io::Error::other)?];
        self.file.read_exact_at(&mut sealed, start)?;
        let plain = self.cipher.decrypt(place(n)?, last, sealed.as_slice()).map_err(|_| changed())?;
        let piece = Arc::new(Zeroizing::new(plain));
        *held = Some((n, piece.clone()));
        Ok(piece)
    }

    /// Bytes from a place on; fewer than asked for only at the end.
    pub(crate) fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        while done < buf.len() {
            let at = offset + done as u64;
            if at >= self.len {
                break;
            }
            let piece = self.piece(at / PIECE as u64)?;
            let from = (at % PIECE as u64) as usize;
            let count = (piece.len() - from).min(buf.len() - done);
            buf[done..done + count].copy_from_slice(&piece[from..from + count]);
            done += count;
        }
        Ok(done)
    }

    /// A stretch of the file; shorter at its end.
    pub(crate) fn stretch(&self, from: u64, len: usize) -> io::Result<Vec<u8>> {
        let there = usize::try_from(self.len.saturating_sub(from)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; len.min(there)];
        let read = self.read_at(&mut bytes, from)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// All of it. The caller has made sure that few do so at once.
    pub(crate) fn whole(&self) -> io::Result<Vec<u8>> {
        self.stretch(0, usize::MAX)
    }

    /// The file piece by piece, off the asynchronous threads.
    pub(crate) fn flow(self: Arc<Self>) -> ByteStream<'static> {
        let pieces = stream::try_unfold((self, 0), |(file, n)| async move {
            if n == file.pieces {
                return Ok(None);
            }
            let reading = file.clone();
            let piece = tokio::task::spawn_blocking(move || reading.piece(n)).await.map_err(io::Error::other)??;
            Ok(Some((Bytes::copy_from_slice(&piece), (file, n + 1))))
        });
        pieces.boxed()
    }
}

impl rawzip::ReaderAt for Lettore {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        Lettore::read_at(self, buf, offset)
    }
}

/// A sealed file on its way out.
pub(crate) struct Uscita {
    bytes: ByteStream<'static>,
    waiting: BytesMut,
    ended: bool,
}

impl Uscita {
    pub(crate) fn new(bytes: ByteStream<'static>) -> Self {
        Self { bytes, waiting: BytesMut::with_capacity(2 * SEALED), ended: false }
    }

    /// Waits until so many bytes are there, or the end.
    async fn fill(&mut self, count: usize) -> io::Result<()> {
        while !self.ended && self.waiting.len() < count {
            match self.bytes.next().await.transpose()? {
                Some(bytes) => self.waiting.extend_from_slice(&bytes),
                None => self.ended = true,
            }
        }
        Ok(())
    }

    /// What stands before the pieces; asked for first.
    pub(crate) async fn testa(&mut self) -> io::Result<Testa> {
        self.fill(HEAD).await?;
        let testa = Testa::parse(&self.waiting)?;
        self.waiting.advance(HEAD);
        Ok(testa)
    }

    /// The pieces, opened one by one.
    pub(crate) fn open(self, testa: &Testa, chiave: &ChiaveFile, ente: &str, id: AllegatoId) -> ByteStream<'static> {
        let cipher = testa.cipher(chiave, ente, id);
        let pieces = stream::try_unfold((self, cipher, 0, false), |(mut out, cipher, n, done)| async move {
            if done {
                return Ok(None);
            }
            // One byte more than a piece: only what is followed by nothing is the last.
            out.fill(SEALED + 1).await?;
            let last = out.waiting.len() <= SEALED;
            let sealed = out.waiting.split_to(out.waiting.len().min(SEALED));
            let plain = cipher.decrypt(place(n)?, last, &sealed[..]).map_err(|_| changed())?;
            Ok(Some((Bytes::from(plain), (out, cipher, n + 1, last))))
        });
        pieces.boxed()
    }
}
