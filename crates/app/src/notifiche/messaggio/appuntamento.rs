//! Notices about appointments: when, where, what to bring, and how to move or cancel.

use super::super::CANALE;
use super::{Blocco, come_html, come_testo, riga, t, t_with};
use crate::appuntamenti::parole::{ora, quando};
use crate::appuntamenti::{Corredo, email};
use crate::enti::Ente;
use crate::ports::{Consegna, Messaggio};
use domain::appuntamento::{Dettaglio, Parte};
use domain::notifica::Motivo;
use domain::pratica::Pratica;
use domain::prenotabile::{Sede, SlotId};
use jiff::Timestamp;

/// A slot that is offered to who waits for an earlier one.
#[derive(Debug, Clone)]
pub(in crate::notifiche) struct PostoOfferto {
    pub slot: SlotId,
    pub sede: Sede,
    pub scade: Timestamp,
}

/// What a notice says besides what the case holds.
#[derive(Debug, Clone, Default)]
pub(in crate::notifiche) struct Detto {
    /// Link and things to bring.
    pub corredo: Corredo,
    /// Who moved or cancelled it, and why.
    pub perche: Option<(Parte, Option<String>)>,
    /// What is offered.
    pub offerta: Option<PostoOfferto>,
    /// Address of the case's page, for who signs in.
    pub pagina: String,
    /// Now.
    pub adesso: Timestamp,
}

