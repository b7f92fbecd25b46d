use super::{CATALOGER, CORE, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::lines;

#[test]
fn main_files() {
    check_files(
        &CATALOGER,
        &["var/www/html/wp-content/plugins/akismet/akismet.php", "srv/wp-content/themes/twentytwentyfour/style.css"],
        &["var/www/html/wp-content/plugins/hello.php", "srv/wp-content/plugins/a/inc/b.php", "srv/style.css"],
    );
    check_files(&CORE, &["var/www/html/wp-includes/version.php"], &["version.php"]);
}

#[test]
fn headers() {
    fn check(text: &str, expect: &str) {
        let found = lines(parse::extension(b"wp-content/plugins/akismet/x.php", text.as_bytes()));
        assert_eq!(found.unwrap().join(", "), expect, "{text}");
    }
    check(
        "<?php\n/**\n * Plugin Name: Akismet Anti-spam\n * Version: 5.3\n * License: GPL\n */\n",
        "wordpress akismet 5.3",
    );
    check("<?php /* Plugin Name: A */\n/* Version : 1 */", "wordpress akismet 1");
    check("/*\nTheme Name: Twenty\nVersion: 1.0\n*/", "wordpress akismet 1.0");
    check("<?php\n// Plugin Name: A\n", "wordpress akismet ");
    check("<?php\n/* Plugin Name: */\n/* Version: 1 */", "");
    check("<?php\n$version = 'Plugin Name: x';\n * Version: 2\n", "");
    check("", "");
    check(&format!("{}\n * Plugin Name: A\n", " ".repeat(9_000)), "");
}

#[test]
fn the_version_of_wordpress() {
    let check = |text: &str, expect: &str| assert_eq!(lines(parse::core(text.as_bytes())).unwrap().join(""), expect);
    check("<?php\n/** $wp_version */\n$wp_version = '6.4.1';\n$wp_db_version = 56657;\n", "generic wordpress 6.4.1");
    check("<?php\n$wp_version = x();\n", "");
}
