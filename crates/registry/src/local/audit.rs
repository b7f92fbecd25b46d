//! The audit log, read beside a server.

pub use plimsoll_catalog::{AuditEntry, AuditRecord, AuditVerdict, Outcome};

use super::Local;
use crate::RegistryError;

impl Local {
    /// Follows the chain of the audit log from its first record, and calls `progress` now and then with the number of
    /// records that are whole so far.
    pub fn verify_audit(&self, progress: impl FnMut(u64)) -> Result<AuditVerdict, RegistryError> {
        Ok(self.catalog.verify_audit(progress)?)
    }

    /// At most `count` records of the audit log after number `after`, in their order.
    pub fn audit_page(&self, after: u64, count: usize) -> Result<Vec<AuditRecord>, RegistryError> {
        Ok(self.catalog.audit_page(after, count)?)
    }
}
