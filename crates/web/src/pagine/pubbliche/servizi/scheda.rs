//! The sheet of a service, from its definition.

use super::elenco::href as href_categoria;
use super::{Scheda, schede};
use crate::errore::{Errore, Pagina};
use crate::formato;
use crate::layout::{Layout, Tappa, Voce};
use crate::pagine::appuntamenti;
use crate::pagine::istanza::campi::paragrafi;
use crate::pagine::pubbliche::argomenti;
use crate::richiesta::Richiesta;
use crate::{t, ta};
use app::{Ente, Ufficio};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use domain::ente::CodiceUfficio;
use domain::servizio::{Fase, Quando, Servizio};
use domain::termini;
use jiff::civil::Date;
use serde_json::json;

/// Paragraphs of a voice.
pub(super) type Testo = Vec<String>;

/// The words of a sheet.
#[derive(Default)]
pub(super) struct Voci {
    pub rivolto: Testo,
    pub come: Testo,
    pub serve: Testo,
    pub elenco: Vec<String>,
    pub ottiene: Testo,
    pub tempi: Testo,
    pub fasi: Vec<Tappa>,
    pub costi: Testo,
    pub vincoli: Testo,
    pub casi: Testo,
    pub condizioni: Testo,
    pub norme: Vec<String>,
}

/// Whether a service can be asked for today.
#[derive(Default)]
pub(super) struct Apertura {
    pub aperto: bool,
    /// The days of the window in words; empty without one.
    pub quando: String,
    pub appuntamento: bool,
    /// Where an appointment about it is booked.
    pub prenota: String,
}

#[derive(Template)]
#[template(path = "pubbliche/scheda.html")]
pub(super) struct PaginaScheda {
    layout: Layout,
    servizio: Scheda,
    voci: Voci,
    apertura: Apertura,
    argomenti: Vec<Voce>,
    ufficio: Option<Ufficio>,
    indirizzo: String,
    /// Structured data, safe inside a script element.
    metatag: String,
}

/// `GET /servizi/{codice}`.
pub async fn scheda(r: Richiesta, Path(codice): Path<String>) -> Result<Response, Errore> {
    let servizio = schede(&r).into_iter().find(|s| s.codice == codice).ok_or(Errore::NonTrovato)?;
    let (elenco, href, categoria) = (t("servizi-titolo"), servizio.href(), href_categoria(&servizio.categoria));
    let layout = r.layout(servizio.nome.clone()).con_percorso([
        ("/servizi", elenco.as_str()),
        (categoria.as_str(), servizio.categoria.as_str()),
        (href.as_str(), servizio.nome.as_str()),
    ]);
    let oggi = termini::data_locale(r.web.app.clock().now());
    let prenota_href = appuntamenti::inizio(&servizio.codice, &servizio.ufficio, None);
    let layout = Layout { feedback: true, prenota_href, ..layout };
    Ok(Pagina(pagina(layout, servizio, &r.ctx.ente, oggi)).into_response())
}

pub(super) fn pagina(layout: Layout, servizio: Scheda, ente: &Ente, oggi: Date) -> PaginaScheda {
    let voci = servizio.definizione.as_deref().map_or_else(|| voci_comuni(&servizio), voci);
    PaginaScheda {
        layout,
        apertura: Apertura {
            prenota: appuntamenti::inizio(&servizio.codice, &servizio.ufficio, None),
            ..servizio
                .definizione
                .as_deref()
                .map_or(Apertura { aperto: true, ..Apertura::default() }, |s| apertura(s, oggi))
        },
        argomenti: servizio.argomenti.iter().map(|name| Voce::new(argomenti::href(name), name.as_str())).collect(),
        ufficio: ente.ufficio(&CodiceUfficio::new(servizio.ufficio.clone())).cloned(),
        indirizzo: ente.indirizzo.clone(),
        metatag: metatag(&servizio, &voci, ente),
        voci,
        servizio,
    }
}

pub(super) fn apertura(servizio: &Servizio, oggi: Date) -> Apertura {
    let quando = servizio.finestra.map(|finestra| {
        let (dal, al) = (formato::data(finestra.dal), formato::data(finestra.al));
        if oggi > finestra.al {
            ta("servizi-chiuso-dopo", &[("al", &al)])
        } else if oggi < finestra.dal {
            ta("servizi-chiuso-prima", &[("dal", &dal), ("al", &al)])
        } else {
            ta("servizi-finestra", &[("dal", &dal), ("al", &al)])
        }
    });
    Apertura {
        aperto: servizio.aperto(oggi),
        quando: quando.unwrap_or_default(),
        appuntamento: servizio.appuntamento,
        ..Apertura::default()
    }
}

