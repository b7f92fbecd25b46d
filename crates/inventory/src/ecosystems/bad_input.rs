//! Files that were made to do harm, or were damaged: each in a layer, beside a good one that is read all the same.

use plimsoll_image::Budget;
use plimsoll_testkit::layer::LayerBuilder;

use super::zip::writer::{DEFLATED, STORED, ZipWriter};
use super::{MAX_FIELD, MAX_PACKAGES};
use crate::{analyse, merge};

const GOOD: &str = "good/node_modules/good/package.json";

/// What is found in a layer with one bad file: the packages, then what could not be read, with why.
fn found(path: &str, bytes: &[u8]) -> Vec<String> {
    let layer = LayerBuilder::new().file(path, bytes).file(GOOD, r#"{"name":"good","version":"1"}"#);
    let image = merge(&[analyse(&*layer.tar(), &Budget::default())]);
    let unreadable = image.unreadable.iter();
    let unreadable = unreadable.map(|file| format!("{}: {}", file.path.as_deref().unwrap_or("layer"), file.reason));
    let packages = image.packages.iter();
    packages.map(|found| format!("{} {}", found.package.name, found.package.version)).chain(unreadable).collect()
}

/// Checks that nothing is taken from a bad file, and why.
#[track_caller]
fn refused(path: &str, bytes: impl AsRef<[u8]>, reason: &str) {
    assert_eq!(found(path, bytes.as_ref()), ["good 1".to_owned(), format!("{path}: {reason}")]);
}

/// A database of rpm's with five packages, as rpm wrote it.
fn database(name: &str) -> Vec<u8> {
    let compressed: &[u8] = match name {
        "rpmdb.sqlite" => include_bytes!("../../tests/data/rpm/rpmdb.sqlite.zst"),
        "Packages.db" => include_bytes!("../../tests/data/rpm/Packages.db.zst"),
        _ => include_bytes!("../../tests/data/rpm/Packages.zst"),
    };
    zstd::decode_all(compressed).unwrap()
}

#[test]
fn what_is_cut() {
    refused("a/node_modules/b/package.json", r#"{"name":"a","version":"1","#, "it is not a JSON object");
    refused("srv/app.deps.json", r#"{"targets":{"#, "it is not valid JSON");
    let jar = ZipWriter::default().add("a/A.class", "class", DEFLATED).build();
    refused("a.jar", &jar[..jar.len() - 30], "it is no complete zip archive");
    let wall = zstd::encode_all(&br#"{"kind":"package","name":"a","version":"1"}"#.repeat(1_000)[..], 3).unwrap();
    refused("var/lib/chisel/manifest.wall", &wall[..wall.len() / 2], "it is not compressed with zstd, or damaged");
    for (name, reason) in [
        ("rpmdb.sqlite", "it is a SQLite database with pages missing"),
        ("Packages.db", "it is an NDB database with blocks missing"),
        ("Packages", "it is a Berkeley DB database with pages missing"),
    ] {
        let whole = database(name);
        refused(&format!("var/lib/rpm/{name}"), &whole[..whole.len() - 512], reason);
    }
}

#[test]
fn absurd_lengths_and_counts() {
    let long = "a".repeat(MAX_FIELD + 1);
    let too_long = "it has a name or a version longer than 1024 bytes";
    refused("var/lib/dpkg/status", format!("Package: {long}\n"), too_long);
    refused("lib/apk/db/installed", format!("P:a\nV:{long}\n"), too_long);
    refused("a/node_modules/b/package.json", format!(r#"{{"name":"{long}","version":"1"}}"#), too_long);
    let too_many = "it lists more packages than any system has";
    refused("var/lib/dpkg/status", "Package: a\n\n".repeat(MAX_PACKAGES + 1), too_many);
    refused("lib/apk/db/installed", "P:a\n\n".repeat(MAX_PACKAGES + 1), too_many);
    let line = "a\t1-1\t\t\t\t\t\t\t\t(none)\n";
    refused("var/lib/rpmmanifest/container-manifest-2", line.repeat(MAX_PACKAGES + 1), too_many);
    let values = "it has more values than any record has";
    refused("srv/app.deps.json", format!("{{\"x\":[{}0]}}", "0,".repeat(4_000_000)), values);
}

#[test]
fn deep_nesting() {
    let reason = "it is not valid JSON";
    for open in ["[", "{\"a\":"] {
        refused("srv/app.deps.json", format!("{{\"a\":{}", open.repeat(1_000_000)), reason);
        refused("opt/bitnami/.bitnami_components.json", format!("{{\"a\":{}", open.repeat(1_000_000)), reason);
    }
    let jar = (0..20).fold(b"x".to_vec(), |inner, _| ZipWriter::default().add("i.jar", inner, DEFLATED).build());
    let within = ["i.jar"; 9].join("/");
    refused("a.war", jar, &format!("{within}: archives lie in each other more than 8 deep"));
}

#[test]
fn bytes_that_are_no_text() {
    refused("srv/app.deps.json", b"{\"targets\":{\"\xff\":{}}}", "it is not valid JSON");
    // Records that are no JSON have no encoding of their own.
    assert_eq!(found("var/lib/dpkg/status", b"Package: \xff\nVersion: 1\n"), ["\u{fffd} 1", "good 1"]);
}

#[test]
fn fields_that_are_there_twice() {
    assert_eq!(found("var/lib/dpkg/status", b"Package: a\nVersion: 1\nPackage: b\n"), ["b 1", "good 1"]);
    assert_eq!(found("lib/apk/db/installed", b"P:a\nV:1\nP:b\n"), ["b 1", "good 1"]);
    let conda = "opt/conda/conda-meta/a-1-0.json";
    refused(conda, r#"{"name":"a","version":"1","name":"b"}"#, "its JSON is not of the form it should have");
}

#[test]
fn bombs() {
    let inflates = "a.jar: it inflates to more than 200 times its compressed size";
    refused("x.jar", ZipWriter::default().add("a.jar", vec![0; 64 << 20], DEFLATED).build(), inflates);
    let wall = zstd::encode_all(&vec![b'\n'; 65 << 20][..], 3).unwrap();
    refused("var/lib/chisel/manifest.wall", wall, "it is larger than 64 MiB when unpacked");
    let entity = |n: u8| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10));
    let entities = (1..20).map(entity).collect::<Vec<_>>().concat();
    let pom = format!(
        "<!DOCTYPE project [<!ENTITY e0 \"1\">{entities}]><project><version>&e19;</version><groupId>g</groupId></project>"
    );
    let jar = ZipWriter::default().add("META-INF/maven/g/a/pom.xml", pom, STORED).build();
    assert_eq!(found("a.jar", &jar), ["good 1", "g:a "]);
    let alias = |n: u8| format!("x{n}: &a{n} [{}]\n", format!("*a{}, ", n - 1).repeat(10));
    let aliases = (1..20).map(alias).collect::<Vec<_>>().concat();
    let lock = format!("x0: &a0 [lol]\n{aliases}packages:\n  /a@1.0.0:\n    x: *a19\n");
    assert_eq!(found("srv/pnpm-lock.yaml", lock.as_bytes()), ["a 1.0.0", "good 1"]);
}

#[test]
fn programs_with_wrong_offsets() {
    let program = |at: usize, value: &[u8]| {
        let mut header = [b"\x7fELF\x02\x01\x01".to_vec(), vec![0; 57]].concat();
        // A program, of one segment behind the header.
        for (at, value) in [(16, 2), (18, 62), (32, 64), (52, 64), (54, 56), (56, 1), (58, 64)] {
            header[at] = value;
        }
        header.extend([0; 56]);
        header[at..at + value.len()].copy_from_slice(value);
        header
    };
    let beyond = "it is cut off, or longer than what is read of a program";
    refused("usr/bin/a", program(32, &u64::MAX.to_le_bytes()), beyond);
    refused("usr/bin/a", program(56, &u16::MAX.to_le_bytes()), beyond);
    refused("usr/bin/a", program(40, &(1_u64 << 40).to_le_bytes()), beyond);
    let small = "its header says that the entries of a table are smaller than they can be";
    refused("usr/bin/a", program(54, &[1]), small);
    assert_eq!(found("usr/bin/a", &program(0, b"\x7f")), ["good 1"]);
}

/// One of rpm's databases after `damage`.
fn damaged(name: &str, damage: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = database(name);
    damage(&mut bytes);
    bytes
}

#[test]
fn pages_of_databases() {
    const PAGE: usize = 4096;
    let check = |reason: &str, damage: &dyn Fn(&mut Vec<u8>)| {
        refused("var/lib/rpm/rpmdb.sqlite", damaged("rpmdb.sqlite", damage), reason);
    };
    let broken = "it is a damaged SQLite database";
    check(broken, &|bytes| bytes.iter_mut().skip(PAGE).step_by(PAGE).for_each(|kind| *kind = 0x55));
    check(broken, &|bytes| bytes[16..18].copy_from_slice(&[0, 3]));
    let looping = damaged("Packages", |bytes| {
        for (page, number) in bytes.chunks_mut(PAGE).zip(0_u32..).filter(|(page, _)| page[25] == 7) {
            page[16..20].copy_from_slice(&number.to_le_bytes());
        }
    });
    refused("var/lib/rpm/Packages", looping, "it has a page that is linked to twice");
}

#[test]
fn slots_of_databases() {
    let check = |reason: &str, damage: &dyn Fn(&mut [u8], usize, usize)| {
        let bytes = damaged("Packages.db", |bytes| {
            let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
            let slot = (32..).step_by(16).find(|slot| number(slot + 8) != 0).unwrap();
            let block = number(slot + 8) * 16;
            damage(bytes, slot, block);
        });
        refused("var/lib/rpm/Packages.db", bytes, reason);
    };
    let missing = "it is an NDB database with blocks missing";
    check(missing, &|bytes, slot, _| bytes[slot + 8..slot + 12].copy_from_slice(&0x0fff_ffff_u32.to_le_bytes()));
    check(missing, &|bytes, _, _| bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes()));
    let overlap = "it is an NDB database whose packages overlap";
    check(overlap, &|bytes, slot, _| bytes[slot + 12..slot + 16].copy_from_slice(&u32::MAX.to_le_bytes()));
    let broken = "it is a damaged NDB database";
    check(broken, &|bytes, slot, _| bytes[slot + 8] += 1);
    check(broken, &|bytes, slot, _| bytes[slot] = b'X');
    check(broken, &|bytes, _, block| bytes[block + 12..block + 16].fill(0xff));
    check("it has a damaged package header", &|bytes, _, block| bytes[block + 16..block + 20].fill(0xff));
}

#[test]
fn links_in_circles() {
    let status = "var/lib/dpkg/status";
    let circle = LayerBuilder::new()
        .symlink("etc/os-release", "../usr/lib/os-release")
        .symlink("usr/lib/os-release", "../../etc/os-release")
        .symlink(status, "../../../usr/share/dpkg")
        .symlink("usr/share/dpkg", "/var/lib/dpkg/status")
        .symlink("srv/a", "b")
        .symlink("srv/b", "a")
        .hard_link("lib/apk/db/installed", "lib/apk/db/installed")
        .file(GOOD, r#"{"name":"good","version":"1"}"#);
    let image = merge(&[analyse(&*circle.tar(), &Budget::default())]);
    assert_eq!(image.packages.len(), 1);
    assert_eq!(image.distribution, None);
}
