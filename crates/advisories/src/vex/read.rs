//! Tells the form of a document by its content, and takes it out of what it is wrapped in.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::field::{broken, short};
use super::{Document, VexError, csaf, cyclonedx, openvex};

/// How many bytes a document may have, with all it is wrapped in.
pub const MAX_DOCUMENT: usize = 64 << 20;
/// How many wrappings there may be one in another: a bundle, an envelope, an attestation and cosign's own.
const MAX_WRAPPINGS: usize = 4;
/// What a document may be attested for.
const MAX_ATTESTED: usize = 10_000;

/// The members that tell forms apart.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(rename = "@context")]
    context: Option<IgnoredAny>,
    document: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<IgnoredAny>,
    #[serde(borrow, rename = "dsseEnvelope")]
    envelope: Option<&'a RawValue>,
    #[serde(borrow, rename = "payloadType")]
    payload_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
    #[serde(borrow, rename = "_type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    predicate: Option<&'a RawValue>,
    #[serde(borrow, rename = "Data")]
    data: Option<&'a RawValue>,
}

/// What an attestation is about.
#[derive(Deserialize)]
struct Attested<'a> {
    #[serde(borrow, default)]
    digest: Digests<'a>,
}

#[derive(Default, Deserialize)]
struct Digests<'a> {
    #[serde(borrow)]
    sha256: Option<Cow<'a, str>>,
    #[serde(borrow)]
    sha512: Option<Cow<'a, str>>,
}

/// Reads a document of at most [`MAX_DOCUMENT`] bytes: of every form that is read, by itself or as the predicate of an
/// [in-toto](https://github.com/in-toto/attestation) statement, also in a
/// [DSSE](https://github.com/secure-systems-lab/dsse) envelope or a sigstore bundle with one. What is a document is told
/// by its content; signatures are not verified.
///
/// Fails as a whole where a part breaks a rule: half of what somebody says may be the opposite of it.
pub fn read(bytes: &[u8]) -> Result<Document, VexError> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(broken("the document", "it has more than 64 MiB"));
    }
    let mut held = Cow::Borrowed(bytes);
    let mut attested_for = Vec::new();
    for _ in 0..=MAX_WRAPPINGS {
        let unwrapped = {
            let outline: Outline<'_> = serde_json::from_slice(&held).map_err(VexError::Json)?;
            if let Some(subject) = outline.subject.filter(|_| outline.is_attestation()) {
                attested_for = digests(subject)?;
            }
            outline.unwrapped()?
        };
        match unwrapped {
            Some(inner) => held = inner.into(),
            None => return document(&held).map(|document| Document { attested_for, ..document }),
        }
    }
    Err(broken("the document", "it is wrapped more than four times"))
}

fn document(bytes: &[u8]) -> Result<Document, VexError> {
    let outline: Outline<'_> = serde_json::from_slice(bytes).map_err(VexError::Json)?;
    match outline {
        Outline { context: Some(_), .. } => openvex::read(bytes),
        Outline { document: Some(_), .. } => csaf::read(bytes),
        Outline { bom_format: Some(_), .. } => cyclonedx::read(bytes),
        _ => Err(VexError::Unknown),
    }
}

impl Outline<'_> {
    fn is_attestation(&self) -> bool {
        self.kind.as_ref().is_some_and(|kind| kind.starts_with("https://in-toto.io/Statement/"))
    }

    /// What is in it, where it is a wrapping.
    fn unwrapped(&self) -> Result<Option<Vec<u8>>, VexError> {
        if let Some(envelope) = self.envelope {
            return Ok(Some(envelope.get().into()));
        }
        if let (Some(kind), Some(payload)) = (&self.payload_type, self.payload) {
            if kind != "application/vnd.in-toto+json" {
                return Err(broken("payloadType", "it is not application/vnd.in-toto+json"));
            }
            let payload = string("payload", payload)?;
            return base64(&payload).map(Some).ok_or_else(|| broken("payload", "it is not base64"));
        }
        if self.is_attestation() {
            let predicate = self.predicate.ok_or_else(|| broken("predicate", "it is missing"))?;
            return Ok(Some(predicate.get().into()));
        }
        match self.data {
            // What cosign puts around a predicate of a type that it does not know.
            Some(data) if data.get().starts_with('"') => Ok(Some(string("Data", data)?.into_bytes())),
            data => Ok(data.map(|data| data.get().into())),
        }
    }
}

fn string(field: &str, value: &RawValue) -> Result<String, VexError> {
    serde_json::from_str(value.get()).map_err(|_| broken(field, "it is not a string"))
}

/// Both alphabets are in use, with and without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) { alphabet::URL_SAFE } else { alphabet::STANDARD };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet, config).decode(text).ok()
}

fn digests(subject: &RawValue) -> Result<Vec<String>, VexError> {
    let attested: Vec<Attested<'_>> = serde_json::from_str(subject.get())
        .map_err(|_| broken("subject", "it is not a list of things with digests"))?;
    if attested.len() > MAX_ATTESTED {
        return Err(broken("subject", "it has more than 10,000 members"));
    }
    let mut digests = Vec::new();
    for (number, Attested { digest }) in attested.into_iter().enumerate() {
        for (algorithm, hex) in [("sha256", digest.sha256), ("sha512", digest.sha512)] {
            let Some(hex) = hex else { continue };
            short(&format!("subject[{number}].digest.{algorithm}"), &hex)?;
            digests.push(format!("{algorithm}:{}", hex.to_ascii_lowercase()));
        }
    }
    Ok(digests)
}
