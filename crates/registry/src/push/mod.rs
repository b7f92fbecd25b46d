//! Pushing: uploads that become blobs, and manifests.

mod attach;
mod body;
mod create;
mod manifest;
mod upload;

pub(crate) use body::blocking;
pub use body::{Body, BodyError};
pub use manifest::{PushedManifest, PutManifest};
pub use upload::Declared;
