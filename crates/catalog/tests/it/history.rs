use plimsoll_catalog::NewManifest;
use plimsoll_oci::Digest;
use proptest::prelude::*;

use crate::{Fixture, LATER, NOW, by, digest, manifest, named, repository, tag};

#[tokio::test]
async fn history_says_who_moved_what_from_where_to_where() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    for (content, tags, actor, now) in [("a", vec!["v1"], "ann", NOW), ("b", vec!["v1", "v2"], "bob", LATER)] {
        let tags = tags.into_iter().map(tag).collect();
        let new = NewManifest { tags, cause: by(actor, now), ..manifest(&app, content) };
        catalog.put_manifest(new).await.unwrap();
    }
    catalog.delete_manifest(&app, &digest("b"), by("carl", LATER)).await.unwrap();
    let story = |of: Option<&str>| -> Vec<_> {
        let changes = catalog.tag_history(&app, of.map(tag).as_ref(), 10).unwrap();
        changes
            .into_iter()
            .map(|change| (change.tag.to_string(), change.from, change.to, change.actor, change.at))
            .collect()
    };
    let (a, b) = (Some(digest("a")), Some(digest("b")));
    let first = ("v1".to_owned(), None, a, "ann".to_owned(), NOW);
    let moved = ("v1".to_owned(), a, b, "bob".to_owned(), LATER);
    let gone = ("v1".to_owned(), b, None, "carl".to_owned(), LATER);
    assert_eq!(story(Some("v1")), [gone, moved, first]);
    assert_eq!(story(None).len(), 5);
    assert_eq!(story(Some("v3")), []);
    assert_eq!(catalog.tag_history(&app, None, 2).unwrap().len(), 2);
    assert_eq!(catalog.tag_history(&repository("none"), None, 2).unwrap(), []);
}

#[derive(Clone, Debug)]
enum Step {
    Put { content: u8, tags: Vec<u8> },
    DeleteTag(u8),
    DeleteManifest(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..3, prop::collection::vec(0u8..2, 0..3)).prop_map(|(content, tags)| Step::Put { content, tags }),
        1 => (0u8..2).prop_map(Step::DeleteTag),
        1 => (0u8..3).prop_map(Step::DeleteManifest),
    ]
}

fn tag_name(number: u8) -> String {
    format!("v{number}")
}

async fn take(fixture: &Fixture, step: Step) {
    let app = repository("app");
    let catalog = &fixture.catalog;
    match step {
        Step::Put { content, tags } => {
            let tags = tags.into_iter().map(|number| tag(&tag_name(number))).collect();
            catalog.put_manifest(NewManifest { tags, ..manifest(&app, &content.to_string()) }).await.unwrap();
        }
        Step::DeleteTag(number) => {
            catalog.delete_tag(&app, &tag(&tag_name(number)), by("ann", NOW)).await.unwrap();
        }
        Step::DeleteManifest(content) => {
            catalog.delete_manifest(&app, &digest(&content.to_string()), by("ann", NOW)).await.unwrap();
        }
    }
}

/// The digest that the history of a tag ends with, after checking that each step begins where the one before ended.
fn end_of_history(fixture: &Fixture, name: &str) -> Option<Digest> {
    let changes = fixture.catalog.tag_history(&repository("app"), Some(&tag(name)), usize::MAX).unwrap();
    changes.iter().rev().fold(None, |before, change| {
        assert_eq!(change.from, before);
        assert_ne!(change.to, before);
        change.to
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn history_is_a_chain_that_ends_where_the_tag_points(steps in prop::collection::vec(step(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let fixture = Fixture::with(&["app"]).await;
            for step in steps {
                take(&fixture, step).await;
                for name in [tag_name(0), tag_name(1)] {
                    let points = named(&fixture.catalog, &repository("app"), &name);
                    assert_eq!(end_of_history(&fixture, &name), points);
                }
            }
        });
    }
}
