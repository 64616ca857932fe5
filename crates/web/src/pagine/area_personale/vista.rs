//! A case as its page shows it, to the citizen and to the office alike.

use crate::formato;
use crate::layout::{Riga, Stato, Tappa, Voce};
use crate::{t, ta};
use app::{DettaglioPratica, Ente};
use domain::Caso;
use domain::persona::Anagrafica;
use domain::pratica::{Base, StatoPratica, TipoPratica};
use domain::registro::Protocollo;
use domain::segnalazione::Luogo;
use domain::termini;
use jiff::Timestamp;
use projections::{PassoStoria, PraticaRow};

/// An entry of the register in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaProtocollo {
    /// `0001234/2026`.
    pub segnatura: String,
    /// Code of the register.
    pub registro: String,
    /// Date and time.
    pub data: String,
    /// SHA-256 of the registered document.
    pub impronta: String,
}

impl From<&Protocollo> for VistaProtocollo {
    fn from(protocollo: &Protocollo) -> Self {
        Self {
            segnatura: protocollo.segnatura().to_string(),
            registro: protocollo.registro.clone(),
            data: formato::istante(protocollo.data),
            impronta: protocollo.impronta.to_string(),
        }
    }
}

/// The answer of the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaRisposta {
    /// The words; empty when they were erased.
    pub testo: String,
    /// Who signed it.
    pub operatore: String,
    /// When.
    pub data: String,
    /// Its own number, where it is a registered act.
    pub protocollo: Option<VistaProtocollo>,
}

/// Documents that the office asked for, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaIntegrazione {
    /// What is missing; empty for who may not see it and once it was erased.
    pub voci: Vec<String>,
    /// Words of the office; may be empty.
    pub messaggio: String,
    /// Last day to send it.
    pub entro: String,
    /// Who asked.
    pub operatore: String,
    /// When.
    pub data: String,
    /// Number of the request.
    pub segnatura: String,
    /// Whether its day has passed.
    pub scaduta: bool,
    /// Whether it is still awaited.
    pub attesa: bool,
    /// Where the reader adds it; empty for who does not, and once nothing is awaited.
    pub href: String,
    /// What was added.
    pub risposta: Option<VistaAggiunta>,
}

/// What was added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaAggiunta {
    /// Words; may be empty.
    pub testo: String,
    /// When.
    pub data: String,
    /// Number of the entry.
    pub segnatura: String,
}

/// A withdrawal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaRinuncia {
    /// Why; may be empty.
    pub motivo: String,
    /// When.
    pub data: String,
    /// Number of the entry.
    pub segnatura: String,
}

/// A file of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaAllegato {
    /// Name as given.
    pub nome: String,
    /// Size in words.
    pub dimensione: String,
    /// Where it is downloaded.
    pub href: String,
    /// SHA-256 of its bytes.
    pub impronta: String,
    /// When it was added, for what came after the filing; empty otherwise.
    pub aggiunto: String,
}

/// The office and how it is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaUfficio {
    /// Name.
    pub nome: String,
    /// E-mail; may be empty.
    pub email: String,
    /// Telephone; may be empty.
    pub telefono: String,
}

