use plimsoll_catalog::{
    Catalog, CatalogError, Deleted, Deletion, ImageCursor, ImageFilter, ImageId, ImageRecord, ImageState, ImageStatus,
    Incomplete, NewManifest, NewRepository, NoImage, NotDeleted, Pull, Repository, ScanRequest, TagMove, TagMutability,
    Timestamp,
};
use plimsoll_oci::{Digest, Reference};
use proptest::prelude::*;

use crate::{Fixture, LATER, NOW, at, by, by_tag, digest, manifest, named, repository, tag, tagged};

fn id(content: Option<&str>, name: Option<&str>) -> ImageId {
    ImageId { digest: content.map(digest), tag: name.map(tag) }
}

fn delete(id: ImageId) -> Deletion {
    Deletion { id, reason: String::new(), only_with_tags: None }
}

fn contents(catalog: &Catalog, filter: ImageFilter) -> Vec<Digest> {
    let images = catalog.describe_images(&repository("app"), filter, None, 100).unwrap().unwrap();
    images.into_iter().map(|image| image.digest).collect()
}

/// One image described by its digest.
fn described(catalog: &Catalog, repository: &Repository, content: &str) -> ImageRecord {
    let mut found = catalog.images_by_ids(repository, &[id(Some(content), None)]).unwrap().unwrap();
    found.remove(0).unwrap()
}

#[tokio::test]
async fn an_image_is_described_with_its_tags_sizes_and_state() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    for (content, image_size) in [("small", 10), ("large", 30)] {
        catalog.put_manifest(NewManifest { image_size, ..manifest(&app, content) }).await.unwrap();
    }
    let index = NewManifest {
        children: vec![digest("small"), digest("large")],
        subject: Some(digest("subject")),
        artifact_type: Some("application/x".to_owned()),
        scan_requested: true,
        cause: by("bob", LATER),
        ..tagged(&app, "index", &["z", "a", "a-1"])
    };
    catalog.put_manifest(index.clone()).await.unwrap();
    let record = described(&catalog, &app, "index");
    let expect = ImageRecord {
        position: record.position,
        digest: digest("index"),
        media_type: index.media_type.clone(),
        artifact_type: index.artifact_type.clone(),
        subject: index.subject,
        manifest_size: 5,
        image_size: 30,
        pushed_at: LATER,
        pushed_by: "bob".to_owned(),
        tags: vec![tag("a"), tag("a-1"), tag("z")],
        state: ImageState { scan_requested_at: Some(LATER), ..ImageState::default() },
    };
    assert_eq!(record, expect);
    assert_eq!(described(&catalog, &app, "small").image_size, 10);
    let sparse =
        NewManifest { children: vec![digest("absent")], incomplete: Incomplete::Accept, ..manifest(&app, "sparse") };
    catalog.put_manifest(sparse).await.unwrap();
    assert_eq!(described(&catalog, &app, "sparse").image_size, 0);
    let all = catalog.repository_images(&app).unwrap().unwrap();
    assert_eq!(all.images.len(), 4);
    assert_eq!(all.images[2], expect);
    assert_eq!(all.children.len(), 2);
    assert_eq!(all.children[&digest("sparse")], [digest("absent")]);
    let mut children = all.children[&digest("index")].clone();
    children.sort();
    let mut expect = [digest("small"), digest("large")];
    expect.sort();
    assert_eq!(children, expect);
}

