//! Which documents are policies, and what is said of others.

use super::*;

fn refusal(text: &str, kind: PolicyKind) -> Option<(String, String)> {
    let error = Policy::parse(text, kind).err()?;
    Some((error.to_string(), error.malformed_policy_document()))
}

const SYNTAX: &str = "Syntax errors in policy.";

#[test]
fn each_kind_has_its_elements() {
    use PolicyKind::{Identity, Registry, Repository, Trust};
    fn check(kind: PolicyKind, statement: &str, expect: Option<&str>) {
        let refusal = refusal(&document(statement), kind);
        assert_eq!(refusal.as_ref().map(|(_, malformed)| malformed.as_str()), expect, "{kind:?} {statement}");
    }
    let bare = r#""Effect":"Allow","Action":"ecr:*""#;
    let on = r#""Effect":"Allow","Action":"ecr:*","Resource":"*""#;
    let by = r#""Effect":"Allow","Action":"ecr:*","Principal":"*""#;
    let both = r#""Effect":"Allow","Action":"ecr:*","Principal":"*","Resource":"*""#;
    let except = r#""Effect":"Deny","Action":"ecr:*","NotPrincipal":{"AWS":"111122223333"}"#;
    let no_principal = Some("Missing required field Principal");
    let no_resource = Some("Policy statement must contain resources.");
    check(Identity, on, None);
    check(Identity, bare, no_resource);
    check(Identity, both, Some("Policy document should not specify a principal."));
    check(Identity, except, Some("Policy document should not specify a principal."));
    check(Repository, by, None);
    check(Repository, both, Some("Has prohibited field Resource"));
    check(Repository, except, None);
    check(Repository, bare, no_principal);
    check(Registry, both, None);
    check(Registry, by, no_resource);
    check(Registry, on, no_principal);
    check(Trust, by, None);
    check(Trust, both, Some("Has prohibited field Resource"));
    check(Trust, except, Some("Has prohibited field NotPrincipal"));
    check(Trust, bare, no_principal);
}

