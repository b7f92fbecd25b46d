//! The vocabulary of the OCI Distribution and Image specifications: digests, names, media types, manifests,
//! the route grammar of the protocol and its error codes.
//!
//! Everything here is pure: bytes and values in, values out. A value of one of these types has been checked, so no
//! other crate checks it again.

mod digest;
mod error;
mod manifest;
pub mod media;
mod name;
mod pattern;
mod range;
mod route;
mod strict;

pub use digest::{Algorithm, Digest, DigestError, Hasher};
pub use error::ErrorCode;
pub use manifest::{Content, Descriptor, ImageConfig, MAX_MANIFEST_BYTES, Manifest, ManifestError, Platform, RootFs};
pub use name::{NameError, Reference, RepositoryName, Tag};
pub use pattern::{PatternError, RepositoryPattern};
pub use range::{ChunkRange, ReadRange};
pub use route::{Action, Page, Route, RouteError, Start, UploadId, query_values, route};
pub use strict::check as check_strict_json;
