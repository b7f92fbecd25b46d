//! The ecosystems of advisories: their orders of versions and how they write names.

use std::borrow::Cow;

use crate::version::{Comparator, ECOSYSTEMS, Ecosystem};

/// The name of an ecosystem without its release: `Debian` of `Debian:12`.
pub(crate) fn base(ecosystem: &str) -> &str {
    ecosystem.split_once(':').map_or(ecosystem, |(base, _)| base)
}

/// The order of versions of an OSV ecosystem; none where it is not known here.
pub(crate) fn comparator(ecosystem: &str) -> Option<Comparator> {
    Ecosystem::of_record(ecosystem)?.comparator
}

/// The name an advisory's package is filed under.
pub(crate) fn normalise<'a>(ecosystem: &str, name: &'a str) -> Cow<'a, str> {
    // Where every form is the same, as it mostly is, there is nothing to look up.
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'+');
    if name.bytes().all(plain) && !name.contains("--") {
        return Cow::Borrowed(name);
    }
    match Ecosystem::of_record(ecosystem).map_or(ecosystem, |ecosystem| ecosystem.name) {
        "PyPI" => pep503(name),
        "NuGet" | "Packagist" | "GitHub Actions" | "VSCode" if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            Cow::Owned(name.to_ascii_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}

/// The normal form of a Python project's name, see
/// [PEP 503](https://packaging.python.org/en/latest/specifications/name-normalization/).
fn pep503(name: &str) -> Cow<'_, str> {
    let separator = |byte: u8| matches!(byte, b'-' | b'_' | b'.');
    let bytes = name.as_bytes();
    let doubled = bytes.windows(2).any(|pair| separator(pair[0]) && separator(pair[1]));
    if !doubled && !bytes.iter().any(|byte| matches!(byte, b'_' | b'.') || byte.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    let mut normal = String::with_capacity(name.len());
    for part in name.split(['-', '_', '.']) {
        // An empty part is what stands between two separators, or before the first or after the last.
        if !part.is_empty() && !normal.is_empty() {
            normal.push('-');
        }
        normal.push_str(&part.to_ascii_lowercase());
    }
    Cow::Owned(normal)
}

/// Whether the records of an ecosystem bundle what upstream found, flaw by flaw, for a distribution's users; those of the
/// NVD are about CVEs in the same way.
pub(crate) fn is_distribution(ecosystem: &str) -> bool {
    ECOSYSTEMS.iter().any(|known| known.bundles && known.name == base(ecosystem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_python_projects() {
        let check = |name: &str, expect: &str| assert_eq!(pep503(name), expect, "{name}");
        check("flask", "flask");
        check("Flask", "flask");
        check("zope.interface", "zope-interface");
        check("ruamel_yaml", "ruamel-yaml");
        check("Foo-_.Bar", "foo-bar");
        check("a--b", "a-b");
    }

    #[test]
    fn names_are_filed_as_their_ecosystems_compare_them() {
        let check = |ecosystem, name, expect: &str| assert_eq!(normalise(ecosystem, name), expect, "{ecosystem}");
        check("NuGet", "Newtonsoft.Json", "newtonsoft.json");
        check("Packagist", "Symfony/HTTP-kernel", "symfony/http-kernel");
        check("Packagist:https://packages.drupal.org/8", "Drupal/Core", "drupal/core");
        check("Root:PyPI", "Flask_Login", "flask-login");
        check("GitHub Actions", "TJ-Actions/changed-files", "tj-actions/changed-files");
        check("Go", "github.com/Masterminds/goutils", "github.com/Masterminds/goutils");
        check("Maven", "org.apache.Log4j:log4j", "org.apache.Log4j:log4j");
        check("npm", "JSONStream", "JSONStream");
        check("Debian:12", "libX11", "libX11");
        check("Of tomorrow", "A_b", "A_b");
    }
}
