//! Names of products as the NVD writes them, the formatted strings of
//! [CPE 2.3](https://nvlpubs.nist.gov/nistpubs/Legacy/IR/nistir7695.pdf):
//! `cpe:2.3:part:vendor:product:version:update:edition:language:sw_edition:target_sw:target_hw:other`.

/// Stands for anything.
pub(super) const ANY: &str = "*";
/// Stands for nothing: what it would name does not exist.
pub(super) const NONE: &str = "-";
/// How many fields a name has, with the two that say what it is.
const FIELDS: usize = 13;

/// A name, as far as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cpe {
    pub(super) part: String,
    pub(super) vendor: String,
    pub(super) product: String,
    pub(super) version: String,
    pub(super) update: String,
    edition: String,
    sw_edition: String,
    target_sw: String,
}

impl Cpe {
    /// Nothing where the text is no name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields = fields(text)?;
        let [kind, form, part, vendor, product, version, update, edition, _, sw_edition, target_sw, _, _] = fields;
        (kind == "cpe" && form == "2.3").then_some(())?;
        Some(Self { part, vendor, product, version, update, edition, sw_edition, target_sw })
    }

    /// As programs are looked up.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.vendor, self.product)
    }

    /// Whether it may be about the program itself, as everybody gets it for Linux: no edition that is sold, and no add-on of that
    /// name for something else.
    pub(super) fn is_common(&self) -> bool {
        const EDITIONS: [&str; 6] = [ANY, NONE, "", "community", "open_source", "lts"];
        const TARGETS: [&str; 6] = [ANY, NONE, "", "linux", "linux_kernel", "unix"];
        let is_free = |edition: &str| EDITIONS.contains(&edition);
        is_free(&self.edition) && is_free(&self.sw_edition) && TARGETS.contains(&self.target_sw.as_str())
    }

    /// Whether something in a container may be this: anything but an operating system that is no Linux.
    pub(super) fn may_be_there(&self) -> bool {
        const LINUX: [&str; 6] = [ANY, "fedora", "fedora_core", "leap", "opensuse", "centos"];
        let named_linux = || [&self.vendor, &self.product].into_iter().any(|name| name.contains("linux"));
        self.part != "o" || LINUX.contains(&self.product.as_str()) || named_linux()
    }
}

/// Splits at colons that no backslash stands before, and takes the backslashes out.
fn fields(text: &str) -> Option<[String; FIELDS]> {
    let mut fields: [String; FIELDS] = Default::default();
    let mut at = 0;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ':' => at += 1,
            '\\' => fields.get_mut(at)?.push(characters.next()?),
            character => fields.get_mut(at)?.extend(character.to_lowercase()),
        }
    }
    (at + 1 == FIELDS).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_products() {
        let check = |text: &str, expect: Option<(&str, &str, &str, bool)>| {
            let cpe = Cpe::parse(text);
            let found =
                cpe.as_ref().map(|cpe| (cpe.name(), cpe.version.as_str(), cpe.update.as_str(), cpe.is_common()));
            let found = found.as_ref().map(|found| (found.0.as_str(), found.1, found.2, found.3));
            assert_eq!(found, expect, "{text}");
        };
        check("cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*", Some(("openssl:openssl", "1.0.2k", "*", true)));
        check("cpe:2.3:a:python:python:3.11.0:rc1:*:*:*:*:*:*", Some(("python:python", "3.11.0", "rc1", true)));
        check("cpe:2.3:a:gnu:g\\+\\+:1\\:2:-:*:*:*:*:*:*", Some(("gnu:g++", "1:2", "-", true)));
        check("cpe:2.3:a:redis:redis:*:*:*:*:*:node.js:*:*", Some(("redis:redis", "*", "*", false)));
        check("cpe:2.3:a:hashicorp:vault:*:*:*:*:enterprise:*:*:*", Some(("hashicorp:vault", "*", "*", false)));
        check("cpe:2.3:a:hashicorp:vault:*:*:*:*:-:*:*:*", Some(("hashicorp:vault", "*", "*", true)));
        check("cpe:/a:openssl:openssl:1.0.2k", None);
        check("cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*:*", None);
        check("cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*\\", None);
        check("", None);
    }

    #[test]
    fn what_may_be_in_a_container() {
        let check = |name: &str, expect| {
            let cpe = Cpe::parse(&format!("cpe:2.3:{name}:*:*:*:*:*:*:*:*")).unwrap();
            assert_eq!(cpe.may_be_there(), expect, "{name}");
        };
        check("o:microsoft:windows", false);
        check("o:apple:macos", false);
        check("o:freebsd:freebsd", false);
        check("o:linux:linux_kernel", true);
        check("o:redhat:enterprise_linux", true);
        check("o:fedoraproject:fedora", true);
        check("a:apache:http_server", true);
        check("h:intel:xeon", true);
    }
}
