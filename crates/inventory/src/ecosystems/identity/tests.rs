use super::parse::{parse, release_stream};
use super::{CONTENT_SETS, RANKED, SUBSCRIPTION, redhat, ubuntu};
use crate::Distribution;
use crate::ecosystems::{Facts, check_files, for_path};

#[test]
fn the_files_of_identity() {
    for path in RANKED {
        assert_eq!(for_path(path.as_bytes()).unwrap().name, "identity", "{path}");
    }
    assert!(for_path(b"srv/etc/os-release").is_none());
    check_files(
        &CONTENT_SETS,
        &["root/buildinfo/content_manifests/ubi8-container-8.9-1107.json", "usr/share/buildinfo/content-sets.json"],
        &["root/buildinfo/Dockerfile-ubi8-8.9-1107", "root/buildinfo/a.json"],
    );
    check_files(&SUBSCRIPTION, &["var/lib/ubuntu-advantage/status.json"], &["var/lib/ubuntu-advantage/a.json"]);
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
            version_id: Some("12".into()),
            codename: Some("bookworm".into()),
            pretty_name: Some("Debian GNU/Linux 12 (bookworm)".into()),
            ..Distribution::default()
        }
    );
    let odd = "# a comment\nID='ubuntu'\nID_LIKE=\"debian  other\"\nVERSION_ID=\nPRETTY_NAME=\"a \\\"b\\\" \\$c\"\r\n";
    let (rank, distribution) = read("usr/lib/os-release", odd).unwrap();
    assert_eq!((rank, distribution.id.as_str()), (1, "ubuntu"));
    assert_eq!(distribution.id_like, ["debian", "other"]);
    assert_eq!(distribution.version_id, None);
    assert_eq!(distribution.pretty_name.as_deref(), Some("a \"b\" $c"));
    let rhel = "ID=\"rhel\"\nVERSION_ID=\"9.4\"\nCPE_NAME=\"cpe:/o:redhat:enterprise_linux:9::baseos\"\n";
    let (_, distribution) = read("etc/os-release", rhel).unwrap();
    assert_eq!(distribution.cpe.as_deref(), Some("cpe:/o:redhat:enterprise_linux:9::baseos"));
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
    check("etc/arch-release", "", Some(("arch", None, None)));
    let ubuntu = "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\nDISTRIB_DESCRIPTION=\"Ubuntu 14.04.6 LTS\"\n";
    check("etc/lsb-release", ubuntu, Some(("ubuntu", Some("14.04"), Some("trusty"))));
    check("usr/lib/lsb-release", "DISTRIB_ID=\"Arch\"\nDISTRIB_RELEASE=\"rolling\"\n", Some(("arch", None, None)));
    check("etc/lsb-release", "LSB_VERSION=base-4.0-amd64\n", None);
    let router = "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='23.05.5'\nDISTRIB_TARGET='x86/64'\n";
    check("etc/openwrt_release", router, Some(("openwrt", Some("23.05.5"), None)));
}

#[test]
fn releases_in_prose() {
    fn check(path: &str, text: &str, id: &str, version: Option<&str>) {
        let (_, found) = read(path, text).unwrap();
        assert_eq!((&*found.id, found.version_id.as_deref()), (id, version), "{text}");
        assert_eq!(found.pretty_name.as_deref(), text.lines().next());
    }
    let redhat = "etc/redhat-release";
    check(redhat, "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n", "rhel", Some("6.10"));
    check(redhat, "Red Hat Enterprise Linux release 9.2 Beta (Plow)\n", "rhel", Some("9.2"));
    check(redhat, "CentOS Linux release 7.9.2009 (Core)\n", "centos", Some("7"));
    check("etc/centos-release", "CentOS release 6.10 (Final)\n", "centos", Some("6"));
    check("etc/centos-release", "CentOS Stream release 9\n", "centos", Some("9"));
    check(redhat, "Fedora release 20 (Heisenbug)\n", "fedora", Some("20"));
    check(redhat, "Rocky Linux release 8.9 (Green Obsidian)\n", "rocky", Some("8.9"));
    check("etc/almalinux-release", "AlmaLinux release 8.5 (Arctic Sphynx)\n", "almalinux", Some("8.5"));
    check("etc/oracle-release", "Oracle Linux Server release 7.9\n", "ol", Some("7.9"));
    check(
        "etc/enterprise-release",
        "Enterprise Linux Enterprise Linux Server release 5.11 (Carthage)",
        "ol",
        Some("5.11"),
    );
    check("etc/system-release", "Amazon Linux AMI release 2018.03\n", "amzn", Some("2018.03"));
    check("etc/system-release", "Amazon Linux release 2 (Karoo)\n", "amzn", Some("2"));
    check("etc/system-release", "Amazon Linux release 2023.3.20240219 (Amazon Linux)\n", "amzn", Some("2023"));
    check(redhat, "Scientific Linux release 7.9 (Nitrogen)\n", "scientific", Some("7.9"));
    check("etc/mageia-release", "Mageia release 8 (Official) for x86_64\n", "mageia", Some("8"));
    check("etc/openEuler-release", "openEuler release 22.03 (LTS-SP3)\n", "openEuler", Some("22.03"));
    check("etc/photon-release", "VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=c2ddb1cf\n", "photon", Some("4.0"));
    check("etc/mariner-release", "CBL-Mariner 2.0.20230126\nMARINER_BUILD_NUMBER=9f3\n", "mariner", Some("2.0"));
    check("etc/azurelinux-release", "Microsoft Azure Linux 3.0.20240727\n", "azurelinux", Some("3.0"));
    check("etc/gentoo-release", "Gentoo Base System release 2.14\n", "gentoo", Some("2.14"));
    check("etc/slackware-version", "Slackware 15.0\n", "slackware", Some("15.0"));
    let suse = "etc/SuSE-release";
    let server = "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = ";
    check(suse, &format!("{server}4\n"), "sles", Some("11.4"));
    check(suse, &format!("{server}0\n"), "sles", Some("11"));
    check(suse, "openSUSE 13.2 (x86_64)\nVERSION = 13.2\nCODENAME = Harlequin\n", "opensuse", Some("13.2"));
    check(redhat, "Some Linux release 3.1.4 (Name)\n", "some-linux", Some("3.1.4"));
    check(redhat, "Something\n", "something", None);
    assert_eq!(read(redhat, "\n"), None);
    assert_eq!(read(redhat, "7.9\n"), None);
    assert!(parse(redhat.as_bytes(), "a".repeat(1025).as_bytes()).is_err());
}

