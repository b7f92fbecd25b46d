//! `plimsoll vex` and `plimsoll exception`: what a server knows to be said of findings.

use anyhow::{Context, Result, bail};
use plimsoll_advisories::exception::{ExceptionDocument, ExceptionsDocument};
use serde_json::{Value, json};

use crate::arguments::{AddExceptionArguments, AddVexArguments, ExceptionCommand, Format, OneArguments, VexCommand};
use crate::server::Server;
use crate::{Exit, exceptions, output};

const VEX: &str = "/api/v1/vex";
const EXCEPTIONS: &str = "/api/v1/exceptions";

pub(crate) fn vex(command: &VexCommand) -> Result<Exit> {
    match command {
        VexCommand::Add(arguments) => add_vex(arguments),
        VexCommand::List(arguments) => documents(&Server::of(&arguments.ask)?.get(VEX)?, arguments.format),
        VexCommand::Show(arguments) => {
            let document = Server::of(&arguments.ask)?.bytes(&of(VEX, &arguments.id)?)?;
            output::text(&String::from_utf8(document).context("the server's answer is not UTF-8")?);
            Ok(Exit::Fine)
        }
        VexCommand::Remove(arguments) => remove(VEX, arguments),
    }
}

pub(crate) fn exception(command: &ExceptionCommand) -> Result<Exit> {
    match command {
        ExceptionCommand::Add(arguments) => {
            let document = serde_json::to_value(wanted(arguments)?)?;
            let answer = Server::of(&arguments.list.ask)?.post(EXCEPTIONS, &document)?;
            listed(&answer, arguments.list.format)
        }
        ExceptionCommand::List(arguments) => listed(&Server::of(&arguments.ask)?.get(EXCEPTIONS)?, arguments.format),
        ExceptionCommand::Remove(arguments) => remove(EXCEPTIONS, arguments),
    }
}

/// Adds one document after the other; those before one that is refused stay.
fn add_vex(arguments: &AddVexArguments) -> Result<Exit> {
    let server = Server::of(&arguments.list.ask)?;
    let mut added = Vec::new();
    for file in &arguments.files {
        let bytes = crate::vex::bytes(file).with_context(|| format!("cannot read {}", file.display()))?;
        let refused = || format!("cannot add {}", file.display());
        let text = String::from_utf8(bytes).context("it is not UTF-8").with_context(refused)?;
        let answer = server.post_text(VEX, text).with_context(refused)?;
        added.extend(answer["documents"].as_array().cloned().unwrap_or_default());
    }
    documents(&json!({ "documents": added }), arguments.list.format)
}

fn documents(answer: &Value, format: Format) -> Result<Exit> {
    if format == Format::Json {
        output::json(answer)?;
        return Ok(Exit::Fine);
    }
    let mut table = output::table(&["digest", "form", "author", "time", "statements", "added by", "added", ""]);
    for document in rows(answer, "documents") {
        let note = if document["added"] == false { "was there already" } else { "" };
        let mut row = ["digest", "form", "author", "time", "statements", "addedBy", "addedAt"]
            .map(|name| cell(document, name))
            .to_vec();
        row.push(note.to_owned());
        table.add_row(row);
    }
    output::line(&table.to_string());
    Ok(Exit::Fine)
}

fn listed(answer: &Value, format: Format) -> Result<Exit> {
    if format == Format::Json {
        output::json(answer)?;
        return Ok(Exit::Fine);
    }
    let mut table = output::table(&["id", "owner", "about", "until", "reason", "ticket", "added by", "added"]);
    for exception in rows(answer, "exceptions") {
        let scope = ["repository", "image", "package", "vulnerability"].into_iter();
        let about = scope.filter_map(|name| Some(format!("{name} {}", exception[name].as_str()?)));
        let cells = ["id", "owner", "", "expires", "reason", "ticket", "addedBy", "addedAt"].map(|name| match name {
            "" => about.clone().collect::<Vec<_>>().join("\n"),
            name => cell(exception, name),
        });
        table.add_row(cells);
    }
    output::line(&table.to_string());
    Ok(Exit::Fine)
}

fn remove(path: &str, arguments: &OneArguments) -> Result<Exit> {
    Server::of(&arguments.ask)?.delete(&of(path, &arguments.id)?)?;
    Ok(Exit::Fine)
}

fn of(path: &str, id: &str) -> Result<String> {
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b':') {
        bail!("{id:?} is neither the digest of a document nor the id of an exception: `list` shows them");
    }
    Ok(format!("{path}/{id}"))
}

/// The exceptions that are to be added.
fn wanted(arguments: &AddExceptionArguments) -> Result<ExceptionsDocument> {
    if let Some(file) = &arguments.file {
        return exceptions::document(file);
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let exception = ExceptionDocument {
        id: None,
        owner: text(&arguments.owner),
        reason: text(&arguments.reason),
        ticket: arguments.ticket.clone(),
        repository: arguments.repository.clone(),
        image: arguments.image.clone(),
        package: arguments.package.clone(),
        vulnerability: arguments.vulnerability.clone(),
        expires: text(&arguments.expires),
        added_by: None,
        added_at: None,
    };
    Ok(ExceptionsDocument { exceptions: vec![exception] })
}

fn rows<'a>(answer: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    answer[member].as_array().into_iter().flatten()
}

fn cell(row: &Value, member: &str) -> String {
    match &row[member] {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}
