//! `plimsoll findings` and `plimsoll explain`: what a server knows of an image it holds.

use anyhow::{Context, Result};
use plimsoll_advisories::Severity;
use plimsoll_outbound::credentials::of_data_directory;
use plimsoll_outbound::{Client, Credentials, api};
use serde_json::Value;

use crate::Exit;
use crate::arguments::{ExplainArguments, FindingsArguments, Format, ServerArguments};
use crate::credentials::credentials;
use crate::{output, settings};

pub(crate) fn findings(arguments: &FindingsArguments) -> Result<Exit> {
    let report = ask("findings", &arguments.server)?;
    match arguments.server.format {
        Format::Json => output::line(&serde_json::to_string_pretty(&report)?),
        Format::Table => output::report(&report),
    }
    Ok(exit_code(&report, arguments.fail_on.map(Severity::from)))
}

pub(crate) fn explain(arguments: &ExplainArguments) -> Result<Exit> {
    let explanation = ask("explain", &arguments.server)?;
    match arguments.server.format {
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
    let server = arguments.server.trim_end_matches('/');
    let host = server.split("://").last().unwrap_or(server);
    let (name, reference) = split(&arguments.reference, host);
    let login = login(arguments, host)?;
    let path = format!("/api/v1/{what}/{name}?reference={reference}");
    let answer = api::get(&Client::new()?, server, &path, login.as_ref())?;
    serde_json::from_slice(&answer).context("the server's answer is not JSON: is it a Plimsoll server?")
}

/// Whoever names the server's own data directory means its administrator, whatever docker is logged in as.
fn login(arguments: &ServerArguments, host: &str) -> Result<Option<Credentials>> {
    if let (None, Some(data)) = (&arguments.login.username, &arguments.data.data)
        && let Some(administrator) = of_data_directory(host, data)?
    {
        return Ok(Some(administrator));
    }
    credentials(&arguments.login, host, &settings::data(&arguments.data))
}

/// The repository and the tag or digest of `reference`, which may carry the server's host as docker writes it.
fn split<'a>(reference: &'a str, host: &str) -> (&'a str, &'a str) {
    let reference = reference.strip_prefix(host).and_then(|rest| rest.strip_prefix('/')).unwrap_or(reference);
    if let Some((name, digest)) = reference.split_once('@') {
        let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
        return (name, digest);
    }
    match reference.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (reference, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split() {
        fn check(reference: &str, expect: (&str, &str)) {
            assert_eq!(split(reference, "127.0.0.1:5000"), expect, "{reference}");
        }
        check("team/app:1.0", ("team/app", "1.0"));
        check("team/app", ("team/app", "latest"));
        check("127.0.0.1:5000/team/app", ("team/app", "latest"));
        check("127.0.0.1:5000/team/app:1.0", ("team/app", "1.0"));
        check("team/app@sha256:00", ("team/app", "sha256:00"));
        check("team/app:1.0@sha256:00", ("team/app", "sha256:00"));
    }
}
