use std::path::Path;

use plimsoll_catalog::{Catalog, CatalogError, Encryption, ImageFilter, ImageState, KeyOwner, TagMutability};
use rusqlite::Connection;

use crate::{Fixture, NOW, digest, make, named, repository, tagged};

fn user_version(path: &Path) -> i64 {
    Connection::open(path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn an_empty_file_gets_the_schema_and_keeps_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("catalog.db");
    std::fs::write(&path, b"").unwrap();
    let fixture = Fixture { catalog: Catalog::open(&path).unwrap(), directory };
    make(&fixture.catalog, &repository("app")).await;
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

#[tokio::test]
async fn a_catalog_of_the_first_schema_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("catalog.db");
    let first = Connection::open(&path).unwrap();
    first.execute_batch(include_str!("../../migrations/0001_initial.sql")).unwrap();
    let sha256 = |text: &str| [&[1], digest(text).as_bytes()].concat();
    first
        .execute_batch("INSERT INTO accounts VALUES (1, 5); INSERT INTO repositories VALUES (7, 1, 'app', 5)")
        .unwrap();
    for (id, text) in [(1, "layer"), (2, "config"), (3, "image"), (4, "index"), (5, "empty")] {
        first.execute("INSERT INTO digests VALUES (?1, ?2)", (id, sha256(text))).unwrap();
    }
    first
        .execute_batch(
            "INSERT INTO blobs VALUES (1, 100, 5, NULL), (2, 20, 5, NULL);
            INSERT INTO repository_blobs VALUES (7, 1, 5), (7, 2, 5);
            INSERT INTO manifests VALUES (1, 7, 3, NULL, 5, 5, 'ann', 'image', NULL, NULL, x'7b7d'),
                (2, 7, 4, NULL, 5, 6, 'ann', 'index', NULL, NULL, x'7b7d'),
                (3, 7, 5, NULL, 5, 7, 'ann', 'index', NULL, NULL, x'7b7d');
            INSERT INTO manifest_blobs VALUES (1, 1), (1, 2);
            INSERT INTO manifest_children VALUES (2, 3);
            INSERT INTO tags VALUES (7, 'v1', 2, 6), (7, 'latest', 2, 6);
            INSERT INTO access_keys VALUES ('KEY', 'administrator', 5, NULL);
            PRAGMA user_version = 1",
        )
        .unwrap();
    drop(first);

    let catalog = Catalog::open(&path).unwrap();
    let app = repository("app");
    let images = catalog.describe_images(&app, ImageFilter::default(), None, 10).unwrap().unwrap();
    let seen: Vec<_> = images.iter().map(|image| (image.digest, image.image_size, image.tags.len())).collect();
    assert_eq!(seen, [(digest("image"), 120, 0), (digest("index"), 120, 2), (digest("empty"), 0, 0)]);
    assert!(images.iter().all(|image| image.state == ImageState::default()));
    assert_eq!(named(&catalog, &app, "v1"), Some(digest("index")));
    let record = catalog.repository(&app).unwrap().unwrap();
    assert_eq!((record.mutability, record.encryption), (TagMutability::default(), Encryption::Aes256));
    let owner = catalog.access_key("KEY").unwrap().unwrap().owner;
    assert_eq!(owner, KeyOwner::Principal("administrator".to_owned()));
    assert_eq!(catalog.identity_version(app.account).unwrap(), Some(0));
    catalog.put_manifest(tagged(&app, "new", &["v1"])).await.unwrap();
    let untagged = ImageFilter { tagged: Some(false), status: None };
    assert_eq!(catalog.describe_images(&app, untagged, None, 10).unwrap().unwrap().len(), 2);
}
