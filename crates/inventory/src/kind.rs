//! The kinds of packages, and what each is called by whom.

use serde::{Deserialize, Serialize};

/// Declares the kinds with what is told of each, so that a new kind is one line.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $scope:ident, $purl:literal, $class:literal;)*) => {
        /// The kind of package: which tool installed it. Named by its
        /// [package-url](https://github.com/package-url/purl-spec) type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum PackageKind {
            $($(#[$doc])* $kind,)*
        }

        impl PackageKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Whose packages these are.
            pub const fn scope(self) -> Scope {
                match self { $(Self::$kind => Scope::$scope),* }
            }

            /// The type of their package-urls.
            pub const fn purl_type(self) -> &'static str {
                match self { $(Self::$kind => $purl),* }
            }

            /// The type other scanners give them in bills of materials; for packages of a distribution, the
            /// distribution's id takes its place.
            pub const fn class(self) -> &'static str {
                match self { $(Self::$kind => $class),* }
            }
        }
    };
}

/// Whose packages are of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A distribution's: its package manager has one database, wherever the files of it are.
    System,
    /// A language's, or nobody's: installed as often as there are copies of it, each where it lies.
    Place,
}

kinds! {
    /// A Debian package (`dpkg`).
    Deb: System, "deb", "debian";
    /// An Alpine package (`apk`).
    Apk: System, "apk", "alpine";
    /// A package of the RPM package manager.
    Rpm: System, "rpm", "redhat";
    /// An Arch Linux package (`pacman`).
    Alpm: System, "alpm", "arch";
    /// A Gentoo package (`portage`).
    Ebuild: System, "ebuild", "gentoo";
    /// An `OpenWrt` package (`opkg`).
    Opkg: System, "opkg", "openwrt";
    /// A Python distribution (`pip`).
    PyPi: Place, "pypi", "python-pkg";
    /// A Node.js package (`npm`).
    Npm: Place, "npm", "node-pkg";
    /// A Java archive (Maven).
    Maven: Place, "maven", "jar";
    /// A Go module, or Go's standard library (`stdlib`).
    Golang: Place, "golang", "gobinary";
    /// A Rust crate.
    Cargo: Place, "cargo", "rustbinary";
    /// A Ruby gem.
    Gem: Place, "gem", "gemspec";
    /// A PHP package (Composer).
    Composer: Place, "composer", "composer-vendor";
    /// A PHP extension or package (PEAR, PECL).
    Pear: Place, "pear", "pear";
    /// A .NET package (`NuGet`).
    NuGet: Place, "nuget", "dotnet-core";
    /// A Conda package.
    Conda: Place, "conda", "conda-pkg";
    /// An R package.
    Cran: Place, "cran", "cran";
    /// A Lua rock.
    LuaRocks: Place, "luarocks", "luarocks";
    /// A Perl distribution.
    Cpan: Place, "cpan", "cpan";
    /// An Elixir package.
    Hex: Place, "hex", "hex";
    /// An Erlang/OTP application.
    Otp: Place, "otp", "otp";
    /// A Julia package.
    Julia: Place, "julia", "julia";
    /// A Dart package.
    Pub: Place, "pub", "pub";
    /// A Swift package.
    Swift: Place, "swift", "swift";
    /// A `CocoaPods` pod.
    CocoaPods: Place, "cocoapods", "cocoapods";
    /// A C or C++ package (Conan).
    Conan: Place, "conan", "conan";
    /// A Haskell package.
    Hackage: Place, "hackage", "hackage";
    /// An OCaml package.
    Opam: Place, "opam", "opam";
    /// A component of a Bitnami image.
    Bitnami: Place, "bitnami", "bitnami";
    /// A `WordPress` plug-in or theme.
    WordPress: Place, "wordpress", "wordpress";
    /// A package in a Nix store.
    Nix: Place, "nix", "nix";
    /// A Homebrew formula.
    Brew: Place, "brew", "brew";
    /// A snap.
    Snap: Place, "snap", "snap";
    /// A flatpak.
    Flatpak: Place, "flatpak", "flatpak";
    /// A program or runtime that no package manager knows, told by its bytes or a file of its own.
    Generic: Place, "generic", "generic";
}

impl PackageKind {
    /// Whether a distribution's package manager installs them.
    pub const fn is_of_system(self) -> bool {
        matches!(self.scope(), Scope::System)
    }
}
