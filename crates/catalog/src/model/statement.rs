//! What is said of flaws in an account's images.

use bytes::Bytes;
use plimsoll_oci::Digest;

use crate::Timestamp;

/// A VEX document, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VexDocument {
    /// The digest of its bytes.
    pub digest: Digest,
    /// The form it is in.
    pub form: String,
    /// Who says so.
    pub author: String,
    /// When, by its own account; none where it does not say.
    pub issued_at: Option<Timestamp>,
    /// How many statements it makes.
    pub statements: u64,
    /// How many bytes it has.
    pub size: u64,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
}

/// A VEX document to add.
#[derive(Clone, Debug)]
pub struct NewVexDocument {
    /// The digest of `content`.
    pub digest: Digest,
    /// The form it is in.
    pub form: String,
    /// Who says so.
    pub author: String,
    /// When, by its own account; none where it does not say.
    pub issued_at: Option<Timestamp>,
    /// How many statements it makes.
    pub statements: u64,
    /// The document, byte for byte.
    pub content: Bytes,
}

/// An exception of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredException {
    /// Its id within the account.
    pub id: String,
    /// The exception, as JSON.
    pub document: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
}

/// Everything that is said in an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// Goes up with every change; 0 where nothing was ever said.
    pub version: u64,
    /// The VEX documents by their digest, those added first first.
    pub vex: Vec<(Digest, Bytes)>,
    /// The exceptions, by their ids.
    pub exceptions: Vec<StoredException>,
}

/// How much of something an account may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub count: u64,
    /// How many bytes in all.
    pub bytes: u64,
}
