//! boto3: paginators, waiters, layers by plain HTTP, presigned URLs and temporary credentials.

use std::fs;

use anyhow::Result;

use super::aws;
use super::context::{Context, Steps, ask};
use super::install;

/// The steps, each a function of the script of that name.
const STEPS: [(&str, &str); 8] = [
    ("push by the layer operations", "push"),
    ("both waiters", "waiters"),
    ("all paginators, by pages of one", "paginators"),
    ("all paginators of the public registry", "public_paginators"),
    ("the URL of a layer, by plain HTTP", "layers"),
    ("presigned URLs", "presigned"),
    ("temporary credentials", "sessions"),
    ("deletion", "clean_up"),
];

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let files = context.path("boto3");
    steps.step("prepare an image and advisories", || {
        aws::import_advisories(context)?;
        prepare(context)
    });
    for (name, function) in STEPS {
        steps.step(name, || {
            let mut python = context.command("python3");
            aws::environment(context, &mut python).env("PYTHONPATH", install::python(&[])?);
            ask(python.arg(files.join("steps.py")).arg(function).arg(&files)).map(|_| ())
        });
    }
}

fn prepare(context: &Context) -> Result<()> {
    let (image, files) = (aws::old_alpine()?, context.path("boto3"));
    fs::create_dir_all(&files)?;
    fs::write(files.join("steps.py"), include_str!("boto3.py"))?;
    fs::write(files.join("layer"), &image.layers[0].blob)?;
    fs::write(files.join("config"), &image.config.bytes)?;
    fs::write(files.join("manifest"), &image.manifest.bytes)?;
    Ok(())
}
