//! Which group an artifact belongs to when nothing in the archive says so.
//!
//! A guess is safe. Advisories are looked up by group and artifact: a wrong group finds nothing, unless another artifact of
//! the same name has its classes in the same packages.

/// Archives whose groups do not follow from their classes: the artifact as the file is called, or its beginning and `*`;
/// the group; the artifact as its group calls it, where it is another; the packages its classes must be in.
const KNOWN: [(&str, &str, &str, &str); 98] = [
    ("catalina", "org.apache.tomcat", "tomcat-catalina", "org/apache/catalina/"),
    ("catalina-tribes", "org.apache.tomcat", "tomcat-tribes", "org/apache/catalina/tribes/"),
    ("catalina-*", "org.apache.tomcat", "tomcat-", "org/apache/catalina/"),
    ("tomcat-embed-*", "org.apache.tomcat.embed", "", "org/apache/"),
    ("tomcat-*", "org.apache.tomcat", "", "org/apache/"),
    ("jasper", "org.apache.tomcat", "tomcat-jasper", "org/apache/jasper/"),
    ("jasper-el", "org.apache.tomcat", "tomcat-jasper-el", "org/apache/el/"),
    ("websocket", "org.apache.tomcat", "tomcat-websocket", "org/apache/tomcat/websocket/"),
    ("tomcat7-websocket", "org.apache.tomcat", "tomcat7-websocket", "org/apache/tomcat/websocket/"),
    ("spring-security-*", "org.springframework.security", "", "org/springframework/security/"),
    ("spring-boot", "org.springframework.boot", "", "org/springframework/boot/"),
    ("spring-boot-*", "org.springframework.boot", "", "org/springframework/boot/"),
    ("spring-cloud-*", "org.springframework.cloud", "", "org/springframework/cloud/"),
    ("spring-data-*", "org.springframework.data", "", "org/springframework/data/"),
    ("spring-integration-*", "org.springframework.integration", "", "org/springframework/integration/"),
    ("spring-batch-*", "org.springframework.batch", "", "org/springframework/batch/"),
    ("spring-session-*", "org.springframework.session", "", "org/springframework/session/"),
    ("spring-kafka", "org.springframework.kafka", "", "org/springframework/kafka/"),
    ("spring-amqp", "org.springframework.amqp", "", "org/springframework/amqp/"),
    ("spring-rabbit", "org.springframework.amqp", "", "org/springframework/amqp/"),
    ("spring-ldap-*", "org.springframework.ldap", "", "org/springframework/ldap/"),
    ("spring-graphql", "org.springframework.graphql", "", "org/springframework/graphql/"),
    ("spring-retry", "org.springframework.retry", "", "org/springframework/retry/"),
    ("spring-webflow", "org.springframework.webflow", "", "org/springframework/webflow/"),
    ("spring-jcl", "org.springframework", "", "org/apache/commons/logging/"),
    ("spring-*", "org.springframework", "", "org/springframework/"),
    ("reactor-core", "io.projectreactor", "", "reactor/core/"),
    ("reactor-netty-*", "io.projectreactor.netty", "", "reactor/netty/"),
    ("kotlinx-*", "org.jetbrains.kotlinx", "", "kotlinx/"),
    ("kotlin-*", "org.jetbrains.kotlin", "", "kotlin/"),
    ("okhttp", "com.squareup.okhttp3", "", "okhttp3/"),
    ("okio*", "com.squareup.okio", "", "okio/"),
    ("retrofit", "com.squareup.retrofit2", "", "retrofit2/"),
    ("kafka_*", "org.apache.kafka", "", "kafka/"),
    ("kafka-*", "org.apache.kafka", "", "org/apache/kafka/"),
    ("scala-collection-compat_*", "org.scala-lang.modules", "", "scala/"),
    ("scala-java8-compat_*", "org.scala-lang.modules", "", "scala/"),
    ("scala-parallel-collections_*", "org.scala-lang.modules", "", "scala/"),
    ("scala-parser-combinators_*", "org.scala-lang.modules", "", "scala/"),
    ("scala-swing_*", "org.scala-lang.modules", "", "scala/"),
    ("scala-xml_*", "org.scala-lang.modules", "", "scala/"),
    ("scala-*", "org.scala-lang", "", "scala/"),
    ("akka-http*", "com.typesafe.akka", "", "akka/http/"),
    ("akka-*", "com.typesafe.akka", "", "akka/"),
    ("groovy*", "org.codehaus.groovy", "", "groovy/"),
    ("clojure", "org.clojure", "", "clojure/"),
    ("hibernate-validator", "org.hibernate.validator", "", "org/hibernate/validator/"),
    ("mysql-connector-java", "mysql", "", "com/mysql/"),
    ("ojdbc*", "com.oracle.database.jdbc", "", "oracle/jdbc/"),
    ("h2", "com.h2database", "", "org/h2/"),
    ("jtds", "net.sourceforge.jtds", "", "net/sourceforge/jtds/"),
    ("quartz", "org.quartz-scheduler", "", "org/quartz/"),
    ("javassist", "org.javassist", "", "javassist/"),
    ("asm", "org.ow2.asm", "", "org/objectweb/asm/"),
    ("asm-*", "org.ow2.asm", "", "org/objectweb/asm/"),
    ("antlr4-runtime", "org.antlr", "", "org/antlr/v4/"),
    ("xercesImpl", "xerces", "", "org/apache/xerces/"),
    ("xalan", "xalan", "", "org/apache/xalan/"),
    ("serializer", "xalan", "", "org/apache/xml/serializer/"),
    ("xml-apis", "xml-apis", "", "org/w3c/dom/"),
    ("xml-apis-ext", "xml-apis", "", "org/w3c/"),
    ("xml-resolver", "xml-resolver", "", "org/apache/xml/resolver/"),
    ("jstl", "javax.servlet", "", "javax/servlet/jsp/jstl/"),
    ("jsr305", "com.google.code.findbugs", "", "javax/annotation/"),
    ("checker-*", "org.checkerframework", "", "org/checkerframework/"),
    ("mongodb-driver*", "org.mongodb", "", "com/mongodb/"),
    ("lz4-java", "org.lz4", "", "net/jpountz/"),
    ("snappy-java", "org.xerial.snappy", "", "org/xerial/snappy/"),
    ("sqlite-jdbc", "org.xerial", "", "org/sqlite/"),
    ("junit", "junit", "", "junit/"),
    ("ant", "org.apache.ant", "", "org/apache/tools/ant/"),
    ("ant-*", "org.apache.ant", "", "org/apache/tools/ant/"),
    ("jsch", "com.jcraft", "", "com/jcraft/jsch/"),
    ("guava", "com.google.guava", "", "com/google/common/"),
    ("guice*", "com.google.inject", "", "com/google/inject/"),
    ("gson", "com.google.code.gson", "", "com/google/gson/"),
    ("commons-beanutils", "commons-beanutils", "", "org/apache/commons/beanutils/"),
    ("commons-chain", "commons-chain", "", "org/apache/commons/chain/"),
    ("commons-cli", "commons-cli", "", "org/apache/commons/cli/"),
    ("commons-codec", "commons-codec", "", "org/apache/commons/codec/"),
    ("commons-collections", "commons-collections", "", "org/apache/commons/collections/"),
    ("commons-configuration", "commons-configuration", "", "org/apache/commons/configuration/"),
    ("commons-dbcp", "commons-dbcp", "", "org/apache/commons/dbcp/"),
    ("commons-digester", "commons-digester", "", "org/apache/commons/digester/"),
    ("commons-discovery", "commons-discovery", "", "org/apache/commons/discovery/"),
    ("commons-el", "commons-el", "", "org/apache/commons/el/"),
    ("commons-fileupload", "commons-fileupload", "", "org/apache/commons/fileupload/"),
    ("commons-httpclient", "commons-httpclient", "", "org/apache/commons/httpclient/"),
    ("commons-io", "commons-io", "", "org/apache/commons/io/"),
    ("commons-jxpath", "commons-jxpath", "", "org/apache/commons/jxpath/"),
    ("commons-lang", "commons-lang", "", "org/apache/commons/lang/"),
    ("commons-logging", "commons-logging", "", "org/apache/commons/logging/"),
    ("commons-net", "commons-net", "", "org/apache/commons/net/"),
    ("commons-pool", "commons-pool", "", "org/apache/commons/pool/"),
    ("commons-validator", "commons-validator", "", "org/apache/commons/validator/"),
    ("log4j-1.2-api", "org.apache.logging.log4j", "", "org/apache/log4j/"),
    ("log4j-*", "org.apache.logging.log4j", "", "org/apache/logging/"),
    ("log4j", "log4j", "", "org/apache/log4j/"),
];

