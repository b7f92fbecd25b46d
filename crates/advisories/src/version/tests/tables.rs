//! The orders as their specifications and their authors' examples have them.

use super::super::{
    alpm, bitnami, conda, cran, gem, generic, gentoo, golang, hackage, maven, nuget, opam, packagist, pubspec, rpm,
};
use super::{check, refuse};

#[test]
fn rpm_order() {
    let check = |line| check(rpm::compare, line);
    check("1.0 < 2.0 < 2.0.1 < 2.0.1a < 2.1");
    check("5.5p1 < 5.5p2 < 5.5p10 < 5.6p1 < 6.5p1");
    check("10a1 < 10a2 < 10b2 < 10xyz < 10.1xyz");
    check("xyz.4 < xyz10 < 2 < 8");
    check("xyz10 < xyz10.1");
    check("6.0 < 6.0.rc1");
    check("1.0 < 1.0a < 1.0aa < 1.0b");
    check("10.0001 = 10.1 = 10.01 < 10.0039 = 10.39");
    check("4.999.9 < 5.0");
    check("20101121 < 20101122");
    check("2.0 = 2_0 = 2+0 = 2..0 = 2.0. = .2.0");
    check("a = a+ = a_ = +a = _a");
    check("+ = _ = +_ = _+ = __");
    check("1.0~rc1~git123 < 1.0~rc1 < 1.0~rc2 < 1.0");
    check("1.0~~ < 1.0~ < 1.0~1 < 1.0");
    check("1.0 < 1.0^ < 1.0^git1 < 1.0^git1^a < 1.0^git2 < 1.0.1 < 1.0.1^");
    check("1.0^20160101 < 1.0^20160101^git1 < 1.0^20160102 < 1.01");
    check("1.0~rc1 < 1.0~rc1^git1 < 1.0~rc2 < 1.0 < 1.0^git1~pre < 1.0^git1");
    check("1b.fc17 < 1.fc17");
    check("1.fc17 < 1g.fc17");
    check("0:1.2.3-1 = 1.2.3-1 = 00:1.2.3-1 = :1.2.3-1 < 1.2.3-2 < 1.2.3-10 < 1:1.0-1 < 2:0.1-1");
    check("9:1 < 10:0");
    check("1.1.1k-6.el8_5 < 1.1.1k-7.el8_6 < 1:1.1.1g-15.el8 < 1:1.1.1k-5.el8");
    check("1.8.29-6.el8 < 1.8.29-6.el8_3.1 < 1.8.29-7.el8_4");
    check("4.18.0-305.el8 < 4.18.0-305.3.1.el8_4 < 4.18.0-305.10.2.el8_4 < 4.18.0-348.el8");
    check("2.9.1-5.el8 < 2.9.10-1.el8 < 2.9.10-1.el8.1");
    // Releases count only where both have one.
    check("1.0-1 = 1.0");
    check("1.0-2 = 1.0");
    check("1.0-1 < 1.0-2 < 1.1");
    check("1:1.0 = 1:1.0-5.el9");
    for version in ["", "1:", "-1", "1 2", "1.0é", "\t1"] {
        refuse(rpm::compare, version);
    }
}

#[test]
fn alpm_order() {
    let check = |line| check(alpm::compare, line);
    check("1.0a < 1.0b < 1.0beta < 1.0p < 1.0pre < 1.0rc < 1.0 < 1.0.a < 1.0.1");
    check("1 < 1.0 < 1.1 < 1.1.1 < 1.2 < 2.0 < 3.0.0");
    check("1.5.0 < 1.5.1");
    check("1.5.b < 1.5.1 < 1.5.2 < 1.5.2.1 < 1.5.10");
    check("1.5.a < 1.5.b < 1.5.1");
    check("1.5b < 1.5 < 1.5.b < 1.5.1");
    check("1.5.b1 < 1.5.b2");
    check("1.0alpha < 1.0beta1 < 1.0beta2 < 1.0rc1 < 1.0");
    check("1 = 0:1 = 01 = 00:1 < 2 < 1:1 < 2:0.5");
    check("1.5.0-1 < 1.5.0-2 < 1.5.0-10 < 1.5.1-1");
    check("1.0-1 = 1.0");
    check("1.0-2 = 1.0");
    check("0:1.0 = 1.0 < 0:1.1 < 1:0.9 < 1:1.0");
    check("1.1..1 < 1.1..2");
    check("1.1.1 < 1.1..1");
    check("r1.abc < r2.abc < r10.abc");
    check("6.1.arch1-1 < 6.1.arch1-2 < 6.1.1.arch1-1");
    for version in ["", "1:", "-1", "1 2", "1.0é"] {
        refuse(alpm::compare, version);
    }
}

