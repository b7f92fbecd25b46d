//! Who to be at a registry.

use std::path::Path;

use anyhow::Result;
use plimsoll_outbound::Credentials;
use plimsoll_outbound::credentials::find;

use crate::arguments::LoginArguments;

/// The credentials for a host: those given, those of the environment, docker's, or the administrator's of a data directory
/// on this machine.
pub(crate) fn credentials(login: &LoginArguments, host: &str, data: &Path) -> Result<Option<Credentials>> {
    let explicit = login.username.clone().zip(login.password.clone());
    Ok(find(host, explicit.map(|(user, password)| Credentials::new(user, password)), Some(data))?)
}
