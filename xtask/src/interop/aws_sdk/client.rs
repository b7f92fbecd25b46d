//! A program with the aws-sdk-ecr crate, built outside the workspace and run against a server.

use std::error::Error;

use aws_sdk_ecr::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_ecr::error::ProvideErrorMetadata as _;
use aws_sdk_ecr::types::{ImageIdentifier, ImageScanningConfiguration, ImageTagMutability};
use aws_sdk_ecr::{Client, Config};

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let client = client()?;
    repository(&client).await?;
    images(&client).await?;
    pages(&client).await?;
    let deleted = client.delete_repository().repository_name("interop/sdk").force(true).send().await?;
    assert_eq!(deleted.repository().and_then(|repository| repository.repository_name()), Some("interop/sdk"));
    println!("done");
    Ok(())
}

/// What the environment names, over plain HTTP.
fn client() -> Result<Client, Box<dyn Error>> {
    let value = |name: &str| std::env::var(name);
    let credentials = Credentials::new(value("AWS_ACCESS_KEY_ID")?, value("AWS_SECRET_ACCESS_KEY")?, None, None, "environment");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(value("AWS_ENDPOINT_URL")?)
        .credentials_provider(credentials)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Ok(Client::from_conf(config))
}

async fn repository(client: &Client) -> Outcome {
    let scanning = ImageScanningConfiguration::builder().scan_on_push(true).build();
    let create = || client.create_repository().repository_name("interop/sdk");
    let made = create()
        .image_tag_mutability(ImageTagMutability::Immutable)
        .image_scanning_configuration(scanning)
        .send()
        .await?;
    let made = made.repository().ok_or("no repository")?;
    assert_eq!(made.image_tag_mutability(), Some(&ImageTagMutability::Immutable));
    assert!(made.created_at().is_some());
    let again = create().send().await.expect_err("made twice").into_service_error();
    assert!(again.is_repository_already_exists_exception(), "{again:?}");
    let token = client.get_authorization_token().send().await?;
    assert!(token.authorization_data()[0].authorization_token().is_some());
    Ok(())
}

/// An image of one configuration and no layer, all by the API.
async fn images(client: &Client) -> Outcome {
    let (config, digest) = (std::env::var("IMAGE")?.into_bytes(), std::env::var("IMAGE_DIGEST")?);
    let name = "interop/sdk";
    let upload = client.initiate_layer_upload().repository_name(name).send().await?;
    let upload = upload.upload_id().ok_or("no upload")?;
    let last = i64::try_from(config.len())? - 1;
    let part = client.upload_layer_part().repository_name(name).upload_id(upload).part_first_byte(0).part_last_byte(last);
    part.layer_part_blob(config.clone().into()).send().await?;
    let complete = client.complete_layer_upload().repository_name(name).upload_id(upload).layer_digests(&digest).send().await?;
    assert_eq!(complete.layer_digest(), Some(digest.as_str()));
    let types = "application/vnd.oci.image";
    let size = config.len();
    let descriptor = format!(r#"{{"mediaType":"{types}.config.v1+json","size":{size},"digest":"{digest}"}}"#);
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{types}.manifest.v1+json","config":{descriptor},"layers":[]}}"#
    );
    let put = |tag: &str| client.put_image().repository_name(name).image_manifest(&manifest).image_tag(tag);
    for tag in ["1", "2", "3"] {
        put(tag).send().await?;
    }
    let again = put("1").send().await.expect_err("put twice").into_service_error();
    assert!(again.is_image_already_exists_exception(), "{again:?}");
    let missing = ImageIdentifier::builder().image_tag("nothing").build();
    let got = client.batch_get_image().repository_name(name).image_ids(missing).send().await?;
    assert_eq!(got.failures()[0].failure_code().map(|code| code.as_str()), Some("ImageNotFound"));
    let unknown = client.list_images().repository_name("interop/nothing").send().await.expect_err("unknown").into_service_error();
    assert_eq!(unknown.code(), Some("RepositoryNotFoundException"));
    assert!(unknown.is_repository_not_found_exception());
    Ok(())
}

async fn pages(client: &Client) -> Outcome {
    let mut pages = client.list_images().repository_name("interop/sdk").max_results(1).into_paginator().send();
    let mut tags = Vec::new();
    while let Some(page) = pages.next().await {
        tags.extend(page?.image_ids().iter().filter_map(|image| image.image_tag().map(str::to_owned)));
    }
    tags.sort();
    assert_eq!(tags, ["1", "2", "3"]);
    Ok(())
}
