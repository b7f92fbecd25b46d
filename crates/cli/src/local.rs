//! The data directory of the server on this machine, used beside it.

use anyhow::{Context, Result, anyhow};
use plimsoll_iam::directory::IamErrorCode;
use plimsoll_registry::local::{Local, LocalConfig};
use plimsoll_registry::{AccountId, RegistryError};
use plimsoll_server::config::{Config, Overrides};

use crate::arguments::LocalArguments;
use crate::settings;

/// What a server on this machine would run with.
pub(crate) fn config(arguments: &LocalArguments) -> Result<Config> {
    let overrides = Overrides { data: arguments.data.data.clone(), config: arguments.config.clone(), listen: None };
    Ok(Config::load(&overrides, &settings::default_data())?)
}

/// Opens the data directory of a configuration.
pub(crate) fn open(config: &Config) -> Result<Local> {
    Ok(Local::open(local(config))?)
}

/// Opens the data directory of a configuration; makes it if it is not there.
pub(crate) fn open_or_create(config: &Config) -> Result<Local> {
    Ok(Local::open_or_create(local(config))?)
}

fn local(config: &Config) -> LocalConfig {
    LocalConfig {
        data: config.data.clone(),
        region: config.region.clone(),
        anonymous_pull: config.anonymous_pull.clone(),
        who: format!("uid {}", rustix::process::getuid().as_raw()),
    }
}

/// Waits for a change to be made.
pub(crate) fn wait<T>(change: impl Future<Output = Result<T, RegistryError>>) -> Result<Result<T, RegistryError>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().context("cannot start")?;
    Ok(runtime.block_on(change))
}

/// What to do about a change of a user that was refused.
pub(crate) fn advise(error: RegistryError, account: AccountId, user: &str) -> anyhow::Error {
    let advice = match &error {
        RegistryError::AccountUnknown => {
            return anyhow!(
                "there is no account {account}: make it by `plimsoll account create {account}`, or name another one by --account"
            );
        }
        RegistryError::Iam(refused) => match refused.code {
            IamErrorCode::EntityAlreadyExists => {
                format!("another access key of it is made by `plimsoll user key create {user} --account {account}`")
            }
            IamErrorCode::NoSuchEntity => {
                format!("`plimsoll user list --account {account}` shows the users with their policies and keys")
            }
            IamErrorCode::DeleteConflict => "--force deletes its keys, policies and memberships with it".to_owned(),
            IamErrorCode::LimitExceeded => {
                format!(
                    "what is not needed is deleted by `plimsoll user key delete {user} KEY` or `plimsoll user detach {user}`"
                )
            }
            _ => return error.into(),
        },
        _ => return error.into(),
    };
    anyhow!("{error} ({advice})")
}
