//! A finding, put together from the advisories that match.

use std::sync::Arc;

use plimsoll_inventory::InstalledPackage;

use super::package::{Match, Subject};
use crate::finding::{Evidence, Finding, Rule, Status, Until};
use crate::index::{Answer, Asked, Damaged, End, Group, Posting};
use crate::record::{Response, is_malicious, is_undated};
use crate::version::Comparator;
use crate::{Assessment, Facts, SeveritySource};

/// How many of the versions that advisories call fixed are tried, from the lowest; of more only the highest is then. An
/// advisory may name thousands, and each has to be asked about in all of them.
const TRIED: usize = 64;

pub(super) fn finding(
    subject: &Subject<'_>,
    package: &Arc<InstalledPackage>,
    (flaw, facts): (&Group<'_>, &Facts),
    matches: &[&Match<'_, '_>],
    entries: &[Posting<'_>],
) -> Result<Finding, Damaged> {
    let lead = lead(matches).ok_or(Damaged)?;
    let id = *flaw.ids.first().ok_or(Damaged)?;
    let malicious = matches.iter().find(|found| is_malicious(found.head.id));
    let mut assessments = assessments(flaw, facts, matches)?;
    if let Some(found) = malicious {
        assessments.insert(0, Assessment::malicious(found.head.id));
    }
    let assessment = assessments.first().cloned().unwrap_or_default();
    let summary = [lead].into_iter().chain(matches.iter().copied()).map(|found| found.head.summary);
    let dated = matches.iter().filter(|found| !is_undated(found.head.id));
    let published = dated.map(|found| found.head.published()).collect::<Option<Vec<_>>>();
    Ok(Finding {
        id: id.to_owned(),
        aliases: aliases(flaw, id, matches),
        advisory: lead.head.id.to_owned(),
        package: Arc::clone(package),
        ecosystem: subject.scheme.base,
        installed: subject.version.text().to_owned(),
        fixed: fix(subject, matches, entries)?.map(str::to_owned),
        fixed_elsewhere: Vec::new(),
        status: lead.status(),
        response: response(matches)?,
        exploited: facts.exploited,
        epss: facts.epss,
        malicious: malicious.is_some(),
        severity: assessment.severity,
        severity_source: assessment.source,
        assessments,
        score: assessment.score,
        vector: assessment.vector,
        summary: summary.into_iter().find(|summary| !summary.is_empty()).unwrap_or_default().to_owned(),
        published: published.and_then(|times| times.into_iter().min()),
        modified: matches.iter().map(|found| found.head.modified()).max().ok_or(Damaged)?,
        evidence: Evidence {
            ecosystem: lead.ecosystem.to_owned(),
            name: subject.name.to_owned(),
            sha256: lead.head.digest()?,
            rule: rule(lead.answer),
        },
    })
}

/// What is decided about the flaw; of several decisions the one that promises least.
fn response(matches: &[&Match<'_, '_>]) -> Result<Option<Response>, Damaged> {
    matches.iter().try_fold(None, |most, found| Ok(most.max(found.posting.response()?)))
}

/// The match to show: one that is certain, if possible one that names the fix, by the order of their ids.
fn lead<'m, 'a, 'e>(matches: &[&'m Match<'a, 'e>]) -> Option<&'m Match<'a, 'e>> {
    let fixed = |answer| matches!(answer, Answer::Within { end: End::Fixed(_), .. });
    matches.iter().copied().min_by_key(|found| (found.status(), !fixed(found.answer), found.head.id))
}

fn rule(answer: Answer<'_>) -> Rule {
    match answer {
        Answer::Within { introduced, end, comparator } => Rule::Within {
            introduced: introduced.to_owned(),
            until: match end {
                End::Fixed(version) => Until::Fixed(version.to_owned()),
                End::LastAffected(version) => Until::LastAffected(version.to_owned()),
                End::Open => Until::Open,
            },
            comparator,
        },
        Answer::Listed => Rule::Listed,
        Answer::Undetermined | Answer::NotAffected => Rule::Incomparable,
    }
}

fn aliases(flaw: &Group<'_>, id: &str, matches: &[&Match<'_, '_>]) -> Vec<String> {
    let reports = matches.iter().map(|found| found.head.id);
    let mut aliases: Vec<_> = flaw.ids.iter().copied().chain(reports).filter(|alias| *alias != id).collect();
    aliases.sort_unstable();
    aliases.dedup();
    aliases.into_iter().map(str::to_owned).collect()
}

