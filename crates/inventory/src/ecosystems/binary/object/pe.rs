//! PE: the [format](https://learn.microsoft.com/windows/win32/debug/pe-format) of Windows programs and of .NET
//! assemblies.

use super::{CUT_OFF, Fields, Format, Object, Place, Section, Segment};

const WRITABLE: u32 = 0x8000_0000;
/// The directories of the optional header: the resources, and the header of .NET's runtime.
const RESOURCES: u64 = 2;
const RUNTIME: u64 = 14;
/// The type of a resource that tells the version.
const VERSION: u32 = 16;

/// Reads the tables of a PE file; none where it is a program for DOS, or none at all.
pub(super) fn read(fields: Fields<'_>) -> Result<Option<Object<'_>>, &'static str> {
    let Some(header) = header(&fields) else { return Ok(None) };
    tables(fields, header).map(Some).ok_or(CUT_OFF)
}

/// Where the header begins.
fn header(fields: &Fields<'_>) -> Option<u64> {
    let header = fields.u32(0x3c)?.into();
    (fields.slice(header, 4)? == b"PE\0\0").then_some(header)
}

fn tables(fields: Fields<'_>, header: u64) -> Option<Object<'_>> {
    let base = base(&fields, header)?;
    let pointer = if is_wide(&fields, header)? { 8 } else { 4 };
    let mut object = Object { fields, format: Format::Pe, pointer, sections: Vec::new(), segments: Vec::new() };
    let first = header + 24 + u64::from(fields.u16(header + 20)?);
    for index in 0..u64::from(fields.u16(header + 6)?) {
        let at = first + index * 40;
        let name = fields.slice(at, 8)?;
        let name = &name[..memchr::memchr(0, name).unwrap_or(name.len())];
        let [address, size, offset] = [12, 16, 20].map(|field| fields.u32(at + field).map(u64::from));
        let place = Place { offset: offset?, size: size? };
        object.sections.push(Section { name, place: Some(place) });
        let writable = fields.u32(at + 36)? & WRITABLE != 0;
        object.segments.push(Segment { address: base.checked_add(address?)?, place, writable });
    }
    Some(object)
}

fn is_wide(fields: &Fields<'_>, header: u64) -> Option<bool> {
    Some(fields.u16(header + 24)? == 0x20b)
}

/// Where in memory the image begins.
fn base(fields: &Fields<'_>, header: u64) -> Option<u64> {
    fields.word(header + if is_wide(fields, header)? { 48 } else { 52 }, is_wide(fields, header)?)
}

/// The address, relative to the image's, and the size of a directory of the optional header.
fn directory(fields: &Fields<'_>, header: u64, index: u64) -> Option<(u32, u32)> {
    let count = header + 24 + if is_wide(fields, header)? { 108 } else { 92 };
    if u64::from(fields.u32(count)?) <= index {
        return None;
    }
    let at = count + 4 + index * 8;
    let (address, size) = (fields.u32(at)?, fields.u32(at + 4)?);
    (address != 0 && size != 0).then_some((address, size))
}

impl<'a> Object<'a> {
    /// What is at an address relative to where the image begins, up to the end of its section.
    fn at_relative(&self, address: u32) -> Option<Fields<'a>> {
        let header = header(&self.fields)?;
        let base = base(&self.fields, header)?;
        let address = base.checked_add(address.into())?;
        let segment = self
            .segments
            .iter()
            .find(|segment| address.checked_sub(segment.address).is_some_and(|from| from < segment.place.size))?;
        let from = address - segment.address;
        self.fields.part(segment.place.offset.checked_add(from)?, segment.place.size - from)
    }
}

/// Whether the program is for .NET's runtime.
pub(in crate::ecosystems::binary) fn assembly(object: &Object<'_>) -> bool {
    object.format == Format::Pe
        && header(&object.fields).and_then(|at| directory(&object.fields, at, RUNTIME)).is_some()
}

/// The first resource that tells the program's version.
pub(in crate::ecosystems::binary) fn version_resource<'a>(object: &Object<'a>) -> Option<&'a [u8]> {
    if object.format != Format::Pe {
        return None;
    }
    let (address, _) = directory(&object.fields, header(&object.fields)?, RESOURCES)?;
    let tree = object.at_relative(address)?;
    // Three levels: the type, the name, the language.
    let by_type = subdirectory(entries(&tree, 0)?.find(|&(id, _)| id == VERSION)?.1)?;
    let by_name = subdirectory(entries(&tree, by_type)?.next()?.1)?;
    let leaf = u64::from(entries(&tree, by_name)?.next()?.1);
    let (content, size) = (tree.u32(leaf)?, tree.u32(leaf + 4)?);
    object.at_relative(content)?.slice(0, size.into())
}

/// The entries of a directory of resources: what each is called, and where it leads.
fn entries<'a>(tree: &Fields<'a>, at: u64) -> Option<impl Iterator<Item = (u32, u32)> + use<'a>> {
    let tree = *tree;
    let count = u64::from(tree.u16(at + 12)?) + u64::from(tree.u16(at + 14)?);
    Some((0..count).map_while(move |index| {
        let entry = at + 16 + index * 8;
        Some((tree.u32(entry)?, tree.u32(entry + 4)?))
    }))
}

/// Where an entry leads, if it is a directory.
fn subdirectory(entry: u32) -> Option<u64> {
    (entry & 0x8000_0000 != 0).then_some((entry & 0x7fff_ffff).into())
}
