//! Any event of the house.

use crate::ids::PraticaId;
use crate::pratica::TipoPratica;
use crate::{
    DecodeError, EventSpec, accesso, agenda, appuntamento, attesa, calendario, impegni, istanza, lettera, notifica,
    prenotabile, registro, segnalazione, servizio,
};
use serde_json::Value;

macro_rules! evento {
    ($($variant:ident($context:ident)),+ $(,)?) => {
        /// An event of any context.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Evento {
            $(#[doc = concat!("Of the context `", stringify!($context), "`.")] $variant($context::Event)),+
        }

        $(impl From<$context::Event> for Evento {
            fn from(event: $context::Event) -> Self {
                Self::$variant(event)
            }
        })+

        impl Evento {
            /// Name of the event.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(event) => event.kind()),+ }
            }

            /// Version of its payload's shape.
            pub fn version(&self) -> u32 {
                match self { $(Self::$variant(event) => event.version()),+ }
            }

            /// Its payload, personal data in the clear: seal before storing.
            pub fn payload(&self) -> Value {
                match self { $(Self::$variant(event) => event.payload()),+ }
            }

            /// All events of the house, without repeating those that contexts share.
            pub fn specs() -> Vec<EventSpec> {
                let mut specs: Vec<EventSpec> = Vec::new();
                $(for spec in $context::Event::specs() {
                    if !specs.iter().any(|known| known.kind == spec.kind) {
                        specs.push(spec);
                    }
                })+
                specs
            }
        }
    };
}

evento!(
    Registro(registro),
    Segnalazione(segnalazione),
    Lettera(lettera),
    Istanza(istanza),
    Notifica(notifica),
    Accesso(accesso),
    Catalogo(servizio),
    Appuntamento(appuntamento),
    Agenda(agenda),
    Impegni(impegni),
    Attesa(attesa),
    Calendario(calendario),
    Orario(prenotabile),
);

impl Evento {
    /// An event from the category of its stream, its name and its payload in the newest shape.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(category: &str, kind: &str, payload: Value) -> Result<Self, DecodeError> {
        match category {
            "registro" | "registrazione" => registro::Event::decode(kind, payload).map(Self::Registro),
            "segnalazione" => segnalazione::Event::decode(kind, payload).map(Self::Segnalazione),
            "lettera" => lettera::Event::decode(kind, payload).map(Self::Lettera),
            "istanza" => istanza::Event::decode(kind, payload).map(Self::Istanza),
            "notifica" => notifica::Event::decode(kind, payload).map(Self::Notifica),
            "accesso" => accesso::Event::decode(kind, payload).map(Self::Accesso),
            "catalogo" => servizio::Event::decode(kind, payload).map(Self::Catalogo),
            "appuntamento" => appuntamento::Event::decode(kind, payload).map(Self::Appuntamento),
            "agenda" => agenda::Event::decode(kind, payload).map(Self::Agenda),
            "impegni" => impegni::Event::decode(kind, payload).map(Self::Impegni),
            "attesa" => attesa::Event::decode(kind, payload).map(Self::Attesa),
            "calendario" => calendario::Event::decode(kind, payload).map(Self::Calendario),
            "orario" => prenotabile::Event::decode(kind, payload).map(Self::Orario),
            _ => Err(DecodeError::Unknown { category: category.to_owned(), kind: kind.to_owned() }),
        }
    }
}

/// The case a stream belongs to, when it is the stream of a case.
pub fn pratica_di(stream: &str) -> Option<(TipoPratica, PraticaId)> {
    let (category, id) = stream.split_once('-')?;
    Some((TipoPratica::parse(category)?, id.parse().ok()?))
}
