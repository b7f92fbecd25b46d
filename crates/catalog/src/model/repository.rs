//! Repositories and their settings.

use std::fmt;
use std::str::FromStr;

use plimsoll_iam::AccountId;
use plimsoll_oci::{RepositoryName, Tag};

use crate::Timestamp;

/// What the number of an account grows by where it owns public repositories.
const PUBLIC: i64 = 1_000_000_000_000;

/// The full name of a repository. It says nothing about whether the repository exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository {
    /// The account that owns the repository.
    pub account: AccountId,
    /// Which of the account's two registries it is in.
    pub visibility: Visibility,
    /// The repository's name within that registry.
    pub name: RepositoryName,
}

/// The two registries of an account: the same name in both means two repositories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Visibility {
    /// For whom policies allow it.
    Private,
    /// For everyone.
    Public,
}

impl Repository {
    /// A repository of the account's private registry.
    pub const fn private(account: AccountId, name: RepositoryName) -> Self {
        Self { account, visibility: Visibility::Private, name }
    }

    /// A repository of the account's public registry.
    pub const fn public(account: AccountId, name: RepositoryName) -> Self {
        Self { account, visibility: Visibility::Public, name }
    }

    /// What stands for account and visibility in the database.
    pub(crate) fn owner(&self) -> i64 {
        owner(self.account, self.visibility)
    }

    /// The repository that [`Self::owner`] and its name stand for.
    pub(crate) fn from_owner(owner: i64, name: RepositoryName) -> Option<Self> {
        match AccountId::from_number(owner) {
            Some(account) => Some(Self::private(account, name)),
            None => AccountId::from_number(owner - PUBLIC).map(|account| Self::public(account, name)),
        }
    }
}

/// What stands for an account and a visibility in the database.
pub(crate) fn owner(account: AccountId, visibility: Visibility) -> i64 {
    match visibility {
        Visibility::Private => account.number(),
        Visibility::Public => account.number() + PUBLIC,
    }
}

/// A repository to create.
#[derive(Clone, Debug)]
pub struct NewRepository {
    /// Its name.
    pub repository: Repository,
    /// Which tags may move.
    pub mutability: TagMutability,
    /// Whether each push is a request to scan.
    pub scan_on_push: bool,
    /// How its content is to be encrypted.
    pub encryption: Encryption,
    /// The repository policy, a JSON text.
    pub policy: Option<String>,
    /// The lifecycle policy, a JSON text.
    pub lifecycle: Option<String>,
    /// The catalog data of a public repository, a JSON text.
    pub catalog_data: Option<String>,
    /// Resource tags; of two with one key the last counts.
    pub tags: Vec<(String, String)>,
}

impl NewRepository {
    /// A repository with the settings that one has if nobody says anything.
    pub fn plain(repository: Repository) -> Self {
        Self {
            repository,
            mutability: TagMutability::default(),
            scan_on_push: false,
            encryption: Encryption::Aes256,
            policy: None,
            lifecycle: None,
            catalog_data: None,
            tags: Vec::new(),
        }
    }
}

/// A repository that exists, as it is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryRecord {
    /// Its name.
    pub repository: Repository,
    /// When it was created.
    pub created_at: Timestamp,
    /// Which tags may move.
    pub mutability: TagMutability,
    /// Whether each push is a request to scan.
    pub scan_on_push: bool,
    /// How its content is to be encrypted.
    pub encryption: Encryption,
}

/// What access to a repository depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepositoryAccess {
    /// The repository policy, a JSON text.
    pub policy: Option<String>,
    /// Resource tags in the order of their keys.
    pub tags: Vec<(String, String)>,
}

/// The lifecycle policy of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecyclePolicy {
    /// The policy, a JSON text.
    pub text: String,
    /// When it was last carried out.
    pub evaluated_at: Option<Timestamp>,
}

/// A repository that has a lifecycle policy, among all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecycleTask {
    /// Where it stands: tasks are listed by this.
    pub position: i64,
    /// The repository.
    pub repository: Repository,
    /// Its policy.
    pub policy: LifecyclePolicy,
}

/// How a repository's content is to be encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// With a key of the registry's own.
    #[default]
    Aes256,
    /// With the key of this name.
    Kms(String),
    /// Twice, with the key of this name.
    KmsDsse(String),
}

