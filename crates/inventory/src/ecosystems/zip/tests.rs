use proptest::prelude::*;

use super::writer::{DEFLATED, How, STORED, ZipWriter};
use super::{Archive, Inflater, is_zip};

type Read = (String, Result<Vec<u8>, &'static str>);

/// Reads every entry, up to 1 MiB of each.
fn read(bytes: &[u8]) -> Result<Vec<Read>, &'static str> {
    let archive = Archive::open(bytes)?;
    let mut inflater = Inflater::new(4 << 20);
    let entry = |entry: Result<super::Entry<'_>, &'static str>| {
        let entry = entry?;
        let content = inflater.read(&archive, &entry, 1 << 20);
        Ok((String::from_utf8_lossy(entry.name).into_owned(), content.map(Into::into)))
    };
    archive.entries().map(entry).collect()
}

fn sample(writer: ZipWriter) -> Vec<u8> {
    let text = "text ".repeat(50_000);
    writer.add("a/", "", STORED).add("a/stored", "plain", STORED).add("a/deflated", text, DEFLATED).build()
}

#[test]
fn archives_of_every_form() {
    let plain = sample(ZipWriter::default());
    let large = sample(ZipWriter::zip_64());
    let script = b"#!/bin/sh\nexec java -jar \"$0\"\nPK\x05\x06 is what the end begins with\n";
    let check = |bytes: &[u8]| {
        let found = read(bytes).unwrap();
        let names: Vec<_> = found.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["a/", "a/stored", "a/deflated"]);
        let contents: Vec<_> = found.into_iter().map(|(_, content)| content.unwrap()).collect();
        assert_eq!(contents, [b"".to_vec(), b"plain".to_vec(), "text ".repeat(50_000).into_bytes()]);
    };
    for archive in [&plain, &large] {
        assert!(is_zip(archive));
        check(archive);
        check(&[&script[..], archive].concat());
        check(&[archive, &b"a comment, of which the record does not know, PK\x05\x06"[..]].concat());
    }
    assert_eq!(read(&ZipWriter::default().build()), Ok(vec![]));
}

#[test]
fn what_is_no_archive() {
    let good = sample(ZipWriter::default());
    let large = sample(ZipWriter::zip_64());
    for bytes in [&b""[..], b"PK", b"plain text", &[0; 10_000]] {
        assert!(!is_zip(bytes));
        assert_eq!(read(bytes), Err("it is no complete zip archive"));
    }
    for archive in [&good, &large] {
        for length in (0..archive.len()).filter(|length| archive.len() - length < 400 || length % 97 == 0) {
            assert_eq!(is_zip(&archive[..length]), length >= 4, "{length}");
            assert_eq!(read(&archive[..length]), Err("it is no complete zip archive"), "{length}");
        }
    }
}

#[test]
fn entries_that_cannot_be_read() {
    fn check(writer: ZipWriter, expect: &'static str) {
        let found = read(&writer.add("good", "good", DEFLATED).build()).unwrap();
        assert_eq!(found[0].1, Err(expect));
        assert_eq!(found.last().unwrap().1, Ok(b"good".to_vec()));
    }
    let new = ZipWriter::default;
    let lzma = How { method: 14, flags: 0 };
    check(new().add("a", "secret", How { flags: 1, ..DEFLATED }), "it is encrypted");
    check(new().add("a", "lzma", lzma), "it is compressed by a method that is not known");
    check(new().list("a", STORED, 1, 1, 7), "it lies outside the archive");
    check(new().list("a", STORED, 1, 1, 1 << 31), "it lies outside the archive");
    check(ZipWriter::zip_64().list("a", STORED, 1, 1, u64::MAX), "it lies outside the archive");
    check(new().list("a", STORED, 1 << 31, 1, 0), "it lies outside the archive");
    check(ZipWriter::zip_64().list("a", STORED, u64::MAX, 1, 0), "it lies outside the archive");
    check(new().list("a", DEFLATED, 2, 3, 0), "it ends too early");
    check(new().add("a", vec![7; 3 << 20], STORED), "it is larger than the analysis budget allows");
    check(new().add("a", vec![7; 1 << 20 | 1], DEFLATED), "it is larger than the analysis budget allows");
}

#[test]
fn deflated_bytes_that_are_damaged() {
    let bytes = ZipWriter::default().add("a", [0xff; 8], How { method: 99, flags: 0 }).build();
    // Both headers now say that the bytes are deflated.
    let deflated: Vec<_> = bytes.iter().map(|&byte| if byte == 99 { 8 } else { byte }).collect();
    assert_eq!(read(&deflated).unwrap()[0].1, Err("it is damaged"));
}

#[test]
fn bombs() {
    let zeroes = ZipWriter::default().add("a", vec![0; 64 << 20], DEFLATED).build();
    let archive = Archive::open(&zeroes).unwrap();
    let entry = archive.entries().next().unwrap().unwrap();
    let mut inflater = Inflater::new(1 << 30);
    let ratio = Err("it inflates to more than 200 times its compressed size");
    assert_eq!(inflater.read(&archive, &entry, 1 << 30).map(|content| content.len()), ratio);
    assert_eq!(inflater.beginning(&archive, &entry, 100).map(|content| content.len()), Ok(100));
    // The same bytes count as often as they are read.
    let mut inflater = Inflater::new(250);
    let mut lengths = || inflater.beginning(&archive, &entry, 100).map(|content| content.len());
    let spent = Err("the archives around it inflate to more than allowed");
    assert_eq!([lengths(), lengths(), lengths()], [Ok(100), Ok(100), spent]);
}

#[test]
fn many_entries() {
    let many = |writer: ZipWriter| {
        let writer = (0..70_000).fold(writer, |writer, index| writer.add(&format!("{index}"), "", STORED));
        read(&writer.build()).map(|entries| entries.len())
    };
    assert_eq!(many(ZipWriter::default()), Ok(70_000));
    assert_eq!(many(ZipWriter::zip_64()), Ok(70_000));
}

#[test]
fn a_table_that_is_damaged_ends_where_it_is() {
    let bytes = sample(ZipWriter::default());
    let second = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").nth(1).unwrap();
    let mut damaged = bytes.clone();
    damaged[second + 28] = 0xff;
    damaged[second + 29] = 0xff;
    let archive = Archive::open(&damaged).unwrap();
    let entries: Vec<_> = archive.entries().map(|entry| entry.map(|entry| entry.name)).collect();
    assert_eq!(entries, [Ok(&b"a/"[..]), Err("its table of entries is damaged")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(read(&bytes));
        drop(read(&[b"PK\x01\x02".to_vec(), bytes, b"PK\x05\x06".to_vec(), vec![0; 18]].concat()));
    }

    #[test]
    fn damage_does_no_harm(at in any::<prop::sample::Index>(), byte: u8, large: bool) {
        let new = if large { ZipWriter::zip_64() } else { ZipWriter::default() };
        let mut bytes = new.add("a", "text", DEFLATED).add("b", "text", STORED).build();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        drop(read(&bytes));
    }
}
