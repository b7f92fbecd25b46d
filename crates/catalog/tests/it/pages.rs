//! Pages of lists that hold ten thousand entries.

use std::sync::Arc;

use plimsoll_catalog::{Catalog, ImageFilter, ImageStatus, NewRepository, Visibility};

use crate::{Fixture, NOW, at, make, repository, tagged};

const ENTRIES: usize = 10_000;
const PAGE: usize = 100;

/// Runs `one` for every number below [`ENTRIES`], many at a time so that they share commits.
async fn fill<F: Future<Output = ()> + Send + 'static>(catalog: &Arc<Catalog>, one: fn(Arc<Catalog>, usize) -> F) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..ENTRIES {
        tasks.spawn(one(Arc::clone(catalog), number));
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Reads a list to its end and counts its entries.
fn walk<C>(mut page: impl FnMut(Option<C>) -> Vec<C>) -> usize {
    let (mut entries, mut after) = (0, None);
    loop {
        let found = page(after);
        entries += found.len();
        match found.into_iter().next_back() {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    entries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_of_everything_are_listed_whole() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let catalog = Arc::new(catalog);
    fill(&catalog, |catalog, number| async move {
        let new = NewRepository::plain(repository(&format!("team/app-{number}")));
        catalog.create_repository(new, at(NOW)).await.unwrap();
    })
    .await;
    make(&catalog, &repository("images")).await;
    fill(&catalog, |catalog, number| async move {
        let (content, name) = (format!("{{\"number\":{number},\"padding\":\"{:>1000}\"}}", ""), format!("v{number}"));
        let tags = if number % 100 == 0 { &[][..] } else { &[name.as_str()][..] };
        catalog.put_manifest(tagged(&repository("images"), &content, tags)).await.unwrap();
    })
    .await;
    let images = repository("images");
    let repositories = walk(|after: Option<String>| {
        let page = catalog.describe_repositories(images.account, Visibility::Private, after.as_deref(), PAGE).unwrap();
        page.into_iter().map(|record| record.repository.name.to_string()).collect()
    });
    assert_eq!(repositories, ENTRIES + 1);
    let active = Some(ImageStatus::Active);
    for (tagged, status, expect) in [
        (None, active, ENTRIES),
        (None, None, ENTRIES),
        (Some(false), active, ENTRIES / 100),
        (Some(true), active, ENTRIES - ENTRIES / 100),
        (None, Some(ImageStatus::Archived), 0),
    ] {
        let filter = ImageFilter { tagged, status };
        let described = walk(|after| {
            let page = catalog.describe_images(&images, filter, after, PAGE).unwrap().unwrap();
            page.into_iter().map(|image| image.position).collect()
        });
        assert_eq!(described, expect, "{filter:?}");
        let listed = walk(|after| {
            let page = catalog.image_ids(&images, filter, after.as_ref(), PAGE).unwrap().unwrap();
            page.into_iter().map(|image| image.cursor).collect()
        });
        assert_eq!(listed, expect, "{filter:?}");
    }
    assert_eq!(catalog.repository_images(&images).unwrap().unwrap().images.len(), ENTRIES);
    catalog.delete_repository(&images, true, at(NOW)).await.unwrap();
    while catalog.purge_deleted_repositories(500, NOW).await.unwrap() {}
    assert_eq!(catalog.describe_repositories(images.account, Visibility::Private, None, 1).unwrap().len(), 1);
    assert_eq!(catalog.image_ids(&images, ImageFilter::default(), None, 1).unwrap(), None);
}
