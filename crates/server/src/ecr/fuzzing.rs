//! Inputs of operations out of any bytes.

use serde_json::{Map, Value, json};

use super::inputs::decodes;
use super::model::{self, Operation, Shape};
use super::validate::validate;

/// Reads `bytes` as the input of an operation: as JSON if they are that, and as choices of what to put where.
///
/// # Panics
/// If an input is refused at length or for no reason, is not valid any more once found so, or cannot be read.
pub(crate) fn input(operation: usize, bytes: &[u8]) {
    let (own, public) = (model::ecr(), model::ecr_public());
    let number = operation % (own.len() + public.len());
    let operation = own.get(number).unwrap_or_else(|| &public[number - own.len()]);
    if let Ok(input) = serde_json::from_slice(bytes) {
        check(operation, input);
    }
    check(operation, drawn(operation.input, &mut bytes.iter().copied()));
}

fn check(operation: &Operation, input: Value) {
    // Nothing else gets as far as here.
    if !input.is_object() {
        return;
    }
    match validate(operation, input) {
        Err(error) => {
            assert!([operation.violation, "SerializationException"].contains(&error.code), "{error:?}");
            assert!((10..2000).contains(&error.message.len()), "{error:?}");
        }
        Ok(input) => {
            assert_eq!(validate(operation, input.clone()).as_ref(), Ok(&input));
            let own = model::ecr().iter().any(|other| std::ptr::eq(other, operation));
            if own && let Err(error) = decodes(operation.name, input) {
                assert!(error.message.starts_with("BASE64_VALUE"), "{}: {error:?}", operation.name);
            }
        }
    }
}

/// A value that is near to what a shape asks for.
fn drawn(shape: &Shape, choices: &mut impl Iterator<Item = u8>) -> Value {
    let choice = choices.next().unwrap_or(0);
    match (choice, shape) {
        (200..=209, _) => Value::Null,
        (210..=219, _) => json!(i64::from(choice)),
        (220..=229, _) => json!({ "unknown": choice }),
        (230..=239, _) => json!([choice]),
        (240..=244, _) => json!(choice.is_multiple_of(2)),
        (245..=249, _) => json!(1e300),
        (_, Shape::Structure(members)) => {
            let drawn = members.iter().map(|member| (member.name.to_owned(), drawn(member.shape, choices)));
            let mut object: Map<_, _> = drawn.collect();
            if choice > 150 {
                object.insert("unknown".to_owned(), json!([{}]));
            }
            Value::Object(object)
        }
        (_, Shape::List(member, range)) => {
            let most = usize::try_from(range.max.unwrap_or(3)).unwrap_or(3).min(8);
            (0..usize::from(choice) % (most + 2)).map(|_| drawn(member, choices)).collect()
        }
        (_, Shape::Text(text)) if !text.values.is_empty() && choice < 150 => {
            json!(text.values[usize::from(choice) % text.values.len()])
        }
        (_, Shape::Text(_) | Shape::Blob(_)) => {
            let bytes: Vec<u8> = choices.take(usize::from(choice)).collect();
            json!(String::from_utf8_lossy(&bytes))
        }
        (_, Shape::Number(_)) => json!(i64::from(choice) - 100),
        (_, Shape::Boolean) => json!(choice.is_multiple_of(2)),
    }
}
