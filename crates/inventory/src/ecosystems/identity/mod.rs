//! The distribution an image is of, and the release its packages come from.

pub(super) mod parse;
mod redhat;
mod release;
mod ubuntu;

use super::{Cataloger, Size};
use crate::Scope;

/// The files a distribution is named by.
pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "identity",
    finds: "the distribution",
    files: &RANKED,
    scope: Scope::System,
    size: Size::Record,
    parse: parse::parse,
};

/// The repositories of Alpine, whose release counts more than the one of the base image.
pub(super) const RELEASE_STREAM: Cataloger = Cataloger {
    name: "release-stream",
    finds: "the release of Alpine that packages come from",
    files: &["etc/apk/repositories"],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| Ok(parse::release_stream(bytes)),
};

/// What Red Hat's build system notes of an image.
pub(super) const CONTENT_SETS: Cataloger = Cataloger {
    name: "content-sets",
    finds: "the repositories of Red Hat that packages come from",
    files: &["root/buildinfo/content_manifests/*.json", "usr/share/buildinfo/*.json"],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| redhat::content_sets(bytes),
};

/// What Ubuntu's subscription client notes of itself.
pub(super) const SUBSCRIPTION: Cataloger = Cataloger {
    name: "ubuntu-pro",
    finds: "whether Ubuntu's extended maintenance is enabled",
    files: &["var/lib/ubuntu-advantage/status.json"],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| ubuntu::subscription(bytes),
};

/// The files, the most telling first. Where a distribution is made from another one, its own file comes first.
const RANKED: [&str; 24] = [
    "etc/os-release",
    "usr/lib/os-release",
    "etc/alpine-release",
    "etc/oracle-release",
    "etc/enterprise-release",
    "etc/rocky-release",
    "etc/almalinux-release",
    "etc/centos-release",
    "etc/fedora-release",
    "etc/mageia-release",
    "etc/openEuler-release",
    "etc/photon-release",
    "etc/mariner-release",
    "etc/azurelinux-release",
    "etc/SuSE-release",
    "etc/system-release",
    "etc/redhat-release",
    "etc/openwrt_release",
    "etc/gentoo-release",
    "etc/arch-release",
    "etc/slackware-version",
    "etc/lsb-release",
    "usr/lib/lsb-release",
    "etc/debian_version",
];

#[cfg(test)]
mod tests;
