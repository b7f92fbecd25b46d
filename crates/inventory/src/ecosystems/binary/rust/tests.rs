use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::super::kept::Kept;
use super::super::object::fixture::{ELF, macho, pe};
use super::*;

fn compressed(json: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(json).unwrap();
    encoder.finish().unwrap()
}

fn inspect_file(file: &[u8]) -> Result<Vec<Package>, &'static str> {
    inspect(&Program::new(b"a", &Kept::whole(file))?)
}

const LIST: &[u8] = br#"{"packages":[
    {"name":"adler","version":"1.0.2","source":"crates.io"},
    {"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},
    {"name":"libz-sys","version":"1.1.12","source":"crates.io","kind":"runtime","dependencies":[0,1],"features":["a"]},
    {"name":"fork","version":"0.1.0","source":"git"},
    {"name":"server","version":"3.1.4","source":"local","dependencies":[0,2,3],"root":true}
],"format":1}"#;

#[test]
fn crates_of_every_format() {
    let section = compressed(LIST);
    let expect = vec![
        Package::new(PackageKind::Cargo, "adler", "1.0.2"),
        Package::new(PackageKind::Cargo, "libz-sys", "1.1.12"),
        Package::new(PackageKind::Generic, "fork", "0.1.0"),
        Package::new(PackageKind::Generic, "server", "3.1.4"),
    ];
    let sections: [(&str, &[u8]); 2] = [(".text", b"code"), (".dep-v0", &section)];
    for file in [ELF.program(&sections), pe(&sections, &[]), macho(&sections)] {
        assert_eq!(inspect_file(&file), Ok(expect.clone()));
    }
    assert_eq!(inspect_file(&ELF.program(&sections[..1])), Ok(vec![]));
}

#[test]
fn damage_is_an_error() {
    fn check(section: &[u8], expect: &'static str) {
        assert_eq!(inspect_file(&ELF.program(&[(".dep-v0", section)])), Err(expect));
    }
    let whole = compressed(LIST);
    for end in 1..whole.len() - 4 {
        check(&whole[..end], DAMAGED);
    }
    check(&compressed(b"[]"), DAMAGED);
    check(&compressed(br#"{"packages":[{"name":1}]}"#), DAMAGED);
    check(&compressed(&vec![b' '; 1 << 20]), TOO_LARGE);
    let deep = ["{\"x\":", &"[".repeat(100_000), &"]".repeat(100_000), ",\"packages\":[]}"].concat();
    assert!(inspect_file(&ELF.program(&[(".dep-v0", &compressed(deep.as_bytes()))])).is_err());
}
