//! Repository policies and the registry policy.
