//! [Package URLs](https://github.com/package-url/purl-spec).

use std::fmt::Write as _;

use crate::{Distribution, Package, PackageKind};

/// The package-url of a package, as its type's definition wants it normalised.
///
/// The distribution gives system packages their namespace and `distro` qualifier; without one they are Debian's or
/// Alpine's.
pub fn purl(package: &Package, distribution: Option<&Distribution>) -> String {
    let kind = package.kind.purl_type();
    if package.kind.is_of_system() {
        return system(kind, package, distribution);
    }
    let name = match package.kind {
        PackageKind::PyPi => package.name.to_lowercase().replace('_', "-"),
        // A group and an artifact are told apart by a colon, and become a namespace and a name.
        PackageKind::Maven => package.name.replacen(':', "/", 1),
        PackageKind::Composer | PackageKind::Bitnami | PackageKind::Hex | PackageKind::Pub => {
            package.name.to_lowercase()
        }
        _ => package.name.clone(),
    };
    let name = name.split('/').map(encode).collect::<Vec<_>>().join("/");
    with_version(format!("pkg:{kind}/{name}"), package)
}

fn system(kind: &str, package: &Package, distribution: Option<&Distribution>) -> String {
    let vendor = distribution.map_or(package.kind.class(), |distribution| &distribution.id);
    let name = package.name.to_lowercase();
    let mut purl = with_version(format!("pkg:{kind}/{}/{}", encode(&vendor.to_lowercase()), encode(&name)), package);
    let mut separator = '?';
    let mut qualifier = |key: &str, value: &str| {
        purl.push(separator);
        let written = write!(purl, "{key}={}", encode(value));
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        separator = '&';
    };
    if let Some(architecture) = &package.architecture {
        qualifier("arch", architecture);
    }
    if let Some(Distribution { id, version_id: Some(version), .. }) = distribution {
        qualifier("distro", &format!("{id}-{version}"));
    }
    purl
}

fn with_version(mut purl: String, package: &Package) -> String {
    if !package.version.is_empty() {
        purl.push('@');
        purl.push_str(&encode(&package.version));
    }
    purl
}

/// Percent-encodes all but what the specification leaves as it is.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => encoded.push(byte.into()),
            _ => {
                encoded.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    encoded.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
                }
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_of_every_kind() {
        fn check(
            kind: PackageKind,
            name: &str,
            version: &str,
            arch: Option<&str>,
            distro: Option<(&str, Option<&str>)>,
            expect: &str,
        ) {
            let architecture = arch.map(str::to_owned);
            let package = Package { architecture, ..Package::new(kind, name, version) };
            let distribution = distro.map(|(id, version)| Distribution {
                id: id.into(),
                version_id: version.map(str::to_owned),
                ..Distribution::default()
            });
            assert_eq!(purl(&package, distribution.as_ref()), expect);
        }
        use PackageKind::{Apk, Deb, Npm, PyPi};
        let bookworm = Some(("debian", Some("12")));
        let amd64 = Some("amd64");
        check(Deb, "curl", "7.50.3-1", amd64, bookworm, "pkg:deb/debian/curl@7.50.3-1?arch=amd64&distro=debian-12");
        check(Deb, "attr", "1:2.4.47-2+b1", amd64, None, "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64");
        check(Deb, "libstdc++6", "1~rc", None, Some(("ubuntu", None)), "pkg:deb/ubuntu/libstdc%2B%2B6@1~rc");
        let alpine = Some(("alpine", Some("3.10.4")));
        check(
            Apk,
            "musl",
            "1.1.22-r3",
            Some("x86_64"),
            alpine,
            "pkg:apk/alpine/musl@1.1.22-r3?arch=x86_64&distro=alpine-3.10.4",
        );
        check(PyPi, "Django_Package", "1.11.1.dev1", None, bookworm, "pkg:pypi/django-package@1.11.1.dev1");
        check(PyPi, "a", "", None, None, "pkg:pypi/a");
        check(Npm, "@angular/animation", "12.3.1", None, bookworm, "pkg:npm/%40angular/animation@12.3.1");
        check(Npm, "JSONStream", "1.0.0+a b", None, None, "pkg:npm/JSONStream@1.0.0%2Ba%20b");
        check(Npm, "é", "1", None, None, "pkg:npm/%C3%A9@1");
    }
}
