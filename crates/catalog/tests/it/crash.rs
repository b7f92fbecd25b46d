//! What is on the disk at any instant is a catalog that holds all that was acknowledged, and nothing by halves.

use std::path::Path;
use std::sync::{Arc, Mutex};

use plimsoll_catalog::{AuditVerdict, Catalog, ImageId, NewManifest, Repository};
use plimsoll_oci::Tag;

use crate::{Fixture, NOW, at, digest, entry, named, repository, tag, tagged};

/// An image with a blob, two tags, and an event.
async fn push(catalog: &Catalog, repository: &Repository, content: &str) {
    let blob = digest(&format!("blob of {content}"));
    catalog.link_blob(repository, blob, 7, at(NOW)).await.unwrap();
    let tags = [format!("{content}-a"), format!("{content}-b")];
    let new = NewManifest {
        blobs: vec![blob],
        cause: at(NOW).audited(entry(content)),
        ..tagged(repository, content, &[&tags[0], &tags[1]])
    };
    catalog.put_manifest(new).await.unwrap();
}

/// Checks that an image is there wholly or not at all. Answers whether it is.
fn is_whole(catalog: &Catalog, repository: &Repository, content: &str) -> bool {
    let there = catalog.manifest_exists(repository, &digest(content)).unwrap();
    let expect = there.then(|| digest(content));
    let id = ImageId { digest: Some(digest(content)), tag: None };
    let described = catalog.images_by_ids(repository, &[id]).unwrap().map(|mut found| found.remove(0));
    assert_eq!(described.and_then(Result::ok).map(|image| image.tags.len()), there.then_some(2));
    for name in [format!("{content}-a"), format!("{content}-b")] {
        assert_eq!(named(catalog, repository, &name), expect);
        let history = catalog.tag_history(repository, Some(&tag(&name)), 10).unwrap();
        assert_eq!(history.len(), usize::from(there));
    }
    let blob = digest(&format!("blob of {content}"));
    let users = catalog.manifests_using_blob(repository, &blob).unwrap();
    assert_eq!(users.len(), usize::from(there));
    assert!(!there || catalog.blob_size(repository, &blob).unwrap().is_some());
    there
}

fn tag_count(catalog: &Catalog, repository: &Repository) -> usize {
    catalog.tags(repository, None, usize::MAX).unwrap().map_or(0, |tags: Vec<Tag>| tags.len())
}

/// Copies the database as a crash would leave it: the log may end anywhere. The database file itself does not change
/// meanwhile, since the log is folded in only when it has grown far beyond what these tests write.
fn copy(from: &Path, to: &Path, cut: usize) {
    std::fs::copy(from.join("catalog.db"), to.join("catalog.db")).unwrap();
    let mut log = std::fs::read(from.join("catalog.db-wal")).unwrap();
    assert!(log.len() < 12 << 20, "the log may have been folded in: {} bytes", log.len());
    log.truncate(log.len().saturating_sub(cut));
    std::fs::write(to.join("catalog.db-wal"), log).unwrap();
}

#[tokio::test]
async fn a_catalog_that_was_not_closed_has_everything() {
    let mut fixture = Fixture::with(&["app"]).await;
    let app = repository("app");
    for round in 0..5 {
        push(&fixture.catalog, &app, &round.to_string()).await;
        fixture = fixture.reopen();
        for earlier in 0..=round {
            assert!(is_whole(&fixture.catalog, &app, &earlier.to_string()));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_taken_at_any_moment_has_all_that_was_acknowledged() {
    const TASKS: usize = 8;
    const ROUNDS: usize = 8;
    let Fixture { catalog, directory } = Fixture::with(&["app"]).await;
    let (catalog, acknowledged) = (Arc::new(catalog), Arc::new(Mutex::new(Vec::new())));
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (catalog, acknowledged) = (Arc::clone(&catalog), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    let content = format!("{task}-{round}");
                    push(&catalog, &repository("app"), &content).await;
                    acknowledged.lock().unwrap().push(content);
                }
            })
        })
        .collect();
    let mut copies = Vec::new();
    while !tasks.iter().all(tokio::task::JoinHandle::is_finished) && copies.len() < 12 {
        let promised = acknowledged.lock().unwrap().clone();
        let target = tempfile::tempdir().unwrap();
        copy(directory.path(), target.path(), 0);
        copies.push((promised, target));
        tokio::task::yield_now().await;
    }
    for task in tasks {
        task.await.unwrap();
    }
    for (promised, target) in copies {
        let copied = Catalog::open(&target.path().join("catalog.db")).unwrap();
        for content in promised {
            assert!(is_whole(&copied, &repository("app"), &content), "{content} was acknowledged");
        }
        let all = (0..TASKS).flat_map(|task| (0..ROUNDS).map(move |round| format!("{task}-{round}")));
        let whole = all.filter(|content| is_whole(&copied, &repository("app"), content)).count();
        assert_eq!(tag_count(&copied, &repository("app")), 2 * whole);
        let AuditVerdict::Whole { records, .. } = copied.verify_audit(|_| ()).unwrap() else {
            panic!("the audit log is broken");
        };
        assert_eq!(records as usize, whole);
    }
}

#[tokio::test]
async fn a_log_cut_anywhere_leaves_whole_operations() {
    let Fixture { catalog, directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    for round in 0..4 {
        push(&catalog, &app, &round.to_string()).await;
    }
    let log = std::fs::metadata(directory.path().join("catalog.db-wal")).unwrap().len() as usize;
    let mut counts = Vec::new();
    for cut in (0..log).step_by(7_001).chain([log]) {
        let target = tempfile::tempdir().unwrap();
        copy(directory.path(), target.path(), cut);
        let copied = Catalog::open(&target.path().join("catalog.db")).unwrap();
        let whole: Vec<_> = (0..4).map(|round| is_whole(&copied, &app, &round.to_string())).collect();
        assert!(whole.is_sorted_by(|earlier, later| earlier >= later), "{whole:?}");
        counts.push(whole.iter().filter(|whole| **whole).count());
    }
    assert!(counts.is_sorted_by(|longer, shorter| longer >= shorter), "{counts:?}");
    assert_eq!((counts.first(), counts.last()), (Some(&4), Some(&0)));
}
