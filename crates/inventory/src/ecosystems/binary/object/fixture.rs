//! Writes the smallest programs that have sections.

/// The address at which the beginning of a written program is put into memory.
pub(in crate::ecosystems::binary) const BASE: u64 = 0x40_0000;

/// How an ELF program is written.
#[derive(Clone, Copy, Debug)]
pub(in crate::ecosystems::binary) struct Elf {
    pub(in crate::ecosystems::binary) wide: bool,
    pub(in crate::ecosystems::binary) big: bool,
}

/// The usual: 64 bits, the least significant byte first.
pub(in crate::ecosystems::binary) const ELF: Elf = Elf { wide: true, big: false };

impl Elf {
    pub(in crate::ecosystems::binary) const ALL: [Self; 4] = [
        Self { wide: false, big: false },
        Self { wide: false, big: true },
        Self { wide: true, big: false },
        Self { wide: true, big: true },
    ];

    fn u16(self, value: u16) -> Vec<u8> {
        if self.big { value.to_be_bytes().into() } else { value.to_le_bytes().into() }
    }

    pub(in crate::ecosystems::binary) fn u32(self, value: u32) -> Vec<u8> {
        if self.big { value.to_be_bytes().into() } else { value.to_le_bytes().into() }
    }

    /// A number of the width of an address.
    pub(in crate::ecosystems::binary) fn word(self, value: u64) -> Vec<u8> {
        match (self.wide, self.big) {
            (true, true) => value.to_be_bytes().into(),
            (true, false) => value.to_le_bytes().into(),
            (false, _) => self.u32(value as u32),
        }
    }

    /// Where the first section's content begins.
    pub(in crate::ecosystems::binary) fn first_content(self) -> u64 {
        if self.wide { 64 + 56 } else { 52 + 32 }
    }

    /// A program with one writable segment, which is the whole file, and these sections in this order.
    pub(in crate::ecosystems::binary) fn program(self, sections: &[(&str, &[u8])]) -> Vec<u8> {
        let mut content = Vec::new();
        let mut headers = vec![(0, 0, 0, 0)];
        let mut names = vec![0];
        for (name, bytes) in sections {
            headers.push((names.len() as u32, 1, self.first_content() + content.len() as u64, bytes.len() as u64));
            names.extend_from_slice(name.as_bytes());
            names.push(0);
            content.extend_from_slice(bytes);
        }
        headers.push((0, 3, self.first_content() + content.len() as u64, names.len() as u64));
        content.extend_from_slice(&names);
        let table = self.first_content() + content.len() as u64;
        let count = headers.len() as u16;
        let headers: Vec<u8> = headers.into_iter().flat_map(|header| self.section(header)).collect();
        let size = table + headers.len() as u64;
        let mut file = self.header(table, count);
        file.extend(self.segment(size));
        file.extend(content);
        file.extend(headers);
        file
    }

    fn header(self, sections: u64, count: u16) -> Vec<u8> {
        let mut header = b"\x7fELF".to_vec();
        header.extend([if self.wide { 2 } else { 1 }, if self.big { 2 } else { 1 }, 1]);
        header.resize(16, 0);
        header.extend([self.u16(2), self.u16(0x3e), self.u32(1)].concat());
        header.extend([self.word(0), self.word(if self.wide { 64 } else { 52 }), self.word(sections)].concat());
        let (own, segment, section) = if self.wide { (64, 56, 64) } else { (52, 32, 40) };
        header.extend(self.u32(0));
        header.extend([own, segment, 1, section, count, count - 1].map(|value| self.u16(value)).concat());
        header
    }

    fn segment(self, size: u64) -> Vec<u8> {
        let flags = self.u32(6);
        let place = [self.word(0), self.word(BASE), self.word(BASE), self.word(size), self.word(size)].concat();
        if self.wide {
            [self.u32(1), flags, place, self.word(8)].concat()
        } else {
            [self.u32(1), place, flags, self.word(8)].concat()
        }
    }

