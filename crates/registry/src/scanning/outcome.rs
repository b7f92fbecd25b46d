//! What came of a scan: whether its findings are an answer at all, and how far it reaches.

use plimsoll_advisories::{Judgement, UnknownReason, ecosystem_name};
use plimsoll_inventory::{Inventory, PackageKind};

use super::configuration::{ScanFrequency, ScanType};

/// How many reasons a description names.
const NAMED: usize = 5;

/// How far a scan has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanStatus {
    /// The image is still being analysed.
    InProgress,
    /// There are findings, or there is nothing to find.
    Complete,
    /// There are, and they change with the advisories.
    Active,
    /// Nothing can be said of the image now.
    Failed,
    /// Nothing can be said of such an image.
    UnsupportedImage,
    /// The image is in the archive.
    ImageArchived,
}

impl ScanStatus {
    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Complete => "COMPLETE",
            Self::Active => "ACTIVE",
            Self::Failed => "FAILED",
            Self::UnsupportedImage => "UNSUPPORTED_IMAGE",
            Self::ImageArchived => "IMAGE_ARCHIVED",
        }
    }
}

/// What came of a scan, in a word and a sentence. Where nothing can be said of what the scan is to look at, there is no
/// answer: none at all is not mistaken for nothing found.
pub(super) fn settle(
    scan_type: ScanType,
    frequency: ScanFrequency,
    inventory: &Inventory,
    judgement: &Judgement,
) -> (ScanStatus, String) {
    let matters = |reason: &&UnknownReason| scan_type == ScanType::Enhanced || is_basic(reason, inventory);
    let reasons: Vec<&UnknownReason> = judgement.unknown.iter().filter(matters).collect();
    let others = scan_type == ScanType::Enhanced && has_language_packages(inventory);
    if let Some((status, reason)) = reasons.iter().find_map(|reason| Some((prevents(reason, others)?, reason))) {
        return match status {
            ScanStatus::UnsupportedImage => (status, format!("UnsupportedImageError: {reason}.")),
            _ => (status, format!("The scan failed: {reason}.")),
        };
    }
    let continuous = scan_type == ScanType::Enhanced && frequency == ScanFrequency::ContinuousScan;
    let (status, done) = if continuous {
        (ScanStatus::Active, "Continuous scan is selected for image.")
    } else {
        (ScanStatus::Complete, "The scan was completed successfully.")
    };
    (
        status,
        if reasons.is_empty() {
            done.to_owned()
        } else {
            format!("{done} There may be more to find: {}.", list(&reasons))
        },
    )
}

/// Whether a basic scan has to do with this.
fn is_basic(reason: &UnknownReason, inventory: &Inventory) -> bool {
    match reason {
        UnknownReason::NotCovered { ecosystem } => {
            let mut others = PackageKind::ALL.iter().filter(|kind| !kind.is_of_system());
            !others.any(|kind| ecosystem_name(*kind, None) == ecosystem)
        }
        UnknownReason::UndeterminedVersion { package, path, .. } => inventory.packages.iter().any(|installed| {
            installed.package.kind.is_of_system() && installed.path == *path && installed.package.name == *package
        }),
        _ => true,
    }
}

fn has_language_packages(inventory: &Inventory) -> bool {
    inventory.packages.iter().any(|installed| !installed.package.kind.is_of_system())
}

/// What comes of a scan for this reason, if nothing is left to say then; `others` says that there are packages beside those
/// of the distribution.
fn prevents(reason: &UnknownReason, others: bool) -> Option<ScanStatus> {
    match reason {
        UnknownReason::NoAdvisories | UnknownReason::IndexDamaged => Some(ScanStatus::Failed),
        UnknownReason::NotCovered { .. } if !others => Some(ScanStatus::Failed),
        UnknownReason::NoDistribution
        | UnknownReason::UnknownDistribution { .. }
        | UnknownReason::NoRelease { .. }
        | UnknownReason::NoPackages { .. }
            if !others =>
        {
            Some(ScanStatus::UnsupportedImage)
        }
        _ => None,
    }
}

