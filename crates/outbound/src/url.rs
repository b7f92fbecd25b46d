//! The addresses of calls.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use crate::{Credentials, OutboundError};

/// Where a call goes: `http` or `https`, a host, and a path with its query. It holds no credentials.
///
/// Printed without the query: where a registry sends clients on to an object store, the query holds a signature that is
/// as good as a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Url {
    tls: bool,
    /// Host and port, as in a `Host` header.
    authority: String,
    path_and_query: String,
}

impl Url {
    /// Reads a URL that a user wrote, with the credentials in it.
    pub(crate) fn parse(text: &str) -> Result<(Self, Option<Credentials>), OutboundError> {
        let bad = |reason| OutboundError::Url { reason };
        let (scheme, rest) = text.split_once("://").ok_or(bad("it does not start with http:// or https://"))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, authority),
        };
        let path = path.split('#').next().unwrap_or_default();
        let slash = if path.starts_with('/') { "" } else { "/" };
        let uri: Uri = format!("{scheme}://{authority}{slash}{path}")
            .parse()
            .map_err(|_| bad("it is malformed: a URL is written http(s)://HOST[:PORT]/PATH"))?;
        let credentials = user.map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            Credentials::new(decode(name), decode(password))
        });
        Ok((Self::of(&uri)?, credentials))
    }

    /// A URL of parts that are known to be good.
    pub(crate) fn new(tls: bool, authority: &str, path_and_query: String) -> Self {
        Self { tls, authority: authority.to_owned(), path_and_query }
    }

    fn of(uri: &Uri) -> Result<Self, OutboundError> {
        let bad = |reason| OutboundError::Url { reason };
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad("it does not start with http:// or https://")),
        };
        let authority = uri.authority().map(ureq::http::uri::Authority::as_str).unwrap_or_default();
        if authority.is_empty() || uri.host().is_none_or(str::is_empty) {
            return Err(bad("it names no host"));
        }
        if authority.contains('@') {
            return Err(bad("it holds credentials"));
        }
        let path = uri.path_and_query().map_or("/", ureq::http::uri::PathAndQuery::as_str);
        Ok(Self { tls, authority: authority.to_ascii_lowercase(), path_and_query: path.to_owned() })
    }

    /// Where a redirect from here to `location` leads.
    pub(crate) fn join(&self, location: &str) -> Result<Self, OutboundError> {
        let bad = |reason| OutboundError::Redirect { host: self.authority.clone(), reason };
        let location = location.split('#').next().unwrap_or_default();
        if location.contains("://") && location.find("://") < location.find(['/', '?']).map(|at| at + 1) {
            let uri: Uri = location.parse().map_err(|_| bad("the address it sends to is malformed"))?;
            return Self::of(&uri).map_err(|_| bad("the address it sends to is malformed"));
        }
        let scheme = if self.tls { "https" } else { "http" };
        let absolute = if let Some(rest) = location.strip_prefix("//") {
            format!("{scheme}://{rest}")
        } else if location.starts_with('/') {
            format!("{scheme}://{}{location}", self.authority)
        } else {
            let path = self.path_and_query.split('?').next().unwrap_or_default();
            let folder = &path[..=path.rfind('/').unwrap_or_default()];
            format!("{scheme}://{}{folder}{location}", self.authority)
        };
        let uri: Uri = absolute.parse().map_err(|_| bad("the address it sends to is malformed"))?;
        Self::of(&uri).map_err(|_| bad("the address it sends to is malformed"))
    }

    /// This URL with more path.
    pub(crate) fn with_path(&self, path: &str) -> Self {
        let base = self.path_and_query.split('?').next().unwrap_or_default().trim_end_matches('/');
        Self { path_and_query: format!("{base}/{path}"), ..self.clone() }
    }

    /// This URL with one more parameter in its query.
    pub(crate) fn with_parameter(mut self, name: &str, value: &str) -> Self {
        self.path_and_query.push(if self.path_and_query.contains('?') { '&' } else { '?' });
        self.path_and_query.push_str(name);
        self.path_and_query.push('=');
        self.path_and_query.push_str(&encode(value));
        self
    }

    /// The same place without TLS, or with.
    pub(crate) fn with_tls(&self, tls: bool) -> Self {
        Self { tls, ..self.clone() }
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.tls
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The host without its port.
    pub(crate) fn host(&self) -> &str {
        host_of(&self.authority)
    }

    /// Whether credentials for one are for the other: the same scheme, host and port.
    pub(crate) fn same_origin(&self, other: &Self) -> bool {
        let port = |url: &Self| match url.authority[url.host().len()..].strip_prefix(':') {
            Some(port) if !port.is_empty() => port.to_owned(),
            _ => if url.tls { "443" } else { "80" }.to_owned(),
        };
        self.tls == other.tls && self.host() == other.host() && port(self) == port(other)
    }

    /// The whole of it, for the wire.
    pub(crate) fn to_wire(&self) -> String {
        format!("{}://{}{}", if self.tls { "https" } else { "http" }, self.authority, self.path_and_query)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path_and_query.split('?').next().unwrap_or_default();
        write!(f, "{}://{}{path}", if self.tls { "https" } else { "http" }, self.authority)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The host in `host:port`, with the brackets of an IPv6 address.
pub(crate) fn host_of(authority: &str) -> &str {
    if authority.starts_with('[') {
        return authority.find(']').map_or(authority, |end| &authority[..=end]);
    }
    authority.split(':').next().unwrap_or_default()
}

/// Whether `host` is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
pub(crate) fn is_loopback(host: &str) -> bool {
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Percent-encodes everything but unreserved characters.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
        encoded
    })
}

