//! What is easy to miss about the evaluation, row by row.

use super::*;
use crate::lifecycle::TagPattern;

#[test]
fn a_higher_rule_shields_what_it_selects_even_if_it_keeps_it() {
    let release = expire(1, &both(prefixes(&["v"]), keep(9999)));
    let images = [("kept", image("kept", 50).tagged(&["v1", "main"])), ("gone", image("gone", 40).tagged(&["main"]))];
    assert_eq!(select(&[release, expire(2, &both(ANY, since("sinceImagePushed", 7)))], &images), "gone:2");
}

#[test]
fn lower_rules_count_what_higher_ones_marked_or_shield() {
    let rules = [expire(1, &both(prefixes(&["tmp"]), since("sinceImagePushed", 1))), expire(2, &both(ANY, keep(2)))];
    let images = [
        ("x", image("x", 5).tagged(&["x"])),
        ("y", image("y", 4).tagged(&["y"])),
        ("marked", image("marked", 3).tagged(&["tmp-1"])),
        ("shielded", image("shielded", 1).tagged(&["tmp-2"])),
    ];
    assert_eq!(select(&rules, &images), "marked:1 x:2 y:2");
}

#[test]
fn the_order_in_the_document_means_nothing() {
    let rules = [expire(20, &both(ANY, keep(1))), expire(10, &both(UNTAGGED, keep(1)))];
    let images = [("a", image("a", 3)), ("b", image("b", 2)), ("c", image("c", 1).tagged(&["c"]))];
    assert_eq!(select(&rules, &images), "a:10");
}

#[test]
fn a_rule_reaches_only_its_storage_class() {
    let rules = [expire(1, &both(ANY, keep(1))), expire(2, &both(ANY, since("sinceImageTransitioned", 90)))];
    let images = [
        ("away", image("away", 300).archived(91)),
        ("older", image("older", 200)),
        ("newer", image("newer", 100)),
        ("later", image("later", 300).archived(90)),
    ];
    assert_eq!(select(&rules, &images), "older:1 away:2");
}

#[test]
fn age_counts_from_the_last_restoration() {
    let pushed = [expire(1, &both(ANY, since("sinceImagePushed", 30)))];
    let pulled = [archive(1, &both(ANY, since("sinceImagePulled", 30)))];
    let counted = [expire(1, &both(ANY, keep(1)))];
    let images = [
        ("restored", image("restored", 400).restored(2)),
        ("long ago", image("long ago", 400).restored(31).pulled(100)),
        ("pulled since", image("pulled since", 400).restored(31).pulled(5)),
        ("pushed again", image("pushed again", 1).restored(31)),
    ];
    assert_eq!(select(&pushed, &images), "long ago:1 pulled since:1");
    assert_eq!(select(&pulled, &images), "long ago:1:archive");
    assert_eq!(select(&counted, &images), "long ago:1 pulled since:1 restored:1");
}

#[test]
fn ages_are_exact() {
    let rules = [expire(1, &both(ANY, since("sinceImagePushed", 14)))];
    let at = |more: i64| {
        let mut facts = image("a", 14);
        facts.pushed_at -= more;
        select(&rules, &[("a", facts)])
    };
    assert_eq!((at(0).as_str(), at(1).as_str()), ("", "a:1"));
    let future = [("a", image("a", -400))];
    assert_eq!(select(&rules, &future), "");
}

#[test]
fn images_of_one_age_go_in_the_order_of_their_push() {
    let rules = [expire(1, &both(ANY, keep(1)))];
    let images = [("1st", image("1st", 5)), ("2nd", image("2nd", 5)), ("3rd", image("3rd", 5))];
    assert_eq!(select(&rules, &images), "1st:1 2nd:1");
}

