#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use plimsoll_oci::{Digest, Tag};
use plimsoll_rules::lifecycle::{ImageFacts, Policy, StorageClass, evaluate};

const DAY: i64 = 24 * 60 * 60 * 1000;

// Whatever is refused says so in few words; whatever is accepted acts on no image twice.
fuzz_target!(|text: &str| {
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(error) => return assert!(error.message().len() < 4_096),
    };
    let images = images();
    let selected = evaluate(&policy, &images, 1_000 * DAY);
    let distinct: HashSet<usize> = selected.iter().map(|selected| selected.image).collect();
    assert_eq!(distinct.len(), selected.len());
});

/// Images of all ages, some of them tagged, archived, or referring to the one before.
fn images() -> Vec<ImageFacts> {
    let digest = |nth: i64| Digest::sha256(&nth.to_be_bytes());
    let tag = |nth: i64| format!("v{nth}").parse::<Tag>().expect("a tag");
    let image = |nth: i64| ImageFacts {
        digest: digest(nth),
        tags: if nth % 3 == 0 { Vec::new() } else { vec![tag(nth)] },
        pushed_at: nth * 20 * DAY,
        last_pulled_at: None,
        last_activated_at: None,
        last_archived_at: (nth % 5 == 0).then_some(nth * 20 * DAY),
        storage_class: if nth % 5 == 0 { StorageClass::Archive } else { StorageClass::Standard },
        children: Vec::new(),
        subject: (nth % 7 == 0).then(|| digest(nth - 1)),
    };
    (0..50).map(image).collect()
}
