use super::CATALOGER;
use super::parse;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[track_caller]
fn check(text: &str, expect: Result<&str, &str>) {
    check_packages(parse::parse(text.as_bytes()), expect);
}

#[test]
fn databases_of_packages() {
    check_files(
        &CATALOGER,
        &[
            "opt/ghc/9.4.7/lib/ghc-9.4.7/lib/package.conf.d/text-2.0.2.conf",
            "root/.cabal/store/ghc-9.4.7/package.db/aeson-2.1.conf",
        ],
        &["etc/a.conf", "opt/ghc/lib/package.conf.d/package.cache"],
    );
}

#[test]
fn names_and_versions() {
    check(
        "name:                 text\nversion:              2.0.2\nid:  text-2.0.2\nexposed-modules:\n    Data.Text\n    name: x\n",
        Ok("hackage text 2.0.2"),
    );
    check(
        "name: z-attoparsec-z-internal\npackage-name: attoparsec\nlib-name: internal\nversion: 0.14.4\n",
        Ok("hackage attoparsec 0.14.4"),
    );
    check("name: a\n", Ok("hackage a "));
    check("", Err("it names no package"));
}
