//! The error codes of the distribution specification.

/// An error code of the OCI distribution specification, with the HTTP status this registry answers it with.
///
/// The registered codes are those of the specification's table; [`ErrorCode::RangeInvalid`],
/// [`ErrorCode::PaginationInvalid`], [`ErrorCode::TagInvalid`] and [`ErrorCode::Unknown`] are in common use beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The blob is not in the repository.
    BlobUnknown,
    /// The upload cannot go on as asked.
    BlobUploadInvalid,
    /// There is no such upload in the repository.
    BlobUploadUnknown,
    /// The digest is malformed, of an unknown algorithm, or not that of the content.
    DigestInvalid,
    /// The manifest names a blob or manifest that the repository does not have.
    ManifestBlobUnknown,
    /// The manifest is malformed.
    ManifestInvalid,
    /// The manifest is larger than the registry takes.
    ManifestTooLarge,
    /// There is no such manifest in the repository.
    ManifestUnknown,
    /// The repository name is malformed.
    NameInvalid,
    /// There is no such repository.
    NameUnknown,
    /// The `n` or `last` of a listing is malformed.
    PaginationInvalid,
    /// The range of a chunk or of a read cannot be satisfied.
    RangeInvalid,
    /// The length given is not the length received.
    SizeInvalid,
    /// The tag is malformed.
    TagInvalid,
    /// The caller must say who it is.
    Unauthorized,
    /// The caller may not do this, or a gate refuses it.
    Denied,
    /// The operation does not exist.
    Unsupported,
    /// Too many requests at once.
    TooManyRequests,
    /// Something failed on the server's side.
    Unknown,
    /// The server has no room left for what was sent.
    InsufficientStorage,
    /// The server is stopping or has not started yet.
    Unavailable,
}

impl ErrorCode {
    /// The code as it stands in the error body.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BlobUnknown => "BLOB_UNKNOWN",
            Self::BlobUploadInvalid => "BLOB_UPLOAD_INVALID",
            Self::BlobUploadUnknown => "BLOB_UPLOAD_UNKNOWN",
            Self::DigestInvalid => "DIGEST_INVALID",
            Self::ManifestBlobUnknown => "MANIFEST_BLOB_UNKNOWN",
            Self::ManifestInvalid => "MANIFEST_INVALID",
            Self::ManifestUnknown => "MANIFEST_UNKNOWN",
            Self::NameInvalid => "NAME_INVALID",
            Self::NameUnknown => "NAME_UNKNOWN",
            Self::PaginationInvalid => "PAGINATION_NUMBER_INVALID",
            Self::RangeInvalid => "RANGE_INVALID",
            Self::SizeInvalid | Self::ManifestTooLarge => "SIZE_INVALID",
            Self::TagInvalid => "TAG_INVALID",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Denied => "DENIED",
            Self::Unsupported => "UNSUPPORTED",
            Self::TooManyRequests => "TOOMANYREQUESTS",
            Self::Unknown | Self::InsufficientStorage | Self::Unavailable => "UNKNOWN",
        }
    }

    /// The HTTP status of an answer with this code.
    pub const fn status(self) -> u16 {
        match self {
            Self::BlobUploadInvalid
            | Self::DigestInvalid
            | Self::ManifestInvalid
            | Self::NameInvalid
            | Self::PaginationInvalid
            | Self::SizeInvalid
            | Self::TagInvalid => 400,
            Self::Unauthorized => 401,
            Self::Denied => 403,
            Self::BlobUnknown
            | Self::BlobUploadUnknown
            | Self::ManifestBlobUnknown
            | Self::ManifestUnknown
            | Self::NameUnknown => 404,
            Self::Unsupported => 405,
            Self::ManifestTooLarge => 413,
            Self::RangeInvalid => 416,
            Self::TooManyRequests => 429,
            Self::Unknown => 500,
            Self::Unavailable => 503,
            Self::InsufficientStorage => 507,
        }
    }
}
