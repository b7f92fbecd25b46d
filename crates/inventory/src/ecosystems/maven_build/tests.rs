use super::{LOCKFILE, parse};
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[track_caller]
fn check(file: &str, text: &str, expect: Result<&str, &str>) {
    check_packages(parse::parse(file.as_bytes(), text.as_bytes()), expect);
}

#[test]
fn direct_dependencies() {
    check_files(&LOCKFILE, &["app/pom.xml", "app/gradle.lockfile"], &["app/build.gradle"]);
    check(
        "pom.xml",
        "<?xml version=\"1.0\"?><project xmlns=\"http://x\"><groupId>own</groupId><version>1</version>\
         <dependencyManagement><dependencies><dependency><groupId>m</groupId><artifactId>m</artifactId><version>1</version></dependency></dependencies></dependencyManagement>\
         <dependencies><!-- <dependency> --><dependency><groupId>org.a</groupId><artifactId>b</artifactId>\n <version> 1.0 </version>\
         <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions></dependency>\
         <dependency><groupId>c</groupId><artifactId>d</artifactId><version>${v}</version></dependency>\
         <dependency><groupId>c</groupId><artifactId>e</artifactId><version>[1.0,2.0)</version></dependency>\
         <dependency><groupId>c</groupId><artifactId>f</artifactId><version>[1.0]</version><optional/></dependency>\
         <dependency><groupId>c</groupId><artifactId>g</artifactId></dependency></dependencies></project>",
        Ok("? maven c:f 1.0, ? maven org.a:b 1.0"),
    );
    check("pom.xml", "<project><dependencies><dependency><groupId>a", Ok(""));
    check("pom.xml", &"<a>".repeat(100_000), Err("its elements are nested too deep"));
    check("pom.xml", "", Ok(""));
}

#[test]
fn locked_configurations() {
    check(
        "gradle.lockfile",
        "# This is a file\norg.a:b:1.0=compileClasspath,runtimeClasspath\nempty=annotationProcessor\nodd\n",
        Ok("? maven org.a:b 1.0"),
    );
}
