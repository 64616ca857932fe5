//! The message that a draft is about to expire. Every word is in the catalogue `scadenza.ftl`.

use super::Contenuto;
use crate::enti::Ente;
use crate::notifiche::messaggio::escape;
use crate::ports::{BozzaChiusa, Messaggio};
use crate::testi::{ITALIANO, giorno, testo};
use domain::servizio::Servizio;
use domain::termini;

/// The message to the person of a draft; none when they gave no address. It repeats no answer: whoever reads that mailbox
/// is not necessarily who signed in.
pub(super) fn componi(
    ente: &Ente,
    chiusa: &BozzaChiusa,
    contenuto: &Contenuto,
    servizio: &Servizio,
) -> Option<Messaggio> {
    let destinatario = contenuto.email.as_deref().map(str::trim).filter(|email| !email.is_empty())?;
    let fino_al = giorno(termini::data_locale(chiusa.scade));
    let t = |key: &str| {
        let args = [("nome", contenuto.nome.clone()), ("servizio", servizio.nome.clone()), ("giorno", fino_al.clone())];
        testo(ITALIANO, &format!("scadenza-bozza-{key}"), &args)
    };
    let pagina = format!("{}/servizi/{}/richiedi/{}", ente.base_url, servizio.codice, chiusa.id);
    let oggetto = t("oggetto");
    let prima = [t("saluto"), t("testo"), t("riprendi")];
    let dopo = [t("niente"), ente.denominazione.clone()];
    let righe: Vec<&str> = prima.iter().chain([&pagina]).chain(&dopo).map(String::as_str).collect();
    let paragrafi = |testi: &[String]| {
        let testi: Vec<String> = testi.iter().map(|testo| format!("<p>{}</p>\n", escape(testo))).collect();
        testi.concat()
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"it\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.5;max-width:40em\">\n\
         {}<p><a href=\"{pagina}\">{pagina}</a></p>\n{}</body>\n</html>\n",
        escape(&oggetto),
        paragrafi(&prima),
        paragrafi(&dopo),
        pagina = escape(&pagina),
    );
    let host = ente.email.rsplit_once('@').map_or("localhost", |(_, host)| host);
    Some(Messaggio {
        destinatario: destinatario.to_owned(),
        nome: contenuto.nome.clone(),
        mittente: ente.email.clone(),
        mittente_nome: ente.denominazione.clone(),
        testo: format!("{}\n", righe.join("\n\n")),
        html,
        oggetto,
        acclusi: Vec::new(),
        // Of this draft and this expiry: a repeat is recognised, a later warning is another message.
        id: format!("{}.{}.bozza@{host}", chiusa.id, chiusa.scade.as_second()),
    })
}
