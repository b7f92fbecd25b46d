mod tables;

use std::cmp::Ordering;

use proptest::prelude::*;

use super::{Comparator, apk, dpkg, pep440, semver};

type Compare = fn(&str, &str) -> Result<Ordering, super::Unparsable>;

/// Each line lists spellings of ever later versions, split by `<` and `=`.
fn check(compare: Compare, line: &str) {
    let mut rank = 0;
    let mut versions = Vec::new();
    for word in line.split(' ') {
        match word {
            "<" => rank += 1,
            "=" => {}
            version => versions.push((rank, version)),
        }
    }
    for (left_rank, left) in &versions {
        for (right_rank, right) in &versions {
            assert_eq!(compare(left, right), Ok(left_rank.cmp(right_rank)), "{left} against {right}");
        }
    }
}

fn assert_equal(compare: Compare, left: &str, right: &str) {
    assert_eq!(compare(left, right), Ok(Ordering::Equal), "{left} against {right}");
}

fn refuse(compare: Compare, version: &str) {
    let error = compare("1", version).unwrap_err();
    assert_eq!(error.version, version);
    assert_eq!(compare(version, "1").unwrap_err(), error);
}

#[test]
fn dpkg_order() {
    let check = |line| check(dpkg::compare, line);
    check("1~~ < 1~~a < 1~ < 1 = 0:1 = 1-0 = 1- = 01 = 1-00 < 1a");
    check("1.0~beta1~svn1245 < 1.0~beta1 < 1.0 < 1.0-1~bpo1 < 1.0-1 < 1.0-1+b1 < 1.0-1.1 < 1.0-2 < 1.0.1");
    check("9:1 < 10:0");
    check("99-9 < 1:0-1 < 2:7.2-1");
    check("1.1.1k-1+deb11u1 < 1.1.1n-0+deb11u2 < 1.1.1n-0+deb11u3 < 3.0.8-1");
    check("2.9 < 2.10 < 2.10-1 < 2.10a < 2.10+dfsg");
    check("1.2a < 1.2z < 1.2+ < 1.2.1");
    check("1-3 < 1-2-1 < 1-2-2");
    check("20230311ubuntu0.20.04.1 < 20230311ubuntu0.22.04.1");
    check("99999999999999999999999 < 100000000000000000000000");
    for version in ["", "a:1", ":1", "1:", "99999999999:1", "1 2", "1é", "-1", "1:-1", "1/2", "1-2:3", "1_2"] {
        refuse(dpkg::compare, version);
    }
}

#[test]
fn apk_order() {
    let check = |line| check(apk::compare, line);
    check("1.0_alpha < 1.0_alpha1 < 1.0_alpha2 < 1.0_beta < 1.0_pre1 < 1.0_rc1 < 1.0_rc10 < 1.0");
    check(
        "1.0 < 1.0-r0 < 1.0-r1 < 1.0-r10 < 1.0_cvs1 < 1.0_svn1 < 1.0_git20200101 < 1.0_hg1 < 1.0_p < 1.0_p1 < 1.0_p1-r1 < 1.0a < 1.0b < 1.0.0",
    );
    check("1.2 < 1.10 < 01.11");
    check("1.0 < 1.00 < 1.01 < 1.010 < 1.02 < 1.1 < 1.9 < 1.10");
    check("2.3.0b < 2.3.0c < 2.3.1");
    check("1.1.1d-r2 < 1.1.1d-r3 < 1.1.1g-r0 < 3.0.0-r0");
    check("1.0_alpha_p1 < 1.0");
    check("1.0 < 1.0~abc < 1.0_p1");
    check("1.0~abc < 1.0~abd < 1.0.1");
    check("0 < 0.1");
    for version in
        ["", "a", "1.", "1..2", "1.0_foo", "1.0-1", "1.0-r", "1.0ab", "1.0-r1-r2", "1.0-r1_p1", "1.0~xyz", "1.0 "]
    {
        refuse(apk::compare, version);
    }
    assert!(apk::compare("2", "1-oops").is_err(), "the order is known at the first number, but this is no version");
}

#[test]
fn pep_440_order() {
    let check = |line| check(pep440::compare, line);
    check(
        "1.0.dev456 < 1.0a1 < 1.0a2.dev456 < 1.0a12.dev456 < 1.0a12 < 1.0b1.dev456 < 1.0b2 < 1.0b2.post345.dev456 < \
         1.0b2.post345 < 1.0rc1.dev456 < 1.0rc1 < 1.0 < 1.0+abc.5 < 1.0+abc.7 < 1.0+5 < 1.0.post456.dev34 < \
         1.0.post456 < 1.0.15 < 1.1.dev1 < 1!0.1",
    );
    check("1 = 1.0 = 1.0.0 = v1.0 = V1 = 0!1 = 01.0 < 1+a < 2");
    check(
        "1.0a1 = 1.0alpha1 = 1.0-a.1 = 1.0_ALPHA-1 = 1.0.a1 < 1.0b1 = 1.0beta1 < 1.0c1 = 1.0rc1 = 1.0pre1 = 1.0-preview_1",
    );
    check("1.0a = 1.0a0 < 1.0a1");
    check("1.0 < 1.0-1 = 1.0.post1 = 1.0rev1 = 1.0-r1 = 1.0post_1");
    check("1.0+ubuntu.1 = 1.0+UBUNTU-1 = 1.0+ubuntu_01 < 1.0+ubuntu.1.1 < 1.0+ubuntu.2");
    check("2.9 < 2.10 < 2011b0 < 2011");
    check("1.0a.dev1 = 1.0a0dev1 < 1.0a");
    for version in ["", "a", "1.0x", "1.", "1.0+", "1.0+a..b", "!1", "x!1", "1.0-", "1.0 1", "1.é", "1.0+é"] {
        refuse(pep440::compare, version);
    }
}

