//! The command line, as it is written. Each flag is declared once, here.

mod administration;
mod reports;
mod statements;
mod version;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use plimsoll_advisories::SeverityOrder;
use plimsoll_outbound::feeds::List;

pub(crate) use administration::{
    AccountCommand, AuditCommand, CreateAccountArguments, CreateUserArguments, DeleteUserArguments,
    ExplainAccessArguments, ExportArguments, HistoryArguments, KeyCommand, ListAccountsArguments, LocalArguments,
    OneKeyArguments, PolicyArguments, TagArguments, UserArguments, UserCommand, UsersArguments, VerifyArguments,
};

pub(crate) use reports::{BillArguments, Form, ReportArguments};

pub(crate) use statements::{AddExceptionArguments, AddVexArguments, ExceptionCommand, OneArguments, VexCommand};

pub(crate) use version::{CompareArguments, VersionCommand};

/// A container registry that will not let an unsafe image leave port.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    about,
    arg_required_else_help = true,
    after_help = "\
Exit codes: 0 done, and nothing speaks against it · 1 the answer is no: findings at or above --fail-on, a gate refuses, access
is denied, the audit log is broken · 2 could not tell, failed, or called with wrong arguments

First steps:
  plimsoll serve                                   run the registry; the first start prints an access key
  plimsoll db import ./osv                         load advisories (directory of <ecosystem>/all.zip, or one zip)
  docker login 127.0.0.1:5000                      user and password are the access key and its secret
  docker push 127.0.0.1:5000/team/app:1.0.0
  plimsoll findings team/app:1.0.0                 what is wrong with it, at once
  plimsoll scan image.tar --fail-on high           the same without a server
  plimsoll user create bob --key                   another user, with an access key of its own"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the registry.
    Serve(ServeArguments),
    /// Say what is wrong with an image: an archive, an OCI layout, a root file system, a bill of
    /// materials, or a reference to a registry.
    Scan(ScanArguments),
    /// Write the bill of materials of an image: CycloneDX or SPDX.
    Sbom(SbomArguments),
    /// Ask a server what is wrong with an image it holds.
    Findings(FindingsArguments),
    /// Ask a server why an image may or may not be pulled, or why a flaw is or is not reported for it.
    Explain(ExplainArguments),
    /// Ask a server where the tags of a repository pointed: who moved them, when, from what, to what.
    History(HistoryArguments),
    /// Give an image that a server holds further tags.
    Tag(TagArguments),
    /// The VEX documents of an account of a server: who says which findings do not count.
    #[command(subcommand)]
    Vex(VexCommand),
    /// The exceptions of an account of a server: who answers for findings, and until when.
    #[command(subcommand)]
    Exception(ExceptionCommand),
    /// Accounts, on the server's own machine; works beside a running server.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Users and their access keys, on the server's own machine; works beside a running server.
    #[command(subcommand)]
    User(UserCommand),
    /// Say whether somebody may do something, and which statements of which policies decide it, on the server's own machine.
    ExplainAccess(ExplainAccessArguments),
    /// The audit log: what was changed and denied, on the server's own machine.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Load advisories and say what is loaded.
    #[command(subcommand)]
    Db(DbCommand),
    /// Check and show the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Compare versions as their ecosystem orders them.
    #[command(subcommand)]
    Version(VersionCommand),
}

/// Where things are kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct DataArgument {
    /// The data directory [default: the user's data directory, such as ~/.local/share/plimsoll]
    #[arg(long, env = "PLIMSOLL_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) data: DataArgument,
    /// The address to listen on [default: 127.0.0.1:5000]
    #[arg(long, env = "PLIMSOLL_LISTEN", value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// The configuration file
    #[arg(long, env = "PLIMSOLL_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs; see docs/report.md.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Threshold {
    Negligible,
    Low,
    Medium,
    High,
    Critical,
}

