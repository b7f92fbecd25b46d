//! Fixes in other releases and streams of the distribution, for flaws that have none in the image's own.

use std::collections::{BTreeMap, BTreeSet};

use super::package::{Matcher, Subject, is_no_security_advisory};
use crate::FixedIn;
use crate::ecosystem::base;
use crate::index::{Damaged, EcosystemInfo};

/// How many releases are named of one flaw.
const MAX_RELEASES: usize = 16;

impl<'a> Matcher<'a> {
    /// Where else some of these flaws of the subject are fixed, by flaw: a release each, with the highest of the versions that
    /// its advisories name.
    pub(super) fn fixes_elsewhere(
        &self,
        subject: &Subject<'_>,
        flaws: &BTreeSet<usize>,
    ) -> Result<BTreeMap<usize, Vec<FixedIn>>, Damaged> {
        let mut found: BTreeMap<usize, Vec<FixedIn>> = BTreeMap::new();
        for release in self.other_releases(subject) {
            for posting in self.view.postings(&release.ecosystem, subject.name)? {
                let about =
                    self.view.flaws(posting.record)?.filter(|flaw| flaw.is_ok_and(|flaw| flaws.contains(&flaw)));
                let about = about.collect::<Result<Vec<_>, _>>()?;
                if about.is_empty() {
                    continue;
                }
                let head = self.view.head(posting.record)?;
                if !self.is_in_force(&head) || is_no_security_advisory(&head) {
                    continue;
                }
                let mut fixes = Vec::new();
                posting.fixes(&mut fixes)?;
                let order = |a: &&str, b: &&str| subject.scheme.comparator.arrange(a, b);
                let order = |a: &&str, b: &&str| order(a, b).unwrap_or(std::cmp::Ordering::Equal);
                let Some(fix) = fixes.into_iter().max_by(order) else { continue };
                for flaw in about {
                    let known = found.entry(flaw).or_default();
                    let is_full = known.len() == MAX_RELEASES;
                    match known.last_mut().filter(|last| last.ecosystem == release.ecosystem) {
                        Some(last) if order(&&*last.version, &fix).is_lt() => fix.clone_into(&mut last.version),
                        None if !is_full => {
                            known.push(FixedIn { ecosystem: release.ecosystem.clone(), version: fix.to_owned() });
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(found)
    }

    /// The releases of the subject's distribution that advisories are loaded for and that are not the image's.
    fn other_releases(&self, subject: &Subject<'_>) -> impl Iterator<Item = &'a EcosystemInfo> {
        let (own, name) = (&subject.scheme.ecosystems, subject.scheme.base);
        let first = self.loaded.partition_point(|loaded| *loaded.ecosystem < *name);
        let releases = self.loaded[first..].iter().take_while(move |loaded| loaded.ecosystem.starts_with(name));
        let others = releases.filter(move |loaded| base(&loaded.ecosystem) == name && !own.contains(&loaded.ecosystem));
        others.filter(|_| subject.package.kind.is_of_system())
    }
}
