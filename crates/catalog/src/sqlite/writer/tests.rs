use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::Change;
use crate::{Catalog, CatalogError};

struct Fixture {
    catalog: Arc<Catalog>,
    _directory: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let catalog = Arc::new(Catalog::open(&directory.path().join("catalog.db")).unwrap());
        Self { catalog, _directory: directory }
    }

    /// Holds the writer inside an operation until the answer's sender is dropped, so that whatever is asked for
    /// meanwhile ends in one batch.
    fn hold(&self) -> (Sender<()>, JoinHandle<()>) {
        let (open, gate) = channel::<()>();
        let (inside, entered) = channel();
        let catalog = Arc::clone(&self.catalog);
        let held = tokio::spawn(async move {
            let wait = move |_: &mut Change<'_>| {
                inside.send(()).unwrap();
                // Ends with an error when the sender is dropped.
                let _ = gate.recv();
                Ok(())
            };
            catalog.writer.write(wait).await.unwrap();
        });
        entered.recv().unwrap();
        (open, held)
    }

    async fn set(&self, key: &str) -> Result<(), CatalogError> {
        self.catalog.set_setting(key, key.into()).await
    }

    fn is_set(&self, key: &str) -> bool {
        self.catalog.setting(key).unwrap().is_some()
    }
}

fn insert(change: &Change<'_>, key: &str) -> rusqlite::Result<usize> {
    change.connection.execute("INSERT INTO settings (key, value) VALUES (?1, x'')", [key])
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_that_wait_share_one_commit() {
    let fixture = Fixture::new();
    let (open, held) = fixture.hold();
    let before = fixture.catalog.statistics();
    let (a, b, c, ()) = tokio::join!(fixture.set("a"), fixture.set("b"), fixture.set("c"), async { drop(open) });
    held.await.unwrap();
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    let after = fixture.catalog.statistics();
    // The one that was held, and one for the three.
    assert_eq!((after.commits - before.commits, after.operations - before.operations), (2, 4));
    assert!(after.total_commit >= after.last_commit && !after.last_commit.is_zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_fails_or_panics_is_undone_alone() {
    let fixture = Fixture::new();
    let (open, held) = fixture.hold();
    let failing = fixture.catalog.writer.write(|change| {
        insert(change, "failing")?;
        insert(change, "failing")?;
        Ok(())
    });
    let panicking = fixture.catalog.writer.write(|change| -> Result<(), CatalogError> {
        insert(change, "panicking")?;
        panic!("on purpose");
    });
    let (a, failed, panicked, b, ()) =
        tokio::join!(fixture.set("a"), failing, panicking, fixture.set("b"), async { drop(open) });
    held.await.unwrap();
    assert!(matches!(failed, Err(CatalogError::Database(_))));
    assert!(matches!(panicked, Err(CatalogError::Panicked)));
    assert!(a.is_ok() && b.is_ok());
    assert!(fixture.is_set("a") && fixture.is_set("b"));
    assert!(!fixture.is_set("failing") && !fixture.is_set("panicking"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_fails_the_whole_batch_and_nothing_after() {
    let fixture = Fixture::new();
    let (open, held) = fixture.hold();
    // A foreign key that is looked at no earlier than at the commit stands in for a disk that refuses it.
    let poison = fixture.catalog.writer.write(|change| {
        change.connection.execute_batch(
            "PRAGMA defer_foreign_keys = ON;
            INSERT INTO repositories (account, name, created_at) VALUES (404, 'nowhere', 0)",
        )?;
        Ok(())
    });
    let refused = fixture.catalog.writer.write(|_| -> Result<(), CatalogError> { Err(CatalogError::Panicked) });
    let (a, poison, refused, b, ()) =
        tokio::join!(fixture.set("a"), poison, refused, fixture.set("b"), async { drop(open) });
    held.await.unwrap();
    for failed in [a, poison, b] {
        assert!(matches!(failed, Err(CatalogError::Commit(_))), "{failed:?}");
    }
    assert!(matches!(refused, Err(CatalogError::Panicked)), "its own error is the one to tell");
    assert!(!fixture.is_set("a") && !fixture.is_set("b"));
    assert_eq!(fixture.catalog.statistics().failed_commits, 1);
    fixture.set("c").await.unwrap();
    assert!(fixture.is_set("c"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_transaction_fails_what_it_held_and_the_rest_goes_on() {
    let fixture = Fixture::new();
    let (open, held) = fixture.hold();
    let losing = fixture.catalog.writer.write(|change| {
        // What SQLite does by itself on some failures of the disk.
        change.connection.execute_batch("ROLLBACK")?;
        Ok(())
    });
    let (a, lost, b, ()) = tokio::join!(fixture.set("a"), losing, fixture.set("b"), async { drop(open) });
    held.await.unwrap();
    assert!(matches!(a, Err(CatalogError::Commit(_))));
    assert!(matches!(lost, Err(CatalogError::Commit(_))));
    b.unwrap();
    assert!(!fixture.is_set("a") && fixture.is_set("b"));
}

#[tokio::test]
async fn a_full_disk_is_told_from_other_failures() {
    let fixture = Fixture::new();
    let limit = |pages: u32| {
        fixture.catalog.writer.write(move |change| {
            let set = format!("PRAGMA max_page_count = {pages}");
            Ok(change.connection.query_row(&set, [], |row| row.get::<_, i64>(0)).map(drop)?)
        })
    };
    limit(1).await.unwrap();
    let full = fixture.catalog.set_setting("large", vec![0; 1 << 20]).await.unwrap_err();
    assert!(full.is_storage_full(), "{full:?}");
    assert!(!fixture.is_set("large"));
    limit(1 << 20).await.unwrap();
    fixture.set("small").await.unwrap();
    assert!(fixture.is_set("small"));
}
