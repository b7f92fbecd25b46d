//! Taking on a role: who may, for how long, and bounded by what.

use super::error::IamErrorCode;
use super::{Directory, IamError, RoleRecord, names, tags};
use crate::policy::{Caller, Context, Named, Policy, PolicyKind, Question, ResourcePolicy, decide, decide_federated};
use crate::web_identity::WebIdentity;
use crate::{Arn, Principal, SessionClaims, SessionHolder};

const SHORTEST: u32 = 900;
const LONGEST: u32 = 43_200;
/// The length of a session when nothing is said, and the longest one of a role assumed from another role's session.
const HOUR: u32 = 3600;
const POLICY_ARNS: usize = 10;
/// Characters of the session policies given inline and of the ARNs of managed ones together.
const POLICY_SIZE: usize = 2048;

/// The session that is asked for.
#[derive(Clone, Debug, Default)]
pub struct SessionRequest {
    /// The ARN of the role.
    pub role: String,
    /// What the session is to be called.
    pub name: String,
    /// How long it is to last, in seconds: 900 to what the role allows; an hour when not said.
    pub duration: Option<u32>,
    /// A policy that bounds it.
    pub policy: Option<String>,
    /// The ARNs of managed policies that bound it.
    pub policy_arns: Vec<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// The keys of those tags that sessions of roles assumed from it are to have too.
    pub transitive: Vec<String>,
    /// Who is behind it, as the caller says.
    pub source_identity: Option<String>,
}

/// Somebody asks to assume a role.
#[derive(Clone, Copy, Debug)]
pub struct AssumeRole<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// What the caller's own temporary credentials stand for, if it has such.
    pub from: Option<&'a SessionClaims>,
    /// For what session.
    pub session: &'a SessionRequest,
    /// The external id agreed on with whoever owns the role. It is no secret.
    pub external_id: Option<&'a str>,
    /// What else is known of the request.
    pub context: &'a Context,
    /// The time, in seconds since the Unix epoch.
    pub now: i64,
}

/// Who holds a token of an identity provider asks to assume a role.
#[derive(Clone, Copy, Debug)]
pub struct AssumeRoleWithWebIdentity<'a> {
    /// For what session. It has no tags of its own.
    pub session: &'a SessionRequest,
    /// Who the token is of; it was verified.
    pub identity: &'a WebIdentity,
    /// What else is known of the request.
    pub context: &'a Context,
    /// The time, in seconds since the Unix epoch.
    pub now: i64,
}

/// A session of a role that may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRole {
    /// What its credentials stand for.
    pub claims: SessionClaims,
    /// How much of what a session may have of policies its own take, in percent.
    pub packed_size: u32,
}

impl Directory {
    /// Begins a session of one of this account's roles for somebody, of this account or another one.
    pub fn assume_role(&self, request: &AssumeRole<'_>) -> Result<AssumedRole, IamError> {
        let AssumeRole { caller, session, now, .. } = *request;
        check(session)?;
        if let Some(id) = request.external_id {
            check_external_id(id)?;
        }
        let inherited = inherited(session, request.from)?;
        let denied = |action: &str| {
            let message = format!(
                "User: {} is not authorized to perform: {action} on resource: {}",
                caller.principal.arn(),
                session.role
            );
            IamError::new(IamErrorCode::AccessDenied, message)
        };
        let role = self.role_of_arn(&session.role)?.ok_or_else(|| denied("sts:AssumeRole"))?;
        let trust = trust_of(role).ok_or_else(|| denied("sts:AssumeRole"))?;
        let context = assume_context(request);
        for action in actions(session) {
            let question = Question {
                caller,
                action,
                resource: &session.role,
                owner: self.account,
                context: &|| context.clone(),
                resource_policies: &[ResourcePolicy { owner: self.account, named: &trust }],
            };
            if !decide(&question).allowed() {
                return Err(denied(action));
            }
        }
        let duration = duration_within(session, role)?;
        if matches!(caller.principal, Principal::Session(_)) && duration > HOUR {
            return Err(IamError::new(
                IamErrorCode::ValidationError,
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
            ));
        }
        self.begin(role, &inherited, duration, None, now)
    }

