//! Lifecycle policies and their previews.

use std::collections::BTreeMap;

use plimsoll_registry::{LifecycleAction, Pick, Preview, PreviewStatus, RegistryError, Repository, StorageClass};

use super::call::Asked;
use super::error::EcrError;
use super::wire::Epoch;
use super::wire::lifecycle::{
    DeleteLifecyclePolicyRequest, DeleteLifecyclePolicyResponse, GetLifecyclePolicyPreviewRequest,
    GetLifecyclePolicyPreviewResponse, GetLifecyclePolicyRequest, GetLifecyclePolicyResponse,
    LifecyclePolicyPreviewResult, LifecyclePolicyPreviewSummary, LifecyclePolicyRuleAction, PutLifecyclePolicyRequest,
    PutLifecyclePolicyResponse, StartLifecyclePolicyPreviewRequest, StartLifecyclePolicyPreviewResponse,
    TransitioningImageTotalCount,
};
use super::wire::shared::ImageIdentifier;

/// How many images a page of a preview has, unless fewer are asked for.
const PAGE: usize = 100;

/// Gives a repository a lifecycle policy.
pub(super) async fn put(
    asked: &Asked<'_>,
    input: PutLifecyclePolicyRequest,
) -> Result<PutLifecyclePolicyResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let text = input.lifecycle_policy_text;
    let registry = &asked.call.state.registry;
    let put = registry.put_lifecycle_policy(&repository, text.clone(), &asked.requester()).await;
    put.map_err(|error| refusal(&repository, error))?;
    Ok(PutLifecyclePolicyResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        lifecycle_policy_text: Some(text),
    })
}

/// The lifecycle policy of a repository.
pub(super) async fn get(
    asked: &Asked<'_>,
    input: GetLifecyclePolicyRequest,
) -> Result<GetLifecyclePolicyResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let policy = asked.call.state.registry.lifecycle_policy(&repository);
    let policy = policy.map_err(|error| refusal(&repository, error))?;
    Ok(GetLifecyclePolicyResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        lifecycle_policy_text: Some(policy.text),
        last_evaluated_at: policy.evaluated_at.map(|at| Epoch(at.0)),
    })
}

/// Takes the lifecycle policy of a repository away.
pub(super) async fn delete(
    asked: &Asked<'_>,
    input: DeleteLifecyclePolicyRequest,
) -> Result<DeleteLifecyclePolicyResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let registry = &asked.call.state.registry;
    let policy = registry.delete_lifecycle_policy(&repository, &asked.requester()).await;
    let policy = policy.map_err(|error| refusal(&repository, error))?;
    Ok(DeleteLifecyclePolicyResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        lifecycle_policy_text: Some(policy.text),
        last_evaluated_at: policy.evaluated_at.map(|at| Epoch(at.0)),
    })
}

/// Starts a preview of a lifecycle policy.
pub(super) async fn start_preview(
    asked: &Asked<'_>,
    input: StartLifecyclePolicyPreviewRequest,
) -> Result<StartLifecyclePolicyPreviewResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let started = asked.call.state.registry.start_lifecycle_preview(&repository, input.lifecycle_policy_text);
    let text = started.map_err(|error| refusal(&repository, error))?;
    Ok(StartLifecyclePolicyPreviewResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        lifecycle_policy_text: Some(text),
        status: Some("IN_PROGRESS"),
    })
}

/// The last preview of a repository, by pages or for some of its images.
pub(super) async fn preview(
    asked: &Asked<'_>,
    input: GetLifecyclePolicyPreviewRequest,
) -> Result<GetLifecyclePolicyPreviewResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let images = input.image_ids.unwrap_or_default();
    if !images.is_empty() && (input.next_token.is_some() || input.max_results.is_some()) {
        let field = if input.next_token.is_some() { "nextToken" } else { "maxResults" };
        return Err(EcrError::invalid_parameter(field, "Member must be null when imageIds is specified"));
    }
    let preview = asked.call.state.registry.lifecycle_preview(&repository);
    let preview = preview.map_err(|error| refusal(&repository, error))?;
    let preview = preview.ok_or_else(|| EcrError::lifecycle_policy_preview_not_found(&repository))?;
    let tagged = match input.filter.and_then(|filter| filter.tag_status).as_deref() {
        Some("TAGGED") => Some(true),
        Some("UNTAGGED") => Some(false),
        _ => None,
    };
    let wanted = Wanted { tagged, images: &images };
    let size = input.max_results.and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    let page = page(&preview, &wanted, input.next_token.as_deref(), size)?;
    Ok(GetLifecyclePolicyPreviewResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        lifecycle_policy_text: Some(preview.text.to_string()),
        status: Some(status(&preview.status)),
        next_token: page.next,
        preview_results: page.results,
        summary: page.summary,
    })
}

