//! Tests of what is parsed; nothing here reads the environment of the test.

use std::process::Command;

use proptest::prelude::*;
use tempfile::TempDir;

use super::docker::{Config, Login, exchange, find as find_docker, parse_answer};
use super::*;

const NOBODY: Option<Credentials> = None;

#[test]
fn nothing_secret_is_printed() {
    let credentials = [Credentials::new("user", "hush"), Credentials::Identity("hush".to_owned().into())];
    for credentials in credentials {
        assert!(!format!("{credentials:?} {:?}", credentials.basic()).contains("hush"));
    }
}

#[test]
fn the_environment_is_for_one_server() {
    fn check(server: Option<&str>, host: &str, expect: bool) {
        let get = |name: &str| match name {
            "PLIMSOLL_ACCESS_KEY_ID" => Some("key".to_owned()),
            "PLIMSOLL_SECRET_ACCESS_KEY" => Some("hush".to_owned()),
            "PLIMSOLL_SERVER" => server.map(str::to_owned),
            _ => None,
        };
        let expect = expect.then(|| Credentials::new("key", "hush"));
        assert_eq!(of_environment(host, get), expect, "{server:?} {host}");
    }
    check(None, "127.0.0.1:5000", true);
    check(None, "example.org", true);
    check(None, "docker.io", false);
    check(Some("https://example.org/"), "example.org", true);
    check(Some("http://Example.org:5000"), "example.org:5000", true);
    check(Some("https://example.org"), "other.example", false);
    assert_eq!(of_environment("example.org", |name| (name != "PLIMSOLL_SECRET_ACCESS_KEY").then(String::new)), None);
}

