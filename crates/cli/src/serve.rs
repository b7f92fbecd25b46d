//! `plimsoll serve`: configuration, telemetry, runtime, run.

use std::io::IsTerminal;
use std::time::Duration;

use anyhow::{Context, Result};
use plimsoll_server::Started;
use plimsoll_server::config::Log;
use tracing_subscriber::EnvFilter;

use crate::Exit;
use crate::arguments::ServeArguments;
use crate::{output, settings};

/// How long work may go on when the server has stopped.
const STOP: Duration = Duration::from_secs(5);

pub(crate) fn serve(arguments: &ServeArguments) -> Result<Exit> {
    let config = settings::load(arguments)?;
    log(config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    let served = runtime.block_on(plimsoll_server::run(config, greet));
    // A thread that waits for a client's bytes must not keep the process.
    runtime.shutdown_timeout(STOP);
    served?;
    Ok(Exit::Fine)
}

/// Log lines go to standard error; `PLIMSOLL_LOG` says which, such as `debug` or `plimsoll_server=debug`.
fn log(format: Log) {
    let filter = EnvFilter::try_from_env("PLIMSOLL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        Log::Text => builder.init(),
        Log::Json => builder.json().init(),
    }
}

/// What the server says when it listens: the line scripts wait for, and at the first start the administrator's key.
fn greet(started: Started) {
    output::line(&format!("plimsoll listens on {}", started.url));
    output::line(&format!("data directory: {}", started.data.display()));
    if let Some(first) = started.first {
        output::line("the administrator, shown this once (and kept in admin.json of the data directory):");
        output::line(&format!("  access key id:     {}", first.id));
        output::line(&format!("  secret access key: {}", first.secret.reveal()));
    }
}
