//! This project's signer, for the URLs that all contenders sign: the segments of one film.

pub const ACCOUNT: &str = "00112233445566778899aabbccddeeff";
pub const KEY_ID: &str = "0123456789abcdef0123456789abcdef";
pub const SECRET: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
pub const NAME: &str = "gallery";
pub const NOW: u64 = 1_790_000_000;
pub const LIFE: u32 = 28_800;

/// The keys of the segments of one film, with a path of usual length.
pub fn keys() -> Vec<String> {
    (0..64).map(|segment| format!("hls/2024/06/IMG_0042.MOV/1080p_{segment:03}.ts")).collect()
}

/// The presigner of one playlist.
pub struct Ours(sigv4::Presigner);

impl Ours {
    /// For a bucket in R2, with the same inputs as the other signers.
    pub fn r2() -> Self {
        let credentials = sigv4::Credentials::new(KEY_ID, SECRET);
        let bucket = sigv4::Bucket::r2(ACCOUNT, None, NAME).expect("an R2 bucket");
        let key = sigv4::SigningKey::derive(&credentials, bucket.region(), NOW);
        Self(sigv4::Presigner::new(&key, &bucket, sigv4::Method::Get, NOW, LIFE).expect("today's key"))
    }

    pub fn presigner(&self) -> &sigv4::Presigner {
        &self.0
    }

    pub fn one_by_one(&self, keys: &[String], out: &mut String) {
        for key in keys {
            self.0.presign_into(out, key);
            out.push('\n');
        }
    }

    pub fn batch(&self, keys: &[String], out: &mut String) {
        let mut batch = self.0.batch();
        for key in keys {
            batch.push(out, key);
            out.push('\n');
        }
        batch.finish(out);
    }
}
