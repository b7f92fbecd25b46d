//! Who asks.

use std::fmt;

use crate::AccountId;

/// Who asks: nobody in particular, a user, or who has assumed a role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Nobody in particular: the request carries no credentials.
    Anonymous,
    /// A user, by one of its access keys or by credentials derived from one.
    User(User),
    /// A session of a role.
    Session(Session),
}

/// A user of an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    /// The account the user belongs to.
    pub account: AccountId,
    /// Where the user stands in the account's hierarchy: `/`, or `/a/b/`.
    pub path: String,
    /// The user's name, unique in the account.
    pub name: String,
    /// The user's id, never used again for another one: `AIDA` and 17 characters.
    pub id: String,
}

/// A session of a role: temporary credentials.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// The account the role belongs to.
    pub account: AccountId,
    /// Where the role stands in the account's hierarchy: `/`, or `/a/b/`.
    pub role_path: String,
    /// The role's name.
    pub role: String,
    /// The role's id, never used again for another one: `AROA` and 17 characters.
    pub role_id: String,
    /// The name its caller gave the session.
    pub name: String,
}

impl User {
    /// `arn:aws:iam::<account>:user<path><name>`
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:user{}{}", self.account, self.path, self.name)
    }
}

impl Session {
    /// `arn:aws:sts::<account>:assumed-role/<role>/<session>`
    pub fn arn(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/{}/{}", self.account, self.role, self.name)
    }

    /// `arn:aws:iam::<account>:role<path><role>`
    pub fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role{}{}", self.account, self.role_path, self.role)
    }
}

impl Principal {
    /// The ARN of the user or session; `anonymous` for nobody.
    pub fn arn(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::User(user) => user.arn(),
            Self::Session(session) => session.arn(),
        }
    }

    /// The ARN of what the principal's permissions belong to: the user, or the role of a session; `anonymous` for nobody.
    pub fn identity_arn(&self) -> String {
        match self {
            Self::Session(session) => session.role_arn(),
            other => other.arn(),
        }
    }

    /// The account of the user or role.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Anonymous => None,
            Self::User(user) => Some(user.account),
            Self::Session(session) => Some(session.account),
        }
    }

    /// What `aws:userid` is: the user's id, or the role's and the name of the session.
    pub fn user_id(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::User(user) => user.id.clone(),
            Self::Session(session) => format!("{}:{}", session.role_id, session.name),
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_aws_writes_them() {
        fn check(principal: Principal, expect: [&str; 3]) {
            assert_eq!([principal.arn(), principal.identity_arn(), principal.user_id()], expect);
        }
        let account = "000000000042".parse().unwrap();
        let text = str::to_owned;
        check(Principal::Anonymous, ["anonymous"; 3]);
        check(
            Principal::User(User { account, path: text("/ci/"), name: text("bot"), id: text("AIDAX") }),
            ["arn:aws:iam::000000000042:user/ci/bot", "arn:aws:iam::000000000042:user/ci/bot", "AIDAX"],
        );
        check(
            Principal::Session(Session {
                account,
                role_path: text("/"),
                role: text("push"),
                role_id: text("AROAX"),
                name: text("job-7"),
            }),
            ["arn:aws:sts::000000000042:assumed-role/push/job-7", "arn:aws:iam::000000000042:role/push", "AROAX:job-7"],
        );
    }
}
