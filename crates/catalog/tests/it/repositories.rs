use plimsoll_catalog::{
    CatalogError, Encryption, LifecyclePolicy, LifecycleTask, NewManifest, NewRepository, Repository, RepositoryAccess,
    RepositoryRecord, TagMutability, Unlinked, Visibility,
};
use plimsoll_oci::Reference;

use crate::{Fixture, LATER, NOW, account, at, by_tag, digest, entry, make, manifest, named, repository, tag, tagged};

fn plain(name: &str) -> NewRepository {
    NewRepository::plain(repository(name))
}

fn public(name: &str) -> Repository {
    Repository::public(account("000000000001"), name.parse().unwrap())
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn a_repository_is_created_once_with_its_settings() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let app = repository("team/app");
    let mutability =
        TagMutability { immutable: true, exclusions: vec!["latest".parse().unwrap(), "dev-*".parse().unwrap()] };
    let new = NewRepository {
        mutability: mutability.clone(),
        scan_on_push: true,
        encryption: Encryption::Kms("arn:aws:kms:x".to_owned()),
        policy: Some("{\"policy\":1}".to_owned()),
        lifecycle: Some("{\"rules\":[]}".to_owned()),
        tags: pairs(&[("b", "2"), ("a", "1"), ("b", "3")]),
        ..NewRepository::plain(app.clone())
    };
    let expect = RepositoryRecord {
        repository: app.clone(),
        created_at: NOW,
        mutability,
        scan_on_push: true,
        encryption: Encryption::Kms("arn:aws:kms:x".to_owned()),
    };
    assert_eq!(catalog.repository(&app).unwrap(), None);
    assert_eq!(catalog.repository_access(&app).unwrap(), None);
    assert_eq!(catalog.create_repository(new.clone(), at(NOW)).await.unwrap(), expect);
    assert_eq!(catalog.repository(&app).unwrap(), Some(expect.clone()));
    let access = RepositoryAccess { policy: new.policy.clone(), tags: pairs(&[("a", "1"), ("b", "3")]) };
    assert_eq!(catalog.repository_access(&app).unwrap(), Some(access));
    let policy = LifecyclePolicy { text: "{\"rules\":[]}".to_owned(), evaluated_at: None };
    assert_eq!(catalog.lifecycle_policy(&app).unwrap(), Some(policy));

    let again = catalog.create_repository(plain("team/app"), at(LATER)).await;
    assert!(matches!(again, Err(CatalogError::RepositoryExists)));
    assert_eq!(catalog.repository(&app).unwrap(), Some(expect));
}

#[tokio::test]
async fn nothing_but_its_creation_makes_a_repository() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let app = repository("app");
    let refused = catalog.put_manifest(manifest(&app, "{}")).await;
    assert!(matches!(refused, Err(CatalogError::RepositoryUnknown)));
    assert_eq!(catalog.repository(&app).unwrap(), None);
    make(&catalog, &app).await;
    let record = catalog.repository(&app).unwrap().unwrap();
    assert_eq!(record.created_at, NOW);
    assert_eq!((record.mutability, record.scan_on_push), (TagMutability::default(), false));
    assert_eq!(record.encryption, Encryption::Aes256);
    let again = catalog.create_repository(plain("app"), at(NOW)).await;
    assert!(matches!(again, Err(CatalogError::RepositoryExists)));
}

