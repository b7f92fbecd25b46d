//! Reading from one repository of a registry, logged in as far as it wants.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::challenge::{self, Challenge};
use crate::client::{Answer, Authorization, Request};
use crate::url::Url;
use crate::{Client, Credentials, OutboundError, Reference};

/// The longest answer of a token service, in bytes.
const MAX_TOKEN: u64 = 1 << 20;

/// A repository of a registry.
pub(super) struct Session<'a> {
    client: &'a Client,
    credentials: Option<&'a Credentials>,
    /// The registry's `/v2/`.
    base: Url,
    /// The repository below it.
    repository: String,
    /// What the registry let us in with last.
    authorization: Mutex<Option<Authorization>>,
}

impl<'a> Session<'a> {
    /// A session that has yet to call.
    pub(super) fn new(client: &'a Client, reference: &Reference, credentials: Option<&'a Credentials>) -> Self {
        Self {
            client,
            credentials,
            base: reference.base(),
            repository: reference.repository().to_string(),
            authorization: Mutex::new(None),
        }
    }

    /// Makes the first call. A registry on this machine may speak TLS where none is expected: it is then spoken to with
    /// it from here on.
    pub(super) fn first(
        &mut self,
        path: &str,
        what: &str,
        headers: &[(&'static str, String)],
        may_upgrade: bool,
    ) -> Result<Answer, OutboundError> {
        let answer = self.get(path, what, headers);
        let no_http = match &answer {
            Err(OutboundError::Protocol { .. } | OutboundError::Connection { .. }) => true,
            // What some servers say to those who come without TLS.
            Err(OutboundError::Status { status, .. }) => *status == 400,
            _ => false,
        };
        if !(no_http && may_upgrade) {
            return answer;
        }
        let with_tls = self.base.with_tls(true);
        let plain = std::mem::replace(&mut self.base, with_tls);
        match self.get(path, what, headers) {
            // Nobody speaks TLS there either, and the first error says what is wrong.
            Err(OutboundError::Tls { source, .. }) if !is_about_certificate(&*source) => {
                self.base = plain;
                answer
            }
            Err(OutboundError::Connection { .. } | OutboundError::Protocol { .. }) => {
                self.base = plain;
                answer
            }
            with_tls => with_tls,
        }
    }

    /// Gets `path` below the repository; logs in when asked to.
    ///
    /// # Errors
    /// Every status but one of success is one.
    pub(super) fn get(
        &self,
        path: &str,
        what: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Answer, OutboundError> {
        let url = self.base.with_path(&format!("{}/{path}", self.repository));
        let known = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let unknown = known.is_none() && self.credentials.is_some();
        let mut request = Request::new(url, what).authorization(known);
        request.headers.extend_from_slice(headers);
        let answer = self.client.send(&request)?;
        let challenge = match answer.status {
            // The first call, or a token has expired.
            401 => challenge::parse(answer.headers("www-authenticate")),
            // Others than us may be refused what is open to everybody; the base says how to say who we are.
            403 if unknown => {
                let base = self.client.send(&Request::new(self.base.with_path(""), what))?;
                challenge::parse(base.headers("www-authenticate"))
            }
            _ => None,
        };
        let Some(challenge) = challenge else { return self.checked(answer) };
        let Some(authorization) = self.log_in(challenge)? else { return self.checked(answer) };
        request.authorization = Some(authorization.clone());
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some(authorization);
        self.checked(self.client.send(&request)?)
    }

    fn checked(&self, answer: Answer) -> Result<Answer, OutboundError> {
        if answer.is_success() { Ok(answer) } else { Err(answer.into_error(self.credentials.map(Credentials::user))) }
    }

    /// What answers the challenge; none where nothing could.
    fn log_in(&self, challenge: Challenge) -> Result<Option<Authorization>, OutboundError> {
        match challenge {
            Challenge::Basic => Ok(self.credentials.and_then(Credentials::basic)),
            Challenge::Bearer { realm, service, scope } => {
                let host = self.base.authority();
                let bad = |reason: &str| OutboundError::Answer {
                    host: host.to_owned(),
                    what: "a login".to_owned(),
                    reason: reason.to_owned(),
                };
                let (url, _) = Url::parse(&realm).map_err(|_| bad("the address of its token service is malformed"))?;
                if self.base.is_tls() && !url.is_tls() {
                    return Err(bad("its token service is to be asked without TLS"));
                }
                let scope = scope.unwrap_or_else(|| format!("repository:{}:pull", self.repository));
                self.token(url, service.as_deref(), &scope).map(Some)
            }
        }
    }

    /// Gets a token ([protocol](https://distribution.github.io/distribution/spec/auth/token/)).
    fn token(&self, url: Url, service: Option<&str>, scope: &str) -> Result<Authorization, OutboundError> {
        let request = match self.credentials {
            Some(Credentials::Identity(token)) => {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("client_id", "plimsoll"),
                    ("service", service.unwrap_or_default()),
                    ("scope", scope),
                    ("refresh_token", token.reveal()),
                ];
                Request::new(url, "a token").form(&form)
            }
            credentials => {
                let url = service.into_iter().fold(url, |url, service| url.with_parameter("service", service));
                let url = url.with_parameter("scope", scope);
                Request::new(url, "a token").authorization(credentials.and_then(Credentials::basic))
            }
        };
        let answer = self.checked(self.client.send(&request)?)?;
        let bytes = answer.bytes(MAX_TOKEN)?;
        let bad = |reason: &str| OutboundError::Answer {
            host: request.url.authority().to_owned(),
            what: "a token".to_owned(),
            reason: reason.to_owned(),
        };
        let parsed: TokenAnswer = serde_json::from_slice(&bytes).map_err(|_| bad("it is not the JSON it should be"))?;
        let token = [parsed.token, parsed.access_token].into_iter().flatten().find(|token| !token.is_empty());
        let token = token.ok_or_else(|| bad("it holds no token"))?;
        Authorization::new(&format!("Bearer {token}")).ok_or_else(|| bad("the token cannot be sent"))
    }
}

/// Whether a server that does speak TLS has a certificate that is not trusted.
fn is_about_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}
