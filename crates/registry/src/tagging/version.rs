//! Tags that are semantic versions, and the floating tags that follow them.

use std::cmp::Ordering;

use plimsoll_advisories::version::semver;
use plimsoll_oci::Tag;

/// The tag that follows every release.
const LATEST: &str = "latest";

/// A tag that is a whole [semantic version](https://semver.org), `1.2.3` or `v1.2.3-rc.1`. Build metadata cannot stand in
/// a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version<'a> {
    tag: &'a Tag,
    prefix: &'a str,
    major: &'a str,
    minor: &'a str,
    is_pre_release: bool,
}

impl<'a> Version<'a> {
    /// The version that a tag is; `None` if it is none.
    pub(super) fn of(tag: &'a Tag) -> Option<Self> {
        let text = tag.as_str();
        let (prefix, version) = text.strip_prefix('v').map_or(("", text), |rest| (&text[..1], rest));
        let (core, pre_release) = version.split_once('-').map_or((version, None), |(core, pre)| (core, Some(pre)));
        let mut numbers = core.split('.');
        let (major, minor, patch) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let whole = numbers.next().is_none() && [major, minor, patch].into_iter().all(is_number);
        let valid = whole && pre_release.is_none_or(|text| text.split('.').all(is_identifier));
        valid.then_some(Self { tag, prefix, major, minor, is_pre_release: pre_release.is_some() })
    }

    /// Whether it is a pre-release, which no floating tag follows.
    pub(super) fn is_pre_release(&self) -> bool {
        self.is_pre_release
    }

    /// The tags that follow it: of its minor version, of its major version, and of all.
    pub(super) fn floating(&self) -> [String; 3] {
        let Self { prefix, major, minor, .. } = self;
        [format!("{prefix}{major}.{minor}"), format!("{prefix}{major}"), LATEST.to_owned()]
    }

    /// Whether `floating`, a tag of [`Self::floating`] of another version, follows versions like this one.
    fn is_followed_by(&self, floating: &str) -> bool {
        let [minor, major, _] = self.floating();
        let bare = |tag: &str| tag.strip_prefix('v').unwrap_or(tag).to_owned();
        floating == LATEST || bare(floating) == bare(&minor) || bare(floating) == bare(&major)
    }

    fn compare(&self, other: &Self) -> Ordering {
        semver::compare(self.tag.as_str(), other.tag.as_str()).unwrap_or(Ordering::Equal)
    }
}

/// The version that keeps `floating` from going to `next`: what the image that it names now is known as, if that is later.
/// `tags` are all tags of that image.
pub(super) fn later<'a>(floating: &str, next: &Version<'_>, tags: &'a [Tag]) -> Option<&'a Tag> {
    let versions: Vec<Version<'a>> = tags.iter().filter_map(Version::of).collect();
    let followed = || versions.iter().filter(|version| version.is_followed_by(floating));
    // One image may be known as 1.2.9 and as 1.3.0: what matters to the tag 1.2 is the former.
    let highest = followed().max_by(|one, other| one.compare(other));
    let highest = highest.or_else(|| versions.iter().max_by(|one, other| one.compare(other)))?;
    semver::compare(highest.tag.as_str(), next.tag.as_str()).ok().filter(|order| order.is_gt()).map(|_| highest.tag)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
}

fn is_identifier(text: &str) -> bool {
    let numeric = text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    !text.is_empty() && plain && (!numeric || is_number(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Tag {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_told_from_other_tags() {
        fn check(text: &str, expect: Option<[&str; 3]>) {
            let tag = tag(text);
            let floating = Version::of(&tag).map(|version| version.floating());
            assert_eq!(floating, expect.map(|tags| tags.map(str::to_owned)), "{text}");
        }
        check("1.2.3", Some(["1.2", "1", "latest"]));
        check("v1.2.3", Some(["v1.2", "v1", "latest"]));
        check("0.0.0", Some(["0.0", "0", "latest"]));
        check("10.20.30-rc.1", Some(["10.20", "10", "latest"]));
        check("1.2.3-alpha-1.x", Some(["1.2", "1", "latest"]));
        check("18446744073709551616.0.1", Some(["18446744073709551616.0", "18446744073709551616", "latest"]));
        for not in ["1.2", "1", "latest", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "V1.2.3"] {
            check(not, None);
        }
        check("1.2.x", None);
        check("1.2.3_build", None);
        check("2024.01.15", None);
    }

    #[test]
    fn floating_tags_do_not_go_back() {
        #[track_caller]
        fn check(floating: &str, next: &str, now: &[&str], expect: Option<&str>) {
            let (next, now) = (tag(next), now.iter().map(|text| tag(text)).collect::<Vec<_>>());
            let version = Version::of(&next).unwrap();
            assert_eq!(later(floating, &version, &now).map(Tag::as_str), expect, "{floating} {next} {now:?}");
        }
        check("latest", "1.2.3", &["1.2.2", "1.2", "1", "latest"], None);
        check("latest", "1.2.3", &["1.2.3"], None);
        check("latest", "1.2.3", &["1.2.4", "latest"], Some("1.2.4"));
        check("latest", "1.2.9", &["1.2.10"], Some("1.2.10"));
        check("latest", "1.10.0", &["1.9.0"], None);
        check("latest", "v1.2.3", &["2.0.0"], Some("2.0.0"));
        check("latest", "2.0.0", &["2.0.0-rc.1"], None);
        check("latest", "1.9.0", &["2.0.0-rc.1"], Some("2.0.0-rc.1"));
        // An image without a version stands for nothing that could be gone behind.
        check("latest", "0.0.1", &["latest", "nightly"], None);
        check("latest", "0.0.1", &[], None);
        // What a floating tag follows counts; other versions of the same image only where there is none of those.
        check("1.2", "1.2.10", &["1.2.9", "1.3.0"], None);
        check("1.2", "1.2.8", &["1.2.9", "1.3.0"], Some("1.2.9"));
        check("1.2", "1.2.10", &["1.3.0"], Some("1.3.0"));
        check("1", "1.2.10", &["1.2.9", "2.0.0"], None);
        check("v1", "v1.2.10", &["1.2.11", "2.0.0"], Some("1.2.11"));
    }
}
