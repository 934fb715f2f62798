//! The figures as tables.

use serde_json::Value;

/// The compressions that a URL needs if everything constant is done beforehand: six for the canonical request, two
/// for the inner and one for the outer HMAC hash.
const BASELINE: f64 = 9.0;

pub fn sign(target: &str, figures: &Value) {
    let of = |name: &str| number(&figures[name]);
    let baseline = BASELINE * of("compression_ns");
    println!(
        "\n{target}: one SHA-256 compression {:.1} ns, baseline of {BASELINE} per URL {baseline:.0} ns",
        of("compression_ns")
    );
    println!("{:<22} {:>10} {:>10} {:>12}", "", "ns per URL", "to base", "URLs a ms");
    for (label, name) in [
        ("ours, one by one", "scalar_ns"),
        ("ours, batch", "batch_ns"),
        ("rusty-s3", "rusty_s3_ns"),
        ("aws-sigv4", "aws_sigv4_ns"),
    ] {
        let each = of(name);
        println!("{label:<22} {each:>10.0} {:>10.2} {:>12.0}", each / baseline, 1e6 / each);
    }
    println!("batch against rusty-s3: {:.1} x", of("rusty_s3_ns") / of("batch_ns"));
}

pub fn playlists(target: &str, figures: &Value) {
    let compression = number(&figures["compression_ns"]);
    println!("\n{target}: one SHA-256 compression {compression:.1} ns");
    println!(
        "{:>8} {:>8} {:>9} {:>9} {:>10} {:>12} {:>9} {:>12} {:>14} {:>20} {:>10} {:>10}",
        "segments",
        "are",
        "bytes in",
        "bytes out",
        "bytes gzip",
        "rewrite, us",
        "MB/s in",
        "signed, us",
        "ns per segment",
        "of 9 compressions",
        "gzip, us",
        "to signed"
    );
    for film in figures["films"].as_array().into_iter().flatten() {
        let of = |name: &str| number(&film[name]);
        let each = of("signed_ns") / of("segments");
        println!(
            "{:>8} {:>8} {:>9} {:>9} {:>10} {:>12.1} {:>9.0} {:>12.1} {each:>14.0} {:>20.2} {:>10.1} {:>10.2}",
            of("segments"),
            if film["one_file"] == true { "ranges" } else { "files" },
            of("bytes_in"),
            of("bytes_out"),
            of("bytes_gzip"),
            of("rewrite_ns") / 1e3,
            of("bytes_in") / of("rewrite_ns") * 1e3,
            of("signed_ns") / 1e3,
            each / (BASELINE * compression),
            of("gzip_ns") / 1e3,
            of("gzip_to_signed"),
        );
    }
    println!("the longest film whose playlist fits into the KV store: {} segments", figures["most_in_kv"]);
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