/// How bad the flaw is by each of these sources that says, the first being the one to believe: the severities of the entries
/// that match, those of their records, their databases' words, any other record of the flaw, the NVD. Of one kind the worst
/// comes first.
fn assessments(flaw: &Group<'_>, facts: &Facts, matches: &[&Match<'_, '_>]) -> Result<Vec<Assessment>, Damaged> {
    let entries = matches.iter().map(|found| Ok((found.head.id, found.posting.ratings()?)));
    let entries = entries.collect::<Result<Vec<_>, Damaged>>()?;
    let heads = || matches.iter().map(|found| &found.head);
    let own = entries.iter().filter_map(|(id, ratings)| Assessment::of_ratings(id, ratings.iter()));
    let own = own.map(|known| known.from(SeveritySource::Package));
    let records = heads().filter_map(|head| Assessment::of_ratings(head.id, head.ratings.iter()));
    let records = records.map(|known| known.from(SeveritySource::Advisory));
    let words = entries.iter().filter_map(|(id, ratings)| Some((*id, ratings.word?)));
    let words = words.chain(heads().filter_map(|head| Some((head.id, head.ratings.word?))));
    let words = words.filter_map(|(id, word)| Some(Assessment::of_word(id, word)?.from(SeveritySource::Database)));
    let elsewhere = flaw.source.map(|source| Assessment {
        severity: flaw.severity(),
        score: flaw.score,
        vector: flaw.vector.map(str::to_owned),
        source: Some(source.to_owned()),
        from: if source.starts_with("NVD ") { SeveritySource::Nvd } else { SeveritySource::Other },
    });
    let nvd = facts.ratings.iter().map(|rating| (rating.kind, &*rating.value));
    let nvd = Assessment::of_ratings("NVD", nvd).map(|known| known.from(SeveritySource::Nvd));
    let worst_first = |mut found: Vec<Assessment>| {
        found.sort_by_key(|known| std::cmp::Reverse(known.rank()));
        found
    };
    let kinds = [own.collect(), records.collect(), words.collect(), Vec::from_iter(elsewhere), Vec::from_iter(nvd)];
    let mut all: Vec<Assessment> = Vec::new();
    for known in kinds.into_iter().flat_map(worst_first) {
        if !all.iter().any(|other| other.source == known.source && other.vector == known.vector) {
            all.push(known);
        }
    }
    Ok(all)
}

/// The lowest version above the installed one that none of the records that match affects; where they agree on none, the
/// highest of those that each of them gives.
fn fix<'a>(
    subject: &Subject<'_>,
    matches: &[&Match<'a, '_>],
    entries: &[Posting<'a>],
) -> Result<Option<&'a str>, Damaged> {
    let mut records: Vec<_> = matches.iter().map(|found| found.posting.record).collect();
    records.sort_unstable();
    records.dedup();
    let entries_of = |record: u32| {
        let entries = &entries[entries.partition_point(|entry| entry.record < record)..];
        &entries[..entries.partition_point(|entry| entry.record == record)]
    };
    if let [record] = records[..] {
        return lowest_fix(subject, entries_of(record));
    }
    let all: Vec<_> = records.iter().flat_map(|record| entries_of(*record)).copied().collect();
    if let Some(common) = lowest_fix(subject, &all)? {
        return Ok(Some(common));
    }
    let mut highest: Option<&str> = None;
    for record in records {
        let own = lowest_fix(subject, entries_of(record))?;
        highest = highest.filter(|best| own.is_none_or(|own| is_above(subject.scheme.comparator, best, own))).or(own);
    }
    Ok(highest)
}

fn lowest_fix<'a>(subject: &Subject<'_>, entries: &[Posting<'a>]) -> Result<Option<&'a str>, Damaged> {
    let comparator = subject.scheme.comparator;
    let mut fixes = Vec::new();
    entries.iter().try_for_each(|entry| entry.fixes(&mut fixes))?;
    // Above a version without a place is only what is above everything else: take the highest fix then.
    let placed = subject.version.is_placed();
    fixes.retain(|fix| if placed { subject.version.is_below(fix) } else { comparator.accepts(fix) });
    fixes.sort_by(|a, b| {
        let order = comparator.arrange(a, b).unwrap_or(std::cmp::Ordering::Equal);
        if placed { order } else { order.reverse() }
    });
    fixes.dedup();
    let last = fixes.last().copied().filter(|_| placed && fixes.len() > TRIED);
    for fix in fixes.into_iter().take(TRIED).chain(last) {
        let asked = Asked::new(fix, comparator);
        let clear = |entry: &Posting<'_>| entry.ask(&asked).map(|answer| answer == Answer::NotAffected);
        if entries.iter().map(clear).try_fold(true, |all, clear| clear.map(|clear| all && clear))? {
            return Ok(Some(fix));
        }
    }
    Ok(None)
}

fn is_above(comparator: Comparator, left: &str, right: &str) -> bool {
    comparator.compare(left, right).is_ok_and(std::cmp::Ordering::is_gt)
}

impl Match<'_, '_> {
    pub(super) fn status(&self) -> Status {
        if self.answer == Answer::Undetermined { Status::Undetermined } else { Status::Affected }
    }
}
