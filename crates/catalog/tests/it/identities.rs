use std::sync::Arc;

use plimsoll_catalog::{
    AccessKey, Account, Catalog, CatalogError, Event, Identities, IdentityChange, IdentityDocument, KeyChange,
    KeyOwner, Write,
};

use crate::{Fixture, LATER, NOW, account, at, entry, repository};

fn user(name: &str, document: &str) -> IdentityDocument {
    IdentityDocument { kind: "user".to_owned(), name: name.to_owned(), document: document.to_owned() }
}

fn put(name: &str, document: &str) -> IdentityChange {
    IdentityChange::Put(user(name, document))
}

fn add(key_id: &str, user: &str) -> KeyChange {
    KeyChange::Add { key_id: key_id.to_owned(), user: user.to_owned() }
}

#[tokio::test]
async fn accounts_are_created_once_and_listed_in_order() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let (one, two, three) = (account("000000000001"), account("000000000002"), account("999999999999"));
    assert_eq!(catalog.accounts(None, 10).unwrap(), []);
    catalog.create_account(three, Some("prod".to_owned()), at(NOW)).await.unwrap();
    catalog.create_account(one, None, at(NOW)).await.unwrap();
    for (id, alias) in [(three, None), (one, Some("dev")), (two, Some("prod"))] {
        let refused = catalog.create_account(id, alias.map(str::to_owned), at(NOW)).await;
        assert!(matches!(refused, Err(CatalogError::AccountExists)), "{id}");
    }
    catalog.create_account(two, None, at(LATER)).await.unwrap();
    let plain = |id, created_at| Account { id, alias: None, created_at };
    let prod = Account { alias: Some("prod".to_owned()), ..plain(three, NOW) };
    assert_eq!(catalog.accounts(None, 2).unwrap(), [plain(one, NOW), plain(two, LATER)]);
    assert_eq!(catalog.accounts(Some(two), 2).unwrap(), std::slice::from_ref(&prod));
    assert_eq!(catalog.account(two).unwrap(), Some(plain(two, LATER)));
    assert_eq!(catalog.account(account("000000000003")).unwrap(), None);
    assert_eq!(catalog.account_by_alias("prod").unwrap(), Some(prod));

    assert!(matches!(
        catalog.set_account_alias(two, Some("prod".to_owned()), at(NOW)).await,
        Err(CatalogError::AccountExists)
    ));
    assert!(matches!(
        catalog.set_account_alias(account("000000000003"), None, at(NOW)).await,
        Err(CatalogError::AccountUnknown)
    ));
    catalog.set_account_alias(three, None, at(NOW)).await.unwrap();
    catalog.set_account_alias(two, Some("prod".to_owned()), at(NOW)).await.unwrap();
    assert_eq!(catalog.account_by_alias("prod").unwrap().map(|account| account.id), Some(two));
}

#[tokio::test]
async fn an_account_that_owns_public_or_deleted_repositories_is_listed_once() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let mut public = repository("app");
    public.visibility = plimsoll_catalog::Visibility::Public;
    for repository in [repository("app"), public] {
        let new = plimsoll_catalog::NewRepository::plain(repository.clone());
        catalog.create_repository(new, at(NOW)).await.unwrap();
        catalog.delete_repository(&repository, false, at(NOW)).await.unwrap();
    }
    let listed: Vec<_> = catalog.accounts(None, 10).unwrap().into_iter().map(|account| account.id).collect();
    assert_eq!(listed, [account("000000000001")]);
}

