//! The versions an advisory's entry covers: in order once when the index is built, and asked many times afterwards.
//!
//! The rules are those of the [OSV schema](https://ossf.github.io/osv-schema/#evaluation). Two points it leaves open are
//! decided here so that the order of the events in a record does not matter: where one version both introduces and fixes
//! the flaw, nothing changes at it; where it is introduced at the last affected version of an earlier interval, the later
//! interval goes on.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::Damaged;
use super::blob::{Reader, hash, put_bytes, put_number};
use crate::record::{Event, Range, RangeKind};
use crate::version::{Comparator, Parsed, pep440};

/// The version that stands before every version.
const START: &str = "0";
/// The limit that is none.
const NO_LIMIT: &str = "*";

const SEMVER: u8 = 0x80;
const INTRODUCED: u8 = 0;
const FIXED: u8 = 1;
const LAST_AFFECTED: u8 = 2;
const LIMIT: u8 = 3;

/// Where an interval of affected versions ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End<'a> {
    Fixed(&'a str),
    LastAffected(&'a str),
    Open,
}

/// A version that entries are asked about, with what is worked out of it once.
pub(crate) struct Asked<'v> {
    text: &'v str,
    order: Comparator,
    parsed: Option<Parsed<'v>>,
    hash: u32,
    without_epoch: bool,
}

impl<'v> Asked<'v> {
    /// A version of an ecosystem whose own order is `order`.
    pub(crate) fn new(text: &'v str, order: Comparator) -> Self {
        let hash = version_hash(text, Some(order));
        Self { text, order, parsed: order.parse(text).ok(), hash, without_epoch: false }
    }

    /// The same, compared with other versions as though they had no epoch.
    pub(crate) fn without_epoch(text: &'v str, order: Comparator) -> Self {
        Self { without_epoch: true, ..Self::new(text, order) }
    }

    pub(crate) fn text(&self) -> &'v str {
        self.text
    }

    /// Whether the version has a place in its ecosystem's order.
    pub(crate) fn is_placed(&self) -> bool {
        self.parsed.is_some()
    }

    /// Places this version relative to another, in `order`.
    fn compare(&self, order: Comparator, other: &str) -> Option<Ordering> {
        let other = if self.without_epoch { without_epoch(other) } else { other };
        if order == self.order {
            self.parsed.as_ref()?.compare(other).ok()
        } else {
            order.compare(self.text, other).ok()
        }
    }

    /// Whether `other` comes after this version in its ecosystem's order.
    pub(crate) fn is_below(&self, other: &str) -> bool {
        self.compare(self.order, other) == Some(Ordering::Less)
    }
}

fn without_epoch(version: &str) -> &str {
    match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => version,
    }
}

/// What one entry says of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer<'a> {
    NotAffected,
    /// In this interval.
    Within {
        introduced: &'a str,
        end: End<'a>,
        comparator: Comparator,
    },
    /// Among the versions listed.
    Listed,
    /// The version, or one of the entry's, has no place in the order.
    Undetermined,
}

pub(super) fn encode_ranges(ranges: &[Range], own: Option<Comparator>) -> Vec<u8> {
    let mut out = Vec::new();
    put_number(&mut out, ranges.len());
    for range in ranges {
        let (comparator, events) = in_order(range, own);
        let kind = if range.kind == RangeKind::SemVer { SEMVER } else { 0 };
        out.push(kind | comparator.map_or(0, |order| 1 + code(order)));
        put_number(&mut out, events.len());
        for event in &events {
            out.push(match event {
                Event::Introduced(_) => INTRODUCED,
                Event::Fixed(_) => FIXED,
                Event::LastAffected(_) => LAST_AFFECTED,
                Event::Limit(_) => LIMIT,
            });
            put_bytes(&mut out, event.version().as_bytes());
        }
    }
    out
}

fn code(comparator: Comparator) -> u8 {
    Comparator::ALL.iter().position(|known| *known == comparator).unwrap_or(0) as u8
}

/// The events as alternating beginnings and ends with the limits after them, and the order they are in; as they came
/// where there is no order or one of them has no place in it.
fn in_order(range: &Range, own: Option<Comparator>) -> (Option<Comparator>, Vec<Event>) {
    let orders = match range.kind {
        // These add to the order of semantic versions what versions of their packages need.
        RangeKind::SemVer if matches!(own, Some(Comparator::Go | Comparator::Pub | Comparator::Bitnami)) => [own, None],
        RangeKind::SemVer => [Some(Comparator::SemVer), own],
        RangeKind::Ecosystem => [own, None],
    };
    for order in orders.into_iter().flatten() {
        if let Some(events) = sorted(&range.events, order) {
            return (Some(order), events);
        }
    }
    (None, range.events.clone())
}

