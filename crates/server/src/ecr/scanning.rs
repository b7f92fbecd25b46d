//! Scanning: what is scanned when, and what was found.
