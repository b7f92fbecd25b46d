//! `plimsoll scan --vex`: statements that say which findings do not count.

use plimsoll_testkit::archive::{docker_save, oci_archive};
use plimsoll_testkit::image::ImageBuilder;
use serde_json::{Value, json};

use crate::harness::{Said, Scene};
use crate::images::{CRITICAL, advisory, python};

const FLASK: &str = "pkg:pypi/flask@0.12";

/// A document with one statement on `P-1`.
fn document(author: &str, time: &str, status: &str, product: Value) -> String {
    let mut statement = json!({"vulnerability": {"name": "P-1"}, "products": [product], "status": status});
    if status == "not_affected" {
        statement["impact_statement"] = "Templates are never rendered.".into();
    }
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/1", "version": 1,
        "author": author, "timestamp": time, "statements": [statement],
    });
    document.to_string()
}

fn scan(scene: &Scene, source: &str, documents: &[&str]) -> Said {
    let documents = documents.iter().flat_map(|document| ["--vex", document]).collect::<Vec<_>>();
    let fixed = ["scan", source, "--data", "data", "--format", "json", "--fail-on", "low"];
    scene.run(&[fixed.as_slice(), &documents].concat(), &[])
}

#[test]
fn statements_decide_which_findings_count() {
    let scene = Scene::new();
    let record = |id: &str| ("PyPI", advisory(id, "PyPI", "flask", "1.0", CRITICAL));
    scene.import(&[record("P-1")]);
    let image = ImageBuilder::new().layer(python("flask", "0.12")).build();
    scene.write("image.tar", docker_save(&[("quay.io/team/app:1", &image)]));
    scene.write("oci.tar", oci_archive("1", &image));
    let (early, late) = ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z");
    let package = json!({"@id": FLASK});
    let digest = format!("pkg:oci/app@{}", image.manifest.digest.to_string().replace(':', "%3A"));
    let write = |name: &str, author: &str, time: &str, status: &str, product: &Value| {
        scene.write(name, document(author, time, status, product.clone()));
    };
    write("not.json", "Vendor", early, "not_affected", &package);
    write("is.json", "Us", late, "affected", &package);
    write("other.json", "Vendor", early, "fixed", &json!({"@id": "pkg:pypi/flask@0.13"}));
    let in_app = |product: &str| json!({"@id": product, "subcomponents": [package]});
    write("app.json", "Us", early, "fixed", &in_app("pkg:oci/app?repository_url=quay.io/team/app"));
    write("digest.json", "Us", early, "fixed", &in_app(&digest));

    let check = |source: &str, documents: &[&str], expect: bool| {
        let said = scan(&scene, source, documents);
        let (code, verdict) = if expect { (0, "pass") } else { (1, "deny") };
        assert_eq!(said.code, Some(code), "{source} {documents:?}: {said:?}");
        let found = said.json();
        let counts = (&found["counts"]["findings"], &found["counts"]["suppressed"], &found["verdict"]);
        let expect = usize::from(expect);
        assert_eq!(counts, (&json!(1 - expect), &json!(expect), &json!(verdict)), "{source} {documents:?}");
        found
    };
    check("image.tar", &[], false);
    check("image.tar", &["other.json"], false);
    check("image.tar", &["not.json", "is.json"], false);
    check("image.tar", &["is.json", "not.json"], false);
    check("image.tar", &["app.json"], true);
    check("oci.tar", &["app.json"], false);
    check("oci.tar", &["digest.json"], true);
    let purl = json!({"purl": FLASK});
    let csaf = json!({
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "Vendor"},
            "tracking": {"id": "1", "current_release_date": late},
        },
        "product_tree": {"full_product_names": [{"product_id": "f", "product_identification_helper": purl}]},
        "vulnerabilities": [{"cve": "P-1", "product_status": {"known_not_affected": ["f"]}}],
    });
    let bom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": {"timestamp": late},
        "vulnerabilities": [{"id": "P-1", "analysis": {"state": "exploitable"}, "affects": [{"ref": FLASK}]}],
    });
    let attested = json!({"_type": "https://in-toto.io/Statement/v1", "predicate": bom});
    scene.write("csaf.json", csaf.to_string());
    scene.write("attested.json", attested.to_string());
    check("image.tar", &["csaf.json"], true);
    check("image.tar", &["not.json", "attested.json"], false);
    check("image.tar", &["attested.json", "csaf.json"], true);
    let found = check("image.tar", &["other.json", "not.json"], true);
    let suppressed = &found["suppressed"][0];
    assert_eq!((&suppressed["id"], &suppressed["reason"]), (&json!("P-1"), &json!("vex")));
    let detail = "Vendor says not_affected: Templates are never rendered.";
    assert_eq!(suppressed["detail"], detail);
    let asked = ["scan", "image.tar", "--data", "data", "--format", "json", "--vex", "not.json", "--explain", "P-1"];
    let explained = scene.run(&asked, &[]).json();
    assert_eq!((&explained["reported"], &explained["suppressed"][0]["detail"]), (&json!(false), &json!(detail)));
    let table = scene.run(&["scan", "image.tar", "--data", "data", "--vex", "not.json"], &[]);
    assert_eq!(table.code, Some(0));
    assert!(table.stdout.contains("0 findings, 1 suppressed") && table.stdout.contains(detail), "{}", table.stdout);
}

#[test]
fn a_document_that_breaks_a_rule_stops_the_scan() {
    let scene = Scene::new();
    let check = |content: &str, expect: &str| {
        scene.write("bad.json", content);
        let said = scan(&scene, "absent.tar", &["bad.json"]);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.stderr.contains("cannot use bad.json") && said.stderr.contains(expect), "{said:?}");
    };
    check("{}", "it is no document of OpenVEX");
    let time = "2024-01-01T00:00:00Z";
    check(&document("a", time, "fine", json!({"@id": FLASK})), "statements[0].status");
    check(&document("a", time, "fixed", json!({"@id": "pkg:pypi"})), "statements[0].products[0].@id");
    let said = scan(&scene, "absent.tar", &["no.json"]);
    assert!(said.code == Some(2) && said.stderr.contains("cannot read no.json"), "{said:?}");
}