#[test]
fn gentoo_order() {
    let check = |line| check(gentoo::compare, line);
    check("1_alpha < 1_alpha1 < 1_alpha2 < 1_beta < 1_beta1 < 1_pre < 1_pre2 < 1_rc < 1_rc4 < 1 < 1_p < 1_p1 < 1_p10");
    check("1_alpha_alpha < 1_alpha_p");
    check("1_alpha_beta < 1_alpha < 1_alpha_p < 1_alpha_p1 < 1_alpha1");
    check("1.0 < 1.0-r1 < 1.0-r2 < 1.0-r10 < 1.0a < 1.0b < 1.0.0");
    check("1.0-r0 = 1.0 = 1.0-r00");
    check("1 < 1.0 < 1.01 = 1.010 < 1.02 < 1.1 < 1.2 < 1.10 < 2 < 10");
    check("01 = 1 < 02");
    check("12.2b < 12.2.5 < 12.3");
    check("1.00 = 1.0 = 1.000");
    check("1.0_alpha = 1.0_alpha0 = 1.0_alpha0-r0 = 1.0_alpha00");
    check("4.0.0_rc1 < 4.0.0_rc1-r1 < 4.0.0_rc2 < 4.0.0");
    check("9999 < 9999-r1 < 20240101");
    check("999999999999999999999998 < 999999999999999999999999");
    for version in [
        "",
        "a",
        "1.",
        ".1",
        "1..2",
        "1.0ab",
        "1.0_foo",
        "1.0_",
        "1.0_alpha1a",
        "1.0-1",
        "1.0-r",
        "1.0A",
        "1.0 ",
        "-r1",
    ] {
        refuse(gentoo::compare, version);
    }
}

#[test]
fn maven_order() {
    let check = |line| check(maven::compare, line);
    check("1-alpha2snapshot < 1-alpha2 < 1-alpha-123 < 1-beta-2 < 1-beta123 < 1-m2 < 1-m11 < 1-rc < 1-cr2 < 1-rc123");
    check(
        "1-rc123 < 1-SNAPSHOT < 1 < 1-sp < 1-sp2 < 1-sp123 < 1-abc < 1-def < 1-pom-1 < 1-1-snapshot < 1-1 < 1-2 < 1-123",
    );
    check("2.0 < 2.0.a");
    check("2.0 < 2.0.2 < 2.0.123 < 2.1.0");
    check(
        "2.1.0 = 2.1 < 2.1-a < 2.1b < 2.1-c < 2.1-1 < 2.1.0.1 < 2.2 < 2.123 < 11.a2 < 11.a11 < 11.b2 < 11.b11 < 11.m2",
    );
    check("11.a2 < 11.b2 < 11.m2 < 11 < 11.a < 11b < 11c < 11m");
    check(
        "1 = 1.0 = 1.0.0 = 1-0 = 1.0-0 = 1. = 1- = 1.ga = 1-ga = 1.final = 1-FINAL = 1.RELEASE = 1-0.0 = 01 = 1.0.0-0.0.0",
    );
    check("1a1 = 1-alpha-1 = 1alpha1 = 1-ALPHA1 = 1.0-a1");
    check("1b2 = 1-beta-2 = 1.beta2");
    check("1m3 = 1-milestone-3 = 1Milestone3");
    check("1x = 1.0.0-x = 1.0-X = 1.x = 1-x");
    check("1rc = 1-cr = 1.CR = 1-RC < 1 < 1-a");
    check("1-foo2 < 1-foo10");
    check("1.foo = 1-foo < 1-1 < 1.1");
    check("1-snapshot < 1 < 1-sp < 1.1");
    check("1-ga.1 < 1-sp.1");
    check("1.0-alpha-1-SNAPSHOT < 1.0-alpha-1 < 1.0-beta-1 < 1.0-SNAPSHOT < 1.0 < 1.0-1-SNAPSHOT < 1.0-1");
    check("2.0-0 = 2.0 < 2.0-1");
    check("2.0.1-klm < 2.0.1-lmn < 2.0.1-xyz < 2.0.1-123");
    check("2.0.1 < 2.0.1-xyz < 2.0.1-123");
    check("6.1.0rc3 < 6.1.0");
    check("31.0-android < 31.0-jre < 31.0.1-android < 31.1-android");
    check("5.3.0.M1 < 5.3.0.RC1 < 5.3.0.RELEASE = 5.3.0 < 5.3.1");
    check("9.4.39.v20210325 < 9.4.40.v20210413 < 10.0.0");
    check("2.14.0-rc1 < 2.14.0 < 2.15.0 < 2.16.0 < 2.17.1");
    check("4.1.0.Beta1 < 4.1.0.CR1 < 4.1.0.Final = 4.1.0 < 4.1.1.Final");
    check("1.0.0.Final-redhat-1 < 1.0.0.Final-redhat-2 < 1.0.1.Final");
    check("20030203.000129 < 20040616");
    check("99999999999999999999998 < 99999999999999999999999");
    check("0 = 0.0 = 00 < 0-1 = 0.0-1 < 0.1");
    for version in ["", "${project.version}", "1.${minor}", "1\n2"] {
        refuse(maven::compare, version);
    }
}

