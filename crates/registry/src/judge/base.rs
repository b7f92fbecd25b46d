//! Which layers of an image are those of the image it was built from.

use plimsoll_inventory::Inventory;
use plimsoll_oci::ImageConfig;

/// How many layers, from the lowest, an image has from the image it was built from.
///
/// An image's build ends with the command to run, and what is built on it goes on after that: so the base ends with the
/// last command in the history that layers come after. Where there is no such command, it ends with the layer that first
/// brought packages of a distribution.
pub(crate) fn base_layers(config: &ImageConfig, inventory: &Inventory) -> u32 {
    by_history(config).unwrap_or_else(|| {
        let system = inventory.packages.iter().filter(|installed| installed.package.kind.is_of_system());
        system.map(|installed| installed.layer.saturating_add(1)).min().unwrap_or(0)
    })
}

fn by_history(config: &ImageConfig) -> Option<u32> {
    let history = config.history.as_deref()?;
    let layers = history.iter().filter(|entry| !entry.empty_layer).count();
    // A history that tells of other layers than there are tells nothing.
    if layers != config.rootfs.diff_ids.len() {
        return None;
    }
    let (mut below, mut base) = (0, None);
    for entry in history {
        if !entry.empty_layer {
            below += 1;
        } else if below > 0 && below < layers && is_command(entry.created_by.as_deref().unwrap_or_default()) {
            base = Some(below);
        }
    }
    base.and_then(|base| u32::try_from(base).ok())
}

/// Whether a step of a build sets what the image runs, as `docker build` or buildkit wrote it.
fn is_command(step: &str) -> bool {
    let step = step.trim_start_matches("/bin/sh -c").trim_start().trim_start_matches("#(nop)").trim_start();
    ["CMD ", "ENTRYPOINT "].iter().any(|word| step.starts_with(word))
}

#[cfg(test)]
mod tests {
    use plimsoll_inventory::{InstalledPackage, Package, PackageKind};
    use serde_json::json;

    use super::*;

    /// An image of steps; those that bring a layer begin with `+`.
    fn check(steps: &[&str], layers: usize, system: Option<u32>, expect: u32) {
        let step = |step: &&str| match step.strip_prefix('+') {
            Some(step) => json!({"created_by": step}),
            None => json!({"created_by": step, "empty_layer": true}),
        };
        let digest = |at: usize| format!("sha256:{at:064x}");
        let config = json!({
            "history": steps.iter().map(step).collect::<Vec<_>>(),
            "rootfs": {"type": "layers", "diff_ids": (0..layers).map(digest).collect::<Vec<_>>()}
        });
        let config: ImageConfig = serde_json::from_value(config).unwrap();
        let package = |layer| InstalledPackage {
            package: Package::new(PackageKind::Deb, "p", "1"),
            path: "var/lib/dpkg/status".into(),
            layer,
            owner: None,
        };
        let inventory = Inventory { packages: system.map(package).into_iter().collect(), ..Inventory::default() };
        assert_eq!(base_layers(&config, &inventory), expect, "{steps:?}");
    }

    #[test]
    fn the_base_ends_with_its_command() {
        let classic = ["+/bin/sh -c #(nop) ADD file:1 in /", "/bin/sh -c #(nop)  CMD [\"bash\"]"];
        check(&classic, 1, Some(0), 1);
        let above = |more: &[&'static str]| classic.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
        check(&above(&["+RUN pip install x", "+COPY . /srv", "ENTRYPOINT [\"x\"]", "CMD [\"y\"]"]), 3, Some(1), 1);
        let python = above(&["ENV A=1", "+RUN make", "CMD [\"python3\"]", "+COPY . /srv", "CMD [\"app\"]"]);
        check(&python, 3, Some(0), 2);
        // Without a command, by the distribution's packages; without those, nothing.
        check(&["+a", "+b", "CMD [\"x\"]"], 2, Some(0), 1);
        check(&["+a", "+b"], 2, Some(1), 2);
        check(&["+a", "+b"], 2, None, 0);
        // The history of another number of layers is not believed.
        check(&above(&["+x"]), 3, Some(2), 3);
        check(&["CMD [\"x\"]", "+a"], 1, None, 0);
    }
}
