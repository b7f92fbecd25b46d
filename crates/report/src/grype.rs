//! The JSON of grype.

use plimsoll_advisories::vex::Justification;
use plimsoll_advisories::{Epss, Finding, Rule, State, Suppressed, Suppression, Until, cvss_version};
use plimsoll_inventory::{InstalledPackage, PackageKind};
use plimsoll_oci::Digest;
use serde_json::{Value, json};

use crate::Image;
use crate::facts::{score, title, url};

pub(crate) fn document(image: &Image<'_>) -> Value {
    let matches: Vec<_> = image.judgement.findings.iter().map(|finding| found(finding, image)).collect();
    let ignored: Vec<_> = image
        .judgement
        .suppressed
        .iter()
        .map(|suppressed| {
            let mut value = found(&suppressed.finding, image);
            value["appliedIgnoreRules"] = json!([rule(suppressed)]);
            value
        })
        .collect();
    json!({
        "matches": matches,
        "ignoredMatches": ignored,
        "source": source(image),
        "distro": distribution(image),
        "descriptor": {
            "name": "plimsoll",
            "version": env!("CARGO_PKG_VERSION"),
            "timestamp": image.made_at.to_string(),
            "db": database(image),
        },
    })
}

fn rule(Suppressed { finding, reason }: &Suppressed) -> Value {
    let mut rule = json!({ "vulnerability": finding.id, "reason": reason.to_string(), "namespace": "" });
    if let Suppression::Vex { status, justification, .. } = reason {
        rule["namespace"] = "vex".into();
        rule["vex-status"] = status.as_str().into();
        rule["vex-justification"] = justification.map_or("", Justification::as_str).into();
    }
    rule
}

fn source(image: &Image<'_>) -> Value {
    let layers: Vec<_> = image
        .layers
        .iter()
        .map(|layer| {
            let digest = layer.diff_id.or(layer.digest).map(|digest| digest.to_string());
            json!({ "digest": digest.unwrap_or_default(), "mediaType": "", "size": 0 })
        })
        .collect();
    let digest = image.digest.map(|digest| digest.to_string()).unwrap_or_default();
    json!({
        "type": "image",
        "target": {
            "userInput": image.shown_name(),
            "imageID": "",
            "manifestDigest": digest,
            "mediaType": "",
            "tags": [],
            "imageSize": 0,
            "layers": layers,
            "repoDigests": [],
        },
    })
}

fn distribution(image: &Image<'_>) -> Value {
    let distribution = image.distribution();
    json!({
        "name": distribution.map(|distribution| &*distribution.id).unwrap_or_default(),
        "version": distribution.and_then(|distribution| distribution.version_id.as_deref()).unwrap_or_default(),
        "idLike": distribution.map(|distribution| distribution.id_like.clone()).unwrap_or_default(),
    })
}

fn database(image: &Image<'_>) -> Value {
    let Some(advisories) = &image.advisories else { return json!({ "status": { "valid": false } }) };
    let built = advisories.built_at.map(|time| time.to_string()).unwrap_or_default();
    json!({ "status": { "schemaVersion": "", "from": advisories.generation, "built": built, "valid": true } })
}

fn found(finding: &Finding, image: &Image<'_>) -> Value {
    json!({
        "vulnerability": vulnerability(finding),
        "relatedVulnerabilities": related(finding),
        "matchDetails": [details(finding, image)],
        "artifact": artifact(&finding.package, image),
    })
}

fn vulnerability(finding: &Finding) -> Value {
    let state = match finding.state() {
        _ if finding.fixed.is_some() => "fixed",
        State::Undetermined => "unknown",
        State::WontFix | State::EndOfLife => "wont-fix",
        _ => "not-fixed",
    };
    let fixed: Vec<_> = finding.fixed.iter().collect();
    let mut value = json!({
        "id": finding.id,
        "dataSource": url(&finding.id),
        "namespace": finding.evidence.ecosystem.to_lowercase(),
        "severity": title(finding.counted_severity()),
        "urls": [url(&finding.advisory)],
        "description": finding.summary,
        "cvss": cvss(finding),
        "fix": { "versions": fixed, "state": state },
        "advisories": [{ "id": finding.advisory, "link": url(&finding.advisory) }],
        "risk": risk(finding),
    });
    if let Some(epss) = finding.epss {
        let (likely, percentile) = (epss.probability(), epss.percentile());
        value["epss"] = json!([{ "cve": finding.id, "epss": likely, "percentile": percentile, "date": "" }]);
    }
    if let Some(exploited) = &finding.exploited {
        let campaigns = if exploited.ransomware { "Known" } else { "Unknown" };
        value["knownExploited"] = json!([{
            "cve": finding.id,
            "dateAdded": exploited.added.to_string(),
            "knownRansomwareCampaignUse": campaigns,
        }]);
    }
    value
}

/// From 0 to 100: how bad it is times how likely, which is certain where it is known to be exploited.
fn risk(finding: &Finding) -> f64 {
    let likely = if finding.exploited.is_some() { 1.0 } else { finding.epss.map_or(0.0, Epss::probability) };
    score(finding) * 10.0 * likely
}

