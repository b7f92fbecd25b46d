//! What is installed where a database and its log each have a part of it.

use super::{Image, Standing};
use crate::Package;
use crate::ecosystems::{Facts, Owned, Table};

/// What the name of a log has more than its database's.
const LOG: &[u8] = b"-wal";

impl<'a> Image<'a> {
    /// The packages that the record at `path` says are installed.
    pub(super) fn installed(&self, path: &[u8], standing: &Standing<'a>) -> Vec<&'a Package> {
        match standing.facts() {
            Some(Facts::Packages(packages) | Facts::Incomplete { packages, .. } | Facts::Database { packages, .. }) => {
                packages.iter().collect()
            }
            Some(Facts::Table(table)) => match self.changed(path, table) {
                Some(Ok((packages, _))) => packages,
                Some(Err(_)) | None => table.packages.iter().collect(),
            },
            _ => Vec::new(),
        }
    }

    /// The files that the record at `path` says belong to packages.
    pub(super) fn owned(&self, path: &[u8], standing: &Standing<'a>) -> Vec<&'a Owned> {
        match standing.facts() {
            Some(Facts::Database { owned, .. }) => owned.iter().collect(),
            Some(Facts::Table(table)) => match self.changed(path, table) {
                Some(Ok((_, owned))) => owned,
                Some(Err(_)) | None => table.owned.iter().collect(),
            },
            _ => Vec::new(),
        }
    }

    /// Why a record and the one beside it do not say together what is installed.
    pub(super) fn why_log_unreadable(&self, path: &[u8], facts: &'a Facts) -> Option<&'static str> {
        match facts {
            Facts::Table(table) => self.changed(path, table)?.err(),
            Facts::Log(_) => {
                let database = path.strip_suffix(LOG).and_then(|database| self.standing.get(database));
                let is_there = database.is_some_and(|database| matches!(database.facts(), Some(Facts::Table(_))));
                (!is_there).then_some("it is the log of a database that is not there")
            }
            _ => None,
        }
    }

    /// What a database's log makes of it; none where it has none.
    #[expect(clippy::type_complexity, reason = "the two are only taken apart here")]
    fn changed(
        &self,
        path: &[u8],
        table: &'a Table,
    ) -> Option<Result<(Vec<&'a Package>, Vec<&'a Owned>), &'static str>> {
        match self.standing.get(&*[path, LOG].concat())?.facts()? {
            Facts::Log(log) => Some(table.changed_by(log)),
            _ => None,
        }
    }
}
