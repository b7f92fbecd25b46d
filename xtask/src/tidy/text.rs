//! What one source file may hold: sizes, attributes, macros, and the pure tier's absences.

use super::source::{Source, words};

/// Where a file stands, as far as the checks care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The file belongs to a crate of the pure tier.
    pub(crate) pure: bool,
    /// The whole file is test code.
    pub(crate) test: bool,
    /// The file is the root of a crate.
    pub(crate) root: bool,
}

pub(crate) const FILE_SOFT: usize = 400;
const FILE_HARD: usize = 800;
const FUNCTION_HARD: usize = 100;

/// Paths of the standard library that do I/O or ask the clock.
const BANNED_PATHS: [&str; 7] =
    ["std::fs", "std::net", "std::process", "std::env", "SystemTime::now", "Instant::now", "Utc::now"];
const BANNED_MODULES: [&str; 4] = ["fs", "net", "process", "env"];
const BANNED_MACROS: [&str; 3] = ["todo", "unimplemented", "dbg"];
/// First parts of absolute paths that exist on one machine only.
const MACHINE_ROOTS: [&str; 3] = ["work", "root", "tmp"];

/// Everything wrong with one Rust source file, each with its line.
pub(crate) fn check(text: &str, kind: Kind) -> Vec<String> {
    let source = Source::parse(text);
    let mut complaints = attributes(&source);
    complaints.extend(macros(&source));
    complaints.extend(functions(&source));
    if kind.root && !has_crate_doc(text) {
        complaints.push("1: a crate starts with its //! documentation".to_owned());
    }
    if !kind.test {
        let lines = source.production_lines();
        if lines > FILE_HARD {
            complaints.push(format!("1: {lines} lines outside tests; the limit is {FILE_HARD}"));
        }
        complaints.extend(machine_paths(text, |offset| source.is_test(offset)));
        if kind.pure {
            complaints.extend(impurities(&source));
        }
    }
    complaints
}

/// The lines outside tests, when the file is larger than it should be.
pub(crate) fn large(text: &str) -> Option<usize> {
    Some(Source::parse(text).production_lines()).filter(|&lines| lines > FILE_SOFT)
}

/// Absolute paths that only one machine has, outside what `skip` covers.
pub(crate) fn machine_paths(text: &str, skip: impl Fn(usize) -> bool) -> Vec<String> {
    let mut complaints = Vec::new();
    for root in MACHINE_ROOTS {
        let pattern = format!("/{root}/");
        for (at, _) in text.match_indices(&pattern) {
            let before = text[..at].chars().next_back();
            let inside = before.is_some_and(|before| before.is_alphanumeric() || "._-}/~*".contains(before));
            if !inside && !skip(at) {
                let line = 1 + text[..at].matches('\n').count();
                complaints.push(format!("{line}: the path {pattern} exists on one machine only"));
            }
        }
    }
    complaints
}

fn attributes(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for (at, text) in source.attributes() {
        let mut complain = |reason: &str| complaints.push(format!("{}: {reason}", source.line(at)));
        let calls =
            |name| words(text, name).any(|at| text[at..].trim_start_matches(name).trim_start().starts_with('('));
        if calls("allow") {
            complain("silence a lint with #[expect(lint, reason = \"…\")], never with allow");
        }
        if calls("expect") && words(text, "reason").next().is_none() {
            complain("expect(lint) without its reason");
        }
        if words(text, "ignore").next() == Some(2) {
            complain("a test that is ignored tests nothing");
        }
    }
    complaints
}

fn macros(source: &Source) -> Vec<String> {
    let code = source.code();
    let found = BANNED_MACROS.iter().flat_map(|name| {
        let calls = words(code, name).filter(|at| code[at + name.len()..].starts_with('!'));
        calls.map(move |at| format!("{}: {name}! is for work in progress", source.line(at)))
    });
    found.collect()
}

fn functions(source: &Source) -> Vec<String> {
    let long = source.functions().into_iter().filter(|function| function.lines > FUNCTION_HARD);
    long.map(|function| {
        format!("{}: {} takes {} lines; the limit is {FUNCTION_HARD}", function.line, function.name, function.lines)
    })
    .collect()
}

fn impurities(source: &Source) -> Vec<String> {
    let code = source.code();
    let paths = BANNED_PATHS.iter().flat_map(|path| words(code, path).map(move |at| (at, (*path).to_owned())));
    let groups =
        words(code, "std").flat_map(|at| grouped_modules(code, at)).map(|name| (name.0, format!("std::{}", name.1)));
    let outside_tests = paths.chain(groups).filter(|(at, _)| !source.is_test(*at));
    outside_tests.map(|(at, path)| format!("{}: {path} in a pure crate", source.line(at))).collect()
}

