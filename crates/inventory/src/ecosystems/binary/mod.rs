//! Programs and libraries: what their own bytes say of what they were built from.
//!
//! Of a very long program only the beginning is read, which has its segments and so what Go's linker wrote, but not the
//! table of its sections; what is told by the name of a section is not found then, and that is no error: most such
//! programs have no such section.
//!
//! What is not short is never in memory as a whole: see [`sieve`].

mod classify;
mod dotnet;
mod go;
mod kept;
mod module;
mod native_image;
mod note;
mod object;
mod rust;
mod sieve;

use classify::Search;
pub use classify::{cpes, known_cpes};

use super::{Cataloger, Facts, Size, file_name, glob};
use crate::{Package, Scope};
use kept::Kept;
use object::Object;
pub(crate) use sieve::read;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    name: "binary",
    finds: "what programs and libraries are built from",
    files: &[],
    scope: Scope::Place,
    size: Size::Beginning,
    parse,
};

/// How many bytes of a file tell whether it is a program.
pub(crate) const HEAD: usize = 4;

/// Extensions of files that are no programs; images are full of them, and it costs to look into each.
const OTHERS: [&[u8]; 49] = [
    b"a", b"bz2", b"c", b"cfg", b"class", b"conf", b"cpp", b"crt", b"css", b"csv", b"db", b"gif", b"go", b"gz", b"h",
    b"html", b"ico", b"ini", b"jar", b"java", b"jpg", b"js", b"json", b"key", b"list", b"lua", b"map", b"md", b"mjs",
    b"mo", b"pem", b"php", b"pl", b"pm", b"png", b"po", b"py", b"pyc", b"rb", b"rst", b"sh", b"svg", b"tcl", b"toml",
    b"ts", b"txt", b"xml", b"yaml", b"yml",
];

/// Whether a file of this name is worth a look at its first bytes.
pub(crate) fn may_be_binary(path: &[u8]) -> bool {
    glob::extension(glob::last_part(path)).is_none_or(|end| OTHERS.binary_search(&end).is_err())
}

/// Whether a file that begins with `head` is a program or a library: ELF, PE or Mach-O.
pub(crate) fn is_binary(head: &[u8]) -> bool {
    head.starts_with(b"\x7fELF")
        || head.starts_with(b"MZ")
        || matches!(head, [0xfe, 0xed, 0xfa, 0xce | 0xcf] | [0xce | 0xcf, 0xfa, 0xed, 0xfe] | [0xca, 0xfe, 0xba, 0xbe])
}

/// A program or library, as far as the budget lets it be read.
struct Program<'a> {
    /// Where it is in the image.
    path: &'a [u8],
    /// Its bytes, as far as they are kept.
    file: &'a Kept<'a>,
    /// What it holds for each architecture; mostly there is one.
    objects: Vec<Object<'a>>,
}

impl<'a> Program<'a> {
    fn new(path: &'a [u8], file: &'a Kept<'a>) -> Result<Self, &'static str> {
        Ok(Self { path, file, objects: Object::all(file)? })
    }

    /// What its inspectors find.
    fn inspect(&self) -> Result<Vec<Package>, &'static str> {
        let mut packages = Vec::new();
        for inspector in INSPECTORS {
            packages.extend(inspector(self)?);
        }
        Ok(packages)
    }
}

/// What looks into a program.
type Inspector = fn(&Program<'_>) -> Result<Vec<Package>, &'static str>;

/// Every inspector.
const INSPECTORS: [Inspector; 6] =
    [go::inspect, rust::inspect, dotnet::inspect, native_image::inspect, note::inspect, module::inspect];

/// A program that is in memory as a whole.
fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut search = Search::new(path);
    search.look(bytes, bytes.len());
    facts(path, &Kept::whole(bytes), search)
}

/// What a program says, and what its name and bytes tell.
fn facts(path: &[u8], file: &Kept<'_>, search: Search) -> Result<Facts, &'static str> {
    let mut packages = Program::new(path, file)?.inspect()?;
    packages.extend(search.found());
    // A file for several architectures says the same for each.
    packages.sort();
    packages.dedup();
    Ok(if packages.is_empty() { Facts::Nothing } else { Facts::Packages(packages) })
}

#[cfg(test)]
mod tests;
