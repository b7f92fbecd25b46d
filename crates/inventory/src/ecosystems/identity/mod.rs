//! The distribution an image is of, and the release its packages come from.

pub(super) mod parse;

use super::Cataloger;

/// The files a distribution is named by.
pub(super) const CATALOGER: Cataloger =
    Cataloger { name: "identity", wants: |path| RANKED.contains(&path), parse: parse::parse };

/// The repositories of Alpine, whose release counts more than the one of the base image.
pub(super) const RELEASE_STREAM: Cataloger = Cataloger {
    name: "release-stream",
    wants: |path| path == b"etc/apk/repositories",
    parse: |_, bytes| Ok(parse::release_stream(bytes)),
};

/// The files, the most telling first.
const RANKED: [&[u8]; 4] = [b"etc/os-release", b"usr/lib/os-release", b"etc/alpine-release", b"etc/debian_version"];

#[cfg(test)]
mod tests;
