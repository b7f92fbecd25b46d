//! Java projects: what they ask Maven or Gradle for. What is installed is read from the archives themselves.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "maven-build",
    finds: "Java libraries that a project asks for",
    files: &["**/pom.xml", "**/gradle.lockfile"],
    scope: Scope::Place,
    size: Size::Record,
    parse: parse::parse,
};

#[cfg(test)]
mod tests;
