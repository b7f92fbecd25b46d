//! The vocabulary of the OCI Distribution and Image specifications: digests, names, media types, manifests,
//! the route grammar of the protocol and its error codes.
//!
//! Everything here is pure: bytes and values in, values out. A value of one of these types has been checked, so no
//! other crate checks it again.

mod digest;
mod name;

pub use digest::{Algorithm, Digest, DigestError, Hasher};
pub use name::{NameError, Reference, RepositoryName, Tag};