#[tokio::test]
async fn images_are_found_by_digest_tag_or_both() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    catalog.put_manifest(tagged(&app, "a", &["v1"])).await.unwrap();
    catalog.put_manifest(tagged(&app, "b", &["v2"])).await.unwrap();
    let check = |content, name, expect: Result<&str, NoImage>| {
        let found = catalog.images_by_ids(&app, &[id(content, name)]).unwrap().unwrap();
        let found = found[0].as_ref().map(|image| image.digest).map_err(|why| *why);
        assert_eq!(found, expect.map(digest), "{content:?} {name:?}");
    };
    check(Some("a"), None, Ok("a"));
    check(None, Some("v1"), Ok("a"));
    check(Some("a"), Some("v1"), Ok("a"));
    check(Some("a"), Some("v2"), Err(NoImage::TagOfAnother));
    check(Some("a"), Some("v3"), Err(NoImage::NotFound));
    check(Some("c"), Some("v1"), Err(NoImage::NotFound));
    check(Some("c"), None, Err(NoImage::NotFound));
    check(None, Some("v3"), Err(NoImage::NotFound));
    check(None, None, Err(NoImage::Nameless));
    assert_eq!(catalog.images_by_ids(&repository("none"), &[]).unwrap(), None);
}

#[tokio::test]
async fn lists_are_filtered_and_go_on_where_they_stopped() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    let filter = |tagged, status| ImageFilter { tagged, status };
    let none = repository("none");
    assert_eq!(catalog.describe_images(&none, ImageFilter::default(), None, 10).unwrap(), None);
    assert_eq!(catalog.image_ids(&none, ImageFilter::default(), None, 10).unwrap(), None);
    for (content, tags) in [("e", &["x", "m", "a"][..]), ("d", &[]), ("c", &["c"]), ("b", &[]), ("a", &[])] {
        catalog.put_manifest(tagged(&app, content, tags)).await.unwrap();
    }
    for (content, status) in
        [("d", ImageStatus::Archived), ("c", ImageStatus::Archived), ("a", ImageStatus::Activating)]
    {
        catalog.set_image_status(&app, &digest(content), status, at(NOW)).await.unwrap();
    }
    let check = |tagged, status, expect: &[&str]| {
        let expect: Vec<Digest> = expect.iter().map(|content| digest(content)).collect();
        let filter = filter(tagged, status);
        assert_eq!(contents(&catalog, filter), expect, "{filter:?}");
        let mut listed: Vec<Digest> = Vec::new();
        for image in catalog.image_ids(&app, filter, None, 100).unwrap().unwrap() {
            listed.push(image.digest);
        }
        listed.dedup();
        assert_eq!(listed, expect, "{filter:?}");
    };
    let (active, archived, activating) =
        (Some(ImageStatus::Active), Some(ImageStatus::Archived), Some(ImageStatus::Activating));
    check(None, None, &["e", "d", "c", "b", "a"]);
    check(None, active, &["e", "b"]);
    check(None, archived, &["d", "c"]);
    check(None, activating, &["a"]);
    check(Some(true), None, &["e", "c"]);
    check(Some(true), active, &["e"]);
    check(Some(true), activating, &[]);
    check(Some(false), None, &["d", "b", "a"]);
    check(Some(false), archived, &["d"]);
    check(Some(false), active, &["b"]);

    let everything: Vec<_> = [("e", Some("a")), ("e", Some("m")), ("e", Some("x")), ("d", None), ("c", Some("c"))]
        .into_iter()
        .chain([("b", None), ("a", None)])
        .map(|(content, name)| (digest(content), name.map(tag)))
        .collect();
    for size in 1..=8 {
        let (mut seen, mut after): (Vec<_>, Option<ImageCursor>) = (Vec::new(), None);
        loop {
            let page = catalog.image_ids(&app, ImageFilter::default(), after.as_ref(), size).unwrap().unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.cursor.clone());
            seen.extend(page.into_iter().map(|image| (image.digest, image.cursor.tag)));
        }
        assert_eq!(seen, everything, "{size}");
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = catalog.describe_images(&app, ImageFilter::default(), after, size).unwrap().unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.position);
            seen.extend(page.into_iter().map(|image| image.digest));
        }
        assert_eq!(seen, ["e", "d", "c", "b", "a"].map(digest), "{size}");
    }
}

