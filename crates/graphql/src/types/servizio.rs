//! A service of the catalogue: its sheet, its form, its rules.

use super::common::Ufficio;
use super::enums::{Archetipo, EffettoSilenzio, QuandoPagamento};
use super::parts;
use crate::codes;
use crate::errors::coded;
use crate::scalars::Date;
use async_graphql::{Context, Object, Result, SimpleObject};
use domain::servizio as dominio;
use domain::termini;
use serde_json::Value;
use std::sync::Arc;

/// A service in one of its versions.
pub struct Servizio(pub(crate) Arc<dominio::Servizio>);

/// What the citizen reads before asking (Modello Comuni, content type Servizio).
#[derive(Debug, Clone, SimpleObject)]
pub struct Scheda {
    /// One or two sentences: what it is for.
    descrizione: String,
    /// *A chi è rivolto*: who may ask.
    destinatari: String,
    /// *Come fare*: how to ask.
    come_fare: String,
    /// *Cosa serve*: what to have at hand.
    cosa_serve: CosaServe,
    /// *Cosa si ottiene*: what one gets.
    cosa_si_ottiene: String,
    /// *Tempi e scadenze*: by when, in words.
    tempi: String,
    /// The timeline, in order; empty when there is none.
    fasi: Vec<Fase>,
    /// *Costi*, in words; null when nothing is to be said.
    costi: Option<String>,
    /// *Vincoli*: what limits the right to it.
    vincoli: Option<String>,
    /// *Casi particolari*: who asks in another way.
    casi_particolari: Option<String>,
    /// *Condizioni di servizio*: the terms.
    condizioni: String,
}

/// What to have at hand.
#[derive(Debug, Clone, SimpleObject)]
pub struct CosaServe {
    /// Introduction to the list.
    introduzione: String,
    /// Things needed.
    elenco: Vec<String>,
}

/// A step of the timeline.
#[derive(Debug, Clone, SimpleObject)]
pub struct Fase {
    /// Name.
    nome: String,
    /// Days it takes; null when nothing fixes them.
    giorni: Option<u16>,
    /// What happens.
    descrizione: Option<String>,
}

/// What is paid. Amounts are euro with two decimals, as text: `16.00`.
#[derive(Debug, Clone, SimpleObject)]
pub struct Costi {
    /// In words.
    testo: Option<String>,
    /// Stamp duty (DPR 642/1972); null when there is none.
    bollo: Option<Bollo>,
    /// Fee or tariff; null when there is none.
    pagamento: Option<Pagamento>,
}

/// Stamp duty (DPR 642/1972).
#[derive(Debug, Clone, SimpleObject)]
pub struct Bollo {
    /// Euro.
    importo: String,
    /// For what, and who is exempt.
    nota: Option<String>,
}

/// What is paid for a service (CAD art. 5).
#[derive(Debug, Clone, SimpleObject)]
pub struct Pagamento {
    /// When.
    quando: QuandoPagamento,
    /// For what.
    causale: String,
    /// Euro; null where it depends on the case.
    importo: Option<String>,
    /// More about it.
    nota: Option<String>,
}

/// The days on which a service can be asked for.
#[derive(Debug, Clone, SimpleObject)]
pub struct Finestra {
    /// First day.
    dal: Date,
    /// Last day, included.
    al: Date,
}

/// Files with one filing.
#[derive(Debug, Clone, SimpleObject)]
pub struct LimitiAllegati {
    /// Files, at most.
    massimo: u32,
    /// Megabytes of one file, at most; a field of the form may take less.
    megabyte: u32,
}

/// A service: what can be asked, with which form, by when it is answered, and by whom (CAD art. 7; L. 241/1990 art. 2).
#[Object]
impl Servizio {
    /// Code, such as `richiesta-generica`.
    async fn codice(&self) -> &str {
        &self.0.codice
    }

    /// Name for citizens.
    async fn nome(&self) -> &str {
        &self.0.nome
    }

    /// Version of service and form; a case keeps the one it was filed with.
    async fn versione(&self) -> u32 {
        self.0.versione
    }

    /// One or two sentences: what it is for.
    async fn descrizione(&self) -> &str {
        &self.0.scheda.descrizione
    }

    /// Kind of service.
    async fn archetipo(&self) -> Archetipo {
        self.0.archetipo.into()
    }

    /// Category, one of fifteen (Modello Comuni).
    async fn categoria(&self) -> &str {
        &self.0.categoria
    }

    /// Topics, one to four (Modello Comuni).
    async fn argomenti(&self) -> &[String] {
        &self.0.argomenti
    }

