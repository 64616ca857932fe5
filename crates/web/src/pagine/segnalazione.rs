//! Reporting that something in the town is broken, in three steps.

use super::appuntamenti;
use super::invio::{self, Cornice, Flusso, Modulo, Nota, Prova, Sezione, anagrafica};
use super::pubbliche::servizi::SEGNALAZIONE;
use crate::errore::{Errore, pagina_con};
use crate::layout::{Layout, Opzione, Riga, Voce};
use crate::richiesta::Richiesta;
use crate::state::Web;
use crate::t;
use app::{AppError, Ente, Esito, InviaSegnalazione};
use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Refused;
use domain::ente::CodiceUfficio;
use domain::segnalazione::{self, CATEGORIE, Categoria, LuogoInput, limiti};

const BASE: &str = "/segnala";

/// The routes.
pub fn routes() -> Router<Web> {
    invio::routes::<Segnala>(BASE)
}

/// The routes that take files.
pub fn routes_file() -> Router<Web> {
    invio::routes_file::<Segnala>(BASE)
}

struct Segnala;

#[derive(Template)]
#[template(path = "segnalazione/dati.html")]
struct PaginaDati {
    layout: Layout,
    c: Cornice,
    m: Modulo,
    chi: Vec<Riga>,
    categorie: Vec<Opzione>,
    /// `lat,lon` where the map opens.
    centro: String,
}

impl PaginaDati {
    /// Error of the point, whichever of its two numbers it is about.
    fn punto(&self) -> &str {
        match self.c.errore("lat") {
            "" => self.c.errore("lon"),
            error => error,
        }
    }
}

/// Whom to call when waiting for the office would be wrong.
pub fn emergenza(categoria: &str, ente: &Ente) -> Option<Nota> {
    let categoria = Categoria::trova(categoria).filter(|categoria| categoria.pericolo)?;
    let mut voci = vec![Voce::new("tel:112", t("segnala-emergenza-112"))];
    let vigili = ente.ufficio(&CodiceUfficio::new("polizia-locale")).filter(|ufficio| !ufficio.telefono.is_empty());
    if let Some(vigili) = vigili {
        let href = format!("tel:{}", vigili.telefono.replace(' ', ""));
        voci.push(Voce::new(href, format!("{}: {}", vigili.nome, vigili.telefono)));
    }
    Some(Nota {
        tipo: "danger",
        titolo: t("segnala-emergenza-titolo"),
        testo: crate::ta("segnala-emergenza-testo", &[("categoria", categoria.nome)]),
        voci,
    })
}

fn input(modulo: &Modulo) -> InviaSegnalazione {
    InviaSegnalazione {
        categoria: modulo.get("categoria").to_owned(),
        titolo: modulo.get("titolo").to_owned(),
        dettagli: modulo.get("dettagli").to_owned(),
        indirizzo: modulo.get("indirizzo").to_owned(),
        latitudine: modulo.grado("lat"),
        longitudine: modulo.grado("lon"),
        allegati: modulo.allegati.clone(),
    }
}

