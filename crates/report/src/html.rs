//! One HTML page that loads and runs nothing.

use plimsoll_advisories::{Finding, Status};

use crate::Image;
use crate::escape::markup;
use crate::facts::{counts, fixed_or_state, url};

const STYLE: &str = "body{font:15px/1.4 system-ui,sans-serif;margin:2rem;color:#1b1f24;background:#fff}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d8dee4;\
vertical-align:top;overflow-wrap:anywhere}th{position:sticky;top:0;background:#f6f8fa}\
.s{font-weight:600;white-space:nowrap}.CRITICAL{color:#86061d}.HIGH{color:#bc4c00}.MEDIUM{color:#7d4e00}\
.LOW,.NEGLIGIBLE,.UNKNOWN{color:#57606a}";

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n";

const HEADER: &str = "<thead><tr><th>Severity</th><th>Id</th><th>Package</th><th>Installed</th><th>Fixed in</th>\
<th>Path</th><th>Summary</th></tr></thead>\n";

pub(crate) fn document(image: &Image<'_>) -> String {
    let name = markup(image.shown_name());
    let judgement = image.judgement;
    let suppressed = judgement.suppressed.iter().map(|suppressed| {
        let package = &suppressed.finding.package.package;
        format!("{} in {} {}: {}", suppressed.finding.id, package.name, package.version, suppressed.reason)
    });
    let body = [
        format!("<h1>{name}</h1>\n<p>{}</p>\n", markup(&overview(image))),
        table(image),
        list("Suppressed", suppressed),
        list("Not known", judgement.unknown.iter().map(ToString::to_string)),
    ];
    format!("{HEAD}<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{}</body>\n</html>\n", body.concat())
}

fn table(image: &Image<'_>) -> String {
    let rows: Vec<String> = image.judgement.findings.iter().map(row).collect();
    if rows.is_empty() {
        String::new()
    } else {
        format!("<table>\n{HEADER}<tbody>\n{}</tbody>\n</table>\n", rows.concat())
    }
}

fn overview(image: &Image<'_>) -> String {
    let mut parts: Vec<String> = image.digest.iter().map(ToString::to_string).collect();
    parts.extend(image.operating_system());
    parts.push(format!("{} packages", image.inventory.packages.len()));
    parts.push(format!("{} findings", image.judgement.findings.len()));
    parts.extend(counts(image).iter().map(|(severity, number)| format!("{severity} {number}")));
    parts.push(format!("{} suppressed", image.judgement.suppressed.len()));
    parts.push(image.made_at.to_string());
    parts.join(" · ")
}

fn row(finding: &Finding) -> String {
    let package = &finding.package.package;
    let severity = finding.counted_severity();
    let doubt = if finding.status == Status::Undetermined { " (undetermined)" } else { "" };
    format!(
        "<tr><td class=\"s {severity}\">{severity}{doubt}</td><td><a rel=\"noreferrer\" href=\"{}\">{}</a></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        markup(&url(&finding.id)),
        markup(&finding.id),
        markup(&package.name),
        markup(&package.version),
        markup(&fixed_or_state(finding)),
        markup(&finding.package.path),
        markup(&finding.summary),
    )
}

/// A section with a list; nothing where there are no items.
fn list(title: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("<li>{}</li>\n", markup(&item))).collect();
    if items.is_empty() { String::new() } else { format!("<h2>{title}</h2>\n<ul>\n{}</ul>\n", items.concat()) }
}
