//! Rust source as the checks see it: comments and the contents of literals blanked out, test code marked.

use std::ops::Range;

/// A source file whose offsets and lines are those of its text, with only code left in it.
pub(crate) struct Source {
    code: String,
    tests: Vec<Range<usize>>,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    /// The line of its `fn`, counted from 1.
    pub(crate) line: usize,
    /// How many lines it takes, from its `fn` to its closing brace.
    pub(crate) lines: usize,
}

impl Source {
    pub(crate) fn parse(text: &str) -> Self {
        let code = mask(text);
        let tests = test_regions(&code);
        Self { code, tests }
    }

    /// The text, ASCII only: comments and literal contents are spaces, quotes and line breaks stand.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// Whether the byte at `offset` belongs to an item under `#[cfg(test)]`.
    pub(crate) fn is_test(&self, offset: usize) -> bool {
        self.tests.iter().any(|region| region.contains(&offset))
    }

    /// The line of the byte at `offset`, counted from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.code[..offset].matches('\n').count()
    }

    /// How many lines lie outside test code.
    pub(crate) fn production_lines(&self) -> usize {
        let mut start = 0;
        let starts = self.code.split_inclusive('\n').map(|line| {
            let here = start;
            start += line.len();
            here
        });
        starts.filter(|&offset| !self.is_test(offset)).count()
    }

    /// Every function that has a body, test code too.
    pub(crate) fn functions(&self) -> Vec<Function<'_>> {
        words(&self.code, "fn").filter_map(|at| self.function(at)).collect()
    }

    fn function(&self, at: usize) -> Option<Function<'_>> {
        let rest = self.code[at + 2..].trim_start();
        let name = &rest[..rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len())];
        if name.is_empty() {
            return None;
        }
        let end = item_end(&self.code, at)?;
        if self.code.as_bytes()[end - 1] == b';' {
            return None;
        }
        let lines = 1 + self.code[at..end].matches('\n').count();
        Some(Function { name, line: self.line(at), lines })
    }

    /// The attributes of the file, `#[…]` and `#![…]`, each with its offset.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.match_indices('#').filter_map(|(at, _)| {
            let rest = &self.code[at + 1..];
            let rest = rest.strip_prefix('!').unwrap_or(rest);
            let open = self.code.len() - rest.len();
            (rest.starts_with('[')).then(|| (at, &self.code[at..closing(&self.code, open)]))
        })
    }
}

/// The offsets at which `word` stands in `code` as a whole word.
pub(crate) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let bytes = code.as_bytes();
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let after = bytes.get(at + word.len());
        !before.is_some_and(is_word) && !after.copied().is_some_and(is_word)
    })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The offset after the item that starts at `start`: after its closing brace, or after the `;` of one without a body.
