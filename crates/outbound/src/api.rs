//! What a Plimsoll server answers the command line.

use crate::client::Request;
use crate::url::Url;
use crate::{Client, Credentials, OutboundError};

pub use crate::url::encode;

/// The longest answer, in bytes: the report of a very large image is some megabytes.
const MAX_ANSWER: u64 = 256 << 20;

/// Gets `path_and_query` of a server, such as `/api/v1/findings/team/app?reference=1.0`.
///
/// `server` is the server's URL; credentials in it are used where `credentials` are none.
///
/// # Errors
/// The server cannot be reached, or answers with anything but success; its own words are in the error.
pub fn get(
    client: &Client,
    server: &str,
    path_and_query: &str,
    credentials: Option<&Credentials>,
) -> Result<Vec<u8>, OutboundError> {
    ask(client, server, path_and_query, None, credentials)
}

/// Posts a JSON document to a path of a server, such as `/api/v1/tags/team/app`. It is for `server` alone.
///
/// # Errors
/// As of [`get`].
pub fn post(
    client: &Client,
    server: &str,
    path: &str,
    document: String,
    credentials: Option<&Credentials>,
) -> Result<Vec<u8>, OutboundError> {
    ask(client, server, path, Some(document), credentials)
}

fn ask(
    client: &Client,
    server: &str,
    path_and_query: &str,
    document: Option<String>,
    credentials: Option<&Credentials>,
) -> Result<Vec<u8>, OutboundError> {
    let (server, inner) = Url::parse(server)?;
    let credentials = credentials.or(inner.as_ref());
    let path = path_and_query.trim_start_matches('/');
    let what = path.split('?').next().unwrap_or_default();
    let what = what.strip_prefix("api/v1/").unwrap_or(what).replacen('/', " of ", 1);
    let mut request = Request::new(server.with_path(path), what)
        .header("accept", "application/json")
        .authorization(credentials.and_then(Credentials::basic));
    if let Some(document) = document {
        request = request.json(document);
    }
    let answer = client.send(&request)?;
    if answer.is_success() {
        answer.bytes(MAX_ANSWER)
    } else {
        Err(answer.into_error(credentials.map(Credentials::user)))
    }
}

#[cfg(test)]
mod tests;
