//! One 512-byte header block.

use super::BLOCK;

/// A header block whose checksum is right.
pub(super) struct Header<'a>(&'a [u8; BLOCK]);

impl<'a> Header<'a> {
    /// The header in `block`; none where its checksum is wrong.
    pub(super) fn parse(block: &'a [u8; BLOCK]) -> Option<Self> {
        let stored = number(&block[148..156]).ok()?;
        // The checksum counts its own field as spaces. Some old writers summed signed bytes.
        let field = &block[148..156];
        let unsigned = sum(block) - sum(field) + 8 * 32;
        let signed = i64::from(unsigned) - 256 * i64::from(count_high(block) - count_high(field));
        (stored == u64::from(unsigned) || i64::try_from(stored) == Ok(signed)).then_some(Self(block))
    }

    pub(super) fn name(&self) -> &'a [u8] {
        text(&self.0[..100])
    }

    /// The directory part in front of the name, which ustar, pax and star headers may have.
    pub(super) fn prefix(&self) -> &'a [u8] {
        if &self.0[257..263] != b"ustar\0" {
            return b"";
        }
        if &self.0[508..512] == b"tar\0" { text(&self.0[345..476]) } else { text(&self.0[345..500]) }
    }

    pub(super) fn link(&self) -> &'a [u8] {
        text(&self.0[157..257])
    }

    pub(super) fn kind(&self) -> u8 {
        self.0[156]
    }

    pub(super) fn size(&self) -> Result<u64, &'static str> {
        number(&self.0[124..136])
    }

    /// The size of an old GNU sparse file with its holes.
    pub(super) fn sparse_size(&self) -> Result<u64, &'static str> {
        number(&self.0[483..495])
    }

    /// The first four entries of an old GNU sparse map, and whether more blocks of it follow.
    pub(super) fn sparse_map(&self) -> (&'a [u8], bool) {
        (&self.0[386..482], self.0[482] != 0)
    }
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().map(|&byte| u32::from(byte)).sum()
}

fn count_high(bytes: &[u8]) -> u32 {
    bytes.iter().map(|&byte| u32::from(byte >> 7)).sum()
}

/// The bytes up to the first NUL.
pub(super) fn text(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
    &field[..end]
}

/// A number in octal digits, or in base 256 where the first bit is set.
pub(super) fn number(field: &[u8]) -> Result<u64, &'static str> {
    match field {
        [first, rest @ ..] if first & 0x80 != 0 => base256(first & 0x7f, rest),
        _ => octal(field),
    }
}

fn base256(first: u8, rest: &[u8]) -> Result<u64, &'static str> {
    if first & 0x40 != 0 {
        return Err("a negative number");
    }
    rest.iter().try_fold(u64::from(first), |value, &byte| {
        if value >> 55 != 0 { Err("a number is too large") } else { Ok(value << 8 | u64::from(byte)) }
    })
}

fn octal(field: &[u8]) -> Result<u64, &'static str> {
    let blank = |byte: &u8| *byte == b' ' || *byte == 0;
    let start = field.iter().position(|byte| !blank(byte)).unwrap_or(field.len());
    let end = field.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    text(&field[start..end]).iter().try_fold(0_u64, |value, &byte| match byte {
        b'0'..=b'7' if value >> 60 == 0 => Ok(value << 3 | u64::from(byte - b'0')),
        b'0'..=b'7' => Err("a number is too large"),
        _ => Err("a number is not octal"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        fn check(field: &[u8], expect: Result<u64, &'static str>) {
            assert_eq!(number(field), expect, "{field:?}");
        }
        check(b"00000001750\0", Ok(0o1750));
        check(b"   1750 \0\0\0\0", Ok(0o1750));
        check(b"\0\0\0\0\0\0\0\0\0\0\0\0", Ok(0));
        check(b"777777777777", Ok(0o777_777_777_777));
        check(b"12 34", Err("a number is not octal"));
        check(b"12\x0034", Ok(0o12));
        check(b"9", Err("a number is not octal"));
        check(b"-1", Err("a number is not octal"));
        check(&[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0], Ok(2 << 32));
        check(&[0xff; 12], Err("a negative number"));
        check(&[0x80, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Err("a number is too large"));
        check(&[0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Ok(i64::MAX.cast_unsigned()));
    }
}
