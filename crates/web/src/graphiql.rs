//! The GraphQL workbench page: our own bundle of GraphiQL, no foreign request.
//!
//! Send it with [`crate::assets::CSP_GRAPHIQL`]: its editor writes `<style>` elements and runs workers.

use askama::Template;

/// First query that a visitor finds, explained in Italian.
pub const DOMANDA: &str = "\
# Benvenuto nel banco di prova GraphQL dello sportello.
#
# Premi il triangolo (o Ctrl+Invio) per inviare la domanda qui sotto.
# Il libro a sinistra apre la documentazione di ogni tipo e campo;
# Ctrl+Spazio suggerisce i campi mentre scrivi.
#
# Per i dati riservati apri \"Headers\" qui sotto, togli le due barre
# e metti il tuo token al posto di IL-TUO-TOKEN.

query Benvenuto {
  __schema {
    queryType {
      fields {
        name
        description
      }
    }
  }
}";

/// The page; render it with askama.
#[derive(Debug, Template)]
#[template(path = "graphiql.html")]
pub struct Pagina {
    ente_nome: String,
    indirizzo: String,
    domanda: &'static str,
}

impl Pagina {
    /// Workbench of `ente_nome` asking the endpoint at path `indirizzo` (`/graphql`).
    pub fn new(ente_nome: impl Into<String>, indirizzo: impl Into<String>) -> Self {
        Self { ente_nome: ente_nome.into(), indirizzo: indirizzo.into(), domanda: DOMANDA }
    }

    /// The same with another first query, e.g. one of the schema at hand.
    pub fn con_domanda(mut self, domanda: &'static str) -> Self {
        self.domanda = domanda;
        self
    }
}
