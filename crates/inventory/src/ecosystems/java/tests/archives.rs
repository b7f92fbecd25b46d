use plimsoll_image::Budget;
use proptest::prelude::*;

use crate::ecosystems::java::{ARCHIVES, archive, is_archive};
use crate::ecosystems::zip::writer::{DEFLATED, How, STORED, ZipWriter};
use crate::ecosystems::{Facts, check_files};
use crate::{LayerAnalyser, LayerInventory, merge};

/// What is found in a file, a line each: `name@version` and where it is within the file; at the end what could not be
/// read.
fn found(path: &str, bytes: &[u8]) -> Vec<String> {
    let (packages, reason) = match archive::parse(path.as_bytes(), bytes) {
        Ok(Facts::Nothing) => (vec![], None),
        Ok(Facts::Packages(packages)) => (packages, None),
        Ok(Facts::Incomplete { packages, reason }) => (packages, Some(reason)),
        other => panic!("{other:?}"),
    };
    let line = |found: crate::Package| {
        let within = found.within.map(|within| format!(" in {within}")).unwrap_or_default();
        format!("{}@{}{within}", found.name, found.version)
    };
    packages.into_iter().map(line).chain(reason.map(|reason| format!("! {reason}"))).collect()
}

/// An archive with a class and these entries.
fn jar(entries: &[(&str, &str)]) -> Vec<u8> {
    let with = |writer: ZipWriter, &(name, content): &(&str, &str)| writer.add(name, content, DEFLATED);
    entries.iter().fold(ZipWriter::default().add("x/y/A.class", "", STORED), with).build()
}

/// An archive that Maven made.
fn maven(group: &str, artifact: &str, version: &str) -> Vec<u8> {
    let text = format!("groupId={group}\nartifactId={artifact}\nversion={version}\n");
    jar(&[(&format!("META-INF/maven/{group}/{artifact}/pom.properties"), &text)])
}

#[test]
fn suffixes_of_archives() {
    check_files(
        &ARCHIVES,
        &[
            "app.jar",
            "opt/a/b.war",
            "x.ear",
            "x.par",
            "x.sar",
            "x.rar",
            "x.nar",
            "x.hpi",
            "x.jpi",
            "x.kar",
            "x.lpkg",
            "x.far",
        ],
        &["a.zip", "jar", "a.jar/b", "a.class"],
    );
    for pattern in ARCHIVES.files {
        assert!(is_archive(pattern.as_bytes()), "{pattern}");
    }
    assert!(is_archive(b"A.JAR") && !is_archive(b"a.zip"));
}

#[test]
fn what_an_archive_is() {
    fn check(path: &str, entries: &[(&str, &str)], expect: &[&str]) {
        assert_eq!(found(path, &jar(entries)), expect, "{path}");
    }
    let properties = ("META-INF/maven/g/a/pom.properties", "groupId=g\nartifactId=a\nversion=1");
    let xml = (
        "META-INF/maven/g/a/pom.xml",
        "<project><groupId>x</groupId><artifactId>a</artifactId><version>2</version></project>",
    );
    let manifest =
        ("META-INF/MANIFEST.MF", "Implementation-Title: a\nImplementation-Version: 3\nImplementation-Vendor-Id: m\n");
    check("lib/a-4.jar", &[properties, xml, manifest], &["g:a@1"]);
    check("lib/a-4.jar", &[xml, manifest], &["x:a@2"]);
    check("lib/a-4.jar", &[manifest], &["m:a@3"]);
    check("lib/a-4.jar", &[], &["a@4"]);
    check("lib/a.jar", &[], &["a@"]);
    check("lib/a.jar", &[manifest], &["m:a@3"]);
    check("lib/a.war", &[properties], &["g:a@1"]);
    // What one record lacks the next has.
    let partial = ("META-INF/maven/g/a/pom.properties", "artifactId=a");
    check("a-4.jar", &[partial, xml], &["x:a@2"]);
    check("a-4.jar", &[partial], &["g:a@4"]);
    check("a.jar", &[partial, manifest], &["g:a@3"]);
    check("a.jar", &[partial], &["g:a@"]);
    // Several versions of Java.
    let later = ("META-INF/versions/9/com/example/B.class", "");
    check("a-4.jar", &[("META-INF/MANIFEST.MF", "Multi-Release: true\n"), later], &["a@4"]);
    check(
        "git.hpi",
        &[("META-INF/MANIFEST.MF", "Group-Id: org.jenkins-ci.plugins\nShort-Name: git\nPlugin-Version: 5.2 (x)\n")],
        &["org.jenkins-ci.plugins:git@5.2"],
    );
    check(
        "b-1.2.jar",
        &[("META-INF/MANIFEST.MF", "Bundle-SymbolicName: org.b.b;x=y\nBundle-Version: 1.2.0.v2\n")],
        &["org.b:b@1.2"],
    );
}

