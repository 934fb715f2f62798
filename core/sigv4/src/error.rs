use core::fmt;

/// Why something cannot be signed. Every error is a mistake in the configuration or in the caller, never in an object
/// key: every key can be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The endpoint is not `http(s)://host[:port]`, or its host is an address, before which no bucket label can
    /// stand.
    Endpoint,
    /// The bucket name is empty, or holds characters that the URL style does not allow.
    BucketName,
    /// The region is empty, or holds a character other than ASCII letters, digits, `-` and `_`.
    Region,
    /// The R2 account id or jurisdiction is not one host label.
    Account,
    /// The expiry is not 1 to 604800 seconds.
    Expires,
    /// The signing key was derived for another UTC date than the date of the signing time.
    KeyDate,
    /// The signing key was derived for another region than the region of the bucket.
    KeyRegion,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Endpoint => {
                "the endpoint must be http(s)://host[:port], with a host name where the bucket is a label"
            }
            Self::BucketName => "the bucket name is empty or does not fit its URL style",
            Self::Region => "the region must be ASCII letters, digits, - and _",
            Self::Account => "the R2 account id and jurisdiction must each be one host label",
            Self::Expires => "the expiry must be 1 to 604800 seconds",
            Self::KeyDate => "the signing key belongs to another date",
            Self::KeyRegion => "the signing key belongs to another region",
        })
    }
}

impl core::error::Error for Error {}
