//! Arguments of the commands about what is said of findings: VEX documents and exceptions.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{AskArguments, Format};

#[derive(Debug, Subcommand)]
pub(crate) enum VexCommand {
    /// Add documents; one that is there already stays as it is.
    Add(AddVexArguments),
    /// List the documents, those added first first.
    List(ListArguments),
    /// Print a document, byte for byte.
    Show(OneArguments),
    /// Take a document away; what it says counts no longer.
    Remove(OneArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExceptionCommand {
    /// Add an exception, or those of a document; one that is there already stays as it is.
    Add(Box<AddExceptionArguments>),
    /// List the exceptions, those that have ended included.
    List(ListArguments),
    /// Take an exception away; what it was about counts again.
    Remove(OneArguments),
}

#[derive(Debug, Args)]
pub(crate) struct AddVexArguments {
    /// The documents
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    pub(crate) ask: AskArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct OneArguments {
    /// The document's digest or the exception's id, as they are listed
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) ask: AskArguments,
}

#[derive(Debug, Args)]
pub(crate) struct AddExceptionArguments {
    /// A document of exceptions, JSON or TOML (docs/exceptions.md), instead of one by flags
    #[arg(value_name = "FILE", required_unless_present = "owner", conflicts_with_all = ["owner", "reason", "expires",
        "ticket", "repository", "image", "package", "vulnerability"])]
    pub(crate) file: Option<PathBuf>,
    /// Who answers for it
    #[arg(long, requires_all = ["reason", "expires"])]
    pub(crate) owner: Option<String>,
    /// Why the findings need not count
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// When it ends, such as 2027-01-31T00:00:00Z, or never
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
    /// Where it is dealt with
    #[arg(long)]
    pub(crate) ticket: Option<String>,
    /// Only images in repositories of this pattern, such as team/*
    #[arg(long, value_name = "PATTERN")]
    pub(crate) repository: Option<String>,
    /// Only the image with this digest
    #[arg(long, value_name = "DIGEST")]
    pub(crate) image: Option<String>,
    /// Only this package, such as pkg:npm/lodash@4.17.4
    #[arg(long, value_name = "PURL")]
    pub(crate) package: Option<String>,
    /// Only this flaw, by any of its ids
    #[arg(long, value_name = "ID")]
    pub(crate) vulnerability: Option<String>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}
