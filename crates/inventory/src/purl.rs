//! [Package URLs](https://github.com/package-url/purl-spec).

use std::fmt::Write as _;

use crate::{Distribution, Package, PackageKind, SourcePackage};

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
    with_version(format!("pkg:{kind}/{name}"), &package.version)
}

/// The package-url of a package with its source package as the qualifier `upstream`, by which other scanners match
/// packages of distributions that they find in a bill of materials.
pub(crate) fn purl_with_source(package: &Package, distribution: Option<&Distribution>) -> String {
    let mut purl = purl(package, distribution);
    let Some(source) = package.source.as_ref().filter(|_| package.kind.is_of_system()) else { return purl };
    let upstream = match package.kind {
        // By the name of its file, which is how the package records it.
        PackageKind::Rpm => {
            let version = source.version.split_once(':').map_or(&*source.version, |(_, version)| version);
            format!("{}-{version}.src.rpm", source.name)
        }
        _ if source.name == package.name && source.version == package.version => return purl,
        _ if source.version.is_empty() || source.version == package.version => source.name.clone(),
        _ => format!("{}@{}", source.name, source.version),
    };
    purl.push(if purl.contains('?') { '&' } else { '?' });
    purl.push_str("upstream=");
    purl.push_str(&encode(&upstream));
    purl
}

fn system(kind: &str, package: &Package, distribution: Option<&Distribution>) -> String {
    let vendor = distribution.map_or(package.kind.class(), |distribution| &distribution.id);
    // Names of RPM packages are told apart by their case, and their epoch has a place of its own.
    let is_rpm = package.kind == PackageKind::Rpm;
    let name = if is_rpm { package.name.clone() } else { package.name.to_lowercase() };
    let (epoch, version) = match package.version.split_once(':') {
        Some((epoch, version)) if is_rpm => (Some(epoch), version),
        _ => (None, &*package.version),
    };
    let mut purl = with_version(format!("pkg:{kind}/{}/{}", encode(&vendor.to_lowercase()), encode(&name)), version);
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
    if let Some(epoch) = epoch {
        qualifier("epoch", epoch);
    }
    purl
}

/// The package that a package-url names, as far as it tells: kind, name, version and architecture, written as the kind's
/// own records write them. None where it is no package-url or its type is of no [`PackageKind`].
///
/// The longest read is 4096 bytes.
pub fn from_purl(purl: &str) -> Option<Package> {
    read_purl(purl).map(|read| read.package)
}

/// All that a package-url tells of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadPurl {
    /// The package, with its source package where the qualifier `upstream` names one.
    pub(crate) package: Package,
    /// Whose package it is: for packages of a distribution, the distribution.
    pub(crate) namespace: Option<String>,
    /// The qualifier `distro`.
    pub(crate) distro: Option<String>,
}

/// As [`from_purl`], with what belongs to the image rather than the package.
pub(crate) fn read_purl(purl: &str) -> Option<ReadPurl> {
    const LONGEST: usize = 4096;
    let rest = purl.strip_prefix("pkg:").filter(|_| purl.len() <= LONGEST)?;
    let rest = rest.split('#').next().unwrap_or(rest).trim_start_matches('/');
    let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, rest) = rest.split_once('/')?;
    let kind = PackageKind::ALL.iter().copied().find(|known| known.purl_type().eq_ignore_ascii_case(kind))?;
    // An at sign that belongs to a name is encoded, or stands where a part begins.
    let at = rest.rfind('@').filter(|&at| at > 0 && !rest[..at].ends_with('/'));
    let (path, version) = at.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect::<Option<_>>()?;
    let name = match kind {
        PackageKind::Maven => parts.join(":"),
        _ if kind.is_of_system() => parts.last()?.clone(),
        _ => parts.join("/"),
    };
    let qualifier = |wanted: &str| qualifiers.split('&').find_map(|pair| pair.strip_prefix(wanted)?.strip_prefix('='));
    let read = |wanted| qualifier(wanted).map_or(Some(None), |value| decode(value).map(Some));
    let mut version = decode(version)?;
    if let Some(epoch) = read("epoch")?.filter(|epoch| kind == PackageKind::Rpm && epoch != "0") {
        version = format!("{epoch}:{version}");
    }
    let source = read("upstream")?.and_then(|upstream| source(kind, &upstream, &version));
    let (architecture, distro) = (read("arch")?, read("distro")?);
    let namespace = parts.len().checked_sub(2).map(|last| parts[last].clone());
    if name.is_empty() {
        return None;
    }
    Some(ReadPurl { package: Package { source, architecture, ..Package::new(kind, name, version) }, namespace, distro })
}

/// The source package that the qualifier `upstream` names: the file name of a source RPM, or a name with or without a
/// version.
fn source(kind: PackageKind, upstream: &str, version: &str) -> Option<SourcePackage> {
    let (name, version) = if kind == PackageKind::Rpm {
        source_rpm(upstream)?
    } else {
        upstream.split_once('@').unwrap_or((upstream, version))
    };
    (!name.is_empty()).then(|| SourcePackage { name: name.into(), version: version.into() })
}

