//! What reads requests, for the fuzz targets: built for them alone.

use plimsoll_iam::directory::SessionRequest;
use plimsoll_iam::sigv4;

use crate::aws::Params;
use crate::{ecr, sts};

/// Reads bytes as the input of an operation of Amazon ECR, whichever of them it is by its number.
///
/// # Panics
/// If something is wrong with how they are read.
pub fn json_request(operation: usize, bytes: &[u8]) {
    ecr::fuzzing::input(operation, bytes);
}

/// Reads a form as the parameters of a Query request, and them as the session that is asked for.
///
/// # Panics
/// If something is wrong with how they are read.
pub fn query_request(form: &str) -> Option<SessionRequest> {
    let pairs = sigv4::parameters(form);
    let count = pairs.len();
    let params = Params::new(pairs).ok()?;
    for name in ["Tags", "PolicyArns", "TransitiveTagKeys", "ContextEntries"] {
        assert!(params.list(name).len() <= count && params.structures(name).len() <= count);
    }
    sts::session(&params).ok()
}
