//! Temporary credentials: sessions of roles and of users.

use plimsoll_iam::directory::{AssumeRole, AssumeRoleWithWebIdentity, AssumedRole, Directory, IamError, IamErrorCode};
use plimsoll_iam::{AccessKeyId, AccountId, Credentials, SessionClaims, SessionHolder, User};

use super::Identities;
use crate::RegistryError;

/// A session that has begun.
#[derive(Debug)]
pub struct BegunSession {
    /// What its holder signs requests with.
    pub credentials: Credentials,
    /// What they stand for.
    pub claims: SessionClaims,
    /// How much of what a session may have of policies its own take, in percent.
    pub packed_size: u32,
}

impl Identities {
    /// Begins a session of a role, which may be of another account than the caller.
    ///
    /// # Errors
    /// [`RegistryError::Iam`] with what the role's account says against it. A role or account that is not there is denied
    /// like one that may not be assumed.
    pub fn assume_role(&self, request: &AssumeRole<'_>) -> Result<BegunSession, RegistryError> {
        let account = request.session.account()?;
        let assumed = match self.directory(account)? {
            Some(directory) => directory.assume_role(request)?,
            None => Directory::new(account).assume_role(request)?,
        };
        self.begin(assumed)
    }

    /// Begins a session of a role for who holds a token of an identity provider.
    ///
    /// # Errors
    /// As [`Self::assume_role`].
    pub fn assume_role_with_web_identity(
        &self,
        request: &AssumeRoleWithWebIdentity<'_>,
    ) -> Result<BegunSession, RegistryError> {
        let account = request.session.account()?;
        let assumed = match self.directory(account)? {
            Some(directory) => directory.assume_role_with_web_identity(request)?,
            None => Directory::new(account).assume_role_with_web_identity(request)?,
        };
        self.begin(assumed)
    }

    /// Temporary credentials of a user from `now`, in seconds since the Unix epoch, for a number of seconds.
    pub fn session_of_user(&self, user: &User, duration: u32, now: i64) -> Result<BegunSession, RegistryError> {
        let User { account, name, id, .. } = user.clone();
        let claims = SessionClaims {
            holder: SessionHolder::User { account, name, id },
            policy: None,
            policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive: Vec::new(),
            source_identity: None,
            provider: None,
            issued: now,
            expires: now.saturating_add(i64::from(duration)),
        };
        self.begin(AssumedRole { claims, packed_size: 0 })
    }

    /// The account of the user an access key belongs to, active or not; `None` if there is no such key.
    pub fn account_of_key(&self, id: &AccessKeyId) -> Result<Option<AccountId>, RegistryError> {
        let key = self.inner.catalog.access_key(id.as_str())?;
        Ok(key.and_then(|key| match key.owner {
            plimsoll_catalog::KeyOwner::User { account, .. } => Some(account),
            plimsoll_catalog::KeyOwner::Principal(_) => None,
        }))
    }

    fn begin(&self, assumed: AssumedRole) -> Result<BegunSession, RegistryError> {
        let AssumedRole { claims, packed_size } = assumed;
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(RegistryError::Random)?;
        let credentials = self
            .master()
            .issue_session(random, &claims)
            .map_err(|too_large| IamError::new(IamErrorCode::PackedPolicyTooLarge, too_large.to_string()))?;
        Ok(BegunSession { credentials, claims, packed_size })
    }
}