#[test]
fn a_derived_distribution_is_told_from_the_one_it_was_made_of() {
    let rank = |path| read(path, "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n").unwrap().0;
    assert!(rank("etc/oracle-release") < rank("etc/redhat-release"));
    assert!(rank("etc/centos-release") < rank("etc/system-release"));
    let of_ubuntu = read("etc/lsb-release", "DISTRIB_ID=Ubuntu\n").unwrap().0;
    assert!(of_ubuntu < read("etc/debian_version", "jessie/sid\n").unwrap().0);
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

#[test]
fn content_sets_of_red_hat() {
    fn check(text: &str, expect: Result<&[&str], &str>) {
        let expect = expect.map(|sets| match sets {
            [] => Facts::Nothing,
            sets => Facts::ContentSets(sets.iter().map(|&set| set.to_owned()).collect()),
        });
        assert_eq!(redhat::content_sets(text.as_bytes()), expect, "{text}");
    }
    let sets = ["rhel-8-for-x86_64-baseos-rpms", "rhel-8-for-x86_64-appstream-rpms"];
    check(
        r#"{"metadata":{"icm_version":1,"image_layer_index":0},"from_dnf_hint":true,
            "content_sets":["rhel-8-for-x86_64-baseos-rpms","rhel-8-for-x86_64-appstream-rpms"],"image_contents":[]}"#,
        Ok(&sets),
    );
    check(r#"{"content_sets":[]}"#, Ok(&[]));
    check(r#"{"content_sets":null}"#, Ok(&[]));
    check(r#"{"architecture":"x86_64","com.redhat.component":"ubi9-container"}"#, Ok(&[]));
    let bad = "it is not a JSON object with a list of content sets";
    for text in ["", "1", r#"{"content_sets":"a"}"#, r#"{"content_sets":[1]}"#, r#"{"content_sets":["#] {
        check(text, Err(bad));
    }
    let many = format!(r#"{{"content_sets":[{}"a"]}}"#, r#""a","#.repeat(10_000));
    check(&many, Err("it lists more content sets than there are"));
    let long = format!(r#"{{"content_sets":["{}"]}}"#, "a".repeat(1025));
    assert!(redhat::content_sets(long.as_bytes()).is_err());
}

#[test]
fn extended_maintenance_of_ubuntu() {
    fn check(text: &str, expect: Result<bool, &str>) {
        let expect = expect.map(|enabled| if enabled { Facts::ExtendedMaintenance } else { Facts::Nothing });
        assert_eq!(ubuntu::subscription(text.as_bytes()), expect, "{text}");
    }
    let status = |name: &str, status: &str| {
        format!(
            r#"{{"_schema_version":"0.1","attached":true,"services":[{{"name":"livepatch","status":"enabled"}},
                {{"name":"{name}","available":"yes","entitled":"yes","status":"{status}"}}]}}"#
        )
    };
    check(&status("esm-infra", "enabled"), Ok(true));
    check(&status("esm-apps", "enabled"), Ok(true));
    check(&status("esm-infra", "disabled"), Ok(false));
    check(&status("esm-infra", "n/a"), Ok(false));
    check(&status("fips", "enabled"), Ok(false));
    check("{}", Ok(false));
    check("", Ok(false));
    for text in ["1", "{", r#"{"services":{}}"#] {
        check(text, Err("it is not a JSON object with a list of services"));
    }
}
