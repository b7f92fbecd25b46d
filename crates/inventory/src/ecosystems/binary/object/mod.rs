//! The file formats of programs and libraries, as far as finding a section or what is at an address goes.
//!
//! Written here, since a parser for whole object files brings far more than the three header tables this needs. Every
//! offset and count in them is the file's own claim: what leads outside of it is not there.

mod elf;
mod fields;
mod macho;
mod pe;

pub(super) use elf::{elf_symbol, notes};
pub(super) use fields::Fields;
pub(super) use pe::{assembly, version_resource};

use super::kept::Kept;

/// The file ends before the tables that tell of its parts.
pub(super) const CUT_OFF: &str = "it is cut off, or longer than what is read of a program";

/// One program, or one architecture of it.
pub(super) struct Object<'a> {
    /// The whole of the file's bytes, from where the object begins.
    pub(super) fields: Fields<'a>,
    /// Which format it is of.
    pub(super) format: Format,
    /// How many bytes an address has: 4 or 8.
    pub(super) pointer: u8,
    sections: Vec<Section<'a>>,
    segments: Vec<Segment>,
}

/// The format of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Elf,
    Pe,
    MachO,
}

/// A named part of the file.
struct Section<'a> {
    name: &'a [u8],
    /// Where in the file; none for what takes no room in it.
    place: Option<Place>,
}

/// A part of the file that is put into memory.
struct Segment {
    address: u64,
    place: Place,
    writable: bool,
}

/// A range of the file.
#[derive(Clone, Copy)]
struct Place {
    offset: u64,
    size: u64,
}

impl<'a> Object<'a> {
    /// The programs a file holds: none where it is not of a known format, several where it is for several
    /// architectures.
    ///
    /// # Errors
    /// [`CUT_OFF`] where its tables are beyond its end.
    pub(super) fn all(file: &'a Kept<'a>) -> Result<Vec<Self>, &'static str> {
        let fields = Fields::of_file(file);
        match fields.beginning(0, 4) {
            Some(b"\x7fELF") => elf::read(fields).map(Vec::from_iter),
            Some([b'M', b'Z', ..]) => pe::read(fields).map(Vec::from_iter),
            _ => macho::read(fields),
        }
    }

    /// The content of the first section of this name; none where there is no such section, or it is empty.
    ///
    /// # Errors
    /// [`CUT_OFF`] where it is beyond the end of the file.
    pub(super) fn section(&self, name: &[u8]) -> Result<Option<&'a [u8]>, &'static str> {
        let Some(place) = self.sections.iter().find(|section| section.name == name).and_then(|found| found.place)
        else {
            return Ok(None);
        };
        match self.fields.slice(place.offset, place.size) {
            Some([]) => Ok(None),
            Some(content) => Ok(Some(content)),
            None => Err(CUT_OFF),
        }
    }

    /// Whether the file tells of its sections at all.
    pub(super) fn has_sections(&self) -> bool {
        !self.sections.is_empty()
    }

    /// What begins with `needle` in the parts of the file that become writable memory, up to the end of that part or as
    /// far as it is there.
    pub(super) fn find_in_data(&self, needle: &[u8]) -> Option<&'a [u8]> {
        let mut writable = self.segments.iter().filter(|segment| segment.writable);
        writable.find_map(|segment| self.fields.find(needle, segment.place.offset, segment.place.size))
    }

    /// What is at an address in memory.
    pub(super) fn at_address(&self, address: u64, size: u64) -> Option<&'a [u8]> {
        let holds = |segment: &&Segment| {
            address.checked_sub(segment.address).is_some_and(|from| {
                from < segment.place.size && from.checked_add(size).is_some_and(|end| end <= segment.place.size)
            })
        };
        let segment = self.segments.iter().find(holds)?;
        self.fields.slice(segment.place.offset.checked_add(address - segment.address)?, size)
    }
}

#[cfg(test)]
pub(super) mod fixture;
#[cfg(test)]
mod tests;
