//! Feeds that are not of OSV records: their documents, and where their publishers have them.

use std::fmt;
use std::str::FromStr;

use plimsoll_advisories::importers::Importer;

use crate::OutboundError;

/// The first year that the NVD has a document of.
const FIRST_YEAR: u16 = 2002;
/// For how many days the NVD's document of what was modified makes up for an old one of a year; it holds the last eight.
const YEAR_STAYS: u64 = 7;

/// A feed of another form than OSV's, or a part of one. Written as its name, with the part behind a colon where there is one:
/// `epss`, `alpine-secdb:v3.22`, `alpine-secdb:wolfi`, `nvd:2015`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    importer: Importer,
    part: Part,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// A release of Alpine, such as `v3.22` or `edge`.
    Release(String),
    /// A distribution whose database has Alpine's form.
    Like(&'static str),
    /// The NVD from this year on.
    Since(u16),
}

/// Distributions whose database has Alpine's form, and where it is.
const LIKE_ALPINE: [(&str, &str); 2] = [
    ("wolfi", "https://packages.wolfi.dev/os/security.json"),
    ("chainguard", "https://packages.cgr.dev/chainguard/security.json"),
];

/// A document to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    /// The folder it goes to.
    pub(super) folder: &'static str,
    /// Its name there, and at a mirror.
    pub(super) file: String,
    /// Where its publisher has it.
    pub(super) url: String,
    /// How many days it is not asked for again once it is there.
    pub(super) stays: u64,
    /// Whether its publisher has a small file beside it that tells whether it has changed.
    pub(super) has_meta: bool,
}

impl FromStr for List {
    type Err = OutboundError;

    fn from_str(text: &str) -> Result<Self, OutboundError> {
        let bad = |rule| OutboundError::List { name: text.to_owned(), rule };
        let (name, part) = text.split_once(':').map_or((text, None), |(name, part)| (name, Some(part)));
        let importer = Importer::of_name(name).ok_or(bad(
            "it has to be one of debian-tracker, alpine-secdb:RELEASE, cisa-kev, epss, nvd, nvd:YEAR, end-of-life",
        ))?;
        let part = match (importer, part) {
            (Importer::AlpineSecdb, Some(part)) => match LIKE_ALPINE.iter().find(|(name, _)| *name == part) {
                Some((name, _)) => Part::Like(name),
                None if is_release(part) => Part::Release(part.to_owned()),
                None => return Err(bad("its release has to be one such as v3.22, or edge, wolfi or chainguard")),
            },
            (Importer::AlpineSecdb, None) => return Err(bad("it needs a release, such as alpine-secdb:v3.22")),
            (Importer::Nvd, None) => Part::Since(FIRST_YEAR),
            (Importer::Nvd, Some(year)) => {
                let year = year.parse().ok().filter(|year| (FIRST_YEAR..=9999).contains(year) && part.is_some());
                Part::Since(year.ok_or(bad("its year has to be one from 2002 on, such as nvd:2015"))?)
            }
            (_, None) => Part::Whole,
            (_, Some(_)) => return Err(bad("it has no parts")),
        };
        Ok(Self { importer, part })
    }
}

fn is_release(text: &str) -> bool {
    let digits = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = text.strip_prefix('v').and_then(|text| text.split_once('.'));
    text == "edge" || numbers.is_some_and(|(major, minor)| digits(major) && digits(minor))
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.importer.name())?;
        match &self.part {
            Part::Whole | Part::Since(FIRST_YEAR) => Ok(()),
            Part::Release(release) => write!(f, ":{release}"),
            Part::Like(name) => write!(f, ":{name}"),
            Part::Since(year) => write!(f, ":{year}"),
        }
    }
}

