//! What tests, torture runs and load tests of Plimsoll share, and no shipped crate sees: synthetic images and archives,
//! a seeded random source, a small blocking HTTP client, a signer of AWS requests, an issuer of web identities, and a guard
//! around the real binary.
//!
//! Everything random starts from a seed, so a failing run can be had again.

pub mod archive;
mod error;
pub mod http;
pub mod image;
mod issuer;
pub mod layer;
mod process;
mod random;
pub mod registry;
pub mod sigv4;
pub mod torture;

pub use error::Error;
pub use issuer::Issuer;
pub use plimsoll_oci::{Algorithm, Digest};
pub use process::{Credentials, RealBinary, ServeOptions};
pub use random::{Random, RandomReader, random_blob};
