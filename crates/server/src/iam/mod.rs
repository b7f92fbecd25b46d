//! The Identity and Access Management API.

use crate::aws::query::Error;
use crate::aws::{Call, Params, Xml};

/// The version of the API.
const VERSION: &str = "2010-05-08";

/// Answers a call.
pub(crate) async fn answer(_: &Call<'_>, action: &str, _: &Params) -> Result<Xml, Error> {
    Err(Error::unknown_action(action, VERSION))
}
