use plimsoll_catalog::{CatalogError, ImageStatus, Incomplete, NewManifest, Stored, StoredManifest};
use plimsoll_oci::{Digest, Reference};

use crate::{Fixture, LATER, NOW, at, by, by_tag, digest, make, manifest, named, repository, tag, tagged};

#[tokio::test]
async fn a_manifest_is_read_back_by_tag_and_digest() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["team/app", "team/other"]).await;
    let app = repository("team/app");
    let subject = Digest::Sha512([7; 64]);
    let new = NewManifest {
        subject: Some(subject),
        artifact_type: Some("application/x".to_owned()),
        ..tagged(&app, "{}", &["v1", "latest"])
    };
    let stored = catalog.put_manifest(new.clone()).await.unwrap();
    assert_eq!(stored, Stored { created: true, restored: false, moved: vec![tag("v1"), tag("latest")] });
    let expect = StoredManifest {
        digest: digest("{}"),
        media_type: new.media_type.clone(),
        artifact_type: new.artifact_type.clone(),
        subject: Some(subject),
        content: new.content.clone(),
        pushed_at: NOW,
        pushed_by: "ann".to_owned(),
        status: ImageStatus::Active,
    };
    for reference in [by_tag("v1"), by_tag("latest"), Reference::Digest(digest("{}"))] {
        // Once from the database and once from memory.
        for _ in 0..2 {
            assert_eq!(catalog.manifest(&app, &reference).unwrap().as_deref(), Some(&expect), "{reference}");
        }
    }
    assert!(catalog.manifest_exists(&app, &digest("{}")).unwrap());
    for absent in [by_tag("v2"), Reference::Digest(digest("[]"))] {
        assert_eq!(catalog.manifest(&app, &absent).unwrap(), None);
    }
    assert_eq!(catalog.manifest(&repository("team/other"), &by_tag("v1")).unwrap(), None);
    assert!(!catalog.manifest_exists(&repository("team/other"), &digest("{}")).unwrap());
}

#[tokio::test]
async fn putting_again_changes_nothing() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    catalog.put_manifest(tagged(&app, "{}", &["v1"])).await.unwrap();
    let again = NewManifest { cause: by("bob", LATER), ..tagged(&app, "{}", &["v1", "v1"]) };
    assert_eq!(catalog.put_manifest(again).await.unwrap(), Stored { created: false, restored: false, moved: vec![] });
    let stored = catalog.manifest(&app, &by_tag("v1")).unwrap().unwrap();
    assert_eq!((stored.pushed_at, stored.pushed_by.as_str()), (NOW, "ann"));
    assert_eq!(catalog.tag_history(&app, None, 10).unwrap().len(), 1);
}

#[tokio::test]
async fn a_moved_or_deleted_tag_is_never_answered_from_memory() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    for round in 0..20 {
        let content = format!("{{\"round\":{round}}}");
        catalog.put_manifest(tagged(&app, &content, &["v1", "v2"])).await.unwrap();
        assert_eq!(named(&catalog, &app, "v1"), Some(digest(&content)));
        assert_eq!(named(&catalog, &app, "v2"), Some(digest(&content)));
        if round % 3 == 0 {
            assert!(catalog.delete_tag(&app, &tag("v1"), by("ann", NOW)).await.unwrap());
            assert_eq!(named(&catalog, &app, "v1"), None);
            assert_eq!(named(&catalog, &app, "v2"), Some(digest(&content)));
        }
        if round % 5 == 0 {
            assert!(catalog.delete_manifest(&app, &digest(&content), by("ann", NOW)).await.unwrap());
            assert_eq!(named(&catalog, &app, "v2"), None);
            assert_eq!(catalog.manifest(&app, &Reference::Digest(digest(&content))).unwrap(), None);
        }
    }
    assert!(!catalog.delete_tag(&app, &tag("v9"), by("ann", NOW)).await.unwrap());
    assert!(!catalog.delete_manifest(&app, &digest("no"), by("ann", NOW)).await.unwrap());
    assert!(!catalog.delete_tag(&repository("none"), &tag("v9"), by("ann", NOW)).await.unwrap());
}

#[tokio::test]
async fn a_repeated_read_does_not_go_to_the_database() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    catalog.put_manifest(tagged(&app, "{}", &["v1"])).await.unwrap();
    for _ in 0..10 {
        named(&catalog, &app, "v1");
    }
    let statistics = catalog.statistics();
    assert_eq!((statistics.cache_misses, statistics.cache_hits), (1, 9));
}

#[tokio::test]
async fn missing_references_are_listed_and_nothing_is_kept() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app", "other"]).await;
    let app = repository("app");
    catalog.link_blob(&app, digest("layer"), 5, at(NOW)).await.unwrap();
    catalog.link_blob(&repository("other"), digest("config"), 6, at(NOW)).await.unwrap();
    catalog.put_manifest(manifest(&app, "child")).await.unwrap();
    let index = NewManifest {
        blobs: vec![digest("layer"), digest("config"), digest("nowhere")],
        children: vec![digest("child"), digest("absent")],
        ..tagged(&app, "index", &["v1"])
    };
    let Err(CatalogError::MissingReferences { blobs, manifests }) = catalog.put_manifest(index.clone()).await else {
        panic!("an index with missing references was taken");
    };
    assert_eq!(blobs, [digest("config"), digest("nowhere")]);
    assert_eq!(manifests, [digest("absent")]);
    assert_eq!(named(&catalog, &app, "v1"), None);
    assert!(!catalog.manifest_exists(&app, &digest("index")).unwrap());

    let sparse = NewManifest { blobs: vec![], incomplete: Incomplete::Accept, ..index };
    catalog.put_manifest(sparse).await.unwrap();
    assert_eq!(named(&catalog, &app, "v1"), Some(digest("index")));
}

