//! Python distributions: the metadata that pip, setuptools and Debian leave beside the code.

mod egg;
mod lock;
mod origin;
pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "python",
    finds: "Python distributions",
    files: &[
        "**/*.dist-info/METADATA",
        "**/*.egg-info/PKG-INFO",
        "**/*.egg-info/METADATA",
        "**/EGG-INFO/PKG-INFO",
        "**/*.egg-info",
    ],
    scope: Scope::Place,
    size: Size::Record,
    parse: parse::parse,
};

pub(super) const EGG: Cataloger = Cataloger {
    name: "python-egg",
    finds: "Python distributions that are one file",
    files: &["**/*.egg"],
    scope: Scope::Place,
    size: Size::Large,
    parse: egg::parse,
};

pub(super) const ORIGIN: Cataloger = Cataloger {
    name: "python-origin",
    finds: "where Python distributions come from that are from no index",
    files: &["**/*.dist-info/direct_url.json"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| Ok(origin::parse(bytes)),
};

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "python-lock",
    finds: "Python distributions that a project asks for",
    files: &["**/Pipfile.lock", "**/poetry.lock", "**/uv.lock", "**/pdm.lock", "**/requirements.txt"],
    scope: Scope::Place,
    size: Size::Record,
    parse: lock::parse,
};

#[cfg(test)]
mod tests;
