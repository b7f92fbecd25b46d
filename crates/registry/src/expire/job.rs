//! Carrying out the lifecycle policies of all repositories.
//!
//! A run walks the repositories that have a policy, selects from facts it reads then, and changes at most a hundred images
//! in one transaction. It keeps no state of its own: killed at any moment, it leaves what the transactions before it made,
//! and the next run selects what is still due.

use std::sync::Arc;

use plimsoll_catalog::{
    CatalogError, Event, LifecycleAction, LifecycleChange, LifecyclePolicy, LifecycleTask, Repository,
};
use plimsoll_rules::lifecycle::{Action, Policy};
use serde_json::json;

use super::selection::Pick;
use super::steps::{Step, steps};
use crate::push::blocking;
use crate::{Deed, Registry, RegistryError, Requester, now};

/// How many repositories are asked for at once.
const PAGE: usize = 100;
/// How often a repository is looked at anew because it changed between look and leap.
const ATTEMPTS: usize = 5;

/// What a run has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LifecycleRun {
    /// The repositories whose policy was carried out.
    pub repositories: u64,
    /// The images that expired.
    pub expired: u64,
    /// The images that went to the archive.
    pub archived: u64,
    /// The repositories whose policy could not be carried out; the log says why.
    pub failed: u64,
}

impl Registry {
    /// Carries out the lifecycle policy of every repository that has one. What fails in one does not keep it from the
    /// others.
    pub async fn carry_out_lifecycle_policies(&self) -> Result<LifecycleRun, RegistryError> {
        let mut run = LifecycleRun::default();
        let mut after = None;
        loop {
            let catalog = Arc::clone(&self.catalog);
            let tasks = blocking(move || Ok(catalog.lifecycle_tasks(after, PAGE)?)).await?;
            let Some(last) = tasks.last() else { return Ok(run) };
            after = Some(last.position);
            for task in &tasks {
                match self.carry_out(task, &mut run).await {
                    Ok(()) => run.repositories += 1,
                    Err(error) => {
                        run.failed += 1;
                        let repository = task.repository.name.as_str();
                        tracing::error!(%error, repository, "a lifecycle policy could not be carried out");
                    }
                }
            }
        }
    }

    /// Carries out one policy. Where the repository changes between look and leap, it looks again.
    async fn carry_out(&self, task: &LifecycleTask, run: &mut LifecycleRun) -> Result<(), RegistryError> {
        let mut task = task.clone();
        for _ in 0..ATTEMPTS {
            match self.carry_out_once(&task, Policy::parse(&task.policy.text)?, run).await {
                Err(RegistryError::Catalog(CatalogError::Outdated)) => {}
                done => return done,
            }
            match self.policy_of(&task).await? {
                Some(policy) => task.policy = policy,
                None => return Ok(()),
            }
        }
        // Somebody is busy there. What is due is still due at the next run.
        Err(RegistryError::Contended)
    }

    async fn carry_out_once(
        &self,
        task: &LifecycleTask,
        policy: Policy,
        run: &mut LifecycleRun,
    ) -> Result<(), RegistryError> {
        let (repository, text) = (&task.repository, task.policy.text.as_str());
        let now = now();
        let picks = match self.select(repository.clone(), policy, now).await {
            // It was deleted meanwhile.
            Err(RegistryError::RepositoryUnknown) => return Ok(()),
            picks => picks?,
        };
        let mut outdated = None;
        for step in steps(picks) {
            outdated = self.step_by_parts(task, &step, run).await?.or(outdated);
        }
        if let Some(outdated) = outdated {
            return Err(outdated);
        }
        self.catalog.lifecycle_evaluated(repository, text, now).await?;
        Ok(())
    }

    /// Takes a step at once, or where one of its images has changed since, what is left of it image by image: of a
    /// repository that is always busy, something would always have changed. Answers the error if not all of it was done.
    async fn step_by_parts(
        &self,
        task: &LifecycleTask,
        step: &Step,
        run: &mut LifecycleRun,
    ) -> Result<Option<RegistryError>, RegistryError> {
        let outdated = |done: Result<(), RegistryError>| match done {
            Err(error @ RegistryError::Catalog(CatalogError::Outdated)) => Ok(Some(error)),
            done => done.map(|()| None),
        };
        if outdated(self.step(task, step, run).await)?.is_none() {
            return Ok(None);
        }
        if self.policy_of(task).await?.is_none_or(|policy| policy.text != task.policy.text) {
            return Ok(Some(CatalogError::Outdated.into()));
        }
        let mut first = None;
        for part in step.parts() {
            first = first.or(outdated(self.step(task, &part, run).await)?);
        }
        Ok(first)
    }

    /// The policy that is in force now; `None` if there is none, or no such repository.
    async fn policy_of(&self, task: &LifecycleTask) -> Result<Option<LifecyclePolicy>, RegistryError> {
        let (catalog, repository) = (Arc::clone(&self.catalog), task.repository.clone());
        match blocking(move || Ok(catalog.lifecycle_policy(&repository)?)).await {
            Err(RegistryError::RepositoryUnknown) => Ok(None),
            found => found,
        }
    }

    async fn step(&self, task: &LifecycleTask, step: &Step, run: &mut LifecycleRun) -> Result<(), RegistryError> {
        let LifecycleTask { repository, policy, .. } = task;
        let cause = requester(step).cause(deed(repository, step), Some(event(repository, step)));
        let changes = step.picks.iter().map(change).collect();
        // What was pulled a moment ago is not to be archived for not being pulled.
        self.record_pulls().await?;
        self.catalog.carry_out_lifecycle_step(repository, &policy.text, changes, cause).await?;
        run.count(step);
        Ok(())
    }
}

impl LifecycleRun {
    fn count(&mut self, step: &Step) {
        let images = step.picks.len() as u64;
        match step.action {
            Action::Expire => self.expired += images,
            Action::Archive => self.archived += images,
        }
    }
}

fn requester(step: &Step) -> Requester {
    Requester::local(&format!("lifecycle rule {}", step.rule))
}

fn deed<'a>(repository: &Repository, step: &Step) -> Deed<'a> {
    let images: Vec<String> = step.picks.iter().map(|pick| format!("{} ({})", pick.digest, pick.reason)).collect();
    let action = match step.action {
        Action::Expire => "lifecycle:Expire",
        Action::Archive => "lifecycle:Archive",
    };
    Deed::on(repository, action, images.join(", "))
}

fn event(repository: &Repository, step: &Step) -> Event {
    let images = step.picks.iter().map(|pick| {
        json!({ "digest": pick.digest.to_string(), "tags": pick.tags.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "reason": pick.reason.to_string() })
    });
    let payload = json!({
        "account": repository.account.to_string(),
        "repository": repository.name.as_str(),
        "rule": step.rule,
        "images": images.collect::<Vec<_>>(),
    });
    let kind = match step.action {
        Action::Expire => "image.expired",
        Action::Archive => "image.archived",
    };
    Event { kind: kind.to_owned(), payload: payload.to_string() }
}

pub(super) fn change(pick: &Pick) -> LifecycleChange {
    LifecycleChange {
        digest: pick.digest,
        action: match pick.action {
            Action::Expire => LifecycleAction::Expire,
            Action::Archive => LifecycleAction::Archive,
        },
        reason: format!("lifecycle rule {}: {}", pick.rule, pick.reason),
        tags: pick.tags.clone(),
        state: pick.state,
    }
}
