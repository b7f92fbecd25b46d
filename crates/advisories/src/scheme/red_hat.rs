//! The products of Red Hat an image takes packages from: by the content sets it was built with, as product names of the
//! advisories (CPE without `cpe:/[oa]:redhat:`).

use std::collections::BTreeSet;

use plimsoll_inventory::Distribution;

use super::NoScheme;

/// The products that an image of Red Hat's own takes packages from; none where it is another's, or does not say its release.
pub(crate) fn red_hat_products(distribution: &Distribution) -> Vec<String> {
    match (distribution.id.as_str(), &distribution.version_id) {
        ("rhel" | "redhat", Some(release)) => {
            products(release, &distribution.content_sets).map(|(products, _)| products).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The products, and how many of the last have the last word: streams with extended support bring fixes of their own.
///
/// An image that does not say what it was built with is taken to have what every installation has.
pub(super) fn products(release: &str, content_sets: &[String]) -> Result<(Vec<String>, usize), NoScheme> {
    let major = release.split('.').next().filter(|major| !major.is_empty()).ok_or(NoScheme::NoRelease)?;
    let named: BTreeSet<Product> = content_sets.iter().filter_map(|set| product(set, release)).collect();
    let (mut plain, mut extended) = (default_products(major), Vec::new());
    for product in named {
        let list = if product.extended { &mut extended } else { &mut plain };
        list.push(product.name);
    }
    plain.sort();
    plain.dedup();
    let overriding = extended.len();
    plain.extend(extended);
    Ok((plain, overriding))
}

fn default_products(major: &str) -> Vec<String> {
    match major {
        "4" | "5" | "6" | "7" => ["server", "client", "computenode", "workstation"]
            .map(|kind| format!("enterprise_linux:{major}::{kind}"))
            .into(),
        _ => ["baseos", "appstream"].map(|part| format!("enterprise_linux:{major}::{part}")).into(),
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Product {
    extended: bool,
    name: String,
}

/// Products whose content sets are named otherwise than their advisories name them.
const NAMES: [(&str, &str); 2] =
    [("jb-eap", "jboss_enterprise_application_platform"), ("rhocp-ironic", "openshift_ironic")];

/// The product whose packages a content set holds, such as `enterprise_linux:8::baseos` for
/// `rhel-8-for-x86_64-baseos-rpms`; none for one that is not known.
fn product(content_set: &str, release: &str) -> Option<Product> {
    let plain = |name: String| Some(Product { extended: false, name });
    let (set, minor) = match content_set.split_once("__") {
        Some((set, minor)) => (set, Some(minor.replace("_DOT_", "."))),
        None => (content_set, None),
    };
    let words: Vec<&str> = set.split('-').collect();
    match words.as_slice() {
        ["rhel", major, "for", _, part, "rpms"] | ["ubi", major, part, "rpms"] => {
            plain(format!("enterprise_linux:{major}::{}", part_name(part)))
        }
        ["rhel", _, "for", _, part, stream @ ("eus" | "aus" | "tus" | "e4s"), "rpms"] => Some(Product {
            extended: true,
            name: format!("rhel_{stream}:{}::{}", minor.as_deref().unwrap_or(release), part_name(part)),
        }),
        ["rhel", major, kind @ ("server" | "client" | "workstation"), ..] => {
            plain(format!("enterprise_linux:{major}::{kind}"))
        }
        ["codeready", "builder", "for" | "beta", "rhel" | "for", major, ..] if is_number(major) => {
            plain(format!("enterprise_linux:{major}::crb"))
        }
        ["ubi", major, "codeready", "builder", "rpms"] => plain(format!("enterprise_linux:{major}::crb")),
        ["fast", "datapath", "for", "rhel", major, ..] => plain(format!("enterprise_linux:{major}::fastdatapath")),
        ["rhocp", version, "for", "rhel", major, ..] => plain(format!("openshift:{version}::el{major}")),
        // The rest follow one pattern: product-in-words-version-for-rhel-major-arch-rpms.
        _ => {
            let at = words.windows(2).position(|pair| pair == ["for", "rhel"])?;
            let (version, name) = words.get(..at)?.split_last()?;
            let major = words.get(at + 2).filter(|major| is_number(major))?;
            let is_product = version.starts_with(|first: char| first.is_ascii_digit()) && !name.is_empty();
            let named = name.join("-");
            let known = NAMES.iter().find(|(set, _)| *set == named).map(|(_, product)| (*product).to_owned());
            let name = known.unwrap_or_else(|| named.replace('-', "_"));
            is_product.then(|| format!("{name}:{version}::el{major}")).and_then(plain)
        }
    }
}

fn part_name(part: &str) -> &str {
    match part {
        "codeready" => "crb",
        part => part,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_content_sets() {
        let check = |release: &str, sets: &[&str], expect: &[&str], overriding: usize| {
            let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
            let (found, last) = products(release, &sets).unwrap();
            assert_eq!((found, last), (expect.iter().map(|name| (*name).to_owned()).collect(), overriding), "{sets:?}");
        };
        let default = ["enterprise_linux:8::appstream", "enterprise_linux:8::baseos"];
        check("8.9", &[], &default, 0);
        check("8.9", &["rhel-8-for-x86_64-baseos-rpms", "ubi-8-appstream-rpms", "nonsense"], &default, 0);
        check(
            "7.9",
            &[],
            &[
                "enterprise_linux:7::client",
                "enterprise_linux:7::computenode",
                "enterprise_linux:7::server",
                "enterprise_linux:7::workstation",
            ],
            0,
        );
        let with = |more: &'static str| [default[0], default[1], more];
        check("8.6", &["rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_4"], &with("rhel_eus:8.4::baseos"), 1);
        check("8.6", &["rhel-8-for-aarch64-appstream-e4s-rpms"], &with("rhel_e4s:8.6::appstream"), 1);
        check("8.6", &["rhocp-4.12-for-rhel-8-x86_64-rpms"], &with("openshift:4.12::el8"), 0);
        check("8.6", &["rhocp-ironic-4.12-for-rhel-8-x86_64-rpms"], &with("openshift_ironic:4.12::el8"), 0);
        check("8.6", &["fast-datapath-for-rhel-8-x86_64-rpms"], &with("enterprise_linux:8::fastdatapath"), 0);
        check(
            "8.6",
            &["jb-eap-7.4-for-rhel-8-x86_64-rpms"],
            &with("jboss_enterprise_application_platform:7.4::el8"),
            0,
        );
        check("8.6", &["codeready-builder-for-rhel-8-x86_64-rpms"], &with("enterprise_linux:8::crb"), 0);
        check(
            "8.6",
            &["ansible-automation-platform-2.4-for-rhel-8-x86_64-rpms"],
            &["ansible_automation_platform:2.4::el8", default[0], default[1]],
            0,
        );
        check("8.6", &["", "for-rhel", "-for-rhel-8", "1-for-rhel-8"], &default, 0);
        assert_eq!(products("", &[]), Err(NoScheme::NoRelease));
    }
}
