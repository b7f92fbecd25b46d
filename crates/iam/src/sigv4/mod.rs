//! AWS Signature Version 4, verified: in the `Authorization` header, and in the query of a presigned URL.
//!
//! Two steps, because the secret is looked up between them: [`parse`] says whose signature it is, [`Signed::verify`]
//! whether it is right. How access key ids look does not matter here.

mod canonical;
mod date;
mod error;
mod header;
mod presigned;
mod signed;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;

pub use canonical::{Parameter, parameters};
pub use error::{Protocol, SignatureError};
pub use signed::{Body, Scope, Signed};

/// The one algorithm.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a request says that its signature may cover, as it was sent.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// The query, without the question mark; empty for none.
    pub query: &'a str,
    /// The headers in the order they came in; names in any case.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> Request<'a> {
    /// The values of a header.
    fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers.iter().filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The value of a header that may be there once, without the spaces around it.
    fn value(&self, name: &str) -> Result<Option<&'a str>, SignatureError> {
        let mut values = self.values(name);
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(SignatureError::Incomplete(format!("Header '{name}' must not be repeated.")));
        }
        let text = std::str::from_utf8(value)
            .map_err(|_| SignatureError::Incomplete(format!("Header '{name}' must be text.")))?;
        Ok(Some(text.trim()))
    }
}

/// Reads the signature of a request; `None` for a request that is not signed in this way.
///
/// # Errors
/// [`SignatureError::Incomplete`] for a signature that lacks something or is malformed, and [`SignatureError::Refused`] for
/// one that does not cover what it has to: the host and every `x-amz-` header but the session token.
pub fn parse(request: &Request<'_>) -> Result<Option<Signed>, SignatureError> {
    let claim = match header::claim(request)? {
        Some(claim) => Some(claim),
        None => presigned::claim(request)?,
    };
    claim.map(|claim| Signed::new(request, claim)).transpose()
}
