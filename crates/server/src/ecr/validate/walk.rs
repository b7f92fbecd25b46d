//! A walk over the models: every member of every operation with everything that can be wrong with it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{EcrError, validate};
use crate::ecr::inputs::decodes;
use crate::ecr::model::{self, Member, Operation, Pattern, Range, Shape, Text};

/// A value somewhere in the input of an operation.
struct Site {
    /// Where it is, as a JSON pointer.
    pointer: String,
    /// What messages call it.
    field: String,
    shape: &'static Shape,
    required: bool,
    /// Whether it is an element of a list.
    element: bool,
}

/// An operation, with an input that has every member and nothing wrong.
struct Walked {
    operation: &'static Operation,
    input: Value,
    checks: usize,
}

#[test]
fn everything_that_can_be_wrong_with_an_input_is_told() {
    let operations: Vec<_> = model::ecr().iter().chain(model::ecr_public()).collect();
    assert!(operations.len() >= 62 + 23, "{}", operations.len());
    let mut checks = 0;
    for operation in operations {
        let mut walked = Walked { operation, input: sample(operation.input), checks: 0 };
        assert_eq!(validate(operation, walked.input.clone()).as_ref(), Ok(&walked.input), "{}", operation.name);
        if model::ecr().iter().any(|other| std::ptr::eq(other, operation)) {
            assert_eq!(decodes(operation.name, walked.input.clone()), Ok(()), "{}", operation.name);
        }
        let mut sites = Vec::new();
        find(operation.input, "", "", &mut sites);
        for site in &sites {
            walked.check_absence(site);
            walked.check_type(site);
            walked.check_constraints(site);
        }
        walked.check_unknown_members(&sites);
        let Shape::Structure(members) = operation.input else { panic!("{} takes no structure", operation.name) };
        assert!(walked.checks >= members.len() * 4, "{}: {} checks", operation.name, walked.checks);
        checks += walked.checks;
    }
    assert!(checks > 2000, "{checks} checks");
}

impl Walked {
    fn with(&self, site: &Site, value: Value) -> Value {
        let mut input = self.input.clone();
        *input.pointer_mut(&site.pointer).unwrap() = value;
        input
    }

    fn refused(&mut self, input: Value, code: &str, message: &str) {
        let error = validate(self.operation, input.clone()).expect_err(&format!("{} {input}", self.operation.name));
        assert_eq!((error.code, error.message.as_str()), (code, message), "{} {input}", self.operation.name);
        self.checks += 1;
    }

    /// A value that breaks a constraint, worded as it is for a member, or for an element of a list.
    fn violates(&mut self, site: &Site, value: Value, rule: &str) {
        let repository = matches!(pattern(site), Some(Pattern::RepositoryName | Pattern::PublicRepositoryName));
        let (field, rule) = match site.shape {
            Shape::Text(_) if repository => ("repositoryName", rule.to_owned()),
            Shape::Text(_) if site.element => {
                (site.field.as_str(), format!("Member must satisfy constraint: [Member {rule}]"))
            }
            Shape::Text(_) if rule.starts_with("must satisfy regular expression '") => {
                (site.field.as_str(), rule.to_owned())
            }
            _ => (site.field.as_str(), format!("Member {rule}")),
        };
        let EcrError { code, message, .. } = EcrError::violation(self.operation.violation, field, &rule);
        self.refused(self.with(site, value), code, &message);
    }

    fn check_absence(&mut self, site: &Site) {
        let null = self.with(site, Value::Null);
        let violation = self.operation.violation;
        let refusal = |rule: &str| EcrError::violation(violation, &site.field, rule).message;
        if site.element {
            let list = site.field.strip_suffix(".1.member").unwrap_or(&site.field);
            let rule = "Member must satisfy constraint: [Member must not be null]";
            return self.refused(null, violation, &EcrError::violation(violation, list, rule).message);
        }
        let mut absent = self.input.clone();
        let (parent, name) = site.pointer.rsplit_once('/').unwrap();
        absent.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        if site.required {
            self.refused(null, violation, &refusal("Member must not be null"));
            self.refused(absent, violation, &refusal("Member must not be null"));
        } else {
            assert!(validate(self.operation, null).is_ok(), "{} without {}", self.operation.name, site.field);
            assert!(validate(self.operation, absent).is_ok(), "{} without {}", self.operation.name, site.field);
        }
    }

