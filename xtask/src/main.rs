//! The project's tasks: `cargo xtask help` lists them.
#![expect(clippy::print_stdout, reason = "a task talks to the terminal")]

mod advisories;
mod bench;
mod catalogers;
mod ci;
mod coverage;
mod findings;
mod fuzz;
mod interop;
mod model;
mod peers;
mod run;
mod tidy;
mod torture;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of the Plimsoll project")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the tests of the whole workspace
    Test,
    /// Run every check a change must pass: fmt, tidy, clippy, test, doc, deny, fuzz targets
    Ci {
        /// Leave out the tests, for a caller that ran them already
        #[arg(long)]
        skip_test: bool,
    },
    /// Check crate edges, file and function sizes, and what must be absent
    Tidy,
    /// Write the page that lists what is read of images
    Catalogers,
    /// Prove the Amazon ECR operations against the models that botocore carries
    Coverage(coverage::Arguments),
    /// Measure the server beside its peers
    Bench(bench::Arguments),
    /// Compare findings with osv-scanner's, by the same records, and print the comparison as Markdown
    Findings(findings::Arguments),
    /// Run every fuzz target for a while
    Fuzz(fuzz::Arguments),
    /// Drive real clients against a real server
    Interop(interop::Arguments),
    /// Write the server's model of the Amazon ECR operations from an installed botocore
    Model(model::Arguments),
    /// Compare the packages found in images with what syft and osv-scanner find
    Peers(peers::Arguments),
    /// Push while the server is killed and restarted, then check every acknowledged byte
    Torture(torture::Arguments),
}

fn main() -> ExitCode {
    match run_task(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_task(task: Task) -> Result<()> {
    let root = run::root();
    match task {
        Task::Test => ci::test(root),
        Task::Ci { skip_test } => ci::ci(root, skip_test),
        Task::Tidy => run::step("tidy", || tidy::run(root)),
        Task::Catalogers => catalogers::write(root),
        Task::Coverage(arguments) => coverage::coverage(root, &arguments),
        Task::Bench(arguments) => bench::bench(&arguments),
        Task::Findings(arguments) => findings::findings(&arguments),
        Task::Fuzz(arguments) => fuzz::fuzz(root, &arguments),
        Task::Interop(arguments) => interop::interop(&arguments),
        Task::Model(arguments) => model::model(root, &arguments),
        Task::Peers(arguments) => peers::peers(&arguments),
        Task::Torture(arguments) => torture::torture(&arguments),
    }
}
