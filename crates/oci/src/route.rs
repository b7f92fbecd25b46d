//! The routes of the distribution protocol: what a method and a path ask for.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::{Algorithm, Digest, DigestError, NameError, Reference, RepositoryName, Tag};

/// The most tags one manifest push may set by `?tag=` parameters.
const MAX_TAG_PARAMETERS: usize = 100;

/// What a request asks of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `GET /v2/`: is this a registry, and am I let in?
    Base,
    /// `GET /v2/_catalog`: which repositories are there?
    Catalog(Page),
    /// Something of one repository.
    Repository {
        /// The repository.
        name: RepositoryName,
        /// What is asked of it.
        action: Action,
    },
}

/// What a request asks of one repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `GET …/tags/list`
    ListTags(Page),
    /// `GET …/manifests/<reference>`
    GetManifest(Reference),
    /// `HEAD …/manifests/<reference>`
    HeadManifest(Reference),
    /// `PUT …/manifests/<reference>`, with the tags of its `tag` parameters
    PutManifest {
        /// The tag or digest to store under.
        reference: Reference,
        /// Further tags to set.
        tags: Vec<Tag>,
    },
    /// `DELETE …/manifests/<reference>`
    DeleteManifest(Reference),
    /// `GET …/blobs/<digest>`
    GetBlob(Digest),
    /// `HEAD …/blobs/<digest>`
    HeadBlob(Digest),
    /// `DELETE …/blobs/<digest>`
    DeleteBlob(Digest),
    /// `POST …/blobs/uploads/`
    StartUpload(Start),
    /// `GET …/blobs/uploads/<id>`
    UploadStatus(UploadId),
    /// `PATCH …/blobs/uploads/<id>`
    AppendUpload(UploadId),
    /// `PUT …/blobs/uploads/<id>?digest=<digest>`
    FinishUpload(UploadId, Digest),
    /// `DELETE …/blobs/uploads/<id>`
    CancelUpload(UploadId),
    /// `GET …/referrers/<digest>`
    ListReferrers {
        /// The subject.
        subject: Digest,
        /// Only referrers of this type.
        artifact_type: Option<String>,
    },
}

/// How an upload starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// An upload session, hashing with the algorithm the client announced.
    Session(Algorithm),
    /// The whole blob is in the body.
    Monolithic(Digest),
    /// The blob is taken from another repository if it is there; else a session starts.
    Mount {
        /// The blob.
        digest: Digest,
        /// Where it is; none leaves it to the registry to find it.
        from: Option<RepositoryName>,
    },
}

/// A page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The most entries wanted.
    pub limit: Option<usize>,
    /// The entry after which to go on.
    pub last: Option<String>,
}

/// The identity of an upload session: a UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UploadId(u128);