/// A case in words. Draw it with `templates/area/_pratica.html`, in a page whose field is called `v`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VistaPratica {
    /// Id, as in addresses.
    pub id: String,
    /// Kind.
    pub tipo: String,
    /// The citizen's code.
    pub codice: String,
    /// Subject in the citizen's words; that of the register when those were erased or are not for this reader.
    pub titolo: String,
    /// Subject in the register.
    pub oggetto: String,
    /// Where it stands.
    pub stato: Stato,
    /// When it was filed.
    pub inviata: String,
    /// Entry in the register.
    pub protocollo: Option<VistaProtocollo>,
    /// Latest day for the answer; may be empty.
    pub scadenza: String,
    /// What is left of it, in words; empty once the case is closed.
    pub rimane: String,
    /// The office that answers.
    pub ufficio: VistaUfficio,
    /// Who took charge; may be empty.
    pub responsabile: String,
    /// History, then what is still to come.
    pub tappe: Vec<Tappa>,
    /// The answer.
    pub risposta: Option<VistaRisposta>,
    /// Documents that were asked for.
    pub integrazione: Option<VistaIntegrazione>,
    /// The withdrawal.
    pub rinuncia: Option<VistaRinuncia>,
    /// The earlier case it was written from.
    pub nata_da: Option<Voce>,
    /// Later cases written from it; the page that shows them looks them up.
    pub nate: Vec<Voce>,
    /// Appointments that are about it; the page that shows them looks them up.
    pub appuntamenti: Vec<Voce>,
    /// Where one more is booked; empty for who does not.
    pub prenota: String,
    /// What was filed.
    pub inviato: Vec<Riga>,
    /// Who filed it.
    pub richiedente: Vec<Riga>,
    /// The point on the map, latitude and longitude; empty without one.
    pub punto: Option<(String, String)>,
    /// Files.
    pub allegati: Vec<VistaAllegato>,
    /// Whether the reader may see what was filed.
    pub personale: bool,
    /// Whether what was filed is gone: the key of its person was destroyed.
    pub cancellata: bool,
    /// Short facts for the head of the page.
    pub sintesi: Vec<Riga>,
}

impl VistaPratica {
    /// A case at an instant: now, or the moment of the past that is shown.
    pub fn new(dettaglio: &DettaglioPratica, ente: &Ente, al: Timestamp) -> Self {
        let base = dettaglio.caso.base();
        let titolo = dettaglio.caso.titolo().filter(|_| dettaglio.personale);
        let mut vista = Self {
            id: base.id.to_string(),
            tipo: formato::tipo(base.tipo),
            codice: base.codice.to_string(),
            titolo: titolo.unwrap_or(&base.oggetto).to_owned(),
            oggetto: base.oggetto.clone(),
            stato: formato::stato(base.stato),
            inviata: formato::istante(base.inviata_il),
            protocollo: base.protocollo.as_ref().map(VistaProtocollo::from),
            scadenza: base.termine.as_ref().map(|t| formato::data_con_giorno(t.scadenza)).unwrap_or_default(),
            rimane: rimane(base, al),
            ufficio: ufficio(base, ente),
            responsabile: base.presa_in_carico.as_ref().map(|(chi, _)| chi.nome.clone()).unwrap_or_default(),
            tappe: tappe(dettaglio),
            risposta: risposta(dettaglio),
            integrazione: integrazione(dettaglio, al),
            rinuncia: rinuncia(dettaglio),
            nata_da: None,
            nate: Vec::new(),
            appuntamenti: Vec::new(),
            prenota: String::new(),
            inviato: Vec::new(),
            richiedente: Vec::new(),
            punto: None,
            allegati: Vec::new(),
            personale: dettaglio.personale,
            cancellata: dettaglio.personale && base.richiedente.get().is_none(),
            sintesi: Vec::new(),
        };
        if dettaglio.personale {
            vista.inviato = inviato(&dettaglio.caso);
            vista.richiedente = base.richiedente.get().map(richiedente).unwrap_or_default();
            vista.punto = punto(&dettaglio.caso);
            vista.allegati = allegati(base);
            vista.nata_da = nata_da(&dettaglio.caso);
        }
        vista.sintesi = vista.sintesi();
        vista
    }

    fn sintesi(&self) -> Vec<Riga> {
        let mut rows = vec![Riga::new(t("area-codice"), self.codice.clone())];
        if let Some(protocollo) = &self.protocollo {
            rows.push(Riga::new(t("area-protocollo"), protocollo.segnatura.clone()));
            rows.push(Riga::new(t("area-registro"), protocollo.registro.clone()));
            rows.push(Riga::new(t("area-registrata"), protocollo.data.clone()));
        }
        rows.push(Riga::new(t("area-oggetto"), self.oggetto.clone()));
        rows.push(Riga::new(t("area-ufficio"), self.ufficio.nome.clone()));
        if !self.responsabile.is_empty() {
            rows.push(Riga::new(t("area-responsabile"), self.responsabile.clone()));
        }
        if !self.scadenza.is_empty() {
            rows.push(Riga::new(t("area-risposta-entro"), self.scadenza.clone()));
        }
        rows
    }
}

