//! Statements: what is allowed or denied to whom, on what, and when.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::context::Facts;
use super::document::known_elements;
use super::matcher::{ArnMatcher, ArnPatternError, Pattern};
use super::principals::Principals;
use super::{PolicyError, PolicyKind};

/// What a statement does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatementEffect {
    /// It allows it.
    Allow,
    /// It denies it, whatever allows it.
    Deny,
}

/// What the language of a document has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Language {
    pub(super) kind: PolicyKind,
    pub(super) variables: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Statement {
    sid: Option<String>,
    number: usize,
    effect: StatementEffect,
    principals: Option<Principals>,
    actions: Listed<Pattern>,
    /// `None` for whatever the policy is attached to.
    resources: Option<Listed<ArnMatcher>>,
    conditions: Vec<Condition>,
}

/// A list of patterns, or everything but it (`NotAction`, `NotResource`).
#[derive(Clone, Debug)]
struct Listed<T> {
    negated: bool,
    patterns: Vec<T>,
}

const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

impl Statement {
    pub(super) fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// The `Sid`, or else the number.
    pub(super) fn label(&self) -> String {
        self.sid.clone().unwrap_or_else(|| self.number.to_string())
    }

    pub(super) fn effect(&self) -> StatementEffect {
        self.effect
    }

    pub(super) fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    pub(super) fn principals(&self) -> Option<&Principals> {
        self.principals.as_ref()
    }

    /// Whether action, resource and conditions match; principals are for the caller of this to look at.
    pub(super) fn applies(&self, facts: &Facts<'_>) -> bool {
        self.names_action(&facts.action)
            && self.names_resource(facts)
            && self.conditions.iter().all(|condition| condition.holds(facts))
    }

    fn names_action(&self, action: &str) -> bool {
        self.actions.patterns.iter().any(|pattern| pattern.matches(action)) != self.actions.negated
    }

    fn names_resource(&self, facts: &Facts<'_>) -> bool {
        let Some(Listed { negated, patterns }) = &self.resources else {
            return true;
        };
        let named = patterns.iter().any(|pattern| pattern.matches(facts.resource.as_ref(), facts));
        // An exception whose variable has no value excepts nothing. That must never widen what is allowed.
        let blind = *negated
            && self.effect == StatementEffect::Allow
            && patterns.iter().any(|pattern| pattern.unresolved(facts));
        named != *negated && !blind
    }

    pub(super) fn read(statement: &Value, number: usize, language: Language) -> Result<Self, PolicyError> {
        let path = format!("Statement[{number}].");
        let Value::Object(statement) = statement else {
            return Err(PolicyError::syntax(path.trim_end_matches('.'), "must be an object"));
        };
        known_elements(statement, &path, &ELEMENTS)?;
        let reader = Reader { statement, path: &path, language };
        Ok(Self {
            sid: reader.sid()?,
            number,
            effect: reader.effect()?,
            principals: reader.principals()?,
            actions: reader.actions()?,
            resources: reader.resources()?,
            conditions: reader.conditions()?,
        })
    }
}

/// Reads the elements of one statement.
struct Reader<'a> {
    statement: &'a Map<String, Value>,
    path: &'a str,
    language: Language,
}

