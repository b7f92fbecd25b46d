//! Reads an [application's resource file](https://www.erlang.org/doc/apps/kernel/app.html): one term, of which the name and
//! `vsn` count.

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::one;

/// The applications that come with Erlang/OTP and with Elixir. All others are packages.
const OTP: [&str; 48] = [
    "asn1",
    "common_test",
    "compiler",
    "crypto",
    "debugger",
    "dialyzer",
    "diameter",
    "edoc",
    "eex",
    "eldap",
    "elixir",
    "erl_docgen",
    "erl_interface",
    "erts",
    "et",
    "eunit",
    "ex_unit",
    "ftp",
    "hipe",
    "iex",
    "inets",
    "jinterface",
    "kernel",
    "logger",
    "megaco",
    "mix",
    "mnesia",
    "observer",
    "odbc",
    "os_mon",
    "otp_mibs",
    "parsetools",
    "percept",
    "public_key",
    "reltool",
    "runtime_tools",
    "sasl",
    "snmp",
    "ssh",
    "ssl",
    "stdlib",
    "syntax_tools",
    "tftp",
    "tools",
    "typer",
    "webtool",
    "wx",
    "xmerl",
];

pub(in crate::ecosystems) fn application(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let name = after(&text, "{application,").and_then(atom).ok_or("it describes no Erlang application")?;
    let version = after(&text, "{vsn,").and_then(|rest| rest.strip_prefix('"')?.split('"').next()).unwrap_or_default();
    let kind = if OTP.binary_search(&name).is_ok() { PackageKind::Otp } else { PackageKind::Hex };
    one(kind, name, version)
}

/// What follows the beginning of a tuple, which may have spaces between its signs.
fn after<'a>(text: &'a str, tuple: &str) -> Option<&'a str> {
    let word = &tuple[1..tuple.len() - 1];
    text.match_indices(word).find_map(|(at, _)| {
        let opened = text[..at].trim_end().ends_with('{');
        let rest = text[at + word.len()..].trim_start().strip_prefix(',')?;
        opened.then(|| rest.trim_start())
    })
}

fn atom(text: &str) -> Option<&str> {
    let name = match text.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next()?,
        None => text.split(|next: char| !next.is_ascii_alphanumeric() && next != '_' && next != '@').next()?,
    };
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_applications_are_in_order() {
        assert!(super::OTP.is_sorted());
    }
}