#[tokio::test]
async fn identities_change_only_from_the_version_they_have() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let one = account("000000000001");
    assert_eq!(catalog.identities(one).unwrap(), None);
    assert_eq!(catalog.identity_version(one).unwrap(), None);
    let unknown = catalog.put_identities(one, 0, vec![], vec![], at(NOW)).await;
    assert!(matches!(unknown, Err(CatalogError::AccountUnknown)));
    catalog.create_account(one, None, at(NOW)).await.unwrap();
    assert_eq!(catalog.identity_version(one).unwrap(), Some(0));

    let first = vec![put("b", "1"), put("a", "2")];
    assert_eq!(catalog.put_identities(one, 0, first, vec![], at(NOW)).await.unwrap(), 1);
    let expect = Identities { version: 1, documents: vec![user("a", "2"), user("b", "1")] };
    assert_eq!(catalog.identities(one).unwrap(), Some(expect.clone()));

    let late = catalog.put_identities(one, 0, vec![put("c", "3")], vec![add("KEY", "c")], at(NOW)).await;
    assert!(matches!(late, Err(CatalogError::VersionConflict { current: 1 })), "{late:?}");
    assert_eq!(catalog.identities(one).unwrap(), Some(expect));
    assert_eq!(catalog.access_key("KEY").unwrap(), None);

    let gone = IdentityChange::Delete { kind: "user".to_owned(), name: "a".to_owned() };
    assert_eq!(catalog.put_identities(one, 1, vec![gone, put("b", "4")], vec![], at(NOW)).await.unwrap(), 2);
    let expect = Identities { version: 2, documents: vec![user("b", "4")] };
    assert_eq!(catalog.identities(one).unwrap(), Some(expect));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_change_identities_at_once_none_is_lost() {
    let Fixture { catalog, directory } = Fixture::new();
    let one = account("000000000001");
    catalog.create_account(one, None, at(NOW)).await.unwrap();
    // Two catalogs over one file are two processes: a server, and a command beside it.
    let beside = Catalog::open(&directory.path().join("catalog.db")).unwrap();
    let catalogs = [Arc::new(catalog), Arc::new(beside)];
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let catalog = Arc::clone(&catalogs[task % 2]);
            tokio::spawn(async move {
                for round in 0..5 {
                    let change = || vec![put(&format!("{task}-{round}"), "{}")];
                    loop {
                        let version = catalog.identity_version(one).unwrap().unwrap();
                        match catalog.put_identities(one, version, change(), vec![], at(NOW)).await {
                            Ok(_) => break,
                            Err(CatalogError::VersionConflict { current }) => assert!(current > version),
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let identities = catalogs[0].identities(one).unwrap().unwrap();
    assert_eq!((identities.version, identities.documents.len()), (40, 40));
}

#[tokio::test]
async fn keys_belong_to_users_of_their_account() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let (one, two) = (account("000000000001"), account("000000000002"));
    for id in [one, two] {
        catalog.create_account(id, None, at(NOW)).await.unwrap();
    }
    let keys = |changes| catalog.put_identities(one, 0, vec![], changes, at(NOW));
    keys(vec![add("B", "ann"), add("A", "ann"), add("C", "bob")]).await.unwrap();
    let key = |key_id: &str, name: &str| AccessKey {
        key_id: key_id.to_owned(),
        owner: KeyOwner::User { account: one, name: name.to_owned() },
        created_at: NOW,
        disabled_at: None,
    };
    assert_eq!(catalog.access_keys_of(one, "ann").unwrap(), [key("A", "ann"), key("B", "ann")]);
    assert_eq!(catalog.access_keys_of(two, "ann").unwrap(), []);
    assert_eq!(catalog.access_key("C").unwrap(), Some(key("C", "bob")));
    let again = catalog.put_identities(one, 1, vec![put("x", "{}")], vec![add("C", "ann")], at(NOW)).await;
    assert!(matches!(again, Err(CatalogError::KeyExists)), "{again:?}");
    assert_eq!(catalog.identities(one).unwrap().unwrap(), Identities { version: 1, documents: vec![] });

    // Another account changes nothing.
    let foreign = vec![KeyChange::Delete { key_id: "A".to_owned() }];
    catalog.put_identities(two, 0, vec![], foreign, at(NOW)).await.unwrap();
    assert!(catalog.access_key("A").unwrap().is_some());

    let enable = |enabled| vec![KeyChange::Enable { key_id: "A".to_owned(), enabled }];
    let disabled = AccessKey { disabled_at: Some(LATER), ..key("A", "ann") };
    for (version, changes, now, expect) in [
        (1, enable(false), LATER, Some(disabled.clone())),
        (2, enable(false), NOW, Some(disabled)),
        (3, enable(true), LATER, Some(key("A", "ann"))),
        (4, vec![KeyChange::Rename { from: "ann".to_owned(), to: "eve".to_owned() }], NOW, Some(key("A", "eve"))),
        (5, vec![KeyChange::Delete { key_id: "A".to_owned() }], NOW, None),
    ] {
        catalog.put_identities(one, version, vec![], changes, at(now)).await.unwrap();
        assert_eq!(catalog.access_key("A").unwrap(), expect);
    }
    assert_eq!(catalog.access_keys_of(one, "eve").unwrap(), [key("B", "eve")]);
}

#[tokio::test]
async fn keys_from_before_there_were_users_are_assigned_once() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let one = account("000000000001");
    catalog.create_account(one, None, at(NOW)).await.unwrap();
    catalog.add_access_key("A", "administrator", NOW).await.unwrap();
    catalog.add_access_key("B", "other", NOW).await.unwrap();
    let assign = || catalog.assign_access_keys("administrator", one, "administrator", at(NOW).audited(entry("assign")));
    assert_eq!(assign().await.unwrap(), 1);
    assert_eq!(assign().await.unwrap(), 0);
    assert_eq!(catalog.audit_page(0, 10).unwrap().len(), 1);
    let owner = |key| catalog.access_key(key).unwrap().unwrap().owner;
    assert_eq!(owner("A"), KeyOwner::User { account: one, name: "administrator".to_owned() });
    assert_eq!(owner("B"), KeyOwner::Principal("other".to_owned()));
}

#[tokio::test]
async fn account_settings_are_kept_by_key_and_listed_by_prefix() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let (one, two) = (account("000000000001"), account("000000000002"));
    let put = |key: &'static str, value: &str, write| {
        let event = Event { kind: key.to_owned(), payload: "{}".to_owned() };
        catalog.put_account_setting(one, key, value.to_owned(), write, at(NOW).announcing(event))
    };
    let before = catalog.account_settings_version(one);
    assert!(!put("policy", "0", Write::IfPresent).await.unwrap());
    assert!(put("policy", "1", Write::IfAbsent).await.unwrap());
    assert!(!put("policy", "2", Write::IfAbsent).await.unwrap());
    assert_eq!(catalog.account_setting(one, "policy").unwrap().as_deref(), Some("1"));
    assert!(put("policy", "3", Write::IfPresent).await.unwrap());
    assert!(put("policy", "4", Write::Always).await.unwrap());
    assert_eq!(catalog.account_setting(one, "policy").unwrap().as_deref(), Some("4"));
    assert_eq!(catalog.account_setting(two, "policy").unwrap(), None);
    assert!(catalog.account_settings_version(one) > before);
    assert_eq!(catalog.pending_events(10).unwrap().len(), 3);

    for key in ["template/b", "template/", "template/é", "template/a", "templatf", "template"] {
        assert!(put(key, "{}", Write::Always).await.unwrap());
    }
    let page = |prefix, after, count| -> Vec<String> {
        let settings = catalog.account_settings(one, prefix, after, count).unwrap();
        settings.into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(page("template/", None, 10), ["template/", "template/a", "template/b", "template/é"]);
    assert_eq!(page("template/", Some("template/a"), 1), ["template/b"]);
    assert_eq!(page("template/", Some("template/é"), 9), [""; 0]);
    assert_eq!(page("", None, 100).len(), 7);

    assert_eq!(catalog.delete_account_setting(one, "policy", at(NOW)).await.unwrap().as_deref(), Some("4"));
    assert_eq!(catalog.delete_account_setting(one, "policy", at(NOW)).await.unwrap(), None);
}
