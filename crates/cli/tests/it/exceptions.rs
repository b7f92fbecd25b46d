//! `plimsoll scan --exceptions`: findings that somebody answers for.

use plimsoll_testkit::archive::docker_save;
use plimsoll_testkit::image::ImageBuilder;
use serde_json::json;

use crate::harness::{Said, Scene};
use crate::images::{CRITICAL, advisory, python};

const ONE: &str = r#"{"owner": "Team A", "reason": "Only tests use it.", "vulnerability": "P-1", "expires": "END"}"#;

fn scan(scene: &Scene, more: &[&str]) -> Said {
    let fixed = ["scan", "image.tar", "--data", "data", "--format", "json", "--fail-on", "low"];
    scene.run(&[fixed.as_slice(), more].concat(), &[])
}

fn scene() -> Scene {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("P-1", "PyPI", "flask", "1.0", CRITICAL))]);
    let image = ImageBuilder::new().layer(python("flask", "0.12")).build();
    scene.write("image.tar", docker_save(&[("quay.io/team/app:1", &image)]));
    scene
}

#[test]
fn findings_that_somebody_answers_for_do_not_count() {
    let scene = scene();
    let until = |name: &str, end: &str| {
        scene.write(name, format!("{{\"exceptions\": [{}]}}", ONE.replace("END", end)));
    };
    until("ended.json", "2020-01-01T00:00:00Z");
    until("holds.json", "9999-01-01T00:00:00Z");
    scene.write(
        "never.toml",
        "[[exceptions]]\nowner = 'Team B'\nreason = 'No fix.'\nrepository = 'team/*'\nexpires = 'never'\n",
    );
    scene.write(
        "other.toml",
        "[[exceptions]]\nowner = 'Team B'\nreason = 'No fix.'\nrepository = 'other/*'\nexpires = 'never'\n",
    );
    let check = |documents: &[&str], expect: Option<&str>| {
        let documents = documents.iter().flat_map(|document| ["--exceptions", document]).collect::<Vec<_>>();
        let said = scan(&scene, &documents);
        assert_eq!(said.code, Some(i32::from(expect.is_none())), "{documents:?}: {said:?}");
        let found = said.json();
        let suppressed = &found["suppressed"][0];
        assert_eq!(suppressed["detail"].as_str(), expect, "{documents:?}");
        let counts = (&found["counts"]["findings"], &found["counts"]["suppressed"], &suppressed["reason"]);
        match expect {
            Some(_) => assert_eq!(counts, (&json!(0), &json!(1), &json!("exception"))),
            None => assert_eq!(counts, (&json!(1), &json!(0), &json!(null))),
        }
    };
    check(&[], None);
    check(&["ended.json"], None);
    check(&["holds.json"], Some("Team A answers for it until 9999-01-01T00:00:00Z: Only tests use it."));
    check(&["holds.json", "never.toml"], Some("Team B answers for it without an end: No fix."));
    check(&["ended.json", "other.toml"], None);
    let asked = ["scan", "image.tar", "--data", "data", "--exceptions", "holds.json", "--explain", "P-1"];
    let explained = scene.run(&asked, &[]);
    assert!(explained.code == Some(0) && explained.stdout.contains("Team A answers for it until"), "{explained:?}");
}

#[test]
fn a_document_that_breaks_a_rule_stops_the_scan() {
    let scene = Scene::new();
    let check = |name: &str, content: &str, expect: &str| {
        scene.write(name, content);
        let said = scene.run(&["scan", "absent.tar", "--data", "data", "--exceptions", name], &[]);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.stderr.contains(&format!("cannot use {name}")) && said.stderr.contains(expect), "{said:?}");
    };
    check("bad.json", "{}", "missing field `exceptions`");
    check(
        "bad.json",
        &format!("{{\"exceptions\": [{}]}}", ONE.replace("END", "soon")),
        "exceptions[0].expires: it is neither",
    );
    check("bad.toml", "[[exceptions]]\nowner = 'a'", "missing field `reason`");
    check(
        "bad.toml",
        "[[exceptions]]\nowner = 'a'\nreason = 'b'\nexpires = 'never'",
        "exceptions[0].vulnerability: it has no scope",
    );
    let said = scene.run(&["scan", "absent.tar", "--data", "data", "--exceptions", "no.json"], &[]);
    assert!(said.code == Some(2) && said.stderr.contains("cannot read no.json"), "{said:?}");
}
