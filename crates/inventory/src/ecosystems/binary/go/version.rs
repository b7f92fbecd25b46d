//! Which version a Go program is of, and which toolchain built it.

/// The version of the toolchain: of `go1.26.8 X:boringcrypto` it is `1.26.8`.
pub(super) fn toolchain(text: &str) -> &str {
    let text = text.strip_prefix("devel ").unwrap_or(text);
    let text = text.split([' ', '+']).next().unwrap_or(text);
    let text = text.split("-X:").next().unwrap_or(text);
    text.strip_prefix("go").unwrap_or(text)
}

/// The version of the main module: as its build information has it, or else as the linker was told to write it into a
/// variable. Empty where neither is known.
pub(super) fn of_main(module: &str, recorded: &str, flags: &str) -> String {
    let told = recorded != "(devel)" && !recorded.starts_with("v0.0.0-") && is_version(recorded);
    if told { recorded.to_owned() } else { from_flags(module, flags).unwrap_or_default() }
}

/// The version that `-X` flags write into a variable of that name.
///
/// The main package's or main module's own variable counts for more than another module's; where several of the same
/// rank differ, none counts.
pub(super) fn from_flags(module: &str, flags: &str) -> Option<String> {
    let words = words(&unquoted(flags));
    let mut best: Option<(bool, &str)> = None;
    let mut differ = false;
    for (index, word) in words.iter().enumerate() {
        let Some(assignment) = assignment(word, words.get(index + 1)) else { continue };
        let Some((variable, value)) = assignment.split_once('=') else { continue };
        let Some((package, name)) = variable.rsplit_once('.') else { continue };
        if !names_version(name) || !is_version(value) {
            continue;
        }
        let own = package == "main"
            || package.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match best {
            Some((rank, _)) if rank && !own => {}
            Some((rank, found)) if rank == own => differ |= trimmed(found) != trimmed(value),
            _ => (best, differ) = (Some((own, value)), false),
        }
    }
    best.filter(|_| !differ).map(|(_, value)| format!("v{}", trimmed(value)))
}

/// The module that a package on GitHub is of, where nothing says it: that of its repository, with the major version in
/// its path.
pub(super) fn repository(package: &str) -> Option<&str> {
    let parts: Vec<&str> = package.splitn(5, '/').collect();
    let is_major = |part: &&str| part.strip_prefix('v').is_some_and(|major| major.parse::<u16>().is_ok());
    let [host @ "github.com", owner, name, ..] = *parts else { return None };
    let major = parts.get(3).filter(|part| is_major(part)).map_or(0, |part| 1 + part.len());
    package.get(..host.len() + owner.len() + name.len() + 2 + major)
}

/// What `-X` assigns: in the same word, or in the next.
fn assignment<'a>(word: &'a str, next: Option<&'a String>) -> Option<&'a str> {
    let flag = word.strip_prefix('-').map(|flag| flag.strip_prefix('-').unwrap_or(flag))?;
    match flag.strip_prefix('X')? {
        "" => next.map(String::as_str),
        rest => rest.strip_prefix('='),
    }
}

fn trimmed(version: &str) -> &str {
    version.strip_prefix(['v', 'V']).unwrap_or(version)
}

fn names_version(variable: &str) -> bool {
    const NAMES: [&str; 10] = [
        "version",
        "ver",
        "appversion",
        "buildversion",
        "gitversion",
        "releaseversion",
        "semver",
        "programversion",
        "currentversion",
        "versionnumber",
    ];
    NAMES.iter().any(|name| variable.eq_ignore_ascii_case(name))
}

/// Whether it begins like a version of two numbers or more.
fn is_version(text: &str) -> bool {
    let mut numbers = trimmed(text).splitn(3, '.');
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    numbers.next().is_some_and(is_number)
        && numbers.next().is_some_and(|number| number.starts_with(|first: char| first.is_ascii_digit()))
}

/// The text of a setting, which is quoted as in Go's source where it has spaces or quotes.
fn unquoted(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return text.trim_matches('`').to_owned();
    };
    let mut escaped = false;
    let kept = inner.chars().filter_map(|next| {
        let escape = next == '\\' && !escaped;
        let kept = match next {
            _ if escape => None,
            'n' | 't' if escaped => Some(' '),
            next => Some(next),
        };
        escaped = escape;
        kept
    });
    kept.collect()
}

