//! What several forms say of a finding, each in its words.

use std::collections::BTreeMap;

use plimsoll_advisories::vex::VexStatus;
use plimsoll_advisories::{Finding, Severity, State, Status, Suppression};
use plimsoll_inventory::{InstalledPackage, purl};
use plimsoll_oci::Digest;

use crate::{Image, Layer};

impl Image<'_> {
    pub(crate) fn purl(&self, installed: &InstalledPackage) -> String {
        purl(&installed.package, self.distribution())
    }

    pub(crate) fn layer(&self, installed: &InstalledPackage) -> Layer {
        self.layers.get(installed.layer as usize).copied().unwrap_or_default()
    }

    /// The distribution for people: `debian 12`.
    pub(crate) fn operating_system(&self) -> Option<String> {
        let distribution = self.distribution()?;
        let version = distribution.version_id.as_deref().unwrap_or_default();
        Some(format!("{} {version}", distribution.id).trim_end().to_owned())
    }
}

/// The same for the same flaw of the same package at the same place, whenever and of whichever image it is reported.
pub(crate) fn fingerprint(finding: &Finding, image: &Image<'_>) -> String {
    let package = &finding.package;
    let within = package.package.within.as_deref().unwrap_or_default();
    let whole = [&*finding.id, &image.purl(package), &package.path, within].join("\n");
    Digest::sha256(whole.as_bytes()).hex()
}

/// Where to read about a flaw.
pub(crate) fn url(id: &str) -> String {
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')).collect();
    // The NVD's own records are named by their CVEs.
    let id = id.strip_prefix("NVD-").unwrap_or(&id);
    match id.get(..4) {
        Some("CVE-") => format!("https://nvd.nist.gov/vuln/detail/{id}"),
        Some("GHSA") => format!("https://github.com/advisories/{id}"),
        _ => format!("https://osv.dev/vulnerability/{id}"),
    }
}

/// The severity with one capital: `High`.
pub(crate) const fn title(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "Unknown",
        Severity::Negligible => "Negligible",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// The score, or one in the middle of what the severity stands for. What nobody can tell the package has, has none.
pub(crate) fn score(finding: &Finding) -> f64 {
    let told = finding.score.filter(|_| finding.status == Status::Affected);
    told.unwrap_or(match finding.counted_severity() {
        Severity::Unknown | Severity::Negligible => 0.0,
        Severity::Low => 2.0,
        Severity::Medium => 5.5,
        Severity::High => 8.0,
        Severity::Critical => 9.5,
    })
}

/// What a finding says where there is no word of the flaw itself.
pub(crate) fn summary(finding: &Finding) -> String {
    if finding.summary.is_empty() {
        format!("{} in {}", finding.id, finding.package.package.name)
    } else {
        finding.summary.clone()
    }
}

/// What to do.
pub(crate) fn remedy(finding: &Finding) -> String {
    let name = &finding.package.package.name;
    match (&finding.fixed, finding.malicious) {
        (_, true) => format!("Remove {name}: it was made to do harm"),
        (Some(fixed), _) => format!("Upgrade {name} to {fixed} or later"),
        (None, _) => match finding.state() {
            State::FixedElsewhere => format!("No fix is known here; there is one in {}", elsewhere(finding)),
            State::UnderInvestigation => format!("No fix is known: whether {name} is affected is being looked into"),
            State::Deferred => "No fix is known: it is deferred".to_owned(),
            State::WontFix => "No fix is known, and none will come".to_owned(),
            State::EndOfLife => format!("No fix is known: {name} gets no updates any more"),
            State::Fixed | State::Affected | State::NotAffected | State::Undetermined => "No fix is known".to_owned(),
        },
    }
}

/// The version that is fixed, or where the finding stands.
pub(crate) fn fixed_or_state(finding: &Finding) -> String {
    match (&finding.fixed, finding.state()) {
        (Some(fixed), _) => fixed.clone(),
        (None, State::FixedElsewhere) => elsewhere(finding),
        (None, State::Affected | State::Undetermined) => "–".to_owned(),
        (None, state) => state.to_string(),
    }
}

/// The releases that have a fix, with its versions: `Debian:13 (1.2-3)`.
fn elsewhere(finding: &Finding) -> String {
    let fixes = finding.fixed_elsewhere.iter().map(|fix| format!("{} ({})", fix.ecosystem, fix.version));
    fixes.collect::<Vec<_>>().join(", ")
}

/// The database an advisory or a severity is from, in the words of other scanners, with its name and address.
pub(crate) fn database(advisory: &str) -> (&'static str, &'static str, &'static str) {
    let starts = |prefix: &str| advisory.starts_with(prefix);
    match () {
        () if starts("NVD ") || starts("NVD-") => ("nvd", "National Vulnerability Database", "https://nvd.nist.gov"),
        () if starts("GHSA-") => ("ghsa", "GitHub Security Advisory", "https://github.com/advisories"),
        () if starts("DSA-") || starts("DLA-") || starts("DEBIAN-") => {
            ("debian", "Debian Security Tracker", "https://security-tracker.debian.org")
        }
        () if starts("USN-") || starts("UBUNTU-") => ("ubuntu", "Ubuntu CVE Tracker", "https://ubuntu.com/security"),
        () if starts("ALPINE-") => ("alpine", "Alpine Secdb", "https://secdb.alpinelinux.org"),
        () if starts("RHSA-") || starts("RHBA-") => ("redhat", "Red Hat", "https://access.redhat.com/security"),
        () if starts("ALSA-") => ("alma", "AlmaLinux Product Errata", "https://errata.almalinux.org"),
        () if starts("RLSA-") => ("rocky", "Rocky Linux Errata", "https://errata.rockylinux.org"),
        () if starts("GO-") => ("govulndb", "The Go Vulnerability Database", "https://pkg.go.dev/vuln"),
        () => ("osv", "Open Source Vulnerabilities", "https://osv.dev"),
    }
}

/// What it means for a finding that it does not count, as forms tell it apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The flaw does no harm.
    Harmless,
    /// The flaw is fixed.
    Fixed,
    /// Somebody puts up with it.
    Accepted,
}

pub(crate) fn standing(reason: &Suppression) -> Standing {
    match reason {
        Suppression::Vex { status: VexStatus::Fixed, .. } => Standing::Fixed,
        Suppression::OwnedBy { .. } | Suppression::OnlyHeaders { .. } | Suppression::Vex { .. } => Standing::Harmless,
        _ => Standing::Accepted,
    }
}

/// How many findings there are of each severity, the worst first; severities without any are left out.
pub(crate) fn counts(image: &Image<'_>) -> Vec<(Severity, usize)> {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for finding in &image.judgement.findings {
        *counts.entry(finding.counted_severity()).or_default() += 1;
    }
    counts.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_read_about_a_flaw() {
        let check = |id: &str, expect: &str| assert_eq!(url(id), expect, "{id}");
        check("CVE-2024-3094", "https://nvd.nist.gov/vuln/detail/CVE-2024-3094");
        check("NVD-CVE-2024-3094", "https://nvd.nist.gov/vuln/detail/CVE-2024-3094");
        check("GHSA-jf85-cpcp-j695", "https://github.com/advisories/GHSA-jf85-cpcp-j695");
        check("PYSEC-2018-66\"><script>", "https://osv.dev/vulnerability/PYSEC-2018-66script");
    }
}
