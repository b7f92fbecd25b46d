use super::CATALOGER;
use super::parse;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[track_caller]
fn check(text: &str, expect: Result<&str, &str>) {
    check_packages(parse::parse(text.as_bytes()), expect);
}

#[test]
fn descriptions_in_libraries() {
    check_files(
        &CATALOGER,
        &[
            "usr/lib/R/library/base/DESCRIPTION",
            "usr/local/lib/R/site-library/jsonlite/DESCRIPTION",
            "app/renv/library/R-4.3/x86_64-pc-linux-gnu/renv/library/a/DESCRIPTION",
        ],
        &["app/DESCRIPTION", "usr/lib/R/library/a/b/DESCRIPTION"],
    );
}

#[test]
fn names_and_versions() {
    check(
        "Package: jsonlite\nType: Package\nTitle: A\n  Version: 9\nVersion: 1.8.7\nRepository: CRAN\n\
         Built: R 4.3.1; x86_64-pc-linux-gnu; 2023-08-01 00:00:00 UTC; unix\n",
        Ok("cran jsonlite 1.8.7 [CRAN]"),
    );
    check("Package: base\nVersion: 4.3.1\nPriority: base\nBuilt: R 4.3.1; ; ; unix\n", Ok("cran base 4.3.1"));
    check("Package: mine\nVersion: 0.1\n", Ok(""));
    check("Built: R\n", Ok(""));
    check("", Ok(""));
    check(&format!("Package: {}\n", "a".repeat(1025)), Err("it has a name or a version longer than 1024 bytes"));
}
