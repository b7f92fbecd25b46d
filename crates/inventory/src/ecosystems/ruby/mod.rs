//! Ruby gems: the specification that `RubyGems` keeps of each.

mod lock;
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

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "bundler",
    finds: "Ruby gems that a project asks for",
    files: &["**/Gemfile.lock", "**/gems.locked"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| lock::parse(bytes),
};

#[cfg(test)]
mod tests;
