//! Checks a whole definition of a bookable service, or of an office's opening hours.

use super::{Eccezione, Fascia, GiornoSettimana, OgniAnno, Orario, Ore, Prenotabile, Sportello};
use crate::modulo::{Controllo, Problema, controlla_testo as testo};
use jiff::civil::{Date, Time};

/// Limits of a definition, in characters unless said otherwise.
pub mod limiti {
    /// Name.
    pub const NOME: usize = 80;
    /// Short description.
    pub const DESCRIZIONE: usize = 255;
    /// An item of a list, an address, a reason.
    pub const VOCE: usize = 300;
    /// Choices of what a booking is about, and items of what to bring.
    pub const VOCI: usize = 12;
    /// Minutes at the desk, least and most.
    pub const DURATA: (u16, u16) = (5, 240);
    /// Minutes of margin.
    pub const MARGINE: u16 = 60;
    /// Hours of notice, and of the cut-off: thirty days.
    pub const ORE: u16 = 720;
    /// Days ahead.
    pub const ORIZZONTE: u16 = 180;
    /// Minutes of tolerance, least and most.
    pub const TOLLERANZA: (u16, u16) = (5, 60);
    /// Reminders.
    pub const PROMEMORIA: usize = 4;
    /// Desks of an office.
    pub const SPORTELLI: usize = 40;
    /// Services of a desk.
    pub const SERVIZI: usize = 60;
    /// Rules of a desk, and hours of an exception.
    pub const FASCE: usize = 40;
    /// Exceptions of an office.
    pub const ECCEZIONI: usize = 200;
    /// Languages of a desk.
    pub const LINGUE: usize = 10;
    /// Bytes of the canonical form of a definition.
    pub const BYTE: usize = 256 * 1024;
}

/// Days after which every day of the year has come.
const GIORNI_ANNO: usize = 366;

fn codice(c: &mut Controllo, percorso: &str, text: &str, (least, most): (usize, usize)) {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !(least..=most).contains(&text.len()) || !text.bytes().all(good) {
        let messaggio = format!("Il codice ha da {least} a {most} lettere minuscole senza accenti, cifre o trattini.");
        c.trova(percorso, "codice", messaggio);
    }
}

fn limite(c: &mut Controllo, percorso: &str, value: u16, (least, most): (u16, u16)) {
    if !(least..=most).contains(&value) {
        c.trova(percorso, "limite", format!("Il valore va da {least} a {most}."));
    }
}

fn quanti(c: &mut Controllo, percorso: &str, found: usize, (least, most): (usize, usize)) {
    if !(least..=most).contains(&found) {
        c.trova(percorso, "quanti", format!("Le voci sono da {least} a {most}."));
    }
}

/// Texts of a list: each in order, none twice.
fn elenco(c: &mut Controllo, percorso: &str, voci: &[String], massimo: usize) {
    for (index, voce) in voci.iter().enumerate() {
        let place = format!("{percorso}[{index}]");
        testo(c, &place, voce, massimo);
        if voci[..index].contains(voce) {
            c.trova(place, "ripetuto", format!("«{voce}» c'è già."));
        }
    }
}

