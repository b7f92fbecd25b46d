//! What holds of any policy over any repository.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

/// A rule without its priority: tags, criterion and action.
fn any_rule() -> impl Strategy<Value = (bool, String)> {
    let tags = prop_oneof![
        Just(UNTAGGED.to_owned()),
        Just(ANY.to_owned()),
        proptest::collection::vec("[ab][12]?", 1..3)
            .prop_map(|list| prefixes(&list.iter().map(String::as_str).collect::<Vec<_>>())),
        proptest::collection::vec("[ab*]{1,3}", 1..3)
            .prop_map(|list| patterns(&list.iter().map(String::as_str).collect::<Vec<_>>())),
    ];
    let criterion = prop_oneof![
        (1_u32..6, any::<bool>()).prop_map(|(count, archive)| (archive, keep(count))),
        (1_u32..40, any::<bool>()).prop_map(|(days, archive)| (archive, since("sinceImagePushed", days))),
        (1_u32..40).prop_map(|days| (true, since("sinceImagePulled", days))),
        (90_u32..120).prop_map(|days| (false, since("sinceImageTransitioned", days))),
    ];
    (tags, criterion).prop_map(|(tags, (archive, criterion))| (archive, both(tags, criterion)))
}

/// A policy of up to six rules that go together.
fn any_policy() -> impl Strategy<Value = Policy> {
    proptest::collection::vec(any_rule(), 1..7).prop_filter_map("rules that do not go together", |mut rules| {
        rules.sort_by_key(|(_, selection)| selection.contains(ANY));
        let mut sound: Option<Policy> = None;
        let mut texts: Vec<String> = Vec::new();
        for (priority, (to_archive, selection)) in (1..).zip(rules) {
            texts.push(if to_archive { archive(priority, &selection) } else { expire(priority, &selection) });
            match Policy::parse(&document(&texts)) {
                Ok(policy) => sound = Some(policy),
                Err(_) => drop(texts.pop()),
            }
        }
        sound
    })
}

/// Up to 24 images, each listing and referring to earlier ones only, as digests have it.
fn any_images() -> impl Strategy<Value = Vec<ImageFacts>> {
    let one = (
        proptest::collection::vec("[ab][12]?", 0..3),
        0_i64..150,
        proptest::option::of(0_i64..150),
        proptest::option::of(0_i64..150),
        proptest::option::weighted(0.3, 0_i64..150),
        proptest::collection::vec(any::<prop::sample::Index>(), 0..3),
        proptest::option::weighted(0.3, any::<prop::sample::Index>()),
    );
    proptest::collection::vec(one, 0..24).prop_map(|seeds| {
        let mut images: Vec<ImageFacts> = Vec::new();
        for (nth, (tags, pushed, pulled, restored, archived, children, subject)) in seeds.into_iter().enumerate() {
            let mut facts = image(&nth.to_string(), pushed);
            facts = facts.tagged(&tags.iter().map(String::as_str).collect::<Vec<_>>());
            facts.last_pulled_at = pulled.map(|days| NOW - days * DAY);
            facts.last_activated_at = restored.map(|days| NOW - days * DAY);
            if let Some(days) = archived {
                facts = facts.archived(days);
            }
            if nth > 0 {
                // A third of the images are lists.
                let kept = if nth % 3 == 0 { children.as_slice() } else { &[] };
                facts.children = kept.iter().map(|at| images[at.index(nth)].digest).collect();
                facts.subject = subject.map(|at| images[at.index(nth)].digest);
            }
            images.push(facts);
        }
        images
    })
}

/// The repository after the job has done what was selected.
fn apply(images: &[ImageFacts], selected: &[Selected]) -> Vec<ImageFacts> {
    let actions: HashMap<usize, Action> = selected.iter().map(|selected| (selected.image, selected.action)).collect();
    let after = |(at, facts): (usize, &ImageFacts)| match actions.get(&at) {
        None => Some(facts.clone()),
        Some(Action::Expire) => None,
        Some(Action::Archive) => Some(facts.clone().archived(0)),
    };
    images.iter().enumerate().filter_map(after).collect()
}

