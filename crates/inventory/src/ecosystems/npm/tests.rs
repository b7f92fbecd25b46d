use super::parse::parse;
use super::{ARCHIVES, CATALOGER, archive};
use crate::ecosystems::listing::check_packages;
use crate::ecosystems::{Facts, check_files};

#[test]
fn packages_directly_under_node_modules() {
    check_files(
        &CATALOGER,
        &[
            "app/node_modules/lodash/package.json",
            "node_modules/lodash/package.json",
            "app/node_modules/@babel/core/package.json",
            "app/node_modules/a/node_modules/b/package.json",
            "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
            "app/.yarn/unplugged/a-npm-1.0.0-0123456789/node_modules/a/package.json",
            "opt/yarn-v1.22.22/package.json",
            "usr/share/nodejs/lodash/package.json",
            "usr/share/nodejs/@types/node/package.json",
            "usr/lib/x86_64-linux-gnu/nodejs/sqlite3/package.json",
        ],
        &[
            "app/package.json",
            "package.json",
            "node_modules/package.json",
            "app/node_modules/resolve/test/fixture/package.json",
            "app/node_modules/a/b/package.json",
            "app/not_node_modules/a/package.json",
            "app/@babel/core/package.json",
        ],
    );
}

#[test]
fn names_and_versions() {
    fn check(json: &str, expect: Result<Option<(&str, &str)>, &str>) {
        let found = parse(b"", json.as_bytes()).map(|facts| match facts {
            Facts::Packages(packages) => Some((packages[0].name.clone(), packages[0].version.clone())),
            other => {
                assert_eq!(other, Facts::Nothing);
                None
            }
        });
        let expect = expect.map(|found| found.map(|(name, version)| (name.to_owned(), version.to_owned())));
        assert_eq!(found, expect, "{json}");
    }
    check(r#"{"name":"lodash","version":"4.17.4","license":{"type":["MIT"]}}"#, Ok(Some(("lodash", "4.17.4"))));
    check("\u{feff}{\"name\":\"@a/b\",\"version\":\"1.0.0\"}", Ok(Some(("@a/b", "1.0.0"))));
    check(r#"{"name":"a","version":"1","name":"b"}"#, Ok(Some(("b", "1"))));
    check(r#"{"n\u0061me":"a","version":"1"}"#, Ok(Some(("a", "1"))));
    check(r#"{"name":"a"}"#, Ok(None));
    check(r#"{"name":"","version":"1"}"#, Ok(None));
    check(r#"{"name":["a"],"version":{"x":1}}"#, Ok(None));
    check(r#"{"type":"module"}"#, Ok(None));
    check("", Err("it is not a JSON object"));
    check("[]", Err("it is not a JSON object"));
    check(r#"{"name":"a","version":"1"} x"#, Err("it is not a JSON object"));
    check(&format!("{{\"name\":{}1", "[".repeat(100_000)), Err("it is not a JSON object"));
}

#[test]
fn directories_of_no_package() {
    let json = br#"{"name":"a","version":"1"}"#;
    for path in ["app/node_modules/@babel/package.json", "app/node_modules/.cache/package.json"] {
        assert_eq!(parse(path.as_bytes(), json), Ok(Facts::Nothing), "{path}");
    }
}

#[test]
fn archives_of_yarn() {
    fn check(name: &str, entry: &str, expect: Result<&str, &str>) {
        let bytes = [b"PK\x03\x04 ", entry.as_bytes(), b"\x00"].concat();
        check_packages(archive::parse(format!("app/.yarn/cache/{name}").as_bytes(), &bytes), expect);
    }
    check_files(&ARCHIVES, &["app/.yarn/cache/a-npm-1.0.0-0123456789-0.zip"], &["app/cache/a.zip", "app/.yarn/a.zip"]);
    check("lodash-npm-4.17.21-6382451519-eb835a2e51.zip", "node_modules/lodash/x", Ok("npm lodash 4.17.21"));
    check(
        "@babel-core-npm-7.0.0-beta.1-0123456789-8.zip",
        "node_modules/@babel/core/",
        Ok("npm @babel/core 7.0.0-beta.1"),
    );
    check("a-npm-npm-1.0.0-0123456789.zip", "node_modules/a-npm/x", Ok("npm a-npm 1.0.0"));
    check("a-patch-0123456789-0.zip", "node_modules/a/x", Ok(""));
    check("a-npm-1.0.0-0123456789-0.zip", "x", Err("it holds no Node.js package"));
    check("a-npm-1.0.0-0123456789-0.zip", "node_modules/@a/", Err("it holds no Node.js package"));
}

#[test]
fn lock_files() {
    check_files(
        &super::LOCKFILE,
        &["app/package-lock.json", "app/yarn.lock", "pnpm-lock.yaml", "npm-shrinkwrap.json"],
        &["app/node_modules/.package-lock.json"],
    );
}
