//! What a directory holds, in the form in which it is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::IamErrorCode;
use super::{IamError, names};
use crate::policy::{Policy, PolicyKind};

/// The kinds of entities in a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    /// A [`UserRecord`].
    User,
    /// A [`GroupRecord`].
    Group,
    /// A [`RoleRecord`].
    Role,
    /// A [`ManagedPolicy`].
    Policy,
    /// An [`OidcProvider`].
    Provider,
}

impl EntityKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::User, Self::Group, Self::Role, Self::Policy, Self::Provider];

    /// The word for the kind that is kept with an entity.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::Provider => "provider",
        }
    }

    /// The kind of that word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A user, with its keys and memberships.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UserRecord {
    /// Where it stands: `/` or `/a/b/`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// `AIDA…`
    pub id: String,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// Its own permissions.
    #[serde(default)]
    pub grants: Grants,
    /// The names of the groups it is in.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// Its access keys.
    #[serde(default)]
    pub keys: Vec<AccessKeyRecord>,
    /// The ARN of the managed policy that bounds its permissions.
    #[serde(default)]
    pub boundary: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// An access key of a user. Its secret is derived, and not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyRecord {
    /// The id.
    pub id: String,
    /// Whether it may be used.
    pub active: bool,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
}

/// A group. Who is in it is kept with the users.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupRecord {
    /// Where it stands: `/` or `/a/b/`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// `AGPA…`
    pub id: String,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// The permissions of whoever is in it.
    #[serde(default)]
    pub grants: Grants,
}

/// A role: permissions, and who may take them on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RoleRecord {
    /// Where it stands: `/` or `/a/b/`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// `AROA…`
    pub id: String,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// Who may assume it.
    pub trust: Document,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The longest session, in seconds: 3,600 to 43,200.
    pub max_session: u32,
    /// Its permissions.
    #[serde(default)]
    pub grants: Grants,
    /// The ARN of the managed policy that bounds its permissions.
    #[serde(default)]
    pub boundary: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// A managed policy with its versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// Its ARN: `arn:aws:iam::<account or aws>:policy<path><name>`.
    pub arn: String,
    /// Where it stands: `/` or `/a/b/`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// `ANPA…`
    pub id: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// When its versions last changed, in seconds since the Unix epoch.
    pub updated: i64,
    /// The number of the version in force.
    pub default_version: u32,
    /// The number the last version got; numbers are never given twice.
    pub last_version: u32,
    /// The versions, oldest first; at most five.
    pub versions: Vec<PolicyVersion>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// A version of a managed policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its number; `v3` on the wire.
    pub number: u32,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// What it says.
    pub document: Document,
}

/// An issuer of `OpenID` Connect tokens that roles may trust.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OidcProvider {
    /// The issuer without its scheme: `token.actions.example.com/path`.
    pub url: String,
    /// The audiences its tokens may be for.
    pub client_ids: Vec<String>,
    /// Fingerprints of certificates; kept and shown, not used.
    pub thumbprints: Vec<String>,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// The permissions of a user, group or role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Grants {
    /// Inline policies by name.
    pub inline: BTreeMap<String, Document>,
    /// The ARNs of attached managed policies, in the order of attachment.
    pub attached: Vec<String>,
}

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// A policy document: its text as it came, and what was understood of it, worked out at first use.
#[derive(Clone, Debug)]
pub struct Document {
    text: String,
    compiled: OnceLock<Option<Arc<Policy>>>,
}

impl Document {
    /// Checks a document that came as the parameter `field`.
    pub(super) fn parse(text: &str, field: &str, kind: PolicyKind) -> Result<Self, IamError> {
        names::document(text, field)?;
        let policy = Policy::parse(text, kind)
            .map_err(|error| IamError::new(IamErrorCode::MalformedPolicyDocument, error.malformed_policy_document()))?;
        Ok(Self { text: text.to_owned(), compiled: OnceLock::from(Some(Arc::new(policy))) })
    }

    /// A document whose text was checked before.
    pub(super) fn kept(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The compiled policy. `None` if the text is not one, which only a damaged record can be; what depends on it must
    /// then be denied.
    pub(super) fn policy(&self, kind: PolicyKind) -> Option<Arc<Policy>> {
        self.compiled.get_or_init(|| Policy::parse(&self.text, kind).ok().map(Arc::new)).clone()
    }

    /// Its size as quotas count it: characters that are not white space.
    pub(super) fn size(&self) -> usize {
        Policy::size(&self.text)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::kept)
    }
}

impl Grants {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.inline.is_empty() && self.attached.is_empty()
    }
}

impl ManagedPolicy {
    /// The version in force.
    pub fn default(&self) -> Option<&PolicyVersion> {
        self.version(self.default_version)
    }

    /// The version of that number.
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// Whether it is one of those every account has and none can change.
    pub fn is_aws_managed(&self) -> bool {
        self.arn.starts_with("arn:aws:iam::aws:")
    }
}
