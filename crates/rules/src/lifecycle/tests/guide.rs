//! The examples of ECR's user guide: the contents of a repository, the rules, and what goes.

use super::*;

fn betas_and_prods() -> [(&'static str, ImageFacts); 3] {
    [
        ("A", image("A", 10).tagged(&["beta-1", "prod-1"])),
        ("B", image("B", 9).tagged(&["beta-2", "prod-2"])),
        ("C", image("C", 8).tagged(&["beta-3"])),
    ]
}

fn alphas_and_betas() -> [(&'static str, ImageFacts); 6] {
    [
        ("A", image("A", 12).tagged(&["alpha-1"])),
        ("B", image("B", 11).tagged(&["beta-1"])),
        ("C", image("C", 10).tagged(&["alpha-2", "beta-2"])),
        ("D", image("D", 4).tagged(&["alpha-3"])),
        ("E", image("E", 3).tagged(&["beta-3"])),
        ("F", image("F", 2).tagged(&["alpha-4", "beta-4"])),
    ]
}

fn all_kinds() -> [(&'static str, ImageFacts); 6] {
    [
        ("A", image("A", 15).tagged(&["alpha-1"])),
        ("B", image("B", 14).tagged(&["alpha-2"])),
        ("C", image("C", 13).tagged(&["alpha-3"])),
        ("D", image("D", 12).tagged(&["beta-1"])),
        ("E", image("E", 11)),
        ("F", image("F", 10)),
    ]
}

#[test]
fn by_image_age() {
    let rules = [expire(1, &both(patterns(&["prod*"]), since("sinceImagePushed", 14)))];
    let images = [
        ("old", image("old", 15).tagged(&["prod-1"])),
        ("fortnight", image("fortnight", 14).tagged(&["production"])),
        ("other", image("other", 15).tagged(&["reprod"])),
        ("new", image("new", 1).tagged(&["prod"])),
    ];
    assert_eq!(select(&rules, &images), "old:1");
}

#[test]
fn by_last_pull() {
    let rules = [archive(1, &both(ANY, since("sinceImagePulled", 90)))];
    let images = [
        ("pulled", image("pulled", 400).pulled(89)),
        ("left", image("left", 400).pulled(91)),
        ("never", image("never", 91)),
        ("young", image("young", 90)),
    ];
    assert_eq!(select(&rules, &images), "left:1:archive never:1:archive");
}

#[test]
fn by_time_in_the_archive() {
    let rules = [expire(1, &both(ANY, since("sinceImageTransitioned", 365)))];
    let images = [
        ("long", image("long", 900).archived(366)),
        ("short", image("short", 900).archived(365)),
        ("restored", image("restored", 900).archived(400)),
        ("active", image("active", 900)),
    ];
    let mut images = images;
    images[2].1.storage_class = StorageClass::Standard;
    assert_eq!(select(&rules, &images), "long:1");
}

#[test]
fn by_count() {
    let rules = [expire(1, &both(UNTAGGED, keep(1)))];
    let images =
        [("a", image("a", 3)), ("b", image("b", 2)), ("t", image("t", 9).tagged(&["x"])), ("c", image("c", 1))];
    assert_eq!(select(&rules, &images), "a:1 b:1");
}

#[test]
fn several_rules() {
    let prod = |priority| expire(priority, &both(patterns(&["prod*"]), keep(1)));
    let beta = |priority| expire(priority, &both(patterns(&["beta*"]), keep(1)));
    assert_eq!(select(&[prod(1), beta(2)], &betas_and_prods()), "A:1");
    assert_eq!(select(&[beta(1), prod(2)], &betas_and_prods()), "A:1 B:1");
}

#[test]
fn several_tags_in_one_rule() {
    let rows = [(vec!["alpha*"], "A:1 C:1"), (vec!["alpha*", "beta*"], "C:1"), (vec!["beta*"], "B:1 C:1")];
    for (list, expect) in rows {
        let by_pattern = [expire(1, &both(patterns(&list), since("sinceImagePushed", 5)))];
        assert_eq!(select(&by_pattern, &alphas_and_betas()), expect, "{list:?}");
        let list: Vec<&str> = list.iter().map(|pattern| pattern.trim_end_matches('*')).collect();
        let by_prefix = [expire(1, &both(prefixes(&list), since("sinceImagePushed", 5)))];
        assert_eq!(select(&by_prefix, &alphas_and_betas()), expect, "{list:?}");
    }
    let counted = [expire(1, &both(patterns(&["alpha*", "beta*"]), keep(1)))];
    assert_eq!(select(&counted, &alphas_and_betas()), "C:1");
}

#[test]
fn all_images() {
    let newest = [expire(1, &both(ANY, keep(1)))];
    assert_eq!(select(&newest, &alphas_and_betas()[..5]), "A:1 B:1 C:1 D:1");
    let exception = [expire(1, &both(patterns(&["alpha*"]), keep(1))), expire(2, &both(ANY, keep(1)))];
    assert_eq!(select(&exception, &all_kinds()), "A:1 B:1 D:2 E:2");
    let three = [
        expire(1, &both(patterns(&["alpha*"]), keep(1))),
        expire(2, &both(UNTAGGED, since("sinceImagePushed", 10))),
        expire(3, &both(ANY, since("sinceImagePushed", 11))),
    ];
    assert_eq!(select(&three, &all_kinds()), "A:1 B:1 E:2 D:3");
}

#[test]
fn archive_then_expire() {
    let rules = [
        archive(1, &both(ANY, since("sinceImagePushed", 30))),
        expire(2, &both(ANY, since("sinceImageTransitioned", 365))),
    ];
    let images = [
        ("new", image("new", 30)),
        ("old", image("old", 31)),
        ("away", image("away", 500).archived(365)),
        ("done", image("done", 500).archived(366)),
    ];
    assert_eq!(select(&rules, &images), "old:1:archive done:2");
}
