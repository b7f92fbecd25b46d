//! The configuration as a user checks and sees it.

use plimsoll_testkit::http::Client;

use crate::harness::{Scene, check};

#[test]
fn a_valid_configuration_is_said_to_be_valid() {
    let scene = Scene::new();
    scene.write("plimsoll.toml", "listen = '127.0.0.1:5001'\n[anonymous]\npull = ['public/*']\n");
    let said = scene.run(&["config", "check", "--config", "plimsoll.toml"], &[]);
    assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (Some(0), "the configuration is valid\n", ""));
    assert_eq!(scene.run(&["config", "check"], &[]).code, Some(0));
}

#[test]
fn errors_name_the_key_and_end_with_two() {
    let scene = Scene::new();
    let refused = |text: &str, expect: &str| {
        scene.write("plimsoll.toml", text);
        for command in [["config", "check"].as_slice(), &["config", "show"], &["serve", "--data", "data"]] {
            let said = scene.run(&[command, &["--config", "plimsoll.toml"]].concat(), &[]);
            assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{text}: {said:?}");
            assert!(said.stderr.contains(expect), "{text}: {said:?}");
        }
    };
    refused("lisen = '127.0.0.1:1'", "unknown field `lisen`");
    refused("[log]\nformat = 'text'\ncolour = true", "unknown field `colour`");
    refused(
        "[[gates]]\nname = 'g'\nrepositories = ['*']\nseverity = 'high'\nfixable = true",
        "unknown field `fixable`",
    );
    refused("[[gates]]\nname = 'g'\nrepositories = ['*']\nseverity = 'awful'", "gates.g.severity");
    refused("listen = 'nowhere'", "listen: must be an address and a port");
    refused("not toml at all", "plimsoll.toml");
    assert!(!scene.data().exists(), "a refused configuration leaves a data directory");
    let said = scene.run(&["config", "check", "--config", "absent.toml"], &[]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("absent.toml"), "{said:?}");
}

#[test]
fn what_is_shown_is_a_file_that_gives_the_same() {
    let scene = Scene::new();
    scene.write(
        "plimsoll.toml",
        "listen = '127.0.0.1:5001'\ndata = 'elsewhere'\nsparse = true\n[anonymous]\npull = ['public/*']\n\
         [[gates]]\nname = 'no \"critical\"'\nrepositories = ['prod/*', 'stage/**']\nseverity = 'critical'\n\
         only_fixable = true\ngrace_days = 3\nunknown = 'warn'\n",
    );
    let show = |config: &str| {
        let said = scene.run(&["config", "show", "--config", config], &[]);
        assert_eq!(said.code, Some(0), "{said:?}");
        said.stdout
    };
    let shown = show("plimsoll.toml");
    for line in ["listen = \"127.0.0.1:5001\"", "data = \"elsewhere\"", "grace_days = 3", "unknown = \"warn\""] {
        assert!(shown.lines().any(|shown| shown == line), "{line}: {shown}");
    }
    scene.write("shown.toml", &shown);
    assert_eq!(show("shown.toml"), shown);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let scene = Scene::new();
    scene.write("plimsoll.toml", "listen = '127.0.0.1:1'\ndata = 'file'\n");
    let check = |flags: &[&str], environment: &[(&str, &str)], listen: &str, data: &str| {
        let said = scene.run(&[&["config", "show"], flags].concat(), environment);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.stdout.contains(&format!("listen = \"{listen}\"")), "{flags:?} {environment:?}: {said:?}");
        assert!(said.stdout.contains(&format!("data = \"{data}\"")), "{flags:?} {environment:?}: {said:?}");
    };
    let file = ("PLIMSOLL_CONFIG", "plimsoll.toml");
    let (listen, data) = (("PLIMSOLL_LISTEN", "127.0.0.1:2"), ("PLIMSOLL_DATA", "environment"));
    check(&["--config", "plimsoll.toml"], &[], "127.0.0.1:1", "file");
    check(&[], &[file], "127.0.0.1:1", "file");
    check(&[], &[file, listen, data], "127.0.0.1:2", "environment");
    let flags = ["--listen", "127.0.0.1:3", "--data", "flag"];
    check(&flags, &[file, listen, data], "127.0.0.1:3", "flag");
    let home = scene.path(".local/share/plimsoll");
    check(&[], &[], "127.0.0.1:5000", home.to_str().unwrap());
    let share = scene.path("share");
    check(
        &[],
        &[("XDG_DATA_HOME", share.to_str().unwrap())],
        "127.0.0.1:5000",
        &format!("{}/plimsoll", share.display()),
    );
}

#[test]
fn the_public_url_is_what_clients_are_sent_to() {
    let scene = Scene::new();
    let server = scene.serve_with("public_url = 'https://registry.example/'");
    let challenge = check(&mut Client::new(server.address()), "GET /v2/", "401 UNAUTHORIZED");
    let header = challenge.header("www-authenticate").unwrap();
    assert_eq!(header, "Bearer realm=\"https://registry.example/token\",service=\"registry.example\"");
}
