//! The shapes of requests and answers: camel case, absent members left out, times in seconds since the Unix epoch.
//!
//! An input is read after the model has found it valid, so that what reading can still refuse is base64 that is none; and
//! after the call was allowed, for which `registryId` has been read.

#![expect(clippy::struct_field_names, reason = "the model names the members")]

pub(crate) mod images;
pub(crate) mod layers;
pub(crate) mod lifecycle;
pub(crate) mod registry;
pub(crate) mod repositories;
pub(crate) mod scanning;
pub(crate) mod shared;
pub(crate) mod templates;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::error::EcrError;

/// Reads a valid input as its type.
pub(crate) fn decode<T: DeserializeOwned>(input: Value) -> Result<T, EcrError> {
    serde_json::from_value(input).map_err(|error| EcrError::serialization(error.to_string()))
}

/// Writes an answer.
pub(crate) fn encode<T: Serialize>(output: &T) -> Result<Value, EcrError> {
    serde_json::to_value(output).map_err(|error| EcrError::server(&error))
}

/// A moment, in milliseconds since the Unix epoch; on the wire in seconds, with a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Epoch(pub(crate) i64);

impl Serialize for Epoch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1000.0)
    }
}

/// Bytes; on the wire as base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blob(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(|_| D::Error::custom("BASE64_VALUE cannot be converted to Blob"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_seconds_with_milliseconds() {
        fn check(milliseconds: i64, expect: &str) {
            assert_eq!(serde_json::to_string(&Epoch(milliseconds)).unwrap(), expect);
        }
        check(0, "0.0");
        check(1_700_000_000_123, "1700000000.123");
        check(4_102_444_799_999, "4102444799.999");
    }

    #[test]
    fn bytes_are_base64() {
        assert_eq!(decode::<Blob>(json!("AP8=")).unwrap(), Blob(vec![0, 255]));
        assert_eq!(decode::<Blob>(json!("AP8")).unwrap_err().code, "SerializationException");
    }
}
