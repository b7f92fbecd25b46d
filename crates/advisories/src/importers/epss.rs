//! The Exploit Prediction Scoring System's CSV: a remark with the model and the day, the names of the columns, and a line
//! for each CVE.

use super::{Importer, MAX_ENTRIES, Sink, Unreadable, day};
use crate::{CveId, Epss, Fact, Timestamp};

/// The places of the columns.
struct Columns {
    cve: usize,
    probability: usize,
    percentile: usize,
}

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Option<Timestamp>, Unreadable> {
    let broken = |rule| Unreadable::Rule { feed: Importer::Epss, rule };
    let text = std::str::from_utf8(bytes).map_err(|_| broken("it is not UTF-8"))?;
    let is_whole = text.ends_with('\n');
    let mut lines = text.lines().enumerate();
    let mut date = None;
    let columns = loop {
        match lines.next() {
            Some((_, line)) if line.starts_with('#') => date = score_date(line).or(date),
            Some((_, line)) => {
                break columns(line).ok_or(broken("the columns cve, epss and percentile are not there"))?;
            }
            None => return Err(broken("it is empty")),
        }
    };
    let mut found = 0_usize;
    for (number, line) in lines {
        match score(line, &columns) {
            Ok((cve, epss)) => {
                found += 1;
                sink.fact(cve, Fact::Epss(epss));
            }
            Err(reason) => sink.refuse(&format!("line {}", number + 1), reason),
        }
        if number > MAX_ENTRIES {
            return Err(broken("it has too many lines"));
        }
    }
    // A file that was cut off may end in the middle of a number, which is a number too.
    if is_whole && found > 0 { Ok(date) } else { Err(broken("it is cut off")) }
}

/// The day in `#model_version:v2025.03.14,score_date:2025-11-21T00:00:00+0000`.
fn score_date(line: &str) -> Option<Timestamp> {
    let (_, date) = line.split_once("score_date:")?;
    day(date.get(.."2000-01-01".len())?)
}

fn columns(line: &str) -> Option<Columns> {
    let names = line.split(',').map(str::trim).collect::<Vec<_>>();
    let place = |wanted| names.iter().position(|name| *name == wanted);
    Some(Columns { cve: place("cve")?, probability: place("epss")?, percentile: place("percentile")? })
}

fn score(line: &str, columns: &Columns) -> Result<(CveId, Epss), &'static str> {
    let field = |place| line.split(',').nth(place).map(str::trim).ok_or("a column is missing");
    let number = |place| field(place)?.parse::<f64>().map_err(|_| "a number is none");
    let cve = CveId::parse(field(columns.cve)?).ok_or("cve is not the id of a CVE")?;
    let epss = Epss::new(number(columns.probability)?, number(columns.percentile)?);
    Ok((cve, epss.ok_or("epss or percentile is not between 0 and 1")?))
}
