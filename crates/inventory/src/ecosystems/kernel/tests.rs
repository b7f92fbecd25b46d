use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::{Facts, check_files};
use crate::{Certainty, Package, PackageKind};

#[test]
fn the_kernels_of_distributions() {
    check_files(
        &CATALOGER,
        &["boot/vmlinuz", "boot/vmlinuz-6.1.0-18-amd64", "usr/lib/modules/5.14.0-427.el9.x86_64/vmlinuz"],
        &["boot/initrd.img-6.1.0-18-amd64", "srv/boot/vmlinuz", "lib/modules/vmlinuz", "usr/share/doc/vmlinuz-x"],
    );
}

/// The beginning of an x86 kernel.
fn kernel(offset: u16, banner: &[u8]) -> Vec<u8> {
    let mut kernel = vec![0; 0x210];
    kernel[0x202..0x206].copy_from_slice(b"HdrS");
    kernel[0x20e..].copy_from_slice(&offset.to_le_bytes());
    kernel.resize(0x200 + usize::from(offset), 0);
    kernel.extend(banner);
    kernel
}

#[test]
fn releases() {
    fn check(path: &str, bytes: &[u8], expect: Option<(&str, Certainty)>) {
        let expect = expect.map_or(Facts::Nothing, |(release, certainty)| {
            let package = Package::new(PackageKind::Generic, "linux-kernel", release);
            Facts::Packages(vec![Package { certainty, ..package }])
        });
        assert_eq!(parse(path.as_bytes(), bytes), expect, "{path}");
    }
    let installed = |release| Some((release, Certainty::Installed));
    let classified = |release| Some((release, Certainty::Classified));
    let debian = kernel(0x42c0, b"6.1.0-18-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC\0");
    check("boot/vmlinuz", &debian, installed("6.1.0-18-amd64"));
    check("boot/vmlinuz-6.1.0-17-amd64", &debian, installed("6.1.0-18-amd64"));
    let arm = b"MZ\0\0...Linux version %s (%s)\0Linux version 6.6.32-0-virt (buildozer@build) (gcc)";
    check("boot/vmlinuz", arm, installed("6.6.32-0-virt"));
    // Compressed, it is known by its name alone.
    check("boot/vmlinuz-6.8.0-31-generic", b"\x1f\x8b\x08", classified("6.8.0-31-generic"));
    check("lib/modules/5.14.0-427.el9.aarch64/vmlinuz", b"\x1f\x8b", classified("5.14.0-427.el9.aarch64"));
    check("boot/vmlinuz-0-rescue-7a1b", b"", None);
    check("boot/vmlinuz-virt", b"", None);
    check("boot/vmlinuz", b"", None);
    // What the header points to is beyond the end, or no release.
    check("boot/vmlinuz", &kernel(0x42c0, b""), None);
    check("boot/vmlinuz", &kernel(0x42c0, b"release 6\0"), None);
    check("boot/vmlinuz", &kernel(0x42c0, &[b'6'; 100]), None);
    check("boot/vmlinuz", &debian[..0x205], None);
}
