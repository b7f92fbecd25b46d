//! Erlang and Elixir: the resource file of each application, and the release of Erlang/OTP itself.

mod lock;
pub(super) mod parse;

use super::{Cataloger, Size, listing};
use crate::{PackageKind, Scope};

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "erlang",
    finds: "Erlang/OTP applications and Elixir's packages",
    files: &["**/ebin/*.app"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::application(bytes),
};

pub(super) const RELEASE: Cataloger = Cataloger {
    name: "erlang-release",
    finds: "Erlang/OTP itself",
    files: &["**/releases/*/OTP_VERSION"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| {
        let version = String::from_utf8_lossy(bytes);
        // A mark behind the version says that some applications were patched.
        listing::one(PackageKind::Generic, "erlang", version.trim().trim_end_matches('*').trim_end())
    },
};

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "mix",
    finds: "Elixir's packages that a project asks for",
    files: &["**/mix.lock"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| lock::parse(bytes),
};

#[cfg(test)]
mod tests;