    fn section(self, (name, kind, offset, size): (u32, u32, u64, u64)) -> Vec<u8> {
        let place = [self.word(0), self.word(0), self.word(offset), self.word(size)].concat();
        [self.u32(name), self.u32(kind), place, self.u32(0), self.u32(0), self.word(1), self.word(0)].concat()
    }
}

/// A PE program with these sections, all writable, and these directories of its optional header (by index, with the
/// address relative to the image's and the size); a section's address is its offset in the file.
pub(in crate::ecosystems::binary) fn pe(sections: &[(&str, &[u8])], directories: &[(usize, u32, u32)]) -> Vec<u8> {
    let mut file = b"MZ".to_vec();
    file.resize(0x3c, 0);
    file.extend(0x40_u32.to_le_bytes());
    file.extend(b"PE\0\0");
    file.extend([0x8664_u16, sections.len() as u16].map(u16::to_le_bytes).concat());
    file.extend([0; 12]);
    file.extend([240_u16, 2].map(u16::to_le_bytes).concat());
    let mut optional = 0x20b_u16.to_le_bytes().to_vec();
    optional.resize(24, 0);
    optional.extend(BASE.to_le_bytes());
    optional.resize(108, 0);
    optional.extend(16_u32.to_le_bytes());
    optional.resize(240, 0);
    for &(index, address, size) in directories {
        optional[112 + index * 8..][..8].copy_from_slice(&[address, size].map(u32::to_le_bytes).concat());
    }
    file.extend(optional);
    let mut offset = pe_content(sections.len()) as u32;
    for (name, content) in sections {
        let mut header = name.as_bytes().to_vec();
        header.resize(8, 0);
        let size = content.len() as u32;
        header.extend([size, offset, size, offset].map(u32::to_le_bytes).concat());
        header.resize(36, 0);
        header.extend(0xc000_0040_u32.to_le_bytes());
        file.extend(header);
        offset += size;
    }
    file.extend(sections.iter().flat_map(|(_, content)| content.iter()));
    file
}

/// Where the content of the first of so many sections of a PE program begins.
pub(in crate::ecosystems::binary) fn pe_content(sections: usize) -> usize {
    0x40 + 24 + 240 + sections * 40
}

/// A Mach-O program of 64 bits with one segment of these sections.
pub(in crate::ecosystems::binary) fn macho(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let command = 72 + 80 * sections.len() as u32;
    let mut file = [0xfeed_facf_u32, 0x0100_0007, 3, 2, 1, command, 0, 0].map(u32::to_le_bytes).concat();
    let content: Vec<u8> = sections.iter().flat_map(|(_, content)| content.iter().copied()).collect();
    let mut offset = 32 + command;
    file.extend([0x19, command].map(u32::to_le_bytes).concat());
    file.extend(padded(b"__DATA"));
    let size = content.len() as u64;
    file.extend([BASE, size, offset.into(), size].map(u64::to_le_bytes).concat());
    file.extend([3, 3, sections.len() as u32, 0].map(u32::to_le_bytes).concat());
    for (name, content) in sections {
        file.extend([padded(name.as_bytes()), padded(b"__DATA")].concat());
        file.extend([BASE, content.len() as u64].map(u64::to_le_bytes).concat());
        file.extend([offset, 0, 0, 0, 0, 0, 0, 0].map(u32::to_le_bytes).concat());
        offset += content.len() as u32;
    }
    file.extend(content);
    file
}

/// A file for two architectures.
pub(in crate::ecosystems::binary) fn fat(first: &[u8], second: &[u8]) -> Vec<u8> {
    let mut file = [0xcafe_babe_u32, 2].map(u32::to_be_bytes).concat();
    let mut offset = 48;
    for program in [first, second] {
        file.extend([7, 3, offset, program.len() as u32, 0].map(u32::to_be_bytes).concat());
        offset += program.len() as u32;
    }
    [&file, first, second].concat()
}

fn padded(name: &[u8]) -> Vec<u8> {
    let mut name = name.to_vec();
    name.resize(16, 0);
    name
}
