//! What a [CPE name](https://nvlpubs.nist.gov/nistpubs/Legacy/IR/nistir7695.pdf) in a statement names.

/// A product by its CPE name, as far as distributions are told apart by it: vendor, product, version and update.
/// Whether it is an application or an operating system, and which repository of it, makes no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpe {
    vendor: String,
    product: String,
    version: String,
    update: String,
}

impl Cpe {
    /// Reads a CPE name in the form of a URI (`cpe:/o:redhat:enterprise_linux:9::baseos`) or of CPE 2.3
    /// (`cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*`); none where the text is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let is_short = text.len() <= 4096;
        let rest = text.strip_prefix("cpe:/").or_else(|| text.strip_prefix("cpe:2.3:")).filter(|_| is_short)?;
        let mut parts = parts(rest).into_iter();
        let part = parts.next()?;
        let mut next = || parts.next().filter(|part| part != "*").unwrap_or_default();
        let (vendor, product, version, update) = (next(), next(), next(), next());
        let is_whole = matches!(part.as_str(), "a" | "o" | "h") && !vendor.is_empty() && !product.is_empty();
        is_whole.then_some(Self { vendor, product, version, update })
    }

    /// Whether this is `other`, or something that `other` belongs to: version 9 for version 9.4.
    pub fn covers(&self, other: &Self) -> bool {
        let is_same_or_any = |ours: &str, theirs: &str| ours.is_empty() || ours == theirs;
        let rest = other.version.strip_prefix(&self.version);
        self.vendor == other.vendor
            && self.product == other.product
            && (self.version.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
            && is_same_or_any(&self.update, &other.update)
    }
}

/// Parted at colons that are not escaped, in lower case, and without escapes.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut is_escaped = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '\\' if !is_escaped => is_escaped = true,
            ':' if !is_escaped => parts.push(String::new()),
            c => {
                is_escaped = false;
                if let Some(last) = parts.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    parts
}
