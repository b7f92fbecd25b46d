//! `plimsoll version compare`: one pair on the command line, any number on standard input.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::harness::Scene;

#[test]
fn a_pair_is_answered_by_one_sign() {
    let scene = Scene::new();
    let check = |ecosystem: &str, left: &str, right: &str, expect: &str| {
        let said = scene.run(&["version", "compare", ecosystem, left, right], &[]);
        assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (Some(0), expect, ""), "{ecosystem}");
    };
    check("Debian:12", "1.0~rc1", "1.0", "<\n");
    check("DEB", "1:1.0", "2.0", ">\n");
    check("rpm", "1.0^git1", "1.0", ">\n");
    check("apk", "1.0-r1", "1.0-r10", "<\n");
    check("npm", "1.0.0-rc.1", "1.0.0", "<\n");
    check("maven", "1.0.Final", "1.0", "=\n");
    check("golang", "go1.26.5 (Red Hat 1.26.5-1.el9)", "1.26.5", "=\n");
    check("gem", "1.13.0-x86_64-linux", "1.13.0", "=\n");
    check("Root:PyPI", "1.0.dev1", "1.0a1", "<\n");
    check("pypi", "-1", "1.0", "?\n");
    check("composer", "dev-main", "1.0", "?\n");
    check("Android", "1", "2", "?\n");
}

#[test]
fn what_is_no_ecosystem_is_answered_by_those_there_are() {
    let scene = Scene::new();
    let said = scene.run(&["version", "compare", "cobol", "1", "2"], &[]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:?}");
    assert!(said.stderr.contains("\"cobol\"") && said.stderr.contains("Debian, "), "{said:?}");
    let said = scene.run(&["version", "compare", "npm", "1"], &[]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:?}");
    assert!(said.stderr.contains("one version alone"), "{said:?}");
}

#[test]
fn lines_are_answered_line_for_line() {
    let said = pipe("PyPI", b"1.0\t1.0.0\n1\t2\r\nno tab\n\n1\t2\t3\n\xff\t1\nx\t1\n2\t1");
    assert_eq!(said.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&said.stdout), "=\n<\n?\n?\n?\n?\n?\n>\n");
    let notes = String::from_utf8_lossy(&said.stderr).into_owned();
    let named = notes.lines().filter_map(|line| line.split(':').next()).collect::<Vec<_>>();
    assert_eq!(named, ["line 3", "line 4", "line 5", "line 6"], "{notes}");
    assert_eq!(pipe("PyPI", b"").stdout, b"");
}

#[test]
fn lines_that_are_no_pairs_are_counted_where_there_are_many() {
    let said = pipe("npm", &b"x\n".repeat(1000));
    assert_eq!(said.stdout, b"?\n".repeat(1000));
    let notes = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(notes.lines().count(), 21, "{notes}");
    assert!(notes.contains("1000 lines in all"), "{notes}");
}

fn pipe(ecosystem: &str, input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["version", "compare", ecosystem, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).unwrap());
        child.wait_with_output().unwrap()
    })
}
