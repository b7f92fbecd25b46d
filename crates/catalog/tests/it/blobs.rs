use plimsoll_catalog::{CatalogError, Unlinked};
use plimsoll_oci::Algorithm;

use crate::{Fixture, LATER, NOW, at, digest, make, repository};

#[tokio::test]
async fn a_blob_is_served_only_where_it_is_linked() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["one"]).await;
    let (one, two) = (repository("one"), repository("two"));
    let refused = catalog.link_blob(&two, digest("blob"), 4, at(NOW)).await;
    assert!(matches!(refused, Err(CatalogError::RepositoryUnknown)));
    assert!(!catalog.repository_exists(&two).unwrap());
    assert!(catalog.link_blob(&one, digest("blob"), 4, at(NOW)).await.unwrap());
    assert!(!catalog.link_blob(&one, digest("blob"), 4, at(LATER)).await.unwrap());
    assert_eq!(catalog.blob_size(&one, &digest("blob")).unwrap(), Some(4));
    assert_eq!(catalog.blob_size(&two, &digest("blob")).unwrap(), None);
    assert_eq!(catalog.blob_size(&one, &digest("other")).unwrap(), None);
}

#[tokio::test]
async fn both_algorithms_and_empty_blobs_are_kept() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["one"]).await;
    let one = repository("one");
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        let empty = algorithm.digest(b"");
        catalog.link_blob(&one, empty, 0, at(NOW)).await.unwrap();
        assert_eq!(catalog.blob_size(&one, &empty).unwrap(), Some(0));
    }
    catalog.link_blob(&one, digest("large"), u64::MAX >> 1, at(NOW)).await.unwrap();
    assert_eq!(catalog.blob_size(&one, &digest("large")).unwrap(), Some(u64::MAX >> 1));
}

#[tokio::test]
async fn mounting_needs_a_source_that_holds_the_blob() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["from", "to"]).await;
    let (from, to) = (repository("from"), repository("to"));
    assert!(!catalog.mount_blob(&from, &to, digest("blob"), at(NOW)).await.unwrap());
    catalog.link_blob(&from, digest("blob"), 4, at(NOW)).await.unwrap();
    assert!(catalog.mount_blob(&from, &to, digest("blob"), at(NOW)).await.unwrap());
    assert!(catalog.mount_blob(&from, &to, digest("blob"), at(NOW)).await.unwrap());
    assert_eq!(catalog.blob_size(&to, &digest("blob")).unwrap(), Some(4));
}

#[tokio::test]
async fn a_blob_is_found_within_its_account() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["z", "b"]).await;
    let mut foreign = repository("a");
    foreign.account = "000000000002".parse().unwrap();
    make(&catalog, &foreign).await;
    for holder in [&repository("z"), &repository("b"), &foreign] {
        catalog.link_blob(holder, digest("blob"), 4, at(NOW)).await.unwrap();
    }
    let account = repository("z").account;
    assert_eq!(catalog.find_blob(account, &digest("blob"), 10).unwrap(), [repository("z"), repository("b")]);
    assert_eq!(catalog.find_blob(account, &digest("blob"), 1).unwrap(), [repository("z")]);
    assert_eq!(catalog.find_blob(account, &digest("other"), 10).unwrap(), []);
}

#[tokio::test]
async fn the_last_link_orphans_a_blob_until_it_is_linked_again() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["one", "two"]).await;
    let (one, two) = (repository("one"), repository("two"));
    let blob = digest("blob");
    catalog.link_blob(&one, blob, 4, at(NOW)).await.unwrap();
    catalog.link_blob(&two, blob, 4, at(NOW)).await.unwrap();
    assert_eq!(catalog.unlink_blob(&one, &digest("other"), at(NOW)).await.unwrap(), Unlinked::NotLinked);
    assert_eq!(catalog.unlink_blob(&one, &blob, at(NOW)).await.unwrap(), Unlinked::HeldElsewhere);
    assert_eq!(catalog.unlink_blob(&one, &blob, at(NOW)).await.unwrap(), Unlinked::NotLinked);
    assert_eq!(catalog.blob_size(&one, &blob).unwrap(), None);
    assert_eq!(catalog.blob_size(&two, &blob).unwrap(), Some(4));
    assert_eq!(catalog.unlink_blob(&two, &blob, at(LATER)).await.unwrap(), Unlinked::Orphaned);
    assert_eq!(catalog.orphaned_blobs(NOW, 10).unwrap(), []);
    assert_eq!(catalog.orphaned_blobs(LATER, 10).unwrap(), [blob]);
    catalog.link_blob(&one, blob, 4, at(LATER)).await.unwrap();
    assert_eq!(catalog.orphaned_blobs(LATER, 10).unwrap(), []);
}
