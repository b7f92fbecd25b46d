use super::{COMPOSER, LOCKFILE, PEAR, parse, pear};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn records_of_installed_packages() {
    check_files(
        &COMPOSER,
        &["app/vendor/composer/installed.json", "vendor/composer/installed.json", "app/lib/composer/installed.json"],
        &["app/vendor/installed.json", "app/composer.json"],
    );
    check_files(
        &PEAR,
        &[
            "usr/local/lib/php/.registry/archive_tar.reg",
            "usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg",
            "usr/share/php/.registry/.channel.__uri/a.reg",
        ],
        &["usr/local/lib/php/.channels/pear.php.net.reg", "a.reg"],
    );
}

#[test]
fn both_forms_of_composer() {
    fn check(json: &str, expect: Result<&str, &str>) {
        check_packages(parse::installed(json.as_bytes()), expect);
    }
    check(
        r#"{"packages":[{"name":"monolog/monolog","version":"2.9.1","version_normalized":"2.9.1.0","extra":{"a":[1]}},
            {"name":"acme/edge","version":"dev-main"},{"name":"symfony/yaml","version":"v5.4.0"}],"dev":true,"dev-package-names":[]}"#,
        Ok("composer acme/edge dev-main, composer monolog/monolog 2.9.1, composer symfony/yaml v5.4.0"),
    );
    check(" [\n{\"name\":\"psr/log\",\"version\":\"1.1.4\"}]", Ok("composer psr/log 1.1.4"));
    check(r#"{"packages":[]}"#, Ok(""));
    check("{}", Ok(""));
    check(r#"{"packages":{"a":1}}"#, Err("its JSON is not of the form it should have"));
    check(r#"{"packages":["#, Err("it is not valid JSON"));
}

#[test]
fn arrays_as_php_serialises_them() {
    fn check(text: &str, expect: Result<&str, &str>) {
        check_packages(pear::parse(text.as_bytes()), expect);
    }
    check(
        r#"a:6:{s:7:"attribs";a:1:{s:4:"name";s:5:"wrong";}s:4:"name";s:5:"redis";s:7:"channel";s:12:"pecl.php.net";s:7:"version";a:2:{s:7:"release";s:5:"6.0.2";s:3:"api";s:5:"6.0.0";}s:5:"notes";s:3:"a"}";s:4:"flag";b:1;}"#,
        Ok("pear redis 6.0.2 [pecl.php.net]"),
    );
    check(
        r#"a:4:{s:7:"package";s:11:"Archive_Tar";s:7:"version";s:6:"1.4.14";s:4:"list";a:2:{i:0;N;i:1;d:0.5;}s:2:"id";i:-3;}"#,
        Ok("pear Archive_Tar 1.4.14"),
    );
    check("a:0:{}", Ok(""));
    let damaged = Err("it is not an array as PHP serialises it");
    check("", damaged);
    check("i:1;", damaged);
    check(r#"a:1:{s:4:"name";s:9:"redis";}"#, damaged);
    check(r#"a:2:{s:4:"name";s:5:"redis";}"#, damaged);
    check("a:18446744073709551615:{", damaged);
    check(r#"a:1:{s:99999999999999999999:"name""#, damaged);
    check(r#"a:1:{s:4:"name";O:8:"stdClass":0:{}}"#, damaged);
    check(&"a:1:{i:0;".repeat(100_000), damaged);
}

#[test]
fn the_lock_of_composer() {
    check_files(&LOCKFILE, &["app/composer.lock"], &["app/composer.json"]);
    let json = br#"{"packages":[{"name":"psr/log","version":"1.1.4"}],"packages-dev":[{"name":"phpunit/phpunit","version":"9"}]}"#;
    check_packages(parse::lock(json), Ok("? composer psr/log 1.1.4"));
}
