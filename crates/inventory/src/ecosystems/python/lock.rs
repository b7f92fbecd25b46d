//! Reads the lock files of Pipenv, Poetry, uv and PDM, and lists of requirements with exact versions.

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::json::{self, Members, Text};
use crate::ecosystems::listing::Listing;
use crate::ecosystems::tables::tables;
use crate::ecosystems::{Facts, file_name};

pub(super) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut listing = Listing::declared(PackageKind::PyPi);
    match file_name(path) {
        b"Pipfile.lock" => pipenv(bytes, &mut listing)?,
        b"requirements.txt" => requirements(&String::from_utf8_lossy(bytes), &mut listing)?,
        _ => locked(&String::from_utf8_lossy(bytes), &mut listing)?,
    }
    Ok(listing.facts())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pipfile<'a> {
    #[serde(borrow)]
    default: Members<'a, Pinned<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pinned<'a> {
    #[serde(borrow)]
    version: Text<'a>,
}

fn pipenv(bytes: &[u8], listing: &mut Listing) -> Result<(), &'static str> {
    let file: Pipfile<'_> = json::read(bytes)?;
    for (name, pinned) in &file.default.0 {
        if let Some(version) = pinned.version.strip_prefix("==") {
            listing.add(name, version)?;
        }
    }
    Ok(())
}

/// `[[package]]` tables. What lies in the project's own directories is no package.
fn locked(text: &str, listing: &mut Listing) -> Result<(), &'static str> {
    for table in tables(text, ["name", "version", "source"]).filter(|table| table.head == "package") {
        let [name, version, source] = table.values;
        let is_own = ["virtual", "editable", "directory"]
            .iter()
            .any(|kind| source.strip_prefix('{').is_some_and(|source| source.trim_start().starts_with(kind)));
        if !is_own {
            listing.add(name, version)?;
        }
    }
    Ok(())
}

/// `name[extras]==version`, and what may follow it: markers, options, comments.
fn requirements(text: &str, listing: &mut Listing) -> Result<(), &'static str> {
    for line in text.lines() {
        let Some((name, version)) = line.split_once("==") else { continue };
        let name = name.split('[').next().unwrap_or(name).trim();
        let version = version.trim_start_matches('=').trim_start();
        let version = version.split([' ', '\t', ';', '#', ',', '\\']).next().unwrap_or(version);
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if is_name(name) && !version.is_empty() && !version.contains('*') {
            listing.add(name, version)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::listing::check_packages;

    #[test]
    fn exact_versions() {
        fn check(file: &str, text: &str, expect: Result<&str, &str>) {
            check_packages(parse(file.as_bytes(), text.as_bytes()), expect);
        }
        check(
            "app/Pipfile.lock",
            r#"{"_meta":{"hash":{}},"default":{"flask":{"hashes":[],"version":"==2.0.1"},"own":{"path":"."}},"develop":{"pytest":{"version":"==7"}}}"#,
            Ok("? pypi flask 2.0.1"),
        );
        check("Pipfile.lock", "[]", Err("it is not a JSON object"));
        let poetry =
            "[[package]]\nname = \"Flask\"\nversion = \"2.0.1\"\n[package.dependencies]\nname = \"x\"\n\n[metadata]\n";
        check("poetry.lock", poetry, Ok("? pypi Flask 2.0.1"));
        check(
            "uv.lock",
            "version = 1\n[[package]]\nname = \"app\"\nversion = \"0.1\"\nsource = { virtual = \".\" }\n\n[[package]]\nname = \"idna\"\n\
             version = \"3.6\"\nsource = { registry = \"https://x\" }\nsdist = { url = \"y\" }\n",
            Ok("? pypi idna 3.6"),
        );
        check("poetry.lock", "", Ok(""));
        check(
            "requirements.txt",
            "# c==1\n-r other.txt\nflask==2.0.1\nDjango[argon2] == 4.2 ; python_version > '3'\nidna==3.6 --hash=sha256:x\n\
             urllib3===1.26\nx>=1\ny==1.*\n-e git+https://x==1\na==1,<2 # c\nb==1\\\n",
            Ok("? pypi Django 4.2, ? pypi a 1, ? pypi b 1, ? pypi flask 2.0.1, ? pypi idna 3.6, ? pypi urllib3 1.26"),
        );
    }
}
