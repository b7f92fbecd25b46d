//! `plimsoll scan` and `plimsoll sbom`: images without a server.

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use plimsoll_advisories::Severity;
use plimsoll_outbound::registry::scan_image;
use plimsoll_outbound::{Client, Reference};
use plimsoll_registry::feeds::{AdvisorySet, Generation};
use plimsoll_registry::scan::{self, ScannedImage, Selection};
use plimsoll_registry::{Budget, ImageReport};
use plimsoll_server::report::{ExplainedReport, Report};
use serde_json::json;

use crate::Exit;
use crate::arguments::{Form, Format, SbomArguments, ScanArguments, SourceArguments};
use crate::credentials::credentials;
use crate::server::Server;
use crate::{exceptions, inspect, output, reports, settings, vex};

pub(crate) fn scan(arguments: &ScanArguments) -> Result<Exit> {
    // Read first, so that a mistake in a document is told before the image is read.
    let statements = vex::read(&arguments.vex)?;
    let exceptions = exceptions::read(&arguments.exceptions)?;
    let data = settings::data(&arguments.source.data);
    let generation = AdvisorySet::open(&data).current()?;
    let now = SystemTime::now();
    let mut report = report(&arguments.source, arguments.declared, generation.as_deref(), now)?;
    arguments.severity_order.apply(&mut report.judgement);
    vex::apply(&statements, &mut report);
    exceptions::apply(&exceptions, &mut report, now);
    if let Some(flaw) = &arguments.explain {
        let explained = report.explain(generation.as_deref(), flaw, now)?;
        let explained = serde_json::to_value(ExplainedReport::new(&report, flaw, &explained))?;
        return match arguments.reports.format {
            Form::Table => inspect::explained(&explained, Format::Table),
            Form::Json => inspect::explained(&explained, Format::Json),
            Form::Other(_) => bail!("--explain answers by --format table or json only"),
        };
    }
    let exit = exit_code(&report, arguments.fail_on.map(Severity::from));
    let verdict = match exit {
        Exit::Fine => "pass",
        Exit::Findings => "deny",
        Exit::Unknown => "unknown",
    };
    let mut members = Report::new(&report, verdict);
    if let Some(aim) = arguments.fix.fix {
        let plan = report.plan(generation.as_deref(), Severity::from(aim), now)?;
        members = members.with_plan(&report, &plan);
    }
    let own = serde_json::to_value(members)?;
    reports::write(&arguments.reports, &own, |format| written(&report, format))?;
    Ok(exit)
}

pub(crate) fn sbom(arguments: &SbomArguments) -> Result<Exit> {
    if arguments.attach {
        return attach(arguments);
    }
    let bills = &arguments.bills;
    let generation = AdvisorySet::open(&settings::data(&arguments.source.data)).current()?;
    let report = report(&arguments.source, arguments.declared, generation.as_deref(), SystemTime::now())?;
    let format = if bills.vulnerabilities { bills.format } else { bills.format.without_findings() };
    reports::put(bills.output.as_deref(), &written(&report, format)?)?;
    let own = || -> Result<_> { Ok(serde_json::to_value(Report::new(&report, "unknown"))?) };
    for wanted in &bills.reports {
        let text = reports::text(wanted.form, &own()?, |format| written(&report, format))?;
        reports::put(Some(&wanted.path), &text)?;
    }
    Ok(Exit::Fine)
}

/// Has a server attach its own bill of materials to an image it holds.
fn attach(arguments: &SbomArguments) -> Result<Exit> {
    let source = &arguments.source;
    let server = Server::at(&arguments.server, &source.login, &source.data)?;
    let (name, reference) = server.split(&source.source);
    let format = arguments.bills.format.name();
    let reference = reference.unwrap_or("latest");
    let answer = server.post(&format!("/api/v1/sbom/{name}?reference={reference}&format={format}"), &json!({}))?;
    let text = |member: &str| answer[member].as_str().unwrap_or_default();
    let note = if answer["added"] == true { "" } else { " (it was there already)" };
    output::line(&format!("{name}@{}: {} of {}{note}", text("digest"), text("artifactType"), text("subject")));
    Ok(Exit::Fine)
}

fn written(report: &ImageReport, format: plimsoll_report::Format) -> Result<String> {
    plimsoll_server::report::write(report, format).context("no random bytes can be had")
}

/// What the findings mean to a script. A definite answer against the image wins over a doubt.
fn exit_code(report: &ImageReport, fail_on: Option<Severity>) -> Exit {
    let findings = &report.judgement.findings;
    if fail_on.is_some_and(|threshold| findings.iter().any(|finding| finding.severity >= threshold)) {
        Exit::Findings
    } else if report.judgement.unknown.is_empty() {
        Exit::Fine
    } else {
        Exit::Unknown
    }
}

fn report(
    arguments: &SourceArguments,
    declared: bool,
    generation: Option<&Generation>,
    now: SystemTime,
) -> Result<ImageReport> {
    let data = settings::data(&arguments.data);
    let scanned = scanned(arguments, &data)?;
    for note in &scanned.notes {
        output::note(&format!("note: {note}"));
    }
    Ok(ImageReport::of_scan(scanned, generation, now, declared))
}

/// A path that exists is read; anything else must be a reference to a registry.
fn scanned(arguments: &SourceArguments, data: &Path) -> Result<ScannedImage> {
    let selection = selection(arguments)?;
    let budget = Budget::default();
    let source = source(arguments)?;
    let path = Path::new(source);
    let spinner = output::spinner(&format!("reading {source}"));
    let scanned = if path.exists() {
        scan::open(path)
            .and_then(|opened| scan::inventory(&opened, &selection, &budget))
            .with_context(|| format!("cannot scan {source}"))?
    } else if is_archive_name(path) {
        bail!("there is no file {}", path.display())
    } else {
        let reference: Reference = source
            .parse()
            .with_context(|| format!("{source:?} is neither a file or directory here nor a reference to an image"))?;
        let login = credentials(&arguments.login, reference.host(), data)?;
        scan_image(&Client::new()?, &reference, &selection, &budget, login.as_ref(), |progress| {
            spinner.set_message(format!("reading {progress}"));
        })?
    };
    spinner.finish_and_clear();
    Ok(scanned)
}

/// What to scan: one thing, or a file after the word `sbom`.
fn source(arguments: &SourceArguments) -> Result<&str> {
    match (&*arguments.source, &arguments.bill) {
        (source, None) => Ok(source),
        ("sbom", Some(bill)) if !bill.is_file() => bail!("there is no file {}", bill.display()),
        ("sbom", Some(bill)) => bill.to_str().with_context(|| format!("{} is no UTF-8", bill.display())),
        (_, Some(_)) => {
            bail!("only one image is scanned at a time; after `sbom` comes the file of a bill of materials")
        }
    }
}

/// Whether a name that leads nowhere was meant as a file: there are tags like this, but nobody scans them by mistake.
fn is_archive_name(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    path.is_absolute() || path.starts_with(".") || matches!(extension, Some("tar" | "tgz" | "gz" | "zst"))
}

fn selection(arguments: &SourceArguments) -> Result<Selection> {
    let mut selection = Selection { name: arguments.image.clone(), ..Selection::default() };
    if let Some(platform) = &arguments.platform {
        let mut parts = platform.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(os), Some(architecture), variant, None) => {
                os.clone_into(&mut selection.os);
                architecture.clone_into(&mut selection.architecture);
                selection.variant = variant.map(str::to_owned);
            }
            _ => bail!("--platform is written os/architecture, such as linux/arm64"),
        }
    }
    Ok(selection)
}
