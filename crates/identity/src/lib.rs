//! Who you are. The demo's own provider with its fictional persons, and none at all; SPID and CIE stand behind the same
//! port, [`IdentityProvider`](app::ports::IdentityProvider).

mod demo;
mod nessuno;
mod personas;

pub use demo::DemoProvider;
pub use nessuno::NoProvider;
pub use personas::{PersonaDemo, personas};
