//! Which texts are policies, and what is said of those that are not.

use super::*;
use crate::lifecycle::{Criterion, TagPattern, Tags};

fn error(text: &str) -> String {
    match Policy::parse(text) {
        Ok(policy) => format!("accepted: {policy:?}"),
        Err(error) => error.to_string(),
    }
}

/// Checks what is said of a policy with one rule that has this selection and action.
#[track_caller]
fn check_rule(selection: &str, action: &str, expect: &str) {
    let rule = format!(r#"{{"rulePriority":1,"selection":{{{selection}}},"action":{{{action}}}}}"#);
    assert_eq!(error(&document(&[rule])), expect);
}

#[track_caller]
fn check_selection(selection: &str, expect: &str) {
    check_rule(selection, r#""type":"expire""#, expect);
}

#[test]
fn a_policy_reads_as_it_was_written() {
    let text = document(&[
        archive(7, &both(ANY, since("sinceImagePulled", 90))),
        expire(2, &both(patterns(&["v*", "*-rc*", "v*"]), keep(10))),
        expire(3, &both(UNTAGGED, since("sinceImagePushed", 14))),
        expire(9, &both(ANY, since("sinceImageTransitioned", 365))),
    ]);
    let policy = Policy::parse(&text).expect("a policy");
    let priorities: Vec<u32> = policy.rules().iter().map(|rule| rule.priority).collect();
    assert_eq!(priorities, [2, 3, 7, 9]);
    let pattern = |text| TagPattern::new(text).expect("a pattern");
    assert_eq!(policy.rules()[0].tags, Tags::Patterns(vec![pattern("*-rc*"), pattern("v*")]));
    assert_eq!(policy.rules()[0].criterion, Criterion::CountMoreThan { keep: 10, action: Action::Expire });
    assert_eq!(policy.rules()[1].tags, Tags::Untagged);
    assert_eq!(policy.rules()[2].criterion, Criterion::SincePulled { days: 90 });
    assert_eq!(policy.rules()[3].criterion.storage_class(), StorageClass::Archive);
}

#[test]
fn the_message_is_the_one_of_the_api() {
    let error = Policy::parse("{").expect_err("not JSON");
    let message = error.message();
    let beginning = "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: \
                     'Lifecycle policy validation failure: Could not map policyString into LifecyclePolicy.";
    assert!(message.starts_with(beginning) && message.ends_with('\''), "{message}");
}

#[test]
fn what_is_no_document() {
    let mapping = "Could not map policyString into LifecyclePolicy.";
    for text in
        ["", "{", "rules", "{} {}", r#"{"rules":[],"rules":[]}"#, r#"{"rules":[{"action":{"type":1,"type":1}}]}"#]
    {
        assert!(error(text).starts_with(mapping), "{text}: {}", error(text));
    }
    let deep = format!("{}{}", "[".repeat(15_000), "]".repeat(15_000));
    assert!(error(&deep).starts_with(mapping));
    assert_eq!(error(&" ".repeat(30_721)), "the text has 30721 characters; 30720 are allowed");
    let kinds = [
        ("[]", "array"),
        ("null", "null"),
        ("1", "integer"),
        ("1.5", "number"),
        ("\"a\"", "string"),
        ("true", "boolean"),
    ];
    for (text, kind) in kinds {
        let expect = format!(
            r#"instance type ({kind}) does not match any allowed primitive type (allowed: ["object"]): the document"#
        );
        assert_eq!(error(text), expect);
    }
    assert_eq!(error("{}"), r#"object has missing required properties (["rules"]): the document"#);
    assert_eq!(error(r#"{"no_rules":1}"#), r#"object has missing required properties (["rules"]): the document"#);
    assert_eq!(
        error(r#"{"rules":[],"x":1,"a":2}"#),
        r#"object instance has properties which are not allowed by the schema: (["a", "x"]): the document"#
    );
    assert_eq!(
        error(r#"{"rules":{}}"#),
        r#"instance type (object) does not match any allowed primitive type (allowed: ["array"]): rules"#
    );
    assert_eq!(
        error(r#"{"rules":[]}"#),
        "array is too short: must have at least 1 elements but instance has 0 elements: rules"
    );
    assert_eq!(
        error(r#"{"rules":["a"]}"#),
        r#"instance type (string) does not match any allowed primitive type (allowed: ["object"]): rules[0]"#
    );
}

#[test]
fn fifty_rules_are_the_most() {
    let rules = |count: u32| -> Vec<String> {
        (1..=count).map(|nth| expire(nth, &both(prefixes(&[&format!("p{nth}")]), keep(1)))).collect()
    };
    assert_eq!(policy(&rules(50)).rules().len(), 50);
    assert_eq!(
        error(&document(&rules(51))),
        "array is too long: must have at most 50 elements but instance has 51 elements: rules"
    );
}

#[test]
fn members_of_a_rule() {
    let rule = |rule: &str| error(&format!(r#"{{"rules":[{rule}]}}"#));
    let tail = r#""selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}"#;
    assert_eq!(
        rule(r#"{"rulePriority":1}"#),
        r#"object has missing required properties (["action", "selection"]): rules[0]"#
    );
    assert_eq!(
        rule(&format!(r#"{{"rulePriority":1,"name":"x",{tail}}}"#)),
        r#"object instance has properties which are not allowed by the schema: (["name"]): rules[0]"#
    );
    let priorities = [
        ("0", "numeric instance is lower than the required minimum (minimum: 1, found: 0)"),
        ("-1", "numeric instance is lower than the required minimum (minimum: 1, found: -1)"),
        (
            "2147483648",
            "numeric instance is greater than the required maximum (maximum: 2147483647, found: 2147483648)",
        ),
        ("1.0", r#"instance type (number) does not match any allowed primitive type (allowed: ["integer"])"#),
        ("1e400", "Could not map policyString into LifecyclePolicy."),
        (r#""1""#, r#"instance type (string) does not match any allowed primitive type (allowed: ["integer"])"#),
        ("null", r#"instance type (null) does not match any allowed primitive type (allowed: ["integer"])"#),
    ];
    for (priority, expect) in priorities {
        let found = rule(&format!(r#"{{"rulePriority":{priority},{tail}}}"#));
        assert!(found.starts_with(expect), "{priority}: {found}");
    }
    let describe = |text: &str| rule(&format!(r#"{{"rulePriority":1,"description":"{text}",{tail}}}"#));
    assert!(describe("").starts_with("accepted"));
    assert!(describe(&"ä".repeat(256)).starts_with("accepted"));
    assert_eq!(
        describe(&"a".repeat(257)),
        format!(
            r#"string "{}…" is too long (length: 257, maximum allowed: 256): rules[0].description"#,
            "a".repeat(100)
        )
    );
}

#[test]
fn the_action() {
    let any = both(ANY, keep(1));
    let schemas = "instance failed to match exactly one schema (matched 0 out of 2): rules[0].action: ";
    let rows = [
        (r#""type":"delete""#, "type must be expire or transition"),
        (r#""type":null"#, "type must be expire or transition"),
        (r#""type":"transition""#, "type transition requires targetStorageClass"),
        (r#""type":"transition","targetStorageClass":"standard""#, "targetStorageClass must be archive"),
        (
            r#""type":"expire","targetStorageClass":"archive""#,
            "targetStorageClass is only allowed with type transition",
        ),
        (r#""type":"expire","targetStorageClass":null"#, "targetStorageClass is only allowed with type transition"),
    ];
    for (action, why) in rows {
        check_rule(&any, action, &format!("{schemas}{why}"));
    }
    check_rule(&any, "", r#"object has missing required properties (["type"]): rules[0].action"#);
    check_rule(
        &any,
        r#""type":"expire","why":1"#,
        r#"object instance has properties which are not allowed by the schema: (["why"]): rules[0].action"#,
    );
}

#[test]
fn the_selection_of_tags() {
    let check = |tags: &str, expect: &str| check_selection(&both(tags, keep(1)), expect);
    check(
        r#""tagStatus":"all""#,
        r#"instance value (all) not found in enum :(possible values: ["any", "tagged", "untagged"]): rules[0].selection.tagStatus"#,
    );
    check(
        r#""tagStatus":"tagged""#,
        "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED. (rules[0].selection)",
    );
    check(
        r#""tagStatus":"tagged","tagPrefixList":["a"],"tagPatternList":["a*"]"#,
        "Must specify either tagPrefixList or tagPatternList, but not both. (rules[0].selection)",
    );
    for status in ["any", "untagged"] {
        for list in ["tagPrefixList", "tagPatternList"] {
            check(
                &format!(r#""tagStatus":"{status}","{list}":["a"]"#),
                &format!(
                    "tagPrefixList and tagPatternList may only be specified when tagStatus=TAGGED. (rules[0].selection.{list})"
                ),
            );
        }
    }
    check(
        &prefixes(&[]),
        "array is too short: must have at least 1 elements but instance has 0 elements: rules[0].selection.tagPrefixList",
    );
    check(
        &patterns(&["a", ""]),
        r#"string "" is too short (length: 0, required minimum: 1): rules[0].selection.tagPatternList[1]"#,
    );
    check(
        r#""tagStatus":"tagged","tagPrefixList":[1]"#,
        r#"instance type (integer) does not match any allowed primitive type (allowed: ["string"]): rules[0].selection.tagPrefixList[0]"#,
    );
    check(
        &patterns(&["*test*1*2*3", "test*1*2*3*4*5*6"]),
        r#"A tag pattern may have at most 4 wildcards (*), but "test*1*2*3*4*5*6" has 6. (rules[0].selection.tagPatternList[1])"#,
    );
    check(
        &patterns(&[&"*".repeat(300)]),
        &format!(
            r#"A tag pattern may have at most 4 wildcards (*), but "{}…" has 300. (rules[0].selection.tagPatternList[0])"#,
            "*".repeat(100)
        ),
    );
    let accepted = document(&[expire(1, &both(patterns(&["*test*1*2*3", "test*1*2*3*"]), keep(1)))]);
    assert!(Policy::parse(&accepted).is_ok());
}

#[test]
fn count_type_unit_number_class_and_action_that_do_not_go_together() {
    let schemas = "instance failed to match exactly one schema (matched 0 out of 4): rules[0].selection: ";
    let types = "countType must be imageCountMoreThan, sinceImagePushed, sinceImagePulled or sinceImageTransitioned";
    let unit = "countUnit is required with countType sinceImagePushed, sinceImagePulled and sinceImageTransitioned";
    let to_archive = r#""type":"transition","targetStorageClass":"archive""#;
    let expire = r#""type":"expire""#;
    let rows = [
        (expire, r#""countType":"unknown","countNumber":1"#, types),
        (expire, r#""countType":1,"countNumber":1"#, types),
        (
            expire,
            r#""countType":"imageCountMoreThan","countUnit":"days","countNumber":1"#,
            "countUnit is not allowed with countType imageCountMoreThan",
        ),
        (expire, r#""countType":"imageCountMoreThan","countUnit":null,"countNumber":1"#, "countUnit must be days"),
        (expire, r#""countType":"sinceImagePushed","countUnit":"hours","countNumber":1"#, "countUnit must be days"),
        (expire, r#""countType":"sinceImagePushed","countNumber":1"#, unit),
        (to_archive, r#""countType":"sinceImagePulled","countNumber":1"#, unit),
        (expire, r#""countType":"sinceImageTransitioned","storageClass":"archive","countNumber":90"#, unit),
        (
            expire,
            r#""countType":"sinceImagePulled","countUnit":"days","countNumber":1"#,
            "countType sinceImagePulled is only allowed with action type transition",
        ),
        (
            to_archive,
            r#""countType":"sinceImageTransitioned","storageClass":"archive","countUnit":"days","countNumber":90"#,
            "countType sinceImageTransitioned is only allowed with action type expire",
        ),
        (
            expire,
            r#""countType":"sinceImageTransitioned","countUnit":"days","countNumber":90"#,
            "countType sinceImageTransitioned requires storageClass archive",
        ),
        (
            expire,
            r#""countType":"sinceImageTransitioned","storageClass":"standard","countUnit":"days","countNumber":90"#,
            "countType sinceImageTransitioned requires storageClass archive",
        ),
        (
            expire,
            r#""countType":"imageCountMoreThan","storageClass":"archive","countNumber":1"#,
            "storageClass archive is only allowed with countType sinceImageTransitioned",
        ),
        (
            expire,
            r#""countType":"sinceImagePushed","storageClass":"archive","countUnit":"days","countNumber":1"#,
            "storageClass archive is only allowed with countType sinceImageTransitioned",
        ),
        (
            to_archive,
            r#""countType":"sinceImagePulled","storageClass":"archive","countUnit":"days","countNumber":1"#,
            "storageClass archive is only allowed with countType sinceImageTransitioned",
        ),
        (
            expire,
            r#""countType":"imageCountMoreThan","storageClass":"glacier","countNumber":1"#,
            "storageClass must be standard or archive",
        ),
    ];
    for (action, criterion, why) in rows {
        check_rule(&format!("{ANY},{criterion}"), action, &format!("{schemas}{why}"));
    }
}

#[test]
fn count_numbers() {
    let low = "numeric instance is lower than the required minimum";
    check_selection(&both(ANY, keep(0)), &format!("{low} (minimum: 1, found: 0): rules[0].selection.countNumber"));
    check_selection(
        &both(ANY, since("sinceImageTransitioned", 89)),
        &format!("{low} (minimum: 90, found: 89): rules[0].selection.countNumber"),
    );
    assert!(error(&document(&[expire(1, &both(ANY, since("sinceImageTransitioned", 90)))])).starts_with("accepted"));
    check_selection(
        r#""tagStatus":"any","countType":"imageCountMoreThan""#,
        r#"object has missing required properties (["countNumber"]): rules[0].selection"#,
    );
}

#[test]
fn rules_that_do_not_go_together() {
    let any = || both(ANY, keep(1));
    let untagged = || both(UNTAGGED, since("sinceImagePushed", 1));
    let prefixed = |list: &[&str]| both(prefixes(list), keep(1));
    let in_archive = |tags: &str| both(tags, since("sinceImageTransitioned", 90));
    let priority = "Rules must have unique rulePriority values: 3 is used more than once.";
    let second_untagged = "Only one rule can select Untagged images per storage class.";
    let any_first = "Rule for tagStatus=ANY must have the lowest priority per storage class.";
    let prefixes = "Rules must have unique tagPrefixList values per storage class: rules 1 and 2 have the same.";
    let rows: Vec<(Vec<String>, Option<&str>)> = vec![
        (vec![expire(3, &untagged()), expire(3, &any())], Some(priority)),
        (vec![expire(1, &untagged()), expire(2, &untagged())], Some(second_untagged)),
        (vec![expire(1, &untagged()), expire(2, &in_archive(UNTAGGED))], None),
        (vec![expire(1, &in_archive(UNTAGGED)), expire(2, &in_archive(UNTAGGED))], Some(second_untagged)),
        (vec![expire(1, &any()), expire(2, &untagged())], Some(any_first)),
        (vec![expire(2, &any()), expire(1, &untagged())], None),
        (vec![expire(1, &any()), expire(2, &any())], Some(any_first)),
        (vec![expire(1, &any()), expire(2, &in_archive(ANY))], None),
        (vec![expire(1, &any()), expire(2, &in_archive(UNTAGGED)), expire(3, &in_archive(ANY))], None),
        (vec![expire(1, &prefixed(&["a", "b"])), expire(2, &prefixed(&["b", "a"]))], Some(prefixes)),
        (vec![expire(1, &prefixed(&["a", "b"])), expire(2, &prefixed(&["a"]))], None),
    ];
    for (rules, expect) in rows {
        let found = Policy::parse(&document(&rules)).err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), expect, "{rules:?}");
    }
}
