use std::error::Error as _;

use plimsoll_inventory::{Distribution, Package, PackageKind, SourcePackage};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::vex::tests::suppresses_in;
use crate::vex::{Document, Form, ImageIdentity, Justification, VexStatus, read};

const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// In the shape of Red Hat's statements on a vulnerability.
fn document(status: &Value, more: &Value) -> Value {
    let product = |category: &str, id: &str, helper: &Value| {
        json!({"category": category, "name": id, "product": {
            "name": id, "product_id": id, "product_identification_helper": helper,
        }})
    };
    let platform = |id: &str, cpe: &str| product("product_name", id, &json!({"cpe": cpe}));
    let version = |id: &str, purl: &str| product("product_version", id, &json!({"purl": purl}));
    let part = |part: &str, whole: &str| {
        let id = format!("{whole}:{part}");
        json!({
            "category": "default_component_of", "product_reference": part, "relates_to_product_reference": whole,
            "full_product_name": {"name": format!("{part} as a component of {whole}"), "product_id": id},
        })
    };
    let image =
        format!("pkg:oci/ose-cli@{DIGEST}?arch=amd64&repository_url=registry.redhat.io/openshift4/ose-cli&tag=v4");
    let mut vulnerability = json!({
        "cve": "CVE-2023-1", "ids": [{"system_name": "Red Hat Bugzilla ID", "text": "2139166"}],
        "cwe": {"id": "CWE-366", "name": "Race Condition within a Thread"},
        "notes": [{"category": "description", "text": "A flaw was found."}],
        "product_status": status,
        "remediations": [{"category": "vendor_fix", "details": "Update.", "product_ids": []}],
        "threats": [{"category": "impact", "details": "Moderate"}],
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        vulnerability[name] = value.clone();
    }
    json!({
        "document": {
            "aggregate_severity": {"namespace": "https://access.redhat.com/security/updates/classification/", "text": "Moderate"},
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "distribution": {"tlp": {"label": "WHITE"}},
            "lang": "en",
            "notes": [],
            "publisher": {"category": "vendor", "name": "Red Hat Product Security", "namespace": "https://www.redhat.com"},
            "references": [],
            "title": "openssl: a flaw",
            "tracking": {
                "id": "CVE-2023-1", "status": "final", "version": "3",
                "initial_release_date": "2023-01-01T00:00:00+00:00",
                "current_release_date": "2023-06-01T02:00:00+02:00",
                "revision_history": [{"date": "2023-01-01T00:00:00+00:00", "number": "1", "summary": "Initial version"}],
            },
        },
        "product_tree": {
            "branches": [{"category": "vendor", "name": "Red Hat", "branches": [
                {"category": "product_family", "name": "Red Hat Enterprise Linux", "branches": [
                    platform("red_hat_enterprise_linux_9", "cpe:/o:redhat:enterprise_linux:9"),
                    platform("red_hat_enterprise_linux_8", "cpe:/o:redhat:enterprise_linux:8"),
                    platform("BaseOS-9.2.0.Z.MAIN", "cpe:/o:redhat:enterprise_linux:9::baseos"),
                    platform("AppStream-9.2.0.Z.EUS", "cpe:/a:redhat:rhel_eus:9.2::appstream"),
                    platform("9Base-RHOSE-4.15", "cpe:/a:redhat:openshift:4.15::el9"),
                ]},
                {"category": "architecture", "name": "src", "branches": [
                    version("openssl-1:3.0.7-6.el9_2.src", "pkg:rpm/redhat/openssl@3.0.7-6.el9_2?arch=src&epoch=1"),
                    version("openssl", "pkg:rpm/redhat/openssl?arch=src"),
                    version("nodejs:18/nodejs", "pkg:rpm/redhat/nodejs?arch=src&rpmmod=nodejs:18"),
                    version("nodejs:18:9020:rhel9", "pkg:rpmmod/redhat/nodejs@18:9020:rhel9"),
                    version("nodejs-1:18.1-1.src", "pkg:rpm/redhat/nodejs@18.1-1?arch=src&epoch=1"),
                ]},
                {"category": "architecture", "name": "x86_64", "branches": [
                    version("openssl-libs-1:3.0.7-6.el9_2.x86_64", "pkg:rpm/redhat/openssl-libs@3.0.7-6.el9_2?arch=x86_64&epoch=1"),
                ]},
                version("openshift4/ose-cli", &image),
            ]}],
            "relationships": [
                part("openssl-1:3.0.7-6.el9_2.src", "BaseOS-9.2.0.Z.MAIN"),
                part("openssl-libs-1:3.0.7-6.el9_2.x86_64", "BaseOS-9.2.0.Z.MAIN"),
                part("openssl-libs-1:3.0.7-6.el9_2.x86_64", "AppStream-9.2.0.Z.EUS"),
                part("openssl", "red_hat_enterprise_linux_9"),
                part("openssl", "red_hat_enterprise_linux_8"),
                part("nodejs:18/nodejs", "red_hat_enterprise_linux_9"),
                part("nodejs:18:9020:rhel9", "BaseOS-9.2.0.Z.MAIN"),
                part("nodejs-1:18.1-1.src", "BaseOS-9.2.0.Z.MAIN:nodejs:18:9020:rhel9"),
                part("openshift4/ose-cli", "9Base-RHOSE-4.15"),
            ],
            "product_groups": [{"group_id": "rhel", "product_ids": ["red_hat_enterprise_linux_9:openssl"]}],
        },
        "vulnerabilities": [vulnerability],
    })
}

fn said(document: &Value) -> Document {
    read(document.to_string().as_bytes()).unwrap()
}

fn rhel(content_sets: &[&str]) -> Distribution {
    Distribution {
        id: "rhel".into(),
        version_id: Some("9.2".into()),
        cpe: Some("cpe:/o:redhat:enterprise_linux:9::baseos".into()),
        content_sets: content_sets.iter().map(|set| (*set).to_owned()).collect(),
        ..Distribution::default()
    }
}

fn openssl() -> Package {
    Package {
        source: Some(SourcePackage { name: "openssl".into(), version: "3.0.7-6.el9_2".into() }),
        architecture: Some("x86_64".into()),
        ..Package::new(PackageKind::Rpm, "openssl-libs", "1:3.0.7-6.el9_2")
    }
}

#[test]
fn documents_of_red_hat_are_read() {
    let document = said(&document(
        &json!({
            "fixed": ["BaseOS-9.2.0.Z.MAIN:openssl-libs-1:3.0.7-6.el9_2.x86_64"],
            "known_affected": ["red_hat_enterprise_linux_8:openssl"],
            "known_not_affected": ["red_hat_enterprise_linux_9:openssl", "openshift4/ose-cli"],
            "under_investigation": ["AppStream-9.2.0.Z.EUS:openssl-libs-1:3.0.7-6.el9_2.x86_64"],
            "recommended": ["nothing that exists"],
        }),
        &json!({
            "flags": [
                {"label": "vulnerable_code_not_present", "group_ids": ["rhel"], "date": "2023-01-01T00:00:00Z"},
                {"label": "component_not_present", "product_ids": ["openshift4/ose-cli"]},
            ],
            "threats": [
                {"category": "impact", "details": " It is built\u{7} without it. ", "product_ids": ["red_hat_enterprise_linux_9:openssl"]},
                {"category": "exploit_status", "details": "none"},
                {"category": "impact", "details": "Important", "product_ids": ["openshift4/ose-cli"]},
            ],
        }),
    ));
    assert_eq!((document.form, document.id.as_deref()), (Form::Csaf, Some("CVE-2023-1")));
    assert_eq!(document.author, "Red Hat Product Security");
    assert_eq!(document.timestamp, Some("2023-06-01T00:00:00Z".parse().unwrap()));
    let shown: Vec<_> = document
        .statements
        .iter()
        .map(|statement| {
            let id = &statement.products[0].subject.id;
            let parts: Vec<_> = statement.products[0].subcomponents.iter().map(|part| part.id.as_str()).collect();
            (statement.status, statement.justification, statement.impact.as_deref(), id.as_str(), parts.join(" "))
        })
        .collect();
    assert_eq!(
        shown,
        [
            (VexStatus::Fixed, None, None, "BaseOS-9.2.0.Z.MAIN", "openssl-libs-1:3.0.7-6.el9_2.x86_64".into()),
            (
                VexStatus::NotAffected,
                Some(Justification::ComponentNotPresent),
                None,
                "openshift4/ose-cli",
                String::new()
            ),
            (
                VexStatus::NotAffected,
                Some(Justification::VulnerableCodeNotPresent),
                Some("It is built  without it."),
                "red_hat_enterprise_linux_9",
                "openssl".into(),
            ),
            (
                VexStatus::UnderInvestigation,
                None,
                None,
                "AppStream-9.2.0.Z.EUS",
                "openssl-libs-1:3.0.7-6.el9_2.x86_64".into()
            ),
            (VexStatus::Affected, None, None, "red_hat_enterprise_linux_8", "openssl".into()),
        ]
    );
    let first = &document.statements[0];
    assert_eq!(
        (first.vulnerability.as_str(), first.aliases.as_slice()),
        ("CVE-2023-1", ["2139166".to_owned()].as_slice())
    );
    assert_eq!((&*first.author, Some(first.timestamp)), ("Red Hat Product Security", document.timestamp));
}

#[test]
fn products_of_red_hat_are_those_of_its_distribution() {
    fn check(list: &str, id: &str, package: &Package, distribution: &Distribution, expect: bool) {
        let document = said(&document(&json!({list: [id]}), &json!({})));
        let found = suppresses_in(&document, "CVE-2023-1", package, Some(distribution), &ImageIdentity::default());
        assert_eq!(found, expect, "{list} {id} {}", package.name);
    }
    let (package, nine) = (openssl(), rhel(&[]));
    let unfixed = "red_hat_enterprise_linux_9:openssl";
    check("known_not_affected", unfixed, &package, &nine, true);
    check("known_affected", unfixed, &package, &nine, false);
    check("unknown", unfixed, &package, &nine, false);
    check("known_not_affected", "red_hat_enterprise_linux_8:openssl", &package, &nine, false);
    check("known_not_affected", "red_hat_enterprise_linux_9", &package, &nine, false);
    check("known_not_affected", unfixed, &package, &Distribution { id: "rocky".into(), ..nine.clone() }, false);
    // A package that is no part of the distribution, and one of another source.
    check("known_not_affected", unfixed, &Package::new(PackageKind::PyPi, "openssl", "1"), &nine, false);
    check("known_not_affected", unfixed, &Package { source: None, ..package.clone() }, &nine, false);
    for list in ["fixed", "first_fixed"] {
        check(list, "BaseOS-9.2.0.Z.MAIN:openssl-libs-1:3.0.7-6.el9_2.x86_64", &package, &nine, true);
        check(list, "BaseOS-9.2.0.Z.MAIN:openssl-1:3.0.7-6.el9_2.src", &package, &nine, true);
    }
    check("fixed", "openssl-libs-1:3.0.7-6.el9_2.x86_64", &package, &nine, true);
    let newer = Package::new(PackageKind::Rpm, "openssl-libs", "1:3.0.7-7.el9_2");
    check("fixed", "BaseOS-9.2.0.Z.MAIN:openssl-libs-1:3.0.7-6.el9_2.x86_64", &newer, &nine, false);
    // Streams with longer support are products of their own, which the image must have packages from.
    let eus = "AppStream-9.2.0.Z.EUS:openssl-libs-1:3.0.7-6.el9_2.x86_64";
    check("fixed", eus, &package, &nine, false);
    check("fixed", eus, &package, &rhel(&["rhel-9-for-x86_64-appstream-eus-rpms"]), true);
}

#[test]
fn packages_of_modules_are_told_apart() {
    let of = |module: Option<&str>| Package {
        source: Some(SourcePackage { name: "nodejs".into(), version: "18.1-1".into() }),
        modularity: module.map(str::to_owned),
        ..Package::new(PackageKind::Rpm, "npm", "1:8-1")
    };
    let check = |id: &str, module: Option<&str>, expect: bool| {
        let document = said(&document(&json!({"known_not_affected": [id]}), &json!({})));
        let image = ImageIdentity::default();
        let found = suppresses_in(&document, "CVE-2023-1", &of(module), Some(&rhel(&[])), &image);
        assert_eq!(found, expect, "{id} {module:?}");
    };
    check("red_hat_enterprise_linux_9:nodejs:18/nodejs", Some("nodejs:18:9020:rhel9"), true);
    check("red_hat_enterprise_linux_9:nodejs:18/nodejs", Some("nodejs:20:9020:rhel9"), false);
    check("red_hat_enterprise_linux_9:nodejs:18/nodejs", Some("nodejs:181:9020:rhel9"), false);
    check("red_hat_enterprise_linux_9:nodejs:18/nodejs", None, false);
    let chain = "BaseOS-9.2.0.Z.MAIN:nodejs:18:9020:rhel9:nodejs-1:18.1-1.src";
    check(chain, Some("nodejs:18:9020:rhel9"), true);
    check(chain, Some("nodejs:18:9021:rhel9"), false);
    check(chain, None, false);
}

#[test]
fn images_and_plain_packages_are_products() {
    let package = Package::new(PackageKind::Npm, "p", "1.0.0");
    let image = ImageIdentity { digest: Some(DIGEST.into()), ..ImageIdentity::default() };
    let check = |tree: Value, id: &str, expect: bool| {
        let mut whole = document(&json!({"fixed": [id]}), &json!({}));
        for (name, value) in tree.as_object().unwrap() {
            whole["product_tree"][name] = value.clone();
        }
        whole["document"]["csaf_version"] = "2.1".into();
        whole["document"]["category"] = "csaf_security_advisory".into();
        assert_eq!(suppresses_in(&said(&whole), "CVE-2023-1", &package, None, &image), expect, "{tree} {id}");
    };
    check(json!({}), "openshift4/ose-cli", true);
    check(json!({}), "9Base-RHOSE-4.15:openshift4/ose-cli", true);
    let names = |purls: &[&str]| {
        json!([
            {"product_id": "one", "name": "one", "product_identification_helper": {"purls": purls, "hashes": []}},
            {"product_id": "app", "name": "app", "product_identification_helper": {"purl": format!("pkg:oci/app@{DIGEST}")}},
            {"product_id": "none", "name": "none"},
        ])
    };
    check(json!({"full_product_names": names(&["pkg:npm/q", "pkg:npm/p@1.0.0"])}), "one", true);
    check(json!({"full_product_names": names(&["pkg:npm/q"])}), "one", false);
    check(json!({"full_product_names": names(&[])}), "one", false);
    check(json!({"full_product_names": names(&[])}), "none", false);
    let within = |category: &str, part: &str, whole: &str| {
        json!({
            "full_product_names": names(&["pkg:npm/p"]),
            "relationships": [{
                "category": category, "product_reference": part, "relates_to_product_reference": whole,
                "full_product_name": {"product_id": "both", "name": "both"},
            }],
        })
    };
    check(within("default_component_of", "one", "app"), "both", true);
    check(within("optional_component_of", "one", "app"), "both", true);
    check(within("installed_on", "one", "app"), "both", true);
    check(within("installed_with", "one", "app"), "both", false);
    check(within("external_component_of", "one", "app"), "both", false);
    check(within("default_component_of", "one", "none"), "both", false);
    check(within("default_component_of", "one", "absent"), "both", false);
    check(within("default_component_of", "absent", "app"), "both", false);
    check(within("default_component_of", "one", "both"), "both", false);
    check(within("default_component_of", "both", "app"), "both", false);
}

#[test]
fn a_contradiction_suppresses_nothing() {
    let id = "openssl-libs-1:3.0.7-6.el9_2.x86_64";
    for list in ["known_affected", "first_affected", "last_affected", "under_investigation", "unknown"] {
        let document = said(&document(&json!({"fixed": [id], "known_not_affected": [id], list: [id]}), &json!({})));
        let (package, nine) = (openssl(), rhel(&[]));
        assert!(!suppresses_in(&document, "CVE-2023-1", &package, Some(&nine), &ImageIdentity::default()), "{list}");
    }
}

#[test]
fn bad_documents_are_refused() {
    /// A document with one thing changed at a JSON pointer; null takes it away.
    fn changed(at: &str, value: Value, expect: &str) {
        let flags = json!({"flags": [{"label": "component_not_present", "group_ids": ["rhel"]}]});
        let mut whole = document(&json!({"fixed": ["openssl"]}), &flags);
        let (parent, name) = at.rsplit_once('/').unwrap();
        match (whole.pointer_mut(parent).unwrap(), value) {
            (Value::Object(members), Value::Null) => drop(members.remove(name).unwrap()),
            (Value::Object(members), value) => drop(members.insert(name.to_owned(), value)),
            (other, value) => other[name.parse::<usize>().unwrap()] = value,
        }
        let error = read(whole.to_string().as_bytes()).unwrap_err();
        let said = error.source().map_or(error.to_string(), |source| format!("{error}: {source}"));
        assert!(said.contains(expect), "{said:?} for {at}");
    }
    changed("/document", json!({}), "it is no CSAF document: missing field `category`");
    changed("/document/category", json!("csaf_base"), "document.category: it is neither csaf_vex nor");
    changed("/document/csaf_version", json!("1.2"), "document.csaf_version: it is neither 2.0 nor 2.1");
    changed("/document/publisher/name", json!(""), "document.publisher.name: it is empty");
    changed("/document/tracking/id", json!("a".repeat(5000)), "document.tracking.id: it has more than");
    changed(
        "/document/tracking/current_release_date",
        json!("2023"),
        "document.tracking.current_release_date: it is not",
    );
    changed("/document/tracking/current_release_date", Value::Null, "missing field `current_release_date`");
    let tree = "/product_tree/branches/0/branches/0/branches/0/product/product_identification_helper";
    let field = "product_tree.branches[0].branches[0].branches[0].product.product_identification_helper";
    changed(tree, json!({"cpe": "redhat"}), &format!("{field}.cpe: it is not a CPE name"));
    changed(tree, json!({"purl": "rpm/a"}), &format!("{field}.purl: it is not a package URL"));
    let twice = json!([{"product_id": "openssl", "name": "openssl"}]);
    changed(
        "/product_tree/full_product_names",
        twice,
        "product_tree.full_product_names[0].product_id: another product",
    );
    let nameless = json!([{"product_id": "", "name": "openssl"}]);
    changed("/product_tree/full_product_names", nameless, "product_tree.full_product_names[0].product_id: it is empty");
    changed(
        "/product_tree/relationships/0/category",
        json!("near"),
        "product_tree.relationships[0].category: it is none",
    );
    changed("/product_tree/product_groups", json!([]), "vulnerabilities[0].flags[0].group_ids: no group has this id");
    changed("/vulnerabilities/0/flags/0/label", json!("fine"), "vulnerabilities[0].flags[0].label: it is none");
    changed("/vulnerabilities/0/product_status/fixed", json!(["x"]), "product_status.fixed[0]: no product has this id");
    let long = json!({"fixed": ["openssl"], "known_not_affected": vec!["openssl"; 1_000_001]});
    changed("/vulnerabilities/0/product_status", long, "the document names more than 1,000,000 things");
    let purls = json!({"purls": vec!["pkg:npm/a"; 101]});
    changed(tree, purls, &format!("{field}.purls: it has more than 100 members"));
    let many = vec!["rhel"; 600_000];
    changed("/vulnerabilities/0/flags/0/group_ids", json!(many), "the document names more than 1,000,000 things");
    // Names and parts count as often as they are repeated.
    let ids = vec![json!({"text": "a"}); 2000];
    let products = (0..600).map(|n| json!({"product_id": n.to_string()})).collect::<Vec<_>>();
    let threats = (0..600).map(|n| json!({"category": "impact", "product_ids": [n.to_string()]})).collect::<Vec<_>>();
    let listed = (0..600).map(|n| n.to_string()).collect::<Vec<_>>();
    let mut whole = document(&json!({"known_not_affected": listed}), &json!({"ids": ids, "threats": threats}));
    whole["product_tree"]["full_product_names"] = products.into();
    let error = read(whole.to_string().as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "vulnerabilities[0]: the document names more than 1,000,000 things");
    let threat = json!([{"category": "impact", "details": "a".repeat(70_000)}]);
    let mut whole = document(&json!({"known_not_affected": ["openssl"]}), &json!({"threats": threat}));
    let error = read(whole.to_string().as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "vulnerabilities[0].threats.details: it has more than 65,536 bytes");
    // Only a VEX document has to name each vulnerability.
    whole["vulnerabilities"] = json!([{"product_status": {"fixed": ["openssl"]}}]);
    let error = read(whole.to_string().as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "vulnerabilities[0].cve: it is missing, and there are no ids in its place");
    whole["document"]["category"] = "csaf_security_advisory".into();
    assert_eq!(said(&whole).statements, []);
}

proptest! {
    #[test]
    fn documents_never_panic(at in 0_usize..8000, byte in any::<u8>()) {
        let mut bytes = document(&json!({"fixed": ["openssl"]}), &json!({})).to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(&bytes);
    }

    /// However products are made parts of each other, reading ends, and what is a part of itself suppresses nothing.
    #[test]
    fn parts_of_parts_never_panic(edges in prop::collection::vec((0_u8..6, 0_u8..6), 0..6), asked in 0_u8..6) {
        let relationships: Vec<_> = edges.iter().enumerate().map(|(number, (part, whole))| json!({
            "category": "default_component_of", "product_reference": part.to_string(),
            "relates_to_product_reference": whole.to_string(), "full_product_name": {"product_id": number.to_string()},
        })).collect();
        let mut whole = document(&json!({"fixed": [asked.to_string()]}), &json!({}));
        whole["product_tree"]["relationships"] = json!(relationships);
        match read(whole.to_string().as_bytes()) {
            Ok(document) => prop_assert!(!suppresses_in(
                &document, "CVE-2023-1", &openssl(), Some(&rhel(&[])), &ImageIdentity::default(),
            )),
            Err(error) => prop_assert!(error.to_string().contains("no product has this id")),
        }
    }
}
