//! The distribution an image is of, and the release its packages come from.

pub(super) mod parse;

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

/// The files, the most telling first.
const RANKED: [&str; 4] = ["etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version"];

#[cfg(test)]
mod tests;