proptest! {
    #[test]
    fn evaluation_is_deterministic_and_takes_no_image_twice(policy in any_policy(), images in any_images()) {
        let selected = evaluate(&policy, &images, NOW);
        prop_assert_eq!(&selected, &evaluate(&policy, &images, NOW));
        let distinct: HashSet<usize> = selected.iter().map(|selected| selected.image).collect();
        prop_assert_eq!(distinct.len(), selected.len());
    }

    #[test]
    fn only_a_rule_that_selects_an_image_acts_on_it(policy in any_policy(), images in any_images()) {
        for selected in evaluate(&policy, &images, NOW) {
            if matches!(selected.reason, crate::lifecycle::Reason::Follows { .. }) {
                continue;
            }
            let facts = &images[selected.image];
            let first = policy.rules().iter().find(|rule| {
                rule.criterion.storage_class() == facts.storage_class && rule.tags.select(&facts.tags)
            });
            prop_assert_eq!(first.map(|rule| rule.priority), Some(selected.rule));
            prop_assert_eq!(first.map(|rule| rule.criterion.action()), Some(selected.action));
        }
    }

    #[test]
    fn no_child_goes_before_its_list(policy in any_policy(), images in any_images()) {
        let selected = evaluate(&policy, &images, NOW);
        for Selected { image, action, .. } in &selected {
            let child = &images[*image].digest;
            let lists = images.iter().filter(|list| list.children.contains(child));
            for list in lists {
                prop_assert_eq!(*action, Action::Archive);
                prop_assert_eq!(list.storage_class, StorageClass::Archive);
            }
        }
    }

    #[test]
    fn referrers_go_right_after_their_subject_and_never_alone(policy in any_policy(), images in any_images()) {
        let selected = evaluate(&policy, &images, NOW);
        let place: HashMap<&Digest, usize> =
            selected.iter().enumerate().map(|(at, selected)| (&images[selected.image].digest, at)).collect();
        for (at, this) in selected.iter().enumerate() {
            let subject = images[this.image].subject.as_ref();
            let present = subject.filter(|subject| images.iter().any(|image| image.digest == **subject));
            if let Some(subject) = present {
                let before = place.get(subject).copied().filter(|before| *before < at);
                prop_assert_eq!(before.map(|before| selected[before].rule), Some(this.rule));
            }
        }
    }

    #[test]
    fn nothing_leaves_the_archive_within_ninety_days(policy in any_policy(), images in any_images()) {
        for selected in evaluate(&policy, &images, NOW) {
            let facts = &images[selected.image];
            if facts.storage_class == StorageClass::Archive {
                prop_assert!(NOW - facts.last_archived_at.expect("archived") >= 90 * DAY);
                prop_assert_eq!(selected.action, Action::Expire);
            }
        }
    }

    /// Once the selection is done, only what it has freed is selected: children whose lists are gone or away, and what had
    /// referred to something that is gone.
    #[test]
    fn a_second_evaluation_selects_only_what_the_first_has_freed(policy in any_policy(), images in any_images()) {
        let selected = evaluate(&policy, &images, NOW);
        let went: HashSet<&Digest> = selected.iter().map(|selected| &images[selected.image].digest).collect();
        let after = apply(&images, &selected);
        let mut freed: HashSet<&Digest> = HashSet::new();
        for image in &images {
            if went.contains(&image.digest) {
                freed.extend(&image.children);
            }
            if image.subject.as_ref().is_some_and(|subject| went.contains(subject)) {
                freed.insert(&image.digest);
            }
        }
        // Whoever counts anew also counts what was freed, which may push out the next oldest; so only where nothing was.
        if after.iter().any(|image| freed.contains(&image.digest)) {
            return Ok(());
        }
        prop_assert_eq!(evaluate(&policy, &after, NOW), Vec::new());
    }

    /// Evaluating again and again comes to rest.
    #[test]
    fn evaluation_comes_to_rest(policy in any_policy(), images in any_images()) {
        let mut left = images;
        for _ in 0..=2 * left.len() {
            let selected = evaluate(&policy, &left, NOW);
            if selected.is_empty() {
                return Ok(());
            }
            left = apply(&left, &selected);
        }
        prop_assert!(false, "never at rest");
    }

    #[test]
    fn any_text_is_a_policy_or_an_error(text in r#"[\[\]{}":,a-zA-Z0-9 *.-]{0,200}"#) {
        if let Err(error) = Policy::parse(&text) {
            prop_assert!(error.message().len() < 1_000);
        }
    }

    /// A matcher as slow as it is plain agrees.
    #[test]
    fn patterns_match_as_their_definition(pattern in "[ab*]{0,6}", tag in "[ab]{0,8}") {
        let Some(compiled) = super::super::TagPattern::new(&pattern) else { return Ok(()) };
        prop_assert_eq!(compiled.matches(&tag), plainly_matches(pattern.as_bytes(), tag.as_bytes()));
    }
}

fn plainly_matches(pattern: &[u8], tag: &[u8]) -> bool {
    match pattern.split_first() {
        None => tag.is_empty(),
        Some((b'*', rest)) => (0..=tag.len()).any(|from| plainly_matches(rest, &tag[from..])),
        Some((byte, rest)) => tag.split_first().is_some_and(|(first, tag)| first == byte && plainly_matches(rest, tag)),
    }
}

/// An evaluation that compared every image with every other would not end.
#[test]
fn ten_thousand_images_under_fifty_rules() {
    let mut rules: Vec<String> =
        (1..49).map(|nth| expire(nth, &both(patterns(&[&format!("team{nth}-*-x*")]), keep(10)))).collect();
    rules.push(expire(49, &both(UNTAGGED, since("sinceImagePushed", 14))));
    rules.push(expire(50, &both(ANY, keep(1_000))));
    let policy = policy(&rules);
    let images: Vec<ImageFacts> = (0..10_000)
        .map(|nth: i64| {
            let facts = image(&nth.to_string(), 10_000 - nth);
            let tag = format!("team{}-{nth}-x", nth % 60);
            if nth % 5 == 0 { facts } else { facts.tagged(&[&tag]) }
        })
        .collect();
    let selected = evaluate(&policy, &images, NOW);
    assert!(selected.len() > 5_000);
}