#[test]
fn the_administrator() {
    fn check(input: &str, expect: Option<Credentials>) {
        let parsed = parse_administrator(input.as_bytes());
        assert!(parsed.as_ref().err().is_none_or(|reason| !reason.contains("hush")), "{parsed:?}");
        assert_eq!(parsed.ok(), expect, "{input}");
    }
    let good = r#"{"accessKeyId": "AK", "secretAccessKey": "hush", "more": 1}"#;
    check(good, Some(Credentials::new("AK", "hush")));
    check(r#"{"accessKeyId": "AK"}"#, None);
    check(r#"{"accessKeyId": "AK", "secretAccessKey": ["hush"]}"#, None);
    check("", None);
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("admin.json");
    assert_eq!(administrator(&path).unwrap(), None);
    fs::write(&path, good).unwrap();
    assert_eq!(administrator(&path).unwrap(), Some(Credentials::new("AK", "hush")));
    fs::write(&path, "hush").unwrap();
    assert!(!format!("{:?}", administrator(&path).unwrap_err()).contains("hush"));
}

#[test]
fn docker_logins() {
    fn check(config: &str, host: &str, expect: Option<Credentials>) {
        let config = Config::parse(config.as_bytes()).unwrap();
        let expect = expect.map_or(Login::None, Login::Found);
        assert_eq!(config.login(host), Ok(expect), "{config:?} {host}");
    }
    let user = || Some(Credentials::new("user", "pass:word"));
    // user:pass:word
    let auths = |key: &str| format!(r#"{{"auths": {{"{key}": {{"auth": "dXNlcjpwYXNzOndvcmQ="}}}}}}"#);
    check(&auths("127.0.0.1:5000"), "127.0.0.1:5000", user());
    check(&auths("127.0.0.1:5000"), "127.0.0.1:5001", NOBODY);
    check(&auths("https://example.org/v2/"), "example.org", user());
    check(&auths("example.org"), "EXAMPLE.org", user());
    check(&auths("example.org"), "sub.example.org", NOBODY);
    check(&auths("https://index.docker.io/v1/"), "docker.io", user());
    check(&auths("docker.io"), "docker.io", user());
    check(&auths("https://index.docker.io/v1/"), "example.org", NOBODY);
    check("", "example.org", NOBODY);
    check("{}", "example.org", NOBODY);
    check(r#"{"auths": {"example.org": {}}}"#, "example.org", NOBODY);
    check(r#"{"auths": {"example.org": {"auth": "dXNlcjpwYXNzOndvcmQ"}}}"#, "example.org", user());
    check(r#"{"auths": {"example.org": {"username": "user", "password": "pass:word"}}}"#, "example.org", user());
    let token = Credentials::Identity("token".to_owned().into());
    check(r#"{"auths": {"a.example": {"auth": "AAA", "identitytoken": "token"}}}"#, "a.example", Some(token));
    // The entry of the key that docker itself writes wins over an older form.
    let two = r#"{"auths": {"https://example.org": {"username": "old"}, "example.org": {"username": "new"}}}"#;
    check(two, "example.org", Some(Credentials::new("new", "")));
}

#[test]
fn docker_helpers_are_named() {
    fn check(config: &str, host: &str, expect: Option<(&str, &str)>) {
        let config = Config::parse(config.as_bytes()).unwrap();
        let login = config.login(host).unwrap();
        let asked = match &login {
            Login::Ask { helper, server } => Some((helper.as_str(), *server)),
            _ => None,
        };
        assert_eq!(asked, expect, "{config:?} {host}");
    }
    let config = r#"{"credHelpers": {"example.org": "one"}, "credsStore": "all", "auths": {"b.example": {}}}"#;
    check(config, "example.org", Some(("one", "example.org")));
    check(config, "b.example", Some(("all", "b.example")));
    check(config, "docker.io", Some(("all", "https://index.docker.io/v1/")));
    check(r#"{"credHelpers": {"example.org": "one"}}"#, "b.example", None);
}

#[test]
fn malformed_logins_are_said_without_their_content() {
    fn check(config: &str) {
        let error = Config::parse(config.as_bytes()).map_err(|reason| reason + ".");
        let error = match &error {
            Ok(config) => config.login("example.org").unwrap_err(),
            Err(reason) => reason.clone(),
        };
        assert!(!error.contains("hush"), "{error}");
    }
    check("hush");
    check(r#"{"auths": "hush"}"#);
    check(r#"{"auths": {"example.org": {"auth": "hush!"}}}"#);
    check(r#"{"auths": {"example.org": {"auth": "aHVzaA=="}}}"#);
}

#[test]
fn answers_of_helpers() {
    fn check(answer: &str, expect: Result<Option<Credentials>, ()>) {
        assert_eq!(parse_answer(answer.as_bytes()).map_err(drop), expect, "{answer}");
    }
    let user = Credentials::new("user", "hush");
    check(r#"{"ServerURL": "x", "Username": "user", "Secret": "hush"}"#, Ok(Some(user)));
    let token = Credentials::Identity("hush".to_owned().into());
    check(r#"{"Username": "<token>", "Secret": "hush"}"#, Ok(Some(token)));
    check(r#"{"Username": "", "Secret": ""}"#, Ok(None));
    check("credentials not found", Err(()));
}

#[test]
fn helpers_are_asked_for_a_server() {
    fn check(script: &str, expect: Result<Option<Credentials>, ()>) {
        let mut helper = Command::new("sh");
        let outcome = exchange(helper.args(["-c", script, "helper"]), "example.org");
        assert!(!format!("{outcome:?}").contains("hush"), "{outcome:?}");
        assert_eq!(outcome.map_err(drop), expect, "{script}");
    }
    let echo = r#"printf '{"Username": "%s", "Secret": "hush"}' "$1 $(cat)""#;
    check(echo, Ok(Some(Credentials::new("get example.org", "hush"))));
    check("echo credentials not found in native keychain; exit 1", Ok(None));
    check("echo hush; exit 1", Err(()));
    check("echo hush", Err(()));
    assert!(exchange(&mut Command::new("/surely/not/there"), "example.org").is_err());
}

#[test]
fn the_files_of_docker_and_podman_are_read_in_turn() {
    let directory = TempDir::new().unwrap();
    let root = directory.path();
    let docker = root.join("docker");
    fs::create_dir_all(&docker).unwrap();
    fs::create_dir_all(root.join("run/containers")).unwrap();
    let podman = r#"{"auths": {"b.example": {"username": "podman"}, "a.example": {"username": "never"}}}"#;
    fs::write(root.join("run/containers/auth.json"), podman).unwrap();
    let environment = |name: &str| match name {
        "DOCKER_CONFIG" => Some(docker.display().to_string()),
        "XDG_RUNTIME_DIR" => Some(root.join("run").display().to_string()),
        _ => None,
    };
    let find = |host: &str| find_docker(host, environment).map(|found| found.map(|found| found.user().to_owned()));
    assert_eq!(find("b.example").unwrap().as_deref(), Some("podman"));
    fs::write(docker.join("config.json"), r#"{"auths": {"a.example": {"username": "docker"}}}"#).unwrap();
    assert_eq!(find("a.example").unwrap().as_deref(), Some("docker"));
    assert_eq!(find("b.example").unwrap().as_deref(), Some("podman"));
    assert_eq!(find("c.example").unwrap(), None);
    // A helper that is not there is passed over, so that public images can still be had.
    fs::write(docker.join("config.json"), r#"{"credsStore": "surely-not-installed"}"#).unwrap();
    assert_eq!(find("b.example").unwrap().as_deref(), Some("podman"));
    fs::write(docker.join("config.json"), "{").unwrap();
    assert!(matches!(find("a.example"), Err(OutboundError::Logins { .. })));
}

#[test]
fn explicit_credentials_win() {
    let explicit = Credentials::new("me", "hush");
    assert_eq!(find("example.org", Some(explicit.clone()), None).unwrap(), Some(explicit));
}

proptest! {
    #[test]
    fn any_file_may_be_there(bytes in any::<Vec<u8>>(), auth in any::<String>()) {
        drop(Config::parse(&bytes).map(|config| config.login("example.org").is_ok()));
        let config = serde_json::json!({"auths": {"example.org": {"auth": auth}}}).to_string();
        drop(Config::parse(config.as_bytes()).unwrap().login("example.org"));
        drop(parse_answer(&bytes));
    }
}
