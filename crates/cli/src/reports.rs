//! The same answer in as many forms and places as are asked for.

use std::path::Path;

use anyhow::{Context, Result};
use plimsoll_report::Format;
use serde_json::Value;

use crate::arguments::{Form, ReportArguments};
use crate::output;

/// Writes every report that is asked for. `own` is our own JSON; `other` gives the rest.
///
/// # Errors
/// A file cannot be written, or `other` fails.
pub(crate) fn write(arguments: &ReportArguments, own: &Value, other: impl Fn(Format) -> Result<String>) -> Result<()> {
    for report in &arguments.reports {
        put(Some(&report.path), &text(report.form, own, &other)?)?;
    }
    put(arguments.output.as_deref(), &text(arguments.format, own, &other)?)
}

/// A report as text.
///
/// # Errors
/// `other` fails.
pub(crate) fn text(form: Form, own: &Value, other: impl Fn(Format) -> Result<String>) -> Result<String> {
    match form {
        Form::Table => Ok(output::report(own)),
        Form::Json => Ok(format!("{own:#}\n")),
        Form::Other(format) => other(format),
    }
}

/// Writes a text to a file; without one, to the standard output.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn put(path: Option<&Path>, text: &str) -> Result<()> {
    let Some(path) = path else {
        output::text(text);
        return Ok(());
    };
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
