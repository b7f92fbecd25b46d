//! Reads the `release` file at the top of a Java runtime (see
//! [JEP 223](https://openjdk.org/jeps/223#System-properties)).

use crate::ecosystems::{Facts, field};
use crate::{Package, PackageKind};

/// Files of other kinds have this name too: only those that tell Java's version are a runtime's.
///
/// The version is `JAVA_VERSION`, without the number of the build: it is what advisories and the tables of support know.
pub(super) fn parse(_path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let Some(java) = value(bytes, "JAVA_VERSION") else { return Ok(Facts::Nothing) };
    let mut packages = vec![runtime(product(bytes), java, bytes)?];
    if let Some(version) = value(bytes, "GRAALVM_VERSION") {
        packages.push(runtime("graalvm", version, bytes)?);
    }
    Ok(Facts::Packages(packages))
}

fn runtime(name: &str, version: &[u8], bytes: &[u8]) -> Result<Package, &'static str> {
    let vendor = value(bytes, "IMPLEMENTOR").filter(|vendor| *vendor != b"N/A").map(field).transpose()?;
    let architecture = value(bytes, "OS_ARCH").map(field).transpose()?;
    Ok(Package { architecture, vendor, ..Package::new(PackageKind::Generic, name, field(version)?) })
}

/// The product as the National Vulnerability Database calls it.
fn product(bytes: &[u8]) -> &'static str {
    let vendor = value(bytes, "IMPLEMENTOR").unwrap_or_default();
    let is_commercial = value(bytes, "BUILD_TYPE") == Some(b"commercial");
    if vendor.starts_with(b"Azul") {
        "zulu"
    } else if vendor.starts_with(b"Oracle") && is_commercial {
        // Oracle builds OpenJDK too, and is its implementor as well.
        if value(bytes, "IMAGE_TYPE") == Some(b"JRE") { "jre" } else { "jdk" }
    } else {
        "openjdk"
    }
}

/// The value of a key, without its quotes; none where it is empty.
fn value<'a>(bytes: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let line =
        bytes.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(key.as_bytes())?.strip_prefix(b"="));
    let value = line?.trim_ascii();
    let value = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
    (!value.is_empty()).then_some(value)
}
