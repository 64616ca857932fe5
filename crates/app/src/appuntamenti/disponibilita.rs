//! What is free, for whom.

use super::liberi::{Domandato, Fonte, Noto};
use super::limits;
use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use domain::Refusal;
use domain::agenda::{Domanda, Esigenze, Giornata, prima_di, slot_del_giorno};
use domain::ente::CodiceUfficio;
use domain::persona::Ruolo;
use domain::prenotabile::{Canale, Orario, Prenotabile, SlotId};
use domain::termini::{CalendarioUfficio, data_locale, fine_giornata};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use std::collections::HashMap;
use std::sync::Arc;

/// A slot that somebody may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotOfferto {
    /// Its name, for holds and bookings.
    pub id: SlotId,
    /// Start.
    pub inizio: Timestamp,
    /// End.
    pub fine: Timestamp,
    /// Desks that are free then; at least one.
    pub liberi: u16,
}

/// What is free at an office.
#[derive(Debug, Clone)]
pub struct Disponibilita {
    /// The office: place, desks, languages.
    pub orario: Arc<Orario>,
    /// In order of time; empty when nothing is free.
    pub slot: Vec<SlotOfferto>,
}

/// What who comes needs of the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Bisogni {
    /// Language that it must speak (BCP 47).
    pub lingua: Option<String>,
    /// Whether it must be usable from a wheelchair.
    pub accessibile: bool,
}

/// What is looked for: a service at some offices.
pub(super) struct Ricerca {
    prenotabile: Arc<Prenotabile>,
    orari: Vec<Arc<Orario>>,
    calendario: CalendarioUfficio,
    adesso: Timestamp,
    ufficiale: Vec<CodiceUfficio>,
    bisogni: Bisogni,
}

/// The channel through which a person deals with an office: its officers take bookings at the counter.
pub(super) fn canale(ctx: &Contesto, ufficio: &CodiceUfficio) -> Canale {
    if di_ufficio(ctx, ufficio) { Canale::Sportello } else { Canale::Portale }
}

/// Whether an officer of the office asks.
pub(super) fn di_ufficio(ctx: &Contesto, ufficio: &CodiceUfficio) -> bool {
    ctx.utente.as_ref().is_some_and(|utente| {
        matches!(utente.ruolo, Ruolo::Operatore | Ruolo::SegreteriaSindaco) && utente.uffici.contains(ufficio)
    })
}

impl App {
    /// What is free from `dal` to `al` (both included, at most [`super::limits::GIORNI_DISPONIBILITA`] days) at the offices
    /// named, or at all that offer it. Nobody need have signed in; for an officer of the office there is no notice.
    ///
    /// # Errors
    /// `servizio-sconosciuto`, `ufficio-sconosciuto`, `periodo-non-valido`, `periodo-troppo-lungo`.
    pub async fn disponibilita(
        &self,
        ctx: &Contesto,
        codice: &str,
        uffici: Option<&[CodiceUfficio]>,
        dal: Date,
        al: Date,
    ) -> Result<Vec<Disponibilita>, AppError> {
        self.disponibilita_per(ctx, codice, uffici, (dal, al), Bisogni::default()).await
    }

    /// The same, at desks that meet a need.
    ///
    /// # Errors
    /// As [`App::disponibilita`].
    pub async fn disponibilita_per(
        &self,
        ctx: &Contesto,
        codice: &str,
        uffici: Option<&[CodiceUfficio]>,
        (dal, al): (Date, Date),
        bisogni: Bisogni,
    ) -> Result<Vec<Disponibilita>, AppError> {
        if al < dal {
            return Err(AppError::rifiuto(Refusal::field("al", "periodo-non-valido")));
        }
        if (al - dal).get_days() >= limits::GIORNI_DISPONIBILITA {
            let refusal = Refusal::field("al", "periodo-troppo-lungo").with("max", limits::GIORNI_DISPONIBILITA);
            return Err(AppError::rifiuto(refusal));
        }
        let ricerca = self.ricerca(ctx, codice, uffici, bisogni)?;
        self.attendi_testa(ctx.codice_ente()).await;
        self.liberi(ctx.codice_ente(), &ricerca, dal, al).await
    }

