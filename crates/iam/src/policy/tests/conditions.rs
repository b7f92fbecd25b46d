//! Condition operators, keys and variables.

use super::*;

/// What the conditions of these tests are asked about.
fn context() -> Context {
    let mut context = Context::new();
    context.set("aws:SourceIp", "203.0.113.9");
    context.set("aws:SecureTransport", "true");
    context.set("aws:CurrentTime", "2025-06-30T12:00:00Z");
    context.set("aws:EpochTime", "1751284800");
    context.set("ecr:ResourceTag/team", "Blue");
    context.set("x:count", "10");
    context.set("x:empty", "");
    context.set("x:binary", "QmluYXJ5");
    context.set("x:topic", "arn:aws:sns:us-east-2:111122223333:news:today");
    context.set_many("aws:TagKeys", ["team", "cost"]);
    context.set_many("x:none", Vec::<String>::new());
    context
}

fn caller() -> Caller {
    Caller { tags: vec![("Team".to_owned(), "Blue".to_owned())], ..Caller::bare(user(HERE, "bob")) }
}

fn holds(condition: &str) -> bool {
    let text = format!(r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{{{condition}}}"#);
    ask(&Caller { identity: vec![identity(&text)], ..caller() }, &[], &context()).0.allowed()
}

fn check(operator: &str, key: &str, values: &str, expect: bool) {
    assert_eq!(holds(&format!(r#""{operator}":{{"{key}":{values}}}"#)), expect, "{operator} {key} {values}");
}

const TAG: &str = "ecr:ResourceTag/team";

#[test]
fn strings() {
    check("StringEquals", TAG, r#""Blue""#, true);
    check("StringEquals", TAG, r#""blue""#, false);
    check("StringEquals", TAG, r#"["red","Blue"]"#, true);
    check("StringEquals", TAG, r#""B*""#, false);
    check("StringEquals", "ECR:resourcetag/TEAM", r#""Blue""#, true);
    check("StringNotEquals", TAG, r#""blue""#, true);
    check("StringNotEquals", TAG, r#"["red","Blue"]"#, false);
    check("StringNotEquals", TAG, r#"["red","green"]"#, true);
    check("StringEqualsIgnoreCase", TAG, r#""BLUE""#, true);
    check("StringEqualsIgnoreCase", TAG, r#""BLU""#, false);
    check("StringNotEqualsIgnoreCase", TAG, r#""BLUE""#, false);
    check("StringLike", TAG, r#""B?u*""#, true);
    check("StringLike", TAG, r#""b?u*""#, false);
    check("StringNotLike", TAG, r#""B?u*""#, false);
    check("StringNotLike", TAG, r#""R*""#, true);
    check("stringlike", TAG, r#""B*""#, true);
    check("StringEquals", "x:empty", r#""""#, true);
}

#[test]
fn numbers() {
    check("NumericEquals", "x:count", "10", true);
    check("NumericEquals", "x:count", r#""10.0""#, true);
    check("NumericEquals", "x:count", r#"["9","11"]"#, false);
    check("NumericNotEquals", "x:count", r#""10""#, false);
    check("NumericNotEquals", "x:count", r#""11""#, true);
    check("NumericLessThan", "x:count", r#""10""#, false);
    check("NumericLessThan", "x:count", r#""10.5""#, true);
    check("NumericLessThanEquals", "x:count", r#""10""#, true);
    check("NumericGreaterThan", "x:count", r#""9""#, true);
    check("NumericGreaterThan", "x:count", r#""10""#, false);
    check("NumericGreaterThanEquals", "x:count", r#""10""#, true);
    check("NumericEquals", TAG, r#""10""#, false);
    check("NumericNotEquals", TAG, r#""10""#, true);
}

#[test]
fn dates() {
    for key in ["aws:CurrentTime", "aws:EpochTime"] {
        check("DateEquals", key, r#""2025-06-30T12:00:00Z""#, true);
        check("DateEquals", key, r#""2025-06-30T14:00:00+02:00""#, true);
        check("DateEquals", key, "1751284800", true);
        check("DateNotEquals", key, r#""2025-06-30T12:00:00Z""#, false);
        check("DateLessThan", key, r#""2025-06-30T12:00:00Z""#, false);
        check("DateLessThan", key, r#""2025-07-01""#, true);
        check("DateLessThanEquals", key, r#""2025-06-30T12:00:00Z""#, true);
        check("DateGreaterThan", key, r#""2025-06-30T11:59:59.999Z""#, true);
        check("DateGreaterThan", key, r#""2026""#, false);
        check("DateGreaterThanEquals", key, r#""1751284800""#, true);
    }
    check("DateLessThan", TAG, r#""2026""#, false);
}

#[test]
fn truths_bytes_and_addresses() {
    check("Bool", "aws:SecureTransport", r#""true""#, true);
    check("Bool", "aws:SecureTransport", "true", true);
    check("Bool", "aws:SecureTransport", r#""TRUE""#, true);
    check("Bool", "aws:SecureTransport", r#""false""#, false);
    check("BinaryEquals", "x:binary", r#""QmluYXJ5""#, true);
    check("BinaryEquals", "x:binary", r#""Qmlu""#, false);
    check("IpAddress", "aws:SourceIp", r#""203.0.113.0/24""#, true);
    check("IpAddress", "aws:SourceIp", r#""203.0.113.9""#, true);
    check("IpAddress", "aws:SourceIp", r#"["10.0.0.0/8","2001:db8::/32"]"#, false);
    check("NotIpAddress", "aws:SourceIp", r#"["10.0.0.0/8","2001:db8::/32"]"#, true);
    check("NotIpAddress", "aws:SourceIp", r#""203.0.113.0/24""#, false);
}

#[test]
fn addresses_of_the_sixth_version() {
    fn check(address: &str, range: &str, expect: bool) {
        let text = format!(
            r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{{"IpAddress":{{"aws:SourceIp":"{range}"}}}}"#
        );
        let mut context = Context::new();
        context.set("aws:SourceIp", address);
        let caller = Caller { identity: vec![identity(&text)], ..caller() };
        assert_eq!(ask(&caller, &[], &context).0.allowed(), expect, "{address} {range}");
    }
    check("2001:db8:1234:5678::1", "2001:DB8:1234:5678::/64", true);
    check("2001:db8:1234:5679::1", "2001:DB8:1234:5678::/64", false);
    check("::ffff:203.0.113.9", "203.0.113.0/24", true);
    check("not an address", "0.0.0.0/0", false);
}

#[test]
fn arns() {
    for (operator, negated) in [("ArnEquals", "ArnNotEquals"), ("ArnLike", "ArnNotLike")] {
        for (value, expect) in [
            ("arn:aws:sns:us-east-2:111122223333:news:today", true),
            ("arn:aws:sns:*:111122223333:news*", true),
            ("arn:aws:*:*:*:*:today", true),
            ("arn:aws:sns:*:999999999999:*", false),
            ("arn:aws:sns:*:111122223333:News:today", false),
            // A wildcard does not reach over a colon before the resource.
            ("arn:aws:sns:*:news:today", false),
            ("arn:aws:sns:us-east-2:*day", false),
        ] {
            if value.splitn(6, ':').count() == 6 {
                check(operator, "x:topic", &format!(r#""{value}""#), expect);
                check(negated, "x:topic", &format!(r#""{value}""#), !expect);
            }
        }
    }
    check("ArnLike", "aws:PrincipalArn", r#""arn:aws:iam::111122223333:user/*""#, true);
    check("ArnLike", TAG, r#""arn:*:*:*:*:*""#, false);
    check("ArnLike", "x:topic", r#""arn:aws:sns:*:${aws:PrincipalAccount}:news:*""#, true);
    // The guide's example: StringLike matches where ArnLike does not.
    let value = r#""arn:aws:sns:*:news:*""#;
    check("StringLike", "x:topic", value, true);
    check("ArnLike", "x:topic", r#""arn:aws:sns:*:news:*""#.replace(":news", "::news").as_str(), false);
}

#[test]
fn keys_that_are_not_there() {
    for operator in ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals"] {
        check(operator, "x:missing", r#""a""#, false);
        check(operator, "x:none", r#""a""#, false);
        check(&format!("{operator}IfExists"), "x:missing", r#""a""#, true);
    }
    for operator in ["StringNotEquals", "StringNotLike", "ForAllValues:StringEquals", "ForAllValues:StringNotEquals"] {
        check(operator, "x:missing", r#""a""#, true);
        check(&format!("{operator}IfExists"), "x:missing", r#""a""#, true);
    }
    check("ForAnyValue:StringNotEquals", "x:missing", r#""a""#, false);
    check("ForAllValues:StringEquals", "x:empty", r#""a""#, true);
    check("NumericLessThan", "x:missing", "1", false);
    check("NumericNotEquals", "x:missing", "1", true);
    check("DateLessThan", "x:missing", r#""2025""#, false);
    check("Bool", "x:missing", "false", false);
    check("BoolIfExists", "x:missing", "false", true);
    check("IpAddress", "x:missing", r#""0.0.0.0/0""#, false);
    check("NotIpAddress", "x:missing", r#""0.0.0.0/0""#, true);
    check("ArnLike", "x:missing", r#""arn:aws:iam::*:*""#, false);
    check("ArnNotLike", "x:missing", r#""arn:aws:iam::*:*""#, true);
    check("StringEqualsIfExists", TAG, r#""red""#, false);
    check("StringEqualsIfExists", TAG, r#""Blue""#, true);
    check("Null", "x:missing", r#""true""#, true);
    check("Null", "x:missing", "false", false);
    check("Null", "x:none", "true", true);
    check("Null", TAG, "true", false);
    check("Null", TAG, r#""false""#, true);
    check("Null", "aws:TokenIssueTime", "true", true);
}

#[test]
fn several_values() {
    check("ForAllValues:StringEquals", "aws:TagKeys", r#"["team","cost","owner"]"#, true);
    check("ForAllValues:StringEquals", "aws:TagKeys", r#"["team"]"#, false);
    check("ForAllValues:StringLike", "aws:TagKeys", r#"["t*","c*"]"#, true);
    check("ForAnyValue:StringEquals", "aws:TagKeys", r#"["team"]"#, true);
    check("ForAnyValue:StringEquals", "aws:TagKeys", r#"["owner"]"#, false);
    check("ForAllValues:StringNotEquals", "aws:TagKeys", r#"["owner"]"#, true);
    check("ForAllValues:StringNotEquals", "aws:TagKeys", r#"["team"]"#, false);
    check("ForAnyValue:StringNotEquals", "aws:TagKeys", r#"["team"]"#, true);
    check("ForAnyValue:StringNotEquals", "aws:TagKeys", r#"["team","cost"]"#, false);
    check("StringEquals", "aws:TagKeys", r#""cost""#, true);
    check("StringNotEquals", "aws:TagKeys", r#""cost""#, false);
}

#[test]
fn all_of_keys_and_operators() {
    fn check(condition: &str, expect: bool) {
        assert_eq!(holds(condition), expect, "{condition}");
    }
    check("", true);
    check(r#""StringEquals":{}"#, true);
    check(r#""StringEquals":{"ecr:ResourceTag/team":"Blue","aws:username":"bob"}"#, true);
    check(r#""StringEquals":{"ecr:ResourceTag/team":"Blue","aws:username":"eve"}"#, false);
    check(r#""StringEquals":{"aws:username":"bob"},"Bool":{"aws:SecureTransport":"true"}"#, true);
    check(r#""StringEquals":{"aws:username":"bob"},"Bool":{"aws:SecureTransport":"false"}"#, false);
}

#[test]
fn what_follows_from_the_caller() {
    check("StringEquals", "aws:username", r#""bob""#, true);
    check("StringEquals", "aws:userid", r#""AIDA00000000000000BOB""#, true);
    check("StringEquals", "aws:PrincipalAccount", r#""111122223333""#, true);
    check("StringEquals", "aws:ResourceAccount", r#""111122223333""#, true);
    check("StringEquals", "aws:PrincipalType", r#""User""#, true);
    check("StringEquals", "aws:PrincipalTag/team", r#""Blue""#, true);
    check("Bool", "aws:PrincipalIsAWSService", "false", true);
    let text = r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{
        "StringEquals":{"aws:userid":"AROA000000000000000CI:job","aws:PrincipalType":"AssumedRole"},
        "ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/ci"},
        "Null":{"aws:username":"true"},
        "DateEquals":{"aws:TokenIssueTime":"2025-06-30T12:00:00Z"}}"#;
    let caller = Caller {
        identity: vec![identity(text)],
        token_issued: Some(1_751_284_800),
        ..Caller::bare(session(HERE, "ci", "job"))
    };
    assert!(ask(&caller, &[], &context()).0.allowed());
}

#[test]
fn variables_in_conditions() {
    check("StringEquals", TAG, r#""${aws:PrincipalTag/team}""#, true);
    check("StringEquals", TAG, r#""${aws:PrincipalTag/other}""#, false);
    check("StringNotEquals", TAG, r#""${aws:PrincipalTag/other}""#, true);
    check("StringEquals", TAG, r#""${aws:PrincipalTag/other, 'Blue'}""#, true);
    check("StringEqualsIgnoreCase", TAG, r#""b${aws:PrincipalTag/none, 'LU'}e""#, true);
    check("StringLike", TAG, r#""${aws:PrincipalTag/team}*""#, true);
    // A key of several values stands for none.
    check("StringEquals", TAG, r#""${aws:TagKeys}""#, false);
    check("Bool", "aws:SecureTransport", r#""${aws:PrincipalTag/none, 'true'}""#, true);
}

#[test]
fn variables_in_resources() {
    fn check(tag: &str, element: &str, pattern: &str, version: &str, expect: bool) {
        let text = format!(
            r#"{{"Version":"{version}","Statement":{{"Effect":"Allow","Action":"*","{element}":"arn:aws:ecr:*:*:repository/{pattern}"}}}}"#
        );
        let caller = Caller {
            identity: vec![named("p", PolicyKind::Identity, &text)],
            tags: vec![("team".to_owned(), tag.to_owned())],
            ..Caller::bare(user(HERE, "bob"))
        };
        assert_eq!(ask(&caller, &[], &Context::new()).0.allowed(), expect, "{tag} {element} {pattern} {version}");
    }
    let new = "2012-10-17";
    check("team", "Resource", "${aws:PrincipalTag/team}/*", new, true);
    check("team", "Resource", "${aws:PrincipalTag/team}/*", "2008-10-17", false);
    check("other", "Resource", "${aws:PrincipalTag/team}/*", new, false);
    // Values are compared as they are: no wildcards, no variables, no colons that would shift the parts.
    check("*", "Resource", "${aws:PrincipalTag/team}", new, false);
    check("te?m", "Resource", "${aws:PrincipalTag/team}/*", new, false);
    check("${aws:PrincipalTag/team}", "Resource", "${aws:PrincipalTag/team}/*", new, false);
    check("x:y:z", "Resource", "${aws:PrincipalTag/team}/*", new, false);
    check("a", "Resource", "te${aws:PrincipalTag/team}m/app", new, true);
    check("a", "Resource", "${aws:PrincipalTag/none}*", new, false);
    check("a", "Resource", "${aws:PrincipalTag/none, 'team'}/*", new, true);
    check("a", "Resource", "team/${*}", new, false);
    check("a", "Resource", "team/ap${?}", new, false);
    check("a", "NotResource", "other/*", new, true);
    check("team", "NotResource", "${aws:PrincipalTag/team}/*", new, false);
    // An exception of which the variable has no value must not widen what is allowed.
    check("a", "NotResource", "${aws:PrincipalTag/none}/*", new, false);
}