impl Prenotabile {
    /// Everything that is wrong with a definition; empty when it can be published.
    pub fn controlla(&self) -> Vec<Problema> {
        let mut found = Controllo::default();
        let c = &mut found;
        codice(c, "codice", &self.codice, (3, 60));
        if self.versione == 0 {
            c.trova("versione", "versione", "La prima versione è la 1.");
        }
        testo(c, "nome", &self.nome, limiti::NOME);
        if self.nome.contains('\n') {
            c.trova("nome", "una-riga", "Il nome sta su una riga: diventa l'oggetto della registrazione.");
        }
        testo(c, "descrizione", &self.descrizione, limiti::DESCRIZIONE);
        limite(c, "durataMinuti", self.durata_minuti, limiti::DURATA);
        limite(c, "margineMinuti", self.margine_minuti, (0, limiti::MARGINE));
        limite(c, "preavvisoOre", self.preavviso_ore, (0, limiti::ORE));
        limite(c, "orizzonteGiorni", self.orizzonte_giorni, (1, limiti::ORIZZONTE));
        limite(c, "disdettaOre", self.disdetta_ore, (0, limiti::ORE));
        limite(c, "tolleranzaMinuti", self.tolleranza_minuti, limiti::TOLLERANZA);
        if u32::from(self.preavviso_ore) >= u32::from(self.orizzonte_giorni) * 24 {
            c.trova("preavvisoOre", "vuoto", "Con questo preavviso e questo orizzonte non si prenota mai.");
        }
        if self.classifica.valida().is_err() {
            c.trova("classifica", "classifica", format!("La classe {} non c'è nel titolario.", self.classifica));
        }
        quanti(c, "motivi", self.motivi.len(), (1, limiti::VOCI));
        elenco(c, "motivi", &self.motivi, limiti::NOME);
        quanti(c, "cosaServe", self.cosa_serve.len(), (0, limiti::VOCI));
        elenco(c, "cosaServe", &self.cosa_serve, limiti::VOCE);
        if let Some(servizio) = &self.servizio {
            codice(c, "servizio", servizio, (3, 60));
        }
        quanti(c, "promemoriaOre", self.promemoria_ore.len(), (0, limiti::PROMEMORIA));
        for (index, ore) in self.promemoria_ore.iter().enumerate() {
            let place = format!("promemoriaOre[{index}]");
            limite(c, &place, *ore, (1, limiti::ORE));
            if self.promemoria_ore[..index].contains(ore) {
                c.trova(place, "ripetuto", format!("Il promemoria di {ore} ore prima c'è già."));
            }
        }
        dimensione(c, &self.canonico());
        found.problemi()
    }
}

fn dimensione(c: &mut Controllo, canonico: &[u8]) {
    if canonico.len() > limiti::BYTE {
        c.trova("versione", "troppo-grande", "La definizione è troppo grande: il massimo è 256 KiB.");
    }
}

impl Orario {
    /// Everything that is wrong with the hours by themselves; empty when they can be published. Whether the services of a
    /// desk exist is checked where all of them are known.
    pub fn controlla(&self) -> Vec<Problema> {
        let mut found = Controllo::default();
        let c = &mut found;
        codice(c, "ufficio", self.ufficio.as_str(), (2, 40));
        if self.versione == 0 {
            c.trova("versione", "versione", "La prima versione è la 1.");
        }
        self.sede(c);
        quanti(c, "sportelli", self.sportelli.len(), (1, limiti::SPORTELLI));
        for (index, sportello) in self.sportelli.iter().enumerate() {
            let place = format!("sportelli[{index}]");
            if self.sportelli[..index].iter().any(|other| other.codice == sportello.codice) {
                c.trova(format!("{place}.codice"), "ripetuto", format!("«{}» c'è già.", sportello.codice));
            }
            sportello.controlla(&place, c);
        }
        quanti(c, "eccezioni", self.eccezioni.len(), (0, limiti::ECCEZIONI));
        for index in 0..self.eccezioni.len() {
            self.controlla_eccezione(index, c);
        }
        if let Some(quote) = self.quote {
            for (name, value) in
                [("portale", quote.portale), ("sportello", quote.sportello), ("telefono", quote.telefono)]
            {
                limite(c, &format!("quote.{name}"), value.into(), (0, 100));
            }
            if u16::from(quote.portale) + u16::from(quote.sportello) + u16::from(quote.telefono) < 100 {
                c.trova("quote", "quote", "Le quote insieme fanno meno di 100: dei posti non li prenderebbe nessuno.");
            }
        }
        dimensione(c, &self.canonico());
        found.problemi()
    }

    fn sede(&self, c: &mut Controllo) {
        testo(c, "luogo.nome", &self.luogo.nome, limiti::NOME);
        testo(c, "luogo.indirizzo", &self.luogo.indirizzo, limiti::VOCE);
        if let Some(text) = &self.luogo.indicazioni {
            testo(c, "luogo.indicazioni", text, limiti::VOCE);
        }
        if let Some(text) = &self.luogo.telefono {
            testo(c, "luogo.telefono", text, limiti::NOME);
        }
    }

