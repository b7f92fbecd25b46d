//! Node.js packages: the `package.json` of each package in a `node_modules` directory or where Debian puts them, and the archives Yarn keeps instead.

mod archive;
mod lock;
pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

/// What lies deeper within a package (its tests, its templates) is not installed.
pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "npm",
    finds: "Node.js packages",
    files: &[
        "**/node_modules/*/package.json",
        "**/node_modules/@*/*/package.json",
        "usr/share/nodejs/*/package.json",
        "usr/share/nodejs/@*/*/package.json",
        "usr/lib/nodejs/*/package.json",
        "usr/lib/*/nodejs/*/package.json",
        "opt/yarn-*/package.json",
    ],
    scope: Scope::Place,
    size: Size::Record,
    parse: parse::parse,
};

/// Yarn's packages as they are without a `node_modules` directory.
pub(super) const ARCHIVES: Cataloger = Cataloger {
    name: "yarn-cache",
    finds: "Node.js packages in Yarn's archives",
    files: &["**/.yarn/cache/*.zip"],
    scope: Scope::Place,
    size: Size::Large,
    parse: archive::parse,
};

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "npm-lock",
    finds: "Node.js packages that a project asks for",
    files: &["**/package-lock.json", "**/npm-shrinkwrap.json", "**/yarn.lock", "**/pnpm-lock.yaml"],
    scope: Scope::Place,
    size: Size::Record,
    parse: lock::parse,
};

#[cfg(test)]
mod tests;
