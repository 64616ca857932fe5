//! From a case of the application to the data of its receipt.

use crate::{
    Allegato, Compositore, Comune, Documento, Istanza, Protocollo, Ricevuta, Riga, Sezione, Soggetto, Termine, Ufficio,
};
use app::Ente;
use app::ports::{RicevutaError, Ricevute};
use app::testi::{ITALIANO, it, testo};
use domain::Caso;
use domain::pratica::Base;
use domain::servizio::EffettoSilenzio;

impl Ricevute for Compositore {
    fn ricevuta(&self, ente: &Ente, caso: &Caso) -> Result<Vec<u8>, RicevutaError> {
        let dati = dati(ente, caso).ok_or_else(|| RicevutaError("the case has no number or no sender".into()))?;
        self.componi(Documento::Ricevuta(&dati)).map_err(|error| RicevutaError(error.to_string()))
    }
}

fn riga(key: &str, valore: impl Into<String>) -> Riga {
    Riga { etichetta: it(&format!("ricevuta-{key}")), valore: valore.into() }
}

/// `None` for a case without a number, or whose sender's data were destroyed.
fn dati(ente: &Ente, caso: &Caso) -> Option<Ricevuta> {
    let base = caso.base();
    let protocollo = base.protocollo.as_ref()?;
    let tipo = base.tipo.as_str();
    Some(Ricevuta {
        istanza: istanza(ente, caso)?,
        protocollo: Protocollo {
            numero: protocollo.segnatura().to_string(),
            registro: protocollo.registro.clone(),
            data: protocollo.data,
        },
        impronta: protocollo.impronta.to_string(),
        termine: base.termine.as_ref().map(|termine| Termine {
            durata: testo(ITALIANO, "ricevuta-durata", &[("giorni", termine.giorni.to_string())]),
            scadenza: termine.scadenza,
            silenzio: it(silenzio(caso)),
        }),
        ufficio: ufficio(ente, base),
        rimedi: it(&format!("notifica-rimedi-{tipo}")),
        visione: it("ricevuta-visione"),
        privacy: testo(
            ITALIANO,
            "ricevuta-privacy",
            &[("ente", ente.denominazione.clone()), ("indirizzo", format!("{}/privacy", ente.base_url))],
        ),
        passi: ["passo-1", "passo-2", "passo-3"].map(|passo| it(&format!("ricevuta-{passo}"))).into(),
        indirizzo: format!("{}/pratiche/{}", ente.base_url, base.id),
    })
}

fn istanza(ente: &Ente, caso: &Caso) -> Option<Istanza> {
    let base = caso.base();
    let persona = base.richiedente.get()?;
    let contatti = persona.email.iter().map(|email| riga("email", email)).collect();
    let nomi = base.nomi_allegati.iter().cloned().chain(std::iter::repeat(String::new()));
    Some(Istanza {
        comune: Comune { nome: ente.denominazione.clone(), codice: ente.codice.to_string(), aoo: ente.aoo.clone() },
        tipo: it(&format!("ricevuta-tipo-{}", base.tipo.as_str())),
        pratica: base.codice.to_string(),
        inviata: base.inviata_il,
        istante: Soggetto {
            nome: persona.nome_completo(),
            codice_fiscale: persona.codice_fiscale.as_ref().map(|codice| codice.as_str().to_owned()),
            qualifica: None,
            contatti,
        },
        delegato: None,
        servizio: servizio(caso),
        oggetto: base.oggetto.clone(),
        sezioni: sezioni(caso),
        dichiarazioni: Vec::new(),
        allegati: base
            .allegati
            .iter()
            .zip(nomi)
            .enumerate()
            .map(|(i, (file, nome))| Allegato {
                nome: if nome.is_empty() { format!("allegato-{}", i + 1) } else { nome },
                byte: file.dimensione,
                sha256: file.impronta.to_string(),
            })
            .collect(),
    })
}

fn servizio(caso: &Caso) -> String {
    match caso {
        Caso::Istanza(p) => p.dettaglio.documento.get().map(|d| d.servizio.clone()),
        Caso::Appuntamento(p) => Some(p.dettaglio.nome_servizio.clone()),
        Caso::Segnalazione(_) | Caso::Lettera(_) => None,
    }
    .unwrap_or_else(|| it(&format!("ricevuta-servizio-{}", caso.base().tipo.as_str())))
}

fn sezioni(caso: &Caso) -> Vec<Sezione> {
    let Caso::Istanza(pratica) = caso else { return Vec::new() };
    let Some(documento) = pratica.dettaglio.documento.get() else { return Vec::new() };
    let of = |sezione: &domain::modulo::Sezione| Sezione {
        titolo: sezione.titolo.clone(),
        righe: sezione
            .righe
            .iter()
            .map(|(etichetta, valore)| Riga { etichetta: etichetta.clone(), valore: valore.clone() })
            .collect(),
    };
    documento.sezioni.iter().map(of).collect()
}

/// Only a request opens a proceeding: silence on a report or a letter has no meaning of its own (L. 241/1990 art. 2).
fn silenzio(caso: &Caso) -> &'static str {
    let Caso::Istanza(pratica) = caso else { return "ricevuta-silenzio-nessuno" };
    match pratica.dettaglio.effetto_silenzio {
        EffettoSilenzio::Assenso => "ricevuta-silenzio-assenso",
        EffettoSilenzio::Rigetto => "ricevuta-silenzio-rigetto",
        EffettoSilenzio::Inadempimento => "ricevuta-silenzio-inadempimento",
    }
}

fn ufficio(ente: &Ente, base: &Base) -> Ufficio {
    let mut contatti = vec![riga("pec", &ente.pec)];
    if let Some(ufficio) = ente.ufficio(&base.ufficio) {
        contatti.push(riga("email", &ufficio.email));
        contatti.push(riga("telefono", &ufficio.telefono));
    }
    Ufficio {
        unita: ente.nome_ufficio(&base.ufficio).to_owned(),
        responsabile: base.presa_in_carico.as_ref().map(|(operatore, _)| operatore.nome.clone()),
        contatti,
    }
}