    /// Begins a session of one of this account's roles for who holds a token of an identity provider.
    pub fn assume_role_with_web_identity(
        &self,
        request: &AssumeRoleWithWebIdentity<'_>,
    ) -> Result<AssumedRole, IamError> {
        let AssumeRoleWithWebIdentity { session, identity, now, .. } = *request;
        check(session)?;
        let denied =
            || IamError::new(IamErrorCode::AccessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
        let role = self.role_of_arn(&session.role)?.ok_or_else(denied)?;
        let trust = trust_of(role).ok_or_else(denied)?;
        let provider = self.arn("oidc-provider", "/", &identity.provider);
        let mut context = request.context.clone();
        for (key, values) in identity.condition_keys() {
            context.set_many(&key, values);
        }
        context.set(&format!("{}:aud", identity.provider), &identity.audience);
        context.set("sts:RoleSessionName", &session.name);
        context.set("aws:FederatedProvider", &provider);
        let decision = decide_federated(
            ResourcePolicy { owner: self.account, named: &trust },
            &[provider, identity.provider.clone()],
            "sts:AssumeRoleWithWebIdentity",
            &session.role,
            &context,
        );
        if !decision.allowed() {
            return Err(denied());
        }
        self.begin(role, session, duration_within(session, role)?, Some(&identity.provider), now)
    }

    fn begin(
        &self,
        role: &RoleRecord,
        session: &SessionRequest,
        duration: u32,
        provider: Option<&str>,
        now: i64,
    ) -> Result<AssumedRole, IamError> {
        let packed_size = self.packed_size(session)?;
        let claims = SessionClaims {
            holder: SessionHolder::Role(self.session_of(role, &session.name)),
            policy: session.policy.clone(),
            policy_arns: session.policy_arns.clone(),
            tags: session.tags.clone(),
            transitive: session.transitive.clone(),
            source_identity: session.source_identity.clone(),
            provider: provider.map(str::to_owned),
            issued: now,
            expires: now.saturating_add(i64::from(duration)),
        };
        Ok(AssumedRole { claims, packed_size })
    }

    /// The role an ARN names; none if it is not there. Another account's is for its own directory to know.
    fn role_of_arn(&self, arn: &str) -> Result<Option<&RoleRecord>, IamError> {
        role_account(arn)?;
        let name = arn.rsplit('/').next().unwrap_or_default();
        Ok(self.role(name).ok().filter(|role| self.arn("role", &role.path, &role.name) == arn))
    }

    /// Checks the policies of a session, and gives the share of what a session may have of them, in percent.
    fn packed_size(&self, session: &SessionRequest) -> Result<u32, IamError> {
        let malformed = |message| IamError::new(IamErrorCode::MalformedPolicyDocument, message);
        if session.policy_arns.len() > POLICY_ARNS {
            let rule = format!("have length less than or equal to {POLICY_ARNS}");
            return Err(IamError::constraint(&format!("{} ARNs", session.policy_arns.len()), "policyArns", rule));
        }
        for arn in &session.policy_arns {
            self.policy(arn).map_err(|error| malformed(error.message))?;
        }
        let mut size: usize = session.policy_arns.iter().map(String::len).sum();
        if let Some(text) = &session.policy {
            size += text.chars().count();
            if size <= POLICY_SIZE {
                names::document(text, "policy")?;
                Policy::parse(text, PolicyKind::Identity)
                    .map_err(|error| malformed(error.malformed_policy_document()))?;
            }
        }
        if size > POLICY_SIZE {
            let percent = size * 100 / POLICY_SIZE;
            let message = format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
            return Err(IamError::new(IamErrorCode::PackedPolicyTooLarge, message));
        }
        Ok((size * 100).div_ceil(POLICY_SIZE) as u32)
    }
}

fn trust_of(role: &RoleRecord) -> Option<Named> {
    let policy = role.trust.policy(PolicyKind::Trust)?;
    Some(Named::new(format!("trust policy of role {}", role.name), policy))
}

/// The account a role's ARN names.
pub(crate) fn role_account(arn: &str) -> Result<crate::AccountId, IamError> {
    names::length(arn, "roleArn", 20, 2048)?;
    let invalid = || IamError::new(IamErrorCode::ValidationError, format!("{arn} is invalid"));
    let parsed: Arn = arn.parse().map_err(|_| invalid())?;
    let iam_role = parsed.service == "iam" && parsed.region.is_empty() && parsed.resource.starts_with("role/");
    parsed.account.parse().ok().filter(|_| iam_role).ok_or_else(invalid)
}

impl SessionRequest {
    /// The account that owns the role that is asked for.
    pub fn account(&self) -> Result<crate::AccountId, IamError> {
        role_account(&self.role)
    }
}

/// All that the caller has to be allowed: the session itself, and what it wants to bring into it.
fn actions(session: &SessionRequest) -> impl Iterator<Item = &'static str> {
    let tag = (!session.tags.is_empty()).then_some("sts:TagSession");
    let identity = session.source_identity.as_ref().map(|_| "sts:SetSourceIdentity");
    ["sts:AssumeRole"].into_iter().chain(tag).chain(identity)
}

