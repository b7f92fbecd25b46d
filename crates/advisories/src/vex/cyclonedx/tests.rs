use std::error::Error as _;

use plimsoll_inventory::{Package, PackageKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::vex::tests::suppresses_in;
use crate::vex::{Document, Form, ImageIdentity, Justification, VexStatus, read};

const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const SERIAL: &str = "3e671687-395b-41f5-a30f-a58921a69b79";

/// A bill of materials of an image with one vulnerability in these things.
fn document(state: &str, affects: &Value) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{SERIAL}"),
        "version": 1,
        "metadata": {
            "timestamp": "2024-01-08T18:02:03Z",
            "authors": [{"email": "a@example.com"}, {"name": "Security Team"}],
            "supplier": {"name": "Acme"},
            "component": {
                "type": "container", "bom-ref": "image", "name": "app", "version": "1",
                "purl": format!("pkg:oci/app@{DIGEST}?repository_url=quay.io/team/app"),
            },
        },
        "components": [
            {"type": "library", "bom-ref": "p", "name": "p", "version": "1.0.0", "purl": "pkg:npm/p@1.0.0"},
            {"type": "library", "bom-ref": "q", "name": "q", "version": "1.0.0", "purl": "pkg:npm/q@1.0.0", "components": [
                {"type": "library", "bom-ref": "inner", "name": "r", "version": "2", "purl": "pkg:npm/r@2"},
            ]},
            {"type": "library", "name": "of no reference"},
            {"type": "library", "bom-ref": "nameless", "name": "p"},
        ],
        "vulnerabilities": [{
            "id": "CVE-2023-1",
            "source": {"name": "NVD"},
            "references": [{"id": "GHSA-aaaa", "source": {"name": "GitHub"}}],
            "ratings": [{"score": 7.5, "severity": "high", "method": "CVSSv31"}],
            "analysis": {"state": state},
            "affects": affects,
        }],
    })
}

fn said(document: &Value) -> Document {
    read(document.to_string().as_bytes()).unwrap()
}

fn image() -> ImageIdentity {
    ImageIdentity {
        repository: Some("quay.io/team/app".into()),
        tag: Some("1".into()),
        digest: Some(DIGEST.into()),
        ..ImageIdentity::default()
    }
}

/// Whether a document suppresses the flaw in version 1.0.0 of the package `p`.
fn suppresses(document: &Value) -> bool {
    let package = Package::new(PackageKind::Npm, "p", "1.0.0");
    suppresses_in(&said(document), "CVE-2023-1", &package, None, &image())
}