#[tokio::test]
async fn private_and_public_repositories_of_one_name_are_two() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let (private, public) = (repository("app"), public("app"));
    make(&catalog, &private).await;
    catalog.put_manifest(tagged(&private, "private", &["v1"])).await.unwrap();
    let new = NewRepository { catalog_data: Some("{}".to_owned()), ..NewRepository::plain(public.clone()) };
    catalog.create_repository(new, at(NOW)).await.unwrap();
    catalog.put_manifest(tagged(&public, "public", &["v1"])).await.unwrap();
    assert_eq!(named(&catalog, &private, "v1"), Some(digest("private")));
    assert_eq!(named(&catalog, &public, "v1"), Some(digest("public")));
    for (visibility, expect) in [(Visibility::Private, &private), (Visibility::Public, &public)] {
        let listed = catalog.describe_repositories(private.account, visibility, None, 10).unwrap();
        let listed: Vec<_> = listed.iter().map(|record| &record.repository).collect();
        assert_eq!(listed, [expect]);
    }
    assert_eq!(catalog.repositories(private.account, None, 10).unwrap().len(), 1);
    assert_eq!(catalog.catalog_data(&public).unwrap().as_deref(), Some("{}"));
    catalog.set_catalog_data(&public, "{\"a\":1}".to_owned(), at(NOW)).await.unwrap();
    assert_eq!(catalog.catalog_data(&public).unwrap().as_deref(), Some("{\"a\":1}"));
    assert_eq!(catalog.catalog_data(&private).unwrap(), None);
}

#[tokio::test]
async fn each_setting_is_changed_alone_and_its_change_is_seen() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let app = repository("app");
    catalog.create_repository(plain("app"), at(NOW)).await.unwrap();
    let mut version = catalog.repository_version(&app).unwrap();
    let mut changed = || {
        let now = catalog.repository_version(&app).unwrap();
        assert!(now > version);
        version = now;
    };
    let immutable = TagMutability { immutable: true, exclusions: vec![] };
    catalog.set_tag_mutability(&app, immutable.clone(), at(NOW)).await.unwrap();
    changed();
    catalog.set_scan_on_push(&app, true, at(NOW)).await.unwrap();
    changed();
    let record = catalog.repository(&app).unwrap().unwrap();
    assert_eq!((record.mutability, record.scan_on_push), (immutable, true));

    let policy = |text: &str| Some(text.to_owned());
    assert_eq!(catalog.set_repository_policy(&app, policy("1"), at(NOW)).await.unwrap(), None);
    assert_eq!(catalog.set_repository_policy(&app, policy("2"), at(NOW)).await.unwrap(), policy("1"));
    assert_eq!(catalog.repository_access(&app).unwrap().unwrap().policy, policy("2"));
    assert_eq!(catalog.set_repository_policy(&app, None, at(NOW)).await.unwrap(), policy("2"));
    assert_eq!(catalog.set_repository_policy(&app, None, at(NOW)).await.unwrap(), None);
    changed();

    let tag_keys = |tags: &[(&str, &str)]| tags.iter().map(|(key, _)| (*key).to_owned()).collect();
    let change = |add, remove, most| catalog.change_repository_tags(&app, pairs(add), tag_keys(remove), most, at(NOW));
    change(&[("a", "1"), ("b", "2")], &[], 2).await.unwrap();
    assert!(matches!(change(&[("c", "3")], &[], 2).await, Err(CatalogError::TooManyTags { most: 2 })));
    change(&[("c", "3"), ("b", "4")], &[("a", ""), ("z", "")], 2).await.unwrap();
    assert_eq!(catalog.repository_access(&app).unwrap().unwrap().tags, pairs(&[("b", "4"), ("c", "3")]));
    changed();
}

#[tokio::test]
async fn settings_of_what_does_not_exist_are_refused() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let none = repository("none");
    let unknown = |answer: Result<(), CatalogError>| assert!(matches!(answer, Err(CatalogError::RepositoryUnknown)));
    unknown(catalog.set_tag_mutability(&none, TagMutability::default(), at(NOW)).await);
    unknown(catalog.set_scan_on_push(&none, true, at(NOW)).await);
    unknown(catalog.set_repository_policy(&none, None, at(NOW)).await.map(drop));
    unknown(catalog.set_lifecycle_policy(&none, None, at(NOW)).await.map(drop));
    unknown(catalog.set_catalog_data(&none, String::new(), at(NOW)).await);
    unknown(catalog.change_repository_tags(&none, vec![], vec![], 50, at(NOW)).await);
    unknown(catalog.delete_repository(&none, true, at(NOW)).await.map(drop));
    unknown(catalog.lifecycle_policy(&none).map(drop));
    unknown(catalog.catalog_data(&none).map(drop));
    unknown(catalog.delete_images(&none, vec![], at(NOW)).await.map(drop));
    assert!(!catalog.repository_exists(&none).unwrap());
}

