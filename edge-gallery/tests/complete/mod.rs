//! An environment in which every required name is set.

pub const SECRET: &str = "a secret for tests, of more than thirty-two bytes";
pub const PASSWORD: &str = "correct horse battery staple";

pub const COMPLETE: [(&str, &str); 5] = [
    ("GALLERY_PASSWORD", PASSWORD),
    ("AUTH_SECRET", SECRET),
    ("R2_ACCESS_KEY_ID", "test-key-id"),
    ("R2_SECRET_ACCESS_KEY", "test-secret-access-key"),
    ("R2_BUCKET_NAME", "gallery"),
];
