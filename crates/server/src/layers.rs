//! Links to layers, as `GetDownloadUrlForLayer` gives them: `GET /layers/<digest>?ticket=…`.
//!
//! A link needs no credentials. It stands for who asked for it: once that key is no longer in force, its permission is
//! taken away or a gate closes, it leads nowhere.

use hyper::header::{CONTENT_TYPE, HeaderValue, IF_NONE_MATCH, RANGE};
use hyper::{HeaderMap, Method, StatusCode};
use plimsoll_iam::LayerTicket;
use plimsoll_oci::Digest;
use plimsoll_registry::{On, RegistryError, Repository, action};

use crate::authorisation::{Circumstances, Denied};
use crate::http::{Body, Connection, Request, Response};
use crate::oci::blob_response;
use crate::state::{State, unix_time};

/// What the path of a link begins with.
pub(crate) const PREFIX: &str = "/layers/";

/// Answers a request of a link.
pub(crate) async fn answer(state: &State, connection: &Connection, request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "only GET is possible here\n");
    }
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    let Some(ticket) = ticket(request.uri().query().unwrap_or_default()) else {
        return refuse(StatusCode::FORBIDDEN, "this link has no ticket\n");
    };
    let read = state.registry.identities().master().verify_layer_ticket(ticket, unix_time());
    let Ok(ticket) = read else {
        return refuse(StatusCode::FORBIDDEN, "the ticket of this link is not good, or no longer\n");
    };
    if ticket.layer != path {
        return refuse(StatusCode::FORBIDDEN, "the ticket of this link is for another layer\n");
    }
    match download(state, connection, &ticket, request.headers()).await {
        Ok(Some(response)) => response,
        Ok(None) => refuse(StatusCode::FORBIDDEN, "who asked for this link may no longer follow it\n"),
        Err(error) => failed(&error),
    }
}

fn ticket(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("ticket="))
}

/// The layer; `None` if whoever asked for the link is nobody any more, or may no longer have it.
async fn download(
    state: &State,
    connection: &Connection,
    ticket: &LayerTicket,
    headers: &HeaderMap,
) -> Result<Option<Response>, RegistryError> {
    let Some(caller) = state.registry.identities().caller_of_token(&ticket.holder)? else { return Ok(None) };
    let (Some(repository), Ok(digest)) = (repository(ticket), ticket.layer.parse::<Digest>()) else {
        return Err(RegistryError::BlobUnknown);
    };
    let circumstances = Circumstances::of(connection, headers);
    let (action, on) = (action(repository.visibility, "GetDownloadUrlForLayer"), On::Repository(&repository));
    match state.authorise(&caller, &circumstances, &action, on, |_| ()).await {
        Ok(()) => {}
        Err(Denied::Policy(_)) => return Ok(None),
        Err(Denied::Failed(error)) => return Err(error),
    }
    state.registry.may_download_layer(&repository, &digest, &caller.principal)?;
    let blob = state.registry.pull_blob(&repository, &digest, &caller.principal).await?;
    let header = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    Ok(Some(blob_response(blob, &digest, header(RANGE), header(IF_NONE_MATCH), connection)))
}

fn repository(ticket: &LayerTicket) -> Option<Repository> {
    let (account, name) = (ticket.account.parse().ok()?, ticket.repository.parse().ok()?);
    Some(if ticket.public { Repository::public(account, name) } else { Repository::private(account, name) })
}

fn failed(error: &RegistryError) -> Response {
    match error {
        RegistryError::RepositoryUnknown | RegistryError::BlobUnknown | RegistryError::LayerInaccessible => {
            refuse(StatusCode::NOT_FOUND, "the layer is no longer there\n")
        }
        RegistryError::Refused(refusal) => refuse(StatusCode::FORBIDDEN, format!("{refusal}\n")),
        other => {
            tracing::error!(error = other as &dyn std::error::Error, "a layer could not be sent");
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "the registry failed; its log says why\n")
        }
    }
}

fn refuse(status: StatusCode, text: impl Into<String>) -> Response {
    let mut response = Response::new(Body::from(bytes::Bytes::from(text.into())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
