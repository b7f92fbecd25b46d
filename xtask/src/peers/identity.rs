//! What makes a package the same whoever found it.

use std::fmt;

use plimsoll_inventory::{PackageKind, from_purl};

/// A package without what each scanner writes in its own way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    kind: String,
    name: String,
    version: String,
}

impl Identity {
    /// From a package-url; none where it is of a type that we do not know.
    pub(super) fn of_purl(purl: &str) -> Option<Self> {
        let package = from_purl(purl)?;
        Some(Self::new(package.kind.purl_type(), &package.name, &package.version))
    }

    pub(super) fn new(kind: &str, name: &str, version: &str) -> Self {
        let name = name.to_lowercase();
        let (name, version) = match kind {
            _ if kind == PackageKind::PyPi.purl_type() => (name.replace(['_', '.'], "-"), version),
            // Without a version some say so in words.
            _ if kind == PackageKind::Golang.purl_type() => {
                (name, version.trim_start_matches("go").trim_start_matches('v').trim_end_matches("(devel)"))
            }
            _ if kind == PackageKind::Composer.purl_type() => (name, version.trim_start_matches('v')),
            _ if kind == PackageKind::Pear.purl_type() => (name.replace("pear.php.net/", ""), version),
            _ if kind == PackageKind::Rpm.purl_type() => (name, version.trim_start_matches("0:")),
            _ => (name, version),
        };
        Self { kind: kind.to_owned(), name, version: version.to_owned() }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kind, self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_package() {
        fn check(purl: &str, expect: &str) {
            assert_eq!(Identity::of_purl(purl).map(|identity| identity.to_string()), Some(expect.to_owned()), "{purl}");
        }
        check("pkg:pypi/Zope.Interface@5.4.0", "pypi zope-interface 5.4.0");
        check("pkg:golang/stdlib@go1.26.8", "golang stdlib 1.26.8");
        check("pkg:golang/golang.org/x/text@v0.3.7", "golang golang.org/x/text 0.3.7");
        check("pkg:golang/example.com/a@%28devel%29", "golang example.com/a ");
        check("pkg:pear/pear.php.net/XML_Util@1.4.5", "pear xml_util 1.4.5");
        check("pkg:composer/twig/twig@v2.12.0", "composer twig/twig 2.12.0");
        check("pkg:rpm/rocky/bash@5.1.8-6.el9?arch=x86_64&epoch=0", "rpm bash 5.1.8-6.el9");
        check("pkg:maven/g.h/A@1#x", "maven g.h:a 1");
        assert_eq!(Identity::of_purl("pkg:unheard/a@1"), None);
    }
}
