//! What is done with a command that does not run as it is written.

/// Instead of the command as it is.
#[derive(Clone, Copy, Debug)]
pub enum Instead {
    /// It serves until it is ended. The next command waits until it listens.
    Serve,
    /// The same with values of the test.
    Run(&'static str),
    /// Its flags are compared with the sources of `cargo xtask`, because it builds.
    Build,
    /// It does not run, for this reason.
    Not(&'static str),
}

use Instead::{Build, Not, Run, Serve};

const PROGRAM: &str = "it builds the program that the test is given";
const CLI: &str = "the tests of the Fastly CLI run it, with the same manifests";
const SPIN: &str = "it needs Spin, in which the contract runs where there is one";
const NODE: &str = "it needs what `cargo xtask wasm` builds; the contract starts the same program";
const WASMTIME: &str = "it needs wasmtime, in which the contract runs where there is one";
const WASH: &str = "it needs wasmCloud's `wash`, which no test runs";
const BUCKET: &str = "it has the credentials of a bucket, which are the reader's own";
const PORT: &str = "it needs a certificate and a port that only root may open";

/// The commands, as they are written.
pub const LISTED: &[(&str, Instead)] = &[
    ("cargo xtask up", Build),
    ("cargo xtask test", Build),
    ("cargo xtask stack", Build),
    ("cargo xtask up --library ~/Pictures/wedding", Build),
    ("cargo xtask up --data ~/gallery --port 9090 --password 'tulips and rain' --split", Build),
    ("cargo xtask up --on fastly", Build),
    ("cargo xtask up --on fastly --split", Build),
    ("cargo xtask up --on spin", Build),
    ("cargo xtask up --on wasi", Build),
    ("cargo xtask up --on wasi02 --split", Build),
    ("cargo xtask up --on node", Build),
    ("cargo xtask up --on node --split", Build),
    ("cargo xtask wasm all-in-one-wasi bin/gallery.wasm", Build),
    ("cargo xtask wasm all-in-one-wasi02 bin/gallery02.wasm", Build),
    ("npm ci --prefix web && npm run build --prefix web", Not(PROGRAM)),
    ("cargo install --path edge-gallery --locked", Not(PROGRAM)),
    ("export R2_ACCOUNT_ID=... R2_BUCKET_NAME=... R2_ACCESS_KEY_ID=... R2_SECRET_ACCESS_KEY=...", Not(BUCKET)),
    ("fastly compute serve --env all", Not(CLI)),
    ("fastly compute publish --env all", Not(CLI)),
    ("fastly compute publish --env video", Not(CLI)),
    ("fastly compute publish", Not(CLI)),
    ("npm ci --prefix platform/node", Not(NODE)),
    ("export S3_ENDPOINT=http://127.0.0.1:9000", Not(NODE)),
    ("node platform/node/serve.mjs bin/gallery02.wasm --listen 127.0.0.1:7676", Not(NODE)),
    ("while IFS= read -r line; do export \"$line\"; done < .data/gallery.env", Not(WASMTIME)),
    (
        "wasmtime serve --addr 127.0.0.1:7676 -S cli,inherit-env -S p3 -W component-model-async bin/gallery.wasm",
        Not(WASMTIME),
    ),
    ("wasmtime serve --addr 127.0.0.1:7676 -S cli,inherit-env bin/gallery02.wasm", Not(WASMTIME)),
    ("install -m 600 .data/gallery.env wasmcloud/gallery.env", Not(WASH)),
    ("wash -C wasmcloud dev", Not(WASH)),
    ("while IFS= read -r line; do export \"SPIN_VARIABLE_$line\"; done < .data/gallery.env", Not(SPIN)),
    ("spin up --build --runtime-config-file runtime-config.toml", Not(SPIN)),
    ("spin up --from spin.02.toml --build", Not(SPIN)),
    (
        "edge-gallery serve --listen 0.0.0.0:443 --tls-cert /etc/edge-gallery/fullchain.pem --tls-key \
         /etc/edge-gallery/privkey.pem",
        Not(PORT),
    ),
    ("edge-gallery serve", Serve),
    // The library's files have names of their own, and the link is one that the test has made.
    ("edge-gallery download URL pictures", Run("edge-gallery download \"$(edge-gallery link add Home)\" pictures")),
    // Secrets are not in the manifest, and it says so.
    ("edge-gallery check fastly.toml", Run("edge-gallery check fastly.toml || [ $? = 2 ]")),
    // It asks twice, and is answered.
    ("edge-gallery password", Run("printf 'tulips and rain\\ntulips and rain\\n' | edge-gallery password")),
    ("edge-gallery stats gallery.log", Run("edge-gallery stats ~/serve.log")),
];

/// The command instead of this one, if it does not run as it is.
pub fn instead(text: &str) -> Option<Instead> {
    LISTED.iter().find(|(known, _)| *known == text).map(|(_, instead)| *instead)
}
