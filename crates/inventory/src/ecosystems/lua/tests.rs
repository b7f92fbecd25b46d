use super::CATALOGER;
use super::parse;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[track_caller]
fn check(path: &str, text: &str, expect: Result<&str, &str>) {
    check_packages(parse::parse(path.as_bytes(), text.as_bytes()), expect);
}

const PATH: &str = "usr/local/lib/luarocks/rocks-5.3/luasocket/3.1.0-1/luasocket-3.1.0-1.rockspec";

#[test]
fn specifications_of_installed_rocks() {
    check_files(
        &CATALOGER,
        &[PATH, "usr/share/lua/rocks-5.1/a/1-1/a-1-1.rockspec", "usr/lib/luarocks/rocks/a/1-1/a-1-1.rockspec"],
        &["app/my-dev-1.rockspec", "usr/local/lib/luarocks/rocks-5.3/a/1-1/doc/x/a.rockspec"],
    );
}

#[test]
fn names_and_versions() {
    let text =
        "rockspec_format = \"3.0\"\npackage = \"LuaSocket\"\nversion=  '3.1.0-1'\nsource = { version = \"x\" }\n";
    check(PATH, text, Ok("luarocks LuaSocket 3.1.0-1"));
    check(PATH, "local v = '1'\npackage = name\nversion = v\n", Ok("luarocks luasocket 3.1.0-1"));
    check(PATH, "", Ok("luarocks luasocket 3.1.0-1"));
    check("a.rockspec", "", Err("it names no rock"));
}