/// Days left in words.
fn rimane(base: &Base, al: Timestamp) -> String {
    let Some(termine) = base.termine.as_ref().filter(|_| base.stato.aperta()) else {
        return String::new();
    };
    let days = termine.giorni_rimanenti(al);
    match days {
        0 => t("area-scade-oggi"),
        1 => t("area-scade-domani"),
        2.. => ta("area-scade-tra", &[("giorni", &days.to_string())]),
        -1 => t("area-scaduta-ieri"),
        ..-1 => ta("area-scaduta-da", &[("giorni", &days.unsigned_abs().to_string())]),
    }
}

fn ufficio(base: &Base, ente: &Ente) -> VistaUfficio {
    let nome = ente.nome_ufficio(&base.ufficio).to_owned();
    let found = ente.ufficio(&base.ufficio);
    VistaUfficio {
        nome,
        email: found.map(|u| u.email.clone()).unwrap_or_default(),
        telefono: found.map(|u| u.telefono.clone()).unwrap_or_default(),
    }
}

fn risposta(dettaglio: &DettaglioPratica) -> Option<VistaRisposta> {
    let chiusura = dettaglio.caso.base().chiusura.as_ref()?;
    let testo = chiusura.messaggio.get().and_then(|m| m.messaggio.clone()).filter(|_| dettaglio.personale);
    Some(VistaRisposta {
        testo: testo.unwrap_or_default(),
        operatore: chiusura.operatore.nome.clone(),
        data: formato::istante(chiusura.il),
        protocollo: chiusura.protocollo.as_ref().map(VistaProtocollo::from),
    })
}

/// What happened, in the words of the catalogue, and what is still to come.
fn tappe(dettaglio: &DettaglioPratica) -> Vec<Tappa> {
    let base = dettaglio.caso.base();
    let mut tappe: Vec<Tappa> = dettaglio.storia.iter().map(|passo| tappa(passo, base.stato)).collect();
    let ahead: &[&str] = match base.stato {
        _ if base.tipo == TipoPratica::Appuntamento => return tappe,
        StatoPratica::Inviata | StatoPratica::Protocollata => &["presa-in-carico", "in-lavorazione"],
        StatoPratica::PresaInCarico => &["in-lavorazione"],
        StatoPratica::InIntegrazione if base.lavorazione_dal.is_none() => &["in-lavorazione"],
        StatoPratica::InLavorazione | StatoPratica::InIntegrazione => &[],
        StatoPratica::Conclusa
        | StatoPratica::Rinunciata
        | StatoPratica::Prenotata
        | StatoPratica::Annullata
        | StatoPratica::NonPresentata => return tappe,
    };
    let prossime = ahead.iter().map(|stato| Tappa {
        data: t("area-tappa-prossima"),
        titolo: t(&format!("stato-{stato}")),
        ..Tappa::default()
    });
    tappe.extend(prossime);
    let entro = base.termine.as_ref().map(|termine| formato::data(termine.scadenza));
    if let Some(asked) = base.integrazione.as_ref().filter(|_| base.stato == StatoPratica::InIntegrazione) {
        let documenti = Tappa {
            data: ta("area-tappa-entro", &[("data", &formato::data(asked.entro))]),
            titolo: t("area-tappa-documenti"),
            ..Tappa::default()
        };
        tappe.insert(dettaglio.storia.len(), documenti);
    }
    tappe.push(Tappa {
        data: entro.map(|data| ta("area-tappa-entro", &[("data", &data)])).unwrap_or_default(),
        titolo: t("area-tappa-risposta"),
        ..Tappa::default()
    });
    tappe
}

