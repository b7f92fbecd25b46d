//! The crates' dependencies, compared with the table in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

const BEGIN: &str = "<!-- edges:begin -->";
const END: &str = "<!-- edges:end -->";
const PREFIX: &str = "plimsoll-";
/// The one crate that every crate's tests may use.
const TEST_CRATE: &str = "testkit";

/// What the pure tier must not reach, not even through another dependency.
const BANNED_IN_PURE: [&str; 8] = ["tokio", "axum", "hyper", "reqwest", "ureq", "rusqlite", "sqlx", "object_store"];

/// One row of the table: a crate, its tier, and what it may depend on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) tier: String,
    pub(crate) may_use: BTreeSet<String>,
}

/// The table of allowed edges, by crate directory name.
pub(crate) type Table = BTreeMap<String, Row>;

/// A dependency of one workspace crate on another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) for_tests: bool,
}

/// Reads the table between its two marker comments; its columns are crate, tier and allowed dependencies.
pub(crate) fn parse_table(architecture: &str) -> Result<Table> {
    let (_, rest) = architecture.split_once(BEGIN).context("ARCHITECTURE.md has no marker edges:begin")?;
    let (table, _) = rest.split_once(END).context("ARCHITECTURE.md has no marker edges:end")?;
    let mut rows = Table::new();
    for line in table.lines().map(str::trim).filter(|line| line.starts_with('|')).skip(2) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
        let [name, tier, may_use] = cells.as_slice() else { bail!("not a row of crate, tier, edges: {line}") };
        let may_use = may_use.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "–"));
        let row = Row { tier: tier.clone(), may_use: may_use.map(str::to_owned).collect() };
        if rows.insert(name.clone(), row).is_some() {
            bail!("{name} has two rows in the table of edges");
        }
    }
    Ok(rows)
}

/// The workspace crates and the edges between them, from `cargo metadata --no-deps`.
pub(crate) fn parse_metadata(metadata: &Value) -> Result<(BTreeSet<String>, BTreeSet<Edge>)> {
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let members: BTreeSet<_> = packages.iter().map(name).collect();
    let mut edges = BTreeSet::new();
    for package in packages {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            if members.contains(&name(dependency)) {
                let for_tests = dependency["kind"].as_str() == Some("dev");
                edges.insert(Edge { from: short(&name(package)), to: short(&name(dependency)), for_tests });
            }
        }
    }
    Ok((members.iter().map(|name| short(name)).collect(), edges))
}

/// Every way in which the crates are not what the table says.
pub(crate) fn check(table: &Table, crates: &BTreeSet<String>, edges: &BTreeSet<Edge>) -> Vec<String> {
    let mut complaints = Vec::new();
    for name in crates.iter().filter(|name| !table.contains_key(*name)) {
        complaints.push(format!("the crate {name} is not in the table of edges"));
    }
    for (name, row) in table {
        for unknown in [name].into_iter().chain(&row.may_use).filter(|name| !crates.contains(*name)) {
            complaints.push(format!("the table of edges names {unknown} in the row of {name}; there is no such crate"));
        }
    }
    for Edge { from, to, for_tests } in edges {
        let listed = table.get(from).is_some_and(|row| row.may_use.contains(to));
        let allowed = listed || (*for_tests && to == TEST_CRATE);
        if !allowed {
            complaints.push(format!("{from} depends on {to}; the table of edges does not allow it"));
        }
    }
    complaints
}

/// The crates of the pure tier.
pub(crate) fn pure(table: &Table) -> impl Iterator<Item = &str> {
    table.iter().filter(|(_, row)| row.tier == "pure").map(|(name, _)| name.as_str())
}

/// The package name of a crate, for cargo's `-p`.
pub(crate) fn package(name: &str) -> String {
    if name == "xtask" { name.to_owned() } else { format!("{PREFIX}{name}") }
}

/// Which banned crates are in the list of everything a pure crate is built from, one `name version …` a line.
pub(crate) fn banned(name: &str, tree: &str) -> Vec<String> {
    let used: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let banned = BANNED_IN_PURE.iter().filter(|banned| used.contains(*banned));
    banned.map(|banned| format!("{name} is pure and is built from {banned}")).collect()
}

fn short(package: &str) -> String {
    package.strip_prefix(PREFIX).unwrap_or(package).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARCHITECTURE: &str = "# Title\n<!-- edges:begin -->\n| crate | tier | may use |\n|---|---|---|\n\
        | `oci` | pure | – |\n| `store` | I/O | `oci` |\n| `testkit` | never shipped | `oci` |\n<!-- edges:end -->\n| not | a | row |\n";

    fn metadata(edges: &[(&str, &str, Option<&str>)]) -> Value {
        let packages: Vec<_> = ["oci", "store", "testkit"]
            .iter()
            .map(|name| {
                let own = edges.iter().filter(|(from, ..)| from == name);
                let dependencies: Vec<_> =
                    own.map(|(_, to, kind)| json!({"name": format!("plimsoll-{to}"), "kind": kind})).collect();
                json!({"name": format!("plimsoll-{name}"), "dependencies": dependencies})
            })
            .collect();
        json!({"packages": packages})
    }

    fn check_edges(edges: &[(&str, &str, Option<&str>)], expect: &[&str]) {
        let table = parse_table(ARCHITECTURE).unwrap();
        let (crates, edges) = parse_metadata(&metadata(edges)).unwrap();
        assert_eq!(check(&table, &crates, &edges), expect);
    }

    #[test]
    fn only_listed_edges_pass() {
        check_edges(&[("store", "oci", None), ("store", "testkit", Some("dev"))], &[]);
        check_edges(&[("oci", "store", None)], &["oci depends on store; the table of edges does not allow it"]);
        check_edges(&[("store", "testkit", None)], &["store depends on testkit; the table of edges does not allow it"]);
        check_edges(&[("oci", "store", Some("dev"))], &["oci depends on store; the table of edges does not allow it"]);
        check_edges(&[("store", "serde", None)], &[]);
    }

    #[test]
    fn the_table_names_the_crates_that_are_there() {
        let table = parse_table(&ARCHITECTURE.replace("`testkit`", "`ghost`")).unwrap();
        let (crates, edges) = parse_metadata(&metadata(&[])).unwrap();
        let complaints = check(&table, &crates, &edges);
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(complaints[0].contains("testkit is not in the table") && complaints[1].contains("names ghost"));
    }

    #[test]
    fn a_broken_table_is_an_error() {
        for broken in
            ["", "<!-- edges:begin -->", &ARCHITECTURE.replace("| I/O ", ""), &ARCHITECTURE.replace("store", "oci")]
        {
            assert!(parse_table(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_pure_tier_reaches_nothing_banned() {
        let table = parse_table(ARCHITECTURE).unwrap();
        assert_eq!(pure(&table).collect::<Vec<_>>(), ["oci"]);
        assert_eq!(banned("oci", "serde v1.0.0\nhyper-util v1.0.0\n"), [""; 0]);
        assert_eq!(banned("oci", "serde v1.0.0\ntokio v1.0.0 (*)\n"), ["oci is pure and is built from tokio"]);
    }
}