#[tokio::test]
async fn referrers_are_listed_by_pages() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    for (content, kind) in [("a", "sig"), ("b", "bom"), ("c", "sig"), ("d", "vex")] {
        let new = NewManifest {
            subject: Some(digest("image")),
            artifact_type: Some(kind.to_owned()),
            ..manifest(&app, content)
        };
        catalog.put_manifest(new).await.unwrap();
    }
    catalog.set_image_status(&app, &digest("c"), ImageStatus::Archived, at(NOW)).await.unwrap();
    let page = |kinds: &[&str], status, after, count| {
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        catalog.referrers_page(&app, &digest("image"), &kinds, status, after, count).unwrap()
    };
    let digests = |page: &[plimsoll_catalog::ListedReferrer]| -> Vec<Digest> {
        page.iter().map(|listed| listed.referrer.digest).collect()
    };
    let first = page(&[], None, None, 2);
    assert_eq!(digests(&first), ["a", "b"].map(digest));
    let second = page(&[], None, Some(first[1].position), 10);
    assert_eq!(digests(&second), ["c", "d"].map(digest));
    assert_eq!(second[0].status, ImageStatus::Archived);
    assert_eq!(digests(&page(&["sig", "vex"], Some(ImageStatus::Active), None, 10)), ["a", "d"].map(digest));
    assert_eq!(digests(&page(&["sig"], None, Some(first[0].position), 1)), ["c"].map(digest));
    assert_eq!(catalog.referrers_page(&repository("none"), &digest("image"), &[], None, None, 10).unwrap(), []);
}

#[tokio::test]
async fn status_is_seen_by_every_name_at_once() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    catalog.put_manifest(tagged(&app, "a", &["v1", "v2"])).await.unwrap();
    let status = || {
        let names = [by_tag("v1"), by_tag("v2"), Reference::Digest(digest("a"))];
        let seen = names.map(|name| catalog.manifest(&app, &name).unwrap().unwrap().status);
        assert!(seen[0] == seen[1] && seen[1] == seen[2], "{seen:?}");
        seen[0]
    };
    assert_eq!(status(), ImageStatus::Active);
    let image = digest("a");
    let set = |status, now| catalog.set_image_status(&app, &image, status, at(now));
    let archived = set(ImageStatus::Archived, NOW).await.unwrap();
    assert_eq!(status(), ImageStatus::Archived);
    let expect = ImageState { status: ImageStatus::Archived, archived_at: Some(NOW), ..ImageState::default() };
    assert_eq!(archived, expect);
    assert_eq!(set(ImageStatus::Archived, LATER).await.unwrap(), expect, "it was archived before");
    let activating = set(ImageStatus::Activating, LATER).await.unwrap();
    assert_eq!((activating.status, activating.activated_at), (ImageStatus::Activating, None));
    let active = set(ImageStatus::Active, LATER).await.unwrap();
    assert_eq!(active, ImageState { activated_at: Some(LATER), status: ImageStatus::Active, ..expect });
    assert_eq!(status(), ImageStatus::Active);

    set(ImageStatus::Archived, NOW).await.unwrap();
    let again = NewManifest { cause: at(Timestamp(3_000)), ..tagged(&app, "a", &["v1"]) };
    let stored = catalog.put_manifest(again).await.unwrap();
    assert!(stored.restored && !stored.created && stored.moved.is_empty());
    assert_eq!(status(), ImageStatus::Active);
    assert_eq!(described(&catalog, &app, "a").state.activated_at, Some(Timestamp(3_000)));

    let missing = catalog.set_image_status(&app, &digest("b"), ImageStatus::Archived, at(NOW)).await;
    assert!(matches!(missing, Err(CatalogError::ImageUnknown)));
    let missing = catalog.set_image_status(&repository("none"), &digest("a"), ImageStatus::Archived, at(NOW)).await;
    assert!(matches!(missing, Err(CatalogError::RepositoryUnknown)));
}