#[test]
fn a_child_waits_for_its_lists() {
    let expiry = [expire(1, &both(UNTAGGED, since("sinceImagePushed", 7)))];
    let child = || ("child", image("child", 30));
    let list = |name: &'static str, days: i64| (name, image(name, days).lists(&["child", "absent"]));
    let tagged = |(name, facts): (&'static str, ImageFacts)| (name, facts.tagged(&[name]));
    assert_eq!(select(&expiry, &[child(), tagged(list("list", 30))]), "");
    assert_eq!(select(&expiry, &[child(), list("list", 30)]), "list:1");
    assert_eq!(select(&expiry, &[child(), list("list", 1)]), "");
    assert_eq!(select(&expiry, &[child()]), "child:1");
    assert_eq!(select(&expiry, &[child(), list("one", 30), tagged(list("two", 30))]), "one:1");
    let archived = ("list", list("list", 30).1.archived(5));
    assert_eq!(select(&expiry, &[child(), archived.clone()]), "");
    let to_archive = [archive(1, &both(UNTAGGED, since("sinceImagePushed", 7)))];
    assert_eq!(select(&to_archive, &[child(), archived.clone()]), "child:1:archive");
    assert_eq!(select(&to_archive, &[child(), list("list", 30)]), "list:1:archive");
    assert_eq!(select(&to_archive, &[child(), archived, tagged(list("two", 1))]), "");
}

#[test]
fn held_children_count_as_images() {
    let rules = [expire(1, &both(ANY, keep(2)))];
    let images = [
        ("old", image("old", 3)),
        ("child", image("child", 2)),
        ("list", image("list", 1).lists(&["child"]).tagged(&["v1"])),
    ];
    assert_eq!(select(&rules, &images), "old:1");
}

#[test]
fn referrers_follow_their_subject() {
    let rules = [expire(1, &both(prefixes(&["v"]), keep(1))), expire(2, &both(UNTAGGED, since("sinceImagePushed", 1)))];
    let images = [
        ("v1", image("v1", 9).tagged(&["v1"])),
        ("v1.sig", image("v1.sig", 8).refers_to("v1")),
        ("v1.sbom", image("v1.sbom", 8).refers_to("v1").tagged(&["v1-sbom"])),
        ("v1.sbom.sig", image("v1.sbom.sig", 8).refers_to("v1.sbom")),
        ("v2", image("v2", 7).tagged(&["v2"])),
        ("v2.sig", image("v2.sig", 7).refers_to("v2")),
        ("orphan", image("orphan", 7).refers_to("absent")),
    ];
    assert_eq!(select(&rules, &images), "v1:1 v1.sbom:1 v1.sbom.sig:1 v1.sig:1 orphan:2");
}

#[test]
fn referrers_do_not_count() {
    let rules = [expire(1, &both(ANY, keep(2)))];
    let images = [
        ("a", image("a", 5)),
        ("a.sig", image("a.sig", 4).refers_to("a")),
        ("b", image("b", 3)),
        ("b.sig", image("b.sig", 2).refers_to("b")),
    ];
    assert_eq!(select(&rules, &images), "");
}

#[test]
fn referrers_go_to_the_archive_and_stay_there_for_ninety_days() {
    let to_archive = [archive(1, &both(ANY, since("sinceImagePulled", 30)))];
    let subject = || ("a", image("a", 31).tagged(&["a"]));
    let images = [subject(), ("s", image("s", 1).refers_to("a")), ("t", image("t", 1).refers_to("a").archived(1))];
    assert_eq!(select(&to_archive, &images), "a:1:archive s:1:archive");
    let expiry = [expire(1, &both(ANY, since("sinceImagePushed", 30)))];
    let images = [
        subject(),
        ("s", image("s", 1).refers_to("a").archived(89)),
        ("t", image("t", 100).refers_to("a").archived(90)),
    ];
    assert_eq!(select(&expiry, &images), "a:1 t:1");
}

#[test]
fn a_referrer_that_a_list_holds_stays() {
    let rules = [expire(1, &both(prefixes(&["a"]), since("sinceImagePushed", 1)))];
    let images = [
        ("a", image("a", 9).tagged(&["a"])),
        ("sig", image("sig", 9).refers_to("a")),
        ("list", image("list", 9).lists(&["sig"]).tagged(&["list"])),
    ];
    assert_eq!(select(&rules, &images), "a:1");
}

#[test]
fn impossible_graphs_end() {
    let rules = [expire(1, &both(ANY, since("sinceImagePushed", 1)))];
    let circle = [("a", image("a", 9).refers_to("b")), ("b", image("b", 9).refers_to("a"))];
    assert_eq!(select(&rules, &circle), "");
    assert_eq!(select(&rules, &[("own", image("own", 9).refers_to("own"))]), "own:1");
    assert_eq!(select(&rules, &[("own", image("own", 9).lists(&["own"]))]), "");
}

#[test]
fn every_selection_says_why() {
    let rules = [
        expire(1, &both(prefixes(&["v"]), keep(1))),
        archive(2, &both(prefixes(&["p"]), since("sinceImagePulled", 30))),
        expire(3, &both(ANY, since("sinceImagePushed", 14))),
        expire(4, &both(ANY, since("sinceImageTransitioned", 90))),
    ];
    let images = [
        image("1", 50).tagged(&["v1"]),
        image("2", 49).tagged(&["v2"]),
        image("3", 48).tagged(&["v3"]),
        image("p", 40).tagged(&["p"]).pulled(31),
        image("o", 15).tagged(&["o"]),
        image("z", 400).archived(100),
        image("s", 1).refers_to("z"),
    ];
    let found: Vec<String> =
        evaluate(&policy(&rules), &images, NOW).iter().map(|selected| selected.reason.to_string()).collect();
    let subject = format!("refers to {}", Digest::sha256(b"z"));
    assert_eq!(
        found,
        [
            "2 newer images are selected, 1 are kept",
            "1 newer images are selected, 1 are kept",
            "not pulled for 31 days, kept for 30",
            "pushed or restored 15 days ago, kept for 14",
            "archived 100 days ago, kept for 90",
            &subject,
        ]
    );
}

#[test]
fn patterns() {
    let rows = [
        ("prod*", "prod", true),
        ("prod*", "prod1", true),
        ("prod*", "production-team1", true),
        ("prod*", "reprod", false),
        ("*prod*", "repo-production", true),
        ("*prod*", "prod-team", true),
        ("*prod*", "pro", false),
        ("prod", "prod", true),
        ("prod", "prod1", false),
        ("*", "anything", true),
        ("a*a", "a", false),
        ("a*a", "aa", true),
        ("a*b*a", "abbba", true),
        ("a**b", "ab", true),
        ("*test*1*2*3", "mytest-1-2-3", true),
        ("*test*1*2*3", "mytest-1-2-3-4", false),
        ("v?", "v1", false),
        ("v.", "v1", false),
    ];
    for (pattern, tag, expect) in rows {
        assert_eq!(TagPattern::new(pattern).expect("few wildcards").matches(tag), expect, "{pattern} {tag}");
    }
    assert!(TagPattern::new("*****").is_none());
}

/// A matcher that goes back would take years over this.
#[test]
fn patterns_are_linear() {
    let stars = "*".repeat(1_000);
    let long = format!("{stars}{}", "ab".repeat(500_000));
    for pattern in ["*ab*ab*ab*x", "*****".get(..4).expect("four"), "*b*b*b*b"] {
        let pattern = TagPattern::new(pattern).expect("four wildcards");
        assert_eq!(pattern.matches(&long), pattern.to_string() != "*ab*ab*ab*x");
    }
}
