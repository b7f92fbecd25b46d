//! The configuration: where it comes from, `config check` and `config show`.

use std::path::PathBuf;

use anyhow::Result;
use plimsoll_server::config::{Config, Overrides};

use crate::Exit;
use crate::arguments::{DataArgument, ServeArguments};
use crate::output;

/// The data directory where none is named: the user's data directory of the XDG convention.
pub(crate) fn default_data() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("XDG_DATA_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".local/share")))
        .map_or_else(|| PathBuf::from("plimsoll-data"), |data| data.join("plimsoll"))
}

/// The data directory of a command that needs nothing else of the configuration.
pub(crate) fn data(argument: &DataArgument) -> PathBuf {
    argument.data.clone().unwrap_or_else(default_data)
}

/// The configuration a server would run with.
pub(crate) fn load(arguments: &ServeArguments) -> Result<Config> {
    let overrides = Overrides {
        data: arguments.data.data.clone(),
        listen: arguments.listen.clone(),
        config: arguments.config.clone(),
    };
    Ok(Config::load(&overrides, &default_data())?)
}

pub(crate) fn check(arguments: &ServeArguments) -> Result<Exit> {
    plimsoll_server::check(&load(arguments)?)?;
    output::line("the configuration is valid");
    Ok(Exit::Fine)
}

pub(crate) fn show(arguments: &ServeArguments) -> Result<Exit> {
    output::line(load(arguments)?.to_string().trim_end());
    Ok(Exit::Fine)
}
