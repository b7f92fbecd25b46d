//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.

use super::context::Facts;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Characters that stand for themselves.
    Text(String),
    /// `?`: one character.
    One,
    /// `*`: any run of characters.
    Many,
    /// What a condition key's value is put in for.
    Variable(Variable),
}

/// A condition key whose value is put in, as it is: it is not searched for variables or wildcards again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// The key, lowercased.
    key: String,
    /// What stands in for a key without a value.
    default: Option<String>,
}

impl Variable {
    /// The key's one value, or the default.
    pub(super) fn value<'v>(&'v self, facts: &'v Facts<'_>) -> Option<&'v str> {
        facts.value(&self.key).or(self.default.as_deref())
    }
}

/// What a text may hold beside characters that stand for themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    /// Variables: from version 2012-10-17 of the language on.
    pub(super) variables: bool,
    /// `*` and `?`.
    pub(super) wildcards: bool,
}

/// Why a text's variables cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum VariableError {
    /// `${` and no `}`.
    #[error("a policy variable is not closed: ${{ needs a }}")]
    Unclosed,
    /// Not the name of a condition key.
    #[error("a policy variable must be a condition key, ${{key}} or ${{key, 'default'}}")]
    Name,
}

/// Reads a text that may hold variables and wildcards.
pub(super) fn parse(text: &str, dialect: Dialect) -> Result<Vec<Token>, VariableError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while dialect.variables
        && let Some((before, after)) = rest.split_once("${")
    {
        plain(before, dialect, &mut tokens);
        let (inside, after) = after.split_once('}').ok_or(VariableError::Unclosed)?;
        tokens.push(variable(inside)?);
        rest = after;
    }
    plain(rest, dialect, &mut tokens);
    Ok(tokens)
}

/// Reads a text with wildcards and no variables.
pub(super) fn wildcards(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    plain(text, Dialect { variables: false, wildcards: true }, &mut tokens);
    tokens
}

fn plain(mut text: &str, dialect: Dialect, tokens: &mut Vec<Token>) {
    while dialect.wildcards
        && let Some(at) = text.find(['*', '?'])
    {
        if at > 0 {
            tokens.push(Token::Text(text[..at].to_owned()));
        }
        tokens.push(if text.as_bytes()[at] == b'*' { Token::Many } else { Token::One });
        text = &text[at + 1..];
    }
    if !text.is_empty() {
        tokens.push(Token::Text(text.to_owned()));
    }
}

fn variable(inside: &str) -> Result<Token, VariableError> {
    if let "*" | "?" | "$" = inside {
        return Ok(Token::Text(inside.to_owned()));
    }
    let (key, default) = match inside.split_once(',') {
        None => (inside.trim(), None),
        Some((key, default)) => (key.trim(), Some(quoted(default.trim()).ok_or(VariableError::Name)?)),
    };
    if !key.contains(':') || key.contains(['$', '{', '*', '?', '\'']) {
        return Err(VariableError::Name);
    }
    Ok(Token::Variable(Variable { key: key.to_lowercase(), default: default.map(str::to_owned) }))
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.strip_suffix('\'')
}

/// Puts in the values; `None` if a variable has neither one value nor a default.
pub(super) fn resolve(tokens: &[Token], facts: &Facts<'_>) -> Option<Vec<Token>> {
    tokens
        .iter()
        .map(|token| match token {
            Token::Variable(variable) => variable.value(facts).map(|value| Token::Text(value.to_owned())),
            other => Some(other.clone()),
        })
        .collect()
}

/// Lowercases what stands for itself.
pub(super) fn lowercase(mut tokens: Vec<Token>) -> Vec<Token> {
    for token in &mut tokens {
        if let Token::Text(text) = token {
            *text = text.to_lowercase();
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_variable() {
        fn check(text: &str, expect: Result<&[Token], VariableError>) {
            let tokens = parse(text, Dialect { variables: true, wildcards: true });
            assert_eq!(tokens.as_deref().map_err(|error| *error), expect, "{text}");
        }
        let variable = |key: &str, default: Option<&str>| {
            Token::Variable(Variable { key: key.to_owned(), default: default.map(str::to_owned) })
        };
        let text = |text: &str| Token::Text(text.to_owned());
        check("a${aws:UserName}b", Ok(&[text("a"), variable("aws:username", None), text("b")]));
        check("${aws:PrincipalTag/team, 'none'}", Ok(&[variable("aws:principaltag/team", Some("none"))]));
        check("${aws:PrincipalTag/team,''}*", Ok(&[variable("aws:principaltag/team", Some("")), Token::Many]));
        check("${*}${?}${$}", Ok(&[text("*"), text("?"), text("$")]));
        check("$x{y}", Ok(&[text("$x{y}")]));
        check("${aws:username", Err(VariableError::Unclosed));
        check("${}", Err(VariableError::Name));
        check("${aws:${aws:username}}", Err(VariableError::Name));
        check("${username}", Err(VariableError::Name));
        check("${aws:x, none}", Err(VariableError::Name));
    }

    #[test]
    fn the_first_version_of_the_language_has_none() {
        assert_eq!(
            parse("${aws:username}?", Dialect { variables: false, wildcards: true }),
            Ok(vec![Token::Text("${aws:username}".to_owned()), Token::One])
        );
    }
}
