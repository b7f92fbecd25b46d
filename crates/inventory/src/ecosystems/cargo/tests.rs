use super::{LOCKFILE, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn crates_from_elsewhere() {
    check_files(&LOCKFILE, &["app/Cargo.lock", "Cargo.lock"], &["Cargo.toml"]);
    let check = |text: &str, expect: &str| check_packages(parse::parse(text.as_bytes()), Ok(expect));
    check(
        "version = 3\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"serde\",\n]\n\n[[package]]\nname = \"serde\"\n\
         version = \"1.0.1\"\nsource = \"registry+https://x\"\nchecksum = \"y\"\n",
        "? cargo serde 1.0.1",
    );
    check("", "");
}
