//! Writing to the mayor, in three steps.

use super::appuntamenti;
use super::invio::{self, Cornice, Flusso, Modulo, Nota, Prova, Sezione, anagrafica};
use super::pubbliche::servizi::LETTERA;
use crate::errore::{Errore, pagina_con};
use crate::layout::{Layout, Riga};
use crate::richiesta::Richiesta;
use crate::state::Web;
use crate::t;
use app::{AppError, Esito, ScriviAlSindaco};
use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Refused;
use domain::lettera::{self, limiti};

const BASE: &str = "/scrivi-al-sindaco";

/// The routes.
pub fn routes() -> Router<Web> {
    invio::routes::<Scrivi>(BASE)
}

/// The routes that take files.
pub fn routes_file() -> Router<Web> {
    invio::routes_file::<Scrivi>(BASE)
}

struct Scrivi;

#[derive(Template)]
#[template(path = "lettera/dati.html")]
struct PaginaDati {
    layout: Layout,
    c: Cornice,
    m: Modulo,
    chi: Vec<Riga>,
}

fn input(modulo: &Modulo) -> ScriviAlSindaco {
    ScriviAlSindaco {
        oggetto: modulo.get("oggetto").to_owned(),
        testo: modulo.get("testo").to_owned(),
        allegati: modulo.allegati.clone(),
    }
}

impl Flusso for Scrivi {
    const CAMPI: &'static [&'static str] = &["oggetto", "testo"];

    fn di(_: &str) -> Result<Self, Errore> {
        Ok(Self)
    }

    fn base(&self) -> String {
        BASE.to_owned()
    }

    fn testi(&self) -> &'static str {
        "lettera"
    }

    fn percorso(&self, layout: Layout) -> Layout {
        let prenota_href = appuntamenti::inizio(LETTERA, invio::RICEVE, None);
        Layout { prenota_href, ..layout.con_percorso([(BASE, &t("lettera-titolo"))]) }
    }

    fn prova(&self, modulo: &Modulo, prova: Prova) -> Result<(), Refused> {
        let input = input(modulo);
        let command = lettera::Invia {
            id: prova.id,
            autore: prova.utente.anagrafica.clone(),
            oggetto: input.oggetto,
            testo: input.testo,
            allegati: prova.allegati,
            nomi_allegati: prova.nomi,
        };
        lettera::decide(&None, lettera::Command::Invia(Box::new(command)), &prova.ctx).map(|_| ())
    }

    fn dati(&self, stato: StatusCode, layout: Layout, c: Cornice, modulo: &Modulo, richiesta: &Richiesta) -> Response {
        let chi = richiesta.utente().map(|utente| anagrafica(&utente.anagrafica)).unwrap_or_default();
        pagina_con(stato, PaginaDati { layout, c, m: modulo.clone(), chi })
    }

    fn sezione(&self, modulo: &Modulo) -> Sezione {
        Sezione {
            titolo: t("lettera-passo-dati"),
            righe: vec![
                Riga::new(t("lettera-oggetto"), modulo.get("oggetto")),
                Riga::new(t("lettera-testo"), modulo.get("testo")),
            ],
            modifica: "dati",
        }
    }

    fn nota(&self, _: &Modulo, _: &Richiesta) -> Option<Nota> {
        None
    }

    async fn invia(&self, modulo: &Modulo, richiesta: &Richiesta) -> Result<Esito, AppError> {
        richiesta.web.app.scrivi_al_sindaco(&richiesta.ctx, modulo.get("chiave"), input(modulo)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::ErroreCampo;
    use crate::pagine::area_personale::tests::{layout, salva};
    use crate::pagine::invio::tests::{cornice, modulo};
    use domain::Sample;
    use domain::persona::Anagrafica;
    use scraper::Selector;

    fn prova(modulo: &Modulo) -> Result<(), Refused> {
        invio::tests::prova(&Scrivi, modulo)
    }

    #[test]
    fn the_step_keeps_the_letter() {
        let page = PaginaDati {
            layout: layout("Scrivi al Sindaco, passo 2 di 3", BASE),
            c: cornice("lettera", 2, vec![ErroreCampo::new("oggetto", "Questo campo è obbligatorio.")]),
            m: modulo(&[("testo", "Gentile Sindaca,\nle scrivo </textarea>")]),
            chi: anagrafica(&Anagrafica::sample()),
        };
        let html = salva("lettera-dati.html", &page.render().unwrap());
        let text = html.select(&Selector::parse("textarea[name=testo]").unwrap()).next().unwrap();
        assert_eq!(text.text().collect::<String>(), "Gentile Sindaca,\nle scrivo </textarea>");
        assert_eq!(html.select(&Selector::parse("#campo-oggetto[aria-invalid=true]").unwrap()).count(), 1);
    }

    #[test]
    fn the_form_is_checked_as_the_filing_would() {
        assert_eq!(prova(&modulo(&[("oggetto", "Il parco"), ("testo", "Gentile Sindaca.")])), Ok(()));
        let fields: Vec<_> = prova(&modulo(&[])).unwrap_err().0.into_iter().map(|r| r.field.unwrap()).collect();
        assert_eq!(fields, ["oggetto", "testo"]);
    }
}