#[tokio::test]
async fn taking_away_a_policy_that_is_not_there_is_not_recorded() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    let recorded = || catalog.audit_page(0, 100).unwrap().len();
    let cause = || at(NOW).audited(entry("ecr:Set"));
    for (policy, expect) in [(None, 0), (Some("{}"), 1), (None, 2), (None, 2)] {
        catalog.set_repository_policy(&app, policy.map(str::to_owned), cause()).await.unwrap();
        assert_eq!(recorded(), expect, "{policy:?}");
    }
    for (policy, expect) in [(None, 2), (Some("{}"), 3), (Some("{}"), 4), (None, 5), (None, 5)] {
        catalog.set_lifecycle_policy(&app, policy.map(str::to_owned), cause()).await.unwrap();
        assert_eq!(recorded(), expect, "{policy:?}");
    }
}

#[tokio::test]
async fn lifecycle_policies_are_listed_for_the_job_and_marked_when_done() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    for name in ["a", "b", "c", "d"] {
        catalog.create_repository(plain(name), at(NOW)).await.unwrap();
    }
    for name in ["a", "c", "d"] {
        catalog.set_lifecycle_policy(&repository(name), Some(format!("of {name}")), at(NOW)).await.unwrap();
    }
    let names = |tasks: &[LifecycleTask]| tasks.iter().map(|task| task.repository.name.to_string()).collect::<Vec<_>>();
    let first = catalog.lifecycle_tasks(None, 2).unwrap();
    assert_eq!(names(&first), ["a", "c"]);
    assert_eq!(first[1].policy, LifecyclePolicy { text: "of c".to_owned(), evaluated_at: None });
    assert_eq!(names(&catalog.lifecycle_tasks(Some(first[1].position), 2).unwrap()), ["d"]);

    let (a, c) = (repository("a"), repository("c"));
    catalog.lifecycle_evaluated(&a, "of a", LATER).await.unwrap();
    catalog.lifecycle_evaluated(&c, "one it had before", LATER).await.unwrap();
    let evaluated = |repository| catalog.lifecycle_policy(repository).unwrap().unwrap().evaluated_at;
    assert_eq!((evaluated(&a), evaluated(&c)), (Some(LATER), None));
    let before = catalog.set_lifecycle_policy(&a, Some("new".to_owned()), at(NOW)).await.unwrap();
    assert_eq!(before, Some(LifecyclePolicy { text: "of a".to_owned(), evaluated_at: Some(LATER) }));
    assert_eq!(evaluated(&a), None);
    catalog.set_lifecycle_policy(&a, None, at(NOW)).await.unwrap();
    assert_eq!(catalog.lifecycle_policy(&a).unwrap(), None);
    catalog.delete_repository(&c, false, at(NOW)).await.unwrap();
    assert_eq!(names(&catalog.lifecycle_tasks(None, 9).unwrap()), ["d"]);
}

