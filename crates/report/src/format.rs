//! The forms by their names.

use std::str::FromStr;

use plimsoll_inventory::CycloneDxVersion;

/// What a bill of materials holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// The packages.
    Packages,
    /// The packages, and what is wrong with them.
    Findings,
}

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// [CycloneDX](https://cyclonedx.org/specification/overview/) JSON.
    CycloneDx(CycloneDxVersion, Contents),
    /// [SPDX 2.3](https://spdx.github.io/spdx-spec/v2.3/) JSON.
    Spdx,
    /// SPDX 2.3 as tags with values.
    SpdxTagValue,
    /// [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
    Sarif,
    /// The JSON of trivy, schema version 2.
    Trivy,
    /// The JSON of grype.
    Grype,
    /// GitLab's report of container scanning, 15.0.7.
    GitLab,
    /// `JUnit` XML.
    JUnit,
    /// Comma-separated values, [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180).
    Csv,
    /// Markdown.
    Markdown,
    /// One HTML page that loads nothing.
    Html,
}

/// A name that no form has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAFormat;

impl Format {
    /// Every form by its name. Bills of materials are with findings: [`Format::without_findings`] takes those away.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("sarif", Self::Sarif),
        ("cyclonedx", Self::CycloneDx(CycloneDxVersion::V1_6, Contents::Findings)),
        ("cyclonedx-1.6", Self::CycloneDx(CycloneDxVersion::V1_6, Contents::Findings)),
        ("cyclonedx-1.7", Self::CycloneDx(CycloneDxVersion::V1_7, Contents::Findings)),
        ("spdx-json", Self::Spdx),
        ("spdx-tag-value", Self::SpdxTagValue),
        ("trivy", Self::Trivy),
        ("grype", Self::Grype),
        ("gitlab", Self::GitLab),
        ("junit", Self::JUnit),
        ("csv", Self::Csv),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
    ];

    /// Its name; of several the first.
    pub fn name(self) -> &'static str {
        let is_same = |known: &Self| *known == self || known.without_findings() == self;
        Self::NAMES.iter().find(|(_, known)| is_same(known)).map_or("", |(name, _)| name)
    }

    /// Whether this is a bill of materials.
    pub const fn is_bill(self) -> bool {
        matches!(self, Self::CycloneDx(..) | Self::Spdx | Self::SpdxTagValue)
    }

    /// The same form with packages only, where there is such.
    #[must_use]
    pub const fn without_findings(self) -> Self {
        match self {
            Self::CycloneDx(version, _) => Self::CycloneDx(version, Contents::Packages),
            other => other,
        }
    }

    /// The media type of the form.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::CycloneDx(..) => "application/vnd.cyclonedx+json",
            Self::Spdx => "application/spdx+json",
            Self::SpdxTagValue => "text/spdx; charset=utf-8",
            Self::Sarif => "application/sarif+json",
            Self::Trivy | Self::Grype | Self::GitLab => "application/json",
            Self::JUnit => "application/xml",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

impl FromStr for Format {
    type Err = NotAFormat;

    fn from_str(name: &str) -> Result<Self, NotAFormat> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format).ok_or(NotAFormat)
    }
}
