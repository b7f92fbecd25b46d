//! Modules of the Linux kernel that are not its own: what they say of themselves.
//!
//! Those that were built with the kernel have its version, whatever they say of theirs, and are found with it.

use super::Program;
use crate::ecosystems::field;
use crate::{Package, PackageKind};

const SECTION: &[u8] = b".modinfo";

/// The module that an object is.
pub(super) fn inspect(program: &Program<'_>) -> Result<Vec<Package>, &'static str> {
    let mut packages = Vec::new();
    if program.path.ends_with(b".ko") {
        for object in &program.objects {
            if let Some(section) = object.section(SECTION)? {
                packages.extend(module(section)?);
            }
        }
    }
    Ok(packages)
}

fn module(section: &[u8]) -> Result<Option<Package>, &'static str> {
    let (mut name, mut version): (&[u8], &[u8]) = Default::default();
    for pair in section.split(|&byte| byte == 0) {
        if pair == b"intree=Y" {
            return Ok(None);
        } else if let Some(value) = pair.strip_prefix(b"name=") {
            name = value;
        } else if let Some(value) = pair.strip_prefix(b"version=") {
            version = value;
        }
    }
    if name.is_empty() || version.is_empty() {
        return Ok(None);
    }
    Ok(Some(Package::new(PackageKind::Generic, field(name)?, field(version)?)))
}

#[cfg(test)]
mod tests {
    use super::super::object::fixture::ELF;
    use super::*;
    use crate::ecosystems::Facts;

    #[test]
    fn modules_that_are_not_the_kernels() {
        fn check(path: &str, section: &str, expect: Option<(&str, &str)>) {
            let object = ELF.program(&[(".modinfo", section.as_bytes())]);
            let expect = expect.map_or(Facts::Nothing, |(name, version)| {
                Facts::Packages(vec![Package::new(PackageKind::Generic, name, version)])
            });
            assert_eq!(super::super::parse(path.as_bytes(), &object), Ok(expect), "{section}");
        }
        let path = "lib/modules/6.1.0-18-amd64/updates/dkms/zfs.ko";
        let zfs = "version=2.1.11-1\0license=CDDL\0depends=spl\0name=zfs\0vermagic=6.1.0-18-amd64 SMP mod_unload \0";
        check(path, zfs, Some(("zfs", "2.1.11-1")));
        check(path, &format!("{zfs}intree=Y\0"), None);
        check(path, "name=zfs\0", None);
        check(path, "version=1\0", None);
        check(path, "", None);
        check("usr/bin/zfs", zfs, None);
        let long = ELF.program(&[(".modinfo", format!("name={}\0version=1\0", "a".repeat(1025)).as_bytes())]);
        assert!(super::super::parse(path.as_bytes(), &long).is_err());
    }
}
