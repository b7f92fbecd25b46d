//! A finding as basic scans show it: a flaw of a package of the distribution.

use plimsoll_advisories::{Finding, Status, cvss_version};

use super::findings::{UNDEFINED, rated};
use crate::ecr::wire::scanning::{Attribute, ImageScanFinding};

pub(super) fn finding(finding: &Finding) -> ImageScanFinding {
    ImageScanFinding {
        name: Some(finding.id.clone()),
        description: Some(description(finding)),
        uri: Some(uri(&finding.id, finding.ecosystem)),
        severity: Some(severity(finding)),
        attributes: Some(attributes(finding)),
    }
}

/// The severity, of those that basic scans know.
fn severity(finding: &Finding) -> &'static str {
    rated(finding).unwrap_or(UNDEFINED)
}

/// What there is to say of a flaw.
pub(super) fn description(finding: &Finding) -> String {
    match finding.summary.as_str() {
        "" => format!("{} affects {} {}.", finding.id, finding.package.package.name, finding.package.package.version),
        summary => summary.to_owned(),
    }
}

/// Where people read about a flaw: with the distribution, if it keeps pages of its own.
pub(super) fn uri(id: &str, ecosystem: &str) -> String {
    let base = match (id.get(..4), ecosystem) {
        (Some("CVE-"), "Debian") | (Some("DSA-" | "DLA-"), _) => "https://security-tracker.debian.org/tracker/",
        (Some("CVE-"), "Ubuntu") => "https://ubuntu.com/security/",
        (Some("CVE-"), "Alpine") => "https://security.alpinelinux.org/vuln/",
        (Some("CVE-"), _) => "https://nvd.nist.gov/vuln/detail/",
        (Some("GHSA"), _) => "https://github.com/advisories/",
        _ => "https://osv.dev/vulnerability/",
    };
    format!("{base}{id}")
}

fn attributes(finding: &Finding) -> Vec<Attribute> {
    let package = &finding.package.package;
    let mut attributes = Vec::new();
    let mut add = |key: &str, value: &str| {
        attributes.push(Attribute { key: key.to_owned(), value: Some(value.to_owned()) });
    };
    add("package_name", &package.name);
    add("package_version", &package.version);
    if let Some(fixed) = &finding.fixed {
        add("fixed_in_version", fixed);
    }
    if let Some(vector) = &finding.vector {
        let major = cvss_version(vector).get(..1).unwrap_or_default();
        add(&format!("CVSS{major}_VECTOR"), vector);
        if let Some(score) = finding.score {
            add(&format!("CVSS{major}_SCORE"), &format!("{score:.1}"));
        }
    }
    if finding.status == Status::Undetermined {
        add("status", "undetermined");
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flaws_are_read_about_where_they_are_known() {
        fn check(id: &str, ecosystem: &str, expect: &str) {
            assert_eq!(uri(id, ecosystem), expect);
        }
        check("CVE-2023-0286", "Debian", "https://security-tracker.debian.org/tracker/CVE-2023-0286");
        check("DSA-5343-1", "Debian", "https://security-tracker.debian.org/tracker/DSA-5343-1");
        check("CVE-2019-14697", "Alpine", "https://security.alpinelinux.org/vuln/CVE-2019-14697");
        check("CVE-2018-1000656", "PyPI", "https://nvd.nist.gov/vuln/detail/CVE-2018-1000656");
        check("GHSA-jf85-cpcp-j695", "npm", "https://github.com/advisories/GHSA-jf85-cpcp-j695");
        check("PYSEC-2018-66", "PyPI", "https://osv.dev/vulnerability/PYSEC-2018-66");
        check("é", "npm", "https://osv.dev/vulnerability/é");
    }
}
