//! `DescribeImageScanFindings`: what scans have found, by pages.

use std::collections::BTreeMap;

use plimsoll_advisories::{Finding, Severity};
use plimsoll_registry::{Repository, ScanNumbers, ScanStatus, ScanType, SeverityCounts};

use super::enhanced::{Subject, Vulnerability};
use super::{basic, found, text};
use crate::ecr::call::Asked;
use crate::ecr::error::EcrError;
use crate::ecr::images;
use crate::ecr::page::Page;
use crate::ecr::wire::Epoch;
use crate::ecr::wire::images::ImageScanFindingsSummary;
use crate::ecr::wire::scanning::{
    DescribeImageScanFindingsRequest, DescribeImageScanFindingsResponse, ImageScanFindings,
};
use crate::ecr::wire::shared::{ImageIdentifier, ImageScanStatus};

/// What is not rated, as basic scans say it.
pub(super) const UNDEFINED: &str = "UNDEFINED";
/// The same, as enhanced scans say it.
pub(super) const UNTRIAGED: &str = "UNTRIAGED";

/// `DescribeImageScanFindings`
pub(in crate::ecr) async fn describe(
    asked: &Asked<'_>,
    input: DescribeImageScanFindingsRequest,
) -> Result<DescribeImageScanFindingsResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let image = images::one(asked, &repository, &input.image_id)?;
    let registry = &asked.call.state.registry;
    let scanning = registry.repository_scanning(&repository).map_err(EcrError::about(&repository))?;
    let scan = registry.image_scan(&repository, &scanning, &image);
    let scan = scan.map_err(images::about(&repository, &input.image_id))?;
    let scan = scan.ok_or_else(|| not_scanned(&repository, &input.image_id))?;
    let (registry, digest) = (asked.registry.to_string(), image.digest.to_string());
    let list = [input.repository_name.as_str(), &digest, scan.scan_type.as_str()];
    let page = asked.page(&registry, &list, input.next_token.as_deref(), input.max_results)?;
    let region = &asked.call.state.region;
    let (image_scan_findings, next_token) = match &scan.report {
        Some(report) => of_page(&page, &Subject::new(&repository, report, region), scan.scan_type)?,
        None => (None, None),
    };
    Ok(DescribeImageScanFindingsResponse {
        image_id: Some(found(&image, input.image_id)),
        image_scan_status: Some(status(scan.status, &scan.description)),
        registry_id: registry,
        repository_name: input.repository_name,
        image_scan_findings,
        next_token,
    })
}

/// How far a scan has come.
pub(in crate::ecr) fn status(status: ScanStatus, description: &str) -> ImageScanStatus {
    ImageScanStatus { status: Some(status.as_str()), description: Some(description.to_owned()) }
}

/// What a scan says in numbers.
pub(in crate::ecr) fn summary(scan_type: ScanType, numbers: &ScanNumbers) -> ImageScanFindingsSummary {
    ImageScanFindingsSummary {
        image_scan_completed_at: Some(Epoch(numbers.completed_at.0)),
        vulnerability_source_updated_at: Some(Epoch(numbers.advisories_built_at.0)),
        finding_severity_counts: Some(severity_counts(scan_type, &numbers.counts)),
    }
}

fn severity_counts(scan_type: ScanType, counts: &SeverityCounts) -> BTreeMap<String, i64> {
    let unrated = match scan_type {
        ScanType::Basic => UNDEFINED,
        ScanType::Enhanced => UNTRIAGED,
    };
    let counted = counts.iter().map(|(severity, count)| (word(*severity).unwrap_or(unrated), count));
    counted.map(|(word, count)| (word.to_owned(), count.cast_signed())).collect()
}

/// The severity of a finding; none if nobody gives one, or nobody can tell whether the package has the flaw.
pub(super) fn rated(finding: &Finding) -> Option<&'static str> {
    word(finding.counted_severity())
}

fn word(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Unknown => None,
        Severity::Negligible => Some("INFORMATIONAL"),
        severity => Some(severity.as_str()),
    }
}

fn not_scanned(repository: &Repository, id: &ImageIdentifier) -> EcrError {
    let message = format!(
        "Image scan does not exist for the image with '{}' in the repository with name '{}' in the registry with id '{}'",
        text(id),
        repository.name,
        repository.account
    );
    EcrError::new("ScanNotFoundException", message)
}

type OfPage = (Option<ImageScanFindings>, Option<String>);

fn of_page(page: &Page<'_>, subject: &Subject<'_>, scan_type: ScanType) -> Result<OfPage, EcrError> {
    let report = subject.report;
    let (mut findings, mut enhanced_findings) = (None, None);
    let next_token = match scan_type {
        ScanType::Basic => {
            let (items, next) = cut(page, report.findings.iter().collect(), |finding| key(finding))?;
            findings = Some(items.into_iter().map(basic::finding).collect());
            next
        }
        ScanType::Enhanced => {
            let all = Vulnerability::all(&report.findings);
            let (items, next) = cut(page, all, |vulnerability| vulnerability.id().to_owned())?;
            enhanced_findings = Some(items.iter().map(|vulnerability| subject.finding(vulnerability)).collect());
            next
        }
    };
    let found = ImageScanFindings {
        image_scan_completed_at: Some(Epoch(report.completed_at.0)),
        vulnerability_source_updated_at: Some(Epoch(report.advisories_built_at.0)),
        finding_severity_counts: Some(severity_counts(scan_type, &report.counts)),
        findings,
        enhanced_findings,
    };
    Ok((Some(found), next_token))
}

/// What tells a finding from all others of its image.
fn key(finding: &Finding) -> String {
    format!("{} {} {}", finding.id, finding.package.package.name, finding.package.path)
}

/// The items of a page, and the token of the next.
fn cut<T>(page: &Page<'_>, all: Vec<T>, key: impl Fn(&T) -> String) -> Result<(Vec<T>, Option<String>), EcrError> {
    let start = page.after.as_deref().map_or(0, |after| resume(after, &all, &key));
    let mut items: Vec<(usize, T)> = all.into_iter().enumerate().skip(start).take(page.read()).collect();
    let next = page.cut(&mut items, |(place, item)| format!("{place} {}", key(item)))?;
    Ok((items.into_iter().map(|(_, item)| item).collect(), next))
}

/// Where a list goes on after a place and the key that was there. Newer advisories may have moved it, or taken it away: then
/// the list goes on where it stands now, or else at the same place.
fn resume<T>(after: &str, all: &[T], key: impl Fn(&T) -> String) -> usize {
    let (place, last) = after.split_once(' ').unwrap_or_default();
    let place = place.parse().unwrap_or(0_usize);
    if all.get(place).is_some_and(|item| key(item) == last) {
        return place + 1;
    }
    all.iter().position(|item| key(item) == last).map_or(place, |moved| moved + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_go_on_though_advisories_change() {
        fn check(after: &str, all: &[&str], expect: usize) {
            assert_eq!(resume(after, all, |item| (*item).to_owned()), expect, "{after} {all:?}");
        }
        check("1 b c", &["a", "b c", "d"], 2);
        // Another came before it.
        check("1 b c", &["a", "x", "b c", "d"], 3);
        // It went: what came after it is where it was.
        check("1 b c", &["a", "d"], 1);
        // All went.
        check("1 b c", &[], 1);
        check("nonsense", &["a"], 0);
    }
}
