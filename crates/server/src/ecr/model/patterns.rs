//! The patterns of the models. Written by `cargo xtask model`.

/// A pattern of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// `[0-9]{12}`
    RegistryId,
    /// `[0-9a-z-]{2,25}`
    Region,
    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*`
    RepositoryName,
    /// `(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*`
    PublicRepositoryName,
    /// `^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$`
    Prefix,
    /// `[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+`
    LayerDigest,
    /// `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`
    Uuid,
    /// `^[0-9a-zA-Z._*-]{1,128}$`
    TagFilter,
    /// `^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$`
    RepositoryFilter,
    /// `^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$`
    ScanningFilter,
    /// `^(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*$`
    SigningFilter,
    /// `^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\w+=,.@-]+(/[\w+=,.@-]+)*$`
    PrincipalArn,
    /// `^arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:\/signing-profiles\/[a-zA-Z0-9_]{2,}$`
    SigningProfileArn,
    /// `^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr\-pullthroughcache\/[a-zA-Z0-9\/_+=.@-]+$`
    CredentialArn,
    /// `^$|arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-z0-9-]+`
    TemplateKmsKey,
}

impl Pattern {
    /// The regular expression, as the models write it.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::RegistryId => r"[0-9]{12}",
            Self::Region => r"[0-9a-z-]{2,25}",
            Self::RepositoryName => r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*",
            Self::PublicRepositoryName => r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*",
            Self::Prefix => r"^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$",
            Self::LayerDigest => r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+",
            Self::Uuid => r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
            Self::TagFilter => r"^[0-9a-zA-Z._*-]{1,128}$",
            Self::RepositoryFilter => r"^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$",
            Self::ScanningFilter => r"^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$",
            Self::SigningFilter => r"^(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*$",
            Self::PrincipalArn => r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\w+=,.@-]+(/[\w+=,.@-]+)*$",
            Self::SigningProfileArn => {
                r"^arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:\/signing-profiles\/[a-zA-Z0-9_]{2,}$"
            }
            Self::CredentialArn => {
                r"^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr\-pullthroughcache\/[a-zA-Z0-9\/_+=.@-]+$"
            }
            Self::TemplateKmsKey => r"^$|arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-z0-9-]+",
        }
    }
}
