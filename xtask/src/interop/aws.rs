//! The aws command line: every operation of ECR and its public registry that the server has, and STS and IAM as an administrator uses them.
//!
//! The calls are tables: a command as one would type it, and what must come of it.

mod identity;
mod images;
mod public;
mod registry;
mod repositories;
mod scanning;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, ensure};
use plimsoll_testkit::Digest;
use plimsoll_testkit::http::{Client, Request};
use plimsoll_testkit::image::{Image, ImageBuilder};
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use plimsoll_testkit::registry::RegistryClient;
use serde_json::{Value, json};

use super::context::{Context, Steps, ask, refused, same};

/// The server's region and account, as it has them without a configuration.
pub(super) const REGION: &str = "us-east-1";
pub(super) const ACCOUNT: &str = "000000000000";
/// How many operations of ECR the server has; others are named in [`registry::LATER`].
const OPERATIONS: usize = 47;
/// How many operations of ECR's public registry the server has: all.
const PUBLIC_OPERATIONS: usize = 23;

/// A command, and what must come of it. `{name}` stands for a value that was kept or given.
type Call = (&'static str, Then);

/// What must come of a call.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// It succeeds.
    Done,
    /// The answer has this text or JSON at this pointer.
    Is(&'static str, &'static str),
    /// The answer has something at this pointer.
    Has(&'static str),
    /// The answer has something at this pointer, which later calls name.
    Keep(&'static str, &'static str),
    /// It is refused with this code.
    Refused(&'static str),
}

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let mut aws = None;
    steps.step("prepare an image and advisories", || {
        aws = Some(Aws::new(context)?);
        Ok(())
    });
    let Some(aws) = aws else { return };
    aws.steps(steps, &repositories::STEPS);
    aws.steps(steps, &images::STEPS);
    steps.step("ecr: the URL of a layer, by plain HTTP", || aws.fetch_layer());
    aws.steps(steps, &scanning::STEPS);
    aws.steps(steps, &registry::STEPS);
    aws.steps(steps, &repositories::LAST_STEPS);
    steps.step("ecr: all 47 operations were called", || aws.all_called("ecr", OPERATIONS));
    aws.steps(steps, &registry::LATER);
    aws.steps(steps, &public::STEPS);
    steps.step("ecr-public: a pull without a login", || aws.pull_anonymously());
    aws.steps(steps, &public::LAST_STEPS);
    steps.step("ecr-public: all 23 operations were called", || aws.all_called("ecr-public", PUBLIC_OPERATIONS));
    aws.steps(steps, &identity::STEPS);
}

/// Points an AWS client at the server, as its administrator.
pub(super) fn environment<'c>(context: &Context, command: &'c mut Command) -> &'c mut Command {
    let (key, secret) = context.login();
    for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ENDPOINT_URL_ECR"] {
        command.env_remove(name);
    }
    command
        .env("AWS_ENDPOINT_URL", format!("http://{}", context.host()))
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", key)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_PAGER", "")
        .env("AWS_CONFIG_FILE", context.path("no-aws-config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", context.path("no-aws-credentials"))
}

/// Loads advisories that know what is wrong with [`old_alpine`].
pub(super) fn import_advisories(context: &Context) -> Result<()> {
    let feed = context.path("osv");
    fs::create_dir_all(feed.join("Alpine"))?;
    let vectors = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"];
    for (number, vector) in (1..).zip([vectors, vectors].concat()) {
        let record = json!({
            "id": format!("CVE-2019-{number:04}"), "modified": "2020-01-01T00:00:00Z", "published": "2019-08-06T00:00:00Z",
            "summary": "an advisory for clients to read", "severity": [{"type": "CVSS_V3", "score": vector}],
            "affected": [{
                "package": {"ecosystem": "Alpine:v3.10", "name": "musl"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1.22-r3"}]}],
            }],
        });
        fs::write(feed.join(format!("Alpine/{number}.json")), record.to_string())?;
    }
    let mut import = Command::new(&context.binary);
    ask(import.args(["db", "import", "--data"]).arg(context.server.data()).arg(feed)).map(|_| ())
}

/// An image of a distribution whose advisories [`import_advisories`] loads.
pub(super) fn old_alpine() -> Result<Image> {
    let layer = LayerBuilder::new()
        .directory("etc")
        .file("etc/os-release", "ID=alpine\nVERSION_ID=3.10.4\n")
        .file("lib/apk/db/installed", "P:musl\nV:1.1.22-r2\nA:x86_64\no:musl\n\n")
        .build(Compression::Gzip)?;
    Ok(ImageBuilder::new().layer(layer).build())
}

/// The aws program, what has been called with it, and the values that calls name.
struct Aws<'a> {
    context: &'a Context,
    values: RefCell<BTreeMap<String, String>>,
    called: RefCell<BTreeSet<String>>,
}

