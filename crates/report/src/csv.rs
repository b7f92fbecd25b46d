//! Comma-separated values, [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180): a finding is a row.

use plimsoll_advisories::{Finding, State, Status};

use crate::Image;
use crate::facts::url;

const HEADER: [&str; 19] = [
    "image",
    "id",
    "severity",
    "score",
    "package",
    "version",
    "fixed",
    "status",
    "type",
    "path",
    "layer",
    "purl",
    "advisory",
    "aliases",
    "summary",
    "published",
    "url",
    "suppressed",
    "state",
];

pub(crate) fn document(image: &Image<'_>) -> String {
    let mut text = row(HEADER.map(str::to_owned));
    for finding in &image.judgement.findings {
        text.push_str(&row(cells(finding, (String::new(), finding.state()), image)));
    }
    for suppressed in &image.judgement.suppressed {
        text.push_str(&row(cells(&suppressed.finding, (suppressed.reason.to_string(), suppressed.state()), image)));
    }
    text
}

fn cells(finding: &Finding, (suppressed, state): (String, State), image: &Image<'_>) -> [String; HEADER.len()] {
    let package = &finding.package.package;
    let layer = image.layer(&finding.package);
    let status = match finding.status {
        Status::Affected => "affected",
        Status::Undetermined => "undetermined",
    };
    let scored = finding.score.filter(|_| finding.status == Status::Affected);
    [
        image.shown_name().to_owned(),
        finding.id.clone(),
        finding.counted_severity().to_string(),
        scored.map(|score| format!("{score:.1}")).unwrap_or_default(),
        package.name.clone(),
        package.version.clone(),
        finding.fixed.clone().unwrap_or_default(),
        status.to_owned(),
        package.kind.purl_type().to_owned(),
        finding.package.path.clone(),
        layer.diff_id.or(layer.digest).map(|digest| digest.to_string()).unwrap_or_default(),
        image.purl(&finding.package),
        finding.advisory.clone(),
        finding.aliases.join(" "),
        finding.summary.clone(),
        finding.published.map(|time| time.to_string()).unwrap_or_default(),
        url(&finding.id),
        suppressed,
        state.word().to_owned(),
    ]
}

fn row(cells: [String; HEADER.len()]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that a spreadsheet takes for text: one that begins as a formula does is marked by an apostrophe.
fn cell(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let marked = if formula { format!("'{text}") } else { text.to_owned() };
    if marked.contains(['"', ',', '\r', '\n', ';', '\'']) {
        format!("\"{}\"", marked.replace('"', "\"\""))
    } else {
        marked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text() {
        fn check(text: &str, expect: &str) {
            assert_eq!(cell(text), expect);
        }
        check("a", "a");
        check("", "");
        check("a,\"b\"\nc", "\"a,\"\"b\"\"\nc\"");
        check("=1+1", "\"'=1+1\"");
        check("  @SUM(A1)", "\"'  @SUM(A1)\"");
        check("-2", "\"'-2\"");
        check("+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\"");
        check("\t=1", "\"'\t=1\"");
        check("1:2.3-4", "1:2.3-4");
    }
}
