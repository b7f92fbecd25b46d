use super::{CATALOGER, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn descriptions_of_unpacked_snaps() {
    check_files(&CATALOGER, &["snap/core22/current/meta/snap.yaml", "meta/snap.yaml"], &["snap.yaml"]);
    let check = |text: &str, expect: Result<&str, &str>| {
        check_packages(parse::parse(text.as_bytes()), expect);
    };
    check("name: core22\nversion: '20230801'\nsummary: a\napps:\n  name: x\n", Ok("snap core22 20230801"));
    check("name: a\n", Ok("snap a "));
    check("apps:\n  name: x\n", Err("it names no snap"));
    check("", Err("it names no snap"));
}