#[test]
fn rules_of_elements() {
    fn check(statement: &str, rule: &str, malformed: &str) {
        let (error, text) = refusal(&document(statement), PolicyKind::Identity).expect(statement);
        assert_eq!((error.as_str(), text.as_str()), (rule, malformed), "{statement}");
    }
    check(r#""Action":"*","Resource":"*""#, "Statement[1].Effect: is required", "Missing required field Effect");
    check(
        r#""Effect":"allow","Action":"*","Resource":"*""#,
        r#"Statement[1].Effect: must be "Allow" or "Deny""#,
        "Invalid effect: allow",
    );
    check(
        r#""Effect":"Allow","Resource":"*""#,
        "Statement[1].Action: is required",
        "Policy statement must contain actions.",
    );
    check(
        r#""Effect":"Allow","Action":[],"Resource":"*""#,
        "Statement[1].Action: must hold at least one value",
        "Policy statement must contain actions.",
    );
    check(
        r#""Effect":"Allow","Action":["a:b",1],"Resource":"*""#,
        "Statement[1].Action: must be a string or an array of strings",
        SYNTAX,
    );
    check(
        r#""Effect":"Allow","Action":"ecr:*","NotAction":"ecr:*","Resource":"*""#,
        "Statement[1].Action: must not stand beside NotAction",
        SYNTAX,
    );
    check(
        r#""Effect":"Allow","NotAction":"PutImage","Resource":"*""#,
        r#"Statement[1].NotAction: "PutImage" must be * or a service, a colon and an action"#,
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    );
    check(
        r#""Effect":"Allow","Action":"e*r:PutImage","Resource":"*""#,
        r#"Statement[1].Action: "e*r" is no service"#,
        "Vendor e*r is not valid",
    );
    check(
        r#""Effect":"Allow","Action":"ecr:Put:Image","Resource":"*""#,
        r#"Statement[1].Action: "ecr:Put:Image" must have one colon and an action after it"#,
        "Actions/Condition can contain only one colon.",
    );
    check(
        r#""Effect":"Allow","Action":"*","Resource":"repository/app""#,
        r#"Statement[1].Resource: "repository/app" must be an ARN or *"#,
        r#"Resource repository/app must be in ARN format or "*"."#,
    );
    check(
        r#""Effect":"Allow","Action":"*","Resource":"arn:aws:*:::x""#,
        r#"Statement[1].Resource: "arn:aws:*:::x" must name its service without wildcards"#,
        "Resource vendor must be fully qualified and cannot contain regexes.",
    );
    check(
        r#""Effect":"Allow","Action":"*","Resource":"arn:aws:ecr:::${aws:username""#,
        "Statement[1].Resource: a policy variable is not closed: ${ needs a }",
        SYNTAX,
    );
    check(
        r#""Sid":"a b","Effect":"Allow","Action":"*","Resource":"*""#,
        "Statement[1].Sid: must consist of letters and digits",
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
    check(
        r#""Sid":"A","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*""#,
        r#"Statement: two statements have the Sid "A""#,
        "Statement IDs (SID) in a single policy must be unique.",
    );
    check(
        r#""Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*","Why":"x""#,
        "Statement[2].Why: is not an element here; these are: Sid, Effect, Principal, NotPrincipal, Action, NotAction, \
         Resource, NotResource, Condition",
        SYNTAX,
    );
}

#[test]
fn rules_of_conditions() {
    fn check(condition: &str, rule: &str) {
        let statement = format!(r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}"#);
        let (error, _) = refusal(&document(&statement), PolicyKind::Identity).expect(condition);
        assert_eq!(error, format!("Statement[1].Condition{rule}"), "{condition}");
    }
    check("[]", ": must be an object of operators");
    check(r#"{"StringIs":{"a:b":"c"}}"#, ".StringIs: is not a condition operator");
    check(r#"{"ForSomeValues:StringEquals":{"a:b":"c"}}"#, ".ForSomeValues:StringEquals: is not a condition operator");
    check(r#"{"NullIfExists":{"a:b":"true"}}"#, ".NullIfExists: is not a condition operator");
    check(r#"{"Bool":"true"}"#, ".Bool: must be an object of condition keys");
    check(r#"{"Bool":{"secure":"true"}}"#, ".Bool.secure: must be a service, a colon and a key");
    check(r#"{"Bool":{"a:b":"yes"}}"#, ".Bool.a:b: must be true or false");
    check(r#"{"Null":{"a:b":"yes"}}"#, r#".Null.a:b: must be true or false, which "yes" is not"#);
    check(r#"{"StringEquals":{"a:b":[]}}"#, ".StringEquals.a:b: must hold at least one value");
    check(r#"{"StringEquals":{"a:b":{"c":"d"}}}"#, ".StringEquals.a:b: must be strings, numbers or booleans");
    check(r#"{"StringEquals":{"a:b":null}}"#, ".StringEquals.a:b: must be strings, numbers or booleans");
    check(r#"{"NumericEquals":{"a:b":"ten"}}"#, r#".NumericEquals.a:b: must be numbers, which "ten" is not"#);
    check(
        r#"{"DateLessThan":{"a:b":"tomorrow"}}"#,
        r#".DateLessThan.a:b: must be dates such as 2025-06-30T12:00:00Z, or seconds since 1970, which "tomorrow" is not"#,
    );
    check(
        r#"{"IpAddress":{"a:b":"10.0.0.0/40"}}"#,
        r#".IpAddress.a:b: must be IP addresses or ranges such as 203.0.113.0/24, which "10.0.0.0/40" is not"#,
    );
    check(
        r#"{"ArnLike":{"a:b":"arn:aws:iam"}}"#,
        r#".ArnLike.a:b: must be ARNs of six parts, which "arn:aws:iam" is not"#,
    );
    check(
        r#"{"StringLike":{"a:b":"${x}"}}"#,
        ".StringLike.a:b: a policy variable must be a condition key, ${key} or ${key, 'default'}",
    );
}

#[test]
fn rules_of_principals() {
    fn check(principal: &str, expect: Option<&str>) {
        let text = document(&format!(r#""Effect":"Allow","Action":"ecr:*","Principal":{principal}"#));
        let refusal = refusal(&text, PolicyKind::Repository);
        assert_eq!(refusal.as_ref().map(|(_, malformed)| malformed.as_str()), expect, "{principal}");
    }
    check(r#""*""#, None);
    check(r#"{"AWS":["111122223333","arn:aws:iam::111122223333:role/a/b","AIDAJQABLZS4A3QDU576Q"]}"#, None);
    check(r#"{"AWS":"arn:aws:sts::111122223333:federated-user/bob"}"#, None);
    check(r#"{"Service":["ecs.amazonaws.com"],"Federated":"accounts.google.com","CanonicalUser":"79a59d"}"#, None);
    let invalid = |name: &str| format!(r#"Invalid principal in policy: "AWS":"{name}""#);
    for name in [
        "bob",
        "11112222333",
        "arn:aws:iam::111122223333:user/*",
        "arn:aws:iam::111122223333:group/ops",
        "arn:aws:iam::*:root",
        "arn:aws:s3:::bucket",
        "arn:aws:sts::111122223333:assumed-role/ci/*",
    ] {
        check(&format!(r#"{{"AWS":"{name}"}}"#), Some(&invalid(name)));
    }
    check(r#""111122223333""#, Some(&invalid("111122223333")));
    check(r#"{"Service":"ecs"}"#, Some(r#"Invalid principal in policy: "Service":"ecs""#));
    check(r#"{"Federated":"*"}"#, Some(r#"Invalid principal in policy: "Federated":"*""#));
    check(r#"{"AWS":[]}"#, Some("Invalid principal in policy."));
    check(r#"{"User":"bob"}"#, Some(SYNTAX));
    check("{}", Some(SYNTAX));
    check("[]", Some(SYNTAX));
}

#[test]
fn documents_as_a_whole() {
    fn check(text: &str, expect: Option<&str>) {
        let refusal = refusal(text, PolicyKind::Identity);
        assert_eq!(refusal.as_ref().map(|(_, malformed)| malformed.as_str()), expect, "{text}");
    }
    const JSON: Option<&str> = Some("This policy contains invalid Json");
    let statement = r#"{"Effect":"Allow","Action":"*:*","Resource":"**"}"#;
    check(&format!(r#"{{"Statement":{statement}}}"#), None);
    check(&format!(r#"{{"Version":"2008-10-17","Id":"x","Statement":[{statement},{statement}]}}"#), None);
    check(&format!(r#"{{"Version":"2020-01-01","Statement":{statement}}}"#), Some(SYNTAX));
    check(&format!(r#"{{"Version":null,"Statement":{statement}}}"#), Some(SYNTAX));
    check(&format!(r#"{{"version":"2012-10-17","Statement":{statement}}}"#), Some(SYNTAX));
    check(&format!(r#"{{"Id":7,"Statement":{statement}}}"#), Some(SYNTAX));
    check(r#"{"Version":"2012-10-17"}"#, Some(SYNTAX));
    check(r#"{"Version":"2012-10-17","Statement":[]}"#, Some(SYNTAX));
    check(r#"{"Version":"2012-10-17","Statement":["x"]}"#, Some(SYNTAX));
    check(r#"{"Version":"2012-10-17","Statement":"x"}"#, Some(SYNTAX));
    check("[]", Some(SYNTAX));
    check("", JSON);
    check("{", JSON);
    check(&format!(r#"{{"Statement":{statement}}} "#), None);
    check(&format!(r#"{{"Statement":{statement}}}x"#), JSON);
    check(&format!(r#"{{"Statement":{statement},"Statement":{statement}}}"#), JSON);
    check(r#"{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}"#, JSON);
    check(&"[".repeat(40_000), JSON);
    check(&format!(r#"{{"Id":"{}"}}"#, "x".repeat(70_000)), Some(SYNTAX));
}

#[test]
fn resource_policies_may_repeat_statement_ids_and_put_spaces_in_them() {
    let statement = r#"{"Sid":"new statement","Effect":"Allow","Principal":"*","Action":"ecr:*"}"#;
    let text = format!(r#"{{"Version":"2008-10-17","Statement":[{statement},{statement}]}}"#);
    assert_eq!(refusal(&text, PolicyKind::Repository), None);
}

#[test]
fn size_counts_no_white_space() {
    let text = "{ \"Statement\" : {\n\t\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"} }";
    assert_eq!(Policy::size(text), 60);
    assert!(Policy::parse_within(text, PolicyKind::Identity, 60).is_ok());
    let error = Policy::parse_within(text, PolicyKind::Identity, 59).unwrap_err();
    assert_eq!(error, PolicyError::LimitExceeded { size: 60, limit: 59 });
    assert_eq!(error.malformed_policy_document(), "Maximum policy size of 59 bytes exceeded");
}

#[test]
fn resources_are_matched_part_by_part() {
    fn check(pattern: &str, expect: bool) {
        let policy = identity(&format!(r#""Effect":"Allow","Action":"*","Resource":"{pattern}""#));
        let caller = Caller { identity: vec![policy], ..Caller::bare(user(HERE, "bob")) };
        assert_eq!(ask(&caller, &[], &Context::new()).0.allowed(), expect, "{pattern}");
    }
    check("*", true);
    check(REPOSITORY, true);
    check("arn:aws:ecr:*:*:*", true);
    check("arn:aws:ecr:*:*:repository/*", true);
    check("arn:aws:ecr:us-east-?:111122223333:repository/*/app", true);
    check("arn:aws:ecr:*:*:repository/Team/*", false);
    check("arn:aws:ecr:*:repository/team/app", false);
    check("arn:aws:ecr:us-east-1*:repository/team/app", false);
    // Parts left out match everything.
    check("arn:aws:ecr", true);
    check("arn:aws:ecr:eu-west-1", false);
    check("arn:*", true);
    check("arn:aws:s3", false);
}

#[test]
fn actions_know_no_case() {
    fn check(element: &str, pattern: &str, expect: bool) {
        let policy = identity(&format!(r#""Effect":"Allow","{element}":"{pattern}","Resource":"*""#));
        let caller = Caller { identity: vec![policy], ..Caller::bare(user(HERE, "bob")) };
        assert_eq!(ask(&caller, &[], &Context::new()).0.allowed(), expect, "{element} {pattern}");
    }
    check("Action", "*", true);
    check("Action", "*:*", true);
    check("Action", "ecr:batchgetimage", true);
    check("Action", "ECR:Batch?etI*", true);
    check("Action", "ecr:Get*", false);
    check("Action", "ecr-public:*", false);
    check("NotAction", "ecr:Get*", true);
    check("NotAction", "ecr:BATCH*", false);
}