#[tokio::test]
async fn a_deleted_repository_is_gone_at_once_and_its_content_in_steps() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let (app, other) = (repository("app"), repository("other"));
    for holder in [&app, &other] {
        make(&catalog, holder).await;
        catalog.link_blob(holder, digest("shared"), 1, at(NOW)).await.unwrap();
    }
    catalog.link_blob(&app, digest("own"), 1, at(NOW)).await.unwrap();
    for round in 0..7 {
        let content = round.to_string();
        let new = NewManifest {
            blobs: vec![digest("own"), digest("shared")],
            ..tagged(&app, &content, &[&format!("v{round}"), "latest"])
        };
        catalog.put_manifest(new).await.unwrap();
        assert!(catalog.manifest(&app, &by_tag("latest")).unwrap().is_some());
    }
    assert!(catalog.delete_images(&app, vec![], at(NOW)).await.unwrap().is_empty());
    catalog.delete_manifest(&app, &digest("0"), at(NOW)).await.unwrap();
    catalog.change_repository_tags(&app, pairs(&[("a", "b")]), vec![], 50, at(NOW)).await.unwrap();
    let refused = catalog.delete_repository(&app, false, at(NOW)).await;
    assert!(matches!(refused, Err(CatalogError::RepositoryNotEmpty)));
    assert_eq!(catalog.image_count(&app).unwrap(), Some(6));

    assert_eq!(catalog.delete_repository(&app, true, at(NOW)).await.unwrap().repository, app);
    assert!(!catalog.repository_exists(&app).unwrap());
    assert_eq!(catalog.image_count(&app).unwrap(), None);
    assert_eq!(catalog.blob_size(&app, &digest("own")).unwrap(), None);
    for reference in [by_tag("latest"), by_tag("v3"), Reference::Digest(digest("3"))] {
        assert_eq!(catalog.manifest(&app, &reference).unwrap(), None, "{reference}");
    }
    assert_eq!(catalog.repositories(app.account, None, 10).unwrap(), std::slice::from_ref(&other.name));
    assert_eq!(catalog.find_blob(app.account, &digest("shared"), 10).unwrap(), std::slice::from_ref(&other));

    // One of the same name is new and keeps what it gets while the old one goes.
    catalog.create_repository(plain("app"), at(LATER)).await.unwrap();
    catalog.put_manifest(tagged(&app, "3", &["v1"])).await.unwrap();
    let mut steps = 0;
    while catalog.purge_deleted_repositories(2, LATER).await.unwrap() {
        steps += 1;
        assert!(steps < 100);
    }
    assert!(steps > 10, "{steps}");
    assert_eq!(named(&catalog, &app, "v1"), Some(digest("3")));
    assert_eq!(catalog.repository(&app).unwrap().unwrap().created_at, LATER);
    assert_eq!(catalog.tag_history(&app, None, 100).unwrap().len(), 1);
    assert_eq!(catalog.orphaned_blobs(LATER, 10).unwrap(), [digest("own")]);
    assert_eq!(catalog.unlink_blob(&other, &digest("shared"), at(LATER)).await.unwrap(), Unlinked::Orphaned);
}

#[tokio::test]
async fn immutable_tags_stay_where_they_are() {
    async fn check(immutable: bool, exclusions: &[&str], name: &str, stays: bool) {
        let Fixture { catalog, directory: _directory } = Fixture::new();
        let app = repository("app");
        let exclusions = exclusions.iter().map(|filter| filter.parse().unwrap()).collect();
        let new = NewRepository { mutability: TagMutability { immutable, exclusions }, ..plain("app") };
        catalog.create_repository(new, at(NOW)).await.unwrap();
        catalog.put_manifest(tagged(&app, "a", &[name])).await.unwrap();
        let moved = catalog.put_manifest(tagged(&app, "b", &["other", name])).await;
        let again = catalog.put_manifest(tagged(&app, "a", &[name])).await;
        if !stays {
            assert!(moved.is_ok() && again.is_ok(), "{name}");
            return;
        }
        let Err(CatalogError::TagImmutable { tag: refused, names, same: false }) = moved else { panic!("{moved:?}") };
        assert_eq!((refused, *names), (tag(name), digest("a")));
        assert!(!catalog.manifest_exists(&app, &digest("b")).unwrap());
        assert_eq!(named(&catalog, &app, "other"), None);
        assert!(matches!(again, Err(CatalogError::TagImmutable { same: true, .. })), "{again:?}");
        let accepted = NewManifest { same_tag: plimsoll_catalog::SameTag::Accept, ..tagged(&app, "a", &[name]) };
        let stored = catalog.put_manifest(accepted).await.unwrap();
        assert!(!stored.created && stored.moved.is_empty());
        // One that was deleted can be set anew.
        catalog.delete_tag(&app, &tag(name), at(NOW)).await.unwrap();
        catalog.put_manifest(tagged(&app, "b", &[name])).await.unwrap();
    }
    check(false, &[], "v1", false).await;
    check(true, &[], "v1", true).await;
    check(true, &["latest", "dev-*"], "dev-1", false).await;
    check(true, &["latest", "dev-*"], "v1", true).await;
    check(false, &["v*"], "v1", true).await;
    check(false, &["v*"], "latest", false).await;
}
