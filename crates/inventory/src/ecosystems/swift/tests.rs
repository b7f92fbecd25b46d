use super::{LOCKFILE, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn pins_of_both_versions() {
    check_files(&LOCKFILE, &["app/Package.resolved"], &["app/Package.swift"]);
    let check = |text: &str, expect: Result<&str, &str>| check_packages(parse::parse(text.as_bytes()), expect);
    check(
        r#"{"pins":[{"identity":"swift-nio","kind":"remoteSourceControl","location":"https://github.com/apple/swift-nio.git","state":{"revision":"x","version":"2.40.0"}},
            {"identity":"b","location":"git@github.com:a/b.git","state":{"version":"1.0.0"}},
            {"identity":"c","location":"https://github.com/a/c","state":{"branch":"main"}}],"version":2}"#,
        Ok("? swift github.com/a/b 1.0.0, ? swift github.com/apple/swift-nio 2.40.0"),
    );
    check(
        r#"{"object":{"pins":[{"package":"a","repositoryURL":"https://github.com/a/a","state":{"branch":null,"version":"1.0.0"}}]},"version":1}"#,
        Ok("? swift github.com/a/a 1.0.0"),
    );
    check("{}", Ok(""));
    check("", Err("it is not a JSON object"));
}
