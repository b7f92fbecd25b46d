//! Which ids name one flaw: aliases, grouped transitively, and the flaws a distribution's advisory bundles.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// Whether `id` is a CVE id.
pub(crate) fn is_cve(id: &str) -> bool {
    cve_number(id).is_some()
}

/// The year and the number of a CVE id.
pub(crate) fn cve_number(id: &str) -> Option<(&str, &str)> {
    let (year, number) = id.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |text: &str, least| text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit());
    (year.len() == 4 && digits(year, 4) && digits(number, 1)).then_some((year, number))
}

/// The id a distribution's name for a CVE stands for: `CVE-2024-1` for `UBUNTU-CVE-2024-1`.
pub(crate) fn canonical(id: &str) -> &str {
    match id.find("-CVE-") {
        Some(at) if is_cve(&id[at + 1..]) => &id[at + 1..],
        _ => id,
    }
}

/// The ids of the flaws a record of a distribution bundles: those upstream, else CVEs among its aliases or (older
/// records) related ids, else itself.
pub(crate) fn bundled<'a>(id: &'a str, aliases: &[&'a str], upstream: &[&'a str], related: &[&'a str]) -> Vec<&'a str> {
    let flaws = if upstream.is_empty() {
        let cves =
            |ids: &[&'a str]| ids.iter().map(|id| canonical(id)).filter(|id| is_cve(id)).collect::<BTreeSet<_>>();
        let aliases = cves(aliases);
        if aliases.is_empty() { cves(related) } else { aliases }
    } else {
        upstream.iter().map(|id| canonical(id)).collect()
    };
    if flaws.is_empty() { vec![canonical(id)] } else { flaws.into_iter().collect() }
}

/// The order in which the ids of a flaw are preferred to name it: the lowest CVE, then GHSA, then any other.
pub(crate) fn by_preference(left: &str, right: &str) -> Ordering {
    let class = |id: &str| if is_cve(id) { 0 } else { u8::from(!id.starts_with("GHSA-")) + 1 };
    let number = |id: &str| cve_number(id).map(|(year, number)| (year.to_owned(), number.len(), number.to_owned()));
    class(left).cmp(&class(right)).then_with(|| number(left).cmp(&number(right))).then_with(|| left.cmp(right))
}

/// Ids joined into groups (a disjoint-set forest). The groups do not depend on the order of joining.
#[derive(Default)]
pub(crate) struct Groups<'a> {
    nodes: HashMap<&'a str, u32>,
    ids: Vec<&'a str>,
    parents: Vec<u32>,
}

impl<'a> Groups<'a> {
    /// The node of `id`, in a group of its own if it is new.
    pub(crate) fn node(&mut self, id: &'a str) -> u32 {
        *self.nodes.entry(id).or_insert_with(|| {
            let node = self.parents.len() as u32;
            self.ids.push(id);
            self.parents.push(node);
            node
        })
    }

    /// Puts two ids into one group.
    pub(crate) fn join(&mut self, left: &'a str, right: &'a str) {
        let (left, right) = (self.node(left), self.node(right));
        let (left, right) = (self.root(left), self.root(right));
        self.parents[left.max(right) as usize] = left.min(right);
    }

    /// The node that stands for the group of `node`.
    fn root(&mut self, mut node: u32) -> u32 {
        while self.parents[node as usize] != node {
            self.parents[node as usize] = self.parents[self.parents[node as usize] as usize];
            node = self.parents[node as usize];
        }
        node
    }

    /// The groups, as lists of ids with the one that names the flaw first, and the group of every node.
    pub(crate) fn finish(mut self) -> (Vec<Vec<&'a str>>, Vec<u32>) {
        self.nodes = HashMap::new();
        let mut groups: Vec<Vec<&str>> = Vec::new();
        let mut group_of: Vec<u32> = Vec::with_capacity(self.ids.len());
        for node in 0..self.ids.len() {
            // The root of a group is its first node.
            let root = self.root(node as u32) as usize;
            let group = group_of.get(root).copied().unwrap_or_else(|| {
                groups.push(Vec::new());
                groups.len() as u32 - 1
            });
            groups[group as usize].push(self.ids[node]);
            group_of.push(group);
        }
        for group in &mut groups {
            group.sort_unstable_by(|a, b| by_preference(a, b));
            group.shrink_to_fit();
        }
        (groups, group_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn flaws_of_bundles() {
        let check =
            |id, aliases: &[&'static str], upstream: &[&'static str], related: &[&'static str], expect: &[&str]| {
                assert_eq!(bundled(id, aliases, upstream, related), expect, "{id}");
            };
        check("DSA-1-1", &[], &["CVE-2020-2", "CVE-2020-1"], &["CVE-2019-9"], &["CVE-2020-1", "CVE-2020-2"]);
        check("DSA-1-1", &["CVE-2020-2", "X-1"], &[], &["CVE-2019-9"], &["CVE-2020-2"]);
        check("ALSA-2020:1", &[], &[], &["CVE-2019-9", "ALSA-2"], &["CVE-2019-9"]);
        check("USN-1-1", &[], &["CVE-2020-1", "UBUNTU-CVE-2020-1"], &[], &["CVE-2020-1"]);
        check("DEBIAN-CVE-2020-1", &[], &[], &[], &["CVE-2020-1"]);
        check("DSA-1-1", &[], &[], &[], &["DSA-1-1"]);
    }

    #[test]
    fn the_name_of_a_flaw() {
        let mut ids = ["PYSEC-1", "GHSA-b", "CVE-2020-10", "GHSA-a", "CVE-2020-9", "CVE-2019-100", "CVE-x", "BIT-1"];
        ids.sort_unstable_by(|a, b| by_preference(a, b));
        assert_eq!(ids, ["CVE-2019-100", "CVE-2020-9", "CVE-2020-10", "GHSA-a", "GHSA-b", "BIT-1", "CVE-x", "PYSEC-1"]);
    }

    proptest! {
        #[test]
        fn groups_do_not_depend_on_order(
            pairs in prop::collection::vec((0..12_usize, 0..12_usize), 0..20).prop_flat_map(|pairs| {
                (Just(pairs.clone()), Just(pairs).prop_shuffle())
            })
        ) {
            const IDS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
            let groups = |pairs: &[(usize, usize)]| {
                let mut groups = Groups::default();
                for (left, right) in pairs {
                    groups.join(IDS[*left], IDS[*right]);
                }
                groups.finish().0.into_iter().collect::<BTreeSet<_>>()
            };
            let found = groups(&pairs.0);
            prop_assert_eq!(&found, &groups(&pairs.1));
            for (left, right) in &pairs.0 {
                prop_assert!(found.iter().any(|group| group.contains(&IDS[*left]) && group.contains(&IDS[*right])));
            }
        }
    }
}
