//! What a notice says. Every word is in the catalogue `notifiche.ftl`.
//!
//! The receipt repeats what the citizen filed: it is their own copy, at the address they gave. The answer to a
//! restricted case is not repeated: whoever reads that mailbox is not necessarily who signed in.

pub(super) mod appuntamento;

use super::{CANALE, Config};
use crate::enti::Ente;
use crate::ports::{Consegna, Messaggio};
use crate::testi::{ITALIANO, testo};
use domain::Caso;
use domain::notifica::Motivo;
use domain::pratica::Base;
use domain::servizio::EffettoSilenzio;
use domain::termini;
use jiff::Timestamp;
use jiff::civil::Date;
use std::ops::Range;

/// A part of a message; each is written once as text and once as HTML.
enum Blocco {
    Titolo(String),
    Paragrafo(String),
    /// Label and value.
    Righe(Vec<(String, String)>),
    Elenco(Vec<String>),
    Collegamento(String),
}

/// A sentence of the catalogue without values.
fn t(key: &str) -> String {
    testo(ITALIANO, &format!("notifica-{key}"), &[])
}

fn t_with(key: &str, args: &[(&str, &str)]) -> String {
    let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    testo(ITALIANO, &format!("notifica-{key}"), &args)
}

fn riga(key: &str, value: impl Into<String>) -> (String, String) {
    (t(&format!("voce-{key}")), value.into())
}

