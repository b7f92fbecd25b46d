//! The parameters of a Query request: single ones, lists (`Names.member.1`) and lists of structures (`Tags.member.1.Key`).

use std::collections::BTreeMap;

use plimsoll_iam::sigv4::Parameter;

/// The most parameters of one request.
const MAX_PARAMETERS: usize = 5000;

/// The parameters of a request, or of one member of a list in it. None is repeated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    /// The parameters of a decoded form.
    pub(crate) fn new(pairs: Vec<Parameter>) -> Result<Self, &'static str> {
        if pairs.len() > MAX_PARAMETERS {
            return Err("The request has too many parameters.");
        }
        let mut params = BTreeMap::new();
        for (key, value) in pairs {
            let (Ok(key), Ok(value)) = (String::from_utf8(key), String::from_utf8(value)) else {
                return Err("A parameter of the request is not text.");
            };
            if params.insert(key, value).is_some() {
                return Err("A parameter of the request is repeated.");
            }
        }
        Ok(Self(params))
    }

    /// The value of a parameter, which may be empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The values of a list of texts in the order of their numbers: `<name>.member.<number>`. Empty where there is none.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let numbered = self.below(&format!("{name}.member."));
        let mut members: Vec<_> =
            numbered.filter_map(|(rest, value)| rest.parse::<u32>().ok().map(|number| (number, value))).collect();
        members.sort_unstable();
        members.into_iter().map(|(_, value)| value).collect()
    }

    /// The members of a list of structures in the order of their numbers: `<name>.member.<number>.<parameter>`.
    pub(crate) fn structures(&self, name: &str) -> Vec<Params> {
        let mut members: BTreeMap<u32, Params> = BTreeMap::new();
        for (rest, value) in self.below(&format!("{name}.member.")) {
            let numbered = rest.split_once('.').and_then(|(number, key)| Some((number.parse().ok()?, key)));
            if let Some((number, key)) = numbered {
                members.entry(number).or_default().0.insert(key.to_owned(), value.to_owned());
            }
        }
        members.into_values().collect()
    }

    /// The parameters whose names begin with `prefix`, by what follows it.
    fn below<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let length = prefix.len();
        let prefix = prefix.to_owned();
        let from = self.0.range(prefix.clone()..);
        from.take_while(move |(key, _)| key.starts_with(&prefix))
            .map(move |(key, value)| (&key[length..], value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_iam::sigv4::parameters;

    use super::*;

    fn params(form: &str) -> Params {
        Params::new(parameters(form)).unwrap()
    }

    #[test]
    fn parameters_are_single_or_in_lists() {
        let params = params(
            "Action=TagRole&RoleName=a%20b+c&Empty=&Names.member.2=y&Names.member.10=z&Names.member.1=x&Names.member.q=no\
             &Namesake.member.1=other&Tags.member.2.Key=k2&Tags.member.1.Key=k1&Tags.member.1.Value=v%261\
             &Deep.member.1.Values.member.1=a&Deep.member.1.Values.member.2=b",
        );
        assert_eq!(params.get("RoleName"), Some("a b c"));
        assert_eq!(params.get("Empty"), Some(""));
        assert_eq!(params.get("Missing"), None);
        assert_eq!(params.list("Names"), ["x", "y", "z"]);
        assert_eq!(params.list("Missing"), [""; 0]);
        let tags: Vec<_> = params.structures("Tags");
        let tags: Vec<_> = tags.iter().map(|tag| (tag.get("Key"), tag.get("Value"))).collect();
        assert_eq!(tags, [(Some("k1"), Some("v&1")), (Some("k2"), None)]);
        assert_eq!(params.structures("Deep")[0].list("Values"), ["a", "b"]);
    }

    #[test]
    fn what_is_not_a_form_is_refused() {
        fn check(form: &str, expect: &str) {
            assert_eq!(Params::new(parameters(form)), Err(expect), "{form}");
        }
        check("a=1&a=2", "A parameter of the request is repeated.");
        check("a=%ff", "A parameter of the request is not text.");
        let many: Vec<String> = (0..=MAX_PARAMETERS).map(|number| format!("p{number}=")).collect();
        check(&many.join("&"), "The request has too many parameters.");
    }
}
