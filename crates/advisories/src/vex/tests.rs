use std::error::Error as _;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use plimsoll_inventory::{Distribution, InstalledPackage, Inventory, Package, PackageKind, SourcePackage};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Index, IndexBuilder, Judgement, Limits, Record, Suppression, Timestamp, UnknownReason, judge};

const INDEX: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn document(statements: &Value) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/1",
        "author": "Wolfi J. Inkinson",
        "timestamp": "2024-01-08T18:02:03Z",
        "version": 1,
        "statements": statements,
    })
}

fn statement(id: &str, status: &str, products: &[&str]) -> Value {
    let products = products.iter().map(|purl| json!({"@id": purl})).collect::<Vec<_>>();
    let mut statement = json!({"vulnerability": {"name": id}, "status": status, "products": products});
    if status == "not_affected" {
        statement["justification"] = "vulnerable_code_not_in_execute_path".into();
    }
    statement
}

fn said(document: &Value) -> Vec<Statement> {
    read(document.to_string().as_bytes()).unwrap().statements
}

#[test]
fn package_urls_mean_packages() {
    fn check(meant: &str, package: &str, expect: bool) {
        let (read, package_url) = (PackageUrl::parse(meant).unwrap(), PackageUrl::parse(package).unwrap());
        assert_eq!(read.means(&package_url), expect, "{meant} for {package}");
        assert!(package_url.means(&package_url));
    }
    let curl = "pkg:deb/debian/curl@7.74.0-1.3?arch=amd64&distro=debian-11";
    check("pkg:deb/debian/curl", curl, true);
    check("PKG:DEB/Debian/Curl@7.74.0-1.3", curl, true);
    check("pkg:deb/debian/curl@7.74.0-1.4", curl, false);
    check("pkg:deb/debian/curl@7.74.0-1", curl, false);
    check("pkg:deb/ubuntu/curl", curl, false);
    check("pkg:deb/curl", curl, false);
    check("pkg:apk/debian/curl", curl, false);
    check("pkg:deb/debian/curl?distro=debian-11", curl, true);
    check("pkg:deb/debian/curl?distro=debian-12", curl, false);
    check("pkg:deb/debian/curl?arch=arm64", curl, false);
    check("pkg:deb/debian/curl?vcs_url=x", curl, false);
    check("pkg:deb/debian/curl?arch=", curl, true);
    check("pkg:deb/debian/curl#lib", curl, false);
    check("pkg:deb/debian/libstdc%2B%2B6@1%3A2", "pkg:deb/debian/libstdc++6@1:2", true);
    check("pkg:npm/%40angular/core@1", "pkg:npm/@angular/core@1", true);
    check("pkg:npm/angular/core@1", "pkg:npm/@angular/core@1", false);
    check("pkg:npm/jsonstream", "pkg:npm/JSONStream@1", false);
    check("pkg:pypi/Django_Package", "pkg:pypi/django-package@1", true);
    check("pkg:pypi/zope.interface", "pkg:pypi/zope-interface@1", true);
    check("pkg:golang/github.com/burntsushi/toml@1.2.0", "pkg:golang/github.com/BurntSushi/toml@v1.2.0", true);
    check("pkg:maven/org.apache/log4j@2?type=jar", "pkg:maven/org.apache/log4j@2", true);
    check("pkg:maven/org.apache/log4j@2?type=war", "pkg:maven/org.apache/log4j@2", false);
    check("pkg:rpm/redhat/bash@5-1", "pkg:rpm/rhel/bash@5-1?arch=x86_64", true);
    check("pkg:rpm/redhat/bash?epoch=0", "pkg:rpm/redhat/bash@5-1", true);
    check("pkg:rpm/redhat/bash?epoch=1", "pkg:rpm/redhat/bash@5-1", false);
    check("pkg:rpm/redhat/pyyaml", "pkg:rpm/redhat/PyYAML@5-1", false);
    for none in ["", "pkg:", "pkg:npm", "pkg:npm/", "pkg:n pm/a", "npm/a", "pkg:npm/%zz", "pkg:npm/%ff", "pkg:npm/a?b"]
    {
        assert_eq!(PackageUrl::parse(none), None, "{none}");
    }
    assert_eq!(PackageUrl::parse(&format!("pkg:npm/{}", "a".repeat(5000))), None);
}

