//! `plimsoll findings` and `plimsoll explain`: what a server knows of an image it holds.

use anyhow::{Context, Result, bail};
use plimsoll_advisories::Severity;
use serde_json::Value;

use crate::Exit;
use crate::arguments::{self, Aim, ExplainArguments, FindingsArguments, ServerArguments};
use crate::output::{self, flaw};
use crate::reports;
use crate::server::{Server, read};

pub(crate) fn findings(arguments: &FindingsArguments) -> Result<Exit> {
    let fix = arguments.fix.fix.map(|aim| match aim {
        Aim::Any => "any",
        aim => Severity::from(aim).as_str(),
    });
    let report = read(&ask("findings", &arguments.server, fix.map(|severity| ("fix", severity)))?)?;
    reports::write(&arguments.reports, &report, |format| {
        let written = ask("findings", &arguments.server, Some(("format", format.name())))?;
        String::from_utf8(written).context("the server's answer is not UTF-8")
    })?;
    Ok(exit_code(&report, arguments.fail_on.map(Severity::from)))
}

pub(crate) fn explain(arguments: &ExplainArguments) -> Result<Exit> {
    let flaw = arguments.flaw.as_deref();
    let explanation = read(&ask("explain", &arguments.server, flaw.map(|flaw| ("flaw", flaw)))?)?;
    if flaw.is_some() {
        return explained(&explanation, arguments.format);
    }
    match arguments.format {
        arguments::Format::Json => output::line(&serde_json::to_string_pretty(&explanation)?),
        arguments::Format::Table => output::explanation(&explanation),
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

/// Prints why a flaw is reported, or is not.
pub(crate) fn explained(explained: &Value, format: arguments::Format) -> Result<Exit> {
    match format {
        arguments::Format::Json => output::json(explained)?,
        arguments::Format::Table => flaw::explained(explained),
    }
    Ok(if explained["reported"] == true {
        Exit::Findings
    } else if explained["unknown"].as_array().is_some_and(Vec::is_empty) {
        Exit::Fine
    } else {
        Exit::Unknown
    })
}

fn ask(what: &str, arguments: &ServerArguments, parameter: Option<(&str, &str)>) -> Result<Vec<u8>> {
    let server = Server::of(&arguments.ask)?;
    let (name, reference) = server.split(&arguments.reference);
    let mut path = format!("/api/v1/{what}/{name}?reference={}", reference.unwrap_or("latest"));
    if let Some((parameter, value)) = parameter {
        if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte)) {
            bail!("{value:?} is no id of a flaw: these have letters, digits and -_.: only");
        }
        path = format!("{path}&{parameter}={value}");
    }
    server.bytes(&path)
}