/// Name and version of a source package from its file's name: `openssl-3.0.7-24.el9.src.rpm`.
pub(crate) fn source_rpm(file: &str) -> Option<(&str, &str)> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let release = stem.rfind('-')?;
    let version = stem[..release].rfind('-').filter(|&at| at > 0)?;
    Some((&stem[..version], &stem[version + 1..]))
}

/// Takes back what [`encode`] does; none where that is no text.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (digits, after) =
                rest.split_at_checked(2).filter(|(digits, _)| digits.iter().all(u8::is_ascii_hexdigit))?;
            bytes.push(u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn with_version(mut purl: String, version: &str) -> String {
    if !version.is_empty() {
        purl.push('@');
        purl.push_str(&encode(version));
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
        use PackageKind::{Apk, Deb, Npm, PyPi, Rpm};
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
        let rocky = Some(("rocky", Some("9.3")));
        check(
            Rpm,
            "PyYAML",
            "1:5.4.1-6.el9",
            Some("x86_64"),
            rocky,
            "pkg:rpm/rocky/PyYAML@5.4.1-6.el9?arch=x86_64&distro=rocky-9.3&epoch=1",
        );
        check(Rpm, "bash", "5.1.8-6.el9", None, rocky, "pkg:rpm/rocky/bash@5.1.8-6.el9?distro=rocky-9.3");
        check(PyPi, "Django_Package", "1.11.1.dev1", None, bookworm, "pkg:pypi/django-package@1.11.1.dev1");
        check(PyPi, "a", "", None, None, "pkg:pypi/a");
        check(Npm, "@angular/animation", "12.3.1", None, bookworm, "pkg:npm/%40angular/animation@12.3.1");
        check(Npm, "JSONStream", "1.0.0+a b", None, None, "pkg:npm/JSONStream@1.0.0%2Ba%20b");
        check(Npm, "é", "1", None, None, "pkg:npm/%C3%A9@1");
    }

    #[test]
    fn source_packages_of_file_names() {
        assert_eq!(source_rpm("openssl-3.0.7-24.el9.src.rpm"), Some(("openssl", "3.0.7-24.el9")));
        assert_eq!(source_rpm("a-b-1-2.nosrc.rpm"), Some(("a-b", "1-2")));
        for other in ["", "a-1-2.rpm", "a-1.src.rpm", "-1-2.src.rpm", ".src.rpm"] {
            assert_eq!(source_rpm(other), None, "{other}");
        }
    }

    #[test]
    fn packages_of_purls() {
        fn check(purl: &str, expect: Option<(PackageKind, &str, &str, Option<&str>)>) {
            let found = from_purl(purl);
            let found =
                found.as_ref().map(|found| (found.kind, &*found.name, &*found.version, found.architecture.as_deref()));
            assert_eq!(found, expect, "{purl}");
        }
        use PackageKind::{Apk, Bitnami, Deb, Golang, Maven, Npm, PyPi, Rpm};
        check("pkg:npm/%40angular/animation@12.3.1", Some((Npm, "@angular/animation", "12.3.1", None)));
        check("pkg:npm/@angular/animation@12.3.1", Some((Npm, "@angular/animation", "12.3.1", None)));
        check("pkg:npm/@angular/animation", Some((Npm, "@angular/animation", "", None)));
        check("pkg:maven/org.apache/log4j@2.0?type=jar#x", Some((Maven, "org.apache:log4j", "2.0", None)));
        check(
            "pkg:deb/debian/attr@1%3A2.4.47-2%2Bb1?distro=d&arch=amd64",
            Some((Deb, "attr", "1:2.4.47-2+b1", Some("amd64"))),
        );
        let rpm = |query: &str| format!("pkg:rpm/rocky/PyYAML@5.4.1-6.el9?arch=x86_64{query}");
        check(&rpm("&epoch=1"), Some((Rpm, "PyYAML", "1:5.4.1-6.el9", Some("x86_64"))));
        check(&rpm("&epoch=0"), Some((Rpm, "PyYAML", "5.4.1-6.el9", Some("x86_64"))));
        check(&rpm(""), Some((Rpm, "PyYAML", "5.4.1-6.el9", Some("x86_64"))));
        check("pkg:apk/wolfi/curl@8.4.0-r0", Some((Apk, "curl", "8.4.0-r0", None)));
        check("pkg:golang/golang.org/x/sys@v0.1.0", Some((Golang, "golang.org/x/sys", "v0.1.0", None)));
        check("pkg://PyPI/a@1", Some((PyPi, "a", "1", None)));
        check("pkg:bitnami/redis@7.0.5-1", Some((Bitnami, "redis", "7.0.5-1", None)));
        for other in [
            "",
            "pkg:",
            "pkg:npm",
            "pkg:npm/",
            "pkg:unheard/a@1",
            "npm/a",
            "pkg:npm/%zz",
            "pkg:npm/%ff@1",
            "pkg:npm/%4",
        ] {
            check(other, None);
        }
        check(&format!("pkg:npm/{}", "a".repeat(5000)), None);
    }
}
