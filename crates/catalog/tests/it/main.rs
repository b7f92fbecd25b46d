//! The catalog through its public API, over a database in a temporary directory.

#![expect(clippy::unwrap_used, reason = "the lint's exception for tests does not reach their helpers")]

mod access_keys;
mod audit;
mod blobs;
mod concurrency;
mod crash;
mod history;
mod identities;
mod images;
mod inventories;
mod manifests;
mod outbox;
mod pages;
mod repositories;
mod schema;
mod statements;

use bytes::Bytes;
use plimsoll_catalog::{
    AccountId, AuditEntry, Catalog, Cause, Incomplete, NewManifest, NewRepository, Outcome, Repository, SameTag,
    Timestamp,
};
use plimsoll_oci::{Digest, Reference, Tag};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp(1_000);
const LATER: Timestamp = Timestamp(2_000);
const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";

/// A catalog in a directory of its own.
struct Fixture {
    catalog: Catalog,
    directory: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(&directory.path().join("catalog.db")).unwrap();
        Self { catalog, directory }
    }

    /// A catalog with these repositories.
    async fn with(names: &[&str]) -> Self {
        let fixture = Self::new();
        for name in names {
            make(&fixture.catalog, &repository(name)).await;
        }
        fixture
    }

    /// Drops the catalog without closing it and opens it again.
    fn reopen(self) -> Self {
        let Self { catalog, directory } = self;
        drop(catalog);
        let catalog = Catalog::open(&directory.path().join("catalog.db")).unwrap();
        Self { catalog, directory }
    }
}

fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn repository(name: &str) -> Repository {
    Repository::private(account("000000000001"), name.parse().unwrap())
}

/// Makes a repository with plain settings.
async fn make(catalog: &Catalog, repository: &Repository) {
    catalog.create_repository(NewRepository::plain(repository.clone()), at(NOW)).await.unwrap();
}

/// What ann causes at a moment.
fn at(now: Timestamp) -> Cause {
    by("ann", now)
}

fn by(actor: &str, now: Timestamp) -> Cause {
    Cause::new(actor, now)
}

/// An entry for the audit log.
fn entry(action: &str) -> AuditEntry {
    AuditEntry {
        account: Some(account("000000000001")),
        principal: "arn:aws:iam::000000000001:user/ann".to_owned(),
        source: "192.0.2.1".to_owned(),
        action: action.to_owned(),
        resource: "app".to_owned(),
        outcome: Outcome::Success,
        request_id: "request".to_owned(),
        detail: String::new(),
    }
}

fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

fn by_tag(text: &str) -> Reference {
    Reference::Tag(tag(text))
}

fn digest(text: &str) -> Digest {
    Digest::sha256(text.as_bytes())
}

/// A manifest whose content is `content`, with nothing else about it.
fn manifest(repository: &Repository, content: &str) -> NewManifest {
    NewManifest {
        repository: repository.clone(),
        digest: digest(content),
        media_type: IMAGE.to_owned(),
        artifact_type: None,
        subject: None,
        annotations_json: None,
        content: Bytes::copy_from_slice(content.as_bytes()),
        blobs: Vec::new(),
        children: Vec::new(),
        incomplete: Incomplete::Refuse,
        tags: Vec::new(),
        same_tag: SameTag::Refuse,
        image_size: 0,
        scan_requested: false,
        image: None,
        cause: at(NOW),
    }
}

fn tagged(repository: &Repository, content: &str, tags: &[&str]) -> NewManifest {
    NewManifest { tags: tags.iter().map(|text| tag(text)).collect(), ..manifest(repository, content) }
}

/// The digest that a tag names.
fn named(catalog: &Catalog, repository: &Repository, text: &str) -> Option<Digest> {
    catalog.manifest(repository, &by_tag(text)).unwrap().map(|manifest| manifest.digest)
}
