use super::*;
use crate::sbom::tests::inventory;
use crate::sbom::{CycloneDxVersion, Subject, cyclonedx, spdx_json, spdx_tag_value};

/// One line each: the distribution, the packages, what could not be read.
fn lines(bill: &Bill) -> Vec<String> {
    let inventory = &bill.inventory;
    let distribution = inventory
        .distribution
        .iter()
        .map(|distribution| format!("{} {}", distribution.id, distribution.version_id.as_deref().unwrap_or("-")));
    let packages = inventory.packages.iter().map(|installed| {
        let package = &installed.package;
        let source = package.source.as_ref().map(|source| format!(" from {} {}", source.name, source.version));
        let kind = package.kind.purl_type();
        format!(
            "{kind} {} {}{} ({}, {})",
            package.name,
            package.version,
            source.unwrap_or_default(),
            installed.path,
            installed.layer
        )
    });
    let unreadable = inventory
        .unreadable
        .iter()
        .map(|unreadable| format!("{}: {}", unreadable.path.as_deref().unwrap_or_default(), unreadable.reason));
    distribution.chain(packages).chain(unreadable).collect()
}

#[track_caller]
fn check(text: &str, expect: Result<&[&str], BillError>) {
    let expect = expect.map(|lines| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
    assert_eq!(read(text.as_bytes()).map(|bill| lines(&bill)), expect, "{text}");
}

#[test]
fn what_we_write_is_read_again() {
    let diff_ids = [Digest::sha256(b"base"), Digest::sha256(b"app")];
    let subject = Subject { name: "team/app:1", digest: None, diff_ids: &diff_ids };
    let mut written = inventory();
    written.packages.sort();
    for version in [CycloneDxVersion::V1_6, CycloneDxVersion::V1_7] {
        let text = cyclonedx(version, &written, &subject, "2024-05-01T00:00:00Z", "0").to_string();
        let bill = read(text.as_bytes()).unwrap();
        assert_eq!((&*bill.name, &*bill.diff_ids), ("team/app:1", &diff_ids[..]));
        assert_eq!(bill.inventory.distribution.as_ref().unwrap().version_id.as_deref(), Some("12"));
        for (read, installed) in bill.inventory.packages.iter().zip(&written.packages) {
            assert_eq!((&read.package.name, &read.path), (&installed.package.name, &installed.path));
            // A layer that the subject does not name cannot be written.
            assert_eq!(read.layer, if installed.layer == 7 { 0 } else { installed.layer });
        }
        assert_eq!(bill.inventory.packages.len(), written.packages.len());
    }
    let json = spdx_json(&written, &subject, "2024-05-01T00:00:00Z", "0").to_string();
    let tags = spdx_tag_value(&written, &subject, "2024-05-01T00:00:00Z", "0");
    let (json, tags) = (read(json.as_bytes()).unwrap(), read(tags.as_bytes()).unwrap());
    assert_eq!(json.inventory, tags.inventory);
    assert_eq!(json.inventory.packages.len(), written.packages.len());
    assert_eq!(json.inventory.unreadable, []);
    let openssl = json.inventory.packages.iter().find(|installed| installed.package.name == "libssl3").unwrap();
    assert_eq!(openssl.package.source.as_ref().map(|source| &*source.version), Some("2"));
}

#[test]
fn cyclonedx_of_trivy_and_syft() {
    let base = Digest::sha256(b"base").to_string();
    check(
        &format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"component":{{"type":"container","name":"a:1"}}}},"components":[
            {{"bom-ref":"os","type":"operating-system","name":"redhat","version":"9.2"}},
            {{"bom-ref":"1","type":"library","name":"x","purl":"pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=redhat-9.2&epoch=1","properties":[
              {{"name":"aquasecurity:trivy:SrcName","value":"openssl"}},{{"name":"aquasecurity:trivy:SrcVersion","value":"3.0.7"}},
              {{"name":"aquasecurity:trivy:SrcRelease","value":"24.el9"}},{{"name":"aquasecurity:trivy:SrcEpoch","value":"1"}},
              {{"name":"aquasecurity:trivy:LayerDiffID","value":"{base}"}}]}},
            {{"bom-ref":"2","type":"library","name":"y","purl":"pkg:npm/y@2","properties":[{{"name":"syft:location:0:path","value":"/app/package.json"}}]}},
            {{"bom-ref":"3","type":"application","name":"package-lock.json","components":[{{"type":"library","purl":"pkg:npm/%40a/z@3","bom-ref":"4"}}]}}]}}"#
        ),
        Ok(&[
            "rhel 9.2",
            "rpm openssl-libs 1:3.0.7-24.el9 from openssl 1:3.0.7-24.el9 (1, 0)",
            "npm @a/z 3 (4, 0)",
            "npm y 2 (app/package.json, 0)",
        ]),
    );
}

