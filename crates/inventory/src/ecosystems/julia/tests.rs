use super::CATALOGER;
use super::parse;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[track_caller]
fn check(text: &str, expect: Result<&str, &str>) {
    check_packages(parse::project(text.as_bytes()), expect);
}

#[test]
fn project_files_of_packages() {
    check_files(
        &CATALOGER,
        &["root/.julia/packages/JSON/abcde/Project.toml", "usr/local/julia/share/julia/stdlib/v1.9/Dates/Project.toml"],
        &["app/Project.toml", "root/.julia/packages/JSON/abcde/docs/Project.toml"],
    );
}

#[test]
fn names_and_versions() {
    let uuid = "682c06a0-de6a-54ab-a142-c8b1cf79cde6";
    check(
        &format!("name = \"JSON\"\nuuid = \"{uuid}\"\nversion = \"0.21.4\"\n\n[deps]\nname = \"x\"\n"),
        Ok("julia JSON 0.21.4"),
    );
    check(&format!("uuid = \"{uuid}\"\nname = \"Dates\"\n"), Ok("julia Dates "));
    check("name = \"docs\"\nversion = \"1\"\n", Ok(""));
    check("[deps]\nuuid = \"x\"\nname = \"a\"\n", Ok(""));
    check("", Ok(""));
}

#[test]
fn manifests_of_environments() {
    check_files(&super::MANIFEST, &["root/.julia/environments/v1.9/Manifest.toml"], &["app/Project.toml"]);
    let check = |text: &str, expect: &str| check_packages(parse::manifest(text.as_bytes()), Ok(expect));
    check(
        "julia_version = \"1.9.3\"\nmanifest_format = \"2.0\"\n\n[[deps.Dates]]\nuuid = \"a\"\n\n[[deps.JSON]]\ndeps = [\"Dates\"]\n\
         uuid = \"b\"\nversion = \"0.21.4\"\n\n    [deps.JSON.extensions]\n    version = \"x\"\n",
        "? julia JSON 0.21.4",
    );
    check("[[JSON]]\nuuid = \"b\"\nversion = \"0.20.0\"\n", "? julia JSON 0.20.0");
    check("", "");
}
