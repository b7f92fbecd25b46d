use super::{LOCKFILE, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn pods() {
    check_files(&LOCKFILE, &["app/Podfile.lock"], &["app/Podfile"]);
    let check = |text: &str, expect: &str| check_packages(parse::parse(text.as_bytes()), Ok(expect));
    check(
        "PODS:\n  - Alamofire (5.6.2)\n  - Firebase/Core (9.6.0):\n    - Firebase/CoreOnly (= 9.0)\n  - \"G+ (1.0)\"\n  - \"A/B (2.0)\":\n    - C\n\n\
         DEPENDENCIES:\n  - Alamofire (~> 5.0)\n",
        "? cocoapods A 2.0, ? cocoapods Alamofire 5.6.2, ? cocoapods Firebase 9.6.0, ? cocoapods G+ 1.0",
    );
    check("PODS:\n  - (\n  - )\n", "");
    check("", "");
}
