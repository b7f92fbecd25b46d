use super::CATALOGER;
use super::parse;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::{check_packages, lines};

#[track_caller]
fn check(text: &str, expect: Result<&str, &str>) {
    check_packages(parse::application(text.as_bytes()), expect);
}

#[test]
fn resource_files_of_applications() {
    check_files(
        &CATALOGER,
        &["usr/lib/erlang/lib/ssl-10.9/ebin/ssl.app", "app/lib/phoenix-1.7.0/ebin/phoenix.app"],
        &["app/src/my.app", "app/lib/a/ebin/a.beam"],
    );
    check_files(&super::RELEASE, &["usr/lib/erlang/releases/26/OTP_VERSION"], &["app/OTP_VERSION"]);
}

#[test]
fn names_and_versions() {
    check(
        "%% c\n{application, ssl,\n   [{description, \"SSL\"},\n    {vsn, \"10.9\"},\n    {modules, []}]}.\n",
        Ok("otp ssl 10.9"),
    );
    check("{ application ,phoenix,[{config_mtime,{vsn}},{ vsn , \"1.7.0\" }]}.", Ok("hex phoenix 1.7.0"));
    check("{application,'my-app',[{vsn,git}]}.", Ok("hex my-app "));
    check("{applications,[kernel]}.", Err("it describes no Erlang application"));
    check("{application, [", Err("it describes no Erlang application"));
    check("", Err("it describes no Erlang application"));
}

#[test]
fn the_release() {
    let check = |text: &str, expect: &str| {
        assert_eq!(lines((super::RELEASE.parse)(b"", text.as_bytes())).unwrap().join(", "), expect);
    };
    check("26.2.1\n", "generic erlang 26.2.1");
    check("25.3.2.8**\n", "generic erlang 25.3.2.8");
}

#[test]
fn lock_files() {
    check_files(&super::LOCKFILE, &["app/mix.lock"], &["app/mix.exs"]);
}
