use super::CATALOGER;
use super::parse;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[track_caller]
fn check(path: &str, expect: Result<&str, &str>) {
    check_packages(parse::parse(path.as_bytes()), expect);
}

#[test]
fn packages_of_switches() {
    check_files(
        &CATALOGER,
        &["home/opam/.opam/4.14/.opam-switch/packages/dune.3.6.1/opam"],
        &["home/opam/.opam/repo/default/packages/dune/dune.3.6.1/opam", "app/opam"],
    );
}

#[test]
fn names_and_versions() {
    check("a/.opam-switch/packages/dune.3.6.1/opam", Ok("opam dune 3.6.1"));
    check("a/.opam-switch/packages/conf-gmp.4/opam", Ok("opam conf-gmp 4"));
    check("a/.opam-switch/packages/cohttp.5.0.0~beta/opam", Ok("opam cohttp 5.0.0~beta"));
    check("a/.opam-switch/packages/x/opam", Err("its directory is not named after a package and its version"));
    check("opam", Err("its directory is not named after a package and its version"));
}
