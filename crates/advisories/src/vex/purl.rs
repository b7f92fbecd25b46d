//! What a [package URL](https://github.com/package-url/purl-spec) in a statement names.

use std::collections::BTreeMap;

use crate::ecosystem::normalise;

/// The longest package URL that is read, in bytes.
const LONGEST: usize = 4096;
/// How many qualifiers one may have.
const MAX_QUALIFIERS: usize = 64;
/// The qualifier that names the module of a package.
pub(super) const MODULE: &str = "rpmmod";

/// A package URL in the form it is compared in: decoded, and folded as its type tells names apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageUrl {
    kind: String,
    /// Namespace and name.
    path: String,
    version: Option<String>,
    qualifiers: BTreeMap<String, String>,
    is_of_part: bool,
}

impl PackageUrl {
    /// Reads a package URL of any type; none where the text is none, or longer than 4096 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let scheme = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("pkg:") && text.len() <= LONGEST)?;
        let rest = text[scheme.len()..].trim_start_matches('/');
        let (rest, subpath) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, rest) = rest.split_once('/')?;
        let kind = kind.to_ascii_lowercase();
        // An at sign that belongs to a name is encoded, or stands where a part begins.
        let at = rest.rfind('@').filter(|&at| at > 0 && !rest[..at].ends_with('/'));
        let (path, version) = at.map_or((rest, None), |at| (&rest[..at], Some(&rest[at + 1..])));
        let parts = path.split('/').filter(|part| !part.is_empty()).map(decode).collect::<Option<Vec<_>>>()?;
        let version = match version.filter(|version| !version.is_empty()) {
            Some(version) => Some(folded_version(&kind, decode(version)?)),
            None => None,
        };
        let is_kind = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        if parts.is_empty() || kind.is_empty() || !kind.chars().all(is_kind) {
            return None;
        }
        Some(Self {
            path: folded_path(&kind, &parts),
            version,
            qualifiers: qualifiers(&kind, query)?,
            is_of_part: !subpath.trim_matches('/').is_empty(),
            kind,
        })
    }

    /// Whether a package with this package URL is one that is meant: type, namespace and name are the same, and so are
    /// the version and the qualifiers as far as they are given. What names a part of a package means no package.
    pub fn means(&self, package: &Self) -> bool {
        let given = |(key, value): (&String, &String)| match package.qualifiers.get(key) {
            // A stream has many builds, which may be left out.
            Some(module) if key == MODULE => {
                module.strip_prefix(value.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            }
            found => found == Some(value),
        };
        !self.is_of_part
            && self.kind == package.kind
            && self.path == package.path
            && self.version.as_ref().is_none_or(|version| package.version.as_ref() == Some(version))
            && self.qualifiers.iter().all(given)
    }

    /// The type, in lower case.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The version; none where every version is meant.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Whether a package is meant, and not a part of one.
    pub(crate) fn is_of_whole(&self) -> bool {
        !self.is_of_part
    }

    /// The type, and namespace and name: the same for whatever [`means`](Self::means) the same.
    pub(crate) fn name_key(&self) -> (&str, &str) {
        (&self.kind, &self.path)
    }

    /// The last part of the name.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn qualifiers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.qualifiers.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub(super) fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.get(key).map(String::as_str)
    }

    /// With one more qualifier.
    pub(super) fn qualified(mut self, key: &str, value: &str) -> Self {
        self.qualifiers.insert(key.to_owned(), value.to_owned());
        self
    }

    /// A package of the same type, of this name alone.
    pub(super) fn with_name(self, name: &str) -> Self {
        Self { path: folded_path(&self.kind, &[name.to_owned()]), ..self }
    }

    /// The same package of another version.
    pub(super) fn with_version(self, version: &str) -> Self {
        Self { version: Some(folded_version(&self.kind, version.to_owned())), ..self }
    }

    /// The module of packages that this is, or is of, as its name and stream and what may come after them.
    pub(super) fn module(&self) -> Option<String> {
        match (self.kind.as_str(), self.qualifier(MODULE)) {
            ("rpm", Some(module)) => Some(module.to_owned()),
            ("rpmmod", _) => Some(format!("{}:{}", self.name(), self.version()?)),
            _ => None,
        }
    }
}

/// What types that tell names apart by their case do not fold; for packages of RPM that is the namespace's case only.
fn folded_path(kind: &str, parts: &[String]) -> String {
    let path = parts.join("/");
    match kind {
        "pypi" => normalise("PyPI", &path).into_owned(),
        "rpm" => match path.split_once('/') {
            Some((namespace, name)) => {
                let namespace = namespace.to_lowercase();
                // Red Hat's own statements call the distribution otherwise than its systems do.
                format!("{}/{name}", if namespace == "rhel" { "redhat" } else { &namespace })
            }
            None => path,
        },
        "alpm" | "apk" | "bitbucket" | "bitnami" | "composer" | "deb" | "ebuild" | "github" | "golang" | "hex"
        | "nuget" | "oci" | "opkg" | "pub" => path.to_lowercase(),
        _ => path,
    }
}

/// Go's versions are written with and without their letter.
fn folded_version(kind: &str, version: String) -> String {
    match version.strip_prefix('v') {
        Some(bare) if kind == "golang" => bare.to_owned(),
        _ => version,
    }
}

fn qualifiers(kind: &str, query: &str) -> Option<BTreeMap<String, String>> {
    let mut qualifiers = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=')?;
        let (key, value) = (key.to_ascii_lowercase(), decode(value)?);
        let is_default = match (kind, key.as_str()) {
            ("rpm", "epoch") => value == "0",
            ("maven", "type") => value == "jar",
            _ => value.is_empty(),
        };
        // A source package may come with its version.
        let end = if key == "upstream" { value.find('@').unwrap_or(value.len()) } else { value.len() };
        let is_source = kind == "rpm" && key == "arch" && matches!(value.as_str(), "src" | "nosrc");
        if !is_default {
            qualifiers.insert(key, if is_source { "source".to_owned() } else { value[..end].to_owned() });
        }
    }
    if kind == "rpm" && qualifiers.get("arch").is_some_and(|arch| arch == "source") {
        // Packages do not tell the epoch of the source they were built from.
        qualifiers.remove("epoch");
    }
    (qualifiers.len() <= MAX_QUALIFIERS).then_some(qualifiers)
}

/// Undoes percent-encoding; none where the outcome is no text.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            let nibble = |digit: u8| char::from(digit).to_digit(16);
            bytes.push(u8::try_from(nibble(digits[0])? * 16 + nibble(digits[1])?).ok()?);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
