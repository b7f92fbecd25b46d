use super::{CATALOGER, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn components_of_an_image() {
    check_files(&CATALOGER, &["opt/bitnami/.bitnami_components.json"], &["app/.bitnami_components.json"]);
    let check = |text: &str, expect: Result<&str, &str>| {
        check_packages(parse::components(text.as_bytes()), expect);
    };
    check(
        r#"{"redis":{"arch":"amd64","distro":"debian-11","type":"NAMI","version":"7.0.5-1"},"gosu":{"version":"1.14.0-155"}}"#,
        Ok("bitnami gosu 1.14.0-155, bitnami redis 7.0.5-1 [amd64]"),
    );
    check("{}", Ok(""));
    check(r#"{"redis":1}"#, Err("its JSON is not of the form it should have"));
    check("", Err("it is not a JSON object"));
}