#[tokio::test]
async fn references_are_followed_both_ways() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app", "other"]).await;
    let (app, other) = (repository("app"), repository("other"));
    for holder in [&app, &other] {
        catalog.link_blob(holder, digest("layer"), 5, at(NOW)).await.unwrap();
        let child = NewManifest { blobs: vec![digest("layer"), digest("layer")], ..manifest(holder, "child") };
        catalog.put_manifest(child).await.unwrap();
    }
    let index = NewManifest { children: vec![digest("child")], ..manifest(&app, "index") };
    catalog.put_manifest(index).await.unwrap();
    assert_eq!(catalog.children(&app, &digest("index")).unwrap(), [digest("child")]);
    assert_eq!(catalog.manifests_using_blob(&app, &digest("layer")).unwrap(), [digest("child")]);
    assert_eq!(catalog.manifests_using_blob(&app, &digest("child")).unwrap(), []);

    assert!(catalog.delete_manifest(&app, &digest("child"), by("ann", NOW)).await.unwrap());
    assert_eq!(catalog.children(&app, &digest("index")).unwrap(), [digest("child")]);
    assert_eq!(catalog.manifests_using_blob(&app, &digest("layer")).unwrap(), []);
    assert_eq!(catalog.manifests_using_blob(&other, &digest("layer")).unwrap(), [digest("child")]);
}

#[tokio::test]
async fn referrers_are_listed_before_and_after_their_subject_is_there() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app", "other"]).await;
    let app = repository("app");
    for (content, artifact_type) in [("signature", "sig"), ("sbom", "bom")] {
        let referrer = NewManifest {
            subject: Some(digest("image")),
            artifact_type: Some(artifact_type.to_owned()),
            annotations_json: Some("{\"a\":\"b\"}".to_owned()),
            ..manifest(&app, content)
        };
        catalog.put_manifest(referrer).await.unwrap();
    }
    let list = |artifact_type| -> Vec<Digest> {
        let referrers = catalog.referrers(&app, &digest("image"), artifact_type).unwrap();
        referrers.into_iter().map(|referrer| referrer.digest).collect()
    };
    assert_eq!(list(None), [digest("signature"), digest("sbom")]);
    catalog.put_manifest(manifest(&app, "image")).await.unwrap();
    assert_eq!(list(None), [digest("signature"), digest("sbom")]);
    assert_eq!(list(Some("bom")), [digest("sbom")]);
    assert_eq!(list(Some("none")), []);
    assert_eq!(catalog.referrers(&repository("other"), &digest("image"), None).unwrap(), []);
    let signature = &catalog.referrers(&app, &digest("image"), Some("sig")).unwrap()[0];
    assert_eq!((signature.size, signature.annotations_json.as_deref()), (9, Some("{\"a\":\"b\"}")));

    catalog.delete_manifest(&app, &digest("signature"), by("ann", NOW)).await.unwrap();
    catalog.delete_manifest(&app, &digest("image"), by("ann", NOW)).await.unwrap();
    assert_eq!(list(None), [digest("sbom")]);
}

#[tokio::test]
async fn tags_and_repositories_are_listed_in_byte_order_by_pages() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    assert_eq!(catalog.tags(&repository("none"), None, 10).unwrap(), None);
    catalog.put_manifest(tagged(&app, "{}", &["b", "a", "B", "_", "a-1", "10", "9"])).await.unwrap();
    let page = |after, count| -> Vec<String> {
        let tags = catalog.tags(&app, after, count).unwrap().unwrap();
        tags.iter().map(ToString::to_string).collect()
    };
    assert_eq!(page(None, 10), ["10", "9", "B", "_", "a", "a-1", "b"]);
    assert_eq!(page(Some("B"), 2), ["_", "a"]);
    assert_eq!(page(Some("b"), 2), [""; 0]);
    assert_eq!(page(None, 0), [""; 0]);

    for name in ["b", "a/z", "a"] {
        make(&catalog, &repository(name)).await;
    }
    let names = |after| -> Vec<String> {
        let names = catalog.repositories(app.account, after, 2).unwrap();
        names.iter().map(ToString::to_string).collect()
    };
    assert_eq!(names(None), ["a", "a/z"]);
    assert_eq!(names(Some("a/z")), ["app", "b"]);
    assert_eq!(names(Some("b")), [""; 0]);
    assert_eq!(catalog.repositories("000000000002".parse().unwrap(), None, 2).unwrap(), []);
}

#[tokio::test]
async fn closing_folds_the_log_in_and_refuses_later_writes() {
    let fixture = Fixture::with(&["app"]).await;
    let app = repository("app");
    fixture.catalog.put_manifest(tagged(&app, "{}", &["v1"])).await.unwrap();
    fixture.catalog.close().await;
    let refused = fixture.catalog.put_manifest(manifest(&app, "[]")).await;
    assert!(matches!(refused, Err(CatalogError::Closed)));
    assert!(!fixture.directory.path().join("catalog.db-wal").exists());
    let fixture = fixture.reopen();
    assert_eq!(named(&fixture.catalog, &app, "v1"), Some(digest("{}")));
}