    fn controlla_eccezione(&self, index: usize, c: &mut Controllo) {
        let place = format!("eccezioni[{index}]");
        let eccezione = &self.eccezioni[index];
        giorni(c, &place, eccezione);
        ordine(c, &place, eccezione.dal, eccezione.al);
        testo(c, &format!("{place}.motivo"), &eccezione.motivo, limiti::VOCE);
        for (i, codice) in eccezione.sportelli.iter().enumerate() {
            if self.sportello(codice).is_none() {
                let messaggio = format!("Lo sportello «{codice}» non c'è in questo ufficio.");
                c.trova(format!("{place}.sportelli[{i}]"), "sconosciuto", messaggio);
            }
        }
        fasce(c, &format!("{place}.fasce"), &eccezione.fasce);
        let desks = || self.sportelli.iter().map(|sportello| sportello.codice.as_str());
        let both = |other: &Eccezione| {
            stessi_giorni(eccezione, other)
                && desks().any(|codice| eccezione.riguarda(codice) && other.riguarda(codice))
        };
        if let Some(other) = self.eccezioni[..index].iter().position(both) {
            let messaggio = format!("Negli stessi giorni vale già l'eccezione numero {}.", other + 1);
            let key = if eccezione.ogni_anno.is_some() { "ogniAnno" } else { "dal" };
            c.trova(format!("{place}.{key}"), "sovrapposta", messaggio);
        }
    }
}

/// Days of one year, or of every year: one of the two, whole.
fn giorni(c: &mut Controllo, place: &str, eccezione: &Eccezione) {
    let (dal, al) = (eccezione.dal.is_some(), eccezione.al.is_some());
    if eccezione.ogni_anno.is_some() && (dal || al) {
        let messaggio = "O le date di un anno (dal, al) o i giorni di ogni anno (ogniAnno): tenere uno dei due.";
        c.trova(format!("{place}.ogniAnno"), "doppio", messaggio);
    } else if eccezione.ogni_anno.is_none() && !(dal && al) {
        let messaggio = match (dal, al) {
            (true, _) => "Manca «al»: l'ultimo giorno.",
            (_, true) => "Manca «dal»: il primo giorno.",
            _ => "Mancano i giorni: scrivere dal e al, oppure ogniAnno.",
        };
        c.trova(place, "manca", messaggio);
    }
}

/// Whether two exceptions could not be told apart on some day. One of a single year goes before one of every year: those
/// two may meet.
fn stessi_giorni(one: &Eccezione, other: &Eccezione) -> bool {
    let dates = |e: &Eccezione| e.dal.zip(e.al).filter(|_| e.ogni_anno.is_none());
    match (one.ogni_anno, other.ogni_anno) {
        (Some(one), Some(other)) => one.tocca(other),
        (None, None) => dates(one).zip(dates(other)).is_some_and(|(a, b)| a.0 <= b.1 && b.0 <= a.1),
        _ => false,
    }
}

fn ordine(c: &mut Controllo, place: &str, dal: Option<Date>, al: Option<Date>) {
    if dal.zip(al).is_some_and(|(dal, al)| al < dal) {
        c.trova(format!("{place}.al"), "ordine", "L'ultimo giorno non può venire prima del primo.");
    }
}

fn ore(c: &mut Controllo, place: &str, dalle: Time, alle: Time) {
    if alle <= dalle {
        let messaggio = "Si chiude dopo avere aperto, e nello stesso giorno: l'ultima ora è 23:59.";
        c.trova(format!("{place}.alle"), "ordine", messaggio);
    }
    for (name, time) in [("dalle", dalle), ("alle", alle)] {
        if time.second() != 0 || time.subsec_nanosecond() != 0 {
            c.trova(format!("{place}.{name}"), "minuti", "Le ore hanno solo ore e minuti, come 08:30.");
        }
    }
}

