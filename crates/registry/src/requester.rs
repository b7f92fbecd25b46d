//! On whose behalf a verb is carried out.

use std::borrow::Cow;

use plimsoll_catalog::{AuditEntry, Cause, Event, Outcome, Repository};
use plimsoll_iam::{AccountId, Caller};

use crate::access::action;
use crate::{Registry, RegistryError, now};

/// The longest text of a denial's record, in bytes: who is denied must not fill the log with what it asked for. What was
/// done is told whole.
const LONGEST: usize = 2048;

/// Who asks for something, from where, in which request: what is recorded with every change and every denial.
#[derive(Clone, Debug)]
pub struct Requester {
    /// The ARN of who asks; `anonymous`; or a word for this program's own jobs and commands.
    pub principal: String,
    /// From where: an address, or `local`.
    pub source: String,
    /// The id of the request.
    pub request_id: String,
}

/// What is asked for, of what.
#[derive(Clone, Debug)]
pub struct Deed<'a> {
    /// The account it happens in.
    pub account: AccountId,
    /// The action, such as `ecr:PutImage`.
    pub action: Cow<'a, str>,
    /// The ARN or name of what it is done to.
    pub resource: String,
    /// Whatever else is worth knowing, in words.
    pub detail: String,
}

impl<'a> Deed<'a> {
    /// Something done to a repository.
    pub fn on(repository: &Repository, action: impl Into<Cow<'a, str>>, detail: impl Into<String>) -> Self {
        let (account, action, resource) = (repository.account, action.into(), repository.name.to_string());
        Self { account, action, resource, detail: detail.into() }
    }

    /// An operation of the repository's registry, `PutImage` and the like.
    pub fn operation(repository: &Repository, operation: &str, detail: impl Into<String>) -> Self {
        Self::on(repository, action(repository.visibility, operation), detail)
    }
}

impl Requester {
    /// Who asks by a request.
    pub fn new(caller: &Caller, source: String, request_id: String) -> Self {
        Self { principal: caller.principal.arn(), source, request_id }
    }

    /// This program itself: a job, or a command run beside the data.
    pub fn local(who: &str) -> Self {
        Self { principal: who.to_owned(), source: "local".to_owned(), request_id: String::new() }
    }

    /// The cause of a change, with its entry in the audit log.
    pub fn cause(&self, deed: Deed<'_>, event: Option<Event>) -> Cause {
        let cause = Cause { actor: self.principal.clone(), now: now(), event, audit: None };
        cause.audited(self.entry(deed, Outcome::Success))
    }

    fn entry(&self, deed: Deed<'_>, outcome: Outcome) -> AuditEntry {
        AuditEntry {
            account: Some(deed.account),
            principal: self.principal.clone(),
            source: self.source.clone(),
            action: deed.action.into_owned(),
            resource: deed.resource,
            outcome,
            request_id: self.request_id.clone(),
            detail: deed.detail,
        }
    }
}

/// A text as the record of a denial holds it.
fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

impl Registry {
    /// Enters a denial into the audit log.
    pub async fn record_denial(&self, requester: &Requester, deed: Deed<'_>) -> Result<(), RegistryError> {
        let deed = Deed { resource: cut(deed.resource), detail: cut(deed.detail), ..deed };
        self.catalog.append_audit(requester.entry(deed, Outcome::Denied), now()).await?;
        Ok(())
    }
}
