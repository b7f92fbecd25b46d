//! Sessions begin here.

use plimsoll_iam::directory::{
    AssumeRole, AssumeRoleWithWebIdentity, IamError, IamErrorCode, SessionRequest, session_token_duration,
};
use plimsoll_iam::web_identity::{WebIdentity, WebIdentityError, WebToken};
use plimsoll_iam::{AccountId, Credentials, Principal, SessionHolder};
use plimsoll_registry::{BegunSession, Deed, RegistryError};

use super::input;
use crate::aws::query::Error;
use crate::aws::{Call, Credential, Params, Xml};
use crate::iam::{failed, invalid, time};

/// The shortest and longest web identity token, in bytes.
const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 4..=20_000;

pub(super) async fn assume_role(call: &Call<'_>, params: &Params) -> Result<Xml, Error> {
    let session = input::session(params)?;
    input::no_device(params)?;
    let context = call.circumstances.context(&call.state.region);
    let request = AssumeRole {
        caller: &call.caller,
        from: match &call.credential {
            Credential::Session(_, claims) => Some(claims.as_ref()),
            Credential::Key(_) | Credential::None => None,
        },
        session: &session,
        external_id: params.get("ExternalId"),
        context: &context,
        now: call.seconds(),
    };
    match call.state.registry.identities().assume_role(&request) {
        Ok(begun) => Ok(encode(&begun)),
        Err(error) => {
            record_denial(call, &session, &error).await?;
            Err(failed(error))
        }
    }
}

pub(super) fn assume_role_with_web_identity(call: &Call<'_>, params: &Params) -> Result<Xml, Error> {
    let asked = input::session(params)?;
    // A token cannot say these, and nobody vouches for what its bearer says.
    let session = SessionRequest { tags: Vec::new(), transitive: Vec::new(), source_identity: None, ..asked };
    let token = input::required(params, "WebIdentityToken")?;
    if !TOKEN_LENGTH.contains(&token.len()) {
        return Err(invalid("…", "WebIdentityToken", "have length between 4 and 20000"));
    }
    let identity = verify(call, session.account()?, token)?;
    let context = call.circumstances.context(&call.state.region);
    let request =
        AssumeRoleWithWebIdentity { session: &session, identity: &identity, context: &context, now: call.seconds() };
    let begun = call.state.registry.identities().assume_role_with_web_identity(&request).map_err(|error| {
        tracing::info!(subject = identity.subject, provider = identity.provider, role = session.role, %error, "a web identity was denied a role");
        failed(error)
    })?;
    let WebIdentity { provider, subject, audience, .. } = &identity;
    Ok(encode(&begun)
        .text("SubjectFromWebIdentityToken", subject)
        .text("Provider", &format!("arn:aws:iam::{}:oidc-provider/{provider}", session.account()?))
        .text("Audience", audience))
}

pub(super) fn session_token(call: &Call<'_>, params: &Params) -> Result<Xml, Error> {
    let duration = session_token_duration(input::duration(params)?)?;
    input::no_device(params)?;
    let (Credential::Key(_), Principal::User(user)) = (&call.credential, &call.caller.principal) else {
        return Err(Error::access_denied("Cannot call GetSessionToken with session credentials"));
    };
    let begun = call.state.registry.identities().session_of_user(user, duration, call.seconds()).map_err(failed)?;
    Ok(credentials(&begun.credentials))
}

/// Who a token is of, if it is of an issuer this server knows, and for an audience that it or the role's account accepts.
fn verify(call: &Call<'_>, account: AccountId, token: &str) -> Result<WebIdentity, Error> {
    let token = WebToken::parse(token).map_err(refused)?;
    let unknown = || {
        let message = format!("No OpenIDConnect provider found in your account for {}", token.issuer());
        IamError::new(IamErrorCode::InvalidIdentityToken, message)
    };
    let issuer = call.state.issuers.find(token.issuer()).ok_or_else(unknown)?;
    let directory = call.state.registry.identities().directory(account).map_err(failed)?;
    let provider = directory.as_ref().and_then(|directory| directory.provider_of(issuer.provider()));
    let others = provider.map(|provider| provider.client_ids.as_slice()).unwrap_or_default();
    issuer.verify(&token, others, call.seconds()).map_err(refused)
}

fn refused(error: WebIdentityError) -> Error {
    let (code, message) = match error {
        WebIdentityError::Expired { expires, now } => (
            IamErrorCode::ExpiredToken,
            format!(
                "Token expired: current date/time {} must be before the expiration date/time {}",
                time(now),
                time(expires)
            ),
        ),
        WebIdentityError::Audience => (IamErrorCode::InvalidIdentityToken, "Incorrect token audience".to_owned()),
        error => (IamErrorCode::InvalidIdentityToken, error.to_string()),
    };
    IamError::new(code, message).into()
}

async fn record_denial(call: &Call<'_>, session: &SessionRequest, error: &RegistryError) -> Result<(), Error> {
    let RegistryError::Iam(IamError { code: IamErrorCode::AccessDenied, .. }) = error else { return Ok(()) };
    let deed = Deed {
        account: call.account,
        action: "sts:AssumeRole".into(),
        resource: session.role.clone(),
        detail: format!("session {}", session.name),
    };
    call.state.registry.record_denial(&call.requester(), deed).await.map_err(failed)
}

fn encode(begun: &BegunSession) -> Xml {
    let xml = credentials(&begun.credentials);
    let SessionHolder::Role(session) = &begun.claims.holder else { return xml };
    let assumed =
        Xml::new().text("AssumedRoleId", &format!("{}:{}", session.role_id, session.name)).text("Arn", &session.arn());
    let xml = xml.element("AssumedRoleUser", assumed);
    let bounded = begun.packed_size > 0;
    xml.optional("PackedPolicySize", bounded.then(|| begun.packed_size.to_string()).as_deref())
        .optional("SourceIdentity", begun.claims.source_identity.as_deref())
}

fn credentials(credentials: &Credentials) -> Xml {
    let content = Xml::new()
        .text("AccessKeyId", credentials.access_key_id.as_str())
        .text("SecretAccessKey", credentials.secret.reveal())
        .text("SessionToken", &credentials.token)
        .text("Expiration", &time(credentials.expires));
    Xml::new()
        .element("Credentials", content)
        .text("SessionTokenSize", &credentials.token.len().to_string())
        .text("SessionTokenUtilization", &credentials.utilization().to_string())
}
