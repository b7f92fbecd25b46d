//! A finding as enhanced scans show it: a flaw with all packages of the image that have it.

use plimsoll_advisories::{Finding, cvss_version};
use plimsoll_inventory::{Package, PackageKind};
use plimsoll_oci::Digest;
use plimsoll_registry::{Flaw, Repository, ScanReport, repository_arn};

use super::basic::{description, uri};
use super::findings::{UNTRIAGED, rated};
use crate::ecr::wire::Epoch;
use crate::ecr::wire::scanning::{
    AwsEcrContainerImageDetails, CvssScore, CvssScoreDetails, EnhancedImageScanFinding, PackageVulnerabilityDetails,
    Recommendation, Remediation, Resource, ResourceDetails, ScoreDetails, VulnerablePackage,
};

/// How many packages a title names.
const TITLED: usize = 2;
/// How many packages a recommendation names.
const RECOMMENDED: usize = 10;

/// A flaw of an image.
pub(super) struct Vulnerability<'a>(Flaw<'a>);

impl<'a> Vulnerability<'a> {
    /// The flaws of an image, in the order in which they come first.
    pub(super) fn all(findings: &'a [Finding]) -> Vec<Self> {
        Flaw::all(findings).into_iter().map(Self).collect()
    }

    pub(super) fn id(&self) -> &'a str {
        &self.worst().id
    }

    fn severity(&self) -> &'static str {
        rated(self.worst()).unwrap_or(UNTRIAGED)
    }

    fn worst(&self) -> &'a Finding {
        self.0.worst()
    }

    fn findings(&self) -> &[&'a Finding] {
        self.0.findings()
    }

    fn title(&self) -> String {
        let mut names: Vec<&str> =
            self.findings().iter().map(|finding| finding.package.package.name.as_str()).collect();
        names.dedup();
        let more = names.len().saturating_sub(TITLED);
        names.truncate(TITLED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{} - {}{more}", self.id(), names.join(", "))
    }

    fn fix_available(&self) -> &'static str {
        match self.findings().iter().filter(|finding| finding.fixed.is_some()).count() {
            0 => "NO",
            fixed if fixed == self.findings().len() => "YES",
            _ => "PARTIAL",
        }
    }

    /// The smallest changes that take the flaw away.
    fn recommendation(&self) -> String {
        let mut advice: Vec<String> = self.findings().iter().map(|finding| advice(finding)).collect();
        advice.dedup();
        let more = advice.len().saturating_sub(RECOMMENDED);
        advice.truncate(RECOMMENDED);
        if more > 0 {
            advice.push(format!("{more} more packages are affected."));
        }
        advice.join(" ")
    }
}

fn advice(finding: &Finding) -> String {
    let name = &finding.package.package.name;
    match &finding.fixed {
        _ if finding.malicious => format!("Remove {name}: it was made to do harm."),
        Some(fixed) => format!("Update {name} to {fixed} or later."),
        None => format!("No version of {name} is known that fixes this."),
    }
}

/// The image whose flaws are shown.
pub(super) struct Subject<'a> {
    repository: &'a Repository,
    pub(super) report: &'a ScanReport,
    region: &'a str,
}

impl<'a> Subject<'a> {
    pub(super) fn new(repository: &'a Repository, report: &'a ScanReport, region: &'a str) -> Self {
        Self { repository, report, region }
    }

    pub(super) fn finding(&self, vulnerability: &Vulnerability<'_>) -> EnhancedImageScanFinding {
        let worst = vulnerability.worst();
        let pushed_at = self.report.image.pushed_at.0;
        let published = worst.published.map_or(pushed_at, |time| time.unix_seconds().saturating_mul(1000));
        let observed_at = Some(Epoch(self.report.completed_at.0));
        EnhancedImageScanFinding {
            aws_account_id: Some(self.repository.account.to_string()),
            description: Some(description(worst)),
            finding_arn: Some(self.finding_arn(vulnerability.id())),
            // Nobody could know of it before it was published, or of the image before it was pushed.
            first_observed_at: Some(Epoch(pushed_at.max(published))),
            last_observed_at: observed_at,
            package_vulnerability_details: Some(self.details(vulnerability)),
            remediation: Some(Remediation {
                recommendation: Some(Recommendation {
                    url: Some(uri(&worst.id, worst.ecosystem)),
                    text: Some(vulnerability.recommendation()),
                }),
            }),
            resources: Some(vec![self.resource()]),
            score: worst.score,
            score_details: score_details(worst),
            severity: Some(vulnerability.severity().to_owned()),
            status: Some("ACTIVE".to_owned()),
            title: Some(vulnerability.title()),
            r#type: Some("PACKAGE_VULNERABILITY".to_owned()),
            updated_at: observed_at,
            fix_available: Some(vulnerability.fix_available().to_owned()),
            // Advisories do not say; of what was made to do harm it goes without saying.
            exploit_available: worst.malicious.then(|| "YES".to_owned()),
        }
    }