    fn check_type(&mut self, site: &Site) {
        let (right, wanted): (&[&str], &str) = match site.shape {
            Shape::Text(_) => (&["string"], "String"),
            Shape::Blob(_) => (&["string"], "Blob"),
            Shape::Number(_) => (&["number"], "Long"),
            Shape::Boolean => (&["true", "false"], "Boolean"),
            Shape::Structure(_) => (&["object"], ""),
            Shape::List(..) => (&["list"], ""),
        };
        let scalar = |word: &str| match wanted {
            "" => "Unexpected field type".to_owned(),
            _ => format!("{word}_VALUE cannot be converted to {wanted}"),
        };
        let kinds = [
            ("string", json!("1"), scalar("STRING")),
            ("number", json!(1), scalar("NUMBER")),
            ("true", json!(true), scalar("TRUE")),
            ("false", json!(false), scalar("FALSE")),
            ("object", json!({}), "Start of structure or map found where not expected".to_owned()),
            ("list", json!([]), "Start of list found where not expected".to_owned()),
        ];
        for (kind, value, message) in kinds {
            if !right.contains(&kind) {
                self.refused(self.with(site, value), "SerializationException", &message);
            }
        }
        if matches!(site.shape, Shape::Number(_)) {
            for number in [json!(1.5), json!(-0.5), json!(1e300), json!(9_223_372_036_854_775_808_u64)] {
                let message = "NUMBER_VALUE cannot be converted to Long";
                self.refused(self.with(site, number), "SerializationException", message);
            }
        }
    }

    fn check_constraints(&mut self, site: &Site) {
        match site.shape {
            Shape::Text(text) => self.check_text(site, *text),
            Shape::Number(range) => {
                self.check_range(site, *range, "value", |number| json!(number));
            }
            Shape::Blob(range) => self.check_range(site, *range, "length", |length| json!(base64(length))),
            Shape::List(member, range) => {
                let member = sample(member);
                self.check_range(site, *range, "length", |length| json!(vec![member.clone(); size(length)]));
            }
            Shape::Boolean | Shape::Structure(_) => {}
        }
    }

    /// One below the least, and one above the most. What lies on the bounds passes.
    fn check_range(&mut self, site: &Site, range: Range, what: &str, value: impl Fn(i64) -> Value) {
        let floor = if what == "length" { 1 } else { i64::MIN + 1 };
        if let Some(min) = range.min.filter(|min| *min >= floor) {
            self.violates(site, value(min - 1), &format!("must have {what} greater than or equal to {min}"));
            self.passes(site, value(min));
        }
        if let Some(max) = range.max {
            self.violates(site, value(max + 1), &format!("must have {what} less than or equal to {max}"));
            self.passes(site, value(max));
        }
    }

    fn check_text(&mut self, site: &Site, text: Text) {
        let Text { length: Range { min, max }, pattern, values } = text;
        if let Some(min) = min.filter(|min| *min > 0) {
            let rule = format!("must have length greater than or equal to {min}");
            self.violates(site, json!("a".repeat(size(min - 1))), &rule);
        }
        if let Some(max) = max {
            let rule = format!("must have length less than or equal to {max}");
            self.violates(site, json!("a".repeat(size(max + 1))), &rule);
            // Characters count as the service counts them: those beyond the first 65,536 twice.
            self.violates(site, json!("\u{10400}".repeat(size(max / 2 + 1))), &rule);
        }
        let least = "!".repeat(size(min.unwrap_or(1).max(1)));
        if let Some(pattern) = pattern {
            let written = pattern.text().replace("\\/", "/");
            let own = matches!(pattern, Pattern::RepositoryName | Pattern::PublicRepositoryName)
                || pattern == Pattern::RegistryId && site.field == "registryId" && !site.element;
            let rule = if own {
                format!("must satisfy regular expression '{written}'")
            } else {
                format!("must satisfy regular expression pattern: {written}")
            };
            self.violates(site, json!(least), &rule);
        } else if !values.is_empty() {
            let rule = format!("must satisfy enum value set: [{}]", values.join(", "));
            self.violates(site, json!(least), &rule);
            self.violates(site, json!(format!("{}s", values[0])), &rule);
            for value in values {
                self.passes(site, json!(value));
            }
        }
    }

