//! The names of the configuration. All code that reads or writes a name uses these constants, so that no two
//! spellings can drift apart.

/// A name, in upper case. It has a default if one value suits most uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    text: &'static str,
    default: Option<&'static str>,
}

impl Name {
    pub const fn text(self) -> &'static str {
        self.text
    }

    pub const fn default(self) -> Option<&'static str> {
        self.default
    }
}

macro_rules! names {
    ($list:ident: $($name:ident $(= $default:literal)?),* $(,)?) => {
        $(
            pub const $name: Name = Name {
                text: stringify!($name),
                // The last element, which is the default if there is one.
                default: [None, $(Some($default))?][names!(@index $($default)?)],
            };
        )*
        /// The names in the order of the table.
        pub const $list: &[Name] = &[$($name),*];
    };
    (@index) => { 0 };
    (@index $default:literal) => { 1 };
}

// A host that keeps secrets apart reads these names from there and from nowhere else.
names!(SECRETS: GALLERY_PASSWORD, AUTH_SECRET, AUTH_SECRET_PREVIOUS, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY,
    R2_SESSION_TOKEN, SQL_AUTH_TOKEN);

names!(
    PLAIN: R2_BUCKET_NAME,
    R2_ACCOUNT_ID,
    R2_JURISDICTION,
    S3_ENDPOINT,
    S3_URL_STYLE = "path",
    STORE_PUBLIC_URL,
    R2_REGION = "auto",
    CATALOGUE,
    SQL_URL,
    BASE_PATH,
    VIDEO_API_BASE,
    VIDEO_ORIGIN,
    ALLOWED_ORIGINS,
    ALLOWED_HOSTS,
    VIDEO_DELIVERY = "presign",
    VIDEO_EXPERIMENT,
    PUBLIC_MEDIA_BASE,
    PLAYBACK_REPORTS,
    MAX_BODY_BYTES,
    MAX_FETCHES,
    MAX_SECONDS,
    KV_MAX_VALUE_BYTES = "1000000",
    GALLERY_KV = "file",
    TRUST_FORWARDED,
    GALLERY_LOCAL,
    CACHE_BYTES = "134217728",
    LOG_CLIENT = "network",
    LOG_ENDPOINT,
    SHUTDOWN_GRACE = "60",
    GALLERY_LISTEN = "127.0.0.1:8080",
    GALLERY_SPLIT,
    GALLERY_METRICS,
    GALLERY_STORE_LISTEN = "127.0.0.1:9000",
    GALLERY_TLS_CERT,
    GALLERY_TLS_KEY,
    GALLERY_DATA = ".data",
    GALLERY_DATABASE,
    SSL_CERT_FILE,
);

/// Whether the value of this name is a secret.
pub fn is_secret(name: &str) -> bool {
    SECRETS.iter().any(|secret| secret.text() == name)
}
