//! Node.js packages: the `package.json` of each package in a `node_modules` directory.

pub(super) mod parse;

use super::Cataloger;

pub(super) const CATALOGER: Cataloger = Cataloger { name: "npm", wants, parse: parse::parse };

/// Whether `path` is `…/node_modules/name/package.json` or `…/node_modules/@scope/name/package.json`.
///
/// What lies deeper within a package (its tests, its templates) is not installed.
fn wants(path: &[u8]) -> bool {
    let Some(path) = path.strip_suffix(b"/package.json") else { return false };
    let mut parts = path.rsplit(|&byte| byte == b'/');
    let (Some(name), Some(above)) = (parts.next(), parts.next()) else { return false };
    if name.starts_with(b"@") || name.starts_with(b".") {
        return false;
    }
    above == b"node_modules" || above.starts_with(b"@") && parts.next() == Some(b"node_modules")
}

#[cfg(test)]
mod tests;
