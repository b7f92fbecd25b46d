mod build;

use proptest::prelude::*;

use super::parse::{parse, source};
use super::table::Table;
use super::{CATALOGER, LOG, MANIFEST, manifest, sqlite, wal};
use crate::ecosystems::{Facts, Owned, check_files};
use crate::{Package, PackageKind};
use build::{Tag, berkeley, header, ndb, sqlite as sqlite_of};

#[test]
fn the_databases_in_all_places() {
    check_files(
        &CATALOGER,
        &["var/lib/rpm/Packages", "usr/lib/sysimage/rpm/Packages.db", "usr/share/rpm/rpmdb.sqlite"],
        &["var/lib/rpm/Name", "var/lib/rpm/Index.db", "var/lib/rpm/rpmdb.sqlite-shm", "srv/var/lib/rpm/Packages"],
    );
    check_files(&LOG, &["var/lib/rpm/rpmdb.sqlite-wal"], &["var/lib/rpm/rpmdb.sqlite"]);
    check_files(
        &MANIFEST,
        &["var/lib/rpmmanifest/container-manifest-2"],
        &["var/lib/rpmmanifest/container-manifest-1", "var/lib/rpmmanifest/a/container-manifest-2"],
    );
}

/// Each package in a line, with its files.
fn list(bytes: &[u8]) -> Result<Vec<String>, &'static str> {
    Ok(lines(&read(bytes)?.0))
}

/// The packages, and the files that belong to them.
fn read(bytes: &[u8]) -> Result<(Vec<Package>, Vec<Owned>), &'static str> {
    match parse(b"", bytes)? {
        Facts::Database { packages, owned } | Facts::Table(Table { packages, owned, .. }) => Ok((packages, owned)),
        other => panic!("{other:?}"),
    }
}

fn lines(packages: &[Package]) -> Vec<String> {
    let line = |package: &Package| {
        assert_eq!(package.kind, PackageKind::Rpm);
        let source = package.source.as_ref().map(|source| format!("{} {}", source.name, source.version));
        let told = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
        let Package { name, version, architecture, vendor, modularity, .. } = package;
        let (architecture, vendor, modularity) = (told(architecture), told(vendor), told(modularity));
        format!("{name} {version} {architecture} [{}] {vendor} {modularity}", source.unwrap_or_default())
    };
    let mut lines: Vec<_> = packages.iter().map(line).collect();
    lines.sort();
    lines
}

/// Databases of the same packages, written by rpm 4.18, by the NDB of rpm 6 and by Berkeley DB 5.3. They hold a key as
/// well, and the one of NDB the gap that a removed package left.
fn real() -> [Vec<u8>; 4] {
    let files: [&[u8]; 4] = [
        include_bytes!("../../../tests/data/rpm/rpmdb.sqlite.zst"),
        include_bytes!("../../../tests/data/rpm/Packages.db.zst"),
        include_bytes!("../../../tests/data/rpm/Packages.zst"),
        include_bytes!("../../../tests/data/rpm/Packages.big-endian.zst"),
    ];
    files.map(|file| zstd::decode_all(file).unwrap())
}

#[test]
fn databases_that_rpm_wrote() {
    for database in real() {
        assert_eq!(
            list(&database).unwrap(),
            [
                "plimsoll-sample 2:1.2.3-4.el9 noarch [plimsoll-sample 1.2.3-4.el9] Example Project sample:rolling:1:a1b2c3d4",
                "sample-many 1.2.3-4.el9 noarch [plimsoll-sample 1.2.3-4.el9] Example Project sample:rolling:1:a1b2c3d4",
                "sample-plain 7.0-4.el9 noarch [plimsoll-sample 1.2.3-4.el9] Example Project sample:rolling:1:a1b2c3d4",
            ]
        );
        let (_, owned) = read(&database).unwrap();
        let metadata = &b"usr/lib/python3.11/site-packages/sample-1.0.dist-info/METADATA"[..];
        let items: Vec<_> = (1..=120).map(|number| format!("usr/share/sample/item{number}").into_bytes()).collect();
        for expect in [
            Owned::new("plimsoll-sample", [metadata]).unwrap(),
            Owned::new("sample-many", items.iter().map(Vec::as_slice)).unwrap(),
        ] {
            assert!(owned.contains(&expect), "{owned:?}");
        }
        assert_eq!(owned.len(), 2);
    }
}

/// Writes a database of these headers.
type Build = fn(&[Vec<u8>]) -> Vec<u8>;

/// The builders of the three forms.
const FORMS: [Build; 3] = [sqlite_of, ndb, berkeley];

