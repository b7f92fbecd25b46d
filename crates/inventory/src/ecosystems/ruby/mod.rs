//! Ruby gems: the specification that `RubyGems` keeps of each.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "ruby",
    finds: "Ruby gems, those that come with Ruby too",
    files: &["**/specifications/**/*.gemspec"],
    scope: Scope::Place,
    size: Size::Record,
    parse: parse::parse,
};

#[cfg(test)]
mod tests;
