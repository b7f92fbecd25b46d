//! The header form: `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::date::Date;
use super::signed::Claim;
use super::{ALGORITHM, Request, SignatureError, canonical};

/// The longest `Authorization` header read, in bytes.
const MAX_HEADER: usize = 8 * 1024;

/// What the parameters of the header are.
#[derive(Default)]
struct Parameters<'a> {
    credential: Option<&'a str>,
    signed_headers: Option<&'a str>,
    signature: Option<&'a str>,
}

/// The claim of a request's `Authorization` header; `None` if it has no such header, or one of another scheme.
pub(super) fn claim(request: &Request<'_>) -> Result<Option<Claim>, SignatureError> {
    let signs = |value: &[u8]| value.trim_ascii_start().starts_with(b"AWS4-");
    if !request.values("authorization").any(signs) {
        return Ok(None);
    }
    let Some(header) = request.value("authorization")? else { return Ok(None) };
    if header.len() > MAX_HEADER {
        return Err(SignatureError::Incomplete("Authorization header is too long.".to_owned()));
    }
    let (algorithm, rest) = header.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((header, ""));
    if algorithm != ALGORITHM {
        return Err(SignatureError::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
    }
    let parameters = parameters(rest)?;
    let dated = date(request)?;
    let (Some(credential), Some(signed_headers), Some(signature), Some(date)) =
        (parameters.credential, parameters.signed_headers, parameters.signature, &dated)
    else {
        return Err(incomplete(&parameters, dated.is_some(), header));
    };
    Ok(Some(Claim {
        credential: credential.to_owned(),
        signed_headers: signed_headers.to_owned(),
        signature: signature.to_owned(),
        date: date.clone(),
        expires: None,
        token: request.value("x-amz-security-token")?.map(str::to_owned),
        query: canonical::parameters(request.query),
    }))
}

fn parameters(text: &str) -> Result<Parameters<'_>, SignatureError> {
    let mut parameters = Parameters::default();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            let message = "not a valid key=value pair (missing equal-sign) in Authorization header.";
            return Err(SignatureError::Incomplete(format!("'{pair}' {message}")));
        };
        let place = match key.trim() {
            "Credential" => &mut parameters.credential,
            "SignedHeaders" => &mut parameters.signed_headers,
            "Signature" => &mut parameters.signature,
            _ => continue,
        };
        if place.replace(value.trim()).is_some() {
            return Err(SignatureError::Incomplete(format!("Authorization header must not repeat '{}'.", key.trim())));
        }
    }
    Ok(parameters)
}

/// When the request was signed: `x-amz-date`, or else `Date`.
fn date(request: &Request<'_>) -> Result<Option<Date>, SignatureError> {
    let amz = request.value("x-amz-date")?;
    let Some(text) = amz.map_or_else(|| request.value("date"), |text| Ok(Some(text)))? else { return Ok(None) };
    let date = Date::from_basic(text).or_else(|| Date::from_http(text).filter(|_| amz.is_none()));
    date.map(Some).ok_or_else(|| malformed_date(text))
}

pub(super) fn malformed_date(text: &str) -> SignatureError {
    SignatureError::Incomplete(format!(
        "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
    ))
}

/// Names all that is missing at once, and the header by its hash alone, for it holds a signature.
fn incomplete(parameters: &Parameters<'_>, dated: bool, header: &str) -> SignatureError {
    let wanted = [
        (parameters.credential.is_some(), "'Credential' parameter."),
        (parameters.signature.is_some(), "'Signature' parameter."),
        (parameters.signed_headers.is_some(), "'SignedHeaders' parameter."),
        (dated, "existence of either a 'X-Amz-Date' or a 'Date' header."),
    ];
    let mut message = String::new();
    for (_, what) in wanted.into_iter().filter(|(there, _)| !there) {
        message.push_str("Authorization header requires ");
        message.push_str(what);
        message.push(' ');
    }
    message.push_str("(Hashed with SHA-256 and encoded with Base64) Authorization=");
    message.push_str(&STANDARD.encode(Sha256::digest(header.as_bytes())));
    SignatureError::Incomplete(message)
}
