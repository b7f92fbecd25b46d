use plimsoll_catalog::{CatalogError, Event, NewManifest};

use crate::{Fixture, LATER, NOW, at, digest, repository, tag, tagged};

fn event(kind: &str) -> Event {
    Event { kind: kind.to_owned(), payload: format!("{{\"kind\":\"{kind}\"}}") }
}

#[tokio::test]
async fn an_event_is_recorded_with_its_change_and_only_then() {
    let Fixture { catalog, directory: _directory } = Fixture::with(&["app"]).await;
    let app = repository("app");
    let put = |content: &str, kind: &str| NewManifest {
        cause: at(NOW).announcing(event(kind)),
        ..tagged(&app, content, &["v1"])
    };
    catalog.put_manifest(put("a", "created")).await.unwrap();
    catalog.put_manifest(put("a", "nothing new")).await.unwrap();
    catalog.put_manifest(put("b", "moved")).await.unwrap();
    let refused = NewManifest { blobs: vec![digest("absent")], ..put("c", "refused") };
    assert!(matches!(catalog.put_manifest(refused).await, Err(CatalogError::MissingReferences { .. })));
    for kind in ["tag deleted", "tag gone"] {
        catalog.delete_tag(&app, &tag("v1"), at(NOW).announcing(event(kind))).await.unwrap();
    }
    for kind in ["manifest deleted", "manifest gone"] {
        catalog.delete_manifest(&app, &digest("b"), at(NOW).announcing(event(kind))).await.unwrap();
    }
    catalog.record_event(event("alone"), LATER).await.unwrap();

    let pending = catalog.pending_events(10).unwrap();
    let kinds: Vec<_> = pending.iter().map(|pending| pending.event.kind.as_str()).collect();
    assert_eq!(kinds, ["created", "moved", "tag deleted", "manifest deleted", "alone"]);
    assert_eq!(pending[4].event, event("alone"));
    assert_eq!(pending[4].created_at, LATER);
    assert!(pending.is_sorted_by_key(|pending| pending.id));
}

#[tokio::test]
async fn acknowledged_events_are_not_given_again_and_forgotten_later() {
    let fixture = Fixture::new();
    for kind in ["a", "b", "c"] {
        fixture.catalog.record_event(event(kind), NOW).await.unwrap();
    }
    let first = fixture.catalog.pending_events(2).unwrap();
    assert_eq!(first.len(), 2);
    fixture.catalog.acknowledge_events(vec![first[0].id, first[1].id, 4711], NOW).await.unwrap();
    let Fixture { catalog, directory: _directory } = fixture.reopen();
    let rest = catalog.pending_events(10).unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].event, event("c"));
    assert_eq!(catalog.forget_delivered_events(NOW, 10).await.unwrap(), 0);
    assert_eq!(catalog.forget_delivered_events(LATER, 1).await.unwrap(), 1);
    assert_eq!(catalog.forget_delivered_events(LATER, 10).await.unwrap(), 1);
    assert_eq!(catalog.pending_events(10).unwrap(), rest);
}
