use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::layer::{Compression, LayerBuilder};

use super::*;
use crate::fake::{Asked, Reply, Server};

const STATUS: &str = "Package: libssl3\nStatus: install ok installed\nVersion: 3.0.11-1\nArchitecture: amd64\n\n";
const OS_RELEASE: &str = "ID=debian\nVERSION_ID=\"12\"\n";

fn image() -> Image {
    let base = LayerBuilder::new().file("etc/os-release", OS_RELEASE).file("var/lib/dpkg/status", STATUS);
    let app = LayerBuilder::new().file("app/node_modules/a/package.json", r#"{"name": "a", "version": "1.0.0"}"#);
    ImageBuilder::new()
        .layer(base.build(Compression::Gzip).unwrap())
        .layer(app.build(Compression::Zstd).unwrap())
        .build()
}

/// What a repository `team/app` holds.
#[derive(Clone, Default)]
struct Holding(Vec<(String, String, Vec<u8>)>);

impl Holding {
    fn of(tag: &str, image: &Image) -> Self {
        Self::default().manifest(tag, &image.manifest).image(image)
    }

    fn manifest(self, reference: &str, document: &Document) -> Self {
        self.put(&format!("manifests/{reference}"), &document.media_type, &document.bytes)
    }

    fn image(self, image: &Image) -> Self {
        let holding = self.manifest(&image.manifest.digest.to_string(), &image.manifest);
        image.blobs().fold(holding, |holding, (digest, blob)| {
            holding.put(&format!("blobs/{digest}"), "application/octet-stream", blob)
        })
    }

    fn put(mut self, path: &str, media_type: &str, bytes: &[u8]) -> Self {
        let path = format!("/v2/team/app/{path}");
        self.0.retain(|(have, ..)| *have != path);
        self.0.push((path, media_type.to_owned(), bytes.to_vec()));
        self
    }

    fn reply(&self, asked: &Asked) -> Reply {
        match self.0.iter().find(|(path, ..)| *path == asked.path) {
            Some((_, media_type, bytes)) => Reply::new(200, &**bytes).header("content-type", media_type),
            None => Reply::new(404, r#"{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "not here"}]}"#),
        }
    }

    fn serve(self) -> Server {
        Server::new(move |asked| self.reply(asked))
    }
}

fn scan_as(server: &Server, reference: &str, who: Option<&Credentials>) -> Result<ScannedImage, OutboundError> {
    let reference = format!("{}/team/app{reference}", server.host()).parse().unwrap();
    let selection =
        Selection { architecture: "amd64".into(), name: Some("not looked at".into()), ..Selection::default() };
    scan_image(&Client::new().unwrap(), &reference, &selection, &Budget::default(), who, |_| {})
}

fn scan(server: &Server, reference: &str) -> Result<ScannedImage, OutboundError> {
    scan_as(server, reference, None)
}

fn packages(scanned: &ScannedImage) -> Vec<String> {
    scanned.inventory.packages.iter().map(|package| format!("{} {}", package.package.name, package.layer)).collect()
}

fn check_image(scanned: &ScannedImage, image: &Image) {
    let mut packages = packages(scanned);
    packages.sort();
    assert_eq!(packages, ["a 1", "libssl3 0"]);
    assert_eq!(scanned.manifest, Some(image.manifest.digest));
    assert_eq!(scanned.config.as_ref(), Some(&image.config.bytes));
    for (scanned, layer) in scanned.layers.iter().zip(&image.layers) {
        assert_eq!((scanned.digest, scanned.diff_id), (Some(layer.digest), Some(layer.diff_id)));
        assert_eq!(scanned.size, layer.blob.len() as u64);
    }
}

fn check_error(holding: Holding, reference: &str, expect: &str) {
    let server = holding.serve();
    let error = scan(&server, reference).unwrap_err();
    assert!(format!("{error:?}").starts_with(expect), "{expect}: {error:?}");
}

#[test]
fn an_image_is_scanned_where_it_lies() {
    let image = image();
    let server = Holding::of("1.0", &image).serve();
    let mut reports = Vec::new();
    let reference: Reference = format!("{}/team/app:1.0", server.host()).parse().unwrap();
    let client = Client::new().unwrap();
    let selection = Selection::default();
    let scanned =
        scan_image(&client, &reference, &selection, &Budget::default(), None, |progress| reports.push(progress));
    let scanned = scanned.unwrap();
    check_image(&scanned, &image);
    assert_eq!((scanned.name, scanned.notes.len()), (reference.to_string(), 0));
    let size = image.layers.iter().map(|layer| layer.blob.len() as u64).sum();
    assert_eq!(reports.last(), Some(&Progress { what: "layers".into(), done: size, total: Some(size) }));
    let accept = server.asked()[0].header("accept").unwrap().to_owned();
    for kind in [media::OCI_INDEX, media::OCI_MANIFEST, media::DOCKER_LIST, media::DOCKER_MANIFEST] {
        assert!(accept.contains(kind), "{accept}");
    }
    // One call for the manifest, the configuration and each layer.
    assert_eq!(server.asked().len(), 4);
    let by_digest = format!("@{}", image.manifest.digest);
    check_image(&scan(&server, &by_digest).unwrap(), &image);
}

#[test]
fn platforms_are_chosen() {
    let image = image();
    let arm = ImageBuilder::new().platform("linux", "arm64").build();
    let images = [arm, image];
    let index = index(Format::Oci, &images);
    let holding = images.iter().fold(Holding::default().manifest("latest", &index), Holding::image);
    let scanned = scan(&holding.clone().serve(), "").unwrap();
    check_image(&scanned, &images[1]);
    assert_eq!(scanned.notes, ["of 2 manifests, this is the one for linux/amd64"]);
    let other = plimsoll_testkit::image::index(Format::Docker, &images[..1]);
    check_error(holding.manifest("latest", &other), "", "Scan(NoPlatform");
}

#[test]
fn content_that_is_not_what_it_is_named_by_is_an_error() {
    let image = image();
    let good = Holding::of("latest", &image);
    let other = Document::new(&image.manifest.media_type, [&*image.manifest.bytes, b" "].concat());
    let digest = image.manifest.digest;
    check_error(good.clone().manifest(&digest.to_string(), &other), &format!("@{digest}"), "Mismatch");
    // A tag moves, so it is only held to what the registry says of it.
    let said = good.clone();
    let server = Server::new(move |asked| said.reply(asked).header("docker-content-digest", other.digest.to_string()));
    assert!(matches!(scan(&server, ""), Err(OutboundError::Mismatch { .. })));
    let blob = |digest: &Digest, bytes: &[u8]| good.clone().put(&format!("blobs/{digest}"), "", bytes);
    let mut config = image.config.bytes.clone();
    config.reverse();
    check_error(blob(&image.config.digest, &config), "", "Scan(Mismatch");
    let [base, app] = image.layers.as_slice() else { panic!("two layers") };
    check_error(blob(&app.digest, &[b'x'].repeat(app.blob.len())), "", "Scan(Mismatch");
    check_error(blob(&base.digest, &base.blob[1..]), "", "Scan(Mismatch");
    check_error(blob(&app.digest, &[&*app.blob, b"x"].concat()), "", "TooLarge");
}

#[test]
fn content_that_is_missing_or_breaks_off_is_an_error() {
    let image = image();
    let good = Holding::of("latest", &image);
    check_error(good.clone(), ":other", "NotFound");
    let without = |path: String| Holding(good.0.iter().filter(|(have, ..)| !have.ends_with(&path)).cloned().collect());
    check_error(without(image.config.digest.to_string()), "", "Scan(Missing");
    check_error(without(image.layers[1].digest.to_string()), "", "Scan(Missing");
    let cut = |digest: &Digest| {
        let (holding, end) = (good.clone(), digest.to_string());
        Server::new(move |asked| {
            let reply = holding.reply(asked);
            if asked.path.ends_with(&end) { reply.cut() } else { reply }
        })
    };
    for digest in [&image.config.digest, &image.layers[0].digest, &image.layers[1].digest] {
        let error = scan(&cut(digest), "").unwrap_err();
        assert!(matches!(error, OutboundError::Interrupted { .. }), "{error:?}");
    }
    let large = Document::new(media::OCI_MANIFEST, vec![b' '; MAX_MANIFEST_BYTES + 1]);
    check_error(good.manifest("latest", &large), "", "TooLarge");
}

#[test]
fn layers_are_fetched_again_where_that_tells_more() {
    let layer = LayerBuilder::new().file("srv/db", STATUS).hard_link("var/lib/dpkg/status", "srv/db");
    let image = ImageBuilder::new().layer(layer.build(Compression::Gzip).unwrap()).build();
    let server = Holding::of("latest", &image).serve();
    assert_eq!(packages(&scan(&server, "").unwrap()), ["libssl3 0"]);
    let path = format!("/v2/team/app/blobs/{}", image.layers[0].digest);
    assert_eq!(server.asked().iter().filter(|asked| asked.path == path).count(), 2);
}

#[test]
fn layers_that_are_not_distributed_are_unreadable() {
    let image = image();
    let mut manifest: serde_json::Value = serde_json::from_slice(&image.manifest.bytes).unwrap();
    manifest["layers"][1]["mediaType"] = "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd".into();
    manifest["layers"][1]["urls"] = json!(["http://127.0.0.1:1/never"]);
    let manifest = Document::json(&image.manifest.media_type, &manifest);
    let holding = Holding::of("latest", &image).manifest("latest", &manifest);
    let held =
        Holding(holding.0.into_iter().filter(|(path, ..)| !path.contains(&image.layers[1].digest.hex())).collect());
    let scanned = scan(&held.serve(), "").unwrap();
    assert_eq!(packages(&scanned), ["libssl3 0"]);
    let [unreadable] = scanned.inventory.unreadable.as_slice() else { panic!("one") };
    assert_eq!(unreadable.layer, 1);
}

#[test]
fn artifacts_are_no_images() {
    let chart = json!({
        "schemaVersion": 2,
        "config": {"mediaType": "application/vnd.example", "digest": Digest::sha256(b"{}"), "size": 2},
        "layers": [],
    });
    let chart = Document::json(media::OCI_MANIFEST, &chart);
    check_error(Holding::default().manifest("latest", &chart), "", "Scan(NotAnImage");
    let html = Document::new("text/html", b"<html>".to_vec());
    check_error(Holding::default().manifest("latest", &html), "", "Scan(Manifest");
}

/// A registry and its token service, which knows `user` with `hush`, and lets nobody pull only where that is asked for.
fn guarded(public: bool) -> (Server, Server) {
    let counter = Arc::new(AtomicUsize::new(0));
    let issued = Arc::clone(&counter);
    let tokens = Server::new(move |asked| {
        let basic = asked.header("authorization");
        let known = basic == Some("Basic dXNlcjpodXNo") || asked.body.contains("refresh_token=hush%2B");
        let served = known || (public && basic.is_none());
        if !served {
            return Reply::new(401, r#"{"errors": [{"code": "UNAUTHORIZED", "message": "wrong password"}]}"#);
        }
        let number = issued.fetch_add(1, Ordering::SeqCst);
        Reply::new(200, json!({"access_token": format!("token-{number}")}).to_string())
    });
    let realm = tokens.url("/token");
    let holding = Holding::of("latest", &image());
    let registry = Server::new(move |asked| {
        // Each token serves three calls.
        let token = asked.header("authorization").and_then(|text| text.strip_prefix("Bearer token-"));
        let good = token.is_some_and(|token| counter.load(Ordering::SeqCst) == token.parse::<usize>().unwrap() + 1);
        if good {
            return holding.reply(asked);
        }
        let scope = "repository:team/app:pull";
        let challenge = format!(r#"Bearer realm="{realm}",service="the registry",scope="{scope}""#);
        Reply::new(401, "").header("www-authenticate", challenge)
    });
    (registry, tokens)
}

#[test]
fn tokens_are_got_where_they_are_asked_for() {
    let (registry, tokens) = guarded(false);
    check_image(&scan_as(&registry, "", Some(&Credentials::new("user", "hush"))).unwrap(), &image());
    let [asked] = tokens.asked().try_into().unwrap();
    assert_eq!(asked.path, "/token?service=the%20registry&scope=repository%3Ateam%2Fapp%3Apull");
    // The password goes to the token service only, and the token is used for all that follows.
    let sent: Vec<_> = registry.asked().iter().map(|asked| asked.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent[0], None);
    assert!(sent[1..].iter().all(|sent| sent.as_deref() == Some("Bearer token-0")), "{sent:?}");
}

#[test]
fn anonymous_and_identity_tokens() {
    let (registry, tokens) = guarded(true);
    assert!(scan(&registry, "").is_ok());
    assert_eq!(tokens.asked()[0].header("authorization"), None);
    let (registry, tokens) = guarded(false);
    let identity = Credentials::Identity("hush+".to_owned().into());
    assert!(scan_as(&registry, "", Some(&identity)).is_ok());
    let [asked] = tokens.asked().try_into().unwrap();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/token"));
    assert!(asked.body.contains("grant_type=refresh_token&"), "{}", asked.body);
}

#[test]
fn a_wrong_login_is_said() {
    let (registry, tokens) = guarded(false);
    let error = scan_as(&registry, "", Some(&Credentials::new("user", "wrong-hush"))).unwrap_err();
    let host = tokens.host();
    let expect = format!("{host} does not accept the login of user: wrong password (UNAUTHORIZED); log in again");
    assert!(error.to_string().starts_with(&expect), "{error}");
    assert!(!format!("{error:?}").contains("hush"));
    let error = scan(&registry, "").unwrap_err();
    assert!(error.to_string().contains("wants a login"), "{error}");
}

#[test]
fn an_expired_token_is_got_again() {
    let (registry, tokens) = guarded(false);
    let user = Credentials::new("user", "hush");
    let reference: Reference = format!("{}/team/app", registry.host()).parse().unwrap();
    let client = Client::new().unwrap();
    let session = Session::new(&client, &reference, Some(&user));
    assert!(session.get("manifests/latest", "it", &[]).is_ok());
    // Another login makes the first token void.
    assert!(scan_as(&registry, "", Some(&user)).is_ok());
    assert!(session.get("manifests/latest", "it", &[]).is_ok());
    assert_eq!(tokens.asked().len(), 3);
}

#[test]
fn basic_authentication() {
    let holding = Holding::of("latest", &image());
    let server = Server::new(move |asked| match asked.header("authorization") {
        Some("Basic dXNlcjpodXNo") => holding.reply(asked),
        _ => Reply::new(401, "").header("www-authenticate", "Basic realm=\"x\""),
    });
    assert!(scan_as(&server, "", Some(&Credentials::new("user", "hush"))).is_ok());
    assert!(matches!(scan(&server, ""), Err(OutboundError::Unauthorized { user: None, .. })));
    let wrong = Credentials::new("user", "wrong");
    assert!(matches!(scan_as(&server, "", Some(&wrong)), Err(OutboundError::Unauthorized { user: Some(_), .. })));
}

#[test]
fn blobs_elsewhere_are_got_without_the_login() {
    let image = image();
    let storage = Holding::of("latest", &image).serve();
    let (elsewhere, holding) = (storage.url(""), Holding::of("latest", &image));
    let server = Server::new(move |asked| {
        if asked.header("authorization").is_none() {
            Reply::new(401, "").header("www-authenticate", "Basic")
        } else if asked.path.contains("/blobs/") {
            Reply::redirect(format!("{elsewhere}{}", asked.path))
        } else {
            holding.reply(asked)
        }
    });
    check_image(&scan_as(&server, "", Some(&Credentials::new("user", "hush"))).unwrap(), &image);
    assert_eq!(storage.asked().len(), 3);
    assert!(storage.asked().iter().all(|asked| asked.header("authorization").is_none()));
}

#[test]
fn a_gate_that_refuses_is_quoted() {
    let message = "gate 'production' refuses: openssl 3.0.11-1 has CVE-2026-0001";
    let body = json!({"errors": [{"code": "DENIED", "message": message}]}).to_string();
    let server = Server::always(Reply::new(403, body));
    let error = scan(&server, ":1").unwrap_err();
    assert_eq!(error.to_string(), format!("{} refuses team/app:1: {message} (DENIED)", server.host()));
}

#[test]
fn a_registry_on_this_machine_may_speak_tls() {
    let image = image();
    let holding = Holding::of("latest", &image);
    let server = Server::with_tls(move |asked| holding.reply(asked));
    let scan = |client: &Client, scheme: &str| {
        let reference = format!("{scheme}{}/team/app", server.host()).parse().unwrap();
        let selection = Selection { architecture: "amd64".into(), ..Selection::default() };
        scan_image(client, &reference, &selection, &Budget::default(), None, |_| {})
    };
    let client = Client::trusting(crate::fake::AUTHORITY);
    check_image(&scan(&client, "").unwrap(), &image);
    // Where it was asked to go without, it does.
    let error = scan(&client, "http://").unwrap_err();
    assert!(!matches!(error, OutboundError::Tls { .. }), "{error:?}");
    let error = scan(&Client::new().unwrap(), "").unwrap_err();
    assert!(matches!(error, OutboundError::Tls { .. } | OutboundError::NoRoots), "{error:?}");
}

#[test]
fn where_nobody_is_that_is_said() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let reference = format!("{gone}/team/app").parse().unwrap();
    let client = Client::trusting(crate::fake::AUTHORITY);
    let outcome = scan_image(&client, &reference, &Selection::default(), &Budget::default(), None, |_| {});
    assert!(matches!(outcome, Err(OutboundError::Connection { .. })), "{outcome:?}");
}

#[test]
fn token_services_that_are_not_to_be_trusted() {
    fn check(challenge: &str, expect: &str) {
        let server = Server::always(Reply::new(401, "").header("www-authenticate", challenge));
        let error = scan_as(&server, "", Some(&Credentials::new("user", "hush"))).unwrap_err();
        assert!(format!("{error:?}").starts_with(expect), "{expect}: {error:?}");
    }
    check("Bearer realm=\"file:///etc\"", "Answer");
    check("Bearer realm=\"nonsense\"", "Answer");
    check("Digest realm=x", "Unauthorized");
    for answer in ["", "{}", r#"{"token": ""}"#, r#"{"token": "a\nb"}"#, r#"{"token": 1}"#] {
        let tokens = Server::always(Reply::new(200, answer));
        check(&format!("Bearer realm=\"{}\"", tokens.url("/")), "Answer");
    }
}
