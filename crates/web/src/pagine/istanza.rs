//! Filing a request for a service of the catalogue, in three steps.

use super::invio::{self, Cornice, Flusso, Modulo, Nota, Prova, Sezione, anagrafica};
use crate::errore::{Errore, pagina_con};
use crate::layout::{Layout, Riga};
use crate::richiesta::Richiesta;
use crate::state::Web;
use crate::t;
use app::{AppError, Esito, PresentaIstanza};
use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use domain::istanza::{self, limiti};
use domain::servizio::{Servizio, catalogo};
use domain::{Refusal, Refused};
use serde_json::{Value, json};

/// The routes: one flow for each service of the catalogue.
pub fn routes() -> Router<Web> {
    basi().fold(Router::new(), |router, base| router.merge(invio::routes::<Richiedi>(&base)))
}

/// The routes that take files.
pub fn routes_file() -> Router<Web> {
    basi().fold(Router::new(), |router, base| router.merge(invio::routes_file::<Richiedi>(&base)))
}

/// First paths of the flows. A service in several versions has one.
fn basi() -> impl Iterator<Item = String> {
    let newest = |servizio: &&Servizio| in_vigore(&servizio.codice).is_some_and(|s| s.versione == servizio.versione);
    catalogo().iter().filter(newest).map(|servizio| base(&servizio.codice))
}

fn base(codice: &str) -> String {
    format!("/servizi/{codice}/richiedi")
}

/// The newest version of a service.
fn in_vigore(codice: &str) -> Option<&'static Servizio> {
    catalogo().iter().filter(|servizio| servizio.codice == codice).max_by_key(|servizio| servizio.versione)
}

struct Richiedi {
    servizio: &'static Servizio,
}

#[derive(Template)]
#[template(path = "istanza/dati.html")]
struct PaginaDati {
    layout: Layout,
    c: Cornice,
    m: Modulo,
    chi: Vec<Riga>,
    servizio: &'static Servizio,
    giorni: String,
}

/// Version of the service whose form was filled in: the one the form itself names, so that a version that changed
/// meanwhile is noticed.
fn versione(modulo: &Modulo, servizio: &Servizio) -> u32 {
    match modulo.get("versione") {
        "" => servizio.versione,
        text => text.parse().unwrap_or(0),
    }
}

/// The form as the domain reads it; an optional field left empty is absent.
fn campi(modulo: &Modulo) -> Value {
    let optional = |nome: &str| match modulo.get(nome).trim() {
        "" => Value::Null,
        text => json!(text),
    };
    json!({
        "oggetto": modulo.get("oggetto"),
        "richiesta": modulo.get("richiesta"),
        "codiceFiscaleInteressato": optional("codiceFiscaleInteressato"),
        "telefono": optional("telefono"),
    })
}

