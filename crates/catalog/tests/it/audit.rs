use std::sync::Arc;

use plimsoll_catalog::{AuditEntry, AuditVerdict, Catalog, CatalogError, NewManifest, NewRepository, Outcome};
use rusqlite::Connection;

use crate::{Fixture, LATER, NOW, account, at, digest, entry, repository, tag, tagged};

fn actions(catalog: &Catalog) -> Vec<String> {
    catalog.audit_page(0, 1_000).unwrap().into_iter().map(|record| record.entry.action).collect()
}

#[tokio::test]
async fn records_are_numbered_without_gaps_and_chained() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    assert_eq!(catalog.verify_audit(|_| ()).unwrap(), AuditVerdict::Whole { records: 0, head: [0; 32] });
    let denied = AuditEntry { account: None, outcome: Outcome::Denied, detail: "é".repeat(1_000), ..entry("pull") };
    assert_eq!(catalog.append_audit(entry("push"), NOW).await.unwrap(), 1);
    assert_eq!(catalog.append_audit(denied.clone(), LATER).await.unwrap(), 2);
    let page = catalog.audit_page(0, 10).unwrap();
    assert_eq!((page[0].seq, page[0].at, &page[0].entry), (1, NOW, &entry("push")));
    assert_eq!((page[1].seq, page[1].at, &page[1].entry), (2, LATER, &denied));
    assert_eq!((page[0].previous, page[1].previous), ([0; 32], page[0].hash));
    assert_eq!(catalog.audit_page(1, 10).unwrap(), page[1..]);
    assert_eq!(catalog.audit_page(0, 1).unwrap(), page[..1]);
    let mut seen = Vec::new();
    let verdict = catalog.verify_audit(|records| seen.push(records)).unwrap();
    assert_eq!(verdict, AuditVerdict::Whole { records: 2, head: page[1].hash });
    assert_eq!(seen, [2]);
}

#[tokio::test]
async fn what_a_change_brings_is_entered_with_it_and_only_then() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let app = repository("app");
    let cause = |action: &str| at(NOW).audited(entry(action));
    let create = |action| catalog.create_repository(NewRepository::plain(app.clone()), cause(action));
    create("create").await.unwrap();
    assert!(matches!(create("create again").await, Err(CatalogError::RepositoryExists)));
    catalog.link_blob(&app, digest("blob"), 4, cause("link")).await.unwrap();
    for action in ["put", "put the same"] {
        let new = NewManifest { blobs: vec![digest("blob")], cause: cause(action), ..tagged(&app, "{}", &["v1"]) };
        catalog.put_manifest(new).await.unwrap();
    }
    let refused = NewManifest { blobs: vec![digest("no")], cause: cause("refused"), ..tagged(&app, "[]", &["v1"]) };
    assert!(catalog.put_manifest(refused).await.is_err());
    for action in ["untag", "nothing to untag"] {
        catalog.delete_tag(&app, &tag("v1"), cause(action)).await.unwrap();
    }
    for action in ["unlink", "nothing to unlink"] {
        catalog.unlink_blob(&app, &digest("blob"), cause(action)).await.unwrap();
    }
    assert!(catalog.delete_repository(&app, false, cause("not empty")).await.is_err());
    catalog.delete_repository(&app, true, cause("delete")).await.unwrap();
    assert_eq!(actions(&catalog), ["create", "link", "put", "untag", "unlink", "delete"]);
    assert!(matches!(catalog.verify_audit(|_| ()).unwrap(), AuditVerdict::Whole { records: 6, .. }));
}

#[tokio::test]
async fn whatever_is_changed_in_the_log_is_found() {
    async fn check(tamper: &str, expect: u64) {
        let Fixture { catalog, directory } = Fixture::new();
        for number in 0..5 {
            catalog.append_audit(entry(&format!("action {number}")), NOW).await.unwrap();
        }
        let intruder = Connection::open(directory.path().join("catalog.db")).unwrap();
        for guarded in ["UPDATE audit SET detail = ''", "DELETE FROM audit"] {
            assert!(intruder.execute(guarded, []).is_err(), "{guarded} is not kept from");
        }
        intruder.execute_batch("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted").unwrap();
        intruder.execute_batch(tamper).unwrap();
        assert_eq!(catalog.verify_audit(|_| ()).unwrap(), AuditVerdict::BrokenAt { seq: expect }, "{tamper}");
    }
    for column in ["principal", "source", "action", "resource", "outcome", "request_id", "detail"] {
        check(&format!("UPDATE audit SET {column} = 'x' WHERE seq = 3"), 3).await;
    }
    check("UPDATE audit SET outcome = 'denied' WHERE seq = 3", 3).await;
    check("UPDATE audit SET at = at + 1 WHERE seq = 1", 1).await;
    check("UPDATE audit SET account = NULL WHERE seq = 5", 5).await;
    check("UPDATE audit SET hash = zeroblob(32) WHERE seq = 2", 2).await;
    check("UPDATE audit SET hash = x'' WHERE seq = 2", 2).await;
    check("DELETE FROM audit WHERE seq = 4", 4).await;
    check("DELETE FROM audit WHERE seq = 1", 1).await;
    check("DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5", 4).await;
    // What stands at the border of two fields belongs to one of them.
    check("UPDATE audit SET source = source || substr(action, 1, 1), action = substr(action, 2) WHERE seq = 2", 2)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_write_one_chain() {
    let Fixture { catalog, directory } = Fixture::new();
    let beside = Catalog::open(&directory.path().join("catalog.db")).unwrap();
    let catalogs = [Arc::new(catalog), Arc::new(beside)];
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let catalog = Arc::clone(&catalogs[task % 2]);
            tokio::spawn(async move {
                for round in 0..25 {
                    catalog.append_audit(entry(&format!("{task}-{round}")), NOW).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(matches!(catalogs[0].verify_audit(|_| ()).unwrap(), AuditVerdict::Whole { records: 200, .. }));
    let mut all = actions(&catalogs[1]);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 200);
    assert_eq!(catalogs[0].audit_page(0, 1).unwrap()[0].entry.account, Some(account("000000000001")));
}
