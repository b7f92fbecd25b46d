//! Walks an archive from member to member.

use super::BLOCK;
use super::header::{Header, text};
use super::pax::{self, Pax, SparseMap};
use super::sparse::{self, Segment};
use crate::stream::{Source, Stream};
use crate::{Budget, LayerError, Limit};

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
    Symlink,
    HardLink,
    Other,
}

/// One member of the archive; its names stand in the reader.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) kind: Kind,
    /// The content's size, holes included.
    pub(crate) size: u64,
    /// How many bytes the archive still holds of it, padding not counted.
    pub(crate) stored: u64,
    /// The data segments, for a sparse file.
    pub(crate) sparse: Option<Vec<Segment>>,
}

/// Reads the headers of an archive. The content between them is left to the caller.
pub(crate) struct TarReader<'a, S> {
    pub(crate) stream: Stream<S>,
    budget: &'a Budget,
    headers: u64,
    pub(crate) names: Names,
}

/// The name and link target of the member returned last, as the archive has them.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) name: Vec<u8>,
    pub(crate) link: Vec<u8>,
}

/// What the extended headers in front of a member said.
#[derive(Default)]
struct Extended {
    pax: Option<Pax>,
    long_name: Vec<u8>,
    long_link: Vec<u8>,
}

impl<'a, S: Source> TarReader<'a, S> {
    pub(crate) fn new(stream: Stream<S>, budget: &'a Budget) -> Self {
        Self { stream, budget, headers: 0, names: Names::default() }
    }

    /// The next member; none at the end of the archive.
    ///
    /// Extended headers are taken in on the way. Global ones are read over: container runtimes do not apply them.
    pub(crate) fn next(&mut self) -> Result<Option<Member>, LayerError> {
        let mut extended = Extended::default();
        loop {
            let Some(block) = self.header_block()? else { return Ok(None) };
            let Some(header) = Header::parse(&block) else {
                return Err(if self.headers == 0 { LayerError::NotATar } else { self.damaged("a wrong checksum") });
            };
            self.headers += 1;
            if self.headers > self.budget.entries {
                return Err(Limit::Entries(self.budget.entries).into());
            }
            let size = header.size().map_err(|reason| self.damaged(reason))?;
            match header.kind() {
                b'x' => {
                    let records = self.extended_header(size)?;
                    extended.pax = Some(pax::parse(&records).map_err(|reason| self.damaged(reason))?);
                }
                b'g' => drop(self.extended_header(size)?),
                b'L' => extended.long_name = text(&self.extended_header(size)?).to_vec(),
                b'K' => extended.long_link = text(&self.extended_header(size)?).to_vec(),
                _ => return self.member(&header, size, extended).map(Some),
            }
        }
    }

    /// The next header; none at two blocks of zeroes, or at the end of the stream.
    fn header_block(&mut self) -> Result<Option<[u8; BLOCK]>, LayerError> {
        let Some(block) = self.block()? else { return Ok(None) };
        if block.iter().any(|&byte| byte != 0) {
            return Ok(Some(block));
        }
        match self.block()? {
            Some(second) if second.iter().any(|&byte| byte != 0) => {
                Err(if self.headers == 0 { LayerError::NotATar } else { self.damaged("a lone block of zeroes") })
            }
            _ => Ok(None),
        }
    }

    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, LayerError> {
        let bytes = self.stream.peek(BLOCK)?;
        match <[u8; BLOCK]>::try_from(bytes) {
            Ok(block) => {
                std::io::BufRead::consume(&mut self.stream, BLOCK);
                Ok(Some(block))
            }
            Err(_) if bytes.is_empty() => Ok(None),
            Err(_) => Err(if self.headers == 0 { LayerError::NotATar } else { LayerError::Truncated }),
        }
    }

    /// The content of an extended header.
    fn extended_header(&mut self, size: u64) -> Result<Vec<u8>, LayerError> {
        if size > self.budget.extended_header {
            return Err(Limit::ExtendedHeader(self.budget.extended_header).into());
        }
        let mut content = vec![0; size as usize];
        std::io::Read::read_exact(&mut self.stream, &mut content)?;
        self.skip_padding(size)?;
        Ok(content)
    }

    /// Moves past `length` bytes of content.
    pub(crate) fn skip(&mut self, length: u64) -> Result<(), LayerError> {
        if self.stream.skip(length)? == length { Ok(()) } else { Err(LayerError::Truncated) }
    }

    /// Moves past what fills content of `size` bytes up to whole blocks. At the very end it may be missing.
    pub(crate) fn skip_padding(&mut self, size: u64) -> Result<(), LayerError> {
        self.stream.skip(size.wrapping_neg() % BLOCK as u64)?;
        Ok(())
    }