#[test]
fn gem_order() {
    let check = |line| check(gem::compare, line);
    check("1.0.a < 1.0.b < 1.0 = 1 = 1.0.0 = 1.0.0.0 < 1.0.1");
    check("1.0.a.2 < 1.0.a.10 < 1.0.b1 = 1.0.b.1 < 1.0");
    check("1.A < 1.a < 1");
    check("1.8.2.a < 1.8.2.a9 < 1.8.2.a10 < 1.8.2.b < 1.8.2");
    check("1.8.2 < 1.8.4 < 1.8.5 < 1.8.10");
    check("0.beta.1 = 0.0.beta.1 < 0 = 0.0");
    check("5.a = 5.0.0.a < 5.0.0.rc2 < 5");
    check("5.0.0.rc1 < 5.0.0.rc2 < 5.0.0 < 5.0.1");
    check("1.9.3 < 1.9.3.1");
    check("1.9.a < 1.9.3.alpha1 < 1.9.3 < 1.9.3.1");
    check("1.2.3-rc1 = 1.2.3.pre.rc1");
    check("1.0.0-1 < 1.0.0 = 1.0.0.0");
    check("1.a.0.b < 1.a.0 = 1.a < 1.a.1 < 1");
    check(
        "1.13.0 = 1.13.0-java = 1.13.0-x86_64-linux = 1.13.0-x86_64-linux-musl = 1.13.0-x64-mingw32 = 1.13.0-arm64-darwin",
    );
    check(
        "1.13.0 = 1.13.0-x64-mingw-ucrt = 1.13.0-x86-mingw32 = 1.13.0-aarch64-linux-gnu = 1.13.0-universal-darwin-21",
    );
    check("1.13.0 = 1.13.0-arm-linux = 1.13.0-armv7l-linux = 1.13.0-mswin32 = 1.13.0-x86_64-darwin");
    check("1.13.0.rc4-java < 1.13.0-java < 1.13.1");
    check("1.13.0-arch < 1.13.0");
    check("999999999999999999999998 < 999999999999999999999999");
    for version in ["", "a", "junk", "1.0\n2.0", "1..2", "1.2 3.4", ".1", "1.", "1.0-", "1.0+b", "1.é", "v1"] {
        refuse(gem::compare, version);
    }
}

