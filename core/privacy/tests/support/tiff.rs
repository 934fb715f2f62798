//! A block of EXIF with everything that must go, and with much that stays.

/// A tag with its type, the number of its values, and their bytes.
pub type Entry = (u16, u16, u32, Vec<u8>);

pub struct Writer {
    pub is_big: bool,
    pub bytes: Vec<u8>,
}

impl Writer {
    pub fn new(is_big: bool) -> Self {
        let mut writer = Self { is_big, bytes: if is_big { b"MM".to_vec() } else { b"II".to_vec() } };
        let rest = [writer.u16(42), writer.u32(8)].concat();
        writer.bytes.extend(rest);
        writer
    }

    pub fn u16(&self, number: u16) -> Vec<u8> {
        if self.is_big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    pub fn u32(&self, number: u32) -> Vec<u8> {
        if self.is_big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    pub fn text(tag: u16, text: &str) -> Entry {
        let bytes = [text.as_bytes(), b"\0"].concat();
        (tag, 2, bytes.len() as u32, bytes)
    }

    pub fn raw(tag: u16, bytes: &[u8]) -> Entry {
        (tag, 7, bytes.len() as u32, bytes.to_vec())
    }

    pub fn short(&self, tag: u16, number: u16) -> Entry {
        (tag, 3, 1, self.u16(number))
    }

    pub fn long(&self, tag: u16, number: u32) -> Entry {
        (tag, 4, 1, self.u32(number))
    }

    pub fn rationals(&self, tag: u16, numbers: &[(u32, u32)]) -> Entry {
        let bytes = numbers.iter().flat_map(|(one, other)| [self.u32(*one), self.u32(*other)].concat());
        (tag, 5, numbers.len() as u32, bytes.collect())
    }

    /// The offset at which the next directory goes.
    pub fn here(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Writes a directory, and the values behind it. The next directory, if there is one, follows these.
    pub fn directory(&mut self, entries: &[Entry], has_next: bool) {
        let mut values_at = self.here() as usize + 2 + 12 * entries.len() + 4;
        let mut table = self.u16(entries.len() as u16);
        let mut values = Vec::new();
        for (tag, kind, count, bytes) in entries {
            table.extend([self.u16(*tag), self.u16(*kind), self.u32(*count)].concat());
            if bytes.len() <= 4 {
                let mut bytes = bytes.clone();
                bytes.resize(4, 0);
                table.extend(bytes);
            } else {
                table.extend(self.u32(values_at as u32));
                values.extend(bytes);
                values_at += bytes.len();
                if values_at % 2 == 1 {
                    values.push(0);
                    values_at += 1;
                }
            }
        }
        table.extend(self.u32(if has_next { values_at as u32 } else { 0 }));
        self.bytes.extend(table);
        self.bytes.extend(values);
    }
}

/// A block with a thumbnail, which has EXIF of its own.
pub fn full(is_big: bool) -> Vec<u8> {
    let size = |entries: &[Entry]| {
        let values: usize = entries.iter().map(|entry| entry.3.len()).filter(|length| *length > 4).map(even).sum();
        (2 + 12 * entries.len() + 4 + values) as u32
    };
    let mut writer = Writer::new(is_big);
    let first = |writer: &Writer, exif: u32, place: u32| {
        vec![
            Writer::text(0x010e, "SECRET description"),
            Writer::text(0x010f, "KEPT make"),
            Writer::text(0x0110, "KEPT model"),
            writer.short(0x0112, 6),
            writer.rationals(0x011a, &[(72, 1)]),
            Writer::text(0x0132, "2024:06:15 14:03:22"),
            Writer::text(0x013b, "SECRET artist"),
            Writer::text(0x013c, "SECRET host"),
            Writer::text(0x8298, "SECRET copyright"),
            writer.long(0x8769, exif),
            writer.long(0x8825, place),
            Writer::raw(0x9c9d, b"SECRET author"),
            Writer::text(0xc62f, "SECRET camera serial"),
            Writer::text(0xfde8, "SECRET owner"),
        ]
    };
    let note = [b"SECRET maker's note ".repeat(50), vec![7; 300]].concat();
    let photo = |writer: &Writer, interop: u32| {
        vec![
            writer.rationals(0x829a, &[(1, 250)]),
            writer.short(0x8827, 400),
            Writer::raw(0x9000, b"0232"),
            Writer::text(0x9003, "2024:06:15 14:03:22"),
            Writer::text(0x9011, "+02:00"),
            Writer::raw(0x927c, &note),
            Writer::raw(0x9286, b"ASCII\0\0\0SECRET comment"),
            writer.short(0xa001, 0xffff),
            writer.long(0xa005, interop),
            Writer::text(0xa420, "SECRET unique"),
            Writer::text(0xa430, "SECRET owner"),
            Writer::text(0xa431, "SECRET body serial"),
            Writer::text(0xa434, "KEPT lens"),
            Writer::text(0xa435, "SECRET lens serial"),
        ]
    };
    let places = |writer: &Writer| {
        vec![
            Writer::raw(0x0000, &[2, 3, 0, 0]),
            Writer::text(0x0001, "N"),
            writer.rationals(0x0002, &[(48, 1), (51, 1), (3000, 100)]),
            Writer::text(0x0003, "E"),
            writer.rationals(0x0004, &[(2, 1), (21, 1), (700, 100)]),
            Writer::text(0x001b, "SECRET method"),
        ]
    };
    let exchange = vec![Writer::text(0x0001, "R03")];
    let exif_at = 8 + size(&first(&writer, 0, 0));
    let exchange_at = exif_at + size(&photo(&writer, 0));
    let places_at = exchange_at + size(&exchange);
    let thumbnail_at = places_at + size(&places(&writer));
    // The directory of the thumbnail comes last, so that the first one must name it.
    let entries = first(&writer, exif_at, places_at);
    writer.directory(&entries, false);
    let next = 8 + 2 + 12 * entries.len();
    writer.bytes.splice(next..next + 4, writer.u32(thumbnail_at));
    writer.directory(&photo(&writer, exchange_at), false);
    writer.directory(&exchange, false);
    writer.directory(&places(&writer), false);
    assert_eq!(writer.here(), thumbnail_at);
    let thumbnail = b"\xff\xd8\xff\xe1\0\x0fSECRET inside\xff\xd9";
    let pictures_at = thumbnail_at + 2 + 3 * 12 + 4;
    let entries = [writer.short(0x0103, 6), writer.long(0x0201, pictures_at), writer.long(0x0202, 21)];
    writer.directory(&entries, false);
    writer.bytes.extend(thumbnail);
    writer.bytes
}

fn even(length: usize) -> usize {
    length + length % 2
}
