//! What the pages of an agenda draw, from the day as the application has it.

use super::Luogo;
use crate::layout::{Opzione, Stato, Tono};
use crate::{t, ta};
use app::appuntamenti::{AgendaGiorno, AppuntamentoAgenda, TurnoAgenda, parole};
use domain::pratica::StatoPratica;
use domain::prenotabile::Canale;
use jiff::Timestamp;
use jiff::civil::Date;

/// A step that one button takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bottone {
    /// Name of the step in the address.
    pub nome: &'static str,
    pub testo: String,
    /// The one that is expected next.
    pub primo: bool,
}

/// A booking of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaPosto {
    pub id: String,
    pub ora: String,
    pub chi: String,
    pub servizio: String,
    pub motivo: String,
    pub dettagli: String,
    pub contatti: String,
    pub codice: String,
    pub href: String,
    /// The case it is about; empty when there is none.
    pub collegata: String,
    pub stato: Stato,
    /// What is to be known besides: to be confirmed, out of the hours, by telephone.
    pub note: Vec<Stato>,
    pub bottoni: Vec<Bottone>,
    /// Whether it can be concluded here, without a number.
    pub concludi: bool,
    /// Whether it can still be moved or cancelled.
    pub cambia: bool,
}

/// A desk with its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaSportello {
    pub codice: String,
    pub nome: String,
    /// Its hours in words.
    pub orari: String,
    /// Why it is closed that day; empty when it is not.
    pub chiuso: String,
    pub posti: Vec<VistaPosto>,
}

/// A number that is not done with, or that nobody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaTurno {
    pub numero: u16,
    /// Id of the case; empty for who came without a booking.
    pub pratica: String,
    /// Whether the person may be marked as absent by now.
    pub assente: bool,
    pub chi: String,
    pub servizio: String,
    pub stato: Stato,
    /// Called already.
    pub chiamato: bool,
    /// The case; empty for who came without a booking.
    pub href: String,
    /// Desks to call it to; the first is the likely one.
    pub sportelli: Vec<Opzione>,
}

/// A closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaChiusura {
    pub testo: String,
    /// The desks as the form to open again hands them back.
    pub sportelli: String,
}

/// The whole day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaGiorno {
    pub sportelli: Vec<VistaSportello>,
    pub turni: Vec<VistaTurno>,
    /// Numbers that were called and that nobody answered.
    pub senza_risposta: Vec<VistaTurno>,
    /// How many numbers are done with; empty for none, as are those below.
    pub serviti: String,
    /// How many bookings are not shown.
    pub altri: String,
    pub chiusure: Vec<VistaChiusura>,
    /// How many bookings no longer fit the hours.
    pub fuori: String,
    /// Who is booked and has not come yet, for the question what becomes of them when the day is closed.
    pub attesi: Vec<String>,
    /// Nobody is booked.
    pub vuoto: bool,
    /// How many slots are held right now.
    pub bloccati: String,
}

/// Name of a desk for people.
fn sportello<'a>(giorno: &'a AgendaGiorno, codice: &'a str) -> &'a str {
    giorno.orario.sportello(codice).map_or(codice, |sportello| sportello.nome.as_str())
}

/// Hours of a day: `8:30-12:30 e 15:00-17:30`.
fn orari(aperture: &[domain::prenotabile::Intervallo]) -> String {
    let spans: Vec<String> =
        aperture.iter().map(|span| format!("{}-{}", parole::ora(span.inizio), parole::ora(span.fine))).collect();
    if spans.is_empty() { t("agenda-chiuso") } else { spans.join(", ") }
}

fn chi(posto: &AppuntamentoAgenda) -> String {
    posto.richiedente.clone().unwrap_or_else(|| t("ufficio-dati-cancellati"))
}

fn quanti(n: usize) -> String {
    if n == 0 { String::new() } else { n.to_string() }
}

