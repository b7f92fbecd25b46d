//! The audit log: what is in it, and that nothing of it can be changed unseen.

use std::fs;
use std::time::Duration;

use plimsoll_testkit::http::Client;
use serde_json::Value;

use crate::harness::{Scene, check};
use crate::images::plain;

/// The records that `plimsoll audit export` prints.
#[track_caller]
pub(crate) fn export(scene: &Scene, options: &[&str]) -> Vec<Value> {
    let said = scene.run(&[&["audit", "export", "--data", "data"], options].concat(), &[]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
    said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn numbers(records: &[Value]) -> Vec<u64> {
    records.iter().map(|record| record["seq"].as_u64().unwrap()).collect()
}

#[test]
fn changes_and_denials_are_recorded_and_chained() {
    let scene = Scene::new();
    let server = scene.serve();
    let made = scene.run(&["user", "create", "eve", "--key", "--format", "json", "--data", "data"], &[]).json();
    let key = |member: &str| made["AccessKey"][member].as_str().unwrap().to_owned();
    server.registry().push_image("team/app", "1.0", &plain("one")).unwrap();
    let mut eve = Client::new(server.address()).basic(&key("AccessKeyId"), &key("SecretAccessKey"));
    check(&mut eve, "GET /v2/team/app/manifests/1.0", "403 DENIED");
    check(&mut server.http(), "DELETE /v2/team/app/manifests/1.0", "202");

    let records = export(&scene, &[]);
    let administrator = "arn:aws:iam::000000000000:user/administrator";
    for (principal, source, action, resource, outcome) in [
        ("arn:aws:iam::000000000000:user/eve", "127.0.0.1", "ecr:BatchGetImage", "team/app", "denied"),
        (administrator, "127.0.0.1", "ecr:PutImage", "team/app", "success"),
        (administrator, "127.0.0.1", "ecr:BatchDeleteImage", "team/app", "success"),
    ] {
        let found = records.iter().find(|record| record["action"] == action && record["outcome"] == outcome);
        let found = found.unwrap_or_else(|| panic!("no {outcome} {action} in {records:?}"));
        assert_eq!(found["principal"], principal);
        assert_eq!(found["source"], source);
        assert_eq!(found["resource"], resource);
        assert_eq!(found["account"], "000000000000");
        assert_eq!(found["requestId"].as_str().unwrap().len(), 36, "{found}");
    }
    let local = records.iter().find(|record| record["action"] == "iam:CreateUser" && record["source"] == "local");
    assert!(local.is_some_and(|record| record["detail"].as_str().unwrap().contains(&key("AccessKeyId"))), "{local:?}");
    assert_eq!(numbers(&records), (1..=records.len() as u64).collect::<Vec<_>>());
    for pair in records.windows(2) {
        assert_eq!(pair[0]["hash"], pair[1]["previous"]);
    }

    let verdict = scene.run(&["audit", "verify", "--format", "json", "--data", "data"], &[]);
    let last = records.last().unwrap();
    assert_eq!((verdict.code, &verdict.json()["head"]), (Some(0), &last["hash"]), "{verdict:?}");
    assert_eq!(verdict.json()["records"], last["seq"]);
}

#[test]
fn an_export_begins_where_it_is_told() {
    let scene = Scene::new();
    drop(scene.serve());
    for name in ["one", "two", "three"] {
        assert_eq!(scene.run(&["user", "create", name, "--data", "data"], &[]).code, Some(0));
    }
    let all = export(&scene, &[]);
    let third = all[2].clone();
    assert_eq!(numbers(&export(&scene, &["--from", "3"])), numbers(&all[2..]));
    assert_eq!(numbers(&export(&scene, &["--from", "0"])), numbers(&all));
    assert!(export(&scene, &["--from", "1000"]).is_empty());
    assert_eq!(export(&scene, &["--since", third["at"].as_str().unwrap()])[0], third);
    assert!(export(&scene, &["--since", "2999-01-01T00:00:00Z"]).is_empty());
    let refused = scene.run(&["audit", "export", "--since", "yesterday", "--data", "data"], &[]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
    assert!(refused.stderr.contains("--since"), "{refused:?}");
}

#[test]
fn a_changed_record_is_named() {
    let scene = Scene::new();
    let server = scene.serve();
    for (id, alias) in [("111111111111", "honest-one"), ("222222222222", "honest-two"), ("333333333333", "honest-six")]
    {
        let said = scene.run(&["account", "create", id, "--alias", alias, "--data", "data"], &[]);
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let records = export(&scene, &[]);
    let target = records.iter().find(|record| record["detail"] == "alias honest-two").unwrap()["seq"].clone();
    // The database is one file when nobody has it open.
    server.terminate(Duration::from_secs(20)).unwrap();
    let path = scene.data().join("catalog.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    let (from, to) = (b"honest-two", b"forged-two");
    let places: Vec<_> = (0..bytes.len() - from.len()).filter(|&at| bytes[at..].starts_with(from)).collect();
    assert!(!places.is_empty(), "the record is not in the file");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    fs::write(&path, bytes).unwrap();

    let said = scene.run(&["audit", "verify", "--data", "data"], &[]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains(&format!("broken at record {target}")), "{said:?}");
    let said = scene.run(&["audit", "verify", "--format", "json", "--data", "data"], &[]);
    assert_eq!((said.code, &said.json()["brokenAt"]), (Some(1), &target));
}