impl UploadId {
    /// An id from 16 random bytes, marked as a version 4 UUID.
    pub fn from_random(random: [u8; 16]) -> Self {
        let value = u128::from_be_bytes(random);
        Self(value & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62)
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl fmt::Debug for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for UploadId {
    type Err = RouteError;

    fn from_str(text: &str) -> Result<Self, RouteError> {
        let hex: String = text.split('-').collect();
        let value = u128::from_str_radix(&hex, 16).map_err(|_| RouteError::UploadUnknown)?;
        let id = Self(value);
        if id.to_string() == text { Ok(id) } else { Err(RouteError::UploadUnknown) }
    }
}

/// Why a request is not one of the protocol's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The path is none of the protocol's.
    #[error("no such endpoint")]
    NotFound,
    /// The path is one of the protocol's, the method is not.
    #[error("the method is not allowed here")]
    MethodNotAllowed,
    /// The repository name is malformed.
    #[error("{0}")]
    Name(NameError),
    /// A tag to be written is malformed.
    #[error("{0}")]
    Tag(NameError),
    /// A tag to be read or deleted is malformed, so that no manifest can have it.
    #[error("there is no such manifest: {0}")]
    ManifestUnknown(NameError),
    /// A digest is malformed or of an unknown algorithm.
    #[error("{0}")]
    Digest(#[from] DigestError),
    /// The closing request of an upload has no `digest` parameter.
    #[error("the request that closes an upload must name the blob's digest: ?digest=<digest>")]
    DigestMissing,
    /// The upload id is not one this registry gives out.
    #[error("there is no such upload")]
    UploadUnknown,
    /// The `n` parameter is not a number.
    #[error("the parameter 'n' must be a whole number")]
    Pagination,
    /// More `tag` parameters than one request may carry.
    #[error("a manifest push may set at most 100 tags")]
    TooManyTags,
}

/// Finds what `method` on `path` with `query` asks for. The path is taken as sent: nothing in it is percent-decoded, as
/// no valid name, tag, digest or id needs that.
///
/// # Errors
/// Says why the request is not one of the protocol's.
pub fn route(method: &str, path: &str, query: Option<&str>) -> Result<Route, RouteError> {
    let query = Query(query.unwrap_or_default());
    let rest = path.strip_prefix("/v2").ok_or(RouteError::NotFound)?;
    match rest {
        "" | "/" => return allow(method, &["GET", "HEAD"], Route::Base),
        "/_catalog" => return allow(method, &["GET"], Route::Catalog(query.page()?)),
        _ => {}
    }
    let rest = rest.strip_prefix('/').ok_or(RouteError::NotFound)?;
    let (name, action) = repository_action(method, rest, &query)?;
    let name = name.parse().map_err(RouteError::Name)?;
    Ok(Route::Repository { name, action: action? })
}

type Parsed<'a> = (&'a str, Result<Action, RouteError>);

/// Splits `rest` into the repository name and what is asked of it. The name may hold slashes, so the path is read from
/// its end. A malformed name wins over a malformed remainder, hence the inner result.
fn repository_action<'a>(method: &str, rest: &'a str, query: &Query<'_>) -> Result<Parsed<'a>, RouteError> {
    if let Some(name) = rest.strip_suffix("/tags/list") {
        return Ok((name, allow_get(method).and_then(|()| Ok(Action::ListTags(query.page()?)))));
    }
    if let Some(name) = rest.strip_suffix("/blobs/uploads/").or_else(|| rest.strip_suffix("/blobs/uploads")) {
        return Ok((name, start_upload(method, query)));
    }
    let (head, last) = rest.rsplit_once('/').ok_or(RouteError::NotFound)?;
    if let Some(name) = head.strip_suffix("/blobs/uploads") {
        return Ok((name, upload(method, last, query)));
    }
    if let Some(name) = head.strip_suffix("/blobs") {
        return Ok((name, blob(method, last)));
    }
    if let Some(name) = head.strip_suffix("/manifests") {
        return Ok((name, manifest(method, last, query)));
    }
    if let Some(name) = head.strip_suffix("/referrers") {
        return Ok((name, referrers(method, last, query)));
    }
    Err(RouteError::NotFound)
}

fn allow<T>(method: &str, allowed: &[&str], value: T) -> Result<T, RouteError> {
    if allowed.contains(&method) { Ok(value) } else { Err(RouteError::MethodNotAllowed) }
}

fn allow_get(method: &str) -> Result<(), RouteError> {
    allow(method, &["GET"], ())
}

fn start_upload(method: &str, query: &Query<'_>) -> Result<Action, RouteError> {
    allow(method, &["POST"], ())?;
    let start = if let Some(digest) = query.get("digest") {
        Start::Monolithic(digest.parse()?)
    } else if let Some(digest) = query.get("mount") {
        let from = query.get("from").filter(|name| !name.is_empty());
        let from = from.map(|name| name.parse()).transpose().map_err(RouteError::Name)?;
        Start::Mount { digest: digest.parse()?, from }
    } else {
        let algorithm = query.get("digest-algorithm").map_or(Ok(Algorithm::Sha256), |name| name.parse());
        Start::Session(algorithm?)
    };
    Ok(Action::StartUpload(start))
}

fn upload(method: &str, id: &str, query: &Query<'_>) -> Result<Action, RouteError> {
    match method {
        "GET" | "HEAD" => Ok(Action::UploadStatus(id.parse()?)),
        "PATCH" => Ok(Action::AppendUpload(id.parse()?)),
        "PUT" => {
            let digest = query.get("digest").ok_or(RouteError::DigestMissing)?.parse()?;
            Ok(Action::FinishUpload(id.parse()?, digest))
        }
        "DELETE" => Ok(Action::CancelUpload(id.parse()?)),
        _ => Err(RouteError::MethodNotAllowed),
    }
}

fn blob(method: &str, digest: &str) -> Result<Action, RouteError> {
    match method {
        "GET" => Ok(Action::GetBlob(digest.parse()?)),
        "HEAD" => Ok(Action::HeadBlob(digest.parse()?)),
        "DELETE" => Ok(Action::DeleteBlob(digest.parse()?)),
        _ => Err(RouteError::MethodNotAllowed),
    }
}

fn manifest(method: &str, reference: &str, query: &Query<'_>) -> Result<Action, RouteError> {
    allow(method, &["GET", "HEAD", "PUT", "DELETE"], ())?;
    let reference = reference.parse().map_err(|error| match error {
        NameError::Digest(error) => RouteError::Digest(error),
        error if method == "PUT" => RouteError::Tag(error),
        error => RouteError::ManifestUnknown(error),
    })?;
    Ok(match method {
        "GET" => Action::GetManifest(reference),
        "HEAD" => Action::HeadManifest(reference),
        "DELETE" => Action::DeleteManifest(reference),
        _ => Action::PutManifest { reference, tags: query.tags()? },
    })
}

fn referrers(method: &str, subject: &str, query: &Query<'_>) -> Result<Action, RouteError> {
    allow_get(method)?;
    let artifact_type = query.get("artifactType").filter(|kind| !kind.is_empty()).map(Cow::into_owned);
    Ok(Action::ListReferrers { subject: subject.parse()?, artifact_type })
}

/// A query string; values are percent-decoded when asked for.
struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    fn get(&self, key: &'a str) -> Option<Cow<'a, str>> {
        query_values(self.0, key).next()
    }

    fn page(&self) -> Result<Page, RouteError> {
        let limit = self.get("n").map(|n| n.parse()).transpose().map_err(|_| RouteError::Pagination)?;
        let last = self.get("last").filter(|last| !last.is_empty()).map(Cow::into_owned);
        Ok(Page { limit, last })
    }

    fn tags(&self) -> Result<Vec<Tag>, RouteError> {
        let tags: Vec<Tag> = query_values(self.0, "tag")
            .take(MAX_TAG_PARAMETERS + 1)
            .map(|tag| tag.parse().map_err(RouteError::Tag))
            .collect::<Result<_, _>>()?;
        if tags.len() > MAX_TAG_PARAMETERS { Err(RouteError::TooManyTags) } else { Ok(tags) }
    }
}

/// The values of one parameter of a query string, percent-decoded, in order.
pub fn query_values<'a>(query: &'a str, key: &'a str) -> impl Iterator<Item = Cow<'a, str>> + 'a {
    query.split('&').filter_map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name == key).then(|| percent_decode(value))
    })
}

/// Decodes `%XX` and `+`. What does not decode to UTF-8 is kept as sent, and then fails the check of its own type.
fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&byte, rest)) = bytes.split_first() {
        bytes = rest;
        let escape = rest.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, escape.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(value)) => {
                decoded.push(value);
                bytes = &rest[2..];
            }
            (b'+', _) => decoded.push(b' '),
            _ => decoded.push(byte),
        }
    }
    String::from_utf8(decoded).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
#[path = "route_tests.rs"]
mod tests;
