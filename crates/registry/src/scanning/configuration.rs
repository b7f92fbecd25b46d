//! What is scanned, and when: the settings of an account's registry, and what comes of them for a repository.

use std::fmt;
use std::str::FromStr;

use plimsoll_oci::{PatternError, RepositoryName, RepositoryPattern};
use serde::{Deserialize, Serialize};

/// Which packages a scan looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ScanType {
    /// Those of the distribution.
    #[default]
    Basic,
    /// Those of languages as well.
    Enhanced,
}

impl ScanType {
    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "BASIC",
            Self::Enhanced => "ENHANCED",
        }
    }

    /// Whether a rule for scans of this type may ask for this frequency.
    pub const fn allows(self, frequency: ScanFrequency) -> bool {
        match (self, frequency) {
            (_, ScanFrequency::ScanOnPush) => true,
            (Self::Basic, frequency) => matches!(frequency, ScanFrequency::Manual),
            (Self::Enhanced, frequency) => matches!(frequency, ScanFrequency::ContinuousScan),
        }
    }
}

/// When images are scanned. Ordered: where several apply, the greatest does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ScanFrequency {
    /// When somebody asks for it.
    #[default]
    Manual,
    /// Once, when they are pushed.
    ScanOnPush,
    /// All the time.
    ContinuousScan,
}

impl ScanFrequency {
    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "MANUAL",
            Self::ScanOnPush => "SCAN_ON_PUSH",
            Self::ContinuousScan => "CONTINUOUS_SCAN",
        }
    }
}

/// Which repositories a rule is for: with a `*`, which stands for any characters, those whose whole name is of this form;
/// without one, those whose name has this in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScanFilter(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Part(String),
    Whole(RepositoryPattern),
}

impl ScanFilter {
    /// Whether the filter lets the repository in.
    pub fn matches(&self, name: &RepositoryName) -> bool {
        match &self.0 {
            Form::Part(part) => name.as_str().contains(part.as_str()),
            Form::Whole(pattern) => pattern.matches(name),
        }
    }
}

impl FromStr for ScanFilter {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let pattern: RepositoryPattern = text.parse()?;
        Ok(Self(if text.contains('*') { Form::Whole(pattern) } else { Form::Part(text.to_owned()) }))
    }
}

impl TryFrom<String> for ScanFilter {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl From<ScanFilter> for String {
    fn from(filter: ScanFilter) -> Self {
        filter.to_string()
    }
}

impl fmt::Display for ScanFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Part(part) => f.write_str(part),
            Form::Whole(pattern) => pattern.fmt(f),
        }
    }
}

/// When the images of some repositories are scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanningRule {
    /// When.
    pub frequency: ScanFrequency,
    /// The repositories that one of these lets in.
    pub filters: Vec<ScanFilter>,
}

/// What is scanned in an account's registry, and when. The catalog keeps it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanningConfiguration {
    scan_type: ScanType,
    rules: Vec<ScanningRule>,
}

/// A rule asks for a frequency that scans of the type do not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("scan frequency {} is not supported by scan type {}", frequency.as_str(), scan_type.as_str())]
pub struct FrequencyUnsupported {
    /// Which of the rules, from 0.
    pub rule: usize,
    /// The frequency it asks for.
    pub frequency: ScanFrequency,
    /// The type of scan.
    pub scan_type: ScanType,
}

/// What is scanned in one repository, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryScanning {
    /// Which packages are looked at.
    pub scan_type: ScanType,
    /// When images are scanned.
    pub frequency: ScanFrequency,
    /// The filters by which that is so; none where no rule is for the repository.
    pub filters: Vec<ScanFilter>,
}

impl ScanningConfiguration {
    /// A configuration.
    ///
    /// # Errors
    /// A rule asks for a frequency that the type of scan does not have.
    pub fn new(scan_type: ScanType, rules: Vec<ScanningRule>) -> Result<Self, FrequencyUnsupported> {
        match rules.iter().position(|rule| !scan_type.allows(rule.frequency)) {
            Some(rule) => Err(FrequencyUnsupported { rule, frequency: rules[rule].frequency, scan_type }),
            None => Ok(Self { scan_type, rules }),
        }
    }

    /// Which packages are looked at.
    pub const fn scan_type(&self) -> ScanType {
        self.scan_type
    }

    /// When images are scanned.
    pub fn rules(&self) -> &[ScanningRule] {
        &self.rules
    }