#[test]
fn cpes_cover_distributions() {
    fn check(said: &str, image: &str, expect: bool) {
        let read = |text| Cpe::parse(text).unwrap();
        assert_eq!(read(said).covers(&read(image)), expect, "{said} for {image}");
    }
    let nine = "cpe:/o:redhat:enterprise_linux:9::baseos";
    check("cpe:/o:redhat:enterprise_linux:9", nine, true);
    check("cpe:/a:redhat:Enterprise_Linux:9::appstream", nine, true);
    check("cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*", nine, true);
    check("cpe:/o:redhat:enterprise_linux", nine, true);
    check("cpe:/o:redhat:enterprise_linux:9.2", nine, false);
    check("cpe:/o:redhat:enterprise_linux:9", "cpe:/o:redhat:enterprise_linux:9.2", true);
    check("cpe:/o:redhat:enterprise_linux:9", "cpe:/o:redhat:enterprise_linux:90", false);
    check("cpe:/o:redhat:enterprise_linux:8", nine, false);
    check("cpe:/o:redhat:rhel_eus:9", nine, false);
    check("cpe:/o:suse:sles:15:sp5", "cpe:/o:suse:sles:15:sp5", true);
    check("cpe:/o:suse:sles:15:sp4", "cpe:/o:suse:sles:15:sp5", false);
    check("cpe:/o:suse:sles:15", "cpe:/o:suse:sles:15:sp5", true);
    check(r"cpe:2.3:o:a\:b:c:1:*:*:*:*:*:*:*", "cpe:2.3:o:a\\:b:c:1:*:*:*:*:*:*:*", true);
    for none in ["", "cpe:/", "cpe:/o:redhat", "cpe:/x:redhat:enterprise_linux", "cpe:2.3:o:*:*", "o:redhat:linux"] {
        assert_eq!(Cpe::parse(none), None, "{none}");
    }
}

#[test]
fn documents_are_read() {
    let found = said(&document(&json!([
        {
            "vulnerability": {"@id": "https://nvd.nist.gov/vuln/detail/CVE-2023-1", "name": "CVE-2023-1", "aliases": ["GHSA-a"]},
            "products": [
                {"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:npm/a@1"}, {"@id": "https://example.com/b"}]},
                {"@id": "urn:x", "identifiers": {"purl": "pkg:npm/c", "cpe23": "cpe:2.3:a:c:c:*:*:*:*:*:*:*:*"}, "hashes": {"sha-256": "0"}},
            ],
            "status": "not_affected",
            "justification": "component_not_present",
            "impact_statement": " never\u{1b}[31m ",
        },
        {"vulnerability": {"name": "CVE-2"}, "products": [{"@id": "pkg:npm/a"}], "status": "affected",
         "action_statement": "Update", "timestamp": "2024-02-01T00:00:00Z", "supplier": "x"},
    ])));
    let subject = |id: &str, purl: Option<&str>| Subject {
        id: id.into(),
        purl: purl.map(|purl| PackageUrl::parse(purl).unwrap()),
        cpe: None,
    };
    let parts = vec![subject("pkg:npm/a@1", Some("pkg:npm/a@1")), subject("https://example.com/b", None)];
    let first = Statement {
        vulnerability: "CVE-2023-1".into(),
        aliases: vec!["GHSA-a".into()],
        products: vec![
            Product { subject: subject("pkg:oci/app", Some("pkg:oci/app")), subcomponents: parts },
            Product {
                subject: Subject { cpe: Cpe::parse("cpe:/a:c:c"), ..subject("urn:x", Some("pkg:npm/c")) },
                subcomponents: vec![],
            },
        ],
        status: VexStatus::NotAffected,
        justification: Some(Justification::ComponentNotPresent),
        impact: Some("never [31m".into()),
        author: "Wolfi J. Inkinson".into(),
        timestamp: "2024-01-08T18:02:03Z".parse().unwrap(),
    };
    assert_eq!(found[0], first);
    assert_eq!((found[1].status, found[1].timestamp.to_string()), (VexStatus::Affected, "2024-02-01T00:00:00Z".into()));
    assert_eq!(found.len(), 2);
}

