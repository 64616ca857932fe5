//! `sportello verify`: is the log still what was written?

use crate::Failure;
use crate::cli::VerifyArgs;
use eventstore_sql::LOG_FILE;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;

/// Checks the log; works beside a running service.
pub(crate) async fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let database = args.r#where.database()?;
    if let Some(folder) = database.folder().filter(|folder| !folder.join(LOG_FILE).exists()) {
        return Err(format!("there is no log in {}: is this the data folder?", folder.display()).into());
    }
    let bar = bar("records");
    let shown = bar.clone();
    let report = database
        .verify(move |progress| {
            shown.set_length(progress.total);
            shown.set_position(progress.records);
        })
        .await?;
    bar.finish_and_clear();
    if args.json {
        let enti: Vec<_> = report
            .enti
            .iter()
            .map(|e| serde_json::json!({ "ente": e.ente, "records": e.records, "head": hex::encode(e.head) }))
            .collect();
        let finding = report
            .finding
            .as_ref()
            .map(|f| serde_json::json!({ "ente": f.ente, "position": f.position, "reason": f.reason }));
        println!("{}", serde_json::json!({ "clean": finding.is_none(), "enti": enti, "finding": finding }));
    } else {
        for ente in &report.enti {
            println!("{}: {} records, head {}", ente.ente, ente.records, hex::encode(ente.head));
        }
    }
    match report.finding {
        None => {
            if !args.json {
                println!("The log is clean: positions, hash chain, streams and register numbers hold.");
            }
            Ok(())
        }
        Some(finding) => Err(format!("the log was changed or damaged. {finding}").into()),
    }
}

/// A bar on a terminal, nothing elsewhere.
pub(crate) fn bar(what: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {what} ({{per_sec}}, {{eta}})"));
    let bar = ProgressBar::new(0);
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
