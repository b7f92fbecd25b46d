use super::{CATALOGER, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn documents_by_their_extensions() {
    check_files(
        &CATALOGER,
        &[
            "var/lib/db/sbom/curl-8.4.0-r0.spdx.json",
            "opt/bitnami/redis/.spdx-redis.spdx",
            "usr/lib/python3/dist-packages/a-1.dist-info/sboms/auditwheel.cdx.json",
            "app/bom.json",
        ],
        &["app/my-bom.json", "app/package.json", "app/spdx"],
    );
}

#[track_caller]
fn check(text: &str, expect: Result<&str, &str>) {
    check_packages(parse::parse(text.as_bytes()), expect);
}

#[test]
fn packages_of_spdx() {
    check(
        r#"{"spdxVersion":"SPDX-2.3","packages":[
            {"SPDXID":"a","name":"curl","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:apk/wolfi/curl@8.4.0-r0?arch=x86_64"}]},
            {"name":"redis","externalRefs":[{"referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:b"},{"referenceType":"purl","referenceLocator":"pkg:bitnami/redis@7.0.5-1?arch=amd64&distro=debian-11"}]},
            {"name":"gosu","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:golang/golang.org/x/sys@v0.1.0"}]},
            {"name":"x","externalRefs":null},{"name":"y"}]}"#,
        Ok("golang golang.org/x/sys v0.1.0, bitnami redis 7.0.5-1 [amd64]"),
    );
    check(r#"{"spdxVersion":"SPDX-2.3"}"#, Ok(""));
    check(r#"{"spdxVersion":"SPDX-2.3","packages":{}}"#, Err("its JSON is not of the form it should have"));
}

#[test]
fn components_of_cyclonedx() {
    check(
        r#"{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"purl":"pkg:npm/self@1"}},"components":[
            {"type":"library","purl":"pkg:npm/%40a/b@1.0","components":[{"purl":"pkg:maven/org.x/y@2?type=jar"}]},
            {"purl":"pkg:deb/debian/bash@5"},{"purl":"pkg:unheard/of@1"},{"purl":"nonsense"},{"name":"c"}]}"#,
        Ok("npm @a/b 1.0, maven org.x:y 2"),
    );
    check(&format!("{{\"bomFormat\":\"CycloneDX\",{}", "\"components\":[{".repeat(1_000)), Err("it is not valid JSON"));
}

#[test]
fn other_documents() {
    check("SPDXVersion: SPDX-2.2\nPackageName: a\n", Ok(""));
    check(
        r#"{"name":"my bill","packages":[{"externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]}]}"#,
        Ok(""),
    );
    check("", Ok(""));
    check("{", Err("it is not valid JSON"));
}
