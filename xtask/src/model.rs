//! The input constraints of the Amazon ECR operations, read from the service models that botocore carries, and written
//! as Rust source that the server validates requests by.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::interop::install;
use crate::run;

/// Where the source is written, below the root of the workspace.
const OUTPUT: &str = "crates/server/src/ecr/model";
/// The services, by the path of their model below botocore's `data` and the file written.
const SERVICES: [(&str, &str); 2] =
    [("ecr/2015-09-21/service-2.json", "ecr.rs"), ("ecr-public/2020-10-30/service-2.json", "ecr_public.rs")];
/// The patterns that the server has a matcher for. One that is not here needs one first.
const PATTERNS: [(&str, &str); 15] = [
    ("RegistryId", r"[0-9]{12}"),
    ("Region", r"[0-9a-z-]{2,25}"),
    ("RepositoryName", r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"),
    ("PublicRepositoryName", r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"),
    ("Prefix", r"^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$"),
    ("LayerDigest", r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+"),
    ("Uuid", r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
    ("TagFilter", r"^[0-9a-zA-Z._*-]{1,128}$"),
    ("RepositoryFilter", r"^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$"),
    ("ScanningFilter", r"^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$"),
    ("SigningFilter", r"^(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*$"),
    ("PrincipalArn", r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\w+=,.@-]+(/[\w+=,.@-]+)*$"),
    ("SigningProfileArn", r"^arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:\/signing-profiles\/[a-zA-Z0-9_]{2,}$"),
    (
        "CredentialArn",
        r"^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr\-pullthroughcache\/[a-zA-Z0-9\/_+=.@-]+$",
    ),
    ("TemplateKmsKey", r"^$|arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-z0-9-]+"),
];

/// Which model, and whether to write.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The directory of an installed botocore, the one with `data` in it; the newest is installed without
    #[arg(long)]
    botocore: Option<PathBuf>,
    /// Write nothing; fail if the model says anything else than what is written
    #[arg(long)]
    check: bool,
}

/// Writes the models, or compares them with what is written.
pub(crate) fn model(root: &Path, arguments: &Arguments) -> Result<()> {
    let botocore = install::botocore(arguments.botocore.as_deref())?;
    let mut files = vec![("patterns.rs", patterns())];
    for (model, file) in SERVICES {
        let path = botocore.join("data").join(model);
        let model = read(&path).with_context(|| path.display().to_string())?;
        files.push((file, Generator::new(&model)?.source()?));
    }
    for (file, source) in files {
        let path = root.join(OUTPUT).join(file);
        let source = format(root, &source)?;
        if !arguments.check {
            fs::write(&path, source)?;
        } else if fs::read_to_string(&path)? != source {
            bail!("{} is not what the model says: run `cargo xtask model`", path.display());
        }
    }
    Ok(())
}

/// Reads a model, which botocore may carry compressed.
fn read(path: &Path) -> Result<Value> {
    if path.exists() {
        return Ok(serde_json::from_slice(&fs::read(path)?)?);
    }
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path.with_extension("json.gz"))?).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

/// Formats source as the workspace's own is.
fn format(root: &Path, source: &str) -> Result<String> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("generated.rs");
    fs::write(&path, source)?;
    run::run(Command::new("rustfmt").args(["--edition", "2024", "--config-path"]).arg(root).arg(&path))?;
    Ok(fs::read_to_string(&path)?)
}

fn patterns() -> String {
    let variants = PATTERNS.map(|(name, text)| format!("/// `{text}`\n{name},\n")).concat();
    let texts = PATTERNS.map(|(name, text)| format!("Self::{name} => r\"{text}\",\n")).concat();
    format!(
        "//! The patterns of the models. Written by `cargo xtask model`.\n\n\
         /// A pattern of the models.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq)]\n\
         pub(crate) enum Pattern {{\n{variants}}}\n\n\
         impl Pattern {{\n/// The regular expression, as the models write it.\n\
         pub(crate) const fn text(self) -> &'static str {{\nmatch self {{\n{texts}}}\n}}\n}}\n"
    )
}

/// Writes the source of one service.
struct Generator<'a> {
    version: &'a str,
    operations: &'a serde_json::Map<String, Value>,
    shapes: &'a serde_json::Map<String, Value>,
    /// The shapes that inputs are made of, by their name.
    written: BTreeMap<&'a str, String>,
}

impl<'a> Generator<'a> {
    fn new(model: &'a Value) -> Result<Self> {
        let object = |key: &str| model[key].as_object().with_context(|| format!("the model has no {key}"));
        let version = model["metadata"]["uid"].as_str().context("the model has no uid")?;
        Ok(Self { version, operations: object("operations")?, shapes: object("shapes")?, written: BTreeMap::new() })
    }

