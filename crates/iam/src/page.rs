//! Where a list goes on: tokens that a client hands back as it got them, for the list they were made for.

use hmac::Mac as _;
use serde::{Deserialize, Serialize};

use crate::token::{TokenError, open, sign};
use crate::{AccountId, MasterKey};

const PURPOSE: &str = "next page";
/// The longest token read, in bytes.
const MAX_TOKEN: usize = 8 * 1024;
/// How long a token is good, in seconds.
const LIFETIME: u64 = 24 * 60 * 60;

/// The list a token belongs to: a token of one is of no use for another.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Who lists.
    pub caller: AccountId,
    /// The operation that lists.
    pub operation: &'a str,
    /// All parameters that say what is in the list, in some fixed order.
    pub parameters: &'a [&'a str],
}

#[derive(Serialize, Deserialize)]
struct Place {
    after: String,
    expires: u64,
}

impl MasterKey {
    /// Signs the place after which a list goes on; good for 24 hours from `now`, in seconds since the Unix epoch.
    pub fn sign_page(&self, list: List<'_>, after: &str, now: u64) -> Result<String, serde_json::Error> {
        sign(self.page_mac(list), &Place { after: after.to_owned(), expires: now.saturating_add(LIFETIME) })
    }

    /// Reads a place this server signed for the same list, and that has not ended at `now`.
    pub fn verify_page(&self, list: List<'_>, token: &str, now: u64) -> Result<String, TokenError> {
        let place: Place = open(self.page_mac(list), token, MAX_TOKEN)?;
        if now < place.expires { Ok(place.after) } else { Err(TokenError::Expired) }
    }

    fn page_mac(&self, list: List<'_>) -> hmac::Hmac<sha2::Sha256> {
        let caller = list.caller.to_string();
        let parts = [caller.as_str(), list.operation].into_iter().chain(list.parameters.iter().copied());
        // The length before each part keeps two lists apart whose parts run together to the same text.
        parts
            .fold(self.mac(PURPOSE), |mac, part| mac.chain_update((part.len() as u64).to_be_bytes()).chain_update(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_good_for_its_list_alone() {
        let master = MasterKey::new([1; 32]);
        let account = |text: &str| text.parse::<AccountId>().unwrap();
        let list = |caller, operation, parameters| List { caller: account(caller), operation, parameters };
        let mine = list("000000000001", "ListImages", &["ab", "c"]);
        let token = master.sign_page(mine, "team/app", 1000).unwrap();
        assert_eq!(master.verify_page(mine, &token, 1000), Ok("team/app".to_owned()));
        assert_eq!(master.verify_page(mine, &token, 1000 + LIFETIME - 1), Ok("team/app".to_owned()));
        assert_eq!(master.verify_page(mine, &token, 1000 + LIFETIME), Err(TokenError::Expired));
        for other in [
            list("000000000002", "ListImages", &["ab", "c"]),
            list("000000000001", "DescribeImages", &["ab", "c"]),
            list("000000000001", "ListImages", &["a", "bc"]),
            list("000000000001", "ListImages", &["ab"]),
            list("000000000001", "ListImages", &["ab", "c", ""]),
        ] {
            assert_eq!(master.verify_page(other, &token, 1000), Err(TokenError::Invalid), "{other:?}");
        }
        let spoilt = format!("{}A{}", &token[..3], &token[4..]);
        for bad in ["", ".", "x", "x.y", spoilt.as_str()] {
            assert_eq!(master.verify_page(mine, bad, 1000), Err(TokenError::Invalid), "{bad}");
        }
        assert_eq!(MasterKey::new([2; 32]).verify_page(mine, &token, 1000), Err(TokenError::Invalid));
    }
}
