//! cosign: signatures and attestations made with a local key, stored in the registry and found there again.

use anyhow::ensure;

use super::context::{Context, Steps, ask};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let cosign = |arguments: &[&str]| {
        let mut command = context.command("cosign");
        command.env("COSIGN_PASSWORD", "").env("COSIGN_YES", "true").args(arguments);
        command
    };
    let (user, password) = context.login();
    let host = context.host();
    let image = format!("{}@{}", context.reference("cosign"), context.image.manifest.digest);
    let insecure = ["--allow-http-registry", "--allow-insecure-registry"];
    // Nothing but the key and the registry: no transparency log, no time stamp, no signing service.
    let offline = ["--key", "cosign.key", "--tlog-upload=false", "--use-signing-config=false"];
    let check = ["--key", "cosign.pub", "--insecure-ignore-tlog=true"];

    steps.step("generate-key-pair", || ask(&mut cosign(&["generate-key-pair"])).map(|_| ()));
    steps.step("login", || ask(&mut cosign(&["login", &host, "-u", user, "-p", password])).map(|_| ()));
    steps.step("verify fails before the signature", || {
        let push = context.registry().push_image("interop/cosign", "1", &context.image);
        push.map_err(|error| anyhow::anyhow!(error.chain()))?;
        let found = ask(cosign(&["verify"]).args(check).args(insecure).arg(&image));
        ensure!(found.is_err(), "an image without a signature was verified");
        Ok(())
    });
    for (form, bundle) in [("bundle", "--new-bundle-format=true"), ("tag", "--new-bundle-format=false")] {
        steps.step(&format!("sign, stored as a {form}"), || {
            ask(cosign(&["sign", bundle]).args(offline).args(insecure).arg(&image)).map(|_| ())
        });
        steps.step(&format!("verify, found as a {form}"), || {
            ask(cosign(&["verify", bundle]).args(check).args(insecure).arg(&image)).map(|_| ())
        });
        steps.step(&format!("attest, stored as a {form}"), || {
            let predicate = context.path("predicate.json");
            std::fs::write(&predicate, r#"{"builder": "interop"}"#)?;
            let attest = ["attest", bundle, "--type", "custom", "--predicate", "predicate.json"];
            ask(cosign(&attest).args(offline).args(insecure).arg(&image)).map(|_| ())
        });
        steps.step(&format!("verify-attestation, found as a {form}"), || {
            let verify = ["verify-attestation", bundle, "--type", "custom"];
            ask(cosign(&verify).args(check).args(insecure).arg(&image)).map(|_| ())
        });
    }
    steps.step("tree", || {
        let tree = ask(cosign(&["tree"]).args(insecure).arg(&image))?;
        ensure!(tree.contains("sha256:"), "the tree is empty: {tree}");
        Ok(())
    });
}
