use super::*;

const D: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ID: &str = "0e7c9a6e-5b1f-4c3d-9a2b-112233445566";

fn digest() -> Digest {
    D.parse().unwrap()
}

fn id() -> UploadId {
    ID.parse().unwrap()
}

fn check(request: &str, expect: Result<Route, RouteError>) {
    let (method, target) = request.split_once(' ').unwrap();
    let target = target.replace("{D}", D).replace("{ID}", ID);
    let (path, query) = target.split_once('?').map_or((target.as_str(), None), |(path, query)| (path, Some(query)));
    assert_eq!(route(method, path, query), expect, "{request}");
}

fn in_repository(name: &str, action: Action) -> Result<Route, RouteError> {
    let name = name.parse().map_err(RouteError::Name)?;
    Ok(Route::Repository { name, action })
}

#[test]
fn registry_routes() {
    check("GET /v2/", Ok(Route::Base));
    check("GET /v2", Ok(Route::Base));
    check("POST /v2/", Err(RouteError::MethodNotAllowed));
    check("GET /v2/_catalog", Ok(Route::Catalog(Page::default())));
    let page = Page { limit: Some(2), last: Some("a/b".into()) };
    check("GET /v2/_catalog?n=2&last=a%2Fb", Ok(Route::Catalog(page)));
    check("GET /v2/_catalog?n=-1", Err(RouteError::Pagination));
    check("GET /v1/", Err(RouteError::NotFound));
    check("GET /v2x", Err(RouteError::NotFound));
    check("GET /v2/a", Err(RouteError::NotFound));
    check("GET /v2/a/b/c", Err(RouteError::NotFound));
}

#[test]
fn manifests_and_tags() {
    let tag = || Reference::Tag("1.0".parse().unwrap());
    check("GET /v2/a/tags/list?n=0", in_repository("a", Action::ListTags(Page { limit: Some(0), last: None })));
    check("GET /v2/a/b/manifests/1.0", in_repository("a/b", Action::GetManifest(tag())));
    check("HEAD /v2/a/manifests/{D}", in_repository("a", Action::HeadManifest(Reference::Digest(digest()))));
    check("DELETE /v2/a/manifests/1.0", in_repository("a", Action::DeleteManifest(tag())));
    let tags = vec!["x".parse().unwrap(), "y".parse().unwrap()];
    check(
        "PUT /v2/a/manifests/{D}?tag=x&tag=y",
        in_repository("a", Action::PutManifest { reference: Reference::Digest(digest()), tags }),
    );
    check("PUT /v2/a/manifests/-x", Err(RouteError::Tag(NameError::TagGrammar)));
    check("GET /v2/a/manifests/-x", Err(RouteError::ManifestUnknown(NameError::TagGrammar)));
    check("GET /v2/a/manifests/md5:00", Err(RouteError::Digest(DigestError::UnknownAlgorithm)));
    check("PATCH /v2/a/manifests/x", Err(RouteError::MethodNotAllowed));
    check(&format!("PUT /v2/a/manifests/x?{}", "tag=x&".repeat(101)), Err(RouteError::TooManyTags));
    let referrers = Action::ListReferrers { subject: digest(), artifact_type: Some("a/b+c".into()) };
    check("GET /v2/a/referrers/{D}?artifactType=a%2Fb%2Bc", in_repository("a", referrers));
    check("GET /v2/a/referrers/x", Err(RouteError::Digest(DigestError::Malformed)));
}

#[test]
fn blobs_and_uploads() {
    check("GET /v2/a/blobs/{D}", in_repository("a", Action::GetBlob(digest())));
    check("HEAD /v2/a/blobs/{D}", in_repository("a", Action::HeadBlob(digest())));
    check("DELETE /v2/a/blobs/{D}", in_repository("a", Action::DeleteBlob(digest())));
    check("POST /v2/a/blobs/uploads/", in_repository("a", Action::StartUpload(Start::Session(Algorithm::Sha256))));
    check(
        "POST /v2/a/blobs/uploads?digest-algorithm=sha512",
        in_repository("a", Action::StartUpload(Start::Session(Algorithm::Sha512))),
    );
    check("POST /v2/a/blobs/uploads/?digest={D}", in_repository("a", Action::StartUpload(Start::Monolithic(digest()))));
    let mount = |from: Option<&str>| {
        let from = from.map(|name| name.parse().unwrap());
        in_repository("a", Action::StartUpload(Start::Mount { digest: digest(), from }))
    };
    check("POST /v2/a/blobs/uploads/?mount={D}&from=b/c", mount(Some("b/c")));
    check("POST /v2/a/blobs/uploads/?mount={D}", mount(None));
    check("POST /v2/a/blobs/uploads/?mount={D}&from=B", Err(RouteError::Name(NameError::NameGrammar)));
    check("POST /v2/a/blobs/uploads/?digest-algorithm=md5", Err(RouteError::Digest(DigestError::UnknownAlgorithm)));
    check("GET /v2/a/blobs/uploads/{ID}", in_repository("a", Action::UploadStatus(id())));
    check("PATCH /v2/a/blobs/uploads/{ID}", in_repository("a", Action::AppendUpload(id())));
    check("PUT /v2/a/blobs/uploads/{ID}?digest={D}", in_repository("a", Action::FinishUpload(id(), digest())));
    check("PUT /v2/a/blobs/uploads/{ID}", Err(RouteError::DigestMissing));
    check("DELETE /v2/a/blobs/uploads/{ID}", in_repository("a", Action::CancelUpload(id())));
    check("GET /v2/a/blobs/uploads/..", Err(RouteError::UploadUnknown));
    check("GET /v2/a/blobs/uploads/%2e%2e", Err(RouteError::UploadUnknown));
}

#[test]
fn a_malformed_name_wins() {
    for bad in ["A", "a/../b", "a%2eb", "a//b", &"a".repeat(300)] {
        let expect = bad.parse::<RepositoryName>().unwrap_err();
        check(&format!("GET /v2/{bad}/tags/list"), Err(RouteError::Name(expect)));
        check(&format!("GET /v2/{bad}/blobs/nonsense"), Err(RouteError::Name(expect)));
    }
}

#[test]
fn names_may_look_like_routes() {
    check("GET /v2/tags/list/tags/list", in_repository("tags/list", Action::ListTags(Page::default())));
    check("GET /v2/blobs/uploads/blobs/{D}", in_repository("blobs/uploads", Action::GetBlob(digest())));
}

#[test]
fn random_ids_are_uuids() {
    let id = UploadId::from_random([0xff; 16]);
    assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    assert_eq!(id.to_string().parse::<UploadId>().unwrap(), id);
}
