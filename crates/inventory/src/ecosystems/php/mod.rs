//! PHP packages: what Composer, PEAR and PECL record of what they installed.

pub(super) mod parse;
mod pear;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const COMPOSER: Cataloger = Cataloger {
    name: "composer",
    finds: "PHP packages installed by Composer",
    files: &["**/composer/installed.json"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::installed(bytes),
};

pub(super) const PEAR: Cataloger = Cataloger {
    name: "pear",
    finds: "PHP packages and extensions installed by PEAR and PECL",
    files: &["**/.registry/*.reg", "**/.registry/.channel.*/*.reg"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| pear::parse(bytes),
};

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "composer-lock",
    finds: "PHP packages that a project asks Composer for",
    files: &["**/composer.lock"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::lock(bytes),
};

#[cfg(test)]
mod tests;