    /// The same for the same flaw of the same image, whenever it is asked for.
    fn finding_arn(&self, id: &str) -> String {
        let Repository { account, name, .. } = self.repository;
        let hash = Digest::sha256(format!("{account}/{name}@{} {id}", self.report.image.digest).as_bytes()).to_string();
        let hash = hash.rsplit(':').next().and_then(|hash| hash.get(..32)).unwrap_or_default();
        format!("arn:aws:inspector2:{}:{account}:finding/{hash}", self.region)
    }

    fn details(&self, vulnerability: &Vulnerability<'_>) -> PackageVulnerabilityDetails {
        let worst = vulnerability.worst();
        let url = uri(&worst.id, worst.ecosystem);
        let mut references = vec![url.clone()];
        references.extend([uri(&worst.id, "")].into_iter().filter(|other| *other != url));
        let cvss = worst.vector.as_deref().map(|vector| CvssScore {
            base_score: worst.score,
            scoring_vector: Some(vector.to_owned()),
            source: Some(source(worst).to_owned()),
            version: Some(cvss_version(vector).to_owned()),
        });
        PackageVulnerabilityDetails {
            cvss: Some(cvss.into_iter().collect()),
            reference_urls: Some(references),
            related_vulnerabilities: Some(worst.aliases.clone()),
            source: Some(source(worst).to_owned()),
            source_url: Some(url),
            vendor_created_at: worst.published.map(|time| Epoch(time.unix_seconds().saturating_mul(1000))),
            vendor_severity: worst.severity_source.as_ref().map(|_| worst.severity.as_str().to_owned()),
            vendor_updated_at: Some(Epoch(worst.modified.unix_seconds().saturating_mul(1000))),
            vulnerability_id: Some(worst.id.clone()),
            vulnerable_packages: Some(vulnerability.findings().iter().map(|finding| self.package(finding)).collect()),
        }
    }

    fn package(&self, finding: &Finding) -> VulnerablePackage {
        let package = &finding.package.package;
        let VersionParts { epoch, version, release } = VersionParts::of(package);
        let layer = self.report.layers.get(finding.package.layer as usize);
        VulnerablePackage {
            arch: package.architecture.clone(),
            epoch,
            file_path: Some(finding.package.path.clone()),
            name: Some(package.name.clone()),
            package_manager: Some(package_manager(package.kind).to_owned()),
            release: release.map(str::to_owned),
            source_layer_hash: layer.map(ToString::to_string),
            version: Some(version.to_owned()),
            fixed_in_version: finding.fixed.clone(),
        }
    }

    fn resource(&self) -> Resource {
        let ScanReport { image, config, .. } = self.report;
        let architecture = Some(config.architecture.clone()).filter(|architecture| !architecture.is_empty());
        let details = AwsEcrContainerImageDetails {
            architecture,
            author: config.author.clone(),
            image_hash: Some(image.digest.to_string()),
            image_tags: Some(image.tags.iter().map(ToString::to_string).collect()),
            platform: self.platform(),
            pushed_at: Some(Epoch(image.pushed_at.0)),
            last_in_use_at: image.state.last_pulled_at.map(|at| Epoch(at.0)),
            in_use_count: None,
            registry: Some(self.repository.account.to_string()),
            repository_name: self.repository.name.to_string(),
        };
        Resource {
            details: Some(ResourceDetails { aws_ecr_container_image: Some(details) }),
            id: Some(format!("{}/{}", repository_arn(self.region, self.repository), image.digest)),
            tags: None,
            r#type: Some("AWS_ECR_CONTAINER_IMAGE".to_owned()),
        }
    }

