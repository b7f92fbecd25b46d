//! The Security Token Service API.

mod input;
mod issuers;
mod sessions;

use plimsoll_iam::AccessKeyId;
use plimsoll_registry::On;

use crate::authorisation::Denied;
use crate::aws::query::Error;
use crate::aws::{Call, Params, Xml};
use crate::iam::{failed, missing};

#[cfg(feature = "fuzzing")]
pub(crate) use input::session;
pub(crate) use issuers::Issuers;

/// The version of the API.
const VERSION: &str = "2011-06-15";

/// Answers a call.
pub(crate) async fn answer(call: &Call<'_>, action: &str, params: &Params) -> Result<Xml, Error> {
    match action {
        "GetCallerIdentity" => Ok(caller_identity(call)),
        "AssumeRole" => sessions::assume_role(call, params).await,
        "AssumeRoleWithWebIdentity" => sessions::assume_role_with_web_identity(call, params),
        "GetSessionToken" => sessions::session_token(call, params),
        "GetAccessKeyInfo" => access_key_info(call, params).await,
        _ => Err(Error::unknown_action(action, VERSION)),
    }
}

/// Needs no permission: whoever can sign may know who it is.
fn caller_identity(call: &Call<'_>) -> Xml {
    let principal = &call.caller.principal;
    Xml::new()
        .text("UserId", &principal.user_id())
        .text("Account", &call.account.to_string())
        .text("Arn", &principal.arn())
}

async fn access_key_info(call: &Call<'_>, params: &Params) -> Result<Xml, Error> {
    let key = params.get("AccessKeyId").ok_or_else(|| missing("AccessKeyId"))?;
    let on = On::Registry(call.account);
    call.authorise("sts:GetAccessKeyInfo", on, |_| {}).await.map_err(|denied| match denied {
        Denied::Policy(message) => Error::access_denied(message),
        Denied::Failed(error) => failed(error),
    })?;
    let id: Option<AccessKeyId> = key.parse().ok();
    let account = id.map(|id| call.state.registry.identities().account_of_key(&id)).transpose().map_err(failed)?;
    let account = account.flatten().ok_or_else(|| Error::validation(format!("Access key {key} is not known.")))?;
    Ok(Xml::new().text("Account", &account.to_string()))
}
