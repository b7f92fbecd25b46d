//! Tests that no page of a list is sorted or searched for: the time it takes must not grow with what the catalog holds.

use rusqlite::Connection;

use crate::{
    access_keys, account_settings, audit, images::delete, images::describe, repositories, repository_settings, tags,
};

/// What SQLite says it will do, one step a line.
fn plan(connection: &Connection, statement: &str) -> String {
    let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
    let steps = explain.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>();
    steps.unwrap().join("\n")
}

#[test]
fn every_page_is_read_in_the_order_of_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let connection = crate::sqlite::open_writer(&directory.path().join("catalog.db")).unwrap();
    for statement in [
        access_keys::KEYS_OF_USER,
        account_settings::SETTINGS_OF_ACCOUNT,
        audit::PAGE_OF_RECORDS,
        delete::REMOVED,
        describe::DESCRIBE_ONE,
        describe::REFERRERS,
        repositories::DESCRIBE_ALL,
        repositories::DESCRIBE_ONE,
        repositories::NAMES,
        repository_settings::LIFECYCLE_TASKS,
        tags::TAGGED,
        tags::TAG_AS_OF,
    ]
    .into_iter()
    .chain(describe::DESCRIBE.statements())
    .chain(describe::LIST.statements())
    {
        let plan = plan(&connection, statement);
        // The tags of one image may be sorted, but never the images.
        let sorted = plan.contains("TEMP B-TREE") && !plan.contains("TEMP B-TREE FOR LAST TERM");
        assert!(!plan.contains("SCAN") && !sorted, "{statement}\n{plan}");
    }
}
