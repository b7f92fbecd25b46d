use super::parse::parse;
use super::{CATALOGER, EGG, ORIGIN, egg, origin};
use crate::ecosystems::zip::writer::{DEFLATED, How, STORED, ZipWriter};
use crate::ecosystems::{Facts, check_files};
use crate::{LayerAnalyser, merge};

#[test]
fn metadata_of_installed_distributions() {
    check_files(
        &CATALOGER,
        &[
            "usr/lib/python3/dist-packages/Flask-0.12.dist-info/METADATA",
            "usr/lib/python3/dist-packages/six-1.16.0.egg-info",
            "usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO",
            "opt/x/foo-1.0-py3.9.egg/EGG-INFO/PKG-INFO",
            "a.egg-info/METADATA",
        ],
        &["METADATA", "src/PKG-INFO", "a.dist-info/RECORD", "a.dist-info/x/METADATA", "a.egg-info/x/METADATA"],
    );
}

#[test]
fn names_and_versions() {
    fn check(metadata: &str, expect: Option<(&str, &str)>) {
        let found = match parse(b"", metadata.as_bytes()) {
            Ok(Facts::Packages(packages)) => Some((packages[0].name.clone(), packages[0].version.clone())),
            other => {
                assert_eq!(other, Err("it names no package"));
                None
            }
        };
        assert_eq!(found, expect.map(|(name, version)| (name.into(), version.into())), "{metadata}");
    }
    check("Metadata-Version: 2.0\nName: Flask\nVersion: 0.12\nSummary: x\n\nName: not this\n", Some(("Flask", "0.12")));
    check("name: zope.interface\r\nversion: 5.4.0\r\n\r\nText\r\n", Some(("zope.interface", "5.4.0")));
    check("Name: a\nName: b\nVersion: 1\nVersion: 2\n", Some(("a", "1")));
    check("\u{feff}Name: a\nVersion: 1\n", Some(("a", "1")));
    check("Name: a\n", Some(("a", "")));
    check("Version: 1\n\nName: a\n", None);
    check("", None);
}

#[test]
fn lock_files() {
    check_files(
        &super::LOCKFILE,
        &["app/Pipfile.lock", "poetry.lock", "uv.lock", "requirements.txt"],
        &["requirements.in"],
    );
}

#[test]
fn eggs() {
    fn check(egg: &[u8], expect: Result<Option<(&str, &str)>, &str>) {
        let found = egg::parse(b"a.egg", egg).map(|facts| match facts {
            Facts::Packages(packages) => Some((packages[0].name.clone(), packages[0].version.clone())),
            other => {
                assert_eq!(other, Facts::Nothing);
                None
            }
        });
        assert_eq!(found, expect.map(|found| found.map(|(name, version)| (name.into(), version.into()))));
    }
    let files = ["usr/lib/python3/dist-packages/six-1.16.0-py3.egg", "a.egg"];
    check_files(&EGG, &files, &["a.egg/EGG-INFO/PKG-INFO", "a.egg-info"]);
    let metadata = "Metadata-Version: 1.2\nName: six\nVersion: 1.16.0\n";
    let egg = |name: &str, how: How| ZipWriter::default().add("six.py", "", DEFLATED).add(name, metadata, how).build();
    let good = egg("EGG-INFO/PKG-INFO", DEFLATED);
    check(&good, Ok(Some(("six", "1.16.0"))));
    check(&egg("x/EGG-INFO/PKG-INFO", DEFLATED), Ok(None));
    check(b"not an archive", Ok(None));
    check(&good[..good.len() - 1], Err("it is no complete zip archive"));
    check(&egg("EGG-INFO/PKG-INFO", How { flags: 1, ..STORED }), Err("it is encrypted"));
}

#[test]
fn origins() {
    fn check(json: &str, expect: &str) {
        let expect = if expect.is_empty() { Facts::Nothing } else { Facts::Origin(expect.into()) };
        assert_eq!(origin::parse(json.as_bytes()), expect, "{json}");
    }
    check_files(&ORIGIN, &["opt/lib/a-1.dist-info/direct_url.json"], &["opt/direct_url.json"]);
    check(
        r#"{"url": "https://me:secret@example.com/a.git", "vcs_info": {"vcs": "git", "commit_id": "52290218"}}"#,
        "git+https://example.com/a.git@52290218",
    );
    check(r#"{"dir_info": {"editable": true}, "url": "file:///srv/app"}"#, "file:///srv/app");
    check(r#"{"archive_info": {}, "url": "https://example.com/a@b.whl"}"#, "https://example.com/a@b.whl");
    check(r#"{"url": 1}"#, "");
    check(r#"{"url": "a"#, "");
    check(&format!(r#"{{"url": "file:///{}"}}"#, "a".repeat(2_000)), "");
}

#[test]
fn the_origin_of_a_distribution() {
    let budget = plimsoll_image::Budget::default();
    let mut analyser = LayerAnalyser::new(&budget);
    for (path, content) in [
        ("lib/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n"),
        ("lib/a-1.dist-info/direct_url.json", r#"{"url": "file:///srv/a"}"#),
        ("lib/b-1.dist-info/METADATA", "Name: b\nVersion: 1\n"),
    ] {
        analyser.file(path.as_bytes(), content.len() as u64, &mut content.as_bytes()).unwrap();
    }
    let found = merge(&[analyser.finish(None)]);
    let vendors: Vec<_> = found.packages.iter().map(|found| found.package.vendor.as_deref()).collect();
    assert_eq!(vendors, [Some("file:///srv/a"), None]);
}
