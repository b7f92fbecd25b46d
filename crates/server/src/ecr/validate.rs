//! Input against the model: the first thing wrong with it, as Amazon ECR words it.
//!
//! Types come before constraints, as the service reads the whole request before it looks at any value. Members the model
//! does not know are ignored, and `null` is absence.

#[cfg(test)]
mod walk;

use serde_json::Value;

use super::error::EcrError;
use super::model::{Operation, Pattern, Range, Shape, Text, matches};

/// Checks the input of an operation, and gives what the model knows of it.
///
/// Nothing of the rest may have an effect, least of all on what the caller is allowed: conditions ask for the tags of a
/// request, and an operation that takes none must not be given any.
pub(crate) fn validate(operation: &Operation, input: Value) -> Result<Value, EcrError> {
    types(operation.input, &input).map_err(EcrError::serialization)?;
    constraints(operation.input, &input, "")
        .map_err(|Violation { field, constraint }| EcrError::violation(operation.violation, &field, &constraint))?;
    Ok(known(operation.input, input))
}

/// A value without the members that its shape has not.
fn known(shape: &Shape, value: Value) -> Value {
    match (shape, value) {
        (Shape::Structure(members), Value::Object(mut object)) => members
            .iter()
            .filter_map(|member| Some((member.name.to_owned(), known(member.shape, object.remove(member.name)?))))
            .collect(),
        (Shape::List(member, _), Value::Array(values)) => {
            values.into_iter().map(|value| known(member, value)).collect()
        }
        (_, value) => value,
    }
}

/// What is wrong with a value, and where.
struct Violation {
    field: String,
    constraint: String,
}

/// Checks that every value is of its type; the error is the text.
fn types(shape: &Shape, value: &Value) -> Result<(), String> {
    match (shape, value) {
        (_, Value::Null) | (Shape::Text(_) | Shape::Blob(_), Value::String(_)) | (Shape::Boolean, Value::Bool(_)) => {
            Ok(())
        }
        (Shape::Structure(members), Value::Object(object)) => members
            .iter()
            .filter_map(|member| Some((member.shape, object.get(member.name)?)))
            .try_for_each(|(shape, value)| types(shape, value)),
        (Shape::List(member, _), Value::Array(values)) => values.iter().try_for_each(|value| types(member, value)),
        (Shape::Number(_), Value::Number(number)) if number.is_i64() => Ok(()),
        (shape, value) => Err(mistyped(shape, value)),
    }
}

fn mistyped(shape: &Shape, value: &Value) -> String {
    let wanted = match shape {
        Shape::Text(_) => "String",
        Shape::Number(_) => "Long",
        Shape::Boolean => "Boolean",
        Shape::Blob(_) => "Blob",
        Shape::Structure(_) | Shape::List(..) => "",
    };
    match value {
        Value::Object(_) => "Start of structure or map found where not expected".to_owned(),
        Value::Array(_) => "Start of list found where not expected".to_owned(),
        _ if wanted.is_empty() => "Unexpected field type".to_owned(),
        Value::String(_) => format!("STRING_VALUE cannot be converted to {wanted}"),
        Value::Bool(true) => format!("TRUE_VALUE cannot be converted to {wanted}"),
        Value::Bool(false) => format!("FALSE_VALUE cannot be converted to {wanted}"),
        Value::Number(_) | Value::Null => format!("NUMBER_VALUE cannot be converted to {wanted}"),
    }
}

/// Checks the constraints of a value whose type is right.
fn constraints(shape: &Shape, value: &Value, field: &str) -> Result<(), Violation> {
    match (shape, value) {
        (Shape::Structure(members), Value::Object(_)) => {
            for member in *members {
                let field = if field.is_empty() { member.name.to_owned() } else { format!("{field}.{}", member.name) };
                match &value[member.name] {
                    Value::Null if member.required => return Err(violation(&field, "Member must not be null")),
                    Value::Null => {}
                    value => constraints(member.shape, value, &field)?,
                }
            }
            Ok(())
        }
        (Shape::List(member, range), Value::Array(values)) => list(member, *range, values, field),
        (Shape::Text(text), Value::String(value)) => self::text(*text, value, field),
        (Shape::Number(range), value) => match value.as_i64() {
            Some(number) => {
                within(*range, number, "value").map_err(|broken| violation(field, &format!("Member {broken}")))
            }
            None => Ok(()),
        },
        (Shape::Blob(range), Value::String(value)) => within(*range, decoded_length(value), "length")
            .map_err(|broken| violation(field, &format!("Member {broken}"))),
        _ => Ok(()),
    }
}

