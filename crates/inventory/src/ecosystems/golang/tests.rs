use super::{LOCKFILE, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn modules_of_projects() {
    check_files(&LOCKFILE, &["app/go.mod"], &["app/go.sum"]);
    let check = |text: &str, expect: &str| check_packages(parse::parse(text.as_bytes()), Ok(expect));
    check(
        "module example.com/app\n\ngo 1.21\n\nrequire golang.org/x/sys v0.1.0 // indirect\nrequire (\n\tgithub.com/a/b v1.2.3\n\t// c v1\n\
         \tgithub.com/old v1.0.0\n\tgithub.com/own v0.0.0\n)\nreplace github.com/old => github.com/new v2.0.0\n\
         replace (\n\tgithub.com/own v0.0.0 => ../own\n)\nexclude github.com/x v1\n",
        "? golang github.com/a/b v1.2.3, ? golang github.com/new v2.0.0, ? golang golang.org/x/sys v0.1.0",
    );
    check("require (", "");
    check("require\nrequire a\n", "");
    check("", "");
}
