//! `GetAuthorizationToken`: what docker logs in with to push.

use plimsoll_registry::On;
use serde_json::Value;

use super::wire::{AuthorizationData, GetAuthorizationTokenRequest, GetAuthorizationTokenResponse};
use crate::ecr::call::Asked;
use crate::ecr::{EcrError, token};

/// What is needed beside the operation's own action.
const BEARER: &str = "sts:GetServiceBearerToken";

/// `GetAuthorizationToken`
pub(super) async fn get(
    asked: &Asked<'_>,
    _: GetAuthorizationTokenRequest,
) -> Result<GetAuthorizationTokenResponse, EcrError> {
    asked.authorise_also(BEARER, On::Registry(asked.registry), &Value::Null).await?;
    let (authorization_token, expires_at) = token::login(asked)?;
    Ok(GetAuthorizationTokenResponse { authorization_data: AuthorizationData { authorization_token, expires_at } })
}
