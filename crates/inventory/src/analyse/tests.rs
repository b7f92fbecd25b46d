use plimsoll_testkit::layer::{Compression, LayerBuilder};

use super::*;
use crate::merge;

const STATUS: &str = "Package: a\nStatus: install ok installed\nVersion: 1\n";
const LODASH: &str = r#"{"name":"lodash","version":"4.17.4"}"#;

/// The packages and what could not be read, a line each.
fn list(inventory: &LayerInventory) -> Vec<String> {
    let stored = inventory.to_bytes().unwrap();
    let kept = LayerInventory { wanted: None, ..inventory.clone() };
    assert_eq!(LayerInventory::from_bytes(&stored).unwrap(), kept, "it stores and loads");
    let image = merge(std::slice::from_ref(inventory));
    let packages = image.packages.iter();
    let packages = packages.map(|found| format!("{} {} at {}", found.package.name, found.package.version, found.path));
    let unreadable = image.unreadable.iter();
    let unreadable = unreadable.map(|file| format!("{}: {}", file.path.as_deref().unwrap_or("layer"), file.reason));
    packages.chain(unreadable).collect()
}

#[track_caller]
fn check(layer: LayerBuilder, expect: &[&str]) {
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let built = layer.build(compression).unwrap();
        assert_eq!(list(&analyse(&*built.blob, &Budget::default())), expect);
    }
}

/// Checks what one reading tells, then what a second one adds.
#[track_caller]
fn check_twice(layer: LayerBuilder, first: &[&str], second: &[&str]) {
    check(layer.clone(), first);
    let tar = layer.tar();
    assert_eq!(list(&analyse_seekable(|| Ok(&*tar), &Budget::default())), second);
}

fn layer() -> LayerBuilder {
    LayerBuilder::new()
}

#[test]
fn records_of_every_ecosystem() {
    check(
        layer()
            .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
            .file("var/lib/dpkg/status", STATUS)
            .file("var/lib/dpkg/status.d/b", "Package: b\nVersion: 2\n")
            .file("lib/apk/db/installed", "P:musl\nV:1.2\n\n")
            .file("usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA", "Name: six\nVersion: 1.16.0\n\n")
            .file("app/node_modules/lodash/package.json", LODASH)
            .file("app/package.json", LODASH)
            .executable("usr/bin/true", vec![0; 100_000]),
        &[
            "a 1 at var/lib/dpkg/status",
            "b 2 at var/lib/dpkg/status.d/b",
            "musl 1.2 at lib/apk/db/installed",
            "six 1.16.0 at usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA",
            "lodash 4.17.4 at app/node_modules/lodash/package.json",
        ],
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    check(
        layer()
            .file("app/node_modules/a/package.json", "{")
            .file("var/lib/dpkg/status", "Version: 1\n")
            .file("../escape", "x"),
        &[
            "../escape: the entry leads outside the image",
            "app/node_modules/a/package.json: it is not a JSON object",
            "var/lib/dpkg/status: it has a paragraph without a package name",
        ],
    );
    let tar = layer().file("var/lib/dpkg/status", STATUS).tar();
    let budget = Budget { captured_file: 10, ..Budget::default() };
    let expect = ["var/lib/dpkg/status: it is larger than the analysis budget allows"];
    assert_eq!(list(&analyse(&*tar, &budget)), expect);
    assert_eq!(list(&analyse(&b"PK, a zip"[..], &Budget::default())), ["layer: the layer is not a tar archive"]);
}

#[test]
fn a_broken_layer_keeps_what_was_read_and_says_so() {
    let tar = layer().file("var/lib/dpkg/status", STATUS).file("large", vec![1; 5000]).tar();
    let inventory = analyse(&tar[..3000], &Budget::default());
    assert_eq!(list(&inventory), ["a 1 at var/lib/dpkg/status", "layer: the layer is cut short"]);
    assert_eq!(inventory.failure(), Some("the layer is cut short"));
    assert!(!inventory.reader_failed());
}

#[test]
fn a_failing_reader_is_told_from_a_broken_layer() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let inventory = analyse(Failing, &Budget::default());
    assert_eq!(inventory.failure(), Some("the layer's bytes could not be read: the disk is gone"));
    assert!(inventory.reader_failed());
    let unopened = analyse_seekable(|| Err::<Failing, _>(io::Error::other("no such blob")), &Budget::default());
    assert!(unopened.reader_failed());
    assert!(LayerInventory::unreadable("not here").failure().is_some());
}

#[test]
fn budgets_make_the_layer_unreadable() {
    fn check(tar: &[u8], budget: &Budget, expect: &str) {
        let inventory = analyse(tar, budget);
        let failure = inventory.failure().unwrap_or("none");
        assert_eq!(failure, format!("the layer goes over the analysis budget: {expect}"));
    }
    let many = (0..50).fold(layer(), |layer, number| layer.file(&format!("{number}"), ""));
    check(&many.tar(), &Budget { entries: 40, ..Budget::default() }, "it holds more than 40 entries");
    let deep = (0..9).fold(layer(), |layer, number| layer.file(&format!("{number}/b/c/d/e/f"), ""));
    check(&deep.tar(), &Budget { entries: 40, ..Budget::default() }, "it holds more than 40 entries");
    let records =
        (0..9).fold(layer(), |layer, number| layer.file(&format!("node_modules/{number}/package.json"), LODASH));
    let budget = Budget { retained_bytes: 500, ..Budget::default() };
    check(&records.tar(), &budget, "its package records take more than 500 bytes");
}

