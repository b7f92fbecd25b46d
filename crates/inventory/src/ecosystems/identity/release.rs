//! Reads the files that name a distribution in a line of prose: `CentOS Linux release 7.9.2009 (Core)`.

use crate::Distribution;
use crate::ecosystems::field;

/// How the line begins, the `ID` of the distribution's `os-release`, its `ID_LIKE`, and how many parts of the version
/// its `VERSION_ID` has. The longer of two beginnings comes first.
const FAMILIES: [(&str, &str, &str, usize); 28] = [
    ("AlmaLinux", "almalinux", "rhel centos fedora", 2),
    ("Amazon Linux AMI", "amzn", "rhel fedora", 2),
    ("Amazon Linux", "amzn", "centos rhel fedora", 1),
    ("Anolis OS", "anolis", "rhel fedora centos", 2),
    ("Alibaba Cloud Linux", "alinux", "rhel fedora centos anolis", 2),
    ("CBL-Mariner", "mariner", "", 2),
    ("CentOS", "centos", "rhel fedora", 1),
    ("CloudLinux", "cloudlinux", "rhel fedora centos", 2),
    ("Enterprise Linux", "ol", "fedora", 2),
    ("EuroLinux", "eurolinux", "rhel fedora centos", 2),
    ("Fedora", "fedora", "", 1),
    ("Gentoo", "gentoo", "", 2),
    ("Mageia", "mageia", "mandriva fedora", 1),
    ("Microsoft Azure Linux", "azurelinux", "", 2),
    ("MIRACLE LINUX", "miraclelinux", "rhel centos", 2),
    ("openEuler", "openEuler", "", 2),
    ("openSUSE Leap", "opensuse-leap", "suse opensuse", 2),
    ("openSUSE", "opensuse", "suse", 2),
    ("Oracle Linux", "ol", "fedora", 2),
    ("Photon", "photon", "", 2),
    ("Red Hat", "rhel", "fedora", 2),
    ("Rocky Linux", "rocky", "rhel centos fedora", 2),
    ("Scientific Linux", "scientific", "rhel centos fedora", 2),
    ("Slackware", "slackware", "", 2),
    ("SUSE Linux Enterprise Desktop", "sled", "suse", 2),
    ("SUSE Linux Enterprise", "sles", "suse", 2),
    ("Virtuozzo", "virtuozzo", "rhel fedora", 2),
    ("VMware Photon", "photon", "", 2),
];

/// What the first line says.
pub(super) fn line(bytes: &[u8]) -> Result<Option<Distribution>, &'static str> {
    let first = bytes.trim_ascii_start().split(|&byte| byte == b'\n').next().unwrap_or_default();
    let text = field(first)?;
    if text.is_empty() {
        return Ok(None);
    }
    let family = FAMILIES
        .iter()
        .find(|(begins, ..)| text.get(..begins.len()).is_some_and(|start| start.eq_ignore_ascii_case(begins)));
    let (id, id_like, parts) = match family {
        Some(&(_, id, id_like, parts)) => (id.to_owned(), id_like, parts),
        None => (own_id(&text), "", usize::MAX),
    };
    let distribution = Distribution {
        id,
        id_like: id_like.split_whitespace().map(str::to_owned).collect(),
        version_id: version(&text, parts),
        pretty_name: Some(text),
        ..Distribution::default()
    };
    Ok(Some(distribution).filter(|distribution| !distribution.id.is_empty()))
}

/// `SuSE-release`, which tells the service pack in a line of its own.
pub(super) fn suse(bytes: &[u8]) -> Result<Option<Distribution>, &'static str> {
    let Some(mut distribution) = line(bytes)? else { return Ok(None) };
    let pack = bytes.split(|&byte| byte == b'\n').find_map(|line| {
        let (name, value) = str::from_utf8(line).ok()?.split_once('=')?;
        (name.trim() == "PATCHLEVEL").then(|| value.trim().parse::<u8>().ok()).flatten()
    });
    if let (Some(version), Some(pack @ 1..)) = (&mut distribution.version_id, pack)
        && !version.contains('.')
    {
        *version = format!("{version}.{pack}");
    }
    Ok(Some(distribution))
}

/// The first word that is a number, as far as so many parts.
fn version(text: &str, parts: usize) -> Option<String> {
    let version = text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    let parts: Vec<_> = version.split('.').take(parts).collect();
    Some(parts.join("."))
}

/// The name of a distribution that is not known here, as an `ID`: `Some Linux release 3` is `some-linux`.
fn own_id(text: &str) -> String {
    let name = text.split(" release").next().unwrap_or(text);
    let words = name.split_whitespace().take_while(|word| !word.starts_with(|first: char| first.is_ascii_digit()));
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