/// What every source says that gives a vector; the first is the one that counts.
fn cvss(finding: &Finding) -> Value {
    let scored = finding.assessments.iter().enumerate();
    let scored = scored.filter_map(|(number, said)| Some((number, said, said.vector.as_ref()?, said.score?)));
    scored
        .map(|(number, said, vector, score)| {
            json!({
                "source": said.source.as_deref().unwrap_or_default(),
                "type": if number == 0 { "Primary" } else { "Secondary" },
                "version": cvss_version(vector),
                "vector": vector,
                "metrics": { "baseScore": score },
                "vendorMetadata": {},
            })
        })
        .collect()
}

fn related(finding: &Finding) -> Value {
    let related = finding.aliases.iter().filter(|alias| **alias != finding.id);
    related.map(|alias| json!({ "id": alias, "dataSource": url(alias), "urls": [url(alias)], "cvss": [] })).collect()
}

fn details(finding: &Finding, image: &Image<'_>) -> Value {
    let package = &finding.package.package;
    let direct = finding.evidence.name == package.name;
    let distribution = distribution(image);
    let mut details = json!({
        "type": if direct { "exact-direct-match" } else { "exact-indirect-match" },
        "matcher": matcher(package.kind),
        "searchedBy": {
            "distro": { "type": distribution["name"], "version": distribution["version"] },
            "namespace": finding.evidence.ecosystem.to_lowercase(),
            "package": { "name": finding.evidence.name, "version": finding.installed },
        },
        "found": { "vulnerabilityID": finding.advisory, "versionConstraint": constraint(&finding.evidence.rule) },
    });
    if let Some(fixed) = &finding.fixed {
        details["fix"] = json!({ "suggestedVersion": fixed });
    }
    details
}

fn constraint(rule: &Rule) -> String {
    let Rule::Within { introduced, until, .. } = rule else { return rule.to_string() };
    let from = if introduced == "0" { String::new() } else { format!(">={introduced}") };
    let to = match until {
        Until::Fixed(version) => format!("<{version}"),
        Until::LastAffected(version) => format!("<={version}"),
        Until::Open => String::new(),
    };
    let bounds: Vec<_> = [from, to].into_iter().filter(|bound| !bound.is_empty()).collect();
    if bounds.is_empty() { "none (all versions)".to_owned() } else { bounds.join(",") }
}

fn artifact(installed: &InstalledPackage, image: &Image<'_>) -> Value {
    let package = &installed.package;
    let layer = image.layer(installed);
    let layer = layer.diff_id.or(layer.digest).map(|digest| digest.to_string()).unwrap_or_default();
    let purl = image.purl(installed);
    let id = Digest::sha256(format!("{purl}\n{}", installed.path).as_bytes()).hex();
    let path = format!("/{}", installed.path);
    let (kind, language) = names(package.kind);
    let upstreams: Vec<_> = package
        .source
        .iter()
        .filter(|source| source.name != package.name || source.version != package.version)
        .map(|source| json!({ "name": source.name, "version": source.version }))
        .collect();
    json!({
        "id": id.get(..16).unwrap_or_default(),
        "name": package.name,
        "version": package.version,
        "type": kind,
        "locations": [{ "path": path, "layerID": layer, "accessPath": path }],
        "language": language,
        "licenses": [],
        "cpes": [],
        "purl": purl,
        "upstreams": upstreams,
    })
}

/// The type and the language of a kind of package, in grype's words.
const fn names(kind: PackageKind) -> (&'static str, &'static str) {
    match kind {
        PackageKind::PyPi => ("python", "python"),
        PackageKind::Npm => ("npm", "javascript"),
        PackageKind::Maven => ("java-archive", "java"),
        PackageKind::Golang => ("go-module", "go"),
        PackageKind::Cargo => ("rust-crate", "rust"),
        PackageKind::Gem => ("gem", "ruby"),
        PackageKind::Composer => ("php-composer", "php"),
        PackageKind::Pear => ("php-pear", "php"),
        PackageKind::NuGet => ("dotnet", "dotnet"),
        PackageKind::Cran => ("R-package", "R"),
        PackageKind::Hex => ("hex", "elixir"),
        PackageKind::Otp => ("erlang-otp", "erlang"),
        PackageKind::Pub => ("dart-pub", "dart"),
        PackageKind::Swift => ("swift", "swift"),
        PackageKind::CocoaPods => ("pod", "swift"),
        PackageKind::Hackage => ("hackage", "haskell"),
        PackageKind::LuaRocks => ("lua-rocks", "lua"),
        PackageKind::Ebuild => ("portage", ""),
        PackageKind::Brew => ("homebrew", ""),
        PackageKind::WordPress => ("wordpress-plugin", "php"),
        PackageKind::Generic => ("binary", ""),
        other => (other.purl_type(), ""),
    }
}

const fn matcher(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Deb => "dpkg-matcher",
        PackageKind::Apk => "apk-matcher",
        PackageKind::Rpm => "rpm-matcher",
        PackageKind::Alpm => "pacman-matcher",
        PackageKind::Ebuild => "portage-matcher",
        PackageKind::PyPi => "python-matcher",
        PackageKind::Npm => "javascript-matcher",
        PackageKind::Maven => "java-matcher",
        PackageKind::Golang => "go-module-matcher",
        PackageKind::Cargo => "rust-matcher",
        PackageKind::Gem => "ruby-gem-matcher",
        PackageKind::NuGet => "dotnet-matcher",
        PackageKind::Bitnami => "bitnami-matcher",
        _ => "stock-matcher",
    }
}
