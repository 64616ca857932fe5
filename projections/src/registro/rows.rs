//! Rows of the register's tables, written and read.

use super::{ModificaRow, RegistrazioneRow};
use crate::sql::{Riga, Valore};
use crate::upsert::Tabella;
use domain::allegato::Impronta;
use domain::pratica::TipoPratica;
use domain::registro::{Flusso, Modifica, Protocollo};
use eventstore::Record;
use serde_json::json;

pub(super) const ENTRY: Tabella = Tabella {
    columns: &[
        "ente",
        "registro",
        "anno",
        "numero",
        "data",
        "impronta",
        "data_locale",
        "flusso",
        "oggetto",
        "corrispondente",
        "codice_fiscale",
        "classifica",
        "assegnazione",
        "riservato",
        "pratica",
        "tipo_pratica",
        "allegati",
        "nomi_allegati",
        "primario",
        "modificata",
        "posizione",
        "cerca",
    ],
    key: &["ente", "numero", "anno", "registro"],
};

pub(super) const CHANGE: Tabella = Tabella {
    columns: &[
        "ente",
        "posizione",
        "registro",
        "anno",
        "numero",
        "quando",
        "campo",
        "precedente",
        "nuova",
        "motivo",
        "operatore",
    ],
    key: &["ente", "posizione"],
};

/// What a search looks through: number with and without zeros, subject, correspondent, code of the case.
fn cerca(row: &RegistrazioneRow) -> String {
    let Protocollo { numero, anno, .. } = &row.protocollo;
    let parts = [
        Some(row.protocollo.segnatura().to_string()),
        // On a line of its own, so that `12/2026` is found and `0000012/2026` too.
        Some(format!("{numero}/{anno}")),
        Some(row.oggetto.clone()),
        row.corrispondente.clone(),
        row.codice_fiscale.clone(),
        Some(row.tipo_pratica.codice(row.pratica).to_string()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase()
}

pub(super) fn values(ente: &str, row: &RegistrazioneRow) -> Vec<Valore> {
    vec![
        ente.into(),
        (&row.protocollo.registro).into(),
        row.protocollo.anno.into(),
        row.protocollo.numero.into(),
        row.protocollo.data.into(),
        row.protocollo.impronta.as_str().into(),
        row.data_locale.into(),
        row.flusso.as_str().into(),
        (&row.oggetto).into(),
        (&row.corrispondente).into(),
        (&row.codice_fiscale).into(),
        (&row.classifica).into(),
        (&row.assegnazione).into(),
        row.riservato.into(),
        row.pratica.to_string().into(),
        row.tipo_pratica.as_str().into(),
        json!(row.allegati).to_string().into(),
        json!(row.nomi_allegati).to_string().into(),
        row.primario.as_ref().map(|p| json!(p).to_string()).into(),
        row.modificata.into(),
        row.posizione.into(),
        cerca(row).into(),
    ]
}

pub(super) fn read(row: &Riga<'_>) -> Result<RegistrazioneRow, sqlx::Error> {
    Ok(RegistrazioneRow {
        protocollo: Protocollo {
            registro: row.text("registro")?,
            anno: row.int("anno")?,
            numero: row.int("numero")?,
            data: row.instant("data")?,
            impronta: row.known("impronta", Impronta::parse)?,
        },
        data_locale: row.parse("data_locale")?,
        flusso: row.known("flusso", |text| [Flusso::E, Flusso::U].into_iter().find(|f| f.as_str() == text))?,
        oggetto: row.text("oggetto")?,
        corrispondente: row.opt_text("corrispondente")?,
        codice_fiscale: row.opt_text("codice_fiscale")?,
        classifica: row.text("classifica")?,
        assegnazione: row.text("assegnazione")?,
        riservato: row.truth("riservato")?,
        pratica: row.parse("pratica")?,
        tipo_pratica: row.known("tipo_pratica", TipoPratica::parse)?,
        allegati: row.json("allegati")?,
        nomi_allegati: row.json("nomi_allegati")?,
        primario: row.map("primario", |text| serde_json::from_str(text).ok())?,
        modificata: row.truth("modificata")?,
        posizione: row.int("posizione")?,
    })
}

pub(super) fn change_values<T: ToString>(ente: &str, record: &Record, campo: &str, e: &Modifica<T>) -> Vec<Valore> {
    vec![
        ente.into(),
        record.position.into(),
        (&e.registro).into(),
        e.anno.into(),
        e.numero.into(),
        record.recorded_at.into(),
        campo.into(),
        e.precedente.to_string().into(),
        e.nuova.to_string().into(),
        (&e.motivo).into(),
        (&e.operatore.nome).into(),
    ]
}

pub(super) fn read_change(row: &Riga<'_>) -> Result<ModificaRow, sqlx::Error> {
    Ok(ModificaRow {
        quando: row.instant("quando")?,
        campo: row.text("campo")?,
        precedente: row.text("precedente")?,
        nuova: row.text("nuova")?,
        motivo: row.text("motivo")?,
        operatore: row.text("operatore")?,
        posizione: row.int("posizione")?,
    })
}