impl Flusso for Segnala {
    const CAMPI: &'static [&'static str] = &["indirizzo", "lat", "lon", "categoria", "titolo", "dettagli"];

    fn di(_: &str) -> Result<Self, Errore> {
        Ok(Self)
    }

    fn base(&self) -> String {
        BASE.to_owned()
    }

    fn testi(&self) -> &'static str {
        "segnala"
    }

    fn percorso(&self, layout: Layout) -> Layout {
        let prenota_href = appuntamenti::inizio(SEGNALAZIONE, invio::RICEVE, None);
        let layout = layout.con_percorso([("/segnalazioni", &t("segnala-elenco")), (BASE, &t("segnala-titolo"))]);
        Layout { prenota_href, ..layout }
    }

    fn prova(&self, modulo: &Modulo, prova: Prova) -> Result<(), Refused> {
        let input = input(modulo);
        let command = segnalazione::Invia {
            id: prova.id,
            autore: prova.utente.anagrafica.clone(),
            categoria: input.categoria,
            titolo: input.titolo,
            dettagli: input.dettagli,
            luogo: LuogoInput {
                indirizzo: input.indirizzo,
                latitudine: input.latitudine,
                longitudine: input.longitudine,
            },
            allegati: prova.allegati,
            nomi_allegati: prova.nomi,
        };
        segnalazione::decide(&None, segnalazione::Command::Invia(Box::new(command)), &prova.ctx).map(|_| ())
    }

    fn dati(&self, stato: StatusCode, layout: Layout, c: Cornice, modulo: &Modulo, richiesta: &Richiesta) -> Response {
        let (lat, lon) = &richiesta.ctx.ente.centro;
        let page = PaginaDati {
            layout,
            c,
            m: modulo.clone(),
            chi: richiesta.utente().map(|utente| anagrafica(&utente.anagrafica)).unwrap_or_default(),
            categorie: CATEGORIE.iter().map(|categoria| Opzione::new(categoria.codice, categoria.nome)).collect(),
            centro: format!("{lat},{lon}"),
        };
        pagina_con(stato, page)
    }

    fn sezione(&self, modulo: &Modulo) -> Sezione {
        let categoria = Categoria::trova(modulo.get("categoria")).map_or("", |categoria| categoria.nome);
        let (lat, lon) = (modulo.get("lat").trim(), modulo.get("lon").trim());
        let punto = if lat.is_empty() { String::new() } else { format!("{lat}, {lon}") };
        Sezione {
            titolo: t("segnala-passo-dati"),
            righe: vec![
                Riga::new(t("segnala-indirizzo"), modulo.get("indirizzo")),
                Riga::new(t("segnala-punto"), punto),
                Riga::new(t("segnala-categoria"), categoria),
                Riga::new(t("segnala-nome"), modulo.get("titolo")),
                Riga::new(t("segnala-dettagli"), modulo.get("dettagli")),
            ],
            modifica: "dati",
        }
    }

    fn nota(&self, modulo: &Modulo, richiesta: &Richiesta) -> Option<Nota> {
        emergenza(modulo.get("categoria"), &richiesta.ctx.ente)
    }

    async fn invia(&self, modulo: &Modulo, richiesta: &Richiesta) -> Result<Esito, AppError> {
        richiesta.web.app.invia_segnalazione(&richiesta.ctx, modulo.get("chiave"), input(modulo)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::ErroreCampo;
    use crate::pagine::area_personale::tests::{ente, layout, salva};
    use crate::pagine::invio::tests::{cornice, modulo};
    use domain::Sample;
    use domain::persona::Anagrafica;
    use scraper::Selector;

    fn prova(modulo: &Modulo) -> Result<(), Refused> {
        invio::tests::prova(&Segnala, modulo)
    }

    #[test]
    fn the_step_shows_the_twelve_categories_and_keeps_what_was_written() {
        let m =
            modulo(&[("categoria", "strade"), ("titolo", "Buca <profonda>"), ("dettagli", "Da ieri."), ("lat", "95")]);
        let errori = vec![
            ErroreCampo::new("indirizzo", "Questo campo è obbligatorio."),
            ErroreCampo::new("lat", "La posizione non è valida."),
            ErroreCampo::new("file", "foto.heic: formato non ammesso."),
        ];
        let page = PaginaDati {
            layout: layout("Segnala un disservizio, passo 2 di 3", "/segnala"),
            c: cornice("segnala", 2, errori),
            m,
            chi: anagrafica(&Anagrafica::sample()),
            categorie: CATEGORIE.iter().map(|c| Opzione::new(c.codice, c.nome)).collect(),
            centro: "44.1,8.25".into(),
        };
        let html = salva("segnala-dati.html", &page.render().unwrap());
        let one = |s: &str| html.select(&Selector::parse(s).unwrap()).count();
        assert_eq!(one("select[name=categoria] option"), 13);
        assert_eq!(one("select[name=categoria] option[value=strade][selected]"), 1);
        assert_eq!(one("a[href='tel:112']"), 1);
        assert_eq!(one("a[href='#campo-indirizzo'], a[href='#campo-lat'], a[href='#campo-file']"), 3);
        assert_eq!(one("#campo-indirizzo, #campo-lat, #campo-file"), 3);
        assert_eq!(one("#campo-titolo[value='Buca <profonda>']"), 1);
        // Words are read before the file: it is the last of the fields that have a name and a value of their own.
        let fields: Vec<_> = html
            .select(&Selector::parse("form[enctype='multipart/form-data'] :is(input, select, textarea)").unwrap())
            .filter_map(|e| e.value().attr("name"))
            .collect();
        assert_eq!(fields.last(), Some(&"file"));
    }

    #[test]
    fn a_danger_shows_the_numbers_to_call() {
        let note = emergenza("strade", &ente()).unwrap();
        assert_eq!(note.voci.iter().map(|v| v.href.as_str()).collect::<Vec<_>>(), ["tel:112", "tel:01875550101"]);
        assert_eq!(emergenza("illuminazione", &ente()), None);
        assert_eq!(emergenza("inventata", &ente()), None);
    }

    #[test]
    fn the_form_is_checked_as_the_filing_would() {
        let good = modulo(&[
            ("categoria", "strade"),
            ("titolo", "Buca"),
            ("dettagli", "Da ieri."),
            ("indirizzo", "Via Roma 1"),
            ("lat", "44,1"),
            ("lon", "8.2"),
        ]);
        assert_eq!(prova(&good), Ok(()));
        let mut bad = good.clone();
        bad.set("lat", "nord");
        bad.set("titolo", "");
        let fields: Vec<_> = prova(&bad).unwrap_err().0.into_iter().map(|r| r.field.unwrap()).collect();
        assert_eq!(fields, ["titolo", "luogo.latitudine"]);
    }
}
