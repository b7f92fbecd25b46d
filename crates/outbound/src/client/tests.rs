use super::*;
use crate::Credentials;
use crate::fake::{Reply, Server};

fn request(url: &str) -> Request {
    Request::new(Url::parse(url).unwrap().0, "it").authorization(Credentials::new("user", "hush").basic())
}

fn get(url: &str) -> Result<Vec<u8>, OutboundError> {
    Client::new().unwrap().send(&request(url))?.bytes(1000)
}

#[test]
fn a_call_says_who_calls() {
    let server = Server::always(Reply::new(200, "hello"));
    assert_eq!(get(&server.url("/a%20b?c=d")).unwrap(), b"hello");
    let [asked] = server.asked().try_into().unwrap();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/a%20b?c=d"));
    assert_eq!(asked.header("user-agent"), Some(concat!("plimsoll/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(asked.header("authorization"), Some("Basic dXNlcjpodXNo"));
    // What is hashed must be what is stored.
    assert_eq!(asked.header("accept-encoding"), None);
}

#[test]
fn credentials_stay_with_their_host() {
    let other = Server::always(Reply::new(200, "other"));
    let elsewhere = other.url("/blob?signature=hush");
    let server = Server::new(move |asked| match asked.path.as_str() {
        "/away" => Reply::redirect(elsewhere.clone()),
        "/near" => Reply::redirect("here"),
        _ => Reply::new(200, "same"),
    });
    assert_eq!(get(&server.url("/away")).unwrap(), b"other");
    assert_eq!(other.asked()[0].header("authorization"), None);
    assert_eq!(other.asked()[0].path, "/blob?signature=hush");
    assert_eq!(get(&server.url("/near")).unwrap(), b"same");
    assert!(server.asked()[2].header("authorization").is_some());
}

#[test]
fn redirects_end() {
    let server = Server::always(Reply::redirect("/again"));
    assert!(matches!(get(&server.url("/")), Err(OutboundError::Redirect { .. })));
    assert_eq!(server.asked().len(), MAX_REDIRECTS + 1);
}

#[test]
fn redirects_that_are_not_followed() {
    fn check(from: &str, to: &str, expect: bool) {
        let parse = |text| Url::parse(text).unwrap().0;
        assert_eq!(check_redirect(&parse(from), &parse(to)).is_ok(), expect, "{from} {to}");
    }
    check("https://a.example/", "https://b.example/", true);
    check("http://a.example/", "http://b.example/", true);
    check("http://a.example/", "https://b.example/", true);
    check("https://a.example/", "http://a.example/", false);
    check("https://a.example/", "https://127.0.0.1/", false);
    check("http://a.example/", "http://localhost:80/", false);
    check("http://127.0.0.1/", "http://localhost:80/", true);
}

#[test]
fn forms_are_posted_to_one_host_only() {
    let server = Server::always(Reply::redirect("/again"));
    let form = request(&server.url("/")).form(&[("a", "b c"), ("d", "&")]);
    assert_eq!(Client::new().unwrap().send(&form).unwrap().status, 307);
    let [asked] = server.asked().try_into().unwrap();
    assert_eq!((asked.method.as_str(), asked.body.as_str()), ("POST", "a=b%20c&d=%26"));
}

#[test]
fn bodies_have_a_budget() {
    fn check(reply: Reply, expect: &str) {
        let server = Server::always(reply);
        let outcome = get(&server.url("/"));
        assert!(format!("{outcome:?}").starts_with(expect), "{expect}: {outcome:?}");
    }
    check(Reply::new(200, vec![b' '; 1000]), "Ok");
    check(Reply::new(200, vec![b' '; 1001]), "Err(TooLarge");
    check(Reply::new(200, vec![b' '; 1001]).length(None), "Err(TooLarge");
    check(Reply::new(200, vec![b' '; 10]).length(Some(usize::MAX)), "Err(TooLarge");
    check(Reply::new(200, "").chunked(b"3\r\nabc\r\n0\r\n\r\n"), "Ok([97, 98, 99])");
}

#[test]
fn bodies_that_break_off_are_an_error() {
    fn check(reply: Reply) {
        let server = Server::always(reply);
        let outcome = get(&server.url("/"));
        assert!(matches!(outcome, Err(OutboundError::Interrupted { .. })), "{outcome:?}");
    }
    check(Reply::new(200, "short").length(Some(6)));
    check(Reply::new(200, "").length(Some(1)));
    check(Reply::new(200, "").chunked(b"3\r\nabc\r\n"));
    check(Reply::new(200, "").chunked(b"3\r\nab"));
    check(Reply::new(200, "").chunked(b"zz\r\nab"));
}

#[test]
fn hosts_that_are_not_there_or_speak_otherwise() {
    fn check(url: &str, expect: &str) {
        let error = get(url).unwrap_err();
        assert!(format!("{error:?}").starts_with(expect), "{expect}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    check(&format!("http://{gone}/?hush"), "Connection");
    let server = Server::always(Reply::new(200, ""));
    check(&format!("https://{}/?hush", server.host()), "Tls");
}

#[test]
fn tls_is_for_those_whose_authority_is_trusted() {
    let server = Server::with_tls(|_| Reply::new(200, "hello"));
    let url = format!("https://{}/", server.host());
    let answer = Client::trusting(crate::fake::AUTHORITY).send(&request(&url)).unwrap();
    assert_eq!(answer.bytes(10).unwrap(), b"hello");
    assert!(server.asked()[0].header("authorization").is_some());
    let stranger = Client { agents: Mutex::default(), ..Client::trusting(crate::fake::AUTHORITY) };
    let outcome = stranger.send(&request(&url)).map(|answer| answer.status);
    assert!(matches!(outcome, Err(OutboundError::Tls { .. } | OutboundError::NoRoots)), "{outcome:?}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn calls_go_through_the_proxy() {
    let proxy = Server::always(Reply::new(403, "").length(None));
    let address = format!("http://user:hush@{}", proxy.host());
    let proxies = Proxies::of(|name| (name == "http_proxy").then(|| address.clone())).unwrap();
    let client = Client { proxies, agents: Mutex::default() };
    let outcome = client.send(&request("http://registry.example/")).map(|answer| answer.status);
    assert!(matches!(outcome, Err(OutboundError::ProxyRefused { .. })), "{outcome:?}");
    let [asked] = proxy.asked().try_into().unwrap();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("CONNECT", "registry.example:80"));
    // The proxy's login is for the proxy, and the registry's for the registry.
    assert_eq!(asked.header("proxy-authorization").map(str::to_ascii_lowercase).as_deref(), Some("basic dxnlcjpodxno"));
    assert_eq!(asked.header("authorization"), None);
    assert!(!format!("{client:?} {outcome:?}").contains("hush"), "{client:?}");
}

#[test]
fn errors_are_told_apart_and_readable() {
    fn check(status: u16, body: &str, expect: &str) {
        let server = Server::always(Reply::new(status, body));
        let answer = Client::new().unwrap().send(&request(&server.url("/"))).unwrap();
        let error = answer.into_error(Some("user")).to_string().replace(&server.host(), "HOST");
        assert!(error.starts_with(expect), "{error}");
    }
    let body = |message: &str| serde_json::json!({"errors": [{"code": "DENIED", "message": message}]}).to_string();
    check(403, &body("gate 'prod': no"), "HOST refuses it: gate 'prod': no (DENIED)");
    check(
        401,
        &body("who?"),
        "HOST does not accept the login of user: who? (DENIED); log in again with `docker login HOST`",
    );
    check(404, "<html>", "HOST has no it: Not Found");
    check(429, "", "HOST has had too many requests from here: wait a while, or log in for more: Too Many Requests");
    check(
        500,
        r#"{"errors": [{"code": "UNKNOWN"}, {}]}"#,
        "HOST answers with status 500 to the request for it: UNKNOWN",
    );
    check(599, "", "HOST answers with status 599 to the request for it: no reason given");
    check(403, &body("a\u{1b}[31mb\nc"), "HOST refuses it: a[31mb\nc");
}