#[test]
fn forms_with_many_packages() {
    for build in FORMS {
        for count in [0, 1, 7, 400] {
            let blobs: Vec<_> = (0..count)
                .map(|number| {
                    let filler = "x".repeat(number % 37 * 97);
                    header(&[
                        Tag::text(1000, &format!("package{number:03}")),
                        Tag::text(1001, "1"),
                        Tag::text(1002, "2"),
                        Tag::text(1005, &filler),
                    ])
                })
                .collect();
            let expect: Vec<_> = (0..count).map(|number| format!("package{number:03} 1-2 - [] - -")).collect();
            assert_eq!(list(&build(&blobs)).unwrap(), expect);
        }
    }
    assert_eq!(list(b"").unwrap(), [""; 0]);
}

#[test]
fn headers_of_packages() {
    fn check(tags: &[Tag], expect: Result<&[&str], &str>) {
        let expect = expect.map(|lines| lines.iter().map(|&line| line.to_owned()).collect());
        assert_eq!(list(&ndb(&[header(tags)])), expect);
    }
    let name = || Tag::text(1000, "bash");
    let version = || Tag::text(1001, "5.1.8");
    let release = || Tag::text(1002, "6.el9");
    check(&[name(), version(), release()], Ok(&["bash 5.1.8-6.el9 - [] - -"]));
    check(&[name(), version()], Ok(&["bash 5.1.8 - [] - -"]));
    check(&[name(), version(), release(), Tag::number(1003, 3)], Ok(&["bash 3:5.1.8-6.el9 - [] - -"]));
    check(&[name(), version(), release(), Tag::number(1003, 0)], Ok(&["bash 5.1.8-6.el9 - [] - -"]));
    check(
        &[name(), version(), Tag::text(1022, "(none)"), Tag::text(1011, ""), Tag::text(1044, "(none)")],
        Ok(&["bash 5.1.8 - [] - -"]),
    );
    // What is written last counts.
    check(&[name(), version(), Tag::text(1001, "6")], Ok(&["bash 6 - [] - -"]));
    check(&[Tag::text(1000, "gpg-pubkey"), Tag::text(1001, "e97e46a6")], Ok(&[]));
    check(&[version()], Err("it has a package without a name"));
    check(&[Tag::text(1000, ""), version()], Err("it has a package without a name"));
    check(&[name()], Err("it has a package without a version"));
    check(&[name(), Tag::number(1001, 1)], Err("it has a damaged package header"));
    check(&[name(), version(), Tag::text(1003, "1")], Err("it has a damaged package header"));
    let long = "a".repeat(1025);
    check(&[Tag::text(1000, &long), version()], Err("it has a name or a version longer than 1024 bytes"));
    let files = |directory| {
        [name(), version(), Tag::texts(1118, &["/bin/", "/"]), Tag::texts(1117, &["sh"]), Tag::number(1116, directory)]
    };
    check(&files(1), Ok(&["bash 5.1.8 - [] - -"]));
    check(&files(2), Err("it has a file in a directory it does not list"));
    let many = vec![""; 1_000_001];
    check(&[name(), version(), Tag::texts(1117, &many)], Err("it has a damaged package header"));
    let too_many = vec![header(&[Tag::text(1000, "gpg-pubkey")]); 100_001];
    assert_eq!(list(&berkeley(&too_many)), Err("it lists more packages than any system has"));
}

#[test]
fn headers_with_absurd_lengths() {
    fn check(blob: Vec<u8>) {
        assert_eq!(list(&ndb(&[blob])), Err("it has a damaged package header"));
    }
    let good = header(&[Tag::text(1000, "bash"), Tag::text(1001, "5")]);
    let patched = |at: usize, number: u32| {
        let mut blob = good.clone();
        blob[at..at + 4].copy_from_slice(&number.to_be_bytes());
        blob
    };
    check(patched(0, u32::MAX));
    check(patched(0, 3));
    check(patched(4, u32::MAX));
    // The offset of the name.
    check(patched(16, u32::MAX));
    check(good[..good.len() - 1].to_vec());
    check(good[..7].to_vec());
    check(vec![]);
}

#[test]
fn sources_of_packages() {
    fn check(file: &str, expect: Option<(&str, &str)>) {
        let found = source(file);
        assert_eq!(found.as_ref().map(|found| (&*found.name, &*found.version)), expect, "{file}");
    }
    check("bash-5.1.8-6.el9.src.rpm", Some(("bash", "5.1.8-6.el9")));
    check("java-17-openjdk-17.0.9.0.9-2.el9.src.rpm", Some(("java-17-openjdk", "17.0.9.0.9-2.el9")));
    check("firmware-1-2.nosrc.rpm", Some(("firmware", "1-2")));
    check("bash-5.1.8.src.rpm", None);
    check("-5.1.8-6.src.rpm", None);
    check("bash-5.1.8-6.el9.x86_64.rpm", None);
    check("", None);
}