fn tappa(passo: &PassoStoria, stato: StatoPratica) -> Tappa {
    let (titolo, mut testo) = app::storia::parole(passo);
    // The closing message stands on the page as the answer; it is not said twice.
    let closing = ["SegnalazioneRisolta", "RispostaInviata", "IstanzaConclusa"].contains(&passo.evento.as_str());
    if let Some(messaggio) = passo.messaggio.as_ref().filter(|_| !(closing && stato == StatoPratica::Conclusa)) {
        testo = ta("area-tappa-messaggio", &[("testo", &testo), ("messaggio", messaggio)]);
    }
    Tappa { data: formato::istante(passo.quando), titolo, testo, avvenuta: true }
}

fn richiedente(anagrafica: &Anagrafica) -> Vec<Riga> {
    crate::pagine::invio::anagrafica(anagrafica)
}

/// The document as filed, row by row.
fn inviato(caso: &Caso) -> Vec<Riga> {
    let row = |key: &str, valore: &str| Riga::new(t(key), valore);
    match caso {
        Caso::Segnalazione(p) => p.dettaglio.documento.get().map(|d| {
            let punto = coordinate(&d.luogo).map(|(lat, lon)| format!("{lat}, {lon}")).unwrap_or_default();
            vec![
                row("segnala-categoria", &d.categoria),
                row("segnala-nome", &d.titolo),
                row("segnala-dettagli", &d.dettagli),
                row("segnala-indirizzo", &d.luogo.indirizzo),
                row("segnala-punto", &punto),
            ]
        }),
        Caso::Lettera(p) => p
            .dettaglio
            .documento
            .get()
            .map(|d| vec![row("lettera-oggetto", &d.oggetto), row("lettera-testo", &d.testo)]),
        Caso::Istanza(p) => p.dettaglio.documento.get().map(|d| {
            let mut righe = vec![row("istanza-servizio", &d.servizio)];
            let risposte = d.sezioni.iter().flat_map(|sezione| &sezione.righe);
            righe.extend(risposte.map(|(etichetta, testo)| Riga::new(etichetta.clone(), testo.clone())));
            righe
        }),
        // When and where it was booked for stands in the steps: it may have been moved since.
        Caso::Appuntamento(p) => p.dettaglio.documento.get().map(|d| {
            vec![
                row("appuntamento-servizio", &d.servizio),
                row("appuntamento-motivo", &d.motivo),
                row("appuntamento-dettagli", &d.dettagli),
            ]
        }),
    }
    .unwrap_or_default()
}

fn coordinate(luogo: &Luogo) -> Option<(String, String)> {
    Some((luogo.latitudine?.to_string(), luogo.longitudine?.to_string()))
}

fn punto(caso: &Caso) -> Option<(String, String)> {
    match caso {
        Caso::Segnalazione(p) => p.dettaglio.documento.get().and_then(|d| coordinate(&d.luogo)),
        Caso::Lettera(_) | Caso::Istanza(_) | Caso::Appuntamento(_) => None,
    }
}

/// What is missing, or was; none where nothing was asked for.
pub fn integrazione(dettaglio: &DettaglioPratica, al: Timestamp) -> Option<VistaIntegrazione> {
    let base = dettaglio.caso.base();
    let asked = base.integrazione.as_ref()?;
    let documento = asked.richiesta.get().filter(|_| dettaglio.personale);
    let risposta = asked.risposta.as_ref().map(|added| VistaAggiunta {
        testo: added.documento.get().filter(|_| dettaglio.personale).and_then(|d| d.testo.clone()).unwrap_or_default(),
        data: formato::istante(added.il),
        segnatura: added.protocollo.segnatura().to_string(),
    });
    Some(VistaIntegrazione {
        voci: documento.map(|d| d.voci.clone()).unwrap_or_default(),
        messaggio: documento.and_then(|d| d.messaggio.clone()).unwrap_or_default(),
        entro: formato::data_con_giorno(asked.entro),
        operatore: asked.operatore.nome.clone(),
        data: formato::istante(asked.richiesta_il),
        segnatura: asked.protocollo.segnatura().to_string(),
        scaduta: asked.scaduta(al),
        attesa: risposta.is_none() && base.stato.aperta(),
        href: String::new(),
        risposta,
    })
}

