//! What an operator compares a value with.

use core::net::IpAddr;
use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::date::{self, Moment};
use super::decimal::Decimal;
use super::network::Network;
use crate::arn;
use crate::policy::context::Facts;
use crate::policy::matcher::{ArnMatcher, ArnPatternError, Matcher};
use crate::policy::variables::Dialect;

/// The values of a policy, one of which must match.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Text(Vec<Matcher>),
    /// Without regard to case: the matchers were made of lowercase texts.
    TextAnyCase(Vec<Matcher>),
    Number(Comparison, Vec<Decimal>),
    Date(Comparison, Vec<Moment>),
    Binary(Vec<Vec<u8>>),
    Address(Vec<Network>),
    Arn(Vec<ArnMatcher>),
    /// Whether the key is unknown; for the condition itself to look at.
    Null(Vec<bool>),
}

/// How the request's value stands to the policy's.
#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds<T: Ord>(self, value: &T, limit: &T) -> bool {
        match self {
            Self::Equal => value == limit,
            Self::Less => value < limit,
            Self::LessOrEqual => value <= limit,
            Self::Greater => value > limit,
            Self::GreaterOrEqual => value >= limit,
        }
    }

    fn read(name: &str) -> Option<Self> {
        match name {
            "equals" => Some(Self::Equal),
            "lessthan" => Some(Self::Less),
            "lessthanequals" => Some(Self::LessOrEqual),
            "greaterthan" => Some(Self::Greater),
            "greaterthanequals" => Some(Self::GreaterOrEqual),
            _ => None,
        }
    }
}

impl Test {
    /// Whether one of the policy's values matches the request's. A request's value of the wrong form matches none.
    pub(super) fn matches(&self, value: &str, facts: &Facts<'_>) -> bool {
        match self {
            Self::Text(matchers) => matchers.iter().any(|matcher| matcher.matches(value, facts)),
            Self::TextAnyCase(matchers) => {
                let value = lowercased(value);
                matchers.iter().any(|matcher| matcher.matches_lowercase(&value, facts))
            }
            Self::Number(comparison, limits) => {
                value.parse().is_ok_and(|number| limits.iter().any(|limit| comparison.holds(&number, limit)))
            }
            Self::Date(comparison, limits) => {
                date::parse(value).is_some_and(|moment| limits.iter().any(|limit| comparison.holds(&moment, limit)))
            }
            Self::Binary(values) => STANDARD.decode(value).is_ok_and(|bytes| values.contains(&bytes)),
            Self::Address(networks) => value
                .parse::<IpAddr>()
                .is_ok_and(|address| networks.iter().any(|network| network.contains(address.to_canonical()))),
            Self::Arn(matchers) => {
                let sections = arn::sections(value);
                matchers.iter().any(|matcher| matcher.matches(sections.as_ref(), facts))
            }
            Self::Null(_) => false,
        }
    }

    /// Reads the values for an operator; the error is the rule they break.
    pub(super) fn read(operator: &str, values: &[String], variables: bool) -> Result<Self, String> {
        let exact = Dialect { variables, wildcards: false };
        match operator {
            "stringequals" => Ok(Self::Text(matchers(values, exact)?)),
            "stringlike" => Ok(Self::Text(matchers(values, Dialect { variables, wildcards: true })?)),
            "stringequalsignorecase" => Ok(Self::TextAnyCase(matchers(&lowercase(values), exact)?)),
            "bool" => Ok(Self::TextAnyCase(matchers(&truths(values, variables)?, exact)?)),
            "null" => Ok(Self::Null(each(values, "true or false", lowercase_bool)?)),
            "binaryequals" => Ok(Self::Binary(each(values, "base64", |value| STANDARD.decode(value).ok())?)),
            "ipaddress" => Ok(Self::Address(each(values, "IP addresses or ranges such as 203.0.113.0/24", |value| {
                value.parse().ok()
            })?)),
            "arnlike" => Ok(Self::Arn(arns(values, variables)?)),
            other => compared(other, values),
        }
    }
}

fn compared(operator: &str, values: &[String]) -> Result<Test, String> {
    let by = |prefix| operator.strip_prefix(prefix).and_then(Comparison::read);
    if let Some(comparison) = by("numeric") {
        return Ok(Test::Number(comparison, each(values, "numbers", |value| value.parse().ok())?));
    }
    let comparison = by("date").ok_or("is not a condition operator")?;
    Ok(Test::Date(comparison, each(values, "dates such as 2025-06-30T12:00:00Z, or seconds since 1970", date::parse)?))
}

fn matchers(values: &[String], dialect: Dialect) -> Result<Vec<Matcher>, String> {
    values.iter().map(|value| Matcher::parse(value, dialect).map_err(|error| error.to_string())).collect()
}

fn arns(values: &[String], variables: bool) -> Result<Vec<ArnMatcher>, String> {
    values
        .iter()
        .map(|value| match ArnMatcher::parse(value, variables) {
            Ok(matcher) if matcher.whole() => Ok(matcher),
            Err(ArnPatternError::Variable(error)) => Err(error.to_string()),
            _ => Err(format!("must be ARNs of six parts, which {value:?} is not")),
        })
        .collect()
}

/// `true` and `false` in any case, or what a variable will say.
fn truths(values: &[String], variables: bool) -> Result<Vec<String>, String> {
    let values = lowercase(values);
    let truth = |value: &String| value == "true" || value == "false" || (variables && value.contains("${"));
    if values.iter().all(truth) { Ok(values) } else { Err("must be true or false".to_owned()) }
}

/// Lowercases what is not lowercase already, as most values are.
fn lowercased(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(value.to_lowercase())
    }
}

fn lowercase(values: &[String]) -> Vec<String> {
    values.iter().map(|value| value.to_lowercase()).collect()
}

fn lowercase_bool(value: &str) -> Option<bool> {
    value.to_ascii_lowercase().parse().ok()
}

fn each<T>(values: &[String], what: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    values.iter().map(|value| read(value).ok_or_else(|| format!("must be {what}, which {value:?} is not"))).collect()
}
