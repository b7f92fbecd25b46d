//! Java programs compiled ahead of time by `GraalVM`: the
//! [bill of materials](https://www.graalvm.org/latest/security-guide/native-image/sbom/) in them, which is `CycloneDX`
//! under gzip between two symbols.

use std::io::Read as _;

use flate2::read::GzDecoder;

use super::Program;
use super::object::elf_symbol;
use crate::Package;
use crate::ecosystems::{Facts, sbom};

/// How much larger than its compressed form the bill may be, and how large in any case.
const MAX_RATIO: u64 = 64;
const MAX_SIZE: u64 = 16 << 20;

/// What the table of names of a native image has in it.
pub(super) const LENGTH_NAME: &[u8] = b"\0sbom_length\0";

const DAMAGED: &str = "it is a native image, but its bill of materials is damaged";
const TOO_LARGE: &str = "it is a native image, but its bill of materials is larger than any program's";

/// What the bill of materials of a native image lists.
pub(super) fn inspect(program: &Program<'_>) -> Result<Vec<Package>, &'static str> {
    let mut packages = Vec::new();
    // The tables of symbols may be long, and few programs have this one.
    if !program.file.is_whole() && program.file.find(LENGTH_NAME, 0..u64::MAX).is_none() {
        return Ok(packages);
    }
    for object in &program.objects {
        let Some(address) = elf_symbol(object, b"sbom") else { continue };
        let Some(length) = elf_symbol(object, b"sbom_length") else { continue };
        let length =
            object.at_address(length, 8).and_then(|bytes| object.fields.within(bytes).u64(0)).ok_or(DAMAGED)?;
        packages.extend(listed(object.at_address(address, length).ok_or(DAMAGED)?)?);
    }
    Ok(packages)
}

fn listed(compressed: &[u8]) -> Result<Vec<Package>, &'static str> {
    let limit = (compressed.len() as u64 * MAX_RATIO).min(MAX_SIZE);
    let mut json = Vec::new();
    GzDecoder::new(compressed).take(limit + 1).read_to_end(&mut json).map_err(|_| DAMAGED)?;
    if json.len() as u64 > limit {
        return Err(TOO_LARGE);
    }
    match sbom::parse::parse(&json)? {
        Facts::Packages(packages) => Ok(packages),
        _ => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::super::kept::Kept;
    use super::super::object::fixture::{BASE, Elf};
    use super::*;
    use crate::PackageKind;

    const BILL: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
        {"type":"library","group":"io.netty","name":"netty-codec-http","version":"4.1.100.Final",
         "purl":"pkg:maven/io.netty/netty-codec-http@4.1.100.Final"}]}"#;

    /// A native image: the bill, its length, and the two symbols that lead to them.
    fn image(elf: Elf, bill: &[u8], length: u64) -> Vec<u8> {
        let names = b"\0sbom\0sbom_length\0";
        let at = BASE + elf.first_content();
        let length_bytes = if elf.big { length.to_be_bytes() } else { length.to_le_bytes() };
        let data = [&length_bytes[..], bill].concat();
        let symbol = |name: u32, address: u64| {
            let [name, address, size, rest] = [elf.u32(name), elf.word(address), elf.word(8), vec![0x11, 0, 1, 0]];
            if elf.wide { [name, rest, address, size].concat() } else { [name, address, size, rest].concat() }
        };
        let symbols = [symbol(0, 0), symbol(1, at + 8), symbol(6, at)].concat();
        elf.program(&[(".data", &data), (".dynsym", &symbols), (".dynstr", names)])
    }

    fn inspect_file(file: &[u8]) -> Result<Vec<Package>, &'static str> {
        inspect(&Program::new(b"a", &Kept::whole(file))?)
    }

    #[test]
    fn the_bill_of_a_native_image() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(BILL.as_bytes()).unwrap();
        let bill = encoder.finish().unwrap();
        let netty = Package::new(PackageKind::Maven, "io.netty:netty-codec-http", "4.1.100.Final");
        for elf in Elf::ALL {
            let length = bill.len() as u64;
            assert_eq!(inspect_file(&image(elf, &bill, length)), Ok(vec![netty.clone()]), "{elf:?}");
            assert_eq!(inspect_file(&image(elf, &bill, length - 9)), Err(DAMAGED));
            assert_eq!(inspect_file(&image(elf, &bill, u64::MAX)), Err(DAMAGED));
            assert_eq!(inspect_file(&elf.program(&[(".data", &bill)])), Ok(vec![]));
        }
    }
}
