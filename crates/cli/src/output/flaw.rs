//! One flaw of an image, and what to do about many.

use serde_json::Value;

use super::{count, line};

/// Prints why a flaw is reported for an image, or is not.
pub(crate) fn explained(explained: &Value) {
    let (asked, ids) = (text(&explained["flaw"]), list(&explained["ids"]));
    let others: Vec<&str> = ids.iter().filter_map(Value::as_str).filter(|id| *id != asked).collect();
    let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
    let verdict = if explained["reported"] == true { "reported" } else { "not reported" };
    line(&format!("{asked}{others} in {}: {verdict}", text(&explained["source"])));
    if ids.is_empty() && list(&explained["findings"]).is_empty() {
        line("  no advisory of this id is loaded");
    }
    for finding in list(&explained["findings"]) {
        line(&format!("  {} {} has it", text(&finding["package"]), text(&finding["installed"])));
        evidence(finding);
    }
    for finding in list(&explained["suppressed"]) {
        let (package, installed, reason) = (&finding["package"], &finding["installed"], &finding["detail"]);
        line(&format!("  {} {} would have it, but {}", text(package), text(installed), text(reason)));
        evidence(finding);
    }
    for absence in list(&explained["absent"]) {
        let place = match absence["package"]["path"].as_str() {
            Some(path) => format!(" ({path})"),
            None => String::new(),
        };
        let (ecosystem, name) = (text(&absence["ecosystem"]), text(&absence["name"]));
        let (detail, advisory) = (text(&absence["detail"]), text(&absence["advisory"]));
        line(&format!("  not in {ecosystem} {name}{place}: {detail} [{advisory}]"));
    }
    if let Some(more @ 1..) = explained["leftOut"].as_u64() {
        line(&format!("  and {more} more that do not apply"));
    }
    for unknown in list(&explained["unknown"]) {
        line(&format!("  not known of the image: {}", text(unknown)));
    }
}

fn evidence(finding: &Value) {
    let (evidence, package) = (&finding["evidence"], &finding["evidence"]["package"]);
    let owner = package["owner"].as_str().map(|owner| format!(", of the package {owner}")).unwrap_or_default();
    let within = package["within"].as_str().map(|within| format!(" in {within}")).unwrap_or_default();
    line(&format!(
        "    recorded in {}{within}, layer {}{owner}, {}",
        text(&package["path"]),
        package["layer"].as_str().unwrap_or("-"),
        text(&package["certainty"]),
    ));
    line(&format!(
        "    {} says of {} {}: {} (record sha256 {})",
        text(&finding["advisory"]),
        text(&evidence["ecosystem"]),
        text(&evidence["name"]),
        text(&finding["rule"]),
        text(&evidence["recordSha256"]),
    ));
    line(&format!(
        "    {} by {}; fixed in {}",
        text(&finding["severity"]),
        finding["severitySource"].as_str().unwrap_or("nobody"),
        finding["fixed"].as_str().unwrap_or("no version yet"),
    ));
}

/// What to change in an image, a line each.
pub(super) fn fix(fix: &Value) -> Vec<String> {
    let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
    let (base, above) = (number(&fix["base"]["findings"]), number(&fix["above"]));
    let advice = match fix["advice"].as_str() {
        Some("newerBase") => "build the image again on a newer base",
        Some("upgrades") => "upgrade these packages",
        Some("both") => "build the image again on a newer base, and upgrade what is above it",
        Some("wait") => "no version that helps is known yet",
        _ => "nothing to do",
    };
    let mut lines = vec![format!(
        "to fix: {advice}; {} in the base's {}, {} above",
        count(base, "finding"),
        count(number(&fix["base"]["layers"]), "layer"),
        above,
    )];
    for upgrade in list(&fix["upgrades"]) {
        let (package, installed) = (text(&upgrade["package"]), text(&upgrade["installed"]));
        let place = if upgrade["inBase"] == true { "base" } else { "above" };
        let (clears, remains) = (number(&upgrade["clears"]), number(&upgrade["remains"]));
        lines.push(match upgrade["to"].as_str() {
            Some(to) => format!("  {package} {installed} -> {to}: clears {clears}, leaves {remains} ({place})"),
            None => format!("  {package} {installed}: {} without a fix ({place})", count(remains, "finding")),
        });
    }
    lines
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
