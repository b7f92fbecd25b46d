//! Alpine packages (and Wolfi's, Chainguard's): apk's database of what is installed.

pub(super) mod parse;

use super::Cataloger;

pub(super) const CATALOGER: Cataloger = Cataloger { name: "apk", wants, parse: parse::parse };

fn wants(path: &[u8]) -> bool {
    matches!(path, b"lib/apk/db/installed" | b"usr/lib/apk/db/installed")
}

#[cfg(test)]
mod tests;
