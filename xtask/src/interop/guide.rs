//! The guide of `examples/ecr-guide.sh`, from creating a repository to deleting it.

use super::aws;
use super::context::{Context, Steps, ask};
use super::docker::Engine;
use crate::run::root;

/// It waits a few times for five seconds, and pushes twelve images.
const SECONDS: &str = "900";

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let mut engine = None;
    steps.step("start dockerd", || {
        engine = Some(Engine::start(context)?);
        aws::import_advisories(context)
    });
    if let Some(engine) = &engine {
        steps.step("examples/ecr-guide.sh", || {
            let script = root().join("examples/ecr-guide.sh").display().to_string();
            let mut guide = context.command_within(SECONDS, &script);
            aws::environment(context, &mut guide)
                .env("DOCKER_HOST", engine.socket())
                .env("PLIMSOLL", &context.binary)
                .env("PLIMSOLL_DATA", context.server.data());
            ask(&mut guide).map(|_| ())
        });
    }
    steps.step("stop dockerd", || engine.map_or(Ok(()), Engine::stop));
}
