//! What the name of an archive says: `name-version.jar`, mostly.

/// A file's name without its suffix, split into the name of what is in it and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileName<'a> {
    pub(super) stem: &'a str,
    pub(super) name: &'a str,
    pub(super) version: Option<&'a str>,
}

impl<'a> FileName<'a> {
    /// Splits a file's name. A classifier after the version (`-sources`, `-linux-x86_64`) belongs to neither.
    pub(super) fn parse(file: &'a str) -> Self {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let splits = || stem.match_indices('-').map(|(at, _)| (&stem[..at], &stem[at + 1..])).filter(is_split);
        // Names have numbers too (log4j-1.2-api-2.17.1): the first after which only a version comes counts, or the last.
        let clean = splits().find_map(|(name, rest)| Some((name, version(rest)?)));
        match clean.or_else(|| splits().next_back()) {
            Some((name, version)) => Self { stem, name, version: Some(version) },
            None => Self { stem, name: stem, version: None },
        }
    }

    /// Whether the file is called as one of this artifact would be.
    pub(super) fn is_of(&self, artifact: &str) -> bool {
        self.stem.strip_prefix(artifact).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']))
    }
}

fn is_split((name, rest): &(&str, &str)) -> bool {
    !name.is_empty() && rest.starts_with(|first: char| first.is_ascii_digit())
}

/// The version at the beginning of `rest`; none where what follows it is no classifier.
fn version(rest: &str) -> Option<&str> {
    let mut end = 0;
    for part in rest.split('-') {
        if is_classifier(part) {
            break;
        }
        if !is_of_version(part) {
            return None;
        }
        end += part.len() + 1;
    }
    rest.get(..end.checked_sub(1)?)
}

/// Whether what is between two dashes belongs to a version.
fn is_of_version(part: &str) -> bool {
    const QUALIFIERS: [&str; 24] = [
        "alpha",
        "android",
        "atlassian",
        "b",
        "beta",
        "build",
        "cr",
        "dev",
        "ea",
        "final",
        "ga",
        "incubating",
        "java",
        "jdk",
        "jre",
        "m",
        "p",
        "patch",
        "pre",
        "rc",
        "redhat",
        "release",
        "snapshot",
        "sp",
    ];
    let word = part.trim_end_matches(|last: char| last.is_ascii_digit() || matches!(last, '.' | '_'));
    part.starts_with(|first: char| first.is_ascii_digit())
        || QUALIFIERS.iter().any(|qualifier| word.eq_ignore_ascii_case(qualifier))
}

fn is_classifier(part: &str) -> bool {
    const CLASSIFIERS: [&str; 26] = [
        "agent",
        "aix",
        "all",
        "bin",
        "boot",
        "bundle",
        "classes",
        "client",
        "exec",
        "fat",
        "jakarta",
        "jar",
        "javadoc",
        "linux",
        "native",
        "no",
        "nodep",
        "osx",
        "runtime",
        "shaded",
        "sources",
        "standalone",
        "test",
        "tests",
        "uber",
        "windows",
    ];
    CLASSIFIERS.binary_search(&part).is_ok()
}
