//! The version resource: [`VS_VERSIONINFO`](https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo), a tree of
//! blocks of which the innermost are texts with names.

/// The most texts that are read; there are about ten.
const MAX_TEXTS: usize = 64;
/// The levels below the root: the kind of information, the language, the texts.
const LEVELS: usize = 3;

/// A block: its name, its value, and the blocks in it.
struct Block<'a> {
    key: String,
    value: &'a [u8],
    children: &'a [u8],
}

/// The texts of the first languages, with their names.
pub(super) fn texts(resource: &[u8]) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    if let Some((root, _)) = block(resource) {
        collect(root.children, LEVELS, &mut texts);
    }
    texts
}

fn collect(mut blocks: &[u8], levels: usize, texts: &mut Vec<(String, String)>) {
    while texts.len() < MAX_TEXTS
        && let Some((found, rest)) = block(blocks)
    {
        match levels {
            1 => texts.push((found.key, wide_text(found.value))),
            _ if levels == LEVELS && found.key != "StringFileInfo" => {}
            _ => collect(found.children, levels - 1, texts),
        }
        blocks = rest;
    }
}

/// The first block, and what follows it.
fn block(bytes: &[u8]) -> Option<(Block<'_>, &[u8])> {
    let number = |at: usize| Some(usize::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)));
    let (length, value, is_text) = (number(0)?, number(2)?, number(4)? == 1);
    let whole = bytes.get(..length)?;
    let key_end = 6 + whole.get(6..)?.chunks_exact(2).position(|unit| unit == [0, 0])? * 2;
    let from = (key_end + 2).next_multiple_of(4);
    // The length of a text counts units of two bytes.
    let to = from + if is_text { value * 2 } else { value };
    let content = whole.get(from.min(length)..to.min(length))?;
    let children = whole.get(to.next_multiple_of(4).min(length)..)?;
    let rest = bytes.get(length.max(6).next_multiple_of(4)..).unwrap_or_default();
    Some((Block { key: wide_text(&whole[6..key_end]), value: content, children }, rest))
}

/// A text in units of two bytes, up to the first zero.
fn wide_text(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    char::decode_utf16(units.take_while(|&unit| unit != 0))
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