fn rinuncia(dettaglio: &DettaglioPratica) -> Option<VistaRinuncia> {
    let rinuncia = dettaglio.caso.base().rinuncia.as_ref()?;
    let motivo = rinuncia.documento.get().filter(|_| dettaglio.personale).and_then(|d| d.motivo.clone());
    Some(VistaRinuncia {
        motivo: motivo.unwrap_or_default(),
        data: formato::istante(rinuncia.il),
        segnatura: rinuncia.protocollo.segnatura().to_string(),
    })
}

fn nata_da(caso: &Caso) -> Option<Voce> {
    let Caso::Istanza(pratica) = caso else { return None };
    let da = pratica.dettaglio.da_pratica?;
    Some(Voce::new(format!("/pratiche/{da}"), TipoPratica::Istanza.codice(da).to_string()))
}

/// Later cases written from one, as links; officials follow theirs to the desk.
pub fn nate(rows: &[PraticaRow], base: &str) -> Vec<Voce> {
    let one = |row: &PraticaRow| {
        let words = [("codice", row.codice.clone()), ("data", formato::giorno(row.inviata_il))];
        let words: Vec<(&str, &str)> = words.iter().map(|(k, v)| (*k, v.as_str())).collect();
        Voce::new(format!("{base}/{}", row.id), ta("area-nata-del", &words))
    };
    rows.iter().map(one).collect()
}

fn allegati(base: &Base) -> Vec<VistaAllegato> {
    let added = base.integrazione.as_ref().and_then(|asked| asked.risposta.as_ref());
    let aggiunto = |i: usize| added.filter(|added| i >= added.primo_allegato).map(|added| formato::giorno(added.il));
    let one = |(i, allegato): (usize, &domain::allegato::Allegato)| VistaAllegato {
        nome: base
            .nomi_allegati
            .get(i)
            .cloned()
            .unwrap_or_else(|| ta("area-allegato-n", &[("n", &(i + 1).to_string())])),
        dimensione: formato::dimensione(allegato.dimensione),
        href: format!("/pratiche/{}/allegati/{}", base.id, i + 1),
        impronta: allegato.impronta.to_string(),
        aggiunto: aggiunto(i).unwrap_or_default(),
    };
    base.allegati.iter().enumerate().map(one).collect()
}

/// The three filings as links: where a new case begins.
pub fn nuove() -> Vec<Voce> {
    vec![
        Voce::new("/segnala", t("area-nuova-segnalazione")),
        Voce::new("/scrivi-al-sindaco", t("area-nuova-lettera")),
        Voce::new("/servizi/richiesta-generica/richiedi", t("area-nuova-istanza")),
        Voce::new("/servizi", t("area-tutti-i-servizi")),
    ]
}

/// Whether silence has a meaning of its own, in words; only a request opens a proceeding (L. 241/1990 art. 2).
pub fn silenzio(caso: &Caso) -> String {
    use domain::servizio::EffettoSilenzio;
    let Caso::Istanza(p) = caso else { return t("area-silenzio-nessuno") };
    match p.dettaglio.effetto_silenzio {
        EffettoSilenzio::Assenso => t("area-silenzio-assenso"),
        EffettoSilenzio::Rigetto => t("area-silenzio-rigetto"),
        EffettoSilenzio::Inadempimento => t("area-silenzio-inadempimento"),
    }
}

/// The kind of a case as the name of its keys.
pub fn nome_tipo(tipo: TipoPratica) -> &'static str {
    tipo.as_str()
}

/// The day of an instant in Rome, for the field that asks "as it was on".
pub fn per_campo(at: Timestamp) -> String {
    let ora = termini::ora_locale(at);
    format!("{}T{:02}:{:02}", termini::data_locale(at), ora.hour(), ora.minute())
}