#[test]
fn versions_that_builds_write_in_a_form_of_their_own() {
    fn check(file: &str, manifest: &str, expect: &str) {
        let manifest = format!("Implementation-Version: {manifest}\n");
        assert_eq!(found(file, &jar(&[("META-INF/MANIFEST.MF", &manifest)])), [expect]);
    }
    check("a-1.60.jar", "1.60.0", "a@1.60");
    check("a-9.4.jar", "9.4-SNAPSHOT", "a@9.4");
    check("a-3.x.jar", "4.3.30", "a@4.3.30");
    check("a-1.6.jar", "1.60", "a@1.60");
    check("a.jar", "9.4-SNAPSHOT", "a@9.4-SNAPSHOT");
}

#[test]
fn archives_that_gradle_and_ant_built() {
    let class = |name: &str| ZipWriter::default().add(name, "", STORED);
    let spring =
        "Implementation-Title: spring-core\r\nImplementation-Version: 5.3.18\r\nAutomatic-Module-Name: spring.core\r\n";
    let spring = class("org/springframework/core/A.class").add("META-INF/MANIFEST.MF", spring, DEFLATED).build();
    assert_eq!(found("a/spring-core-5.3.18.jar", &spring), ["org.springframework:spring-core@5.3.18"]);
    let tomcat = "Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.65\nSpecification-Version: 9.0\n";
    let tomcat = class("org/apache/catalina/A.class").add("META-INF/MANIFEST.MF", tomcat, DEFLATED).build();
    assert_eq!(found("lib/catalina.jar", &tomcat), ["org.apache.tomcat:tomcat-catalina@9.0.65"]);
    let bouncy = class("org/bouncycastle/A.class").add("org/bouncycastle/a/B.class", "", STORED).build();
    assert_eq!(found("bcprov-jdk15on-1.70.jar", &bouncy), ["org.bouncycastle:bcprov-jdk15on@1.70"]);
    let two = class("org/a/b/A.class").add("com/b/B.class", "", STORED).build();
    assert_eq!(found("x-1.jar", &two), ["x@1"]);
}

#[test]
fn archives_without_classes() {
    let sources = ZipWriter::default().add("a/A.java", "", STORED).build();
    assert_eq!(found("a-1-sources.jar", &sources), [""; 0]);
    let resources = ZipWriter::default().add("META-INF/maven/org.webjars/jquery/pom.xml", "", STORED).build();
    assert_eq!(found("jquery-3.6.0.jar", &resources), ["org.webjars:jquery@"]);
    assert_eq!(found("a.jar", &ZipWriter::default().build()), [""; 0]);
}

#[test]
fn copied_projects() {
    let pom = |artifact: &str| (format!("META-INF/maven/g/{artifact}/pom.properties"), "version=1");
    let (own, other) = (pom("own"), pom("other"));
    let bytes = jar(&[(&own.0, own.1), (&other.0, other.1)]);
    assert_eq!(found("own-1.jar", &bytes), ["g:other@1 in META-INF/maven/g/other", "g:own@1"]);
    assert_eq!(
        found("app.jar", &bytes),
        ["app@", "g:other@1 in META-INF/maven/g/other", "g:own@1 in META-INF/maven/g/own"]
    );
    let outer = ZipWriter::default().add("lib/own-1.jar", bytes, STORED).build();
    assert_eq!(
        found("x.ear", &outer),
        ["g:other@1 in lib/own-1.jar/META-INF/maven/g/other", "g:own@1 in lib/own-1.jar"]
    );
}

