//! The Linux kernel: an image of it to boot, wherever distributions put it.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "kernel",
    finds: "the Linux kernel",
    files: &["boot/vmlinuz", "boot/vmlinuz-*", "lib/modules/*/vmlinuz", "usr/lib/modules/*/vmlinuz"],
    scope: Scope::Place,
    size: Size::Beginning,
    parse: |path, bytes| Ok(parse::parse(path, bytes)),
};

#[cfg(test)]
mod tests;
