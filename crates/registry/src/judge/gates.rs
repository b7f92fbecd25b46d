//! The gates at pull: for manifests, for indexes, and for blobs, so that there is no way around.

use std::fmt;
use std::sync::Arc;

use plimsoll_catalog::{Repository, StoredManifest};
use plimsoll_iam::Principal;
use plimsoll_oci::{Digest, Reference};
use plimsoll_rules::{Gate, Outcome, Reason, Verdict};
use serde_json::{Value, json};

use super::{Known, Present};
use crate::{Registry, RegistryError};

/// How deep indexes may list indexes before a gate gives up on them.
pub(super) const MAX_DEPTH: usize = 4;

/// A gate's refusal, with all that its reader needs.
#[derive(Clone, Debug)]
pub struct Refusal {
    image: String,
    verdict: Arc<Verdict>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.verdict.denial(&self.image))
    }
}

impl Refusal {
    /// The refusal for programs.
    pub fn detail(&self) -> Value {
        let reasons: Vec<Value> = self.verdict.reasons.iter().map(reason).collect();
        json!({
            "gate": self.verdict.gate,
            "image": self.image,
            "verdict": self.verdict.outcome.as_str(),
            "reasons": reasons,
        })
    }
}

fn reason(reason: &Reason) -> Value {
    match reason {
        Reason::Finding { id, package, installed, fixed, severity, path } => json!({
            "id": id,
            "package": package,
            "installed": installed,
            "fixed": fixed,
            "severity": severity.as_str(),
            "path": path,
        }),
        Reason::Unknown(reason) => json!({ "unknown": reason }),
    }
}

impl Registry {
    /// Refuses a manifest that a gate closes on for `principal`.
    pub(crate) fn pass_gates(
        &self,
        repository: &Repository,
        reference: &Reference,
        manifest: &StoredManifest,
        principal: &Principal,
    ) -> Result<(), RegistryError> {
        if !self.guarded(repository, principal) {
            return Ok(());
        }
        let present = self.present()?;
        let verdict = self.verdict(repository, manifest, &principal.identity_arn(), &present)?;
        if !verdict.refuses() {
            return Ok(());
        }
        let separator = if matches!(reference, Reference::Tag(_)) { ':' } else { '@' };
        let image = format!("{}{separator}{reference}", repository.name);
        Err(RegistryError::Refused(Box::new(Refusal { image, verdict })))
    }

    /// Refuses a blob unless it belongs to a manifest that passes; a principal that may only pull has no business with
    /// any other.
    pub(crate) fn pass_gates_for_blob(
        &self,
        repository: &Repository,
        digest: &Digest,
        principal: &Principal,
    ) -> Result<(), RegistryError> {
        if !self.guarded(repository, principal) {
            return Ok(());
        }
        let mut refused = RegistryError::BlobUnknown;
        for user in self.catalog.manifests_using_blob(repository, digest)? {
            let reference = Reference::Digest(user);
            let Some(manifest) = self.catalog.manifest(repository, &reference)? else { continue };
            match self.pass_gates(repository, &reference, &manifest, principal) {
                Ok(()) => return Ok(()),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// What the gates that guard a repository against `principal` say of a manifest, the worst of it.
    pub(crate) fn verdict(
        &self,
        repository: &Repository,
        manifest: &StoredManifest,
        principal: &str,
        present: &Present,
    ) -> Result<Arc<Verdict>, RegistryError> {
        let mut worst = Arc::new(Verdict::default());
        for (number, gate) in self.config.gates.iter().enumerate() {
            if gate.guards(&repository.name, principal) {
                let verdict = self.verdict_of_tree(repository, manifest, number, gate, present, 0)?;
                if verdict.outcome > worst.outcome || worst.gate.is_none() {
                    worst = verdict;
                }
            }
        }
        Ok(worst)
    }

    fn guarded(&self, repository: &Repository, principal: &Principal) -> bool {
        self.config.gates.iter().any(|gate| gate.guards(&repository.name, &principal.identity_arn()))
    }

    /// An index is as bad as the worst of the children that the repository serves.
    fn verdict_of_tree(
        &self,
        repository: &Repository,
        manifest: &StoredManifest,
        number: usize,
        gate: &Gate,
        present: &Present,
        depth: usize,
    ) -> Result<Arc<Verdict>, RegistryError> {
        let mut worst = self.verdict_of_one(repository, manifest, number, gate, present)?;
        if worst.refuses() {
            return Ok(worst);
        }
        for child in self.catalog.children(repository, &manifest.digest)? {
            if depth == MAX_DEPTH {
                return Ok(Arc::new(gate.evaluate_unknown("indexes are nested too deep")));
            }
            let Some(child) = self.catalog.manifest(repository, &Reference::Digest(child))? else { continue };
            let verdict = self.verdict_of_tree(repository, &child, number, gate, present, depth + 1)?;
            if verdict.outcome > worst.outcome {
                worst = verdict;
            }
        }
        Ok(worst)
    }

    fn verdict_of_one(
        &self,
        repository: &Repository,
        manifest: &StoredManifest,
        number: usize,
        gate: &Gate,
        present: &Present,
    ) -> Result<Arc<Verdict>, RegistryError> {
        let hearsay = self.hearsay(repository, &manifest.digest, present)?;
        let key = (hearsay.standing.clone(), number);
        if let Some(verdict) = self.judgements.verdicts.get(&key) {
            return Ok(verdict);
        }
        let verdict = match self.known_with(&hearsay, manifest, present)? {
            Known::Judged(judged) => gate.evaluate(&judged.judgement, present.time.into()),
            Known::Incomplete(judged) => return Ok(Arc::new(gate.evaluate(&judged.judgement, present.time.into()))),
            Known::NotAnImage => Verdict { outcome: Outcome::Pass, gate: Some(gate.name.clone()), reasons: Vec::new() },
            // Not remembered: the analysis may end at any moment.
            Known::Pending => {
                return Ok(Arc::new(gate.evaluate_unknown("the image is still being analysed; try again")));
            }
        };
        let verdict = Arc::new(verdict);
        self.judgements.verdicts.insert(key, Arc::clone(&verdict));
        Ok(verdict)
    }
}
