use super::*;

#[track_caller]
fn check(path: &str, bytes: &str, expect: Option<(&str, &str)>) {
    let mut search = Search::new(path.as_bytes());
    search.look(bytes.as_bytes(), bytes.len());
    let found: Vec<_> = search.found().into_iter().collect();
    let expect: Vec<_> = expect
        .into_iter()
        .map(|(name, version)| Package {
            certainty: Certainty::Classified,
            ..Package::new(PackageKind::Generic, name, version)
        })
        .collect();
    assert_eq!(found, expect, "{path}");
}

#[test]
fn names_and_bytes_together_tell() {
    check("usr/local/bin/python3.13", "\x003.13.0rc2\x00", Some(("python", "3.13.0rc2")));
    check("usr/local/lib/libpython3.11.so.1.0", "\x003.11.2\x00\x003.11\x00", Some(("python", "3.11.2")));
    check("usr/local/bin/python", "\x003.11.2\x00", None);
    check("usr/local/bin/other", "\x00nginx/1.22.1\x00", None);
    check("usr/sbin/nginx", "\x00nginx version: nginx/1.22.1\n\x00", Some(("nginx", "1.22.1")));
    check(
        "usr/local/openresty/nginx/sbin/nginx",
        "\x00nginx version: openresty/1.25.3.1\n\x00",
        Some(("openresty", "1.25.3.1")),
    );
    check("usr/sbin/nginx", "\x00Server: other\x00", None);
    check("node.exe", "\x00node.js/v24.19.0\x00", Some(("node", "24.19.0")));
    check("usr/sbin/haproxy", "\x00 version 3.0.5-8e879a5, released 2024/09/19\x00", Some(("haproxy", "3.0.5")));
    check("usr/local/bin/ruby", "\x00ruby 3.3.0 (2023-12-25 revision 5124f9ac75)", Some(("ruby", "3.3.0")));
    check("usr/bin/ruby3.1", "\x00ruby 3.1.2p20 (2022-04-12 revision 4491bb740a)", Some(("ruby", "3.1.2")));
    check("usr/lib/libssl.so.1.1", "\x00OpenSSL 1.1.1w  11 Sep 2023\x00", Some(("openssl", "1.1.1w")));
    check("usr/bin/ffmpeg", "\x00%s version 5.1.9-0+deb12u1\x00", Some(("ffmpeg", "5.1.9")));
    check("usr/bin/ffmpeg", "\x00FFmpeg version n9.0.2-17-g2a571b6068\x00", Some(("ffmpeg", "9.0.2")));
    check(
        "opt/valkey-server",
        "\x007.2.4\x008.0.1\x008.0.1buildkitsandbox-1728000000000000000\x00",
        Some(("valkey", "8.0.1")),
    );
}

#[test]
fn the_table_is_well_formed() {
    let mut packages: Vec<_> = TABLE.iter().map(|row| row.package).collect();
    packages.sort_unstable();
    let count = packages.len();
    packages.dedup();
    assert_eq!(packages.len(), count, "a package has two rows");
    for row in TABLE {
        assert!(!row.names.is_empty() && !row.says.is_empty(), "{}", row.package);
        for says in row.says {
            assert!(Pattern::of(says, b"1").is_some(), "{}: {says:?}", row.package);
        }
        for cpe in row.cpes {
            assert_eq!(cpe.split(':').count(), 2, "{}: {cpe}", row.package);
        }
    }
}

#[test]
fn versions_that_names_promise() {
    let check = |pattern: &str, name: &str, expect: &str| {
        assert_eq!(version_in_name(pattern, name.as_bytes()), expect.as_bytes(), "{pattern} {name}");
    };
    check("python*", "python3.11", "3.11");
    check("python*", "python3.11-config", "3.11");
    check("python*", "python", "");
    check("libpython*.so*", "libpython3.11.so.1.0", "3.11");
    check("nginx", "nginx", "");
}

#[test]
fn products_of_classified_packages() {
    let httpd = Package { certainty: Certainty::Classified, ..Package::new(PackageKind::Generic, "httpd", "2.4.71") };
    assert_eq!(cpes(&httpd), ["apache:http_server"]);
    assert_eq!(cpes(&Package { certainty: Certainty::Installed, ..httpd.clone() }), [""; 0]);
    assert_eq!(cpes(&Package { kind: PackageKind::Npm, ..httpd }), [""; 0]);
}
