//! The server that a command asks.

use anyhow::{Context, Result};
use plimsoll_outbound::credentials::of_data_directory;
use plimsoll_outbound::{Client, Credentials, api};
use serde_json::Value;

use crate::arguments::{AskArguments, DataArgument, LoginArguments};
use crate::credentials::credentials;
use crate::settings;

/// A server, and who to be there.
pub(crate) struct Server<'a> {
    url: &'a str,
    login: Option<Credentials>,
    client: Client,
}

impl<'a> Server<'a> {
    pub(crate) fn of(arguments: &'a AskArguments) -> Result<Self> {
        Self::at(&arguments.server, &arguments.login, &arguments.data)
    }

    pub(crate) fn at(url: &'a str, login: &LoginArguments, data: &DataArgument) -> Result<Self> {
        let url = url.trim_end_matches('/');
        Ok(Self { url, login: credentials_for(login, data, host(url))?, client: Client::new()? })
    }

    /// The JSON that the server answers.
    pub(crate) fn get(&self, path_and_query: &str) -> Result<Value> {
        read(&self.bytes(path_and_query)?)
    }

    /// What the server answers, whatever it is.
    pub(crate) fn bytes(&self, path_and_query: &str) -> Result<Vec<u8>> {
        Ok(api::get(&self.client, self.url, path_and_query, self.login.as_ref())?)
    }

    /// The JSON that the server answers to a JSON document.
    pub(crate) fn post(&self, path: &str, document: &Value) -> Result<Value> {
        self.post_text(path, document.to_string())
    }

    /// The JSON that the server answers to the text of a JSON document, which is sent as it is.
    pub(crate) fn post_text(&self, path: &str, document: String) -> Result<Value> {
        read(&api::post(&self.client, self.url, path, document, self.login.as_ref())?)
    }

    /// Deletes what is at a path.
    pub(crate) fn delete(&self, path: &str) -> Result<()> {
        Ok(api::delete(&self.client, self.url, path, self.login.as_ref()).map(drop)?)
    }

    /// The repository and the tag or digest of `reference`, which may carry the server's host as docker writes it.
    pub(crate) fn split<'r>(&self, reference: &'r str) -> (&'r str, Option<&'r str>) {
        split(reference, host(self.url))
    }
}

fn host(url: &str) -> &str {
    url.split("://").last().unwrap_or(url)
}

/// An answer as JSON.
pub(crate) fn read(answer: &[u8]) -> Result<Value> {
    serde_json::from_slice(answer).context("the server's answer is not JSON: is it a Plimsoll server?")
}

/// Whoever names the server's own data directory means its administrator, whatever docker is logged in as.
fn credentials_for(login: &LoginArguments, data: &DataArgument, host: &str) -> Result<Option<Credentials>> {
    if let (None, Some(data)) = (&login.username, &data.data)
        && let Some(administrator) = of_data_directory(host, data)?
    {
        return Ok(Some(administrator));
    }
    credentials(login, host, &settings::data(data))
}

fn split<'a>(reference: &'a str, host: &str) -> (&'a str, Option<&'a str>) {
    let reference = reference.strip_prefix(host).and_then(|rest| rest.strip_prefix('/')).unwrap_or(reference);
    if let Some((name, digest)) = reference.split_once('@') {
        let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
        return (name, Some(digest));
    }
    match reference.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (reference, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split() {
        fn check(reference: &str, expect: (&str, Option<&str>)) {
            assert_eq!(split(reference, "127.0.0.1:5000"), expect, "{reference}");
        }
        check("team/app:1.0", ("team/app", Some("1.0")));
        check("team/app", ("team/app", None));
        check("127.0.0.1:5000/team/app", ("team/app", None));
        check("127.0.0.1:5000/team/app:1.0", ("team/app", Some("1.0")));
        check("team/app@sha256:00", ("team/app", Some("sha256:00")));
        check("team/app:1.0@sha256:00", ("team/app", Some("sha256:00")));
    }
}
