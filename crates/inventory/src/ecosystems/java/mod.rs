//! Java: archives of classes, within each other too, and the virtual machines that run them.
//!
//! What is in an archive is told by the records that builds leave in it. Nothing is looked up elsewhere.

mod archive;
mod evidence;
mod file_name;
mod group;
mod manifest;
mod pom;
mod runtime;

use super::{Cataloger, Size};
use crate::Scope;

/// Archives of classes, by the suffixes of everything that loads them: plain, web and enterprise applications, plug-ins
/// of Jenkins, modules of `JBoss`, Karaf, Liferay, `NiFi`, Mule and Flink's like.
pub(super) const ARCHIVES: Cataloger = Cataloger {
    name: "java",
    finds: "Java archives and what is in them",
    files: &[
        "**/*.jar",
        "**/*.war",
        "**/*.ear",
        "**/*.par",
        "**/*.sar",
        "**/*.rar",
        "**/*.nar",
        "**/*.hpi",
        "**/*.jpi",
        "**/*.kar",
        "**/*.lpkg",
        "**/*.far",
    ],
    scope: Scope::Place,
    size: Size::Large,
    parse: archive::parse,
};

/// The record Maven leaves in what it builds, where that was unpacked.
pub(super) const UNPACKED: Cataloger = Cataloger {
    name: "java-unpacked",
    finds: "Java applications that are unpacked",
    files: &["**/META-INF/maven/*/*/pom.properties"],
    scope: Scope::Place,
    size: Size::Record,
    parse: pom::parse_unpacked,
};

/// The `release` file of a Java runtime.
pub(super) const RUNTIME: Cataloger = Cataloger {
    name: "java-runtime",
    finds: "Java runtimes",
    files: &["**/release"],
    scope: Scope::Place,
    size: Size::Record,
    parse: runtime::parse,
};

/// Whether a file of this name is an archive of classes.
fn is_archive(name: &[u8]) -> bool {
    let mut suffixes = ARCHIVES.files.iter().filter_map(|pattern| pattern.strip_prefix("**/*."));
    super::glob::extension(name).is_some_and(|end| suffixes.any(|suffix| end.eq_ignore_ascii_case(suffix.as_bytes())))
}

#[cfg(test)]
mod tests;