impl From<Threshold> for plimsoll_advisories::Severity {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Negligible => Self::Negligible,
            Threshold::Low => Self::Low,
            Threshold::Medium => Self::Medium,
            Threshold::High => Self::High,
            Threshold::Critical => Self::Critical,
        }
    }
}

/// An image that is looked into without a server.
#[derive(Debug, Args)]
pub(crate) struct SourceArguments {
    /// An archive of `docker save`, an OCI archive or layout, a directory with a root file system, a bill of materials
    /// (CycloneDX, SPDX, syft), or a reference such as 127.0.0.1:5000/team/app:1.0.0
    pub(crate) source: String,
    /// After the word `sbom`: the bill of materials to read
    #[arg(value_name = "FILE")]
    pub(crate) bill: Option<PathBuf>,
    /// The image's name within a source that holds several
    #[arg(long, value_name = "NAME")]
    pub(crate) image: Option<String>,
    /// The platform of a multi-platform image [default: linux on this machine's architecture]
    #[arg(long, value_name = "OS/ARCH")]
    pub(crate) platform: Option<String>,
    #[command(flatten)]
    pub(crate) login: LoginArguments,
    #[command(flatten)]
    pub(crate) data: DataArgument,
}

/// Who to be at a registry; without these: `PLIMSOLL_ACCESS_KEY_ID` and `PLIMSOLL_SECRET_ACCESS_KEY`, then docker's logins,
/// then admin.json of the data directory.
#[derive(Debug, Args)]
pub(crate) struct LoginArguments {
    /// The user or access key id at the registry
    #[arg(long, value_name = "USER", requires = "password")]
    pub(crate) username: Option<String>,
    /// Its password or secret access key
    #[arg(long, value_name = "PASSWORD", requires = "username")]
    pub(crate) password: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ScanArguments {
    #[command(flatten)]
    pub(crate) source: SourceArguments,
    #[command(flatten)]
    pub(crate) reports: ReportArguments,
    /// Exit with 1 when there is a finding of at least this severity
    #[arg(long, value_enum, value_name = "SEVERITY", ignore_case = true)]
    pub(crate) fail_on: Option<Threshold>,
    /// Count packages that a lock file asks for, installed or not
    #[arg(long)]
    pub(crate) declared: bool,
    /// Let a VEX document (OpenVEX, CSAF or CycloneDX, also as an attestation) say which findings do not count; may be given
    /// several times
    #[arg(long, value_name = "FILE")]
    pub(crate) vex: Vec<PathBuf>,
    /// Do not count the findings that exceptions of a JSON or TOML document are about; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) exceptions: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) fix: FixArguments,
    /// Whom to believe how bad a flaw is: package, advisory, database, other and nvd with commas between them, the first to be
    /// believed first, or highest (docs/severity.md)
    #[arg(long, value_name = "ORDER", default_value_t)]
    pub(crate) severity_order: SeverityOrder,
    /// Say why this flaw is reported, or is not, by any of its ids or an advisory's; exits with 1 when it is
    #[arg(long, value_name = "ID", conflicts_with_all = ["fail_on", "fix"])]
    pub(crate) explain: Option<String>,
}

/// What to change in an image.
#[derive(Debug, Args)]
pub(crate) struct FixArguments {
    /// Say what to change so that findings go: those of at least this severity, or without one all
    #[arg(long, value_enum, value_name = "SEVERITY", ignore_case = true, num_args = 0..=1, require_equals = true,
        default_missing_value = "any")]
    pub(crate) fix: Option<Aim>,
}

/// Which findings to get rid of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Aim {
    Any,
    Negligible,
    Low,
    Medium,
    High,
    Critical,
}