    /// `DEBIAN_11`, `ALPINE_LINUX_3_10`: the distribution with as much of its version as releases have.
    fn platform(&self) -> Option<String> {
        let distribution = self.report.distribution.as_ref()?;
        let (name, parts) = match distribution.id.as_str() {
            "alpine" => ("ALPINE_LINUX".to_owned(), 2),
            "debian" => ("DEBIAN".to_owned(), 1),
            id => (id.to_ascii_uppercase(), 2),
        };
        let version = distribution.version_id.iter().flat_map(|version| version.split('.').take(parts));
        Some(version.fold(name, |platform, part| format!("{platform}_{part}")))
    }
}

fn score_details(finding: &Finding) -> Option<ScoreDetails> {
    let cvss = CvssScoreDetails {
        adjustments: Some(Vec::new()),
        score: Some(finding.score?),
        score_source: Some(source(finding).to_owned()),
        scoring_vector: finding.vector.clone(),
        version: finding.vector.as_deref().map(|vector| cvss_version(vector).to_owned()),
    };
    Some(ScoreDetails { cvss: Some(cvss) })
}

/// Who says that there is a flaw.
fn source(finding: &Finding) -> &'static str {
    match finding.ecosystem {
        "Debian" => "DEBIAN_CVE",
        "Ubuntu" => "UBUNTU_CVE",
        "Alpine" => "ALPINE_SECDB",
        _ if finding.advisory.starts_with("GHSA-") => "GITHUB",
        _ if finding.advisory.starts_with("PYSEC-") => "PYPA",
        _ if finding.advisory.starts_with("NVD-") => "NVD",
        _ => "OSV",
    }
}

/// The manager of a package, as Amazon Inspector names it.
fn package_manager(kind: PackageKind) -> &'static str {
    match kind {
        _ if kind.is_of_system() => "OS",
        PackageKind::PyPi => "PYTHONPKG",
        PackageKind::Npm => "NODEPKG",
        PackageKind::Maven => "JAR",
        PackageKind::Golang => "GOBINARY",
        PackageKind::Cargo => "CARGO",
        PackageKind::Gem => "GEMSPEC",
        PackageKind::Composer => "COMPOSER",
        PackageKind::NuGet => "DOTNET_CORE",
        other => other.purl_type(),
    }
}

/// The parts of a version that packages of distributions have.
#[derive(Debug, PartialEq, Eq)]
struct VersionParts<'a> {
    epoch: Option<i64>,
    version: &'a str,
    release: Option<&'a str>,
}

impl<'a> VersionParts<'a> {
    fn of(package: &'a Package) -> Self {
        let whole = package.version.as_str();
        let (epoch, rest) = match package.kind {
            kind if !kind.is_of_system() => return Self { epoch: None, version: whole, release: None },
            PackageKind::Apk => (0, whole),
            _ => {
                whole.split_once(':').and_then(|(epoch, rest)| Some((epoch.parse().ok()?, rest))).unwrap_or((0, whole))
            }
        };
        let (version, release) = rest.rsplit_once('-').map_or((rest, None), |(version, rest)| (version, Some(rest)));
        Self { epoch: Some(epoch), version, release }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_distributions_have_parts() {
        fn check(kind: PackageKind, version: &str, expect: (Option<i64>, &str, Option<&str>)) {
            let package = Package::new(kind, "p", version);
            let VersionParts { epoch, version: upstream, release } = VersionParts::of(&package);
            assert_eq!((epoch, upstream, release), expect, "{version}");
        }
        use PackageKind::{Apk, Deb, PyPi};
        check(Deb, "1:2.4.47-2+b1", (Some(1), "2.4.47", Some("2+b1")));
        check(Deb, "1.1.1n-0+deb11u3", (Some(0), "1.1.1n", Some("0+deb11u3")));
        check(Deb, "2023-1-4", (Some(0), "2023-1", Some("4")));
        check(Deb, "5", (Some(0), "5", None));
        check(Deb, "x:1", (Some(0), "x:1", None));
        check(Apk, "1.1.22-r3", (Some(0), "1.1.22", Some("r3")));
        check(PyPi, "1!2.0-1", (None, "1!2.0-1", None));
    }
}
