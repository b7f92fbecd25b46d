use super::{CATALOGER, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::lines;

#[test]
fn applications_and_runtimes() {
    let app = "var/lib/flatpak/app/org.gimp.GIMP/x86_64/stable/0a1b/metadata";
    let runtime = "var/lib/flatpak/runtime/org.gnome.Platform/aarch64/45/0a1b/metadata";
    check_files(&CATALOGER, &[app, runtime], &["var/lib/flatpak/app/org.gimp.GIMP/x86_64/metadata", "metadata"]);
    let check = |path: &str, expect: &str| assert_eq!(lines(parse::parse(path.as_bytes())).unwrap().join(""), expect);
    check(app, "flatpak org.gimp.GIMP  [x86_64]");
    check(runtime, "flatpak org.gnome.Platform 45 [aarch64]");
    check("metadata", "");
}
