use super::{LOCKFILE, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn references_of_both_versions() {
    check_files(&LOCKFILE, &["app/conan.lock"], &["app/conanfile.txt"]);
    let check = |text: &str, expect: Result<&str, &str>| check_packages(parse::parse(text.as_bytes()), expect);
    check(
        r#"{"version":"0.5","requires":["zlib/1.2.13#rev%1","fmt/9.1.0@a/b#x"],"build_requires":["cmake/3.0#x"]}"#,
        Ok("? conan fmt 9.1.0, ? conan zlib 1.2.13"),
    );
    check(
        r#"{"graph_lock":{"nodes":{"0":{"ref":"app"},"1":{"ref":"zlib/1.2.11#x","options":"a"},"2":{}}},"version":"0.4"}"#,
        Ok("? conan zlib 1.2.11"),
    );
    check("{}", Ok(""));
    check("x", Err("it is not a JSON object"));
}