#[test]
fn go_order() {
    let check = |line| check(golang::compare, line);
    check("v0.0.0-20170915032832-14c0d48ead0c < v0.0.0-20180101000000-abcdef123456 < v0.0.0 < v0.0.1");
    check("v1.2.3-0.20200101000000-abcdefabcdef < v1.2.3 < v1.2.4-0.20200101000000-abcdefabcdef < v1.2.4-pre < v1.2.4");
    check("v1.2.3-pre < v1.2.3-pre.0.20200101000000-abcdefabcdef < v1.2.3-pre.1 < v1.2.3");
    check("v2.0.0+incompatible = v2.0.0 = 2.0.0 < v2.0.1+incompatible");
    check("v1.0.0+dirty = v1.0.0 < v1.0.1");
    check("1.20.0-0 < 1.20.0-rc.1 < 1.20.0-rc.2 < 1.20.0 < 1.20.1 < 1.21.0-0 < 1.21.0");
    check(
        "go1.21rc1 = 1.21.0-rc.1 < go1.21rc2 = 1.21.0-rc.2 < go1.21rc10 < go1.21.0 = go1.21 = 1.21.0 < go1.21.1 < go1.21.10",
    );
    check("go1.18beta1 = 1.18.0-beta.1 < go1.18beta2 < go1.18rc1 < go1.18 < go1.18.1");
    check("go1.26.5-X:foo = go1.26.5 = 1.26.5 = go1.26.5-X:nodwarf5,boringcrypto");
    check("1.26.5 = go1.26.5 = v1.26.5");
    super::assert_equal(golang::compare, "go1.26.5 (Red Hat 1.26.5-1.el9)", "1.26.5");
    super::assert_equal(golang::compare, "go1.20.4 X:boringcrypto", "go1.20.4");
    check("v0.9.9 < v0.10.0 < v1.0.0");
    for version in ["", "(devel)", "devel", "devel +abc Fri", "go", "v", "go1.x", "master", "go1.21rc", "v1..2"] {
        refuse(golang::compare, version);
    }
}

#[test]
fn nuget_order() {
    let check = |line| check(nuget::compare, line);
    check("1.0 = 1.0.0 = 1.0.0.0 = 1 = 01.0 = 1.00 = 1.0.0+build < 1.0.0.1 < 1.0.1");
    check(
        "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0",
    );
    check("1.0.1-alpha < 1.0.1-alpha10 < 1.0.1-alpha2");
    check("1.0.1-aaa < 1.0.1-alpha < 1.0.1-open < 1.0.1-rc.2 < 1.0.1-rc.10 < 1.0.1-zzz < 1.0.1");
    check("1.0.0-ALPHA = 1.0.0-alpha = 1.0.0-Alpha < 1.0.0-BETA = 1.0.0-beta");
    check("1.0.0-Beta.A = 1.0.0-beta.a < 1.0.0-beta.B");
    check("1.0.0-alpha+1 = 1.0.0-alpha+2 = 1.0.0-alpha");
    check("1.0.0-1 < 1.0.0-2 < 1.0.0-10 < 1.0.0-1a < 1.0.0-a");
    check("1.0.0.0-beta = 1.0-beta < 1.0.0.1-beta < 1.0.0.1");
    check("4.3.0 < 4.3.1 < 4.5.0-rc1 < 4.5.0 < 9.0.1 < 12.0.3 < 13.0.1-beta1 < 13.0.1");
    for version in ["", "v1.0", "=1.0", "1.2.3.4.5", "1.", "1.0-", "1.0.0-a..b", "a", "1 0", "1.0.0-é", "[1.0,)"] {
        refuse(nuget::compare, version);
    }
}

#[test]
fn packagist_order() {
    let check = |line| check(packagist::compare, line);
    check("1.0 = 1.0.0 = 1.0.0.0 = v1.0 = V1 = 1 = 1.0+build = 1.0-stable = 01.0 < 1.0.0.1 < 1.0.1");
    check(
        "1.0-dev < 1.0-alpha < 1.0-alpha1 < 1.0-alpha2 < 1.0-alpha10 < 1.0-beta < 1.0-beta1 < 1.0-RC < 1.0-RC1 < 1.0-RC2 < 1.0",
    );
    check("1.0-RC2 < 1.0 < 1.0-p < 1.0-p1 < 1.0-pl2 < 1.0-patch10 < 1.0.1");
    check("1.0-alpha3 = 1.0a3 = 1.0-a3 = 1.0.alpha.3 = 1.0_alpha3 = 1.0-ALPHA3 = 1.0.0.0-alpha-3");
    check("1.0-b2 = 1.0-beta.2 = 1.0beta2 = 1.0-Beta2");
    check("1.0-rc1 = 1.0RC1 = 1.0-RC.1 = 1.0.0-rc1");
    check("1.0-p1 = 1.0-pl1 = 1.0-patch1 = 1.0-patch.1");
    check("1.0-beta1-dev < 1.0-beta1 < 1.0-beta1.1 < 1.0-beta2-dev < 1.0-beta2");
    check("1.0-beta-dev < 1.0-beta < 1.0-beta1-dev");
    check("1.0.0 < 1.0.x-dev = 1.0.*-dev < 1.1-dev < 1.1.0 < 1.x-dev = 1.X-dev < 2.0-dev < 2.0.0 < 2.x-dev");
    check("1.9.9999 < 1.10");
    check("2.0.4-p1 < 2.0.5");
    check("5.4.19 < 5.4.20-dev < 5.4.20 < 5.4.20-patch1 < 6.0.0-alpha1 < 6.0.0");
    check("2010.01.02 = 2010.1.2 < 2010.1.3");
    check("99999999999999999999998 < 99999999999999999999999");
    for version in [
        "",
        "dev-master",
        "dev-feature/x",
        "master",
        "a",
        "1.",
        "1.0.",
        "1.0-foo",
        "1.0-beta.",
        "1.0-beta1x",
        "1.0 0",
        "1.0.x",
        "1.0-x",
        "8.x-1.0",
        "é",
        "1é",
        ">=1.0",
    ] {
        refuse(packagist::compare, version);
    }
}

