//! A call before and after it is allowed.

use std::sync::Arc;

use plimsoll_iam::directory::{Directory, Fresh, Holder, IamError, Tagged, Tags};
use plimsoll_iam::{AccountId, Context, MasterKey, Principal};
use plimsoll_registry::{Deed, Identities, On, RegistryError};

use crate::authorisation::Denied;
use crate::aws::query::Error;
use crate::aws::{Call, Params};

/// The kinds of things an operation can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Role,
    Policy,
    Provider,
}

impl Kind {
    /// The word in ARNs.
    const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::Provider => "oidc-provider",
        }
    }

    /// The parameter that says which one.
    pub(super) const fn parameter(self) -> &'static str {
        match self {
            Self::User => "UserName",
            Self::Group => "GroupName",
            Self::Role => "RoleName",
            Self::Policy => "PolicyArn",
            Self::Provider => "OpenIDConnectProviderArn",
        }
    }

    /// Whoever of this kind has that name, and can have permissions.
    pub(super) fn holder(self, name: &str) -> Holder<'_> {
        match self {
            Self::Group => Holder::Group(name),
            Self::Role => Holder::Role(name),
            Self::User | Self::Policy | Self::Provider => Holder::User(name),
        }
    }

    /// Whatever of this kind has that name or ARN, and can have tags.
    pub(super) fn tagged(self, name: &str) -> Tagged<'_> {
        match self {
            Self::Role => Tagged::Role(name),
            Self::Policy => Tagged::Policy(name),
            Self::Provider => Tagged::Provider(name),
            Self::User | Self::Group => Tagged::User(name),
        }
    }
}

