//! The HTTP the surfaces stand on: connections, bodies, and files that go to the socket without a copy.

mod body;
mod connection;
mod incoming;
mod zero_copy;

pub(crate) use body::{Body, FilePart};
pub(crate) use connection::{Connection, serve};
pub(crate) use incoming::Received;
pub(crate) use zero_copy::Outbox;

/// A response of any surface.
pub(crate) type Response = hyper::Response<Body>;
/// A request to any surface.
pub(crate) type Request = hyper::Request<hyper::body::Incoming>;