#[test]
fn many_bad_entries_do_not_flood_the_inventory() {
    let bad = (0..500).fold(layer(), |layer, number| layer.file(&format!("../{number}"), ""));
    let inventory = analyse(&*bad.tar(), &Budget::default());
    assert_eq!(inventory.problems.len(), MAX_PROBLEMS + 1);
}

#[test]
fn later_entries_replace_earlier_ones() {
    let status = "var/lib/dpkg/status";
    let lodash = "app/node_modules/lodash/package.json";
    check(layer().file(status, "Package: old\n").file(status, STATUS), &["a 1 at var/lib/dpkg/status"]);
    check(layer().file(status, STATUS).directory(status), &[]);
    check(layer().file(status, STATUS).file("var/lib/dpkg/status/x", ""), &[]);
    check(layer().file("var/lib/dpkg/status/x", "").file(status, STATUS).file("var/lib/dpkg/status/y", ""), &[]);
    check(layer().file(lodash, LODASH).file("app", ""), &[]);
    check(layer().file(lodash, LODASH).symlink("app/node_modules", "x"), &[]);
    check(
        layer().file(lodash, LODASH).file("app/node_modules-x", ""),
        &["lodash 4.17.4 at app/node_modules/lodash/package.json"],
    );
    check(layer().file(lodash, LODASH).whiteout("app"), &["lodash 4.17.4 at app/node_modules/lodash/package.json"]);
    check(layer().file(status, STATUS).fifo(status), &[]);
}

#[test]
fn symbolic_links_to_records_say_nothing_new() {
    let release = "ID=debian\nVERSION_ID=12\n";
    let layer = layer().symlink("etc/os-release", "../usr/lib/os-release").file("usr/lib/os-release", release);
    check(layer.clone(), &[]);
    let inventory = analyse(&*layer.tar(), &Budget::default());
    assert_eq!(inventory.wants_another_reading(), None);
    assert_eq!(merge(&[inventory]).distribution.unwrap().id, "debian");
}

#[test]
fn links_to_other_files_take_a_second_reading() {
    let status = "var/lib/dpkg/status";
    let not_read = ["var/lib/dpkg/status: it is a link to srv/db, which was not read as a record"];
    let read = ["a 1 at var/lib/dpkg/status"];
    check_twice(layer().file("srv/db", STATUS).hard_link(status, "srv/db"), &not_read, &read);
    check_twice(layer().file("srv/db", STATUS).symlink(status, "/srv/db"), &not_read, &read);
    check_twice(layer().symlink(status, "../../../srv/db").file("srv/db", STATUS), &not_read, &read);
    let damaged = layer().file("srv/db", "Version: 1\n").symlink(status, "/srv/db");
    check_twice(damaged, &not_read, &["var/lib/dpkg/status: it has a paragraph without a package name"]);
    let relinked = layer().file("srv/db", STATUS).hard_link(status, "srv/db").file("srv/db", "Package: new\n");
    check_twice(relinked, &not_read, &read);
}

#[test]
fn hard_links_between_records_are_followed_at_once() {
    let one = "a/node_modules/lodash/package.json";
    let two = "b/node_modules/lodash/package.json";
    check(
        layer().file(one, LODASH).hard_link(two, one),
        &["lodash 4.17.4 at a/node_modules/lodash/package.json", "lodash 4.17.4 at b/node_modules/lodash/package.json"],
    );
    // A record of another kind says nothing about this path.
    check_twice(
        layer().file(one, LODASH).hard_link("var/lib/dpkg/status", one),
        &[
            "lodash 4.17.4 at a/node_modules/lodash/package.json",
            "var/lib/dpkg/status: it is a link to a/node_modules/lodash/package.json, which was not read as a record",
        ],
        &[
            "lodash 4.17.4 at a/node_modules/lodash/package.json",
            "var/lib/dpkg/status: it has a paragraph without a package name",
        ],
    );
}

#[test]
fn links_to_nothing_are_nothing() {
    check(layer().symlink("etc/os-release", "../usr/lib/os-release"), &[]);
    check(layer().symlink("var/lib/dpkg/status", "status"), &[]);
    check(
        layer().symlink("var/lib/dpkg/status", "../../../../x"),
        &["var/lib/dpkg/status: the path leads outside the image"],
    );
    // Behind another link there may be something.
    check(
        layer().symlink("srv", "data").symlink("var/lib/dpkg/status", "/srv/db"),
        &["var/lib/dpkg/status: it is a link to srv/db, which was not read as a record"],
    );
}

#[test]
fn a_directory_is_analysed_without_a_tar() {
    let budget = Budget::default();
    let mut analyser = LayerAnalyser::new(&budget);
    assert!(analyser.wants(b"var/lib/dpkg/status") && analyser.wants(b"bin/sh") && !analyser.wants(b"a.txt"));
    analyser.directory(b"var").unwrap();
    analyser.file(b"var/lib/dpkg/status", STATUS.len() as u64, &mut STATUS.as_bytes()).unwrap();
    analyser.unreadable(b"root", "permission denied");
    let inventory = analyser.finish(None);
    assert_eq!(list(&inventory), ["a 1 at var/lib/dpkg/status", "root: permission denied"]);
}

#[test]
fn stored_inventories_of_other_versions_are_refused() {
    let mut stored = LayerInventory::default().to_bytes().unwrap();
    assert!(stored.len() < 16, "an empty layer takes next to nothing");
    stored[0] ^= 1;
    assert!(matches!(LayerInventory::from_bytes(&stored), Err(crate::InventoryError::Version(_))));
    let good = analyse(&*layer().file("var/lib/dpkg/status", STATUS).tar(), &Budget::default()).to_bytes().unwrap();
    for end in 0..good.len() {
        assert!(LayerInventory::from_bytes(&good[..end]).is_err(), "cut at {end}");
    }
}