impl VistaGiorno {
    /// The day as it stands now; `nome` gives a bookable service its name.
    pub fn new(giorno: &AgendaGiorno, oggi: bool, adesso: Timestamp, nome: &dyn Fn(&str) -> String) -> Self {
        let posti = |codice: &str| {
            let own = giorno.appuntamenti.iter().filter(move |posto| posto.sportello == codice);
            own.map(|posto| VistaPosto::new(giorno, posto, oggi, adesso)).collect::<Vec<_>>()
        };
        let desks = giorno.sportelli.iter().map(|apertura| {
            let codice = apertura.sportello.as_str();
            let closed =
                giorno.chiusure.iter().find(|c| c.sportelli.is_empty() || c.sportelli.iter().any(|s| s == codice));
            VistaSportello {
                codice: codice.to_owned(),
                nome: sportello(giorno, codice).to_owned(),
                orari: orari(&apertura.aperture),
                chiuso: closed.map(|chiusura| chiusura.motivo.clone()).unwrap_or_default(),
                posti: posti(codice),
            }
        });
        let mut sportelli: Vec<VistaSportello> = desks.collect();
        sportelli.extend(orfani(giorno, &posti));
        let open = giorno.turni.iter().filter(|turno| turno.concluso.is_none());
        let unanswered: Vec<&TurnoAgenda> = giorno.turni.iter().filter(|turno| in_sospeso(giorno, turno)).collect();
        let done = giorno.turni.iter().filter(|turno| turno.concluso.is_some()).count() - unanswered.len();
        let number = |turno: &TurnoAgenda| VistaTurno::new(giorno, turno, adesso, nome);
        let attesi = giorno.appuntamenti.iter().filter(|posto| posto.stato == StatoPratica::Prenotata);
        Self {
            sportelli,
            turni: open.map(number).collect(),
            senza_risposta: unanswered.into_iter().map(number).collect(),
            serviti: quanti(done),
            altri: quanti(giorno.altri),
            chiusure: giorno.chiusure.iter().map(|chiusura| VistaChiusura::new(giorno, chiusura)).collect(),
            fuori: quanti(giorno.appuntamenti.iter().filter(|posto| posto.fuori_orario).count()),
            attesi: attesi.map(|posto| format!("{}, {}", parole::ora(posto.inizio), chi(posto))).collect(),
            vuoto: giorno.appuntamenti.is_empty(),
            bloccati: quanti(giorno.bloccati),
        }
    }
}

/// Whether a number was called, nobody answered, and nothing else came of it yet.
fn in_sospeso(giorno: &AgendaGiorno, turno: &TurnoAgenda) -> bool {
    let posto = turno.appuntamento.and_then(|id| giorno.appuntamenti.iter().find(|posto| posto.id == id));
    turno.servito == Some(false) && posto.is_none_or(|posto| posto.stato == StatoPratica::PresaInCarico)
}

/// The number of a booking that nobody answered, while nothing else came of it.
fn non_risponde<'a>(giorno: &'a AgendaGiorno, posto: &AppuntamentoAgenda) -> Option<&'a TurnoAgenda> {
    giorno.turni.iter().find(|turno| turno.appuntamento == Some(posto.id) && in_sospeso(giorno, turno))
}

/// Desks that the opening hours no longer name, and that still have bookings.
fn orfani(giorno: &AgendaGiorno, posti: &dyn Fn(&str) -> Vec<VistaPosto>) -> Vec<VistaSportello> {
    let known = |codice: &str| giorno.sportelli.iter().any(|apertura| apertura.sportello == codice);
    let mut codici: Vec<&str> =
        giorno.appuntamenti.iter().map(|posto| posto.sportello.as_str()).filter(|codice| !known(codice)).collect();
    codici.sort_unstable();
    codici.dedup();
    let desk = |codice: &str| VistaSportello {
        codice: codice.to_owned(),
        nome: codice.to_owned(),
        orari: t("agenda-sportello-tolto"),
        chiuso: String::new(),
        posti: posti(codice),
    };
    codici.into_iter().map(desk).collect()
}

