//! Which proxy a call goes through, by the environment variables that other programs go by.

use std::net::IpAddr;

use ureq::Proxy;

use crate::OutboundError;
use crate::url::{Url, is_loopback};

/// What the environment says of proxies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    http: Option<(&'static str, Proxy)>,
    https: Option<(&'static str, Proxy)>,
    /// `NO_PROXY`, as it is.
    except: String,
}

impl Proxies {
    /// Reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, in lower case or else in upper case.
    pub(crate) fn of(environment: impl Fn(&str) -> Option<String>) -> Result<Self, OutboundError> {
        let get = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| Some((name, environment(name).filter(|value| !value.is_empty())?)))
        };
        let all = || get(["all_proxy", "ALL_PROXY"]);
        let proxy = |found: Option<(&'static str, String)>| {
            let parse = |(variable, url): (&'static str, String)| match Proxy::new(&url) {
                Ok(proxy) if !is_socks(&proxy) => Ok((variable, proxy)),
                _ => Err(OutboundError::Proxy { variable }),
            };
            found.map(parse).transpose()
        };
        Ok(Self {
            http: proxy(get(["http_proxy", "HTTP_PROXY"]).or_else(all))?,
            https: proxy(get(["https_proxy", "HTTPS_PROXY"]).or_else(all))?,
            except: get(["no_proxy", "NO_PROXY"]).map(|(_, value)| value).unwrap_or_default(),
        })
    }

    /// The proxy for a call. This machine is never reached through one.
    pub(crate) fn choose(&self, url: &Url) -> Option<&Proxy> {
        let host = url.host();
        let (_, proxy) = if url.is_tls() { self.https.as_ref()? } else { self.http.as_ref()? };
        (!is_loopback(host) && !is_excepted(&self.except, host)).then_some(proxy)
    }
}

fn is_socks(proxy: &Proxy) -> bool {
    !matches!(proxy.protocol(), ureq::ProxyProtocol::Http | ureq::ProxyProtocol::Https)
}

/// Whether `host` is in a list of hosts, domains, addresses and networks.
fn is_excepted(list: &str, host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<IpAddr>().ok();
    list.split([',', ' ']).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        // Ports are not looked at: an exception for one port is one for the host.
        let domain = entry.trim_start_matches('*').trim_start_matches('.');
        let domain = domain.split_once(':').filter(|(_, port)| !port.contains(':')).map_or(domain, |(name, _)| name);
        match address {
            _ if entry == "*" => true,
            Some(address) => {
                domain.parse() == Ok(address) || entry.split_once('/').is_some_and(|net| is_within(address, net))
            }
            None => !domain.is_empty() && (host == domain || host.ends_with(&format!(".{domain}"))),
        }
    })
}

/// Whether `address` is in the network `(base, prefix length)`.
fn is_within(address: IpAddr, (base, length): (&str, &str)) -> bool {
    let Ok(length) = length.parse::<u32>() else { return false };
    match (address, base.parse()) {
        (IpAddr::V4(address), Ok(IpAddr::V4(base))) if length <= 32 => {
            let difference = address.to_bits() ^ base.to_bits();
            difference.checked_shr(32 - length).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), Ok(IpAddr::V6(base))) if length <= 128 => {
            let difference = address.to_bits() ^ base.to_bits();
            difference.checked_shr(128 - length).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_chosen_as_by_others() {
        fn check(environment: &[(&str, &str)], url: &str, expect: Option<&str>) {
            let get = |name: &str| environment.iter().find(|(have, _)| *have == name).map(|(_, v)| (*v).to_owned());
            let chosen = Proxies::of(get).map(|proxies| {
                proxies.choose(&Url::parse(url).unwrap().0).map(|proxy| format!("{}:{}", proxy.host(), proxy.port()))
            });
            assert_eq!(chosen.unwrap().as_deref(), expect, "{environment:?} {url}");
        }
        let both = [("HTTP_PROXY", "http://plain:1"), ("https_proxy", "http://user:pw@secure:2")];
        check(&[], "https://example.org/", None);
        check(&both, "https://example.org/", Some("secure:2"));
        check(&both, "http://example.org/", Some("plain:1"));
        check(&both, "http://127.0.0.1:5000/", None);
        check(&both, "http://localhost/", None);
        check(&both[..1], "https://example.org/", None);
        check(&[("ALL_PROXY", "all:3")], "https://example.org/", Some("all:3"));
        check(&[("HTTP_PROXY", "upper:1"), ("http_proxy", "lower:2")], "http://example.org/", Some("lower:2"));
        check(&[("HTTPS_PROXY", "")], "https://example.org/", None);
        let except = |list| [both[1], ("NO_PROXY", list)];
        check(&except("other.org,example.org"), "https://example.org/", None);
        check(&except(".example.org"), "https://a.example.org/", None);
        check(&except("*.example.org"), "https://a.example.org/", None);
        check(&except("example.org:443"), "https://a.example.org/", None);
        check(&except("ample.org"), "https://example.org/", Some("secure:2"));
        check(&except("*"), "https://example.org/", None);
        check(&except("10.0.0.0/8"), "https://10.1.2.3/", None);
        check(&except("10.0.0.0/8"), "https://11.1.2.3/", Some("secure:2"));
        check(&except("10.0.0.0/33,10.0.0.1"), "https://10.1.2.3/", Some("secure:2"));
        check(&except("0.0.0.0/0"), "https://11.1.2.3/", None);
        check(&except("fd00::/8"), "https://[fd00::1]/", None);
    }

    #[test]
    fn proxies_that_cannot_be_used_are_an_error() {
        for url in ["socks5://proxy:1080", "http://user:secret@", "ftp://user:secret@proxy/"] {
            let error = Proxies::of(|name| (name == "HTTPS_PROXY").then(|| url.to_owned())).unwrap_err();
            assert!(error.to_string().contains("HTTPS_PROXY"), "{error}");
            assert!(!format!("{error:?}").contains("secret"));
        }
    }
}
