//! `GetAuthorizationToken`: what docker logs in with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_iam::Login;

use super::call::Asked;
use super::error::EcrError;
use super::wire::Epoch;
use super::wire::registry::{AuthorizationData, GetAuthorizationTokenRequest, GetAuthorizationTokenResponse};

/// How long a token is good, in seconds.
const LIFETIME: i64 = 12 * 60 * 60;
const USER: &str = "AWS";

/// `GetAuthorizationToken`: one token, and for each registry the endpoint it is good at.
pub(super) async fn get(
    asked: &Asked<'_>,
    input: GetAuthorizationTokenRequest,
) -> Result<GetAuthorizationTokenResponse, EcrError> {
    let call = asked.call;
    let (token, expires_at) = login(asked)?;
    let registries = match input.registry_ids {
        None => vec![asked.registry],
        Some(ids) => ids.iter().map(|id| id.parse().map_err(|_| invalid_registry())).collect::<Result<_, _>>()?,
    };
    let authorization_data = registries
        .into_iter()
        .map(|registry| AuthorizationData {
            authorization_token: token.clone(),
            expires_at,
            proxy_endpoint: call.state.registry_url(&call.base_url, registry),
        })
        .collect();
    Ok(GetAuthorizationTokenResponse { authorization_data })
}

/// A user and its password, as docker's configuration keeps them, and until when they are good.
pub(crate) fn login(asked: &Asked<'_>) -> Result<(String, Epoch), EcrError> {
    let call = asked.call;
    let expires = u64::try_from(call.seconds() + LIFETIME).unwrap_or_default();
    let login = Login { holder: call.credential.holder(), expires };
    let password = call.state.registry.identities().master().sign_login(&login);
    let password = password.map_err(|error| EcrError::server(&error))?;
    Ok((STANDARD.encode(format!("{USER}:{password}")), Epoch(call.now + LIFETIME * 1000)))
}

fn invalid_registry() -> EcrError {
    EcrError::invalid_parameter("registryIds", "Member must satisfy regular expression pattern: [0-9]{12}")
}
