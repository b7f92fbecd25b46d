//! The logos of public repositories: `GET /logos/<account>/<name>`, for everyone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, StatusCode};
use plimsoll_registry::{RegistryError, Repository};

use crate::http::{Body, Request, Response};
use crate::state::State;

/// What the path of a logo begins with.
pub(crate) const PREFIX: &str = "/logos/";

const TEXT: &str = "text/plain; charset=utf-8";

/// Where the logo of a repository is found.
pub(super) fn url(base_url: &str, repository: &Repository) -> String {
    format!("{base_url}{PREFIX}{}/{}", repository.account, repository.name)
}

/// Answers a request of a logo.
pub(crate) fn answer(state: &State, request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return respond(StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET is possible here\n");
    }
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    match repository(path).map_or(Ok(None), |repository| logo(state, &repository)) {
        Ok(Some(logo)) => respond(StatusCode::OK, media_type(&logo), logo),
        Ok(None) | Err(RegistryError::RepositoryUnknown) => {
            respond(StatusCode::NOT_FOUND, TEXT, "there is no such logo\n")
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a logo could not be sent");
            respond(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the registry failed; its log says why\n")
        }
    }
}

fn repository(path: &str) -> Option<Repository> {
    let (account, name) = path.split_once('/')?;
    Some(Repository::public(account.parse().ok()?, name.parse().ok()?))
}

fn logo(state: &State, repository: &Repository) -> Result<Option<Bytes>, RegistryError> {
    let logo = state.registry.catalog_data(repository)?.and_then(|data| data.logo);
    Ok(logo.and_then(|logo| STANDARD.decode(logo).ok()).map(Bytes::from))
}

/// The type of an image by its first bytes. What is none that browsers show harmlessly is a heap of bytes.
fn media_type(logo: &[u8]) -> &'static str {
    match logo {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => "application/octet-stream",
    }
}

fn respond(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-cache"),
        // Whoever may put a logo must not be able to put a page here.
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logos_are_known_by_their_first_bytes() {
        fn check(logo: &[u8], expect: &str) {
            assert_eq!(media_type(logo), expect, "{logo:?}");
        }
        check(b"\x89PNG\r\n\x1a\nrest", "image/png");
        check(b"\xff\xd8\xff\xe0rest", "image/jpeg");
        check(b"GIF89a", "image/gif");
        check(b"RIFF\x01\x02\x03\x04WEBPVP8", "image/webp");
        check(b"<svg onload='x'/>", "application/octet-stream");
        check(b"<html>", "application/octet-stream");
        check(b"\x89PNG", "application/octet-stream");
        check(b"", "application/octet-stream");
    }

    #[test]
    fn paths_name_public_repositories() {
        fn check(path: &str, expect: Option<&str>) {
            let url = repository(path).map(|repository| url("http://host", &repository));
            assert_eq!(url.as_deref(), expect, "{path}");
        }
        check("111122223333/team/app", Some("http://host/logos/111122223333/team/app"));
        check("111122223333", None);
        check("111122223333/", None);
        check("11112222333/app", None);
        check("111122223333/../app", None);
        check("", None);
    }
}
