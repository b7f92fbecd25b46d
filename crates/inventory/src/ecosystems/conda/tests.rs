use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn records_of_environments() {
    check_files(
        &CATALOGER,
        &["opt/conda/conda-meta/openssl-3.0.10-h2.json", "opt/conda/envs/a/conda-meta/x.json"],
        &["opt/conda/conda-meta/history", "opt/conda/pkgs/x/info/index.json"],
    );
}

#[test]
fn names_and_versions() {
    fn check(json: &str, expect: Result<&str, &str>) {
        check_packages(parse(json.as_bytes()), expect);
    }
    check(
        r#"{"build":"h2_1","build_number":1,"channel":"https://conda.example/main/linux-64","depends":["libgcc"],
            "files":["lib/libssl.so"],"name":"openssl","subdir":"linux-64","version":"3.0.10"}"#,
        Ok("conda openssl 3.0.10 [linux-64] [https://conda.example/main/linux-64]"),
    );
    check(r#"{"name":"a","version":1}"#, Ok("conda a "));
    check("{}", Ok(""));
    check("[1]", Err("it is not a JSON object"));
    check("{", Err("it is not valid JSON"));
}
