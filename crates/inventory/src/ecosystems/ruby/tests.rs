use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn specifications_of_installed_gems() {
    check_files(
        &CATALOGER,
        &[
            "usr/local/lib/ruby/gems/3.2.0/specifications/default/json-2.6.3.gemspec",
            "usr/local/bundle/specifications/rack-2.2.4.gemspec",
            "usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec",
        ],
        &["app/my.gemspec", "usr/local/bundle/gems/rack-2.2.4/rack.gemspec"],
    );
}

#[test]
fn names_and_versions() {
    fn check(file: &str, text: &str, expect: Result<&str, &str>) {
        check_packages(parse(format!("specifications/{file}").as_bytes(), text.as_bytes()), expect);
    }
    check(
        "nokogiri-1.15.4-x86_64-linux.gemspec",
        "# -*- encoding: utf-8 -*-\n# stub: nokogiri 1.15.4 x86_64-linux lib\n\nGem::Specification.new do |s|\n  s.name = \"other\"\n",
        Ok("gem nokogiri 1.15.4"),
    );
    check(
        "x.gemspec",
        "Gem::Specification.new do |s|\n  s.name = \"rack-test\".freeze\n  s.version = \"2.1.0.rc1\"\n  s.version = \"9\"\nend\n",
        Ok("gem rack-test 2.1.0.rc1"),
    );
    check(
        "x.gemspec",
        "Gem::Specification.new do |spec|\n  spec.name          = 'a'\n  spec.version = Gem::Version.new('1.2')\nend\n",
        Ok("gem a 1.2"),
    );
    check("bundler-2.4.19.gemspec", "s.name = \"bundler\"\ns.version = Bundler::VERSION\n", Ok("gem bundler 2.4.19"));
    check("a-2-b-1.0-java.gemspec", "", Ok("gem a-2-b 1.0"));
    check("a-1.0-arm64-darwin-22.gemspec", "", Ok("gem a 1.0"));
    check("net-http-0.3.gemspec", "", Ok("gem net-http 0.3"));
    check("rack.gemspec", "s.version = \"1\"", Err("it names no gem"));
    check("-1.gemspec", "", Err("it names no gem"));
    check("a.gemspec", "# stub: a", Err("it names no gem"));
}

#[test]
fn lock_files() {
    check_files(&super::LOCKFILE, &["app/Gemfile.lock"], &["app/Gemfile"]);
}