/// In an in-toto statement.
fn attested(predicate: &Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://openvex.dev/ns/v0.2.0",
        "subject": [
            {"name": "quay.io/team/app", "digest": {"sha256": "9F86D081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}},
            {"name": "nothing"},
        ],
        "predicate": predicate,
    })
}

/// In a DSSE envelope.
fn enveloped(payload: &str) -> Value {
    json!({
        "payloadType": "application/vnd.in-toto+json",
        "payload": payload,
        "signatures": [{"keyid": "", "sig": "MEUCIQ=="}],
    })
}

#[test]
fn attestations_are_unwrapped() {
    let plain = document(&json!([statement("CVE-1?>", "fixed", &["pkg:npm/a"])]));
    let expect = read(plain.to_string().as_bytes()).unwrap();
    assert_eq!((expect.form, expect.id.as_deref()), (Form::OpenVex, Some("https://example.com/vex/1")));
    assert_eq!((expect.author.as_str(), expect.attested_for.len()), ("Wolfi J. Inkinson", 0));
    let statement = attested(&plain);
    let check = |wrapped: &Value| {
        let found = read(wrapped.to_string().as_bytes()).unwrap();
        assert_eq!(found.attested_for, [DIGEST], "{wrapped}");
        assert_eq!(Document { attested_for: vec![], ..found }, expect, "{wrapped}");
    };
    check(&statement);
    let text = statement.to_string();
    let envelopes =
        [STANDARD.encode(&text), STANDARD_NO_PAD.encode(&text), URL_SAFE.encode(&text)].map(|p| enveloped(&p));
    envelopes.iter().for_each(check);
    check(&json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"tlogEntries": []},
        "dsseEnvelope": envelopes[0],
    }));
    check(&attested(&json!({"Data": plain, "Timestamp": ""})));
    check(&attested(&json!({"Data": plain.to_string(), "Timestamp": "2024-01-01T00:00:00Z"})));

    let refused = |wrapped: &Value, expect: &str| {
        let error = read(wrapped.to_string().as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expect), "{error:?} for {wrapped}");
    };
    refused(&enveloped("?"), "payload: it is not base64");
    refused(&enveloped(&STANDARD.encode("x")), "it is not a JSON object");
    refused(
        &json!({"payloadType": "text/plain", "payload": ""}),
        "payloadType: it is not application/vnd.in-toto+json",
    );
    refused(&json!({"payloadType": "application/vnd.in-toto+json", "payload": 1}), "payload: it is not a string");
    refused(&json!({"_type": "https://in-toto.io/Statement/v1"}), "predicate: it is missing");
    refused(
        &attested(&json!({"buildType": "x"})),
        "it is no document of OpenVEX, CSAF or CycloneDX, and no attestation of one",
    );
    let mut nobody = attested(&plain);
    nobody["subject"] = json!("app");
    refused(&nobody, "subject: it is not a list of things with digests");
    nobody["subject"] = json!(vec![json!({}); 10_001]);
    refused(&nobody, "subject: it has more than 10,000 members");
    let deep = (0..5).fold(plain.clone(), |inner, _| attested(&inner));
    refused(&deep, "the document: it is wrapped more than four times");
}