fn data(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// Date and time in Rome, as the citizen's clock shows them.
fn data_e_ora(at: Timestamp) -> String {
    let (data, ora) = (data(termini::data_locale(at)), termini::ora_locale(at).strftime("%H:%M:%S").to_string());
    t_with("data-e-ora", &[("data", &data), ("ora", &ora)])
}

/// The message of a notice; none when there is nobody to write to (no address was given, or the person was forgotten).
pub(super) fn componi(ente: &Ente, caso: &Caso, consegna: &Consegna, config: &Config) -> Option<Messaggio> {
    let base = caso.base();
    let persona = base.richiedente.get()?;
    let destinatario = persona.email.as_deref().map(str::trim).filter(|email| !email.is_empty())?;
    let nome = persona.nome_completo();
    let segnatura = base.protocollo.as_ref().map(|p| p.segnatura().to_string()).unwrap_or_default();
    // The register's subject, never the citizen's own words: subjects are read over shoulders (GDPR art. 9).
    let oggetto = t_with(
        &format!("oggetto-{}", consegna.motivo.as_str()),
        &[("oggetto", &base.oggetto), ("protocollo", &segnatura), ("codice", base.codice.as_str())],
    );
    let mut blocchi = vec![Blocco::Paragrafo(t_with("saluto", &[("nome", &nome)]))];
    blocchi.extend(match consegna.motivo {
        Motivo::Ricevuta => ricevuta(ente, caso),
        Motivo::PresaInCarico => presa_in_carico(ente, base),
        Motivo::IntegrazioneRichiesta => integrazione_richiesta(ente, base),
        Motivo::IntegrazionePresentata => integrazione_presentata(ente, base),
        Motivo::Rinuncia => rinuncia(ente, base),
        Motivo::Conclusione => conclusione(ente, base),
        // Their words are those of `appuntamento`.
        Motivo::Prenotazione
        | Motivo::Conferma
        | Motivo::Spostamento
        | Motivo::Annullamento
        | Motivo::Promemoria
        | Motivo::Offerta => return None,
    });
    blocchi.push(Blocco::Titolo(t("titolo-seguire")));
    blocchi.push(Blocco::Paragrafo(t("seguire")));
    blocchi.push(Blocco::Collegamento(format!("{}{}{}", ente.base_url, config.percorso_pratica, base.id)));
    if !matches!(consegna.motivo, Motivo::Conclusione | Motivo::Rinuncia) {
        blocchi.push(Blocco::Titolo(t("titolo-rimedi")));
        blocchi.push(Blocco::Paragrafo(t(&format!("rimedi-{}", base.tipo.as_str()))));
    }
    blocchi.push(Blocco::Paragrafo(t("copia-di-cortesia")));
    blocchi.push(Blocco::Paragrafo(ente.denominazione.clone()));
    let host = ente.email.rsplit_once('@').map_or("localhost", |(_, host)| host);
    Some(Messaggio {
        destinatario: destinatario.to_owned(),
        nome,
        mittente: ente.email.clone(),
        mittente_nome: ente.denominazione.clone(),
        testo: come_testo(&blocchi),
        html: come_html(&oggetto, &blocchi),
        oggetto,
        acclusi: Vec::new(),
        id: format!("{}.{CANALE}@{host}", consegna.causa),
    })
}

/// The receipt (L. 241/1990 artt. 8 and 18-bis).
fn ricevuta(ente: &Ente, caso: &Caso) -> Vec<Blocco> {
    let base = caso.base();
    let mut ricevuta = vec![riga("ente", &ente.denominazione)];
    if let Some(protocollo) = &base.protocollo {
        ricevuta.push(riga("protocollo", protocollo.segnatura().to_string()));
        ricevuta.push(riga("data", data_e_ora(protocollo.data)));
        ricevuta.push(riga("registro", &protocollo.registro));
        ricevuta.push(riga("impronta", protocollo.impronta.as_str()));
    }
    ricevuta.push(riga("codice", base.codice.as_str()));
    ricevuta.push(riga("oggetto", &base.oggetto));
    if let Some(persona) = base.richiedente.get() {
        ricevuta.push(riga("richiedente", persona.nome_completo()));
    }
    vec![
        Blocco::Paragrafo(t(&format!("intro-ricevuta-{}", base.tipo.as_str()))),
        Blocco::Titolo(t("titolo-ricevuta")),
        Blocco::Righe(ricevuta),
        Blocco::Titolo(t("titolo-contenuto")),
        Blocco::Righe(contenuto(caso)),
        Blocco::Titolo(t("titolo-allegati")),
        allegati(base, 0..depositati(base)),
        Blocco::Titolo(t("titolo-risposta")),
        Blocco::Righe(risposta(ente, caso)),
    ]
}

/// What was filed, in the citizen's words.
fn contenuto(caso: &Caso) -> Vec<(String, String)> {
    match caso {
        Caso::Segnalazione(pratica) => pratica.dettaglio.documento.get().map_or_else(Vec::new, |d| {
            let mut righe = vec![
                riga("categoria", &d.categoria),
                riga("titolo", &d.titolo),
                riga("dettagli", &d.dettagli),
                riga("luogo", &d.luogo.indirizzo),
            ];
            if let (Some(lat), Some(lon)) = (d.luogo.latitudine, d.luogo.longitudine) {
                righe.push(riga("coordinate", format!("{lat}, {lon}")));
            }
            righe
        }),
        Caso::Lettera(pratica) => pratica
            .dettaglio
            .documento
            .get()
            .map_or_else(Vec::new, |d| vec![riga("titolo", &d.oggetto), riga("testo", &d.testo)]),
        Caso::Istanza(pratica) => pratica.dettaglio.documento.get().map_or_else(Vec::new, |d| {
            let mut righe = vec![riga("servizio", &d.servizio)];
            // A restricted request may hold data on health or needs: a mailbox is no place for them (GDPR art. 9).
            if pratica.base.riservato {
                righe.push(riga("risposte", t("risposte-riservate")));
            } else {
                righe.extend(d.sezioni.iter().flat_map(|sezione| sezione.righe.iter().cloned()));
            }
            righe
        }),
        Caso::Appuntamento(pratica) => {
            let posto = &pratica.dettaglio.posto;
            let luogo = format!("{}, {}", posto.sede.nome, posto.sede.indirizzo);
            vec![riga("servizio", &pratica.dettaglio.nome_servizio), riga("luogo", &luogo)]
        }
    }
}

/// Files of the filing itself: what was added later comes after them.
fn depositati(base: &Base) -> usize {
    let added = base.integrazione.as_ref().and_then(|asked| asked.risposta.as_ref());
    added.map_or(base.allegati.len(), |added| added.primo_allegato)
}

/// The files with their hashes, so that anyone can check them.
fn allegati(base: &Base, quali: Range<usize>) -> Blocco {
    let files = base.allegati.get(quali.clone()).unwrap_or_default();
    if files.is_empty() {
        return Blocco::Paragrafo(t("nessun-allegato"));
    }
    let senza_nome = t("allegato-senza-nome");
    let voci = quali.zip(files).map(|(index, allegato)| {
        let nome = base.nomi_allegati.get(index).unwrap_or(&senza_nome);
        let byte = allegato.dimensione.to_string();
        let args = [("nome", nome.as_str()), ("byte", byte.as_str()), ("impronta", allegato.impronta.as_str())];
        t_with("allegato", &args)
    });
    Blocco::Elenco(voci.collect())
}

/// Who answers, and by when (L. 241/1990 art. 8 c. 2: office, person responsible, date, what silence means).
fn risposta(ente: &Ente, caso: &Caso) -> Vec<(String, String)> {
    let base = caso.base();
    let mut righe = ufficio(ente, base);
    let responsabile = base.presa_in_carico.as_ref().map(|(operatore, _)| operatore.nome.clone());
    righe.push(riga("responsabile", responsabile.unwrap_or_else(|| t("responsabile-ufficio"))));
    if let Some(termine) = &base.termine {
        righe.push(riga("entro", data(termine.scadenza)));
    }
    if let Caso::Istanza(pratica) = caso {
        righe.push(riga(
            "silenzio",
            t(match pratica.dettaglio.effetto_silenzio {
                EffettoSilenzio::Assenso => "silenzio-assenso",
                EffettoSilenzio::Rigetto => "silenzio-rigetto",
                EffettoSilenzio::Inadempimento => "silenzio-inadempimento",
            }),
        ));
    }
    righe
}

fn ufficio(ente: &Ente, base: &Base) -> Vec<(String, String)> {
    let mut righe = vec![riga("ufficio", ente.nome_ufficio(&base.ufficio))];
    if let Some(ufficio) = ente.ufficio(&base.ufficio) {
        righe.push(riga("contatti", format!("{} - {}", ufficio.email, ufficio.telefono)));
    }
    righe
}

/// What identifies the case in every later notice.
fn pratica(base: &Base) -> Vec<(String, String)> {
    let mut righe = vec![riga("codice", base.codice.as_str()), riga("oggetto", &base.oggetto)];
    if let Some(protocollo) = &base.protocollo {
        let args = [("segnatura", protocollo.segnatura().to_string()), ("data", data(protocollo.data_locale()))];
        righe.push(riga("protocollo", t_with("protocollo-del", &args.each_ref().map(|(n, v)| (*n, v.as_str())))));
    }
    righe
}

fn presa_in_carico(ente: &Ente, base: &Base) -> Vec<Blocco> {
    let mut righe = pratica(base);
    righe.extend(ufficio(ente, base));
    if let Some((operatore, il)) = &base.presa_in_carico {
        righe.push(riga("responsabile", &operatore.nome));
        righe.push(riga("preso-in-carico", data_e_ora(*il)));
    }
    if let Some(termine) = &base.termine {
        righe.push(riga("entro", data(termine.scadenza)));
    }
    let intro = t(&format!("intro-presa-in-carico-{}", base.tipo.as_str()));
    vec![Blocco::Paragrafo(intro), Blocco::Titolo(t("titolo-pratica")), Blocco::Righe(righe)]
}

/// What is missing and until when. The items of a restricted case are not repeated: they may say what somebody suffers from.
fn integrazione_richiesta(ente: &Ente, base: &Base) -> Vec<Blocco> {
    let mut righe = pratica(base);
    righe.extend(ufficio(ente, base));
    let mut blocchi = vec![Blocco::Paragrafo(t("intro-integrazione-richiesta"))];
    let Some(asked) = &base.integrazione else { return blocchi };
    righe.push(riga("responsabile", &asked.operatore.nome));
    righe.push(riga("protocollo-richiesta", asked.protocollo.segnatura().to_string()));
    righe.push(riga("integrazione-entro", data(asked.entro)));
    if let Some(termine) = &base.termine {
        righe.push(riga("entro-sospeso", data(termine.scadenza)));
    }
    blocchi.push(Blocco::Titolo(t("titolo-integrazione")));
    match asked.richiesta.get().filter(|_| !base.riservato) {
        Some(documento) => {
            blocchi.push(Blocco::Elenco(documento.voci.clone()));
            blocchi.extend(documento.messaggio.clone().map(Blocco::Paragrafo));
        }
        None => blocchi.push(Blocco::Paragrafo(t("integrazione-riservata"))),
    }
    blocchi.push(Blocco::Paragrafo(t_with("integrazione-come", &[("entro", &data(asked.entro))])));
    blocchi.extend([Blocco::Titolo(t("titolo-pratica")), Blocco::Righe(righe)]);
    blocchi
}

/// The confirmation of what was added: its number, its files, the date for the answer.
fn integrazione_presentata(ente: &Ente, base: &Base) -> Vec<Blocco> {
    let mut blocchi = vec![Blocco::Paragrafo(t("intro-integrazione-presentata"))];
    let Some(added) = base.integrazione.as_ref().and_then(|asked| asked.risposta.as_ref()) else { return blocchi };
    let mut righe = pratica(base);
    righe.extend(ufficio(ente, base));
    righe.push(riga("protocollo-integrazione", added.protocollo.segnatura().to_string()));
    righe.push(riga("data", data_e_ora(added.protocollo.data)));
    righe.push(riga("impronta", added.protocollo.impronta.as_str()));
    if let Some(termine) = &base.termine {
        righe.push(riga("entro", data(termine.scadenza)));
    }
    blocchi.extend([Blocco::Titolo(t("titolo-pratica")), Blocco::Righe(righe), Blocco::Titolo(t("titolo-allegati"))]);
    blocchi.push(allegati(base, added.primo_allegato..added.primo_allegato + added.allegati));
    blocchi
}

/// The confirmation of a withdrawal. The reason is not repeated: it is the citizen's own.
fn rinuncia(ente: &Ente, base: &Base) -> Vec<Blocco> {
    let mut righe = pratica(base);
    righe.extend(ufficio(ente, base));
    if let Some(rinuncia) = &base.rinuncia {
        righe.push(riga("protocollo-rinuncia", rinuncia.protocollo.segnatura().to_string()));
        righe.push(riga("data", data_e_ora(rinuncia.protocollo.data)));
        righe.push(riga("impronta", rinuncia.protocollo.impronta.as_str()));
    }
    let intro = Blocco::Paragrafo(t("intro-rinuncia"));
    vec![intro, Blocco::Titolo(t("titolo-pratica")), Blocco::Righe(righe), Blocco::Paragrafo(t("rinuncia-effetto"))]
}

fn conclusione(ente: &Ente, base: &Base) -> Vec<Blocco> {
    let mut righe = pratica(base);
    righe.extend(ufficio(ente, base));
    let mut blocchi = vec![Blocco::Paragrafo(t(&format!("intro-conclusione-{}", base.tipo.as_str())))];
    let mut risposta = None;
    if let Some(chiusura) = &base.chiusura {
        righe.push(riga("concluso", data_e_ora(chiusura.il)));
        righe.push(riga("firma", &chiusura.operatore.nome));
        if let Some(protocollo) = &chiusura.protocollo {
            righe.push(riga("protocollo-risposta", protocollo.segnatura().to_string()));
        }
        risposta = chiusura.messaggio.get().and_then(|m| m.messaggio.clone());
    }
    blocchi.extend([Blocco::Titolo(t("titolo-pratica")), Blocco::Righe(righe), Blocco::Titolo(t("titolo-esito"))]);
    blocchi.push(Blocco::Paragrafo(match risposta {
        Some(risposta) if !base.riservato => risposta,
        _ => t("esito-riservato"),
    }));
    blocchi
}

fn ognuno<T>(parti: &[T], scrivi: impl Fn(&T) -> String) -> String {
    parti.iter().map(scrivi).collect()
}

fn come_testo(blocchi: &[Blocco]) -> String {
    ognuno(blocchi, |blocco| match blocco {
        Blocco::Titolo(text) => format!("{}\n{}\n", text.to_uppercase(), "-".repeat(text.chars().count())),
        Blocco::Paragrafo(text) | Blocco::Collegamento(text) => format!("{text}\n\n"),
        Blocco::Righe(righe) => ognuno(righe, |(label, value)| format!("{label}: {value}\n")) + "\n",
        Blocco::Elenco(voci) => ognuno(voci, |voce| format!("- {voce}\n")) + "\n",
    })
}

/// Plain HTML that every program shows: no images, no scripts, nothing from elsewhere.
fn come_html(oggetto: &str, blocchi: &[Blocco]) -> String {
    let riga = |(label, value): &(String, String)| {
        format!("<dt><strong>{}</strong></dt><dd>{}</dd>\n", escape(label), escape(value))
    };
    let corpo = ognuno(blocchi, |blocco| match blocco {
        Blocco::Titolo(text) => format!("<h2>{}</h2>\n", escape(text)),
        Blocco::Paragrafo(text) => format!("<p>{}</p>\n", escape(text)),
        Blocco::Collegamento(url) => format!("<p><a href=\"{0}\">{0}</a></p>\n", escape(url)),
        Blocco::Righe(righe) => format!("<dl>\n{}</dl>\n", ognuno(righe, riga)),
        Blocco::Elenco(voci) => {
            format!("<ul>\n{}</ul>\n", ognuno(voci, |voce| format!("<li>{}</li>\n", escape(voce))))
        }
    });
    format!(
        "<!doctype html>\n<html lang=\"it\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.5;max-width:40em\">\n{corpo}</body>\n</html>\n",
        escape(oggetto)
    )
}

/// Text inside HTML, also in quoted attributes; line ends stay visible.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>\n"),
            c => out.push(c),
        }
    }
    out
}