fn list(member: &Shape, range: Range, values: &[Value], field: &str) -> Result<(), Violation> {
    within(range, length(values.len()), "length").map_err(|broken| violation(field, &format!("Member {broken}")))?;
    for (index, value) in values.iter().enumerate() {
        match (member, value) {
            (_, Value::Null) => {
                return Err(violation(field, "Member must satisfy constraint: [Member must not be null]"));
            }
            (Shape::Text(text), Value::String(value)) => self::text(*text, value, "").map_err(|inner| match inner {
                Violation { field, constraint } if !field.is_empty() => Violation { field, constraint },
                Violation { constraint, .. } => {
                    violation(field, &format!("Member must satisfy constraint: [{constraint}]"))
                }
            })?,
            _ => constraints(member, value, &format!("{field}.{}.member", index + 1))?,
        }
    }
    Ok(())
}

fn text(text: Text, value: &str, field: &str) -> Result<(), Violation> {
    // The names of repositories are checked by the service itself, wherever they stand, and so with words of their own.
    let own = matches!(text.pattern, Some(Pattern::RepositoryName | Pattern::PublicRepositoryName));
    let (field, subject) = if own { ("repositoryName", "") } else { (field, "Member ") };
    let broken = |rule: String| violation(field, &format!("{subject}{rule}"));
    within(text.length, length(value.encode_utf16().count()), "length").map_err(broken)?;
    if let Some(pattern) = text.pattern
        && !matches(pattern, value)
    {
        let written = pattern.text().replace("\\/", "/");
        let own = own || (pattern == Pattern::RegistryId && field == "registryId");
        return Err(if own {
            violation(field, &format!("must satisfy regular expression '{written}'"))
        } else {
            violation(field, &format!("Member must satisfy regular expression pattern: {written}"))
        });
    }
    if !text.values.is_empty() && !text.values.contains(&value) {
        return Err(violation(field, &format!("Member must satisfy enum value set: [{}]", text.values.join(", "))));
    }
    Ok(())
}

/// Checks a length, count or value; the error is the rule that is broken.
fn within(range: Range, number: i64, what: &str) -> Result<(), String> {
    match range {
        Range { min: Some(min), .. } if number < min => Err(format!("must have {what} greater than or equal to {min}")),
        Range { max: Some(max), .. } if number > max => Err(format!("must have {what} less than or equal to {max}")),
        _ => Ok(()),
    }
}

