//! Query: an operation named by the parameter `Action`, its input as parameters, its output as XML.

use bytes::Bytes;
use hyper::body::Incoming;
use plimsoll_iam::directory::IamError;
use plimsoll_iam::sigv4::{self, Protocol};

use super::authentication::{self, Refused, Sender};
use super::{Call, From, Unread, Xml, collect, respond, xml};
use crate::http::Response;
use crate::{iam, sts};

mod params;

pub(crate) use params::Params;

/// The longest body of a request.
const MAX_BODY: usize = 1024 * 1024;
const CONTENT_TYPE: &str = "text/xml";

/// A service that speaks Query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Sts,
    Iam,
}

impl Service {
    fn of_version(version: &str) -> Option<Self> {
        [Self::Sts, Self::Iam].into_iter().find(|service| service.version() == version)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
        }
    }

    const fn version(self) -> &'static str {
        match self {
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
        }
    }

    const fn namespace(self) -> &'static str {
        match self {
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
        }
    }
}

/// An error of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    /// The code, without the word `Exception` that SDKs add: `NoSuchEntity`.
    pub(crate) code: &'static str,
    /// The text people read.
    pub(crate) message: String,
    /// The status of the answer: 400, 403, 404, 409, 413 or 500.
    pub(crate) status: u16,
}

impl Error {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), status }
    }

    /// There is no such operation.
    pub(crate) fn unknown_action(action: &str, version: &str) -> Self {
        Self::new(400, "InvalidAction", format!("Could not find operation {action} for version {version}"))
    }

    /// The input breaks a rule.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    /// The caller may not.
    pub(crate) fn access_denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    /// Something of this server failed. The log has the cause; the answer has not.
    pub(crate) fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "an operation failed");
        Self::new(500, "InternalFailure", "The registry failed. Its log says why, beside the request id.")
    }
}

impl std::convert::From<IamError> for Error {
    fn from(error: IamError) -> Self {
        Self::new(error.code.status(), error.code.as_str(), error.message)
    }
}

impl std::convert::From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Signature(error) => {
                let status = error.status(Protocol::Query);
                Self::new(status, error.code(Protocol::Query), error.message(Protocol::Query))
            }
            Refused::Failed(error) => Self::internal(&error),
        }
    }
}

pub(super) async fn answer(from: From<'_>, body: Incoming) -> (&'static str, Response) {
    let (service, action, answer) = match read(&from, body).await {
        Err(error) => (None, String::new(), Err(error)),
        Ok((service, body, params)) => {
            let action = params.get("Action").unwrap_or_default().to_owned();
            let answer = dispatch(&from, service, &body, &action, &params).await;
            (Some(service), action, answer)
        }
    };
    let label = service.map_or("aws", Service::name);
    (label, encode(service.unwrap_or(Service::Sts), &action, &from.request_id, answer))
}

/// Reads the parameters, from query and body, and whose they are.
async fn read(from: &From<'_>, body: Incoming) -> Result<(Service, Bytes, Params), Error> {
    let body = collect(body, MAX_BODY).await.map_err(|unread| match unread {
        Unread::TooLarge => {
            let message = format!("The body of the request must not be longer than {MAX_BODY} bytes.");
            Error::new(413, "RequestEntityTooLarge", message)
        }
        Unread::Aborted => malformed("The body of the request did not arrive in full."),
    })?;
    let form = std::str::from_utf8(&body).map_err(|_| malformed("The body of the request is not text."))?;
    let mut pairs = sigv4::parameters(from.parts.uri.query().unwrap_or_default());
    pairs.retain(|(key, _)| !key.starts_with(b"X-Amz-"));
    pairs.extend(sigv4::parameters(form));
    let params = Params::new(pairs).map_err(malformed)?;
    let action = params.get("Action").filter(|action| !action.is_empty());
    let action =
        action.ok_or_else(|| Error::new(400, "MissingAction", "The request must contain the parameter Action"))?;
    let version = params.get("Version").unwrap_or("NO_VERSION_SPECIFIED");
    let service = Service::of_version(version).ok_or_else(|| Error::unknown_action(action, version))?;
    Ok((service, body, params))
}

async fn dispatch(
    from: &From<'_>,
    service: Service,
    body: &Bytes,
    action: &str,
    params: &Params,
) -> Result<Xml, Error> {
    let sender = sender(from, service, body, action)?;
    let call = Call::new(from, sender);
    match service {
        Service::Sts => sts::answer(&call, action, params).await,
        Service::Iam => iam::answer(&call, action, params).await,
    }
}

/// Who signed the request; nobody where it needs no signature and has none.
fn sender(from: &From<'_>, service: Service, body: &Bytes, action: &str) -> Result<Sender, Error> {
    let unsigned = service == Service::Sts && action == "AssumeRoleWithWebIdentity";
    if unsigned && !authentication::is_signed(from) {
        return Ok(authentication::anonymous());
    }
    Ok(authentication::claim(from, service.name())?.verify(from, body)?)
}

fn malformed(message: &'static str) -> Error {
    Error::new(400, "MalformedQueryString", message)
}

fn encode(service: Service, action: &str, request_id: &str, answer: Result<Xml, Error>) -> Response {
    let (status, document) = match answer {
        Ok(result) => (200, xml::response(service.namespace(), action, request_id, result)),
        Err(error) => {
            let document = xml::error(service.namespace(), request_id, error.status >= 500, error.code, &error.message);
            (error.status, document)
        }
    };
    respond(status, CONTENT_TYPE, document)
}
