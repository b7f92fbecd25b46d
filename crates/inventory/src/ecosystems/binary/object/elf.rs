//! ELF: the [System V ABI](https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html), chapters 4 and 5.

use super::{CUT_OFF, Fields, Format, Object, Place, Section, Segment};

const SEGMENT_LOADED: u32 = 1;
const SEGMENT_WRITABLE: u32 = 2;
const SECTION_WITHOUT_ROOM: u32 = 8;

/// Where the fields of the headers are, which depends on how wide addresses are.
struct Layout {
    wide: bool,
    /// In the file's header: the offsets of the two tables.
    segments: u64,
    sections: u64,
    /// In the file's header: the sizes and counts of their entries, and which section holds the names.
    segment_size: u64,
    section_size: u64,
    /// In a segment's header: its flags, place in the file, address and size in the file.
    segment: [u64; 4],
    /// In a section's header: its place in the file, its size, and the section it is linked to.
    section: [u64; 3],
    /// How large a segment's and a section's headers are at least.
    least_segment: u64,
    least_section: u64,
}

const NARROW: Layout = Layout {
    wide: false,
    segments: 28,
    sections: 32,
    segment_size: 42,
    section_size: 46,
    segment: [24, 4, 8, 16],
    section: [16, 20, 24],
    least_segment: 32,
    least_section: 40,
};
const WIDE: Layout = Layout {
    wide: true,
    segments: 32,
    sections: 40,
    segment_size: 54,
    section_size: 58,
    segment: [4, 8, 16, 32],
    section: [24, 32, 40],
    least_segment: 56,
    least_section: 64,
};

/// A table of the file's header: where it begins, how large its entries are, and how many.
#[derive(Clone, Copy)]
struct Table {
    offset: u64,
    entry: u64,
    count: u64,
}

