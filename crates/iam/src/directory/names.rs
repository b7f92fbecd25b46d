//! The form of names, paths, tags and other texts that come from outside.

use super::IamError;
use super::error::IamErrorCode;

const PATH_LENGTH: usize = 512;
const DESCRIPTION_LENGTH: usize = 1000;
/// The longest policy document read, in characters; quotas on what it says are much lower.
const DOCUMENT_LENGTH: usize = 131_072;

/// Checks the length of `value`, in characters.
pub(super) fn length(value: &str, field: &str, min: usize, max: usize) -> Result<(), IamError> {
    let count = value.chars().count();
    let (bound, limit) = match count {
        _ if count < min => ("greater", min),
        _ if count > max => ("less", max),
        _ => return Ok(()),
    };
    Err(IamError::constraint(value, field, format!("have length {bound} than or equal to {limit}")))
}

/// Checks a name of at most `max` characters.
pub(super) fn name(value: &str, field: &str, max: usize) -> Result<(), IamError> {
    length(value, field, 1, max)?;
    if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
        return Ok(());
    }
    Err(IamError::new(
        IamErrorCode::ValidationError,
        format!(
            "The specified value for {field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
        ),
    ))
}

/// Checks a path, `/` or `/a/b/`, and gives it; no path is `/`.
pub(super) fn path(value: Option<&str>, field: &str) -> Result<String, IamError> {
    let value = value.unwrap_or("/");
    length(value, field, 1, PATH_LENGTH)?;
    let framed = value == "/" || value.len() > 2 && value.starts_with('/') && value.ends_with('/');
    if framed && value.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) {
        return Ok(value.to_owned());
    }
    Err(IamError::new(
        IamErrorCode::ValidationError,
        format!(
            "The specified value for {field} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."
        ),
    ))
}

/// Checks the path of a managed policy, which knows fewer characters.
pub(super) fn policy_path(value: Option<&str>) -> Result<String, IamError> {
    let path = path(value, "path")?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"/.,+@=_-".contains(&byte);
    if path.contains("//") || !path.bytes().all(known) {
        let rule = r"satisfy regular expression pattern: ((/[A-Za-z0-9\.,\+@=_-]+)*)/";
        return Err(IamError::constraint(&path, "path", rule));
    }
    Ok(path)
}

/// Checks the description of a role or policy.
pub(super) fn description(value: &str) -> Result<(), IamError> {
    length(value, "description", 0, DESCRIPTION_LENGTH)?;
    text(value, "description")
}

/// Checks the form of a policy document, before it is parsed.
pub(super) fn document(value: &str, field: &str) -> Result<(), IamError> {
    if value.len() > DOCUMENT_LENGTH {
        let rule = format!("have length less than or equal to {DOCUMENT_LENGTH}");
        return Err(IamError::constraint("…", field, rule));
    }
    length(value, field, 1, DOCUMENT_LENGTH)?;
    text(value, field)
}

fn text(value: &str, field: &str) -> Result<(), IamError> {
    let known = |char: char| matches!(char, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{ff}');
    if value.chars().all(known) {
        return Ok(());
    }
    let rule = r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+";
    Err(IamError::constraint(value, field, rule))
}

/// Checks the key of a tag.
pub(super) fn tag_key(value: &str, field: &str) -> Result<(), IamError> {
    length(value, field, 1, 128)?;
    tag_text(value, field, '+')?;
    if value.len() >= 4 && value.as_bytes()[..4].eq_ignore_ascii_case(b"aws:") {
        return Err(IamError::invalid("Tag keys prefixed with AWS: are reserved and may not be used."));
    }
    Ok(())
}

/// Checks the value of a tag.
pub(super) fn tag_value(value: &str, field: &str) -> Result<(), IamError> {
    length(value, field, 0, 256)?;
    tag_text(value, field, '*')
}

fn tag_text(value: &str, field: &str, repeat: char) -> Result<(), IamError> {
    let space = |char: char| char.is_whitespace() && !char.is_control();
    if value.chars().all(|char| char.is_alphanumeric() || space(char) || "_.:/=+-@".contains(char)) {
        return Ok(());
    }
    let rule = format!(r"satisfy regular expression pattern: [\p{{L}}\p{{Z}}\p{{N}}_.:/=+\-@]{repeat}");
    Err(IamError::constraint(value, field, rule))
}
