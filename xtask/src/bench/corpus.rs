//! As many advisories as one likes: real ones, again and again under other names, ids and versions.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// So many copies of a record share the names of their packages: real packages have several flaws.
const SHARING: usize = 4;

/// Writes about `wanted` records to the folder `target`, in the layout of the public bucket, which `source` has too. Every
/// ecosystem keeps its share, and the same source makes the same records.
pub(super) fn multiply(source: &Path, wanted: usize, target: &Path) -> Result<usize> {
    let mut archives = Vec::new();
    for folder in fs::read_dir(source)?.collect::<Result<Vec<_>, _>>()? {
        let path = folder.path().join("all.zip");
        if path.is_file() {
            let archive =
                ZipArchive::new(BufReader::new(File::open(&path)?)).with_context(|| path.display().to_string())?;
            archives.push((folder.file_name(), archive));
        }
    }
    archives.sort_by(|(a, _), (b, _)| a.cmp(b));
    let there: usize = archives.iter().map(|(_, archive)| archive.len()).sum();
    let mut written = 0;
    for (name, mut archive) in archives {
        let share = (archive.len() * wanted).div_ceil(there.max(1));
        let folder = target.join(name);
        fs::create_dir_all(&folder)?;
        let mut writer = ZipWriter::new(BufWriter::new(File::create(folder.join("all.zip"))?));
        for number in 0..share {
            let (copy, entry) = (number / archive.len(), number % archive.len());
            if let Some((id, record)) = read(&mut archive, entry)?.and_then(|record| copy_of(record, copy)) {
                writer.start_file(format!("{id}.json"), SimpleFileOptions::default())?;
                serde_json::to_writer(&mut writer, &record)?;
                written += 1;
            }
        }
        writer.finish()?.flush()?;
    }
    Ok(written)
}

fn read(archive: &mut ZipArchive<BufReader<File>>, entry: usize) -> Result<Option<Map<String, Value>>> {
    let mut json = Vec::new();
    archive.by_index(entry)?.read_to_end(&mut json)?;
    Ok(serde_json::from_slice(&json).ok())
}

/// The record as its copy of this number; nothing where it is none.
fn copy_of(mut record: Map<String, Value>, copy: usize) -> Option<(String, Value)> {
    let rename = |id: &mut Value| map_text(id, |id| format!("{id}{copy:02}"));
    record.get_mut("id").map(rename)?;
    for field in ["aliases", "upstream", "related"] {
        record.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten().for_each(rename);
    }
    for field in ["summary", "details"] {
        record.get_mut(field).into_iter().for_each(|text| map_text(text, |text| format!("Copy {copy}: {text}")));
    }
    for affected in record.get_mut("affected").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(name) = affected.pointer_mut("/package/name").filter(|_| copy >= SHARING) {
            map_text(name, |name| format!("{name}-{}", copy / SHARING));
        }
        let ranges = affected.get_mut("ranges").and_then(Value::as_array_mut).into_iter().flatten();
        let ranges = ranges.filter(|range| range["type"] != "GIT");
        let events = ranges.filter_map(|range| range.get_mut("events")?.as_array_mut()).flatten();
        let versions = events.filter_map(Value::as_object_mut).flat_map(Map::values_mut);
        versions.for_each(|version| map_text(version, |version| later(version, copy)));
        let versions = affected.get_mut("versions").and_then(Value::as_array_mut).into_iter().flatten();
        versions.for_each(|version| map_text(version, |version| later(version, copy)));
    }
    Some((record.get("id")?.as_str()?.to_owned(), Value::Object(record)))
}

fn map_text(value: &mut Value, change: impl FnOnce(&str) -> String) {
    if let Some(text) = value.as_str() {
        *value = Value::String(change(text));
    }
}

/// A version with its last number raised by `more`; what stands for the first of all stays.
fn later(version: &str, more: usize) -> String {
    let end = version.rfind(|c: char| c.is_ascii_digit()).map_or(0, |last| last + 1);
    let start = version[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |before| before + 1);
    match version[start..end].parse::<u32>() {
        Ok(number) if version != "0" => {
            format!("{}{}{}", &version[..start], u64::from(number) + more as u64, &version[end..])
        }
        _ => version.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn copies_have_names_and_versions_of_their_own() {
        let record = json!({
            "id": "GHSA-1", "aliases": ["CVE-2024-7"], "summary": "a flaw",
            "affected": [{
                "package": {"ecosystem": "npm", "name": "left"}, "versions": ["1.2.9"],
                "ranges": [
                    {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.3.0-rc.1+b"}]},
                    {"type": "GIT", "events": [{"introduced": "0"}, {"fixed": "abc1"}]},
                ],
            }],
        });
        let record = record.as_object().unwrap();
        let (id, copy) = copy_of(record.clone(), 5).unwrap();
        assert_eq!((id.as_str(), &copy["aliases"]), ("GHSA-105", &json!(["CVE-2024-705"])));
        let affected = &copy["affected"][0];
        assert_eq!((&affected["package"]["name"], &affected["versions"][0]), (&json!("left-1"), &json!("1.2.14")));
        let events = json!([{"introduced": "0"}, {"fixed": "1.3.0-rc.6+b"}]);
        assert_eq!(
            (&affected["ranges"][0]["events"], &affected["ranges"][1]["events"][1]["fixed"]),
            (&events, &json!("abc1"))
        );
        assert_eq!(copy_of(record.clone(), 3).unwrap().1["affected"][0]["package"]["name"], "left");
    }

    #[test]
    fn the_last_number_is_raised() {
        let check = |version: &str, expect: &str| assert_eq!(later(version, 3), expect);
        check("0", "0");
        check("1.0", "1.3");
        check("2:1.9-4+deb11u2", "2:1.9-4+deb11u5");
        check("1.9.alpha", "1.12.alpha");
        check("main", "main");
        check("99999999999", "99999999999");
    }
}