#[test]
fn semver_order() {
    let check = |line| check(semver::compare, line);
    check(
        "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < \
         1.0.0 < 2.0.0 < 2.1.0 < 2.1.1",
    );
    check("0 = 0.0 = 0.0.0 < 1 = 1.0 = 1.0.0 = v1.0.0 = =1.0.0 = 1.0.0+build.5 = =v1 = 01.0");
    check("1.0.0-0 < 1.0.0-1 < 1.0.0-10 < 1.0.0-1a < 1.0.0-a-b < 1.0.0");
    check("1.2.3 = 1.2.3.0 < 1.2.3.4 < 1.2.4");
    check("1.0.0-99999999999999999999998 < 1.0.0-99999999999999999999999");
    for version in ["", "a", "1.", ".1", "1..2", "1.0.0-", "1.0.0-a..b", "1.0.0+", "1.0.0-é", "1.x", "1 2", "^1.0.0"] {
        refuse(semver::compare, version);
    }
}

/// Texts that look like the versions of some ecosystem more often than not.
fn version() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[0-9]{1,2}",
        4 => Just(".".to_owned()),
        2 => prop::sample::select(vec!["-", "~", "+", "_", ":", "!", "^", "*", "0"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "a", "b", "rc", "RC", "z", "m", "x", "dev", "post", "_alpha", "_rc", "_p", "-r", "-alpha.", "-beta", "+l.",
            "sp", "ga", "final", "-SNAPSHOT", "-dev", "pl", "pre", ".el8", "-x86_64-linux", "+incompatible", "-X:a",
        ]).prop_map(str::to_owned),
    ];
    let prefix = prop::sample::select(vec!["", "", "", "", "", "v", "go", "1:", "1!"]);
    (prefix, 0..3_u32, prop::collection::vec(piece, 0..6))
        .prop_map(|(prefix, first, rest)| format!("{prefix}{first}{}", rest.concat()))
}

/// Versions whose difference, if any, is at the end, where orders have their subtleties.
fn siblings() -> impl Strategy<Value = [String; 3]> {
    let end = || {
        prop_oneof![
            Just(String::new()),
            version().prop_map(|version| format!(".{version}")),
            "[-_.~^+]?(a|b|rc|dev|post|p|r|sp|final|x)?[-.]?[0-2]?",
        ]
    };
    (version(), end(), end(), end()).prop_map(|(stem, a, b, c)| [a, b, c].map(|end| format!("{stem}{end}")))
}

/// What makes an order total, for three texts that may be versions.
fn is_total(order: Comparator, [a, b, c]: [&str; 3]) -> Result<(), TestCaseError> {
    let place = |left, right| order.arrange(left, right);
    let (Ok(ab), Ok(bc), Ok(ac)) = (place(a, b), place(b, c), place(a, c)) else { return Ok(()) };
    prop_assert_eq!(place(a, a), Ok(Ordering::Equal));
    prop_assert_eq!(order.compare(a, a), Ok(Ordering::Equal));
    prop_assert_eq!(place(b, a), Ok(ab.reverse()));
    prop_assert_eq!(order.compare(b, a), order.compare(a, b).map(Ordering::reverse));
    if ab == bc || bc == Ordering::Equal {
        prop_assert_eq!(ac, ab, "{} {} {} by {}", a, b, c, order);
    } else if ab == Ordering::Equal {
        prop_assert_eq!(ac, bc, "{} {} {} by {}", a, b, c, order);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn every_order_is_total(a in version(), b in version(), c in version()) {
        for order in Comparator::ALL {
            is_total(order, [&a, &b, &c])?;
        }
    }

    #[test]
    fn every_order_is_total_among_siblings(versions in siblings()) {
        for order in Comparator::ALL {
            is_total(order, [&versions[0], &versions[1], &versions[2]])?;
        }
    }

    #[test]
    fn a_version_is_accepted_or_not_whatever_it_is_compared_with(a in version(), b in version()) {
        for order in Comparator::ALL {
            prop_assert_eq!(order.compare(&a, &b).is_ok(), order.accepts(&a) && order.accepts(&b));
        }
    }

    #[test]
    fn only_a_missing_release_is_placed_for_sorting(a in version(), b in version()) {
        for order in Comparator::ALL {
            let (Ok(compared), Ok(arranged)) = (order.compare(&a, &b), order.arrange(&a, &b)) else { continue };
            if compared.is_ne() || !matches!(order, Comparator::Rpm | Comparator::Alpm) {
                prop_assert_eq!(compared, arranged);
            }
        }
    }

    #[test]
    fn outside_text_never_panics(a in ".{0,12}", b in ".{0,12}") {
        for order in Comparator::ALL {
            let _ = order.arrange(&a, &b);
        }
    }
}
