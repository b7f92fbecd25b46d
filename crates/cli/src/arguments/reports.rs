//! Which reports to write, and where.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use plimsoll_report::Format;

/// A form of report on findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Table,
    /// Our own JSON; see docs/report.md.
    Json,
    /// What others read; see docs/formats.md.
    Other(Format),
}

/// A report that goes to a file.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) form: Form,
    pub(crate) path: PathBuf,
}

/// How to answer: once on the standard output or in a file, and in any number of other files.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// How to print the answer: table, json, sarif, cyclonedx-1.6, cyclonedx-1.7, spdx-json, spdx-tag-value, trivy, grype,
    /// gitlab, junit, csv, markdown, html (docs/formats.md)
    #[arg(long, default_value = "table", value_parser = form, value_name = "FORMAT")]
    pub(crate) format: Form,
    /// Write the answer to this file instead of the standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write one more report of the same analysis, such as sarif=out.sarif; any number of times
    #[arg(long = "report", value_parser = report, value_name = "FORMAT=FILE")]
    pub(crate) reports: Vec<Report>,
}

/// Which bill of materials to write.
#[derive(Debug, Args)]
pub(crate) struct BillArguments {
    /// The form: cyclonedx-1.6 (or cyclonedx), cyclonedx-1.7, spdx-json, spdx-tag-value
    #[arg(long, default_value = "cyclonedx-1.6", value_parser = bill, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// With the findings, where the form has a place for them (CycloneDX)
    #[arg(long)]
    pub(crate) vulnerabilities: bool,
    /// Write it to this file instead of the standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write one more bill or report of the same analysis, such as spdx-json=out.spdx.json; any number of times
    #[arg(long = "report", value_parser = report, value_name = "FORMAT=FILE")]
    pub(crate) reports: Vec<Report>,
}

fn form(name: &str) -> Result<Form, String> {
    match name {
        "table" => Ok(Form::Table),
        "json" => Ok(Form::Json),
        _ => named(name).map(Form::Other).map_err(|known| format!("expected one of table, json, {known}")),
    }
}

fn bill(name: &str) -> Result<Format, String> {
    match named(name) {
        Ok(format) if format.is_bill() => Ok(format),
        _ => Err("expected one of cyclonedx, cyclonedx-1.6, cyclonedx-1.7, spdx-json, spdx-tag-value".to_owned()),
    }
}

fn report(text: &str) -> Result<Report, String> {
    let (name, path) = text.split_once('=').ok_or("expected FORMAT=FILE, such as sarif=out.sarif")?;
    if path.is_empty() {
        return Err("expected a file after the equals sign".to_owned());
    }
    Ok(Report { form: form(name)?, path: path.into() })
}

/// The form of this name, or the names there are.
fn named(name: &str) -> Result<Format, String> {
    Format::from_str(name).map_err(|_| Format::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use plimsoll_inventory::CycloneDxVersion;
    use plimsoll_report::Contents;

    use super::*;

    #[test]
    fn forms_by_name() {
        assert_eq!(form("table"), Ok(Form::Table));
        assert_eq!(form("cyclonedx"), Ok(Form::Other(Format::CycloneDx(CycloneDxVersion::V1_6, Contents::Findings))));
        assert!(form("pdf").is_err_and(|error| error.contains("table, json, sarif, ")));
        assert!(bill("sarif").is_err() && bill("spdx-json") == Ok(Format::Spdx));
        assert!(report("sarif").is_err() && report("sarif=").is_err());
        assert_eq!(report("csv=a=b.csv").map(|report| report.path), Ok(PathBuf::from("a=b.csv")));
    }
}