fn testo(words: &str) -> Testo {
    paragrafi(words).map(str::to_owned).collect()
}

/// The voices of a service that is no istanza: its own words, or those that hold for all.
fn voci_comuni(servizio: &Scheda) -> Voci {
    let giorni = servizio.giorni.to_string();
    let voce = |name: &str| {
        let say = |key: &str| ta(key, &[("giorni", giorni.as_str())]);
        let key = format!("servizio-{}-{name}", servizio.codice);
        let own = say(&key);
        // A key that the catalogue does not know comes back as it is.
        testo(&if own == key { say(&format!("servizio-comune-{name}")) } else { own })
    };
    Voci {
        rivolto: voce("rivolto"),
        come: voce("come"),
        serve: voce("serve"),
        ottiene: voce("ottiene"),
        tempi: voce("tempi"),
        ..Voci::default()
    }
}

fn voci(servizio: &Servizio) -> Voci {
    let scheda = &servizio.scheda;
    let optional = |words: &Option<String>| testo(words.as_deref().unwrap_or_default());
    Voci {
        rivolto: testo(&scheda.destinatari),
        come: testo(&scheda.come_fare),
        serve: testo(&scheda.cosa_serve.introduzione),
        elenco: scheda.cosa_serve.elenco.clone(),
        ottiene: testo(&scheda.cosa_si_ottiene),
        tempi: testo(&scheda.tempi),
        fasi: scheda.fasi.iter().map(fase).collect(),
        costi: costi(servizio),
        vincoli: optional(&scheda.vincoli),
        casi: optional(&scheda.casi_particolari),
        condizioni: testo(&scheda.condizioni),
        norme: servizio.norme.clone(),
    }
}

fn fase(fase: &Fase) -> Tappa {
    let giorni = |giorni: u16| match giorni {
        1 => t("servizi-fase-un-giorno"),
        n => ta("servizi-fase-giorni", &[("giorni", &n.to_string())]),
    };
    Tappa {
        data: fase.giorni.map(giorni).unwrap_or_default(),
        titolo: fase.nome.clone(),
        testo: fase.descrizione.clone().unwrap_or_default(),
        avvenuta: false,
    }
}

fn costi(servizio: &Servizio) -> Testo {
    let mut costi = testo(servizio.scheda.costi.as_deref().unwrap_or_default());
    if let Some(bollo) = &servizio.bollo {
        costi.push(ta("servizi-bollo", &[("importo", &bollo.importo.italiano(2))]));
        costi.extend(bollo.nota.clone());
    }
    if let Some(pagamento) = &servizio.pagamento {
        if let (Quando::AllaPresentazione, Some(importo)) = (pagamento.quando, pagamento.importo) {
            let args = [("causale", pagamento.causale.as_str()), ("importo", &importo.italiano(2))];
            costi.push(ta("servizi-importo", &args));
        }
        costi.extend(pagamento.nota.clone());
    }
    costi
}

/// `schema.org/GovernmentService` (R.SI.1.1).
fn metatag(servizio: &Scheda, voci: &Voci, ente: &Ente) -> String {
    let office = ente.nome_ufficio(&CodiceUfficio::new(servizio.ufficio.clone())).to_owned();
    let (street, cap) = indirizzo(&ente.indirizzo);
    let data = json!({
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": servizio.nome,
        "serviceType": servizio.categoria,
        "serviceOperator": { "@type": "GovernmentOrganization", "name": ente.denominazione },
        "areaServed": { "@type": "AdministrativeArea", "name": ente.nome },
        "audience": { "@type": "Audience", "audienceType": voci.rivolto.join(" ") },
        "availableChannel": {
            "@type": "ServiceChannel",
            "name": office,
            "serviceUrl": format!("{}{}", ente.base_url, servizio.inizio),
            "serviceLocation": {
                "@type": "Place",
                "name": office,
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": street,
                    "postalCode": cap,
                    "addressLocality": ente.nome,
                },
            },
        },
    });
    // `</script>` in a text would end the element.
    data.to_string().replace('<', "\\u003c")
}

/// Street and postal code of an address on one line (`Piazza della Fonte 1, 00000 Montelume`).
fn indirizzo(line: &str) -> (String, String) {
    let street = line.split(',').next().unwrap_or(line).trim();
    let cap = |word: &&str| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
    let cap = line.split([' ', ',']).find(cap).unwrap_or("00000");
    (street.to_owned(), cap.to_owned())
}
