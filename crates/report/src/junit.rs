//! [`JUnit` XML](https://github.com/testmoapp/junitxml): a finding is a test that fails, and what could not be told is a test
//! that could not run.

use std::collections::BTreeMap;

use plimsoll_advisories::Finding;

use crate::Image;
use crate::escape::markup;
use crate::facts::{remedy, summary, url};

/// A group of tests: its name, its kind, its tests as XML.
struct Suite {
    name: String,
    kind: String,
    cases: Vec<String>,
    failures: usize,
    errors: usize,
    skipped: usize,
}

pub(crate) fn document(image: &Image<'_>) -> String {
    let mut suites: Vec<Suite> = findings(image);
    suites.extend(unknown(image));
    let total = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\">\n",
        markup(image.shown_name()),
        total(|suite| suite.cases.len()),
        total(|suite| suite.failures),
        total(|suite| suite.errors),
        total(|suite| suite.skipped),
    );
    for suite in &suites {
        text.push_str(&write(suite, image));
    }
    text.push_str("</testsuites>\n");
    text
}

fn write(suite: &Suite, image: &Image<'_>) -> String {
    let time = image.made_at.to_string();
    let head = format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\" timestamp=\"{}\">\n",
        markup(&suite.name),
        suite.cases.len(),
        suite.failures,
        suite.errors,
        suite.skipped,
        time.trim_end_matches('Z'),
    );
    let properties = format!(
        "    <properties>\n      <property name=\"type\" value=\"{}\"/>\n    </properties>\n",
        markup(&suite.kind)
    );
    format!("{head}{properties}{}  </testsuite>\n", suite.cases.concat())
}

/// A suite for each kind of package.
fn findings(image: &Image<'_>) -> Vec<Suite> {
    let mut suites: BTreeMap<&str, Suite> = BTreeMap::new();
    let counting = image.judgement.findings.iter().map(|finding| (finding, None));
    let suppressed = image.judgement.suppressed.iter();
    let suppressed = suppressed.map(|suppressed| (&suppressed.finding, Some(suppressed.reason.to_string())));
    for (finding, reason) in counting.chain(suppressed) {
        let kind = finding.package.package.kind;
        let suite = suites.entry(kind.class()).or_insert_with(|| {
            let system = image.operating_system().filter(|_| kind.is_of_system());
            let detail = system.unwrap_or_else(|| kind.class().to_owned());
            let name = format!("{} ({detail})", image.shown_name());
            Suite { name, kind: kind.class().to_owned(), cases: vec![], failures: 0, errors: 0, skipped: 0 }
        });
        match &reason {
            Some(_) => suite.skipped += 1,
            None => suite.failures += 1,
        }
        suite.cases.push(case(finding, reason.as_deref()));
    }
    suites.into_values().collect()
}

fn case(finding: &Finding, suppressed: Option<&str>) -> String {
    let package = &finding.package.package;
    let outcome = match suppressed {
        Some(reason) => format!("<skipped message=\"{}\"/>", markup(reason)),
        None => format!(
            "<failure message=\"{}\" type=\"vulnerability\">{}</failure>",
            markup(&summary(finding)),
            markup(&format!(
                "{}. {}. Found in {}: {}",
                finding.advisory,
                remedy(finding),
                finding.package.path,
                url(&finding.id)
            )),
        ),
    };
    format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n      {outcome}\n    </testcase>\n",
        markup(&format!("{}-{}", package.name, package.version)),
        markup(&format!("[{}] {}", finding.counted_severity(), finding.id)),
    )
}

/// What keeps the answer from being whole.
fn unknown(image: &Image<'_>) -> Option<Suite> {
    let cases: Vec<_> = image
        .judgement
        .unknown
        .iter()
        .map(|unknown| {
            let reason = markup(&unknown.to_string());
            format!("    <testcase classname=\"unknown\" name=\"{reason}\" time=\"0\">\n      <error message=\"{reason}\" type=\"unknown\"/>\n    </testcase>\n")
        })
        .collect();
    let name = format!("{} (not known)", image.shown_name());
    let errors = cases.len();
    (errors > 0).then(|| Suite { name, kind: "unknown".to_owned(), cases, failures: 0, errors, skipped: 0 })
}