#[test]
fn bad_documents_are_refused() {
    fn check(document: &str, expect: &str) {
        let error = read(document.as_bytes()).unwrap_err();
        let said = error.source().map_or(error.to_string(), |source| format!("{error}: {source}"));
        assert!(said.contains(expect), "{said:?} for {document:.200}");
    }
    /// The same of a document of one statement, with one thing changed at a JSON pointer; null takes it away.
    fn changed(at: &str, value: Value, expect: &str) {
        let mut whole = document(&json!([statement("CVE-1", "not_affected", &["pkg:npm/a"])]));
        let (parent, name) = at.rsplit_once('/').unwrap();
        let members = whole.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => drop(members.remove(name).unwrap()),
            value => drop(members.insert(name.to_owned(), value)),
        }
        check(&whole.to_string(), expect);
    }
    check("", "it is not a JSON object: EOF");
    check("[]", "it is not a JSON object");
    check("{}", "it is no document of OpenVEX");
    check(r#"{"@context": ""}"#, "it is no OpenVEX document: missing field `@id`");
    check(&"[".repeat(100_000), "it is not a JSON object");
    check(r#"{"@context": "", "author": "a", "author": "b"}"#, "duplicate field `author`");
    let whole = document(&json!([statement("CVE-1", "fixed", &["pkg:npm/a"])])).to_string();
    for end in 0..whole.len() {
        assert!(read(&whole.as_bytes()[..end]).is_err(), "{end}");
    }
    changed("/@context", json!("https://openvex.dev/ns/v0.0.1"), "@context: it is not https://openvex.dev/ns/v0.2.0");
    changed("/@context", Value::Null, "it is no document of OpenVEX");
    changed("/@context", json!("https://spdx.org"), "@context: it is not");
    changed("/@id", Value::Null, "missing field `@id`");
    changed("/author", Value::Null, "missing field `author`");
    changed("/author", json!(" "), "author: it is empty");
    changed("/author", json!("a".repeat(5000)), "author: it has more than 4,096 bytes");
    changed("/timestamp", Value::Null, "missing field `timestamp`");
    changed("/timestamp", json!("yesterday"), "timestamp: it is not an RFC 3339 time");
    changed("/statements", Value::Null, "missing field `statements`");
    changed("/statements", json!({"a": 1}), "expected a sequence");
    changed("/statements/0/vulnerability", json!("CVE-1"), "expected struct Vulnerability");
    changed("/statements/0/vulnerability/name", json!(""), "statements[0].vulnerability.name: it is empty");
    changed("/statements/0/vulnerability/aliases", json!([""]), "statements[0].vulnerability.aliases[0]: it is empty");
    changed("/statements/0/products", Value::Null, "statements[0].products: it names no product");
    changed(
        "/statements/0/products",
        json!([{"@id": "pkg:x"}]),
        "statements[0].products[0].@id: it is not a package URL",
    );
    changed(
        "/statements/0/products",
        json!([{"@id": "pkg:npm/a", "subcomponents": [{"identifiers": {"purl": "a"}}]}]),
        "statements[0].products[0].subcomponents[0].identifiers.purl: it is not a package URL",
    );
    changed("/statements/0/products", json!([{"@id": "a".repeat(5000)}]), "statements[0].products[0].@id: it has more");
    changed(
        "/statements/0/products",
        json!([{"@id": "a", "identifiers": {"cpe23": "c"}}]),
        "statements[0].products[0].identifiers.cpe23: it is not a CPE name",
    );
    changed("/statements/0/status", json!("fine"), "statements[0].status: it is none of");
    changed("/statements/0/status", json!("fixed"), "statements[0].justification: only not_affected may have it");
    changed("/statements/0/justification", Value::Null, "statements[0].justification: not_affected needs it");
    changed("/statements/0/justification", json!("so"), "statements[0].justification: it is none of");
    changed("/statements/0/impact_statement", json!("a".repeat(70_000)), "impact_statement: it has more than");
    changed("/statements/0/timestamp", json!("2024"), "statements[0].timestamp: it is not");
    let aliases = vec!["a"; 600_000];
    let mut large = statement("CVE-1", "fixed", &["pkg:npm/a"]);
    large["vulnerability"]["aliases"] = json!(aliases);
    check(
        &document(&json!([large, large])).to_string(),
        "statements[1].products: the document names more than 1,000,000",
    );
    check(&" ".repeat(MAX_DOCUMENT + 1), "the document: it has more than 64 MiB");
}

fn index(ecosystem: &str, package: &str, aliases: &[&str]) -> Index<Vec<u8>> {
    let affected = json!([{"package": {"ecosystem": ecosystem, "name": package}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9"}]}
    ]}]);
    let record = json!({"id": "X-1", "aliases": aliases, "modified": "2024-01-01T00:00:00Z", "affected": affected});
    let mut builder = IndexBuilder::new();
    builder.add(&Record::parse(record.to_string().as_bytes(), &Limits::default()).unwrap(), None).unwrap();
    Index::open(builder.build(Timestamp::from_unix_seconds(0)).unwrap()).unwrap()
}