#[test]
fn the_distribution_that_packages_name() {
    let one = |purl: &str| {
        format!(r#"{{"bomFormat":"CycloneDX","components":[{{"type":"library","bom-ref":"r","purl":"{purl}"}}]}}"#)
    };
    check(
        &one("pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1?arch=amd64&distro=ubuntu-22.04&upstream=openssl"),
        Ok(&["ubuntu 22.04", "deb libssl3 3.0.2-0ubuntu1 from openssl 3.0.2-0ubuntu1 (r, 0)"]),
    );
    check(
        &one("pkg:apk/alpine/libcrypto3@3.1.4-r1?distro=alpine-3.19.0&upstream=openssl"),
        Ok(&["alpine 3.19.0", "apk libcrypto3 3.1.4-r1 from openssl 3.1.4-r1 (r, 0)"]),
    );
    check(
        &one("pkg:deb/debian/gcc-10-base@10.2.1-6?distro=debian-11&upstream=gcc-10%4010.2"),
        Ok(&["debian 11", "deb gcc-10-base 10.2.1-6 from gcc-10 10.2 (r, 0)"]),
    );
    check(
        &one("pkg:rpm/fedora/curl@7.50.3-1.fc25?distro=fedora-25&upstream=curl-7.50.3-1.fc25.src.rpm"),
        Ok(&["fedora 25", "rpm curl 7.50.3-1.fc25 from curl 7.50.3-1.fc25 (r, 0)"]),
    );
    check(&one("pkg:deb/debian/curl@7?distro=jessie"), Ok(&["debian -", "deb curl 7 (r, 0)"]));
    check(&one("pkg:npm/a@1?distro=debian-12"), Ok(&["npm a 1 (r, 0)"]));
}

#[test]
fn names_as_they_are_recorded() {
    check(
        r#"{"bomFormat":"CycloneDX","components":[
            {"type":"library","name":"Flask_Login","bom-ref":"1","purl":"pkg:pypi/flask-login@1"},
            {"type":"library","name":"b","group":"@a","bom-ref":"2","purl":"pkg:npm/%40a/b@1"}]}"#,
        Ok(&["pypi Flask_Login 1 (1, 0)", "npm @a/b 1 (2, 0)"]),
    );
}

#[test]
fn what_names_no_package_is_listed() {
    check(
        r#"{"bomFormat":"CycloneDX","components":[
            {"type":"library","name":"nameless"},{"type":"application","name":"app"},{"type":"file","name":"f"},
            {"type":"library","bom-ref":"bad","purl":"pkg:npm/%zz"},{"type":"library","name":"worse","purl":"nonsense"},
            {"type":"library","purl":"pkg:github/a/b@1"},{"type":"container","purl":"pkg:oci/a@sha256%3A00"}]}"#,
        Ok(&[
            "bad: its package-url cannot be read: \"pkg:npm/%zz\"",
            "bill of materials: components without a package-url: 1",
            "bill of materials: packages of a type that is not known here, pkg:github: 1",
            "worse: its package-url cannot be read: \"nonsense\"",
        ]),
    );
    let many = vec![r#"{"type":"library","purl":"x"}"#; 150].join(",");
    let bill = read(format!(r#"{{"bomFormat":"CycloneDX","components":[{many}]}}"#).as_bytes()).unwrap();
    assert_eq!(bill.inventory.unreadable.len(), 101);
}

#[test]
fn spdx_of_others() {
    check(
        r#"{"spdxVersion":"SPDX-2.3","name":"img","packages":[
            {"SPDXID":"SPDXRef-root","name":"img"},
            {"SPDXID":"SPDXRef-os","name":"debian","versionInfo":"12.5","primaryPackagePurpose":"OPERATING-SYSTEM"},
            {"SPDXID":"SPDXRef-1","name":"libssl3","sourceInfo":"built package from: openssl 3.0.11-1~deb12u2","externalRefs":[
              {"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:x"},
              {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/libssl3@3.0.11-1~deb12u2"}]},
            {"SPDXID":"SPDXRef-2","name":"adduser","sourceInfo":"acquired package info from DPKG DB: /var/lib/dpkg/status, /b","externalRefs":[
              {"referenceType":"purl","referenceLocator":"pkg:deb/debian/adduser@3.134"}]},
            {"SPDXID":"SPDXRef-3","name":"mystery"}],
            "relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-root"}]}"#,
        Ok(&[
            "debian 12.5",
            "deb adduser 3.134 (var/lib/dpkg/status, 0)",
            "deb libssl3 3.0.11-1~deb12u2 from openssl 3.0.11-1~deb12u2 (SPDXRef-1, 0)",
            "bill of materials: components without a package-url: 1",
        ]),
    );
}

#[test]
fn spdx_as_tags() {
    check(
        "# made by hand\nSPDXVersion: SPDX-2.2\nDocumentName: img\n\nPackageName: a\nSPDXID: SPDXRef-a\nPackageComment: <text>two\nPackageName: no\n</text>\nExternalRef: SECURITY cpe23Type cpe:2.3:a\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\n\nPackageName: b\r\nSPDXID: SPDXRef-b\r\nPackageSourceInfo: <text>built package from: src 2</text>\r\nExternalRef: PACKAGE_MANAGER purl pkg:deb/debian/b@1?distro=debian-12\r\n\nFileName: ./x\nSPDXID: SPDXRef-x\n",
        Ok(&["debian 12", "deb b 1 from src 2 (SPDXRef-b, 0)", "npm a 1 (SPDXRef-a, 0)"]),
    );
    check(
        "SPDXVersion: SPDX-2.3\nPackageComment: <text>never ends\nPackageName: a\nExternalRef: x purl pkg:npm/a@1",
        Ok(&["npm a 1 (pkg:npm/a@1, 0)"]),
    );
    check("SPDXVersion: SPDX-3.0\n", Err(BillError::SpdxVersion));
}

#[test]
fn json_of_syft() {
    let (base, app) = (Digest::sha256(b"base"), Digest::sha256(b"app"));
    check(
        &format!(
            r#"{{"artifacts":[
            {{"id":"1","name":"libssl3","version":"3","type":"deb","purl":"pkg:deb/debian/libssl3@3?distro=debian-12","locations":[{{"path":"/var/lib/dpkg/status","layerID":"{base}"}}],"metadata":{{"source":"openssl","sourceVersion":"3.0"}}}},
            {{"id":"2","name":"musl","purl":"pkg:apk/alpine/musl-utils@1","metadata":{{"originPackage":"musl"}}}},
            {{"id":"3","name":"x","purl":"pkg:npm/x@1","locations":[{{"path":"/x","layerID":"{app}"}}],"metadata":null}},
            {{"id":"4","name":"n","purl":""}}],
            "distro":{{"id":"debian","versionID":"12","prettyName":"Debian"}},
            "source":{{"name":"a","metadata":{{"userInput":"a:1","layers":[{{"digest":"{base}"}},{{"digest":"{app}"}}]}}}},
            "descriptor":{{"name":"syft","version":"1.20.0"}},"schema":{{"version":"16.0.24"}}}}"#
        ),
        Ok(&[
            "debian 12",
            "deb libssl3 3 from openssl 3.0 (var/lib/dpkg/status, 0)",
            "apk musl-utils 1 from musl 1 (2, 0)",
            "npm x 1 (x, 1)",
            "bill of materials: components without a package-url: 1",
        ]),
    );
}

