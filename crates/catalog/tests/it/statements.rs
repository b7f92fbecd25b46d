//! VEX documents and exceptions of accounts.

use bytes::Bytes;
use plimsoll_catalog::{
    AccountId, Catalog, CatalogError, Cause, Incomplete, NewManifest, NewVexDocument, Quota, StoredException,
};

use crate::{Fixture, LATER, NOW, account, at, digest, entry, manifest, repository};

const QUOTA: Quota = Quota { count: 2, bytes: 10 };

fn ours() -> AccountId {
    account("000000000001")
}

fn audited() -> Cause {
    at(NOW).audited(entry("change"))
}

fn document(content: &'static str) -> NewVexDocument {
    NewVexDocument {
        digest: digest(content),
        form: "OpenVEX".into(),
        author: "Vendor".into(),
        issued_at: None,
        statements: 1,
        content: Bytes::from_static(content.as_bytes()),
    }
}

/// Adds a document. Whether it is new.
async fn add(catalog: &Catalog, content: &'static str, now: plimsoll_catalog::Timestamp) -> Result<bool, CatalogError> {
    let cause = at(now).audited(entry("change"));
    catalog.add_vex_document(ours(), document(content), QUOTA, cause).await.map(|(_, added)| added)
}

fn records(catalog: &Catalog) -> usize {
    catalog.audit_page(0, 100).unwrap().len()
}

#[tokio::test]
async fn documents_are_kept_once_and_in_their_order() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    assert_eq!(catalog.stored_statements_version(ours()).unwrap(), 0);
    assert!(add(catalog, "b", NOW).await.unwrap());
    let number = catalog.statements_version(ours());
    assert!(add(catalog, "a", NOW).await.unwrap());
    assert_ne!(catalog.statements_version(ours()), number, "who remembers must hear of it");
    let number = catalog.statements_version(ours());
    assert!(!add(catalog, "b", LATER).await.unwrap());
    assert_eq!((records(catalog), catalog.stored_statements_version(ours()).unwrap()), (2, 2));
    assert_eq!(catalog.statements_version(ours()), number);

    let fixture = fixture.reopen();
    let catalog = &fixture.catalog;
    let listed = catalog.vex_documents(ours()).unwrap();
    let seen: Vec<_> = listed.iter().map(|one| (one.digest, one.added_at, one.added_by.as_str(), one.size)).collect();
    assert_eq!(seen, [(digest("b"), NOW, "ann", 1), (digest("a"), NOW, "ann", 1)]);
    assert_eq!(catalog.vex_document(ours(), &digest("a")).unwrap().as_deref(), Some(b"a".as_slice()));
    assert_eq!(catalog.vex_document(account("000000000002"), &digest("a")).unwrap(), None);
    let all = catalog.statements(ours()).unwrap();
    let contents: Vec<_> = all.vex.iter().map(|(digest, content)| (*digest, &content[..])).collect();
    assert_eq!((all.version, contents), (2, vec![(digest("b"), b"b".as_slice()), (digest("a"), b"a")]));

    assert!(catalog.remove_vex_document(ours(), &digest("b"), audited()).await.unwrap());
    assert!(!catalog.remove_vex_document(ours(), &digest("b"), audited()).await.unwrap());
    assert_eq!((records(catalog), catalog.stored_statements_version(ours()).unwrap()), (3, 3));
}

#[tokio::test]
async fn an_account_has_no_more_documents_than_it_may() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    assert!(matches!(add(&catalog, "12345678901", NOW).await, Err(CatalogError::QuotaExceeded)));
    assert!(add(&catalog, "123456", NOW).await.unwrap());
    assert!(matches!(add(&catalog, "12345", NOW).await, Err(CatalogError::QuotaExceeded)));
    assert!(add(&catalog, "1234", NOW).await.unwrap());
    assert!(matches!(add(&catalog, "", NOW).await, Err(CatalogError::QuotaExceeded)));
    assert!(!add(&catalog, "1234", NOW).await.unwrap());
    assert_eq!(records(&catalog), 2);
}

#[tokio::test]
async fn exceptions_are_added_all_or_none() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let add = async |ids: &[&str], document: &str| {
        let new = ids.iter().map(|id| ((*id).to_owned(), document.to_owned())).collect();
        catalog.add_exceptions(ours(), new, QUOTA, audited()).await
    };
    assert_eq!(add(&["b"], "1").await.unwrap(), [true]);
    assert_eq!(add(&["b", "a"], "2").await.unwrap(), [false, true]);
    assert_eq!(add(&["b"], "3").await.unwrap(), [false]);
    assert!(matches!(add(&["a", "c"], "4").await, Err(CatalogError::QuotaExceeded)));
    let exception = |id: &str, document: &str| StoredException {
        id: id.into(),
        document: document.into(),
        added_by: "ann".into(),
        added_at: NOW,
    };
    assert_eq!(catalog.exceptions(ours()).unwrap(), [exception("a", "2"), exception("b", "1")]);
    assert_eq!((records(&catalog), catalog.statements(ours()).unwrap().version), (2, 2));
    assert!(catalog.remove_exception(ours(), "a", audited()).await.unwrap());
    assert!(!catalog.remove_exception(ours(), "a", audited()).await.unwrap());
    assert!(matches!(add(&["c"], "12345678901").await, Err(CatalogError::QuotaExceeded)));
    assert_eq!((records(&catalog), catalog.statements(ours()).unwrap().version), (3, 3));
}

#[tokio::test]
async fn referrers_that_come_and_go_are_noticed() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let (app, subject) = (repository("app"), digest("image"));
    let version = || catalog.referrers_version(&app, &subject);
    let before = version();
    let referrer = || NewManifest { subject: Some(subject), ..manifest(&app, "referrer") };
    catalog.put_manifest(referrer()).await.unwrap();
    let after = version();
    assert_ne!(after, before);
    catalog.put_manifest(referrer()).await.unwrap();
    assert_eq!(version(), after, "nothing came");
    catalog.delete_manifest(&app, &digest("referrer"), at(NOW)).await.unwrap();
    assert_ne!(version(), after);

    // So are indexes that name it, and what refers to those.
    let index = || NewManifest { children: vec![subject], incomplete: Incomplete::Accept, ..manifest(&app, "index") };
    let to_index = || NewManifest { subject: Some(digest("index")), ..manifest(&app, "of the index") };
    let mut seen = version();
    let mut changes = || std::mem::replace(&mut seen, version()) != version();
    catalog.put_manifest(index()).await.unwrap();
    assert!(changes());
    assert_eq!(catalog.indexes_naming(&app, &subject, 10).unwrap(), [digest("index")]);
    assert_eq!(catalog.indexes_naming(&app, &subject, 0).unwrap(), []);
    catalog.put_manifest(to_index()).await.unwrap();
    assert!(changes());
    catalog.delete_manifest(&app, &digest("of the index"), at(NOW)).await.unwrap();
    assert!(changes());
    catalog.delete_manifest(&app, &digest("index"), at(NOW)).await.unwrap();
    assert!(changes());
    assert_eq!(catalog.indexes_naming(&app, &subject, 10).unwrap(), []);
}