/// Whether a document suppresses a flaw in a package, alone in an image.
pub(super) fn suppresses_in(
    document: &Document,
    flaw: &str,
    package: &Package,
    distribution: Option<&Distribution>,
    image: &ImageIdentity,
) -> bool {
    let installed = InstalledPackage { package: package.clone(), path: "records".into(), layer: 0, owner: None };
    let mut judgement = judged(&index("npm", "p", &[flaw]), Package::new(PackageKind::Npm, "p", "1.0.0"), None);
    judgement.findings[0].package = Arc::new(installed);
    let mut all = Statements::default();
    all.add("file", document.statements.clone());
    all.apply(&mut judgement, distribution, image);
    judgement.findings.is_empty()
}

fn judged(index: &Index<Vec<u8>>, package: Package, distribution: Option<Distribution>) -> Judgement {
    let installed = InstalledPackage { package, path: "records".into(), layer: 0, owner: None };
    let inventory = Inventory { distribution, packages: vec![installed], ..Inventory::default() };
    let judgement = judge(Some(index), &inventory, UNIX_EPOCH + Duration::from_hours(480_000));
    assert_eq!(judgement.findings.len(), 1);
    judgement
}

/// An image of the npm package `p`, in which a flaw with two ids is found, and whether these statements suppress it.
fn suppresses(documents: &[Value]) -> bool {
    let mut judgement =
        judged(&index("npm", "p", &["CVE-2023-1", "GHSA-aaaa"]), Package::new(PackageKind::Npm, "p", "1.0.0"), None);
    let mut all = Statements::default();
    for document in documents {
        all.add("file", said(document));
    }
    let image = ImageIdentity {
        repository: Some("docker.io/library/app".into()),
        tag: Some("1".into()),
        digest: Some(DIGEST.into()),
        indexes: vec![INDEX.into()],
    };
    let before = judgement.findings.clone();
    all.apply(&mut judgement, None, &image);
    let after = judgement.findings.iter().chain(judgement.suppressed.iter().map(|suppressed| &suppressed.finding));
    assert_eq!(after.cloned().collect::<Vec<_>>(), before, "nothing gets lost");
    judgement.findings.is_empty()
}

