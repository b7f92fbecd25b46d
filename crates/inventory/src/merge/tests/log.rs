//! A database and its log, each in a layer or both in one. They were written by rpm: in the log, one package is
//! upgraded and one removed.

use super::*;

const DATABASE: &str = "usr/lib/sysimage/rpm/rpmdb.sqlite";
const LOG: &str = "usr/lib/sysimage/rpm/rpmdb.sqlite-wal";

fn database_bytes() -> Vec<u8> {
    zstd::decode_all(&include_bytes!("../../../tests/data/rpm/rpmdb.sqlite.zst")[..]).unwrap()
}

fn log_bytes() -> Vec<u8> {
    zstd::decode_all(&include_bytes!("../../../tests/data/rpm/rpmdb.sqlite-wal.zst")[..]).unwrap()
}

const BEFORE: [&str; 3] =
    ["plimsoll-sample 2:1.2.3-4.el9 layer 0", "sample-many 1.2.3-4.el9 layer 0", "sample-plain 7.0-4.el9 layer 0"];

#[test]
fn a_log_changes_the_database_of_any_layer_below() {
    let (database, log) = (layer().file(DATABASE, database_bytes()), layer().file(LOG, log_bytes()));
    check(&[database.clone(), layer().file(LOG, "")], &BEFORE);
    check(
        &[database.clone(), log.clone()],
        &["plimsoll-sample 2:1.3.0-4.el9 layer 1", "sample-many 1.2.3-4.el9 layer 0"],
    );
    // Without the log, what it had removed is back.
    let again =
        ["plimsoll-sample 2:1.2.3-4.el9 layer 2", "sample-many 1.2.3-4.el9 layer 0", "sample-plain 7.0-4.el9 layer 2"];
    check(&[database.clone(), log.clone(), layer().file(LOG, "")], &again);
    check(&[database.clone(), log.clone(), layer().whiteout(LOG)], &again);
    let both = database.file(LOG, log_bytes());
    check(&[both], &["plimsoll-sample 2:1.3.0-4.el9 layer 0", "sample-many 1.2.3-4.el9 layer 0"]);
}

#[test]
fn a_log_without_its_database_tells_nothing() {
    let reason = format!("{LOG}: it is the log of a database that is not there layer 0");
    check(&[layer().file(LOG, log_bytes())], &[&reason]);
    // Nothing was moved into the database yet: the pages that the log does not have are missing.
    let reason = format!("{DATABASE}: its log has changes that cannot be followed layer 0");
    check(&[layer().file(DATABASE, "").file(LOG, log_bytes())], &[&reason]);
}

#[test]
fn what_of_a_log_is_damaged_does_not_count() {
    let check = |log: &[u8], expect: &[&str]| check(&[layer().file(DATABASE, database_bytes()).file(LOG, log)], expect);
    let log = log_bytes();
    check(
        &log[..log.len() - 1],
        &["plimsoll-sample 2:1.3.0-4.el9 layer 0", "sample-many 1.2.3-4.el9 layer 0", BEFORE[2]],
    );
    check(&log[..31], &BEFORE);
    check(&log[..32], &BEFORE);
    check(b"hello", &BEFORE);
    let mut other = log.clone();
    other[40] ^= 1;
    check(&other, &BEFORE);
    let mut other = log;
    other[24] ^= 1;
    check(&other, &BEFORE);
}

#[test]
fn files_belong_to_the_packages_of_both() {
    let metadata = "usr/lib/python3.11/site-packages/sample-1.0.dist-info/METADATA";
    let python = layer().file(metadata, "Name: sample\nVersion: 1.0\n");
    let owner = |layers: &[LayerBuilder]| {
        let layers: Vec<_> = layers.iter().map(|layer| analyse(&*layer.tar(), &Budget::default())).collect();
        let packages = merge(&layers).packages;
        packages.into_iter().find(|found| found.path == metadata).unwrap().owner
    };
    let database = layer().file(DATABASE, database_bytes());
    let expect = Some("plimsoll-sample".to_owned());
    assert_eq!(owner(&[database.clone(), python.clone()]), expect);
    assert_eq!(owner(&[database, python, layer().file(LOG, log_bytes())]), expect);
}