fn sorted(events: &[Event], order: Comparator) -> Option<Vec<Event>> {
    let free = |event: &Event| matches!((event, event.version()), (Event::Limit(_), NO_LIMIT) | (_, START));
    if !events.iter().all(|event| free(event) || order.accepts(event.version())) {
        return None;
    }
    let place = |a: &str, b: &str| match (a == START, b == START) {
        (false, false) => order.arrange(a, b).unwrap_or(Ordering::Equal),
        (a_starts, b_starts) => b_starts.cmp(&a_starts),
    };
    let (limits, mut marks): (Vec<_>, Vec<_>) = events.iter().partition(|event| matches!(event, Event::Limit(_)));
    marks.sort_by(|a, b| place(a.version(), b.version()));
    let mut changes: Vec<Event> = Vec::new();
    let mut open = false;
    for same in marks.chunk_by(|a, b| place(a.version(), b.version()).is_eq()) {
        let find = |kind: fn(&Event) -> bool| same.iter().copied().find(|event| kind(event));
        let introduced = find(|event| matches!(event, Event::Introduced(_)));
        let fixed = find(|event| matches!(event, Event::Fixed(_)));
        let last = find(|event| matches!(event, Event::LastAffected(_)));
        let stays = open && introduced.is_some();
        match (introduced, fixed) {
            (Some(event), None) if !open => changes.push(event.clone()),
            (None, Some(event)) if open => changes.push(event.clone()),
            _ => {}
        }
        open = if introduced.is_some() && fixed.is_some() {
            open
        } else {
            introduced.is_some() || open && fixed.is_none()
        };
        if let Some(event) = last.filter(|_| open && !stays) {
            changes.push(event.clone());
            open = false;
        }
    }
    if !limits.iter().any(|limit| limit.version() == NO_LIMIT) {
        changes.extend(limits.into_iter().cloned());
    }
    Some(changes)
}

pub(super) fn decode_ranges(mut reader: Reader<'_>) -> Result<Vec<Range>, Damaged> {
    let mut ranges = Vec::new();
    for _ in 0..reader.number()? {
        let kind = if reader.byte()? & SEMVER == 0 { RangeKind::Ecosystem } else { RangeKind::SemVer };
        let mut events = Vec::new();
        for _ in 0..reader.number()? {
            let tag = reader.byte()?;
            let version = reader.text()?.to_owned();
            events.push(match tag {
                INTRODUCED => Event::Introduced(version),
                FIXED => Event::Fixed(version),
                LAST_AFFECTED => Event::LastAffected(version),
                LIMIT => Event::Limit(version),
                _ => return Err(Damaged),
            });
        }
        ranges.push(Range { kind, events });
    }
    Ok(ranges)
}

/// The first interval that holds `version`; an undetermined range counts only if no other range holds it.
pub(super) fn find_in_ranges<'a>(mut reader: Reader<'a>, version: &Asked<'_>) -> Result<Answer<'a>, Damaged> {
    let mut answer = Answer::NotAffected;
    for _ in 0..reader.number()? {
        match find_in_range(&mut reader, version)? {
            Answer::NotAffected => {}
            Answer::Undetermined => answer = Answer::Undetermined,
            found => return Ok(found),
        }
    }
    Ok(answer)
}

fn find_in_range<'a>(reader: &mut Reader<'a>, version: &Asked<'_>) -> Result<Answer<'a>, Damaged> {
    let order = reader.byte()? & !SEMVER;
    let comparator = match order {
        0 => None,
        code => Some(*Comparator::ALL.get(usize::from(code) - 1).ok_or(Damaged)?),
    };
    let count = reader.number()?;
    // Events after the deciding one are read too: the next range begins behind them.
    let mut state = State { introduced: None, end: End::Open, done: false, limited: false, below_limit: false };
    let mut undetermined = comparator.is_none();
    for _ in 0..count {
        let tag = reader.byte()?;
        let event = reader.text()?;
        let Some(comparator) = comparator.filter(|_| !undetermined) else { continue };
        if state.done && tag != LIMIT {
            continue;
        }
        if event == START {
            state.take(tag, event, Ordering::Greater)?;
            continue;
        }
        match version.compare(comparator, event) {
            Some(order) => state.take(tag, event, order)?,
            None => undetermined = true,
        }
    }
    Ok(match (undetermined, state.introduced, comparator) {
        (false, Some(introduced), Some(comparator)) if !state.limited || state.below_limit => {
            Answer::Within { introduced, end: state.end, comparator }
        }
        (true, ..) => Answer::Undetermined,
        _ => Answer::NotAffected,
    })
}

