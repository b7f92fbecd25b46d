use super::*;

fn load(text: &str) -> Result<Config, String> {
    let file = ConfigFile::parse(text).map_err(|error| error.to_string())?;
    Config::resolve(file, &Overrides::default(), Path::new("/data")).map_err(|error| error.to_string())
}

#[test]
fn an_empty_file_is_the_default() {
    let config = load("").unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:5000");
    assert_eq!(config.data, Path::new("/data"));
    assert_eq!(config.lifecycle_interval, Duration::from_hours(1));
    assert!(config.gates.is_empty() && config.anonymous_pull.is_empty() && config.tls.is_none());
}

#[test]
fn flags_win_over_the_file() {
    let file = ConfigFile::parse("listen = '127.0.0.1:1'\ndata = '/file'").unwrap();
    let overrides = Overrides { listen: Some("127.0.0.1:2".into()), data: Some("/flag".into()), config: None };
    let config = Config::resolve(file, &overrides, Path::new("/data")).unwrap();
    assert_eq!((config.listen.port(), config.data.as_path()), (2, Path::new("/flag")));
}

#[test]
fn a_gate_refuses_what_is_unknown_and_lets_the_administrator_look() {
    let config = load("[[gates]]\nname = 'g'\nrepositories = ['prod/*']\nseverity = 'critical'").unwrap();
    let [gate] = config.gates.as_slice() else { panic!("{config:?}") };
    assert_eq!((gate.unknown, gate.unrated), (OnUnknown::Deny, OnUnknown::Deny));
    assert_eq!(gate.exempt, ["arn:aws:iam::000000000000:user/administrator"]);
}

#[test]
fn what_is_shown_gives_the_same_again() {
    let text = "public_url = 'https://r.example'\nsparse = true\nregion = 'eu-west-1'\nhost_suffix = 'r.example'\n\
        [repositories]\naccept_same_push = true\n[scanning]\nagain_at_once = true\nseverity_order = ['nvd', 'other']\n[anonymous]\npull = ['public/*']\n[log]\nformat = 'json'\n\
        [tls]\ncertificate = 'c'\nkey = 'k'\n[feed]\nurl = 'https://f.example'\necosystems = ['npm']\n\
        lists = ['alpine-secdb:v3.22', 'nvd']\nmirror = 'https://m.example'\ninterval_seconds = 7200\n\
        [lifecycle]\ninterval_seconds = 90\n\
        [[gates]]\nname = 'g'\nrepositories = ['prod/*']\nseverity = 'high'\ngrace_days = 7\nunknown = 'warn'\n\
        [[oidc]]\nissuer = 'https://token.example'\naudiences = ['plimsoll']\njwks = 'keys.json'";
    let shown = load(text).unwrap().to_string();
    assert_eq!(load(&shown).unwrap().to_string(), shown);
    assert!(shown.contains("interval_seconds = 90"), "{shown}");
    assert!(shown.contains("grace_days = 7") && shown.contains("format = \"json\""), "{shown}");
    assert!(shown.contains("again_at_once = true"), "{shown}");
    assert!(shown.contains("lists = [\"alpine-secdb:v3.22\", \"nvd\"]\nmirror = \"https://m.example\""), "{shown}");
    assert!(shown.contains("interval_seconds = 7200"), "{shown}");
    assert!(shown.contains(r#"severity_order = ["nvd", "other", "package", "advisory", "database"]"#), "{shown}");
    assert!(shown.contains("issuer = \"https://token.example\""), "{shown}");
}

#[test]
fn errors_name_the_key_and_the_rule() {
    fn check(text: &str, expect: &str) {
        let error = load(text).unwrap_err();
        assert!(error.contains(expect), "{text}: {error}");
    }
    let gate = |line: &str| {
        let rest = if line.starts_with("severity") { "" } else { "severity = 'high'\n" };
        let repositories = if line.starts_with("repositories") { "" } else { "repositories = ['*']\n" };
        format!("[[gates]]\nname = 'g'\n{repositories}{rest}{line}")
    };
    check("lisen = 'x'", "unknown field `lisen`");
    check("listen = 'x'", "listen: must be an address and a port");
    check("account = '12'", "account: an account id is twelve decimal digits");
    check("public_url = 'registry'", "public_url: must begin with");
    check("[anonymous]\npull = ['A']", "anonymous.pull: a repository pattern");
    check("[tls]\ncertificate = 'x'", "missing field `key`");
    check("[log]\nformat = 'xml'", "unknown variant `xml`");
    check(&gate("severity = 'bad'"), "gates.g.severity: not a severity");
    check(&gate("repositories = []"), "gates.g.repositories: must name at least one pattern");
    check(&gate("exempt = ['b b']"), "gates.g.exempt: \"b b\" is not a principal");
    check("region = 'Mars 1'", "region: must be 1 to 32");
    check("host_suffix = ''", "host_suffix: must be the end");
    check("[lifecycle]\ninterval_seconds = 0", "lifecycle.interval_seconds: must be at least 1");
    check("[scanning]\nagain = true", "unknown field `again`");
    check("[feed]\nurl = 'https://f.example'", "feed: url and ecosystems need each other");
    check("[feed]\necosystems = ['npm']\nlists = ['epss']", "feed: url and ecosystems need each other");
    check("[feed]\ninterval_seconds = 3600", "feed: must name ecosystems or lists");
    check("[feed]\nurl = 'f.example'\necosystems = ['npm']", "feed.url: must begin with http");
    check("[feed]\nlists = ['epss']\nmirror = '/srv/feeds'", "feed.mirror: must begin with http");
    check("[feed]\nlists = ['alpine-secdb']", "feed.lists: \"alpine-secdb\" is no feed: it needs a release");
    check("[feed]\nlists = ['epss']\ninterval_seconds = 59", "feed.interval_seconds: must be at least 60");
    check("[feed]\nlist = ['epss']", "unknown field `list`");
    check("[scanning]\nagain_at_once = 'yes'", "invalid type");
    check("[scanning]\nseverity_order = ['nist']", "scanning.severity_order: \"nist\" is no source of severities");
    check("[scanning]\nseverity_order = ['nvd', 'nvd']", "scanning.severity_order: nvd is named twice");
    check("[repositories]\ncreate = true", "unknown field `create`");
    let oidc = |issuer: &str, audiences: &str| {
        format!("[[oidc]]\nissuer = '{issuer}'\naudiences = {audiences}\njwks = 'keys.json'\n")
    };
    check(&oidc("token.example", "['a']"), "oidc.issuer: must be a URL");
    check(&oidc("https://", "['a']"), "oidc.issuer: must be a URL");
    check(&oidc("https://a", "['a']").repeat(2), "oidc.issuer: https://a is there twice");
    check(&oidc("https://a", "[]"), "oidc.audiences: https://a must have at least one audience");
    check("[[oidc]]\nissuer = 'https://a'\naudiences = ['a']", "missing field `jwks`");
    check(&gate("unknown = 'maybe'"), "unknown variant `maybe`");
    check(&gate("grace_days = -1"), "invalid value");
    check(&format!("{}\n{}", gate(""), gate("")), "gates.name: every gate must have a name of its own");
}