#[test]
fn manifests_of_distroless_images() {
    let read = |text: &str| match manifest::parse(text.as_bytes())? {
        Facts::Database { packages, .. } => Ok(lines(&packages)),
        other => panic!("{other:?}"),
    };
    let line = "openssl-libs\t1.1.1k-17.cm2\t1653816591\t1653753130\tMicrosoft Corporation\t(none)\t580\tx86_64\t0\topenssl-1.1.1k-17.cm2.src.rpm\n";
    let epoch = "perl\t5.34.1-489.cm2\t1\t1\t(none)\t(none)\t0\tx86_64\t4\t(none)\n";
    assert_eq!(
        read(&[line, "\n", epoch].concat()).unwrap(),
        [
            "openssl-libs 1.1.1k-17.cm2 x86_64 [openssl 1.1.1k-17.cm2] Microsoft Corporation -",
            "perl 4:5.34.1-489.cm2 x86_64 [] - -",
        ]
    );
    assert_eq!(read("").unwrap(), [""; 0]);
    for bad in ["bash\n", "a\tb\tc\n", "\t1-2\t1\t1\t\t\t0\tx86_64\t0\tx\n", &line.replace('\n', "\tmore\n")] {
        assert_eq!(read(bad), Err("it has a line without the ten columns of a package"), "{bad}");
    }
}

#[test]
fn loops_and_second_links_are_told() {
    let big = header(&[Tag::text(1000, "big"), Tag::text(1001, "1"), Tag::text(1005, &"x".repeat(5000))]);
    // The overflow chain of the first package goes on with itself: at the beginning of a page of SQLite's, behind
    // sixteen bytes of one of Berkeley DB's.
    for (build, is_overflow, at, big_endian) in
        [(sqlite_of as Build, None, 0, true), (berkeley as Build, Some(7), 16, false)]
    {
        let mut database = build(std::slice::from_ref(&big));
        let pages = database.len() / 512;
        let page = (3..pages).find(|page| is_overflow.is_none_or(|kind| database[page * 512 + 25] == kind)).unwrap();
        let number = page as u32 + u32::from(is_overflow.is_none());
        let number = if big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
        database[page * 512 + at..page * 512 + at + 4].copy_from_slice(&number);
        assert_eq!(list(&database), Err("it has a page that is linked to twice"));
    }
}

#[test]
fn what_is_no_database_is_told() {
    for bad in [&b"hello"[..], &[0; 4096], b"SQLite format 3", b"RpmP"] {
        assert!(list(bad).is_err(), "{bad:?}");
    }
    for database in real() {
        for end in [16, 100, 512, 4096, 9000, database.len() - 1] {
            assert!(list(&database[..end]).is_err(), "{end}");
        }
    }
    assert_eq!(list(&build::sqlite_without_packages()), Err("it is a SQLite database without a table of packages"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damage_never_panics(form in 0..7_usize, damage in prop::collection::vec((any::<u32>(), any::<u8>()), 1..20)) {
        let blobs: Vec<_> = (0..20)
            .map(|number| {
                let filler = "x".repeat(number * 131);
                header(&[Tag::text(1000, "a"), Tag::text(1001, "1"), Tag::text(1005, &filler)])
            })
            .collect();
        let mut database =
            FORMS.get(form).map_or_else(|| real()[form - FORMS.len()].clone(), |build| build(&blobs));
        for (at, byte) in damage {
            let at = at as usize % database.len();
            database[at] = byte;
        }
        if let Ok(packages) = list(&database) {
            prop_assert!(packages.len() < 100);
        }
    }

    #[test]
    fn damage_to_logs_never_panics(damage in prop::collection::vec((any::<u32>(), any::<u8>()), 0..20)) {
        let log = include_bytes!("../../../tests/data/rpm/rpmdb.sqlite-wal.zst");
        let mut log = zstd::decode_all(&log[..]).unwrap();
        let (size, pages) = wal::pages(&log).unwrap();
        let starts: Vec<_> = pages.iter().map(|(&number, page)| (number, page.as_ptr().addr() - log.as_ptr().addr())).collect();
        for (at, byte) in damage {
            let (_, start) = starts[at as usize % starts.len()];
            log[start + (at >> 8) as usize % size] = byte;
        }
        let pages = starts.into_iter().map(|(number, start)| (number, &log[start..start + size])).collect();
        let log = sqlite::read_log(pages, size);
        let Ok(Facts::Table(database)) = parse(b"", &real()[0]) else { panic!("a table") };
        if let Ok((packages, _)) = database.changed_by(&log) {
            prop_assert!(packages.len() < 20);
        }
    }

    #[test]
    fn any_bytes_are_no_database(bytes in prop::collection::vec(any::<u8>(), 1..2000), form in 0..4_usize) {
        let berkeley = [&[0; 12][..], &0x0006_1561_u32.to_le_bytes()].concat();
        let magic: &[u8] = [&b"SQLite format 3\0"[..], b"RpmP\0\0\0\0", &berkeley, b""][form];
        prop_assert!(list(&[magic, &bytes].concat()).is_err());
    }
}
