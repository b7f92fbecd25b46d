//! `plimsoll findings` and `plimsoll explain`: what a server knows of an image it holds.

use anyhow::Result;
use plimsoll_advisories::Severity;
use serde_json::Value;

use crate::Exit;
use crate::arguments::{ExplainArguments, FindingsArguments, Format, ServerArguments};
use crate::output;
use crate::server::Server;

pub(crate) fn findings(arguments: &FindingsArguments) -> Result<Exit> {
    let report = ask("findings", &arguments.server)?;
    match arguments.server.ask.format {
        Format::Json => output::line(&serde_json::to_string_pretty(&report)?),
        Format::Table => output::report(&report),
    }
    Ok(exit_code(&report, arguments.fail_on.map(Severity::from)))
}

pub(crate) fn explain(arguments: &ExplainArguments) -> Result<Exit> {
    let explanation = ask("explain", &arguments.server)?;
    match arguments.server.ask.format {
        Format::Json => output::line(&serde_json::to_string_pretty(&explanation)?),
        Format::Table => output::explanation(&explanation),
    }
    Ok(match explanation["verdict"].as_str() {
        Some("pass" | "warn") => Exit::Fine,
        Some("deny") => Exit::Findings,
        _ => Exit::Unknown,
    })
}

/// Who only asks is answered; who names a threshold wants it applied.
fn exit_code(report: &Value, fail_on: Option<Severity>) -> Exit {
    let Some(threshold) = fail_on else { return Exit::Fine };
    let severe =
        |finding: &Value| finding["severity"].as_str().and_then(Severity::from_word).unwrap_or_default() >= threshold;
    if report["findings"].as_array().is_some_and(|findings| findings.iter().any(severe)) {
        Exit::Findings
    } else if report["unknown"].as_array().is_some_and(Vec::is_empty) {
        Exit::Fine
    } else {
        Exit::Unknown
    }
}

fn ask(what: &str, arguments: &ServerArguments) -> Result<Value> {
    let server = Server::of(&arguments.ask)?;
    let (name, reference) = server.split(&arguments.reference);
    server.get(&format!("/api/v1/{what}/{name}?reference={}", reference.unwrap_or("latest")))
}