/// The message of a notice about an appointment; none when there is nobody to write to.
pub(in crate::notifiche) fn componi(
    ente: &Ente,
    pratica: &Pratica<Dettaglio>,
    consegna: &Consegna,
    detto: &Detto,
) -> Option<Messaggio> {
    let base = &pratica.base;
    let nome = base.richiedente.get()?.nome_completo();
    let destinatario = email(pratica)?.to_owned();
    let when = detto.offerta.as_ref().map_or(pratica.dettaglio.posto.inizio, |offerta| offerta.slot.inizio);
    let oggetto = t_with(
        &format!("oggetto-{}", consegna.motivo.as_str()),
        &[("oggetto", &base.oggetto), ("quando", &quando(when)), ("codice", base.codice.as_str())],
    );
    let mut blocchi = vec![Blocco::Paragrafo(t_with("saluto", &[("nome", &nome)]))];
    blocchi.extend(match consegna.motivo {
        Motivo::Annullamento => annullamento(ente, pratica, detto),
        Motivo::Offerta => offerta(pratica, detto)?,
        motivo => appuntamento(pratica, motivo, detto),
    });
    blocchi.push(Blocco::Paragrafo(t("appuntamento-cortesia")));
    blocchi.push(Blocco::Paragrafo(ente.denominazione.clone()));
    let host = ente.email.rsplit_once('@').map_or("localhost", |(_, host)| host);
    Some(Messaggio {
        destinatario,
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

/// An appointment that stands.
fn appuntamento(pratica: &Pratica<Dettaglio>, motivo: Motivo, detto: &Detto) -> Vec<Blocco> {
    let intro = match motivo {
        Motivo::Prenotazione if pratica.dettaglio.da_confermare => "intro-prenotazione-da-confermare".to_owned(),
        motivo => format!("intro-{}", motivo.as_str()),
    };
    let mut blocchi = vec![Blocco::Paragrafo(t(&intro))];
    blocchi.extend(perche(pratica, detto));
    blocchi.extend([Blocco::Titolo(t("titolo-appuntamento")), Blocco::Righe(dati(pratica))]);
    if !detto.corredo.cosa_serve.is_empty() {
        blocchi.push(Blocco::Titolo(t("titolo-cosa-serve")));
        blocchi.push(Blocco::Elenco(detto.corredo.cosa_serve.clone()));
    }
    blocchi.extend(se_non_puoi(pratica, detto));
    blocchi
}

/// Why the office moved or cancelled it. What a restricted service says is not for a mailbox.
fn perche(pratica: &Pratica<Dettaglio>, detto: &Detto) -> Option<Blocco> {
    let (Parte::Ufficio, Some(motivo)) = detto.perche.as_ref()? else { return None };
    let shown = if pratica.base.riservato { t("appuntamento-motivo-riservato") } else { motivo.clone() };
    Some(Blocco::Righe(vec![riga("motivo-ufficio", shown)]))
}

fn luogo(sede: &Sede) -> Vec<(String, String)> {
    let mut righe = vec![riga("dove", format!("{}, {}", sede.nome, sede.indirizzo))];
    righe.extend(sede.indicazioni.as_ref().map(|how| riga("indicazioni", how)));
    righe.push(riga("accessibile", t(if sede.accessibile { "accessibile-si" } else { "accessibile-no" })));
    righe.extend(sede.telefono.as_ref().map(|telefono| riga("telefono", telefono)));
    righe
}

fn dati(pratica: &Pratica<Dettaglio>) -> Vec<(String, String)> {
    let Pratica { base, dettaglio } = pratica;
    let posto = &dettaglio.posto;
    let until = t_with("appuntamento-fino", &[("inizio", &quando(posto.inizio)), ("fine", &ora(posto.fine))]);
    let mut righe = vec![riga("servizio", &dettaglio.nome_servizio), riga("quando", until)];
    righe.extend(luogo(&posto.sede));
    righe.push(riga("codice-appuntamento", base.codice.as_str()));
    righe.extend(base.protocollo.as_ref().map(|protocollo| riga("protocollo", protocollo.segnatura().to_string())));
    righe
}

/// How to move or cancel, and until when.
fn se_non_puoi(pratica: &Pratica<Dettaglio>, detto: &Detto) -> Vec<Blocco> {
    let entro = pratica.dettaglio.disdetta_entro();
    let mut blocchi = vec![Blocco::Titolo(t("titolo-se-non-puoi"))];
    if entro < detto.adesso {
        blocchi.push(Blocco::Paragrafo(t("appuntamento-troppo-tardi")));
        return blocchi;
    }
    if let Some(url) = &detto.corredo.collegamento {
        blocchi.push(Blocco::Paragrafo(t_with("appuntamento-sposta", &[("entro", &quando(entro))])));
        blocchi.push(Blocco::Collegamento(url.clone()));
        blocchi.push(Blocco::Paragrafo(t("appuntamento-collegamento")));
    } else {
        blocchi.push(Blocco::Paragrafo(t_with("appuntamento-sposta-area", &[("entro", &quando(entro))])));
        blocchi.push(Blocco::Collegamento(detto.pagina.clone()));
    }
    blocchi
}

fn annullamento(ente: &Ente, pratica: &Pratica<Dettaglio>, detto: &Detto) -> Vec<Blocco> {
    let office = matches!(detto.perche, Some((Parte::Ufficio, _)));
    let intro = if office { "intro-annullamento-ufficio" } else { "intro-annullamento" };
    let mut blocchi = vec![Blocco::Paragrafo(t(intro))];
    blocchi.extend(perche(pratica, detto));
    blocchi.extend([Blocco::Titolo(t("titolo-appuntamento-annullato")), Blocco::Righe(dati(pratica))]);
    blocchi.push(Blocco::Paragrafo(t("appuntamento-prenota-altro")));
    let url = format!("{}/prenota-appuntamento?servizio={}", ente.base_url, pratica.dettaglio.servizio);
    blocchi.push(Blocco::Collegamento(url));
    blocchi
}

fn offerta(pratica: &Pratica<Dettaglio>, detto: &Detto) -> Option<Vec<Blocco>> {
    let PostoOfferto { slot, sede, scade } = detto.offerta.as_ref()?;
    // The signed link needs no sign-in: an offer is short, and the way to an answer is too.
    let (words, page) = match &detto.corredo.collegamento {
        Some(url) => ("offerta-entro", url),
        None => ("offerta-entro-area", &detto.pagina),
    };
    let mut offered = vec![riga("servizio", &pratica.dettaglio.nome_servizio), riga("quando", quando(slot.inizio))];
    offered.extend(luogo(sede));
    Some(vec![
        Blocco::Paragrafo(t("intro-offerta")),
        Blocco::Titolo(t("titolo-offerta")),
        Blocco::Righe(offered),
        Blocco::Paragrafo(t_with(words, &[("entro", &quando(*scade))])),
        Blocco::Collegamento(format!("{page}#attesa")),
        Blocco::Paragrafo(t("offerta-senza-risposta")),
        Blocco::Titolo(t("titolo-appuntamento-ora")),
        Blocco::Righe(dati(pratica)),
    ])
}