#[test]
fn pub_order() {
    let check = |line| check(pubspec::compare, line);
    check(
        "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0-rc.1+build.1 < 1.0.0 < 1.0.0+0.3.7",
    );
    check(
        "1.0.0 < 1.0.0+0.3.7 < 1.3.7+build < 1.3.7+build.2.b8f12d7 < 1.3.7+build.11.e0f985a < 2.0.0 < 2.1.0 < 2.2.0 < 2.11.0 < 2.11.1",
    );
    check("1.0.0+1 < 1.0.0+2 < 1.0.0+10 < 1.0.0+a < 1.0.0+b");
    check("1.0.0-dev+1 < 1.0.0-dev+2 < 1.0.0 < 1.0.0+1");
    check("0.13.5 < 0.13.5+1 < 0.13.6");
    for version in ["", "a", "1.", "1.0.0-", "1.0.0+", "1.x"] {
        refuse(pubspec::compare, version);
    }
}

#[test]
fn bitnami_order() {
    let check = |line| check(bitnami::compare, line);
    check(
        "1.2.3-alpha < 1.2.3-rc.1 < 1.2.3 = v1.2.3 = 1.2.3-0 < 1.2.3-1 = 1.2.3-01 < 1.2.3-2 < 1.2.3-10 < 1.2.4-alpha < 1.2.4",
    );
    check("6.2.0 < 6.2.0-3 < 6.2.1 < 7.0.0");
    check("1.2 = 1.2.0 < 1.2.0-1 < 1.2.1");
    check("1.2.3-0a < 1.2.3 < 1.2.3-5");
    check("1.2.3-1.2 < 1.2.3");
    for version in ["", "a", "1.2.3-", "1.2.3-é", "1.x"] {
        refuse(bitnami::compare, version);
    }
}

#[test]
fn cran_order() {
    let check = |line| check(cran::compare, line);
    check("0.1 < 0.1-1 = 0.1.1 < 0.2 < 0.10 < 1 < 1.0 < 1.0.0 < 1.0-1 = 1.0.1");
    check("7.3-29 = 7.3.29 < 7.3-51 < 7.3-51.1 < 7.3-60");
    check("1.2.3 = 01.02.03 < 1.2.4");
    check("0.0.0.9000 < 0.0.1");
    for version in ["", "a", "1.", "1..2", "1_2", "1.0a", "-1", "1.0 1"] {
        refuse(cran::compare, version);
    }
}

#[test]
fn hackage_order() {
    let check = |line| check(hackage::compare, line);
    check("0.1 < 0.1.0 < 0.1.0.0 < 0.1.0.1 < 0.1.1 < 0.2 < 0.10 < 1 < 1.0");
    check("9.2.7 < 9.4.4 < 9.10.1");
    check("2.1.1.1 < 2.1.2.0 < 2.10");
    for version in ["", "a", "1.", "1-2", "1.0-beta", "1..2", ".1"] {
        refuse(hackage::compare, version);
    }
}

