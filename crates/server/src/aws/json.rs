//! JSON 1.1: an operation named by `X-Amz-Target`, its input and output as JSON objects.

use hyper::body::Incoming;
use plimsoll_iam::sigv4::Protocol;
use serde_json::{Map, Value};

use super::authentication::{self, Refused};
use super::{Call, From, TARGET, Unread, collect, respond};
use crate::ecr::api::Api;
use crate::ecr::{self, EcrError};
use crate::ecr_public;
use crate::http::{Received, Response};

/// The longest body of `UploadLayerPart`: the largest part in base64, and the rest of the input.
const MAX_PART_BODY: usize = 32 * 1024 * 1024;
/// The longest body of any other operation: the largest manifest with every character escaped, and the rest of the input.
const MAX_BODY: usize = 10 * 1024 * 1024;
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// What speaks JSON 1.1.
static APIS: [&Api; 2] = [&ecr::API, &ecr_public::API];

/// The API and the operation that a target names.
fn of_target(target: &str) -> Option<(&'static Api, &str)> {
    let (prefix, operation) = target.split_once('.')?;
    let api = APIS.into_iter().find(|api| api.target == prefix)?;
    Some((api, operation))
}

pub(super) async fn answer(from: From<'_>, body: Incoming) -> (&'static str, Response) {
    let target = from.parts.headers.get(TARGET).and_then(|target| target.to_str().ok()).unwrap_or_default().to_owned();
    let Some((api, operation)) = of_target(&target).filter(|_| is_json(&from)) else {
        Received::new(body).discard().await;
        return ("aws", encode(Err(EcrError::unknown_operation())));
    };
    (api.service(), encode(dispatch(&from, body, api, operation).await))
}

async fn dispatch(from: &From<'_>, body: Incoming, api: &Api, operation: &str) -> Result<Value, EcrError> {
    let claimed = match authentication::claim(from, api.service()) {
        Ok(claimed) => claimed,
        Err(error) => {
            Received::new(body).discard().await;
            return Err(refused(error));
        }
    };
    let limit = if operation == "UploadLayerPart" { MAX_PART_BODY } else { MAX_BODY };
    let body = collect(body, limit).await.map_err(|unread| match unread {
        Unread::TooLarge => too_large(limit),
        Unread::Aborted => EcrError::serialization("The body of the request did not arrive in full."),
    })?;
    let sender = claimed.verify(from, &body).map_err(refused)?;
    let call = Call::new(from, sender);
    let input = input(&body)?;
    api.answer(&call, operation, input).await
}

/// Whether the content type is JSON's, or missing, as scripts leave it.
fn is_json(from: &From<'_>) -> bool {
    let content_type = from.parts.headers.get(hyper::header::CONTENT_TYPE);
    let media = content_type.map_or(Ok(CONTENT_TYPE), |value| value.to_str()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    ["application/x-amz-json-1.1", "application/x-amz-json-1.0", "application/json"].contains(&media)
}

/// The input, an object; nothing at all is the empty one.
fn input(body: &[u8]) -> Result<Value, EcrError> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(input @ Value::Object(_)) => Ok(input),
        Ok(_) => Err(EcrError::serialization("The body of the request is not a JSON object.")),
        Err(error) => Err(EcrError::serialization(format!("The body of the request is not JSON: {error}."))),
    }
}

fn refused(refused: Refused) -> EcrError {
    match refused {
        Refused::Signature(error) => EcrError::new(error.code(Protocol::Json), error.message(Protocol::Json)),
        Refused::Failed(error) => EcrError::from(error),
    }
}

const TOO_LARGE: &str = "RequestEntityTooLargeException";

fn too_large(limit: usize) -> EcrError {
    EcrError::new(TOO_LARGE, format!("The body of the request must not be longer than {limit} bytes."))
}

fn encode(answer: Result<Value, EcrError>) -> Response {
    let (status, body) = match answer {
        Ok(output) => (200, output),
        Err(error) => {
            let status = if error.is_fault() {
                500
            } else if error.code == TOO_LARGE {
                413
            } else {
                400
            };
            let mut members = error.members;
            members.insert("__type".to_owned(), error.code.into());
            members.insert("message".to_owned(), error.message.into());
            (status, Value::Object(members))
        }
    };
    respond(status, CONTENT_TYPE, body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_name_service_and_operation() {
        fn check(target: &str, expect: Option<(&str, &str)>) {
            assert_eq!(of_target(target).map(|(api, operation)| (api.service(), operation)), expect, "{target}");
        }
        check("AmazonEC2ContainerRegistry_V20150921.PutImage", Some(("ecr", "PutImage")));
        check("SpencerFrontendService.DescribeRegistries", Some(("ecr-public", "DescribeRegistries")));
        check("AmazonEC2ContainerRegistry_V20150921.", Some(("ecr", "")));
        check("AmazonEC2ContainerRegistry_V20150921", None);
        check("DynamoDB_20120810.ListTables", None);
        check("", None);
    }

    #[test]
    fn inputs_are_objects() {
        fn check(body: &str, expect: Result<Value, &str>) {
            let read = input(body.as_bytes()).map_err(|error| error.code);
            assert_eq!(read, expect, "{body}");
        }
        check("", Ok(serde_json::json!({})));
        check("{\"a\": [1]}", Ok(serde_json::json!({"a": [1]})));
        for bad in ["[]", "1", "null", "{", "{\"a\":}", "a=b", "{} {}", &"[".repeat(100_000)] {
            check(bad, Err("SerializationException"));
        }
    }
}
