//! The `Principal` element: who a statement of a resource's policy is about.

use serde_json::Value;

use super::PolicyError;
use super::document::known_elements;
use super::statement::strings;
use crate::{AccountId, Arn, Principal};

/// Who a statement names.
#[derive(Clone, Debug)]
pub(super) struct Principals {
    /// `NotPrincipal`: everybody but these.
    negated: bool,
    everyone: bool,
    aws: Vec<Name>,
    federated: Vec<String>,
}

/// A name below `AWS`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    /// An account, by its id or as `arn:aws:iam::<account>:root`: it may pass on what it is allowed.
    Account(AccountId),
    /// A user, a role or a session of a role, by its ARN.
    Arn(String),
    /// A user or role by its unique id.
    Id(String),
}

/// How far being named by an allowing statement of a resource's policy goes, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grant {
    /// Not named.
    None,
    /// By its account, which then has to grant it by a policy of its identity.
    Delegated,
    /// As a role: within the role's boundary and the session's policies.
    Bounded,
    /// Itself, or as everybody is: only an explicit denial takes it away.
    Direct,
}

/// The names a caller goes by.
#[derive(Clone, Debug)]
pub(super) enum Names {
    Anonymous,
    User {
        account: AccountId,
        arn: String,
        id: String,
        bounded: bool,
    },
    Session {
        account: AccountId,
        role_arn: String,
        role_id: String,
        arn: String,
        bounded: bool,
    },
    /// Who comes with a token of one of these identity providers.
    Federated(Vec<String>),
}

impl Names {
    /// The names of a principal, which has a permissions boundary or not.
    pub(super) fn of(principal: &Principal, bounded: bool) -> Self {
        match principal {
            Principal::Anonymous => Self::Anonymous,
            Principal::User(user) => {
                Self::User { account: user.account, arn: user.arn(), id: user.id.clone(), bounded }
            }
            Principal::Session(session) => Self::Session {
                account: session.account,
                role_arn: session.role_arn(),
                role_id: session.role_id.clone(),
                arn: session.arn(),
                bounded,
            },
        }
    }
}

impl Principals {
    /// How far an allowing statement reaches for this caller.
    pub(super) fn grant(&self, names: &Names) -> Grant {
        if !self.negated {
            return self.named(names);
        }
        match names {
            Names::User { .. } | Names::Session { .. } if self.named(names) == Grant::None => Grant::Bounded,
            _ => Grant::None,
        }
    }

    /// Whether a denying statement strikes this caller.
    pub(super) fn denies(&self, names: &Names) -> bool {
        if !self.negated {
            return self.everyone || self.named(names) != Grant::None;
        }
        !self.excepts(names)
    }

    fn named(&self, names: &Names) -> Grant {
        match names {
            Names::Federated(providers) if providers.iter().any(|provider| self.federated.contains(provider)) => {
                Grant::Direct
            }
            Names::Federated(_) => Grant::None,
            _ if self.everyone => Grant::Direct,
            Names::Anonymous => Grant::None,
            Names::User { arn, id, .. } if self.has(arn, id) => Grant::Direct,
            Names::Session { arn, .. } if self.has(arn, "") => Grant::Direct,
            Names::Session { role_arn, role_id, .. } if self.has(role_arn, role_id) => Grant::Bounded,
            Names::User { account, .. } | Names::Session { account, .. } => self.by_account(*account),
        }
    }

    /// Whether `NotPrincipal` spares the caller from a denial. AWS asks for the account and the role beside the one
    /// that is meant, and says that a caller with a permissions boundary is never spared.
    fn excepts(&self, names: &Names) -> bool {
        match names {
            _ if self.everyone => true,
            Names::Anonymous
            | Names::Federated(_)
            | Names::User { bounded: true, .. }
            | Names::Session { bounded: true, .. } => false,
            Names::User { account, arn, id, .. } => self.has_account(*account) && self.has(arn, id),
            Names::Session { account, role_arn, role_id, arn, .. } => {
                self.has_account(*account) && self.has(role_arn, role_id) && self.has(arn, "")
            }
        }
    }

    fn by_account(&self, account: AccountId) -> Grant {
        if self.has_account(account) { Grant::Delegated } else { Grant::None }
    }

    fn has_account(&self, account: AccountId) -> bool {
        self.aws.contains(&Name::Account(account))
    }

    fn has(&self, arn: &str, id: &str) -> bool {
        self.aws.iter().any(|name| match name {
            Name::Account(_) => false,
            Name::Arn(named) => named == arn,
            Name::Id(named) => named == id,
        })
    }

    pub(super) fn read(value: &Value, negated: bool, element: &str) -> Result<Self, PolicyError> {
        let mut principals = Self { negated, everyone: false, aws: Vec::new(), federated: Vec::new() };
        match value {
            Value::String(text) if text == "*" => principals.everyone = true,
            Value::Object(by_type) if !by_type.is_empty() => {
                known_elements(by_type, &format!("{element}."), &["AWS", "Service", "Federated", "CanonicalUser"])?;
                for (kind, value) in by_type {
                    let element = format!("{element}.{kind}");
                    for text in strings(value, &element, "Invalid principal in policy.")? {
                        principals.add(kind, text).ok_or_else(|| invalid(&element, kind, text))?;
                    }
                }
            }
            Value::String(text) => return Err(invalid(element, "AWS", text)),
            _ => return Err(PolicyError::syntax(element, "must be \"*\" or an object such as {\"AWS\": …}")),
        }
        Ok(principals)
    }

    /// Services and canonical users never call, so that it is enough for them to be well formed.
    fn add(&mut self, kind: &str, text: &str) -> Option<()> {
        if (kind, text) == ("AWS", "*") {
            self.everyone = true;
            return Some(());
        }
        if text.is_empty() || text.contains(['*', '?']) {
            return None;
        }
        match kind {
            "AWS" => self.aws.push(name(text)?),
            "Federated" => self.federated.push(text.to_owned()),
            "Service" => drop(text.split_once('.')?),
            _ => {}
        }
        Some(())
    }
}

fn name(text: &str) -> Option<Name> {
    if let Ok(account) = text.parse() {
        return Some(Name::Account(account));
    }
    if let Ok(arn) = text.parse::<Arn>() {
        let account = arn.account.parse().ok()?;
        return match (arn.service.as_str(), arn.resource.split_once('/')) {
            ("iam", None) if arn.resource == "root" => Some(Name::Account(account)),
            ("iam", Some(("user" | "role", _))) | ("sts", Some(("assumed-role" | "federated-user", _))) => {
                Some(Name::Arn(text.to_owned()))
            }
            _ => None,
        };
    }
    let id = (text.starts_with("AIDA") || text.starts_with("AROA"))
        && (16..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    id.then(|| Name::Id(text.to_owned()))
}

fn invalid(element: &str, kind: &str, text: &str) -> PolicyError {
    PolicyError::element(
        element,
        format!("{text:?} is not a principal; wildcards stand only for everybody"),
        format!("Invalid principal in policy: \"{kind}\":\"{text}\""),
    )
}
