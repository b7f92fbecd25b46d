//! The input of operations that begin sessions.

use plimsoll_iam::directory::SessionRequest;

use crate::aws::Params;
use crate::aws::query::Error;
use crate::iam::{invalid, missing, tags_in};

/// The session that is asked for.
pub(crate) fn session(params: &Params) -> Result<SessionRequest, Error> {
    let policy_arns = params.structures("PolicyArns");
    Ok(SessionRequest {
        role: required(params, "RoleArn")?.to_owned(),
        name: required(params, "RoleSessionName")?.to_owned(),
        duration: duration(params)?,
        policy: params.get("Policy").map(str::to_owned),
        policy_arns: policy_arns.iter().filter_map(|policy| policy.get("arn")).map(str::to_owned).collect(),
        tags: tags_in(params)?,
        transitive: params.list("TransitiveTagKeys").into_iter().map(str::to_owned).collect(),
        source_identity: params.get("SourceIdentity").map(str::to_owned),
    })
}

/// A parameter that must be there.
pub(super) fn required<'a>(params: &'a Params, name: &str) -> Result<&'a str, Error> {
    params.get(name).ok_or_else(|| missing(name))
}

/// How long the session is to last, in seconds.
pub(super) fn duration(params: &Params) -> Result<Option<u32>, Error> {
    let Some(text) = params.get("DurationSeconds") else { return Ok(None) };
    text.parse().map(Some).map_err(|_| invalid(text, "DurationSeconds", "be a number"))
}

/// Nobody has a device here that makes one-time codes, so that none is right.
pub(super) fn no_device(params: &Params) -> Result<(), Error> {
    match params.get("SerialNumber").or(params.get("TokenCode")) {
        None => Ok(()),
        Some(_) => Err(Error::access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")),
    }
}