#[test]
fn analyses_are_read() {
    let mut whole = document("not_affected", &json!([{"ref": "p"}, {"ref": format!("urn:cdx:{SERIAL}/1#inner")}]));
    whole["vulnerabilities"][0]["analysis"] = json!({
        "state": "not_affected", "justification": "protected_at_perimeter",
        "response": ["update", "will_not_fix"], "detail": "A proxy filters\u{1b} it.",
        "firstIssued": "2024-01-01T00:00:00Z", "lastUpdated": "2024-02-01T00:00:00Z",
    });
    let found = said(&whole);
    assert_eq!((found.form, found.id.clone()), (Form::CycloneDx, Some(format!("urn:uuid:{SERIAL}"))));
    assert_eq!(
        (found.author.as_str(), found.timestamp),
        ("Security Team", Some("2024-01-08T18:02:03Z".parse().unwrap()))
    );
    let [statement] = found.statements.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (statement.vulnerability.as_str(), statement.aliases.as_slice()),
        ("CVE-2023-1", ["GHSA-aaaa".to_owned()].as_slice())
    );
    assert_eq!(statement.justification, Some(Justification::InlineMitigationsExist));
    assert_eq!(statement.impact.as_deref(), Some("protected_at_perimeter; A proxy filters  it.; update; will_not_fix"));
    assert_eq!(statement.timestamp.to_string(), "2024-02-01T00:00:00Z");
    let named: Vec<_> = statement
        .products
        .iter()
        .map(|product| {
            (product.subject.id.as_str(), product.subcomponents.iter().map(|part| part.id.as_str()).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(named, [("image", vec!["p"]), ("image", vec!["inner"])]);

    let check = |state: &str, justification: Option<&str>, expect: (VexStatus, Option<Justification>)| {
        let mut whole = document(state, &json!([{"ref": "p"}]));
        if let Some(justification) = justification {
            whole["vulnerabilities"][0]["analysis"]["justification"] = justification.into();
        }
        let found = said(&whole);
        assert_eq!(
            (found.statements[0].status, found.statements[0].justification),
            expect,
            "{state} {justification:?}"
        );
    };
    check("resolved", None, (VexStatus::Fixed, None));
    check("resolved_with_pedigree", Some("code_not_present"), (VexStatus::Fixed, None));
    check("exploitable", None, (VexStatus::Affected, None));
    check("in_triage", None, (VexStatus::UnderInvestigation, None));
    check("false_positive", None, (VexStatus::NotAffected, None));
    let not_affected = |justification| (VexStatus::NotAffected, justification);
    check("not_affected", Some("code_not_present"), not_affected(Some(Justification::VulnerableCodeNotPresent)));
    check(
        "not_affected",
        Some("code_not_reachable"),
        not_affected(Some(Justification::VulnerableCodeNotInExecutePath)),
    );
    for word in ["requires_configuration", "requires_dependency", "requires_environment"] {
        check("not_affected", Some(word), not_affected(None));
    }
    for word in ["protected_by_compiler", "protected_at_runtime", "protected_by_mitigating_control"] {
        check("not_affected", Some(word), not_affected(Some(Justification::InlineMitigationsExist)));
    }
}

#[test]
fn what_is_not_said_is_made_up_for() {
    let mut whole = document("not_affected", &json!([{"ref": "p"}]));
    let time = |whole: &Value| said(whole).statements[0].timestamp.to_string();
    whole["vulnerabilities"][0]["updated"] = "2023-05-05T00:00:00Z".into();
    whole["vulnerabilities"][0]["analysis"]["firstIssued"] = "2024-01-01T00:00:00Z".into();
    assert_eq!(time(&whole), "2024-01-01T00:00:00Z");
    whole["vulnerabilities"][0]["analysis"] = json!({"state": "not_affected"});
    assert_eq!(time(&whole), "2024-01-08T18:02:03Z");
    whole["metadata"] = json!({"manufacturer": {"name": "Acme"}});
    assert_eq!((time(&whole), said(&whole).author), ("2023-05-05T00:00:00Z".into(), "Acme".into()));
    whole["metadata"] = Value::Object(serde_json::Map::new());
    whole["vulnerabilities"][0].as_object_mut().unwrap().remove("updated");
    let found = said(&whole);
    assert_eq!((time(&whole), found.timestamp), ("1970-01-01T00:00:00Z".into(), None));
    assert_eq!(found.author, "an author who is not named");
    for nothing in [json!({"id": "CVE-1"}), json!({"id": "CVE-1", "analysis": {"detail": "?"}})] {
        whole["vulnerabilities"] = json!([nothing]);
        assert_eq!(said(&whole).statements, []);
    }
}

#[test]
fn references_name_components() {
    let check = |affects: Value, expect: bool| {
        assert_eq!(suppresses(&document("not_affected", &affects)), expect, "{affects}");
    };
    check(json!([{"ref": "p"}]), true);
    check(json!([{"ref": "q"}, {"ref": "p"}]), true);
    check(json!([{"ref": "q"}]), false);
    check(json!([{"ref": "inner"}]), false);
    check(json!([{"ref": "nameless"}]), false);
    check(json!([{"ref": "absent"}]), false);
    check(json!([{"ref": "image"}]), true);
    // Links, to this document and to others, of which only package URLs tell anything.
    check(json!([{"ref": format!("urn:cdx:{SERIAL}/1#p")}]), true);
    check(json!([{"ref": "urn:cdx:11111111-395b-41f5-a30f-a58921a69b79/1#p"}]), false);
    check(json!([{"ref": "urn:cdx:11111111-395b-41f5-a30f-a58921a69b79/1#pkg:npm/p@1.0.0"}]), true);
    check(json!([{"ref": "urn:cdx:11111111-395b-41f5-a30f-a58921a69b79/1#pkg:npm/p@1.0.1"}]), false);
    check(json!([{"ref": "urn:cdx:11111111-395b-41f5-a30f-a58921a69b79/1"}]), false);
    check(json!([{"ref": "pkg:npm/p"}]), true);

    let about = |component: Value, expect: bool| {
        let mut whole = document("not_affected", &json!([{"ref": "p"}]));
        whole["metadata"]["component"] = component.clone();
        assert_eq!(suppresses(&whole), expect, "{component}");
    };
    about(Value::Null, true);
    about(json!({"type": "container", "name": "app", "version": DIGEST}), true);
    about(json!({"type": "application", "name": "app", "version": DIGEST}), false);
    about(json!({"type": "container", "name": "app", "version": format!("sha256:{}", "0".repeat(64))}), false);
    about(json!({"type": "container", "name": format!("app@{DIGEST}")}), true);
    about(json!({"type": "container", "name": "quay.io/team/App:1"}), true);
    about(json!({"type": "container", "name": "quay.io/team/app", "version": "1"}), true);
    about(json!({"type": "container", "name": "quay.io/team/app"}), true);
    about(json!({"type": "container", "name": "quay.io/team/app", "version": "2"}), false);
    about(json!({"type": "container", "name": "quay.io/other/app:1"}), false);
    about(json!({"type": "container", "name": "team/app:1"}), false);
    about(json!({"type": "container", "name": "app:1"}), false);
    about(json!({"type": "container", "name": ""}), false);
    about(json!({"type": "application", "name": "app", "purl": "pkg:npm/app"}), false);
}

#[test]
fn all_of_what_is_the_same_must_be_meant() {
    let check = |affects: Value, expect: bool| {
        let mut whole = document("not_affected", &affects);
        whole["components"][1]["purl"] = "pkg:npm/p@1.0.0".into();
        assert_eq!(suppresses(&whole), expect, "{affects}");
    };
    check(json!([{"ref": "p"}]), false);
    check(json!([{"ref": "p"}, {"ref": "p"}]), false);
    check(json!([{"ref": "p"}, {"ref": "q"}]), true);
    check(json!([{"ref": "p"}, {"ref": format!("urn:cdx:{SERIAL}/1#q")}]), true);
}

#[test]
fn versions_say_what_is_affected() {
    let check = |state: &str, versions: Value, expect: bool| {
        let whole = document(state, &json!([{"ref": "p", "versions": versions}]));
        assert_eq!(suppresses(&whole), expect, "{state} {versions}");
    };
    check("not_affected", json!([{"version": "1.0.0"}]), true);
    check("not_affected", json!([{"version": "1.0.0", "status": "unaffected"}]), true);
    check("not_affected", json!([{"version": "1.0.1"}]), false);
    check("not_affected", json!([{"version": "1.0.0", "status": "affected"}]), true);
    check("not_affected", json!([{"version": "1.0.0", "status": "unknown"}]), true);
    check("resolved", json!([{"version": "1.0.0", "status": "affected"}]), false);
    check("resolved", json!([{"version": "1.0.0", "status": "unknown"}]), false);
    check(
        "resolved",
        json!([{"version": "0.9", "status": "affected"}, {"version": "1.0.0", "status": "unaffected"}]),
        true,
    );
    check("exploitable", json!([{"version": "1.0.0", "status": "unaffected"}]), true);
    check("exploitable", json!([{"version": "1.0.0"}]), false);
    check("exploitable", json!([{"range": "vers:npm/<1", "status": "unaffected"}]), false);
    check("not_affected", json!([{"range": "vers:npm/<9"}]), false);
    check("resolved", json!([{"version": "1.0.0"}, {"range": "vers:npm/<9", "status": "affected"}]), false);
}

#[test]
fn bad_documents_are_refused() {
    /// A document with one thing changed at a JSON pointer.
    fn changed(at: &str, value: Value, expect: &str) {
        let mut whole = document("not_affected", &json!([{"ref": "p", "versions": [{"version": "1"}]}]));
        let (parent, name) = at.rsplit_once('/').unwrap();
        match whole.pointer_mut(parent).unwrap() {
            Value::Array(members) => members[name.parse::<usize>().unwrap()] = value,
            members => members[name] = value,
        }
        let error = read(whole.to_string().as_bytes()).unwrap_err();
        let said = error.source().map_or(error.to_string(), |source| format!("{error}: {source}"));
        assert!(said.contains(expect), "{said:?} for {at}");
    }
    changed("/bomFormat", json!("SPDX"), "bomFormat: it is not CycloneDX");
    changed("/specVersion", json!("1.3"), "specVersion: it is none of 1.4, 1.5, 1.6 and 1.7");
    changed("/specVersion", json!(1.6), "it is no CycloneDX document: invalid type");
    changed("/metadata/timestamp", json!("now"), "metadata.timestamp: it is not an RFC 3339 time");
    changed("/metadata/authors", json!([{"name": "a".repeat(5000)}]), "metadata.authors: it has more than 4,096 bytes");
    changed("/metadata/component/purl", json!("oci/app"), "metadata.component.purl: it is not a package URL");
    changed("/components/1/components/0/purl", json!("x"), "components[1].components[0].purl: it is not a package URL");
    changed("/components/1/bom-ref", json!("p"), "components[1].bom-ref: another component has the same");
    changed("/components/1/bom-ref", json!("a".repeat(5000)), "components[1].bom-ref: it has more than");
    let vulnerability = |member: &str| format!("/vulnerabilities/0/{member}");
    changed(&vulnerability("id"), json!(" "), "vulnerabilities[0].id: it is empty");
    changed(&vulnerability("id"), Value::Null, "vulnerabilities[0].id: it is empty");
    changed(
        &vulnerability("references"),
        json!([{"id": "a".repeat(5000)}]),
        "vulnerabilities[0].references[0].id: it has",
    );
    changed(&vulnerability("affects"), json!([]), "vulnerabilities[0].affects: it names no product");
    changed(&vulnerability("affects/0/ref"), json!("a".repeat(5000)), "vulnerabilities[0].affects[0].ref: it has more");
    changed(
        &vulnerability("affects/0/versions/0/status"),
        json!("fine"),
        "affects[0].versions[0].status: it is none of",
    );
    changed(&vulnerability("analysis/state"), json!("fine"), "vulnerabilities[0].analysis.state: it is none of");
    changed(
        &vulnerability("analysis/justification"),
        json!("so"),
        "vulnerabilities[0].analysis.justification: it is none",
    );
    changed(
        &vulnerability("analysis/response"),
        json!(["update", "x"]),
        "vulnerabilities[0].analysis.response[1]: it is",
    );
    changed(&vulnerability("analysis/detail"), json!("a".repeat(70_000)), "vulnerabilities[0].analysis.detail: it has");
    changed(&vulnerability("analysis/lastUpdated"), json!("now"), "vulnerabilities[0].analysis.lastUpdated: it is not");
    let components = vec![r#"{"name":""}"#; 1_000_001].join(",");
    let large = format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{components}]}}"#);
    let error = read(large.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "components[1000000]: the document names more than 1,000,000 things");
}

proptest! {
    #[test]
    fn documents_never_panic(at in 0_usize..2000, byte in any::<u8>()) {
        let mut bytes = document("not_affected", &json!([{"ref": "p"}])).to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(&bytes);
    }

    /// What is suppressed is so by a state that suppresses, whatever else a document says.
    #[test]
    fn only_states_that_suppress_do(
        state in "resolved|exploitable|in_triage|not_affected",
        references in prop::collection::vec("p|q|image|pkg:npm/p", 1..4),
        status in prop::option::of("affected|unaffected|unknown"),
    ) {
        let version = status.map(|status| json!([{"version": "1.0.0", "status": status}]));
        let affects: Vec<_> = references.iter().map(|reference| json!({"ref": reference, "versions": version.clone().unwrap_or(json!([]))})).collect();
        let is_unaffected = |value: &Value| value[0]["status"] == "unaffected" || state == "not_affected";
        let may = version.as_ref().map_or(state == "resolved" || state == "not_affected", is_unaffected);
        prop_assert!(!suppresses(&document(&state, &json!(affects))) || may);
    }
}
