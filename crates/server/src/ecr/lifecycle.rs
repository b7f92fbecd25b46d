//! Lifecycle policies and their previews.

use plimsoll_registry::{LifecycleAction, Pick, PreviewStatus, StorageClass};

use super::call::Asked;
use super::error::EcrError;
use super::page::Page;
use super::wire::Epoch;
use super::wire::lifecycle::{
    DeleteLifecyclePolicyRequest, DeleteLifecyclePolicyResponse, GetLifecyclePolicyPreviewRequest,
    GetLifecyclePolicyPreviewResponse, GetLifecyclePolicyRequest, GetLifecyclePolicyResponse,
    LifecyclePolicyPreviewResult, LifecyclePolicyPreviewSummary, LifecyclePolicyRuleAction, PutLifecyclePolicyRequest,
    PutLifecyclePolicyResponse, StartLifecyclePolicyPreviewRequest, StartLifecyclePolicyPreviewResponse,
    TransitioningImageTotalCount,
};
use super::wire::shared::ImageIdentifier;

/// Gives a repository a lifecycle policy.
pub(super) async fn put(
    asked: &Asked<'_>,
    input: PutLifecyclePolicyRequest,
) -> Result<PutLifecyclePolicyResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let text = input.lifecycle_policy_text;
    let registry = &asked.call.state.registry;
    let put = registry.put_lifecycle_policy(&repository, text.clone(), &asked.requester()).await;
    put.map_err(EcrError::about(&repository))?;
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
    let policy = policy.map_err(EcrError::about(&repository))?;
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
    let policy = policy.map_err(EcrError::about(&repository))?;
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
    let text = started.map_err(EcrError::about(&repository))?;
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
    let preview = preview.map_err(EcrError::about(&repository))?;
    let preview = preview.ok_or_else(|| EcrError::lifecycle_policy_preview_not_found(&repository))?;
    let tag_status = input.filter.and_then(|filter| filter.tag_status).unwrap_or_default();
    let wanted = Wanted { tag_status: &tag_status, images: &images };
    let picks: &[Pick] = if let PreviewStatus::Complete(picks) = &preview.status { picks } else { &[] };
    let (registry, number) = (asked.registry.to_string(), preview.number.to_string());
    let list = [input.repository_name.as_str(), number.as_str(), tag_status.as_str()];
    let page = asked.page(&registry, &list, input.next_token.as_deref(), input.max_results)?;
    let (results, next_token) = results(picks, &wanted, &page)?;
    Ok(GetLifecyclePolicyPreviewResponse {
        registry_id: asked.registry.to_string(),
        lifecycle_policy_text: Some(preview.text.to_string()),
        status: Some(status(&preview.status)),
        next_token,
        preview_results: results,
        summary: matches!(preview.status, PreviewStatus::Complete(_)).then(|| summary(picks)),
        repository_name: input.repository_name,
    })
}

/// Which images of a preview are asked for.
struct Wanted<'a> {
    tag_status: &'a str,
    images: &'a [ImageIdentifier],
}

impl Wanted<'_> {
    fn matches(&self, pick: &Pick) -> bool {
        let named = |id: &ImageIdentifier| {
            let digest = id.image_digest.as_ref().is_none_or(|digest| *digest == pick.digest.to_string());
            let tag = id.image_tag.as_ref().is_none_or(|tag| pick.tags.iter().any(|own| own.as_str() == tag));
            digest && tag && (id.image_digest.is_some() || id.image_tag.is_some())
        };
        let tagged = match self.tag_status {
            "TAGGED" => !pick.tags.is_empty(),
            "UNTAGGED" => pick.tags.is_empty(),
            _ => true,
        };
        tagged && (self.images.is_empty() || self.images.iter().any(named))
    }
}

/// The images on a page, and the token of the page after it. Images that are asked for by name come all at once.
fn results(
    picks: &[Pick],
    wanted: &Wanted<'_>,
    page: &Page<'_>,
) -> Result<(Vec<LifecyclePolicyPreviewResult>, Option<String>), EcrError> {
    let start = page.after.as_ref().and_then(|after| after.parse::<usize>().ok()).map_or(0, |after| after + 1);
    let matching = picks.iter().enumerate().skip(start).filter(|(_, pick)| wanted.matches(pick));
    if !wanted.images.is_empty() {
        return Ok((matching.map(|(_, pick)| result(pick)).collect(), None));
    }
    let mut items: Vec<(usize, &Pick)> = matching.take(page.read()).collect();
    let next = page.cut(&mut items, |(at, _)| at.to_string())?;
    Ok((items.into_iter().map(|(_, pick)| result(pick)).collect(), next))
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
    let count = |action| picks.iter().filter(|pick| pick.action == action).fold(0, |count, _| count + 1);
    let to_archive = count(LifecycleAction::Archive);
    LifecyclePolicyPreviewSummary {
        expiring_image_total_count: Some(count(LifecycleAction::Expire)),
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