    /// Office that answers.
    async fn ufficio(&self, ctx: &Context<'_>) -> Result<Ufficio> {
        Ok(Ufficio::of(parts(ctx)?.1, &self.0.ufficio))
    }

    /// Days for the answer (L. 241/1990 art. 2: 30 unless a rule says otherwise).
    async fn termini_giorni(&self) -> u16 {
        self.0.termine_giorni
    }

    /// What silence means once the days have passed (L. 241/1990 artt. 2, 20, 25).
    async fn effetto_silenzio(&self) -> EffettoSilenzio {
        self.0.effetto_silenzio.into()
    }

    /// Identity level needed to file, 1 to 3 (SPID levels; CAD art. 65).
    async fn livello_identita(&self) -> u8 {
        self.0.livello_identita.into()
    }

    /// Done at the counter by appointment; the form gathers what the office needs beforehand.
    async fn prenotabile(&self) -> bool {
        self.0.appuntamento
    }

    /// Legal sources.
    async fn norme(&self) -> &[String] {
        &self.0.norme
    }

    /// What the citizen reads before asking.
    #[graphql(complexity = "crate::limits::SHEET_COST + child_complexity")]
    async fn scheda(&self) -> Scheda {
        Scheda::from(&self.0.scheda)
    }

    /// What is paid; null when it is free and nothing is to be said.
    async fn costi(&self) -> Option<Costi> {
        Costi::of(&self.0)
    }

    /// Whether it can be filed today, in this version.
    async fn aperto(&self, ctx: &Context<'_>) -> Result<bool> {
        let (app, contesto) = parts(ctx)?;
        let offered = app.servizio(contesto, &self.0.codice).is_some_and(|s| s.versione == self.0.versione);
        Ok(offered && self.0.aperto(termini::data_locale(app.clock().now())))
    }

    /// The days on which it can be filed; null when it always can.
    async fn finestra(&self) -> Option<Finestra> {
        self.0.finestra.map(|finestra| Finestra { dal: Date(finestra.dal), al: Date(finestra.al) })
    }

    /// Files that may come with one filing.
    async fn limiti_allegati(&self) -> LimitiAllegati {
        LimitiAllegati { massimo: self.0.allegati.massimo, megabyte: self.0.allegati.megabyte }
    }

    /// The form as it is defined: steps, fields, conditions, rules.
    #[graphql(complexity = "crate::limits::FORM_COST")]
    async fn modulo(&self) -> Result<Value> {
        serde_json::to_value(&self.0.modulo).map_err(|error| {
            tracing::error!(%error, codice = self.0.codice, "a form is no JSON");
            coded(codes::INTERNAL, app::testi::it("api-interno"))
        })
    }

    /// JSON Schema (2020-12) of what `presentaIstanza` takes as `modulo`. It says the shape; rules across fields and check
    /// digits are checked at filing.
    #[graphql(complexity = "crate::limits::FORM_COST")]
    async fn modulo_schema(&self) -> Value {
        self.0.modulo.json_schema(&self.0.nome)
    }
}

impl From<&dominio::Scheda> for Scheda {
    fn from(scheda: &dominio::Scheda) -> Self {
        let fase = |fase: &dominio::Fase| Fase {
            nome: fase.nome.clone(),
            giorni: fase.giorni,
            descrizione: fase.descrizione.clone(),
        };
        Self {
            descrizione: scheda.descrizione.clone(),
            destinatari: scheda.destinatari.clone(),
            come_fare: scheda.come_fare.clone(),
            cosa_serve: CosaServe {
                introduzione: scheda.cosa_serve.introduzione.clone(),
                elenco: scheda.cosa_serve.elenco.clone(),
            },
            cosa_si_ottiene: scheda.cosa_si_ottiene.clone(),
            tempi: scheda.tempi.clone(),
            fasi: scheda.fasi.iter().map(fase).collect(),
            costi: scheda.costi.clone(),
            vincoli: scheda.vincoli.clone(),
            casi_particolari: scheda.casi_particolari.clone(),
            condizioni: scheda.condizioni.clone(),
        }
    }
}

impl Costi {
    fn of(servizio: &dominio::Servizio) -> Option<Self> {
        let bollo = servizio.bollo.as_ref().map(|b| Bollo { importo: b.importo.testo(2), nota: b.nota.clone() });
        let pagamento = servizio.pagamento.as_ref().map(|p| Pagamento {
            quando: p.quando.into(),
            causale: p.causale.clone(),
            importo: p.importo.map(|importo| importo.testo(2)),
            nota: p.nota.clone(),
        });
        let testo = servizio.scheda.costi.clone();
        let something = testo.is_some() || bollo.is_some() || pagamento.is_some();
        something.then_some(Self { testo, bollo, pagamento })
    }
}
