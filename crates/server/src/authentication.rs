//! Who sends a request, and whether it may do what it asks: the one place every surface passes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use plimsoll_iam::{Access, AccessKeyId, Claims, Holder, MasterKey, Operation, Principal, Resource, TokenError};
use plimsoll_oci::RepositoryName;
use plimsoll_registry::{Registry, RegistryError};

/// The longest `Authorization` header read.
const MAX_HEADER: usize = 64 * 1024;

/// Who a request is from, with what its token limits it to.
pub(crate) struct Identity {
    pub(crate) principal: Principal,
    /// The access key it was told by; none for nobody.
    pub(crate) key: Option<AccessKeyId>,
    claims: Option<Claims>,
}

/// Why a request is not let through.
#[derive(Debug)]
pub(crate) enum Denied {
    /// The credentials are wrong, malformed, or no longer good.
    Credentials(&'static str),
    /// The token is genuine but for something else.
    Scope,
    /// The caller may not, or must say who it is.
    Access,
    /// The credentials could not be checked.
    Failed(RegistryError),
}

/// What is needed to tell who sends a request.
pub(crate) struct Authenticator {
    pub(crate) master: MasterKey,
    pub(crate) access: Access,
}

impl Authenticator {
    /// Reads the credentials of a request. None at all make the caller anonymous; wrong ones are refused.
    pub(crate) fn identify(&self, registry: &Registry, headers: &HeaderMap, now: u64) -> Result<Identity, Denied> {
        let Some(header) = headers.get(AUTHORIZATION) else {
            return Ok(Identity { principal: Principal::Anonymous, key: None, claims: None });
        };
        let header = header.to_str().ok().filter(|header| header.len() <= MAX_HEADER);
        let (scheme, credentials) =
            header.and_then(|header| header.split_once(' ')).ok_or(Denied::Credentials("malformed credentials"))?;
        match scheme.to_ascii_lowercase().as_str() {
            "basic" => self.basic(registry, credentials.trim()),
            "bearer" => self.bearer(registry, credentials.trim(), now),
            _ => Err(Denied::Credentials("log in with basic or bearer authentication")),
        }
    }

    fn basic(&self, registry: &Registry, credentials: &str) -> Result<Identity, Denied> {
        const WRONG: Denied = Denied::Credentials("the access key or its secret is wrong");
        let decoded = STANDARD.decode(credentials).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let (id, secret) = decoded.as_deref().and_then(|pair| pair.split_once(':')).ok_or(WRONG)?;
        let id: AccessKeyId = id.parse().map_err(|()| WRONG)?;
        if !self.master.is_secret_of(&id, secret) {
            return Err(WRONG);
        }
        let principal = registry.principal(&id).map_err(Denied::Failed)?.ok_or(WRONG)?;
        Ok(Identity { principal, key: Some(id), claims: None })
    }

    fn bearer(&self, registry: &Registry, token: &str, now: u64) -> Result<Identity, Denied> {
        let claims = self.master.verify_token(token, now).map_err(|error| match error {
            TokenError::Invalid => Denied::Credentials("the token is not valid"),
            TokenError::Expired => Denied::Credentials("the token has expired: log in again"),
        })?;
        let (principal, key) = match &claims.holder {
            Holder::Anonymous => (Principal::Anonymous, None),
            // Nobody is given such a token before sessions can be looked up.
            Holder::Session(_) => return Err(Denied::Credentials("the token is not valid")),
            Holder::Key(id) => {
                const REVOKED: Denied = Denied::Credentials("the access key of the token is no longer in force");
                let id: AccessKeyId = id.parse().map_err(|()| REVOKED)?;
                (registry.principal(&id).map_err(Denied::Failed)?.ok_or(REVOKED)?, Some(id))
            }
        };
        Ok(Identity { principal, key, claims: Some(claims) })
    }

    /// Lets the request through or says why not.
    pub(crate) fn authorize(
        &self,
        identity: &Identity,
        operation: Operation,
        resource: Resource<'_>,
    ) -> Result<(), Denied> {
        if !self.access.authorize(&identity.principal, operation, resource) {
            return Err(Denied::Access);
        }
        match &identity.claims {
            // Clients learn from the challenge to this one request how to log in, so that it is put to all who bring
            // nothing; an anonymous token answers it.
            None if operation == Operation::Enter && identity.principal == Principal::Anonymous => Err(Denied::Access),
            Some(claims) if !claims_cover(claims, operation, resource) => Err(Denied::Scope),
            _ => Ok(()),
        }
    }
}

fn claims_cover(claims: &Claims, operation: Operation, resource: Resource<'_>) -> bool {
    match (operation, resource) {
        (Operation::Enter, _) => true,
        (Operation::ListRepositories, _) => claims.grants_catalog(),
        (operation, Resource::Repository(name)) => {
            scope_action(operation).is_some_and(|action| claims.grants(name, action))
        }
        (_, Resource::Registry) => false,
    }
}

/// The action of a token's scope that covers an operation on a repository.
pub(crate) fn scope_action(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::Pull | Operation::Inspect => Some("pull"),
        Operation::Push => Some("push"),
        Operation::Delete => Some("delete"),
        Operation::Enter | Operation::ListRepositories => None,
    }
}

/// The scope a client must ask a token for to do `operation`, as it stands in a challenge.
pub(crate) fn scope(operation: Operation, name: Option<&RepositoryName>) -> Option<String> {
    match (operation, name) {
        (Operation::ListRepositories, _) => Some("registry:catalog:*".to_owned()),
        (Operation::Push, Some(name)) => Some(format!("repository:{name}:pull,push")),
        (operation, Some(name)) => scope_action(operation).map(|action| format!("repository:{name}:{action}")),
        (_, None) => None,
    }
}
