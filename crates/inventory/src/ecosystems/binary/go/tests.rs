use super::super::kept::Kept;
use super::super::object::fixture::{BASE, ELF, Elf, macho, pe};
use super::*;

const MODULES: &str = "path\texample.com/a/cmd/a
mod\texample.com/a\t(devel)\t
dep\tgithub.com/docker/cli\tv29.0.1+incompatible\th1:x=
dep\tgolang.org/x/net\tv0.30.0\th1:x=
=>\texample.com/net\tv0.31.0\th1:y=
dep\texample.com/local\tv1.0.0
=>\t../local\t(devel)
dep\tk8s.io/api\tv0.0.0
=>\t./staging/api\t
build\t-ldflags=\"-s -w -X main.version=1.2.3\"
build\tCGO_ENABLED=0
";

const EXPECT: [(&str, &str); 6] = [
    ("stdlib", "1.26.8"),
    ("example.com/a", "v1.2.3"),
    ("github.com/docker/cli", "v29.0.1+incompatible"),
    ("example.com/net", "v0.31.0"),
    ("example.com/local", "v1.0.0"),
    ("k8s.io/api", ""),
];

fn framed(modules: &str) -> Vec<u8> {
    if modules.is_empty() {
        Vec::new()
    } else {
        [b"0123456789abcdef", modules.as_bytes(), b"fedcba9876543210"].concat()
    }
}

/// What the linker writes since Go 1.18.
fn inline(toolchain: &str, modules: &str) -> Vec<u8> {
    let mut section = b"\xff Go buildinf:\x08\x02".to_vec();
    section.resize(32, 0);
    for text in [toolchain.as_bytes(), &framed(modules)] {
        let mut length = text.len();
        while length >= 0x80 {
            section.push(length as u8 | 0x80);
            length >>= 7;
        }
        section.push(length as u8);
        section.extend(text);
    }
    section
}

/// What it wrote before: pointers to descriptions of texts.
fn pointed(elf: Elf, toolchain: &str, modules: &str) -> Vec<u8> {
    let modules = framed(modules);
    let word = if elf.wide { 8 } else { 4 };
    let descriptions = BASE + elf.first_content() + 32;
    let texts = descriptions + 4 * word;
    let mut section = b"\xff Go buildinf:".to_vec();
    section.extend([word as u8, u8::from(elf.big)]);
    section.extend([elf.word(descriptions), elf.word(descriptions + 2 * word)].concat());
    section.resize(32, 0);
    let second = texts + toolchain.len() as u64;
    for (address, length) in [(texts, toolchain.len()), (second, modules.len())] {
        section.extend([elf.word(address), elf.word(length as u64)].concat());
    }
    [&section, toolchain.as_bytes(), &modules].concat()
}

fn inspect_file(file: &[u8]) -> Result<Vec<Package>, &'static str> {
    inspect(&Program::new(b"a", &Kept::whole(file))?)
}

#[track_caller]
fn check(file: &[u8], expect: &[(&str, &str)]) {
    let expect: Vec<_> = expect.iter().map(|&(name, version)| package(name, version).unwrap()).collect();
    assert_eq!(inspect_file(file).as_deref(), Ok(&*expect));
}

#[test]
fn modules_of_every_format() {
    let section = inline("go1.26.8 X:boringcrypto", MODULES);
    for elf in Elf::ALL {
        check(&elf.program(&[(".text", b"code"), (".go.buildinfo", &section)]), &EXPECT);
    }
    check(&pe(&[(".text", b"code"), (".data", &section)], &[]), &EXPECT);
    check(&macho(&[("__text", b"code"), ("__go_buildinfo", &section)]), &EXPECT);
}

#[test]
fn modules_behind_pointers() {
    for elf in Elf::ALL {
        check(&elf.program(&[(".go.buildinfo", &pointed(elf, "go1.26.8", MODULES))]), &EXPECT);
        check(&elf.program(&[(".go.buildinfo", &pointed(elf, "go1.12", ""))]), &[("stdlib", "1.12")]);
    }
}

#[test]
fn a_program_without_its_table_of_sections() {
    let file = ELF.program(&[(".go.buildinfo", &inline("go1.26.8", MODULES))]);
    check(&file[..file.len() - 64], &EXPECT);
}

#[test]
fn other_programs_have_no_modules() {
    check(&ELF.program(&[(".data", &inline("go1.26.8", MODULES))]), &[]);
    check(&ELF.program(&[(".go.buildinfo", b"other")]), &[]);
    check(&ELF.program(&[(".go.buildinfo", &inline("", ""))]), &[]);
    check(&pe(&[(".data", b"other")], &[]), &[]);
}

#[test]
fn the_toolchain_itself() {
    let found =
        inspect_file(&ELF.program(&[(".go.buildinfo", &inline("go1.26.8", "path\tcmd/go\nmod\tcmd\t(devel)\n"))]));
    let go = Package { certainty: Certainty::Classified, ..Package::new(PackageKind::Generic, "go", "1.26.8") };
    assert_eq!(found, Ok(vec![package("stdlib", "1.26.8").unwrap(), go]));
}

#[test]
fn a_program_without_modules() {
    fn check(list: &str, expect: Option<(&str, &str)>) {
        let found = inspect_file(&ELF.program(&[(".go.buildinfo", &inline("go1.19.8", list))]));
        let classified =
            |(name, version)| Package { certainty: Certainty::Classified, ..package(name, version).unwrap() };
        let expect = [package("stdlib", "1.19.8").unwrap()].into_iter().chain(expect.map(classified)).collect();
        assert_eq!(found, Ok(expect), "{list}");
    }
    check(
        "path\tgithub.com/docker/docker/cmd/dockerd\nbuild\t-ldflags=\" \\t-X \\\"github.com/docker/docker/dockerversion.Version=20.10.24+dfsg1\\\"\"\n",
        Some(("github.com/docker/docker", "v20.10.24+dfsg1")),
    );
    check("path\tgithub.com/docker/docker/cmd/dockerd\n", Some(("github.com/docker/docker", "")));
    check("path\tgo.etcd.io/etcd\n", Some(("go.etcd.io/etcd", "")));
    check("path\tcommand-line-arguments\n", None);
}

#[test]
fn damage_is_an_error() {
    let whole = inline("go1.26.8", MODULES);
    for end in 32..whole.len() {
        assert!(inspect_file(&ELF.program(&[(".go.buildinfo", &whole[..end])])).is_err(), "{end}");
    }
    let mut absurd = whole.clone();
    absurd[32..37].copy_from_slice(&[0xff, 0xff, 0xff, 0xff, 0x7f]);
    assert!(inspect_file(&ELF.program(&[(".go.buildinfo", &absurd)])).is_err());
    let mut outside = pointed(ELF, "go1.17", MODULES);
    outside[16..24].fill(0xff);
    assert!(inspect_file(&ELF.program(&[(".go.buildinfo", &outside)])).is_err());
    let long = format!("mod\t{}\tv1.0.0\n", "a".repeat(2_000));
    assert!(inspect_file(&ELF.program(&[(".go.buildinfo", &inline("go1.26.8", &long))])).is_err());
}

#[test]
fn lines_may_lack_columns() {
    for modules in ["mod\n", "dep\n=>\n", "=>\ta\tv1\n", "=>\n", "build\n", "\n\n", "mod\t\t\n", "path\n"] {
        let found = inspect_file(&ELF.program(&[(".go.buildinfo", &inline("go1.26.8", modules))])).unwrap();
        assert_eq!(found[0], package("stdlib", "1.26.8").unwrap(), "{modules:?}");
    }
}
