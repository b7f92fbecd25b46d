//! `plimsoll version`, as it is written.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum VersionCommand {
    /// Say which of two versions comes first: `<`, `=`, `>`, or `?` where it cannot be told.
    #[command(
        long_about = "\
Say which of two versions comes first.

Prints `<`, `=` or `>`; `?` where one of the two is no version of the ecosystem, or where its versions have no order.
The exit code is 0 for each of these answers, and 2 for an ecosystem that is not known.

With `-` in place of the versions, pairs are read from standard input: a line each, a tab between the two. Each line is
answered by a line. A line that is not two columns of UTF-8 is answered `?` and named on standard error by its number.",
        after_help = "\
  plimsoll version compare debian 1.0~rc1 1.0          prints <
  plimsoll version compare Maven - < pairs.tsv         a line for each line"
    )]
    Compare(CompareArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// The ecosystem: its name in OSV records in any case, such as Debian:12 or PyPI, its package manager, or its type of
    /// package-url
    pub(crate) ecosystem: String,
    /// A version; `-` reads pairs of versions from standard input
    #[arg(value_name = "A", allow_hyphen_values = true)]
    pub(crate) left: String,
    /// The version to compare it with
    #[arg(value_name = "B", allow_hyphen_values = true)]
    pub(crate) right: Option<String>,
}