#[test]
fn statements_that_suppress() {
    fn check(statements: Value, expect: bool) {
        assert_eq!(suppresses(&[document(&statements)]), expect, "{statements}");
    }
    let of = |status: &str| statement("CVE-2023-1", status, &["pkg:npm/p@1.0.0"]);
    check(json!([]), false);
    for (status, expect) in
        [("not_affected", true), ("fixed", true), ("affected", false), ("under_investigation", false)]
    {
        check(json!([of(status)]), expect);
    }
    for id in ["CVE-2023-1", "cve-2023-1", "GHSA-aaaa", "X-1"] {
        check(json!([statement(id, "fixed", &["pkg:npm/p"])]), true);
    }
    check(json!([statement("CVE-2023-2", "fixed", &["pkg:npm/p"])]), false);
    let mut alias = statement("CVE-2023-2", "fixed", &["pkg:npm/p"]);
    alias["vulnerability"]["aliases"] = json!(["GHSA-aaaa"]);
    check(json!([alias]), true);
    check(json!([statement("X-1", "fixed", &["pkg:npm/q", "pkg:npm/p"])]), true);
    check(json!([statement("X-1", "fixed", &["pkg:npm/p@2.0.0", "https://example.com/p"])]), false);

    // The last one counts, by its time and then by its place, of those that speak of the package.
    check(json!([of("fixed"), of("affected")]), false);
    check(json!([of("affected"), of("fixed")]), true);
    check(json!([of("fixed"), of("under_investigation")]), false);
    check(json!([of("fixed"), statement("X-1", "affected", &["pkg:npm/q"])]), true);
    let mut later = of("affected");
    later["timestamp"] = json!("2024-03-01T00:00:00Z");
    check(json!([later, of("fixed")]), false);

    // The image, and parts of it.
    let part = |product: &str, parts: &[&str]| {
        let mut statement = statement("X-1", "fixed", &[product]);
        if !parts.is_empty() {
            let parts = parts.iter().map(|part| json!({"@id": part})).collect::<Vec<_>>();
            statement["products"][0]["subcomponents"] = json!(parts);
        }
        json!([statement])
    };
    let whole =
        format!("pkg:oci/app@{}?arch=amd64&repository_url=index.docker.io%2Flibrary%2Fapp", DIGEST.replace(':', "%3A"));
    check(part(&whole, &[]), true);
    check(part(&whole, &["pkg:npm/q", "pkg:npm/p@1.0.0"]), true);
    check(part(&whole, &["pkg:npm/q"]), false);
    check(part(&whole, &["https://example.com/p"]), false);
    check(part(&format!("pkg:oci/any@{INDEX}"), &[]), true);
    check(part("pkg:oci/app", &[]), true);
    check(part("pkg:oci/other", &[]), false);
    check(part(&format!("pkg:oci/app@sha256:{}", "0".repeat(64)), &[]), false);
    check(part("pkg:oci/app?repository_url=index.docker.io/library/app&tag=1", &[]), true);
    check(part("pkg:oci/app?repository_url=quay.io/library/app", &[]), false);
    check(part("pkg:oci/app?tag=2", &[]), false);
    check(part("pkg:oci/app?arch=arm64", &[]), false);
    // Whatever else has the package as its part may not be the only one.
    check(part("pkg:npm/q", &["pkg:npm/p"]), false);
    check(part("pkg:npm/p", &["pkg:npm/p"]), false);
}

#[test]
fn documents_together_are_as_one() {
    let of = |status: &str, time: &str| {
        let mut document = document(&json!([statement("X-1", status, &["pkg:npm/p"])]));
        document["timestamp"] = time.into();
        document
    };
    let (early, late) = ("2024-01-01T00:00:00Z", "2024-01-02T00:00:00+01:00");
    assert!(suppresses(&[of("affected", early), of("fixed", late)]));
    assert!(suppresses(&[of("fixed", late), of("affected", early)]));
    assert!(!suppresses(&[of("fixed", early), of("affected", late)]));
    assert!(!suppresses(&[of("fixed", early), of("affected", early)]));
}