impl Reader<'_> {
    fn sid(&self) -> Result<Option<String>, PolicyError> {
        let element = self.named("Sid");
        match self.statement.get("Sid") {
            None => Ok(None),
            Some(Value::String(sid)) if sid.is_empty() => Ok(None),
            Some(Value::String(sid)) => {
                let alphanumeric = sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if self.language.kind == PolicyKind::Identity && !alphanumeric {
                    return Err(PolicyError::element(
                        &element,
                        "must consist of letters and digits",
                        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular \
                         expression [0-9A-Za-z]*",
                    ));
                }
                Ok(Some(sid.clone()))
            }
            Some(_) => Err(PolicyError::syntax(&element, "must be a string")),
        }
    }

    fn effect(&self) -> Result<StatementEffect, PolicyError> {
        let element = self.named("Effect");
        match self.statement.get("Effect").map(Value::as_str) {
            Some(Some("Allow")) => Ok(StatementEffect::Allow),
            Some(Some("Deny")) => Ok(StatementEffect::Deny),
            Some(Some(other)) => {
                let malformed = format!("Invalid effect: {other}");
                Err(PolicyError::element(&element, "must be \"Allow\" or \"Deny\"", malformed))
            }
            Some(None) => Err(PolicyError::syntax(&element, "must be \"Allow\" or \"Deny\"")),
            None => Err(PolicyError::element(&element, "is required", "Missing required field Effect")),
        }
    }

    fn principals(&self) -> Result<Option<Principals>, PolicyError> {
        let found = self.one_of("Principal", "NotPrincipal")?;
        match (self.language.kind, found) {
            (PolicyKind::Identity, None) => Ok(None),
            (PolicyKind::Identity, Some(found)) => Err(PolicyError::element(
                &found.element,
                "must not be in a policy of an identity",
                "Policy document should not specify a principal.",
            )),
            (PolicyKind::Trust, Some(Found { negated: true, element, .. })) => Err(PolicyError::element(
                &element,
                "must not be in a trust policy",
                "Has prohibited field NotPrincipal",
            )),
            (_, None) => Err(PolicyError::element(
                &self.named("Principal"),
                "is required in the policy of a resource",
                "Missing required field Principal",
            )),
            (_, Some(found)) => Principals::read(found.value, found.negated, &found.element).map(Some),
        }
    }

    fn actions(&self) -> Result<Listed<Pattern>, PolicyError> {
        let none = "Policy statement must contain actions.";
        let Some(found) = self.one_of("Action", "NotAction")? else {
            return Err(PolicyError::element(&self.named("Action"), "is required", none));
        };
        let texts = strings(found.value, &found.element, none)?;
        let patterns = texts.into_iter().map(|text| action(text, &found.element)).collect::<Result<_, _>>()?;
        Ok(Listed { negated: found.negated, patterns })
    }

    fn resources(&self) -> Result<Option<Listed<ArnMatcher>>, PolicyError> {
        let none = "Policy statement must contain resources.";
        let found = match (self.language.kind, self.one_of("Resource", "NotResource")?) {
            (PolicyKind::Trust | PolicyKind::Repository, None) => return Ok(None),
            (PolicyKind::Trust | PolicyKind::Repository, Some(found)) => {
                let rule = "must not be in this kind of policy, which is about what it is attached to";
                let malformed = format!("Has prohibited field {}", found.name);
                return Err(PolicyError::element(&found.element, rule, malformed));
            }
            (PolicyKind::Identity | PolicyKind::Registry, None) => {
                return Err(PolicyError::element(&self.named("Resource"), "is required", none));
            }
            (_, Some(found)) => found,
        };
        let texts = strings(found.value, &found.element, none)?;
        let read = |text| resource(text, &found.element, self.language.variables);
        let patterns = texts.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Some(Listed { negated: found.negated, patterns }))
    }

    fn conditions(&self) -> Result<Vec<Condition>, PolicyError> {
        match self.statement.get("Condition") {
            None => Ok(Vec::new()),
            Some(block) => Condition::read_all(block, &self.named("Condition"), self.language.variables),
        }
    }

    /// An element or its negation, not both.
    fn one_of(&self, plain: &'static str, negation: &'static str) -> Result<Option<Found<'_>>, PolicyError> {
        let found = |name, negated| {
            let value = self.statement.get(name)?;
            Some(Found { name, element: self.named(name), negated, value })
        };
        match (found(plain, false), found(negation, true)) {
            (Some(found), Some(_)) => {
                Err(PolicyError::syntax(&found.element, format!("must not stand beside {negation}")))
            }
            (plain, negation) => Ok(plain.or(negation)),
        }
    }

    fn named(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }
}

/// An element that may be negated.
struct Found<'a> {
    name: &'static str,
    element: String,
    negated: bool,
    value: &'a Value,
}

/// One string, or an array of one or more; `none` is what IAM says of an empty array.
pub(super) fn strings<'a>(value: &'a Value, element: &str, none: &str) -> Result<Vec<&'a str>, PolicyError> {
    let wrong = || PolicyError::syntax(element, "must be a string or an array of strings");
    match value {
        Value::String(text) => Ok(vec![text]),
        Value::Array(texts) if texts.is_empty() => {
            Err(PolicyError::element(element, "must hold at least one value", none))
        }
        Value::Array(texts) => texts.iter().map(|text| text.as_str().ok_or_else(wrong)).collect(),
        _ => Err(wrong()),
    }
}

/// `*`, or a service, a colon and a name that may hold wildcards.
fn action(text: &str, element: &str) -> Result<Pattern, PolicyError> {
    if text == "*" {
        return Ok(Pattern::new("*"));
    }
    let Some((vendor, name)) = text.split_once(':') else {
        return Err(PolicyError::element(
            element,
            format!("{text:?} must be * or a service, a colon and an action"),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ));
    };
    let service = vendor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    if vendor.is_empty() || !(service || vendor == "*") {
        let malformed = format!("Vendor {vendor} is not valid");
        return Err(PolicyError::element(element, format!("{vendor:?} is no service"), malformed));
    }
    if name.is_empty() || name.contains(':') {
        return Err(PolicyError::element(
            element,
            format!("{text:?} must have one colon and an action after it"),
            "Actions/Condition can contain only one colon.",
        ));
    }
    Ok(Pattern::new(&text.to_ascii_lowercase()))
}

/// `*`, or an ARN that may hold wildcards, but for its service.
fn resource(text: &str, element: &str, variables: bool) -> Result<ArnMatcher, PolicyError> {
    match ArnMatcher::parse(text, variables) {
        Ok(matcher) if matcher.service_is_open() => Err(PolicyError::element(
            element,
            format!("{text:?} must name its service without wildcards"),
            "Resource vendor must be fully qualified and cannot contain regexes.",
        )),
        Ok(matcher) => Ok(matcher),
        Err(ArnPatternError::Format) => {
            let malformed = format!("Resource {text} must be in ARN format or \"*\".");
            Err(PolicyError::element(element, format!("{text:?} must be an ARN or *"), malformed))
        }
        Err(ArnPatternError::Variable(error)) => Err(PolicyError::syntax(element, error.to_string())),
    }
}
