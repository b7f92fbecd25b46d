//! The canonical request: what client and server must write alike for the signature to agree.

use super::Request;

/// Everything of the canonical request but its last line, the hash of the payload. `query` are the decoded parameters that
/// the signature covers, `signed` the names of the headers, in lower case.
pub(super) fn request(request: &Request<'_>, query: Vec<Parameter>, signed: &[String]) -> Vec<u8> {
    let mut text = format!("{}\n{}\n{}\n", request.method, path(request.path), query_text(query)).into_bytes();
    for name in signed {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        header_value(request, name, &mut text);
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(signed.join(";").as_bytes());
    text.push(b'\n');
    text
}

/// A parameter of a query or form, decoded; it need not be text.
pub type Parameter = (Vec<u8>, Vec<u8>);

/// The parameters of a query or form, decoded and in the order they stand in. A plus is read as a space. What a signature
/// covers and what a request is read as are the same only if both are read by this.
pub fn parameters(query: &str) -> Vec<Parameter> {
    let decoded = |text: &str| decode(text.as_bytes());
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}

fn query_text(parameters: Vec<Parameter>) -> String {
    let mut encoded: Vec<_> =
        parameters.iter().map(|(key, value)| (encode(key, false), encode(value, false))).collect();
    encoded.sort_unstable();
    let pairs: Vec<String> = encoded.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join("&")
}

/// The path without empty, `.` and `..` segments, and encoded once more than it was sent, as every service but S3 has it.
fn path(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let slash = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    encode(format!("/{}{slash}", segments.join("/")).as_bytes(), true)
}

/// All values of a header, trimmed, with the white space inside run together, joined by commas.
fn header_value(request: &Request<'_>, name: &str, text: &mut Vec<u8>) {
    for (number, value) in request.values(name).enumerate() {
        if number > 0 {
            text.push(b',');
        }
        let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        for (number, word) in words.enumerate() {
            if number > 0 {
                text.push(b' ');
            }
            text.extend_from_slice(word);
        }
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986, and slashes where they are wanted.
fn encode(bytes: &[u8], slashes: bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (slashes && byte == b'/') {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    text
}

/// Undoes percent-encoding, and reads a plus as the space that forms mean by it; so a plus and what it is read as cannot be
/// exchanged under a signature. A per cent sign without two digits stands for itself.
fn decode(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, escaped(tail)) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => decoded.push(b' '),
            (byte, _) => decoded.push(*byte),
        }
    }
    decoded
}

/// The byte two hexadecimal digits stand for.
fn escaped(tail: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let (high, low) = (digit(tail.first()?)?, digit(tail.get(1)?)?);
    u8::try_from(high << 4 | low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_and_encoded_once_more() {
        fn check(sent: &str, expect: &str) {
            assert_eq!(path(sent), expect, "{sent}");
        }
        check("", "/");
        check("/", "/");
        check("//", "/");
        check("/a/./b/../c", "/a/c");
        check("/../../a", "/a");
        check("/a//b/", "/a/b/");
        check("/a%20b", "/a%2520b");
        check("/a b", "/a%20b");
    }

    #[test]
    fn queries_are_sorted_after_encoding() {
        fn check(sent: &str, expect: &str) {
            assert_eq!(query_text(parameters(sent)), expect, "{sent}");
        }
        check("", "");
        check("&&", "");
        check("b=2&a=1", "a=1&b=2");
        check("a=2&a=1", "a=1&a=2");
        check("a", "a=");
        check("a=b=c", "a=b%3Dc");
        check("a+b=%2B%zz%4", "a%20b=%2B%25zz%254");
        check("a=%7e%2f", "a=~%2F");
        check("z=1&%C3%A9=2&A=3", "%C3%A9=2&A=3&z=1");
    }
}
