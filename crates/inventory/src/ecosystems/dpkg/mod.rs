//! Debian packages: dpkg's status file, and the one-file-a-package form of distroless images.

pub(super) mod parse;

use super::Cataloger;

pub(super) const CATALOGER: Cataloger = Cataloger { name: "dpkg", wants, parse: parse::parse };

fn wants(path: &[u8]) -> bool {
    match path.strip_prefix(b"var/lib/dpkg/status") {
        Some(b"") => true,
        Some(rest) => rest
            .strip_prefix(b".d/")
            .is_some_and(|name| !name.is_empty() && !name.contains(&b'/') && !name.ends_with(b".md5sums")),
        None => false,
    }
}

#[cfg(test)]
mod tests;