    fn member(&mut self, header: &Header<'_>, size: u64, extended: Extended) -> Result<Member, LayerError> {
        let pax = extended.pax.unwrap_or_default();
        self.set_name(header, &[&extended.long_name, &pax.path]);
        self.names.link.clear();
        let link = [&*extended.long_link, &*pax.link].into_iter().find(|link| !link.is_empty());
        self.names.link.extend_from_slice(link.unwrap_or(header.link()));

        let kind = kind_of(header.kind(), &self.names.name);
        // Runtimes take no content from entries that have none, whatever their size says.
        let has_content =
            matches!(kind, Kind::File) || matches!(kind, Kind::Other) && !matches!(header.kind(), b'3' | b'4' | b'6');
        let stored = if has_content { pax.size.unwrap_or(size) } else { 0 };
        let mut member = Member { kind, size: stored, stored, sparse: None };
        if header.kind() == b'S' {
            self.old_gnu_sparse(header, &mut member)?;
        } else {
            self.pax_sparse(&pax, has_content, &mut member)?;
        }
        Ok(member)
    }

    fn set_name(&mut self, header: &Header<'_>, extended: &[&[u8]]) {
        self.names.name.clear();
        if let Some(name) = extended.iter().find(|name| !name.is_empty()) {
            self.names.name.extend_from_slice(name);
            return;
        }
        if !header.prefix().is_empty() {
            self.names.name.extend_from_slice(header.prefix());
            self.names.name.push(b'/');
        }
        self.names.name.extend_from_slice(header.name());
    }

    fn old_gnu_sparse(&mut self, header: &Header<'_>, member: &mut Member) -> Result<(), LayerError> {
        member.size = header.sparse_size().map_err(|reason| self.damaged(reason))?;
        let mut map = Vec::new();
        let (fields, mut more) = header.sparse_map();
        let mut ended = sparse::old_gnu_entries(fields, &mut map).map_err(|reason| self.damaged(reason))?;
        while more {
            let block = self.block()?.ok_or(LayerError::Truncated)?;
            if !ended {
                ended = sparse::old_gnu_entries(&block[..504], &mut map).map_err(|reason| self.damaged(reason))?;
            }
            more = block[504] != 0;
            self.check_map_size(map.len() as u64 * 24)?;
        }
        self.set_map(map, member)
    }

    fn pax_sparse(&mut self, pax: &Pax, has_content: bool, member: &mut Member) -> Result<(), LayerError> {
        let Some(map) = pax.sparse.map().map_err(|reason| self.damaged(reason))? else { return Ok(()) };
        if !has_content {
            return Err(self.damaged("a sparse map on an entry without content"));
        }
        if !pax.sparse.name.is_empty() {
            self.names.name.clone_from(&pax.sparse.name);
        }
        member.size = pax.sparse.size().unwrap_or(member.size);
        let map = match map {
            SparseMap::Header(map) => map,
            SparseMap::Data => self.sparse_map_in_data(member)?,
        };
        self.set_map(map, member)
    }

    /// Reads a version 1.0 map, block by block, off the front of the member's data.
    fn sparse_map_in_data(&mut self, member: &mut Member) -> Result<Vec<Segment>, LayerError> {
        let mut text = Vec::new();
        let mut lines = 0;
        loop {
            if member.stored < BLOCK as u64 {
                return Err(self.damaged("a malformed sparse map"));
            }
            let block = self.block()?.ok_or(LayerError::Truncated)?;
            member.stored -= BLOCK as u64;
            text.extend_from_slice(&block);
            lines += block.split(|&byte| byte == b'\n').count() as u64 - 1;
            self.check_map_size(text.len() as u64)?;
            let wanted = sparse::data_map_lines(&text).map_err(|reason| self.damaged(reason))?;
            if wanted.is_some_and(|wanted| lines >= wanted) {
                return sparse::data_map(&text).map_err(|reason| self.damaged(reason));
            }
        }
    }

    fn check_map_size(&self, size: u64) -> Result<(), LayerError> {
        if size > self.budget.extended_header {
            return Err(Limit::ExtendedHeader(self.budget.extended_header).into());
        }
        Ok(())
    }

    fn set_map(&self, map: Vec<Segment>, member: &mut Member) -> Result<(), LayerError> {
        if !sparse::is_valid(&map, member.size, member.stored) {
            return Err(self.damaged("a sparse map that does not fit its file"));
        }
        member.sparse = Some(map);
        Ok(())
    }

    fn damaged(&self, reason: &'static str) -> LayerError {
        LayerError::Header { offset: self.stream.position().saturating_sub(BLOCK as u64), reason }
    }
}

fn kind_of(flag: u8, name: &[u8]) -> Kind {
    match flag {
        // Archives from before ustar mark a directory by its name alone.
        0 if name.ends_with(b"/") => Kind::Directory,
        0 | b'0' | b'7' | b'S' => Kind::File,
        b'1' => Kind::HardLink,
        b'2' => Kind::Symlink,
        b'5' => Kind::Directory,
        _ => Kind::Other,
    }
}
