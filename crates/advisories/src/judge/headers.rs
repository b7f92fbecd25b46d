//! Packages that are built from the kernel's source and hold none of the kernel: its headers for programs and for modules.
//!
//! Advisories of distributions go by the source, so that each flaw of the kernel would be one of its headers. What of the
//! kernel is not in the image cannot be attacked there.

use plimsoll_inventory::{Package, PackageKind};

use crate::finding::{Finding, Suppression};

/// Why a finding in such a package does not count; none for any other.
pub(super) fn only_headers(finding: &Finding) -> Option<Suppression> {
    let package = &finding.package.package;
    let reason = || Suppression::OnlyHeaders { package: package.name.clone() };
    (!finding.malicious && holds_headers(package)).then(reason)
}

fn holds_headers(package: &Package) -> bool {
    let (name, source) = (&*package.name, package.source.as_ref().map_or(&*package.name, |source| &*source.name));
    match package.kind {
        PackageKind::Deb => {
            let is_named = name == "linux-libc-dev"
                || ["linux-headers-", "linux-kbuild-"].iter().any(|start| name.starts_with(start))
                || (name.starts_with("linux-") && name.contains("-headers-"));
            is_named && (source == "linux" || source.starts_with("linux-"))
        }
        PackageKind::Rpm => matches!(name, "kernel-headers" | "kernel-uek-headers" | "kernel-rt-headers"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_inventory::SourcePackage;

    use super::*;

    #[test]
    fn what_holds_headers_only() {
        let check = |kind, name: &str, source: &str, expect: bool| {
            let mut package = Package::new(kind, name, "5.10.46-4");
            let named = SourcePackage { name: source.into(), version: "5.10.46-4".into() };
            package.source = Some(named).filter(|_| !source.is_empty());
            assert_eq!(holds_headers(&package), expect, "{name} of {source}");
        };
        check(PackageKind::Deb, "linux-libc-dev", "linux", true);
        check(PackageKind::Deb, "linux-headers-5.10.0-8-amd64", "linux", true);
        check(PackageKind::Deb, "linux-kbuild-5.10", "linux", true);
        check(PackageKind::Deb, "linux-hwe-5.15-headers-5.15.0-25", "linux-hwe-5.15", true);
        check(PackageKind::Deb, "linux-image-5.10.0-8-amd64", "linux-signed-amd64", false);
        check(PackageKind::Deb, "linux-libc-dev", "evil", false);
        check(PackageKind::Deb, "linux-perf-5.10", "linux", false);
        check(PackageKind::Deb, "libssl1.1", "openssl", false);
        check(PackageKind::Rpm, "kernel-headers", "kernel", true);
        check(PackageKind::Rpm, "kernel-core", "kernel", false);
        check(PackageKind::Npm, "linux-libc-dev", "linux", false);
    }
}
