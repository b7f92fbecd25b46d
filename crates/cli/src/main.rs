//! `plimsoll`: the registry and its tools.

mod arguments;
mod credentials;
mod db;
mod inspect;
mod output;
mod scan;
mod serve;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, ConfigCommand, DbCommand};

/// What scripts read from an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and nothing speaks against the image.
    Fine,
    /// Findings at or above the threshold, or a gate that refuses.
    Findings,
    /// It could not be told, or the command failed.
    Unknown,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Unknown => Self::from(2),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::error(&error);
            Exit::Unknown.into()
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    match arguments.command {
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Scan(arguments) => scan::scan(&arguments),
        Command::Sbom(arguments) => scan::sbom(&arguments),
        Command::Findings(arguments) => inspect::findings(&arguments),
        Command::Explain(arguments) => inspect::explain(&arguments),
        Command::Db(DbCommand::Import(arguments)) => db::import(&arguments),
        Command::Db(DbCommand::Update(arguments)) => db::update(&arguments),
        Command::Db(DbCommand::Info(arguments)) => db::info(&arguments),
        Command::Config(ConfigCommand::Check(arguments)) => settings::check(&arguments),
        Command::Config(ConfigCommand::Show(arguments)) => settings::show(&arguments),
    }
}
