//! What is in an image, and what is wrong with it.

use bytes::Bytes;
use plimsoll_advisories::{Severity, Timestamp};
use plimsoll_inventory::{ANALYSER_VERSION, CycloneDxVersion};
use plimsoll_oci::{Digest, ErrorCode, Reference, media};
use plimsoll_registry::{Explanation, ImageReport, RegistryError};
use plimsoll_report::{Contents, Format, NotAFormat};

use super::wire::{AttachedAnswer, ExplanationAnswer};
use super::{Call, found, json};
use crate::http::Response;
use crate::oci::OciError;
use crate::report::{ExplainedReport, Report};

/// The image that is asked of.
fn reference(call: &Call<'_>) -> Result<Reference, OciError> {
    let reference = call.parameter("reference");
    let reference = reference.as_deref().unwrap_or("latest").parse();
    reference.map_err(|error| OciError::new(ErrorCode::ManifestUnknown, error))
}

/// `GET …/findings/<name>`
pub(super) async fn findings(call: &Call<'_>) -> Result<Response, OciError> {
    let format = format(call)?;
    let explanation = call.state.registry.explain(&call.repository, &reference(call)?).await?;
    if let Some(format) = format {
        return written(&explanation.report, format);
    }
    let report = Report::new(&explanation.report, verdict(&explanation));
    let Some(severity) = call.parameter("fix") else { return Ok(json(&report)) };
    let severity = match severity.as_str() {
        "any" => Severity::Unknown,
        word => word
            .parse()
            .map_err(|_| OciError::new(ErrorCode::Unsupported, "fix: \"any\" or a severity, such as high"))?,
    };
    let plan = call.state.registry.fix_plan(&explanation.report, severity)?;
    Ok(json(&report.with_plan(&explanation.report, &plan)))
}

/// `GET …/explain/<name>`
pub(super) async fn explain(call: &Call<'_>) -> Result<Response, OciError> {
    if let Some(flaw) = call.parameter("flaw") {
        let registry = &call.state.registry;
        let (report, explained) = registry.explain_flaw(&call.repository, &reference(call)?, &flaw).await?;
        return Ok(json(&ExplainedReport::new(&report, &flaw, &explained)));
    }
    let explanation = call.state.registry.explain(&call.repository, &reference(call)?).await?;
    Ok(json(&ExplanationAnswer::new(&explanation, verdict(&explanation))))
}

/// `GET …/sbom/<name>`
pub(super) async fn sbom(call: &Call<'_>) -> Result<Response, OciError> {
    let format = bill_format(call)?;
    let report = call.state.registry.report(&call.repository, &reference(call)?).await?;
    written(&report, format)
}

/// `POST …/sbom/<name>`
pub(super) async fn attach_sbom(call: &Call<'_>) -> Result<Response, OciError> {
    let (registry, format) = (&call.state.registry, bill_format(call)?);
    let mut report = registry.report(&call.repository, &reference(call)?).await?;
    let image = report.digest.ok_or(RegistryError::NotAnImage)?;
    // Named, numbered and dated by the image, so that the same bill is attached once however often it is asked for.
    report.source = format!("{}@{image}", call.repository.name);
    let made_at = registry.manifest(&call.repository, &Reference::Digest(image))?.pushed_at.0.div_euclid(1000);
    let artifact_type = media::essence(format.media_type());
    let serial = Digest::sha256(format!("{} {artifact_type} {}", report.source, ANALYSER_VERSION).as_bytes());
    let serial = serial.as_bytes().first_chunk().copied().unwrap_or_default();
    let bill = crate::report::write_as(&report, format, serial, Timestamp::from_unix_seconds(made_at));
    let document = (artifact_type, Bytes::from(bill));
    let pushed = registry.attach(&call.repository, &image, document, &call.requester).await?;
    Ok(json(&AttachedAnswer {
        repository: call.repository.name.as_str(),
        subject: image.to_string(),
        digest: pushed.digest.to_string(),
        artifact_type,
        added: pushed.changed,
    }))
}

/// The form of a bill of materials that is asked for; without findings, which change by the day.
fn bill_format(call: &Call<'_>) -> Result<Format, OciError> {
    let format = format(call)?.unwrap_or(Format::CycloneDx(CycloneDxVersion::V1_6, Contents::Packages));
    if format.is_bill() {
        Ok(format.without_findings())
    } else {
        Err(OciError::new(ErrorCode::TagInvalid, "format: must be that of a bill of materials"))
    }
}

/// The form that is asked for; none where it is our own.
fn format(call: &Call<'_>) -> Result<Option<Format>, OciError> {
    let Some(name) = call.parameter("format").filter(|name| name != "json") else { return Ok(None) };
    name.parse().map(Some).map_err(|NotAFormat| {
        let names: Vec<&str> = Format::NAMES.iter().map(|(name, _)| *name).collect();
        OciError::new(ErrorCode::TagInvalid, format!("format: must be json or one of {}", names.join(", ")))
    })
}

fn written(report: &ImageReport, format: Format) -> Result<Response, OciError> {
    let text = crate::report::write(report, format).map_err(|error| OciError::from(RegistryError::Random(error)))?;
    Ok(found(Bytes::from(text), format.media_type()))
}

/// The verdict of the gates; where there are none, whether the answer is whole.
fn verdict(explanation: &Explanation) -> &'static str {
    match &explanation.verdict {
        Some(verdict) => verdict.outcome.as_str(),
        None if explanation.report.judgement.unknown.is_empty() => "pass",
        None => "unknown",
    }
}