    fn source(mut self) -> Result<String> {
        let mut operations = String::new();
        for (name, operation) in self.operations {
            let input = operation["input"]["shape"].as_str().with_context(|| format!("{name} has no input"))?;
            self.write_shape(input)?;
            writeln!(operations, "    operation({name:?}, &{}, {:?}),", constant(input), violation(operation))?;
        }
        let mut source = format!("//! The operations of `{}`. Written by `cargo xtask model`.\n\n", self.version);
        let shapes = self.written.values().cloned().collect::<String>();
        let used = |name: &&str| shapes.contains(&format!("{name}("));
        let names = ["blob", "list", "number", "optional", "required", "structure", "text"];
        let names = names.into_iter().filter(used).collect::<Vec<_>>().join(", ");
        let pattern = if shapes.contains("Pattern::") { ", Pattern" } else { "" };
        writeln!(source, "use super::{{Operation{pattern}, Shape, operation, {names}}};\n")?;
        writeln!(
            source,
            "/// The operations, by their name.\npub(crate) static OPERATIONS: &[Operation] = &[\n{operations}];\n"
        )?;
        Ok(source + &shapes)
    }

    /// Writes a shape and those it is made of.
    fn write_shape(&mut self, name: &'a str) -> Result<()> {
        if self.written.contains_key(name) {
            return Ok(());
        }
        let shape = self.shapes.get(name).with_context(|| format!("the model has no shape {name}"))?;
        // Before its members, so that a shape that holds itself ends.
        self.written.insert(name, String::new());
        let known = ["type", "documentation", "members", "member", "required", "min", "max", "pattern", "enum", "box"];
        if let Some(other) =
            shape.as_object().into_iter().flat_map(serde_json::Map::keys).find(|key| !known.contains(&key.as_str()))
        {
            bail!("{name} says {other:?}, which is not understood");
        }
        let kind = shape["type"].as_str().with_context(|| format!("{name} has no type"))?;
        let value = match kind {
            "structure" => self.structure(shape)?,
            "list" => {
                let member = shape["member"]["shape"].as_str().with_context(|| format!("{name} has no member"))?;
                self.write_shape(member)?;
                format!("list(&{}){}", constant(member), range(shape))
            }
            "string" => text(shape).with_context(|| name.to_owned())?,
            "integer" | "long" => format!("number(){}", range(shape)),
            "boolean" => "Shape::Boolean".to_owned(),
            "blob" => format!("blob(){}", range(shape)),
            other => bail!("{name} is a {other}, which is not understood"),
        };
        self.written.insert(name, format!("static {}: Shape = {value};\n", constant(name)));
        Ok(())
    }

    fn structure(&mut self, shape: &'a Value) -> Result<String> {
        let required: Vec<_> = shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut members = String::new();
        for (name, member) in shape["members"].as_object().context("a structure without members")? {
            let target = member["shape"].as_str().context("a member without a shape")?;
            self.write_shape(target)?;
            let word = if required.contains(&name.as_str()) { "required" } else { "optional" };
            write!(members, "{word}({name:?}, &{}), ", constant(target))?;
        }
        Ok(format!("structure(&[{members}])"))
    }
}

/// The error an operation declares for input that breaks a constraint.
fn violation(operation: &Value) -> &'static str {
    let declared: Vec<_> = operation["errors"].as_array().into_iter().flatten().map(|error| &error["shape"]).collect();
    let declares = |name: &&str| declared.iter().any(|error| *error == name);
    ["InvalidParameterException", "ValidationException"].into_iter().find(declares).unwrap_or("ValidationException")
}

fn text(shape: &Value) -> Result<String> {
    let mut value = format!("text(){}", range(shape));
    if let Some(pattern) = shape["pattern"].as_str() {
        let known = PATTERNS.iter().find(|(_, text)| *text == pattern);
        let (name, _) = known.with_context(|| format!("the server has no matcher for the pattern {pattern}"))?;
        write!(value, ".pattern(Pattern::{name})")?;
    }
    if let Some(values) = shape["enum"].as_array() {
        let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
        write!(value, ".values(&{values:?})")?;
    }
    Ok(value)
}

fn range(shape: &Value) -> String {
    let bound =
        |key: &str| shape[key].as_i64().map(|bound| format!(".{key}({})", separated(bound))).unwrap_or_default();
    bound("min") + &bound("max")
}

/// `4194304` -> `4_194_304`
fn separated(number: i64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join("_")
}

/// `RepositoryName` -> `REPOSITORY_NAME`
fn constant(name: &str) -> String {
    let mut constant = String::new();
    let mut before = 'A';
    for letter in name.chars() {
        if letter.is_uppercase() && !before.is_uppercase() {
            constant.push('_');
        }
        constant.extend(letter.to_uppercase());
        before = letter;
    }
    constant
}
