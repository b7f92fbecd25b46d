//! Permissions boundaries of users and roles.

use super::error::IamErrorCode;
use super::grants::Holder;
use super::{Directory, IamError, ManagedPolicy};

impl Directory {
    /// Bounds the permissions of a user or role by a managed policy.
    pub fn put_boundary(&mut self, holder: Holder<'_>, arn: &str) -> Result<(), IamError> {
        self.grants(holder)?;
        self.boundary_policy(arn)?;
        *self.boundary_mut(holder)? = Some(arn.to_owned());
        Ok(())
    }

    /// Bounds the permissions of a user or role no longer.
    pub fn delete_boundary(&mut self, holder: Holder<'_>) -> Result<(), IamError> {
        let boundary = self.boundary_mut(holder)?;
        if boundary.take().is_none() {
            let message = format!("The {} {} does not have a permissions boundary.", holder.noun(), holder.name());
            return Err(IamError::new(IamErrorCode::NoSuchEntity, message));
        }
        Ok(())
    }

    /// The managed policy that is to bound permissions.
    pub(super) fn boundary_policy(&self, arn: &str) -> Result<&ManagedPolicy, IamError> {
        self.policy(arn).map_err(|error| match error.code {
            IamErrorCode::NoSuchEntity => IamError::new(
                IamErrorCode::NoSuchEntity,
                format!("Scope ARN: {arn} does not exist or is not attachable."),
            ),
            _ => error,
        })
    }

    fn boundary_mut(&mut self, holder: Holder<'_>) -> Result<&mut Option<String>, IamError> {
        match holder {
            Holder::User(name) => Ok(&mut self.user_mut(name)?.boundary),
            Holder::Role(name) => Ok(&mut self.role_mut(name)?.boundary),
            Holder::Group(_) => Err(IamError::invalid("A group cannot have a permissions boundary.")),
        }
    }
}