    /// The first free slot over the offices named, or over all that offer it, within the horizon of the service.
    ///
    /// # Errors
    /// As [`App::disponibilita`].
    pub async fn primo_slot_libero(
        &self,
        ctx: &Contesto,
        codice: &str,
        uffici: Option<&[CodiceUfficio]>,
    ) -> Result<Option<(Arc<Orario>, SlotOfferto)>, AppError> {
        self.attendi_testa(ctx.codice_ente()).await;
        self.primo_libero(ctx, codice, uffici, None).await
    }

    /// As [`App::primo_slot_libero`], as far as the read models are, and without one day of one office.
    pub(super) async fn primo_libero(
        &self,
        ctx: &Contesto,
        codice: &str,
        uffici: Option<&[CodiceUfficio]>,
        escluso: Option<&(CodiceUfficio, Date)>,
    ) -> Result<Option<(Arc<Orario>, SlotOfferto)>, AppError> {
        let ricerca = self.ricerca(ctx, codice, uffici, Bisogni::default())?;
        let mut dal = data_locale(ricerca.adesso);
        let ultimo = dal.saturating_add(i32::from(ricerca.prenotabile.orizzonte_giorni).days());
        while dal <= ultimo {
            let al = dal.saturating_add((limits::GIORNI_RICERCA - 1).days()).min(ultimo);
            let found = self.liberi(ctx.codice_ente(), &ricerca, dal, al).await?;
            let counts =
                |slot: &SlotOfferto| escluso.is_none_or(|(u, g)| slot.id.ufficio != *u || slot.id.giorno() != *g);
            let firsts = found.into_iter().filter_map(|d| Some((d.orario, d.slot.into_iter().find(counts)?)));
            if let Some(first) = firsts.min_by_key(|(_, slot)| slot.inizio) {
                return Ok(Some(first));
            }
            dal = al.saturating_add(1.days());
        }
        Ok(None)
    }

    fn ricerca(
        &self,
        ctx: &Contesto,
        codice: &str,
        uffici: Option<&[CodiceUfficio]>,
        bisogni: Bisogni,
    ) -> Result<Ricerca, AppError> {
        let unknown = || AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto"));
        let prenotabile = self.prenotabile(ctx, codice).ok_or_else(unknown)?;
        let mut orari = self.uffici_che_offrono(ctx, codice);
        if let Some(uffici) = uffici {
            if uffici.is_empty() || uffici.iter().any(|u| !orari.iter().any(|orario| orario.ufficio == *u)) {
                return Err(AppError::rifiuto(Refusal::field("ufficio", "ufficio-sconosciuto")));
            }
            orari.retain(|orario| uffici.contains(&orario.ufficio));
        }
        orari.truncate(limits::UFFICI_DISPONIBILITA);
        let ufficiale = orari.iter().map(|orario| orario.ufficio.clone()).filter(|u| di_ufficio(ctx, u)).collect();
        let (calendario, adesso) = (ctx.ente.calendario(), self.parts.clock.now());
        Ok(Ricerca { prenotabile, orari, calendario, adesso, ufficiale, bisogni })
    }

    async fn liberi(&self, ente: &str, ricerca: &Ricerca, dal: Date, al: Date) -> Result<Vec<Disponibilita>, AppError> {
        // What is over is nobody's question, and past days cost as much as others.
        let dal = dal.max(data_locale(ricerca.adesso));
        let uffici: Vec<CodiceUfficio> = ricerca.orari.iter().map(|orario| orario.ufficio.clone()).collect();
        // First of all: what is read afterwards is at least as new as these marks.
        let mut cambiate =
            if dal <= al { self.parts.reads.giornate_cambiate(ente, &uffici, dal, al).await? } else { HashMap::new() };
        let mut offices: Vec<Offerta> = ricerca.orari.iter().map(|o| ricerca.offerta(ente, o, (dal, al))).collect();
        for offerta in &mut offices {
            offerta.guarda(self, ricerca, &mut cambiate);
        }
        let missing: Vec<_> = offices.iter().flat_map(Offerta::mancanti).collect();
        let giornate = self.parts.reads.giornate(ente, &missing).await?;
        Ok(offices.into_iter().map(|offerta| offerta.completa(self, ricerca, &giornate)).collect())
    }
}