/// Which images of a preview are asked for.
struct Wanted<'a> {
    tagged: Option<bool>,
    images: &'a [ImageIdentifier],
}

impl Wanted<'_> {
    fn matches(&self, pick: &Pick) -> bool {
        let named = |id: &ImageIdentifier| {
            let digest = id.image_digest.as_ref().is_none_or(|digest| *digest == pick.digest.to_string());
            let tag = id.image_tag.as_ref().is_none_or(|tag| pick.tags.iter().any(|own| own.as_str() == tag));
            digest && tag && (id.image_digest.is_some() || id.image_tag.is_some())
        };
        self.tagged.is_none_or(|tagged| tagged != pick.tags.is_empty())
            && (self.images.is_empty() || self.images.iter().any(named))
    }
}

/// A page of a preview.
struct Page {
    results: Vec<LifecyclePolicyPreviewResult>,
    next: Option<String>,
    summary: Option<LifecyclePolicyPreviewSummary>,
}

/// The page at which `token` points, or the first.
fn page(preview: &Preview, wanted: &Wanted<'_>, token: Option<&str>, size: usize) -> Result<Page, EcrError> {
    let PreviewStatus::Complete(picks) = &preview.status else {
        return Ok(Page { results: Vec::new(), next: None, summary: None });
    };
    let start = token.map_or(Ok(0), |token| place(token, preview.number))?;
    let size = if wanted.images.is_empty() { size } else { usize::MAX };
    let mut matching = picks.iter().enumerate().skip(start).filter(|(_, pick)| wanted.matches(pick));
    let results: Vec<LifecyclePolicyPreviewResult> =
        matching.by_ref().take(size).map(|(_, pick)| result(pick)).collect();
    let next = matching.next().map(|(at, _)| format!("{}-{at}", preview.number));
    Ok(Page { results, next, summary: Some(summary(picks)) })
}

/// The place a token of this preview stands for.
fn place(token: &str, preview: u64) -> Result<usize, EcrError> {
    let parts = token.split_once('-').filter(|(number, _)| number.parse() == Ok(preview));
    parts.and_then(|(_, at)| at.parse().ok()).ok_or_else(|| {
        EcrError::invalid_parameter("nextToken", "Member must be a token of the last preview of this repository")
    })
}

fn result(pick: &Pick) -> LifecyclePolicyPreviewResult {
    LifecyclePolicyPreviewResult {
        image_tags: Some(pick.tags.iter().map(ToString::to_string).collect()),
        image_digest: Some(pick.digest.to_string()),
        image_pushed_at: Some(Epoch(pick.pushed_at.0)),
        action: Some(action(pick.action)),
        applied_rule_priority: Some(pick.rule.into()),
        storage_class: Some(class(pick.storage_class)),
    }
}

fn action(action: LifecycleAction) -> LifecyclePolicyRuleAction {
    match action {
        LifecycleAction::Expire => LifecyclePolicyRuleAction { r#type: Some("EXPIRE"), target_storage_class: None },
        LifecycleAction::Archive => {
            LifecyclePolicyRuleAction { r#type: Some("TRANSITION"), target_storage_class: Some("ARCHIVE") }
        }
    }
}

/// What happens to all images of the preview, whichever are asked for.
fn summary(picks: &[Pick]) -> LifecyclePolicyPreviewSummary {
    let mut counts = BTreeMap::from([(false, 0_i64), (true, 0)]);
    for pick in picks {
        *counts.entry(pick.action == LifecycleAction::Archive).or_default() += 1;
    }
    let to_archive = counts[&true];
    LifecyclePolicyPreviewSummary {
        expiring_image_total_count: Some(counts[&false]),
        transitioning_image_total_counts: (to_archive > 0).then(|| {
            vec![TransitioningImageTotalCount {
                target_storage_class: Some("ARCHIVE"),
                image_total_count: Some(to_archive),
            }]
        }),
    }
}

fn class(class: StorageClass) -> &'static str {
    match class {
        StorageClass::Standard => "STANDARD",
        StorageClass::Archive => "ARCHIVE",
    }
}

fn status(status: &PreviewStatus) -> &'static str {
    match status {
        PreviewStatus::InProgress => "IN_PROGRESS",
        PreviewStatus::Complete(_) => "COMPLETE",
        PreviewStatus::Expired => "EXPIRED",
        PreviewStatus::Failed => "FAILED",
    }
}

/// Why something was not done to a repository.
fn refusal(repository: &Repository, error: RegistryError) -> EcrError {
    match error {
        RegistryError::RepositoryUnknown => EcrError::repository_not_found(repository),
        RegistryError::LifecyclePolicy(error) => EcrError::new("InvalidParameterException", error.message()),
        RegistryError::LifecyclePolicyUnknown => EcrError::lifecycle_policy_not_found(repository),
        RegistryError::PreviewInProgress => EcrError::lifecycle_policy_preview_in_progress(repository),
        other => other.into(),
    }
}