impl From<Aim> for plimsoll_advisories::Severity {
    fn from(aim: Aim) -> Self {
        match aim {
            Aim::Any => Self::Unknown,
            Aim::Negligible => Self::Negligible,
            Aim::Low => Self::Low,
            Aim::Medium => Self::Medium,
            Aim::High => Self::High,
            Aim::Critical => Self::Critical,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct SbomArguments {
    #[command(flatten)]
    pub(crate) source: SourceArguments,
    /// List packages that a lock file asks for too, installed or not
    #[arg(long)]
    pub(crate) declared: bool,
    #[command(flatten)]
    pub(crate) bills: BillArguments,
    /// Store it at the server that holds the image, as an OCI referrer of the image, instead of writing it
    #[arg(long, conflicts_with_all = ["vulnerabilities", "output", "reports", "image", "platform"])]
    pub(crate) attach: bool,
    /// With --attach: the server's URL
    #[arg(long, env = "PLIMSOLL_SERVER", default_value = "http://127.0.0.1:5000", value_name = "URL")]
    pub(crate) server: String,
}

/// An image to ask a server about.
#[derive(Debug, Args)]
pub(crate) struct ServerArguments {
    /// The image, such as team/app:1.0.0 or team/app@sha256:…
    pub(crate) reference: String,
    #[command(flatten)]
    pub(crate) ask: AskArguments,
}

/// A server to ask.
#[derive(Debug, Args)]
pub(crate) struct AskArguments {
    /// The server's URL
    #[arg(long, env = "PLIMSOLL_SERVER", default_value = "http://127.0.0.1:5000", value_name = "URL")]
    pub(crate) server: String,
    #[command(flatten)]
    pub(crate) login: LoginArguments,
    #[command(flatten)]
    pub(crate) data: DataArgument,
}

#[derive(Debug, Args)]
pub(crate) struct FindingsArguments {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) reports: ReportArguments,
    /// Exit with 1 when there is a finding of at least this severity
    #[arg(long, value_enum, value_name = "SEVERITY", ignore_case = true)]
    pub(crate) fail_on: Option<Threshold>,
    #[command(flatten)]
    pub(crate) fix: FixArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    /// Say why this flaw is reported for the image, or is not, by any of its ids or an advisory's
    #[arg(value_name = "FLAW")]
    pub(crate) flaw: Option<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Load OSV records from a directory (ECOSYSTEM/all.zip, or .json files) or a zip. Works beside a running server,
    /// which uses them at once. What is loaded for other ecosystems stays. A file that `export` wrote replaces all.
    Import(ImportArguments),
    /// Write all that is loaded to one file, for `import` where there is no network.
    Export(ExportSetArguments),
    /// Fetch the feed of the configuration and load it.
    Update(UpdateArguments),
    /// Say what is loaded: feed, ecosystem, records, newest change, age.
    Info(InfoArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The directory, zip or document
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataArgument,
}

#[derive(Debug, Args)]
pub(crate) struct ExportSetArguments {
    /// The file to write, such as advisories.zip
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataArgument,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct UpdateArguments {
    /// The base URL of the feed, in the layout of the public OSV bucket; instead of the configuration's
    #[arg(long, value_name = "URL", requires = "ecosystems")]
    pub(crate) url: Option<String>,
    /// The ecosystems to fetch, such as Debian,PyPI,npm
    #[arg(long, value_delimiter = ',', value_name = "NAMES", requires = "url")]
    pub(crate) ecosystems: Vec<String>,
    /// Other feeds to fetch, such as debian-tracker,alpine-secdb:v3.22,cisa-kev,epss,nvd:2015,end-of-life
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) lists: Vec<List>,
    /// The base URL of these, in place of their publishers'
    #[arg(long, value_name = "URL", requires = "lists")]
    pub(crate) mirror: Option<String>,
    /// The configuration file
    #[arg(long, env = "PLIMSOLL_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) data: DataArgument,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArguments {
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) data: DataArgument,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say whether the configuration is valid, and if not, which key breaks which rule.
    Check(ServeArguments),
    /// Print the configuration that a server would run with.
    Show(ServeArguments),
}
