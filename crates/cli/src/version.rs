//! `plimsoll version`: the order of versions, asked from outside.

use std::cmp::Ordering;
use std::io::{BufRead, BufReader, BufWriter, Write};

use anyhow::{Context, Result, bail};
use plimsoll_advisories::{Comparator, ECOSYSTEMS, Ecosystem};

use crate::arguments::{CompareArguments, VersionCommand};
use crate::{Exit, output};

/// How many lines that are no pairs are named.
const NAMED: u64 = 20;
const BUFFER: usize = 1 << 18;

pub(crate) fn run(command: &VersionCommand) -> Result<Exit> {
    let VersionCommand::Compare(arguments) = command;
    compare(arguments)
}

fn compare(arguments: &CompareArguments) -> Result<Exit> {
    let Some(ecosystem) = Ecosystem::called(&arguments.ecosystem) else {
        let names = ECOSYSTEMS.iter().map(|known| known.name).collect::<Vec<_>>();
        bail!("no ecosystem is called {:?}; known are: {}", arguments.ecosystem, names.join(", "));
    };
    match (arguments.left.as_str(), &arguments.right) {
        (left, Some(right)) => output::line(answer(ecosystem.comparator, left, right)),
        ("-", None) => compare_lines(ecosystem.comparator)?,
        (_, None) => bail!("one version alone cannot be compared: give two, or `-` to read pairs from standard input"),
    }
    Ok(Exit::Fine)
}

fn answer(comparator: Option<Comparator>, left: &str, right: &str) -> &'static str {
    match comparator.map(|comparator| comparator.compare(left, right)) {
        Some(Ok(Ordering::Less)) => "<",
        Some(Ok(Ordering::Equal)) => "=",
        Some(Ok(Ordering::Greater)) => ">",
        Some(Err(_)) | None => "?",
    }
}

/// Answers every line of standard input. A reader of the answers that has gone away ends it.
fn compare_lines(comparator: Option<Comparator>) -> Result<()> {
    let mut input = BufReader::with_capacity(BUFFER, std::io::stdin().lock());
    let mut answers = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
    let mut line = Vec::new();
    let (mut number, mut malformed) = (0_u64, 0_u64);
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).context("cannot read standard input")? == 0 {
            break;
        }
        number += 1;
        let found = if let Some((left, right)) = pair(&line) {
            answer(comparator, left, right)
        } else {
            malformed += 1;
            if malformed <= NAMED {
                output::note(&format!("line {number}: not two versions with a tab between them"));
            }
            "?"
        };
        if answers.write_all(found.as_bytes()).and_then(|()| answers.write_all(b"\n")).is_err() {
            return Ok(());
        }
    }
    if malformed > NAMED {
        output::note(&format!("{malformed} lines in all are not two versions with a tab between them"));
    }
    let _ = answers.flush();
    Ok(())
}

/// The two columns of a line, which may end in a line feed and a carriage return before it.
fn pair(line: &[u8]) -> Option<(&str, &str)> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).ok()?;
    line.split_once('\t').filter(|(_, right)| !right.contains('\t'))
}
