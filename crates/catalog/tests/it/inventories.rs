use plimsoll_catalog::{ImageFacts, NewManifest, Package, PackageUse};

use crate::{Fixture, LATER, NOW, by, digest, manifest, repository};

fn package(kind: &str, name: &str, version: &str) -> Package {
    Package { kind: kind.to_owned(), name: name.to_owned(), version: version.to_owned() }
}

fn facts(analyser_version: u32, packages: &[Package]) -> ImageFacts {
    ImageFacts { analyser_version, inventory: analyser_version.to_be_bytes().into(), packages: packages.to_vec() }
}

#[tokio::test]
async fn a_layer_inventory_belongs_to_one_version_of_the_analyser() {
    let Fixture { catalog, directory: _directory } = Fixture::new();
    let layer = digest("layer");
    assert_eq!(catalog.layer_inventory(&layer, 1).unwrap(), None);
    catalog.put_layer_inventory(&layer, 1, b"one".to_vec(), NOW).await.unwrap();
    assert_eq!(catalog.layer_inventory(&layer, 1).unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(catalog.layer_inventory(&layer, 2).unwrap(), None);
    catalog.put_layer_inventory(&layer, 2, b"two".to_vec(), LATER).await.unwrap();
    assert_eq!(catalog.layer_inventory(&layer, 1).unwrap(), None);
    assert_eq!(catalog.layer_inventory(&layer, 2).unwrap().as_deref(), Some(&b"two"[..]));
}

#[tokio::test]
async fn images_are_found_by_package() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["one", "two"]).await;
    let (one, two) = (repository("one"), repository("two"));
    let openssl = |version| package("deb", "openssl", version);
    let both = facts(1, &[openssl("1.0"), openssl("3.0"), openssl("3.0"), package("npm", "lodash", "4")]);
    catalog.put_manifest(NewManifest { image: Some(both), ..manifest(&one, "a") }).await.unwrap();
    catalog.put_manifest(manifest(&two, "a")).await.unwrap();
    catalog
        .put_manifest(NewManifest { image: Some(facts(1, &[openssl("3.0")])), ..manifest(&two, "b") })
        .await
        .unwrap();

    let found = |kind, name| -> Vec<(String, String, String)> {
        let uses = catalog.images_with_package(kind, name).unwrap();
        uses.into_iter()
            .map(|PackageUse { repository, manifest, version }| {
                let image = if manifest == digest("a") { "a" } else { "b" };
                (repository.name.to_string(), image.to_owned(), version)
            })
            .collect()
    };
    let expect = |uses: &[(&str, &str, &str)]| -> Vec<(String, String, String)> {
        uses.iter().map(|&(name, image, version)| (name.to_owned(), image.to_owned(), version.to_owned())).collect()
    };
    let mut openssl_uses = found("deb", "openssl");
    openssl_uses.sort();
    assert_eq!(
        openssl_uses,
        expect(&[
            ("one", "a", "1.0"),
            ("one", "a", "3.0"),
            ("two", "a", "1.0"),
            ("two", "a", "3.0"),
            ("two", "b", "3.0")
        ])
    );
    assert_eq!(found("npm", "openssl"), []);

    // Facts belong to the content: they stay as long as one repository holds the image.
    catalog.delete_manifest(&one, &digest("a"), by("ann", NOW)).await.unwrap();
    assert_eq!(found("npm", "lodash"), expect(&[("two", "a", "4")]));
    assert!(catalog.image_inventory(&digest("a"), 1).unwrap().is_some());
    catalog.delete_manifest(&two, &digest("a"), by("ann", NOW)).await.unwrap();
    assert_eq!(found("npm", "lodash"), []);
    assert_eq!(catalog.image_inventory(&digest("a"), 1).unwrap(), None);
    assert_eq!(found("deb", "openssl"), expect(&[("two", "b", "3.0")]));
}

#[tokio::test]
async fn facts_may_come_after_the_image_and_give_way_to_a_newer_analyser() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    let image = digest("a");
    let old = facts(1, &[package("deb", "old", "1")]);
    assert!(!catalog.put_image_inventory(&image, old.clone(), NOW).await.unwrap());
    catalog.put_manifest(manifest(&app, "a")).await.unwrap();
    assert_eq!(catalog.image_inventory(&image, 1).unwrap(), None);
    assert!(catalog.put_image_inventory(&image, old.clone(), NOW).await.unwrap());
    assert_eq!(catalog.image_inventory(&image, 1).unwrap(), Some(old.inventory.clone()));

    let new = facts(2, &[package("deb", "new", "1")]);
    assert!(catalog.put_image_inventory(&image, new.clone(), NOW).await.unwrap());
    assert_eq!(catalog.image_inventory(&image, 1).unwrap(), None);
    assert_eq!(catalog.image_inventory(&image, 2).unwrap(), Some(new.inventory));
    assert_eq!(catalog.images_with_package("deb", "old").unwrap(), []);
    assert_eq!(catalog.images_with_package("deb", "new").unwrap().len(), 1);

    catalog.delete_manifest(&app, &image, by("ann", NOW)).await.unwrap();
    assert!(!catalog.put_image_inventory(&image, old, NOW).await.unwrap());
}
