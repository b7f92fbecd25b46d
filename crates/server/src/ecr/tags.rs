//! Tags of resources.