#[tokio::test]
async fn pulls_are_noted_in_batches_and_only_forwards() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    catalog.put_manifest(manifest(&app, "a")).await.unwrap();
    let pull = |repository: &Repository, content: &str, at| Pull {
        repository: repository.clone(),
        digest: digest(content),
        at,
    };
    let pulls = vec![
        pull(&app, "a", LATER),
        pull(&app, "a", NOW),
        pull(&app, "gone", NOW),
        pull(&repository("none"), "a", NOW),
    ];
    catalog.record_pulls(pulls).await.unwrap();
    assert_eq!(described(&catalog, &app, "a").state.last_pulled_at, Some(LATER));
}

#[tokio::test]
async fn a_scan_is_asked_for_once_in_a_while() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    catalog.put_manifest(manifest(&app, "a")).await.unwrap();
    let image = digest("a");
    let mark =
        |not_since, now| catalog.mark_scan_requested(&app, &image, Some(Timestamp(not_since)), at(Timestamp(now)));
    assert_eq!(mark(0, 10).await.unwrap(), ScanRequest::Noted);
    assert_eq!(mark(9, 19).await.unwrap(), ScanRequest::TooSoon { last: Timestamp(10) });
    assert_eq!(mark(10, 20).await.unwrap(), ScanRequest::Noted);
    let at_once = catalog.mark_scan_requested(&app, &digest("a"), None, at(Timestamp(21))).await.unwrap();
    assert_eq!(at_once, ScanRequest::Noted);
    assert_eq!(described(&catalog, &app, "a").state.scan_requested_at, Some(Timestamp(21)));
    assert!(catalog.mark_scan_requested(&app, &digest("b"), None, at(NOW)).await.is_err());
}

#[tokio::test]
async fn tags_move_together_or_not_at_all() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let app = repository("app");
    let mutability = TagMutability { immutable: false, exclusions: vec!["fixed*".parse().unwrap()] };
    let new = NewRepository { mutability, ..NewRepository::plain(app.clone()) };
    catalog.create_repository(new, at(NOW)).await.unwrap();
    catalog.put_manifest(tagged(&app, "a", &["1.2", "1", "fixed"])).await.unwrap();
    catalog.put_manifest(tagged(&app, "b", &["1.2.3"])).await.unwrap();
    let target = digest("b");
    let moves = |moves: &[(&str, Option<&str>)]| {
        let one = |(name, expect): &(&str, Option<&str>)| TagMove { tag: tag(name), expect: expect.map(digest) };
        catalog.move_tags(&app, &target, moves.iter().map(one).collect(), at(LATER))
    };
    let stale = moves(&[("1.2", Some("a")), ("1", None)]).await;
    assert!(matches!(stale, Err(CatalogError::TagMoved { tag: moved }) if moved == tag("1")));
    let stale = moves(&[("latest", Some("a"))]).await;
    assert!(matches!(stale, Err(CatalogError::TagMoved { .. })));
    // Expected to name an image that is not there, it would have to name it all the same.
    let stale = moves(&[("new", Some("gone"))]).await;
    assert!(matches!(stale, Err(CatalogError::TagMoved { .. })));
    let fixed = moves(&[("1.2", Some("a")), ("fixed", Some("a"))]).await;
    assert!(matches!(fixed, Err(CatalogError::TagImmutable { same: false, .. })), "{fixed:?}");
    assert_eq!(named(&catalog, &app, "1.2"), Some(digest("a")));

    let moved = moves(&[("1.2", Some("a")), ("1", Some("a")), ("latest", None), ("1.2.3", Some("b"))]).await.unwrap();
    assert_eq!(moved, [tag("1.2"), tag("1"), tag("latest")]);
    for name in ["1.2", "1", "latest"] {
        assert_eq!(named(&catalog, &app, name), Some(digest("b")));
    }
    let missing = catalog.move_tags(&app, &digest("c"), vec![], at(NOW)).await;
    assert!(matches!(missing, Err(CatalogError::ImageUnknown)));
    catalog.set_image_status(&app, &target, ImageStatus::Archived, at(NOW)).await.unwrap();
    let archived = moves(&[("new", None)]).await;
    assert!(matches!(archived, Err(CatalogError::ImageUnknown)), "{archived:?}");
    assert_eq!(named(&catalog, &app, "new"), None);
}