impl List {
    /// The folder of its documents, which is the feed's name.
    pub(super) fn folder(&self) -> &'static str {
        self.importer.name()
    }

    /// Its documents in the year `this_year`.
    pub(super) fn documents(&self, this_year: u16) -> Vec<Document> {
        let document = |file: &str, url: &str| Document {
            folder: self.folder(),
            file: file.to_owned(),
            url: url.to_owned(),
            stays: 0,
            has_meta: false,
        };
        match (self.importer, &self.part) {
            (Importer::AlpineSecdb, Part::Release(release)) => {
                let of = |repository: &str| {
                    let url = format!("https://secdb.alpinelinux.org/{release}/{repository}.json");
                    document(&format!("{release}-{repository}.json"), &url)
                };
                vec![of("main"), of("community")]
            }
            (Importer::AlpineSecdb, part) => {
                let like = LIKE_ALPINE.iter().filter(|(name, _)| *part == Part::Like(name));
                like.map(|(name, url)| document(&format!("{name}.json"), url)).collect()
            }
            (Importer::Nvd, part) => {
                let since = if let Part::Since(year) = part { *year } else { FIRST_YEAR };
                let of = |what: &str, stays| {
                    let file = format!("nvdcve-2.0-{what}.json.gz");
                    let url = format!("https://nvd.nist.gov/feeds/json/cve/2.0/{file}");
                    Document { stays, has_meta: true, ..document(&file, &url) }
                };
                let years = (since..=this_year.max(since)).map(|year| of(&year.to_string(), YEAR_STAYS));
                // Last, so that it makes up for what changed while the others came.
                years.chain([of("modified", 0)]).collect()
            }
            (Importer::EndOfLife, _) => {
                let of = |product| {
                    document(&format!("{product}.json"), &format!("https://endoflife.date/api/v1/products/{product}"))
                };
                Importer::end_of_life_products().map(of).collect()
            }
            (Importer::DebianTracker, _) => {
                vec![document("data.json", "https://security-tracker.debian.org/tracker/data/json")]
            }
            (Importer::CisaKev, _) => {
                let file = "known_exploited_vulnerabilities.json";
                vec![document(file, &format!("https://www.cisa.gov/sites/default/files/feeds/{file}"))]
            }
            (Importer::Epss, _) => {
                let file = "epss_scores-current.csv.gz";
                vec![document(file, &format!("https://epss.empiricalsecurity.com/{file}"))]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_by_name() {
        for good in [
            "debian-tracker",
            "alpine-secdb:v3.22",
            "alpine-secdb:edge",
            "alpine-secdb:wolfi",
            "nvd",
            "nvd:2015",
            "end-of-life",
        ] {
            assert_eq!(good.parse::<List>().unwrap().to_string(), good);
        }
        let bad = [
            "",
            "osv",
            "alpine-secdb",
            "alpine-secdb:",
            "alpine-secdb:3.22",
            "alpine-secdb:../x",
            "nvd:",
            "nvd:1999",
            "nvd:20155",
            "epss:1",
        ];
        for bad in bad {
            assert!(matches!(bad.parse::<List>(), Err(OutboundError::List { .. })), "{bad}");
        }
    }

    #[test]
    fn documents_of_lists() {
        let check = |list: &str, expect: &[&str]| {
            let documents = list.parse::<List>().unwrap().documents(2016);
            let told =
                documents.iter().map(|document| format!("{}/{} {}", document.folder, document.file, document.url));
            assert_eq!(told.collect::<Vec<_>>(), expect, "{list}");
        };
        check(
            "cisa-kev",
            &[
                "cisa-kev/known_exploited_vulnerabilities.json https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
            ],
        );
        check(
            "alpine-secdb:v3.22",
            &[
                "alpine-secdb/v3.22-main.json https://secdb.alpinelinux.org/v3.22/main.json",
                "alpine-secdb/v3.22-community.json https://secdb.alpinelinux.org/v3.22/community.json",
            ],
        );
        check("alpine-secdb:wolfi", &["alpine-secdb/wolfi.json https://packages.wolfi.dev/os/security.json"]);
        check(
            "nvd:2015",
            &[
                "nvd/nvdcve-2.0-2015.json.gz https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2015.json.gz",
                "nvd/nvdcve-2.0-2016.json.gz https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2016.json.gz",
                "nvd/nvdcve-2.0-modified.json.gz https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-modified.json.gz",
            ],
        );
        let ends = "end-of-life".parse::<List>().unwrap().documents(2016);
        assert!(
            ends.iter().any(|document| document.file == "debian.json" && document.url.ends_with("/products/debian"))
        );
    }
}
