//! Lua rocks: the specification of each that `LuaRocks` installed.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "luarocks",
    finds: "Lua rocks",
    files: &["**/luarocks/rocks*/*/*/*.rockspec", "**/rocks-*/*/*/*.rockspec"],
    scope: Scope::Place,
    size: Size::Record,
    parse: parse::parse,
};

#[cfg(test)]
mod tests;
