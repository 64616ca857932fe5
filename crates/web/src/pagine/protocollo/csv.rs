//! The entries found, as a file for a spreadsheet.

use super::flusso;
use super::ricerca::Domanda;
use crate::errore::Errore;
use crate::pagine::elenco::istante_breve;
use crate::richiesta::DiProtocollo;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::ente::CodiceUfficio;
use projections::{MAX_PAGINA, Pagina, RegistrazioneRow};

/// Rows of the file, at most; the page says so.
pub const MAX_RIGHE: usize = 1_000;

/// `GET /protocollo/registro.csv`.
pub async fn scarica(DiProtocollo(r): DiProtocollo, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let (filtro, errori) = domanda.filtro();
    if let Some(errore) = errori.first() {
        return Err(Errore::Richiesta(errore.testo.clone()));
    }
    let mut rows: Vec<RegistrazioneRow> = Vec::new();
    let mut dopo = None;
    while rows.len() < MAX_RIGHE {
        let elenco = r.web.app.registro(&r.ctx, &filtro, Pagina { primi: MAX_PAGINA, dopo }).await?;
        dopo = elenco.prossima();
        rows.extend(elenco.righe);
        if dopo.is_none() {
            break;
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"registro-protocollo.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let office = |codice: &str| r.ctx.ente.nome_ufficio(&CodiceUfficio::new(codice)).to_owned();
    Ok((headers, testo(&rows, office)).into_response())
}

/// Semicolons and a byte order mark, as spreadsheets in Italy expect.
fn testo(rows: &[RegistrazioneRow], office: impl Fn(&str) -> String) -> String {
    let names =
        ["numero", "data", "flusso", "oggetto", "corrispondente", "ufficio", "classifica", "riservato", "impronta"];
    let names = names.map(|name| crate::t(&format!("protocollo-csv-{name}")));
    let mut out = String::from("\u{feff}");
    line(&mut out, &names);
    for row in rows {
        line(
            &mut out,
            &[
                row.protocollo.segnatura().to_string(),
                istante_breve(row.protocollo.data),
                flusso(row.flusso),
                row.oggetto.clone(),
                row.corrispondente.clone().unwrap_or_default(),
                office(&row.assegnazione),
                row.classifica.clone(),
                crate::t(if row.riservato { "protocollo-si" } else { "protocollo-no" }),
                row.protocollo.impronta.to_string(),
            ],
        );
    }
    out
}

fn line(out: &mut String, cells: &[String]) {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.push(';');
        }
        out.push_str(&cella(cell));
    }
    out.push_str("\r\n");
}

/// A cell in quotes. What a spreadsheet would run as a formula gets an apostrophe in front: subjects and names come from
/// outside.
fn cella(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_runs_or_breaks_out() {
        assert_eq!(cella("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for text in ["+1", "-1", "@x", " =1", "\t=1", "\r1"] {
            assert!(cella(text).starts_with("\"'"), "{text:?}");
        }
        assert_eq!(cella("a;b\nc"), "\"a;b\nc\"");
    }

    #[test]
    fn the_file_has_a_line_of_names() {
        let text = testo(&[], str::to_owned);
        assert!(text.starts_with("\u{feff}\"Numero di protocollo\";\"Data e ora\""), "{text}");
        assert_eq!(text.matches(';').count(), 8);
        assert!(!text.contains("protocollo-csv"), "every name is in the catalogue: {text}");
    }
}