#[tokio::test]
async fn a_tag_is_found_as_it_was() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    for (content, now) in [("a", 10), ("b", 20)] {
        let new = NewManifest { cause: at(Timestamp(now)), ..tagged(&app, content, &["v1"]) };
        catalog.put_manifest(new).await.unwrap();
    }
    catalog.delete_tag(&app, &tag("v1"), at(Timestamp(30))).await.unwrap();
    let check = |now, expect: Option<&str>| {
        assert_eq!(catalog.tag_as_of(&app, &tag("v1"), Timestamp(now)).unwrap(), expect.map(digest), "{now}");
    };
    check(9, None);
    check(10, Some("a"));
    check(19, Some("a"));
    check(20, Some("b"));
    check(29, Some("b"));
    check(30, None);
    assert_eq!(catalog.tag_as_of(&repository("none"), &tag("v1"), LATER).unwrap(), None);
}

#[tokio::test]
async fn a_batch_deletes_what_it_may_and_says_why_not() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    for (content, tags) in [("a", &["a1", "a2"][..]), ("b", &["b1"]), ("c", &[]), ("child", &["kid"])] {
        catalog.put_manifest(tagged(&app, content, tags)).await.unwrap();
    }
    let index = NewManifest { children: vec![digest("child")], ..tagged(&app, "index", &["list"]) };
    catalog.put_manifest(index).await.unwrap();
    let one = |deletion| {
        let catalog = &catalog;
        let app = &app;
        async move { catalog.delete_images(app, vec![deletion], by("bob", LATER)).await.unwrap().remove(0) }
    };
    let gone = |content: &str, tags: &[&str], image| {
        Ok(Deleted { digest: digest(content), tags: tags.iter().map(|name| tag(name)).collect(), image })
    };
    let no = |why| Err(NotDeleted::NoImage(why));
    assert_eq!(one(delete(id(None, None))).await, no(NoImage::Nameless));
    assert_eq!(one(delete(id(Some("z"), None))).await, no(NoImage::NotFound));
    assert_eq!(one(delete(id(Some("a"), Some("b1")))).await, no(NoImage::TagOfAnother));
    assert_eq!(one(delete(id(None, Some("a1")))).await, gone("a", &["a1"], false));
    assert_eq!(described(&catalog, &app, "a").tags, [tag("a2")]);
    let unless = Deletion { only_with_tags: Some(vec![]), ..delete(id(Some("a"), None)) };
    assert_eq!(one(unless).await, Err(NotDeleted::TagsChanged));
    let if_still = Deletion { only_with_tags: Some(vec![tag("a2")]), ..delete(id(Some("a"), None)) };
    assert_eq!(one(if_still).await, gone("a", &["a2"], true));
    assert_eq!(one(delete(id(None, Some("b1")))).await, gone("b", &["b1"], true));
    for child in [id(Some("child"), None), id(None, Some("kid"))] {
        assert_eq!(one(delete(child)).await, Err(NotDeleted::ReferencedBy(digest("index"))));
    }

    let expired = Deletion { reason: "rule 1".to_owned(), ..delete(id(Some("child"), None)) };
    let batch =
        vec![expired, delete(id(Some("c"), None)), delete(id(Some("index"), None)), delete(id(Some("c"), None))];
    let answers = catalog.delete_images(&app, batch, by("lifecycle", LATER)).await.unwrap();
    let expect =
        [gone("child", &["kid"], true), gone("c", &[], true), gone("index", &["list"], true), no(NoImage::NotFound)];
    assert_eq!(answers, expect);
    assert_eq!(contents(&catalog, ImageFilter::default()), []);
    assert_eq!(named(&catalog, &app, "list"), None);

    let removed = catalog.removed_images(&app, None, 2).unwrap();
    let story: Vec<_> = removed.iter().map(|image| (image.digest, image.reason.as_str(), image.at)).collect();
    assert_eq!(story, [(digest("child"), "rule 1", LATER), (digest("index"), "", LATER)]);
    assert_eq!((removed[0].tags.as_slice(), removed[0].actor.as_str()), (&[tag("kid")][..], "lifecycle"));
    let earlier = catalog.removed_images(&app, Some(removed[1].id), 10).unwrap();
    assert_eq!(earlier.iter().map(|image| image.digest).collect::<Vec<_>>(), ["c", "b", "a"].map(digest));
}