#[test]
fn other_documents() {
    check("", Err(BillError::Unknown));
    check("{}", Err(BillError::Unknown));
    check("[]", Err(BillError::Unknown));
    check("SPDX", Err(BillError::Unknown));
    check(r#"{"spdxVersion":"SPDX-3.0"}"#, Err(BillError::SpdxVersion));
    check(r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#, Err(BillError::SpdxVersion));
    check(
        r#"{"bomFormat":"CycloneDX","components":{}}"#,
        Err(BillError::Broken("its JSON is not of the form it should have")),
    );
    check(r#"{"bomFormat":"CycloneDX""#, Err(BillError::Broken("it is not valid JSON")));
    check("\u{feff}{\"bomFormat\":\"CycloneDX\"}", Ok(&[]));
    assert!(!looks_like_bill(b"\x1f\x8b\x08") && !looks_like_bill(b"layer.tar") && looks_like_bill(b" \n{"));
}

#[test]
fn there_is_an_end_to_it() {
    let deep = format!("{{\"bomFormat\":\"CycloneDX\",{}", "\"components\":[{".repeat(100_000));
    check(&deep, Err(BillError::Broken("it is not valid JSON")));
    let many = vec!["{}"; 100_001].join(",");
    let refused = read(format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{many}]}}").as_bytes());
    assert!(matches!(refused, Err(BillError::Broken(_))));
    // Lists within lists, each of which is within its limit.
    let lists = format!("{{\"components\":[{}{{}}]}}", "{},".repeat(50_000));
    let lists = vec![lists; 50].join(",");
    let refused = read(format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{lists}]}}").as_bytes());
    assert_eq!(refused, Err(BillError::Broken("it has more values than any record has")));
    let tags = format!("SPDXVersion: SPDX-2.3\n{}", "PackageName: a\n".repeat(100_001));
    assert_eq!(read(tags.as_bytes()), Err(BillError::Broken("it lists more packages than any system has")));
    let layer = |n: u16| {
        let digest = Digest::sha256(&n.to_be_bytes());
        format!("{{\"name\":\"aquasecurity:trivy:DiffID\",\"value\":\"{digest}\"}}")
    };
    let layers = (0..2_000).map(layer).collect::<Vec<_>>().join(",");
    let text = format!("{{\"bomFormat\":\"CycloneDX\",\"metadata\":{{\"component\":{{\"properties\":[{layers}]}}}}}}");
    assert_eq!(read(text.as_bytes()).unwrap().diff_ids.len(), 1_000);
}

proptest::proptest! {
    #[test]
    fn nothing_panics(text in "\\PC{0,200}") {
        let _ = read(text.as_bytes());
        let _ = read(format!("SPDXVersion: SPDX-2.3\nPackageName: a\n{text}").as_bytes());
        let _ = read(format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{{\"purl\":{text:?}}}]}}").as_bytes());
    }
}
