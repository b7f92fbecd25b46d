//! `WordPress`, its plug-ins and its themes: what the comment on top of their main file says.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "wordpress",
    finds: "WordPress plug-ins and themes",
    files: &["**/wp-content/plugins/*/*.php", "**/wp-content/themes/*/style.css"],
    scope: Scope::Place,
    size: Size::Record,
    parse: parse::extension,
};

pub(super) const CORE: Cataloger = Cataloger {
    name: "wordpress-core",
    finds: "WordPress itself",
    files: &["**/wp-includes/version.php"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::core(bytes),
};

#[cfg(test)]
mod tests;
