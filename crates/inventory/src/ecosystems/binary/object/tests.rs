use super::fixture::{BASE, ELF, Elf, fat, macho, pe};
use super::*;

const SECTIONS: [(&str, &[u8]); 3] = [(".a", b"first"), (".empty", b""), (".b", b"second")];

#[track_caller]
fn check_sections(file: &[u8], format: Format, count: usize) {
    let file = Kept::whole(file);
    let objects = Object::all(&file).unwrap();
    assert_eq!(objects.len(), count);
    for object in objects {
        assert_eq!(object.format, format);
        assert_eq!(object.section(b".a"), Ok(Some(&b"first"[..])));
        assert_eq!(object.section(b".b"), Ok(Some(&b"second"[..])));
        assert_eq!(object.section(b".empty"), Ok(None));
        assert_eq!(object.section(b".c"), Ok(None));
        assert_eq!(object.find_in_data(b"second").map(|found| &found[..6]), Some(&b"second"[..]));
    }
}

#[test]
fn sections_of_every_format() {
    for elf in Elf::ALL {
        check_sections(&elf.program(&SECTIONS), Format::Elf, 1);
    }
    check_sections(&pe(&SECTIONS, &[]), Format::Pe, 1);
    check_sections(&macho(&SECTIONS), Format::MachO, 1);
    check_sections(&fat(&macho(&SECTIONS), &macho(&SECTIONS)), Format::MachO, 2);
}

#[test]
fn what_is_at_an_address() {
    for elf in Elf::ALL {
        let file = elf.program(&SECTIONS);
        let kept = Kept::whole(&file);
        let objects = Object::all(&kept).unwrap();
        let at = |address, size| objects[0].at_address(address, size);
        let first = BASE + elf.first_content();
        assert_eq!(at(first, 5), Some(&b"first"[..]));
        assert_eq!(at(first + 5, 6), Some(&b"second"[..]));
        assert_eq!(at(BASE - 1, 1), None);
        assert_eq!(at(BASE + file.len() as u64 - 1, 2), None);
        assert_eq!(at(BASE + 1, u64::MAX), None);
        assert_eq!(at(u64::MAX, 1), None);
    }
}

#[test]
fn what_is_no_program_holds_none() {
    for file in [
        &b"MZ"[..],
        b"MZ and then a text, which is long enough to have an offset of a header at its place",
        b"\x7fELF",
        b"\x7fELF\x03\x01",
        b"\xca\xfe\xba\xbe\0\0\0\x34 a Java class",
        b"\xca\xfe\xba\xbe",
        b"",
        b"#!/bin/sh",
    ] {
        assert!(matches!(Object::all(&Kept::whole(file)).as_deref(), Ok([])), "{file:?}");
    }
}

#[test]
fn a_file_that_ends_early_says_so_or_holds_less() {
    let files = Elf::ALL.map(|elf| elf.program(&SECTIONS)).into_iter();
    for file in files.chain([pe(&SECTIONS, &[]), macho(&SECTIONS), fat(&macho(&SECTIONS), &macho(&SECTIONS))]) {
        for end in 0..file.len() {
            for object in Object::all(&Kept::whole(&file[..end])).into_iter().flatten() {
                let content = object.section(b".b");
                assert!(matches!(content, Ok(None | Some(b"second")) | Err(CUT_OFF)), "{end}: {content:?}");
            }
        }
    }
}

#[test]
fn a_long_program_has_its_data_without_its_sections() {
    let file = ELF.program(&SECTIONS);
    let file = Kept::whole(&file[..file.len() - 1]);
    let objects = Object::all(&file).unwrap();
    assert!(!objects[0].has_sections());
    assert!(objects[0].find_in_data(b"second").is_some());
}

#[test]
fn every_byte_may_be_wrong() {
    let files = Elf::ALL.map(|elf| elf.program(&SECTIONS)).into_iter();
    for mut file in files.chain([pe(&SECTIONS, &[(2, 1, 1)]), macho(&SECTIONS), fat(&macho(&SECTIONS), b"")]) {
        for at in 0..file.len() {
            for wrong in [0, 1, 0x7f, 0x80, 0xff] {
                let right = std::mem::replace(&mut file[at], wrong);
                for object in Object::all(&Kept::whole(&file)).into_iter().flatten() {
                    let _ = (object.section(b".b"), object.find_in_data(b"?"), version_resource(&object));
                }
                file[at] = right;
            }
        }
    }
}
