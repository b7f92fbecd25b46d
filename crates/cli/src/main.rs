//! `plimsoll`: the registry and its tools.

mod access;
mod account;
mod arguments;
mod audit;
mod credentials;
mod db;
mod exceptions;
mod inspect;
mod local;
mod output;
mod reports;
mod scan;
mod serve;
mod server;
mod settings;
mod statements;
mod tags;
mod user;
mod version;
mod vex;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, ConfigCommand, DbCommand};

/// What scripts read from an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and nothing speaks against what was asked about.
    Fine,
    /// The answer is no: findings at or above the threshold, a gate that refuses, a denial, a broken audit log.
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
        Command::History(arguments) => tags::history(&arguments),
        Command::Tag(arguments) => tags::tag(&arguments),
        Command::Vex(command) => statements::vex(&command),
        Command::Exception(command) => statements::exception(&command),
        Command::Account(command) => account::run(&command),
        Command::User(command) => user::run(&command),
        Command::ExplainAccess(arguments) => access::explain(&arguments),
        Command::Audit(command) => audit::run(&command),
        Command::Db(DbCommand::Import(arguments)) => db::import(&arguments),
        Command::Db(DbCommand::Export(arguments)) => db::export(&arguments),
        Command::Db(DbCommand::Update(arguments)) => db::update(&arguments),
        Command::Db(DbCommand::Info(arguments)) => db::info(&arguments),
        Command::Config(ConfigCommand::Check(arguments)) => settings::check(&arguments),
        Command::Config(ConfigCommand::Show(arguments)) => settings::show(&arguments),
        Command::Version(command) => version::run(&command),
    }
}