#[test]
fn the_layout_of_spring_boot() {
    let manifest = "Implementation-Title: demo\nImplementation-Version: 0.0.1-SNAPSHOT\nMain-Class: org.springframework.boot.loader.JarLauncher\n";
    let app = ZipWriter::default()
        .add("org/springframework/boot/loader/JarLauncher.class", "", DEFLATED)
        .add("META-INF/MANIFEST.MF", manifest, DEFLATED)
        .add(
            "META-INF/maven/com.example/demo/pom.properties",
            "groupId=com.example\nartifactId=demo\nversion=0.0.1-SNAPSHOT",
            DEFLATED,
        )
        .add("BOOT-INF/classes/com/example/A.class", "", DEFLATED)
        .add("BOOT-INF/lib/", "", STORED)
        .add("BOOT-INF/lib/log4j-core-2.14.1.jar", maven("org.apache.logging.log4j", "log4j-core", "2.14.1"), STORED)
        .add("BOOT-INF/lib/again.jar", maven("org.apache.logging.log4j", "log4j-core", "2.14.1"), STORED)
        .build();
    let expect = [
        "com.example:demo@0.0.1-SNAPSHOT",
        "org.apache.logging.log4j:log4j-core@2.14.1 in BOOT-INF/lib/log4j-core-2.14.1.jar",
    ];
    assert_eq!(found("app.jar", &app), expect);
    let executable = [&b"#!/bin/bash\nexit 0\n"[..], &app].concat();
    assert_eq!(found("app.jar", &executable), expect);
    let image = ZipWriter::default().add("a/app.jar", app, DEFLATED).build();
    assert_eq!(
        found("all.ear", &image),
        [
            "com.example:demo@0.0.1-SNAPSHOT in a/app.jar",
            "org.apache.logging.log4j:log4j-core@2.14.1 in a/app.jar/BOOT-INF/lib/log4j-core-2.14.1.jar",
        ]
    );
}

#[test]
fn what_is_no_archive() {
    for bytes in [&b""[..], b"version https://git-lfs.github.com/spec/v1\n", b"Rar!\x1a\x07\0"] {
        assert_eq!(archive::parse(b"a.jar", bytes), Ok(Facts::Nothing));
    }
    let whole = maven("g", "a", "1");
    for length in [4, 30, whole.len() / 2, whole.len() - 1] {
        assert_eq!(archive::parse(b"a.jar", &whole[..length]), Err("it is no complete zip archive"), "{length}");
    }
}

#[test]
fn the_rest_is_found_where_a_part_cannot_be_read() {
    fn check(name: &str, content: &[u8], how: How, expect: &str) {
        let good = maven("g", "a", "1");
        let outer = ZipWriter::default().add(name, content, how).add("lib/a-1.jar", good, STORED).build();
        assert_eq!(found("x.war", &outer), ["g:a@1 in lib/a-1.jar", expect]);
    }
    let inner = maven("g", "b", "1");
    check("b.jar", &inner, How { flags: 1, ..STORED }, "! b.jar: it is encrypted");
    check("b.jar", &inner, How { method: 9, flags: 0 }, "! b.jar: it is compressed by a method that is not known");
    check("b.jar", &inner[..inner.len() - 9], STORED, "! b.jar: it is no complete zip archive");
    check("META-INF/MANIFEST.MF", b"", How { flags: 1, ..STORED }, "! META-INF/MANIFEST.MF: it is encrypted");
}

