use std::io::{Cursor, Write as _};

use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;
use crate::Limit;

/// Writes a line for each entry, with the content of files.
#[derive(Default)]
struct Listing {
    text: String,
    keep_content: bool,
    contents: Vec<Vec<u8>>,
}

impl Visitor for Listing {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut Content<'_>) -> Result<(), LayerError> {
        use std::fmt::Write as _;
        let lossy = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let kind = match entry.kind {
            EntryKind::Symlink(target) => format!("Symlink {}", lossy(target)),
            EntryKind::HardLink(target) => format!("HardLink {}", lossy(target)),
            kind => format!("{kind:?}"),
        };
        writeln!(self.text, "{} {kind} {}", lossy(entry.path), entry.size).unwrap();
        if self.keep_content {
            let mut bytes = Vec::new();
            content.take(1 << 20).read_to_end(&mut bytes)?;
            self.contents.push(bytes);
        }
        Ok(())
    }
}

/// A header with a right checksum, changed by `change` first.
fn header(flag: u8, name: &str, size: u64, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    change(&mut block);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn entry(flag: u8, name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = header(flag, name, content.len() as u64, |_| {});
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn link(flag: u8, name: &str, target: &str) -> Vec<u8> {
    header(flag, name, 0, |block| block[157..157 + target.len()].copy_from_slice(target.as_bytes()))
}

fn archive(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = parts.concat();
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn list(layer: &[u8]) -> Result<String, LayerError> {
    list_within(layer, &Budget::default())
}

fn list_within(layer: &[u8], budget: &Budget) -> Result<String, LayerError> {
    let mut listing = Listing::default();
    let summary = read_layer_hashed(layer, budget, &mut listing)?;
    assert_eq!(summary.compressed_bytes, layer.len() as u64);
    let mut seeking = Listing::default();
    let sought = read_seekable_layer(Cursor::new(layer), budget, &mut seeking)?;
    assert_eq!(seeking.text, listing.text, "seeking sees what reading sees");
    assert_eq!(LayerSummary { diff_id: None, ..summary }, sought);
    Ok(listing.text)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[track_caller]
fn check(parts: &[Vec<u8>], expect: &str) {
    assert_eq!(list(&archive(parts)).unwrap(), expect);
}

#[test]
fn entries_of_every_kind() {
    check(
        &[
            entry(b'5', "./etc/", b""),
            entry(b'0', "./etc/passwd", b"root"),
            link(b'2', "etc/link", "../passwd"),
            link(b'1', "etc/hard", "./etc/passwd"),
            entry(b'3', "dev/null", b""),
            entry(b'6', "run/pipe", b""),
            entry(b'7', "contiguous", b"12"),
            entry(b'Z', "vendor", b"123"),
            entry(b'5', "./", b""),
        ],
        "etc Directory 0\netc/passwd File 4\netc/link Symlink ../passwd 0\netc/hard HardLink etc/passwd 0\n\
         dev/null Other 0\nrun/pipe Other 0\ncontiguous File 2\nvendor Other 3\n Directory 0\n",
    );
}

#[test]
fn whiteouts_hide_and_opaque_names_its_directory() {
    check(
        &[
            entry(b'0', "etc/.wh.passwd", b""),
            entry(b'0', ".wh.top", b""),
            entry(b'0', "var/lib/.wh..wh..opq", b""),
            entry(b'0', ".wh..wh..opq", b""),
            entry(b'0', ".wh..wh.plnk", b""),
            entry(b'0', "a/.wh.", b""),
            entry(b'0', "a/.wh...", b""),
        ],
        "etc/passwd Whiteout 0\ntop Whiteout 0\nvar/lib Opaque 0\n Opaque 0\n.wh..wh.plnk Other 0\n\
         a/.wh. Outside 0\na/.wh... Outside 0\n",
    );
}

#[test]
fn paths_outside_are_shown_as_such() {
    check(
        &[
            entry(b'0', "../../etc/passwd", b"x"),
            link(b'1', "hard", "../outside"),
            entry(b'0', "a/../inside", b""),
            entry(b'0', "./", b""),
        ],
        "../../etc/passwd Outside 1\nhard Outside 0\ninside File 0\n Outside 0\n",
    );
}

#[test]
fn names_come_from_where_runtimes_take_them() {
    let long = "n".repeat(150);
    check(
        &[entry(b'L', "././@LongLink", format!("{long}\0").as_bytes()), entry(b'0', "short", b"")],
        &format!("{long} File 0\n"),
    );
    check(
        &[entry(b'K', "././@LongLink", format!("{long}\0").as_bytes()), link(b'2', "short", "cut")],
        &format!("short Symlink {long} 0\n"),
    );
    check(
        &[entry(b'x', "pax", b"12 path=a/b\n14 linkpath=c\n"), link(b'2', "short", "cut"), entry(b'0', "next", b"")],
        "a/b Symlink c 0\nnext File 0\n",
    );
    // Global headers are not applied, and an old archive marks directories by their name.
    check(&[entry(b'g', "pax", b"12 path=a/b\n"), entry(0, "old/", b"ignored")[..512].to_vec()], "old Directory 0\n");
    check(&[header(b'0', "name", 0, |block| block[345..348].copy_from_slice(b"dir"))], "dir/name File 0\n");
    check(
        &[header(b'0', "name", 0, |block| {
            block[257..265].copy_from_slice(b"ustar  \0");
            block[345..348].copy_from_slice(b"123");
        })],
        "name File 0\n",
    );
}

#[test]
fn sizes_come_from_pax_and_base_256() {
    let mut pax = entry(b'x', "pax", b"9 size=3\n");
    pax.extend(header(b'0', "file", 0, |_| {}));
    pax.extend(*b"abc");
    pax.resize(pax.len().next_multiple_of(512), 0);
    check(&[pax, entry(b'0', "next", b"")], "file File 3\nnext File 0\n");
    let mut base256 = header(b'0', "file", 0, |block| {
        block[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
    });
    base256.extend(*b"abc");
    base256.resize(1024, 0);
    check(&[base256, entry(b'0', "next", b"")], "file File 3\nnext File 0\n");
}

#[test]
fn a_signed_checksum_is_taken() {
    let mut block = header(b'0', "caf\u{e9}", 0, |_| {});
    block[148..156].fill(b' ');
    let sum: i32 = block.iter().map(|&byte| i32::from(byte.cast_signed())).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    check(&[block], "caf\u{e9} File 0\n");
}

#[test]
fn sparse_files_of_gnu_tar_read_whole() {
    let mut expect = vec![0; 600_000];
    expect[..5].copy_from_slice(b"start");
    for segment in 1..8 {
        expect[segment * 65536..][..4].copy_from_slice(format!("seg{segment}").as_bytes());
    }
    let fixtures: [&[u8]; 4] = [
        include_bytes!("../../tests/data/sparse-gnu.tar.gz"),
        include_bytes!("../../tests/data/sparse-pax-0.0.tar.gz"),
        include_bytes!("../../tests/data/sparse-pax-0.1.tar.gz"),
        include_bytes!("../../tests/data/sparse-pax-1.0.tar.gz"),
    ];
    let names = format!(
        "{} File 9\nhard File 600000\nlonglink Symlink {} 0\nsparse HardLink hard 0\n",
        "a".repeat(120),
        "b".repeat(130)
    );
    for fixture in fixtures {
        assert_eq!(list(fixture).unwrap(), names, "skipping over the content");
        let mut listing = Listing { keep_content: true, ..Listing::default() };
        read_layer(fixture, &Budget::default(), &mut listing).unwrap();
        assert_eq!(listing.text, names);
        assert!(listing.contents[1] == expect, "the holes are where they were");
        assert_eq!(listing.contents[0], b"long name");
    }
}

#[test]
fn every_compression_reads_the_same() {
    let plain = archive(&[entry(b'0', "a", b"1"), entry(b'0', "b", &[7; 9000])]);
    let expect = "a File 1\nb File 9000\n";
    let (first, second) = plain.split_at(700);
    let members = [gzip(first), gzip(second)].concat();
    let frames = [zstd::encode_all(first, 3).unwrap(), zstd::encode_all(second, 3).unwrap()].concat();
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9][..], &frames].concat();
    for (layer, compression) in [
        (plain.clone(), Compression::None),
        (gzip(&plain), Compression::Gzip),
        (members, Compression::Gzip),
        (frames, Compression::Zstd),
        (skippable, Compression::Zstd),
    ] {
        assert_eq!(list(&layer).unwrap(), expect);
        let summary = read_layer_hashed(&*layer, &Budget::default(), &mut Listing::default()).unwrap();
        assert_eq!(summary.compression, compression);
        assert_eq!(summary.uncompressed_bytes, plain.len() as u64);
        assert_eq!(summary.diff_id, Some(Digest::sha256(&plain)));
    }
}

#[test]
fn decompressing_alone_gives_the_uncompressed_bytes() {
    let plain = archive(&[entry(b'0', "a", &[7; 9000])]);
    for layer in [plain.clone(), gzip(&plain), zstd::encode_all(&*plain, 3).unwrap()] {
        let mut bytes = Vec::new();
        crate::decompress(&*layer, &Budget::default()).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, plain);
    }
}

#[test]
fn the_diff_id_covers_what_follows_the_archive() {
    let mut layer = archive(&[entry(b'0', "a", b"1")]);
    layer.extend_from_slice(b"left over");
    let summary = read_layer_hashed(&*layer, &Budget::default(), &mut Listing::default()).unwrap();
    assert_eq!(summary.diff_id, Some(Digest::sha256(&layer)));
    assert_eq!(list(&layer).unwrap(), "a File 1\n");
}

#[test]
fn offsets_name_the_content() {
    struct Offsets(Vec<(u64, u64)>);
    impl Visitor for Offsets {
        fn entry(&mut self, entry: &Entry<'_>, _: &mut Content<'_>) -> Result<(), LayerError> {
            self.0.push((entry.offset.unwrap(), entry.size));
            Ok(())
        }
    }
    let large = vec![1; 600_000];
    let layer = archive(&[entry(b'0', "a", b"first"), entry(b'0', "b", &large), entry(b'0', "c", b"third")]);
    let mut offsets = Offsets(Vec::new());
    read_seekable_layer(Cursor::new(&layer), &Budget::default(), &mut offsets).unwrap();
    let contents: Vec<_> = offsets.0.iter().map(|&(at, size)| &layer[at as usize..(at + size) as usize]).collect();
    assert_eq!(contents, [&b"first"[..], &large, b"third"]);
}

#[test]
fn empty_layers_have_no_entries() {
    for layer in [vec![], vec![0; 512], vec![0; 1024], vec![0; 10240], gzip(&[]), gzip(&[0; 1024])] {
        assert_eq!(list(&layer).unwrap(), "");
    }
    assert_eq!(list(&entry(b'0', "no-end-mark", b"x")).unwrap(), "no-end-mark File 1\n");
}

#[test]
fn damage_is_named() {
    fn check(layer: &[u8], expect: &str) {
        let error = list(layer).map_err(|error| format!("{error:?}"));
        assert!(error.as_ref().is_err_and(|error| error.starts_with(expect)), "{expect}: {error:?}");
    }
    let good = archive(&[entry(b'0', "a", b"1"), entry(b'0', "b", &[5; 5000])]);
    check(b"PK\x03\x04 a zip", "NotATar");
    check(&vec![b'x'; 5000], "NotATar");
    check(&good[..3000], "Truncated");
    check(&good[..1100], "Truncated");
    check(&gzip(&good)[..60], "Truncated");
    check(&zstd::encode_all(&*good, 3).unwrap()[..60], "Truncated");
    let mut flipped = gzip(&good);
    let last = flipped.len() - 6;
    flipped[last] ^= 1;
    check(&flipped, "Decompress");
    let mut wrong = good.clone();
    wrong[1024] = b'?';
    check(&wrong, "Header { offset: 1024, reason: \"a wrong checksum\" }");
    let lone = [entry(b'0', "a", b""), vec![0; 512], entry(b'0', "b", b"")].concat();
    check(&lone, "Header { offset: 1024");
    check(&archive(&[header(b'0', "a", 0, |block| block[124..136].fill(0xff))]), "Header");
    check(&archive(&[entry(b'x', "pax", b"nonsense")]), "Header");
}

#[test]
fn a_failing_reader_is_not_the_layers_fault() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let compressed = gzip(&archive(&[entry(b'0', "a", &[1; 4000])]));
    for start in [&compressed[..30], &archive(&[entry(b'0', "a", &[1; 4000])])[..700]] {
        let error = read_layer(start.chain(Failing), &Budget::default(), &mut Listing::default());
        assert!(matches!(error, Err(LayerError::Read(_))), "{error:?}");
    }
}

#[test]
fn budgets_end_the_reading() {
    fn check(layer: &[u8], change: impl FnOnce(&mut Budget), expect: Limit) {
        assert!(list(layer).is_ok(), "{expect}: it passes the defaults");
        let mut budget = Budget::default();
        change(&mut budget);
        match list_within(layer, &budget) {
            Err(LayerError::Budget(limit)) => assert_eq!(limit, expect),
            other => panic!("{expect}: {other:?}"),
        }
    }
    let zeroes = archive(&[entry(b'0', "a", &vec![0; 4 << 20])]);
    let bomb = |budget: &mut Budget| (budget.ratio, budget.ratio_floor) = (100, 1 << 20);
    check(&gzip(&zeroes), bomb, Limit::Ratio(100));
    check(&zstd::encode_all(&*zeroes, 3).unwrap(), bomb, Limit::Ratio(100));
    check(&zeroes, |budget| budget.uncompressed_bytes = 1 << 20, Limit::UncompressedBytes(1 << 20));
    let many = archive(&vec![entry(b'0', "a", b""); 11]);
    check(&many, |budget| budget.entries = 10, Limit::Entries(10));
    let endless = archive(&[vec![entry(b'x', "p", b""); 11].concat(), entry(b'0', "a", b"")]);
    check(&endless, |budget| budget.entries = 10, Limit::Entries(10));
    let long = archive(&[entry(b'0', &"a".repeat(90), b"")]);
    check(&long, |budget| budget.path_length = 80, Limit::PathLength(80));
    let long = archive(&[link(b'2', "a", &"a".repeat(90))]);
    check(&long, |budget| budget.path_length = 80, Limit::PathLength(80));
    let deep = archive(&[entry(b'0', &"a/".repeat(40), b"")]);
    check(&deep, |budget| budget.path_depth = 30, Limit::PathDepth(30));
    let extended = archive(&[entry(b'L', "x", &[b'a'; 600]), entry(b'0', "a", b"")]);
    check(&extended, |budget| budget.extended_header = 500, Limit::ExtendedHeader(500));
}

#[test]
fn a_claimed_size_allocates_nothing() {
    let claim = archive(&[header(b'0', "a", 0o77_777_777_777, |_| {})]);
    assert!(matches!(list(&claim), Err(LayerError::Truncated)));
    let claim = archive(&[header(b'x', "a", 0o77_777_777_777, |_| {})]);
    assert!(matches!(list(&claim), Err(LayerError::Budget(Limit::ExtendedHeader(_)))));
}

proptest! {
    /// What another implementation writes, this one reads.
    #[test]
    fn archives_of_the_tar_crate_read_back(files in prop::collection::vec(("[a-z]{1,8}(/[a-z]{1,90}){0,3}", prop::collection::vec(any::<u8>(), 0..1500)), 0..12)) {
        let mut builder = tar::Builder::new(Vec::new());
        let mut expect = Vec::new();
        for (path, content) in &files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, path, &**content).unwrap();
            expect.push(content.clone());
        }
        let layer = builder.into_inner().unwrap();
        let mut listing = Listing { keep_content: true, ..Listing::default() };
        read_layer(&*layer, &Budget::default(), &mut listing).unwrap();
        let names: Vec<_> = files.iter().map(|(path, content)| format!("{path} File {}", content.len())).collect();
        prop_assert_eq!(listing.text.lines().collect::<Vec<_>>(), names);
        prop_assert_eq!(listing.contents, expect);
    }

    #[test]
    fn damaged_archives_never_panic(position in 0_usize..4000, bytes in prop::collection::vec(any::<u8>(), 1..200), compress in 0..3) {
        let mut layer = archive(&[
            entry(b'x', "pax", b"26 GNU.sparse.numblocks=2\n27 GNU.sparse.map=0,5,10,1\n"),
            entry(b'0', "a", b"123456"),
            entry(b'S', "b", b"1"),
            link(b'1', "c", "a"),
        ]);
        let start = position % layer.len();
        let end = (start + bytes.len()).min(layer.len());
        layer[start..end].copy_from_slice(&bytes[..end - start]);
        // A right checksum lets the damage through to the parsers behind it.
        for block in layer.chunks_mut(512) {
            if block[257..262] == *b"ustar" {
                block[148..156].fill(b' ');
                let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
                block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            }
        }
        let layer = match compress { 0 => layer, 1 => gzip(&layer), _ => zstd::encode_all(&*layer, 1).unwrap() };
        let mut listing = Listing { keep_content: true, ..Listing::default() };
        let budget = Budget { path_length: 1000, ..Budget::default() };
        drop(read_layer(Read::take(&*layer, 1 << 20), &budget, &mut listing));
    }
}