impl VistaPosto {
    fn new(giorno: &AgendaGiorno, posto: &AppuntamentoAgenda, oggi: bool, adesso: Timestamp) -> Self {
        let turno = giorno.turni.iter().find(|turno| turno.appuntamento == Some(posto.id) && turno.concluso.is_none());
        let prenotata = posto.stato == StatoPratica::Prenotata;
        let contatti: Vec<&str> = [&posto.telefono, &posto.email].into_iter().filter_map(|c| c.as_deref()).collect();
        Self {
            id: posto.id.to_string(),
            ora: format!("{}-{}", parole::ora(posto.inizio), parole::ora(posto.fine)),
            chi: chi(posto),
            servizio: posto.nome_servizio.clone(),
            motivo: posto.motivo.clone().unwrap_or_default(),
            dettagli: posto.dettagli.clone().unwrap_or_default(),
            contatti: contatti.join(", "),
            codice: posto.codice.to_string(),
            href: format!("/ufficio/pratiche/{}", posto.id),
            collegata: posto.collegata.map(|id| format!("/ufficio/pratiche/{id}")).unwrap_or_default(),
            stato: stato(giorno, posto, turno),
            note: note(posto),
            bottoni: bottoni(posto, non_risponde(giorno, posto).is_some(), oggi, adesso),
            // Who has a number is served by it.
            concludi: turno.is_none()
                && (posto.stato == StatoPratica::PresaInCarico || prenotata && posto.inizio <= adesso),
            cambia: prenotata,
        }
    }
}

fn bottoni(posto: &AppuntamentoAgenda, non_risponde: bool, oggi: bool, adesso: Timestamp) -> Vec<Bottone> {
    let button = |nome, primo| Bottone { nome, testo: t(&format!("agenda-{nome}")), primo };
    let mut bottoni = Vec::new();
    if posto.stato == StatoPratica::Prenotata {
        if posto.da_confermare {
            bottoni.push(button("conferma", !oggi));
        }
        if oggi {
            bottoni.push(button("arrivo", true));
        }
    }
    if (posto.stato == StatoPratica::Prenotata || non_risponde) && posto.assente_dal <= adesso {
        bottoni.push(button("assente", false));
    }
    bottoni
}

fn note(posto: &AppuntamentoAgenda) -> Vec<Stato> {
    let mut note = Vec::new();
    if posto.fuori_orario {
        note.push(Stato::new(t("agenda-fuori-orario"), Tono::Attenzione));
    }
    if posto.da_confermare && posto.stato == StatoPratica::Prenotata {
        note.push(Stato::new(t("agenda-da-confermare"), Tono::Attenzione));
    }
    if posto.canale != Canale::Portale {
        note.push(Stato::new(t(&format!("agenda-preso-{}", posto.canale.as_str())), Tono::Neutro));
    }
    note
}

fn stato(giorno: &AgendaGiorno, posto: &AppuntamentoAgenda, turno: Option<&TurnoAgenda>) -> Stato {
    if let Some(turno) = turno {
        return stato_turno(giorno, turno, None);
    }
    if let Some(turno) = non_risponde(giorno, posto) {
        return Stato::new(
            ta("agenda-turno-senza-risposta", &[("numero", turno.turno.to_string().as_str())]),
            Tono::Attenzione,
        );
    }
    let tono = match posto.stato {
        StatoPratica::Conclusa => Tono::Positivo,
        StatoPratica::NonPresentata => Tono::Negativo,
        StatoPratica::PresaInCarico => Tono::InCorso,
        _ => Tono::Neutro,
    };
    Stato::new(t(&format!("agenda-stato-{}", posto.stato.as_str())), tono)
}

