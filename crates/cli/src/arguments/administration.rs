//! Arguments of the commands that administer: accounts, users, access, tags, audit.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use plimsoll_registry::AccountId;

use super::{AskArguments, DataArgument, Format};

/// The data directory and configuration of the server on this machine.
#[derive(Debug, Args)]
pub(crate) struct LocalArguments {
    #[command(flatten)]
    pub(crate) data: DataArgument,
    /// The server's configuration file
    #[arg(long, env = "PLIMSOLL_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account; a running server knows it within a second.
    Create(CreateAccountArguments),
    /// List the accounts.
    List(ListAccountsArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CreateAccountArguments {
    /// The account's id, twelve digits
    pub(crate) id: AccountId,
    /// A name for people: 3 to 63 lower-case letters, digits and single hyphens
    #[arg(long, value_name = "NAME")]
    pub(crate) alias: Option<String>,
    /// Make its first administrator, too, with an access key that is shown once [default name: administrator]
    #[arg(long, value_name = "USER", num_args = 0..=1, default_missing_value = "administrator")]
    pub(crate) administrator: Option<String>,
    #[command(flatten)]
    pub(crate) local: LocalArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ListAccountsArguments {
    #[command(flatten)]
    pub(crate) local: LocalArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make a user.
    Create(CreateUserArguments),
    /// List the users of an account with their policies and keys.
    List(UsersArguments),
    /// Delete a user.
    Delete(DeleteUserArguments),
    /// Attach managed policies to a user.
    Attach(PolicyArguments),
    /// Detach managed policies from a user.
    Detach(PolicyArguments),
    /// Access keys of a user; a running server refuses a deleted or disabled one within a second.
    #[command(subcommand)]
    Key(KeyCommand),
}

/// The users of an account.
#[derive(Debug, Args)]
pub(crate) struct UsersArguments {
    /// The account [default: the server's own, as its configuration says]
    #[arg(long, env = "PLIMSOLL_ACCOUNT", value_name = "ID")]
    pub(crate) account: Option<AccountId>,
    #[command(flatten)]
    pub(crate) local: LocalArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// One user of an account.
#[derive(Debug, Args)]
pub(crate) struct UserArguments {
    /// The user's name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) users: UsersArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CreateUserArguments {
    #[command(flatten)]
    pub(crate) user: UserArguments,
    /// Where the user stands in the account, such as /ci/ [default: /]
    #[arg(long)]
    pub(crate) path: Option<String>,
    /// A managed policy to attach, such as `arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly`
    #[arg(long = "policy", value_name = "ARN", num_args = 1..)]
    pub(crate) policies: Vec<String>,
    /// Attach `arn:aws:iam::aws:policy/AdministratorAccess`: the user may do everything in its account
    #[arg(long)]
    pub(crate) administrator: bool,
    /// Make an access key at once; its secret is shown this once
    #[arg(long)]
    pub(crate) key: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteUserArguments {
    #[command(flatten)]
    pub(crate) user: UserArguments,
    /// Delete its access keys, policies and memberships, too
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyArguments {
    #[command(flatten)]
    pub(crate) user: UserArguments,
    /// The managed policy
    #[arg(long = "policy", value_name = "ARN", num_args = 1.., required = true)]
    pub(crate) policies: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make an access key; its secret is shown this once.
    Create(UserArguments),
    /// List the access keys of a user.
    List(UserArguments),
    /// Delete an access key.
    Delete(OneKeyArguments),
    /// Put an access key out of force.
    Disable(OneKeyArguments),
    /// Put an access key in force again.
    Enable(OneKeyArguments),
}

#[derive(Debug, Args)]
pub(crate) struct OneKeyArguments {
    #[command(flatten)]
    pub(crate) user: UserArguments,
    /// The access key's id
    pub(crate) key: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 allowed · 1 denied · 2 could not tell, or called with wrong arguments

The condition keys aws:CurrentTime, aws:EpochTime and aws:RequestedRegion and those of the principal are set as a server would
set them; everything else a policy asks for, such as aws:SourceIp, is unknown unless --context names it.")]
pub(crate) struct ExplainAccessArguments {
    /// Who: the ARN of a user, role or assumed role, or `anonymous`
    #[arg(long, value_name = "ARN")]
    pub(crate) principal: String,
    /// What, such as ecr:PutImage
    #[arg(long)]
    pub(crate) action: String,
    /// Of what: an ARN, the name of a repository of the server's own account, or *
    #[arg(long, value_name = "ARN|REPOSITORY")]
    pub(crate) resource: String,
    /// What else is known of the request, such as aws:SourceIp=10.0.0.1; a key named again has several values
    #[arg(long, value_name = "KEY=VALUE", num_args = 1..)]
    pub(crate) context: Vec<String>,
    #[command(flatten)]
    pub(crate) local: LocalArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArguments {
    /// The repository, such as team/app, or one of its tags, such as team/app:stable
    #[arg(value_name = "REPO[:TAG]")]
    pub(crate) reference: String,
    /// Print instead what the tag named at this time, such as 2026-01-31T12:00:00Z, to be pulled by its digest
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
    /// How many changes to print, the latest first; at most 1000
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "as_of",
        value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    #[command(flatten)]
    pub(crate) ask: AskArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct TagArguments {
    /// The image, such as team/app:1.2.3 or team/app@sha256:…
    pub(crate) reference: String,
    /// The tags to give it; all are moved, or none
    #[arg(required_unless_present = "semver", conflicts_with = "semver", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Move the tags that follow its version, together and never backwards: of 1.2.3, these are 1.2, 1 and latest
    #[arg(long)]
    pub(crate) semver: bool,
    #[command(flatten)]
    pub(crate) ask: AskArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Follow the chain of the audit log from its first record, and say whether a record is missing or was changed.
    #[command(after_help = "Exit codes: 0 whole · 1 broken · 2 could not tell")]
    Verify(VerifyArguments),
    /// Print the audit log, one JSON object a line.
    Export(ExportArguments),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) local: LocalArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// Begin with this record
    #[arg(long, value_name = "SEQ", default_value_t = 1)]
    pub(crate) from: u64,
    /// Only records of this time and later, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    #[command(flatten)]
    pub(crate) local: LocalArguments,
    /// How to print the records
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub(crate) format: Format,
}
