//! Whether a request may do what it asks: the one place every surface passes.

use hyper::HeaderMap;
use hyper::header::{HeaderValue, REFERER, USER_AGENT};
use plimsoll_iam::{Caller, Context, Named};
use plimsoll_registry::{Deed, On, RegistryError, Repository, Requester};

use crate::http::Connection;
use crate::service::request_id;
use crate::state::{State, unix_time};

/// The longest header that conditions see, in bytes: what patterns are compared with has to be short.
const LONGEST: usize = 2048;

/// What is known of a request beside who sends it and what it asks.
#[derive(Clone)]
pub(crate) struct Circumstances {
    /// The client's address.
    pub(crate) peer: std::net::IpAddr,
    /// Whether the connection is encrypted.
    pub(crate) tls: bool,
    user_agent: Option<HeaderValue>,
    referer: Option<HeaderValue>,
}

impl Circumstances {
    pub(crate) fn of(connection: &Connection, headers: &HeaderMap) -> Self {
        let header = |name| headers.get(name).filter(|value| value.len() <= LONGEST).cloned();
        let (user_agent, referer) = (header(USER_AGENT), header(REFERER));
        Self { peer: connection.peer.ip().to_canonical(), tls: connection.tls, user_agent, referer }
    }

    /// On whose behalf the request at hand is carried out.
    pub(crate) fn requester(&self, caller: &Caller) -> Requester {
        Requester::new(caller, self.peer.to_string(), request_id())
    }

    /// The condition keys that every request has.
    pub(crate) fn context(&self, region: &str) -> Context {
        let mut context = Context::new();
        let now = unix_time();
        context.set("aws:SourceIp", self.peer.to_string());
        context.set("aws:SecureTransport", self.tls.to_string());
        context.set("aws:RequestedRegion", region);
        context.set("aws:EpochTime", now.to_string());
        let time = plimsoll_advisories::Timestamp::from_unix_seconds(now.cast_signed());
        context.set("aws:CurrentTime", time.to_string());
        for (key, value) in [("aws:UserAgent", &self.user_agent), ("aws:Referer", &self.referer)] {
            if let Some(Ok(value)) = value.as_ref().map(HeaderValue::to_str) {
                context.set(key, value);
            }
        }
        context
    }
}

/// Why a request is not let through.
#[derive(Debug)]
pub(crate) enum Denied {
    /// A policy denies it, or none allows it: what AWS tells the caller.
    Policy(String),
    /// It could not be decided.
    Failed(RegistryError),
}

impl State {
    /// Lets the request through or says why not; `more` sets condition keys of its own. A denial is entered into the audit
    /// log before it is answered.
    ///
    /// The answer does not depend on whether what is asked of exists, so that it tells nobody.
    pub(crate) async fn authorise(
        &self,
        caller: &Caller,
        circumstances: &Circumstances,
        action: &str,
        on: On<'_>,
        more: impl Fn(&mut Context),
    ) -> Result<(), Denied> {
        let context = || {
            let mut context = circumstances.context(&self.region);
            more(&mut context);
            context
        };
        let ruling = self.registry.decide(caller, action, on, &context).map_err(Denied::Failed)?;
        if ruling.decision.allowed() {
            return Ok(());
        }
        let message = ruling.message();
        // Anybody can be nobody: their attempts go to the log that forgets.
        if let Some(account) = caller.principal.account() {
            let requester = circumstances.requester(caller);
            let deed = match on {
                On::Repository(repository) => Deed::on(repository, action, ""),
                On::Registry(_) | On::Other { .. } => {
                    Deed { account, action: action.into(), resource: ruling.resource, detail: String::new() }
                }
            };
            self.registry.record_denial(&requester, deed).await.map_err(Denied::Failed)?;
        }
        Err(Denied::Policy(message))
    }

    /// Whether the request would be let through; nothing is recorded.
    pub(crate) fn may(
        &self,
        caller: &Caller,
        circumstances: &Circumstances,
        action: &str,
        on: On<'_>,
    ) -> Result<bool, RegistryError> {
        let ruling = self.registry.decide(caller, action, on, &|| circumstances.context(&self.region))?;
        Ok(ruling.decision.allowed())
    }

    /// Whether the request would be let through if `policy` were the policy of the repository; nothing is recorded.
    pub(crate) fn may_under(
        &self,
        caller: &Caller,
        circumstances: &Circumstances,
        action: &str,
        repository: &Repository,
        policy: Named,
    ) -> Result<bool, RegistryError> {
        let context = || circumstances.context(&self.region);
        let ruling = self.registry.decide_under(caller, action, repository, &context, policy)?;
        Ok(ruling.decision.allowed())
    }
}