impl Table {
    /// The offsets of the entries; an error where one is smaller than `least`, or the last is beyond the file's end.
    fn entries(self, fields: &Fields<'_>, least: u64) -> Result<impl Iterator<Item = u64> + use<>, &'static str> {
        if self.count > 0 && self.entry < least {
            return Err("its header says that the entries of a table are smaller than they can be");
        }
        let size = self.entry.checked_mul(self.count).ok_or(CUT_OFF)?;
        fields.slice(self.offset, size).ok_or(CUT_OFF)?;
        Ok((0..self.count).map(move |index| self.offset + index * self.entry))
    }
}

/// Reads the tables of an ELF file; none where its header is not one.
pub(super) fn read(file: Fields<'_>) -> Result<Option<Object<'_>>, &'static str> {
    let (layout, big) = match file.slice(4, 2) {
        Some([1, order @ (1 | 2)]) => (&NARROW, *order == 2),
        Some([2, order @ (1 | 2)]) => (&WIDE, *order == 2),
        _ => return Ok(None),
    };
    let fields = file.ordered(big);
    let segments = segments(&fields, layout)?;
    let sections = match sections(&fields, layout) {
        Ok(sections) => sections,
        // Of a long program, whose table of sections is at its end, the segments still tell where its data is.
        Err(_) if segments.iter().any(|segment| segment.writable) => Vec::new(),
        Err(error) => return Err(error),
    };
    let pointer = if layout.wide { 8 } else { 4 };
    Ok(Some(Object { fields, format: Format::Elf, pointer, sections, segments }))
}

fn segments(fields: &Fields<'_>, layout: &Layout) -> Result<Vec<Segment>, &'static str> {
    let table = || {
        Some(Table {
            offset: fields.word(layout.segments, layout.wide)?,
            entry: fields.u16(layout.segment_size)?.into(),
            count: fields.u16(layout.segment_size + 2)?.into(),
        })
    };
    let entries = table().ok_or(CUT_OFF)?.entries(fields, layout.least_segment)?;
    Ok(entries.filter_map(|at| segment(fields, layout, at)).collect())
}

fn segment(fields: &Fields<'_>, layout: &Layout, at: u64) -> Option<Segment> {
    let [flags, offset, address, size] = layout.segment;
    if fields.u32(at)? != SEGMENT_LOADED {
        return None;
    }
    let place = Place { offset: fields.word(at + offset, layout.wide)?, size: fields.word(at + size, layout.wide)? };
    let writable = fields.u32(at + flags)? & SEGMENT_WRITABLE != 0;
    Some(Segment { address: fields.word(at + address, layout.wide)?, place, writable })
}

fn sections<'a>(fields: &Fields<'a>, layout: &Layout) -> Result<Vec<Section<'a>>, &'static str> {
    let header = || {
        let offset = fields.word(layout.sections, layout.wide)?;
        let entry = fields.u16(layout.section_size)?;
        let count = fields.u16(layout.section_size + 2)?;
        Some((offset, u64::from(entry), u64::from(count), fields.u16(layout.section_size + 4)?))
    };
    let (offset, entry, mut count, names) = header().ok_or(CUT_OFF)?;
    if offset == 0 {
        return Ok(Vec::new());
    }
    let [_, size, link] = layout.section;
    if count == 0 {
        // A count too large for its field is the size of the first section, which is otherwise unused.
        count = fields.word(offset.saturating_add(size), layout.wide).ok_or(CUT_OFF)?;
    }
    let names = match names {
        0xffff => fields.u32(offset.saturating_add(link)).ok_or(CUT_OFF)?,
        names => names.into(),
    };
    let table = Table { offset, entry, count };
    let entries = table.entries(fields, layout.least_section)?;
    let place = |at| place(fields, layout, at);
    let names = entry.checked_mul(names.into()).and_then(|from| place(offset.checked_add(from)?));
    let Some(names) = names.and_then(|names| fields.slice(names.offset, names.size)) else { return Ok(Vec::new()) };
    let names = fields.within(names);
    let section = |at| Some(Section { name: names.name(fields.u32(at)?.into())?, place: place(at) });
    Ok(entries.filter_map(section).collect())
}

/// Where a section is; none where it takes no room in the file, or its header is not within it.
fn place(fields: &Fields<'_>, layout: &Layout, at: u64) -> Option<Place> {
    let [offset, size, _] = layout.section;
    let kind = fields.u32(at.checked_add(4)?)?;
    let place = Place {
        offset: fields.word(at.checked_add(offset)?, layout.wide)?,
        size: fields.word(at.checked_add(size)?, layout.wide)?,
    };
    (kind != SECTION_WITHOUT_ROOM).then_some(place)
}

/// The notes of a section: who made each, of what type it is, and what it says.
pub(in crate::ecosystems::binary) fn notes(fields: Fields<'_>) -> impl Iterator<Item = (&[u8], u32, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let [name, content, kind] = [fields.u32(at)?, fields.u32(at + 4)?, fields.u32(at + 8)?];
        let owner = fields.slice(at + 12, name.into())?;
        let from = at + 12 + u64::from(name).next_multiple_of(4);
        let content_bytes = fields.slice(from, content.into())?;
        at = from + u64::from(content).next_multiple_of(4);
        Some((owner.strip_suffix(b"\0").unwrap_or(owner), kind, content_bytes))
    })
}

/// The address of a symbol that a program offers to others.
pub(in crate::ecosystems::binary) fn elf_symbol(object: &Object<'_>, name: &[u8]) -> Option<u64> {
    let (symbols, names) = (object.section(b".dynsym").ok()??, object.section(b".dynstr").ok()??);
    let whole = [b"\0", name, b"\0"].concat();
    // The table of symbols is walked only where the name is there at all.
    let at = memchr::memmem::find(names, &whole)? as u64 + 1;
    let wide = object.pointer == 8;
    let (entry, address) = if wide { (24, 8) } else { (16, 4) };
    let mut offsets = (0..symbols.len() as u64 / entry).map(|index| index * entry);
    let symbols = object.fields.within(symbols);
    let found = offsets.find(|&offset| symbols.u32(offset).is_some_and(|name| u64::from(name) == at))?;
    symbols.word(found + address, wide)
}
