//! The AWS side: pages of long lists, tokens for docker, and what a signature and a decision cost by themselves.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, ensure};
use plimsoll_iam::{Caller, Context, Named, Policy, PolicyKind, Principal, Question, User, decide, sigv4};
use plimsoll_testkit::image::ImageBuilder;
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use plimsoll_testkit::registry::RegistryClient;
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use plimsoll_testkit::{RealBinary, ServeOptions};
use serde_json::{Value, json};

use super::Setup;
use super::measure::{Row, median, on_threads, seconds};
use super::peers::PLIMSOLL;

const REPOSITORY: &str = "bench/images";
const CLIENTS: usize = 16;
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// The time of a page of 100 from the middle of lists of 10,000 repositories and images.
pub(super) fn pages(setup: &Setup) -> Result<Vec<Row>> {
    let server = start(setup)?;
    let count = setup.scaled(10_000);
    let create = |client: &mut AwsClient, number: usize| {
        call(client, "CreateRepository", &json!({ "repositoryName": format!("bench/many-{number:05}") })).map(drop)
    };
    on_threads(CLIENTS, count, || aws(&server), create)?;
    on_threads(CLIENTS, count, || server.registry(), push)?;
    let lists = [
        ("DescribeRepositories", json!({}), "repositories"),
        ("DescribeImages", json!({ "repositoryName": REPOSITORY }), "imageDetails"),
        ("ListImages", json!({ "repositoryName": REPOSITORY }), "imageIds"),
    ];
    lists.into_iter().map(|(operation, input, member)| page_row(&server, operation, input, member, count)).collect()
}

/// Walks a whole list by pages of 100, and gives the median time of one.
fn page_row(server: &RealBinary, operation: &str, mut input: Value, member: &str, count: usize) -> Result<Row> {
    let mut client = aws(server);
    let (mut times, mut seen) = (Vec::new(), 0);
    input["maxResults"] = 100.into();
    loop {
        let begun = Instant::now();
        let output = call(&mut client, operation, &input)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        seen += output[member].as_array().map_or(0, Vec::len);
        match output.get("nextToken") {
            Some(next) if !next.is_null() => input["nextToken"] = next.clone(),
            _ => break,
        }
    }
    ensure!(seen >= count, "{operation} listed {seen} of {count}");
    let work = format!("{operation}, a page of 100 of {count}");
    Ok(Row { work, unit: "ms", values: vec![(PLIMSOLL, median(times))], aim: "5 ms", less: true })
}

/// How many tokens for docker a second; the clients sign on the same machine.
pub(super) fn tokens(setup: &Setup) -> Result<Vec<Row>> {
    let server = start(setup)?;
    let count = setup.scaled(10_000);
    let rates: Result<Vec<f64>> = (0..setup.runs)
        .map(|_| {
            let ask = |client: &mut AwsClient, _: usize| call(client, "GetAuthorizationToken", &json!({})).map(drop);
            Ok(count as f64 / seconds(|| on_threads(CLIENTS, count, || aws(&server), ask))?)
        })
        .collect();
    let work = format!("GetAuthorizationToken, {CLIENTS} clients");
    Ok(vec![Row { work, unit: "requests/s", values: vec![(PLIMSOLL, median(rates?))], aim: "2,000", less: false }])
}

/// What a decision over 50 statements and the verification of a signature cost, without a server around them.
pub(super) fn decisions(_: &Setup) -> Result<Vec<Row>> {
    let row = |work: &str, value, aim| Row {
        work: work.to_owned(),
        unit: "µs",
        values: vec![(PLIMSOLL, value)],
        aim,
        less: true,
    };
    Ok(vec![
        row("policy decision, 50 statements", decision_time()?, "20 µs"),
        row("verification of a request's signature", verification_time()?, "50 µs"),
    ])
}

fn decision_time() -> Result<f64> {
    let statements: Vec<Value> = (0..50)
        .map(|number| {
            json!({
                "Effect": "Allow",
                "Action": ["ecr:BatchGetImage", "ecr:Put*"],
                "Resource": format!("arn:aws:ecr:*:000000000042:repository/team-{number}/*"),
                "Condition": { "StringEquals": { "aws:PrincipalTag/team": format!("team-{number}") } },
            })
        })
        .collect();
    let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let policy = Policy::parse(&document, PolicyKind::Identity)?;
    let account = "000000000042".parse()?;
    let user = User { account, path: "/".to_owned(), name: "bench".to_owned(), id: "AIDABENCH".to_owned() };
    let caller = Caller {
        identity: vec![Named::new("bench", Arc::new(policy))],
        tags: vec![("team".to_owned(), "team-49".to_owned())],
        ..Caller::bare(Principal::User(user))
    };
    let context = Context::new();
    let question = Question {
        caller: &caller,
        action: "ecr:PutImage",
        resource: "arn:aws:ecr:eu-west-1:000000000042:repository/team-49/app",
        owner: account,
        context: &|| context.clone(),
        resource_policies: &[],
    };
    ensure!(decide(&question).allowed(), "the last statement allows it");
    Ok(microseconds_each(|| {
        black_box(decide(black_box(&question)));
    }))
}

fn verification_time() -> Result<f64> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let signer = Signer {
        access_key_id: "PLIMAAAAAAAAAAAAAAAA".to_owned(),
        secret_access_key: SECRET.to_owned(),
        session_token: None,
        region: "us-east-1".to_owned(),
        service: "ecr".to_owned(),
        skew: 0,
    };
    let mut headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("host", "127.0.0.1:5000"),
        ("x-amz-target", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    headers.extend(signer.sign("POST", "/", &headers, b"{}"));
    let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let digest = plimsoll_testkit::Digest::sha256(b"{}");
    let mut body = [0; 32];
    body.copy_from_slice(digest.as_bytes());
    let verify = || -> Result<()> {
        let request = sigv4::Request { method: "POST", path: "/", query: "", headers: &headers };
        let signed = sigv4::parse(&request).map_err(|error| anyhow!("{error:?}"))?.context("not signed")?;
        let verified = signed.verify(SECRET, sigv4::Body::Sha256(body), now.cast_signed());
        verified.map_err(|error| anyhow!("{error:?}"))
    };
    verify()?;
    Ok(microseconds_each(|| {
        let _ = black_box(verify());
    }))
}

fn microseconds_each(work: impl Fn()) -> f64 {
    const TIMES: u32 = 20_000;
    let begun = Instant::now();
    (0..TIMES).for_each(|_| work());
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
}

/// Pushes an image of one small layer, different for each number.
fn push(registry: &mut RegistryClient, number: usize) -> Result<()> {
    let layer = LayerBuilder::new().file("etc/number", number.to_string()).build(Compression::Gzip)?;
    let image = ImageBuilder::new().layer(layer).build();
    let pushed = registry.push_image(REPOSITORY, &format!("v{number}"), &image);
    pushed.map_err(|error| anyhow!(error.chain()))
}

fn start(setup: &Setup) -> Result<RealBinary> {
    let directory = tempfile::tempdir_in(setup.directory.path())?.keep();
    let server = RealBinary::start(&setup.binary, &directory, &ServeOptions::default());
    server.map_err(|error| anyhow!(error.chain()))
}

fn aws(server: &RealBinary) -> AwsClient {
    AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr"))
}

fn call(client: &mut AwsClient, operation: &str, input: &Value) -> Result<Value> {
    let answer = client.call(operation, input).map_err(|error| anyhow!(error.chain()))?;
    ensure!(answer.status == 200, "{operation}: {}", answer.summary());
    Ok(answer.body)
}