fn fasce(c: &mut Controllo, percorso: &str, fasce: &[Ore]) {
    quanti(c, percorso, fasce.len(), (0, limiti::FASCE));
    for (index, fascia) in fasce.iter().enumerate() {
        let place = format!("{percorso}[{index}]");
        ore(c, &place, fascia.dalle, fascia.alle);
        if fasce[..index].iter().any(|other| other.dalle < fascia.alle && fascia.dalle < other.alle) {
            c.trova(format!("{place}.dalle"), "sovrapposta", "Queste ore si sovrappongono ad altre.");
        }
    }
}

impl Sportello {
    fn controlla(&self, place: &str, c: &mut Controllo) {
        codice(c, &format!("{place}.codice"), &self.codice, (1, 40));
        testo(c, &format!("{place}.nome"), &self.nome, limiti::NOME);
        quanti(c, &format!("{place}.servizi"), self.servizi.len(), (1, limiti::SERVIZI));
        elenco(c, &format!("{place}.servizi"), &self.servizi, limiti::NOME);
        quanti(c, &format!("{place}.lingue"), self.lingue.len(), (1, limiti::LINGUE));
        for (index, lingua) in self.lingue.iter().enumerate() {
            let good =
                (2..=12).contains(&lingua.len()) && lingua.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if !good {
                let messaggio = format!("«{lingua}» non è il codice di una lingua, come it o de.");
                c.trova(format!("{place}.lingue[{index}]"), "lingua", messaggio);
            }
        }
        quanti(c, &format!("{place}.orari"), self.orari.len(), (0, limiti::FASCE));
        for (index, fascia) in self.orari.iter().enumerate() {
            let at = format!("{place}.orari[{index}]");
            fascia.controlla(&at, c);
            if let Some(other) = self.orari[..index].iter().position(|other| fascia.si_sovrappone(other)) {
                let messaggio = format!("Si sovrappone all'orario numero {} dello stesso sportello.", other + 1);
                c.trova(format!("{at}.dalle"), "sovrapposta", messaggio);
            }
        }
    }
}

impl Fascia {
    fn controlla(&self, place: &str, c: &mut Controllo) {
        quanti(c, &format!("{place}.giorni"), self.giorni.len(), (1, 7));
        for (index, giorno) in self.giorni.iter().enumerate() {
            if self.giorni[..index].contains(giorno) {
                c.trova(format!("{place}.giorni[{index}]"), "ripetuto", "Il giorno c'è già.");
            }
        }
        ore(c, place, self.dalle, self.alle);
        ordine(c, place, self.dal, self.al);
    }

    fn si_sovrappone(&self, other: &Self) -> bool {
        let starts_before_end = |a: Option<Date>, b: Option<Date>| a.zip(b).is_none_or(|(a, b)| a <= b);
        let days = |giorno: &GiornoSettimana| other.giorni.contains(giorno);
        self.giorni.iter().any(days)
            && self.dalle < other.alle
            && other.dalle < self.alle
            && starts_before_end(self.dal, other.al)
            && starts_before_end(other.dal, self.al)
            && self.stagioni_insieme(other)
    }

    /// Whether the seasons of two rules have a day in common, as far as both name one.
    fn stagioni_insieme(&self, other: &Self) -> bool {
        match (self.ogni_anno, other.ogni_anno) {
            (Some(one), Some(other)) => one.tocca(other),
            (Some(stagione), None) => other.entro(stagione),
            (None, Some(stagione)) => self.entro(stagione),
            (None, None) => true,
        }
    }

    /// Whether any of its days may fall into a season: without both dates, some year has one.
    fn entro(&self, stagione: OgniAnno) -> bool {
        let Some((dal, al)) = self.dal.zip(self.al) else { return true };
        dal.series(jiff::ToSpan::day(1))
            .take_while(|day| *day <= al)
            .take(GIORNI_ANNO)
            .any(|day| stagione.comprende(day))
    }
}
