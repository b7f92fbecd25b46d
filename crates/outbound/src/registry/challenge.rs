//! What a registry wants to know before it answers: the `WWW-Authenticate` header
//! ([RFC 9110, section 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)).

/// How a registry wants to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// With a token of a token service.
    Bearer {
        /// The token service's URL.
        realm: String,
        /// The name of what the token is for.
        service: Option<String>,
        /// What the token is to allow.
        scope: Option<String>,
    },
    /// With a user and a password.
    Basic,
}

/// The challenges of a header's values that this client knows, with bearer tokens first: a registry that has both wants
/// passwords for its token service only.
pub(super) fn parse<'a>(values: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let challenges: Vec<_> = values.flat_map(parse_value).collect();
    let bearer = challenges.iter().find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
    bearer.or(challenges.first()).cloned()
}

/// A scheme and its parameters.
type Raw = (String, Vec<(String, String)>);

fn parse_value(value: &str) -> Vec<Challenge> {
    let mut raw: Vec<Raw> = Vec::new();
    let mut rest = value.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let end = rest.find([' ', '\t', ',', '=']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let after = after.trim_start_matches([' ', '\t']);
        rest = match after.strip_prefix('=') {
            Some(after) if !word.is_empty() => {
                let (text, after) = parameter(after.trim_start_matches([' ', '\t']));
                if let Some((_, parameters)) = raw.last_mut() {
                    parameters.push((word.to_ascii_lowercase(), text));
                }
                after
            }
            Some(after) => after,
            None => {
                raw.push((word.to_ascii_lowercase(), Vec::new()));
                after
            }
        };
        rest = rest.trim_start_matches([' ', '\t', ',']);
    }
    raw.into_iter().filter_map(known).collect()
}

fn known((scheme, parameters): Raw) -> Option<Challenge> {
    let get = |name: &str| {
        let value = parameters.iter().find(|(have, _)| have == name).map(|(_, value)| value.clone());
        value.filter(|value| !value.is_empty())
    };
    match scheme.as_str() {
        "bearer" => Some(Challenge::Bearer { realm: get("realm")?, service: get("service"), scope: get("scope") }),
        "basic" => Some(Challenge::Basic),
        _ => None,
    }
}

/// The value of a parameter, quoted or not, and what follows it.
fn parameter(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn challenges() {
        fn check(values: &[&str], expect: Option<Challenge>) {
            assert_eq!(parse(values.iter().copied()), expect, "{values:?}");
        }
        let bearer = |service: Option<&str>, scope: Option<&str>| {
            let realm = "https://auth.example/token".to_owned();
            Some(Challenge::Bearer { realm, service: service.map(Into::into), scope: scope.map(Into::into) })
        };
        let full = r#"Bearer realm="https://auth.example/token",service="a b",scope="repository:a/b:pull,push""#;
        check(&[full], bearer(Some("a b"), Some("repository:a/b:pull,push")));
        check(&[r"bearer  REALM = https://auth.example/token , error=x"], bearer(None, None));
        check(&[r#"Bearer realm="https://auth.example/\token",service="""#], bearer(None, None));
        check(&[r#"Basic realm="x, Bearer realm=y""#], Some(Challenge::Basic));
        check(&["Basic"], Some(Challenge::Basic));
        check(&["Basic realm=x", r#"Bearer realm="https://auth.example/token""#], bearer(None, None));
        check(&[r#"Basic realm=x, Bearer realm="https://auth.example/token",service=s"#], bearer(Some("s"), None));
        check(&["Negotiate", "Digest realm=x"], None);
        check(&["Bearer", "Bearer service=x", "realm=x", "", "=", ",,", "\""], None);
        check(&[], None);
    }

    proptest! {
        #[test]
        fn anything_may_come(value in any::<String>(), like in "[Bb]earer [a-z=\", \\\\]{0,40}") {
            drop(parse([value.as_str(), like.as_str()].into_iter()));
        }
    }
}