impl Flusso for Richiedi {
    const CAMPI: &'static [&'static str] =
        &["versione", "oggetto", "richiesta", "codiceFiscaleInteressato", "telefono"];

    fn di(path: &str) -> Result<Self, Errore> {
        let codice = path.strip_prefix("/servizi/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        Ok(Self { servizio: in_vigore(codice).ok_or(Errore::NonTrovato)? })
    }

    fn base(&self) -> String {
        base(&self.servizio.codice)
    }

    fn testi(&self) -> &'static str {
        "istanza"
    }

    fn percorso(&self, layout: Layout) -> Layout {
        let scheda = format!("/servizi/{}", self.servizio.codice);
        layout.con_percorso([
            ("/servizi", &t("istanza-servizi")),
            (&scheda, &self.servizio.nome),
            (&self.base(), &t("istanza-titolo")),
        ])
    }

    fn prova(&self, modulo: &Modulo, prova: Prova) -> Result<(), Refused> {
        let versione = versione(modulo, self.servizio);
        if versione != self.servizio.versione {
            return Err(Refusal::field("servizio", "servizio-sconosciuto").into());
        }
        let command = istanza::Presenta {
            id: prova.id,
            autore: prova.utente.anagrafica.clone(),
            servizio: self.servizio.codice.clone(),
            versione,
            modulo: campi(modulo),
            allegati: prova.allegati,
            nomi_allegati: prova.nomi,
        };
        istanza::decide(&None, istanza::Command::Presenta(Box::new(command)), &prova.ctx).map(|_| ())
    }

    fn dati(&self, stato: StatusCode, layout: Layout, c: Cornice, modulo: &Modulo, richiesta: &Richiesta) -> Response {
        let page = PaginaDati {
            layout,
            c,
            m: modulo.clone(),
            chi: richiesta.utente().map(|utente| anagrafica(&utente.anagrafica)).unwrap_or_default(),
            servizio: self.servizio,
            giorni: self.servizio.termine_giorni.to_string(),
        };
        pagina_con(stato, page)
    }

    fn sezione(&self, modulo: &Modulo) -> Sezione {
        Sezione {
            titolo: t("istanza-passo-dati"),
            righe: vec![
                Riga::new(t("istanza-servizio"), self.servizio.nome.clone()),
                Riga::new(t("istanza-oggetto"), modulo.get("oggetto")),
                Riga::new(t("istanza-richiesta"), modulo.get("richiesta")),
                Riga::new(t("istanza-interessato"), modulo.get("codiceFiscaleInteressato").to_uppercase()),
                Riga::new(t("istanza-telefono"), modulo.get("telefono")),
            ],
            modifica: "dati",
        }
    }

    /// What is declared has legal value (DPR 445/2000 artt. 46, 47, 75, 76).
    fn nota(&self, _: &Modulo, _: &Richiesta) -> Option<Nota> {
        Some(Nota {
            tipo: "warning",
            titolo: t("istanza-dichiarazione-titolo"),
            testo: t("istanza-dichiarazione-testo"),
            voci: Vec::new(),
        })
    }

    async fn invia(&self, modulo: &Modulo, richiesta: &Richiesta) -> Result<Esito, AppError> {
        let input = PresentaIstanza {
            servizio: self.servizio.codice.clone(),
            versione: versione(modulo, self.servizio),
            modulo: campi(modulo),
            allegati: modulo.allegati.clone(),
        };
        richiesta.web.app.presenta_istanza(&richiesta.ctx, modulo.get("chiave"), input).await
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
        invio::tests::prova(&Richiedi::di("/servizi/richiesta-generica/richiedi").unwrap(), modulo)
    }

    #[test]
    fn the_step_shows_the_service_and_the_value_of_what_is_declared() {
        let servizio = in_vigore("richiesta-generica").unwrap();
        let nota = Nota {
            tipo: "warning",
            titolo: t("istanza-dichiarazione-titolo"),
            testo: t("istanza-dichiarazione-testo"),
            voci: Vec::new(),
        };
        let page = PaginaDati {
            layout: layout("Presenta una richiesta, passo 2 di 3", "/servizi/richiesta-generica/richiedi"),
            c: Cornice {
                nota: Some(nota),
                ..cornice("istanza", 2, vec![ErroreCampo::new("telefono", "Non corretto.")])
            },
            m: modulo(&[("telefono", "abc")]),
            chi: anagrafica(&Anagrafica::sample()),
            servizio,
            giorni: servizio.termine_giorni.to_string(),
        };
        let html = salva("istanza-dati.html", &page.render().unwrap());
        let one = |s: &str| html.select(&Selector::parse(s).unwrap()).count();
        assert_eq!(one("input[type=hidden][name=versione][value='1']"), 1);
        assert_eq!(one("#campo-telefono[value=abc][aria-invalid=true]"), 1);
        assert!(html.root_element().text().any(|text| text.contains("DPR 445/2000, articoli 46 e 47")));
    }

    #[test]
    fn only_services_of_the_catalogue_can_be_asked_for() {
        assert!(basi().any(|base| base == "/servizi/richiesta-generica/richiedi"));
        assert!(matches!(Richiedi::di("/servizi/inventato/richiedi"), Err(Errore::NonTrovato)));
    }

    #[test]
    fn the_form_is_checked_as_the_filing_would() {
        let good = modulo(&[("oggetto", "Panchina"), ("richiesta", "Chiedo una panchina."), ("telefono", " ")]);
        assert_eq!(prova(&good), Ok(()));
        let mut bad = good.clone();
        bad.set("codiceFiscaleInteressato", "RSSMRA80A01H501X");
        let fields: Vec<_> = prova(&bad).unwrap_err().0.into_iter().map(|r| r.field.unwrap()).collect();
        assert_eq!(fields, ["modulo.codiceFiscaleInteressato"]);
        let mut old = good.clone();
        old.set("versione", "7");
        assert_eq!(prova(&old).unwrap_err().0[0].code, "servizio-sconosciuto");
    }
}
