//! `plimsoll history` and `plimsoll tag`: where the tags of a server's images pointed, and moving them.

use anyhow::{Result, bail};
use plimsoll_outbound::api::encode;
use serde_json::{Value, json};

use crate::Exit;
use crate::arguments::{Format, HistoryArguments, TagArguments};
use crate::output;
use crate::server::Server;

pub(crate) fn history(arguments: &HistoryArguments) -> Result<Exit> {
    let server = Server::of(&arguments.ask)?;
    let (name, tag) = server.split(&arguments.reference);
    if tag.is_some_and(|tag| tag.contains(':')) {
        bail!("a digest has no history, as it names one image for ever: name a tag, such as {name}:latest");
    }
    match (&arguments.as_of, tag) {
        (None, _) => {
            let tag = tag.map(|tag| format!("&tag={}", encode(tag))).unwrap_or_default();
            changes(arguments, &server.get(&format!("/api/v1/history/{name}?n={}{tag}", arguments.limit))?)
        }
        (Some(time), Some(tag)) => {
            let query = format!("tag={}&as_of={}", encode(tag), encode(time));
            past(arguments, &server.get(&format!("/api/v1/history/{name}?{query}"))?)
        }
        (Some(_), None) => bail!("--as-of is asked of one tag: name it, such as {name}:latest"),
    }
}

fn changes(arguments: &HistoryArguments, answer: &Value) -> Result<Exit> {
    if arguments.format == Format::Json {
        output::json(answer)?;
        return Ok(Exit::Fine);
    }
    let empty = Vec::new();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut table = output::table(&["when", "tag", "who", "from", "to"]);
    for change in answer["changes"].as_array().unwrap_or(&empty) {
        table.add_row(["at", "tag", "by", "from", "to"].map(|member| text(&change[member])));
    }
    output::line(&table.to_string());
    Ok(Exit::Fine)
}

fn past(arguments: &HistoryArguments, answer: &Value) -> Result<Exit> {
    let text = |member: &str| answer[member].as_str().unwrap_or_default();
    let image = format!("{}@{}", text("repository"), text("digest"));
    if arguments.format == Format::Json {
        output::json(answer)?;
    } else {
        output::line(&image);
    }
    if answer["held"] == true {
        Ok(Exit::Fine)
    } else {
        output::note(&format!("{image} has been deleted since, and cannot be pulled"));
        Ok(Exit::Findings)
    }
}

pub(crate) fn tag(arguments: &TagArguments) -> Result<Exit> {
    let server = Server::of(&arguments.ask)?;
    let (name, source) = server.split(&arguments.reference);
    let Some(source) = source else {
        bail!("say which image: {name} has to be followed by its tag or digest, such as {name}:1.2.3");
    };
    let document = if arguments.semver {
        json!({ "source": source, "semver": true })
    } else {
        json!({ "source": source, "tags": arguments.tags })
    };
    let answer = server.post(&format!("/api/v1/tags/{name}"), &document)?;
    if arguments.format == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Fine);
    }
    let empty = Vec::new();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    output::line(&format!("{name}@{}", text(&answer["digest"])));
    for moved in answer["moved"].as_array().unwrap_or(&empty) {
        output::line(&format!("  {}: moved here", text(moved)));
    }
    for kept in answer["kept"].as_array().unwrap_or(&empty) {
        let why = match kept["reason"].as_str() {
            Some("in place") => "is here already".to_owned(),
            Some("later") => format!("stays, as it names {}, which is later", text(&kept["version"])),
            _ => "stays, as nothing follows a pre-release".to_owned(),
        };
        output::line(&format!("  {}: {why}", text(&kept["tag"])));
    }
    Ok(Exit::Fine)
}
