//! Conditions: when a statement applies.

pub(super) mod date;
mod decimal;
mod network;
mod test;

use serde_json::Value;

use self::test::Test;
use super::PolicyError;
use super::context::Facts;

/// One operator applied to one key. All conditions of a statement must hold.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// The key, lowercased.
    key: String,
    quantifier: Quantifier,
    /// `…IfExists`: holds where the key is not known.
    if_exists: bool,
    /// `…Not…`: holds for values that the test does not match.
    negated: bool,
    test: Test,
}

/// Which of a key's values must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    /// No set operator: the one value; if there are several all the same, one of them, or for a negated operator all.
    Plain,
    /// `ForAllValues`: each one, of which there may be none.
    All,
    /// `ForAnyValue`: at least one.
    Any,
}

impl Condition {
    /// The key it looks at, lowercased.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether the condition holds.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        let values = facts.values(&self.key);
        if let Test::Null(expected) = &self.test {
            return expected.contains(&values.is_empty());
        }
        if self.finds_nothing(values) {
            return self.if_exists || self.holds_without_values();
        }
        let matches = |value: &String| self.test.matches(value, facts);
        match self.quantifier {
            Quantifier::Plain => values.iter().any(matches) != self.negated,
            Quantifier::All => values.iter().all(|value| matches(value) != self.negated),
            Quantifier::Any => values.iter().any(|value| matches(value) != self.negated),
        }
    }

    /// To set operators a set of empty strings is as good as none.
    fn finds_nothing(&self, values: &[String]) -> bool {
        match self.quantifier {
            Quantifier::Plain => values.is_empty(),
            Quantifier::All | Quantifier::Any => values.iter().all(String::is_empty),
        }
    }

    fn holds_without_values(&self) -> bool {
        match self.quantifier {
            Quantifier::Plain => self.negated,
            Quantifier::All => true,
            Quantifier::Any => false,
        }
    }

    /// Reads a `Condition` element: operators, in each keys, for each values.
    pub(super) fn read_all(block: &Value, element: &str, variables: bool) -> Result<Vec<Self>, PolicyError> {
        let Value::Object(operators) = block else {
            return Err(PolicyError::syntax(element, "must be an object of operators"));
        };
        let mut conditions = Vec::new();
        for (name, keys) in operators {
            let element = format!("{element}.{name}");
            let operator = Operator::read(name).ok_or_else(|| {
                PolicyError::element(
                    &element,
                    "is not a condition operator",
                    format!("Invalid Condition type : {name}"),
                )
            })?;
            let Value::Object(keys) = keys else {
                return Err(PolicyError::syntax(&element, "must be an object of condition keys"));
            };
            for (key, values) in keys {
                let element = format!("{element}.{key}");
                conditions.push(operator.condition(key, &scalars(values, &element)?, &element, variables)?);
            }
        }
        Ok(conditions)
    }
}

/// An operator's name, taken apart.
#[derive(Clone, Debug)]
struct Operator {
    quantifier: Quantifier,
    /// The name without what comes before and after, lowercased, and without `Not`.
    base: &'static str,
    negated: bool,
    if_exists: bool,
}

/// The operators: those that are negations, with what they negate.
const OPERATORS: [(&str, &str, bool); 27] = [
    ("stringequals", "stringequals", false),
    ("stringnotequals", "stringequals", true),
    ("stringequalsignorecase", "stringequalsignorecase", false),
    ("stringnotequalsignorecase", "stringequalsignorecase", true),
    ("stringlike", "stringlike", false),
    ("stringnotlike", "stringlike", true),
    ("numericequals", "numericequals", false),
    ("numericnotequals", "numericequals", true),
    ("numericlessthan", "numericlessthan", false),
    ("numericlessthanequals", "numericlessthanequals", false),
    ("numericgreaterthan", "numericgreaterthan", false),
    ("numericgreaterthanequals", "numericgreaterthanequals", false),
    ("dateequals", "dateequals", false),
    ("datenotequals", "dateequals", true),
    ("datelessthan", "datelessthan", false),
    ("datelessthanequals", "datelessthanequals", false),
    ("dategreaterthan", "dategreaterthan", false),
    ("dategreaterthanequals", "dategreaterthanequals", false),
    ("bool", "bool", false),
    ("binaryequals", "binaryequals", false),
    ("ipaddress", "ipaddress", false),
    ("notipaddress", "ipaddress", true),
    ("arnequals", "arnlike", false),
    ("arnnotequals", "arnlike", true),
    ("arnlike", "arnlike", false),
    ("arnnotlike", "arnlike", true),
    ("null", "null", false),
];

impl Operator {
    fn read(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (quantifier, rest) = match name.split_once(':') {
            None => (Quantifier::Plain, name.as_str()),
            Some(("forallvalues", rest)) => (Quantifier::All, rest),
            Some(("foranyvalue", rest)) => (Quantifier::Any, rest),
            Some(_) => return None,
        };
        let (rest, if_exists) = rest.strip_suffix("ifexists").map_or((rest, false), |rest| (rest, true));
        let (_, base, negated) = OPERATORS.into_iter().find(|(known, ..)| *known == rest)?;
        // Null asks whether the key exists, so that neither of these would mean anything.
        let meaningless = base == "null" && (if_exists || quantifier != Quantifier::Plain);
        (!meaningless).then_some(Self { quantifier, base, negated, if_exists })
    }

    fn condition(
        &self,
        key: &str,
        values: &[String],
        element: &str,
        variables: bool,
    ) -> Result<Condition, PolicyError> {
        if !key.contains(':') {
            let malformed = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
            return Err(PolicyError::element(element, "must be a service, a colon and a key", malformed));
        }
        Ok(Condition {
            key: key.to_lowercase(),
            quantifier: self.quantifier,
            if_exists: self.if_exists,
            negated: self.negated,
            test: Test::read(self.base, values, variables).map_err(|rule| PolicyError::syntax(element, rule))?,
        })
    }
}

/// One value or several, as text.
fn scalars(values: &Value, element: &str) -> Result<Vec<String>, PolicyError> {
    let list = match values {
        Value::Array(values) if values.is_empty() => {
            return Err(PolicyError::syntax(element, "must hold at least one value"));
        }
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    list.iter()
        .map(|value| match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(truth) => Ok(truth.to_string()),
            _ => Err(PolicyError::syntax(element, "must be strings, numbers or booleans")),
        })
        .collect()
}
