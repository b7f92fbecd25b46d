use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::{Facts, Owned, check_files};
use crate::{Package, PackageKind};

#[test]
fn the_manifest() {
    check_files(&CATALOGER, &["var/lib/chisel/manifest.wall"], &["manifest.wall", "srv/var/lib/chisel/manifest.wall"]);
}

fn read(text: &str) -> Result<Facts, &'static str> {
    parse(&zstd::encode_all(text.as_bytes(), 1).unwrap())
}

#[test]
fn packages_and_what_belongs_to_them() {
    let manifest = r#"{"jsonwall":"1.0","schema":"1.0","count":7}
{"kind":"content","slice":"libc6_libs","path":"/lib/x86_64-linux-gnu/libc.so.6"}
{"kind":"content","slice":"python3.12-minimal_bins","path":"/usr/bin/python3.12"}
{"kind":"package","name":"libc6","version":"2.39-0ubuntu8.3","sha256":"70c2","arch":"amd64"}
{"kind":"package","name":"python3.12-minimal","version":"3.12.3-1ubuntu0.5"}
{"kind":"path","path":"/usr/bin/python3.12","mode":"0755","slices":["python3.12-minimal_bins"],"size":8020928}
{"kind":"slice","name":"libc6_libs"}

"#;
    let package = |name: &str, version: &str| Package::new(PackageKind::Deb, name, version);
    let libc = Package { architecture: Some("amd64".into()), ..package("libc6", "2.39-0ubuntu8.3") };
    assert_eq!(
        read(manifest),
        Ok(Facts::Database {
            packages: vec![libc, package("python3.12-minimal", "3.12.3-1ubuntu0.5")],
            owned: vec![
                Owned::new("libc6", [&b"lib/x86_64-linux-gnu/libc.so.6"[..]]).unwrap(),
                Owned::new("python3.12-minimal", [&b"usr/bin/python3.12"[..]]).unwrap(),
            ],
        })
    );
    assert_eq!(read(""), Ok(Facts::Database { packages: vec![], owned: vec![] }));
}

#[test]
fn damage_is_refused() {
    let line = "it has a line that is not a JSON object";
    assert_eq!(read("hello"), Err(line));
    assert_eq!(read("[1]\n"), Err(line));
    assert_eq!(read("{\"kind\":1}\n"), Err(line));
    let bare = "it has a package without a name or a version";
    assert_eq!(read("{\"kind\":\"package\",\"name\":\"a\"}\n"), Err(bare));
    assert_eq!(read("{\"kind\":\"package\",\"version\":\"1\"}\n"), Err(bare));
    let packed = "it is not compressed with zstd, or damaged";
    assert_eq!(parse(b"{\"kind\":\"package\"}"), Err(packed));
    let whole = zstd::encode_all(&b"{\"kind\":\"slice\",\"name\":\"libc6_libs\"}\n"[..], 1).unwrap();
    assert_eq!(parse(&whole[..whole.len() - 4]), Err(packed));
    let bomb = zstd::encode_all(std::io::Read::take(std::io::repeat(b'\n'), (64 << 20) + 1), 1).unwrap();
    assert_eq!(parse(&bomb), Err("it is larger than 64 MiB when unpacked"));
}
