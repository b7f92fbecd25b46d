//! Mach-O: the load commands of `mach-o/loader.h`, and files for several architectures of `mach-o/fat.h`.

use super::{CUT_OFF, Fields, Format, Object, Place, Section, Segment};

/// The most architectures in a file. A Java class begins with the same bytes, and its version, which is larger, takes
/// the place of this count.
const MAX_ARCHITECTURES: u32 = 32;
/// The most load commands and sections of one architecture: ten times what programs have.
const MAX_COMMANDS: u32 = 4_096;
const MAX_SECTIONS: usize = 4_096;
const ABSURD: &str = "it has more load commands or sections than any program";

const SEGMENT: u32 = 0x1;
const SEGMENT_64: u32 = 0x19;
const WRITABLE: u32 = 2;

/// Reads the tables of a Mach-O file.
pub(super) fn read(file: Fields<'_>) -> Result<Vec<Object<'_>>, &'static str> {
    let fields = file.ordered(true);
    if fields.u32(0) != Some(0xcafe_babe) {
        return Ok(object(fields)?.into_iter().collect());
    }
    let count = fields.u32(4).unwrap_or(0);
    if count > MAX_ARCHITECTURES {
        return Ok(Vec::new());
    }
    let architecture = |index: u32| {
        let at = 8 + u64::from(index) * 20;
        let (offset, size) = (fields.u32(at + 8)?.into(), fields.u32(at + 12)?.into());
        fields.part(offset, size).filter(|part| part.size() == size)
    };
    let slices = (0..count).map(|index| object(architecture(index).ok_or(CUT_OFF)?));
    slices.filter_map(Result::transpose).collect()
}

/// Reads the load commands of one architecture; none where it is not one.
fn object(file: Fields<'_>) -> Result<Option<Object<'_>>, &'static str> {
    let (big, wide) = match file.ordered(true).u32(0) {
        Some(0xfeed_face) => (true, false),
        Some(0xfeed_facf) => (true, true),
        Some(0xcefa_edfe) => (false, false),
        Some(0xcffa_edfe) => (false, true),
        _ => return Ok(None),
    };
    let fields = file.ordered(big);
    let pointer = if wide { 8 } else { 4 };
    let mut object = Object { fields, format: Format::MachO, pointer, sections: Vec::new(), segments: Vec::new() };
    let mut at = if wide { 32 } else { 28 };
    let commands = fields.u32(16).ok_or(CUT_OFF)?;
    if commands > MAX_COMMANDS {
        return Err(ABSURD);
    }
    for _ in 0..commands {
        let (Some(command), Some(size)) = (fields.u32(at), fields.u32(at + 4)) else { return Err(CUT_OFF) };
        if command == SEGMENT || command == SEGMENT_64 {
            segment(&mut object, at, command == SEGMENT_64)?;
        }
        if size < 8 {
            break;
        }
        at += u64::from(size);
    }
    Ok(Some(object))
}

fn segment(object: &mut Object<'_>, at: u64, wide: bool) -> Result<(), &'static str> {
    let fields = object.fields;
    let word = if wide { 8 } else { 4 };
    let flags = at + 24 + 4 * word;
    let header = || {
        let [address, _, offset, size] = [0, 1, 2, 3].map(|index| fields.word(at + 24 + index * word, wide));
        let place = Place { offset: offset?, size: size? };
        Some(Segment { address: address?, place, writable: fields.u32(flags + 4)? & WRITABLE != 0 })
    };
    object.segments.push(header().ok_or(CUT_OFF)?);
    let entry = if wide { 80 } else { 68 };
    for index in 0..u64::from(fields.u32(flags + 8).ok_or(CUT_OFF)?) {
        if object.sections.len() == MAX_SECTIONS {
            return Err(ABSURD);
        }
        object.sections.push(section(&fields, flags + 16 + index * entry, wide).ok_or(CUT_OFF)?);
    }
    Ok(())
}

fn section<'a>(fields: &Fields<'a>, at: u64, wide: bool) -> Option<Section<'a>> {
    let name = fields.slice(at, 16)?;
    let name = &name[..memchr::memchr(0, name).unwrap_or(name.len())];
    let word = if wide { 8 } else { 4 };
    let size = fields.word(at + 32 + word, wide)?;
    let offset = fields.u32(at + 32 + 2 * word)?.into();
    Some(Section { name, place: Some(Place { offset, size }) })
}
