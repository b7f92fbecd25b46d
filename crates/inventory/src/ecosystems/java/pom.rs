//! Reads what Maven leaves of a project in what it builds: `pom.properties`, and
//! [`pom.xml`](https://maven.apache.org/pom.html).

use std::collections::HashMap;

use crate::ecosystems::{Facts, MAX_FIELD, field, xml};
use crate::{Package, PackageKind};

/// The largest `pom.properties` or `pom.xml`, in bytes; real ones stay under 300 KiB.
pub(super) const MAX_POM: usize = 4 << 20;
/// The most properties of a project.
const MAX_PROPERTIES: usize = 1_000;
/// How often properties may refer to others.
const MAX_ROUNDS: usize = 8;

/// What a project is called; what it does not tell is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Project {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: String,
}

impl Project {
    /// Takes from `other` what is missing here.
    pub(super) fn or(self, other: &Self) -> Self {
        let or = |own: String, other: &str| if own.is_empty() { other.to_owned() } else { own };
        Self {
            group: or(self.group, &other.group),
            artifact: or(self.artifact, &other.artifact),
            version: or(self.version, &other.version),
        }
    }

    /// Whether nothing is missing.
    pub(super) fn is_whole(&self) -> bool {
        !self.group.is_empty() && !self.artifact.is_empty() && !self.version.is_empty()
    }
}

/// A `pom.properties` on its own: an application that was unpacked.
pub(super) fn parse_unpacked(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let project = properties(bytes).or(&of_directory(path.rsplitn(2, |&byte| byte == b'/').nth(1).unwrap_or_default()));
    if project.group.is_empty() || project.artifact.is_empty() {
        return Ok(Facts::Nothing);
    }
    let name = format!("{}:{}", project.group, project.artifact);
    Ok(Facts::Packages(vec![Package::new(PackageKind::Maven, field(name.as_bytes())?, project.version)]))
}

/// What the directory says that holds both files: `META-INF/maven/<group>/<artifact>`.
pub(super) fn of_directory(directory: &[u8]) -> Project {
    let mut parts = directory.rsplit(|&byte| byte == b'/');
    let mut part = || known(&String::from_utf8_lossy(parts.next().unwrap_or_default()));
    Project { artifact: part(), group: part(), version: String::new() }
}

/// Reads a `pom.properties`.
pub(super) fn properties(bytes: &[u8]) -> Project {
    let mut project = Project::default();
    for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')) {
        let line = line.trim_ascii();
        let Some(end) = line.iter().position(|byte| matches!(byte, b'=' | b':')) else { continue };
        let value = String::from_utf8_lossy(&line[end + 1..]).replace('\\', "");
        let field = match line[..end].trim_ascii() {
            b"groupId" => &mut project.group,
            b"artifactId" => &mut project.artifact,
            b"version" => &mut project.version,
            _ => continue,
        };
        *field = known(&value);
    }
    project
}

/// Reads a `pom.xml`: the project's own names, or those of its parent, with properties put in.
pub(super) fn xml(bytes: &[u8]) -> Project {
    let mut values = HashMap::new();
    // What was read before an error is as good as the beginning of a damaged document.
    let _ = xml::texts(bytes, |path, text| {
        let Some(key) = key(path) else { return Ok(()) };
        if values.len() == MAX_PROPERTIES {
            return Err("it has more properties than any project has");
        }
        values.insert(key, text.to_owned());
        Ok(())
    });
    let value = |names: [&str; 2]| {
        let written = names.into_iter().find_map(|name| values.get(name).filter(|value| !value.is_empty()));
        written.map(|value| known(&put_in(value, &values))).unwrap_or_default()
    };
    Project {
        group: value(["project.groupId", "project.parent.groupId"]),
        artifact: value(["project.artifactId", "project.artifactId"]),
        version: value(["project.version", "project.parent.version"]),
    }
}

/// What the text of an element is referred to by; none for elements that do not matter.
fn key(path: &[&[u8]]) -> Option<String> {
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let is_name = |name: &[u8]| matches!(name, b"groupId" | b"artifactId" | b"version");
    match path {
        [b"project", b"properties", name] => Some(text(name)),
        [b"project", name] if is_name(name) => Some(format!("project.{}", text(name))),
        [b"project", b"parent", name] if is_name(name) => Some(format!("project.parent.{}", text(name))),
        _ => None,
    }
}

/// Replaces `${key}` by the key's value. What is not known, or too long, stays.
fn put_in(value: &str, values: &HashMap<String, String>) -> String {
    let mut value = value.to_owned();
    for _ in 0..MAX_ROUNDS {
        let Some((before, rest)) = value.split_once("${") else { break };
        let Some((key, after)) = rest.split_once('}') else { break };
        // `pom.version` is what `project.version` was once called; what a project lacks is its parent's.
        let key = key.strip_prefix("pom.").map_or_else(|| key.to_owned(), |key| format!("project.{key}"));
        let parent = key.replacen("project.", "project.parent.", 1);
        let Some(text) = values.get(&key).or_else(|| values.get(&parent)) else { break };
        value = format!("{before}{text}{after}");
        if value.len() > MAX_FIELD {
            break;
        }
    }
    value
}

/// A value that can be a name or a version; else nothing.
fn known(value: &str) -> String {
    let value = value.trim();
    let is_known = value.len() <= MAX_FIELD && !value.contains(['$', '@', '&', '/', ':', ' ', '\n', '\t']);
    if is_known { value.to_owned() } else { String::new() }
}
