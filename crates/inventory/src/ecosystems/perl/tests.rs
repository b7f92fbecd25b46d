use super::{CPANM, PERLLOCAL, parse};
use crate::ecosystems::Facts;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn records_and_logs() {
    check_files(
        &CPANM,
        &["usr/local/share/perl5/x86_64-linux/.meta/Mojolicious-9.33/install.json"],
        &["app/install.json", "a/.meta/b/MYMETA.json"],
    );
    check_files(&PERLLOCAL, &["usr/local/lib/perl5/5.38.0/x86_64-linux-gnu/perllocal.pod"], &["perllocal.txt"]);
}

#[track_caller]
fn check(found: Result<Facts, &'static str>, expect: Result<&str, &str>) {
    check_packages(found, expect);
}

#[test]
fn what_cpanm_records() {
    let record = |json: &str| parse::record(json.as_bytes());
    let json = r#"{"name":"LWP","version":"6.72","dist":"libwww-perl-6.72","provides":{"LWP":{"file":"LWP.pm"}}}"#;
    check(record(json), Ok("cpan libwww-perl 6.72"));
    check(record(r#"{"dist":"Foo-v1.2.3"}"#), Ok("cpan Foo v1.2.3"));
    check(record(r#"{"name":"Foo::Bar","version":"1"}"#), Ok("cpan Foo-Bar 1"));
    check(record(r#"{"name":"Foo::Bar","version":"1","dist":"Foo-Bar"}"#), Ok("cpan Foo-Bar 1"));
    check(record("{}"), Ok(""));
    check(record("x"), Err("it is not a JSON object"));
}

#[test]
fn what_make_install_logs() {
    let log = |text: &str| parse::log(text.as_bytes());
    let entry = |module: &str, version: &str| {
        format!(
            "=head2 Tue Jan  2 03:04:05 2024: C<Module> L<{module}|{module}>\n\n=over 4\n\n=item *\n\n\
             C<installed into: /usr/local/share/perl5>\n\n=item *\n\nC<LINKTYPE: dynamic>\n\n=item *\n\nC<VERSION: {version}>\n\n=back\n\n"
        )
    };
    let text = entry("JSON::XS", "4.02") + &entry("DBI", "1.643") + &entry("JSON::XS", "4.03");
    check(log(&text), Ok("cpan DBI 1.643, cpan JSON-XS 4.03"));
    check(log("C<VERSION: 1>"), Ok(""));
    check(log("=head2 L<\nC<VERSION: 1"), Ok(""));
}
