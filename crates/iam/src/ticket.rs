//! Tickets: links that anybody who has them may follow for a while, to download one layer.

use serde::{Deserialize, Serialize};

use crate::token::{Holder, TokenError, open, sign};
use crate::{AccountId, MasterKey};

const PURPOSE: &str = "layer ticket";
/// The longest ticket read, in bytes: room for the claims of temporary credentials.
const MAX_TICKET: usize = 16 * 1024;

/// A layer that may be downloaded, by whoever has the ticket and on behalf of who asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerTicket {
    /// Who asked for it.
    pub holder: Holder,
    /// The account the repository belongs to.
    pub account: String,
    /// Whether it is one of the account's public repositories.
    pub public: bool,
    /// The repository's name.
    pub repository: String,
    /// The layer's digest.
    pub layer: String,
    /// When the ticket ends, in seconds since the Unix epoch.
    pub expires: u64,
}

impl LayerTicket {
    /// A ticket for a layer of a private repository.
    pub fn new(holder: Holder, account: AccountId, repository: &str, layer: &str, expires: u64) -> Self {
        let (repository, layer) = (repository.to_owned(), layer.to_owned());
        Self { holder, account: account.to_string(), public: false, repository, layer, expires }
    }
}

impl MasterKey {
    /// Signs a ticket; what comes out needs no encoding in a URL.
    pub fn sign_layer_ticket(&self, ticket: &LayerTicket) -> Result<String, serde_json::Error> {
        sign(self.mac(PURPOSE), ticket)
    }

    /// Reads a ticket this server signed and that has not ended at `now`, in seconds since the Unix epoch.
    pub fn verify_layer_ticket(&self, ticket: &str, now: u64) -> Result<LayerTicket, TokenError> {
        let ticket: LayerTicket = open(self.mac(PURPOSE), ticket, MAX_TICKET)?;
        if now < ticket.expires { Ok(ticket) } else { Err(TokenError::Expired) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_until_it_ends_and_for_nothing_else() {
        let master = MasterKey::new([1; 32]);
        let ticket = LayerTicket::new(Holder::Anonymous, "000000000042".parse().unwrap(), "team/app", "sha256:0", 100);
        let text = master.sign_layer_ticket(&ticket).unwrap();
        assert_eq!(master.verify_layer_ticket(&text, 99), Ok(ticket));
        assert_eq!(master.verify_layer_ticket(&text, 100), Err(TokenError::Expired));
        assert_eq!(MasterKey::new([2; 32]).verify_layer_ticket(&text, 0), Err(TokenError::Invalid));
        assert_eq!(master.verify_token(&text, 0), Err(TokenError::Invalid));
        for bad in ["", ".", &text[1..], &text[..text.len() - 1]] {
            assert_eq!(master.verify_layer_ticket(bad, 0), Err(TokenError::Invalid), "{bad}");
        }
    }
}
