//! Where the linker puts what a program was built from: Go's package
//! [`debug/buildinfo`](https://pkg.go.dev/debug/buildinfo) reads the same.

use std::str;

use super::super::object::{CUT_OFF, Format, Object};

pub(in super::super) const MAGIC: &[u8] = b"\xff Go buildinf:";
/// How long the header is: magic, size of a pointer, flags, two pointers of up to 8 bytes.
const HEADER: usize = 32;
const BIG_ENDIAN: u8 = 1;
/// The two texts follow the header, each after its length. Before Go 1.18 there were pointers to them instead.
const INLINE: u8 = 2;
/// What is around the list of modules, to find it by.
const SENTINEL: usize = 16;

const DAMAGED: &str = "it is a Go program, but what it was built from is damaged";

/// What the linker wrote.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BuildInfo<'a> {
    /// The toolchain's version, such as `go1.26.8`.
    pub(super) toolchain: &'a str,
    /// Lines of columns between tabs: the main package, the modules, the settings. Empty without modules.
    pub(super) modules: &'a str,
}

impl<'a> BuildInfo<'a> {
    /// Finds it in a program; none where it is not Go's.
    pub(super) fn find(object: &Object<'a>) -> Result<Option<Self>, &'static str> {
        let Some(header) = header(object)? else { return Ok(None) };
        let flags = header.get(15).copied().ok_or(CUT_OFF)?;
        let (toolchain, modules) = match flags & INLINE {
            0 => pointed(object, header, flags & BIG_ENDIAN != 0).ok_or(DAMAGED)?,
            _ => inline(header).ok_or(DAMAGED)?,
        };
        let toolchain = str::from_utf8(toolchain).map_err(|_| DAMAGED)?;
        let modules = str::from_utf8(between_sentinels(modules)).map_err(|_| DAMAGED)?;
        // A toolchain leaves the room for it empty in programs it links for itself.
        Ok((!toolchain.is_empty()).then_some(Self { toolchain, modules }))
    }
}

/// The header and what follows it.
fn header<'a>(object: &Object<'a>) -> Result<Option<&'a [u8]>, &'static str> {
    let section = match object.format {
        Format::Elf => object.section(b".go.buildinfo")?,
        Format::MachO => object.section(b"__go_buildinfo")?,
        Format::Pe => None,
    };
    if let Some(section) = section {
        return Ok(find(section));
    }
    if object.format == Format::Elf && object.has_sections() {
        return Ok(None);
    }
    Ok(object.find_in_data(MAGIC))
}

fn find(bytes: &[u8]) -> Option<&[u8]> {
    memchr::memmem::find(bytes, MAGIC).map(|at| &bytes[at..])
}

fn inline(header: &[u8]) -> Option<(&[u8], &[u8])> {
    let (toolchain, rest) = counted(header.get(HEADER..)?)?;
    let (modules, _) = counted(rest)?;
    Some((toolchain, modules))
}

/// A text after its length, which is in groups of 7 bits, the lowest first.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().take(5).position(|byte| byte & 0x80 == 0)?;
    let length = bytes[..=end].iter().rev().fold(0_usize, |length, byte| length << 7 | usize::from(byte & 0x7f));
    bytes[end + 1..].split_at_checked(length)
}

fn pointed<'a>(object: &Object<'a>, header: &[u8], big: bool) -> Option<(&'a [u8], &'a [u8])> {
    let size = u64::from(*header.get(14)?);
    if size != u64::from(object.pointer) {
        return None;
    }
    let header = object.fields.ordered(big).within(header);
    let text = |at: u64| {
        let descriptor = object.at_address(header.word(at, size == 8)?, 2 * size)?;
        let descriptor = header.within(descriptor);
        object.at_address(descriptor.word(0, size == 8)?, descriptor.word(size, size == 8)?)
    };
    let modules = header.word(16 + size, size == 8)?;
    Some((text(16)?, if modules == 0 { &[] } else { text(16 + size).unwrap_or_default() }))
}

/// The list without the sentinels, which are there whenever the list is.
fn between_sentinels(bytes: &[u8]) -> &[u8] {
    match bytes.len().checked_sub(SENTINEL) {
        Some(end) if end > SENTINEL && bytes[end - 1] == b'\n' => &bytes[SENTINEL..end],
        _ => &[],
    }
}
