use crate::ecosystems::java::evidence::own;
use crate::ecosystems::java::file_name::FileName;
use crate::ecosystems::java::group::{known, of_bundle, of_classes};
use crate::ecosystems::java::pom::Project;

#[test]
fn names_and_versions_of_files() {
    fn check(file: &str, name: &str, version: &str) {
        let found = FileName::parse(file);
        assert_eq!((found.name, found.version.unwrap_or_default()), (name, version), "{file}");
    }
    check("log4j-core-2.14.1.jar", "log4j-core", "2.14.1");
    check("log4j-1.2-api-2.17.1.jar", "log4j-1.2-api", "2.17.1");
    check("guava-31.1-jre.jar", "guava", "31.1-jre");
    check("bcprov-jdk15on-1.70.jar", "bcprov-jdk15on", "1.70");
    check("jackson-module-scala_2.13-2.14.0.jar", "jackson-module-scala_2.13", "2.14.0");
    check("postgresql-42.2.5.jre7.jar", "postgresql", "42.2.5.jre7");
    check("app-1.0-SNAPSHOT.war", "app", "1.0-SNAPSHOT");
    check("app-1.0-20240102.030405-6.jar", "app", "1.0-20240102.030405-6");
    check("lib-2.0.0-beta-3.jar", "lib", "2.0.0-beta-3");
    check("lib-2.0.0-RC1.jar", "lib", "2.0.0-RC1");
    check("commons-io-2.11.0-sources.jar", "commons-io", "2.11.0");
    check(
        "netty-transport-native-epoll-4.1.100.Final-linux-x86_64.jar",
        "netty-transport-native-epoll",
        "4.1.100.Final",
    );
    check("thing-1.0-jar-with-dependencies.jar", "thing", "1.0");
    check("thing-1.0-of-mine.jar", "thing", "1.0-of-mine");
    check("servlet-api-3.0-alpha-1.jar", "servlet-api", "3.0-alpha-1");
    check("app.jar", "app", "");
    check("a-b.jar", "a-b", "");
    check("-1.0.jar", "-1.0", "");
    check("noextension", "noextension", "");
    check("é-1é.jar", "é", "1é");
    check("", "", "");
}

#[test]
fn the_project_of_a_file() {
    fn check(file: &str, projects: &[(&str, &str)], expect: Option<usize>) {
        let projects: Vec<_> = projects
            .iter()
            .map(|(artifact, version)| Project {
                group: "g".into(),
                artifact: (*artifact).into(),
                version: (*version).into(),
            })
            .collect();
        assert_eq!(own(projects.iter(), &FileName::parse(file)), expect, "{file}");
    }
    check("b-2.jar", &[("a", "1"), ("b", "2")], Some(1));
    check("spring-core-2.jar", &[("spring", "1"), ("spring-core", "2")], Some(1));
    check("b.jar", &[("b", "1")], Some(0));
    check("b-2.jar", &[("b", "1"), ("b", "2")], Some(1));
    check("app.jar", &[("demo", "1")], Some(0));
    check("app.jar", &[("demo", "1"), ("other", "1")], None);
    check("own-1.0.jar", &[("shaded", "2.0")], None);
    check("own-1.0.jar", &[("renamed", "1.0")], Some(0));
    check("bar-1.jar", &[("ba", "1"), ("x", "1")], None);
    check("x-1.jar", &[], None);
    check("x-1.jar", &[("", "2"), ("", "3")], None);
}

#[test]
fn groups_of_archives_without_a_project() {
    fn check(file: &str, class: &str, expect: Option<(&str, &str)>) {
        let found = known(file, &|prefix| class.starts_with(prefix));
        assert_eq!(found.as_ref().map(|(group, artifact)| (*group, &**artifact)), expect, "{file}");
    }
    check("spring-core", "org/springframework/core/Ordered", Some(("org.springframework", "spring-core")));
    check(
        "spring-security-web",
        "org/springframework/security/web/A",
        Some(("org.springframework.security", "spring-security-web")),
    );
    check("spring-core", "com/example/spring/Core", None);
    check("catalina", "org/apache/catalina/Server", Some(("org.apache.tomcat", "tomcat-catalina")));
    check("catalina-ha", "org/apache/catalina/ha/A", Some(("org.apache.tomcat", "tomcat-catalina-ha")));
    check("catalina-tribes", "org/apache/catalina/tribes/A", Some(("org.apache.tomcat", "tomcat-tribes")));
    check("tomcat-embed-core", "org/apache/catalina/A", Some(("org.apache.tomcat.embed", "tomcat-embed-core")));
    check("kafka_2.13", "kafka/A", Some(("org.apache.kafka", "kafka_2.13")));
    check("log4j", "org/apache/log4j/Logger", Some(("log4j", "log4j")));
    check("spring-jcl", "org/apache/commons/logging/Log", Some(("org.springframework", "spring-jcl")));
    check("scala-library", "scala/A", Some(("org.scala-lang", "scala-library")));
    check("scala-xml_2.13", "scala/xml/A", Some(("org.scala-lang.modules", "scala-xml_2.13")));
    check("jsr305", "javax/annotation/Nullable", Some(("com.google.code.findbugs", "jsr305")));
    check("checker-qual", "org/checkerframework/A", Some(("org.checkerframework", "checker-qual")));
    check("commons-io", "org/apache/commons/io/A", Some(("commons-io", "commons-io")));
    check("commons-lang3", "org/apache/commons/lang3/A", None);
    check("unheard-of", "org/A", None);
}

#[test]
fn groups_by_bundles() {
    let check = |bundle: &str, artifact: &str, expect: Option<&str>| {
        assert_eq!(of_bundle(bundle, artifact).as_deref(), expect, "{bundle} {artifact}");
    };
    check("com.fasterxml.jackson.core.jackson-databind", "jackson-databind", Some("com.fasterxml.jackson.core"));
    check("org.apache.commons.lang3", "commons-lang3", Some("org.apache.commons"));
    check("org.apache.maven.core", "maven-core", Some("org.apache.maven"));
    check("slf4j.api", "slf4j-api", Some("slf4j"));
    check("org.slf4j.api", "slf4j-api", Some("org.slf4j"));
    check("org.yaml.snakeyaml", "snakeyaml", Some("org.yaml"));
    check("org.json", "json", Some("org.json"));
    check("something.else", "thing", None);
    check("xthing", "thing", None);
}

#[test]
fn groups_by_classes() {
    let check = |package: &str, expect: Option<&str>| {
        let parts: Vec<_> = package.split('.').map(str::to_owned).collect();
        assert_eq!(of_classes(&parts).as_deref(), expect, "{package}");
    };
    check("org.bouncycastle.crypto", Some("org.bouncycastle"));
    check("org.apache.lucene.search", Some("org.apache.lucene"));
    check("com.google.protobuf", Some("com.google.protobuf"));
    check("org.apache", None);
    check("io.micrometer", Some("io.micrometer"));
    check("kafka.server", None);
    check("org", None);
    check("", None);
}