fn list(reasons: &[&UnknownReason]) -> String {
    let mut words: Vec<String> = reasons.iter().take(NAMED).map(ToString::to_string).collect();
    if reasons.len() > NAMED {
        words.push(format!("and {} more", reasons.len() - NAMED));
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use plimsoll_inventory::{InstalledPackage, Package};

    use super::*;

    const DONE: &str = "The scan was completed successfully.";

    fn package(kind: PackageKind) -> InstalledPackage {
        let package = Package::new(kind, "p", "1");
        InstalledPackage { package, path: format!("{kind:?}"), layer: 0, owner: None }
    }

    fn outcome(scan_type: ScanType, kinds: &[PackageKind], unknown: Vec<UnknownReason>) -> (ScanStatus, String) {
        let packages = kinds.iter().map(|kind| package(*kind)).collect();
        let inventory = Inventory { packages, ..Inventory::default() };
        let judgement = Judgement { unknown, ..Judgement::default() };
        settle(scan_type, ScanFrequency::ScanOnPush, &inventory, &judgement)
    }

    fn not_covered(ecosystem: &str) -> UnknownReason {
        UnknownReason::NotCovered { ecosystem: ecosystem.into() }
    }

    fn undetermined(path: &str) -> UnknownReason {
        UnknownReason::UndeterminedVersion { package: "p".into(), version: "1".into(), path: path.into() }
    }

    #[test]
    fn no_answer_is_not_nothing_found() {
        use PackageKind::{Deb, PyPi};
        use ScanStatus::{Complete, Failed, UnsupportedImage};
        use ScanType::{Basic, Enhanced};
        fn check(scan_type: ScanType, kinds: &[PackageKind], unknown: UnknownReason, expect: ScanStatus, text: &str) {
            let (status, description) = outcome(scan_type, kinds, vec![unknown.clone()]);
            assert_eq!((status, description.as_str()), (expect, text), "{scan_type:?} {kinds:?} {unknown:?}");
        }
        let no_advisories = "The scan failed: no advisories are loaded.";
        check(Basic, &[Deb], UnknownReason::NoAdvisories, Failed, no_advisories);
        check(Enhanced, &[Deb, PyPi], UnknownReason::NoAdvisories, Failed, no_advisories);
        let debian = "The scan failed: no advisories are loaded for Debian:12.";
        check(Basic, &[Deb, PyPi], not_covered("Debian:12"), Failed, debian);
        check(Enhanced, &[Deb], not_covered("Debian:12"), Failed, debian);
        let partial = format!("{DONE} There may be more to find: no advisories are loaded for Debian:12.");
        check(Enhanced, &[Deb, PyPi], not_covered("Debian:12"), Complete, &partial);
        check(Basic, &[Deb, PyPi], not_covered("PyPI"), Complete, DONE);
        let partial = format!("{DONE} There may be more to find: no advisories are loaded for PyPI.");
        check(Enhanced, &[Deb, PyPi], not_covered("PyPI"), Complete, &partial);
        let unsupported = "UnsupportedImageError: the image does not say which distribution its packages are of.";
        check(Basic, &[Deb, PyPi], UnknownReason::NoDistribution, UnsupportedImage, unsupported);
        check(Enhanced, &[Deb], UnknownReason::NoDistribution, UnsupportedImage, unsupported);
        check(Basic, &[Deb, PyPi], undetermined("PyPi"), Complete, DONE);
        let partial =
            format!("{DONE} There may be more to find: the version \"1\" of the package p (Deb) cannot be compared.");
        check(Basic, &[Deb, PyPi], undetermined("Deb"), Complete, &partial);
    }

    #[test]
    fn descriptions_are_short() {
        let many = (0..100).map(|layer| UnknownReason::Unreadable { layer, path: None, reason: "r".into() }).collect();
        let (status, description) = outcome(ScanType::Basic, &[], many);
        assert_eq!(status, ScanStatus::Complete);
        assert!(description.ends_with("layer 4 could not be read: r; and 95 more."), "{description}");
    }

    #[test]
    fn continuous_scans_stay_active() {
        let check = |scan_type, frequency, expect| {
            let (status, _) = settle(scan_type, frequency, &Inventory::default(), &Judgement::default());
            assert_eq!(status, expect, "{scan_type:?} {frequency:?}");
        };
        check(ScanType::Enhanced, ScanFrequency::ContinuousScan, ScanStatus::Active);
        check(ScanType::Enhanced, ScanFrequency::ScanOnPush, ScanStatus::Complete);
        check(ScanType::Enhanced, ScanFrequency::Manual, ScanStatus::Complete);
        check(ScanType::Basic, ScanFrequency::ScanOnPush, ScanStatus::Complete);
    }
}
