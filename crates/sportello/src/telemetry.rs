//! Logs and metrics.

use clap::ValueEnum;
use std::io::IsTerminal as _;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// Shape of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Human on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Starts logging to standard error. A filter that cannot be read falls back to `info` and says so.
pub(crate) fn init(format: LogFormat, filter: &str) {
    let parsed = EnvFilter::try_new(filter);
    let bad = parsed.is_err();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(parsed.unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr);
    let json = match format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Human => false,
        LogFormat::Json => true,
    };
    if json {
        builder.json().flatten_event(true).init();
    } else {
        builder.compact().init();
    }
    if bad {
        tracing::warn!(filter, "the log filter cannot be read; logging at level info");
    }
}

/// Installs the recorder of metrics and gives the text of `/metrics`.
pub(crate) fn metrics() -> Arc<dyn Fn() -> String + Send + Sync> {
    match metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder() {
        Ok(handle) => Arc::new(move || handle.render()),
        Err(error) => {
            tracing::error!(error = %error, "metrics could not be installed");
            Arc::new(String::new)
        }
    }
}
