//! The decision: may this principal do this?

use plimsoll_oci::{RepositoryName, RepositoryPattern};

use crate::Principal;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// To be let in at all: `GET /v2/`.
    Enter,
    /// To list the repositories.
    ListRepositories,
    /// To read manifests, blobs, tags and referrers.
    Pull,
    /// To write manifests, tags and blobs.
    Push,
    /// To delete them.
    Delete,
    /// To read what the registry knows of an image: findings, inventory, verdicts.
    Inspect,
}

/// What it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource<'a> {
    /// The registry itself.
    Registry,
    /// One repository, whether or not it exists.
    Repository(&'a RepositoryName),
}

/// The rules by which access is given. What no rule allows is denied.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The repositories anyone may pull from.
    pub anonymous_pull: Vec<RepositoryPattern>,
}

impl Access {
    /// Whether `principal` may do `operation` on `resource`.
    ///
    /// The answer does not depend on whether the resource exists, so that it tells nobody.
    pub fn authorize(&self, principal: &Principal, operation: Operation, resource: Resource<'_>) -> bool {
        match (principal, operation, resource) {
            (Principal::User(_), _, _) => true,
            (Principal::Anonymous, Operation::Pull, Resource::Repository(name)) => {
                self.anonymous_pull.iter().any(|pattern| pattern.matches(name))
            }
            (Principal::Anonymous, Operation::Enter, Resource::Registry) => !self.anonymous_pull.is_empty(),
            (Principal::Anonymous | Principal::Session(_), _, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_allowed_is_denied() {
        fn check(patterns: &[&str], operation: Operation, repository: Option<&str>, expect: bool) {
            let access = Access { anonymous_pull: patterns.iter().map(|pattern| pattern.parse().unwrap()).collect() };
            let name: Option<RepositoryName> = repository.map(|name| name.parse().unwrap());
            let resource = name.as_ref().map_or(Resource::Registry, Resource::Repository);
            let allowed = access.authorize(&Principal::Anonymous, operation, resource);
            assert_eq!(allowed, expect, "{operation:?} on {repository:?} under {patterns:?}");
        }
        check(&[], Operation::Enter, None, false);
        check(&[], Operation::Pull, Some("public/app"), false);
        check(&["public/*"], Operation::Enter, None, true);
        check(&["public/*"], Operation::Pull, Some("public/app"), true);
        check(&["public/*"], Operation::Pull, Some("private/app"), false);
        check(&["*"], Operation::Push, Some("public/app"), false);
        check(&["*"], Operation::Delete, Some("public/app"), false);
        check(&["*"], Operation::Inspect, Some("public/app"), false);
        check(&["*"], Operation::ListRepositories, None, false);
    }
}
