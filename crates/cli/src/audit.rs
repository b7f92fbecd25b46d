//! `plimsoll audit`: is the audit log whole, and what is in it.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use plimsoll_registry::local::{AuditRecord, AuditVerdict};
use plimsoll_registry::moment;
use serde_json::{Value, json};

use crate::Exit;
use crate::arguments::{AuditCommand, ExportArguments, Format, VerifyArguments};
use crate::{local, output};

/// How many records are read at a time.
const PAGE: usize = 1000;

pub(crate) fn run(command: &AuditCommand) -> Result<Exit> {
    match command {
        AuditCommand::Verify(arguments) => verify(arguments),
        AuditCommand::Export(arguments) => export(arguments),
    }
}

fn verify(arguments: &VerifyArguments) -> Result<Exit> {
    let registry = local::open(&local::config(&arguments.local)?)?;
    let spinner = output::spinner("verifying the audit log");
    let verdict = registry
        .verify_audit(|records| spinner.set_message(format!("whole so far: {}", output::count(records, "record"))));
    spinner.finish_and_clear();
    let (exit, document, text) = match verdict? {
        AuditVerdict::Whole { records, head } => {
            let head = hexadecimal(&head);
            let text = format!("the audit log is whole: {}, head {head}", output::count(records, "record"));
            (Exit::Fine, json!({ "whole": true, "records": records, "head": head }), text)
        }
        AuditVerdict::BrokenAt { seq } => {
            let text = format!(
                "the audit log is broken at record {seq}: it is missing, was changed, or does not follow from the one before; \
                 compare it with an export made earlier (`plimsoll audit export --from {seq}`)"
            );
            (Exit::Findings, json!({ "whole": false, "brokenAt": seq }), text)
        }
    };
    match arguments.format {
        Format::Json => output::json(&document)?,
        Format::Table => output::line(&text),
    }
    Ok(exit)
}

fn export(arguments: &ExportArguments) -> Result<Exit> {
    let since = match &arguments.since {
        None => None,
        Some(text) => match moment::parse(text) {
            None => bail!("--since {text:?} is not a time such as 2026-01-31T12:00:00Z"),
            moment => moment,
        },
    };
    let registry = local::open(&local::config(&arguments.local)?)?;
    let mut after = arguments.from.saturating_sub(1);
    loop {
        let page = registry.audit_page(after, PAGE)?;
        let Some(last) = page.last() else { return Ok(Exit::Fine) };
        after = last.seq;
        let mut lines = String::new();
        for record in page.iter().filter(|record| since.is_none_or(|since| record.at >= since)) {
            match arguments.format {
                Format::Json => lines.push_str(&document(record).to_string()),
                Format::Table => lines.push_str(&text(record)),
            }
            lines.push('\n');
        }
        if !lines.is_empty() && !output::text(&lines) {
            return Ok(Exit::Fine);
        }
    }
}

fn document(record: &AuditRecord) -> Value {
    let entry = &record.entry;
    json!({
        "seq": record.seq,
        "at": moment::text(record.at),
        "account": entry.account.map(|account| account.to_string()),
        "principal": entry.principal,
        "source": entry.source,
        "action": entry.action,
        "resource": entry.resource,
        "outcome": entry.outcome.as_str(),
        "requestId": entry.request_id,
        "detail": entry.detail,
        "previous": hexadecimal(&record.previous),
        "hash": hexadecimal(&record.hash),
    })
}

/// One line. What clients sent is in most of it, such as the name of what they were denied, and must not write lines of its
/// own.
fn text(record: &AuditRecord) -> String {
    let entry = &record.entry;
    format!(
        "{} {} {} {} {} {} from {}: {}",
        record.seq,
        moment::text(record.at),
        entry.outcome.as_str(),
        entry.principal.escape_debug(),
        entry.action.escape_debug(),
        entry.resource.escape_debug(),
        entry.source.escape_debug(),
        entry.detail.escape_debug(),
    )
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_registry::local::{AuditEntry, Outcome};

    use super::*;

    #[test]
    fn a_record_is_one_line_whatever_clients_sent() {
        let forged = || "user/bob\n9 2026-01-01T00:00:00Z Success\u{1b}[2K".to_owned();
        let entry = AuditEntry {
            account: None,
            principal: forged(),
            source: forged(),
            action: forged(),
            resource: forged(),
            outcome: Outcome::Denied,
            request_id: String::new(),
            detail: forged(),
        };
        let at = moment::parse("2026-01-31T12:00:00Z").unwrap();
        let line = text(&AuditRecord { seq: 8, at, entry, previous: [0; 32], hash: [0; 32] });
        assert!(!line.contains(char::is_control), "{line:?}");
        assert_eq!(line.matches(r"user/bob\n9").count(), 5, "{line:?}");
    }
}