#[derive(Clone, Debug)]
enum Step {
    Put { content: u8, tags: Vec<u8> },
    DeleteTag(u8),
    DeleteManifest(u8),
    DeleteBatch(Vec<(Option<u8>, Option<u8>)>),
    Move { content: u8, tags: Vec<u8> },
}

fn step() -> impl Strategy<Value = Step> {
    let tags = || prop::collection::vec(0u8..4, 0..3);
    prop_oneof![
        4 => (0u8..4, tags()).prop_map(|(content, tags)| Step::Put { content, tags }),
        1 => (0u8..4).prop_map(Step::DeleteTag),
        1 => (0u8..4).prop_map(Step::DeleteManifest),
        1 => prop::collection::vec((prop::option::of(0u8..4), prop::option::of(0u8..4)), 1..3).prop_map(Step::DeleteBatch),
        1 => (0u8..4, tags()).prop_map(|(content, tags)| Step::Move { content, tags }),
    ]
}

async fn take(catalog: &Catalog, step: Step) {
    let app = repository("app");
    let name = |number: u8| tag(&format!("v{number}"));
    match step {
        Step::Put { content, tags } => {
            let tags = tags.into_iter().map(name).collect();
            catalog.put_manifest(NewManifest { tags, ..manifest(&app, &content.to_string()) }).await.unwrap();
        }
        Step::DeleteTag(number) => {
            catalog.delete_tag(&app, &name(number), at(NOW)).await.unwrap();
        }
        Step::DeleteManifest(content) => {
            catalog.delete_manifest(&app, &digest(&content.to_string()), at(NOW)).await.unwrap();
        }
        Step::DeleteBatch(ids) => {
            let one = |(content, number): (Option<u8>, Option<u8>)| {
                delete(ImageId { digest: content.map(|content| digest(&content.to_string())), tag: number.map(name) })
            };
            // There may be no repository yet.
            drop(catalog.delete_images(&app, ids.into_iter().map(one).collect(), at(NOW)).await);
        }
        Step::Move { content, tags } => {
            let one = |number| TagMove { expect: named(catalog, &app, name(number).as_str()), tag: name(number) };
            let moves = tags.into_iter().map(one).collect();
            drop(catalog.move_tags(&app, &digest(&content.to_string()), moves, at(NOW)).await);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_lists_agree_whatever_happened(steps in prop::collection::vec(step(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
            for step in steps {
                take(&catalog, step).await;
            }
            let filter = |tagged| ImageFilter { tagged, status: Some(ImageStatus::Active) };
            let app = repository("app");
            let Some(all) = catalog.describe_images(&app, filter(None), None, 100).unwrap() else { return };
            for image in &all {
                for tag in &image.tags {
                    assert_eq!(named(&catalog, &app, tag.as_str()), Some(image.digest));
                }
                assert!(contents(&catalog, filter(Some(!image.tags.is_empty()))).contains(&image.digest));
                assert!(!contents(&catalog, filter(Some(image.tags.is_empty()))).contains(&image.digest));
            }
            let tags: usize = all.iter().map(|image| image.tags.len()).sum();
            assert_eq!(catalog.tags(&app, None, 100).unwrap().unwrap().len(), tags);
            let untagged = all.iter().filter(|image| image.tags.is_empty()).count();
            assert_eq!(catalog.image_ids(&app, filter(None), None, 100).unwrap().unwrap().len(), tags + untagged);
            assert_eq!(catalog.image_count(&app).unwrap(), Some(all.len() as u64));
        });
    }
}