/// Where a number stands: waiting, since when if that is asked, or at a desk.
fn stato_turno(giorno: &AgendaGiorno, turno: &TurnoAgenda, adesso: Option<Timestamp>) -> Stato {
    let numero = turno.turno.to_string();
    match (&turno.chiamato, adesso) {
        (Some((desk, _)), _) => {
            let values = [("numero", numero.as_str()), ("sportello", sportello(giorno, desk))];
            Stato::new(ta("agenda-turno-chiamato", &values), Tono::InCorso)
        }
        (None, Some(adesso)) => {
            let minuti = adesso.duration_since(turno.preso).as_mins().max(0).to_string();
            Stato::new(ta("agenda-turno-attende", &[("minuti", minuti.as_str())]), Tono::Attenzione)
        }
        (None, None) => Stato::new(ta("agenda-turno-preso", &[("numero", numero.as_str())]), Tono::Attenzione),
    }
}

impl VistaTurno {
    fn new(giorno: &AgendaGiorno, turno: &TurnoAgenda, adesso: Timestamp, nome: &dyn Fn(&str) -> String) -> Self {
        let posto = giorno.appuntamenti.iter().find(|posto| Some(posto.id) == turno.appuntamento);
        let called = turno.chiamato.as_ref().map(|(desk, _)| desk.as_str());
        let likely = called.or(posto.map(|posto| posto.sportello.as_str()));
        let mut desks: Vec<&domain::prenotabile::Sportello> = giorno.orario.sportelli.iter().collect();
        // The booked desk first, then those that serve what is wanted; the others are there for a colleague who helps out.
        desks.sort_by_key(|desk| (Some(desk.codice.as_str()) != likely, !desk.serve(&turno.servizio)));
        Self {
            numero: turno.turno,
            pratica: turno.appuntamento.map(|id| id.to_string()).unwrap_or_default(),
            assente: posto.is_some_and(|posto| posto.assente_dal <= adesso),
            chi: posto.map_or_else(|| t("agenda-senza-prenotazione"), chi),
            servizio: nome(&turno.servizio),
            stato: if turno.concluso.is_some() {
                Stato::new(t("agenda-nessuno-ha-risposto"), Tono::Attenzione)
            } else {
                stato_turno(giorno, turno, Some(adesso))
            },
            chiamato: turno.chiamato.is_some(),
            href: turno.appuntamento.map(|id| format!("/ufficio/pratiche/{id}")).unwrap_or_default(),
            sportelli: desks.into_iter().map(|desk| Opzione::new(&desk.codice, &desk.nome)).collect(),
        }
    }
}

impl VistaChiusura {
    fn new(giorno: &AgendaGiorno, chiusura: &app::appuntamenti::ChiusuraAgenda) -> Self {
        let names: Vec<&str> = chiusura.sportelli.iter().map(|codice| sportello(giorno, codice)).collect();
        let names = names.join(", ");
        let testo = if names.is_empty() {
            ta("agenda-chiusura-tutto", &[("motivo", chiusura.motivo.as_str())])
        } else {
            ta("agenda-chiusura-sportelli", &[("sportelli", names.as_str()), ("motivo", chiusura.motivo.as_str())])
        };
        Self { testo, sportelli: chiusura.sportelli.join(",") }
    }
}

/// The days around one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giorni {
    pub precedente: String,
    pub successivo: String,
    /// Path of today; empty when it is the day shown.
    pub oggi: String,
    /// The day as a date field holds it.
    pub valore: String,
}

impl Giorni {
    /// Around the day of a place; `path` says where a day is shown.
    pub fn intorno(luogo: &Luogo, oggi: Date, path: &dyn Fn(Date) -> String) -> Self {
        let other = |day: Result<Date, jiff::Error>| day.map(path).unwrap_or_default();
        Self {
            precedente: other(luogo.giorno.yesterday()),
            successivo: other(luogo.giorno.tomorrow()),
            oggi: if luogo.giorno == oggi { String::new() } else { path(oggi) },
            valore: luogo.giorno.to_string(),
        }
    }
}
