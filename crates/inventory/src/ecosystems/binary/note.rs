//! ELF package notes: what a program's builder says of the package it is part of, by the
//! [specification of package metadata](https://uapi-group.org/specifications/specs/package_metadata_for_executable_files/).
//!
//! A distribution's builder notes the name of the source package in every program of it, so a note is no entry of the
//! distribution's database, which may have packages of other names. It counts where there is no such entry, as in an
//! image that holds one program of a distribution and nothing else: as a package of no package manager's, whose vendor
//! is that distribution.

use serde::Deserialize;

use super::Program;
use super::object::{Format, notes};
use crate::ecosystems::field;
use crate::{Certainty, Package, PackageKind};

const SECTION: &[u8] = b".note.package";
const OWNER: &[u8] = b"FDO";
const KIND: u32 = 0xcafe_1a7e;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    architecture: Option<String>,
    os: Option<String>,
    os_version: Option<String>,
}

/// The package a program says it is part of.
pub(super) fn inspect(program: &Program<'_>) -> Result<Vec<Package>, &'static str> {
    let mut packages = Vec::new();
    for object in program.objects.iter().filter(|object| object.format == Format::Elf) {
        let Some(section) = object.section(SECTION)? else { continue };
        let note = notes(object.fields.within(section)).find(|&(owner, kind, _)| owner == OWNER && kind == KIND);
        if let Some((_, _, json)) = note {
            packages.extend(package(json)?);
        }
    }
    Ok(packages)
}

fn package(json: &[u8]) -> Result<Option<Package>, &'static str> {
    let json = json.split(|&byte| byte == 0).next().unwrap_or(json);
    let note: Note = serde_json::from_slice(json).map_err(|_| "its note on the package it is part of is not JSON")?;
    if note.name.is_empty() {
        return Ok(None);
    }
    let text = |text: &Option<String>| text.as_ref().map(|text| field(text.as_bytes())).transpose();
    let vendor = match (text(&note.os)?, text(&note.os_version)?) {
        (Some(os), Some(version)) => Some(format!("{os} {version}")),
        (os, _) => os,
    };
    Ok(Some(Package {
        certainty: Certainty::Classified,
        vendor,
        architecture: text(&note.architecture)?,
        ..Package::new(PackageKind::Generic, field(note.name.as_bytes())?, field(note.version.as_bytes())?)
    }))
}

#[cfg(test)]
mod tests {
    use super::super::kept::Kept;
    use super::super::object::fixture::{ELF, Elf};
    use super::*;

    fn section(elf: Elf, owner: &[u8], json: &str) -> Vec<u8> {
        let length = json.len().next_multiple_of(4);
        let mut section = [elf.u32(owner.len() as u32), elf.u32(length as u32), elf.u32(KIND)].concat();
        section.extend_from_slice(owner);
        section.resize(section.len().next_multiple_of(4), 0);
        section.extend_from_slice(json.as_bytes());
        section.resize(section.len().next_multiple_of(4), 0);
        section
    }

    fn inspect_section(elf: Elf, section: &[u8]) -> Result<Vec<Package>, &'static str> {
        let file = elf.program(&[(".note.package", section)]);
        inspect(&Program::new(b"a", &Kept::whole(&file))?)
    }

    #[test]
    fn what_the_builder_says() {
        let fedora = r#"{"type":"rpm","name":"coreutils","version":"9.3-4.fc39","architecture":"x86_64","osCpe":"cpe:/o:fedoraproject:fedora:39"}"#;
        let coreutils = Package {
            architecture: Some("x86_64".into()),
            certainty: Certainty::Classified,
            ..Package::new(PackageKind::Generic, "coreutils", "9.3-4.fc39")
        };
        for elf in Elf::ALL {
            assert_eq!(inspect_section(elf, &section(elf, b"FDO\0", fedora)), Ok(vec![coreutils.clone()]));
        }
        let debian = r#"{"type":"deb","os":"debian","osVersion":"13","name":"fsverity-utils","version":"1.3-1"}"#;
        let found = inspect_section(ELF, &section(ELF, b"FDO\0", debian)).unwrap();
        assert_eq!(found[0].vendor.as_deref(), Some("debian 13"));
    }

    #[test]
    fn other_notes_and_damage() {
        let other = section(ELF, b"GNU\0", "{}");
        assert_eq!(inspect_section(ELF, &other), Ok(vec![]));
        let after = [other, section(ELF, b"FDO\0", r#"{"name":"a","version":"1"}"#)].concat();
        assert_eq!(inspect_section(ELF, &after).unwrap().len(), 1);
        assert_eq!(inspect_section(ELF, &section(ELF, b"FDO\0", "{}")), Ok(vec![]));
        assert!(inspect_section(ELF, &section(ELF, b"FDO\0", "{\"name\":")).is_err());
        assert_eq!(inspect_section(ELF, &[0xff; 64]), Ok(vec![]));
        assert_eq!(inspect_section(ELF, b"short"), Ok(vec![]));
    }
}
