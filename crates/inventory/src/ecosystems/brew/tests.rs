use super::{CATALOGER, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

const PATH: &str = "home/linuxbrew/.linuxbrew/Cellar/openssl@3/3.1.2_1/INSTALL_RECEIPT.json";

#[test]
fn receipts_of_formulae() {
    check_files(&CATALOGER, &[PATH], &["Cellar/a/INSTALL_RECEIPT.json", "opt/a/1/INSTALL_RECEIPT.json"]);
    let check = |text: &str, expect: Result<&str, &str>| {
        check_packages(parse::receipt(PATH.as_bytes(), text.as_bytes()), expect);
    };
    check(
        r#"{"homebrew_version":"4.1","source":{"spec":"stable","versions":{"stable":"3.1.2"},"tap":"homebrew/core"}}"#,
        Ok("brew openssl@3 3.1.2_1 [homebrew/core]"),
    );
    check("{}", Ok("brew openssl@3 3.1.2_1"));
    check("", Err("it is not a JSON object"));
}
