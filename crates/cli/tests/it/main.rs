//! The real binary from outside: its protocol, its answers to bad input, its durability, findings, gates, configuration.
//!
//! Every test has a data directory and servers of its own, on loopback ports the system chooses.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod accounts;
mod audit;
mod bad_files;
mod bad_input;
mod config;
mod docker;
mod durability;
mod ecr_bad_input;
mod ecr_durability;
mod ecr_images;
mod ecr_layers;
mod ecr_public;
mod ecr_repositories;
mod ecr_scanning;
mod exceptions;
mod findings;
mod gates;
mod harness;
mod history;
mod identity;
mod images;
mod intruders;
mod lifecycle;
mod protocol;
mod remote;
mod signatures;
mod statements;
mod versions;
mod vex;