/// What one office offers, in the making.
struct Offerta<'a> {
    orario: &'a Arc<Orario>,
    domanda: Domanda<'a>,
    domandato: Arc<Domandato>,
    /// First start that may be booked.
    minimo: Timestamp,
    /// Days that can be booked, and what is known of them.
    giorni: Vec<Date>,
    noti: Vec<Noto>,
}

impl Ricerca {
    fn offerta<'a>(&'a self, ente: &str, orario: &'a Arc<Orario>, (dal, al): (Date, Date)) -> Offerta<'a> {
        let canale = if self.ufficiale.contains(&orario.ufficio) { Canale::Sportello } else { Canale::Portale };
        let esigenze = Esigenze { lingua: self.bisogni.lingua.as_deref(), accessibile: self.bisogni.accessibile };
        let domanda = Domanda {
            orario,
            prenotabile: &self.prenotabile,
            calendario: &self.calendario,
            adesso: self.adesso,
            canale,
            esigenze,
        };
        let minimo = prima_di(&domanda);
        let last = al.min(domanda.orizzonte());
        let days = std::iter::successors(Some(dal), |day| day.tomorrow().ok()).take_while(|day| *day <= last);
        // A language that no desk speaks is nobody's slot; so that what is kept has as many kinds as there are desks.
        let spoken = |lingua: &str| orario.sportelli.iter().any(|s| s.lingue.iter().any(|known| known == lingua));
        let served = self.bisogni.lingua.as_deref().is_none_or(spoken);
        let domandato = Domandato {
            ente: ente.to_owned(),
            ufficio: orario.ufficio.clone(),
            servizio: self.prenotabile.codice.clone(),
            canale,
            bisogni: if served { self.bisogni.clone() } else { Bisogni::default() },
        };
        Offerta {
            orario,
            domanda,
            domandato: Arc::new(domandato),
            minimo,
            giorni: days.filter(|day| served && fine_giornata(*day) > minimo).collect(),
            noti: Vec::new(),
        }
    }
}

impl Offerta<'_> {
    /// Looks at what is at hand; `cambiate` says when each day changed last.
    fn guarda(&mut self, app: &App, ricerca: &Ricerca, cambiate: &mut HashMap<(CodiceUfficio, Date), u64>) {
        let fonti = std::mem::take(&mut self.giorni).into_iter().map(|giorno| {
            let posizione = cambiate.remove(&(self.orario.ufficio.clone(), giorno)).unwrap_or(0);
            let (orario, prenotabile) = (self.orario.clone(), ricerca.prenotabile.clone());
            (giorno, Fonte { posizione, orario, prenotabile })
        });
        self.noti = app.giornate.liberi.noti(&self.domandato, ricerca.adesso, fonti);
    }

    /// Days that must be read: something happened on them, and it is not at hand.
    fn mancanti(&self) -> impl Iterator<Item = (CodiceUfficio, Date)> {
        let unknown = self.noti.iter().filter(|(_, fonte, slot)| slot.is_none() && fonte.posizione > 0);
        unknown.map(|(giorno, ..)| (self.orario.ufficio.clone(), *giorno))
    }

    fn completa(
        self,
        app: &App,
        ricerca: &Ricerca,
        giornate: &HashMap<(CodiceUfficio, Date), Giornata>,
    ) -> Disponibilita {
        let empty = Giornata::default();
        let mut slot = Vec::new();
        for (giorno, fonte, known) in self.noti {
            let free = known.unwrap_or_else(|| {
                let giornata = giornate.get(&(self.orario.ufficio.clone(), giorno)).unwrap_or(&empty);
                let found = slot_del_giorno(&self.domanda, giorno, giornata);
                app.giornate.liberi.tieni(&self.domandato, giorno, fonte, ricerca.adesso, found)
            });
            let from = free.partition_point(|libero| libero.inizio < self.minimo);
            slot.extend(free[from..].iter().map(|libero| SlotOfferto {
                id: SlotId {
                    ufficio: self.orario.ufficio.clone(),
                    servizio: ricerca.prenotabile.codice.clone(),
                    inizio: libero.inizio,
                },
                inizio: libero.inizio,
                fine: libero.fine,
                liberi: libero.liberi,
            }));
        }
        Disponibilita { orario: self.orario.clone(), slot }
    }
}
