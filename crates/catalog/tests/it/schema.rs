use std::path::Path;

use plimsoll_catalog::{Catalog, CatalogError};
use rusqlite::Connection;

use crate::{Fixture, NOW, digest, named, repository, tagged};

fn user_version(path: &Path) -> i64 {
    Connection::open(path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn an_empty_file_gets_the_schema_and_keeps_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("catalog.db");
    std::fs::write(&path, b"").unwrap();
    let fixture = Fixture { catalog: Catalog::open(&path).unwrap(), directory };
    fixture.catalog.put_manifest(tagged(&repository("app"), "{}", &["v1"])).await.unwrap();
    let schema = user_version(&path);
    assert!(schema >= 1);
    let fixture = fixture.reopen();
    assert_eq!(named(&fixture.catalog, &repository("app"), "v1"), Some(digest("{}")));
    assert_eq!(user_version(&path), schema);
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("catalog.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 4711).unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = Catalog::open(&path).err();
    assert!(matches!(refused, Some(CatalogError::NewerSchema { found: 4711, .. })), "{refused:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_not_a_database_is_refused_by_its_path() {
    fn check(path: &Path) {
        let refused = Catalog::open(path).err().unwrap();
        assert!(matches!(refused, CatalogError::Open { .. }), "{refused:?}");
        assert!(refused.to_string().contains(&path.display().to_string()));
    }
    let directory = tempfile::tempdir().unwrap();
    let garbage = directory.path().join("garbage.db");
    std::fs::write(&garbage, [b'x'; 8192]).unwrap();
    check(&garbage);
    check(&directory.path().join("no such directory/catalog.db"));
    check(directory.path());
}

#[tokio::test]
async fn two_openers_of_one_new_file_both_succeed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("catalog.db");
    let catalogs: Vec<_> = std::thread::scope(|scope| {
        let openers: Vec<_> = (0..4).map(|_| scope.spawn(|| Catalog::open(&path).unwrap())).collect();
        openers.into_iter().map(|opener| opener.join().unwrap()).collect()
    });
    catalogs[0].add_access_key("KEY", "admin", NOW).await.unwrap();
    for catalog in &catalogs {
        assert!(catalog.access_key("KEY").unwrap().is_some());
    }
}
