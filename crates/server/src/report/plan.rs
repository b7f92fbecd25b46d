//! What to change in an image, as JSON.

use plimsoll_advisories::{Plan, Severity};
use serde::Serialize;

use super::Member;

/// What to change in an image so that findings go.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlanMember {
    severity: Option<&'static str>,
    advice: &'static str,
    base: BaseMember,
    above: usize,
    upgrades: Vec<UpgradeMember>,
}

#[derive(Debug, Serialize)]
struct BaseMember {
    layers: u32,
    findings: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UpgradeMember {
    package: String,
    ecosystem: String,
    path: String,
    layer: Option<String>,
    in_base: bool,
    installed: String,
    to: Option<String>,
    clears: usize,
    remains: usize,
}

impl PlanMember {
    pub(super) fn new(plan: &Plan, member: &Member<'_>) -> Self {
        let upgrades = plan.upgrades.iter().map(|upgrade| UpgradeMember {
            package: upgrade.package.package.name.clone(),
            ecosystem: plimsoll_advisories::ecosystem_name(upgrade.package.package.kind, member.distribution)
                .to_owned(),
            path: upgrade.package.path.clone(),
            layer: member.layer(upgrade.package.layer),
            in_base: upgrade.in_base,
            installed: upgrade.installed.clone(),
            to: upgrade.to.clone(),
            clears: upgrade.clears,
            remains: upgrade.remains,
        });
        Self {
            severity: (plan.severity > Severity::Unknown).then(|| plan.severity.as_str()),
            advice: plan.advice().word(),
            base: BaseMember { layers: plan.base_layers, findings: plan.in_base },
            above: plan.above,
            upgrades: upgrades.collect(),
        }
    }
}
