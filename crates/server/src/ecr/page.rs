//! Pages of lists: `maxResults`, and `nextToken`, which is good for the same list alone.

use plimsoll_iam::List;
use plimsoll_registry::service;

use super::call::Asked;
use super::error::EcrError;

/// How many items a page has where the request does not say.
const DEFAULT: usize = 100;

/// A page that is asked for.
pub(crate) struct Page<'a> {
    asked: &'a Asked<'a>,
    parameters: Vec<&'a str>,
    /// Where the page before ended.
    pub(crate) after: Option<String>,
    /// How many items it may have.
    pub(crate) limit: usize,
}

impl<'a> Asked<'a> {
    /// The page that these two members of the input ask for; `parameters` says all that the list depends on, beside the
    /// registry.
    pub(crate) fn page(
        &'a self,
        registry: &'a str,
        parameters: &[&'a str],
        next_token: Option<&str>,
        max_results: Option<i64>,
    ) -> Result<Page<'a>, EcrError> {
        let service = service(self.visibility);
        let parameters = [service, registry].iter().chain(parameters).copied().collect();
        // The model has seen to it that the number is in range.
        let limit = max_results.and_then(|most| usize::try_from(most).ok()).unwrap_or(DEFAULT);
        let mut page = Page { asked: self, parameters, after: None, limit };
        page.after = next_token.map(|token| page.open(token)).transpose()?;
        Ok(page)
    }
}

impl Page<'_> {
    /// How many items to read: one more than the page may have tells whether another page follows.
    pub(crate) fn read(&self) -> usize {
        self.limit + 1
    }

    /// Cuts what was read to the page and gives the token of the page that follows, if one does.
    pub(crate) fn cut<T>(&self, items: &mut Vec<T>, place: impl Fn(&T) -> String) -> Result<Option<String>, EcrError> {
        if items.len() <= self.limit {
            return Ok(None);
        }
        items.truncate(self.limit);
        items.last().map(|last| self.token(&place(last))).transpose()
    }

    fn token(&self, after: &str) -> Result<String, EcrError> {
        let signed = self.asked.call.state.registry.identities().master().sign_page(self.list(), after, self.now());
        signed.map_err(|error| EcrError::server(&error))
    }

    fn open(&self, token: &str) -> Result<String, EcrError> {
        let place = self.asked.call.state.registry.identities().master().verify_page(self.list(), token, self.now());
        place.map_err(|_| EcrError::invalid_parameter("NextToken", "Invalid next token provided"))
    }

    fn list(&self) -> List<'_> {
        List { caller: self.asked.call.account, operation: self.asked.operation, parameters: &self.parameters }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.asked.call.seconds()).unwrap_or_default()
    }
}
