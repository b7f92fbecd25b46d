//! The table of packages of a SQLite database, page by page, so that what a log changes can be told.
//!
//! A log holds whole pages. Neither file says what is installed alone, and they may come from different layers: so the
//! pages of each are kept as what they say, and put together when the image is.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::Package;
use crate::ecosystems::Owned;

const LOST: &str = "its log has changes that cannot be followed";

/// What pages of a database, or of its log, say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(in crate::ecosystems::rpm) page_size: u32,
    /// In a database, the pages of its schema and of its table of packages; in a log, all that it has.
    pub(in crate::ecosystems::rpm) pages: BTreeMap<u32, Page>,
    /// The packages that rows point to.
    pub(crate) packages: Vec<Package>,
    pub(crate) owned: Vec<Owned>,
}

/// A page of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::ecosystems::rpm) enum Page {
    /// It points to these.
    Interior(Vec<u32>),
    /// It has these rows, and others that say nothing of packages.
    Leaf(Vec<Row>),
    /// It is no page of a table, or damaged.
    Other,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::ecosystems::rpm) struct Row {
    pub(in crate::ecosystems::rpm) number: u64,
    pub(in crate::ecosystems::rpm) content: Content,
    /// A digest of what of the row is on its leaf, and the pages with the rest; empty where there is none.
    pub(in crate::ecosystems::rpm) local: u64,
    pub(in crate::ecosystems::rpm) rest: Vec<u32>,
}

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::ecosystems::rpm) enum Content {
    /// This package is installed.
    Package(u32),
    /// There is a key that signatures are checked with.
    Key,
    /// The table of packages begins at this page.
    Root(u32),
    /// The rest of it is in the database.
    Elsewhere,
    /// Something else, or nothing that could be read.
    Other,
}

impl Table {
    /// About how many bytes the pages take in memory.
    pub(crate) fn weight(&self) -> usize {
        let rows = |rows: &Vec<Row>| rows.iter().map(|row| size_of::<Row>() + 4 * row.rest.len()).sum();
        let page = |page: &Page| match page {
            Page::Interior(children) => 4 * children.len(),
            Page::Leaf(leaf) => rows(leaf),
            Page::Other => 0,
        };
        self.pages.values().map(|it| size_of::<Page>() + page(it)).sum()
    }

    /// The packages that are installed when the changes of `log` are made to this database, and the files that belong
    /// to them.
    pub(crate) fn changed_by<'a>(&'a self, log: &'a Self) -> Result<(Vec<&'a Package>, Vec<&'a Owned>), &'static str> {
        if !self.pages.is_empty() && self.page_size != log.page_size {
            return Err(LOST);
        }
        let view = View { database: self, log: Some(log) };
        let Some(root) = view.root()? else { return Ok(Default::default()) };
        let before = rows_by_number(self, root);
        let mut packages = Vec::new();
        let (mut kept, mut new) = (HashSet::new(), HashSet::new());
        for (table, row) in view.rows(root)? {
            let (table, content) = view.settle(table, row, &before)?;
            match content {
                Content::Package(index) => {
                    let package = table.packages.get(index as usize).ok_or(LOST)?;
                    let names = if std::ptr::eq(table, self) { &mut kept } else { &mut new };
                    names.insert(&*package.name);
                    packages.push(package);
                }
                Content::Key => {}
                _ => return Err(LOST),
            }
        }
        let kept = self.owned.iter().filter(|owned| kept.contains(&*owned.package));
        let owned = kept.chain(log.owned.iter().filter(|owned| new.contains(&*owned.package)));
        Ok((packages, owned.collect()))
    }
}

/// A database with the pages of a log over its own.
#[derive(Clone, Copy)]
struct View<'a> {
    database: &'a Table,
    log: Option<&'a Table>,
}

impl<'a> View<'a> {
    /// Where the table of packages begins.
    fn root(self) -> Result<Option<u32>, &'static str> {
        let rows = self.rows(1)?;
        let root = rows.iter().find_map(|(_, row)| match row.content {
            Content::Root(page) => Some(page),
            _ => None,
        });
        if root.is_none() && !rows.is_empty() { Err(LOST) } else { Ok(root) }
    }

    /// The rows of the table that begins at a page, with the file each is from.
    fn rows(self, root: u32) -> Result<Vec<(&'a Table, &'a Row)>, &'static str> {
        let (mut rows, mut pages, mut seen) = (Vec::new(), vec![root], HashSet::new());
        while let Some(number) = pages.pop() {
            if !seen.insert(number) {
                return Err(LOST);
            }
            let of = |table: &'a Table| table.pages.get(&number).map(|page| (table, page));
            match self.log.and_then(of).or_else(|| of(self.database)) {
                Some((_, Page::Interior(children))) => pages.extend(children),
                Some((table, Page::Leaf(leaf))) => rows.extend(leaf.iter().map(|row| (table, row))),
                Some((_, Page::Other)) | None => return Err(LOST),
            }
        }
        Ok(rows)
    }

    /// What a row of the table of packages says, and of which file it speaks.
    fn settle(
        self,
        table: &'a Table,
        row: &'a Row,
        before: &HashMap<u64, &'a Row>,
    ) -> Result<(&'a Table, Content), &'static str> {
        let (table, found) = match row.content {
            Content::Elsewhere => {
                let same = |found: &&&Row| found.local == row.local && found.rest.first() == row.rest.first();
                (self.database, *before.get(&row.number).filter(same).ok_or(LOST)?)
            }
            _ => (table, row),
        };
        // A page of the rest that the log has was written over.
        let is_over = |page: &u32| self.log.is_some_and(|log| log.pages.contains_key(page));
        if std::ptr::eq(table, self.database) && found.rest.iter().any(is_over) {
            return Err(LOST);
        }
        Ok((table, found.content))
    }
}

/// The rows of a database's table that begins at a page; none where it has no such table.
fn rows_by_number(database: &Table, root: u32) -> HashMap<u64, &Row> {
    let alone = View { database, log: None };
    let rows = alone.rows(root).unwrap_or_default();
    rows.into_iter().map(|(_, row)| (row.number, row)).collect()
}
