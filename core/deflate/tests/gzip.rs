//! Members and pieces against `flate2`.
#![allow(clippy::unwrap_used)] // also in functions that tests call

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

use deflate::{Gzip, crc32, inflate, inflate_block, squeeze};
use flate2::{Compression, FlushCompress, read::GzDecoder};

/// What another reader makes of it. The end must be the end of the member.
fn read(gzip: &[u8]) -> Vec<u8> {
    let mut decoder = GzDecoder::new(gzip);
    let mut text = Vec::new();
    decoder.read_to_end(&mut text).unwrap();
    assert!(decoder.into_inner().is_empty(), "bytes behind the member");
    text
}

/// A piece by another writer, ended by a flush.
fn piece(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2 + 100);
    let mut compress = flate2::Compress::new(Compression::default(), false);
    compress.compress_vec(text, &mut out, FlushCompress::Full).unwrap();
    out
}

/// Numbers below a bound, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// Text with and without repetition, near and far.
fn texts() -> Vec<Vec<u8>> {
    let mut random = Random(1);
    let mut texts: Vec<Vec<u8>> = (0..20).map(|length| vec![b'a'; length]).collect();
    texts.push((0..70_000).map(|_| u8::try_from(random.below(256)).unwrap()).collect());
    texts.push(vec![0xff; 1_000_000]);
    for length in 255..265 {
        texts.push(vec![b'x'; length]);
    }
    for distance in [32_767, 32_768, 32_769] {
        let noise: Vec<u8> = (0..distance).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
        texts.push([&noise[..], &noise[..]].concat());
    }
    for _ in 0..300 {
        let mut text: Vec<u8> = Vec::new();
        let letters = 1 + random.below(256);
        for _ in 0..random.below(60) {
            let length = random.below(400);
            if random.below(3) > 0 && !text.is_empty() {
                let from = random.below(text.len());
                (0..length).for_each(|at| text.push(text[from + at]));
            } else {
                text.extend((0..length).map(|_| u8::try_from(random.below(letters)).unwrap()));
            }
        }
        texts.push(text);
    }
    texts
}

#[test]
fn squeezed_text_comes_back() {
    for text in texts() {
        let mut squeezed = b"before".to_vec();
        squeeze(&text, &mut squeezed);
        let squeezed = &squeezed[6..];
        assert!(squeezed.len() <= text.len() + 5 * text.len().div_ceil(65_535), "{} bytes grow", text.len());
        assert!(inflate_block(squeezed, text.len()).as_ref() == Some(&text), "{} bytes", text.len());
        let mut gzip = Gzip::new(0);
        gzip.text(&text);
        let gzip = gzip.finish();
        assert!(read(&gzip) == text && inflate(&gzip, text.len()).as_ref() == Some(&text), "{} bytes", text.len());
    }
}

#[test]
fn pieces_of_every_kind_are_joined() {
    let mut random = Random(2);
    let texts = texts();
    for _ in 0..200 {
        let (mut gzip, mut whole) = (Gzip::new(100), Vec::new());
        for _ in 0..random.below(8) {
            let text = &texts[random.below(texts.len())];
            match random.below(3) {
                0 => gzip.stored(text),
                1 => gzip.text(text),
                _ => gzip.block(&piece(text), crc32(text), text.len() as u64),
            }
            whole.extend_from_slice(text);
        }
        let gzip = gzip.finish();
        assert!(read(&gzip) == whole && inflate(&gzip, whole.len()).as_ref() == Some(&whole), "{}", whole.len());
    }
}

#[test]
fn json_with_repetition_is_small() {
    let mut random = Random(3);
    let mut json = String::new();
    for number in 0..128 {
        let _ = write!(
            json,
            "{{\"key\":\"2024/06/IMG_{:04}.JPG\",\"type\":\"photo\",\"size\":{},\"width\":4032,\"height\":3024,\
             \"taken\":\"2024-06-{:02}T{:02}:{:02}:{:02}Z\",\"version\":\"{:08x}{:08x}\"}},",
            1000 + number,
            2_000_000 + random.below(3_000_000),
            1 + number / 6,
            random.below(24),
            random.below(60),
            random.below(60),
            random.below(1 << 31),
            random.below(1 << 31),
        );
    }
    let mut squeezed = Vec::new();
    squeeze(json.as_bytes(), &mut squeezed);
    let ratio = json.len() * 100 / squeezed.len();
    assert!(ratio >= 350, "{} bytes became {}: {ratio} %", json.len(), squeezed.len());
}

#[test]
fn no_damage_passes() {
    let text = b"#EXTM3U\n#EXTINF:4,\na.ts\n#EXTINF:4,\nb.ts\n".repeat(3);
    let mut gzip = Gzip::new(0);
    gzip.text(&text);
    let gzip = gzip.finish();
    assert_eq!(inflate(&gzip, text.len()).as_ref(), Some(&text));
    assert_eq!(inflate(&gzip, text.len() - 1), None);
    for length in 0..gzip.len() {
        assert_eq!(inflate(&gzip[..length], 10_000), None);
    }
    for bit in 0..gzip.len() * 8 {
        let mut bad = gzip.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        // Some flips change bits that mean nothing.
        assert!(inflate(&bad, 10_000).is_none_or(|read| read == text), "bit {bit}");
    }
}

#[test]
fn a_block_is_whole() {
    let text = b"one two one two one two three";
    let block = piece(text);
    assert_eq!(inflate_block(&block, text.len()).as_deref(), Some(&text[..]));
    for length in [0, text.len() - 1, text.len() + 1, usize::MAX] {
        assert_eq!(inflate_block(&block, length), None);
    }
    for cut in 1..=block.len() {
        let cut = &block[..block.len() - cut];
        // What lacks nothing but its flush may end between two blocks by chance, but not at another length.
        assert!(inflate_block(cut, text.len()).is_none_or(|read| read == text));
        assert_eq!(inflate_block(cut, text.len() - 1), None);
    }
    let mut ended = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
    ended.write_all(text).unwrap();
    assert_eq!(inflate_block(&ended.finish().unwrap(), text.len()), None);
    assert_eq!(inflate_block(&[], 0), Some(Vec::new()));
}
