use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::super::object::fixture::{ELF, Elf, fat, macho, pe};
use super::*;
use crate::Package;

/// Programs of a few thousand bytes are long for these.
const SMALL: Limits = Limits { whole: 64, head: 512, tail: 512, known: 1500, step: 256, overlap: 128, room: 8192 };

/// The packages that so many readings find.
fn read_often(limits: &Limits, path: &str, file: &[u8], readings: usize) -> (Result<Facts, &'static str>, bool) {
    let mut wanted = Vec::new();
    for _ in 1..readings {
        let read =
            read_within(limits, path.as_bytes(), file.len() as u64, &wanted, &mut &*file, &mut Vec::new()).unwrap();
        if read.wanted.is_empty() {
            return (read.facts, true);
        }
        wanted = read.wanted;
    }
    let read = read_within(limits, path.as_bytes(), file.len() as u64, &wanted, &mut &*file, &mut Vec::new()).unwrap();
    (read.facts, read.wanted.is_empty())
}

/// Checks that a program tells the same in pieces as in one, after so many readings.
#[track_caller]
fn check(path: &str, file: &[u8], readings: usize) -> Vec<Package> {
    let whole = parse(path.as_bytes(), file);
    assert_eq!(read_often(&SMALL, path, file, readings), (whole.clone(), true));
    match whole {
        Ok(Facts::Packages(packages)) => packages,
        _ => Vec::new(),
    }
}

fn filler(size: usize) -> Vec<u8> {
    (0..size).map(|index| (index * index % 251) as u8 | 1).collect()
}

fn go_section(modules: usize) -> Vec<u8> {
    let mut lines = String::from("path\texample.com/a\nmod\texample.com/a\tv1.0.0\t\n");
    for number in 0..modules {
        writeln!(lines, "dep\texample.com/{number}\tv1.{number}.0\th1:x=").unwrap();
    }
    let mut section = b"\xff Go buildinf:\x08\x02".to_vec();
    section.resize(32, 0);
    let framed = [b"0123456789abcdef", lines.as_bytes(), b"fedcba9876543210"].concat();
    section.extend(b"\x06go1.22");
    let length = framed.len();
    section.extend([length as u8 & 0x7f | 0x80, (length >> 7) as u8]);
    section.extend(framed);
    section
}

fn crates() -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(br#"{"packages":[{"name":"adler","version":"0.2.3","source":"crates.io"}]}"#).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_long_program_tells_the_same_as_a_short_one() {
    let (code, go) = (filler(3000), go_section(20));
    for elf in Elf::ALL {
        let found = check("srv/a", &elf.program(&[(".text", &code), (".go.buildinfo", &go), (".data", &code)]), 1);
        assert_eq!(found.len(), 22);
    }
    for file in [
        pe(&[(".text", &code), (".data", &go), (".more", &code)], &[]),
        macho(&[("__text", &code), ("__go_buildinfo", &go), ("__more", &code)]),
    ] {
        assert_eq!(check("srv/a", &file, 1).len(), 22);
    }
    let one = macho(&[("__text", &code), ("__go_buildinfo", &go)]);
    assert_eq!(check("srv/a", &fat(&one, &one), 1).len(), 22);
}

#[test]
fn what_has_gone_by_takes_another_reading() {
    let (code, list) = (filler(3000), crates());
    let file = ELF.program(&[(".text", &code), (".dep-v0", &list), (".data", &code)]);
    assert_eq!(check("srv/a", &file, 2).len(), 1);
    let (once, done) = read_often(&SMALL, "srv/a", &file, 1);
    assert!(once.is_err() && !done, "its section is known to be there");
    // A table of names that is not where the table of sections ends has gone by as well.
    let far = ELF.program(&[(".dep-v0", &list), (".text", &code)]);
    assert_eq!(check("srv/a", &far, 1).len(), 1);
    // In the other formats the tables come first.
    let file = pe(&[(".text", &code), (".dep-v0", &list), (".more", &code)], &[]);
    assert_eq!(check("srv/a", &file, 1).len(), 1);
}

#[test]
fn what_is_too_much_is_not_kept() {
    let list = filler(9000);
    let file = ELF.program(&[(".text", b"code"), (".dep-v0", &list)]);
    let (facts, done) = read_often(&SMALL, "srv/a", &file, 1);
    assert!(facts.is_err() && done);
}

#[test]
fn nothing_else_of_a_long_program_is_in_memory() {
    let file = ELF.program(&[(".text", &filler(40 << 20))]);
    let mut buffer = Vec::new();
    let read = read(b"srv/a", file.len() as u64, &[], &mut &*file, &mut buffer).unwrap();
    assert_eq!(read.facts, Ok(Facts::Nothing));
    assert!(buffer.capacity() < 1 << 20, "{}", buffer.capacity());
}

#[test]
fn a_program_may_be_shorter_than_it_says() {
    let file = ELF.program(&[(".text", &filler(3000)), (".go.buildinfo", &go_section(2))]);
    for end in 0..3000 {
        let read = read_within(&SMALL, b"a", file.len() as u64, &[], &mut &file[..end], &mut Vec::new());
        assert!(!matches!(read.unwrap().facts, Ok(Facts::Packages(_))), "{end}");
    }
}

proptest! {
    /// Versions are found wherever they lie in the window, and twice is not two versions.
    #[test]
    fn versions_anywhere(before in 64_usize..2000, between in 0_usize..600, after in 0_usize..600, other: bool) {
        let second = if other { "\0OpenSSL 3.0.2 1 Jan" } else { "\0OpenSSL 3.0.1 1 Jan" };
        let file = [&*filler(before), b"\0OpenSSL 3.0.1 1 Jan", &filler(between), second.as_bytes(), &filler(after)].concat();
        let file = ELF.program(&[(".rodata", &file)]);
        let found = check("usr/lib/libcrypto.so.3", &file, 2);
        prop_assert_eq!(found.len(), usize::from(!other));
    }

    /// A damaged program tells the same in pieces, unless it takes more than is kept.
    #[test]
    fn damage_is_the_same(at in 0_usize..4000, wrong: u8) {
        let mut file = ELF.program(&[(".text", &filler(2000)), (".go.buildinfo", &go_section(5)), (".dep-v0", &crates())]);
        let at = at % file.len();
        file[at] = wrong;
        let (facts, _) = read_often(&SMALL, "srv/a", &file, 4);
        prop_assert_eq!(facts, parse(b"srv/a", &file));
    }
}
