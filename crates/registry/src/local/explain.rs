//! What a principal may do, and why.

use plimsoll_iam::{Arn, Caller, Context, Principal, Session, SessionClaims, SessionHolder};

use super::Local;
use crate::{On, RegistryError, Ruling, now};

/// The name of a session that nobody holds.
const SESSION: &str = "explain-access";

/// What is asked about somebody.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Who it is about.
    pub caller: &'a Caller,
    /// The action, such as `ecr:PutImage`.
    pub action: &'a str,
    /// What it would be done to.
    pub on: On<'a>,
    /// What else is known of the request.
    pub context: Context,
}

impl Local {
    /// The caller that a principal is: `anonymous`, or the ARN of a user, a role, or a role's session. `None` if there is
    /// no such principal.
    pub fn caller_of(&self, principal: &str) -> Result<Option<Caller>, RegistryError> {
        if principal == "anonymous" {
            return Ok(Some(Caller::bare(Principal::Anonymous)));
        }
        let Ok(arn) = principal.parse::<Arn>() else { return Ok(None) };
        let Ok(account) = arn.account.parse() else { return Ok(None) };
        let Some(directory) = self.identities.directory(account)? else { return Ok(None) };
        let mut path = arn.resource.split('/');
        let kind = path.next().unwrap_or_default();
        Ok(match (arn.service.as_str(), kind) {
            ("iam", "user") => {
                let name = path.next_back().unwrap_or_default();
                directory.caller_of_user(name).filter(|caller| caller.principal.arn() == principal)
            }
            ("iam", "role") => {
                let name = path.next_back().unwrap_or_default();
                let claims = session(&directory, name, SESSION);
                let caller = claims.and_then(|claims| directory.caller_of_session(&claims));
                caller.filter(|caller| caller.principal.identity_arn() == principal)
            }
            ("sts", "assumed-role") => {
                let (role, name) = (path.next().unwrap_or_default(), path.next().unwrap_or_default());
                let claims = session(&directory, role, name);
                let caller = claims.and_then(|claims| directory.caller_of_session(&claims));
                caller.filter(|caller| caller.principal.arn() == principal)
            }
            _ => None,
        })
    }

    /// Decides as a server would.
    pub fn decide<'a>(&self, asked: Asked<'a>) -> Result<Ruling<'a>, RegistryError> {
        self.access.decide(asked.caller, asked.action, asked.on, &|| asked.context.clone())
    }
}

/// What the credentials of a session of a role would stand for, if somebody had assumed it.
fn session(directory: &plimsoll_iam::directory::Directory, role: &str, name: &str) -> Option<SessionClaims> {
    let role = directory.role(role).ok()?;
    let issued = now().0 / 1000;
    Some(SessionClaims {
        holder: SessionHolder::Role(Session {
            account: directory.account(),
            role_path: role.path.clone(),
            role: role.name.clone(),
            role_id: role.id.clone(),
            name: name.to_owned(),
        }),
        policy: None,
        policy_arns: Vec::new(),
        tags: Vec::new(),
        transitive: Vec::new(),
        source_identity: None,
        provider: None,
        issued,
        expires: issued + i64::from(role.max_session),
    })
}
