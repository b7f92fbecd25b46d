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
    ask(client, server, path_and_query, |request| request, credentials)
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
    ask(client, server, path, |request| request.json(document), credentials)
}

/// Deletes what is at a path of a server, such as `/api/v1/exceptions/0123`.
///
/// # Errors
/// As of [`get`].
pub fn delete(
    client: &Client,
    server: &str,
    path: &str,
    credentials: Option<&Credentials>,
) -> Result<Vec<u8>, OutboundError> {
    ask(client, server, path, Request::delete, credentials)
}

fn ask(
    client: &Client,
    server: &str,
    path_and_query: &str,
    change: impl FnOnce(Request) -> Request,
    credentials: Option<&Credentials>,
) -> Result<Vec<u8>, OutboundError> {
    let (server, inner) = Url::parse(server)?;
    let credentials = credentials.or(inner.as_ref());
    let path = path_and_query.trim_start_matches('/');
    let what = path.split('?').next().unwrap_or_default();
    let what = what.strip_prefix("api/v1/").unwrap_or(what).replacen('/', " of ", 1);
    let request = Request::new(server.with_path(path), what)
        .header("accept", "application/json")
        .authorization(credentials.and_then(Credentials::basic));
    let answer = client.send(&change(request))?;
    if answer.is_success() {
        answer.bytes(MAX_ANSWER)
    } else {
        Err(answer.into_error(credentials.map(Credentials::user)))
    }
}

#[cfg(test)]
mod tests;
