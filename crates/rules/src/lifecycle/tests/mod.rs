//! What the tests of this folder share: images by name and age, policies by rule.

mod guide;
mod properties;
mod semantics;
mod validate;

use plimsoll_oci::{Digest, Tag};

use super::{Action, ImageFacts, Policy, Selected, StorageClass, evaluate};

const DAY: i64 = 24 * 60 * 60 * 1000;
const NOW: i64 = 20_000 * DAY;

/// An image named `name`, without tags, pushed `days` days ago.
fn image(name: &str, days: i64) -> ImageFacts {
    ImageFacts {
        digest: Digest::sha256(name.as_bytes()),
        tags: Vec::new(),
        pushed_at: NOW - days * DAY,
        last_pulled_at: None,
        last_activated_at: None,
        last_archived_at: None,
        storage_class: StorageClass::Standard,
        children: Vec::new(),
        subject: None,
    }
}

impl ImageFacts {
    fn tagged(mut self, tags: &[&str]) -> Self {
        self.tags = tags.iter().map(|tag| tag.parse::<Tag>().expect("a tag")).collect();
        self
    }

    fn pulled(mut self, days: i64) -> Self {
        self.last_pulled_at = Some(NOW - days * DAY);
        self
    }

    fn restored(mut self, days: i64) -> Self {
        self.last_activated_at = Some(NOW - days * DAY);
        self
    }

    fn archived(mut self, days: i64) -> Self {
        self.last_archived_at = Some(NOW - days * DAY);
        self.storage_class = StorageClass::Archive;
        self
    }

    fn lists(mut self, children: &[&str]) -> Self {
        self.children = children.iter().map(|name| Digest::sha256(name.as_bytes())).collect();
        self
    }

    fn refers_to(mut self, subject: &str) -> Self {
        self.subject = Some(Digest::sha256(subject.as_bytes()));
        self
    }
}

/// A rule that expires what `selection` says.
fn expire(priority: u32, selection: &str) -> String {
    format!(r#"{{"rulePriority":{priority},"selection":{{{selection}}},"action":{{"type":"expire"}}}}"#)
}

/// A rule that archives what `selection` says.
fn archive(priority: u32, selection: &str) -> String {
    let action = r#"{"type":"transition","targetStorageClass":"archive"}"#;
    format!(r#"{{"rulePriority":{priority},"selection":{{{selection}}},"action":{action}}}"#)
}

const ANY: &str = r#""tagStatus":"any""#;
const UNTAGGED: &str = r#""tagStatus":"untagged""#;

fn prefixes(list: &[&str]) -> String {
    format!(r#""tagStatus":"tagged","tagPrefixList":{list:?}"#)
}

fn patterns(list: &[&str]) -> String {
    format!(r#""tagStatus":"tagged","tagPatternList":{list:?}"#)
}

fn keep(count: u32) -> String {
    format!(r#""countType":"imageCountMoreThan","countNumber":{count}"#)
}

fn since(kind: &str, days: u32) -> String {
    let class = if kind == "sinceImageTransitioned" { r#""storageClass":"archive","# } else { "" };
    format!(r#"{class}"countType":"{kind}","countUnit":"days","countNumber":{days}"#)
}

fn both(tags: impl AsRef<str>, criterion: String) -> String {
    format!("{},{criterion}", tags.as_ref())
}

fn document(rules: &[String]) -> String {
    format!(r#"{{"rules":[{}]}}"#, rules.join(","))
}

fn policy(rules: &[String]) -> Policy {
    Policy::parse(&document(rules)).expect("a sound policy")
}

/// What a policy selects of named images, as `name:rule` for what expires and `name:rule:archive` for what is archived.
fn select(rules: &[String], images: &[(&str, ImageFacts)]) -> String {
    let facts: Vec<ImageFacts> = images.iter().map(|(_, facts)| facts.clone()).collect();
    let word = |selected: &Selected| {
        let suffix = if selected.action == Action::Archive { ":archive" } else { "" };
        format!("{}:{}{suffix}", images[selected.image].0, selected.rule)
    };
    evaluate(&policy(rules), &facts, NOW).iter().map(word).collect::<Vec<_>>().join(" ")
}
