use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plimsoll_oci::Digest;

use crate::{Fixture, NOW, at, digest, named, repository, tagged};

const TASKS: usize = 16;
const ROUNDS: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_acknowledged_write_is_seen_at_once_by_everyone() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["shared"]).await;
    let catalog = Arc::new(catalog);
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let catalog = Arc::clone(&catalog);
            tokio::spawn(async move {
                let shared = repository("shared");
                for round in 0..ROUNDS {
                    let content = format!("{task}-{round}");
                    let own = format!("task-{task}");
                    let blob = digest(&format!("blob {content}"));
                    catalog.link_blob(&shared, blob, 1, at(NOW)).await.unwrap();
                    assert_eq!(catalog.blob_size(&shared, &blob).unwrap(), Some(1));
                    let stored = catalog.put_manifest(tagged(&shared, &content, &[&own, "latest"])).await.unwrap();
                    assert!(stored.created);
                    assert_eq!(named(&catalog, &shared, &own), Some(digest(&content)));
                    assert!(named(&catalog, &shared, "latest").is_some());
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let shared = repository("shared");
    assert_eq!(catalog.tags(&shared, None, 100).unwrap().unwrap().len(), TASKS + 1);
    assert_eq!(catalog.tag_history(&shared, None, usize::MAX).unwrap().len(), 2 * TASKS * ROUNDS);
    let statistics = catalog.statistics();
    // One made the repository.
    assert_eq!(statistics.operations as usize, 2 * TASKS * ROUNDS + 1);
    assert!(statistics.commits < statistics.operations, "{statistics:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_reader_sees_a_tag_go_back() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let catalog = Arc::new(catalog);
    let app = repository("app");
    catalog.put_manifest(tagged(&app, "first", &["latest"])).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (catalog, done) = (Arc::clone(&catalog), Arc::clone(&done));
            std::thread::spawn(move || {
                let mut seen: Vec<Digest> = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    seen.extend(named(&catalog, &repository("app"), "latest"));
                    seen.dedup();
                }
                seen
            })
        })
        .collect();
    for round in 0..200 {
        catalog.put_manifest(tagged(&app, &round.to_string(), &["latest"])).await.unwrap();
    }
    done.store(true, Ordering::Relaxed);

    let mut history = catalog.tag_history(&app, None, usize::MAX).unwrap();
    history.reverse();
    for reader in readers {
        let seen = reader.join().unwrap();
        let places: Vec<_> =
            seen.iter().map(|digest| history.iter().position(|change| change.to == Some(*digest))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    }
}
