use plimsoll_catalog::{AccessKey, AccountId, AdvisoryGeneration, KeyOwner};

use crate::{Fixture, LATER, NOW};

#[test]
fn account_ids_are_twelve_digits() {
    fn check(input: &str, expect: bool) {
        let parsed = input.parse::<AccountId>();
        assert_eq!(parsed.is_ok(), expect, "{input}");
        if let Ok(account) = parsed {
            assert_eq!(account.to_string(), input);
        }
    }
    check("123456789012", true);
    check("000000000000", true);
    check("999999999999", true);
    check("", false);
    check("12345678901", false);
    check("1234567890123", false);
    check("+12345678901", false);
    check("12345678901a", false);
}

#[tokio::test]
async fn access_keys_are_added_once_and_disabled() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    assert!(!catalog.any_access_key().unwrap());
    catalog.add_access_key("KEY", "admin", NOW).await.unwrap();
    assert!(catalog.add_access_key("KEY", "mallory", NOW).await.is_err());
    assert!(catalog.any_access_key().unwrap() && catalog.any_unassigned_access_key().unwrap());
    let key = AccessKey {
        key_id: "KEY".to_owned(),
        owner: KeyOwner::Principal("admin".to_owned()),
        created_at: NOW,
        disabled_at: None,
    };
    assert_eq!(catalog.access_key("KEY").unwrap(), Some(key.clone()));
    assert_eq!(catalog.access_key("key").unwrap(), None);
    assert!(catalog.disable_access_key("KEY", LATER).await.unwrap());
    assert!(!catalog.disable_access_key("KEY", LATER).await.unwrap());
    assert_eq!(catalog.access_key("KEY").unwrap(), Some(AccessKey { disabled_at: Some(LATER), ..key }));
}

#[tokio::test]
async fn settings_are_replaced() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    assert_eq!(catalog.setting("key").unwrap(), None);
    catalog.set_setting("key", b"old".to_vec()).await.unwrap();
    catalog.set_setting("key", b"new".to_vec()).await.unwrap();
    assert_eq!(catalog.setting("key").unwrap().as_deref(), Some(&b"new"[..]));
}

#[tokio::test]
async fn the_last_advisory_generation_counts() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    assert_eq!(catalog.advisory_generation().unwrap(), None);
    for (name, at) in [("b", LATER), ("a", NOW)] {
        catalog.activate_advisory_generation(name, at).await.unwrap();
    }
    let expect = AdvisoryGeneration { name: "a".to_owned(), activated_at: NOW };
    assert_eq!(catalog.advisory_generation().unwrap(), Some(expect));
}