fn item_end(code: &str, start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        match code.as_bytes().get(at)? {
            b'(' | b'[' => at = closing(code, at),
            b'{' => return Some(closing(code, at)),
            b';' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The offset after the bracket that closes the one at `open`; the end of the code if none does.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

fn test_regions(code: &str) -> Vec<Range<usize>> {
    if code.contains("#![cfg(test)]") {
        return std::iter::once(0..code.len()).collect();
    }
    let marks = code.match_indices("#[cfg(test)]").chain(code.match_indices("#[cfg(all(test,"));
    marks
        .map(|(start, _)| {
            let mut item = closing(code, start + 1);
            // Further attributes hold brackets and semicolons of their own.
            while code[item..].trim_start().starts_with("#[") {
                item = closing(code, item + code[item..].find('[').unwrap_or_default());
            }
            start..item_end(code, item).unwrap_or(code.len())
        })
        .collect()
}

fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut masked = Vec::with_capacity(bytes.len());
    while masked.len() < bytes.len() {
        let at = masked.len();
        let (prefix, end) = literal_end(bytes, at);
        masked.extend_from_slice(&bytes[at..at + prefix]);
        let blank = |&byte: &u8| if byte == b'\n' { b'\n' } else { b' ' };
        masked.extend(bytes[at + prefix..end].iter().map(blank));
    }
    let ascii = masked.into_iter().map(|byte| if byte.is_ascii() { char::from(byte) } else { '_' });
    ascii.collect()
}

/// How the text at `at` goes on: so many bytes to keep, and the offset up to which the rest is blank.
fn literal_end(bytes: &[u8], at: usize) -> (usize, usize) {
    let rest = &bytes[at..];
    let starts_word = at == 0 || !is_word(bytes[at - 1]);
    if rest.starts_with(b"//") {
        return (0, at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()));
    }
    if rest.starts_with(b"/*") {
        return (0, at + block_comment(rest));
    }
    if starts_word && let Some((quote, end)) = raw_string(rest) {
        return (quote, at + end);
    }
    match rest[0] {
        b'"' => (1, at + quoted(rest, b'"')),
        b'\'' if is_character(rest) => (1, at + quoted(rest, b'\'')),
        _ => (1, at + 1),
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// For `r"…"`, `br#"…"#` and the like: where the content starts, and where the literal ends.
fn raw_string(rest: &[u8]) -> Option<(usize, usize)> {
    let prefix = rest.iter().take_while(|&&byte| matches!(byte, b'b' | b'c')).count();
    if prefix > 1 || rest.get(prefix) != Some(&b'r') {
        return None;
    }
    let hashes = rest[prefix + 1..].iter().take_while(|&&byte| byte == b'#').count();
    let content = prefix + 1 + hashes + 1;
    if rest.get(content - 1) != Some(&b'"') {
        return None;
    }
    let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let end = rest[content..].windows(close.len()).position(|window| window == close);
    Some((content, end.map_or(rest.len(), |end| content + end + close.len())))
}

/// The end of a literal with escapes whose quote is the first byte.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Whether the quote that `rest` starts with opens a character, and not a lifetime.
fn is_character(rest: &[u8]) -> bool {
    match rest.get(1) {
        Some(b'\\') => true,
        Some(&first) => {
            let width = if first.is_ascii() { 1 } else { first.leading_ones() as usize };
            rest.get(1 + width) == Some(&b'\'')
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked() {
        fn check(text: &str, expect: &str) {
            let source = Source::parse(text);
            assert_eq!(source.code().split_whitespace().collect::<Vec<_>>().join(" "), expect, "{text}");
            assert_eq!(source.code().len(), text.len());
        }
        check("a // fn b() {\nc", "a c");
        check("a /* { /* } */ fn */ b", "a b");
        check(r#"f("fn { \" }", g)"#, r#"f(" , g)"#);
        check(r##"f(r#"a " b"#, br"\", c)"##, r#"f(r#" , br" , c)"#);
        check("m('{', '\\'', '\\u{7b}', 'é', b'}')", "m(' , ' , ' , ' , b' )");
        check("fn f<'a>(x: &'a str) -> Foo<'_> {}", "fn f<'a>(x: &'a str) -> Foo<'_> {}");
        check("for r in b {} var\"x\"", "for r in b {} var\"");
        check("unfinished \"", "unfinished \"");
    }

    #[test]
    fn functions_are_measured() {
        fn check(text: &str, expect: &[(&str, usize, usize)]) {
            let source = Source::parse(text);
            let found: Vec<_> =
                source.functions().iter().map(|function| (function.name, function.line, function.lines)).collect();
            assert_eq!(found, expect, "{text}");
        }
        check("fn one() {}", &[("one", 1, 1)]);
        check("\n\nasync fn two(\n    a: [u8; 4],\n) -> u8 {\n    \"}\".len()\n}\n", &[("two", 3, 5)]);
        check("trait T { fn declared(&self) -> [u8; 4]; fn given(&self) {\n} }", &[("given", 1, 2)]);
        check("type F = fn(u8) -> u8; fn_like!(x); let f: fn () = g;", &[]);
        check("fn outer() {\n  fn inner() {\n  }\n}", &[("outer", 1, 4), ("inner", 2, 2)]);
        check("// fn comment() {\n/* fn block() {} */ let s = \"fn text() {}\";", &[]);
    }

    #[test]
    fn test_code_is_told_apart() {
        fn check(text: &str, production: usize) {
            assert_eq!(Source::parse(text).production_lines(), production, "{text}");
        }
        check("fn a() {}\nfn b() {}\n", 2);
        check("fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n", 2);
        check("#[cfg(test)]\n#[path = \"x;y\"]\nmod tests;\nfn c() {}\n", 1);
        check("#![cfg(test)]\nfn a() {}\n", 0);
        check("// #[cfg(test)]\nfn a() {}\n", 2);
    }

    #[test]
    fn attributes_are_found_whole() {
        let source = Source::parse("#![a(b[c])]\n#[d]\nlet x = \"#[e]\"; // #[f]\n");
        let found: Vec<_> = source.attributes().map(|(_, text)| text).collect();
        assert_eq!(found, ["#![a(b[c])]", "#[d]"]);
    }
}
