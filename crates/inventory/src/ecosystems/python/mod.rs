//! Python distributions: the metadata that pip, setuptools and Debian leave beside the code.

pub(super) mod parse;

use super::{Cataloger, file_name};

pub(super) const CATALOGER: Cataloger = Cataloger { name: "python", wants, parse: parse::parse };

fn wants(path: &[u8]) -> bool {
    let name = file_name(path);
    let directory = || file_name(&path[..(path.len() - name.len()).saturating_sub(1)]);
    match name {
        b"METADATA" => directory().ends_with(b".dist-info"),
        b"PKG-INFO" => directory().ends_with(b".egg-info") || directory() == b"EGG-INFO",
        _ => name.ends_with(b".egg-info"),
    }
}

#[cfg(test)]
mod tests;