struct State<'a> {
    introduced: Option<&'a str>,
    end: End<'a>,
    done: bool,
    limited: bool,
    below_limit: bool,
}

impl<'a> State<'a> {
    /// Takes the next event, given where the version in question stands to it.
    fn take(&mut self, tag: u8, event: &'a str, version: Ordering) -> Result<(), Damaged> {
        match tag {
            INTRODUCED if version.is_ge() => self.introduced = Some(event),
            FIXED if version.is_ge() => self.introduced = None,
            LAST_AFFECTED if version.is_gt() => self.introduced = None,
            INTRODUCED => self.done = true,
            FIXED => (self.end, self.done) = (End::Fixed(event), true),
            LAST_AFFECTED => (self.end, self.done) = (End::LastAffected(event), true),
            LIMIT => {
                self.limited = true;
                self.below_limit |= version.is_lt();
            }
            _ => return Err(Damaged),
        }
        Ok(())
    }
}

/// Every version that a range calls fixed.
pub(super) fn fixes<'a>(reader: Reader<'a>, found: &mut Vec<&'a str>) -> Result<(), Damaged> {
    let keep = |version| -> ControlFlow<()> {
        found.push(version);
        ControlFlow::Continue(())
    };
    visit_fixes(reader, keep).map(drop)
}

/// The first version that a range calls fixed.
pub(super) fn first_fix(reader: Reader<'_>) -> Result<Option<&str>, Damaged> {
    visit_fixes(reader, ControlFlow::Break).map(ControlFlow::break_value)
}

fn visit_fixes<'a, B>(
    mut reader: Reader<'a>,
    mut visit: impl FnMut(&'a str) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, Damaged> {
    for _ in 0..reader.number()? {
        reader.byte()?;
        for _ in 0..reader.number()? {
            let tag = reader.byte()?;
            let version = reader.text()?;
            if tag == FIXED && version != START {
                let next = visit(version);
                if next.is_break() {
                    return Ok(next);
                }
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The listed versions, preceded by their hashes in order: most questions end at the hashes.
pub(super) fn encode_versions(versions: &[String], comparator: Option<Comparator>) -> Vec<u8> {
    let mut out = Vec::new();
    if versions.is_empty() {
        return out;
    }
    put_number(&mut out, versions.len());
    let mut hashes = versions.iter().map(|version| version_hash(version, comparator)).collect::<Vec<_>>();
    hashes.sort_unstable();
    out.extend(hashes.iter().flat_map(|hash| hash.to_le_bytes()));
    for version in versions {
        put_bytes(&mut out, version.as_bytes());
    }
    out
}

pub(super) fn decode_versions(mut reader: Reader<'_>) -> Result<Vec<String>, Damaged> {
    let count = reader.number()?;
    reader.take(count.checked_mul(4).ok_or(Damaged)?)?;
    (0..count).map(|_| reader.text().map(str::to_owned)).collect()
}

/// A hash that spellings of one version share.
fn version_hash(version: &str, comparator: Option<Comparator>) -> u32 {
    let hashed = match comparator {
        Some(Comparator::Pep440) => pep440::release_numbers(version).map(|numbers| hash(&numbers)),
        _ => None,
    };
    (hashed.unwrap_or_else(|| hash(&[version])) >> 32) as u32
}

/// Whether `version` is among the listed ones, as text or as another spelling of the same Python version.
pub(super) fn is_listed(mut reader: Reader<'_>, version: &Asked<'_>) -> Result<bool, Damaged> {
    let count = reader.number()?;
    let hashes = reader.take(count.checked_mul(4).ok_or(Damaged)?)?;
    let (hashes, _) = hashes.as_chunks::<4>();
    if hashes.binary_search_by(|probe| u32::from_le_bytes(*probe).cmp(&version.hash)).is_err() {
        return Ok(false);
    }
    for _ in 0..count {
        let listed = reader.text()?;
        let same =
            || version.order == Comparator::Pep440 && version.compare(version.order, listed) == Some(Ordering::Equal);
        if listed == version.text || same() {
            return Ok(true);
        }
    }
    Ok(false)
}
