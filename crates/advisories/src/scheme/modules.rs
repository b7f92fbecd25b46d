//! Whether an advisory's interval is about a package at all: builds of another module stream or flavour have versions that
//! cannot be compared with it.

use plimsoll_inventory::Package;

/// Whether an interval is about a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applies {
    /// It is.
    Yes,
    /// It is about another stream or flavour of it.
    No,
    /// The package does not say of which module stream it is.
    Unclear,
}

/// Whether an interval that ends with the version `fixed`, in an advisory of this summary, is about an rpm package.
///
/// Advisories for module streams name the stream in their summary, such as `nodejs:14`, and nowhere else.
pub(crate) fn applies(package: &Package, fixed: &str, summary: &str) -> Applies {
    if flavour(fixed) != flavour(&package.version) {
        return Applies::No;
    }
    if is_modular_version(fixed) != is_modular(package) {
        return Applies::No;
    }
    if !is_modular(package) {
        return Applies::Yes;
    }
    let mut streams = streams(summary).peekable();
    let Some((module, stream)) = package.modularity.as_deref().and_then(label) else {
        return if streams.peek().is_some() { Applies::Unclear } else { Applies::Yes };
    };
    let mut same_module = streams.filter(|(name, _)| *name == module).peekable();
    if same_module.peek().is_none() || same_module.any(|(_, named)| named == stream) {
        Applies::Yes
    } else {
        Applies::No
    }
}

/// Whether nothing tells a package, or the version that fixes it, from builds of other kinds. It mostly is so, and quicker to see
/// than what kinds they are.
pub(crate) fn is_plain(package: &Package, fixed: &str) -> bool {
    // A letter of each mark that is looked for below.
    let marked = |version: &str| version.bytes().any(|byte| matches!(byte, b'f' | b'k' | b'm'));
    package.modularity.as_deref().is_none_or(str::is_empty) && !marked(fixed) && !marked(&package.version)
}

/// Whether a package was built as part of a module.
pub(crate) fn is_modular(package: &Package) -> bool {
    package.modularity.as_deref().is_some_and(|label| !label.is_empty()) || is_modular_version(&package.version)
}

fn is_modular_version(version: &str) -> bool {
    version.contains(".module")
}

/// Module and stream of `name:stream:version:context:arch`.
fn label(label: &str) -> Option<(&str, &str)> {
    let mut parts = label.split(':');
    Some((parts.next().filter(|name| !name.is_empty())?, parts.next().filter(|stream| !stream.is_empty())?))
}

/// The module streams that a line names.
fn streams(summary: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_name = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+'))
    };
    let words = summary.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'));
    words.filter_map(|word| word.split_once(':')).filter(move |(name, stream)| is_name(name) && is_name(stream))
}

/// The flavours of Oracle's builds.
fn flavour(version: &str) -> &'static str {
    if version.contains("_fips") || version.contains(".fips") {
        "fips"
    } else if version.contains(".ksplice") {
        "ksplice"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_inventory::PackageKind;

    #[test]
    fn streams_and_flavours() {
        let check = |version: &str, label: &str, fixed: &str, summary: &str, expect: Applies| {
            let mut package = Package::new(PackageKind::Rpm, "p", version);
            package.modularity = Some(label.to_owned()).filter(|label| !label.is_empty());
            assert_eq!(applies(&package, fixed, summary), expect, "{version} {label} {fixed}");
        };
        let (modular, plain) = ("1:12.1-1.module_el8.3.0+1", "1:12.1-1.el8");
        check(plain, "", "1:12.2-1.el8", "Important: p", Applies::Yes);
        check(plain, "", "1:14.2-1.module_el8.3.0+2", "Important: nodejs:14 update", Applies::No);
        check(modular, "nodejs:12:8030:x:x86_64", "1:12.2-1.el8", "Important: p", Applies::No);
        check(modular, "nodejs:12:8030:x:x86_64", "1:12.2-1.module_el8", "Important: nodejs:12 update", Applies::Yes);
        check(modular, "nodejs:12:8030:x:x86_64", "1:14.2-1.module_el8", "Important: nodejs:14 update", Applies::No);
        check(modular, "nodejs:12:8030:x:x86_64", "1:14.2-1.module_el8", "nodejs:10, nodejs:12 update", Applies::Yes);
        check(modular, "nodejs:12:8030:x:x86_64", "1:14.2-1.module_el8", "Important: p update", Applies::Yes);
        check(modular, "", "1:14.2-1.module_el8", "Important: nodejs:14 update", Applies::Unclear);
        check(modular, "", "1:14.2-1.module_el8", "Important: p update", Applies::Yes);
        check("10:1.8-1.el8_fips", "", "1.8-2.el8", "p", Applies::No);
        check("10:1.8-1.el8_fips", "", "10:1.8-2.el8_fips", "p", Applies::Yes);
        check("2.17-1.el7", "", "2:2.17-2.ksplice1.el7", "p", Applies::No);
    }
}