/// What an operation is done to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    /// Something by its name, or by its ARN where that is how it is named.
    Named(Kind, &'a str),
    /// Something of that path and name, which is to be created.
    New(Kind, Option<&'a str>, &'a str),
    /// Something by its ARN, of whatever kind it is.
    Arn(&'a str),
    /// An access key, and with it the user it belongs to.
    Key(&'a str),
    /// All of a kind below a path.
    Below(Kind, Option<&'a str>),
    /// The account as a whole.
    Account,
}

/// Condition keys of an operation, with their values.
pub(super) type Conditions = Vec<(String, Vec<String>)>;

/// A call of an operation: its input.
pub(super) struct Asked<'a> {
    call: &'a Call<'a>,
    action: &'a str,
    params: &'a Params,
    directory: Arc<Directory>,
}

/// A call that is allowed.
pub(super) struct Allowed<'a> {
    asked: &'a Asked<'a>,
    resource: String,
}

impl<'a> Asked<'a> {
    pub(super) fn new(call: &'a Call<'a>, action: &'a str, params: &'a Params) -> Result<Self, Error> {
        let directory = call.state.registry.identities().directory(call.account).map_err(failed)?;
        let directory = directory.ok_or_else(|| failed(RegistryError::AccountUnknown))?;
        Ok(Self { call, action, params, directory })
    }

    /// The operation.
    pub(super) fn action(&self) -> &'a str {
        self.action
    }

    /// A parameter that may be missing.
    pub(super) fn optional(&self, name: &str) -> Option<&'a str> {
        self.params.get(name)
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&'a str, Error> {
        self.params.get(name).ok_or_else(|| missing(name))
    }

    /// A parameter that is kept.
    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.optional(name).map(str::to_owned)
    }

    /// A parameter that is a number.
    pub(super) fn number(&self, name: &str) -> Result<Option<u32>, Error> {
        let Some(text) = self.optional(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| invalid(text, name, "be a number"))
    }

    /// A parameter that is true or false, and false when it is missing.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.optional(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(text) => Err(invalid(text, name, "be true or false")),
        }
    }

    /// A parameter that is one of some words.
    pub(super) fn choice(&self, name: &str, words: &[&str]) -> Result<Option<&'a str>, Error> {
        match self.optional(name) {
            Some(text) if !words.contains(&text) => {
                Err(invalid(text, name, &format!("satisfy enum value set: [{}]", words.join(", "))))
            }
            text => Ok(text),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.params.list(name).into_iter().map(str::to_owned).collect()
    }

    /// The members of a list of structures.
    pub(super) fn structures(&self, name: &str) -> Vec<Params> {
        self.params.structures(name)
    }

    /// The tags that are to be set.
    pub(super) fn tags(&self) -> Result<Vec<(String, String)>, Error> {
        tags_in(self.params)
    }

    /// The user the call is about: the one that is named, or else the caller.
    pub(super) fn user(&self) -> Result<&str, Error> {
        match (self.optional(Kind::User.parameter()), &self.call.caller.principal) {
            (Some(name), _) => Ok(name),
            (None, Principal::User(user)) => Ok(&user.name),
            (None, _) => Err(Error::validation("Must specify userName when calling with non-User credentials")),
        }
    }

    /// The account whose identities are meant: the caller's.
    pub(super) fn account(&self) -> AccountId {
        self.call.account
    }

    /// The time, in seconds since the Unix epoch.
    pub(super) fn now(&self) -> i64 {
        self.call.seconds()
    }

    /// The time and randomness for something new.
    pub(super) fn fresh() -> Result<Fresh, Error> {
        Identities::fresh().map_err(failed)
    }

    /// Lets the call through or says why not.
    pub(super) async fn allow(&'a self, subject: Subject<'_>) -> Result<Allowed<'a>, Error> {
        self.allow_with(subject, Conditions::new()).await
    }

    /// Lets the call through or says why not; `conditions` are keys of this operation, beside the tags of what it is about.
    pub(super) async fn allow_with(
        &'a self,
        subject: Subject<'_>,
        conditions: Conditions,
    ) -> Result<Allowed<'a>, Error> {
        let resource = self.resource(subject);
        let on = On::Other { owner: self.call.account, arn: &resource };
        let action = format!("iam:{}", self.action);
        let tags = self.tags_of(subject);
        let more = |context: &mut Context| {
            for (key, value) in tags.into_iter().flatten() {
                context.set(&format!("iam:ResourceTag/{key}"), value);
                context.set(&format!("aws:ResourceTag/{key}"), value);
            }
            for (key, values) in &conditions {
                context.set_many(key, values);
            }
        };
        match self.call.authorise(&action, on, more).await {
            Ok(()) => Ok(Allowed { asked: self, resource }),
            Err(Denied::Policy(message)) => Err(Error::access_denied(called(subject, &resource, &message))),
            Err(Denied::Failed(error)) => Err(failed(error)),
        }
    }

    /// The ARN that policies name it by. What is not there is named as if it stood at the root.
    fn resource(&self, subject: Subject<'_>) -> String {
        let directory = &self.directory;
        match subject {
            Subject::Account => "*".to_owned(),
            Subject::Below(kind, path) => directory.arn(kind.word(), path.unwrap_or("/"), ""),
            Subject::New(kind, path, name) => directory.arn(kind.word(), path.unwrap_or("/"), name),
            Subject::Arn(arn) | Subject::Named(Kind::Policy | Kind::Provider, arn) => arn.to_owned(),
            Subject::Key(key) => match self.user_of_key(key) {
                Some(user) => self.resource(Subject::Named(Kind::User, user)),
                None => "*".to_owned(),
            },
            Subject::Named(kind, name) => {
                let path = match kind {
                    Kind::Group => directory.group(name).map(|group| group.path.as_str()),
                    Kind::Role => directory.role(name).map(|role| role.path.as_str()),
                    _ => directory.user(name).map(|user| user.path.as_str()),
                };
                directory.arn(kind.word(), path.unwrap_or("/"), name)
            }
        }
    }

    fn tags_of(&self, subject: Subject<'_>) -> Option<&Tags> {
        match subject {
            Subject::Named(Kind::Group, _)
            | Subject::Arn(_)
            | Subject::New(..)
            | Subject::Below(..)
            | Subject::Account => None,
            Subject::Key(key) => self.tags_of(Subject::Named(Kind::User, self.user_of_key(key)?)),
            Subject::Named(kind, name) => self.directory.tags(kind.tagged(name)).ok(),
        }
    }

    /// The managed policy that bounds a user or role, as conditions know it.
    pub(super) fn boundary_condition(&self, kind: Kind, name: &str) -> Conditions {
        let boundary = match kind {
            Kind::User => self.directory.user(name).ok().and_then(|user| user.boundary.clone()),
            Kind::Role => self.directory.role(name).ok().and_then(|role| role.boundary.clone()),
            Kind::Group | Kind::Policy | Kind::Provider => None,
        };
        condition("iam:PermissionsBoundary", boundary)
    }

    /// The name of the user an access key belongs to.
    pub(super) fn user_of_key(&self, key: &str) -> Option<&str> {
        self.directory.user_of_key(key).map(|owner| owner.user.name.as_str())
    }
}

