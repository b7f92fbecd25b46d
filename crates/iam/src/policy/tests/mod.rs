//! Policies as AWS documents them.