#[test]
fn conda_order() {
    let check = |line| check(conda::compare, line);
    check("0.4 = 0.4.0 < 0.4.1.rc = 0.4.1.RC < 0.4.1 < 0.5a1 < 0.5b3 < 0.5C1 < 0.5 < 0.9.6 < 0.960923 < 1.0");
    check("1.0 < 1.1dev1");
    check("1.1.0dev1 = 1.1.dev1 < 1.1.a1 < 1.1.0rc1 < 1.1.0 = 1.1 < 1.1.0post1 = 1.1.post1 < 1.1post1 < 1996.07.12");
    check("1996.07.12 < 1!0.4.1 < 1!3.1.1.6 < 2!0.4.1");
    check("1.0.1dev < 1.0.1_");
    check("1.0.1dev < 1.0.1_ < 1.0.1a < 1.0.1");
    check("1.0* < 1.0dev < 1.0a < 1.0 < 1.0.1");
    check("1.2 < 1.2+1.2 < 1.2+1.10 < 1.3");
    check("1.0-1 = 1.0_1 = 1.0.1");
    check("2.0 < 2.0.1");
    check("1.0.0 < 1.0.0.1 < 1.0.1");
    for version in ["", "1..2", "a!1", "!1", "1.0é", "1 0", "1.0+a+b", "1.0-1_2", "1.", ".1", "1.0,1"] {
        refuse(conda::compare, version);
    }
}

#[test]
fn opam_order() {
    let check = |line| check(opam::compare, line);
    check("~~ < ~ < ~beta2 < ~beta10 < 0.1 < 1.0~beta < 1.0 < 1.0-test < 1.0.1 < 1.0.10 < dev < trunk");
    check("4.14.0~rc1 < 4.14.0 < 4.14.0+flambda < 4.14.1 < 5.0.0");
    check("v0.14.0 < v0.14.1 < v0.15.0");
    for version in ["", "1 2", "1:2", "é"] {
        refuse(opam::compare, version);
    }
}

#[test]
fn generic_order() {
    let check = |line| check(generic::compare, line);
    check("0.9.8 < 0.9.8a < 0.9.8z < 0.9.8za < 0.9.8zh < 1.0.0 = 1.0 = 1 = v1.0 = 01.0.0.0");
    check("1.0.2-beta1 < 1.0.2-beta3 < 1.0.2 < 1.0.2a < 1.0.2k < 1.0.2u < 1.0.2zg < 1.1.0");
    check("1.1.0-pre1 < 1.1.0-pre2 < 1.1.0 < 1.1.0a < 1.1.1 < 3.0.0-alpha1 < 3.0.0-alpha17 < 3.0.0-beta2 < 3.0.0");
    check(
        "3.13.0.dev1 < 3.13.0a1 = 3.13.0alpha1 = 3.13.0-alpha_1 < 3.13.0a6 < 3.13.0b1 < 3.13.0rc1 = 3.13.0-RC.1 < 3.13.0rc10 < 3.13.0 < 3.13.1",
    );
    check("9.3 < 9.3p1 = 9.3-patch1 = 9.3P1 < 9.3p2 < 9.3p10 < 9.4p1 < 10.0p1");
    check("4.2.8 < 4.2.8p1 < 4.2.8p15 < 4.2.9");
    check("9.11.4 < 9.11.4-P1 < 9.11.4-P2 < 9.11.4-S1 < 9.11.5");
    check("7.1.1-9 < 7.1.1-10 < 7.1.1-15 < 7.1.2-0");
    check("1.8.0_202 < 1.8.0_212 < 1.8.1");
    check("6.0-rc1 < 6.0-rc4 < 6.0 = 6.0.0 < 6.0.1 < 6.0.16 < 6.2");
    check("1.2.3 = 1.2.3+dfsg = 1.2.3+8");
    check("3.0.0- < 3.0.0-alpha1 < 3.0.0 < 3.0.0p1 < 3.0.0+ < 3.0.0a < 3.0.1- < 3.0.1");
    check("1.0.2k- < 1.0.2k < 1.0.2k+ < 1.0.2l");
    check("1- = 1.0- < 1 < 1+ = 1.0.0+");
    check("99999999999999999999999 < 100000000000000000000000");
    for version in ["", "-", "*", "+", "r1", "n4.4", "1 2", "1é", "1.*", "1/2", "UNKNOWN", "a.1"] {
        refuse(generic::compare, version);
    }
}