/// The group and the artifact of an archive of the table. The first line that fits counts.
pub(super) fn known(file: &str, has_classes: &dyn Fn(&str) -> bool) -> Option<(&'static str, String)> {
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(beginning) => file.starts_with(beginning),
        None => file == pattern,
    };
    let (_, group, artifact, _) =
        KNOWN.iter().find(|(pattern, _, _, classes)| fits(pattern) && has_classes(classes))?;
    let artifact = match artifact.strip_suffix('-') {
        Some(_) => format!("{artifact}{file}"),
        None if artifact.is_empty() => file.to_owned(),
        None => (*artifact).to_owned(),
    };
    Some((group, artifact))
}

/// The group that together with `artifact` gives the name of a bundle, as Maven's plug-in for bundles joins them:
/// `org.yaml` and `snakeyaml` give `org.yaml.snakeyaml`, `org.apache.commons` and `commons-lang3` give
/// `org.apache.commons.lang3`.
pub(super) fn of_bundle(bundle: &str, artifact: &str) -> Option<String> {
    let before = |end: &str| bundle.strip_suffix(end)?.strip_suffix('.');
    if let Some(group) = before(artifact) {
        // A group of one part is unlikely; one that ends with the artifact's name is not said twice.
        return Some(if group.contains('.') { group } else { bundle }.to_owned());
    }
    let (first, rest) = artifact.split_once('-')?;
    let group = before(rest).or_else(|| before(&rest.replace('-', ".")))?;
    (group.rsplit('.').next() == Some(first)).then(|| group.to_owned())
}

/// The group that classes in this package are likely to be of: its first two parts, and three where the second is one
/// that many share.
pub(super) fn of_classes(package: &[String]) -> Option<String> {
    const SHARED: [&str; 9] =
        ["apache", "codehaus", "eclipse", "github", "gitlab", "glassfish", "google", "jboss", "sourceforge"];
    const DOMAINS: [&str; 14] =
        ["ch", "co", "com", "de", "dev", "edu", "fr", "gov", "io", "javax", "me", "net", "org", "ru"];
    let [domain, second, ..] = package else { return None };
    if !DOMAINS.contains(&&**domain) {
        return None;
    }
    let length = if SHARED.contains(&&**second) { 3 } else { 2 };
    package.get(..length).map(|parts| parts.join("."))
}
