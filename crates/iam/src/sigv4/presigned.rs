//! The query form: `X-Amz-Algorithm`, `-Credential`, `-Date`, `-Expires`, `-SignedHeaders`, `-Signature`.

use super::canonical::{self, Parameter};
use super::date::Date;
use super::header::malformed_date;
use super::signed::Claim;
use super::{ALGORITHM, Request, SignatureError};

/// The longest a presigned request may be good for, in seconds: a week.
const MAX_EXPIRES: u32 = 604_800;
/// The longest query read, in bytes.
const MAX_QUERY: usize = 64 * 1024;
/// How long a presigned request is good for that does not say, in seconds.
const DEFAULT_EXPIRES: u32 = 900;

/// The claim of a request's query; `None` if it has nothing of a signature.
pub(super) fn claim(request: &Request<'_>) -> Result<Option<Claim>, SignatureError> {
    // Most requests are not presigned, and nothing is decoded for them.
    if !request.query.contains("X-Amz-") || request.query.len() > MAX_QUERY {
        return Ok(None);
    }
    let mut query = canonical::parameters(request.query);
    let algorithm = take(&query, "X-Amz-Algorithm")?;
    let signature = take(&query, "X-Amz-Signature")?;
    if algorithm.is_none() && signature.is_none() {
        return Ok(None);
    }
    let credential = take(&query, "X-Amz-Credential")?;
    let date = take(&query, "X-Amz-Date")?;
    let signed_headers = take(&query, "X-Amz-SignedHeaders")?;
    let wanted = [&algorithm, &credential, &signature, &signed_headers, &date];
    let [Some(algorithm), Some(credential), Some(signature), Some(signed_headers), Some(date)] = wanted else {
        return Err(incomplete(wanted.map(Option::is_some)));
    };
    if algorithm != ALGORITHM {
        return Err(SignatureError::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
    }
    let expires = take(&query, "X-Amz-Expires")?;
    let token = take(&query, "X-Amz-Security-Token")?;
    query.retain(|(key, _)| key != b"X-Amz-Signature");
    Ok(Some(Claim {
        credential: credential.clone(),
        signed_headers: signed_headers.clone(),
        signature: signature.clone(),
        date: Date::from_basic(date).ok_or_else(|| malformed_date(date))?,
        expires: Some(lifetime(expires.as_deref())?),
        token,
        query,
    }))
}

/// The value of a parameter that may be there once.
fn take(query: &[Parameter], name: &str) -> Result<Option<String>, SignatureError> {
    let mut values = query.iter().filter(|(key, _)| key == name.as_bytes()).map(|(_, value)| value);
    let Some(value) = values.next() else { return Ok(None) };
    let text = String::from_utf8(value.clone()).ok().filter(|_| values.next().is_none());
    let malformed =
        || SignatureError::Incomplete(format!("AWS query-string parameter '{name}' is malformed or repeated."));
    text.map(Some).ok_or_else(malformed)
}

fn lifetime(expires: Option<&str>) -> Result<u32, SignatureError> {
    let Some(expires) = expires else { return Ok(DEFAULT_EXPIRES) };
    let digits = expires.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = expires.parse().ok().filter(|seconds| digits && (1..=MAX_EXPIRES).contains(seconds));
    seconds.ok_or_else(|| {
        SignatureError::Incomplete(format!("X-Amz-Expires must be a number of seconds between 1 and {MAX_EXPIRES}."))
    })
}

fn incomplete(there: [bool; 5]) -> SignatureError {
    let names = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];
    let mut message = String::new();
    for (name, _) in names.into_iter().zip(there).filter(|(_, there)| !there) {
        message.push_str("AWS query-string parameters must include '");
        message.push_str(name);
        message.push_str("'. ");
    }
    message.push_str("Re-examine the query-string parameters.");
    SignatureError::Incomplete(message)
}
