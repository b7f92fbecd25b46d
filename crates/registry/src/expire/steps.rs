//! How a selection is carried out: in transactions of a bounded number of images.

use plimsoll_rules::lifecycle::{Action, Reason};

use super::selection::Pick;

/// How many images one transaction changes. Only an image to which more than that refer goes at once with all of them.
const MOST: usize = 100;

/// Images that one rule acts on in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) rule: u32,
    pub(super) action: Action,
    pub(super) picks: Vec<Pick>,
}

impl Step {
    /// Its images one by one, each with what follows it.
    pub(super) fn parts(&self) -> impl Iterator<Item = Self> {
        let (rule, action) = (self.rule, self.action);
        groups(self.picks.clone()).into_iter().map(move |picks| Self { rule, action, picks })
    }
}

/// Divides a selection into steps, in its order. What refers to an image is in the same step, right after it: whenever the
/// process is killed, both are there or neither is.
pub(super) fn steps(picks: Vec<Pick>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for group in groups(picks) {
        let Some(first) = group.first() else { continue };
        let (rule, action) = (first.rule, first.action);
        match steps.last_mut() {
            Some(last) if last.rule == rule && last.picks.len() + group.len() <= MOST => last.picks.extend(group),
            _ => steps.push(Step { rule, action, picks: group }),
        }
    }
    steps
}

/// Each image with what follows it.
fn groups(picks: Vec<Pick>) -> Vec<Vec<Pick>> {
    let mut groups: Vec<Vec<Pick>> = Vec::new();
    for pick in picks {
        match groups.last_mut() {
            Some(group) if matches!(pick.reason, Reason::Follows { .. }) => group.push(pick),
            _ => groups.push(vec![pick]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use plimsoll_catalog::{ImageState, Timestamp};
    use plimsoll_oci::Digest;
    use plimsoll_rules::lifecycle::StorageClass;

    use super::*;

    /// One image of a rule, and how many follow it.
    fn group(rule: u32, followers: usize) -> Vec<Pick> {
        let pick = |reason| Pick {
            digest: Digest::sha256(b"any"),
            tags: Vec::new(),
            pushed_at: Timestamp(0),
            storage_class: StorageClass::Standard,
            rule,
            action: Action::Expire,
            reason,
            state: ImageState::default(),
        };
        let follows = Reason::Follows { subject: Digest::sha256(b"any") };
        let first = pick(Reason::CountMoreThan { keep: 1, newer: 1 });
        std::iter::once(first).chain((0..followers).map(|_| pick(follows.clone()))).collect()
    }

    #[track_caller]
    fn check(groups: &[(u32, usize, usize)], expect: &[(u32, usize)]) {
        let picks = groups.iter().flat_map(|(rule, followers, times)| vec![group(*rule, *followers); *times].concat());
        let steps = steps(picks.collect());
        assert_eq!(steps.iter().map(|step| (step.rule, step.picks.len())).collect::<Vec<_>>(), expect);
        for step in &steps {
            assert!(!matches!(step.picks[0].reason, Reason::Follows { .. }), "nothing follows into another step");
        }
    }

    #[test]
    fn what_follows_an_image_stays_with_it_in_the_parts_of_a_step() {
        let step = steps([group(1, 2), group(1, 0), group(1, 1)].concat()).remove(0);
        let parts: Vec<Step> = step.parts().collect();
        assert_eq!(
            parts.iter().map(|part| (part.rule, part.picks.len())).collect::<Vec<_>>(),
            [(1, 3), (1, 1), (1, 2)]
        );
    }

    #[test]
    fn steps_hold_a_hundred_images_of_one_rule() {
        check(&[], &[]);
        check(&[(1, 0, 100)], &[(1, 100)]);
        check(&[(1, 0, 101)], &[(1, 100), (1, 1)]);
        check(&[(1, 0, 3), (2, 0, 4)], &[(1, 3), (2, 4)]);
        check(&[(1, 2, 40)], &[(1, 99), (1, 21)]);
        check(&[(1, 0, 1), (1, 150, 1), (1, 0, 1)], &[(1, 1), (1, 151), (1, 1)]);
    }
}