/// The words of a command line, in which quotes hold spaces together.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for next in text.chars() {
        match quote {
            Some(end) if next == end => quote = None,
            None if next == '\'' || next == '"' => quote = Some(next),
            None if next.is_whitespace() => words.push(String::new()),
            _ => {
                if let Some(word) = words.last_mut() {
                    word.push(next);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toolchains() {
        for (text, expect) in [
            ("go1.26.8", "1.26.8"),
            ("go1.26.5 X:boringcrypto", "1.26.5"),
            ("go1.26.5-X:nogreenteagc", "1.26.5"),
            ("go1.26.5 (Red Hat 1.26.5-1.el9)", "1.26.5"),
            ("go1.22rc1", "1.22rc1"),
            ("devel go1.23-a1b2c3d Tue Mar 5 10:00:00 2024 +0000", "1.23-a1b2c3d"),
            ("devel +5364146dc3 Mon Jul 1", ""),
        ] {
            assert_eq!(toolchain(text), expect, "{text}");
        }
    }

    #[test]
    fn modules_of_packages() {
        for (package, expect) in [
            ("github.com/docker/docker/cmd/dockerd", Some("github.com/docker/docker")),
            ("github.com/caddyserver/caddy/v2/cmd/caddy", Some("github.com/caddyserver/caddy/v2")),
            ("github.com/a/b", Some("github.com/a/b")),
            ("github.com/a/b/vendor", Some("github.com/a/b")),
            ("github.com/a", None),
            ("example.com/a/b", None),
            ("", None),
        ] {
            assert_eq!(repository(package), expect, "{package}");
        }
    }

    #[test]
    fn the_version_of_the_main_module() {
        fn check(recorded: &str, flags: &str, expect: &str) {
            assert_eq!(of_main("example.com/a/b", recorded, flags), expect, "{recorded} {flags}");
        }
        check("v1.2.3", "-X main.version=9.9.9", "v1.2.3");
        check("v1.2.4-0.20240102030405-abcdefabcdef+dirty", "", "v1.2.4-0.20240102030405-abcdefabcdef+dirty");
        check("(devel)", "", "");
        check("v0.0.0-20240102030405-abcdefabcdef", "", "");
        check("(devel)", "-X main.version=1.2.3", "v1.2.3");
        check("(devel)", r#""-s -w -X main.version=v1.2.3 -X main.commit=abc""#, "v1.2.3");
        check("(devel)", r#""-X 'main.version=1.2.3 beta' -s""#, "v1.2.3 beta");
        check("(devel)", r#""-X \"main.Version=1.2.3\" -s""#, "v1.2.3");
        check(
            "v0.0.0-20240102030405-abcdefabcdef",
            "-X=example.com/a/b/internal.AppVersion=v2.0.0-rc.1",
            "v2.0.0-rc.1",
        );
        check(
            "(devel)",
            r#""-X github.com/prometheus/common/version.Version=2.45.0 -X x.y/z.Revision=1.1""#,
            "v2.45.0",
        );
        check(
            "(devel)",
            r#""-X k8s.io/component-base/version.gitVersion=v1.28.2 -X k8s.io/client-go/pkg/version.gitVersion=v1.28.2""#,
            "v1.28.2",
        );
        check("(devel)", r#""-X x.y/dep.Version=1.0.0 -X example.com/a/b.version=2.0.0""#, "v2.0.0");
        check("(devel)", r#""-X example.com/a/b.version=2.0.0 -X x.y/dep.Version=1.0.0""#, "v2.0.0");
        check("(devel)", r#""-X x.y/one.Version=1.0.0 -X x.y/two.Version=2.0.0""#, "");
        check("(devel)", "-X main.version=unknown", "");
        check("(devel)", r#""-X example.com/abc.version=2.0.0 -X example.com/a/bc.version=3.0.0""#, "");
        check("(devel)", "-X", "");
        check("(devel)", "\"", "");
    }
}