/// How many bytes base64 stands for. Whether it is base64 is seen when it is decoded.
fn decoded_length(base64: &str) -> i64 {
    length(base64.trim_end_matches('=').len()) * 3 / 4
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn violation(field: &str, constraint: &str) -> Violation {
    Violation { field: field.to_owned(), constraint: constraint.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ecr::model;

    fn said(operation: &str, input: &Value) -> String {
        let operation = model::ecr().iter().find(|known| known.name == operation).unwrap();
        validate(operation, input.clone())
            .map_or_else(|error| format!("{}: {}", error.code, error.message), |_| "ok".to_owned())
    }

    #[test]
    fn constraints_are_worded_as_by_the_service() {
        fn check(operation: &str, input: Value, field: &str, constraint: &str) {
            let expect = format!(
                "InvalidParameterException: Invalid parameter at '{field}' failed to satisfy constraint: '{constraint}'"
            );
            assert_eq!(said(operation, &input), expect, "{operation} {input}");
        }
        let name =
            r"must satisfy regular expression '[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*'";
        check("CreateRepository", json!({}), "repositoryName", "Member must not be null");
        check("CreateRepository", json!({ "repositoryName": null }), "repositoryName", "Member must not be null");
        check("CreateRepository", json!({ "repositoryName": "Bad_Name!" }), "repositoryName", name);
        check(
            "CreateRepository",
            json!({ "repositoryName": "a" }),
            "repositoryName",
            "must have length greater than or equal to 2",
        );
        check(
            "CreateRepository",
            json!({ "repositoryName": "a".repeat(257) }),
            "repositoryName",
            "must have length less than or equal to 256",
        );
        check("DescribeRepositories", json!({ "repositoryNames": ["ok", "NO"] }), "repositoryName", name);
        check(
            "DescribeRepositories",
            json!({ "registryId": "1" }),
            "registryId",
            "must satisfy regular expression '[0-9]{12}'",
        );
        check(
            "DescribeRepositories",
            json!({ "maxResults": 1001 }),
            "maxResults",
            "Member must have value less than or equal to 1000",
        );
        check(
            "DescribeRepositories",
            json!({ "maxResults": 0 }),
            "maxResults",
            "Member must have value greater than or equal to 1",
        );
        check(
            "GetAuthorizationToken",
            json!({ "registryIds": ["123"] }),
            "registryIds",
            "Member must satisfy constraint: [Member must satisfy regular expression pattern: [0-9]{12}]",
        );
        check(
            "BatchDeleteImage",
            json!({ "repositoryName": "app", "imageIds": vec![json!({ "imageTag": "x" }); 101] }),
            "imageIds",
            "Member must have length less than or equal to 100",
        );
        check(
            "BatchDeleteImage",
            json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "x" }, { "imageTag": "" }] }),
            "imageIds.2.member.imageTag",
            "Member must have length greater than or equal to 1",
        );
        check(
            "CreateRepository",
            json!({ "repositoryName": "app", "imageTagMutability": "SOMETIMES" }),
            "imageTagMutability",
            "Member must satisfy enum value set: [MUTABLE, IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION]",
        );
        check(
            "CreateRepository",
            json!({ "repositoryName": "app", "tags": [{ "Key": "a" }] }),
            "tags.1.member.Value",
            "Member must not be null",
        );
    }

    #[test]
    fn types_come_before_constraints() {
        fn check(input: Value, expect: &str) {
            assert_eq!(said("CreateRepository", &input), format!("SerializationException: {expect}"), "{input}");
        }
        check(json!({ "repositoryName": 7 }), "NUMBER_VALUE cannot be converted to String");
        check(json!({ "repositoryName": true }), "TRUE_VALUE cannot be converted to String");
        check(json!({ "repositoryName": {} }), "Start of structure or map found where not expected");
        check(json!({ "tags": {} }), "Start of structure or map found where not expected");
        check(json!({ "tags": ["x"], "repositoryName": "BAD" }), "Unexpected field type");
        check(json!({ "tags": "x" }), "Unexpected field type");
        check(json!([]), "Start of list found where not expected");
        check(
            json!({ "imageScanningConfiguration": { "scanOnPush": "yes" } }),
            "STRING_VALUE cannot be converted to Boolean",
        );
    }

    #[test]
    fn what_is_right_passes() {
        fn check(operation: &str, input: Value) {
            assert_eq!(said(operation, &input), "ok", "{operation} {input}");
        }
        check("DescribeRegistry", json!({}));
        check("CreateRepository", json!({ "repositoryName": "a/b", "unknown": { "x": [1] }, "tags": null }));
        check("DescribeRepositories", json!({ "maxResults": 1000, "repositoryNames": ["ab"] }));
        check("CreateRepository", json!({ "repositoryName": "ab", "tags": [{ "Key": "ä", "Value": "" }] }));
        let part = |bytes: usize| {
            let text = "A".repeat(bytes.div_ceil(3) * 4);
            json!({ "repositoryName": "ab", "uploadId": "01234567-89ab-cdef-0123-456789abcdef", "partFirstByte": 0,
                "partLastByte": 1, "layerPartBlob": text })
        };
        check("UploadLayerPart", part(20_971_518));
        assert!(said("UploadLayerPart", &part(20_971_523)).contains("length less than or equal to 20971520"));
    }
}