#[test]
fn of_the_same_time_later_places_count() {
    let of = |status: &str| {
        let mut statements = Statements::default();
        statements.add("file", said(&document(&json!([statement("X-1", status, &["pkg:npm/p"])]))));
        statements
    };
    let check = |places: &[&Statements], expect: bool| {
        let mut judgement = judged(&index("npm", "p", &[]), Package::new(PackageKind::Npm, "p", "1.0.0"), None);
        Statements::apply_all(places, &mut judgement, None, &ImageIdentity::default());
        assert_eq!(judgement.findings.is_empty(), expect);
    };
    let (fixed, affected) = (of("fixed"), of("affected"));
    check(&[], false);
    check(&[&Statements::default(), &fixed], true);
    check(&[&affected, &fixed], true);
    check(&[&fixed, &affected], false);
}

#[test]
fn sources_answer_for_what_was_built_from_them() {
    let debian = Distribution { id: "debian".into(), version_id: Some("11".into()), ..Distribution::default() };
    let check = |product: &str, expect: bool| {
        let source = Some(SourcePackage { name: "openssl".into(), version: "1.1.1n-0".into() });
        let package = Package {
            source,
            architecture: Some("amd64".into()),
            ..Package::new(PackageKind::Deb, "libssl1.1", "1.1.1n-0+b1")
        };
        let mut judgement = judged(&index("Debian:11", "openssl", &[]), package, Some(debian.clone()));
        let mut all = Statements::default();
        all.add("file", said(&document(&json!([statement("X-1", "fixed", &[product])]))));
        all.apply(&mut judgement, Some(&debian), &ImageIdentity::default());
        assert_eq!(judgement.findings.is_empty(), expect, "{product}");
    };
    check("pkg:deb/debian/libssl1.1@1.1.1n-0%2Bb1?arch=amd64&distro=debian-11", true);
    check("pkg:deb/debian/libssl1.1?upstream=openssl%401.1.1n-0", true);
    check("pkg:deb/debian/libssl1.1?upstream=libssl", false);
    check("pkg:deb/debian/openssl?arch=source", true);
    check("pkg:deb/debian/openssl@1.1.1n-0?arch=source&distro=debian-11", true);
    check("pkg:deb/debian/openssl@1.1.1n-1?arch=source", false);
    check("pkg:deb/debian/libssl1.1?arch=source", false);
    check("pkg:deb/debian/openssl", false);
}

#[test]
fn who_said_so_is_kept_and_doubts_are_lifted() {
    let mut judgement = judged(&index("npm", "p", &[]), Package::new(PackageKind::Npm, "p", "not a version"), None);
    let is_doubt = |reason: &UnknownReason| matches!(reason, UnknownReason::UndeterminedVersion { .. });
    assert!(judgement.unknown.iter().any(is_doubt));
    let mut spoken = statement("X-1", "not_affected", &["pkg:npm/p"]);
    spoken["impact_statement"] = "It is never called.".into();
    let mut all = Statements::default();
    all.add("file", said(&document(&json!([spoken]))));
    all.apply(&mut judgement, None, &ImageIdentity::default());
    assert!(!judgement.unknown.iter().any(is_doubt));
    let reason = &judgement.suppressed[0].reason;
    let expect = Suppression::Vex {
        author: "Wolfi J. Inkinson".into(),
        status: VexStatus::NotAffected,
        justification: Some(Justification::VulnerableCodeNotInExecutePath),
        statement: Some("It is never called.".into()),
        document: "file".into(),
    };
    assert_eq!((reason, reason.word()), (&expect, "vex"));
    let said = "Wolfi J. Inkinson says not_affected (vulnerable_code_not_in_execute_path): It is never called.";
    assert_eq!(reason.to_string(), said);
}

proptest! {
    #[test]
    fn package_urls_never_panic(text in "(pkg:|PKG:)?[a-z/@?#%&=.é0-9]{0,40}") {
        if let Some(read) = PackageUrl::parse(&text) {
            prop_assert!(read.means(&read) || text.contains('#'));
        }
    }

    #[test]
    fn documents_never_panic(at in 0_usize..400, byte in any::<u8>()) {
        let mut bytes = document(&json!([statement("CVE-1", "not_affected", &["pkg:npm/a"])])).to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(&bytes);
    }
}
