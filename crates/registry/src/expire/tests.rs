//! The job and the preview over a real catalog, with images of every age.

use std::collections::BTreeSet;

use bytes::Bytes;
use plimsoll_catalog::{
    CatalogError, Cause, ImageFilter, ImageStatus, Incomplete, LifecycleAction, LifecycleChange, NewManifest,
    NewRepository, Pull, Repository, SameTag, Timestamp,
};
use plimsoll_oci::{Digest, Reference};
use plimsoll_rules::lifecycle::{Action, Policy};
use tempfile::TempDir;

use super::*;
use crate::{Budget, Config, Registry, RegistryError, Requester, now};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A registry in a directory of its own, with one repository.
struct Fixture {
    registry: Registry,
    repository: Repository,
    _directory: TempDir,
}

fn digest(name: &str) -> Digest {
    Digest::sha256(name.as_bytes())
}

fn ago(days: i64) -> Timestamp {
    Timestamp(now().0 - days * DAY)
}

fn by(now: Timestamp) -> Cause {
    Cause::new("ann", now)
}

impl Fixture {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = Config {
            data: directory.path().join("data"),
            account: "000000000000".parse().unwrap(),
            region: "us-east-1".to_owned(),
            anonymous_pull: Vec::new(),
            create_on_push: true,
            accept_same_push: false,
            sparse: true,
            scan_again_at_once: false,
            vex_referrers: Vec::new(),
            severity_order: plimsoll_advisories::SeverityOrder::default(),
            gates: Vec::new(),
            budget: Budget::default(),
        };
        let (registry, _) = Registry::open(config).await.unwrap();
        let repository = Repository::private("000000000000".parse().unwrap(), "team/app".parse().unwrap());
        registry.catalog.create_repository(NewRepository::plain(repository.clone()), by(ago(1000))).await.unwrap();
        Self { registry, repository, _directory: directory }
    }

    /// Pushes an image whose content is its name.
    async fn push(&self, name: &str, days: i64, tags: &[&str]) {
        self.put(name, days, tags, &[], None).await;
    }

    async fn put(&self, name: &str, days: i64, tags: &[&str], children: &[&str], subject: Option<&str>) {
        let manifest = NewManifest {
            repository: self.repository.clone(),
            digest: digest(name),
            media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
            artifact_type: None,
            subject: subject.map(digest),
            annotations_json: None,
            content: Bytes::copy_from_slice(name.as_bytes()),
            blobs: Vec::new(),
            children: children.iter().map(|child| digest(child)).collect(),
            incomplete: Incomplete::Accept,
            tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(),
            same_tag: SameTag::Refuse,
            image_size: 0,
            scan_requested: false,
            image: None,
            cause: by(ago(days)),
        };
        self.registry.catalog.put_manifest(manifest).await.unwrap();
    }

    async fn archive(&self, name: &str, days: i64) {
        let (catalog, archived) = (&self.registry.catalog, ImageStatus::Archived);
        catalog.set_image_status(&self.repository, &digest(name), archived, by(ago(days))).await.unwrap();
    }

    async fn set_policy(&self, rules: &str) {
        let requester = Requester::local("ann");
        let text = format!(r#"{{"rules":[{rules}]}}"#);
        self.registry.put_lifecycle_policy(&self.repository, text, &requester).await.unwrap();
    }

    /// What a preview of the policy in force shows, once it is there.
    async fn preview(&self) -> Vec<Pick> {
        self.registry.start_lifecycle_preview(&self.repository, None).unwrap();
        loop {
            let preview = self.registry.lifecycle_preview(&self.repository).unwrap().unwrap();
            match preview.status {
                PreviewStatus::Complete(picks) => return picks.to_vec(),
                PreviewStatus::InProgress => tokio::task::yield_now().await,
                other => panic!("{other:?}"),
            }
        }
    }

    async fn run(&self) -> LifecycleRun {
        self.registry.carry_out_lifecycle_policies().await.unwrap()
    }

    /// Which of the named images are there, `*` after those in the archive.
    fn left(&self, names: &[&str]) -> String {
        let images = self.registry.catalog.repository_images(&self.repository).unwrap().unwrap().images;
        let word = |name: &&str| {
            let image = images.iter().find(|image| image.digest == digest(name))?;
            Some(if image.state.status == ImageStatus::Archived { format!("{name}*") } else { (*name).to_owned() })
        };
        names.iter().filter_map(word).collect::<Vec<_>>().join(" ")
    }
}

