//! Every call the program makes: other registries, advisory feeds, and a server's own answers for the command line.
//!
//! One [`Client`] makes them all, and guards each: timeouts, budgets for what comes back, redirects that take no
//! credentials along and never leave TLS, and errors that say what to do next and never show a secret. Everything blocks;
//! nothing needs an async runtime.

pub mod api;
mod client;
pub mod credentials;
mod error;
#[cfg(test)]
mod fake;
pub mod feeds;
mod progress;
mod proxy;
mod reference;
pub mod registry;
mod url;

pub use client::Client;
pub use credentials::Credentials;
pub use error::OutboundError;
pub use progress::Progress;
pub use reference::{Reference, ReferenceError};
