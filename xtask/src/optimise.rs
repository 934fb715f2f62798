//! Programs for wasm, made smaller by Binaryen's `wasm-opt`: some 13 % without loss.

use std::{
    fs, iter,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
};

use servers::binaryen;

use crate::{Failure, process::succeed};

/// The features that rustc expects in every host, and SIMD, which all hosts of the gallery have.
const FEATURES: [&str; 8] = [
    "bulk-memory",
    "bulk-memory-opt",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
    "simd",
];
/// Passes that take half of the time of `-Oz`, for one byte in a thousand: what may be inlined, LLVM has inlined.
const NOT_WORTH: [&str; 2] = ["dae-optimizing", "inlining-optimizing"];
const MODULE: &[u8; 8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8; 8] = b"\0asm\x0d\0\x01\0";
/// Sections of a component (Component Model, Binary.md).
const CUSTOM: u8 = 0;
const CORE_MODULE: u8 = 1;

/// Makes all programs smaller, and returns the path of each new file, `NAME.wasm` in a folder beside the program.
/// `level` is an option such as `-O2`.
pub fn all(built: &[(String, PathBuf)], level: &str) -> Result<Vec<PathBuf>, Failure> {
    let wasm_opt = binaryen::wasm_opt()?;
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // Each takes what is next, the largest first, so that no core is idle at the end.
    let mut queue: Vec<_> = built.iter().enumerate().collect();
    queue.sort_by_key(|(_, (_, path))| fs::metadata(path).map_or(0, |metadata| metadata.len()));
    let queue = Mutex::new(queue);
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || {
        let taken = iter::from_fn(next);
        taken
            .map(|(at, (name, path))| Ok((at, one(&wasm_opt, level, name, path)?)))
            .collect::<Result<Vec<_>, Failure>>()
    };
    let mut made = Vec::with_capacity(built.len());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            made.extend(worker.join().map_err(|_| "a thread that runs wasm-opt ended")??);
        }
        Ok::<_, Failure>(())
    })?;
    made.sort_unstable();
    Ok(made.into_iter().map(|(_, path)| path).collect())
}

/// Makes one program smaller, unless this was done with the same bytes before.
fn one(wasm_opt: &Path, level: &str, name: &str, built: &Path) -> Result<PathBuf, Failure> {
    let folder = built.parent().unwrap_or(Path::new(".")).join("optimised");
    let out = folder.join(name).with_extension("wasm");
    let (before, module) = (out.with_extension("before"), out.with_extension("module"));
    let bytes = fs::read(built)?;
    if out.is_file() && fs::read(&before).is_ok_and(|before| before == bytes) {
        return Ok(out);
    }
    fs::create_dir_all(&folder)?;
    let smaller = |core: &[u8]| -> Result<Vec<u8>, Failure> {
        fs::write(&module, core)?;
        let mut command = Command::new(wasm_opt);
        command.arg(level).args(FEATURES.map(|feature| format!("--enable-{feature}")));
        if level == "-Oz" {
            command.args(NOT_WORTH.map(|pass| format!("--skip-pass={pass}")));
        }
        succeed(command.arg(&module).arg("--output").arg(&module), "wasm-opt")?;
        Ok(fs::read(&module)?)
    };
    let _ = fs::remove_file(&before);
    fs::write(&out, rewritten(&bytes, smaller)?)?;
    fs::remove_file(&module)?;
    // This file is written last. Without it, everything is done again.
    fs::write(&before, bytes)?;
    Ok(out)
}

/// A module made smaller, or a component with its first module made smaller. The first module is the program. The
/// parts after it only connect the program to the host.
fn rewritten(bytes: &[u8], smaller: impl Fn(&[u8]) -> Result<Vec<u8>, Failure>) -> Result<Vec<u8>, Failure> {
    if bytes.starts_with(MODULE) {
        return smaller(bytes);
    }
    let mut rest = bytes.strip_prefix(COMPONENT).ok_or("this is no program for wasm")?;
    let mut out = COMPONENT.to_vec();
    let mut found = false;
    while let [kind, after @ ..] = rest {
        let (length, after) = leb128(after)?;
        let (content, next) = after.split_at_checked(length).ok_or("a section longer than its component")?;
        match *kind {
            // Custom sections hold names for debuggers, and are left out.
            CUSTOM => {}
            CORE_MODULE if !found => {
                found = true;
                section(&mut out, *kind, &smaller(content)?);
            }
            _ => section(&mut out, *kind, content),
        }
        rest = next;
    }
    if found { Ok(out) } else { Err("a component without a program".into()) }
}

fn section(out: &mut Vec<u8>, kind: u8, content: &[u8]) {
    out.push(kind);
    let mut length = content.len();
    while length >= 0x80 {
        out.push(length.to_le_bytes()[0] | 0x80);
        length >>= 7;
    }
    out.push(length.to_le_bytes()[0]);
    out.extend_from_slice(content);
}

/// An unsigned number of at most 32 bits, and the bytes after it.
fn leb128(bytes: &[u8]) -> Result<(usize, &[u8]), Failure> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok((number, &bytes[index + 1..]));
        }
    }
    Err("a length that does not end".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_module_is_replaced_and_only_names_are_dropped() {
        let large = vec![7; 70_000];
        let mut component = COMPONENT.to_vec();
        for (kind, content) in [(7, &b"types"[..]), (1, &large), (1, b"shim"), (0, b"names"), (8, b"")] {
            section(&mut component, kind, content);
        }
        let shorter = |core: &[u8]| {
            assert_eq!(core, large);
            Ok(b"less".to_vec())
        };
        let mut wanted = COMPONENT.to_vec();
        for (kind, content) in [(7, &b"types"[..]), (1, b"less"), (1, b"shim"), (8, b"")] {
            section(&mut wanted, kind, content);
        }
        assert_eq!(rewritten(&component, shorter).unwrap(), wanted);
        for cut in [7, 9, 12, component.len() - 1] {
            assert!(rewritten(&component[..cut], |_| Ok(Vec::new())).is_err(), "{cut}");
        }
    }
}