const EXPIRE: &str = r#""action":{"type":"expire"}"#;
const ARCHIVE: &str = r#""action":{"type":"transition","targetStorageClass":"archive"}"#;

fn rule(priority: u32, selection: &str, action: &str) -> String {
    format!(r#"{{"rulePriority":{priority},"selection":{{{selection}}},{action}}}"#)
}

const UNTAGGED_FORTNIGHT: &str =
    r#""tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":14"#;
const RELEASES: &str = r#""tagStatus":"tagged","tagPrefixList":["v"],"countType":"imageCountMoreThan","countNumber":2"#;
const UNPULLED: &str = r#""tagStatus":"any","countType":"sinceImagePulled","countUnit":"days","countNumber":90"#;
const LONG_ARCHIVED: &str = r#""tagStatus":"any","storageClass":"archive","countType":"sinceImageTransitioned","countUnit":"days","countNumber":120"#;

const NAMES: [&str; 12] = ["v1", "v2", "v3", "old", "list", "child", "sig", "stale", "pulled", "away", "gone", "fresh"];

/// Something for every kind of rule.
async fn repository_of_all_kinds() -> Fixture {
    let fixture = Fixture::new().await;
    for (name, days) in [("v1", 50), ("v2", 40), ("v3", 30)] {
        fixture.push(name, days, &[name]).await;
    }
    fixture.put("sig", 49, &[], &[], Some("v1")).await;
    fixture.push("old", 15, &[]).await;
    fixture.push("child", 20, &[]).await;
    fixture.put("list", 20, &[], &["child"], None).await;
    fixture.push("stale", 100, &["main"]).await;
    fixture.push("pulled", 100, &["next"]).await;
    for (name, days) in [("away", 119), ("gone", 121)] {
        fixture.push(name, 400, &[]).await;
        fixture.archive(name, days).await;
    }
    fixture.push("fresh", 1, &[]).await;
    let pull = Pull { repository: fixture.repository.clone(), digest: digest("pulled"), at: ago(2) };
    fixture.registry.catalog.record_pulls(vec![pull]).await.unwrap();
    let rules = [
        rule(1, RELEASES, EXPIRE),
        rule(2, UNTAGGED_FORTNIGHT, EXPIRE),
        rule(3, UNPULLED, ARCHIVE),
        rule(4, LONG_ARCHIVED, EXPIRE),
    ];
    fixture.set_policy(&rules.join(",")).await;
    fixture
}

#[tokio::test]
async fn a_run_does_what_the_preview_shows_and_says_why() {
    let fixture = repository_of_all_kinds().await;
    let shown = fixture.preview().await;
    let before = fixture.left(&NAMES);
    assert_eq!(before, "v1 v2 v3 old list child sig stale pulled away* gone* fresh");

    let run = fixture.run().await;
    assert_eq!(run, LifecycleRun { repositories: 1, expired: 5, archived: 1, failed: 0 });
    assert_eq!(fixture.left(&NAMES), "v2 v3 child stale* pulled away* fresh");

    let removed = fixture.registry.catalog.removed_images(&fixture.repository, None, 100).unwrap();
    let went: BTreeSet<Digest> = removed.iter().map(|removed| removed.digest).collect();
    let to_expire = shown.iter().filter(|pick| pick.action == Action::Expire);
    assert_eq!(went, to_expire.map(|pick| pick.digest).collect());
    let to_archive: Vec<_> = shown.iter().filter(|pick| pick.action == Action::Archive).collect();
    assert_eq!(to_archive.iter().map(|pick| pick.digest).collect::<Vec<_>>(), [digest("stale")]);

    let why = |name: &str| {
        let removed = removed.iter().find(|removed| removed.digest == digest(name)).unwrap();
        (removed.actor.clone(), removed.reason.clone())
    };
    let expect =
        |rule: u32, reason: &str| (format!("lifecycle rule {rule}"), format!("lifecycle rule {rule}: {reason}"));
    assert_eq!(why("v1"), expect(1, "2 newer images are selected, 2 are kept"));
    assert_eq!(why("sig"), expect(1, &format!("refers to {}", digest("v1"))));
    assert_eq!(why("old"), expect(2, "pushed or restored 15 days ago, kept for 14"));
    assert_eq!(why("gone"), expect(4, "archived 121 days ago, kept for 120"));
}

#[tokio::test]
async fn a_run_leaves_events_and_audit_records() {
    let fixture = repository_of_all_kinds().await;
    fixture.run().await;
    let events = fixture.registry.catalog.pending_events(100).unwrap();
    let events: Vec<(String, serde_json::Value)> = events
        .into_iter()
        .map(|pending| (pending.event.kind, serde_json::from_str(&pending.event.payload).unwrap()))
        .filter(|(kind, _): &(String, serde_json::Value)| kind == "image.expired" || kind == "image.archived")
        .collect();
    let rows: Vec<String> = events
        .iter()
        .map(|(kind, payload)| format!("{kind} {} {}", payload["rule"], payload["images"].as_array().unwrap().len()))
        .collect();
    assert_eq!(rows, ["image.expired 1 2", "image.expired 2 2", "image.archived 3 1", "image.expired 4 1"]);
    assert_eq!(events[0].1["repository"], "team/app");
    assert_eq!(events[0].1["images"][0]["tags"][0], "v1");
    assert_eq!(events[0].1["images"][0]["digest"], digest("v1").to_string());

    let audit = fixture.registry.catalog.audit_page(0, 100).unwrap();
    let by_rules: Vec<String> = audit
        .iter()
        .filter(|record| record.entry.action.starts_with("lifecycle:"))
        .map(|record| format!("{} {} {}", record.entry.principal, record.entry.action, record.entry.resource))
        .collect();
    assert_eq!(
        by_rules,
        [
            "lifecycle rule 1 lifecycle:Expire team/app",
            "lifecycle rule 2 lifecycle:Expire team/app",
            "lifecycle rule 3 lifecycle:Archive team/app",
            "lifecycle rule 4 lifecycle:Expire team/app",
        ]
    );
    assert!(audit.iter().any(|record| record.entry.action == "ecr:PutLifecyclePolicy"));
}

#[tokio::test]
async fn a_child_goes_by_the_run_after_its_list() {
    let fixture = repository_of_all_kinds().await;
    fixture.run().await;
    assert_eq!(fixture.left(&["list", "child"]), "child");
    assert_eq!(fixture.run().await.expired, 1);
    assert_eq!(fixture.left(&["list", "child"]), "");
    assert_eq!(fixture.run().await, LifecycleRun { repositories: 1, ..LifecycleRun::default() });
}

#[tokio::test]
async fn when_a_policy_was_carried_out_is_noted() {
    let fixture = Fixture::new().await;
    fixture.set_policy(&rule(1, UNTAGGED_FORTNIGHT, EXPIRE)).await;
    assert_eq!(fixture.registry.lifecycle_policy(&fixture.repository).unwrap().evaluated_at, None);
    fixture.run().await;
    assert!(fixture.registry.lifecycle_policy(&fixture.repository).unwrap().evaluated_at.is_some());
    let requester = Requester::local("ann");
    let taken = fixture.registry.delete_lifecycle_policy(&fixture.repository, &requester).await.unwrap();
    assert!(taken.text.contains("sinceImagePushed") && taken.evaluated_at.is_some());
    let again = fixture.registry.delete_lifecycle_policy(&fixture.repository, &requester).await;
    assert!(matches!(again, Err(RegistryError::LifecyclePolicyUnknown)), "{again:?}");
    fixture.push("old", 100, &[]).await;
    assert_eq!(fixture.run().await, LifecycleRun::default());
    assert_eq!(fixture.left(&["old"]), "old");
}

#[tokio::test]
async fn hundreds_of_images_go_in_steps() {
    let fixture = Fixture::new().await;
    for nth in 0..250 {
        fixture.push(&format!("old {nth}"), 30, &[]).await;
    }
    fixture.set_policy(&rule(7, UNTAGGED_FORTNIGHT, EXPIRE)).await;
    assert_eq!(fixture.run().await.expired, 250);
    let audit = fixture.registry.catalog.audit_page(0, 100).unwrap();
    assert_eq!(audit.iter().filter(|record| record.entry.action == "lifecycle:Expire").count(), 3);
    let images = fixture.registry.catalog.describe_images(&fixture.repository, ImageFilter::default(), None, 10);
    assert_eq!(images.unwrap().unwrap().len(), 0);
}

/// What was decided on stale facts is not done, not even in part.
#[tokio::test]
async fn a_step_is_done_wholly_or_not_at_all() {
    let policy = rule(1, UNTAGGED_FORTNIGHT, EXPIRE);
    let step = |fixture: &Fixture, action: LifecycleAction| {
        let images = fixture.registry.catalog.repository_images(&fixture.repository).unwrap().unwrap().images;
        let change = |name: &str| {
            let image = images.iter().find(|image| image.digest == digest(name)).unwrap();
            LifecycleChange {
                digest: image.digest,
                action,
                reason: "why".to_owned(),
                tags: image.tags.clone(),
                state: image.state,
            }
        };
        ["a", "b"].map(change).to_vec()
    };
    for action in [LifecycleAction::Expire, LifecycleAction::Archive] {
        for case in ["nothing", "policy", "tag", "gone", "restored", "pulled", "list", "archived list"] {
            let fixture = Fixture::new().await;
            fixture.set_policy(&policy).await;
            fixture.push("a", 30, &[]).await;
            fixture.push("b", 30, &[]).await;
            let (catalog, repository) = (&fixture.registry.catalog, &fixture.repository);
            let changes = step(&fixture, action);
            let mut text = fixture.registry.lifecycle_policy(repository).unwrap().text;
            match case {
                "policy" => text.push(' '),
                "tag" => fixture.push("b", 1, &["keep"]).await,
                "gone" => drop(catalog.delete_manifest(repository, &digest("b"), by(ago(1))).await.unwrap()),
                "restored" => {
                    fixture.archive("b", 3).await;
                    catalog.set_image_status(repository, &digest("b"), ImageStatus::Active, by(ago(1))).await.unwrap();
                }
                "pulled" => {
                    let pull = Pull { repository: repository.clone(), digest: digest("b"), at: ago(0) };
                    catalog.record_pulls(vec![pull]).await.unwrap();
                }
                "list" => fixture.put("list", 1, &[], &["b"], None).await,
                "archived list" => {
                    fixture.put("list", 1, &[], &["b"], None).await;
                    fixture.archive("list", 1).await;
                }
                _ => {}
            }
            let before = fixture.left(&["a", "b", "list"]);
            let done = catalog.carry_out_lifecycle_step(repository, &text, changes, by(ago(0))).await;
            let after = fixture.left(&["a", "b", "list"]);
            match (case, action) {
                ("nothing", LifecycleAction::Expire) => assert_eq!(after, ""),
                ("nothing", LifecycleAction::Archive) => assert_eq!(after, "a* b*"),
                ("archived list", LifecycleAction::Archive) => assert_eq!(after, "a* b* list*"),
                _ => {
                    assert!(matches!(done, Err(CatalogError::Outdated)), "{case}: {done:?}");
                    assert_eq!(after, before, "{case}");
                    continue;
                }
            }
            done.unwrap();
        }
    }
}

/// However many images go at once, the audit log names each.
#[tokio::test]
async fn the_audit_log_names_all_that_went() {
    let fixture = Fixture::new().await;
    let names: Vec<String> = (0..90).map(|number| format!("image {number}")).collect();
    for name in &names {
        fixture.push(name, 10, &[]).await;
    }
    fixture
        .set_policy(
            r#"{"rulePriority": 1, "action": {"type": "expire"},
                "selection": {"tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 5}}"#,
        )
        .await;
    assert_eq!(fixture.run().await.expired, 90);
    let records = fixture.registry.catalog.audit_page(0, 100).unwrap();
    let told: String = records
        .iter()
        .filter(|record| record.entry.action == "lifecycle:Expire")
        .map(|record| record.entry.detail.as_str())
        .collect();
    for name in &names {
        assert!(told.contains(&digest(name).to_string()), "{name} is not in the audit log");
    }
}

/// The catalog keeps manifests in memory; what the job does has to get through to that.
#[tokio::test]
async fn readers_see_at_once_what_a_run_did() {
    let fixture = Fixture::new().await;
    fixture.push("stale", 100, &["main"]).await;
    fixture.push("old", 30, &[]).await;
    let tagged = Reference::Tag("main".parse().unwrap());
    let untagged = Reference::Digest(digest("old"));
    let read = |reference: &Reference| {
        let manifest = fixture.registry.catalog.manifest(&fixture.repository, reference).unwrap();
        manifest.map(|manifest| manifest.status)
    };
    assert_eq!([&tagged, &untagged].map(read), [Some(ImageStatus::Active), Some(ImageStatus::Active)]);
    fixture.set_policy(&[rule(1, UNTAGGED_FORTNIGHT, EXPIRE), rule(2, UNPULLED, ARCHIVE)].join(",")).await;
    fixture.run().await;
    assert_eq!([&tagged, &untagged].map(read), [Some(ImageStatus::Archived), None]);
}

#[tokio::test]
async fn previews_are_one_at_a_time_and_of_this_repository() {
    let fixture = Fixture::new().await;
    let (registry, repository) = (&fixture.registry, &fixture.repository);
    assert!(registry.lifecycle_preview(repository).unwrap().is_none());
    let none = registry.start_lifecycle_preview(repository, None);
    assert!(matches!(none, Err(RegistryError::LifecyclePolicyUnknown)), "{none:?}");
    let broken = registry.start_lifecycle_preview(repository, Some("{}".to_owned()));
    assert!(matches!(broken, Err(RegistryError::LifecyclePolicy(_))), "{broken:?}");
    let unknown = Repository { name: "team/other".parse().unwrap(), ..repository.clone() };
    let nowhere = registry.start_lifecycle_preview(&unknown, None);
    assert!(matches!(nowhere, Err(RegistryError::RepositoryUnknown)), "{nowhere:?}");
    assert!(matches!(registry.lifecycle_preview(&unknown), Err(RegistryError::RepositoryUnknown)));

    fixture.push("old", 30, &[]).await;
    let text = format!(r#"{{"rules":[{}]}}"#, rule(3, UNTAGGED_FORTNIGHT, EXPIRE));
    assert_eq!(registry.start_lifecycle_preview(repository, Some(text.clone())).unwrap(), text);
    let second = registry.start_lifecycle_preview(repository, Some(text.clone()));
    assert!(matches!(second, Err(RegistryError::PreviewInProgress)), "{second:?}");
    let preview = loop {
        let preview = registry.lifecycle_preview(repository).unwrap().unwrap();
        if !matches!(preview.status, PreviewStatus::InProgress) {
            break preview;
        }
        tokio::task::yield_now().await;
    };
    let PreviewStatus::Complete(picks) = &preview.status else { panic!("{preview:?}") };
    assert_eq!((picks.len(), picks[0].rule, &*preview.text), (1, 3, text.as_str()));
    assert_eq!(fixture.left(&["old"]), "old", "a preview changes nothing");

    let catalog = &registry.catalog;
    catalog.delete_repository(repository, true, by(ago(0))).await.unwrap();
    catalog.create_repository(NewRepository::plain(repository.clone()), by(ago(-1))).await.unwrap();
    assert!(registry.lifecycle_preview(repository).unwrap().is_none(), "the repository is another one");
}

/// Interrupted after any number of steps, the job ends where it would have ended.
#[tokio::test]
async fn what_is_left_undone_is_done_by_the_next_run() {
    for done in 0..=3 {
        let fixture = repository_of_all_kinds().await;
        let policy = fixture.registry.lifecycle_policy(&fixture.repository).unwrap().text;
        let parsed = Policy::parse(&policy).unwrap();
        let picks = fixture.registry.select(fixture.repository.clone(), parsed, now()).await.unwrap();
        for step in steps::steps(picks).into_iter().take(done) {
            let changes = step.picks.iter().map(job::change).collect();
            let catalog = &fixture.registry.catalog;
            catalog.carry_out_lifecycle_step(&fixture.repository, &policy, changes, by(now())).await.unwrap();
        }
        fixture.run().await;
        fixture.run().await;
        assert_eq!(fixture.left(&NAMES), "v2 v3 stale* pulled away* fresh", "after {done} steps");
    }
}

#[tokio::test]
async fn an_image_is_archived_only_after_the_indexes_that_name_it() {
    let fixture = Fixture::new().await;
    fixture.push("child", 3, &[]).await;
    fixture.put("list", 2, &[], &["child"], None).await;
    let (registry, repository, requester) = (&fixture.registry, &fixture.repository, Requester::local("ann"));
    let archive = async |name: &str| {
        let id = plimsoll_catalog::ImageId { digest: Some(digest(name)), tag: None };
        registry.set_archived(repository, &id, true, &requester).await.map(|image| image.state.status)
    };
    let held = archive("child").await;
    assert!(matches!(&held, Err(RegistryError::HeldByIndex { index }) if **index == digest("list")), "{held:?}");
    // The catalog itself refuses, so that no index comes between look and leap.
    let held = registry.catalog.set_image_status(repository, &digest("child"), ImageStatus::Archived, by(ago(1))).await;
    assert!(matches!(held, Err(CatalogError::HeldByIndex { .. })), "{held:?}");
    for name in ["list", "child"] {
        assert_eq!(archive(name).await.unwrap(), ImageStatus::Archived, "{name}");
    }
}
