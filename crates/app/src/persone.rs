//! From an attested identity to a person of the ente.

use crate::contesto::Utente;
use crate::ports::VerifiedIdentity;
use domain::codice_fiscale::CodiceFiscale;
use domain::ids::PersonaId;
use domain::persona::Anagrafica;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Id of the system as an actor.
pub const CODICE_SISTEMA: Uuid = Uuid::from_u128(0x5057_0000_0000_8000_8000_0000_0000_0001);
/// Subject of the key that seals the register; never destroyed.
pub const SOGGETTO_REGISTRO: Uuid = Uuid::from_u128(0x5057_0000_0000_8000_8000_0000_0000_0002);

/// Bytes of the seal of an address: nobody guesses 128 bits.
pub(crate) const SIGILLO: usize = 16;

/// Derives opaque ids of persons and the demo's tokens with a secret key.
#[derive(Clone)]
pub struct Persone {
    key: [u8; 32],
}

impl Persone {
    /// With a key derived from the master key.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    fn keyed(&self, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length is fine");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }

    fn mac(&self, parts: &[&str]) -> [u8; 32] {
        self.keyed(parts).finalize().into_bytes().into()
    }

    /// The id of a person of an ente: the same from SPID and CIE, useless without the key. Two variants of a code by
    /// omocodia belong to two people, so the code as written counts.
    pub fn id(&self, ente: &str, codice_fiscale: &CodiceFiscale) -> PersonaId {
        let mac = self.mac(&["persona", ente, codice_fiscale.as_str()]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&mac[..16]);
        PersonaId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The fingerprint of a command's content. Keyed: it outlives the content, which nobody shall guess from it.
    pub fn fingerprint(&self, content: &str) -> [u8; 32] {
        self.mac(&["impronta-comando", content])
    }

    /// A bearer token that stays the same for the same purpose and installation.
    pub fn token(&self, ente: &str, scopo: &str) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.mac(&["token", ente, scopo]))
    }

    /// The seal of an address that is handed out: of one purpose and one ente, and of all it says.
    pub(crate) fn sigillo(&self, ente: &str, scopo: &str, detto: &str) -> [u8; SIGILLO] {
        let mut seal = [0; SIGILLO];
        seal.copy_from_slice(&self.mac(&["sigillo", ente, scopo, detto])[..SIGILLO]);
        seal
    }

    /// Whether a seal is the one of an address. It takes as long whichever of its bytes is wrong.
    pub(crate) fn sigillato(&self, ente: &str, scopo: &str, detto: &str, seal: &[u8; SIGILLO]) -> bool {
        self.keyed(&["sigillo", ente, scopo, detto]).verify_truncated_left(seal).is_ok()
    }

    /// A signed-in person from what a provider attests.
    pub fn utente(&self, ente: &str, identity: VerifiedIdentity) -> Utente {
        Utente {
            id: self.id(ente, &identity.codice_fiscale),
            ente: ente.to_owned(),
            anagrafica: Anagrafica {
                nome: identity.nome,
                cognome: identity.cognome,
                codice_fiscale: Some(identity.codice_fiscale),
                email: identity.email,
                telefono: None,
            },
            ruolo: identity.ruolo,
            livello: identity.livello,
            uffici: identity.uffici,
            ambiti: identity.ambiti,
        }
    }
}