/// Which tags of a repository may move once they are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagMutability {
    /// Whether tags are immutable unless excluded; otherwise they are mutable unless excluded.
    pub immutable: bool,
    /// The tags for which the opposite holds; at most [`TagMutability::MAX_EXCLUSIONS`].
    pub exclusions: Vec<TagFilter>,
}

impl TagMutability {
    /// The most exclusions a repository has.
    pub const MAX_EXCLUSIONS: usize = 5;

    /// Whether `tag`, once set, stays where it is.
    pub fn is_immutable(&self, tag: &Tag) -> bool {
        self.immutable != self.exclusions.iter().any(|filter| filter.matches(tag.as_str()))
    }
}

/// A pattern of tags, in which `*` stands for any run of characters: 1 to 128 of `[0-9a-zA-Z._*-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TagFilter(String);

/// A text is not a [`TagFilter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a filter of tags is 1 to 128 characters of [0-9a-zA-Z._*-]")]
pub struct TagFilterError;

impl TagFilter {
    /// The pattern.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole of `text` is of this pattern. Takes the first place where each part fits, so that the time
    /// grows with the lengths alone and never with the number of ways to match.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else { return self.0 == text };
        let Some(mut text) = text.strip_prefix(first) else { return false };
        let mut parts = rest.split('*');
        let last = parts.next_back().unwrap_or_default();
        for part in parts {
            let Some((_, after)) = text.split_once(part) else { return false };
            text = after;
        }
        text.ends_with(last)
    }
}

impl FromStr for TagFilter {
    type Err = TagFilterError;

    fn from_str(text: &str) -> Result<Self, TagFilterError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._*-".contains(&byte);
        if text.is_empty() || text.len() > 128 || !text.bytes().all(allowed) {
            return Err(TagFilterError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for TagFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_globs() {
        fn check(pattern: &str, text: &str, expect: bool) {
            assert_eq!(pattern.parse::<TagFilter>().unwrap().matches(text), expect, "{pattern} {text}");
        }
        check("latest", "latest", true);
        check("latest", "latest1", false);
        check("*", "anything", true);
        check("dev-*", "dev-", true);
        check("dev-*", "dev", false);
        check("*-rc", "1-rc", true);
        check("*-rc", "1-rc2", false);
        check("a*a", "a", false);
        check("a*a", "aa", true);
        check("*a*b*", "xxaxxbxx", true);
        check("*a*b*", "xxbxxaxx", false);
        check("v**1", "v1", true);
        // Dots and dashes are themselves.
        check("v1.0", "v1x0", false);
        check("1.*", "10", false);
        let stars = "*a".repeat(64);
        check(&stars, &"a".repeat(63), false);
        check(&stars, &"a".repeat(64), true);
    }

    #[test]
    fn filters_are_checked() {
        for (text, expect) in [
            ("v*", true),
            (&"a".repeat(128), true),
            (&"a".repeat(129), false),
            ("", false),
            ("a b", false),
            ("v?", false),
            ("é", false),
        ] {
            assert_eq!(text.parse::<TagFilter>().is_ok(), expect, "{text}");
        }
    }

    #[test]
    fn exclusions_turn_the_rule_round() {
        fn check(immutable: bool, exclusions: &[&str], tag: &str, expect: bool) {
            let exclusions = exclusions.iter().map(|filter| filter.parse().unwrap()).collect();
            let mutability = TagMutability { immutable, exclusions };
            assert_eq!(mutability.is_immutable(&tag.parse().unwrap()), expect, "{mutability:?} {tag}");
        }
        check(false, &[], "v1", false);
        check(true, &[], "v1", true);
        check(true, &["latest", "dev-*"], "dev-1", false);
        check(true, &["latest", "dev-*"], "v1", true);
        check(false, &["v*"], "v1", true);
        check(false, &["v*"], "latest", false);
    }

    #[test]
    fn private_and_public_repositories_have_numbers_of_their_own() {
        for account in ["000000000000", "123456789012", "999999999999"] {
            let (account, name): (AccountId, RepositoryName) = (account.parse().unwrap(), "a/b".parse().unwrap());
            for repository in [Repository::private(account, name.clone()), Repository::public(account, name)] {
                let name = repository.name.clone();
                assert_eq!(Repository::from_owner(repository.owner(), name), Some(repository));
            }
        }
        for owner in [-1, 2 * PUBLIC, i64::MAX, i64::MIN + PUBLIC] {
            assert_eq!(Repository::from_owner(owner, "a".parse().unwrap()), None, "{owner}");
        }
    }
}
