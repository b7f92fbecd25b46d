use super::parse::{parse, release_stream};
use crate::Distribution;
use crate::ecosystems::{Facts, for_path};

#[test]
fn the_files_of_identity() {
    for path in ["etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version"] {
        assert_eq!(for_path(path.as_bytes()).unwrap().name, "identity");
    }
    assert!(for_path(b"srv/etc/os-release").is_none());
}

fn read(path: &str, text: &str) -> Option<(u8, Distribution)> {
    match parse(path.as_bytes(), text.as_bytes()) {
        Ok(Facts::Distribution { rank, distribution }) => Some((rank, distribution)),
        other => {
            assert_eq!(other, Ok(Facts::Nothing));
            None
        }
    }
}

#[test]
fn os_release_is_read_as_a_shell_does() {
    let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n\
                  VERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL=\"https://www.debian.org/\"\n";
    let (rank, distribution) = read("etc/os-release", debian).unwrap();
    assert_eq!(rank, 0);
    assert_eq!(
        distribution,
        Distribution {
            id: "debian".into(),
            id_like: vec![],
            version_id: Some("12".into()),
            codename: Some("bookworm".into()),
            pretty_name: Some("Debian GNU/Linux 12 (bookworm)".into()),
        }
    );
    let odd = "# a comment\nID='ubuntu'\nID_LIKE=\"debian  other\"\nVERSION_ID=\nPRETTY_NAME=\"a \\\"b\\\" \\$c\"\r\n";
    let (rank, distribution) = read("usr/lib/os-release", odd).unwrap();
    assert_eq!((rank, distribution.id.as_str()), (1, "ubuntu"));
    assert_eq!(distribution.id_like, ["debian", "other"]);
    assert_eq!(distribution.version_id, None);
    assert_eq!(distribution.pretty_name.as_deref(), Some("a \"b\" $c"));
    assert_eq!(read("etc/os-release", "NAME=x\n"), None);
    assert!(parse(b"etc/os-release", format!("ID={}", "a".repeat(2000)).as_bytes()).is_err());
}

#[test]
fn older_files_of_identity() {
    fn check(path: &str, text: &str, expect: Option<(&str, Option<&str>, Option<&str>)>) {
        let found = read(path, text).map(|(_, found)| (found.id, found.version_id, found.codename));
        let own = |text: Option<&str>| text.map(str::to_owned);
        assert_eq!(found, expect.map(|(id, version, codename)| (id.to_owned(), own(version), own(codename))), "{text}");
    }
    check("etc/alpine-release", "3.10.4\n", Some(("alpine", Some("3.10.4"), None)));
    check("etc/alpine-release", "\n", None);
    check("etc/debian_version", "12.5\n", Some(("debian", Some("12"), None)));
    check("etc/debian_version", "trixie/sid\n", Some(("debian", None, Some("trixie"))));
    check("etc/debian_version", "", None);
}

#[test]
fn the_release_stream_of_alpine() {
    fn check(repositories: &str, expect: Option<&str>) {
        let expect = expect.map_or(Facts::Nothing, |stream| Facts::ReleaseStream(stream.into()));
        assert_eq!(release_stream(repositories.as_bytes()), expect, "{repositories}");
    }
    let mirror = |release: &str| format!("http://mirror.test/alpine/{release}/main\n");
    check(&mirror("v3.9"), Some("3.9"));
    check(&[mirror("v3.9"), mirror("v3.18"), mirror("v3.10")].concat(), Some("3.18"));
    check(&[mirror("v3.9"), mirror("edge")].concat(), Some("edge"));
    check(&format!("{}@testing {}#{}", mirror("v3.9"), mirror("edge"), mirror("edge")), Some("3.9"));
    check(&mirror("latest-stable"), None);
    check("", None);
}
