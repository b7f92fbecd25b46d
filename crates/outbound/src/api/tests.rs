use super::*;
use crate::fake::{Reply, Server};

#[test]
fn a_server_is_asked_as_who_one_is() {
    let server = Server::always(Reply::new(200, "{}"));
    let client = Client::new().unwrap();
    let user = Credentials::new("user", "hush");
    let path = "/api/v1/findings/team/app?reference=1.0";
    assert_eq!(get(&client, &server.url(""), path, Some(&user)).unwrap(), b"{}");
    assert_eq!(get(&client, &server.url("/below/"), path, None).unwrap(), b"{}");
    let with_user = format!("http://user:hush@{}", server.host());
    assert_eq!(get(&client, &with_user, path, None).unwrap(), b"{}");
    let asked: Vec<_> = server.asked().iter().map(|a| (a.path.clone(), a.header("authorization").is_some())).collect();
    let expect = [(path.to_owned(), true), (format!("/below{path}"), false), (path.to_owned(), true)];
    assert_eq!(asked, expect);
}

#[test]
fn what_the_server_says_is_in_the_error() {
    let body = r#"{"errors": [{"code": "NAME_UNKNOWN", "message": "there is no such image", "detail": {}}]}"#;
    let server = Server::always(Reply::new(404, body));
    let error = get(&Client::new().unwrap(), &server.url(""), "/api/v1/sbom/a?reference=x", None).unwrap_err();
    let host = server.host();
    assert_eq!(error.to_string(), format!("{host} has no sbom of a: there is no such image (NAME_UNKNOWN)"));
}

#[test]
fn what_is_deleted_is_asked_for_by_its_path() {
    let server = Server::always(Reply::new(204, ""));
    assert_eq!(delete(&Client::new().unwrap(), &server.url(""), "/api/v1/exceptions/0", None).unwrap(), b"");
    assert_eq!(server.asked()[0].path, "/api/v1/exceptions/0");
}