impl<'a> Aws<'a> {
    /// Writes what the calls read from files.
    fn new(context: &'a Context) -> Result<Self> {
        import_advisories(context)?;
        let (image, files) = (old_alpine()?, context.path("aws"));
        fs::create_dir_all(&files)?;
        let layer = &image.layers[0];
        fs::write(files.join("layer"), &layer.blob)?;
        fs::write(files.join("config"), &image.config.bytes)?;
        fs::write(files.join("manifest"), &image.manifest.bytes)?;
        let signature = ImageBuilder::new().artifact_type("application/vnd.example.signature").subject(&image.manifest);
        fs::write(files.join("referrer"), signature.build().manifest.bytes)?;
        for (name, text) in repositories::FILES.iter().chain(&scanning::FILES).chain(&identity::FILES) {
            fs::write(files.join(name), text)?;
        }
        let last = |length: usize| length.saturating_sub(1).to_string();
        let values = [
            ("files", files.display().to_string()),
            ("layer", layer.digest.to_string()),
            ("layer-last", last(layer.blob.len())),
            ("config", image.config.digest.to_string()),
            ("config-last", last(image.config.bytes.len())),
            ("digest", image.manifest.digest.to_string()),
        ];
        let values = values.map(|(name, value)| (name.to_owned(), value)).into();
        Ok(Self { context, values: RefCell::new(values), called: RefCell::default() })
    }

    /// Makes a step of each table of calls.
    fn steps(&self, steps: &mut Steps, tables: &[(&str, &[Call])]) {
        for (name, calls) in tables {
            steps.step(name, || {
                calls.iter().try_for_each(|(command, then)| {
                    self.call(command, *then).with_context(|| format!("aws {command}: wanted {then:?}"))
                })
            });
        }
    }

    fn call(&self, command: &str, then: Then) -> Result<()> {
        let operation: Vec<&str> = command.split_whitespace().take(2).collect();
        let mut program = self.context.command("aws");
        environment(self.context, &mut program).args(["--output", "json"]);
        program.args(command.split_whitespace().map(|word| self.fill(word)));
        if let Then::Refused(code) = then {
            let text = refused(&mut program)?;
            ensure!(text.contains(&format!("({code})")), "{text}");
            return Ok(());
        }
        let text = ask(&mut program)?;
        if operation[1] != "wait" {
            self.called.borrow_mut().insert(operation.join(" "));
        }
        let answer = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).context(text)? };
        self.compare(&answer, then)
    }

    fn compare(&self, answer: &Value, then: Then) -> Result<()> {
        let at = |pointer: &str| {
            let found = answer.pointer(pointer).filter(|found| !found.is_null());
            let found = found.ok_or_else(|| anyhow!("nothing at {pointer} of {answer}"))?;
            Ok::<_, anyhow::Error>(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
        };
        match then {
            Then::Is(pointer, wanted) => {
                let (found, wanted) = (at(pointer)?, self.fill(wanted));
                ensure!(found == wanted, "{found} at {pointer} of {answer}");
            }
            Then::Has(pointer) => drop(at(pointer)?),
            Then::Keep(pointer, name) => drop(self.values.borrow_mut().insert(name.to_owned(), at(pointer)?)),
            Then::Done | Then::Refused(_) => {}
        }
        Ok(())
    }

    /// A word of a command with the values it names.
    fn fill(&self, word: &str) -> String {
        let values = self.values.borrow();
        values.iter().fold(word.to_owned(), |word, (name, value)| word.replace(&format!("{{{name}}}"), value))
    }

    /// Fetches the layer's URL with a client that knows nothing of AWS, and without a login.
    fn fetch_layer(&self) -> Result<()> {
        let url = self.fill("{url}");
        let path =
            url.strip_prefix(&format!("http://{}", self.context.host())).context("another server's URL")?.to_owned();
        let fetch = |path: &str| {
            let mut client = Client::new(self.context.server.address());
            client.send(Request::new("GET", path)).map_err(|error| anyhow!(error.chain()))
        };
        let answer = fetch(&path)?;
        ensure!(answer.status == 200, "{}", answer.status);
        ensure!(Digest::sha256(&answer.body).to_string() == self.fill("{layer}"), "another layer");
        let changed = fetch(&path.replace("sha256", "sha255"))?;
        ensure!((400..500).contains(&changed.status), "a changed URL: {}", changed.status);
        Ok(())
    }

    /// Pulls the image of the public repository as nobody.
    fn pull_anonymously(&self) -> Result<()> {
        let mut registry = RegistryClient::new(Client::new(self.context.server.address()));
        let repository = format!("public.ecr/{ACCOUNT}/interop/public");
        let manifest = registry.manifest(&repository, "1").map_err(|error| anyhow!(error.chain()))?;
        same("digest", &manifest.context("there is no such image")?.digest.to_string(), &self.fill("{digest}"))
    }

    fn all_called(&self, service: &str, wanted: usize) -> Result<()> {
        let called = self.called.borrow();
        let called: Vec<_> = called.iter().filter(|name| name.split(' ').next() == Some(service)).collect();
        ensure!(called.len() == wanted, "{} of {wanted}: {called:?}", called.len());
        Ok(())
    }
}