#[test]
fn an_image_with_what_cannot_be_read_is_unknown() {
    let encrypted = How { flags: 1, ..STORED };
    let app = ZipWriter::default().add("a-1.jar", maven("g", "a", "1"), STORED).add("b.jar", "", encrypted).build();
    let budget = Budget::default();
    let mut analyser = LayerAnalyser::new(&budget);
    analyser.file(b"opt/app.war", app.len() as u64, &mut &*app).unwrap();
    analyser.symlink(b"opt/link.war", b"app.war").unwrap();
    let layer = LayerInventory::from_bytes(&analyser.finish(None).to_bytes().unwrap()).unwrap();
    let image = merge(&[layer]);
    let packages: Vec<_> = image.packages.iter().map(|found| (&*found.path, &*found.package.name)).collect();
    assert_eq!(packages, [("opt/app.war", "g:a")]);
    let unreadable: Vec<_> = image.unreadable.iter().map(|found| (found.path.as_deref(), &*found.reason)).collect();
    assert_eq!(unreadable, [(Some("opt/app.war"), "b.jar: it is encrypted")]);
}

#[test]
fn reasons_are_few() {
    let encrypted = How { flags: 1, ..STORED };
    let outer = (0..9).fold(ZipWriter::default(), |writer, index| writer.add(&format!("{index}.jar"), "", encrypted));
    let reasons: Vec<_> = (0..5).map(|index| format!("{index}.jar: it is encrypted")).collect();
    assert_eq!(found("x.war", &outer.build()), [format!("! {}; and 4 more", reasons.join("; "))]);
}

#[test]
fn archives_deep_within_each_other() {
    let nested = |depth: usize| {
        (0..depth).fold(maven("g", "a", "1"), |inner, _| ZipWriter::default().add("i.jar", inner, DEFLATED).build())
    };
    let path = |depth: usize| vec!["i.jar"; depth].join("/");
    assert_eq!(found("a.jar", &nested(8)), [format!("g:a@1 in {}", path(8))]);
    for depth in [9, 100] {
        let reason = "archives lie in each other more than 8 deep";
        assert_eq!(found("a.jar", &nested(depth)), [format!("! {}: {reason}", path(9))]);
    }
}

#[test]
fn entries_that_overlap() {
    // Each archive has fifty entries that are all the same archive: 50 to the power of 8 in the end.
    let fifty = |inner: Vec<u8>, _| {
        let length = inner.len() as u64;
        let list = |writer: ZipWriter, index| writer.list(&format!("{index}.jar"), STORED, length, length, 0);
        (1..50).fold(ZipWriter::default().add("0.jar", inner, STORED), list).build()
    };
    let bytes = (0..8).fold(maven("g", "a", "1"), fifty);
    let lines = found("a.jar", &bytes);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("g:a@1 in 0.jar/"), "{lines:?}");
    assert!(lines[1].contains("the archives around it inflate to more than allowed"), "{lines:?}");
}

#[test]
fn bombs() {
    let zeroes = ZipWriter::default().add("a.jar", vec![0; 64 << 20], DEFLATED).build();
    let ratio = "it inflates to more than 200 times its compressed size";
    assert_eq!(found("x.war", &zeroes), [format!("! a.jar: {ratio}")]);
    let wide = ZipWriter::default().add("p", vec![b' '; 1 << 20], DEFLATED);
    let wide = (0..1_000).fold(wide, |writer, index| {
        writer.list(&format!("META-INF/maven/g/{index}/pom.properties"), DEFLATED, 2_000, 1 << 20, 0)
    });
    let lines = found("x.jar", &wide.build());
    let reason = lines.last().unwrap();
    assert!(reason.contains("the archives around it inflate to more than allowed"), "{reason}");
}

#[test]
fn many_entries() {
    let many =
        (0..70_000).fold(ZipWriter::default(), |writer, index| writer.add(&format!("a/{index}.class"), "", STORED));
    let many = many.add("META-INF/maven/g/a/pom.properties", "version=1", STORED).build();
    assert_eq!(found("a.jar", &many), ["g:a@1"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn damage_does_no_harm(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let inner = maven("g", "a", "1");
        let mut bytes = ZipWriter::default().add("a.jar", &inner, STORED).add("b.jar", &inner, DEFLATED).build();
        for (at, byte) in places {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        drop(archive::parse(b"x.war", &bytes));
    }
}