/// Undoes percent-encoding; what is not encoded right stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let byte = pair
            .filter(|pair| pair.iter().all(u8::is_ascii_hexdigit))
            .and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        decoded.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_parsed() {
        fn check(input: &str, expect: Option<(&str, bool)>) {
            let parsed = Url::parse(input).ok();
            let parsed = parsed.as_ref().map(|(url, credentials)| (url.to_wire(), credentials.is_some()));
            assert_eq!(parsed.as_ref().map(|(url, has)| (url.as_str(), *has)), expect, "{input}");
        }
        check("http://Example.org", Some(("http://example.org/", false)));
        check("https://example.org:8443/a/b?c=d#e", Some(("https://example.org:8443/a/b?c=d", false)));
        check("http://[::1]:5000/x", Some(("http://[::1]:5000/x", false)));
        check("http://example.org?x", Some(("http://example.org/?x", false)));
        check("https://user:pa%40ss@example.org/osv", Some(("https://example.org/osv", true)));
        check("https://user@example.org/a@b", Some(("https://example.org/a@b", true)));
        for bad in ["", "example.org", "ftp://example.org/", "http://", "http:///x", "http://a b/", "file:///etc"] {
            check(bad, None);
        }
        let (_, credentials) = Url::parse("https://user:pa%40s%zs@example.org/").unwrap();
        let Some(Credentials::Password { user, password }) = credentials else { panic!("credentials") };
        assert_eq!((user.as_str(), password.reveal()), ("user", "pa@s%zs"));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let (url, _) = Url::parse("https://user:secret@example.org/blob?signature=secret").unwrap();
        assert_eq!((url.to_string(), format!("{url:?}")), {
            let shown = "https://example.org/blob".to_owned();
            (shown.clone(), shown)
        });
        let error = Url::parse("htp://user:secret@example.org/").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    #[test]
    fn redirects_are_resolved() {
        fn check(location: &str, expect: Option<&str>) {
            let base = Url::parse("https://one.example:444/v2/app/blobs/x?y=z").unwrap().0;
            assert_eq!(base.join(location).ok().map(|url| url.to_wire()).as_deref(), expect, "{location}");
        }
        check("http://two.example/a?b", Some("http://two.example/a?b"));
        check("HTTPS://two.example", Some("https://two.example/"));
        check("//two.example/a", Some("https://two.example/a"));
        check("/a?b=c://d", Some("https://one.example:444/a?b=c://d"));
        check("a?b#c", Some("https://one.example:444/v2/app/blobs/a?b"));
        check("ftp://two.example/", None);
        check("https://user:pw@two.example/", None);
        check("https://", None);
    }

    #[test]
    fn origins() {
        fn check(one: &str, other: &str, expect: bool) {
            let parse = |text| Url::parse(text).unwrap().0;
            assert_eq!(parse(one).same_origin(&parse(other)), expect, "{one} {other}");
        }
        check("https://a.example/x", "https://A.example:443/y", true);
        check("http://a.example/", "http://a.example:80/", true);
        check("http://[::1]:80/", "http://[::1]/", true);
        check("https://a.example/", "http://a.example/", false);
        check("https://a.example/", "https://a.example:444/", false);
        check("https://a.example/", "https://b.a.example/", false);
    }

    #[test]
    fn loopback() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["127.0.0.1.example", "localhost.example", "10.0.0.1", "128.0.0.1", "[::2]", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn encoding() {
        assert_eq!(encode("Rocky Linux:9/é"), "Rocky%20Linux%3A9%2F%C3%A9");
        assert_eq!(decode(&encode("Rocky Linux:9/é")), "Rocky Linux:9/é");
    }
}
