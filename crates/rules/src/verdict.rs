//! What a gate says of an image, and how it says it.

use std::fmt;

use plimsoll_advisories::{Finding, Severity, UnknownReason};

/// How many reasons a message names.
const NAMED: usize = 3;
/// The longest text of others that a reason repeats, in characters.
const MAX_TEXT: usize = 200;

/// What a gate says. Ordered from open to closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing stands against it.
    #[default]
    Pass,
    /// It passes, with a doubt.
    Warn,
    /// It does not pass, as it is not known what is wrong with it.
    Unknown,
    /// It does not pass.
    Deny,
}

impl Outcome {
    /// The outcome's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Deny => "deny",
        }
    }
}

/// What a gate says of an image, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What it says.
    pub outcome: Outcome,
    /// The gate that decided; none where no gate had a say.
    pub gate: Option<String>,
    /// Why, the worst first.
    pub reasons: Vec<Reason>,
}

/// A reason for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A finding.
    Finding {
        /// The flaw's id.
        id: String,
        /// The package's name.
        package: String,
        /// The version installed.
        installed: String,
        /// The version that mends it.
        fixed: Option<String>,
        /// How bad it is.
        severity: Severity,
        /// Where the package is recorded.
        path: String,
    },
    /// Something that is not known.
    Unknown(String),
}

impl Reason {
    pub(crate) fn finding(finding: &Finding) -> Self {
        Self::Finding {
            id: printable(&finding.id),
            package: printable(&finding.package.package.name),
            installed: printable(&finding.installed),
            fixed: finding.fixed.as_deref().map(printable),
            severity: finding.severity,
            path: printable(&finding.package.path),
        }
    }

    pub(crate) fn unknown(reason: &UnknownReason) -> Self {
        Self::Unknown(printable(&reason.to_string()))
    }
}

/// Text of an image or an advisory as it may reach a terminal: without control characters, and not without end.
fn printable(text: &str) -> String {
    let clean = text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char });
    let mut clean: String = clean.take(MAX_TEXT + 1).collect();
    if clean.chars().count() > MAX_TEXT {
        clean.pop();
        clean.push('…');
    }
    clean
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding { id, package, installed, fixed, severity, .. } => {
                write!(f, "{package} {installed} ")?;
                match fixed {
                    Some(fixed) => write!(f, "(fixed in {fixed}) ")?,
                    None => write!(f, "(no fix yet) ")?,
                }
                write!(f, "{id} {severity}", severity = severity.as_str())
            }
            Self::Unknown(reason) => f.write_str(reason),
        }
    }
}

impl Verdict {
    /// Whether the image may not be had.
    pub fn refuses(&self) -> bool {
        self.outcome >= Outcome::Unknown
    }

    /// One line for the terminal of whoever is refused: the rule, the worst reasons, and what to do. `image` is how they
    /// would name the image to `plimsoll explain`.
    pub fn denial(&self, image: &str) -> String {
        let gate = self.gate.as_deref().unwrap_or("unnamed");
        let named: Vec<String> = self.reasons.iter().take(NAMED).map(Reason::to_string).collect();
        let named = named.join(", ");
        let more = match self.reasons.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (why, remedy) = match self.outcome {
            Outcome::Deny => ("", self.remedy()),
            _ => ("it is not known whether it is safe: ", "Have the registry's administrator see to that".to_owned()),
        };
        format!("gate {gate:?} refuses {image}: {why}{named}{more}. {remedy}; `plimsoll explain {image}` says more")
    }

    fn remedy(&self) -> String {
        let fixable = self.reasons.iter().any(|reason| matches!(reason, Reason::Finding { fixed: Some(_), .. }));
        if fixable {
            "Upgrade to the fixed versions and push the image again".to_owned()
        } else {
            "Replace these packages and push the image again, or ask the administrator to change the gate".to_owned()
        }
    }
}