    fn passes(&mut self, site: &Site, value: Value) {
        let input = self.with(site, value);
        assert!(validate(self.operation, input).is_ok(), "{} with {} on a bound", self.operation.name, site.field);
    }

    /// They are ignored: what handlers and conditions see does not have them.
    fn check_unknown_members(&mut self, sites: &[Site]) {
        let structures = sites.iter().filter(|site| matches!(site.shape, Shape::Structure(_)));
        let pointers: Vec<&str> = std::iter::once("").chain(structures.map(|site| site.pointer.as_str())).collect();
        for pointer in pointers {
            let mut input = self.input.clone();
            let object = input.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
            let known: BTreeSet<String> = object.keys().cloned().collect();
            for name in ["registryId", "repositoryName", "resourceArn", "tags", "tagKeys", "unknownMember"] {
                if !known.contains(name) {
                    object.insert(name.to_owned(), json!({ "Key": ["x", 1, null] }));
                    self.checks += 1;
                }
            }
            assert_eq!(validate(self.operation, input).as_ref(), Ok(&self.input), "{}", self.operation.name);
        }
    }
}

fn find(shape: &'static Shape, pointer: &str, field: &str, sites: &mut Vec<Site>) {
    match shape {
        Shape::Structure(members) => {
            for Member { name, required, shape } in *members {
                let pointer = format!("{pointer}/{name}");
                let field = if field.is_empty() { (*name).to_owned() } else { format!("{field}.{name}") };
                find(shape, &pointer, &field, sites);
                sites.push(Site { pointer, field, shape, required: *required, element: false });
            }
        }
        Shape::List(shape, _) => {
            let pointer = format!("{pointer}/0");
            let field = if matches!(shape, Shape::Text(_)) { field.to_owned() } else { format!("{field}.1.member") };
            find(shape, &pointer, &field, sites);
            sites.push(Site { pointer, field, shape, required: true, element: true });
        }
        _ => {}
    }
}

fn pattern(site: &Site) -> Option<Pattern> {
    if let Shape::Text(text) = site.shape { text.pattern } else { None }
}

/// A value that nothing is wrong with.
fn sample(shape: &Shape) -> Value {
    let least = |range: &Range| range.min.unwrap_or(1).max(1);
    match shape {
        Shape::Structure(members) => {
            let members = members.iter().map(|member| (member.name.to_owned(), sample(member.shape)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Shape::List(member, range) => json!(vec![sample(member); size(least(range))]),
        Shape::Text(Text { values: [first, ..], .. }) => json!(first),
        Shape::Text(Text { pattern: Some(pattern), .. }) => json!(matching(*pattern)),
        Shape::Text(text) => json!("x".repeat(size(least(&text.length)))),
        Shape::Number(range) => json!(least(range)),
        Shape::Boolean => json!(true),
        Shape::Blob(range) => json!(base64(least(range))),
    }
}

fn matching(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::RegistryId => "000000000000",
        Pattern::Region => "us-east-1",
        Pattern::RepositoryName | Pattern::PublicRepositoryName | Pattern::Prefix => "team/app",
        Pattern::LayerDigest => "sha256:00",
        Pattern::Uuid => "01234567-89ab-cdef-0123-456789abcdef",
        Pattern::TagFilter | Pattern::ScanningFilter | Pattern::SigningFilter => "v*",
        Pattern::RepositoryFilter => "team",
        Pattern::PrincipalArn => "arn:aws:iam::000000000000:role/ci",
        Pattern::SigningProfileArn => "arn:aws:signer:us-east-1:000000000000:/signing-profiles/ab",
        Pattern::CredentialArn => "arn:aws:secretsmanager:us-east-1:000000000000:secret:ecr-pullthroughcache/x-AbCdEf",
        Pattern::TemplateKmsKey => "arn:aws:kms:us-east-1:000000000000:key/0-a",
    }
}

/// So many bytes in base64.
fn base64(bytes: i64) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(vec![0; size(bytes)])
}

fn size(number: i64) -> usize {
    usize::try_from(number).unwrap()
}