/// The banned modules named in the braces of a `use std::{…}` at `at`.
fn grouped_modules(code: &str, at: usize) -> Vec<(usize, &'static str)> {
    let Some(group) = code[at..].strip_prefix("std::{") else { return Vec::new() };
    let group = &group[..group.find(';').unwrap_or(group.len())];
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for part in group.split_inclusive(['{', '}', ',']) {
        let name = part.trim().trim_end_matches(['{', '}', ',']).trim();
        let first = name.split("::").next().unwrap_or_default();
        if depth == 0
            && let Some(module) = BANNED_MODULES.iter().find(|module| **module == first)
        {
            found.push((at, *module));
        }
        match part.as_bytes().last() {
            Some(b'{') => depth += 1,
            Some(b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

fn has_crate_doc(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(|line| line.starts_with("//!"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Kind = Kind { pure: false, test: false, root: false };

    fn check_in(kind: Kind, text: &str, expect: &[&str]) {
        let complaints = check(text, kind);
        assert_eq!(complaints.len(), expect.len(), "{text}: {complaints:?}");
        for (complaint, expect) in complaints.iter().zip(expect) {
            assert!(complaint.contains(expect), "{text}: {complaint}");
        }
    }

    #[test]
    fn lints_are_expected_with_a_reason() {
        check_in(PLAIN, "#[expect(dead_code, reason = \"used by the next\")]\nfn a() {}", &[]);
        check_in(PLAIN, "\n#[allow(dead_code)]\nfn a() {}", &["2: silence"]);
        check_in(PLAIN, "#![allow(dead_code)]", &["1: silence"]);
        check_in(PLAIN, "#[cfg_attr(test, allow(dead_code))]\nfn a() {}", &["1: silence"]);
        check_in(PLAIN, "#[expect(dead_code)]\nfn a() {}", &["1: expect(lint) without"]);
        check_in(PLAIN, "// #[allow(dead_code)]\nlet text = \"#[allow(x)]\"; x.expect(1);", &[]);
    }

    #[test]
    fn nothing_is_left_to_do() {
        check_in(PLAIN, "#[test]\n#[ignore]\nfn a() {}", &["2: a test that is ignored"]);
        check_in(PLAIN, "#[ignore = \"slow\"]\nfn a() {}", &["1: a test that is ignored"]);
        check_in(PLAIN, "fn a() { todo!() }\nfn b() { unimplemented!(\"x\") }", &["1: todo!", "2: unimplemented!"]);
        check_in(PLAIN, "fn a() { dbg!(1); }", &["1: dbg!"]);
        check_in(PLAIN, "// todo!()\nlet s = \"dbg!\"; my_todo!();", &[]);
    }

    #[test]
    fn sizes_have_limits() {
        let long = format!("fn long() {{\n{}}}\n", "    x();\n".repeat(99));
        check_in(PLAIN, &long, &["1: long takes 101 lines"]);
        check_in(PLAIN, &long.replacen("    x();\n", "", 1), &[]);
        let file = "const A: u8 = 0;\n".repeat(801);
        check_in(PLAIN, &file, &["801 lines outside tests"]);
        check_in(Kind { test: true, ..PLAIN }, &file, &[]);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "const A: u8 = 0;\n".repeat(900));
        check_in(PLAIN, &tests, &[]);
        assert_eq!(large(&"const A: u8 = 0;\n".repeat(401)), Some(401));
        assert_eq!(large(&tests), None);
    }

    #[test]
    fn pure_crates_do_no_io() {
        let pure = Kind { pure: true, ..PLAIN };
        check_in(pure, "use std::fs;\nlet t = SystemTime::now();", &["1: std::fs", "2: SystemTime::now"]);
        check_in(pure, "use std::{collections::{BTreeMap, fs}, env, fs::File};", &["std::env", "std::fs"]);
        check_in(pure, "use std::{collections::{BTreeMap}, fmt};\n// std::fs\nlet s = \"std::fs\";", &[]);
        check_in(pure, "#[cfg(test)]\nmod tests { use std::fs; }", &[]);
        check_in(PLAIN, "use std::fs;", &[]);
    }

    #[test]
    fn a_crate_says_what_it_is() {
        let root = Kind { root: true, ..PLAIN };
        check_in(root, "\n//! A crate.\n", &[]);
        check_in(root, "// A crate.\nfn a() {}", &["starts with its //!"]);
        check_in(root, "", &["starts with its //!"]);
    }

    #[test]
    fn paths_of_one_machine_are_named() {
        let path = |root: &str| format!("/{root}/");
        check_in(PLAIN, &format!("const A: &str = \"{}x\";", path("work")), &["1: the path"]);
        check_in(PLAIN, &format!("// see\n// `{}x`", path("tmp")), &["2: the path"]);
        check_in(PLAIN, &format!("#[cfg(test)]\nmod tests {{ const A: &str = \"{}x\"; }}", path("root")), &[]);
        check_in(PLAIN, "const A: &str = \"var/tmp/x\"; const B: &str = \"{base}/work/x\";", &[]);
        assert_eq!(machine_paths("a: /root/.x", |_| false).len(), 1);
    }
}
