use super::super::kept::Kept;
use super::super::object::fixture::{pe, pe_content};
use super::*;

/// A block of the version resource.
fn block(key: &str, value: &[u8], is_text: bool, children: &[Vec<u8>]) -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut block = [0; 6].to_vec();
    block.extend(wide(key));
    block.resize(block.len().next_multiple_of(4), 0);
    block.extend_from_slice(value);
    for child in children {
        block.resize(block.len().next_multiple_of(4), 0);
        block.extend_from_slice(child);
    }
    let length = block.len() as u16;
    let value = if is_text { value.len() / 2 } else { value.len() };
    block[..6].copy_from_slice(&[length, value as u16, u16::from(is_text)].map(u16::to_le_bytes).concat());
    block
}

fn resource(texts: &[(&str, &str)]) -> Vec<u8> {
    let text = |&(key, text): &(&str, &str)| {
        let value: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        block(key, &value, true, &[])
    };
    let table = block("000004b0", b"", true, &texts.iter().map(text).collect::<Vec<_>>());
    let variables = block("VarFileInfo", b"", true, &[block("Translation", &[0, 0, 0xb0, 4], false, &[])]);
    block("VS_VERSION_INFO", &[7; 52], false, &[variables, block("StringFileInfo", b"", true, &[table])])
}

/// An assembly, whose only section is its resources.
fn assembly_of(resource: &[u8]) -> Vec<u8> {
    let base = pe_content(1) as u32;
    let directory = |id: u32, to: u32| {
        [[0; 12].to_vec(), [0_u16, 1].map(u16::to_le_bytes).concat(), [id, to].map(u32::to_le_bytes).concat()].concat()
    };
    let mut section = [directory(16, 0x8000_0018), directory(1, 0x8000_0030), directory(0, 72)].concat();
    section.extend([base + 88, resource.len() as u32, 0, 0].map(u32::to_le_bytes).concat());
    section.extend_from_slice(resource);
    pe(&[(".rsrc", &section)], &[(2, base, section.len() as u32), (14, base, 72)])
}

fn inspect_file(file: &[u8]) -> Vec<(String, String)> {
    let file = Kept::whole(file);
    inspect(&Program::new(b"app/Some.Library.dll", &file).unwrap())
        .unwrap()
        .into_iter()
        .map(|package| (package.name, package.version))
        .collect()
}

#[track_caller]
fn check(texts: &[(&str, &str)], expect: Option<(&str, &str)>) {
    let expect: Vec<_> = expect.into_iter().map(|(name, version)| (name.to_owned(), version.to_owned())).collect();
    assert_eq!(inspect_file(&assembly_of(&resource(texts))), expect, "{texts:?}");
}

#[test]
fn assemblies_say_what_they_are() {
    let json = ("OriginalFilename", "System.Text.Json.dll");
    let product = ("ProductName", "Microsoft® .NET");
    check(
        &[product, json, ("ProductVersion", "8.0.0+5535e31a712343a63f5d7d796cd874e563e5ac14")],
        Some(("System.Text.Json", "8.0.0")),
    );
    check(&[json, ("FileVersion", "8.0.23.53103")], Some(("System.Text.Json", "8.0.23.53103")));
    check(
        &[json, ("FileVersion", "8.0.23.53103 built by: lab"), ("ProductVersion", "")],
        Some(("System.Text.Json", "8.0.23.53103")),
    );
    check(&[("InternalName", "Npgsql.DLL"), ("ProductVersion", "9.0.3-rc.1")], Some(("Npgsql", "9.0.3-rc.1")));
    check(&[("ProductVersion", "1.2.3")], Some(("Some.Library", "1.2.3")));
    check(&[("OriginalFilename", "A.resources.dll"), ("ProductVersion", "1.2.3")], None);
    check(&[json], None);
    check(&[], None);
}

#[test]
fn other_programs_are_no_assemblies() {
    let resource = resource(&[("OriginalFilename", "a.dll"), ("ProductVersion", "1.2.3")]);
    let mut native = assembly_of(&resource);
    let runtime = 0x40 + 24 + 112 + 14 * 8;
    native[runtime..runtime + 8].fill(0);
    assert_eq!(inspect_file(&native), []);
}

#[test]
fn every_byte_may_be_wrong() {
    let mut file = assembly_of(&resource(&[("OriginalFilename", "a.dll"), ("ProductVersion", "1.2.3")]));
    for at in 0..file.len() {
        for wrong in [0, 1, 0x7f, 0xff] {
            let right = std::mem::replace(&mut file[at], wrong);
            for object in Object::all(&Kept::whole(&file)).into_iter().flatten() {
                let _ = describe(&object, b"a.dll");
            }
            file[at] = right;
        }
    }
    for end in 0..file.len() {
        for object in Object::all(&Kept::whole(&file[..end])).into_iter().flatten() {
            let _ = describe(&object, b"a.dll");
        }
    }
}
