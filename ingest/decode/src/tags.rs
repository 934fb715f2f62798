//! The EXIF of files that are TIFF themselves, as a block of its own.

use exif::experimental::Writer;
use exif::{Context, Field, In, Reader, Tag, Value};

/// The longest value that is kept, in bytes. Notes of makers are longer, and nobody reads them here.
const MAX_VALUE: usize = 4096;
/// The tags of the first directory that say something about the picture.
const KEPT: [Tag; 5] = [Tag::Make, Tag::Model, Tag::Orientation, Tag::DateTime, Tag::Software];

/// What a TIFF file says about its picture, without its pixels.
pub fn of_tiff(file: &[u8]) -> Option<Vec<u8>> {
    joined(&[(Context::Tiff, file)])
}

/// Several TIFF blocks as one. Each holds the directory that its context names, as Canon's CR3 keeps them.
pub fn joined(blocks: &[(Context, &[u8])]) -> Option<Vec<u8>> {
    let fields: Vec<Field> = blocks.iter().flat_map(|(context, block)| fields(*context, block)).collect();
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut out = std::io::Cursor::new(Vec::new());
    writer.write(&mut out, false).ok()?;
    (!fields.is_empty()).then(|| out.into_inner())
}

fn fields(context: Context, block: &[u8]) -> Vec<Field> {
    let mut block = block.to_vec();
    // Olympus and Panasonic write another number in place of 42.
    match block.first_chunk() {
        Some(b"II") => block.get_mut(2..4).into_iter().for_each(|magic| magic.copy_from_slice(b"*\0")),
        _ => block.get_mut(2..4).into_iter().for_each(|magic| magic.copy_from_slice(b"\0*")),
    }
    let parsed = Reader::new().continue_on_error(true).read_raw(block);
    let Ok(exif) = parsed.or_else(|error| error.distill_partial_result(|_| {})) else { return Vec::new() };
    let fields = exif.fields().filter(|field| field.ifd_num == In::PRIMARY && is_short(&field.value));
    let in_context = fields.filter_map(|field| {
        let tag = match (context, field.tag.context()) {
            (Context::Tiff, _) => field.tag,
            (_, Context::Tiff) => Tag(context, field.tag.number()),
            _ => return None,
        };
        let is_kept = match tag.context() {
            Context::Tiff => KEPT.contains(&tag),
            Context::Exif | Context::Gps => tag != Tag::MakerNote && tag != Tag::InteropIFDPointer,
            _ => false,
        };
        is_kept.then(|| Field { tag, ifd_num: In::PRIMARY, value: field.value.clone() })
    });
    in_context.collect()
}

fn is_short(value: &Value) -> bool {
    match value {
        Value::Ascii(parts) => parts.iter().map(Vec::len).sum::<usize>() <= MAX_VALUE,
        Value::Undefined(bytes, _) | Value::Byte(bytes) => bytes.len() <= MAX_VALUE,
        Value::Short(values) => values.len() <= MAX_VALUE / 2,
        Value::Long(values) => values.len() <= MAX_VALUE / 4,
        Value::Rational(values) => values.len() <= MAX_VALUE / 8,
        Value::SRational(values) => values.len() <= MAX_VALUE / 8,
        _ => false,
    }
}