fn assume_context(request: &AssumeRole<'_>) -> Context {
    let mut context = request.context.clone();
    context.set("sts:RoleSessionName", &request.session.name);
    if let Some(id) = request.external_id {
        context.set("sts:ExternalId", id);
    }
    if let Some(identity) = &request.session.source_identity {
        context.set("sts:SourceIdentity", identity);
    }
    for (key, value) in &request.session.tags {
        context.set(&format!("aws:RequestTag/{key}"), value);
    }
    context.set_many("aws:TagKeys", request.session.tags.iter().map(|(key, _)| key));
    context.set_many("sts:TransitiveTagKeys", &request.session.transitive);
    context
}

fn check(session: &SessionRequest) -> Result<(), IamError> {
    role_account(&session.role)?;
    check_session_name(&session.name, "roleSessionName")?;
    if let Some(duration) = session.duration {
        check_duration(duration, LONGEST)?;
    }
    if let Some(identity) = &session.source_identity {
        check_session_name(identity, "sourceIdentity")?;
    }
    tags::check(&session.tags)?;
    match session.transitive.iter().find(|key| !session.tags.iter().any(|(tag, _)| tag.eq_ignore_ascii_case(key))) {
        None => Ok(()),
        Some(key) => {
            let message = format!("The specified transitive tag key must be included in the requested tags: {key}");
            Err(IamError::new(IamErrorCode::ValidationError, message))
        }
    }
}

/// The session with what it has from the caller's: transitive tags, and who is behind it. Neither can be changed.
fn inherited(session: &SessionRequest, from: Option<&SessionClaims>) -> Result<SessionRequest, IamError> {
    let mut session = session.clone();
    let Some(from) = from else { return Ok(session) };
    let transitive = |key: &str| from.transitive.iter().any(|other| other.eq_ignore_ascii_case(key));
    if session.tags.iter().any(|(key, _)| transitive(key)) {
        return Err(IamError::new(
            IamErrorCode::ValidationError,
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the \
             calling session.",
        ));
    }
    session.tags.extend(from.tags.iter().filter(|(key, _)| transitive(key)).cloned());
    session.transitive.extend(from.transitive.iter().cloned());
    match (&from.source_identity, &session.source_identity) {
        (Some(set), Some(asked)) if set != asked => Err(IamError::new(
            IamErrorCode::AccessDenied,
            "The source identity of a session cannot be changed by assuming another role.",
        )),
        (Some(set), _) => {
            session.source_identity = Some(set.clone());
            Ok(session)
        }
        (None, _) => Ok(session),
    }
}

/// How long credentials of `GetSessionToken` last, in seconds: 900 to 129,600; twelve hours when not said.
pub fn session_token_duration(duration: Option<u32>) -> Result<u32, IamError> {
    let duration = duration.unwrap_or(12 * HOUR);
    check_duration(duration, 36 * HOUR)?;
    Ok(duration)
}

/// Checks the length of a session, in seconds, against the API's bounds.
fn check_duration(duration: u32, longest: u32) -> Result<(), IamError> {
    let (bound, limit) = match duration {
        ..SHORTEST => ("greater", SHORTEST),
        _ if duration > longest => ("less", longest),
        _ => return Ok(()),
    };
    let rule = format!("have value {bound} than or equal to {limit}");
    Err(IamError::constraint(&duration.to_string(), "durationSeconds", rule))
}

fn duration_within(session: &SessionRequest, role: &RoleRecord) -> Result<u32, IamError> {
    let duration = session.duration.unwrap_or(HOUR);
    if duration > role.max_session {
        return Err(IamError::new(
            IamErrorCode::ValidationError,
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(duration)
}

fn check_session_name(value: &str, field: &str) -> Result<(), IamError> {
    names::length(value, field, 2, 64)?;
    text(value, field, b"_+=,.@-", r"[\w+=,.@-]*")
}

fn check_external_id(value: &str) -> Result<(), IamError> {
    names::length(value, "externalId", 2, 1224)?;
    text(value, "externalId", b"_+=,.@:/-", r"[\w+=,.@:\/-]*")
}

fn text(value: &str, field: &str, others: &[u8], pattern: &str) -> Result<(), IamError> {
    if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte)) {
        return Ok(());
    }
    Err(IamError::constraint(value, field, format!("satisfy regular expression pattern: {pattern}")))
}