impl Allowed<'_> {
    /// The identities of the account.
    pub(super) fn directory(&self) -> &Directory {
        &self.asked.directory
    }

    /// What secrets derive from.
    pub(super) fn master(&self) -> &MasterKey {
        self.asked.call.state.registry.identities().master()
    }

    /// Changes the identities of the account: all that `change` does, or nothing. It may be made more than once.
    pub(super) async fn change<T>(&self, change: impl Fn(&mut Directory) -> Result<T, IamError>) -> Result<T, Error> {
        let Asked { call, action, .. } = self.asked;
        let action = format!("iam:{action}");
        let deed = Deed {
            account: call.account,
            action: action.into(),
            resource: self.resource.clone(),
            detail: String::new(),
        };
        let cause = call.requester().cause(deed, None);
        call.state.registry.identities().change(call.account, cause, change).await.map_err(failed)
    }
}

/// A refusal that calls what it is about by the name the caller knows, as AWS's do. Its ARN would tell where it stands, and
/// so that it is there.
fn called(subject: Subject<'_>, resource: &str, message: &str) -> String {
    let name = match subject {
        Subject::Key(key) => format!("access key {key}"),
        Subject::Named(kind, name) if kind != Kind::Provider => format!("{} {name}", kind.word()),
        _ => return message.to_owned(),
    };
    message.replacen(&format!("on resource: {resource}"), &format!("on resource: {name}"), 1)
}

/// One condition key, where it has a value.
pub(super) fn condition(key: &str, value: Option<String>) -> Conditions {
    value.map(|value| (key.to_owned(), vec![value])).into_iter().collect()
}

/// The condition keys of tags that are to be set.
pub(super) fn tag_conditions(tags: &[(String, String)]) -> Conditions {
    let mut conditions: Conditions =
        tags.iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), vec![value.clone()])).collect();
    conditions.push(("aws:TagKeys".to_owned(), tags.iter().map(|(key, _)| key.clone()).collect()));
    conditions
}

/// Why a verb was not carried out.
pub(crate) fn failed(error: RegistryError) -> Error {
    match error {
        RegistryError::Iam(error) => error.into(),
        RegistryError::Contended => Error::new(
            409,
            "ConcurrentModification",
            "The request was rejected because multiple requests to change this object were submitted simultaneously. \
             Wait a few minutes and submit your request again.",
        ),
        error => Error::internal(&error),
    }
}

/// A parameter that must be there is not.
pub(crate) fn missing(name: &str) -> Error {
    let field = wire_name(name);
    Error::validation(format!(
        "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must not be null"
    ))
}

/// The tags that a call wants to set.
pub(crate) fn tags_in(params: &Params) -> Result<Vec<(String, String)>, Error> {
    let tag = |(tag, number): (&Params, u32)| {
        let part = |part: &str| {
            tag.get(part).map(str::to_owned).ok_or_else(|| missing(&format!("Tags.{number}.member.{part}")))
        };
        Ok((part("Key")?, part("Value")?))
    };
    params.structures("Tags").iter().zip(1..).map(tag).collect()
}

/// A parameter is not of its form.
pub(crate) fn invalid(value: &str, name: &str, rule: &str) -> Error {
    let IamError { message, .. } = IamError::constraint(value, &wire_name(name), rule);
    Error::validation(message)
}

/// Messages name parameters with a small letter first.
fn wire_name(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