    /// What holds for a repository that may ask for scans of its own accord.
    pub fn of_repository(&self, name: &RepositoryName, scan_on_push: bool) -> RepositoryScanning {
        let own = if scan_on_push { ScanFrequency::ScanOnPush } else { ScanFrequency::Manual };
        let is_for = |rule: &&ScanningRule| rule.filters.iter().any(|filter| filter.matches(name));
        let rules: Vec<&ScanningRule> = self.rules.iter().filter(is_for).collect();
        let frequency = rules.iter().map(|rule| rule.frequency).fold(own, ScanFrequency::max);
        let deciding = rules.iter().filter(|rule| rule.frequency == frequency);
        let filters = deciding.flat_map(|rule| &rule.filters).filter(|filter| filter.matches(name)).cloned().collect();
        RepositoryScanning { scan_type: self.scan_type, frequency, filters }
    }
}

#[cfg(test)]
mod tests {
    use super::ScanFrequency::{ContinuousScan, Manual, ScanOnPush};
    use super::*;

    fn rule(frequency: ScanFrequency, filters: &[&str]) -> ScanningRule {
        ScanningRule { frequency, filters: filters.iter().map(|filter| filter.parse().unwrap()).collect() }
    }

    #[test]
    fn filters_without_a_star_are_parts_of_names() {
        fn check(filter: &str, name: &str, expect: bool) {
            let filter: ScanFilter = filter.parse().unwrap();
            assert_eq!(filter.matches(&name.parse().unwrap()), expect, "{filter} {name}");
        }
        check("prod", "prod", true);
        check("prod", "team/nonprod-app", true);
        check("prod", "pro", false);
        check("prod*", "production/app", true);
        check("prod*", "nonprod", false);
        check("*prod", "nonprod", true);
        check("*prod", "prod/app", false);
        check("*", "any/thing", true);
        for bad in ["", "A", "a?", &"a".repeat(256)] {
            assert!(bad.parse::<ScanFilter>().is_err(), "{bad}");
        }
        assert!("a".repeat(255).parse::<ScanFilter>().is_ok());
    }

    #[test]
    fn each_type_of_scan_has_its_frequencies() {
        fn check(scan_type: ScanType, frequency: ScanFrequency, expect: bool) {
            let rules = vec![rule(ScanOnPush, &["*"]), rule(frequency, &["a"])];
            let made = ScanningConfiguration::new(scan_type, rules).map(|_| ()).map_err(|error| error.rule);
            assert_eq!(made, if expect { Ok(()) } else { Err(1) }, "{scan_type:?} {frequency:?}");
        }
        check(ScanType::Basic, Manual, true);
        check(ScanType::Basic, ScanOnPush, true);
        check(ScanType::Basic, ContinuousScan, false);
        check(ScanType::Enhanced, Manual, false);
        check(ScanType::Enhanced, ScanOnPush, true);
        check(ScanType::Enhanced, ContinuousScan, true);
    }

    #[test]
    fn the_most_frequent_rule_counts() {
        let rules = vec![rule(ScanOnPush, &["*", "app"]), rule(ContinuousScan, &["prod/*", "prod/a*"])];
        let enhanced = ScanningConfiguration::new(ScanType::Enhanced, rules).unwrap();
        let basic = ScanningConfiguration::new(ScanType::Basic, vec![rule(ScanOnPush, &["team/*"])]).unwrap();
        let check = |configuration: &ScanningConfiguration, name: &str, own, frequency, filters: &[&str]| {
            let scanning = configuration.of_repository(&name.parse().unwrap(), own);
            let applied: Vec<String> = scanning.filters.iter().map(ToString::to_string).collect();
            assert_eq!(
                (scanning.frequency, applied),
                (frequency, filters.iter().map(ToString::to_string).collect()),
                "{name}"
            );
        };
        check(&enhanced, "prod/app", false, ContinuousScan, &["prod/*", "prod/a*"]);
        check(&enhanced, "dev/app", true, ScanOnPush, &["*", "app"]);
        check(&basic, "team/app", false, ScanOnPush, &["team/*"]);
        check(&basic, "other", false, Manual, &[]);
        check(&basic, "other", true, ScanOnPush, &[]);
        let kept = serde_json::to_string(&enhanced).unwrap();
        assert_eq!(serde_json::from_str::<ScanningConfiguration>(&kept).unwrap(), enhanced);
    }
}
